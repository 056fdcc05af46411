/* pairs.c - theories named together: in one post, one thread, or by one author.
 *
 * Within posts a chunk has one bitmap a theory, and the posts with two theories are counted by
 * their overlap: 0.3 us a pair and chunk of 65,472 posts. Within threads and authors each bucket
 * first gathers which theories each of them has, a bit a theory, then adds up those that were met.
 */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/pair_authors.h"
#include "store/query/pieces.h"

struct pairing {
    struct ek_counting counting;
    enum ek_within within;
    uint64_t *both; /* [(bucket * lanes + a) * lanes + b], a <= b; by place in the frame */
    struct ek_few_authors *few; /* the same; NULL: not wanted */
    uint64_t *units;            /* threads or authors counted, by place; NULL: not wanted */
    struct ek_lane_rows *rows;  /* by lane, of one chunk */
    uint64_t *masks;            /* [lane * EK_CHUNK_WORDS] */
    uint16_t *room;             /* rows of one piece */
    /* Within threads and authors, of one bucket: */
    uint64_t *has;        /* [number * words]: lanes that the thread or author has */
    uint32_t words;       /* of 64 lanes */
    uint32_t *counted_in; /* [number]: the bucket plus one that last counted it as a unit */
    uint32_t *met;        /* numbers that have any, each once */
    uint32_t met_count;
};

static size_t place(const struct pairing *pairing, uint32_t bucket, size_t a, size_t b)
{
    size_t lanes = pairing->counting.lanes.count;
    return ((size_t)bucket * lanes + a) * lanes + b;
}

static uint64_t *cell(const struct pairing *pairing, uint32_t bucket, size_t a, size_t b)
{
    return &pairing->both[place(pairing, bucket, a, b)];
}

/* Posts --------------------------------------------------------------------------------------- */

static uint64_t *mask_of(const struct pairing *pairing, size_t lane)
{
    return pairing->masks + lane * EK_CHUNK_WORDS;
}

static void count_bits(const struct pairing *pairing, const struct ek_counted_chunk *counted,
                       size_t a, size_t b)
{
    const uint64_t *left = pairing->rows[a].bits, *right = pairing->rows[b].bits;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        *cell(pairing, slot->bucket, a, b) +=
            a == b ? ek_bits_count(left, slot->from, slot->to)
                   : ek_bits_count_both(left, right, slot->from, slot->to);
    }
}

/* Rows of a list that are in a set (NULL: all). */
static void count_listed(const struct pairing *pairing, const struct ek_counted_chunk *counted,
                         const struct ek_lane_rows *rows, const uint64_t *set, size_t a, size_t b)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        uint32_t count = 0;
        while (at < rows->count && rows->list[at] < slot->from)
            at++;
        for (; at < rows->count && rows->list[at] < slot->to; at++)
            count += !set || ek_bits_has(set, rows->list[at]);
        *cell(pairing, slot->bucket, a, b) += count;
    }
}

static void make_bits(const struct pairing *pairing, size_t lane, uint32_t words)
{
    struct ek_lane_rows *rows = &pairing->rows[lane];
    uint64_t *mask = memset(mask_of(pairing, lane), 0, words * sizeof *mask);
    ek_bits_add_list(mask, rows->list, rows->count, 0);
    rows->bits = mask;
}

/* A list is looked up in the other lane's bitmap where there are two lanes; where there are more,
 * all become bitmaps. */
static void count_pair(const struct pairing *pairing, const struct ek_counted_chunk *counted,
                       size_t a, size_t b)
{
    const uint32_t words = EK_WORDS(counted->scope.chunk->chunk->rows);
    const struct ek_lane_rows *left = &pairing->rows[a], *right = &pairing->rows[b];
    if (a == b && !left->bits) {
        count_listed(pairing, counted, left, NULL, a, a);
        return;
    }
    if (!left->bits && !right->bits)
        make_bits(pairing, left->count < right->count ? b : a, words);
    if (left->bits && right->bits)
        count_bits(pairing, counted, a, b);
    else
        count_listed(pairing, counted, left->bits ? right : left,
                     left->bits ? left->bits : right->bits, a, b);
}

static int note_authors(const struct pairing *pairing, const struct ek_counted_chunk *counted)
{
    const uint32_t *author = ek_chunk_section(counted->scope.chunk->chunk, EK_SECTION_AUTHOR);
    const size_t lanes = pairing->counting.lanes.count;
    if (!author)
        return -1;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        for (size_t a = 0; a < lanes; a++) {
            for (size_t b = a; b < lanes; b++)
                ek_few_authors_of(&pairing->few[place(pairing, slot->bucket, a, b)],
                                  pairing->rows[a].bits, pairing->rows[b].bits, slot, author);
        }
    }
    return 0;
}

