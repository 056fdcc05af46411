/* test_query_recount.c - random questions to random stores, every answer against its twin. The
 * shortcuts that queries take (counts that chunks bring along, masks that are kept, lists and
 * bitmaps) all meet here. */
#include "ekbom/limits.h"
#include "query_store.h"

#include <math.h>

/* Questions ----------------------------------------------------------------------------------- */

static char thread_text[16], author_text[16];
static const char *asked_theories[TWIN_LANES], *asked_treatments[2];

static void draw_places(struct twin *twin, struct ek_selection *s)
{
    const struct twin_post *post = &twin->posts[twin_draw(twin, (unsigned)twin->count)];
    unsigned which = twin_draw(twin, 12);
    if (which == 0 || which == 1)
        s->forum = which ? BASE : OTHER;
    if (which == 2 && twin_board(post)) {
        s->forum = twin_forum(post);
        s->board = twin_board(post);
    }
    snprintf(thread_text, sizeof thread_text, "%u", post->thread);
    snprintf(author_text, sizeof author_text, "a%u", post->author);
    if (which == 3)
        s->thread = thread_text;
    if (which == 4 && post->author)
        s->author = author_text;
    if (twin_draw(twin, 8) == 0)
        s->language = twin_draw(twin, 2) ? "en" : "de";
}

static ek_time draw_day(struct twin *twin, bool month)
{
    struct ek_civil day = {2009 + (int)twin_draw(twin, 5),
                           1 + (int)twin_draw(twin, 12),
                           month ? 1 : 1 + (int)twin_draw(twin, 28),
                           0,
                           0,
                           0};
    return ek_time_from_civil(&day);
}

static void draw_selection(struct twin *twin, struct ek_selection *s)
{
    *s = (struct ek_selection){.theories = asked_theories, .treatments = asked_treatments};
    static const char *const names[] = {"bid",          "any",  "ppi",   "bid/transport",
                                        "inflammation", "rare", "bidet", "never-said"};
    unsigned theories = twin_draw(twin, 5);
    for (unsigned i = 0, from = twin_draw(twin, 8); i < theories; i++)
        asked_theories[s->theory_count++] = names[(from + i) % 8];
    draw_places(twin, s);
    if (twin_draw(twin, 4) == 0)
        s->stances = 1 + twin_draw(twin, 15);
    if (twin_draw(twin, 8) == 0)
        s->hedged = 1 + (enum ek_wanted)twin_draw(twin, 2);
    if (twin_draw(twin, 8) == 0)
        s->experience = 1 + (enum ek_wanted)twin_draw(twin, 2);
    s->cramps = twin_draw(twin, 10) == 0;
    s->both_targets = twin_draw(twin, 8) == 0;
    if (s->both_targets)
        s->cramps = false;
    s->quoted = twin_draw(twin, 10) == 0 && !s->stances && !s->hedged && !s->experience &&
                !s->cramps && !s->both_targets;
    if (twin_draw(twin, 10) == 0)
        asked_treatments[s->treatment_count++] = twin_treatments[twin_draw(twin, 2)];
    if (twin_draw(twin, 6) == 0)
        s->states = 1 + twin_draw(twin, 15);
    if (twin_draw(twin, 3) == 0) {
        bool month = twin_draw(twin, 2);
        s->period.from = twin_draw(twin, 4) ? draw_day(twin, month) : INT64_MIN + 1;
        s->period.until = s->period.from + (1 + (ek_time)twin_draw(twin, 700)) * DAY;
        const struct twin_post *last = &twin->posts[twin_draw(twin, (unsigned)twin->count)];
        unsigned until = twin_draw(twin, 6);
        if (until < 2)
            s->period.until = until ? draw_day(twin, true) : INT64_MAX;
        else if (until < 4 && last->time != EK_TIME_UNKNOWN)
            s->period.until = last->time; /* which is just outside */
    }
    if (twin_draw(twin, 6) == 0)
        s->author_first_seen_before.from = draw_day(twin, true);
    s->undetermined = twin_draw(twin, 20) == 0;
    s->not_assessable = twin_draw(twin, 20) == 0;
    if (twin_draw(twin, 4) == 0)
        s->rules_version = twin->digests[twin_draw(twin, 2)];
}

/* Posts --------------------------------------------------------------------------------------- */

struct listed {
    const struct twin_post *posts[TWIN_POSTS];
    size_t count, stop;
    const struct twin *twin;
};

