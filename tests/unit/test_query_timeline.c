/* test_query_timeline.c - timelines against a recount by brute force over the same random posts. */
#include "store_fixture.h"

#include <math.h>

#include "ekbom/statistics.h"

#define POSTS 4000
#define AUTHORS 120
#define THREADS 200

struct model {
    unsigned thread, author;
    const char *board;
    ek_time time;
    bool hidden, assessable;
    unsigned has; /* bit a code */
    bool disputes[4], cramps[4];
};
static struct model models[POSTS];
static const char *const codes[] = {"bid", "bid/transport", "inflammation", "ppi"};

static unsigned seed = 3;
static unsigned draw(unsigned below)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % below;
}

static int setup(void **state)
{
    if (fixture_setup(state))
        return -1;
    struct fixture *f = *state;
    fixture_set_rules(f);
    for (unsigned i = 0; i < POSTS; i++) {
        struct model *m = &models[i];
        memset(m, 0, sizeof *m);
        m->thread = draw(THREADS);
        m->author = draw(3) ? draw(AUTHORS) : draw(5);
        m->board = m->thread % 2 ? "odd" : "even";
        m->time = draw(40) == 0 ? EK_TIME_UNKNOWN
                                : ek_time_from_civil(&(struct ek_civil){2006, 1, 1, 0, 0, 0}) +
                                      (ek_time)draw(2200) * DAY + draw(DAY);
        m->hidden = draw(30) == 0;
        m->assessable = draw(20) != 0;
        for (unsigned c = 0; c < 4; c++) {
            if (draw(8) == 0 || m->thread % 9 == c)
                m->has |= 1u << c;
            m->disputes[c] = draw(3) == 0;
            m->cramps[c] = draw(10) == 0;
        }
    }
    for (unsigned i = 0; i < POSTS; i++) {
        struct model *m = &models[i];
        struct ek_tags *tags = tags_of(f, "+soap", NULL);
        char id[16], thread[16], author[16];
        if (i % 500 == 0)
            OK(f, ek_store_begin(f->store, &f->err));
        tags->assessable = m->assessable;
        for (unsigned c = 0; c < 4 && m->assessable; c++) {
            if (m->has & 1u << c)
                tags->theories[tags->theory_count++] =
                    (struct ek_tag){.code = codes[c],
                                    .stance = m->disputes[c] ? EK_DISPUTES : EK_SUPPORTS,
                                    .cramps = m->cramps[c]};
        }
        snprintf(id, sizeof id, "%u", i);
        snprintf(thread, sizeof thread, "%u", m->thread);
        snprintf(author, sizeof author, "a%u", m->author);
        struct ek_entry entry = entry_of(id, thread, author, m->time, "text");
        entry.board_id = m->board;
        entry.state = m->hidden ? EK_HIDDEN : EK_LIVE;
        OK(f, ek_store_put_entry(f->store, &entry,
                                 ek_time_from_civil(&(struct ek_civil){2011, 6, 1, 0, 0, 0}), tags,
                                 NULL, &f->err));
        if (i % 500 == 499)
            OK(f, ek_store_commit(f->store, &f->err));
    }
    return 0;
}

/* Recount ------------------------------------------------------------------------------------- */

struct question {
    const char *theory;
    int bucket;
    enum ek_bucket_size size;
    bool supports_only, any_denominator, odd_board_only;
    int author; /* -1: all; of the tagged posts only where the board is the denominator */
    bool of_board;
};

static bool tagged(const struct model *m, const struct question *q, const char *theory)
{
    for (unsigned c = 0; c < 4; c++) {
        bool named = strcmp(theory, "any") == 0 || strcmp(theory, codes[c]) == 0 ||
                     (strcmp(theory, "bid") == 0 && c == 1);
        if (named && m->has & 1u << c && !m->cramps[c] && !(q->supports_only && m->disputes[c]))
            return true;
    }
    return false;
}

static bool counted(const struct model *m, const struct question *q)
{
    return !m->hidden && m->assessable && m->time != EK_TIME_UNKNOWN &&
           ek_bucket_of(m->time, q->size) == q->bucket &&
           (!q->odd_board_only || m->thread % 2 == 1) &&
           (q->of_board || q->author < 0 || (int)m->author == q->author) &&
           (!q->any_denominator || tagged(m, q, "any"));
}

/* The sums of one clustering by looking at every pair of cluster and post. */
static struct ek_cluster_sums brute_sums(const struct question *q, unsigned clusters,
                                         unsigned (*cluster)(const struct model *))
{
    struct ek_cluster_sums sums = {0};
    double *n = calloc(clusters, sizeof *n), *k = calloc(clusters, sizeof *k);
    for (unsigned i = 0; i < POSTS; i++) {
        if (!counted(&models[i], q))
            continue;
        n[cluster(&models[i])]++;
        k[cluster(&models[i])] += tagged(&models[i], q, q->theory);
    }
    for (unsigned g = 0; g < clusters; g++) {
        sums.clusters += n[g] > 0;
        sums.n_n += n[g] * n[g];
        sums.k_k += k[g] * k[g];
        sums.k_n += k[g] * n[g];
    }
    free(n);
    free(k);
    return sums;
}

