/* tally.c - see tally.h. Open addressing, at most half full; emptying is a new round number. */
#include "store/query/tally.h"

#include <stdlib.h>

#define FIRST_SIZE 1024u

int ek_tally_init(struct ek_tally *tally)
{
    *tally = (struct ek_tally){.size = FIRST_SIZE, .round = 1};
    tally->entries = calloc(FIRST_SIZE, sizeof *tally->entries);
    return tally->entries ? 0 : -1;
}

void ek_tally_free(struct ek_tally *tally)
{
    free(tally->entries);
    tally->entries = NULL;
}

void ek_tally_empty(struct ek_tally *tally)
{
    tally->used = 0;
    if (++tally->round != 0)
        return;
    for (size_t i = 0; i < tally->size; i++)
        tally->entries[i].round = 0;
    tally->round = 1;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93ull;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93ull;
    return x ^ x >> 32;
}

/* Where the entry is, or the free place where it belongs. */
static size_t place_of(const struct ek_tally *tally, uint32_t kind, uint64_t a, uint64_t b)
{
    size_t at = (size_t)mix(mix(mix(kind + 1) + a) + b) & (tally->size - 1);
    for (;; at = (at + 1) & (tally->size - 1)) {
        const struct ek_tally_entry *entry = &tally->entries[at];
        if (entry->round != tally->round || (entry->kind == kind && entry->a == a && entry->b == b))
            return at;
    }
}

static int grow(struct ek_tally *tally)
{
    struct ek_tally larger = {.size = 2 * tally->size, .round = 1, .used = tally->used};
    const struct ek_tally_entry *entry;
    larger.entries = calloc(larger.size, sizeof *larger.entries);
    if (!larger.entries)
        return -1;
    for (size_t at = 0; (entry = ek_tally_next(tally, &at));) {
        struct ek_tally_entry *copy =
            &larger.entries[place_of(&larger, entry->kind, entry->a, entry->b)];
        *copy = *entry;
        copy->round = larger.round;
    }
    free(tally->entries);
    *tally = larger;
    return 0;
}

int ek_tally_add(struct ek_tally *tally, uint32_t kind, uint64_t a, uint64_t b)
{
    if (2 * tally->used >= tally->size && grow(tally))
        return -1;
    struct ek_tally_entry *entry = &tally->entries[place_of(tally, kind, a, b)];
    if (entry->round != tally->round) {
        *entry = (struct ek_tally_entry){a, b, kind, tally->round, 0};
        tally->used++;
    }
    entry->count++;
    return 0;
}

uint64_t ek_tally_count(const struct ek_tally *tally, uint32_t kind, uint64_t a, uint64_t b)
{
    const struct ek_tally_entry *entry = &tally->entries[place_of(tally, kind, a, b)];
    return entry->round == tally->round ? entry->count : 0;
}

const struct ek_tally_entry *ek_tally_next(const struct ek_tally *tally, size_t *at)
{
    while (*at < tally->size) {
        const struct ek_tally_entry *entry = &tally->entries[(*at)++];
        if (entry->round == tally->round)
            return entry;
    }
    return NULL;
}
