/* env.h - one LMDB environment and its transactions, for the rest of the store.
 *
 * Only env*.c, walk.c and checksum.c know LMDB. A transaction latches its first error: code that
 * writes runs straight down, and the commit tells. Values point into the map (or into the
 * transaction's own pages) and are valid until the next write in the same transaction, or its end.
 */
#ifndef EKBOM_STORE_ENV_H
#define EKBOM_STORE_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/error.h"

struct ek_env;
struct ek_txn;

struct ek_bytes {
    const void *data;
    size_t len;
};

/* Open the environment in `folder` with these tables (a list that ends with NULL; a table's
 * number is its place in the list). Writing creates what is missing. */
int ek_env_open(struct ek_env **env, const char *folder, const char *const *tables, bool write,
                struct ek_err *err);
void ek_env_close(struct ek_env *env);           /* NULL is allowed */
uint64_t ek_env_bytes(const struct ek_env *env); /* on the disk */

/* One transaction; NULL on error. Reading transactions keep their slot from one to the next. */
struct ek_txn *ek_txn_begin(struct ek_env *env, bool write, struct ek_err *err);
int ek_txn_commit(struct ek_txn *txn, struct ek_err *err); /* frees; -1 = nothing was written */
void ek_txn_end(struct ek_txn *txn);                       /* frees, undoes; NULL is allowed */

/* Latch an error (the first one stays). Returns -1. */
int ek_txn_fail(struct ek_txn *txn, enum ek_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Latch "damaged: table, key". Returns -1. */
int ek_txn_damaged(struct ek_txn *txn, unsigned table, const void *key, size_t len);
bool ek_txn_failed(const struct ek_txn *txn);
/* Which state of the environment a reading transaction sees: the same number, the same bytes in the
 * same places. */
uint64_t ek_txn_snapshot(const struct ek_txn *txn);
/* If an error is latched: hand it out, forget it, return true. */
bool ek_txn_take_error(struct ek_txn *txn, struct ek_err *err);

/* 1 and the value, 0 if there is none, -1 (latched). */
int ek_txn_get(struct ek_txn *txn, unsigned table, const void *key, size_t len,
               struct ek_bytes *value);
void ek_txn_put(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                const void *value, size_t len);
/* Values that carry their own checks (chunks of the index): the checksum behind them is that of the
 * key. A table has values of one kind or the other. */
void ek_txn_put_plain(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                      const void *value, size_t len);
int ek_txn_get_plain(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                     struct ek_bytes *value);
void ek_txn_delete(struct ek_txn *txn, unsigned table, const void *key, size_t len);
/* Every key from `from` on and below `end`. */
void ek_txn_delete_between(struct ek_txn *txn, unsigned table, const void *from, size_t from_len,
                           const void *end, size_t end_len);
void ek_txn_clear(struct ek_txn *txn, unsigned table);
/* The version of the format, which alone is kept without a checksum. 1, 0, -1 (latched). */
int ek_txn_format(struct ek_txn *txn, unsigned table, unsigned *format);
void ek_txn_set_format(struct ek_txn *txn, unsigned table, unsigned format);
uint64_t ek_txn_count(struct ek_txn *txn, unsigned table);

/* Keys in order ----------------------------------------------------------------------------- */

struct ek_walk {
    void *cursor;
    unsigned table;
    struct ek_txn *txn;
    unsigned char from[512];
    size_t from_len, prefix_len;
    bool backward, started;
    bool damaged; /* -1 was for a damaged value: the walk can go on past it */
};
/* Every key that begins with prefix (len 0: every key). */
void ek_walk_begin(struct ek_walk *walk, struct ek_txn *txn, unsigned table, const void *prefix,
                   size_t len);
/* Every key from this one on; backward: every key below it, downwards (len 0: from the end). */
void ek_walk_from(struct ek_walk *walk, struct ek_txn *txn, unsigned table, const void *key,
                  size_t len, bool backward);
/* 1 and the pair, 0 at the end, -1 (latched). Nothing may be written during a walk. */
int ek_walk_next(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value);
/* The same where values carry their own checks. */
int ek_walk_next_plain(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value);
void ek_walk_end(struct ek_walk *walk);

#endif
