/* output_report.c - rows as tables of an HTML page. See output.h and report.h.
 *
 * The columns are those that people see on a terminal, but for what is drawn there with blocks. A
 * column by which rows are grouped makes a table of each group, with the group in its caption: a
 * screen reader can then go from one to the next. */
#include <string.h>

#include "output_internal.h"
#include "report.h"
#include "plot.h"

static bool is_shown(const struct column *column)
{
    return !(column->flags & (COLUMN_HIDDEN | COLUMN_GROUP | COLUMN_BLOCKS));
}

/* The group that a row is of; NULL: rows are not grouped. */
static const char *group_of(const struct output *output, const char *cell)
{
    for (size_t i = 0; i < output->column_count; i++, cell += strlen(cell) + 1)
        if (output->columns[i].flags & COLUMN_GROUP)
            return cell;
    return NULL;
}

static const char *class_of(const struct column *column)
{
    return column->flags & COLUMN_RIGHT ? " class=\"figure\"" : "";
}

static void put_cell(struct ek_buf *html, const char *element, const char *scope,
                     const struct column *column, const char *text)
{
    ek_buf_addf(html, "<%s%s%s>", element, scope, class_of(column));
    plot_escaped(html, text);
    ek_buf_addf(html, "</%s>", element);
}

static void put_head(const struct output *output, const char *group)
{
    struct report *report = output->cli->report;
    struct ek_buf *html = &report->html;
    const char *caption = report->caption ? report->caption : "";
    ek_buf_adds(html, "<div class=\"wide\">\n<table>\n<caption>");
    plot_escaped(html, group ? group : "");
    ek_buf_adds(html, group && *caption ? ": " : "");
    plot_escaped(html, caption);
    ek_buf_adds(html, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < output->column_count; i++)
        if (is_shown(&output->columns[i]))
            put_cell(html, "th", " scope=\"col\"", &output->columns[i],
                     output_heading(&output->columns[i]));
    ek_buf_adds(html, "</tr></thead>\n<tbody>\n");
}

static void put_row(const struct output *output, const char *cell)
{
    struct ek_buf *html = &output->cli->report->html;
    bool first = true;
    ek_buf_adds(html, "<tr>");
    for (size_t i = 0; i < output->column_count; i++, cell += strlen(cell) + 1) {
        if (!is_shown(&output->columns[i]))
            continue;
        put_cell(html, first ? "th" : "td", first ? " scope=\"row\"" : "", &output->columns[i],
                 cell);
        first = false;
    }
    ek_buf_adds(html, "</tr>\n");
}

static void put_tables(const struct output *output)
{
    static const char end[] = "</tbody>\n</table>\n</div>\n";
    struct report *report = output->cli->report;
    const char *cell = output->cells.data, *group = NULL;
    for (size_t r = 0; r < output->rows; r++, cell = output_next_row(output, cell)) {
        const char *own = group_of(output, cell);
        bool another = r == 0 || (own && strcmp(own, group) != 0);
        if (another && r)
            report_markup(report, end);
        if (another)
            put_head(output, own);
        put_row(output, cell);
        group = own;
    }
    report_markup(report, output->rows ? end : "");
    report->caption = NULL;
}

int output_put_report(struct output *output)
{
    bool whole = output->rows == 0 || output_make_cells_safe(output);
    if (!whole || output->lines.failed) {
        say("the table is too large for a page: give --since and --until, or a coarser --by");
        return -1;
    }
    put_tables(output);
    report_notes(output->cli->report, output->lines.len ? ek_buf_str(&output->lines) : "");
    return 0;
}