static unsigned by_author(const struct model *m)
{
    return m->author;
}
static unsigned by_thread(const struct model *m)
{
    return m->thread;
}
static unsigned by_both(const struct model *m)
{
    return m->author * THREADS + m->thread;
}

static void same_number(double got, double expected)
{
    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) < 1e-9))
        fail_msg("%.12g instead of %.12g", got, expected);
}

static void check_bucket(const struct ek_series_bucket *line, const struct question *q)
{
    uint64_t n = 0, k = 0, authors_tagged = 0;
    bool author_tagged[AUTHORS] = {false};
    for (unsigned i = 0; i < POSTS; i++) {
        const struct model *m = &models[i];
        bool ours = q->author < 0 || (int)m->author == q->author;
        if (!counted(m, q))
            continue;
        n++;
        if (!tagged(m, q, q->theory) || !ours)
            continue;
        k++;
        authors_tagged += !author_tagged[m->author];
        author_tagged[m->author] = true;
    }
    struct ek_cluster_sums sums[EK_CLUSTERINGS] = {brute_sums(q, AUTHORS, by_author),
                                                   brute_sums(q, THREADS, by_thread),
                                                   brute_sums(q, AUTHORS * THREADS, by_both)};
    assert_int_equal(line->posts, n);
    assert_int_equal(line->posts_tagged, k);
    assert_int_equal(line->authors, sums[0].clusters);
    assert_int_equal(line->threads, sums[1].clusters);
    assert_int_equal(line->authors_tagged, authors_tagged);
    assert_int_equal(line->withheld, authors_tagged >= 1 && authors_tagged <= 4);
    same_number(line->share, n ? (double)k / (double)n : NAN);
    same_number(line->author_share, n ? (double)authors_tagged / (double)sums[0].clusters : NAN);
    if (q->of_board && q->author >= 0)
        return; /* its interval has no second way to be counted here */
    struct ek_share share = ek_share_of(k, n, sums);
    same_number(line->low, share.low);
    same_number(line->high, share.high);
    same_number(line->design_effect, share.design_effect);
    assert_int_equal(line->few_clusters, share.few_clusters);
}

static void check(struct fixture *f, const struct ek_selection *selection,
                  enum ek_denominator denominator, struct question q)
{
    struct ek_timeline timeline;
    OK(f,
       ek_query_timeline(f->store, selection, q.size, denominator, f->arena, &timeline, &f->err));
    assert_true(timeline.count > 0);
    for (size_t s = 0; s < timeline.count; s++) {
        const struct ek_series *series = &timeline.series[s];
        assert_true(series->count > 0);
        for (size_t i = 0; i < series->count; i++) {
            q.theory = series->theory;
            q.bucket = series->buckets[i].bucket;
            assert_int_equal(q.bucket, series->buckets[0].bucket + (int)i);
            check_bucket(&series->buckets[i], &q);
        }
    }
}

static void counts_equal_a_recount(void **state)
{
    struct fixture *f = *state;
    const char *two[] = {"bid", "any"};
    struct ek_selection all = {0}, named = {.theories = two, .theory_count = 2},
                        supports = {.stances = 1u << EK_SUPPORTS}, odd = {.board = "odd"},
                        author = {.author = "a1"},
                        author_on_board = {.author = "a1", .board = "odd"};
    check(f, &all, EK_OF_ALL, (struct question){.size = EK_BY_YEAR, .author = -1});
    check(f, &all, EK_OF_ALL, (struct question){.size = EK_BY_MONTH, .author = -1});
    check(f, &named, EK_OF_ALL, (struct question){.size = EK_BY_QUARTER, .author = -1});
    check(f, &supports, EK_OF_ALL,
          (struct question){.size = EK_BY_YEAR, .supports_only = true, .author = -1});
    check(f, &odd, EK_OF_ALL,
          (struct question){.size = EK_BY_YEAR, .odd_board_only = true, .author = -1});
    check(f, &author, EK_OF_ALL, (struct question){.size = EK_BY_YEAR, .author = 1});
    check(f, &named, EK_OF_ANY_THEORY,
          (struct question){.size = EK_BY_YEAR, .any_denominator = true, .author = -1});
    check(f, &author_on_board, EK_OF_BOARD,
          (struct question){
              .size = EK_BY_YEAR, .odd_board_only = true, .author = 1, .of_board = true});
}

