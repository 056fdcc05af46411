/* report.h - one HTML page that is being made: a single file without scripts or anything from
 * elsewhere, readable on paper and by a screen reader.
 *
 * While a command has a page (struct cli), its tables and pictures go there instead of to standard
 * output. The page is made in memory, so that a failure leaves no half of one. */
#ifndef EKBOM_CLI_REPORT_H
#define EKBOM_CLI_REPORT_H

#include "ekbom/buf.h"

struct report {
    struct ek_buf html;  /* latches: at the end it is whole or failed */
    const char *caption; /* of the next table */
    unsigned pictures;   /* that it has so far */
};

/* title: of the page and its first heading. */
void report_begin(struct report *report, const char *title);
/* The whole page, or NULL when memory was short or it was too long (EK_MAX_REPORT_BYTES). It is
 * the page's; report_free. */
const char *report_end(struct report *report);
void report_free(struct report *report);

/* A part with a heading that can be linked to; report_section_end ends it. */
void report_section(struct report *report, const char *id, const char *heading);
void report_section_end(struct report *report);
/* <name>text</name>; the text may be anybody's. */
void report_element(struct report *report, const char *name, const char *text);
/* Lines, as they stand below tables: each a paragraph; those that begin with blanks a list. */
void report_lines(struct report *report, const char *lines);
/* The same, small, below the table that they are about. */
void report_notes(struct report *report, const char *lines);
/* Our own markup. */
void report_markup(struct report *report, const char *markup);

#endif
