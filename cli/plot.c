/* plot.c - the sheet that pictures are drawn on. See plot.h.
 *
 * Two shapes were thought of. A chart library: Debian's for C (PLplot, plotutils, gnuplot's pipe,
 * cairo) draw text as outlines or without title and description, know neither hatching by meaning
 * nor a table within the file, and bring dozens of packages. Or the SVG written here: some rows of
 * boxes, lines and words, every one of which a style below names. The second is the smaller and
 * the only one that a screen reader can read. The whole picture is made in memory first, so that
 * a failure leaves no half of one.
 *
 * The colours are one dark and one light blue with black and greys: told apart by lightness alone,
 * on paper and by the colour-blind. Text has the reader's own sans-serif font; places are kept for
 * its widest. */
#include "plot.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "report.h"

static const char styles[] =
    "text{font-family:sans-serif;font-size:11px;fill:#222}"
    ".head{font-size:17px;font-weight:bold}.sub{font-size:12px;fill:#444}"
    ".warn{font-size:12px;font-weight:bold;fill:#000}"
    ".name{font-size:12.5px;font-weight:bold}.tick{font-size:10.5px;fill:#444}"
    ".note{font-size:11px;fill:#444}"
    ".grid{stroke:#ddd;stroke-width:1}.base{stroke:#666;stroke-width:1}"
    ".ribbon{fill:#b3cbe3;shape-rendering:crispEdges}.ribbon.partial{fill:url(#ekbom-light)}"
    ".share{stroke:#08306b;stroke-width:2}.rise{stroke:#08306b;stroke-width:.7}"
    ".share.partial{stroke-dasharray:3 2}"
    ".withheld{fill:url(#ekbom-hatch);stroke:#333;stroke-width:.5}"
    ".change{stroke:#000;stroke-width:1;stroke-dasharray:1 2}.span{stroke:#000;stroke-width:2}"
    ".tip{fill:#000}.posts{fill:#8a8a8a}"
    ".posts.partial{fill:none;stroke:#666;stroke-width:1;stroke-dasharray:2 1}"
    ".fetched{fill:#4a4a4a}.missing{fill:none;stroke:#666;stroke-width:.5}"
    ".untold{fill:url(#ekbom-faint)}.cell{fill:none;pointer-events:all}"
    ".before{fill:#fff;stroke:#08306b;stroke-width:1.6}"
    ".after{fill:#08306b;stroke:#08306b;stroke-width:1.6}.verdict{font-size:12px}";

static const char patterns[] =
    "<defs>"
    "<pattern id=\"ekbom-hatch\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><rect width=\"4\" height=\"4\" fill=\"#fff\"/>"
    "<rect width=\"1.2\" height=\"4\" fill=\"#333\"/></pattern>"
    "<pattern id=\"ekbom-faint\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(-45)\"><rect width=\"1\" height=\"6\" fill=\"#999\"/></pattern>"
    "<pattern id=\"ekbom-light\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><rect width=\"2\" height=\"4\" fill=\"#b3cbe3\"/></pattern>"
    "</defs>\n";

/* Text ---------------------------------------------------------------------------------------- */

static const char *entity(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case 0xfffe:
    case 0xffff:
        return "\xef\xbf\xbd";
    default:
        return NULL;
    }
}

void plot_escaped(struct ek_buf *buf, const char *text)
{
    struct ek_buf visible;
    ek_buf_init(&visible, buf->limit);
    ek_add_visible(&visible, text, true);
    const char *at = ek_buf_str(&visible);
    buf->failed |= at == NULL;
    for (const char *end = at ? at + strlen(at) : NULL; at && at < end;) {
        const char *from = at;
        uint32_t c = ek_utf8_next(&at, end);
        const char *instead = c == 0xfffd ? "\xef\xbf\xbd" : entity(c);
        ek_buf_add(buf, instead ? instead : from, instead ? strlen(instead) : (size_t)(at - from));
    }
    ek_buf_free(&visible);
}

