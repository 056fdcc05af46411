/* env_internal.h - what the files that know LMDB share. */
#ifndef EKBOM_STORE_ENV_INTERNAL_H
#define EKBOM_STORE_ENV_INTERNAL_H

#include <lmdb.h>

#include "store/btree_map.h"
#include "store/env.h"

#define EK_ENV_TABLES EK_MAP_TABLES

struct ek_env {
    MDB_env *handle;
    char *folder;
    const char *const *tables;
    MDB_dbi dbi[EK_ENV_TABLES];
    MDB_txn *idle; /* a reading transaction that was reset: keeps its reader slot */
    uint64_t commits;
    bool unmapped;      /* a larger map found no address space: LMDB must not be entered any more */
    struct ek_map *map; /* the same file, read without trust */
};

struct ek_txn {
    struct ek_env *env;
    MDB_txn *handle;
    bool write, failed;
    struct ek_snapshot snapshot; /* what it sees; of a writing one, what it began with */
    uint32_t counted;            /* bits of tables whose number of pairs was compared */
    struct ek_err err;
};

#define EK_SEAL_BYTES 4

/* checksum.c. Put: LMDB's code. Take: 1 and the value, or -1 (latched) if it is damaged. */
enum ek_seal { EK_SEAL_PAIR, EK_SEAL_KEY }; /* the checksum of key and value, or of the key */
int ek_sealed_put(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key,
                  size_t key_len, const void *value, size_t len);
int ek_seal_take(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key,
                 size_t key_len, struct ek_bytes *value);
bool ek_seal_holds(enum ek_seal seal, const void *key, size_t key_len, const void *value,
                   size_t len);
bool ek_is_unsealed(unsigned table, const void *key, size_t len);

/* env_make.c. Makes data.mdb where there is none. 0, LMDB's code, or errno. */
int ek_env_make(const char *folder);

/* Latch LMDB's return code. Returns -1. */
int ek_txn_refused(struct ek_txn *txn, int code, const char *doing, unsigned table);

#endif
