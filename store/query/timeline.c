/* timeline.c - how often each theory is named, bucket by bucket, with its denominator and its
 * doubt.
 *
 * The counting is count.c's; here counts become shares with their intervals, and each bucket learns
 * whether it was over when its forums were last read. */
#include <math.h>
#include <string.h>

#include "ekbom/aggregate.h"
#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/statistics.h"
#include "store/handle.h"
#include "store/query/span.h"

struct making {
    struct ek_store *store;
    struct ek_question question;
    struct ek_count count;
    struct ek_timeline *timeline;
    ek_time fetched; /* the oldest of the times at which the forums counted were last read */
    struct ek_arena *arena;
    struct ek_err *err;
};

static void fill_bucket(const struct making *making, size_t lane, size_t i,
                        struct ek_series_bucket *line)
{
    const struct ek_count *count = &making->count;
    const struct ek_cell *all = &count->counted[i];
    const struct ek_cell *tagged = &count->tagged[lane * count->buckets + i];
    struct ek_share share = ek_share_of(
        tagged->posts, all->posts, count->clusters + (lane * count->buckets + i) * EK_CLUSTERINGS);
    int bucket = count->first + (int)i;
    *line = (struct ek_series_bucket){
        .bucket = bucket,
        .posts_tagged = tagged->posts,
        .posts = all->posts,
        .share = share.share,
        .low = share.low,
        .high = share.high,
        .design_effect = share.design_effect,
        .few_clusters = share.few_clusters,
        .authors_tagged = tagged->authors,
        .authors = all->authors,
        .threads = all->threads,
        .author_share = all->authors ? (double)tagged->authors / (double)all->authors : NAN,
        .partial = ek_bucket_start(bucket + 1, making->question.size) > making->fetched,
        .withheld = tagged->authors > 0 && tagged->authors < EK_WITHHELD_BELOW};
}

static int make_series(struct making *making)
{
    const struct ek_count *count = &making->count;
    struct ek_timeline *timeline = making->timeline;
    timeline->count = count->theory_count;
    timeline->series = EK_NEW_ARRAY(making->arena, struct ek_series, count->theory_count + 1);
    if (!timeline->series)
        return ek_fail_memory(making->err);
    for (size_t lane = 0; lane < count->theory_count; lane++) {
        struct ek_series *series = &timeline->series[lane];
        series->theory = count->theories[lane];
        series->count = count->buckets;
        series->buckets = EK_NEW_ARRAY(making->arena, struct ek_series_bucket, count->buckets + 1);
        if (!series->buckets)
            return ek_fail_memory(making->err);
        for (size_t i = 0; i < count->buckets; i++)
            fill_bucket(making, lane, i, &series->buckets[i]);
    }
    return 0;
}

static int make_timeline(struct making *making)
{
    if (ek_query_count(making->store, &making->question, making->arena, &making->count,
                       making->err))
        return -1;
    making->fetched = ek_read_until(making->store, making->question.selection, making->count.forums,
                                    making->count.forum_count);
    making->timeline->undated = making->count.undated;
    making->timeline->not_assessable = making->count.not_assessable;
    making->timeline->rules_digest = making->count.rules_digest;
    return make_series(making);
}

int ek_query_timeline(struct ek_store *store, const struct ek_selection *selection,
                      enum ek_bucket_size size, enum ek_denominator denominator,
                      struct ek_arena *arena, struct ek_timeline *timeline, struct ek_err *err)
{
    struct making making = {.store = store,
                            .question = {.selection = selection,
                                         .denominator = denominator,
                                         .size = size,
                                         .measures = EK_MEASURE_CLUSTERS},
                            .timeline = timeline,
                            .arena = arena,
                            .err = err};
    memset(timeline, 0, sizeof *timeline);
    if (ek_store_enter(store, EK_NEEDS_INDEX, err))
        return -1;
    return ek_store_leave(store, make_timeline(&making), err);
}
