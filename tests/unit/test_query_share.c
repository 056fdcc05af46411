/* test_query_share.c - the interval of a share against statsmodels.
 *
 * Reference values: tests/reference/cluster_share.py, whose generator is repeated here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "ekbom/statistics.h"
#include "store/query/tally.h"

struct reference {
    uint64_t seed, posts, authors, threads, percent, by_author, by_thread;
    uint64_t tagged;
    double share, low, high, design_effect;
};
static const struct reference references[] = {
    /* statsmodels 0.15.0 */
    {1, 400, 60, 80, 20, 0, 0, 74, 0.185, 0.1494872977643969, 0.22670050139410436,
     1.0328711660615937},
    {2, 1000, 100, 150, 10, 40, 0, 105, 0.105, 0.07376149282973975, 0.14736340003324727,
     3.718192163474191},
    {3, 1000, 100, 150, 10, 0, 60, 133, 0.133, 0.09931026289283307, 0.17588673070988903,
     3.3031608025866337},
    {4, 2000, 45, 400, 30, 30, 30, 624, 0.312, 0.2624507066197166, 0.3662585274951562,
     6.603435600834805},
    {5, 300, 40, 35, 3, 0, 50, 22, 0.07333333333333333, 0.02995995216024251, 0.16858604694818707,
     5.055229195828844},
    {6, 5000, 700, 900, 55, 10, 20, 2709, 0.5418, 0.5262644223079223, 0.5572547238154533,
     1.260052453074521},
};

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

struct drawn {
    uint64_t author, thread;
    int tagged;
};

static struct drawn draw(uint64_t *state, const struct reference *r)
{
    uint64_t a = next(state) % r->authors, b = next(state) % r->authors;
    struct drawn post = {a < b ? a : b, next(state) % r->threads, 0};
    uint64_t which = next(state) % 100, chance = next(state) % 100;
    if (which < r->by_author)
        chance = post.author * 7919 % 100;
    else if (which < r->by_author + r->by_thread)
        chance = post.thread * 6101 % 100;
    post.tagged = chance < r->percent;
    return post;
}

/* The sums, by their definition: over every cluster, with its tagged posts or none. */
static struct ek_cluster_sums sums_of(const uint64_t *cluster, const int *tagged, size_t posts)
{
    struct ek_cluster_sums sums = {0};
    struct ek_tally tally;
    assert_int_equal(ek_tally_init(&tally), 0);
    for (size_t i = 0; i < posts; i++) {
        uint32_t place = ek_tally_place(&tally, (uint32_t)(cluster[i] >> 32), (uint32_t)cluster[i]);
        assert_true(place < tally.used);
        tally.pairs[place].count++;
        tally.pairs[place].tagged += (uint32_t)tagged[i];
    }
    for (uint32_t i = 0; i < tally.used; i++) {
        double n = tally.pairs[i].count, k = tally.pairs[i].tagged;
        sums.clusters++;
        sums.n_n += n * n;
        sums.k_k += k * k;
        sums.k_n += k * n;
    }
    ek_tally_free(&tally);
    return sums;
}

static void near(double got, double expected)
{
    if (!(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected))))
        fail_msg("%.17g instead of %.17g", got, expected);
}

#define MOST_POSTS 5000

static void equals_statsmodels(void **unused)
{
    static uint64_t clusters[EK_CLUSTERINGS][MOST_POSTS];
    static int tagged[MOST_POSTS];
    (void)unused;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct reference *r = &references[i];
        struct ek_cluster_sums sums[EK_CLUSTERINGS];
        uint64_t state = r->seed, all = 0;
        for (uint64_t n = 0; n < r->posts; n++) {
            struct drawn post = draw(&state, r);
            clusters[EK_CLUSTER_AUTHOR][n] = post.author;
            clusters[EK_CLUSTER_THREAD][n] = post.thread;
            clusters[EK_CLUSTER_BOTH][n] = post.author << 32 | post.thread;
            tagged[n] = post.tagged;
            all += (uint64_t)post.tagged;
        }
        assert_int_equal(all, r->tagged);
        for (size_t kind = 0; kind < EK_CLUSTERINGS; kind++)
            sums[kind] = sums_of(clusters[kind], tagged, r->posts);
        struct ek_share share = ek_share_of(all, r->posts, sums);
        near(share.share, r->share);
        near(share.low, r->low);
        near(share.high, r->high);
        near(share.design_effect, r->design_effect);
        assert_false(share.few_clusters);
    }
}

