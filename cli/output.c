/* output.c - one set of rows in five formats. See output.h.
 *
 * A table is kept until the end, since its columns are as wide as their widest cell; json is
 * written as it comes, so that a million rows need no memory. */
#include "output.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "named_selection.h"
#include "output_internal.h"
#include "report.h"

#define DEFAULT_WIDTH 80u
#define UNBROKEN 1000000u /* columns */

static const char *const formats[] = {"table", "csv", "tsv", "json", "jsonl", NULL};

bool format_is(const struct cli *cli, const char *format)
{
    const char *given = option(cli, OPT_FORMAT);
    if (given)
        return strcmp(given, format) == 0;
    size_t len = strlen(format);
    const char *known = cli->command->formats;
    return known && strncmp(known, format, len) == 0 && (known[len] == ' ' || !known[len]);
}

struct output *output_open(const struct cli *cli, const struct column *columns, size_t count)
{
    struct output *output = calloc(1, sizeof *output);
    if (!output)
        return NULL;
    output->cli = cli;
    output->columns = columns;
    output->column_count = count;
    for (int i = 0; formats[i]; i++)
        if (format_is(cli, formats[i]))
            output->format = (enum format)i;
    ek_buf_init(&output->cells, MAX_TABLE_BYTES);
    ek_buf_init(&output->lines, MAX_TABLE_BYTES);
    output->beside = json_object();
    output->flags = json_flags();
    if (cli->report)
        output->format = REPORT;
    if (output->format == TABLE)
        start_pager(cli);
    if (output->format == CSV || output->format == TSV) {
        for (size_t i = 0; i < count; i++)
            if (!(columns[i].flags & COLUMN_PICTURE))
                printf("%s%s", i ? (output->format == CSV ? "," : "\t") : "", columns[i].name);
        fputs(output->format == CSV ? "\r\n" : "\n", stdout);
    }
    if (output->format == JSON)
        fputs("{\"schema_version\":1,\"rows\":[", stdout);
    return output;
}

/* A value as one cell of text; numbers in the shortest form that reads back the same. */
static void cell_text(struct ek_buf *cell, const struct value *value)
{
    char *json = NULL;
    ek_buf_clear(cell);
    switch (value->kind) {
    case VALUE_NULL:
        break;
    case VALUE_TEXT:
        ek_buf_adds(cell, value->text);
        break;
    case VALUE_INTEGER:
        ek_buf_addf(cell, "%lld", value->integer);
        break;
    case VALUE_REAL:
        ek_buf_addf(cell, "%.16g", value->real);
        break;
    case VALUE_BOOL:
        ek_buf_adds(cell, value->yes ? "true" : "false");
        break;
    case VALUE_JSON:
        json = json_dumps(value->json, JSON_COMPACT | JSON_ENCODE_ANY);
        ek_buf_adds(cell, json ? json : "");
        free(json);
        break;
    }
    if (!cell->data)
        ek_buf_add(cell, "", 0);
    if (cell->failed)
        out_of_memory();
}

/* As it is into files and pipes; harmless on a terminal. */
static void put_text(const char *text, size_t len)
{
    if (!isatty(STDOUT_FILENO)) {
        fwrite(text, 1, len, stdout);
        return;
    }
    char *copy = strndup(text, len);
    if (!copy)
        out_of_memory();
    put_safe(stdout, copy, true);
    free(copy);
}

/* A spreadsheet takes words that begin like this for a formula and runs them: with the sign that
 * makes a cell text they are inert. Numbers are no words. */
static const char *text_mark(const struct value *value)
{
    bool runs = value->kind == VALUE_TEXT && *value->text && strchr("=+-@\t\r", *value->text);
    return runs ? "'" : "";
}

static void put_csv(const char *mark, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(mark, stdout);
        put_text(text, strlen(text));
        return;
    }
    printf("\"%s", mark);
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        put_text(text, (size_t)(quote - text));
        fputs("\"\"", stdout);
    }
    put_text(text, strlen(text));
    putchar('"');
}

/* Tabs and line ends have no place in a TSV cell: the escapes of the IANA registration. */
static void put_tsv(const char *mark, const char *text)
{
    static const char special[] = "\t\n\r\\";
    static const char *const escapes[] = {"\\t", "\\n", "\\r", "\\\\"};
    fputs(mark, stdout);
    while (*text) {
        size_t plain = strcspn(text, special);
        put_text(text, plain);
        text += plain;
        if (*text)
            fputs(escapes[strchr(special, *text++) - special], stdout);
    }
}

static void separated_row(const struct output *output, const struct value *values)
{
    struct ek_buf cell;
    ek_buf_init(&cell, MAX_TABLE_BYTES);
    for (size_t i = 0; i < output->column_count; i++) {
        if (output->columns[i].flags & COLUMN_PICTURE)
            continue;
        cell_text(&cell, &values[i]);
        if (i)
            putchar(output->format == CSV ? ',' : '\t');
        if (output->format == CSV)
            put_csv(text_mark(&values[i]), cell.data ? cell.data : "");
        else
            put_tsv(text_mark(&values[i]), cell.data ? cell.data : "");
    }
    fputs(output->format == CSV ? "\r\n" : "\n", stdout);
    ek_buf_free(&cell);
}

static json_t *value_json(const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        return json_string(value->text);
    case VALUE_INTEGER:
        return json_integer(value->integer);
    case VALUE_REAL:
        return json_real(value->real);
    case VALUE_BOOL:
        return json_boolean(value->yes);
    case VALUE_JSON:
        return json_incref(value->json);
    case VALUE_NULL:
        break;
    }
    return json_null();
}

