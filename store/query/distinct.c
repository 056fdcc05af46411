/* distinct.c - authors, threads and clusters, bucket by bucket.
 *
 * Numbers of authors and threads are dense, so that an array by number takes the place of a hash. A
 * number was seen in this bucket if its byte is this round's: with 400,000 authors that array lies
 * in the second cache. For the sums of squares no second pass over the clusters is needed: when a
 * cluster grows from n to n + 1, the sum of squares grows by 2 n + 1; and the sum over clusters of
 * k n is the sum over tagged posts of their cluster's n. The same rows walked again set the arrays
 * back to zero. Only the clusters of author and thread need a hash, once a post counted: each post
 * keeps the place of its pair for all lanes. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "store/query/pieces.h"
#include "store/query/tally.h"

struct seen { /* numbers met in this round */
    uint8_t *round;
    size_t count;
};

struct sizes { /* of clusters, by number */
    uint32_t *posts, *tagged;
};

struct distinct {
    struct ek_counting *counting;
    struct ek_pieces pieces;
    uint16_t *room; /* rows of one piece */
    /* Where distinct numbers are all that is wanted: */
    struct seen authors_seen, threads_seen;
    uint8_t round;
    /* Where clusters are: */
    struct sizes author, thread;
    struct ek_tally pairs;
    uint32_t *pair_of; /* by row of the bucket's pieces: place in pairs */
};

static bool make_seen(struct seen *seen, size_t count, struct ek_arena *arena)
{
    *seen = (struct seen){EK_NEW_ARRAY(arena, uint8_t, count + 1), count};
    return seen->round;
}

static bool make_sizes(struct sizes *sizes, size_t count, struct ek_arena *arena)
{
    sizes->posts = EK_NEW_ARRAY(arena, uint32_t, count + 1);
    sizes->tagged = EK_NEW_ARRAY(arena, uint32_t, count + 1);
    return sizes->posts && sizes->tagged;
}

static int make_arrays(struct distinct *distinct)
{
    struct ek_counting *counting = distinct->counting;
    const struct ek_pieces *pieces = &distinct->pieces;
    struct ek_arena *arena = counting->arena;
    distinct->room = EK_NEW_ARRAY(arena, uint16_t, EK_CHUNK_ROWS + EK_BITS_LIST_SLACK);
    bool made = distinct->room;
    if (counting->question->measures & EK_MEASURE_CLUSTERS) {
        distinct->pair_of = EK_NEW_ARRAY(arena, uint32_t, pieces->most_rows + 1);
        made = made && make_sizes(&distinct->author, pieces->authors, arena) &&
               make_sizes(&distinct->thread, pieces->threads, arena) && distinct->pair_of &&
               ek_tally_init(&distinct->pairs) == 0;
    } else {
        made = made && make_seen(&distinct->authors_seen, pieces->authors, arena) &&
               make_seen(&distinct->threads_seen, pieces->threads, arena);
    }
    return made ? 0 : ek_fail_memory(counting->err);
}

/* Distinct numbers ---------------------------------------------------------------------------- */

static void begin_round(struct distinct *distinct)
{
    if (++distinct->round)
        return;
    memset(distinct->authors_seen.round, 0, distinct->authors_seen.count);
    memset(distinct->threads_seen.round, 0, distinct->threads_seen.count);
    distinct->round = 1;
}

static uint32_t count_new(struct seen *seen, uint8_t round, const uint32_t *column,
                          const struct ek_piece_rows *rows)
{
    uint8_t *round_of = seen->round;
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t number = column[rows->rows[i]];
        count += round_of[number] != round;
        round_of[number] = round;
    }
    return count;
}

static void distinct_lane(struct distinct *distinct, uint32_t bucket, size_t lane)
{
    const struct ek_counting *counting = distinct->counting;
    const struct ek_pieces *pieces = &distinct->pieces;
    unsigned measures = counting->question->measures;
    struct ek_cell *cell = &counting->tagged[lane * counting->frame.count + bucket];
    begin_round(distinct);
    for (uint32_t i = pieces->first[bucket]; i < pieces->first[bucket + 1]; i++) {
        const struct ek_piece *piece = &pieces->items[i];
        struct ek_piece_rows rows = ek_piece_tagged(piece, lane, distinct->room);
        ek_piece_pass(piece, lane, &rows);
        if (measures & EK_MEASURE_AUTHORS)
            cell->authors +=
                count_new(&distinct->authors_seen, distinct->round, piece->author, &rows);
        if (measures & EK_MEASURE_THREADS)
            cell->threads +=
                count_new(&distinct->threads_seen, distinct->round, piece->thread, &rows);
    }
}

