/* plain.c - counts of posts that the chunks bring along.
 *
 * A chunk has, for each theory, its posts by stance and month, and the posts that count at all by
 * month: those that are dated, not hidden, tagged and assessed. Where a question asks for no other
 * ones, adding up a few hundred numbers replaces counting 65,472 bits. It does not where
 * - the chunk has dead rows, which its counts still have;
 * - the period cuts a month in two;
 * - two codes of one lane ("bid", "bid/transport") both occur: a post with both counts once. */
#include "store/query/counting.h"

#include <string.h>

static bool holds_here(const struct ek_counting *counting, const struct ek_counted_chunk *counted)
{
    const struct ek_scope *scope = &counted->scope;
    return (counting->question->denominator != EK_OF_ANY_THEORY ||
            counting->question->tagged_only) &&
           !counting->narrower && ek_choice_is_usual(scope->choice) && scope->whole_months &&
           scope->chunk->dead_count == 0;
}

/* Four months at a time: a row has one stance of a theory, so that no sum goes beyond the 16 bits
 * that the rows of a chunk fit in. */
static void add_counts(uint16_t *sums, const uint16_t *counts, uint32_t months)
{
    uint32_t m = 0;
    for (; m + 4 <= months; m += 4) {
        uint64_t a, b;
        memcpy(&a, sums + m, sizeof a);
        memcpy(&b, counts + m, sizeof b);
        a += b;
        memcpy(sums + m, &a, sizeof a);
    }
    for (; m < months; m++)
        sums[m] = (uint16_t)(sums[m] + counts[m]);
}

/* By month, over the stances wanted. */
static void add_stances(const struct ek_choice *choice, const uint16_t *counts, uint32_t months,
                        uint16_t *sums)
{
    memset(sums, 0, months * sizeof *sums);
    for (unsigned stance = 0; stance < EK_STANCES; stance++) {
        if (choice->words[stance])
            add_counts(sums, counts + stance * months, months);
    }
}

static void add_months(const struct ek_counted_chunk *counted, const uint16_t *sums,
                       struct ek_cell *cells)
{
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        uint64_t posts = 0;
        for (uint32_t m = slot->month; m < slot->month_end; m++)
            posts += sums[m];
        cells[slot->bucket].posts += posts;
    }
}

static int count_lane(struct ek_counting *counting, const struct ek_counted_chunk *counted,
                      size_t lane)
{
    struct ek_cell *cells = counting->tagged + lane * counting->frame.count;
    struct ek_postings *postings = counted->scope.chunk->postings;
    const struct ek_choice *choice = &counting->counted;
    uint64_t room[EK_CHUNK_WORDS];
    struct ek_lane_rows rows;
    const uint16_t *counts;
    uint32_t at = 0;
    unsigned found = ek_mask_postings(&counted->scope, &counting->lanes.codes[lane], &at);
    if (found == 0)
        return 0;
    int kept = found == 1 && choice->stance_only ? ek_posting_counts(postings, at, &counts) : 0;
    if (kept < 0)
        return -1;
    if (kept == 0) {
        if (ek_counting_lane(counting, counted, lane, room, &rows))
            return -1;
        ek_counting_add(counted, &rows, cells);
        return 0;
    }
    add_stances(choice, counts, counted->scope.chunk->chunk->months, counting->month_sums);
    add_months(counted, counting->month_sums, cells);
    return 0;
}

int ek_plain_count(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    struct ek_postings *postings = counted->scope.chunk->postings;
    const uint16_t *counts;
    if (!holds_here(counting, counted))
        return 0;
    int kept = ek_postings_counted(postings, &counts);
    if (kept != 1)
        return kept;
    if (ek_counting_mask(counting, counted)) /* for what stands beside, and lanes without counts */
        return -1;
    add_months(counted, counts, counting->all);
    for (size_t lane = 0; lane < counting->lanes.count; lane++) {
        if (count_lane(counting, counted, lane))
            return -1;
    }
    return 1;
}
