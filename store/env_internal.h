/* env_internal.h - what env.c and walk.c share. */
#ifndef EKBOM_STORE_ENV_INTERNAL_H
#define EKBOM_STORE_ENV_INTERNAL_H

#include <lmdb.h>

#include "store/env.h"

#define EK_ENV_TABLES 16

struct ek_env {
    MDB_env *handle;
    char *folder;
    const char *const *tables;
    MDB_dbi dbi[EK_ENV_TABLES];
    MDB_txn *idle; /* a reading transaction that was reset: keeps its reader slot */
};

struct ek_txn {
    struct ek_env *env;
    MDB_txn *handle;
    bool write, failed;
    struct ek_err err;
};

#define EK_SEAL_BYTES 4

/* checksum.c. Put: LMDB's code. Take: 1 and the value, or -1 (latched) if it is damaged. */
int ek_sealed_put(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                  const void *value, size_t len);
int ek_sealed_take(struct ek_txn *txn, unsigned table, const MDB_val *key, const MDB_val *found,
                   struct ek_bytes *value);

/* Latch LMDB's return code. Returns -1. */
int ek_txn_refused(struct ek_txn *txn, int code, const char *doing, unsigned table);

#endif
