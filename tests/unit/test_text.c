/* test_text.c - UTF-8, NFC, charsets, folding: what every text goes through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/text.h"

static void validity(void **state)
{
    static const struct {
        const char *bytes;
        size_t len, valid;
    } cases[] = {
        {"", 0, 0},
        {"plain", 5, 5},
        {"caf\xc3\xa9", 5, 5},
        {"\xe2\x82\xac\xf0\x9f\x99\x84", 7, 7},
        {"a\xc3", 2, 1},            /* cut short */
        {"a\x80", 2, 1},            /* continuation without a start */
        {"\xc0\xaf", 2, 0},         /* overlong */
        {"\xe0\x80\xaf", 3, 0},     /* overlong */
        {"\xed\xa0\x80", 3, 0},     /* surrogate */
        {"\xf4\x90\x80\x80", 4, 0}, /* above U+10FFFF */
        {"eight ch\xff", 9, 8},     /* just after a whole word */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(ek_utf8_valid(cases[i].bytes, cases[i].len), cases[i].valid);
}

static void every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 0x10ffff; c++) {
        char bytes[4];
        size_t len = ek_utf8_put(bytes, c);
        const char *at = bytes;
        if (c >= 0xd800 && c <= 0xdfff) {
            assert_int_equal(ek_utf8_valid(bytes, len), 0);
            continue;
        }
        assert_int_equal(ek_utf8_valid(bytes, len), len);
        assert_int_equal(ek_utf8_next(&at, bytes + len), c);
        assert_ptr_equal(at, bytes + len);
    }
}

static void offsets(void **state)
{
    static const char text[] = "a\xc3\xa9\xf0\x9f\x99\x84z";
    (void)state;
    assert_int_equal(ek_utf8_count(text, sizeof text - 1), 4);
    assert_int_equal(ek_utf8_offset(text, sizeof text - 1, 0), 0);
    assert_int_equal(ek_utf8_offset(text, sizeof text - 1, 1), 1);
    assert_int_equal(ek_utf8_offset(text, sizeof text - 1, 2), 3);
    assert_int_equal(ek_utf8_offset(text, sizeof text - 1, 3), 7);
    assert_int_equal(ek_utf8_offset(text, sizeof text - 1, 99), 8);
}

static void composition(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    (void)state;
    assert_string_equal(ek_nfc(arena, "cafe\xcc\x81", 6), "caf\xc3\xa9");
    assert_string_equal(ek_nfc(arena, "caf\xc3\xa9", 5), "caf\xc3\xa9");
    /* Hangul jamo compose, an Angstrom sign becomes the letter. */
    assert_string_equal(ek_nfc(arena, "\xe1\x84\x80\xe1\x85\xa1", 6), "\xea\xb0\x80");
    assert_string_equal(ek_nfc(arena, "\xe2\x84\xab", 3), "\xc3\x85");
    assert_string_equal(ek_nfc(arena, "a\0b", 3), "ab");
    assert_string_equal(ek_nfc(arena, "a\xff", 2), "a\xef\xbf\xbd");
    assert_string_equal(ek_nfc(arena, "", 0), "");
    assert_true(ek_nfc_boundary_before('a'));
    assert_false(ek_nfc_boundary_before(0x301));
    ek_arena_free(arena);
}

static void charsets(void **state)
{
    static const struct {
        const char *charset, *bytes, *text;
    } cases[] = {
        {"windows-1252", "\x93iron\x94 \x80", "\xe2\x80\x9ciron\xe2\x80\x9d \xe2\x82\xac"},
        {"ISO-8859-1", "\x93", "\xe2\x80\x9c"}, /* as browsers read it */
        {"gb2312", "\xb7\xa2\xb1\xed", "\xe5\x8f\x91\xe8\xa1\xa8"},
        {"windows-1251", "\xe6\xe5\xeb\xe5\xe7\xee",
         "\xd0\xb6\xd0\xb5\xd0\xbb\xd0\xb5\xd0\xb7\xd0\xbe"},
        {"utf-8", "ok \xff.", "ok \xef\xbf\xbd."},
    };
    struct ek_err err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ek_buf out;
        ek_buf_init(&out, 1 << 20);
        assert_int_equal(
            ek_charset_decode(&out, cases[i].charset, cases[i].bytes, strlen(cases[i].bytes), &err),
            0);
        assert_string_equal(ek_buf_str(&out), cases[i].text);
        ek_buf_free(&out);
    }
    struct ek_buf out;
    ek_buf_init(&out, 100);
    assert_int_equal(ek_charset_decode(&out, "no-such-charset", "x", 1, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    assert_non_null(strstr(err.message, "no-such-charset"));
    ek_buf_free(&out);
}

/* More than one pivot buffer, and a sequence that lies across its edge. */
static void long_charset(void **state)
{
    struct ek_buf out;
    struct ek_err err;
    size_t len = 3 * 100001;
    char *bytes = malloc(len);
    (void)state;
    for (size_t i = 0; i < len; i += 3)
        memcpy(bytes + i, "\xe2\x82\xac", 3);
    ek_buf_init(&out, 1 << 20);
    assert_int_equal(ek_charset_decode(&out, "utf-8", bytes, len, &err), 0);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.data, bytes, len);
    ek_buf_free(&out);
    ek_buf_init(&out, 70000);
    assert_int_equal(ek_charset_decode(&out, "utf-8", bytes, len, &err), -1);
    assert_int_equal(err.kind, EK_LIMIT);
    ek_buf_free(&out);
    free(bytes);
}

static void squeezing(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    (void)state;
    assert_string_equal(ek_squeeze(arena, "  a \n\t b\xc2\xa0 c ", 13), "a b c");
    assert_string_equal(ek_squeeze(arena, " \n ", 3), "");
    ek_arena_free(arena);
}

static void nearest(void **state)
{
    static const char *const names[] = {"bid", "inflammation", "genetics", "ppi", "dopamine"};
    (void)state;
    assert_string_equal(ek_nearest("inflamation", names, 5), "inflammation");
    assert_string_equal(ek_nearest("gentics", names, 5), "genetics");
    assert_string_equal(ek_nearest("DOPAMIEN", names, 5), "dopamine");
    assert_string_equal(ek_nearest("bdi", names, 5), "bid");
    assert_null(ek_nearest("weather", names, 5));
    assert_null(ek_nearest("", names, 5));
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(ek_width('a'), 1);
    assert_int_equal(ek_width(0x301), 0);
    assert_int_equal(ek_width(0x53d1), 2);
    assert_int_equal(ek_width(0x1b), 0);
}

static void ascii(void **state)
{
    (void)state;
    assert_true(ek_ascii_equal("UTF-8", "utf-8"));
    assert_false(ek_ascii_equal("utf", "utf-8"));
    assert_true(ek_ascii_starts("Text/HTML; charset", "text/html"));
    assert_false(ek_ascii_starts("text", "text/html"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validity),  cmocka_unit_test(every_code_point),
        cmocka_unit_test(offsets),   cmocka_unit_test(composition),
        cmocka_unit_test(charsets),  cmocka_unit_test(long_charset),
        cmocka_unit_test(squeezing), cmocka_unit_test(nearest),
        cmocka_unit_test(widths),    cmocka_unit_test(ascii),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
