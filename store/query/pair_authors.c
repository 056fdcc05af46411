/* pair_authors.c - see pair_authors.h. */
#include "store/query/pair_authors.h"

void ek_few_authors_add(struct ek_few_authors *few, uint32_t author)
{
    if (few->count == EK_WITHHELD_BELOW)
        return;
    for (uint8_t i = 0; i < few->count; i++) {
        if (few->author[i] == author)
            return;
    }
    few->author[few->count++] = author;
}

/* Of a word of 64 rows, those that the slot has. */
static uint64_t within(const struct ek_slot *slot, uint32_t word)
{
    uint64_t rows = UINT64_MAX;
    if (slot->from > word * 64)
        rows &= UINT64_MAX << slot->from % 64;
    if (slot->to < word * 64 + 64)
        rows &= UINT64_MAX >> (64 - slot->to % 64);
    return rows;
}

void ek_few_authors_of(struct ek_few_authors *few, const uint64_t *left, const uint64_t *right,
                       const struct ek_slot *slot, const uint32_t *author)
{
    if (!left || !right || slot->from >= slot->to)
        return;
    for (uint32_t word = slot->from / 64; word <= (slot->to - 1) / 64; word++) {
        uint64_t rest = left[word] & right[word] & within(slot, word);
        for (; rest && few->count < EK_WITHHELD_BELOW; rest &= rest - 1)
            ek_few_authors_add(few, author[word * 64 + (uint32_t)__builtin_ctzll(rest)]);
    }
}
