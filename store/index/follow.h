/* follow.h - the index follows the records. */
#ifndef EKBOM_STORE_FOLLOW_H
#define EKBOM_STORE_FOLLOW_H

#include "store/handle.h"

/* After the records of a slice are committed: write the rows of its posts. */
int ek_index_follow(struct ek_store *store, struct ek_err *err);
/* Posts whose row in the current generation is missing or out of date. */
int ek_index_behind(struct ek_store *store, uint64_t *behind);

/* The post's row in a generation: where it is and at which change of the post it was written.
 * 1, 0, -1 (latched). */
struct ek_place {
    ek_time time;
    uint64_t change;
};
struct ek_generation;
int ek_place_get(struct ek_txn *index, const struct ek_generation *generation, uint64_t number,
                 struct ek_place *place);

#endif
