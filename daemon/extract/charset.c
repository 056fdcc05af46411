/* charset.c - a page's bytes to UTF-8. Declared in reading.h.
 *
 * Order: byte order mark, HTTP header (or what the caller was told), meta, UTF-8 if it is valid,
 * windows-1252. Valid multi-byte UTF-8 is believed over a declared single-byte charset: archives
 * that were saved again lie about it. libxml2 is handed UTF-8 only, so that neither its charset
 * guesses nor iconv, which wants to open files, ever come into play. */
#include "daemon/extract/reading.h"

#include <string.h>
#include <strings.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

#define LOOK_FOR_META 8192u /* bytes; browsers look at 1,024, old skins put scripts first */

static const char *find(const char *at, const char *end, const char *word)
{
    size_t len = strlen(word);
    for (; at + len <= end; at++)
        if (strncasecmp(at, word, len) == 0)
            return at;
    return NULL;
}

/* The charset of a <meta> into name. */
static bool meta_charset(struct ek_slice html, char name[64])
{
    const char *at = html.at,
               *end = html.at + (html.len < LOOK_FOR_META ? html.len : LOOK_FOR_META);
    while ((at = find(at, end, "<meta")) != NULL) {
        const char *close = memchr(at, '>', (size_t)(end - at));
        if (!close)
            return false;
        const char *charset = find(at, close, "charset");
        at = close;
        if (!charset)
            continue;
        charset += strlen("charset");
        while (charset < close && strchr(" \t\r\n=\"'", *charset))
            charset++;
        size_t len = 0;
        while (charset + len < close && !strchr(" \t\r\n\"';/>", charset[len]))
            len++;
        if (len == 0 || len >= 64)
            continue;
        memcpy(name, charset, len);
        name[len] = '\0';
        return true;
    }
    return false;
}

/* Charsets of several bytes a character: their bytes are not UTF-8 by mistake. */
static bool several_bytes(const char *charset)
{
    static const char *const starts[] = {"gb",  "big5",  "shift",    "sjis",      "x-sjis",
                                         "euc", "x-euc", "iso-2022", "utf-16",    "utf-32",
                                         "hz",  "ks",    "cp9",      "windows-9", "ucs"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (ek_ascii_starts(charset, starts[i]))
            return true;
    return false;
}

static bool is_utf8(const char *charset)
{
    return ek_ascii_equal(charset, "utf-8") || ek_ascii_equal(charset, "utf8");
}

static bool has_high_byte(struct ek_slice html)
{
    for (size_t i = 0; i < html.len; i++)
        if ((unsigned char)html.at[i] >= 0x80)
            return true;
    return false;
}

static const char *byte_order_mark(struct ek_slice *html)
{
    if (html->len >= 3 && memcmp(html->at, "\xEF\xBB\xBF", 3) == 0) {
        *html = ek_slice(html->at + 3, html->len - 3);
        return "utf-8";
    }
    if (html->len >= 2 && memcmp(html->at, "\xFE\xFF", 2) == 0)
        return "utf-16be";
    if (html->len >= 2 && memcmp(html->at, "\xFF\xFE", 2) == 0)
        return "utf-16le";
    return NULL;
}

static int decode(struct ek_buf *buf, const char *charset, struct ek_slice *html,
                  struct ek_err *err)
{
    ek_buf_clear(buf);
    if (ek_charset_decode(buf, charset, html->at, html->len, err) != 0)
        return -1;
    const char *text = ek_buf_str(buf);
    if (!text)
        return ek_fail_memory(err);
    *html = ek_slice(text, buf->len);
    return 0;
}

static int without_nul(struct ek_buf *buf, struct ek_slice *html, struct ek_err *err)
{
    if (!html->len || !memchr(html->at, 0, html->len))
        return 0;
    struct ek_buf clean;
    ek_buf_init(&clean, buf->limit);
    char *out = ek_buf_room(&clean, html->len);
    if (!out)
        return ek_fail_memory(err);
    for (size_t i = 0; i < html->len; i++)
        if (html->at[i])
            out[clean.len++] = html->at[i];
    ek_buf_free(buf);
    *buf = clean;
    *html = ek_slice(buf->data, buf->len);
    return 0;
}

/* A charset that can be used: declared, from meta, or concluded. */
static int to_utf8(struct ek_buf *buf, const char *declared, struct ek_slice *html,
                   struct ek_err *err)
{
    char meta[64];
    const char *candidates[3] = {byte_order_mark(html), declared, NULL};
    bool marked = candidates[0] != NULL;
    bool valid = ek_utf8_valid(html->at, html->len) == html->len;
    if (valid && !marked && !has_high_byte(*html) && (!declared || !several_bytes(declared)))
        return 0;
    if (meta_charset(*html, meta))
        candidates[2] = meta;
    for (unsigned i = 0; i < 3; i++) {
        const char *charset = candidates[i];
        if (!charset)
            continue;
        if (valid && (is_utf8(charset) || !several_bytes(charset)))
            return 0;
        if (decode(buf, charset, html, err) == 0)
            return 0;
        if (err->kind != EK_USAGE) /* unknown names are passed over */
            return -1;
    }
    return valid ? 0 : decode(buf, "windows-1252", html, err);
}

int ek_page_to_utf8(const void *body, size_t len, const char *declared, struct ek_buf *buf,
                    struct ek_slice *html, struct ek_err *err)
{
    struct ek_err local;
    *html = ek_slice(body ? body : "", body ? len : 0);
    if (to_utf8(buf, declared, html, err ? err : &local) != 0)
        return -1;
    return without_nul(buf, html, err);
}
