/* held.h - the index as queries read it, made ready once and kept from call to call.
 *
 * Opening the view of 10 M posts and checking what a count reads takes as long as the count. So
 * what a snapshot was found to hold stays with the store until a query meets another snapshot: the
 * same snapshot is the same bytes in the same places. Memory: 2 KB a chunk of 65,472 posts, 8 KB
 * more once masks were asked for, 4 bytes an author once cohorts were. */
#ifndef EKBOM_STORE_HELD_H
#define EKBOM_STORE_HELD_H

#include "store/index/firsts.h"
#include "store/index/generation.h"
#include "store/index/view.h"
#include "store/index/words.h"

struct ek_held_chunk {
    struct ek_chunk *chunk; /* the view's */
    struct ek_postings *postings;
    const uint16_t *dead; /* sorted rows */
    uint32_t dead_count;
    const struct ek_chunk_month *months;
    uint32_t *month_at; /* by month of the chunk: its place in the held months */

    /* Filled by ek_held_usual: what a selection without conditions takes in. */
    uint64_t *usual;  /* rows tagged, not dead, not hidden, assessable; NULL: not yet known */
    uint32_t undated; /* of those that are tagged, not dead, not hidden: without a time, */
    uint32_t not_assessable, not_assessable_undated; /* in a language that rules do not know */
    bool all_dated;                                  /* every dated row is in `usual` */
    /* Greatest numbers, filled by ek_held_greatest. */
    uint32_t author, thread;
    bool nobody; /* some row names no author */
    bool greatest_known;
};

struct ek_held {
    struct ek_held *next; /* of the same snapshot, another generation */
    uint64_t snapshot;
    struct ek_arena *arena;
    struct ek_txn *index;
    struct ek_generation generation;
    struct ek_words words;
    struct ek_view view;
    struct ek_held_chunk *chunks; /* view.count */
    int *months;                  /* every month that has rows, ascending */
    size_t month_count;
    struct ek_firsts firsts;
    bool firsts_known;
};

/* Inside a snapshot. rules: digest of a generation, or its beginning; NULL: the current one. *held
 * is NULL where there are no tags yet. 0, or -1 (err filled, or latched in the snapshot). */
int ek_held_get(struct ek_store *store, const char *rules, struct ek_held **held,
                struct ek_err *err);
void ek_held_free(struct ek_store *store);

/* The rest is filled when it is first asked for. 0, -1 (latched). */
int ek_held_usual(struct ek_held *held, struct ek_held_chunk *chunk);
int ek_held_greatest(struct ek_held_chunk *chunk);
int ek_held_firsts(struct ek_held *held);

#endif
