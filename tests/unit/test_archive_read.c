/* Reading WARC files: as they should be, and each oddity that is read all the same. The files are
 * made here; those of ../shared/warc, made by other programs, are read too where they are. */
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

static int make_path(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int drop_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const struct ek_buf *bytes)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_false(bytes->failed);
    assert_int_equal(fwrite(bytes->data, 1, bytes->len, file), bytes->len);
    assert_int_equal(fclose(file), 0);
}

static void zip(struct ek_buf *out, const void *bytes, size_t len, int window_bits)
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
static void add_record(struct ek_buf *out, const char *lines, long declared, const void *block,
                       size_t len)
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

static void add_response(struct ek_buf *out, int number, long wrong, const char *http)
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

static void copy(char *to, size_t room, const char *from)
{
    snprintf(to, room, "%s", from ? from : "");
}

/* Read the file and keep what the tests look at. */
static void read_all(struct seen *seen)
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

static void read_buf(struct ek_buf *bytes, struct seen *seen)
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

static struct ek_buf new_buf(void)
{
    struct ek_buf buf;
    ek_buf_init(&buf, 256u << 20);
    return buf;
}

static void is_abc(const struct seen *seen)
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

static void add_abc(struct ek_buf *out, long wrong, const char *page_b)
{
    add_response(out, 1, 0, PAGE_A);
    add_response(out, 2, wrong, page_b);
    add_response(out, 3, 0, PAGE_C);
}

/* Each record a gzip member of its own. */
static void zip_abc(struct ek_buf *out, long wrong, const char *page_b)
{
    const char *pages[] = {PAGE_A, page_b, PAGE_C};
    for (int i = 0; i < 3; i++) {
        struct ek_buf one = new_buf();
        add_response(&one, i + 1, i == 1 ? wrong : 0, pages[i]);
        zip(out, one.data, one.len, 31);
        ek_buf_free(&one);
    }
}

static void plain_file(void **state)
{
    (void)state;
    struct seen seen;
    struct ek_buf bytes = new_buf();
    add_abc(&bytes, 0, PAGE_B);
    size_t third = (size_t)((char *)memmem(bytes.data, bytes.len, "t=3", 3) - bytes.data);
    read_buf(&bytes, &seen);
    is_abc(&seen);
    assert_string_equal(seen.mime[0], "text/html");
    assert_string_equal(seen.charset[0], "utf-8");
    assert_string_equal(seen.oddity[0], "");
    assert_int_equal(seen.offset[0], 0);
    assert_true(seen.offset[2] < third && seen.offset[2] + 100 > third);
    assert_int_equal(seen.offset[1] + seen.length[1], seen.offset[2]);
    assert_true(ek_warc_sniff(path));
}

static void gzip_a_record(void **state)
{
    (void)state;
    struct seen seen;
    struct ek_buf bytes = new_buf();
    zip_abc(&bytes, 0, PAGE_B);
    size_t size = bytes.len;
    read_buf(&bytes, &seen);
    is_abc(&seen);
    assert_int_equal(seen.offset[0] + seen.length[0], seen.offset[1]);
    assert_int_equal(seen.offset[2] + seen.length[2], size);
    assert_true(ek_warc_sniff(path));
}

static void one_member_over_everything(void **state)
{
    (void)state;
    struct seen seen;
    struct ek_buf bytes = new_buf(), all = new_buf();
    add_abc(&all, 0, PAGE_B);
    zip(&bytes, all.data, all.len, 31);
    ek_buf_free(&all);
    read_buf(&bytes, &seen);
    is_abc(&seen);
    assert_int_equal(seen.offset[2], 0);
}

static void members_cut_anywhere(void **state)
{
    (void)state;
    struct ek_buf all = new_buf();
    add_abc(&all, 0, PAGE_B);
    for (size_t piece = 1; piece < all.len; piece = piece * 2 + 1) {
        struct seen seen;
        struct ek_buf bytes = new_buf();
        for (size_t at = 0; at < all.len; at += piece)
            zip(&bytes, all.data + at, piece < all.len - at ? piece : all.len - at, 31);
        read_buf(&bytes, &seen);
        is_abc(&seen);
    }
    ek_buf_free(&all);
}

