/* count.c - what a selection adds up to, by bucket and theory.
 *
 * One pass over the chunks. Where posts alone are wanted, the counts that a chunk brings along
 * answer most of it (plain.c), masks the rest. Where authors or threads are wanted too, the rows
 * are kept, and a second pass takes them bucket by bucket (distinct.c): a bucket's rows lie in many
 * chunks, and one array by author serves every bucket only if they come one after the other. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/counting.h"

/* Chunks -------------------------------------------------------------------------------------- */

static uint64_t *copied(struct ek_counting *counting, const uint64_t *bits, uint32_t words)
{
    uint64_t *copy = EK_NEW_ARRAY(counting->arena, uint64_t, (size_t)words + 1);
    if (!copy)
        ek_fail_memory(counting->err);
    return copy ? memcpy(copy, bits, words * sizeof *copy) : NULL;
}

static int keep_chunk(struct ek_counting *counting, const struct ek_counted_chunk *counted,
                      struct ek_kept_chunk **out)
{
    struct ek_arena *arena = counting->arena;
    const uint32_t words = EK_WORDS(counted->scope.chunk->chunk->rows);
    struct ek_kept_chunk *kept = &counting->kept[counting->kept_count++];
    kept->chunk = counted->scope.chunk;
    kept->slot_count = counted->slot_count;
    kept->slots = EK_NEW_ARRAY(arena, struct ek_slot, (size_t)counted->slot_count + 1);
    kept->tagged = EK_NEW_ARRAY(arena, struct ek_lane_rows, counting->lanes.count + 1);
    kept->next = EK_NEW_ARRAY(arena, uint32_t, counting->lanes.count + 1);
    if (!kept->slots || !kept->tagged || !kept->next)
        return ek_fail_memory(counting->err);
    memcpy(kept->slots, counted->slots, counted->slot_count * sizeof *kept->slots);
    kept->counted = counted->counted;
    if (counted->counted == counted->own)
        kept->counted = copied(counting, counted->own, words);
    *out = kept;
    return kept->counted ? 0 : -1;
}

static int count_by_masks(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    struct ek_kept_chunk *kept = NULL;
    struct ek_lane_rows rows;
    uint64_t room[EK_CHUNK_WORDS];
    if (ek_counting_mask(counting, counted))
        return -1;
    if (counted->slot_count == 0)
        return 0;
    if (counting->kept && keep_chunk(counting, counted, &kept))
        return -1;
    rows.bits = counted->counted;
    ek_counting_add(counted, &rows, counting->all);
    for (size_t lane = 0; lane < counting->lanes.count; lane++) {
        if (ek_counting_lane(counting, counted, lane, room, &rows))
            return -1;
        ek_counting_add(counted, &rows, counting->tagged + lane * counting->frame.count);
        if (!kept)
            continue;
        if (rows.bits == room &&
            !(rows.bits = copied(counting, room, EK_WORDS(counted->scope.chunk->chunk->rows))))
            return -1;
        kept->tagged[lane] = rows;
    }
    return 0;
}

static int count_chunk(struct ek_counting *counting, struct ek_held_chunk *chunk)
{
    struct ek_counted_chunk counted;
    int entered = ek_counting_enter(counting, chunk, &counted);
    if (entered != 1)
        return entered;
    int plain = counting->kept ? 0 : ek_plain_count(counting, &counted);
    if (plain != 0)
        return plain < 0 ? -1 : 0;
    return count_by_masks(counting, &counted);
}

int ek_counting_chunks(struct ek_counting *counting, bool keep)
{
    struct ek_held *held = counting->held;
    if (!held)
        return 0;
    if (keep) {
        counting->kept = EK_NEW_ARRAY(counting->arena, struct ek_kept_chunk, held->view.count + 1);
        if (!counting->kept)
            return ek_fail_memory(counting->err);
    }
    for (size_t i = 0; i < held->view.count; i++) {
        if (count_chunk(counting, &held->chunks[i]))
            return -1;
    }
    return 0;
}

static int count_all(struct ek_counting *counting)
{
    size_t sums = counting->lanes.count * counting->frame.count * EK_CLUSTERINGS;
    unsigned measures = counting->question->measures;
    if (ek_counting_chunks(counting, measures != 0))
        return -1;
    if (measures & EK_MEASURE_CLUSTERS) {
        counting->sums = EK_NEW_ARRAY(counting->arena, struct ek_cluster_sums, sums + 1);
        if (!counting->sums)
            return ek_fail_memory(counting->err);
    }
    if (measures && ek_distinct_count(counting))
        return -1;
    return measures & EK_MEASURE_CLUSTERS ? ek_counting_forums(counting) : 0;
}

