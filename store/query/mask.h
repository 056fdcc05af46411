/* mask.h - a selection applied to one chunk: which of its rows are taken in, as a bitmap.
 *
 * A scope is made once for each chunk: what holds for the chunk as a whole (its span of time, its
 * places, the states it has) is decided there. Masks are then made for the whole chunk or for a
 * stretch of rows, so that the newest twenty posts cost a stretch and not a chunk. */
#ifndef EKBOM_STORE_MASK_H
#define EKBOM_STORE_MASK_H

#include "store/query/bits.h"
#include "store/query/choice.h"

struct ek_scope {
    const struct ek_choice *choice;
    struct ek_held_chunk *chunk;
    uint32_t from, to;    /* dated rows within the period */
    bool never;           /* no row can be taken in, whatever its time */
    bool whole_months;    /* from and to are where months begin or end */
    bool by_place;        /* some places are taken in and some are not: */
    const uint8_t *place; /* 1: taken in, by number in the chunk's places */
    uint32_t place_count; /* of those taken in */
    unsigned unwanted;    /* states that the chunk has and the selection does not take */
};

/* 0, or -1 (latched). */
int ek_scope_make(struct ek_scope *scope, const struct ek_choice *choice,
                  struct ek_held_chunk *chunk, struct ek_arena *arena);

struct ek_stretch { /* rows [from, to); from is a multiple of 64; a mask's bit 0 is row `from` */
    uint32_t from, to;
};
#define EK_STRETCH_WORDS(stretch) EK_WORDS((stretch)->to - (stretch)->from)

/* All return 0, or -1 (latched). */
/* Rows that satisfy everything but the period and the tags; those of no known tags, or dead, are
 * never among them. */
int ek_mask_selected(const struct ek_scope *scope, const struct ek_stretch *stretch,
                     uint64_t *mask);
/* The same of the rows that are in the mask already. */
int ek_mask_narrow(const struct ek_scope *scope, const struct ek_stretch *stretch, uint64_t *mask);
/* mask |= rows with a tag of these codes that satisfies the selection; no other condition. */
int ek_mask_tags(const struct ek_scope *scope, const struct ek_codes *codes,
                 const struct ek_stretch *stretch, uint64_t *mask);
/* The postings that these codes have in the selection's classes: how many (two: two or more), and
 * where the first is. No other condition. */
unsigned ek_mask_postings(const struct ek_scope *scope, const struct ek_codes *codes,
                          uint32_t *first);
/* mask |= rows with any posting of a class. */
int ek_mask_class(const struct ek_scope *scope, enum ek_posting_class class,
                  const struct ek_stretch *stretch, uint64_t *mask);

/* The places of a posting that lie in a stretch, in its list or (by rank) among its words. */
struct ek_part {
    uint32_t first, count;
};
struct ek_part ek_posting_part(const struct ek_posting *posting, const struct ek_stretch *stretch);

#endif
