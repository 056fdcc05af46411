/* number_set.c - see number_set.h. */
#include "number_set.h"

#include <stdlib.h>
#include <string.h>

#define WORD 64

void number_set_free(struct number_set *set)
{
    free(set->words);
    *set = (struct number_set){0};
}

int number_set_add(struct number_set *set, uint64_t number)
{
    size_t word = (size_t)(number / WORD);
    if (word >= set->count) {
        size_t count = word < 1024 ? 2048 : 2 * word;
        uint64_t *grown = reallocarray(set->words, count, sizeof *grown);
        if (!grown)
            return -1;
        memset(grown + set->count, 0, (count - set->count) * sizeof *grown);
        set->words = grown;
        set->count = count;
    }
    set->words[word] |= 1ull << (number % WORD);
    return 0;
}

bool number_set_has(const struct number_set *set, uint64_t number)
{
    return number / WORD < set->count && set->words[number / WORD] >> (number % WORD) & 1;
}

uint64_t number_set_next(const struct number_set *set, uint64_t from)
{
    size_t word = (size_t)(from / WORD);
    if (word >= set->count)
        return UINT64_MAX;
    uint64_t bits = set->words[word] & (~0ull << (from % WORD));
    while (!bits && ++word < set->count)
        bits = set->words[word];
    return bits ? (uint64_t)word * WORD + (uint64_t)__builtin_ctzll(bits) : UINT64_MAX;
}
