/* test_statistics_shift.c - two windows beside one another, against R.
 *
 * Reference values: tests/reference/sandwich.R (difference, ratio, log-odds and author shares with
 * two-way clustered variances), to nine digits. */
#include "statistics_fixture.h"

struct reference {
    struct drawing drawing;
    uint64_t tagged;
    double difference, variance, variance_before, variance_after;
    double ratio, ratio_variance, log_odds, log_odds_variance;
    double author_difference, author_variance;
};
static const struct reference references[] = {
#include "tests/reference/shift.inc"
};
#define REFERENCES (sizeof references / sizeof *references)

static struct ek_shift shift_of(struct ek_panel *panel, const struct ek_tagged *tagged)
{
    struct ek_shift shift;
    struct ek_err err;
    if (ek_panel_shift(panel, tagged, &shift, &err))
        fail_msg("%s", err.message);
    return shift;
}

static void equals_sandwich(void **state)
{
    for (size_t i = 0; i < REFERENCES; i++) {
        const struct reference *r = &references[i];
        const struct drawn *drawn = draw(&r->drawing);
        struct ek_panel *panel = panel_of(&drawn->posts, *state);
        assert_int_equal(drawn->places.count, r->tagged);
        struct ek_shift shift = shift_of(panel, &drawn->places);
        near(shift.difference.value, r->difference, 1e-9);
        near(shift.difference.variance, r->variance, 1e-9);
        near(shift.difference.low, r->difference - 1.959963984540054 * sqrt(r->variance), 1e-9);
        near(shift.difference.high, r->difference + 1.959963984540054 * sqrt(r->variance), 1e-9);
        near(shift.variance[EK_BEFORE], r->variance_before, 1e-9);
        near(shift.variance[EK_AFTER], r->variance_after, 1e-9);
        near(shift.covariance, (r->variance_before + r->variance_after - r->variance) / 2, 1e-9);
        near(shift.ratio.value, r->ratio, 1e-9);
        near(shift.ratio.variance, r->ratio_variance, 1e-9);
        near(shift.ratio.low, r->ratio * exp(-1.959963984540054 * sqrt(r->ratio_variance)), 1e-9);
        near(shift.log_odds.value, r->log_odds, 1e-9);
        near(shift.log_odds.variance, r->log_odds_variance, 1e-9);
        near(shift.author_difference.value, r->author_difference, 1e-9);
        near(shift.author_difference.variance, r->author_variance, 1e-9);
        near(shift.difference.p, erfc(fabs(r->difference) / sqrt(2 * r->variance)), 1e-9);
        /* The same once more: the panel keeps nothing of the last theory. */
        struct ek_shift again = shift_of(panel, &drawn->places);
        assert_true(again.difference.variance == shift.difference.variance);
        assert_true(again.author_difference.variance == shift.author_difference.variance);
        assert_int_equal(again.tagged[EK_AFTER], shift.tagged[EK_AFTER]);
    }
}

/* n posts in each window, every one of an author and thread of its own but for those shared by
 * both windows; the first `tagged` of a window are tagged. */
static struct drawn *plain(uint32_t n, uint32_t shared, uint32_t before, uint32_t after)
{
    static struct drawn drawn;
    drawn.posts = (struct ek_panel_posts){2 * (size_t)n, drawn.author, drawn.thread, drawn.bucket,
                                          EK_WINDOWS};
    drawn.places = (struct ek_tagged){drawn.tagged, 0};
    for (uint32_t i = 0; i < 2 * n; i++) {
        drawn.bucket[i] = i >= n;
        drawn.author[i] = drawn.thread[i] = i >= n && i - n < shared ? i - n : i;
        if (i < n ? i < before : i - n < after)
            drawn.tagged[drawn.places.count++] = i;
    }
    return &drawn;
}

/* With clusters of one post the test is that of two independent shares, unpooled. */
static void single_posts_are_independent(void **state)
{
    const struct drawn *drawn = plain(200, 0, 20, 40);
    struct ek_shift shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    double each = (0.1 * 0.9 + 0.2 * 0.8) / 200 * 400 / 399;
    near(shift.difference.value, 0.1, 1e-12);
    near(shift.difference.variance, each, 1e-12);
    near(shift.covariance, 0, 1e-12);
    near(shift.naive_p, 0.0051013996460049825, 1e-9); /* statsmodels proportions_ztest */
    assert_int_equal(shift.authors[EK_BEFORE], 200);
    assert_int_equal(shift.authors_tagged[EK_AFTER], 40);
    near(shift.author_share[EK_AFTER], 0.2, 1e-12);
}

