/* tally.h - a hash map that counts. One serves a whole timeline: it is emptied from bucket to
 * bucket, keeps its memory, and nothing is allocated for a post. */
#ifndef EKBOM_STORE_TALLY_H
#define EKBOM_STORE_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct ek_tally_entry {
    uint64_t a, b;  /* what is counted */
    uint32_t kind;  /* and as what */
    uint32_t round; /* the entry is in use if this is the tally's */
    uint64_t count;
};

struct ek_tally {
    struct ek_tally_entry *entries;
    size_t used, size; /* size is a power of two */
    uint32_t round;
};

int ek_tally_init(struct ek_tally *tally); /* -1 when out of memory */
void ek_tally_free(struct ek_tally *tally);
void ek_tally_empty(struct ek_tally *tally);
/* Count one more. -1 when out of memory. */
int ek_tally_add(struct ek_tally *tally, uint32_t kind, uint64_t a, uint64_t b);
uint64_t ek_tally_count(const struct ek_tally *tally, uint32_t kind, uint64_t a, uint64_t b);
/* The next entry in use at or past *at (which moves on), or NULL. */
const struct ek_tally_entry *ek_tally_next(const struct ek_tally *tally, size_t *at);

#endif
