/* test_statistics_tests.c - many tests, the normal distribution and equivalence.
 *
 * Reference values: tests/reference/many_tests.py (statsmodels, scipy), to twelve digits. */
#include "statistics_fixture.h"

#include "ekbom/verdict.h"

#include "tests/reference/many_tests.inc"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void equal_multipletests(void **state)
{
    double corrected[COUNT(given)];
    size_t tests;
    struct ek_err err;
    assert_int_equal(
        ek_correct_tests(EK_HOLM, given, COUNT(given), *state, corrected, &tests, &err), 0);
    assert_int_equal(tests, COUNT(given));
    for (size_t i = 0; i < COUNT(given); i++)
        near(corrected[i], by_holm[i], 1e-12);
    assert_int_equal(ek_correct_tests(EK_BENJAMINI_HOCHBERG, given, COUNT(given), *state, corrected,
                                      &tests, &err),
                     0);
    for (size_t i = 0; i < COUNT(given); i++)
        near(corrected[i], by_share[i], 1e-12);
}

static void what_was_not_tested_does_not_count(void **state)
{
    double p[] = {NAN, 0.01, NAN, 0.04};
    size_t tests;
    struct ek_err err;
    assert_int_equal(ek_correct_tests(EK_HOLM, p, 4, *state, p, &tests, &err), 0);
    assert_int_equal(tests, 2);
    assert_true(isnan(p[0]) && isnan(p[2]));
    near(p[1], 0.02, 1e-12);
    near(p[3], 0.04, 1e-12);
    assert_int_equal(ek_correct_tests(EK_HOLM, p, 0, *state, p, &tests, &err), 0);
    assert_int_equal(tests, 0);
}

static void quantiles_are_scipys(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(quantiles); i++) {
        near(ek_normal_quantile(quantiles[i][0]), quantiles[i][1], 1e-13);
        if (quantiles[i][0] < 0.5)
            near(ek_normal_two_sided(quantiles[i][1]) / quantiles[i][0], 2, 1e-9);
    }
    assert_true(isnan(ek_normal_quantile(0)) && isnan(ek_normal_quantile(1)));
    assert_true(isnan(ek_normal_quantile(NAN)));
}

static void equivalence_is_two_one_sided_tests(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(equivalence); i++)
        near(ek_equivalence(equivalence[i][0], equivalence[i][1], equivalence[i][2]),
             equivalence[i][3], 1e-12);
    assert_true(isnan(ek_equivalence(0.01, 0.0001, 0)));
    assert_true(isnan(ek_equivalence(0.01, 0, 0.1)));
    assert_true(isnan(ek_equivalence(0.01, NAN, 0.1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_multipletests, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(what_was_not_tested_does_not_count, make_arena, free_arena),
        cmocka_unit_test(quantiles_are_scipys),
        cmocka_unit_test(equivalence_is_two_one_sided_tests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
