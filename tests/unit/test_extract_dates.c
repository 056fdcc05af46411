/* test_extract_dates.c - dates as boards write them, zones, and the hour that comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "daemon/extract/profile.h"
#include "daemon/extract/reading.h"
#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"

static struct ek_arena *arena;
static struct ek_profiles *profiles;

static int setup(void **state)
{
    (void)state;
    struct ek_bundle bundle;
    struct ek_err err;
    arena = ek_arena_new(64u << 20);
    return arena && ek_bundle_load(&bundle, arena, "profiles", ".profile", &err) == 0 &&
                   ek_profiles_compile(&profiles, &bundle, &err) == 0
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    ek_profiles_free(profiles);
    ek_arena_free(arena);
    return 0;
}

/* "2007-10-05 07:21:00", "-1 23:59:00" a day before the fetch day, "120" seconds ago; "?" for
 * ambiguous, "none". */
static const char *read_date(const char *text, enum ek_day_order order)
{
    struct ek_shown_date date;
    if (!ek_calendar_find(profiles->calendar, ek_slice_of(text), order, &date))
        return "none";
    const struct ek_civil *c = &date.civil;
    if (date.ambiguous)
        return "?";
    if (date.relative_time)
        return ek_printf(arena, "%ld", date.seconds_ago);
    if (date.relative_day)
        return ek_printf(arena, "%d %02d:%02d:%02d", -date.days_ago, c->hour, c->minute, c->second);
    return ek_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d", c->year, c->month, c->day, c->hour,
                     c->minute, c->second);
}

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {{"Fri Oct 05, 2007 7:21 am", "2007-10-05 07:21:00"},
                 {"Fri Oct 05, 2007 12:21 am", "2007-10-05 00:21:00"},
                 {"Fri Oct 05, 2007 12:21 pm", "2007-10-05 12:21:00"},
                 {"by wren » Fri Oct 05, 2007 7:21 pm", "2007-10-05 19:21:00"},
                 {"January 9th, 2016, 2:30 am", "2016-01-09 02:30:00"},
                 {"2009-12-05 21:14", "2009-12-05 21:14:00"},
                 {"2009-12-05 21:14:33", "2009-12-05 21:14:33"},
                 {"21.01.2009, 05:42", "2009-01-21 05:42:00"},
                 {"21.01.09, 05:42", "2009-01-21 05:42:00"},
                 {"Mer 22 Oct 2014, 18:19", "2014-10-22 18:19:00"},
                 {"Ven 7 Oct 2011 08:23", "2011-10-07 08:23:00"},
                 {"Mar 28 Avr 2015, 16:44", "2015-04-28 16:44:00"},
                 {"mar. 28 avr. 2015 16:44", "2015-04-28 16:44:00"},
                 {"Sa 7. Mär 2015, 21:00", "2015-03-07 21:00:00"},
                 {"Donnerstag 1. Oktober 2015, 21:00", "2015-10-01 21:00:00"},
                 {"Mié Ago 05, 2015 3:04 pm", "2015-08-05 15:04:00"},
                 {"mer 5 ago 2015, 15:04", "2015-08-05 15:04:00"},
                 {"wo 5 aug 2015, 15:04", "2015-08-05 15:04:00"},
                 {"05\u00a0Aug\u00a02015, 15:04", "2015-08-05 15:04:00"},
                 {"5 августа 2015, 15:04", "2015-08-05 15:04:00"},
                 {"Today, 10:12", "0 10:12:00"},
                 {"Yesterday, 11:59 pm", "-1 23:59:00"},
                 {"Heute, 00:30", "0 00:30:00"},
                 {"Gestern 23:59", "-1 23:59:00"},
                 {"Hier, 08:00", "-1 08:00:00"},
                 {"Aujourd’hui, 08:00", "0 08:00:00"},
                 {"5 minutes ago", "300"},
                 {"less than a minute ago", "0"},
                 {"vor 1 Minute", "60"},
                 {"il y a 12 minutes", "720"},
                 {"Fri Oct 35, 2007 7:21 am", "none"},
                 {"Fri Oct 05, 2007 13:21 am", "none"},
                 {"Feb 30, 2007 7:21 am", "none"},
                 {"12345678 9:99", "none"},
                 {"21.01.2009, 05:42 pm", "2009-01-21 17:42:00"},
                 {"no date at all", "none"},
                 {"", "none"},
                 {"Thursday", "none"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = read_date(cases[i].text, EK_ORDER_UNKNOWN);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("'%s': wanted %s, got %s", cases[i].text, cases[i].want, got);
    }
}

