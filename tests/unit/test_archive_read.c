/* Reading WARC files: as they should be, and each way in which their records are not where they
 * should be. The files are made here; those of ../shared/warc, made by other programs, are read too
 * where they are. */
#include "warc_fixture.h"

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
        cmocka_unit_test(no_warc),
        cmocka_unit_test(bytes_of_no_record),
        cmocka_unit_test(garbage_after_good_records),
        cmocka_unit_test(damaged_member),
        cmocka_unit_test(other_programs),
        cmocka_unit_test(a_real_board),
    };
    return cmocka_run_group_tests(tests, make_path, drop_path);
}
