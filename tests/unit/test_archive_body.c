/* What WARC records carry: HTTP bodies in every coding and miscoding, decompression bombs, dates
 * and fields. */
#include "warc_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_bodies),
        cmocka_unit_test(compressed_bodies),
        cmocka_unit_test(bombs),
        cmocka_unit_test(dates_and_fields),
    };
    return cmocka_run_group_tests(tests, make_path, drop_path);
}
