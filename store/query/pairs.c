/* pairs.c - theories named together: in one post (pair_posts.c), one thread, or by one author.
 *
 * Within threads and authors each bucket first gathers which theories each of them has, a bit a
 * theory, then adds up those that were met. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/pairing.h"

/* Threads and authors ------------------------------------------------------------------------- */

static bool has_none(const struct ek_pairing *pairing, uint32_t number)
{
    for (uint32_t word = 0; word < pairing->words; word++) {
        if (pairing->has[(size_t)number * pairing->words + word])
            return false;
    }
    return true;
}

static void gather(struct ek_pairing *pairing, const struct ek_piece *piece, size_t lane)
{
    const uint32_t *column = pairing->within == EK_WITHIN_AUTHOR ? piece->author : piece->thread;
    struct ek_piece_rows part = ek_piece_tagged(piece, lane, pairing->room);
    if (!pairing->few)
        ek_piece_pass(piece, lane, &part);
    for (uint32_t i = 0; i < part.count; i++) {
        uint32_t number = column[part.rows[i]];
        if (number == 0) /* nobody was named */
            continue;
        if (has_none(pairing, number))
            pairing->met[pairing->met_count++] = number;
        pairing->has[(size_t)number * pairing->words + lane / 64] |= 1ull << lane % 64;
    }
}

/* Whose posts made it so, before it is added up and forgotten. */
static void note_gathered(struct ek_pairing *pairing, const struct ek_piece *piece, uint32_t bucket,
                          size_t lane)
{
    const uint32_t *column = pairing->within == EK_WITHIN_AUTHOR ? piece->author : piece->thread;
    const size_t lanes = pairing->counting.lanes.count;
    struct ek_piece_rows part = ek_piece_tagged(piece, lane, pairing->room);
    ek_piece_pass(piece, lane, &part);
    for (uint32_t i = 0; i < part.count; i++) {
        const uint64_t *has = &pairing->has[(size_t)column[part.rows[i]] * pairing->words];
        for (size_t other = 0; other < lanes && column[part.rows[i]]; other++) {
            size_t a = lane < other ? lane : other, b = lane < other ? other : lane;
            if (ek_bits_has(has, (uint32_t)other))
                ek_few_authors_add(&pairing->few[ek_pairing_place(pairing, bucket, a, b)],
                                   piece->author[part.rows[i]]);
        }
    }
}

/* Distinct threads or authors of the posts counted in a bucket. */
static void count_units(struct ek_pairing *pairing, const struct ek_piece *piece, uint32_t bucket)
{
    const uint32_t *column = pairing->within == EK_WITHIN_AUTHOR ? piece->author : piece->thread;
    struct ek_piece_rows part = ek_piece_counted(piece, pairing->room);
    for (uint32_t i = 0; i < part.count; i++) {
        uint32_t number = column[part.rows[i]];
        if (number && pairing->counted_in[number] != bucket + 1)
            pairing->units[bucket]++;
        pairing->counted_in[number] = bucket + 1;
    }
}

/* Add up what was gathered, and forget it. */
static void pair_met(struct ek_pairing *pairing, uint32_t bucket)
{
    const size_t lanes = pairing->counting.lanes.count;
    for (uint32_t i = 0; i < pairing->met_count; i++) {
        uint64_t *has = &pairing->has[(size_t)pairing->met[i] * pairing->words];
        for (size_t a = 0; a < lanes; a++) {
            for (size_t b = a; b < lanes && ek_bits_has(has, (uint32_t)a); b++)
                *ek_pairing_cell(pairing, bucket, a, b) += ek_bits_has(has, (uint32_t)b);
        }
        memset(has, 0, pairing->words * sizeof *has);
    }
    pairing->met_count = 0;
}

static void gather_piece(struct ek_pairing *pairing, const struct ek_piece *piece, uint32_t bucket)
{
    for (size_t lane = 0; lane < pairing->counting.lanes.count; lane++)
        gather(pairing, piece, lane);
    if (pairing->units)
        count_units(pairing, piece, bucket);
}

static int pair_numbers(struct ek_pairing *pairing)
{
    struct ek_counting *counting = &pairing->counting;
    struct ek_pieces pieces;
    if (ek_counting_chunks(counting, true) || ek_pieces_make(&pieces, counting))
        return -1;
    size_t numbers = pairing->within == EK_WITHIN_AUTHOR ? pieces.authors : pieces.threads;
    pairing->words = (uint32_t)(counting->lanes.count / 64 + 1);
    pairing->has = EK_NEW_ARRAY(counting->arena, uint64_t, numbers * pairing->words + 1);
    pairing->met = EK_NEW_ARRAY(counting->arena, uint32_t, numbers + 1);
    pairing->room = EK_NEW_ARRAY(counting->arena, uint16_t, EK_CHUNK_ROWS + EK_BITS_LIST_SLACK);
    pairing->counted_in = EK_NEW_ARRAY(counting->arena, uint32_t, numbers + 1);
    if (!pairing->has || !pairing->met || !pairing->room || !pairing->counted_in)
        return ek_fail_memory(counting->err);
    for (uint32_t bucket = 0; bucket < counting->frame.count; bucket++) {
        for (uint32_t i = pieces.first[bucket]; i < pieces.first[bucket + 1]; i++)
            gather_piece(pairing, &pieces.items[i], bucket);
        for (uint32_t i = pieces.first[bucket]; i < pieces.first[bucket + 1] && pairing->few; i++) {
            for (size_t lane = 0; lane < counting->lanes.count; lane++)
                note_gathered(pairing, &pieces.items[i], bucket, lane);
        }
        pair_met(pairing, bucket);
    }
    return 0;
}

