/* pair_posts.c - posts with two theories.
 *
 * A chunk brings along how many have two theories, by month, and where the question asks for no
 * other posts than plain.c they are added up. Else a chunk has one bitmap a theory, and the posts
 * with two are counted by their overlap: 0.3 us a pair and chunk of 65,472 posts. */
#include <string.h>

#include "ekbom/arena.h"
#include "store/query/pairing.h"

static uint64_t *mask_of(const struct ek_pairing *pairing, size_t lane)
{
    return pairing->masks + lane * EK_CHUNK_WORDS;
}

static void count_bits(const struct ek_pairing *pairing, const struct ek_counted_chunk *counted,
                       size_t a, size_t b)
{
    const uint64_t *left = pairing->rows[a].bits, *right = pairing->rows[b].bits;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        *ek_pairing_cell(pairing, slot->bucket, a, b) +=
            a == b ? ek_bits_count(left, slot->from, slot->to)
                   : ek_bits_count_both(left, right, slot->from, slot->to);
    }
}

/* Rows of a list that are in a set (NULL: all). */
static void count_listed(const struct ek_pairing *pairing, const struct ek_counted_chunk *counted,
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
        *ek_pairing_cell(pairing, slot->bucket, a, b) += count;
    }
}

static void make_bits(const struct ek_pairing *pairing, size_t lane, uint32_t words)
{
    struct ek_lane_rows *rows = &pairing->rows[lane];
    uint64_t *mask = memset(mask_of(pairing, lane), 0, words * sizeof *mask);
    ek_bits_add_list(mask, rows->list, rows->count, 0);
    rows->bits = mask;
}

/* A list is looked up in the other lane's bitmap where there are two lanes; where there are more,
 * all become bitmaps. */
static void count_pair(const struct ek_pairing *pairing, const struct ek_counted_chunk *counted,
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

static int note_authors(const struct ek_pairing *pairing, const struct ek_counted_chunk *counted)
{
    const uint32_t *author = ek_chunk_section(counted->scope.chunk->chunk, EK_SECTION_AUTHOR);
    const size_t lanes = pairing->counting.lanes.count;
    if (!author)
        return -1;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        for (size_t a = 0; a < lanes; a++) {
            for (size_t b = a; b < lanes; b++)
                ek_few_authors_of(&pairing->few[ek_pairing_place(pairing, slot->bucket, a, b)],
                                  pairing->rows[a].bits, pairing->rows[b].bits, slot, author);
        }
    }
    return 0;
}

/* alone: posts of each lane are counted too. */
static int pair_posts(struct ek_pairing *pairing, const struct ek_counted_chunk *counted,
                      bool alone)
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

#define NO_POSTING UINT32_MAX

static void add_kept(const struct ek_pairing *pairing, const struct ek_counted_chunk *counted,
                     const uint16_t *counts, size_t a, size_t b)
{
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        uint64_t posts = 0;
        for (uint32_t m = slot->month; m < slot->month_end; m++)
            posts += counts[m];
        *ek_pairing_cell(pairing, slot->bucket, a, b) += posts;
    }
}

/* Pairs that the chunk has counted, of a chunk for which plain.c holds: 1, 0: it has none that hold
 * for this question, -1. */
static int pair_kept(struct ek_pairing *pairing, const struct ek_counted_chunk *counted)
{
    const struct ek_choice *choice = counted->scope.choice;
    const uint32_t months = counted->scope.chunk->chunk->months;
    const size_t lanes = pairing->counting.lanes.count;
    const uint16_t *counts;
    uint32_t theories;
    if (pairing->few || !choice->stance_only || !choice->every_word)
        return 0;
    int kept = ek_postings_pairs(counted->scope.chunk->postings, &counts, &theories);
    if (kept != 1)
        return kept;
    for (size_t lane = 0; lane < lanes; lane++) {
        pairing->posting_of[lane] = NO_POSTING;
        if (ek_mask_postings(&counted->scope, &pairing->counting.lanes.codes[lane],
                             &pairing->posting_of[lane]) > 1)
            return 0; /* "bid" and "bid/transport": a post with both counts once */
    }
    for (size_t a = 0; a < lanes; a++) {
        for (size_t b = a + 1; b < lanes; b++) {
            uint32_t one = pairing->posting_of[a], other = pairing->posting_of[b];
            uint32_t low = one < other ? one : other, high = one < other ? other : one;
            if (high != NO_POSTING)
                add_kept(pairing, counted, counts + ek_pair_place(theories, low, high) * months, a,
                         b);
        }
    }
    return 1;
}

static int pair_chunk(struct ek_pairing *pairing, struct ek_held_chunk *chunk)
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
    int kept = plain ? pair_kept(pairing, &counted) : 0;
    if (kept || counted.slot_count == 0)
        return kept < 0 ? -1 : 0;
    return pair_posts(pairing, &counted, plain == 0);
}

int ek_pair_posts(struct ek_pairing *pairing)
{
    struct ek_counting *counting = &pairing->counting;
    pairing->masks =
        EK_NEW_ARRAY(counting->arena, uint64_t, counting->lanes.count * EK_CHUNK_WORDS + 1);
    pairing->rows = EK_NEW_ARRAY(counting->arena, struct ek_lane_rows, counting->lanes.count + 1);
    pairing->posting_of = EK_NEW_ARRAY(counting->arena, uint32_t, counting->lanes.count + 1);
    if (!pairing->masks || !pairing->rows || !pairing->posting_of)
        return ek_fail_memory(counting->err);
    for (size_t i = 0; i < counting->held->view.count; i++) {
        if (pair_chunk(pairing, &counting->held->chunks[i]))
            return -1;
    }
    return 0;
}
