/* names.h - from a forum's own ids to the store's numbers.
 *
 * Ids are strings (message ids, slugs, digits); inside the store everything is a 64-bit number
 * from a counter, never used twice. A key is the kind, the forum's number and the id in an order
 * in which digits sort as numbers, so that a walk over a forum's threads or a thread's posts
 * comes in the order that people expect. */
#ifndef EKBOM_STORE_NAMES_H
#define EKBOM_STORE_NAMES_H

#include "store/env.h"

enum ek_name_kind {
    EK_NAME_FORUM = 'F', /* forum 0, the forum's key */
    EK_NAME_BOARD = 'B',
    EK_NAME_THREAD = 'T',
    EK_NAME_POST = 'P',
    EK_NAME_ACCOUNT = 'A',
    EK_NAME_GUEST = 'G', /* a name that was shown without account */
    EK_NAME_SHOWN = 'N'  /* a name as shown: the account known by it, else an author without id */
};

#define EK_ID_ORDER_BYTES 257u /* mark, length or nothing, at most 255 bytes */
#define EK_NAME_KEY_BYTES (9u + EK_ID_ORDER_BYTES)

/* The id in sortable form; returns the number of bytes. Longer ids go in as a digest. */
size_t ek_id_order(const char *id, unsigned char out[EK_ID_ORDER_BYTES]);
size_t ek_name_key(enum ek_name_kind kind, uint64_t forum, const char *id,
                   unsigned char out[EK_NAME_KEY_BYTES]);

/* The number, or 0 if there is none (or the transaction has failed). */
uint64_t ek_name_find(struct ek_txn *txn, enum ek_name_kind kind, uint64_t forum, const char *id);
void ek_name_set(struct ek_txn *txn, enum ek_name_kind kind, uint64_t forum, const char *id,
                 uint64_t number);
void ek_name_forget(struct ek_txn *txn, enum ek_name_kind kind, uint64_t forum, const char *id);

/* Every number of a kind in one forum, in order of the ids. */
void ek_names_begin(struct ek_walk *walk, struct ek_txn *txn, enum ek_name_kind kind,
                    uint64_t forum);
int ek_names_next(struct ek_walk *walk, uint64_t *number);

/* A record by its number: 1, 0, -1. */
int ek_record_get(struct ek_txn *txn, unsigned table, uint64_t number, struct ek_bytes *value);
void ek_record_put(struct ek_txn *txn, unsigned table, uint64_t number, const void *value,
                   size_t len);
int ek_record_damaged(struct ek_txn *txn, unsigned table, uint64_t number);

#endif