static int list(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct listed *listed = context;
    (void)err;
    const struct twin_post *post = NULL;
    for (size_t i = 0; i < listed->twin->count && !post; i++) /* numbers are close to places */
        post = listed->twin->posts[i].number == row->number ? &listed->twin->posts[i] : NULL;
    assert_non_null(post);
    assert_int_equal(row->time, post->time);
    assert_int_equal(row->state, post->state);
    listed->posts[listed->count++] = post;
    return listed->count == listed->stop;
}

static bool in_order(const struct twin_post *a, const struct twin_post *b, enum ek_order order)
{
    bool dated = a->time != EK_TIME_UNKNOWN, next_dated = b->time != EK_TIME_UNKNOWN;
    if (dated != next_dated)
        return dated;
    if (!dated || a->time == b->time)
        return !dated || order == EK_OLDEST_FIRST ? a->number < b->number : a->number > b->number;
    return order == EK_OLDEST_FIRST ? a->time < b->time : a->time > b->time;
}

static void check_posts(struct store *store, const struct ek_selection *s)
{
    static struct listed listed, some;
    struct fixture *f = store->f;
    uint64_t expected = 0, matched;
    enum ek_order order = twin_draw(store->twin, 2) ? EK_OLDEST_FIRST : EK_NEWEST_FIRST;
    for (size_t i = 0; i < store->twin->count; i++)
        expected += twin_lists(store->twin, &store->twin->posts[i], s);
    listed = (struct listed){.twin = store->twin};
    OK(f, ek_query_posts(f->store, s, order, list, &listed, &f->err));
    OK(f, ek_query_matched(f->store, s, &matched, &f->err));
    assert_int_equal(listed.count, expected);
    assert_int_equal(matched, expected);
    for (size_t i = 0; i < listed.count; i++) {
        assert_true(twin_lists(store->twin, listed.posts[i], s));
        assert_true(i == 0 || in_order(listed.posts[i - 1], listed.posts[i], order));
    }
    some = (struct listed){.twin = store->twin, .stop = 1 + twin_draw(store->twin, 30)};
    OK(f, ek_query_posts(f->store, s, order, list, &some, &f->err));
    assert_int_equal(some.count, some.stop < listed.count ? some.stop : listed.count);
    assert_memory_equal(some.posts, listed.posts, some.count * sizeof *some.posts);
}

/* Counts -------------------------------------------------------------------------------------- */

/* One clustering of one bucket and lane, by its definition. */
static struct ek_cluster_sums sums_of(const struct twin *twin, const struct twin_facts *facts,
                                      int bucket, const bool *tagged, enum ek_clustering kind,
                                      uint64_t *with_tags)
{
    static double n[3 * TWIN_AUTHORS * TWIN_THREADS], k[3 * TWIN_AUTHORS * TWIN_THREADS];
    static size_t met[TWIN_POSTS];
    struct ek_cluster_sums sums = {0};
    size_t count = 0;
    *with_tags = 0;
    for (size_t i = 0; i < twin->count; i++) {
        if (!facts->counted[i] || facts->bucket[i] != bucket)
            continue;
        size_t cluster = facts->author[i];
        if (kind == EK_CLUSTER_THREAD)
            cluster = facts->thread[i];
        else if (kind == EK_CLUSTER_BOTH)
            cluster = (size_t)facts->author[i] * TWIN_THREADS + facts->thread[i];
        if (n[cluster] == 0)
            met[count++] = cluster;
        n[cluster]++;
        k[cluster] += tagged[i];
    }
    for (size_t i = 0; i < count; i++) {
        double *posts = &n[met[i]], *tags = &k[met[i]];
        sums.n_n += *posts * *posts;
        sums.k_k += *tags * *tags;
        sums.k_n += *tags * *posts;
        *with_tags += *tags > 0;
        *posts = *tags = 0;
    }
    sums.clusters = count;
    return sums;
}

static void same_sums(const struct ek_cluster_sums *got, const struct ek_cluster_sums *expected)
{
    assert_int_equal(got->clusters, expected->clusters);
    assert_true(got->n_n == expected->n_n && got->k_k == expected->k_k &&
                got->k_n == expected->k_n);
}

