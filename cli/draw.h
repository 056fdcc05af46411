/* draw.h - a sample that can be drawn again: of all posts offered, the N whose keyed hash is
 * least. The same store, posts and seed give the same sample, in whatever order they come. */
#ifndef EKBOM_DRAW_H
#define EKBOM_DRAW_H

#include <stddef.h>
#include <stdint.h>

struct drawn {
    uint64_t hash;
    uint64_t number; /* the store's own number of the post */
    uint64_t mark;   /* the offerer's, given back */
};

struct draw {
    uint64_t seed;
    size_t want, count;
    struct drawn *items; /* a heap, the greatest hash first, until draw_sort */
};

int draw_open(struct draw *draw, size_t want, uint64_t seed); /* -1 when out of memory */
void draw_close(struct draw *draw);
void draw_offer(struct draw *draw, uint64_t number, uint64_t mark);
void draw_sort(struct draw *draw); /* by number; nothing may be offered after it */

#endif
