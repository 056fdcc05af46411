/* test_time.c - calendar, ISO and HTTP dates, zones, periods and buckets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "ekbom/error.h"
#include "ekbom/time.h"

/* Every day of 1600 years against the C library. */
static void calendar(void **state)
{
    (void)state;
    for (int64_t day = -300000; day < 300000; day++) {
        time_t t = day * 86400 + 3661;
        struct tm tm;
        struct ek_civil c;
        gmtime_r(&t, &tm);
        ek_civil_from_time(t, &c);
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour, 1);
        assert_int_equal(c.minute, 1);
        assert_int_equal(c.second, 1);
        assert_int_equal(ek_time_from_civil(&c), t);
        assert_true(ek_civil_valid(&c));
    }
}

static void iso(void **state)
{
    static const struct {
        const char *text;
        int64_t time;
        enum ek_precision precision;
    } good[] = {
        {"1970-01-01", 0, EK_PRECISION_DAY},
        {"1969-12-31T23:59:59Z", -1, EK_PRECISION_SECOND},
        {"2010-03-02T03:14:00Z", 1267499640, EK_PRECISION_SECOND},
        {"2010-03-02T03:14Z", 1267499640, EK_PRECISION_MINUTE},
        {"2010-03-02T04:14:00+01:00", 1267499640, EK_PRECISION_SECOND},
        {"2010-03-01T22:14:00-0500", 1267499640, EK_PRECISION_SECOND},
        {"2010-03-02 03:14:00.123Z", 1267499640, EK_PRECISION_SECOND},
        {"2040-01-01T00:00:00Z", 2208988800, EK_PRECISION_SECOND},
        {"2000-02-29", 951782400, EK_PRECISION_DAY},
    };
    static const char *const bad[] = {"",
                                      "2010",
                                      "2010-13-01",
                                      "2010-02-30",
                                      "1900-02-29",
                                      "2010-03-02T03:14:00",
                                      "2010-03-02T24:00:00Z",
                                      "2010-03-02x",
                                      "02/03/2010",
                                      "2010-03-02T03:14:00Zjunk",
                                      "0000-01-01"};
    ek_time time;
    enum ek_precision precision;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(ek_time_parse(good[i].text, &time, &precision), 0);
        assert_int_equal(time, good[i].time);
        assert_int_equal(precision, good[i].precision);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(ek_time_parse(bad[i], &time, &precision), -1);
}

static void writing(void **state)
{
    char out[EK_TIME_TEXT];
    (void)state;
    assert_string_equal(ek_time_format(1267499640, EK_PRECISION_SECOND, out),
                        "2010-03-02T03:14:00Z");
    assert_string_equal(ek_time_format(1267499640, EK_PRECISION_DAY, out), "2010-03-02");
    assert_string_equal(ek_time_format(-62135596800, EK_PRECISION_DAY, out), "0001-01-01");
    assert_string_equal(ek_time_format(EK_TIME_UNKNOWN, EK_PRECISION_SECOND, out), "");
    assert_string_equal(ek_time_format(INT64_MAX, EK_PRECISION_SECOND, out), "");
}

static void http(void **state)
{
    ek_time time;
    (void)state;
    assert_int_equal(ek_time_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &time), 0);
    assert_int_equal(time, 784111777);
    assert_int_equal(ek_time_parse_http("Sunday, 06-Nov-94 08:49:37 GMT", &time), 0);
    assert_int_equal(time, 784111777);
    assert_int_equal(ek_time_parse_http("Sun Nov  6 08:49:37 1994", &time), 0);
    assert_int_equal(time, 784111777);
    assert_int_equal(ek_time_parse_http("yesterday", &time), -1);
    assert_int_equal(ek_time_parse_http("Sun, 06 anF 1994 08:49:37 GMT", &time), -1);
}

static void zones(void **state)
{
    struct ek_civil summer = {2010, 7, 1, 12, 0, 0}, winter = {2010, 1, 1, 12, 0, 0};
    struct ek_civil twice = {2010, 10, 31, 1, 30, 0}, plain = {2010, 10, 31, 3, 30, 0};
    ek_time time;
    bool doubled;
    (void)state;
    assert_int_equal(ek_zone_to_utc("Europe/London", &summer, &time, NULL), 0);
    assert_int_equal(time, 1277982000);
    assert_int_equal(ek_zone_to_utc("Europe/London", &winter, &time, &doubled), 0);
    assert_int_equal(time, 1262347200);
    assert_false(doubled);
    assert_int_equal(ek_zone_to_utc("Europe/London", &twice, &time, &doubled), 0);
    assert_int_equal(time, 1288485000); /* the first: still summer time */
    assert_true(doubled);
    assert_int_equal(ek_zone_to_utc("Europe/London", &plain, &time, &doubled), 0);
    assert_false(doubled);
    assert_int_equal(ek_zone_to_utc("Europe/Lodnon", &plain, &time, &doubled), -1);
    assert_int_equal(ek_zone_to_utc("", &plain, &time, &doubled), -1);
}

static void periods(void **state)
{
    static const struct {
        const char *text, *from, *until;
    } good[] = {
        {"2008", "2008-01-01", "2009-01-01"},
        {"2008-Q1", "2008-01-01", "2008-04-01"},
        {"2008-q4", "2008-10-01", "2009-01-01"},
        {"2008-02", "2008-02-01", "2008-03-01"},
        {"2008-12", "2008-12-01", "2009-01-01"},
        {"2008-03-17", "2008-03-17", "2008-03-18"},
        {"2008..2011", "2008-01-01", "2012-01-01"},
        {"2008-Q2..2008-03-31", NULL, NULL},
        {"2008-02..2008-02-29", "2008-02-01", "2008-03-01"},
        {"1850..1969", "1850-01-01", "1970-01-01"},
    };
    static const char *const bad[] = {"",           "08",     "2008-Q5", "2008-13", "2008-02-30",
                                      "2011..2008", "2008..", "..2008",  "2008-1",  "last year"};
    struct ek_period period;
    struct ek_err err;
    char text[EK_TIME_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!good[i].from) {
            assert_int_equal(ek_period_parse(good[i].text, &period, &err), -1);
            continue;
        }
        assert_int_equal(ek_period_parse(good[i].text, &period, &err), 0);
        assert_string_equal(ek_time_format(period.from, EK_PRECISION_DAY, text), good[i].from);
        assert_string_equal(ek_time_format(period.until, EK_PRECISION_DAY, text), good[i].until);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(ek_period_parse(bad[i], &period, &err), -1);
        assert_int_equal(err.kind, EK_USAGE);
    }
}

static void buckets(void **state)
{
    static const enum ek_bucket_size sizes[] = {EK_BY_MONTH, EK_BY_QUARTER, EK_BY_YEAR};
    static const char *const names[] = {"1969-12", "1969-Q4", "1969"};
    char text[EK_BUCKET_TEXT];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        int bucket = ek_bucket_of(-1, sizes[i]);
        assert_string_equal(ek_bucket_name(bucket, sizes[i], text), names[i]);
        assert_int_equal(ek_bucket_start(bucket + 1, sizes[i]), 0);
        assert_int_equal(ek_bucket_of(0, sizes[i]), bucket + 1);
        assert_int_equal(ek_bucket_of(ek_bucket_start(bucket, sizes[i]), sizes[i]), bucket);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar), cmocka_unit_test(iso),   cmocka_unit_test(writing),
        cmocka_unit_test(http),     cmocka_unit_test(zones), cmocka_unit_test(periods),
        cmocka_unit_test(buckets),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