/* The answer ---------------------------------------------------------------------------------- */

static int spread(const struct ek_pairing *pairing, struct ek_arena *arena, struct ek_pairs *pairs)
{
    const struct ek_counting *counting = &pairing->counting;
    const size_t lanes = counting->lanes.count;
    struct ek_extent extent;
    if (ek_frame_extent(&counting->frame, counting->all, &extent, counting->err))
        return -1;
    pairs->first = extent.first;
    pairs->buckets = extent.buckets;
    pairs->both = EK_NEW_ARRAY(arena, uint64_t, extent.buckets * lanes * lanes + 1);
    pairs->units = EK_NEW_ARRAY(arena, uint64_t, extent.buckets + 1);
    if (pairing->few)
        pairs->authors = EK_NEW_ARRAY(arena, uint8_t, extent.buckets * lanes * lanes + 1);
    if (!pairs->both || !pairs->units || (pairing->few && !pairs->authors))
        return ek_fail_memory(counting->err);
    for (uint32_t i = 0; i < counting->frame.count; i++) {
        if (counting->all[i].posts == 0)
            continue;
        size_t at = (size_t)((int64_t)counting->frame.buckets[i] - extent.first);
        pairs->units[at] = pairing->within == EK_WITHIN_POST ? counting->all[i].posts
                           : pairing->units                  ? pairing->units[i]
                                                             : 0;
        for (size_t a = 0; a < lanes; a++) {
            for (size_t b = a; b < lanes; b++) {
                uint64_t both = *ek_pairing_cell(pairing, i, a, b);
                if (a == b && pairing->within == EK_WITHIN_POST) /* counts that chunks have */
                    both += counting->tagged[a * counting->frame.count + i].posts;
                pairs->both[(at * lanes + a) * lanes + b] = both;
                pairs->both[(at * lanes + b) * lanes + a] = both;
                if (pairs->authors)
                    pairs->authors[(at * lanes + a) * lanes + b] =
                        pairs->authors[(at * lanes + b) * lanes + a] =
                            pairing->few[ek_pairing_place(pairing, i, a, b)].count;
            }
        }
    }
    return 0;
}

static int answer(struct ek_pairing *pairing, struct ek_arena *arena, struct ek_pairs *pairs)
{
    struct ek_counting *counting = &pairing->counting;
    if (ek_counting_begin(counting))
        return -1;
    size_t lanes = counting->lanes.count;
    pairing->both =
        EK_NEW_ARRAY(counting->arena, uint64_t, counting->frame.count * lanes * lanes + 1);
    if (counting->question->measures & EK_MEASURE_AUTHORS)
        pairing->few = EK_NEW_ARRAY(counting->arena, struct ek_few_authors,
                                    counting->frame.count * lanes * lanes + 1);
    if (counting->question->measures & EK_MEASURE_ALL && pairing->within != EK_WITHIN_POST)
        pairing->units = EK_NEW_ARRAY(counting->arena, uint64_t, (size_t)counting->frame.count + 1);
    if (!pairing->both || (counting->question->measures & EK_MEASURE_AUTHORS && !pairing->few) ||
        (counting->question->measures & EK_MEASURE_ALL && pairing->within != EK_WITHIN_POST &&
         !pairing->units))
        return ek_fail_memory(counting->err);
    if (counting->held &&
        (pairing->within == EK_WITHIN_POST ? ek_pair_posts(pairing) : pair_numbers(pairing)))
        return -1;
    return ek_counting_names(counting, arena, &pairs->theories, &pairs->theory_count,
                             &pairs->rules_digest) ||
                   spread(pairing, arena, pairs)
               ? -1
               : 0;
}

int ek_query_pairs(struct ek_store *store, const struct ek_question *question,
                   enum ek_within within, struct ek_arena *arena, struct ek_pairs *pairs,
                   struct ek_err *err)
{
    struct ek_pairing pairing = {.counting = {.store = store,
                                              .question = question,
                                              .arena = ek_arena_new(EK_ARENA_BYTES),
                                              .err = err},
                                 .within = within};
    memset(pairs, 0, sizeof *pairs);
    if (!pairing.counting.arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = answer(&pairing, arena, pairs);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(pairing.counting.arena);
    return result;
}
