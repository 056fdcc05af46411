/* counting.h - a question being answered: what its parts share. */
#ifndef EKBOM_STORE_COUNTING_H
#define EKBOM_STORE_COUNTING_H

#include "ekbom/aggregate.h"
#include "store/query/frame.h"
#include "store/query/lanes.h"
#include "store/query/mask.h"

struct ek_lane_rows {     /* of a chunk: those that count for a lane */
    const uint64_t *bits; /* a bitmap, or NULL: */
    const uint16_t *list; /* ascending */
    uint32_t count;       /* of the list */
};

struct ek_kept_chunk { /* what is kept of a chunk where authors or threads are wanted */
    struct ek_held_chunk *chunk;
    struct ek_slot *slots;
    uint32_t slot_count;
    const uint64_t *counted;     /* the posts counted */
    struct ek_lane_rows *tagged; /* by lane */
    uint32_t *next; /* by lane: the first of a list that lies in no bucket yet passed */
};

struct ek_counting {
    struct ek_store *store;
    const struct ek_question *question;
    struct ek_choice selected, counted; /* the numerator's and the denominator's posts */
    bool narrower;                      /* they differ */
    struct ek_held *held;               /* NULL: there are no tags yet */
    struct ek_lanes lanes;
    struct ek_codes any; /* every theory */
    struct ek_frame frame;
    struct ek_cell *all;          /* [bucket], by place in the frame */
    struct ek_cell *tagged;       /* [lane * frame.count + bucket] */
    struct ek_cluster_sums *sums; /* [(lane * frame.count + bucket) * EK_CLUSTERINGS + kind] */
    uint64_t undated, not_assessable;
    struct ek_kept_chunk *kept; /* NULL: posts alone are wanted */
    size_t kept_count;
    struct ek_numbers forums; /* of the posts counted */
    struct ek_slot *slots;    /* of one chunk */
    uint16_t *month_sums;     /* of one chunk */
    uint32_t *row_buckets;    /* of one small chunk, by row */
    struct ek_arena *arena;   /* of the call */
    struct ek_err *err;
};

/* Make the parts ready, inside a snapshot. 0, -1. */
int ek_counting_begin(struct ek_counting *counting);

struct ek_counted_chunk { /* a chunk with its masks */
    struct ek_scope scope, selected;
    struct ek_slot *slots;
    uint32_t slot_count;
    const uint32_t *buckets;     /* by row, in a small chunk; else NULL */
    const uint64_t *counted;     /* rows of the denominator (dated or not) */
    const uint64_t *tagged_from; /* of those, the ones whose tags count */
    bool every_dated;            /* `counted` has every dated row */
    uint64_t own[EK_CHUNK_WORDS], narrow[EK_CHUNK_WORDS];
};
/* Scope and slots of a chunk. 1, 0: nothing in it, -1. */
int ek_counting_enter(struct ek_counting *counting, struct ek_held_chunk *chunk,
                      struct ek_counted_chunk *counted);
/* Its masks, and what stands beside the buckets. 0, -1. */
int ek_counting_mask(struct ek_counting *counting, struct ek_counted_chunk *counted);
/* Posts of a lane that count, of any time. They lie in the chunk or in `room`. 0, -1. */
int ek_counting_lane(struct ek_counting *counting, const struct ek_counted_chunk *counted,
                     size_t lane, uint64_t room[EK_CHUNK_WORDS], struct ek_lane_rows *rows);
/* Add posts to the cells of their buckets. */
void ek_counting_add(const struct ek_counted_chunk *counted, const struct ek_lane_rows *rows,
                     struct ek_cell *cells);

/* count.c: every chunk; its rows are kept if `keep`. 0, -1. */
int ek_counting_chunks(struct ek_counting *counting, bool keep);
/* Names of the lanes and the digest, for an answer. 0, -1. */
int ek_counting_names(const struct ek_counting *counting, struct ek_arena *arena,
                      const char ***theories, size_t *count, const char **digest);

/* plain.c: counts that the chunk brings along. 1: all of it is counted, 0: it has none that hold
 * for this question, -1. */
int ek_plain_count(struct ek_counting *counting, struct ek_counted_chunk *counted);

/* distinct.c: authors, threads and clusters from what was kept. 0, -1. */
int ek_distinct_count(struct ek_counting *counting);
/* forums.c: of the posts counted in what was kept. 0, -1. */
int ek_counting_forums(struct ek_counting *counting);

#endif
