/* inert.c - see inert.h.
 *
 * Nothing of the source is copied as markup. What is written is either one of the literal tags of
 * the table below or text that was escaped, so that a page that this reading takes otherwise than a
 * browser would, by mistake or by malice, can lose words but gain nothing. A sanitiser that mends a
 * parsed tree would keep more of the looks; it would also have to be right about every attribute.
 * Contents that are no words for a reader (scripts, styles, drawings) are left out up to the next
 * end tag of their name. */
#include "inert.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ekbom/buf.h"
#include "ekbom/text.h"

#define MAX_ADDRESS 300u /* bytes of an address that are shown */

static const char *const kept[] = {
    "p",     "br",  "hr",  "div",  "blockquote", "pre",     "code",    "b",      "strong", "i",
    "em",    "u",   "s",   "del",  "ins",        "sub",     "sup",     "small",  "ul",     "ol",
    "li",    "dl",  "dt",  "dd",   "table",      "thead",   "tbody",   "tfoot",  "tr",     "td",
    "th",    "h1",  "h2",  "h3",   "h4",         "h5",      "h6",      "span",   "cite",   "q",
    "abbr",  "tt",  "kbd", "samp", "article",    "section", "header",  "footer", "nav",    "main",
    "aside", "dfn", "var", "mark", "time",       "address", "caption", NULL};

static const char *const left_out[] = {"script", "style",  "title",    "iframe",   "noscript",
                                       "object", "svg",    "math",     "template", "noframes",
                                       "xmp",    "select", "textarea", "noembed",  "plaintext",
                                       "canvas", "audio",  "video",    NULL};

struct span {
    const char *at;
    size_t len;
};

struct page {
    struct ek_buf *out;
    const char *at, *end;
    struct ek_buf words; /* text since the last tag */
    struct span href;    /* of the link that is open; NULL: none */
};

struct tag {
    char name[16]; /* lower case; cut where it is longer than any that matters */
    bool closing;
    struct span href, src, alt;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_among(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Text ------------------------------------------------------------------------------------- */

static void put_escaped(struct ek_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            ek_buf_adds(out, "&amp;");
        else if (*text == '<')
            ek_buf_adds(out, "&lt;");
        else if (*text == '>')
            ek_buf_adds(out, "&gt;");
        else if (*text == '"')
            ek_buf_adds(out, "&quot;");
        else if (*text == '\'')
            ek_buf_adds(out, "&#39;");
        else
            ek_buf_addc(out, *text);
    }
}

void inert_text(struct ek_buf *out, const char *text, size_t len)
{
    struct ek_buf visible;
    char *copy = strndup(text, len);
    ek_buf_init(&visible, SIZE_MAX / 2);
    if (copy)
        ek_add_visible(&visible, copy, true);
    if (!copy || visible.failed)
        out->failed = true;
    else
        put_escaped(out, ek_buf_str(&visible));
    free(copy);
    ek_buf_free(&visible);
}

/* The few references that pages are full of, and those by number, as what they stand for; others
 * stay as they are written. */
static bool take_reference(struct page *page)
{
    static const struct {
        const char *name;
        uint32_t c;
    } known[] = {{"&amp;", '&'},       {"&lt;", '<'},       {"&gt;", '>'},
                 {"&quot;", '"'},      {"&nbsp;", 0xa0},    {"&apos;", '\''},
                 {"&copy;", 0xa9},     {"&raquo;", 0xbb},   {"&laquo;", 0xab},
                 {"&bull;", 0x2022},   {"&ndash;", 0x2013}, {"&mdash;", 0x2014},
                 {"&hellip;", 0x2026}, {"&lsquo;", 0x2018}, {"&rsquo;", 0x2019},
                 {"&ldquo;", 0x201c},  {"&rdquo;", 0x201d}};
    size_t left = (size_t)(page->end - page->at);
    uint32_t c = 0;
    size_t len = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known && !len; i++) {
        size_t n = strlen(known[i].name);
        if (left >= n && memcmp(page->at, known[i].name, n) == 0) {
            len = n;
            c = known[i].c;
        }
    }
    if (!len && left > 3 && page->at[1] == '#') {
        bool hex = page->at[2] == 'x' || page->at[2] == 'X';
        char *after;
        char digits[12] = {0};
        memcpy(digits, page->at + (hex ? 3 : 2), left - 3 < 10 ? left - 3 : 10);
        unsigned long number = strtoul(digits, &after, hex ? 16 : 10);
        size_t n = (size_t)(after - digits);
        if (n && *after == ';' && digits[0] != '-' && digits[0] != '+' && !is_blank(digits[0])) {
            len = n + (hex ? 4 : 3);
            c = number == 0 || number > 0x10ffff || (number >= 0xd800 && number < 0xe000)
                    ? 0xfffd
                    : (uint32_t)number;
        }
    }
    if (!len)
        return false;
    char bytes[4];
    ek_buf_add(&page->words, bytes, ek_utf8_put(bytes, c));
    page->at += len;
    return true;
}

/* White space between two tags is most of a page's bytes: one sign of it is enough. */
static void flush_words(struct page *page)
{
    size_t blank = 0;
    while (blank < page->words.len && is_blank(page->words.data[blank]))
        blank++;
    if (page->words.len && blank == page->words.len)
        ek_buf_addc(page->out, memchr(page->words.data, '\n', blank) ? '\n' : ' ');
    else if (page->words.len)
        inert_text(page->out, page->words.data, page->words.len);
    ek_buf_clear(&page->words);
}

static void take_byte(struct page *page)
{
    ek_buf_addc(&page->words, *page->at ? *page->at : ' ');
    page->at++;
}

