/* output.h - rows to people and to programs: one walk serves table, csv, tsv, json and jsonl.
 *
 * A command declares its columns once and gives one value a column for each row. Text that is to
 * reach a terminal has its control characters shown as escapes. */
#ifndef EKBOM_OUTPUT_H
#define EKBOM_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli.h"

enum value_kind { VALUE_NULL, VALUE_TEXT, VALUE_INTEGER, VALUE_REAL, VALUE_BOOL, VALUE_JSON };

struct value {
    enum value_kind kind;
    union {
        const char *text;
        long long integer;
        double real;
        bool yes;
        json_t *json; /* taken over */
    };
    const char *shown; /* what the table shows instead, e.g. "<5"; NULL: the value itself */
};

struct value text_value(const char *text); /* NULL becomes null */
struct value integer_value(long long integer);
struct value real_value(double real); /* not a number becomes null */
struct value bool_value(bool yes);
struct value json_value(json_t *json);
struct value null_value(void);
struct value shown_as(struct value value, const char *shown);
/* "p < 0.001", "p = 0.013". */
const char *p_words(struct cli *cli, double p);

enum column_flag {
    COLUMN_RIGHT = 1,    /* table: right-aligned */
    COLUMN_HIDDEN = 2,   /* table: left out */
    COLUMN_WIDE = 4,     /* table: takes the width that is left and is cut there */
    COLUMN_PERCENT = 8,  /* table: a share in percent, 12.3 */
    COLUMN_PICTURE = 16, /* table only: drawn for people, no datum */
    COLUMN_GROUP = 32,   /* table: a heading of its own wherever the value changes */
    COLUMN_SPARE = 64,   /* table: left out where the line is too long, the last one first */
    COLUMN_BLOCKS = 128  /* drawn of block characters: not on a page, which has pictures */
};
struct column {
    const char *name;    /* the contract's field name */
    const char *heading; /* of the table; NULL: the name */
    unsigned flags;
};

struct output;
/* Rows to standard output in the format of the command line; where the command makes a page
 * (report.h), tables of it. NULL when out of memory. */
struct output *output_open(const struct cli *cli, const struct column *columns, size_t count);
/* One value a column, in their order. */
void output_row(struct output *output, const struct value *values);
/* A field beside `rows` in json, a line after the table, nothing in the others. json is taken
 * over; line may be NULL. name NULL: the line only. */
void output_beside(struct output *output, const char *name, json_t *json, const char *line);
/* A line above the table (tables only). */
void output_headline(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
size_t output_rows(const struct output *output);
/* Print what is left and free. 0, or -1 when standard output could not be written. */
int output_close(struct output *output);

bool format_is(const struct cli *cli, const char *format);
bool color_wanted(const struct cli *cli);
unsigned terminal_width(void);
/* Text broken at blanks to that width, further lines indented by two; in the arena. */
const char *wrapped(const struct cli *cli, const char *text);
/* From now on no line is broken: whoever shows them breaks them. */
void leave_lines_whole(void);
void start_pager(const struct cli *cli);
/* Text with control characters and bidirectional overrides shown as \u escapes; newlines kept
 * where `lines`. To a stream, or into the arena. */
void put_safe(FILE *to, const char *text, bool lines);
char *safe_text(struct ek_arena *arena, const char *text);
/* Columns that a text takes. */
size_t text_columns(const char *from, const char *end);
/* To standard output, a text cut to so many columns with an ellipsis at its end. Returns the
 * columns it took. */
size_t put_cut(const char *text, size_t width);
/* How JSON is written here: for jansson. */
size_t json_flags(void);
/* One JSON value to standard output: indented for people on a terminal, compact otherwise. */
int print_json(json_t *json);

#endif
