/* swap.h - a generation that was built comes to answer. */
#ifndef EKBOM_STORE_SWAP_H
#define EKBOM_STORE_SWAP_H

#include "store/index/generation.h"

/* Bring the waiting tags of a generation to the rows, in transactions of its own. Cut off in the
 * middle it can be done again. No merge may be under way. */
int ek_swap_prepare(struct ek_store *store, const struct ek_generation *building,
                    struct ek_err *err);
/* The swap itself: what the index has under this digest becomes current. last_post: number of the
 * newest post. */
void ek_swap_in(struct ek_txn *index, const struct ek_generation *building, uint64_t last_post,
                struct ek_arena *arena);

#endif