static void length_too_long(void **state)
{
    (void)state;
    static const char *const pages[] = {PAGE_B, PAGE_B_ENDLESS};
    struct seen seen;
    for (long wrong = 5; wrong < 4000; wrong = wrong * 2) {
        struct ek_buf bytes = new_buf();
        add_abc(&bytes, wrong, pages[wrong % 2]);
        read_buf(&bytes, &seen);
        is_abc(&seen);
        assert_non_null(strstr(seen.oddity[1], "Content-Length is wrong"));
        assert_true(seen.truncated[1]);
        assert_string_equal(seen.oddity[2], "");
        zip_abc(&bytes, wrong, pages[wrong % 2]);
        read_buf(&bytes, &seen);
        is_abc(&seen);
        assert_non_null(strstr(seen.oddity[1], "gzip member ends"));
    }
    /* Without a length of its own the page ends where the next record is seen to begin. */
    for (long wrong = 5; wrong < 200; wrong += 7) {
        struct ek_buf bytes = new_buf();
        add_abc(&bytes, wrong, PAGE_B_ENDLESS);
        read_buf(&bytes, &seen);
        is_abc(&seen);
        assert_non_null(strstr(seen.oddity[1], "to the next record"));
    }
}

static void length_too_short(void **state)
{
    (void)state;
    static const char *const pages[] = {PAGE_B, PAGE_B_ENDLESS};
    struct seen seen;
    for (long wrong = -1; wrong > -60; wrong -= 6) {
        for (int i = 0; i < 2; i++) {
            struct ek_buf bytes = new_buf();
            add_abc(&bytes, wrong, pages[i]);
            read_buf(&bytes, &seen);
            is_abc(&seen);
            assert_non_null(strstr(seen.oddity[1], "Content-Length is wrong"));
            assert_false(seen.cut[1]);
            zip_abc(&bytes, wrong, pages[i]);
            read_buf(&bytes, &seen);
            is_abc(&seen);
        }
    }
}

static void length_missing(void **state)
{
    (void)state;
    struct seen seen;
    char lines[400];
    struct ek_buf bytes = new_buf();
    add_response(&bytes, 1, 0, PAGE_A);
    snprintf(lines, sizeof lines, RESPONSE, 2, 2);
    add_record(&bytes, lines, -1, PAGE_B, strlen(PAGE_B));
    add_response(&bytes, 3, 0, PAGE_C);
    read_buf(&bytes, &seen);
    is_abc(&seen);
    assert_non_null(strstr(seen.oddity[1], "missing"));
}

/* A page that quotes a WARC head is text, not a record: neither in a good file nor in one that
 * ends in the middle of that page. */
static void quoted_warc_is_no_record(void **state)
{
    (void)state;
#define FORGED                                                                                     \
    "see:\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://other.example/\r\n"    \
    "Content-Length: 20\r\n\r\nHTTP/1.1 200 OK\r\n\r\nlie\r\n\r\nand so on"
    struct seen seen;
    struct ek_buf bytes = new_buf();
    add_response(&bytes, 1, 0, OK "\r\n" FORGED);
    size_t whole = bytes.len;
    add_response(&bytes, 2, 0, PAGE_B);
    write_file(&bytes);
    read_all(&seen);
    assert_int_equal(seen.count, 2);
    for (size_t len = 1; len <= whole; len++) {
        struct ek_buf cut = new_buf();
        ek_buf_add(&cut, bytes.data, len);
        read_buf(&cut, &seen);
        assert_true(seen.count <= 1);
        assert_true(seen.count == 0 || strstr(seen.body[0], "lie") == NULL || len + 4 >= whole);
    }
    /* Nor are records that a wrong length swallows taken for the page's text. */
    static char filler[EK_MAX_WARC_BLOCK_BYTES];
    ek_buf_free(&bytes);
    for (int large = 0; large < 2; large++) {
        add_abc(&bytes, 100000 + large * 2L * EK_MAX_WARC_BLOCK_BYTES, PAGE_B_ENDLESS);
        if (large)
            ek_buf_add(&bytes, filler, sizeof filler);
        read_buf(&bytes, &seen);
        assert_int_equal(seen.count, 2);
        assert_memory_equal(seen.body[1], "page B", 6);
        assert_null(strstr(seen.body[1], "WARC"));
        assert_true(seen.truncated[1] && seen.cut[1]);
        assert_int_equal(seen.end, -1);
        assert_non_null(strstr(seen.err.message, "the rest was not read"));
    }
}

