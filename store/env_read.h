/* env_read.h - reading what a transaction's snapshot has, each page checked (btree_map.h).
 *
 * A reading transaction reads here and nowhere else. A writing one reads LMDB, whose pages it may
 * have changed, and asks here first whether the pages on the way are sound in the snapshot that it
 * began with: those that LMDB wrote since are LMDB's own. */
#ifndef EKBOM_STORE_ENV_READ_H
#define EKBOM_STORE_ENV_READ_H

#include "store/btree_place.h"
#include "store/env_internal.h"

/* Latch "damaged: table, page". Returns -1. */
int ek_read_fault(struct ek_txn *txn, unsigned table, const struct ek_fault *fault);

/* A value in the snapshot, its seal checked and taken off. That the key is missing is only believed
 * when the keys on both sides of its place bear their seals, since a changed bit in a key makes it
 * another one, which stands just there. Nor is it where the table has lost pairs. 1, 0, -1
 * (latched).
 */
int ek_read_get(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key, size_t len,
                struct ek_bytes *value);
/* As it is kept, whatever it is. 1, 0, -1 (latched). */
int ek_read_get_kept(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                     struct ek_bytes *value);
int ek_txn_get_kept(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                    struct ek_bytes *value);
/* The seal of the pair at a place, or of the one before it. 0, -1 (latched). */
int ek_read_seal(struct ek_txn *txn, unsigned table, enum ek_seal seal,
                 const struct ek_place *place, const struct ek_btree_node *node);
int ek_read_seal_before(struct ek_txn *txn, unsigned table, enum ek_seal seal,
                        const struct ek_place *place);
/* ek_walk_next of pairs as they are kept: for copies. */
int ek_walk_next_kept(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value);

/* Are the pages sound that LMDB will use at this key? deleting: also those beside them. With len 0,
 * those at the beginning (back: at the end) of the table. 0, -1 (latched). */
int ek_guard_key(struct ek_txn *txn, unsigned table, const void *key, size_t len, bool deleting);
int ek_guard_step(struct ek_txn *txn, unsigned table, const void *key, size_t len, bool back);
/* ... that it uses to delete all keys from `from` on and below `end` (NULL: all of the table). */
int ek_guard_range(struct ek_txn *txn, unsigned table, const void *from, size_t from_len,
                   const void *end, size_t end_len);

/* What a writer asks before it touches a file that others wrote: is the list of free pages whole,
 * are all tables known, do they have as many pairs as were counted? 0, -1. */
int ek_guard_opening(struct ek_txn *txn, struct ek_err *err);

/* How many pairs each table has, noted in the first table with each commit that changes it: a
 * figure of LMDB's own that no checksum covers. */
void ek_counts_note(struct ek_txn *txn);
/* 0, -1 (latched) where another number was noted. */
int ek_counts_check(struct ek_txn *txn, unsigned table, uint64_t pairs);
/* The same for what the snapshot says, once a transaction. */
int ek_counts_hold(struct ek_txn *txn, unsigned table);

#endif
