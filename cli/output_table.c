/* output_table.c - rows as a table for people, its columns as wide as their widest cell. See
 * output.h. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "output_internal.h"

#define MAX_COLUMN 40u /* longer cells are cut */

static size_t columns_of(const char *text)
{
    return text_columns(text, text + strlen(text));
}

/* A cell, cut to `width` columns with an ellipsis, padded on the side that its column wants. */
static void put_cell(const char *text, size_t width, bool right, bool last)
{
    size_t has_width = columns_of(text);
    size_t pad = has_width < width ? width - has_width : 0;
    if (right)
        printf("%*s", (int)pad, "");
    put_cut(text, width);
    if (!right && !last)
        printf("%*s", (int)pad, "");
}

const char *output_heading(const struct column *column)
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
        widths[i] = columns_of(output_heading(&output->columns[i]));
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
        const char *text = cell ? cell : output_heading(&output->columns[i]);
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

const char *output_next_row(const struct output *output, const char *cell)
{
    for (size_t i = 0; i < output->column_count; i++)
        cell += strlen(cell) + 1;
    return cell;
}

/* Cells as they go to a terminal: control characters shown, white space folded. False when they
 * are too many for the ceilings, or for the memory there is. */
bool output_make_cells_safe(struct output *output)
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

int output_print_table(struct output *output)
{
    size_t *widths = calloc(output->column_count, sizeof *widths);
    if (!widths)
        out_of_memory();
    bool whole = output->rows == 0 || output_make_cells_safe(output);
    if (output->rows && whole) {
        measure(output, widths);
        print_line(output, widths, NULL);
        const char *cell = output->cells.data, *group = NULL;
        for (size_t r = 0; r < output->rows; r++, cell = output_next_row(output, cell)) {
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