/* Where the tagged posts alone were wanted: of what came along otherwise, nothing is shown, and the
 * buckets are those that have any. */
static void forget_counted(struct ek_counting *counting)
{
    counting->undated = counting->not_assessable = 0;
    for (uint32_t bucket = 0; bucket < counting->frame.count; bucket++) {
        counting->all[bucket] = (struct ek_cell){0};
        for (size_t lane = 0; lane < counting->lanes.count; lane++)
            counting->all[bucket].posts +=
                counting->tagged[lane * counting->frame.count + bucket].posts;
    }
}

/* The answer ---------------------------------------------------------------------------------- */

/* From the frame's buckets, which have rows, to every bucket between the first and the last. */
static int spread(const struct ek_counting *counting, struct ek_arena *arena,
                  struct ek_count *count)
{
    const struct ek_frame *frame = &counting->frame;
    const size_t lanes = counting->lanes.count;
    struct ek_extent extent;
    if (ek_frame_extent(frame, counting->all, &extent, counting->err))
        return -1;
    count->first = extent.first;
    count->buckets = extent.buckets;
    count->counted = EK_NEW_ARRAY(arena, struct ek_cell, extent.buckets + 1);
    count->tagged = EK_NEW_ARRAY(arena, struct ek_cell, lanes * extent.buckets + 1);
    if (counting->sums)
        count->clusters = EK_NEW_ARRAY(arena, struct ek_cluster_sums,
                                       lanes * extent.buckets * EK_CLUSTERINGS + 1);
    if (!count->counted || !count->tagged || (counting->sums && !count->clusters))
        return ek_fail_memory(counting->err);
    for (uint32_t i = 0; i < frame->count; i++) {
        size_t at = (size_t)((int64_t)frame->buckets[i] - extent.first);
        if (counting->all[i].posts == 0)
            continue;
        if (!counting->question->tagged_only)
            count->counted[at] = counting->all[i];
        for (size_t lane = 0; lane < lanes; lane++) {
            size_t from = lane * frame->count + i, to = lane * extent.buckets + at;
            count->tagged[to] = counting->tagged[from];
            if (counting->sums)
                memcpy(count->clusters + to * EK_CLUSTERINGS,
                       counting->sums + from * EK_CLUSTERINGS,
                       EK_CLUSTERINGS * sizeof *count->clusters);
        }
    }
    return 0;
}

int ek_counting_names(const struct ek_counting *counting, struct ek_arena *arena,
                      const char ***theories, size_t *count, const char **digest)
{
    const struct ek_lanes *lanes = &counting->lanes;
    *count = lanes->count;
    *theories = EK_NEW_ARRAY(arena, const char *, lanes->count + 1);
    for (size_t lane = 0; *theories && lane < lanes->count; lane++) {
        (*theories)[lane] = ek_strdup(arena, lanes->theories[lane]);
        if (!(*theories)[lane])
            return ek_fail_memory(counting->err);
    }
    if (!*theories)
        return ek_fail_memory(counting->err);
    if (!counting->held)
        return 0;
    *digest = ek_strdup(arena, counting->held->generation.digest);
    return *digest ? 0 : ek_fail_memory(counting->err);
}

static int copy_forums(const struct ek_counting *counting, struct ek_arena *arena,
                       struct ek_count *count)
{
    count->forum_count = counting->forums.count;
    count->forums = EK_NEW_ARRAY(arena, uint64_t, counting->forums.count + 1);
    if (!count->forums)
        return ek_fail_memory(counting->err);
    if (counting->forums.count)
        memcpy(count->forums, counting->forums.items,
               counting->forums.count * sizeof *count->forums);
    return 0;
}

static int answer(struct ek_counting *counting, struct ek_arena *arena, struct ek_count *count)
{
    if (ek_counting_begin(counting) || count_all(counting))
        return -1;
    if (counting->question->tagged_only)
        forget_counted(counting);
    count->undated = counting->undated;
    count->not_assessable = counting->not_assessable;
    return ek_counting_names(counting, arena, &count->theories, &count->theory_count,
                             &count->rules_digest) ||
                   spread(counting, arena, count) || copy_forums(counting, arena, count)
               ? -1
               : 0;
}

int ek_query_count(struct ek_store *store, const struct ek_question *question,
                   struct ek_arena *arena, struct ek_count *count, struct ek_err *err)
{
    struct ek_counting counting = {
        .store = store, .question = question, .arena = ek_arena_new(EK_ARENA_BYTES), .err = err};
    memset(count, 0, sizeof *count);
    if (!counting.arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = answer(&counting, arena, count);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(counting.arena);
    return result;
}
