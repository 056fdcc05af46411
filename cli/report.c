/* report.c - see report.h.
 *
 * The whole style stands in the file. Its classes are none of those that pictures have (plot.c),
 * since the style of a picture within a page holds for all of it. A policy in the head forbids
 * whatever is not in the file, so that even markup that got through an escape could load and run
 * nothing. */
#include "report.h"

#include <string.h>

#include "ekbom/limits.h"
#include "plot.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"generator\" content=\"ekbom " EKBOM_VERSION "\">\n<title>";

static const char style[] =
    "</title>\n<style>\n"
    "html{font:16px/1.5 sans-serif;color:#222;background:#fff}\n"
    "main{max-width:60rem;margin:0 auto;padding:1rem 1.5rem}\n"
    "h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2.5rem;"
    "border-top:1px solid #999;padding-top:.6rem}\n"
    "p,li,dd{max-width:44rem}.sample{font-weight:bold}\n"
    "nav ul{columns:2;padding-left:1.2rem}nav a{color:#08306b}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}\n"
    "dt{font-weight:bold}dd{margin:0;overflow-wrap:anywhere}\n"
    ".wide{overflow-x:auto;margin:1.2rem 0}\n"
    "table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;font-weight:bold;padding:.3rem 0}\n"
    "th,td{padding:.15rem .7rem .15rem 0;text-align:left;vertical-align:top}\n"
    "thead th{border-bottom:1px solid #666}tbody th{font-weight:normal}\n"
    "tbody tr:nth-child(5n) :is(th,td){border-bottom:1px solid #ddd}\n"
    ".figure{text-align:right}\n"
    ".below{font-size:.875rem;color:#444}.below :is(p,ul){margin:.3rem 0}\n"
    "figure{margin:1rem 0}figure svg{max-width:100%;height:auto}\n"
    "pre{font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;"
    "padding:.7rem}\n"
    "@media(max-width:40rem){dl{grid-template-columns:1fr}nav ul{columns:1}}\n"
    "@media print{@page{margin:16mm}html{font-size:10pt;color:#000}nav{display:none}"
    "main{max-width:none;padding:0}a{color:inherit}.wide{overflow:visible}"
    "pre{background:none;border:1px solid #999}thead{display:table-header-group}"
    "tr,figure,dl{break-inside:avoid}h2,caption{break-after:avoid}}\n"
    "</style>\n</head>\n<body>\n<main>\n";

void report_begin(struct report *report, const char *title)
{
    *report = (struct report){0};
    ek_buf_init(&report->html, EK_MAX_REPORT_BYTES);
    report_markup(report, head);
    plot_escaped(&report->html, title);
    report_markup(report, style);
    report_element(report, "h1", title);
}

const char *report_end(struct report *report)
{
    report_markup(report, "</main>\n</body>\n</html>\n");
    return ek_buf_str(&report->html);
}

void report_free(struct report *report)
{
    ek_buf_free(&report->html);
}

void report_markup(struct report *report, const char *markup)
{
    ek_buf_adds(&report->html, markup);
}

void report_element(struct report *report, const char *name, const char *text)
{
    ek_buf_addf(&report->html, "<%s>", name);
    plot_escaped(&report->html, text);
    ek_buf_addf(&report->html, "</%s>\n", name);
}

void report_section(struct report *report, const char *id, const char *heading)
{
    ek_buf_addf(&report->html, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    plot_escaped(&report->html, heading);
    report_markup(report, "</h2>\n");
}

void report_notes(struct report *report, const char *lines)
{
    report_markup(report, "<div class=\"below\">\n");
    report_lines(report, lines);
    report_markup(report, "</div>\n");
}

void report_section_end(struct report *report)
{
    report_markup(report, "</section>\n");
}

void report_lines(struct report *report, const char *lines)
{
    bool listed = false;
    struct ek_buf line;
    ek_buf_init(&line, EK_MAX_REPORT_BYTES);
    for (const char *at = lines; *at && !line.failed;) {
        size_t len = strcspn(at, "\n");
        bool item = strncmp(at, "  ", 2) == 0;
        ek_buf_clear(&line);
        ek_buf_add(&line, at, len);
        at += len + (at[len] == '\n');
        if (len == 0)
            continue;
        if (item != listed)
            report_markup(report, item ? "<ul>\n" : "</ul>\n");
        listed = item;
        report_element(report, item ? "li" : "p", ek_buf_str(&line) + (item ? 2 : 0));
    }
    if (listed)
        report_markup(report, "</ul>\n");
    report->html.failed |= line.failed;
    ek_buf_free(&line);
}
