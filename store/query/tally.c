/* tally.c - see tally.h. Open addressing, at most half full. */
#include "store/query/tally.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 1024u

int ek_tally_init(struct ek_tally *tally)
{
    *tally = (struct ek_tally){.size = FIRST_SIZE};
    tally->slots = calloc(FIRST_SIZE, sizeof *tally->slots);
    tally->pairs = malloc(FIRST_SIZE / 2 * sizeof *tally->pairs);
    if (tally->slots && tally->pairs)
        return 0;
    ek_tally_free(tally);
    return -1;
}

void ek_tally_free(struct ek_tally *tally)
{
    free(tally->slots);
    free(tally->pairs);
    *tally = (struct ek_tally){0};
}

void ek_tally_empty(struct ek_tally *tally)
{
    memset(tally->slots, 0, tally->size * sizeof *tally->slots);
    tally->used = 0;
}

static uint32_t hash_of(uint32_t a, uint32_t b)
{
    uint64_t key = (uint64_t)a << 32 | b;
    key *= 0x9e3779b97f4a7c15ull;
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93ull;
    return (uint32_t)(key >> 32);
}

/* The pairs themselves are looked at only where the hash is the same. */
static size_t slot_of(const struct ek_tally *tally, uint32_t a, uint32_t b, uint32_t hash)
{
    for (size_t slot = hash & (tally->size - 1);; slot = (slot + 1) & (tally->size - 1)) {
        const struct ek_tally_slot *at = &tally->slots[slot];
        if (at->place == 0 || (at->hash == hash && tally->pairs[at->place - 1].a == a &&
                               tally->pairs[at->place - 1].b == b))
            return slot;
    }
}

static int grow(struct ek_tally *tally)
{
    size_t size = 2 * tally->size;
    struct ek_tally_slot *slots = calloc(size, sizeof *slots);
    struct ek_tally_pair *pairs = realloc(tally->pairs, size / 2 * sizeof *pairs);
    if (pairs)
        tally->pairs = pairs;
    if (!slots || !pairs) {
        free(slots);
        return -1;
    }
    free(tally->slots);
    tally->slots = slots;
    tally->size = size;
    for (uint32_t place = 0; place < tally->used; place++) {
        uint32_t hash = hash_of(pairs[place].a, pairs[place].b);
        slots[slot_of(tally, pairs[place].a, pairs[place].b, hash)] =
            (struct ek_tally_slot){hash, place + 1};
    }
    return 0;
}

void ek_tally_expect(const struct ek_tally *tally, uint32_t a, uint32_t b)
{
    __builtin_prefetch(&tally->slots[hash_of(a, b) & (tally->size - 1)]);
}

uint32_t ek_tally_place(struct ek_tally *tally, uint32_t a, uint32_t b)
{
    const uint32_t hash = hash_of(a, b);
    size_t slot = slot_of(tally, a, b, hash);
    if (tally->slots[slot].place)
        return tally->slots[slot].place - 1;
    if (2 * (size_t)tally->used + 2 > tally->size) {
        if (grow(tally))
            return UINT32_MAX;
        slot = slot_of(tally, a, b, hash);
    }
    tally->pairs[tally->used] = (struct ek_tally_pair){a, b, 0, 0};
    tally->slots[slot] = (struct ek_tally_slot){hash, ++tally->used};
    return tally->used - 1;
}
