/* output_internal.h - what the parts of output.c share: rows that are kept until the end. */
#ifndef EKBOM_OUTPUT_INTERNAL_H
#define EKBOM_OUTPUT_INTERNAL_H

#include "ekbom/buf.h"
#include "output.h"

#define MAX_TABLE_BYTES (256u << 20)

enum format { TABLE, CSV, TSV, JSON, JSONL, REPORT };

struct output {
    const struct cli *cli;
    enum format format;
    const struct column *columns;
    size_t column_count, rows;
    struct ek_buf cells; /* table and page: NUL-terminated cells, row by row */
    struct ek_buf lines; /* table and page: lines that follow */
    json_t *beside;      /* json: fields beside rows */
    uint64_t dropped;    /* table: bits of COLUMN_SPARE columns that the line has no room for */
    size_t flags;        /* jansson's */
};

const char *output_heading(const struct column *column);
/* Behind the last cell of a row. */
const char *output_next_row(const struct output *output, const char *cell);
/* Cells as they go to a reader: control characters shown, white space folded. False when they are
 * too many for the ceilings, or for the memory there is. */
bool output_make_cells_safe(struct output *output);

/* To standard output; to the page that is being made. 0, -1 after a message. */
int output_print_table(struct output *output);
int output_put_report(struct output *output);

#endif
