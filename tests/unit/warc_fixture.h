/* warc_fixture.h - WARC files made by hand, and what a reader saw of one. Each test program has one
 * file at `path`. */
#ifndef EKBOM_TESTS_WARC_FIXTURE_H
#define EKBOM_TESTS_WARC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

static char path[] = "/tmp/ekbom-warc-XXXXXX";

static inline int make_path(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static inline int drop_path(void **state)
{
    (void)state;
    return unlink(path);
}

static inline void write_file(const struct ek_buf *bytes)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_false(bytes->failed);
    assert_int_equal(fwrite(bytes->data, 1, bytes->len, file), bytes->len);
    assert_int_equal(fclose(file), 0);
}

static inline void zip(struct ek_buf *out, const void *bytes, size_t len, int window_bits)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    size_t room = deflateBound(&z, len) + 32;
    z.next_out = (unsigned char *)ek_buf_room(out, room);
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len += room - z.avail_out;
    deflateEnd(&z);
}

/* A record with any head lines and any declared length (-1: none). */
static inline void add_record(struct ek_buf *out, const char *lines, long declared,
                              const void *block, size_t len)
{
    ek_buf_adds(out, "WARC/1.0\r\n");
    ek_buf_adds(out, lines);
    if (declared >= 0)
        ek_buf_addf(out, "Content-Length: %ld\r\n", declared);
    ek_buf_adds(out, "\r\n");
    ek_buf_add(out, block, len);
    ek_buf_adds(out, "\r\n\r\n");
}

#define RESPONSE                                                                                   \
    "WARC-Type: response\r\nWARC-Target-URI: http://board.example/t=%d\r\n"                        \
    "WARC-Date: 2011-05-06T07:08:09Z\r\nWARC-Record-ID: <urn:uuid:%d>\r\n"                         \
    "Content-Type: application/http; msgtype=response\r\n"

static inline void add_response(struct ek_buf *out, int number, long wrong, const char *http)
{
    char lines[400];
    snprintf(lines, sizeof lines, RESPONSE, number, number);
    add_record(out, lines, (long)strlen(http) + wrong, http, strlen(http));
}

struct seen {
    int count, end; /* records; what ended the reading */
    char url[8][80];
    char body[8][200];
    bool truncated[8], cut[8];
    char oddity[8][300];
    int status[8];
    char mime[8][40], charset[8][40];
    uint64_t offset[8], length[8];
    struct ek_err err;
};

static inline void copy(char *to, size_t room, const char *from)
{
    snprintf(to, room, "%s", from ? from : "");
}

/* Read the file and keep what the tests look at. */
static inline void read_all(struct seen *seen)
{
    struct ek_warc *warc;
    struct ek_warc_record r;
    *seen = (struct seen){0};
    seen->end = ek_warc_open(&warc, path, &seen->err);
    if (seen->end < 0)
        return;
    while ((seen->end = ek_warc_next(warc, &r, &seen->err)) == 1) {
        int i = seen->count++;
        if (i >= 8)
            continue;
        copy(seen->url[i], sizeof seen->url[i], r.url);
        snprintf(seen->body[i], sizeof seen->body[i], "%.*s", (int)r.body_len,
                 r.body ? (const char *)r.body : "");
        seen->truncated[i] = r.truncated;
        seen->cut[i] = r.body_cut;
        seen->status[i] = r.status;
        seen->offset[i] = r.offset;
        seen->length[i] = r.length;
        copy(seen->oddity[i], sizeof seen->oddity[i], r.oddity);
        copy(seen->mime[i], sizeof seen->mime[i], r.mime);
        copy(seen->charset[i], sizeof seen->charset[i], r.charset);
    }
    ek_warc_close(warc);
}

static inline void read_buf(struct ek_buf *bytes, struct seen *seen)
{
    write_file(bytes);
    read_all(seen);
    ek_buf_free(bytes);
}

#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n"
#define PAGE_A OK "Content-Length: 6\r\n\r\npage A"
#define PAGE_B OK "Content-Length: 6\r\n\r\npage B"
#define PAGE_B_ENDLESS OK "\r\npage B" /* no length of its own */
#define PAGE_C OK "Content-Length: 6\r\n\r\npage C"

static inline struct ek_buf new_buf(void)
{
    struct ek_buf buf;
    ek_buf_init(&buf, 256u << 20);
    return buf;
}

static inline void is_abc(const struct seen *seen)
{
    assert_int_equal(seen->end, 0);
    assert_int_equal(seen->count, 3);
    for (int i = 0; i < 3; i++) {
        char body[] = {'p', 'a', 'g', 'e', ' ', (char)('A' + i), 0};
        char url[40];
        snprintf(url, sizeof url, "http://board.example/t=%d", i + 1);
        assert_string_equal(seen->body[i], body);
        assert_string_equal(seen->url[i], url);
        assert_int_equal(seen->status[i], 200);
    }
}

static inline void add_abc(struct ek_buf *out, long wrong, const char *page_b)
{
    add_response(out, 1, 0, PAGE_A);
    add_response(out, 2, wrong, page_b);
    add_response(out, 3, 0, PAGE_C);
}

/* Each record a gzip member of its own. */
static inline void zip_abc(struct ek_buf *out, long wrong, const char *page_b)
{
    const char *pages[] = {PAGE_A, page_b, PAGE_C};
    for (int i = 0; i < 3; i++) {
        struct ek_buf one = new_buf();
        add_response(&one, i + 1, i == 1 ? wrong : 0, pages[i]);
        zip(out, one.data, one.len, 31);
        ek_buf_free(&one);
    }
}

#endif