static void what_stands_beside_the_rows(void **state)
{
    struct fixture *f = *state;
    struct ek_timeline timeline;
    struct ek_selection all = {0};
    uint64_t undated = 0, not_assessable = 0;
    for (unsigned i = 0; i < POSTS; i++) {
        undated += !models[i].hidden && models[i].time == EK_TIME_UNKNOWN;
        not_assessable += !models[i].hidden && !models[i].assessable;
    }
    OK(f, ek_query_timeline(f->store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err));
    assert_true(undated > 0 && not_assessable > 0);
    assert_int_equal(timeline.undated, undated);
    assert_int_equal(timeline.not_assessable, not_assessable);
    assert_string_equal(timeline.rules_digest, ek_store_rules_digest(f->store));
    assert_int_equal(timeline.count, 4);
    assert_string_equal(timeline.series[1].theory, "bid/transport");
    /* Last fetched in June 2011: 2006 to 2010 are whole, 2011 and later are not. */
    for (size_t i = 0; i < timeline.series[0].count; i++) {
        const struct ek_series_bucket *line = &timeline.series[0].buckets[i];
        assert_int_equal(line->partial, line->bucket >= 2011);
    }
}

static void periods_cut_the_rows(void **state)
{
    struct fixture *f = *state;
    struct ek_timeline timeline;
    struct ek_selection selection = {0};
    OK(f, ek_period_parse("2007-03..2008-02", &selection.period, &f->err));
    struct ek_entry march = entry_of("march", "1", "Ida", selection.period.until, "text");
    put_entry(f, &march, 5000, tags_of(f, "ppi", NULL));
    OK(f, ek_query_timeline(f->store, &selection, EK_BY_MONTH, EK_OF_ALL, f->arena, &timeline,
                            &f->err));
    assert_int_equal(timeline.series[0].count, 12);
    assert_int_equal(timeline.series[0].buckets[0].bucket, 2007 * 12 + 2);
    uint64_t posts = 0, expected = 0;
    for (size_t i = 0; i < 12; i++)
        posts += timeline.series[0].buckets[i].posts;
    for (unsigned i = 0; i < POSTS; i++)
        expected += !models[i].hidden && models[i].assessable &&
                    models[i].time >= selection.period.from &&
                    models[i].time < selection.period.until;
    assert_int_equal(posts, expected);
}

static void gaps_are_rows_and_nonsense_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ek_timeline timeline;
    struct ek_selection all = {0};
    struct ek_entry entry = entry_of(
        "late", "1", "Ida", ek_time_from_civil(&(struct ek_civil){2040, 5, 1, 0, 0, 0}), "text");
    put_entry(f, &entry, 5000, tags_of(f, "ppi", NULL));
    OK(f, ek_query_timeline(f->store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err));
    const struct ek_series *ppi = &timeline.series[3];
    assert_int_equal(ppi->count, 2040 - 2006 + 1);
    assert_int_equal(ppi->buckets[20].posts, 0);
    assert_true(isnan(ppi->buckets[20].share) && isnan(ppi->buckets[20].author_share));
    assert_int_equal(ppi->buckets[34].posts_tagged, 1);
    assert_true(ppi->buckets[34].withheld);
    entry = entry_of("roman", "1", "Ida", ek_time_from_civil(&(struct ek_civil){1, 1, 1, 0, 0, 0}),
                     "text");
    put_entry(f, &entry, 5000, tags_of(f, "ppi", NULL));
    assert_int_equal(
        ek_query_timeline(f->store, &all, EK_BY_MONTH, EK_OF_ALL, f->arena, &timeline, &f->err),
        -1);
    assert_int_equal(f->err.kind, EK_LIMIT);
    assert_non_null(strstr(f->err.message, "--since"));
}

static void an_empty_store_has_an_empty_timeline(void **state)
{
    struct fixture *f = *state;
    struct ek_timeline timeline;
    struct ek_selection all = {0};
    OK(f, ek_query_timeline(f->store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err));
    assert_int_equal(timeline.count, 0);
    assert_null(timeline.rules_digest);
    fixture_set_rules(f);
    const struct ek_rule_code rules[] = {{"bid", false}, {"soap", true}};
    OK(f, ek_store_put_codes(f->store, rules, 2, &f->err));
    OK(f, ek_query_timeline(f->store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err));
    assert_int_equal(timeline.count, 1);
    assert_string_equal(timeline.series[0].theory, "bid");
    assert_int_equal(timeline.series[0].count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(counts_equal_a_recount),
        TEST(what_stands_beside_the_rows),
        TEST(periods_cut_the_rows),
        TEST(gaps_are_rows_and_nonsense_is_refused),
        cmocka_unit_test_setup_teardown(an_empty_store_has_an_empty_timeline, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
