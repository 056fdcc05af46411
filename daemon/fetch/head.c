/* head.c - the head of an HTTP response. See head.h.
 *
 * The body that is archived is decoded: it is what was read, it needs no decoder in ten years, and
 * gzip per WARC record compresses it again. The fields that spoke of its encoding then must not
 * stand beside it; they are kept under the names that Common Crawl gave them, X-Crawler-... Keeping
 * the bytes of the wire, as wget does, would mean to decode twice: once under the ceilings here,
 * and again in the reader of the archive.
 *
 * An answer can have several heads: 100 and 103 come before the one that counts, trailers after.
 * All of them count towards the ceiling. */
#include "head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ekbom/limits.h"

void ek_head_init(struct ek_head *head)
{
    memset(head, 0, sizeof *head);
    ek_buf_init(&head->text, 2 * (size_t)EK_MAX_HTTP_HEADER_BYTES);
    ek_buf_init(&head->location, EK_MAX_URL_BYTES);
}

void ek_head_free(struct ek_head *head)
{
    ek_buf_free(&head->text);
    ek_buf_free(&head->location);
}

static void clear_fields(struct ek_head *head)
{
    ek_buf_clear(&head->text);
    ek_buf_clear(&head->location);
    head->status = 0;
    head->complete = head->cookies = false;
    head->mime[0] = head->charset[0] = head->etag[0] = head->last_modified[0] = '\0';
    head->retry_after[0] = head->encoding[0] = '\0';
}

void ek_head_clear(struct ek_head *head)
{
    clear_fields(head);
    head->received = 0;
}

struct value {
    const char *at;
    size_t len;
};

static struct value trim(const char *at, size_t len)
{
    while (len && (*at == ' ' || *at == '\t'))
        at++, len--;
    while (len && (at[len - 1] == ' ' || at[len - 1] == '\t'))
        len--;
    return (struct value){at, len};
}

/* Values go back to the host, into records and messages: no control characters. */
static void set(char *room, size_t size, struct value value)
{
    if (value.len >= size)
        return;
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            return;
    memcpy(room, value.at, value.len);
    room[value.len] = '\0';
}

static void lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text |= 0x20;
}

static void take_content_type(struct ek_head *head, struct value value)
{
    const char *end = value.at + value.len;
    const char *stop = memchr(value.at, ';', value.len);
    set(head->mime, sizeof head->mime, trim(value.at, (size_t)((stop ? stop : end) - value.at)));
    lower(head->mime);
    while (stop) {
        const char *at = stop + 1;
        stop = memchr(at, ';', (size_t)(end - at));
        struct value part = trim(at, (size_t)((stop ? stop : end) - at));
        if (part.len < 8 || strncasecmp(part.at, "charset=", 8) != 0)
            continue;
        part = trim(part.at + 8, part.len - 8);
        if (part.len >= 2 && part.at[0] == '"' && part.at[part.len - 1] == '"')
            part = (struct value){part.at + 1, part.len - 2};
        set(head->charset, sizeof head->charset, part);
    }
}

static void take_location(struct ek_head *head, struct value value)
{
    if (head->location.len)
        return;
    ek_buf_add(&head->location, value.at, value.len);
    if (head->location.data && strlen(head->location.data) != head->location.len)
        head->location.failed = true; /* a NUL inside */
}

static void take_encoding(struct ek_head *head, struct value value)
{
    static const char *const known[] = {"gzip", "x-gzip", "deflate", "identity"};
    const char *end = value.at + value.len;
    for (const char *at = value.at, *stop; at < end; at = stop + 1) {
        stop = memchr(at, ',', (size_t)(end - at));
        stop = stop ? stop : end;
        struct value word = trim(at, (size_t)(stop - at));
        bool found = !word.len;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found ||
                    (strlen(known[i]) == word.len && strncasecmp(known[i], word.at, word.len) == 0);
        if (!found) {
            memcpy(head->encoding, "unreadable", sizeof "unreadable");
            set(head->encoding, sizeof head->encoding, word);
        }
    }
}

static void take_etag(struct ek_head *head, struct value value)
{
    set(head->etag, sizeof head->etag, value);
}

static void take_last_modified(struct ek_head *head, struct value value)
{
    set(head->last_modified, sizeof head->last_modified, value);
}

static void take_retry_after(struct ek_head *head, struct value value)
{
    set(head->retry_after, sizeof head->retry_after, value);
}

static void take_cookie(struct ek_head *head, struct value value)
{
    (void)value;
    head->cookies = true;
}

static const struct field {
    const char *name;
    void (*take)(struct ek_head *head, struct value value);
    bool renamed; /* it speaks of the body on the wire */
} fields[] = {
    {"Content-Type", take_content_type, false},   {"Content-Length", NULL, true},
    {"Content-Encoding", take_encoding, true},    {"Transfer-Encoding", NULL, true},
    {"Location", take_location, false},           {"ETag", take_etag, false},
    {"Last-Modified", take_last_modified, false}, {"Retry-After", take_retry_after, false},
    {"Set-Cookie", take_cookie, false},
};

static const struct field *find_field(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].name) == len && strncasecmp(fields[i].name, name, len) == 0)
            return &fields[i];
    return NULL;
}

static void take_status(struct ek_head *head, const char *line, size_t len)
{
    clear_fields(head);
    const char *blank = memchr(line, ' ', len);
    size_t rest = blank ? len - (size_t)(blank + 1 - line) : 0;
    for (size_t i = 1; rest >= 3 && i <= 3 && blank[i] >= '0' && blank[i] <= '9'; i++)
        head->status = 10 * head->status + blank[i] - '0';
}

bool ek_head_line(struct ek_head *head, const char *line, size_t len)
{
    head->received += len;
    if (head->received > EK_MAX_HTTP_HEADER_BYTES)
        return false;
    bool is_status = len > 5 && strncmp(line, "HTTP/", 5) == 0;
    if (head->complete && !(is_status && head->status < 200))
        return true; /* a trailer */
    size_t text_len = len;
    while (text_len && (line[text_len - 1] == '\n' || line[text_len - 1] == '\r'))
        text_len--;
    if (!text_len) {
        head->complete = true;
        return !head->text.failed;
    }
    const char *colon = memchr(line, ':', text_len);
    const struct field *field = NULL;
    if (is_status && (head->complete || !head->text.len))
        take_status(head, line, len);
    else if (colon)
        field = find_field(line, (size_t)(colon - line));
    if (field && field->take) {
        size_t after = (size_t)(colon + 1 - line);
        field->take(head, trim(colon + 1, text_len - after));
    }
    if (field && field->renamed)
        ek_buf_adds(&head->text, "X-Crawler-");
    ek_buf_add(&head->text, line, text_len);
    ek_buf_adds(&head->text, "\r\n");
    return !head->encoding[0] && !head->text.failed;
}

void ek_head_finish(struct ek_head *head, size_t body_len)
{
    ek_buf_addf(&head->text, "Content-Length: %zu\r\n\r\n", body_len);
}