/* Whatever is cut off, records before the cut are whole and none is made up. */
static void cut_at_every_byte(void **state)
{
    (void)state;
    for (int zipped = 0; zipped < 2; zipped++) {
        struct ek_buf all = new_buf();
        struct seen whole, seen;
        if (zipped)
            zip_abc(&all, 0, PAGE_B);
        else
            add_abc(&all, 0, PAGE_B);
        write_file(&all);
        read_all(&whole);
        for (size_t len = 1; len < all.len; len++) {
            struct ek_buf bytes = new_buf();
            ek_buf_add(&bytes, all.data, len);
            read_buf(&bytes, &seen);
            int complete = 0;
            while (complete < 3 && whole.offset[complete] + whole.length[complete] <= len)
                complete++;
            assert_true(seen.count == complete || seen.count == complete + 1);
            for (int i = 0; i < seen.count; i++) {
                assert_string_equal(seen.url[i], whole.url[i]);
                assert_memory_equal(seen.body[i], whole.body[i], strlen(seen.body[i]));
                bool same = strcmp(seen.body[i], whole.body[i]) == 0;
                assert_true(same || seen.truncated[i]);
                assert_true(same || seen.cut[i]);
            }
            size_t good = complete ? whole.offset[complete - 1] + whole.length[complete - 1] : 0;
            if (seen.count == complete)
                assert_int_equal(seen.end, len > good ? -1 : 0);
            else
                assert_int_equal(seen.end, 0);
        }
        ek_buf_free(&all);
    }
}

static void odd_heads(void **state)
{
    (void)state;
    struct seen seen;
    struct ek_buf bytes = new_buf();
    ek_buf_adds(&bytes, "\r\n");
    add_record(&bytes,
               "warc-type: response\nWARC-Target-URI: < http://board.example/a b >\n"
               "WARC-Date: yesterday\nthis is no field\n",
               (long)strlen(PAGE_A), PAGE_A, strlen(PAGE_A));
    add_record(&bytes, "WARC-Type:response\r\nWARC-Target-URI:\r\n http://board.example/folded\r\n",
               (long)strlen(PAGE_B), PAGE_B, strlen(PAGE_B));
    add_record(&bytes, "WARC-Target-URI: http://board.example/\xc3\xb6\x01\r\n", 0, "", 0);
    read_buf(&bytes, &seen);
    assert_int_equal(seen.end, 0);
    assert_int_equal(seen.count, 3);
    assert_string_equal(seen.url[0], "http://board.example/a%20b");
    assert_non_null(strstr(seen.oddity[0], "blanks"));
    assert_non_null(strstr(seen.oddity[0], "no field"));
    assert_string_equal(seen.url[1], "http://board.example/folded");
    assert_string_equal(seen.body[1], "page B");
    assert_string_equal(seen.url[2], "http://board.example/%C3%B6");
    assert_non_null(strstr(seen.oddity[2], "WARC-Type is missing"));
}

struct http_case {
    const char *http, *body, *oddity;
    bool cut;
    int status;
};

