/* cells.h - a row of JSON values as a line of JSONL, CSV or TSV. Private to store/export. */
#ifndef EKBOM_STORE_EXPORT_CELLS_H
#define EKBOM_STORE_EXPORT_CELLS_H

#include <jansson.h>
#include <stddef.h>

struct ek_buf;
struct ek_column;

struct ek_format {
    const char *name;
    /* The line before the first row; NULL if the format has none. */
    void (*head)(struct ek_buf *out, const struct ek_column *const *columns, size_t count);
    void (*row)(struct ek_buf *out, const struct ek_column *const *columns, json_t *const *values,
                size_t count);
};

extern const struct ek_format ek_formats[]; /* ended by a NULL name */

#endif
