/* timeline.c - counts and shares of theories by bucket.
 *
 * Rows come in time order, so one bucket at a time is counted: a tally holds, for every author,
 * thread and author in a thread, the posts counted and the posts tagged with each theory that
 * occurs there. When the bucket ends these become the sums that share.c needs. One pass over the
 * rows serves every theory; what is held is one bucket's authors and threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/query/choice.h"
#include "store/query/share.h"
#include "store/query/tally.h"
#include "store/records/names.h"
#include "store/records/thread.h"

/* A tally's kinds: the posts counted (lane 0), then the tagged ones, one lane a theory. */
#define KIND(lane, clustering) ((uint32_t)(lane)*EK_CLUSTERINGS + (uint32_t)(clustering))

struct lanes { /* the theories asked for, and which codes belong to each */
    const char **theories;
    size_t count;
    unsigned char *takes; /* [code * count + lane]: the code counts for the lane */
    uint64_t *hit;        /* [lane]: number of the post last counted for it */
};

struct counting {
    struct ek_store *store;
    struct ek_choice selected, counted; /* numerator's and denominator's posts */
    enum ek_bucket_size size;
    enum ek_denominator denominator;
    struct ek_timeline *timeline;
    struct lanes lanes;
    struct ek_tally tally;
    uint64_t posts, *tagged; /* of this bucket; tagged by lane */
    int bucket, first, last;
    bool any, filling;
    struct ek_numbers forums; /* of the posts counted */
    uint64_t last_forum;
    struct ek_arena *arena;
    struct ek_mark *marks;
    struct ek_err *err;
};

/* Lanes ------------------------------------------------------------------------------------- */

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The theories that were asked for; all of the rule set's if none were. */
static int lanes_list(struct counting *counting, const struct ek_selection *selection)
{
    const struct ek_words *words = &counting->counted.words;
    struct lanes *lanes = &counting->lanes;
    size_t room = selection->theory_count ? selection->theory_count : words->count;
    lanes->theories = EK_NEW_ARRAY(counting->arena, const char *, room + 1);
    if (!lanes->theories)
        return -1;
    for (size_t i = 0; i < selection->theory_count; i++)
        lanes->theories[lanes->count++] = selection->theories[i];
    for (size_t i = 1; !selection->theory_count && i < words->count; i++) {
        if (words->items[i].text && words->items[i].kind == EK_WORD_THEORY)
            lanes->theories[lanes->count++] = words->items[i].text;
    }
    if (!selection->theory_count)
        qsort(lanes->theories, lanes->count, sizeof *lanes->theories, compare_strings);
    return 0;
}

static int lanes_make(struct counting *counting, const struct ek_selection *selection)
{
    const struct ek_words *words = &counting->counted.words;
    struct lanes *lanes = &counting->lanes;
    if (lanes_list(counting, selection))
        return -1;
    lanes->takes = EK_NEW_ARRAY(counting->arena, unsigned char, words->count * lanes->count + 1);
    lanes->hit = EK_NEW_ARRAY(counting->arena, uint64_t, lanes->count + 1);
    counting->tagged = EK_NEW_ARRAY(counting->arena, uint64_t, lanes->count + 1);
    if (!lanes->takes || !lanes->hit || !counting->tagged)
        return -1;
    for (size_t code = 1; code < words->count; code++) {
        const struct ek_word *word = &words->items[code];
        for (size_t lane = 0; word->text && lane < lanes->count; lane++)
            lanes->takes[code * lanes->count + lane] =
                word->kind == EK_WORD_THEORY && (strcmp(lanes->theories[lane], "any") == 0 ||
                                                 ek_code_within(word->text, lanes->theories[lane]));
    }
    return 0;
}

/* Counting ---------------------------------------------------------------------------------- */

static int tally_row(struct counting *counting, size_t lane, const struct ek_row *row)
{
    struct ek_tally *tally = &counting->tally;
    return ek_tally_add(tally, KIND(lane, EK_CLUSTER_AUTHOR), row->author, 0) ||
                   ek_tally_add(tally, KIND(lane, EK_CLUSTER_THREAD), row->thread, 0) ||
                   ek_tally_add(tally, KIND(lane, EK_CLUSTER_BOTH), row->author, row->thread)
               ? ek_fail_memory(counting->err)
               : 0;
}

static bool has_any_theory(const struct counting *counting, const struct ek_row *row)
{
    for (size_t i = 0; i < row->mark_count; i++) {
        if (ek_choice_mark(&counting->counted, row->marks[i].word))
            return true;
    }
    return false;
}

