/* postings_check.c - the tags of a chunk checked against themselves: what is counted is what the
 * rows add up to. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "store/index/chunk_form.h"

struct checking {
    struct ek_postings *postings;
    struct ek_row_marks rows;
    const uint8_t *bits;
    const struct ek_chunk_month *months;
    uint16_t *expected; /* [stance * months + month], or [month] */
    uint32_t code;      /* whose tags are counted; 0: the rows themselves */
};

static bool counts_here(const struct checking *checking, uint32_t row)
{
    return ek_bits_state(checking->bits[row]) != EK_HIDDEN &&
           !(checking->rows.untagged[row / 64] >> row % 64 & 1) &&
           !(checking->rows.unassessed[row / 64] >> row % 64 & 1);
}

static void count_row(struct checking *checking, uint32_t row, uint32_t month)
{
    const struct ek_row_marks *rows = &checking->rows;
    if (!checking->code) {
        checking->expected[month]++;
        return;
    }
    for (uint32_t i = rows->start[row]; i < rows->start[row + 1]; i++) {
        const struct ek_mark *mark = &rows->marks[i];
        if (mark->code == checking->code && !(mark->word & (EK_WORD_NOT_OWN | EK_WORD_CRAMPS)))
            checking->expected[(mark->word & EK_WORD_STANCE) * checking->postings->chunk->months +
                               month]++;
    }
}

static bool agree(struct checking *checking, const uint16_t *counts, size_t count)
{
    const struct ek_chunk *chunk = checking->postings->chunk;
    memset(checking->expected, 0, count * sizeof *counts);
    for (uint32_t row = 0, month = 0; row < chunk->dated; row++) {
        month += row >= checking->months[month + 1].first;
        if (counts_here(checking, row))
            count_row(checking, row, month);
    }
    return memcmp(checking->expected, counts, count * sizeof *counts) == 0;
}

/* Every two theories of a row. False: they are not in the order of the postings. */
static bool count_row_pairs(struct checking *checking, uint32_t row, uint32_t month,
                            uint32_t theories, uint16_t *expected)
{
    const struct ek_row_marks *rows = &checking->rows;
    const uint32_t months = checking->postings->chunk->months;
    for (uint32_t i = rows->start[row]; i < rows->start[row + 1]; i++) {
        for (uint32_t j = i + 1; j < rows->start[row + 1]; j++) {
            const struct ek_mark *one = &rows->marks[i], *other = &rows->marks[j];
            if ((one->word | other->word) & (EK_WORD_NOT_OWN | EK_WORD_CRAMPS))
                continue;
            uint32_t a = ek_posting_find(checking->postings, EK_POSTING_RLS, one->code);
            uint32_t b = ek_posting_find(checking->postings, EK_POSTING_RLS, other->code);
            if (a >= b || b >= theories)
                return false;
            expected[ek_pair_place(theories, a, b) * months + month]++;
        }
    }
    return true;
}

static int damaged(const struct ek_postings *postings)
{
    return ek_txn_fail(postings->chunk->index, EK_FORMAT,
                       "index: the counts of chunk %llu are not those of its rows",
                       (unsigned long long)postings->chunk->id);
}

static int check_pairs(struct checking *checking, const uint16_t *counts, uint32_t theories)
{
    const struct ek_chunk *chunk = checking->postings->chunk;
    const size_t count = ek_pairs_of(theories) * chunk->months;
    uint16_t *expected = calloc(count + 1, sizeof *expected);
    bool sound = expected != NULL;
    for (uint32_t row = 0, month = 0; sound && row < chunk->dated; row++) {
        month += row >= checking->months[month + 1].first;
        if (counts_here(checking, row))
            sound = count_row_pairs(checking, row, month, theories, expected);
    }
    sound = sound && memcmp(expected, counts, count * sizeof *counts) == 0;
    int result = sound      ? 0
                 : expected ? damaged(checking->postings)
                            : ek_txn_fail(chunk->index, EK_MEMORY, "out of memory");
    free(expected);
    return result;
}

static int check_counts(struct checking *checking)
{
    struct ek_postings *postings = checking->postings;
    const size_t months = postings->chunk->months;
    const uint16_t *counts;
    uint32_t theories;
    int kept = ek_postings_counted(postings, &counts);
    if (kept < 0 || (kept && !agree(checking, counts, months)))
        return kept < 0 ? -1 : damaged(postings);
    kept = ek_postings_pairs(postings, &counts, &theories);
    if (kept > 0)
        kept = check_pairs(checking, counts, theories);
    if (kept < 0)
        return -1;
    for (uint32_t i = 0; i < postings->count; i++) {
        struct ek_posting posting;
        ek_posting_head(postings, i, &posting);
        checking->code = posting.code;
        kept = ek_posting_counts(postings, i, &counts);
        if (kept < 0)
            return -1;
        if (kept && !agree(checking, counts, EK_STANCES * months))
            return damaged(postings);
    }
    return 0;
}

int ek_postings_check(struct ek_postings *postings)
{
    struct ek_chunk *chunk = postings->chunk;
    struct checking checking = {.postings = postings};
    struct ek_arena *arena = ek_arena_new(256u << 20);
    checking.bits = ek_chunk_section(chunk, EK_SECTION_BITS);
    checking.months = ek_chunk_section(chunk, EK_SECTION_MONTHS);
    checking.expected = calloc((size_t)EK_STANCES * chunk->months + 1, sizeof(uint16_t));
    int result = checking.bits && checking.months ? 0 : -1;
    if (!arena || !checking.expected)
        result = ek_txn_fail(chunk->index, EK_MEMORY, "out of memory");
    if (result == 0 && postings->value) {
        result = ek_postings_by_row(postings, arena, &checking.rows);
        if (result == 0)
            result = check_counts(&checking);
    }
    free(checking.expected);
    ek_arena_free(arena);
    return result;
}