static void distinct_bucket(struct distinct *distinct, uint32_t bucket)
{
    const struct ek_counting *counting = distinct->counting;
    const struct ek_pieces *pieces = &distinct->pieces;
    unsigned measures = counting->question->measures;
    struct ek_cell *cell = &counting->all[bucket];
    for (size_t lane = 0; lane < counting->lanes.count; lane++)
        distinct_lane(distinct, bucket, lane);
    if (!(measures & EK_MEASURE_ALL))
        return;
    begin_round(distinct);
    for (uint32_t i = pieces->first[bucket]; i < pieces->first[bucket + 1]; i++) {
        const struct ek_piece *piece = &pieces->items[i];
        struct ek_piece_rows rows = ek_piece_counted(piece, distinct->room);
        if (measures & EK_MEASURE_AUTHORS)
            cell->authors +=
                count_new(&distinct->authors_seen, distinct->round, piece->author, &rows);
        if (measures & EK_MEASURE_THREADS)
            cell->threads +=
                count_new(&distinct->threads_seen, distinct->round, piece->thread, &rows);
    }
}

/* Clusters ------------------------------------------------------------------------------------ */

struct sums { /* of one clustering; whole numbers, exact */
    uint64_t clusters, tagged_clusters, n_n, k_k, k_n;
};

static inline void add_post(struct sums *sums, uint32_t *posts)
{
    sums->clusters += *posts == 0;
    sums->n_n += 2 * (uint64_t)*posts + 1;
    ++*posts;
}

static inline void add_tagged(struct sums *sums, uint32_t posts, uint32_t *tagged)
{
    sums->tagged_clusters += *tagged == 0;
    sums->k_k += 2 * (uint64_t)*tagged + 1;
    sums->k_n += posts;
    ++*tagged;
}

#define AHEAD 12u /* posts: their pairs are fetched while others are counted */

static int cluster_counted(struct distinct *distinct, uint32_t bucket, struct sums *sums)
{
    const struct ek_pieces *pieces = &distinct->pieces;
    uint32_t *pair_of = distinct->pair_of;
    for (uint32_t i = pieces->first[bucket]; i < pieces->first[bucket + 1]; i++) {
        const struct ek_piece *piece = &pieces->items[i];
        struct ek_piece_rows rows = ek_piece_counted(piece, distinct->room);
        for (uint32_t n = 0; n < rows.count; n++) {
            uint32_t row = rows.rows[n], author = piece->author[row], thread = piece->thread[row];
            if (n + AHEAD < rows.count)
                ek_tally_expect(&distinct->pairs, piece->author[rows.rows[n + AHEAD]],
                                piece->thread[rows.rows[n + AHEAD]]);
            uint32_t place = ek_tally_place(&distinct->pairs, author, thread);
            if (place == UINT32_MAX)
                return ek_fail_memory(distinct->counting->err);
            pair_of[row - piece->slot->from] = place;
            add_post(&sums[EK_CLUSTER_AUTHOR], &distinct->author.posts[author]);
            add_post(&sums[EK_CLUSTER_THREAD], &distinct->thread.posts[thread]);
            add_post(&sums[EK_CLUSTER_BOTH], &distinct->pairs.pairs[place].count);
        }
        pair_of += piece->slot->to - piece->slot->from;
    }
    return 0;
}

