/* frame.h - the buckets of a question, and which rows of a chunk are in which.
 *
 * Only buckets that have rows are kept: one false date a thousand years ago must not cost a
 * thousand rows of zeros until it is known whether that post counts at all. */
#ifndef EKBOM_STORE_FRAME_H
#define EKBOM_STORE_FRAME_H

#include "ekbom/aggregate.h"
#include "store/query/mask.h"

struct ek_frame {
    int *buckets; /* ascending */
    uint32_t count;
    uint32_t *bucket_at; /* by month of what is held: place in buckets */
};
/* 0, -1: out of memory. */
int ek_frame_make(struct ek_frame *frame, const struct ek_held *held,
                  const struct ek_question *question, struct ek_arena *arena);

struct ek_slot { /* rows [from, to) of a chunk are in this bucket (its place in the frame) */
    uint32_t bucket, from, to;
    uint32_t month, month_end; /* of the chunk's months */
};
/* The slots of a scope's rows, ascending; slots has room for every month of the chunk. */
uint32_t ek_frame_slots(const struct ek_frame *frame, const struct ek_scope *scope,
                        struct ek_slot *slots);

/* What an answer shows: every bucket from the first to the last that has posts. */
struct ek_extent {
    int first;
    size_t buckets;
};
/* cells: by place in the frame. -1 (EK_LIMIT): too many, a false date. */
int ek_frame_extent(const struct ek_frame *frame, const struct ek_cell *cells,
                    struct ek_extent *extent, struct ek_err *err);

#endif
