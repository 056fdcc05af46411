/* row_tags.h - the tags of single rows, for those who look at few rows of a chunk.
 *
 * Some microseconds a row, since every posting is asked; ek_postings_by_row (postings.h) is the
 * way for all rows at once. */
#ifndef EKBOM_STORE_ROW_TAGS_H
#define EKBOM_STORE_ROW_TAGS_H

#include "store/index/postings.h"

struct ek_row_tags {
    bool tagged;           /* false: the generation has not tagged this row */
    bool assessed;         /* false: in a language that the rules do not know */
    struct ek_mark *marks; /* in the arena */
    size_t count;
};

/* 0, -1 (latched). */
int ek_row_tags_get(struct ek_postings *postings, uint32_t row, struct ek_arena *arena,
                    struct ek_row_tags *tags);

/* Postings of a chunk in one generation, wherever they are; none is no error. 0, -1 (latched). */
int ek_postings_get(struct ek_postings *postings, struct ek_chunk *chunk, uint32_t generation,
                    struct ek_arena *arena);

#endif