static void json_row(const struct output *output, const struct value *values)
{
    json_t *row = json_object();
    for (size_t i = 0; i < output->column_count; i++)
        if (!(output->columns[i].flags & COLUMN_PICTURE))
            json_object_set_new(row, output->columns[i].name, value_json(&values[i]));
    if (output->format == JSON)
        fputs(output->rows ? ",\n" : "\n", stdout);
    json_dumpf(row, stdout, output->flags);
    if (output->format == JSONL)
        putchar('\n');
    json_decref(row);
}

static void table_row(struct output *output, const struct value *values)
{
    struct ek_buf cell;
    ek_buf_init(&cell, MAX_TABLE_BYTES);
    for (size_t i = 0; i < output->column_count; i++) {
        if (values[i].shown) {
            ek_buf_clear(&cell);
            ek_buf_adds(&cell, values[i].shown);
        } else if (values[i].kind == VALUE_REAL) {
            bool percent = output->columns[i].flags & COLUMN_PERCENT;
            ek_buf_clear(&cell);
            ek_buf_addf(&cell, percent ? "%.1f" : "%.3g",
                        percent ? 100 * values[i].real : values[i].real);
        } else {
            cell_text(&cell, &values[i]);
        }
        ek_buf_add(&output->cells, cell.data ? cell.data : "", cell.len + 1);
    }
    ek_buf_free(&cell);
}

void output_row(struct output *output, const struct value *values)
{
    if (output->format == TABLE || output->format == REPORT)
        table_row(output, values);
    else if (output->format == CSV || output->format == TSV)
        separated_row(output, values);
    else
        json_row(output, values);
    output->rows++;
    for (size_t i = 0; i < output->column_count; i++)
        if (values[i].kind == VALUE_JSON)
            json_decref(values[i].json);
}

size_t output_rows(const struct output *output)
{
    return output->rows;
}

void output_beside(struct output *output, const char *name, json_t *json, const char *line)
{
    json_object_set_new(output->beside, name, json);
    if (line && (output->format == TABLE || output->format == REPORT))
        ek_buf_addf(&output->lines, "%s\n", line);
}

void output_headline(struct output *output, const char *format, ...)
{
    char line[1024];
    va_list ap;
    if (output->format != TABLE && output->format != REPORT)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    if (output->format == REPORT) {
        report_notes(output->cli->report, line);
        return;
    }
    put_safe(stdout, line, true);
    fputs("\n\n", stdout);
}

static bool lines_whole;

void leave_lines_whole(void)
{
    lines_whole = true;
}

unsigned terminal_width(void)
{
    if (lines_whole)
        return UNBROKEN;
    struct winsize size;
    const char *given = getenv("COLUMNS");
    if (given && atoi(given) >= 40)
        return (unsigned)atoi(given);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return DEFAULT_WIDTH;
}

const char *wrapped(const struct cli *cli, const char *text)
{
    size_t width = terminal_width(), used = 0;
    struct ek_buf buf;
    ek_buf_init(&buf, EK_MAX_LOG_LINE_BYTES);
    while (*text) {
        size_t len = strcspn(text, " \n");
        /* A number and its sign stay together: "7.5 %", "p < 0.001". */
        if (strncmp(text + len, " %", 2) == 0)
            len += 2 + strcspn(text + len + 2, " \n");
        else if (strncmp(text + len, " < ", 3) == 0 || strncmp(text + len, " = ", 3) == 0)
            len += 3 + strcspn(text + len + 3, " \n");
        size_t columns = text_columns(text, text + len);
        if (used && used + 1 + columns > width) {
            ek_buf_adds(&buf, "\n ");
            used = 1;
        }
        if (used)
            ek_buf_addc(&buf, ' ');
        ek_buf_add(&buf, text, len);
        used += columns + (used > 0);
        text += len;
        if (*text == '\n') {
            ek_buf_addc(&buf, '\n');
            used = 0;
        }
        text += *text != 0;
    }
    const char *made = ek_buf_str(&buf);
    const char *copy = made ? ek_strdup(cli->arena, made) : NULL;
    ek_buf_free(&buf);
    return copy ? copy : "";
}

static void print_json_end(const struct output *output)
{
    const char *name;
    json_t *value;
    fputs(output->rows ? "\n]" : "]", stdout);
    json_object_foreach(output->beside, name, value)
    {
        printf(",\"%s\":", name);
        json_dumpf(value, stdout, output->flags | JSON_ENCODE_ANY);
    }
    fputs("}\n", stdout);
}

/* The selection file, in every output; where rows alone have room it is said. */
static void name_selection(struct output *output)
{
    const struct cli *cli = output->cli;
    if (!cli->named || output->format == REPORT)
        return; /* a page says it once, at its head */
    const char *line = named_selection_line(cli->arena, cli->named);
    output_beside(output, "selection", named_selection_json(cli->named),
                  line ? wrapped(cli, line) : NULL);
    if (output->format != TABLE && output->format != JSON)
        named_selection_say(cli);
}

int output_close(struct output *output)
{
    name_selection(output);
    int result = output->format == TABLE    ? output_print_table(output)
                 : output->format == REPORT ? output_put_report(output)
                                            : 0;
    if (output->format == JSON)
        print_json_end(output);
    ek_buf_free(&output->cells);
    ek_buf_free(&output->lines);
    json_decref(output->beside);
    free(output);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        say("standard output could not be written");
        return -1;
    }
    return result;
}
