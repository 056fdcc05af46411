/* coverage.c - see ekbom/coverage.h.
 *
 * Where a forum's post ids are numbers that run on with time, the first post of each bucket says
 * from which id on the bucket reaches. That dates what has no time of its own: a thread that the
 * boards list, by the id of its newest post, whether it was read or not; and it says how many ids
 * there were. The ids of two posts a bucket are read, never those of all. One forum whose ids do
 * not run on, or that was never crawled, leaves the figure untold rather than told of the rest. */
#include "ekbom/coverage.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/frontier.h"
#include "ekbom/limits.h"
#include "store/handle.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/post.h"

#define MAX_ID_DIGITS 18u
#define LAST_TIME 253402300799 /* 9999-12-31 */

struct id_span { /* of a bucket; posts = 0: it has none */
    uint64_t from, until;
    uint64_t posts;
};

struct looking {
    struct ek_store *store;
    const struct ek_selection *selection;
    enum ek_bucket_size size;
    int first;
    struct ek_coverage *coverage;
    uint64_t *listed, *had; /* threads, [bucket] */
    uint64_t *ids, *known;  /* [bucket] */
    struct ek_arena *arena, *scratch;
    struct ek_err *err;
    /* The forum looked at: */
    const char *base;
    char key[EK_FORUM_KEY_BYTES];
    struct id_span *spans;
    bool run_on, crawled;
    uint64_t after; /* id of the first post after the buckets; 0: there is none */
    uint64_t found; /* post number */
};

/* 0 where the id is no number. */
static uint64_t number_of(const char *id)
{
    size_t len = id ? strlen(id) : 0;
    if (len == 0 || len > MAX_ID_DIGITS)
        return 0;
    for (size_t i = 0; i < len; i++)
        if (!isdigit((unsigned char)id[i]))
            return 0;
    return strtoull(id, NULL, 10);
}

/* Ids by bucket ------------------------------------------------------------------------------- */

static int take_first(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct looking *looking = context;
    (void)err;
    looking->found = row->number;
    return 1;
}

static struct ek_selection forum_in(const struct looking *looking, int from, int until)
{
    return (struct ek_selection){
        .forum = looking->base,
        .period = {ek_bucket_start(from, looking->size), ek_bucket_start(until, looking->size)}};
}

/* The id of the first or last post of these buckets; 0: there is none, or it is no number. */
static int id_at(struct looking *looking, int from, int until, enum ek_order order, uint64_t *id)
{
    struct ek_selection selection = forum_in(looking, from, until);
    struct ek_post_record post;
    looking->found = *id = 0;
    if (ek_query_posts(looking->store, &selection, order, take_first, looking, looking->err))
        return -1;
    if (!looking->found)
        return 0;
    ek_arena_reset(looking->scratch);
    if (ek_post_get(ek_records(looking->store), looking->scratch, looking->found, &post) == 1)
        *id = number_of(post.id);
    return 0;
}

static int find_span(struct looking *looking, size_t j, uint64_t *before)
{
    struct id_span *span = &looking->spans[j];
    int bucket = looking->first + (int)j;
    struct ek_selection selection = forum_in(looking, bucket, bucket + 1);
    *span = (struct id_span){0};
    if (ek_query_matched(looking->store, &selection, &span->posts, looking->err))
        return -1;
    if (span->posts == 0)
        return 0;
    if (id_at(looking, bucket, bucket + 1, EK_OLDEST_FIRST, &span->from))
        return -1;
    looking->run_on &= span->from > *before;
    *before = span->from;
    return 0;
}

/* Each span reaches to the next one's beginning, the last one to what comes after the buckets or
 * to the newest post. */
static int find_spans(struct looking *looking)
{
    size_t buckets = looking->coverage->buckets;
    int end = looking->first + (int)buckets;
    uint64_t before = 0, next;
    looking->run_on = true;
    for (size_t j = 0; j < buckets; j++)
        if (find_span(looking, j, &before))
            return -1;
    if (id_at(looking, looking->first, end, EK_NEWEST_FIRST, &next) ||
        id_at(looking, end, ek_bucket_of(LAST_TIME, looking->size), EK_OLDEST_FIRST,
              &looking->after))
        return -1;
    next = looking->after ? looking->after : next + 1;
    for (size_t j = buckets; j-- > 0;) {
        struct id_span *span = &looking->spans[j];
        if (span->posts == 0)
            continue;
        span->until = next;
        looking->run_on &= span->until > span->from && span->until - span->from >= span->posts;
        next = span->from;
    }
    return 0;
}

static void add_spans(struct looking *looking)
{
    for (size_t j = 0; looking->run_on && j < looking->coverage->buckets; j++) {
        looking->ids[j] += looking->spans[j].until - looking->spans[j].from;
        looking->known[j] += looking->spans[j].posts;
    }
    if (!looking->run_on)
        looking->coverage->id_gap_reason = "post ids do not run on with time";
}

/* Threads that the boards list ---------------------------------------------------------------- */

/* The last bucket that begins at or before the id; -1: outside of them. */
static ptrdiff_t bucket_of_id(const struct looking *looking, uint64_t id)
{
    if (looking->after && id >= looking->after)
        return -1;
    for (size_t j = looking->coverage->buckets; j-- > 0;)
        if (looking->spans[j].posts && looking->spans[j].from <= id)
            return (ptrdiff_t)j;
    return -1;
}