static void http_bodies(void **state)
{
    (void)state;
    static const struct http_case cases[] = {
        {OK "\r\nno length", "no length", "", false, 200},
        {"HTTP/1.1 404 Not Found\nContent-Type: text/plain\n\nLF only", "LF only", "", false, 404},
        {OK "Content-Length: 20\r\n\r\nshort", "short", "Content-Length is 20", true, 200},
        {OK "Content-Length: 2\r\n\r\nstored decoded", "stored decoded", "", false, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0003;x=y\r\nefg\r\n0\r\n\r\n",
         "abcdefg", "", false, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\n4\nabcd\n0\n\n", "abcd", "", false, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\n<p>not chunked at all", "<p>not chunked at all",
         "but the body is not", false, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\n4\r\nabcdefgh\r\n0\r\n\r\n", "abcd",
         "chunked wrongly", true, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\n40\r\nabcd", "abcd", "ends early", true, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", "abcd", "ends early", true, 200},
        {OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabcd", "abcd", "ends early",
         true, 200},
        {OK "Content-Encoding: gzip\r\n\r\n<!DOCTYPE html>stored decoded",
         "<!DOCTYPE html>stored decoded", "but the body is not", false, 200},
        {OK "Content-Encoding: br\r\n\r\n\x0b\x02\x80 brotli", "", "br is not supported", true,
         200},
        {OK "Content-Encoding: br\r\n\r\n<html>decoded", "<html>decoded", "but the body is not",
         false, 200},
        {"HTTP/1.1 302 Found\r\nLocation: <http://x.example/a b>\r\n\r\n", "", "", false, 302},
        {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Never-Ends: 1", "", "does not end", true,
         200},
        {"HTTP/1.1 2000 OK\r\n\r\nx", "x", "", false, 0},
        {"<html>no head", "", "no HTTP response", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen;
        struct ek_buf bytes = new_buf();
        add_response(&bytes, 1, 0, cases[i].http);
        add_response(&bytes, 2, 0, PAGE_B);
        read_buf(&bytes, &seen);
        assert_int_equal(seen.count, 2);
        assert_string_equal(seen.body[0], cases[i].body);
        assert_int_equal(seen.status[0], cases[i].status);
        assert_int_equal(seen.cut[0], cases[i].cut);
        if (*cases[i].oddity)
            assert_non_null(strstr(seen.oddity[0], cases[i].oddity));
        else
            assert_string_equal(seen.oddity[0], "");
        assert_string_equal(seen.body[1], "page B");
    }
}

static void compressed_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *coding;
        int window_bits;
        size_t cut;
    } cases[] = {{"gzip", 31, 0},     {"x-gzip", 31, 0}, {"deflate", 15, 0},
                 {"deflate", -15, 0}, {"gzip", 31, 9},   {"deflate", 15, 7}};
    const char *text = "<html>a body that is compressed, as most servers send them</html>";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen;
        char lines[400];
        struct ek_buf http = new_buf(), bytes = new_buf();
        ek_buf_addf(&http, OK "Content-Encoding: %s\r\n\r\n", cases[i].coding);
        zip(&http, text, strlen(text), cases[i].window_bits);
        http.len -= cases[i].cut;
        snprintf(lines, sizeof lines, RESPONSE, 1, 1);
        add_record(&bytes, lines, (long)http.len, http.data, http.len);
        ek_buf_free(&http);
        read_buf(&bytes, &seen);
        assert_int_equal(seen.end, 0);
        assert_int_equal(seen.count, 1);
        assert_int_equal(seen.cut[0], cases[i].cut > 0);
        assert_memory_equal(seen.body[0], text, strlen(seen.body[0]));
        assert_true(cases[i].cut || strlen(seen.body[0]) == strlen(text));
        assert_int_equal(cases[i].cut > 0, strstr(seen.oddity[0], "ends early") != NULL);
    }
}

