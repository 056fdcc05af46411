/* view.h - the index as one snapshot has it, under one tag generation: what queries read.
 *
 * Every chunk of every run, its rows, its tags in the generation asked for, and the rows of it
 * that are dead. Dead rows are in no answer; a post has at most one row that is not dead. */
#ifndef EKBOM_STORE_VIEW_H
#define EKBOM_STORE_VIEW_H

#include "store/handle.h"
#include "store/index/chunk.h"
#include "store/index/postings.h"

struct ek_view_chunk {
    struct ek_chunk chunk;
    struct ek_postings postings;
    const uint16_t *dead; /* sorted rows, or NULL */
    uint32_t dead_count;
};

struct ek_view {
    struct ek_txn *index;
    uint32_t generation; /* 0: no rule set yet, no chunks */
    struct ek_view_chunk *chunks;
    size_t count;
    uint64_t rows; /* that are not dead */
};

/* Inside a snapshot (ek_store_enter with EK_NEEDS_INDEX). Everything lies in the arena and in the
 * snapshot's map. 0, -1 (latched in the snapshot). */
int ek_view_open(struct ek_view *view, struct ek_txn *index, uint32_t generation,
                 struct ek_arena *arena);

#endif