/* alone: posts of each lane are counted too. */
static int pair_posts(struct pairing *pairing, const struct ek_counted_chunk *counted, bool alone)
{
    const uint32_t words = EK_WORDS(counted->scope.chunk->chunk->rows);
    size_t lanes = pairing->counting.lanes.count;
    for (size_t lane = 0; lane < lanes; lane++) {
        if (ek_counting_lane(&pairing->counting, counted, lane, mask_of(pairing, lane),
                             &pairing->rows[lane]))
            return -1;
        if ((lanes > 2 || pairing->few) && !pairing->rows[lane].bits)
            make_bits(pairing, lane, words);
    }
    for (size_t a = 0; a < lanes; a++) {
        for (size_t b = lanes; b-- > a + !alone;)
            count_pair(pairing, counted, a, b);
    }
    return pairing->few ? note_authors(pairing, counted) : 0;
}

static int pair_chunk(struct pairing *pairing, struct ek_held_chunk *chunk)
{
    struct ek_counting *counting = &pairing->counting;
    struct ek_counted_chunk counted;
    int entered = ek_counting_enter(counting, chunk, &counted);
    if (entered != 1)
        return entered;
    int plain = ek_plain_count(counting, &counted);
    if (plain < 0)
        return -1;
    if (plain == 0) {
        if (ek_counting_mask(counting, &counted))
            return -1;
        const struct ek_lane_rows all = {.bits = counted.counted};
        ek_counting_add(&counted, &all, counting->all);
    }
    return counted.slot_count ? pair_posts(pairing, &counted, plain == 0) : 0;
}

static int pair_chunks(struct pairing *pairing)
{
    struct ek_counting *counting = &pairing->counting;
    pairing->masks =
        EK_NEW_ARRAY(counting->arena, uint64_t, counting->lanes.count * EK_CHUNK_WORDS + 1);
    pairing->rows = EK_NEW_ARRAY(counting->arena, struct ek_lane_rows, counting->lanes.count + 1);
    if (!pairing->masks || !pairing->rows)
        return ek_fail_memory(counting->err);
    for (size_t i = 0; i < counting->held->view.count; i++) {
        if (pair_chunk(pairing, &counting->held->chunks[i]))
            return -1;
    }
    return 0;
}

/* Threads and authors ------------------------------------------------------------------------- */

static bool has_none(const struct pairing *pairing, uint32_t number)
{
    for (uint32_t word = 0; word < pairing->words; word++) {
        if (pairing->has[(size_t)number * pairing->words + word])
            return false;
    }
    return true;
}

static void gather(struct pairing *pairing, const struct ek_piece *piece, size_t lane)
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
static void note_gathered(struct pairing *pairing, const struct ek_piece *piece, uint32_t bucket,
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
                ek_few_authors_add(&pairing->few[place(pairing, bucket, a, b)],
                                   piece->author[part.rows[i]]);
        }
    }
}

/* Distinct threads or authors of the posts counted in a bucket. */
static void count_units(struct pairing *pairing, const struct ek_piece *piece, uint32_t bucket)
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
static void pair_met(struct pairing *pairing, uint32_t bucket)
{
    const size_t lanes = pairing->counting.lanes.count;
    for (uint32_t i = 0; i < pairing->met_count; i++) {
        uint64_t *has = &pairing->has[(size_t)pairing->met[i] * pairing->words];
        for (size_t a = 0; a < lanes; a++) {
            for (size_t b = a; b < lanes && ek_bits_has(has, (uint32_t)a); b++)
                *cell(pairing, bucket, a, b) += ek_bits_has(has, (uint32_t)b);
        }
        memset(has, 0, pairing->words * sizeof *has);
    }
    pairing->met_count = 0;
}

static void gather_piece(struct pairing *pairing, const struct ek_piece *piece, uint32_t bucket)
{
    for (size_t lane = 0; lane < pairing->counting.lanes.count; lane++)
        gather(pairing, piece, lane);
    if (pairing->units)
        count_units(pairing, piece, bucket);
}

static int pair_numbers(struct pairing *pairing)
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

static int spread(const struct pairing *pairing, struct ek_arena *arena, struct ek_pairs *pairs)
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
                uint64_t both = *cell(pairing, i, a, b);
                if (a == b && pairing->within == EK_WITHIN_POST) /* counts that chunks have */
                    both += counting->tagged[a * counting->frame.count + i].posts;
                pairs->both[(at * lanes + a) * lanes + b] = both;
                pairs->both[(at * lanes + b) * lanes + a] = both;
                if (pairs->authors)
                    pairs->authors[(at * lanes + a) * lanes + b] =
                        pairs->authors[(at * lanes + b) * lanes + a] =
                            pairing->few[place(pairing, i, a, b)].count;
            }
        }
    }
    return 0;
}

static int answer(struct pairing *pairing, struct ek_arena *arena, struct ek_pairs *pairs)
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
        (pairing->within == EK_WITHIN_POST ? pair_chunks(pairing) : pair_numbers(pairing)))
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
    struct pairing pairing = {.counting = {.store = store,
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
