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

#define MAX_TABLE_BYTES (256u << 20)
#define DEFAULT_WIDTH 80u
#define MAX_COLUMN 40u /* of a table; longer cells are cut */

enum format { TABLE, CSV, TSV, JSON, JSONL };
static const char *const formats[] = {"table", "csv", "tsv", "json", "jsonl", NULL};

struct output {
    const struct cli *cli;
    enum format format;
    const struct column *columns;
    size_t column_count, rows;
    struct ek_buf cells; /* table: NUL-terminated cells, row by row */
    struct ek_buf lines; /* table: lines that follow */
    json_t *beside;      /* json: fields beside rows */
    uint64_t dropped;    /* table: bits of COLUMN_SPARE columns that the line has no room for */
    size_t flags;        /* jansson's */
};

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
    if (output->format == TABLE)
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
    if (line && output->format == TABLE)
        ek_buf_addf(&output->lines, "%s\n", line);
}

void output_headline(struct output *output, const char *format, ...)
{
    char line[1024];
    va_list ap;
    if (output->format != TABLE)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    put_safe(stdout, line, true);
    fputs("\n\n", stdout);
}

static size_t columns_of(const char *text)
{
    size_t width = 0;
    for (const char *end = text + strlen(text); text < end;)
        width += (size_t)ek_width(ek_utf8_next(&text, end));
    return width;
}

/* A cell, cut to `width` columns with an ellipsis, padded on the side that its column wants. */
static void put_cell(const char *text, size_t width, bool right, bool last)
{
    size_t has_width = columns_of(text);
    size_t pad = has_width < width ? width - has_width : 0;
    if (right)
        printf("%*s", (int)pad, "");
    const char *end = text + strlen(text);
    size_t used = 0;
    while (text < end) {
        const char *from = text;
        size_t w = (size_t)ek_width(ek_utf8_next(&text, end));
        if (used + w > width || (has_width > width && used + w > width - 1)) {
            fputs("…", stdout);
            break;
        }
        used += w;
        fwrite(from, 1, (size_t)(text - from), stdout);
    }
    if (!right && !last)
        printf("%*s", (int)pad, "");
}

unsigned terminal_width(void)
{
    struct winsize size;
    const char *given = getenv("COLUMNS");
    if (given && atoi(given) >= 40)
        return (unsigned)atoi(given);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return DEFAULT_WIDTH;
}

static const char *heading(const struct column *column)
{
    return column->heading ? column->heading : column->name;
}

static bool in_line(const struct output *output, size_t i)
{
    return !(output->columns[i].flags & (COLUMN_HIDDEN | COLUMN_GROUP)) &&
           !(output->dropped >> i & 1);
}

/* Width of each column; a COLUMN_WIDE one gets what the line leaves. */
static void measure(struct output *output, size_t *widths)
{
    const char *cell = output->cells.data;
    size_t sum = 0, wide = SIZE_MAX;
    for (size_t i = 0; i < output->column_count; i++)
        widths[i] = columns_of(heading(&output->columns[i]));
    for (size_t r = 0; r < output->rows; r++)
        for (size_t i = 0; i < output->column_count; i++, cell += strlen(cell) + 1) {
            size_t width = columns_of(cell);
            if (width > widths[i])
                widths[i] = width > MAX_COLUMN && !(output->columns[i].flags & COLUMN_WIDE)
                                ? MAX_COLUMN
                                : width;
        }
    for (size_t i = 0; i < output->column_count; i++) {
        if (!in_line(output, i))
            continue;
        if (output->columns[i].flags & COLUMN_WIDE)
            wide = i;
        else
            sum += widths[i] + 2;
    }
    size_t line = terminal_width();
    for (size_t i = output->column_count; i-- > 0 && sum > line + 2;)
        if (output->columns[i].flags & COLUMN_SPARE) {
            output->dropped |= 1ull << i;
            sum -= widths[i] + 2;
        }
    if (wide != SIZE_MAX && sum + widths[wide] > line)
        widths[wide] = line > sum + 20 ? line - sum : 20;
}

static void print_line(const struct output *output, const size_t *widths, const char *cell)
{
    size_t last = 0;
    bool first = true;
    for (size_t i = 0; i < output->column_count; i++)
        if (in_line(output, i))
            last = i;
    for (size_t i = 0; i < output->column_count; i++) {
        const char *text = cell ? cell : heading(&output->columns[i]);
        if (in_line(output, i)) {
            fputs(first ? "" : "  ", stdout);
            put_cell(text, widths[i], output->columns[i].flags & COLUMN_RIGHT, i == last);
            first = false;
        }
        if (cell)
            cell += strlen(cell) + 1;
    }
    putchar('\n');
}

/* The value of the grouping column as a heading, where it differs from the row before. */
static void print_group(const struct output *output, const char *cell, const char **group)
{
    for (size_t i = 0; i < output->column_count; i++, cell += strlen(cell) + 1) {
        if (!(output->columns[i].flags & COLUMN_GROUP))
            continue;
        if (!*group || strcmp(*group, cell) != 0)
            printf("%s%s\n", *group ? "\n" : "", cell);
        *group = cell;
    }
}

static const char *next_row(const struct output *output, const char *cell)
{
    for (size_t i = 0; i < output->column_count; i++)
        cell += strlen(cell) + 1;
    return cell;
}

/* Cells as they go to a terminal: control characters shown, white space folded. False when they
 * are too many for the ceilings, or for the memory there is. */
static bool make_cells_safe(struct output *output)
{
    struct ek_buf safe;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    const char *cell = output->cells.data;
    bool whole = arena && !output->cells.failed;
    ek_buf_init(&safe, MAX_TABLE_BYTES);
    for (size_t i = 0; whole && i < output->rows * output->column_count; i++) {
        char *flat = ek_squeeze(arena, cell, strlen(cell));
        char *text = flat ? safe_text(arena, flat) : NULL;
        if (text)
            ek_buf_add(&safe, text, strlen(text) + 1);
        whole = text && !safe.failed;
        cell += strlen(cell) + 1;
    }
    ek_arena_free(arena);
    ek_buf_free(&output->cells);
    output->cells = safe;
    return whole;
}

static int print_table(struct output *output)
{
    size_t *widths = calloc(output->column_count, sizeof *widths);
    if (!widths)
        out_of_memory();
    bool whole = output->rows == 0 || make_cells_safe(output);
    if (output->rows && whole) {
        measure(output, widths);
        print_line(output, widths, NULL);
        const char *cell = output->cells.data, *group = NULL;
        for (size_t r = 0; r < output->rows; r++, cell = next_row(output, cell)) {
            print_group(output, cell, &group);
            print_line(output, widths, cell);
        }
    } else if (output->rows) {
        say("the table is too large: use --format csv or jsonl, or --limit");
    }
    if (output->lines.failed)
        out_of_memory();
    if (output->lines.len)
        put_safe(stdout, output->lines.data, true);
    free(widths);
    return whole ? 0 : -1;
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
    if (!cli->named)
        return;
    const char *line = named_selection_line(cli->arena, cli->named);
    output_beside(output, "selection", named_selection_json(cli->named), line);
    if (output->format != TABLE && output->format != JSON)
        say("%s", line ? line : cli->named->digest);
}

int output_close(struct output *output)
{
    name_selection(output);
    int result = output->format == TABLE ? print_table(output) : 0;
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
