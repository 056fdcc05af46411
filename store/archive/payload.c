/* payload.c - an HTTP response as it was archived: head, chunks, content coding.
 *
 * Archives disagree on what they keep: the bytes as they came, or a body that the crawler already
 * unpacked under a head that still says "chunked" or "gzip". So the body is looked at before a
 * head is believed. What can be read is read; where that stops, the body is cut there and the
 * record says why: half a page is told from a whole one by body_cut. Brotli is not unpacked (one
 * more library for a coding that archiving crawlers do not ask for): such a page is left out and
 * named. */
#include "store/archive/payload.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "ekbom/archive.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "store/archive/fields.h"

void ek_odd(struct ek_buf *oddities, const char *format, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    if (oddities->len + strlen(text) + 2 > oddities->limit)
        return;
    if (oddities->len)
        ek_buf_adds(oddities, "; ");
    ek_buf_adds(oddities, text);
}

struct bytes {
    const char *at;
    size_t len;
};

static size_t http_head(const char *block, size_t len, bool *whole)
{
    size_t scanned = 0;
    size_t window = len < EK_MAX_HTTP_HEADER_BYTES ? len : EK_MAX_HTTP_HEADER_BYTES;
    if (len < 5 || memcmp(block, "HTTP/", 5) != 0)
        return 0;
    size_t head = ek_head_length(block, window, &scanned);
    *whole = head > 0;
    return head ? head : window;
}

/* "HTTP/1.1 200 OK": the number after the first blank. */
static int http_status(const char *head, size_t len)
{
    const char *at = memchr(head, ' ', len);
    const char *end = head + len;
    while (at && at < end && *at == ' ')
        at++;
    if (!at || end - at < 3)
        return 0;
    int status = 0;
    for (int i = 0; i < 3; i++) {
        if (at[i] < '0' || at[i] > '9')
            return 0;
        status = status * 10 + (at[i] - '0');
    }
    return end - at > 3 && at[3] >= '0' && at[3] <= '9' ? 0 : status;
}

static bool mentions(const char *value, const char *word)
{
    return value && strcasestr(value, word) != NULL;
}

bool ek_payload_extent(const char *block, size_t len, struct ek_strings *strings, uint64_t *extent)
{
    bool whole = false;
    size_t head = http_head(block, len, &whole);
    if (!whole || mentions(ek_field(block, head, "Transfer-Encoding", strings), "chunked"))
        return false;
    uint64_t length;
    if (!ek_field_number(ek_field(block, head, "Content-Length", strings), &length) ||
        length > UINT64_MAX - head)
        return false;
    *extent = head + length;
    return true;
}

static const char *lower_token(struct ek_strings *strings, const char *at, size_t len)
{
    char *token = (char *)(uintptr_t)(len ? ek_keep(strings, at, len) : NULL);
    for (char *c = token; c && *c; c++) {
        if (*c <= ' ' || *c >= 0x7f)
            return NULL;
        if (*c >= 'A' && *c <= 'Z')
            *c += 'a' - 'A';
    }
    return token;
}

void ek_payload_type(struct ek_strings *strings, const char *value, struct ek_warc_record *record)
{
    if (!value)
        return;
    record->mime = lower_token(strings, value, strcspn(value, "; \t,"));
    const char *at = strcasestr(value, "charset=");
    if (!at)
        return;
    at += strlen("charset=");
    if (*at == '"' || *at == '\'')
        at++;
    record->charset = lower_token(strings, at, strcspn(at, "\"'; \t,"));
}

/* The size of a chunk from its line at *at, which is moved behind it. */
static bool chunk_size(struct bytes body, size_t *at, uint64_t *size)
{
    const char *line = body.at + *at;
    size_t room = body.len - *at;
    const char *end =
        memchr(line, '\n', room < EK_MAX_CHUNK_LINE_BYTES ? room : EK_MAX_CHUNK_LINE_BYTES);
    size_t digits = 0;
    if (!end)
        return false;
    for (*size = 0; line + digits < end; digits++) {
        char c = line[digits] | 0x20;
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
        if (digit > 15 || (c > '9' && c < 'a'))
            break;
        if (*size >> 60)
            return false;
        *size = *size << 4 | digit;
    }
    size_t rest = digits;
    while (line + rest < end && (line[rest] == ' ' || line[rest] == '\t' || line[rest] == '\r'))
        rest++;
    *at += (size_t)(end - line) + 1;
    return digits > 0 && (line + rest == end || line[rest] == ';');
}

/* The body without its chunks' sizes, into payload->chunks. */
static struct bytes unchunk(const struct ek_payload *payload, struct bytes body,
                            struct ek_warc_record *record)
{
    struct ek_buf *out = payload->chunks;
    size_t at = 0;
    uint64_t size;
    if (!chunk_size(body, &at, &size)) {
        if (body.len)
            ek_odd(payload->oddities, "declared chunked, but the body is not");
        return body;
    }
    while (size > 0) {
        size_t take = size < body.len - at ? (size_t)size : body.len - at;
        ek_buf_add(out, body.at + at, take);
        at += take;
        record->body_cut = record->body_cut || take < size;
        if (at < body.len && body.at[at] == '\r')
            at++;
        bool ended = at < body.len && body.at[at] == '\n';
        at += ended;
        if (!ended || !chunk_size(body, &at, &size)) {
            ek_odd(payload->oddities, "chunked body %s after %zu bytes",
                   at >= body.len ? "ends early" : "is chunked wrongly", out->len);
            record->body_cut = true;
            break;
        }
    }
    return (struct bytes){out->data ? out->data : "", out->len};
}