static void no_warc(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *says;
        size_t len;
    } cases[] = {
        {"", "is empty", 0},
        {"<!doctype html><p>a page", "ekbom extract", 24},
        {"{\"id\":\"1\"}\n", "JSONL", 11},
        {"\x28\xb5\x2f\xfd....", "zstd -d", 8},
        {"hello, world", "not a WARC file", 12},
        {"\x1f\x8b", "gzip", 2},
        {"\x1f\x8b\x08 damaged gzip data", "byte 0", 22},
        {"WARC/1.0\r\nWARC-Type: response\r\n", "byte 0", 31},
        {"WAR", "byte 0", 3},
        {"\r\n\r\n", "is empty", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen;
        struct ek_buf bytes = new_buf();
        ek_buf_add(&bytes, cases[i].bytes, cases[i].len);
        read_buf(&bytes, &seen);
        assert_int_equal(seen.end, -1);
        assert_int_equal(seen.count, 0);
        assert_non_null(strstr(seen.err.message, path));
        assert_non_null(strstr(seen.err.message, cases[i].says));
    }
    struct ek_err err;
    struct ek_warc *warc;
    assert_int_equal(ek_warc_open(&warc, "/nonexistent.warc", &err), -1);
    assert_int_equal(err.kind, EK_NOT_FOUND);
    assert_int_equal(ek_warc_open(&warc, "/tmp", &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    assert_false(ek_warc_sniff("/tmp"));
}

/* Between two good records stand bytes of no record; the first page quotes a WARC head. Its length
 * is right, as its HTTP head says too, so nothing in it is a record. */
static void bytes_of_no_record(void **state)
{
    (void)state;
    struct seen seen;
    char http[600];
    struct ek_buf bytes = new_buf();
    snprintf(http, sizeof http, OK "Content-Length: %zu\r\n\r\n" FORGED, strlen(FORGED));
    add_response(&bytes, 1, 0, http);
    ek_buf_adds(&bytes, "bytes of no record\r\n");
    add_response(&bytes, 2, 0, PAGE_B);
    read_buf(&bytes, &seen);
    assert_int_equal(seen.end, 0);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.body[0], FORGED);
    assert_non_null(strstr(seen.oddity[0], "passed over"));
    assert_string_equal(seen.body[1], "page B");
}

static void garbage_after_good_records(void **state)
{
    (void)state;
    for (int zipped = 0; zipped < 2; zipped++) {
        struct seen seen;
        char where[40];
        struct ek_buf bytes = new_buf();
        if (zipped)
            zip_abc(&bytes, 0, PAGE_B);
        else
            add_abc(&bytes, 0, PAGE_B);
        snprintf(where, sizeof where, "byte %zu", bytes.len);
        ek_buf_adds(&bytes, "GARBAGE that is no record");
        read_buf(&bytes, &seen);
        assert_int_equal(seen.end, -1);
        seen.end = 0;
        is_abc(&seen);
        assert_int_equal(seen.err.kind, EK_FORMAT);
        assert_non_null(strstr(seen.err.message, where));
    }
}

/* One flipped byte in a gzip member never gives a record with other bytes than were written. */
static void damaged_member(void **state)
{
    (void)state;
    struct ek_buf all = new_buf();
    struct seen whole, seen;
    zip_abc(&all, 0, PAGE_B);
    write_file(&all);
    read_all(&whole);
    for (size_t at = whole.offset[1] + 10; at < whole.offset[2]; at++) {
        struct ek_buf bytes = new_buf();
        ek_buf_add(&bytes, all.data, all.len);
        bytes.data[at] ^= 0x10;
        read_buf(&bytes, &seen);
        for (int i = 0; i < seen.count; i++)
            assert_string_equal(seen.body[i], whole.body[i]);
        /* The last byte of deflate data has bits that mean nothing. */
        assert_true(seen.end == -1 ? seen.count == 1 : seen.count == 3);
    }
    ek_buf_free(&all);
}

static void bombs(void **state)
{
    (void)state;
    struct seen seen;
    char lines[400];
    size_t size = 40u << 20;
    char *zeros = calloc(1, size);
    assert_non_null(zeros);
    /* A body that unpacks to 40 MiB: cut at the ceiling for pages. */
    struct ek_buf http = new_buf(), bytes = new_buf();
    ek_buf_adds(&http, OK "Content-Encoding: gzip\r\n\r\n");
    zip(&http, zeros, size, 31);
    snprintf(lines, sizeof lines, RESPONSE, 1, 1);
    add_record(&bytes, lines, (long)http.len, http.data, http.len);
    add_response(&bytes, 2, 0, PAGE_B);
    ek_buf_free(&http);
    write_file(&bytes);
    struct ek_warc *warc;
    struct ek_warc_record r;
    struct ek_err err;
    assert_int_equal(ek_warc_open(&warc, path, &err), 0);
    assert_int_equal(ek_warc_next(warc, &r, &err), 1);
    assert_int_equal(r.body_len, EK_MAX_PAGE_BYTES);
    assert_true(r.body_cut);
    assert_int_equal(ek_warc_next(warc, &r, &err), 1);
    assert_int_equal(r.body_len, 6);
    ek_warc_close(warc);
    ek_buf_free(&bytes);
    /* A record of 40 MiB: its beginning is kept and the next record is found. */
    for (int zipped = 0; zipped < 2; zipped++) {
        struct ek_buf one = new_buf();
        add_record(&one, lines, (long)size, zeros, size);
        if (zipped)
            zip(&bytes, one.data, one.len, 31);
        else
            ek_buf_add(&bytes, one.data, one.len);
        ek_buf_clear(&one);
        add_response(&one, 2, 0, PAGE_B);
        if (zipped)
            zip(&bytes, one.data, one.len, 31);
        else
            ek_buf_add(&bytes, one.data, one.len);
        ek_buf_free(&one);
        read_buf(&bytes, &seen);
        assert_int_equal(seen.end, 0);
        assert_int_equal(seen.count, 2);
        assert_true(seen.cut[0]);
        assert_non_null(strstr(seen.oddity[0], "only the first"));
        assert_string_equal(seen.body[1], "page B");
    }
    /* A member that would unpack to 1 GiB: refused by name. */
    z_stream z = {0};
    deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    struct ek_buf head = new_buf();
    ek_buf_addf(&head, "WARC/1.0\r\n%sContent-Length: 1073741824\r\n\r\n", lines);
    char *out = ek_buf_room(&bytes, 4u << 20);
    z.next_out = (unsigned char *)out;
    z.avail_out = 4u << 20;
    z.next_in = (unsigned char *)head.data;
    z.avail_in = (uInt)head.len;
    for (int i = 0; i < 26; i++) {
        assert_int_equal(deflate(&z, Z_NO_FLUSH), Z_OK);
        z.next_in = (unsigned char *)zeros;
        z.avail_in = (uInt)size;
    }
    bytes.len = (4u << 20) - z.avail_out;
    deflateEnd(&z);
    ek_buf_free(&head);
    read_buf(&bytes, &seen);
    assert_int_equal(seen.end, -1);
    assert_int_equal(seen.err.kind, EK_LIMIT);
    assert_non_null(strstr(seen.err.message, "bomb"));
    free(zeros);
}

static void dates_and_fields(void **state)
{
    (void)state;
    struct ek_buf bytes = new_buf();
    struct ek_arena *arena = ek_arena_new(1 << 16);
    struct ek_warc *warc;
    struct ek_warc_record r;
    struct ek_err err;
    const char *info = "software: some crawler\r\nsample-data: yes\r\n";
    add_record(&bytes,
               "WARC-Type: warcinfo\r\nWARC-Date: 2011-05-06T07:08:09.123456Z\r\n"
               "WARC-Record-ID: <urn:uuid:7>\r\n",
               (long)strlen(info), info, strlen(info));
    add_record(&bytes,
               "WARC-Type: resource\r\nContent-Type: Text/HTML; charset=\"KOI8-R\"\r\n"
               "WARC-Truncated: length\r\n",
               3, "abc", 3);
    write_file(&bytes);
    ek_buf_free(&bytes);
    assert_int_equal(ek_warc_open(&warc, path, &err), 0);
    assert_int_equal(ek_warc_next(warc, &r, &err), 1);
    assert_int_equal(r.date, 1304665689);
    assert_string_equal(r.record_id, "urn:uuid:7");
    assert_string_equal(ek_warc_field(&r, "Sample-Data", arena), "yes");
    assert_string_equal(ek_warc_field(&r, "software", arena), "some crawler");
    assert_null(ek_warc_field(&r, "missing", arena));
    assert_int_equal(ek_warc_next(warc, &r, &err), 1);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.mime, "text/html");
    assert_string_equal(r.charset, "koi8-r");
    assert_int_equal(r.body_len, 3);
    assert_true(r.truncated && r.body_cut);
    assert_true(r.date == EK_TIME_UNKNOWN);
    assert_int_equal(ek_warc_next(warc, &r, &err), 0);
    ek_warc_close(warc);
    ek_arena_free(arena);
}