/* The same authors naming it in both windows: what they have in common is no difference. */
static void who_is_in_both_windows_covaries(void **state)
{
    const struct drawn *drawn = plain(200, 200, 20, 40);
    struct ek_shift shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    double covariance = (0.1 - 0.1 * 0.2) / 200 * 200 / 199;
    near(shift.covariance, covariance, 1e-12);
    near(shift.difference.variance, (0.1 * 0.9 + 0.2 * 0.8) / 199 - 2 * covariance, 1e-12);
    near(shift.author_difference.variance, shift.difference.variance, 1e-12);
}

static void from_nothing_it_can_rise(void **state)
{
    const struct drawn *drawn = plain(1000, 0, 0, 30);
    struct ek_shift shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    /* Wilson's interval at the design effect of the other window: G/(G-1). */
    double edge = 1.959963984540054 / (999 + 1.959963984540054 * 1.959963984540054);
    near(shift.variance[EK_BEFORE], edge * edge, 1e-12);
    near(shift.difference.variance, edge * edge + 0.03 * 0.97 / 1000 * 2000 / 1999, 1e-12);
    assert_true(shift.difference.p < 1e-4);
    assert_true(isnan(shift.ratio.value) && isnan(shift.log_odds.value));
    drawn = plain(1000, 0, 0, 3);
    shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    assert_true(shift.difference.p > 0.1);
    drawn = plain(1000, 0, 0, 0);
    shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    near(shift.difference.variance, 2 * pow(1.959963984540054 / 1003.8414588206941, 2), 1e-12);
    near(shift.difference.p, 1, 1e-12);
}

static void too_few_give_no_difference(void **state)
{
    const struct drawn *drawn = plain(29, 0, 5, 20);
    struct ek_shift shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    assert_true(shift.few_clusters);
    near(shift.difference.value, 15.0 / 29, 1e-12);
    assert_true(isnan(shift.difference.variance) && isnan(shift.difference.p));
    assert_true(isnan(shift.share[EK_BEFORE].low) && isnan(shift.log_odds.p));
    assert_int_equal(shift.tagged[EK_AFTER], 20);
    drawn = plain(0, 0, 0, 0);
    shift = shift_of(panel_of(&drawn->posts, *state), &drawn->places);
    assert_true(shift.few_clusters && isnan(shift.share[EK_AFTER].share));
}

static void bad_input_is_refused(void **state)
{
    struct drawn *drawn = plain(50, 0, 5, 5);
    struct ek_err err;
    struct ek_shift shift;
    drawn->tagged[3] = 100;
    assert_int_equal(ek_panel_shift(panel_of(&drawn->posts, *state), &drawn->places, &shift, &err),
                     -1);
    assert_int_equal(err.kind, EK_USAGE);
    drawn->author[7] = UINT32_MAX;
    assert_null(ek_panel_new(&drawn->posts, *state, &err));
    assert_int_equal(err.kind, EK_LIMIT);
    drawn->author[7] = 7;
    drawn->posts.buckets = 1;
    assert_null(ek_panel_new(&drawn->posts, *state, &err));
    assert_int_equal(err.kind, EK_USAGE);
    drawn->posts.buckets = 3;
    drawn->tagged[3] = 3;
    assert_int_equal(ek_panel_shift(panel_of(&drawn->posts, *state), &drawn->places, &shift, &err),
                     -1);
    assert_int_equal(err.kind, EK_USAGE);
}

/* scipy: (z(0.975) + z(0.8)) sqrt(V). */
static void what_could_have_been_seen(void **unused)
{
    (void)unused;
    near(ek_smallest_visible(0.0001, 0.05, 1), 0.02801585218112969, 1e-12);
    near(ek_smallest_visible(0.0001, 0.05, 10), 0.03648655001916719, 1e-12);
    assert_true(isnan(ek_smallest_visible(NAN, 0.05, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equals_sandwich, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(single_posts_are_independent, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(who_is_in_both_windows_covaries, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(from_nothing_it_can_rise, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(too_few_give_no_difference, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(bad_input_is_refused, make_arena, free_arena),
        cmocka_unit_test(what_could_have_been_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