/* One gzip, zlib or raw deflate stream after another, up to the ceiling for pages. */
static bool unzip(const struct ek_payload *payload, struct bytes body, int window_bits,
                  struct ek_warc_record *record)
{
    struct ek_buf *out = payload->decoded;
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)body.at, .avail_in = (uInt)body.len};
    if (inflateInit2(&z, window_bits) != Z_OK) {
        out->failed = true;
        return false;
    }
    int rc = Z_OK;
    while (rc == Z_OK && out->len < EK_MAX_PAGE_BYTES) {
        size_t room = EK_MAX_PAGE_BYTES - out->len < 65536 ? EK_MAX_PAGE_BYTES - out->len : 65536;
        char *place = ek_buf_room(out, room);
        if (!place)
            break;
        z.next_out = (unsigned char *)place;
        z.avail_out = (uInt)room;
        rc = inflate(&z, Z_NO_FLUSH);
        out->len += room - z.avail_out;
        if (rc == Z_STREAM_END && z.avail_in > 2 && z.next_in[0] == 0x1f && z.next_in[1] == 0x8b)
            rc = inflateReset(&z);
    }
    inflateEnd(&z);
    if (rc == Z_OK) {
        record->body_cut = true;
        ek_odd(payload->oddities, "decoded body is larger than %u bytes", EK_MAX_PAGE_BYTES);
    } else if (rc != Z_STREAM_END) {
        record->body_cut = true;
        ek_odd(payload->oddities, "compressed body %s after %zu decoded bytes",
               rc == Z_BUF_ERROR ? "ends early" : "is damaged", out->len);
    }
    return out->len > 0 || rc == Z_STREAM_END;
}

static bool looks_plain(struct bytes body)
{
    static const char *const starts[] = {"<!doctype", "<html", "<?xml", "<!--"};
    while (body.len && memchr(" \t\r\n", *body.at, 4)) {
        body.at++;
        body.len--;
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (body.len >= strlen(starts[i]) &&
            strncasecmp(body.at, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

/* A zlib header is a multiple of 31 with method 8; some servers send raw deflate instead. */
static int deflate_bits(struct bytes body)
{
    const unsigned char *b = (const unsigned char *)body.at;
    return body.len >= 2 && (b[0] & 15) == 8 && (b[0] << 8 | b[1]) % 31 == 0 ? 15 : -15;
}

static struct bytes decode(const struct ek_payload *payload, const char *coding, struct bytes body,
                           struct ek_warc_record *record)
{
    bool gzip = strcasecmp(coding, "gzip") == 0 || strcasecmp(coding, "x-gzip") == 0;
    bool deflated = strcasecmp(coding, "deflate") == 0;
    bool magic = body.len >= 2 && memcmp(body.at, "\x1f\x8b", 2) == 0;
    if (body.len == 0)
        return body;
    if ((gzip && !magic) || looks_plain(body)) {
        ek_odd(payload->oddities, "Content-Encoding is %.40s, but the body is not", coding);
        return body;
    }
    if (!gzip && !deflated) {
        ek_odd(payload->oddities, "Content-Encoding %.40s is not supported: page left out", coding);
        record->body_cut = true;
        return (struct bytes){NULL, 0};
    }
    unzip(payload, body, gzip ? 15 + 16 : deflate_bits(body), record);
    return (struct bytes){payload->decoded->data ? payload->decoded->data : "",
                          payload->decoded->len};
}

void ek_payload_body(const struct ek_payload *payload, const void *body, size_t len,
                     struct ek_warc_record *record)
{
    if (len > EK_MAX_PAGE_BYTES) {
        len = EK_MAX_PAGE_BYTES;
        record->body_cut = true;
        ek_odd(payload->oddities, "body is larger than %u bytes", EK_MAX_PAGE_BYTES);
    }
    record->body = body;
    record->body_len = len;
}

void ek_payload_read(const struct ek_payload *payload, struct ek_warc_record *record)
{
    bool whole = false, odd = false;
    const char *block = record->block;
    struct ek_strings *strings = payload->strings;
    size_t head = http_head(block, record->block_len, &whole);
    record->body_cut = record->truncated;
    if (head == 0) {
        ek_odd(payload->oddities, "the block is no HTTP response");
        return;
    }
    if (!whole)
        ek_odd(payload->oddities, "HTTP head does not end");
    record->status = http_status(block, head);
    ek_payload_type(strings, ek_field(block, head, "Content-Type", strings), record);
    record->location = ek_field_url(ek_field(block, head, "Location", strings), strings, &odd);
    struct bytes body = {block + head, whole ? record->block_len - head : 0};
    uint64_t length;
    const char *coding = ek_field(block, head, "Content-Encoding", strings);
    bool coded = coding && *coding && strcasecmp(coding, "identity") != 0;
    record->body_cut = record->body_cut || !whole;
    if (mentions(ek_field(block, head, "Transfer-Encoding", strings), "chunked")) {
        body = unchunk(payload, body, record);
    } else if (ek_field_number(ek_field(block, head, "Content-Length", strings), &length) &&
               length > body.len && !coded && record->status != 304) {
        /* The other way round, more bytes than declared, is a body that was stored decoded. */
        ek_odd(payload->oddities, "HTTP Content-Length is %llu, body has %zu bytes",
               (unsigned long long)length, body.len);
        record->body_cut = true;
    }
    if (coded)
        body = decode(payload, coding, body, record);
    ek_payload_body(payload, body.at, body.len, record);
}
