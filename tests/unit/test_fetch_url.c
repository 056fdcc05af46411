/* Addresses in one form, and which belong to one site. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/limits.h"

#define SESSION "0123456789abcdef0123456789ABCDEF"

static void test_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *base, *url, *normal;
    } cases[] = {
        {NULL, "http://board.example", "http://board.example/"},
        {NULL, "HTTP://Board.EXAMPLE:80/Path?Query#part", "http://board.example/Path?Query"},
        {NULL, "https://board.example:443/", "https://board.example/"},
        {NULL, "https://board.example:80/", "https://board.example:80/"},
        {NULL, "http://board.example/a/./b/../c", "http://board.example/a/c"},
        {NULL, "http://board.example/../../x", "http://board.example/x"},
        {NULL, "http://board.example/a b", "http://board.example/a%20b"},
        {NULL, "http://board.example/\xc3\xa9", "http://board.example/%c3%a9"},
        {NULL, "http://2130706433/", "http://127.0.0.1/"},
        {NULL, "http://0x7f.1/", "http://127.0.0.1/"},
        {NULL, "http://[::1]:8080/x", "http://[::1]:8080/x"},
        {"http://h/a/b?c", "d", "http://h/a/d"},
        {"http://h/a/b?c", "/d", "http://h/d"},
        {"http://h/a/b?c", "?d", "http://h/a/b?d"},
        {"http://h/a/b?c", "../d?e=f", "http://h/d?e=f"},
        {"https://h/a", "//other.example/d", "https://other.example/d"},
        {"https://h/a", "http://other.example/d", "http://other.example/d"},
        /* Session ids, but nothing that may be something else. */
        {NULL, "http://h/v?t=1&sid=" SESSION, "http://h/v?t=1"},
        {NULL, "http://h/v?sid=" SESSION "&t=1", "http://h/v?t=1"},
        {NULL, "http://h/v?sid=" SESSION, "http://h/v"},
        {NULL, "http://h/v?s=" SESSION "&t=1", "http://h/v?t=1"},
        {NULL, "http://h/v?s=&t=1&sid=", "http://h/v?t=1"},
        {NULL, "http://h/v?t=1&PHPSESSID=anything", "http://h/v?t=1"},
        {NULL, "http://h/v?sid=7&s=legs", "http://h/v?sid=7&s=legs"},
        {NULL, "http://h/v?sid=" SESSION "0", "http://h/v?sid=" SESSION "0"},
        {NULL, "http://h/v?xsid=" SESSION, "http://h/v?xsid=" SESSION},
        {NULL, "http://h/v?sid", "http://h/v?sid"},
        {NULL, "http://h/v?a&&b&", "http://h/v?a&&b&"},
        {NULL, "http://h/v?", "http://h/v"},
        {NULL, "http://h/v?&s=&", "http://h/v?&"},
        {NULL, "http://h/v?&s=", "http://h/v"},
    };
    struct ek_buf out;
    struct ek_err err;
    ek_buf_init(&out, EK_MAX_URL_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ek_url_normalise(&out, cases[i].base, cases[i].url, &err) != 0)
            fail_msg("%s", err.message);
        assert_string_equal(ek_buf_str(&out), cases[i].normal);
    }
    ek_buf_free(&out);
}

static void test_not_fetchable(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "board.example",
        "/path",
        "file:///etc/passwd",
        "ftp://board.example/",
        "gopher://board.example/",
        "javascript:alert(1)",
        "mailto:me@board.example",
        "data:text/html,x",
        "http://me@board.example/",
        "http://me:secret@board.example/",
        "http://board.example:99999/",
        "http://board.example:x/",
        "http://board example/",
        "http://board\\evil/",
        "http://h%00evil/",
        "http://h%7F/",
        "http://%34/",
        "http://h%0a/",
        "http://board.example/a\nb",
        "http://b\303\274cher.example/",
        "http://",
        "http://[::1/",
    };
    struct ek_buf out;
    struct ek_err err;
    char text[EK_MAX_URL_BYTES + 100] = "http://board.example/";
    ek_buf_init(&out, EK_MAX_URL_BYTES);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        if (ek_url_normalise(&out, NULL, urls[i], &err) == 0)
            fail_msg("%s became %s", urls[i], ek_buf_str(&out));
        assert_null(strchr(err.message, '\n'));
    }
    assert_int_equal(ek_url_normalise(&out, "http://h/", "file:///etc/passwd", &err), -1);
    assert_string_equal(err.message,
                        "file:///etc/passwd: file: is not fetched, only http: and https:");
    memset(text + strlen(text), 'x', EK_MAX_URL_BYTES - strlen(text)); /* as long as may be */
    assert_int_equal(ek_url_normalise(&out, NULL, text, &err), 0);
    text[strlen(text)] = 'x';
    assert_int_equal(ek_url_normalise(&out, NULL, text, &err), -1);
    strcpy(text, "http://board.example/");
    memset(text + strlen(text), ' ', EK_MAX_URL_BYTES / 2); /* longer once it is encoded */
    assert_int_equal(ek_url_normalise(&out, NULL, text, &err), -1);
    ek_buf_free(&out);
}

static void test_same_site(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool same;
    } cases[] = {
        {"http://h/a", "http://h/b", true},
        {"http://h/a", "https://h/b", true},
        {"https://h/a", "http://h/b", false},
        {"http://h/a", "http://www.h/b", true},
        {"http://www.h/a", "https://h/b", true},
        {"http://h:8080/", "http://h:8080/x", true},
        {"http://h:8080/", "https://h:8080/x", false},
        {"http://h:8080/", "http://h/", false},
        {"http://h/", "http://h.evil/", false},
        {"http://h/", "http://evil/?http://h/", false},
        {"http://h/", "http://forum.h/", false},
        {"http://[::1]/", "https://[::1]/", true},
        {"http://[::1]:81/", "https://[::1]:81/", false},
        {"http://[::1]/", "http://[::2]/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (ek_url_same_site(cases[i].from, cases[i].to) != cases[i].same)
            fail_msg("%s and %s", cases[i].from, cases[i].to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_form),
        cmocka_unit_test(test_not_fetchable),
        cmocka_unit_test(test_same_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