/* Files by other programs, and the pages in them. */
static void other_programs(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int records, page, odd;
        size_t body;
    } cases[] = {{"example-iana.org-chunked.warc", 3, 1, 0, 7223},
                 {"example-resource.warc.gz", 3, 2, 0, 1303},
                 {"example-trunc.warc", 4, 2, 1, 1270},
                 {"example-wrong-chunks.warc.gz", 2, 0, 1, 1271},
                 {"example.warc.gz", 6, 2, 0, 1270}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char file[200];
        struct ek_warc *warc;
        struct ek_warc_record r;
        struct ek_err err = {0};
        snprintf(file, sizeof file, "../shared/warc/%s", cases[i].file);
        if (access(file, R_OK) != 0)
            skip();
        assert_int_equal(ek_warc_open(&warc, file, &err), 0);
        int n = 0, odd = 0, rc;
        while ((rc = ek_warc_next(warc, &r, &err)) == 1) {
            odd += r.oddity != NULL;
            if (n++ == cases[i].page) {
                assert_int_equal(r.body_len, cases[i].body);
                assert_int_equal(r.status, 200);
                assert_false(r.body_cut);
                assert_string_equal(r.mime, "text/html");
                assert_non_null(memmem(r.body, r.body_len, "</html>", 7));
            }
        }
        assert_int_equal(rc, 0);
        assert_int_equal(n, cases[i].records);
        assert_int_equal(odd, cases[i].odd);
        ek_warc_close(warc);
    }
}

