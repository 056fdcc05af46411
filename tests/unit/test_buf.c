/* test_buf.c - the bounded buffer, the arena and the bounded lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "ekbom/buf.h"
#include "ekbom/lines.h"

static void ceiling(void **state)
{
    struct ek_buf buf;
    (void)state;
    ek_buf_init(&buf, 10);
    ek_buf_adds(&buf, "12345");
    ek_buf_addf(&buf, "%d", 67890);
    assert_string_equal(ek_buf_str(&buf), "1234567890");
    ek_buf_addc(&buf, 'x');
    assert_true(buf.failed);
    assert_null(ek_buf_str(&buf));
    assert_int_equal(buf.len, 10);
    ek_buf_adds(&buf, ""); /* a failure is latched */
    assert_null(ek_buf_str(&buf));
    ek_buf_clear(&buf);
    assert_string_equal(ek_buf_str(&buf), "");
    ek_buf_add(&buf, "12345678901", SIZE_MAX);
    assert_true(buf.failed);
    ek_buf_free(&buf);
}

static void growth(void **state)
{
    struct ek_buf buf;
    (void)state;
    ek_buf_init(&buf, 1 << 20);
    for (int i = 0; i < 100000; i++)
        ek_buf_addc(&buf, (char)('a' + i % 26));
    assert_false(buf.failed);
    assert_int_equal(buf.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
    ek_buf_free(&buf);
}

static void lines(void **state)
{
    static const char text[] = "first\r\n\nlonger than ten\nlast";
    static const struct {
        const char *line;
        bool too_long;
    } expected[] = {{"first", false}, {"", false}, {"", true}, {"last", false}};
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof text - 1), sizeof text - 1);
    close(ends[1]);
    struct ek_lines *reader = ek_lines_new(ends[0], 10);
    for (size_t i = 0; i < 4; i++) {
        char *line;
        size_t len;
        bool too_long;
        assert_int_equal(ek_lines_next(reader, &line, &len, &too_long, NULL), 1);
        assert_int_equal(too_long, expected[i].too_long);
        if (!too_long)
            assert_string_equal(line, expected[i].line);
        assert_int_equal(ek_lines_number(reader), i + 1);
    }
    char *line;
    size_t len;
    bool too_long;
    assert_int_equal(ek_lines_next(reader, &line, &len, &too_long, NULL), 0);
    ek_lines_free(reader);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ceiling),
        cmocka_unit_test(growth),
        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
