/* pieces.h - the rows that were kept, bucket by bucket. */
#ifndef EKBOM_STORE_PIECES_H
#define EKBOM_STORE_PIECES_H

#include "store/query/counting.h"

struct ek_piece { /* what a chunk has in a bucket */
    struct ek_kept_chunk *kept;
    const struct ek_slot *slot;
    const uint32_t *author, *thread; /* columns of the chunk */
};

struct ek_pieces {
    struct ek_piece *items;  /* by bucket */
    uint32_t *first;         /* of a bucket; of the next: the end */
    size_t most_rows;        /* of all pieces of a bucket */
    size_t authors, threads; /* greatest numbers plus one */
};
/* Of what the counting kept. 0, -1. */
int ek_pieces_make(struct ek_pieces *pieces, struct ek_counting *counting);

struct ek_piece_rows {
    const uint16_t *rows; /* ascending */
    uint32_t count;
};
/* The tagged rows of a lane in a piece; they lie in the chunk or in `room`, which has place for
 * EK_CHUNK_ROWS. Buckets are passed in their order: what a lane has in one is seen until
 * ek_piece_pass. */
struct ek_piece_rows ek_piece_tagged(const struct ek_piece *piece, size_t lane, uint16_t *room);
void ek_piece_pass(const struct ek_piece *piece, size_t lane, const struct ek_piece_rows *rows);
/* The posts counted, in the same way. */
struct ek_piece_rows ek_piece_counted(const struct ek_piece *piece, uint16_t *room);

#endif