static int count_tags(struct counting *counting, const struct ek_row *row)
{
    struct lanes *lanes = &counting->lanes;
    for (size_t i = 0; i < row->mark_count; i++) {
        const struct ek_mark *mark = &row->marks[i];
        if (mark->code >= counting->counted.words.count ||
            !ek_choice_mark(&counting->selected, mark->word))
            continue;
        for (size_t lane = 0; lane < lanes->count; lane++) {
            if (!lanes->takes[mark->code * lanes->count + lane] || lanes->hit[lane] == row->number)
                continue;
            lanes->hit[lane] = row->number;
            counting->tagged[lane]++;
            if (tally_row(counting, lane + 1, row))
                return -1;
        }
    }
    return 0;
}

/* The finished bucket: from the tally to one line of each series. */
static int finish_bucket(struct counting *counting)
{
    size_t count = counting->lanes.count, at = 0;
    struct ek_cluster_sums *sums = calloc((count + 1) * EK_CLUSTERINGS, sizeof *sums);
    const struct ek_tally_entry *entry;
    if (!sums)
        return ek_fail_memory(counting->err);
    while ((entry = ek_tally_next(&counting->tally, &at))) {
        double k = (double)entry->count;
        double n = (double)ek_tally_count(&counting->tally, entry->kind % EK_CLUSTERINGS, entry->a,
                                          entry->b);
        struct ek_cluster_sums *sum = &sums[entry->kind];
        sum->clusters++;
        sum->n_n += n * n;
        sum->k_k += k * k;
        sum->k_n += k * n;
    }
    for (size_t lane = 0; lane < count; lane++) {
        struct ek_series_bucket *line =
            &counting->timeline->series[lane].buckets[counting->bucket - counting->first];
        struct ek_cluster_sums all[EK_CLUSTERINGS];
        for (unsigned c = 0; c < EK_CLUSTERINGS; c++) {
            all[c] = sums[KIND(lane + 1, c)];
            all[c].clusters = sums[c].clusters; /* those without a tag count too */
            all[c].n_n = sums[c].n_n;
        }
        struct ek_share share = ek_share_of(counting->tagged[lane], counting->posts, all);
        line->posts_tagged = counting->tagged[lane];
        line->posts = counting->posts;
        line->share = share.share;
        line->low = share.low;
        line->high = share.high;
        line->design_effect = share.design_effect;
        line->few_clusters = share.few_clusters;
        line->authors_tagged = sums[KIND(lane + 1, EK_CLUSTER_AUTHOR)].clusters;
        line->authors = sums[EK_CLUSTER_AUTHOR].clusters;
        line->threads = sums[EK_CLUSTER_THREAD].clusters;
        line->author_share =
            line->authors ? (double)line->authors_tagged / (double)line->authors : NAN;
        line->withheld = line->authors_tagged > 0 && line->authors_tagged < EK_WITHHELD_BELOW;
        counting->tagged[lane] = 0;
    }
    free(sums);
    counting->posts = 0;
    ek_tally_empty(&counting->tally);
    return 0;
}

static int count_forum(struct counting *counting, uint64_t forum)
{
    if (forum == counting->last_forum)
        return 0;
    counting->last_forum = forum;
    return ek_numbers_add(&counting->forums, counting->arena, forum) ? ek_fail_memory(counting->err)
                                                                     : 0;
}

/* A dated, assessable post of the denominator. */
static int count_row(struct counting *counting, const struct ek_row *row)
{
    int bucket = ek_bucket_of(row->time, counting->size);
    if (counting->posts && bucket != counting->bucket && finish_bucket(counting))
        return -1;
    counting->bucket = bucket;
    counting->posts++;
    if (tally_row(counting, 0, row))
        return -1;
    if (counting->denominator == EK_OF_BOARD && !ek_choice_counts(&counting->selected, row))
        return 0;
    return count_tags(counting, row);
}

static int offer_row(struct counting *counting, const struct ek_row *row)
{
    const struct ek_choice *choice = &counting->counted;
    if (!ek_choice_counts(choice, row))
        return 0;
    if (!counting->filling) {
        counting->timeline->undated += row->time == EK_TIME_UNKNOWN;
        counting->timeline->not_assessable +=
            !row->assessable && ek_choice_in_period(choice, row->time);
    }
    if (row->time == EK_TIME_UNKNOWN || !row->assessable ||
        !ek_choice_in_period(choice, row->time) ||
        (counting->denominator == EK_OF_ANY_THEORY && !has_any_theory(counting, row)))
        return 0;
    if (counting->filling)
        return count_row(counting, row);
    int bucket = ek_bucket_of(row->time, counting->size);
    counting->first = counting->any ? counting->first : bucket;
    counting->last = bucket;
    counting->any = true;
    return count_forum(counting, row->forum);
}

static int pass_over_rows(struct counting *counting)
{
    unsigned table = ek_rows_of(&counting->counted.generation);
    struct ek_txn *txn = counting->store->reading_index;
    struct ek_walk walk;
    struct ek_bytes key, value;
    int result = 0;
    ek_walk_begin(&walk, txn, table, NULL, 0);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1) {
        struct ek_row row;
        result = ek_row_decode(&row, counting->marks, &key, &value)
                     ? ek_txn_damaged(txn, table, key.data, key.len)
                     : offer_row(counting, &row);
    }
    ek_walk_end(&walk);
    return result;
}

