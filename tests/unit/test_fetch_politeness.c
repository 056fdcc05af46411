/* Politeness towards one host, on a clock of the test's own: no network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/fetch/politeness.h"
#include "ekbom/limits.h"

#define WALL 1700049600 /* 2023-11-15T12:00:00Z */

static struct ek_politeness host;
static struct ek_moment now;

static int set_up(void **state)
{
    (void)state;
    host = (struct ek_politeness){.is_public = true};
    now = (struct ek_moment){5000000, WALL};
    return 0;
}

static void answered(int status, const char *retry_after)
{
    ek_politeness_sent(&host, now.wall);
    ek_politeness_answered(&host, now, 5000, status, retry_after, 100000);
}

/* Milliseconds until the next request. */
static int64_t wait(void)
{
    return ek_politeness_due(&host, 5000) - now.ms;
}

static void test_first_request_waits_for_nothing(void **state)
{
    (void)state;
    assert_true(wait() <= 0);
}

static void test_delay(void **state)
{
    (void)state;
    answered(200, "");
    assert_int_equal(wait(), 5000);
    assert_int_equal(ek_politeness_delay(&host, 0), EK_MIN_PUBLIC_DELAY_MS);
    assert_int_equal(ek_politeness_delay(&host, 300), EK_MIN_PUBLIC_DELAY_MS);
    host.is_public = false;
    assert_int_equal(ek_politeness_delay(&host, 300), 1000); /* ten times 100 ms */
    assert_int_equal(ek_politeness_delay(&host, 0), 0);
    host.crawl_delay = 30000;
    assert_int_equal(ek_politeness_delay(&host, 0), 30000);
    assert_int_equal(wait(), 30000);
}

static void test_slow_answers_slow_us_down(void **state)
{
    (void)state;
    ek_politeness_sent(&host, now.wall);
    ek_politeness_answered(&host, now, 5000, 200, "", 3000000);
    assert_int_equal(wait(), 30000);
    answered(200, "");
    assert_int_equal(wait(), 5000);
}

static void test_backoff_doubles_and_comes_down_slowly(void **state)
{
    (void)state;
    static const int64_t up[] = {10000,  20000,   40000,   80000,   160000, 320000,
                                 640000, 1280000, 2560000, 3600000, 3600000};
    for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
        answered(i % 2 ? 503 : 429, "");
        assert_int_equal(wait(), up[i]);
    }
    assert_string_equal(host.last_error, "status 429");
    assert_int_equal(host.last_error_time, WALL);
    int64_t last = wait(), steps = 0;
    while (wait() > 5000) {
        answered(200, "");
        assert_true(wait() >= last / 2);
        last = wait();
        steps++;
    }
    assert_int_equal(steps, 10);
    assert_int_equal(wait(), 5000);
    assert_string_equal(host.last_error, "");
}

static void test_failures_back_off(void **state)
{
    (void)state;
    ek_politeness_sent(&host, now.wall);
    ek_politeness_failed(&host, now, 5000, "no connection");
    assert_int_equal(wait(), 10000);
    assert_string_equal(host.last_error, "no connection");
    ek_politeness_broken_off(&host, now); /* our doing: no change */
    assert_int_equal(wait(), 10000);
}

static void test_retry_after(void **state)
{
    (void)state;
    answered(429, "120");
    assert_int_equal(wait(), 120000);
    assert_string_equal(host.last_error, "status 429, to be asked again after 120 s");
    assert_int_equal(host.backoff, 0);
    now.ms += 120000;
    now.wall += 120;
    answered(503, "Wed, 15 Nov 2023 13:02:00 GMT"); /* an hour from now */
    assert_int_equal(wait(), 3600000);
    now.ms += 3600000;
    now.wall += 3600;
    answered(200, "120"); /* says nothing with 200 */
    assert_int_equal(wait(), 5000);
    answered(503, "99999999999999999999");
    assert_int_equal(wait(), 86400000);
}

static void test_retry_after_without_sense(void **state)
{
    (void)state;
    static const char *const fields[] = {"", "0", "-5", "soon", "Wed, 15 Nov 2023 11:00:00 GMT"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        set_up(state);
        answered(503, fields[i]);
        assert_int_equal(wait(), 10000);
    }
    set_up(state);
    answered(503, "1"); /* less than the delay */
    assert_int_equal(wait(), 5000);
}

static void test_forbidden_stops(void **state)
{
    (void)state;
    for (int i = 1; i < EK_MAX_FORBIDDEN; i++)
        answered(403, "");
    assert_false(host.stopped);
    assert_int_equal(wait(), 5000);
    answered(404, ""); /* the row is broken */
    for (int i = 1; i < EK_MAX_FORBIDDEN; i++)
        answered(403, "");
    assert_false(host.stopped);
    answered(403, "");
    assert_true(host.stopped);
    assert_string_equal(host.last_error, "answered 403 again and again");
    ek_politeness_resume(&host);
    assert_false(host.stopped);
    answered(403, "");
    assert_false(host.stopped);
}

static void test_redirects_calm_nobody(void **state)
{
    (void)state;
    answered(503, "");
    answered(503, "");
    answered(302, "");
    assert_int_equal(wait(), 20000);
    answered(304, "");
    assert_int_equal(wait(), 10000);
}

static void test_requests_of_the_day(void **state)
{
    (void)state;
    answered(200, "");
    answered(200, "");
    assert_int_equal(ek_politeness_today(&host, WALL), 2);
    assert_int_equal(ek_politeness_today(&host, WALL + 43200), 0);
    now.wall = WALL + 43200; /* midnight */
    answered(200, "");
    assert_int_equal(ek_politeness_today(&host, WALL + 43201), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_request_waits_for_nothing),
        TEST(test_delay),
        TEST(test_slow_answers_slow_us_down),
        TEST(test_backoff_doubles_and_comes_down_slowly),
        TEST(test_failures_back_off),
        TEST(test_retry_after),
        TEST(test_retry_after_without_sense),
        TEST(test_forbidden_stops),
        TEST(test_redirects_calm_nobody),
        TEST(test_requests_of_the_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
