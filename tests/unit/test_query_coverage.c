/* test_query_coverage.c - what was fetched of the boards, and ids without a post, by bucket. */
#include "store_fixture.h"

#include <math.h>

#include "ekbom/coverage.h"
#include "ekbom/frontier.h"

#define OTHER "https://other.example/"

static ek_time day_in(int year, int month)
{
    return ek_time_from_civil(&(struct ek_civil){year, month, 1, 12, 0, 0});
}

/* Posts 1 to 100, 25 a year from 2001 on; of every ten ids the last has no post. */
static int setup(void **state)
{
    if (fixture_setup(state))
        return -1;
    struct fixture *f = *state;
    fixture_set_rules(f);
    OK(f, ek_store_begin(f->store, &f->err));
    for (int i = 1; i <= 100; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        struct ek_entry entry =
            entry_of(id, "7", "an", day_in(2001 + (i - 1) / 25, 1 + (i - 1) % 25 / 3), "text");
        if (i % 10)
            OK(f, ek_store_put_entry(f->store, &entry, day_in(2005, 1), tags_of(f, "bid", NULL),
                                     NULL, &f->err));
    }
    OK(f, ek_store_commit(f->store, &f->err));
    return 0;
}

static void put_other(struct fixture *f, const char *id, ek_time time)
{
    struct ek_entry entry = entry_of(id, "1", "bo", time, "text");
    entry.forum = OTHER;
    put_entry(f, &entry, day_in(2005, 1), tags_of(f, "bid", NULL));
}

static void put_frontier(struct fixture *f)
{
    const ek_time read = day_in(2005, 1);
    const struct ek_frontier entries[] = {
        {.kind = EK_FRONTIER_INDEX, .id = "", .url = BASE, .visited = read},
        {.kind = EK_FRONTIER_THREAD, .id = "1", .listed = "20", .done = "20", .visited = read},
        {.kind = EK_FRONTIER_THREAD, .id = "2", .listed = "22", .visited = EK_TIME_UNKNOWN},
        {.kind = EK_FRONTIER_THREAD,
         .id = "3",
         .listed = "60",
         .done = "60",
         .visited = read,
         .next_page = BASE "more"},
        {.kind = EK_FRONTIER_THREAD, .id = "4", .listed = "61", .newest = "61", .visited = read},
        {.kind = EK_FRONTIER_THREAD,
         .id = "5",
         .listed = "99",
         .done = "99",
         .visited = read,
         .closed = "a login is asked for"},
        {.kind = EK_FRONTIER_THREAD, .id = "6", .listed = "200", .visited = EK_TIME_UNKNOWN},
        {.kind = EK_FRONTIER_THREAD, .id = "7", .newest = "98", .visited = read}};
    OK(f, ek_store_begin(f->store, &f->err));
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        struct ek_frontier entry = entries[i];
        entry.url = BASE;
        entry.due = entry.error_time = EK_TIME_UNKNOWN;
        OK(f, ek_frontier_put(f->store, BASE, &entry, &f->err));
    }
    OK(f, ek_store_commit(f->store, &f->err));
}

static struct ek_coverage cover(struct fixture *f, const char *forum, int first, size_t years)
{
    struct ek_selection selection = {.forum = forum};
    struct ek_coverage coverage;
    OK(f, ek_query_coverage(f->store, &selection, EK_BY_YEAR, first, years, f->arena, &coverage,
                            &f->err));
    assert_int_equal(coverage.buckets, years);
    return coverage;
}

static void near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-12))
        fail_msg("%.6f, not %.6f", value, expected);
}

static void test_gap(void **state)
{
    struct ek_coverage coverage = cover(*state, NULL, 2001, 4);
    assert_null(coverage.id_gap_reason);
    near(coverage.id_gap[0], 2.0 / 25); /* 10, 20 */
    near(coverage.id_gap[1], 3.0 / 25); /* 30, 40, 50 */
    near(coverage.id_gap[2], 2.0 / 25);
    near(coverage.id_gap[3], 2.0 / 24); /* 80, 90; 100 was never seen */
    assert_string_equal(coverage.fetched_reason,
                        "imported archives do not say what their boards list");
    assert_true(isnan(coverage.fetched[0]));
    /* Empty years around have none; the last year before the end reaches to the next post. */
    coverage = cover(*state, NULL, 1999, 4);
    assert_true(isnan(coverage.id_gap[0]) && isnan(coverage.id_gap[1]));
    near(coverage.id_gap[2], 2.0 / 25);
    near(coverage.id_gap[3], 3.0 / 25);
}

static void test_fetched(void **state)
{
    put_frontier(*state);
    struct ek_coverage coverage = cover(*state, NULL, 2001, 4);
    assert_null(coverage.fetched_reason);
    near(coverage.fetched[0], 0.5);     /* 20 was read, 22 not */
    near(coverage.fetched[1], 1);       /* nothing is listed there */
    near(coverage.fetched[2], 0.5);     /* 60 is half read, 61 is */
    near(coverage.fetched[3], 1.0 / 3); /* 98 was read, 99 is closed, 200 is newer than all */
    /* What is newer than the years asked for is not theirs. */
    coverage = cover(*state, NULL, 2001, 2);
    near(coverage.fetched[0], 0.5);
    near(coverage.fetched[1], 1);
}

static void test_several_forums(void **state)
{
    struct fixture *f = *state;
    put_frontier(f);
    put_other(f, "1", day_in(2001, 1));
    put_other(f, "3", day_in(2001, 2));
    struct ek_coverage coverage = cover(f, NULL, 2001, 1);
    assert_non_null(coverage.fetched_reason); /* the other forum was never crawled */
    assert_true(isnan(coverage.fetched[0]));
    near(coverage.id_gap[0], 3.0 / 28);
    coverage = cover(f, "board.example", 2001, 1);
    near(coverage.fetched[0], 0.5);
    near(coverage.id_gap[0], 2.0 / 25);
    assert_null(cover(f, NULL, 2002, 1).fetched_reason); /* it has no posts there */
}

static void test_ids_that_do_not_run_on(void **state)
{
    struct fixture *f = *state;
    put_frontier(f);
    put_other(f, "50", day_in(2001, 1));
    put_other(f, "40", day_in(2002, 1));
    struct ek_coverage coverage = cover(f, NULL, 2001, 2);
    assert_string_equal(coverage.id_gap_reason, "post ids do not run on with time");
    assert_string_equal(coverage.fetched_reason, "post ids do not run on with time");
    assert_true(isnan(coverage.id_gap[0]) && isnan(coverage.fetched[0]));
    assert_null(cover(f, "board.example", 2001, 2).id_gap_reason);
}

static void test_ids_that_are_no_numbers(void **state)
{
    struct fixture *f = *state;
    put_other(f, "abc@list", day_in(2001, 1));
    put_other(f, "99999999999999999999", day_in(2002, 1));
    for (int year = 2001; year <= 2002; year++)
        assert_non_null(cover(f, "other.example", year, 1).id_gap_reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gap, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_fetched, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_several_forums, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_ids_that_do_not_run_on, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_ids_that_are_no_numbers, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