static void check_cell(const struct twin *twin, const struct ek_question *q,
                       const struct twin_facts *facts, const struct ek_count *count, size_t i,
                       size_t lane)
{
    const struct ek_cell *all = &count->counted[i];
    size_t at = lane * count->buckets + i;
    int bucket = count->first + (int)i;
    struct ek_cluster_sums sums[EK_CLUSTERINGS];
    uint64_t n = 0, k = 0, tagged[EK_CLUSTERINGS];
    unsigned measures = q->measures & EK_MEASURE_CLUSTERS ? 15 : q->measures;
    for (size_t p = 0; p < twin->count; p++) {
        bool here = facts->counted[p] && facts->bucket[p] == bucket;
        n += here;
        k += here && facts->tagged[lane][p];
    }
    for (unsigned kind = 0; kind < EK_CLUSTERINGS; kind++)
        sums[kind] = sums_of(twin, facts, bucket, facts->tagged[lane], kind, &tagged[kind]);
    bool shown = !q->tagged_only, every = measures & EK_MEASURE_ALL;
    bool authors = measures & EK_MEASURE_AUTHORS, threads = measures & EK_MEASURE_THREADS;
    assert_int_equal(all->posts, shown ? n : 0);
    assert_int_equal(all->authors, shown && every && authors ? sums[0].clusters : 0);
    assert_int_equal(all->threads, shown && every && threads ? sums[1].clusters : 0);
    assert_int_equal(count->tagged[at].posts, k);
    assert_int_equal(count->tagged[at].authors, authors ? tagged[0] : 0);
    assert_int_equal(count->tagged[at].threads, threads ? tagged[1] : 0);
    for (unsigned kind = 0; kind < EK_CLUSTERINGS && count->clusters && shown; kind++)
        same_sums(&count->clusters[at * EK_CLUSTERINGS + kind], &sums[kind]);
}

static void check_count(struct store *store, const struct ek_question *q)
{
    static struct twin_facts facts;
    struct fixture *f = store->f;
    struct ek_count count;
    OK(f, ek_query_count(f->store, q, f->arena, &count, &f->err));
    assert_in_range(count.theory_count, 1, TWIN_LANES);
    twin_answer(store->twin, q, count.theories, count.theory_count, &facts);
    assert_int_equal(count.buckets, facts.any ? facts.last - facts.first + 1 : 0);
    assert_int_equal(count.first, facts.any ? facts.first : 0);
    assert_int_equal(count.undated, q->tagged_only ? 0 : facts.undated);
    assert_int_equal(count.not_assessable, q->tagged_only ? 0 : facts.not_assessable);
    for (size_t lane = 0; lane < count.theory_count; lane++) {
        for (size_t i = 0; i < count.buckets; i++)
            check_cell(store->twin, q, &facts, &count, i, lane);
    }
}

static uint64_t both_of(const struct twin *twin, const struct twin_facts *facts,
                        enum ek_within within, int bucket, const bool *a, const bool *b)
{
    bool has[2][3 * TWIN_AUTHORS] = {{false}};
    uint64_t both = 0;
    for (size_t i = 0; i < twin->count; i++) {
        if (!facts->counted[i] || facts->bucket[i] != bucket)
            continue;
        unsigned number = within == EK_WITHIN_AUTHOR ? facts->author[i] : facts->thread[i];
        if (within == EK_WITHIN_POST)
            both += a[i] && b[i];
        else if (within == EK_WITHIN_THREAD || number) {
            both += (has[0][number] || a[i]) && (has[1][number] || b[i]) &&
                    !(has[0][number] && has[1][number]);
            has[0][number] |= a[i];
            has[1][number] |= b[i];
        }
    }
    return both;
}

/* Distinct authors behind a cell, nobody one of them, as far as the answer counts them. */
static unsigned behind_cell(const struct twin *twin, const struct twin_facts *facts,
                            enum ek_within within, int bucket, const bool *a, const bool *b)
{
    bool has[2][3 * TWIN_AUTHORS] = {{false}}, seen[3 * TWIN_AUTHORS] = {false};
    unsigned count = 0;
    for (size_t i = 0; i < twin->count; i++) {
        unsigned number = within == EK_WITHIN_AUTHOR ? facts->author[i] : facts->thread[i];
        if (facts->counted[i] && facts->bucket[i] == bucket) {
            has[0][number] |= a[i];
            has[1][number] |= b[i];
        }
    }
    for (size_t i = 0; i < twin->count; i++) {
        unsigned number = within == EK_WITHIN_AUTHOR ? facts->author[i] : facts->thread[i];
        bool makes = within == EK_WITHIN_POST ? a[i] && b[i]
                                              : (a[i] || b[i]) && has[0][number] && has[1][number];
        if (!facts->counted[i] || facts->bucket[i] != bucket || !makes || seen[facts->author[i]] ||
            (within == EK_WITHIN_AUTHOR && number == 0))
            continue;
        seen[facts->author[i]] = true;
        count++;
    }
    return count < EK_WITHHELD_BELOW ? count : EK_WITHHELD_BELOW;
}

