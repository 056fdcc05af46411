/* tally.h - pairs of numbers, each with a place of its own: which authors wrote in which threads.
 *
 * The first pair seen gets place 0, the next 1, and so on, so that what is counted for a pair lies
 * close together in the order in which pairs come. One tally serves many buckets: it is emptied
 * from one to the next and keeps its memory. */
#ifndef EKBOM_STORE_TALLY_H
#define EKBOM_STORE_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct ek_tally_pair {
    uint32_t a, b;
    uint32_t count, tagged; /* the user's, 0 for a new pair */
};

struct ek_tally {
    struct ek_tally_pair *pairs;
    uint32_t used;
    struct ek_tally_slot {
        uint32_t hash, place; /* place plus one, 0: free */
    } * slots;
    size_t size; /* of slots: a power of two, at least twice `used` */
};

int ek_tally_init(struct ek_tally *tally); /* -1 when out of memory */
void ek_tally_free(struct ek_tally *tally);
void ek_tally_empty(struct ek_tally *tally);
/* A pair that will be asked for soon: where it may stand is fetched from memory. */
void ek_tally_expect(const struct ek_tally *tally, uint32_t a, uint32_t b);
/* The place of a pair, which is there from now on; UINT32_MAX when out of memory. */
uint32_t ek_tally_place(struct ek_tally *tally, uint32_t a, uint32_t b);

#endif
