/* pairing.h - theories named together: what pairs.c and pair_posts.c share. */
#ifndef EKBOM_STORE_PAIRING_H
#define EKBOM_STORE_PAIRING_H

#include "store/query/pair_authors.h"
#include "store/query/pieces.h"

struct ek_pairing {
    struct ek_counting counting;
    enum ek_within within;
    uint64_t *both; /* [(bucket * lanes + a) * lanes + b], a <= b; by place in the frame */
    struct ek_few_authors *few; /* the same; NULL: not wanted */
    uint64_t *units;            /* threads or authors counted, by place; NULL: not wanted */
    struct ek_lane_rows *rows;  /* by lane, of one chunk */
    uint64_t *masks;            /* [lane * EK_CHUNK_WORDS] */
    uint32_t *posting_of;       /* by lane: its posting in the chunk; NO_POSTING: none */
    uint16_t *room;             /* rows of one piece */
    /* Within threads and authors, of one bucket: */
    uint64_t *has;        /* [number * words]: lanes that the thread or author has */
    uint32_t words;       /* of 64 lanes */
    uint32_t *counted_in; /* [number]: the bucket plus one that last counted it as a unit */
    uint32_t *met;        /* numbers that have any, each once */
    uint32_t met_count;
};

static inline size_t ek_pairing_place(const struct ek_pairing *pairing, uint32_t bucket, size_t a,
                                      size_t b)
{
    size_t lanes = pairing->counting.lanes.count;
    return ((size_t)bucket * lanes + a) * lanes + b;
}

static inline uint64_t *ek_pairing_cell(const struct ek_pairing *pairing, uint32_t bucket, size_t a,
                                        size_t b)
{
    return &pairing->both[ek_pairing_place(pairing, bucket, a, b)];
}

/* Count the posts with two theories, chunk by chunk. 0, -1. */
int ek_pair_posts(struct ek_pairing *pairing);

#endif
