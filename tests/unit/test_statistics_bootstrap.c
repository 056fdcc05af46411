/* test_statistics_bootstrap.c - resampled panels: the weights to the last one, and what they say.
 *
 * Reference values: tests/reference/bootstrap.py, exact. */
#include "statistics_fixture.h"

#include <string.h>

#include "ekbom/trend.h"

static const struct drawing drawing = {21, 600, 50, 70, 2, 20, 30, 20, 20}; /* bootstrap.py */
#define SEED 1945u

struct shown {
    uint32_t replicate;
    double posts[EK_WINDOWS], tagged[EK_WINDOWS];
};
struct reference { /* by author, thread, both */
    struct shown shown[5];
    double low, high;
};
static const struct reference references[] = {
#include "tests/reference/bootstrap.inc"
};

static struct ek_bootstrap bootstrap_of(struct ek_panel *panel, const struct ek_tagged *tagged,
                                        enum ek_resample resample, uint64_t seed,
                                        uint32_t replicates, struct ek_arena *arena)
{
    struct ek_bootstrap bootstrap;
    struct ek_err err;
    if (ek_panel_bootstrap(panel, tagged, resample, seed, replicates, arena, &bootstrap, &err))
        fail_msg("%s", err.message);
    return bootstrap;
}

static void weights_are_as_written(void **state)
{
    const struct drawn *drawn = draw(&drawing);
    struct ek_panel *panel = panel_of(&drawn->posts, *state);
    for (int resample = EK_RESAMPLE_AUTHORS; resample <= EK_RESAMPLE_BOTH; resample++) {
        const struct reference *r = &references[resample];
        struct ek_bootstrap bootstrap =
            bootstrap_of(panel, &drawn->places, (enum ek_resample)resample, SEED, 199, *state);
        double low, high;
        struct ek_err err;
        for (size_t i = 0; i < sizeof r->shown / sizeof *r->shown; i++) {
            const struct shown *shown = &r->shown[i];
            for (size_t window = 0; window < EK_WINDOWS; window++) {
                size_t place = shown->replicate * EK_WINDOWS + window;
                near(bootstrap.posts[place], shown->posts[window], 1e-12);
                near(bootstrap.tagged[place], shown->tagged[window], 1e-12);
            }
        }
        assert_int_equal(ek_bootstrap_difference(&bootstrap, EK_BEFORE, EK_AFTER, 0.05, &low, &high,
                                                 *state, &err),
                         0);
        near(low, r->low, 1e-12);
        near(high, r->high, 1e-12);
    }
}

static void the_seed_decides_and_nothing_else(void **state)
{
    const struct drawn *drawn = draw(&drawing);
    struct ek_panel *panel = panel_of(&drawn->posts, *state);
    size_t bytes = (size_t)2 * 50 * sizeof(double);
    struct ek_bootstrap one = bootstrap_of(panel, &drawn->places, EK_RESAMPLE_BOTH, 7, 50, *state);
    struct ek_bootstrap two = bootstrap_of(panel, &drawn->places, EK_RESAMPLE_BOTH, 7, 999, *state);
    assert_memory_equal(one.posts, two.posts, bytes);
    assert_memory_equal(one.tagged, two.tagged, bytes);
    two = bootstrap_of(panel, &drawn->places, EK_RESAMPLE_BOTH, 8, 50, *state);
    assert_memory_not_equal(one.posts, two.posts, bytes);
}

static double deviation(const struct ek_bootstrap *bootstrap)
{
    double sum = 0, squares = 0, n = bootstrap->replicates;
    for (uint32_t i = 0; i < bootstrap->replicates; i++) {
        const double *posts = bootstrap->posts + 2 * (size_t)i;
        const double *tagged = bootstrap->tagged + 2 * (size_t)i;
        double difference = tagged[1] / posts[1] - tagged[0] / posts[0];
        sum += difference;
        squares += difference * difference;
    }
    return sqrt((squares - sum * sum / n) / (n - 1));
}

/* The linearised variance and the bootstrap agree: with threads that hold a post each, two ways
 * are one, and authors are all that clusters. Few hundred authors: to a tenth. */
static void agrees_with_the_linearised_variance(void **state)
{
    static const struct drawing large = {33, 6000, 400, 2000, 2, 20, 25, 50, 0};
    const struct drawn *drawn = draw(&large);
    static uint32_t own[MOST_DRAWN];
    struct ek_panel_posts posts = drawn->posts;
    struct ek_shift shift;
    struct ek_err err;
    for (uint32_t i = 0; i < posts.count; i++)
        own[i] = i;
    posts.thread = own;
    struct ek_panel *panel = panel_of(&posts, *state);
    assert_int_equal(ek_panel_shift(panel, &drawn->places, &shift, &err), 0);
    struct ek_bootstrap bootstrap =
        bootstrap_of(panel, &drawn->places, EK_RESAMPLE_AUTHORS, 1, 1999, *state);
    near(deviation(&bootstrap), sqrt(shift.difference.variance), 0.1);
    assert_true(shift.share[EK_BEFORE].design_effect > 1.5); /* it does cluster */
}

/* Poisson: mean and variance 1, and authors independent of threads of the same number. */
static void weights_are_poisson(void **state)
{
    enum { CLUSTERS = 2000 };
    static uint32_t number[CLUSTERS], bucket[CLUSTERS];
    struct ek_panel_posts posts = {CLUSTERS, number, number, bucket, CLUSTERS};
    struct ek_tagged none = {number, 0};
    double sum = 0, squares = 0, products = 0;
    for (uint32_t i = 0; i < CLUSTERS; i++)
        number[i] = bucket[i] = i;
    struct ek_panel *panel = panel_of(&posts, *state);
    struct ek_bootstrap author = bootstrap_of(panel, &none, EK_RESAMPLE_AUTHORS, 5, 40, *state);
    struct ek_bootstrap both = bootstrap_of(panel, &none, EK_RESAMPLE_BOTH, 5, 40, *state);
    for (size_t i = 0; i < (size_t)CLUSTERS * 40; i++) {
        sum += author.posts[i];
        squares += author.posts[i] * author.posts[i];
        products += both.posts[i];
    }
    near(sum / (CLUSTERS * 40), 1, 0.015); /* four standard errors */
    near(squares / (CLUSTERS * 40), 2, 0.03);
    near(products / (CLUSTERS * 40), 1, 0.025);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(weights_are_as_written, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(the_seed_decides_and_nothing_else, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(agrees_with_the_linearised_variance, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(weights_are_poisson, make_arena, free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