static uint64_t units_of(const struct twin *twin, const struct twin_facts *facts,
                         enum ek_within within, int bucket)
{
    bool seen[3 * TWIN_AUTHORS] = {false};
    uint64_t units = 0;
    for (size_t i = 0; i < twin->count; i++) {
        unsigned number = within == EK_WITHIN_AUTHOR ? facts->author[i] : facts->thread[i];
        if (!facts->counted[i] || facts->bucket[i] != bucket)
            continue;
        units +=
            within == EK_WITHIN_POST || (!seen[number] && (within == EK_WITHIN_THREAD || number));
        seen[number] = true;
    }
    return units;
}

static void check_pairs(struct store *store, const struct ek_question *q, enum ek_within within)
{
    static struct twin_facts facts;
    struct fixture *f = store->f;
    struct ek_pairs pairs;
    OK(f, ek_query_pairs(f->store, q, within, f->arena, &pairs, &f->err));
    size_t lanes = pairs.theory_count;
    twin_answer(store->twin, q, pairs.theories, lanes, &facts);
    assert_int_equal(pairs.buckets, facts.any ? facts.last - facts.first + 1 : 0);
    bool authors = q->measures & EK_MEASURE_AUTHORS, units = q->measures & EK_MEASURE_ALL;
    assert_true(authors == (pairs.authors != NULL));
    for (size_t i = 0; i < pairs.buckets; i++) {
        int bucket = pairs.first + (int)i;
        assert_int_equal(pairs.units[i], units || within == EK_WITHIN_POST
                                             ? units_of(store->twin, &facts, within, bucket)
                                             : 0);
        for (size_t a = 0; a < lanes; a++) {
            for (size_t b = 0; b < lanes; b++) {
                assert_int_equal(
                    pairs.both[(i * lanes + a) * lanes + b],
                    both_of(store->twin, &facts, within, bucket, facts.tagged[a], facts.tagged[b]));
                assert_true(!authors || pairs.authors[(i * lanes + a) * lanes + b] ==
                                            behind_cell(store->twin, &facts, within, bucket,
                                                        facts.tagged[a], facts.tagged[b]));
            }
        }
    }
}

/* Tests --------------------------------------------------------------------------------------- */

static void posts_are_those_of_the_twin(void **state)
{
    struct store *store = *state;
    struct ek_selection s;
    for (int i = 0; i < 150; i++) {
        draw_selection(store->twin, &s);
        check_posts(store, &s);
    }
}

static void counts_are_those_of_the_twin(void **state)
{
    static const unsigned measures[] = {0,
                                        0,
                                        0,
                                        EK_MEASURE_AUTHORS,
                                        EK_MEASURE_AUTHORS | EK_MEASURE_THREADS | EK_MEASURE_ALL,
                                        EK_MEASURE_CLUSTERS};
    struct store *store = *state;
    struct ek_selection s;
    for (int i = 0; i < 150; i++) {
        draw_selection(store->twin, &s);
        struct ek_question q = {.selection = &s,
                                .denominator = twin_draw(store->twin, 3),
                                .whole = twin_draw(store->twin, 6) == 0,
                                .size = twin_draw(store->twin, 3),
                                .measures = measures[twin_draw(store->twin, 6)],
                                .tagged_only = twin_draw(store->twin, 6) == 0};
        if (q.tagged_only)
            q.denominator = EK_OF_ALL;
        check_count(store, &q);
    }
}

/* What plain questions take a short way for, one by one. */
static void plain_counts_are_those_of_the_twin(void **state)
{
    static const char *const lanes[] = {"bid", "bid/transport", "any", "rare", "bidet", "ppi"};
    struct store *store = *state;
    for (int i = 0; i < 60; i++) {
        struct ek_selection s = {.theories = lanes, .theory_count = 6};
        struct ek_question q = {.selection = &s, .size = i % 3};
        if (i % 2)
            s.stances = 1 + twin_draw(store->twin, 15);
        if (i % 5 >= 3) {
            s.period.from = draw_day(store->twin, i % 5 == 3);
            s.period.until = s.period.from + 400 * DAY;
        }
        if (i % 7 == 6)
            s.rules_version = store->twin->digests[0];
        check_count(store, &q);
    }
}

