/* test_statistics_validated.c - shares corrected for tagging error, and when they are not.
 *
 * Reference values: tests/reference/validated.R (R's survey), to nine digits. */
#include "statistics_fixture.h"

#include "ekbom/validated.h"

struct reference {
    struct drawing drawing;
    size_t coded;
    double counted[5]; /* shares of the windows, their variances, covariance */
    double windows[EK_WINDOWS][7];
    double difference, variance;
};
static const struct reference references[] = {
#include "tests/reference/validated.inc"
};

/* code() of validated.R */
static size_t code(const struct drawn *drawn, struct ek_coded_post *coded)
{
    static bool tagged[MOST_DRAWN];
    size_t count = 0;
    for (size_t i = 0; i < drawn->posts.count; i++)
        tagged[i] = false;
    for (size_t i = 0; i < drawn->places.count; i++)
        tagged[drawn->tagged[i]] = true;
    for (size_t i = 0; i < drawn->posts.count; i += 3)
        if (tagged[i] || drawn->bucket[i] == 1 || i % 2 == 0)
            coded[count++] = (struct ek_coded_post){.period = drawn->bucket[i],
                                                    .tagged = tagged[i],
                                                    .coded = tagged[i] ? drawn->author[i] % 7 > 0
                                                                       : drawn->thread[i] % 29 == 0,
                                                    .weight = !tagged[i]             ? 9
                                                              : drawn->author[i] % 2 ? 4.5
                                                                                     : 3};
    return count;
}

static void equals_survey(void **unused)
{
    static struct ek_coded_post coded[MOST_DRAWN];
    (void)unused;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct reference *r = &references[i];
        struct ek_correction corrections[EK_WINDOWS];
        struct ek_shift shift = {.covariance = r->counted[4]};
        size_t count = code(draw(&r->drawing), coded);
        assert_int_equal(count, r->coded);
        ek_correct_shares(coded, count, r->counted, r->counted + 2, EK_WINDOWS, corrections);
        for (int window = 0; window < EK_WINDOWS; window++) {
            const struct ek_correction *c = &corrections[window];
            const double *expected = r->windows[window];
            assert_int_equal(c->refusal, EK_NOT_REFUSED);
            near(c->precision, expected[0], 1e-9);
            near(c->recall, expected[1], 1e-9);
            near(c->missed, expected[2], 1e-9);
            near(c->share, expected[3], 1e-9);
            near(c->slope, expected[4], 1e-9);
            near(c->coding_variance / expected[5], 1, 1e-9);
            near(c->variance / expected[6], 1, 1e-9);
            near(c->share, r->counted[window] * c->precision / c->recall, 1e-12);
            assert_true(c->low < c->share && c->share < c->high);
        }
        struct ek_estimate difference = ek_correct_shift(&shift, corrections);
        near(difference.value, r->difference, 1e-9);
        near(difference.variance / r->variance, 1, 1e-9);
        near(difference.p, erfc(fabs(r->difference) / sqrt(2 * r->variance)), 1e-8);
    }
}

/* n posts of each class, of which `right` of the tagged and `missed` of the others have it. */
static struct ek_correction correct(size_t tagged, size_t right, size_t untagged, size_t missed,
                                    double weight)
{
    static struct ek_coded_post coded[MOST_DRAWN];
    double share = 0.2, variance = 0.0001;
    struct ek_correction correction;
    for (size_t i = 0; i < tagged + untagged; i++)
        coded[i] = (struct ek_coded_post){
            0, i < tagged, i < tagged ? i < right : i - tagged < missed, i == 5 ? weight : 2};
    ek_correct_shares(coded, tagged + untagged, &share, &variance, 1, &correction);
    return correction;
}

static void expect_refusal(struct ek_correction correction, enum ek_refusal refusal)
{
    assert_int_equal(correction.refusal, refusal);
    assert_non_null(ek_refusal_names[refusal]);
    assert_non_null(ek_refusal_words[refusal]);
    assert_true(isnan(correction.share) && isnan(correction.variance) && isnan(correction.low));
}

static void what_cannot_be_corrected_is_refused(void **unused)
{
    (void)unused;
    assert_int_equal(correct(30, 25, 30, 1, 2).refusal, EK_NOT_REFUSED);
    expect_refusal(correct(29, 25, 30, 1, 2), EK_REFUSED_FEW_TAGGED);
    expect_refusal(correct(30, 25, 29, 1, 2), EK_REFUSED_FEW_UNTAGGED);
    expect_refusal(correct(30, 25, 30, 1, 0), EK_REFUSED_NO_WEIGHTS);
    expect_refusal(correct(30, 25, 30, 1, -1), EK_REFUSED_NO_WEIGHTS);
    expect_refusal(correct(30, 25, 30, 1, NAN), EK_REFUSED_NO_WEIGHTS);
    expect_refusal(correct(30, 25, 30, 1, INFINITY), EK_REFUSED_NO_WEIGHTS);
    expect_refusal(correct(30, 0, 30, 0, 2), EK_REFUSED_NOTHING_CODED);
    expect_refusal(correct(30, 10, 30, 10, 2), EK_REFUSED_NO_BETTER_THAN_CHANCE);
    expect_refusal(correct(30, 0, 30, 10, 2), EK_REFUSED_NO_BETTER_THAN_CHANCE);
    struct ek_correction both[] = {correct(30, 25, 30, 1, 2), correct(29, 25, 30, 1, 2)};
    struct ek_shift shift = {.covariance = 0, .author_share = {0.5, 0.5}};
    struct ek_estimate difference = ek_correct_shift(&shift, both);
    assert_true(isnan(difference.value) && isnan(difference.p));
    assert_int_equal(both[1].tagged, 29);
}

/* All tagged posts right and none missed: the share stays, and is less sure than before. */
static void no_error_found_is_no_certainty(void **unused)
{
    (void)unused;
    struct ek_correction correction = correct(100, 100, 200, 0, 2);
    double edge = 1.959963984540054 * 1.959963984540054;
    near(correction.share, 0.2, 1e-12);
    near(correction.slope, 1, 1e-12);
    near(correction.recall, 1, 1e-12);
    near(correction.coding_variance,
         edge * pow(0.2 / (100 + edge), 2) + edge * pow(0.8 / (200 + edge), 2), 1e-12);
}

static void authors_are_moved_as_posts_are(void **unused)
{
    struct ek_shift shift = {.share = {{.share = 0.1}, {.share = 0.1}}, .author_share = {0.3, 0.4}};
    struct ek_correction corrections[EK_WINDOWS] = {{.share = 0.2}, {.share = 0.05}};
    (void)unused;
    near(ek_correct_authors(&shift, corrections), 0.2 - 0.6, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_survey),
        cmocka_unit_test(what_cannot_be_corrected_is_refused),
        cmocka_unit_test(no_error_found_is_no_certainty),
        cmocka_unit_test(authors_are_moved_as_posts_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