static void a_real_board(void **state)
{
    (void)state;
    const char *file = "../shared/boards/phpbb-3.3.warc.gz";
    struct ek_warc *warc;
    struct ek_warc_record r;
    struct ek_err err = {0};
    if (access(file, R_OK) != 0)
        skip();
    assert_int_equal(ek_warc_open(&warc, file, &err), 0);
    int responses = 0, rc;
    while ((rc = ek_warc_next(warc, &r, &err)) == 1) {
        assert_null(r.oddity);
        responses += strcmp(r.type, "response") == 0 && r.status > 0 && !r.body_cut;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(responses, 565);
    ek_warc_close(warc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_file),
        cmocka_unit_test(gzip_a_record),
        cmocka_unit_test(one_member_over_everything),
        cmocka_unit_test(members_cut_anywhere),
        cmocka_unit_test(length_too_long),
        cmocka_unit_test(length_too_short),
        cmocka_unit_test(length_missing),
        cmocka_unit_test(quoted_warc_is_no_record),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(odd_heads),
        cmocka_unit_test(http_bodies),
        cmocka_unit_test(compressed_bodies),
        cmocka_unit_test(no_warc),
        cmocka_unit_test(bytes_of_no_record),
        cmocka_unit_test(garbage_after_good_records),
        cmocka_unit_test(damaged_member),
        cmocka_unit_test(bombs),
        cmocka_unit_test(dates_and_fields),
        cmocka_unit_test(other_programs),
        cmocka_unit_test(a_real_board),
    };
    return cmocka_run_group_tests(tests, make_path, drop_path);
}