static void put_address(struct page *page, const struct span *address)
{
    const char *at = page->at, *end = page->end;
    page->at = address->at;
    page->end = address->at + (address->len < MAX_ADDRESS ? address->len : MAX_ADDRESS);
    while (page->at < page->end)
        if (*page->at != '&' || !take_reference(page))
            take_byte(page);
    page->at = at;
    page->end = end;
}

/* Tags ------------------------------------------------------------------------------------- */

static struct span value_at(struct page *page)
{
    struct span value = {page->at, 0};
    if (page->at < page->end && (*page->at == '"' || *page->at == '\'')) {
        const char *close = memchr(page->at + 1, *page->at, (size_t)(page->end - page->at - 1));
        value.at = page->at + 1;
        value.len = (size_t)((close ? close : page->end) - value.at);
        page->at = close ? close + 1 : page->end;
        return value;
    }
    while (page->at < page->end && !is_blank(*page->at) && *page->at != '>')
        page->at++;
    value.len = (size_t)(page->at - value.at);
    return value;
}

/* One attribute, if there is one before the tag ends. */
static void take_attribute(struct page *page, struct tag *tag)
{
    const char *name = page->at;
    while (page->at < page->end && !is_blank(*page->at) && *page->at != '>' && *page->at != '=')
        page->at++;
    size_t len = (size_t)(page->at - name);
    while (page->at < page->end && is_blank(*page->at))
        page->at++;
    if (page->at >= page->end || *page->at != '=') {
        page->at += len == 0 && page->at < page->end && *page->at != '>';
        return;
    }
    page->at++;
    while (page->at < page->end && is_blank(*page->at))
        page->at++;
    struct span value = value_at(page);
    if (len == 4 && strncasecmp(name, "href", 4) == 0)
        tag->href = value;
    if (len == 3 && strncasecmp(name, "src", 3) == 0)
        tag->src = value;
    if (len == 3 && strncasecmp(name, "alt", 3) == 0)
        tag->alt = value;
}

/* At "<x" or "</x"; moves on past its ">". */
static void take_tag(struct page *page, struct tag *tag)
{
    *tag = (struct tag){0};
    size_t len = 0;
    page->at++;
    tag->closing = *page->at == '/';
    page->at += tag->closing;
    for (; page->at < page->end && !is_blank(*page->at) && *page->at != '>' && *page->at != '/';
         page->at++)
        if (len < sizeof tag->name - 1)
            tag->name[len++] = (char)(*page->at | (is_letter(*page->at) ? 0x20 : 0));
    while (page->at < page->end && *page->at != '>') {
        if (is_blank(*page->at) || *page->at == '/')
            page->at++;
        else
            take_attribute(page, tag);
    }
    page->at += page->at < page->end;
}

/* On to the end tag of a name, which is taken next. */
static void leave_out(struct page *page, const char *name)
{
    size_t len = strlen(name);
    for (; page->at < page->end; page->at++) {
        const char *open = memchr(page->at, '<', (size_t)(page->end - page->at));
        page->at = open ? open : page->end;
        if ((size_t)(page->end - page->at) > len + 1 && page->at[1] == '/' &&
            strncasecmp(page->at + 2, name, len) == 0)
            return;
    }
}

static void put_tag(struct page *page, const struct tag *tag)
{
    static const struct span none = {NULL, 0};
    if (strcmp(tag->name, "a") == 0) {
        if (tag->closing && page->href.at) {
            ek_buf_adds(&page->words, " [");
            put_address(page, &page->href);
            ek_buf_adds(&page->words, "]");
        }
        bool leads = !tag->closing && tag->href.len && *tag->href.at != '#';
        page->href = leads ? tag->href : none;
    } else if (strcmp(tag->name, "img") == 0 && !tag->closing) {
        ek_buf_adds(&page->words, "[picture ");
        put_address(page, tag->alt.len ? &tag->alt : &tag->src);
        ek_buf_adds(&page->words, "]");
    } else if (is_among(kept, tag->name)) {
        flush_words(page);
        ek_buf_addf(page->out, "<%s%s>", tag->closing ? "/" : "", tag->name);
    } else if (!tag->closing && is_among(left_out, tag->name)) {
        leave_out(page, tag->name);
    }
}

/* At "<!" or "<?": comments, declarations. */
static void take_other(struct page *page)
{
    bool comment = page->end - page->at >= 4 && memcmp(page->at, "<!--", 4) == 0;
    const char *mark = comment ? "-->" : ">";
    const char *from = page->at + (comment ? 4 : 2);
    const char *end = memmem(from, (size_t)(page->end - from), mark, strlen(mark));
    page->at = end ? end + strlen(mark) : page->end;
}

void inert_html(struct ek_buf *out, const char *html, size_t len)
{
    struct page page = {.out = out, .at = html, .end = html + len};
    struct tag tag;
    ek_buf_init(&page.words, SIZE_MAX / 2);
    while (page.at < page.end && !out->failed) {
        size_t left = (size_t)(page.end - page.at);
        if (*page.at == '<' && left > 2 &&
            (is_letter(page.at[1]) || (page.at[1] == '/' && is_letter(page.at[2])))) {
            take_tag(&page, &tag);
            put_tag(&page, &tag);
        } else if (*page.at == '<' && left > 2 && (page.at[1] == '!' || page.at[1] == '?')) {
            take_other(&page);
        } else if (*page.at != '&' || !take_reference(&page)) {
            take_byte(&page);
        }
    }
    flush_words(&page);
    out->failed |= page.words.failed;
    ek_buf_free(&page.words);
}
