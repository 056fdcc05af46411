/* test_statistics_series.c - change points against ruptures, trends against pymannkendall and R.
 *
 * Reference values: tests/reference/series.py and sandwich.R. Breaks are equal to the bucket, costs
 * and trends to ten digits. */
#include "statistics_fixture.h"

#include "ekbom/trend.h"

#define MOST_BUCKETS 240u

struct series_reference {
    uint64_t seed;
    size_t buckets;
    int64_t most;
    size_t segments;
    int64_t percents[4];
    double design_effect;
    size_t breaks, places[3];
    double cost;
    double monotone[7];
};
static const struct series_reference series_references[] = {
#include "tests/reference/series.inc"
};
struct trend_reference {
    struct drawing drawing;
    uint64_t tagged;
    double intercept, slope, variance;
};
static const struct trend_reference trend_references[] = {
#include "tests/reference/trend.inc"
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

struct counts {
    double posts[MOST_BUCKETS], tagged[MOST_BUCKETS], shares[MOST_BUCKETS];
};

/* counts() of series.py */
static void draw_counts(const struct series_reference *r, struct counts *counts)
{
    uint64_t state = r->seed;
    for (size_t i = 0; i < r->buckets; i++) {
        int64_t posts = next_number(&state, r->most + 1), tagged = 0;
        int64_t percent = r->percents[i * r->segments / r->buckets];
        for (int64_t j = 0; j < posts; j++)
            tagged += next_number(&state, 100) < percent;
        counts->posts[i] = (double)posts;
        counts->tagged[i] = (double)tagged;
        counts->shares[i] = posts ? (double)tagged / (double)posts : NAN;
    }
}

static struct ek_changes changes_of(const struct counts *counts, size_t buckets,
                                    double design_effect, struct ek_arena *arena)
{
    struct ek_series_counts series = {buckets, counts->posts, counts->tagged, design_effect};
    struct ek_changes changes;
    struct ek_err err;
    if (ek_find_changes(&series, arena, &changes, &err))
        fail_msg("%s", err.message);
    return changes;
}

static void changes_are_those_of_ruptures(void **state)
{
    for (size_t i = 0; i < COUNT(series_references); i++) {
        const struct series_reference *r = &series_references[i];
        struct counts counts;
        draw_counts(r, &counts);
        struct ek_changes changes = changes_of(&counts, r->buckets, r->design_effect, *state);
        assert_int_equal(changes.count, r->breaks);
        for (size_t j = 0; j < r->breaks; j++)
            assert_int_equal(changes.changes[j].bucket, r->places[j]);
        near(changes.cost, r->cost, 1e-10);
    }
}

static void short_and_empty_series_have_no_change(void **state)
{
    struct counts counts = {{10, 10, 10, 10, 10}, {0, 0, 0, 10, 10}, {0}};
    for (size_t buckets = 0; buckets < 6; buckets++)
        assert_int_equal(changes_of(&counts, buckets, 1, *state).count, 0);
    struct ek_changes changes = changes_of(&counts, 4, 1, *state);
    near(changes.shares[0], 0.25, 1e-12);
    near(changes.cost, -2 * (10 * log(0.25) + 30 * log(0.75)), 1e-12);
    /* Six are enough for two segments; a design effect below 1 or unknown is none. */
    struct counts six = {{10, 10, 10, 10, 10, 10}, {0, 0, 0, 10, 10, 10}, {0}};
    changes = changes_of(&six, 6, NAN, *state);
    assert_int_equal(changes.count, 1);
    assert_int_equal(changes.changes[0].bucket, 3);
    assert_int_equal(changes.changes[0].high, 3);
    near(changes.shares[1], 1, 1e-12);
    assert_int_equal(changes_of(&six, 6, 100, *state).count, 0);
    struct counts none = {{0}, {0}, {0}};
    assert_int_equal(changes_of(&none, 20, 1, *state).count, 0);
    assert_true(isnan(changes_of(&none, 20, 1, *state).shares[0]));
}

static void more_buckets_than_can_be_searched_are_refused(void **state)
{
    struct ek_series_counts series = {EK_MAX_SERIES + 1, NULL, NULL, 1};
    struct ek_changes changes;
    struct ek_monotone trend;
    struct ek_err err;
    assert_int_equal(ek_find_changes(&series, *state, &changes, &err), -1);
    assert_int_equal(err.kind, EK_LIMIT);
    assert_int_equal(ek_monotone_trend(NULL, EK_MAX_SERIES + 1, *state, &trend, &err), -1);
    assert_int_equal(err.kind, EK_LIMIT);
}

/* Of a bootstrap whose replicates break at 10, and some at 8 and 14. */
static void dates_have_intervals(void **state)
{
    enum { REPLICATES = 100, BUCKETS = 20 };
    static double posts[REPLICATES * BUCKETS], tagged[REPLICATES * BUCKETS];
    struct counts counts = {{0}, {0}, {0}};
    struct ek_bootstrap bootstrap = {REPLICATES, BUCKETS, posts, tagged};
    struct ek_err err;
    for (size_t i = 0; i < REPLICATES * BUCKETS; i++) {
        size_t replicate = i / BUCKETS, bucket = i % BUCKETS;
        size_t at = replicate < 5 ? 8 : replicate < 10 ? 14 : 10;
        posts[i] = 100;
        tagged[i] = bucket < at ? 10 : 60;
        counts.posts[bucket] = 100;
        counts.tagged[bucket] = bucket < 10 ? 10 : 60;
    }
    struct ek_changes changes = changes_of(&counts, BUCKETS, 1, *state);
    assert_int_equal(changes.count, 1);
    assert_int_equal(ek_date_changes(&bootstrap, *state, &changes, &err), 0);
    assert_int_equal(changes.changes[0].bucket, 10);
    assert_int_equal(changes.changes[0].low, 8);
    assert_int_equal(changes.changes[0].high, 14);
}

static void design_effects_pool_by_posts(void **unused)
{
    double effects[] = {2, NAN, 5}, posts[] = {30, 100, 10}, small[] = {0.5, NAN, NAN};
    (void)unused;
    near(ek_pooled_design_effect(effects, posts, 3), 2.75, 1e-12);
    near(ek_pooled_design_effect(small, posts, 3), 1, 1e-12);
    near(ek_pooled_design_effect(small + 1, posts, 2), 1, 1e-12);
}

static void monotone_trends_are_pymannkendalls(void **state)
{
    for (size_t i = 0; i < COUNT(series_references); i++) {
        const struct series_reference *r = &series_references[i];
        struct counts counts;
        struct ek_monotone trend;
        struct ek_err err;
        draw_counts(r, &counts);
        assert_int_equal(ek_monotone_trend(counts.shares, r->buckets, *state, &trend, &err), 0);
        near(trend.s, r->monotone[0], 1e-12);
        near(trend.tau, r->monotone[1], 1e-10);
        near(trend.variance, r->monotone[2], 1e-10);
        near(trend.z, r->monotone[3], 1e-10);
        near(trend.p, r->monotone[4], 1e-9);
        near(trend.slope, r->monotone[5], 1e-10);
        near(trend.intercept, r->monotone[6], 1e-10);
    }
}

static void values_that_are_too_few_or_alike(void **state)
{
    double values[] = {0.1, NAN, 0.2, 0.3, NAN}, alike[] = {0.1, 0.1, 0.1, 0.1, 0.1};
    struct ek_monotone trend;
    struct ek_err err;
    assert_int_equal(ek_monotone_trend(values, 5, *state, &trend, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    assert_int_equal(ek_monotone_trend(alike, 5, *state, &trend, &err), 0);
    near(trend.s, 0, 1e-12);
    near(trend.slope, 0, 1e-12);
    assert_true(isnan(trend.p));
}

static void slopes_are_those_of_sandwich(void **state)
{
    for (size_t i = 0; i < COUNT(trend_references); i++) {
        const struct trend_reference *r = &trend_references[i];
        const struct drawn *drawn = draw(&r->drawing);
        struct ek_panel *panel = panel_of(&drawn->posts, *state);
        struct ek_trend trend;
        struct ek_err err;
        assert_int_equal(drawn->places.count, r->tagged);
        assert_int_equal(ek_panel_trend(panel, &drawn->places, *state, &trend, &err), 0);
        assert_false(trend.few_clusters);
        near(trend.intercept, r->intercept, 1e-9);
        near(trend.slope.value, r->slope, 1e-9);
        near(trend.slope.variance / r->variance, 1, 1e-9);
        near(trend.slope.p, erfc(fabs(r->slope) / sqrt(2 * r->variance)), 1e-8);
    }
}

static void slopes_that_are_none(void **state)
{
    struct drawing drawing = {5, 400, 50, 60, 12, 20, 20, 0, 0};
    const struct drawn *drawn = draw(&drawing);
    struct ek_panel *panel = panel_of(&drawn->posts, *state);
    uint32_t places[400];
    struct ek_tagged tagged = {places, 0};
    struct ek_trend trend;
    struct ek_err err;
    assert_int_equal(ek_panel_trend(panel, &tagged, *state, &trend, &err), 0); /* none tagged */
    assert_true(isnan(trend.slope.value) && isnan(trend.slope.p) && !trend.few_clusters);
    for (uint32_t i = 0; i < 400; i++)
        if (drawn->bucket[i] == 11)
            places[tagged.count++] = i; /* all of one end and nothing else */
    assert_true(tagged.count > 0);
    assert_int_equal(ek_panel_trend(panel, &tagged, *state, &trend, &err), 0);
    assert_true(isnan(trend.slope.value) && isnan(trend.intercept));
    for (tagged.count = 0; tagged.count < 400; tagged.count++)
        places[tagged.count] = (uint32_t)tagged.count;
    assert_int_equal(ek_panel_trend(panel, &tagged, *state, &trend, &err), 0); /* all tagged */
    assert_true(isnan(trend.slope.value));
    drawing.authors = 20;
    drawn = draw(&drawing);
    panel = panel_of(&drawn->posts, *state);
    assert_int_equal(ek_panel_trend(panel, &drawn->places, *state, &trend, &err), 0);
    assert_true(trend.few_clusters && isnan(trend.slope.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_are_those_of_ruptures, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(short_and_empty_series_have_no_change, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(more_buckets_than_can_be_searched_are_refused, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(dates_have_intervals, make_arena, free_arena),
        cmocka_unit_test(design_effects_pool_by_posts),
        cmocka_unit_test_setup_teardown(monotone_trends_are_pymannkendalls, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(values_that_are_too_few_or_alike, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(slopes_are_those_of_sandwich, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(slopes_that_are_none, make_arena, free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