/* Pairs that a chunk has counted: of theories in any order, once with a code that has two. */
static void plain_pairs_are_those_of_the_twin(void **state)
{
    static const char *const lanes[] = {"ppi",  "inflammation",  "bidet",
                                        "rare", "bid/transport", "bid"};
    struct store *store = *state;
    for (int i = 0; i < 24; i++) {
        struct ek_selection s = {.theories = lanes, .theory_count = i % 4 ? 5 : 6};
        struct ek_question q = {.selection = &s, .size = i % 3};
        if (i % 3 == 1) {
            s.period.from = draw_day(store->twin, true);
            s.period.until = s.period.from + 400 * DAY;
        }
        if (i % 5 == 4)
            s.stances = 1 + twin_draw(store->twin, 15);
        if (i % 7 == 6)
            s.rules_version = store->twin->digests[0];
        check_pairs(store, &q, EK_WITHIN_POST);
    }
}

/* Ida writes in the first of 256 months and in the last, Ole in those between: one author in each.
 * Who was seen is kept in rounds of a byte. */
static void authors_are_told_apart_over_many_buckets(void **state)
{
    struct fixture *f = *state;
    const char *bid[] = {"bid"};
    const struct ek_selection s = {.theories = bid, .theory_count = 1};
    const struct ek_question q = {
        .selection = &s, .size = EK_BY_MONTH, .measures = EK_MEASURE_AUTHORS};
    struct ek_count count;
    fixture_set_rules(f);
    OK(f, ek_store_begin(f->store, &f->err));
    for (int i = 0; i < 256; i++) {
        char id[16];
        struct ek_civil day = {2000 + i / 12, 1 + i % 12, 5, 0, 0, 0};
        snprintf(id, sizeof id, "%d", i);
        struct ek_entry entry =
            entry_of(id, "1", i % 255 ? "Ole" : "Ida", ek_time_from_civil(&day), "text");
        OK(f, ek_store_put_entry(f->store, &entry, 2000000000, tags_of(f, "bid", NULL), NULL,
                                 &f->err));
    }
    OK(f, ek_store_commit(f->store, &f->err));
    OK(f, ek_query_count(f->store, &q, f->arena, &count, &f->err));
    assert_int_equal(count.buckets, 256);
    for (size_t i = 0; i < 256; i++)
        assert_int_equal(count.tagged[i].authors, 1);
}

static void pairs_are_those_of_the_twin(void **state)
{
    struct store *store = *state;
    struct ek_selection s;
    for (int i = 0; i < 45; i++) {
        draw_selection(store->twin, &s);
        if (i % 3 == 0)
            s.theory_count = s.theory_count < 2 ? s.theory_count : 2;
        struct ek_question q = {.selection = &s,
                                .denominator = twin_draw(store->twin, 3),
                                .size = twin_draw(store->twin, 3),
                                .measures = i % 2 ? EK_MEASURE_AUTHORS | EK_MEASURE_ALL : 0};
        check_pairs(store, &q, i % 3);
    }
}

static int clean(void **state)
{
    return build(state, &recipes[0]);
}
static int dirty(void **state)
{
    return build(state, &recipes[1]);
}
static int few_changes(void **state)
{
    return build(state, &recipes[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_are_those_of_the_twin),
        cmocka_unit_test(counts_are_those_of_the_twin),
        cmocka_unit_test(plain_counts_are_those_of_the_twin),
        cmocka_unit_test(pairs_are_those_of_the_twin),
        cmocka_unit_test(plain_pairs_are_those_of_the_twin),
    };
    const struct CMUnitTest alone[] = {cmocka_unit_test_setup_teardown(
        authors_are_told_apart_over_many_buckets, fixture_setup, fixture_teardown)};
    return cmocka_run_group_tests(alone, NULL, NULL) +
           cmocka_run_group_tests(tests, clean, teardown) +
           cmocka_run_group_tests(tests, dirty, teardown) +
           cmocka_run_group_tests(tests, few_changes, teardown);
}