/* n clusters of each kind, one post each, all alike or k of them tagged. */
static void even(struct ek_cluster_sums sums[EK_CLUSTERINGS], uint64_t clusters, double posts_each,
                 double tagged_each)
{
    for (int i = 0; i < EK_CLUSTERINGS; i++)
        sums[i] = (struct ek_cluster_sums){clusters, (double)clusters * posts_each * posts_each,
                                           (double)clusters * tagged_each * tagged_each,
                                           (double)clusters * tagged_each * posts_each};
}

static void few_clusters_have_no_interval(void **unused)
{
    struct ek_cluster_sums sums[EK_CLUSTERINGS];
    (void)unused;
    even(sums, 29, 2, 1);
    struct ek_share share = ek_share_of(29, 58, sums);
    assert_true(share.few_clusters);
    near(share.share, 0.5);
    assert_true(isnan(share.low) && isnan(share.high) && isnan(share.design_effect));
    even(sums, 30, 2, 1);
    share = ek_share_of(30, 60, sums);
    assert_false(share.few_clusters);
    assert_false(isnan(share.low));
}

/* Every cluster with the same share: as if the posts were independent, never certainty. */
static void equal_clusters_are_not_certainty(void **unused)
{
    struct ek_cluster_sums sums[EK_CLUSTERINGS];
    (void)unused;
    even(sums, 50, 2, 1);
    struct ek_share share = ek_share_of(50, 100, sums);
    near(share.design_effect, 1);
    near(share.low, 0.4038315303659956); /* scipy: binomtest(50, 100).proportion_ci('wilson') */
    near(share.high, 0.5961684696340044);
}

static void none_and_all(void **unused)
{
    struct ek_cluster_sums sums[EK_CLUSTERINGS];
    (void)unused;
    even(sums, 40, 5, 0);
    struct ek_share share = ek_share_of(0, 200, sums);
    assert_true(share.low == 0);
    near(share.high, 0.08762160119728662); /* Wilson for 0 of the 40 clusters: scipy */
    even(sums, 40, 5, 5);
    share = ek_share_of(200, 200, sums);
    assert_true(share.high == 1);
    near(share.low, 1 - 0.08762160119728662);
    even(sums, 0, 0, 0);
    share = ek_share_of(0, 0, sums);
    assert_true(isnan(share.share) && share.few_clusters);
}

static void a_tally_gives_each_pair_a_place(void **unused)
{
    struct ek_tally tally;
    (void)unused;
    assert_int_equal(ek_tally_init(&tally), 0);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 60000; i++) {
            uint32_t place = ek_tally_place(&tally, i % 10000, i % 3);
            assert_int_equal(place, i % 30000);
            assert_int_equal(tally.pairs[place].count++, i / 30000);
        }
        assert_int_equal(tally.used, 30000);
        assert_int_equal(tally.pairs[4].a, 4);
        assert_int_equal(tally.pairs[4].b, 1);
        ek_tally_empty(&tally);
        assert_int_equal(tally.used, 0);
    }
    ek_tally_free(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_statsmodels),
        cmocka_unit_test(few_clusters_have_no_interval),
        cmocka_unit_test(equal_clusters_are_not_certainty),
        cmocka_unit_test(none_and_all),
        cmocka_unit_test(a_tally_gives_each_pair_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