static int take_thread(void *context, const struct ek_frontier *entry, struct ek_err *err)
{
    struct looking *looking = context;
    uint64_t id = number_of(entry->listed ? entry->listed : entry->newest);
    ptrdiff_t bucket = bucket_of_id(looking, id);
    (void)err;
    if (id == 0 && !looking->coverage->fetched_reason)
        looking->coverage->fetched_reason = "a listing does not say which post is newest";
    if (id == 0 || bucket < 0)
        return 0;
    looking->listed[bucket]++;
    looking->had[bucket] += !entry->closed && entry->visited != EK_TIME_UNKNOWN &&
                            !entry->next_page && !ek_frontier_has_news(entry);
    return 0;
}

static int take_source(void *context, const char *source, const struct ek_frontier *index,
                       struct ek_err *err)
{
    struct looking *looking = context;
    char key[EK_FORUM_KEY_BYTES];
    (void)index;
    ek_forum_key(source, key);
    if (strncmp(key, looking->key, strlen(looking->key)) != 0)
        return 0;
    looking->crawled = true;
    return ek_frontier_each(looking->store, source, EK_FRONTIER_THREAD, take_thread, looking, err);
}

static int look_at_listings(struct looking *looking)
{
    struct ek_coverage *coverage = looking->coverage;
    looking->crawled = false;
    if (!looking->run_on)
        coverage->fetched_reason = "post ids do not run on with time";
    else if (ek_frontier_sources(looking->store, take_source, looking, looking->err))
        return -1;
    else if (!looking->crawled)
        coverage->fetched_reason = "imported archives do not say what their boards list";
    return 0;
}

/* The whole ----------------------------------------------------------------------------------- */

static int look_at_forum(struct looking *looking, const char *base)
{
    looking->base = base;
    ek_forum_key(base, looking->key);
    if (find_spans(looking))
        return -1;
    size_t j = 0;
    while (j < looking->coverage->buckets && !looking->spans[j].posts)
        j++;
    if (j == looking->coverage->buckets)
        return 0;
    add_spans(looking);
    return look_at_listings(looking);
}

static int look_at_forums(struct looking *looking)
{
    struct ek_txn *txn = ek_records(looking->store);
    struct ek_forum_record forum;
    struct ek_walk walk;
    uint64_t number, meant = 0;
    int result = 0;
    if (looking->selection->forum &&
        ek_forum_meant(txn, looking->arena, looking->selection->forum, &meant, looking->err) != 1)
        return -1;
    ek_names_begin(&walk, txn, EK_NAME_FORUM, 0);
    while (result == 0 && ek_names_next(&walk, &number) == 1)
        if ((!meant || number == meant) && ek_forum_get(txn, looking->arena, number, &forum) == 1)
            result = look_at_forum(looking, forum.base.value);
    ek_walk_end(&walk);
    return result;
}

static void fill(struct looking *looking)
{
    struct ek_coverage *coverage = looking->coverage;
    for (size_t j = 0; j < coverage->buckets; j++) {
        coverage->fetched[j] = coverage->id_gap[j] = NAN;
        if (looking->ids[j] && !coverage->id_gap_reason)
            coverage->id_gap[j] = 1 - (double)looking->known[j] / (double)looking->ids[j];
        if (looking->known[j] && !coverage->fetched_reason)
            coverage->fetched[j] =
                looking->listed[j] ? (double)looking->had[j] / (double)looking->listed[j] : 1;
    }
}

/* Then that they are not open is a failure; who was left out of them on purpose gets the rest. */
static bool may_read_records(const struct ek_store *store)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/records/data.mdb", store->folder);
    return access(path, R_OK) == 0;
}

static int look(struct looking *looking, size_t buckets)
{
    struct ek_coverage *coverage = looking->coverage;
    int failed = 0;
    coverage->buckets = buckets;
    coverage->fetched = EK_NEW_ARRAY(looking->arena, double, buckets + 1);
    coverage->id_gap = EK_NEW_ARRAY(looking->arena, double, buckets + 1);
    looking->listed = EK_NEW_ARRAY(looking->arena, uint64_t, buckets + 1);
    looking->had = EK_NEW_ARRAY(looking->arena, uint64_t, buckets + 1);
    looking->ids = EK_NEW_ARRAY(looking->arena, uint64_t, buckets + 1);
    looking->known = EK_NEW_ARRAY(looking->arena, uint64_t, buckets + 1);
    looking->spans = EK_NEW_ARRAY(looking->arena, struct id_span, buckets + 1);
    looking->scratch = ek_arena_new(EK_ARENA_BYTES);
    if (!coverage->fetched || !coverage->id_gap || !looking->listed || !looking->had ||
        !looking->ids || !looking->known || !looking->spans || !looking->scratch)
        return ek_fail_memory(looking->err);
    if (looking->store->records)
        failed = look_at_forums(looking);
    else if (may_read_records(looking->store))
        failed = ek_fail(looking->err, looking->store->records_refused.kind, "%s",
                         looking->store->records_refused.message);
    else
        coverage->fetched_reason = coverage->id_gap_reason = "the store's records may not be read";
    if (failed)
        return -1;
    fill(looking);
    return 0;
}

int ek_query_coverage(struct ek_store *store, const struct ek_selection *selection,
                      enum ek_bucket_size size, int first, size_t buckets, struct ek_arena *arena,
                      struct ek_coverage *coverage, struct ek_err *err)
{
    struct looking looking = {.store = store,
                              .selection = selection,
                              .size = size,
                              .first = first,
                              .coverage = coverage,
                              .arena = arena,
                              .err = err};
    *coverage = (struct ek_coverage){0};
    unsigned needs = EK_NEEDS_INDEX | (store->records ? EK_NEEDS_RECORDS : 0);
    int result = ek_store_enter(store, needs, err);
    if (result == 0) {
        result = look(&looking, buckets);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(looking.scratch);
    return result;
}