static void cluster_lane(struct distinct *distinct, uint32_t bucket, size_t lane, struct sums *sums)
{
    const struct ek_pieces *pieces = &distinct->pieces;
    const uint32_t *pair_of = distinct->pair_of;
    for (uint32_t i = pieces->first[bucket]; i < pieces->first[bucket + 1]; i++) {
        const struct ek_piece *piece = &pieces->items[i];
        struct ek_piece_rows rows = ek_piece_tagged(piece, lane, distinct->room);
        for (uint32_t n = 0; n < rows.count; n++) {
            uint32_t row = rows.rows[n], author = piece->author[row], thread = piece->thread[row];
            struct ek_tally_pair *pair = &distinct->pairs.pairs[pair_of[row - piece->slot->from]];
            add_tagged(&sums[EK_CLUSTER_AUTHOR], distinct->author.posts[author],
                       &distinct->author.tagged[author]);
            add_tagged(&sums[EK_CLUSTER_THREAD], distinct->thread.posts[thread],
                       &distinct->thread.tagged[thread]);
            add_tagged(&sums[EK_CLUSTER_BOTH], pair->count, &pair->tagged);
        }
        pair_of += piece->slot->to - piece->slot->from;
    }
}

/* The lane's rows once more: no cluster has tagged posts now. */
static void reset_lane(struct distinct *distinct, uint32_t bucket, size_t lane)
{
    const struct ek_pieces *pieces = &distinct->pieces;
    const uint32_t *pair_of = distinct->pair_of;
    for (uint32_t i = pieces->first[bucket]; i < pieces->first[bucket + 1]; i++) {
        const struct ek_piece *piece = &pieces->items[i];
        struct ek_piece_rows rows = ek_piece_tagged(piece, lane, distinct->room);
        ek_piece_pass(piece, lane, &rows);
        for (uint32_t n = 0; n < rows.count; n++) {
            uint32_t row = rows.rows[n];
            distinct->author.tagged[piece->author[row]] = 0;
            distinct->thread.tagged[piece->thread[row]] = 0;
            distinct->pairs.pairs[pair_of[row - piece->slot->from]].tagged = 0;
        }
        pair_of += piece->slot->to - piece->slot->from;
    }
}

static void reset_bucket(struct distinct *distinct)
{
    for (uint32_t i = 0; i < distinct->pairs.used; i++) {
        distinct->author.posts[distinct->pairs.pairs[i].a] = 0;
        distinct->thread.posts[distinct->pairs.pairs[i].b] = 0;
    }
    ek_tally_empty(&distinct->pairs);
}

static int cluster_bucket(struct distinct *distinct, uint32_t bucket)
{
    struct ek_counting *counting = distinct->counting;
    struct sums all[EK_CLUSTERINGS] = {0};
    if (cluster_counted(distinct, bucket, all))
        return -1;
    counting->all[bucket].authors = all[EK_CLUSTER_AUTHOR].clusters;
    counting->all[bucket].threads = all[EK_CLUSTER_THREAD].clusters;
    for (size_t lane = 0; lane < counting->lanes.count; lane++) {
        size_t at = lane * counting->frame.count + bucket;
        struct sums sums[EK_CLUSTERINGS] = {0};
        cluster_lane(distinct, bucket, lane, sums);
        reset_lane(distinct, bucket, lane);
        counting->tagged[at].authors = sums[EK_CLUSTER_AUTHOR].tagged_clusters;
        counting->tagged[at].threads = sums[EK_CLUSTER_THREAD].tagged_clusters;
        for (unsigned kind = 0; kind < EK_CLUSTERINGS; kind++)
            counting->sums[at * EK_CLUSTERINGS + kind] =
                (struct ek_cluster_sums){all[kind].clusters, (double)all[kind].n_n,
                                         (double)sums[kind].k_k, (double)sums[kind].k_n};
    }
    reset_bucket(distinct);
    return 0;
}

/* Both ---------------------------------------------------------------------------------------- */

static int count_buckets(struct distinct *distinct)
{
    struct ek_counting *counting = distinct->counting;
    bool clusters = counting->question->measures & EK_MEASURE_CLUSTERS;
    if (ek_pieces_make(&distinct->pieces, counting) || make_arrays(distinct))
        return -1;
    for (uint32_t bucket = 0; bucket < counting->frame.count; bucket++) {
        if (!clusters)
            distinct_bucket(distinct, bucket);
        else if (cluster_bucket(distinct, bucket))
            return -1;
    }
    return 0;
}

int ek_distinct_count(struct ek_counting *counting)
{
    struct distinct distinct = {.counting = counting};
    int result = count_buckets(&distinct);
    ek_tally_free(&distinct.pairs);
    return result;
}