/* The frame --------------------------------------------------------------------------------- */

/* The oldest of the times at which the forums counted were last fetched. */
static ek_time fetched_until(struct counting *counting)
{
    ek_time until = INT64_MAX;
    for (size_t i = 0; i < counting->forums.count; i++) {
        struct ek_bytes value;
        ek_time fetched = EK_TIME_UNKNOWN;
        if (ek_record_get(counting->store->reading_index, EK_INDEX_FORUMS,
                          counting->forums.items[i], &value) == 1 &&
            value.len == 8)
            fetched = (ek_time)ek_get_be64(value.data);
        until = fetched < until ? fetched : until;
    }
    return until;
}

static int frame_make(struct counting *counting)
{
    struct ek_timeline *timeline = counting->timeline;
    size_t buckets = counting->any ? (size_t)(counting->last - counting->first) + 1 : 0;
    ek_time until = fetched_until(counting);
    if (buckets > EK_MAX_BUCKETS)
        return ek_fail(counting->err, EK_LIMIT,
                       "the posts' dates span %zu buckets, more than %u: give a period (--since, "
                       "--until) or a coarser bucket (--by year)",
                       buckets, EK_MAX_BUCKETS);
    timeline->count = counting->lanes.count;
    timeline->series = EK_NEW_ARRAY(counting->arena, struct ek_series, timeline->count + 1);
    for (size_t lane = 0; timeline->series && lane < timeline->count; lane++) {
        struct ek_series *series = &timeline->series[lane];
        series->theory = ek_strdup(counting->arena, counting->lanes.theories[lane]);
        series->count = buckets;
        series->buckets = EK_NEW_ARRAY(counting->arena, struct ek_series_bucket, buckets + 1);
        if (!series->buckets || !series->theory)
            return ek_fail_memory(counting->err);
        for (size_t i = 0; i < buckets; i++) {
            int bucket = counting->first + (int)i;
            series->buckets[i] = (struct ek_series_bucket){
                .bucket = bucket,
                .share = NAN,
                .low = NAN,
                .high = NAN,
                .design_effect = NAN,
                .few_clusters = true,
                .author_share = NAN,
                .partial = ek_bucket_start(bucket + 1, counting->size) > until};
        }
    }
    return timeline->series ? 0 : ek_fail_memory(counting->err);
}

/* --of board: what else the author or thread condition leaves out of the board counts too. */
static int widen_to_board(struct counting *counting)
{
    struct ek_choice *counted = &counting->counted;
    for (size_t i = 0; !counted->boards.given && i < counted->threads.count; i++) {
        struct ek_thread_record thread;
        if (ek_thread_get(ek_records(counting->store), counting->arena, counted->threads.items[i],
                          &thread) == 1 &&
            ek_numbers_add(&counted->boards, counting->arena, thread.board))
            return ek_fail_memory(counting->err);
    }
    counted->threads = counted->authors = (struct ek_numbers){0};
    return 0;
}

static int count_all(struct counting *counting, const struct ek_selection *selection)
{
    struct ek_timeline *timeline = counting->timeline;
    if (ek_choice_make(&counting->selected, counting->store, selection, counting->arena,
                       counting->err))
        return -1;
    counting->counted = counting->selected;
    if (counting->denominator == EK_OF_BOARD && widen_to_board(counting))
        return -1;
    timeline->rules_digest = counting->counted.generation.number
                                 ? ek_strdup(counting->arena, counting->counted.generation.digest)
                                 : NULL;
    if (lanes_make(counting, selection))
        return ek_fail_memory(counting->err);
    /* The first pass finds the span and what stands beside the rows, the second counts. */
    if (counting->counted.generation.number && pass_over_rows(counting))
        return -1;
    if (frame_make(counting))
        return -1;
    counting->filling = true;
    if (counting->any && pass_over_rows(counting))
        return -1;
    return counting->posts ? finish_bucket(counting) : 0;
}

int ek_query_timeline(struct ek_store *store, const struct ek_selection *selection,
                      enum ek_bucket_size size, enum ek_denominator denominator,
                      struct ek_arena *arena, struct ek_timeline *timeline, struct ek_err *err)
{
    struct counting counting = {.store = store,
                                .size = size,
                                .denominator = denominator,
                                .timeline = timeline,
                                .arena = arena,
                                .err = err};
    memset(timeline, 0, sizeof *timeline);
    counting.marks = EK_NEW_ARRAY(arena, struct ek_mark, EK_MAX_ROW_MARKS);
    if (!counting.marks || ek_tally_init(&counting.tally))
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = count_all(&counting, selection);
        result = ek_store_leave(store, result, err);
    }
    ek_tally_free(&counting.tally);
    return result;
}
