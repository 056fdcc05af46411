/* inert.h - somebody else's page as a page that can do nothing. */
#ifndef EKBOM_INERT_H
#define EKBOM_INERT_H

#include <stddef.h>

struct ek_buf;

/* Append the body of an HTML page, given as UTF-8, to out: a fixed set of elements without any
 * attribute, and text. There is no script, style, form or address to load from in it, whatever the
 * page holds. Links and pictures become text with their address. */
void inert_html(struct ek_buf *out, const char *html, size_t len);
/* Text as it stands in HTML: escaped, what could mislead or obey as visible escapes. */
void inert_text(struct ek_buf *out, const char *text, size_t len);

#endif