void plot_wrap(struct cli *cli, struct plot_lines *lines, size_t width, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end && lines->count < PLOT_LINES) {
        const char *at = text, *cut = NULL;
        size_t used = 0;
        while (at < end && *at != '\n' && used < width) {
            const char *from = at;
            used += (size_t)ek_width(ek_utf8_next(&at, end));
            cut = *from == ' ' ? from : cut;
        }
        if (at == end || *at == '\n' || *at == ' ' || !cut)
            cut = at;
        const char *line = ek_strndup(cli->arena, text, (size_t)(cut - text));
        lines->lines[lines->count++] = line ? line : "";
        text = cut + (cut < end && (*cut == ' ' || *cut == '\n'));
    }
}

/* Shapes -------------------------------------------------------------------------------------- */

void plot_line(struct plot *plot, const char *class, double x1, double y1, double x2, double y2)
{
    ek_buf_addf(&plot->svg,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class, x1,
                y1, x2, y2);
}

static void open_box(struct plot *plot, const char *class, double x, double y, double width,
                     double height)
{
    ek_buf_addf(&plot->svg,
                "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"", class, x,
                y, width, height);
}

void plot_box(struct plot *plot, const char *class, double x, double y, double width, double height)
{
    open_box(plot, class, x, y, width, height);
    ek_buf_adds(&plot->svg, "/>\n");
}

void plot_told_box(struct plot *plot, const char *class, double x, double y, double width,
                   double height, const char *words)
{
    open_box(plot, class, x, y, width, height);
    ek_buf_adds(&plot->svg, "><title>");
    plot_escaped(&plot->svg, words);
    ek_buf_adds(&plot->svg, "</title></rect>\n");
}

void plot_dot(struct plot *plot, const char *class, double x, double y, double radius)
{
    ek_buf_addf(&plot->svg, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", class, x,
                y, radius);
}

void plot_tip(struct plot *plot, double x, double y)
{
    ek_buf_addf(&plot->svg, "<path class=\"tip\" d=\"M%.1f %.1fl-4 -6h8z\"/>\n", x, y);
}

void plot_text(struct plot *plot, const char *class, const char *anchor, double x, double y,
               const char *text)
{
    ek_buf_addf(&plot->svg, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">", class,
                anchor, x, y);
    plot_escaped(&plot->svg, text);
    ek_buf_adds(&plot->svg, "</text>\n");
}

void plot_put_lines(struct plot *plot, const char *class, double y, const struct plot_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        plot_text(plot, class, "start", PLOT_MARGIN, y + PLOT_LINE_ROOM * (double)i,
                  lines->lines[i]);
}

/* The whole ----------------------------------------------------------------------------------- */

void plot_begin(struct plot *plot, const struct cli *cli, double height, const char *title,
                const char *description)
{
    struct ek_buf *svg = &plot->svg;
    ek_buf_init(svg, EK_MAX_PLOT_BYTES);
    plot->height = height;
    plot->report = cli->report;
    ek_buf_adds(svg, cli->report ? "" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    /* What several pictures of a page share stands in the first of them. */
    unsigned number = cli->report ? cli->report->pictures++ : 0;
    ek_buf_addf(svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
                "viewBox=\"0 0 %.0f %.0f\" role=\"img\" ",
                PLOT_WIDTH, height, PLOT_WIDTH, height);
    char mark[16] = "";
    if (number)
        snprintf(mark, sizeof mark, "-%u", number + 1);
    ek_buf_addf(svg,
                "aria-labelledby=\"ekbom-title%s ekbom-desc%s\">\n<title id=\"ekbom-title%s\">",
                mark, mark, mark);
    plot_escaped(svg, title);
    ek_buf_addf(svg, "</title>\n<desc id=\"ekbom-desc%s\">", mark);
    plot_escaped(svg, description);
    ek_buf_adds(svg, "</desc>\n");
    if (number == 0)
        ek_buf_addf(svg, "<style>%s</style>\n%s", styles, patterns);
    ek_buf_addf(svg, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", PLOT_WIDTH, height);
}

int plot_end(struct plot *plot)
{
    ek_buf_adds(&plot->svg, "</svg>\n");
    const char *whole = ek_buf_str(&plot->svg);
    if (!whole)
        out_of_memory();
    if (plot->report)
        report_markup(plot->report, whole);
    else
        fputs(whole, stdout);
    ek_buf_free(&plot->svg);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    say("standard output could not be written");
    return -1;
}