static void test_order(void **state)
{
    (void)state;
    assert_string_equal(read_date("04/05/2010 7:21 pm", EK_ORDER_UNKNOWN), "?");
    assert_string_equal(read_date("04/05/2010 7:21 pm", EK_DAY_FIRST), "2010-05-04 19:21:00");
    assert_string_equal(read_date("04/05/2010 7:21 pm", EK_MONTH_FIRST), "2010-04-05 19:21:00");
    assert_string_equal(read_date("23-02-2015, 03:12", EK_ORDER_UNKNOWN), "2015-02-23 03:12:00");
    assert_string_equal(read_date("04-25-2015, 09:47 PM", EK_ORDER_UNKNOWN), "2015-04-25 21:47:00");
    assert_string_equal(read_date("05/05/2010 7:21 pm", EK_ORDER_UNKNOWN), "2010-05-05 19:21:00");
    assert_true(ek_calendar_day_first(profiles->calendar, "de-x-sie"));
    assert_false(ek_calendar_day_first(profiles->calendar, "en-gb"));
    assert_false(ek_calendar_day_first(profiles->calendar, NULL));
}

static void check_offset(const char *line, int hours, int minutes)
{
    int seconds;
    assert_true(ek_zone_read_offset(ek_slice_of(line), &seconds));
    if (seconds != hours * 3600 + minutes * 60)
        fail_msg("'%s': %d seconds", line, seconds);
}

static void test_offsets(void **state)
{
    (void)state;
    int seconds;
    check_offset("All times are UTC", 0, 0);
    check_offset("All times are UTC [ DST ]", 1, 0);
    check_offset("The team • All times are UTC - 6 hours [ DST ]", -5, 0);
    check_offset("Alle Zeiten sind UTC + 1 Stunde [ Sommerzeit ]", 2, 0);
    check_offset("All times are UTC + 5:30 hours", 5, 30);
    check_offset("All times are UTC \u2212 3:30 hours", -3, -30);
    check_offset("UTC+05:45", 5, 45);
    check_offset("All times are GMT -9.5 hours", -9, -30);
    check_offset("UTC\u00b100:00", 0, 0);
    assert_false(ek_zone_read_offset(ek_slice_of("All times are local"), &seconds));
    assert_false(ek_zone_read_offset(ek_slice_of("UTC + 99 hours"), &seconds));
    assert_false(ek_zone_read_offset(ek_slice_of(""), &seconds));
}

static void test_zone_names(void **state)
{
    (void)state;
    struct ek_zone zone;
    assert_true(ek_zone_read_name("Europe/London", &zone));
    assert_string_equal(zone.name, "Europe/London");
    assert_true(ek_zone_read_name("UTC-6", &zone));
    assert_true(zone.fixed && zone.offset == -6 * 3600);
    assert_false(ek_zone_read_name("Middle/Earth", &zone));
    assert_string_equal(ek_calendar_zone(profiles->calendar, "Europa/Berlin"), "Europe/Berlin");
    assert_string_equal(ek_calendar_zone(profiles->calendar, "Asia/Tokyo"), "Asia/Tokyo");
}

/* Posts given by id, local minute within the doubled hour (or -1: one hour before it, 99: after)
 * and what must come out: 1 first hour, 2 second, 0 only the day, 9 untouched. */
struct doubled {
    const char *id;
    int minute;
    int want;
};

static void check_doubled(const struct doubled *cases, size_t count)
{
    struct ek_reading reading = {.arena = arena};
    struct ek_post posts[8] = {{0}};
    ek_time days[8] = {0},
            base = 1445731200; /* 2015-10-25T00:00:00Z, 02:00 in Berlin for the first time */
    for (size_t i = 0; i < count; i++) {
        int minute = cases[i].minute == -1 ? -60 : cases[i].minute == 99 ? 120 : cases[i].minute;
        posts[i].id = cases[i].id;
        posts[i].time = base + minute * 60;
        posts[i].precision = EK_PRECISION_MINUTE;
        days[i] = cases[i].want == 9 ? EK_TIME_UNKNOWN : 1445731200;
    }
    ek_settle_doubled_hours(&reading, posts, days, count);
    for (size_t i = 0; i < count; i++) {
        ek_time first = base + cases[i].minute * 60;
        if (cases[i].want == 0)
            assert_true(posts[i].precision == EK_PRECISION_DAY && posts[i].time == 1445731200);
        else if (cases[i].want != 9)
            assert_int_equal(posts[i].time, cases[i].want == 2 ? first + 3600 : first);
    }
}

static void test_doubled_hour(void **state)
{
    (void)state;
    static const struct doubled order[] = {{"1", 50, 1}, {"2", 10, 2}};
    static const struct doubled alone[] = {{"1", -1, 9}, {"2", 30, 0}, {"3", 99, 9}};
    static const struct doubled shuffled[] = {{"30", 10, 2}, {"9", 50, 1}, {"31", 20, 2}};
    static const struct doubled middle[] = {{"1", 40, 1}, {"2", 50, 1}, {"3", 5, 2}, {"4", 59, 2}};
    static const struct doubled both[] = {{"1", 10, 0}, {"2", 20, 0}};
    check_doubled(order, 2);
    check_doubled(alone, 3);
    check_doubled(shuffled, 3);
    check_doubled(middle, 4);
    check_doubled(both, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_formats), cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_offsets),
                                       cmocka_unit_test(test_zone_names),
                                       cmocka_unit_test(test_doubled_hour)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
