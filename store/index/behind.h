/* behind.h - posts that a generation passed and whose tags it does not know: their words changed
 * since and came without tags, or a crash lost what came with them. Kept for the current
 * generation and the one being built. Posts that are still to come in the order of their numbers
 * (generation.h) do not stand here. */
#ifndef EKBOM_STORE_BEHIND_H
#define EKBOM_STORE_BEHIND_H

#include "store/index/generation.h"

/* Put where the generation has passed the post; it may be the one numbered 0. */
void ek_behind_put(struct ek_txn *index, const struct ek_generation *generation, uint64_t number);
void ek_behind_take(struct ek_txn *index, uint32_t generation, uint64_t number);
/* 1, 0, -1 (latched). */
int ek_behind_holds(struct ek_txn *index, uint32_t generation, uint64_t number);
void ek_behind_drop(struct ek_txn *index, uint32_t generation);

/* In the order of their numbers; end the walk with ek_walk_end. */
void ek_behind_begin(struct ek_walk *walk, struct ek_txn *index, uint32_t generation);
int ek_behind_next(struct ek_walk *walk, uint64_t *number);

/* Posts without valid tags in the current generation. Inside a snapshot. 0, -1 (latched). */
int ek_index_behind(struct ek_store *store, uint64_t *behind);

#endif
