/* env_pairs.c - the pairs of a transaction, got, put and deleted.
 *
 * A reading transaction never enters LMDB's trees: env_read.h. */
#include "store/env_read.h"

/* 1 and the pair as it is kept, 0, -1 (latched). */
static int get_written(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                       struct ek_bytes *value)
{
    MDB_val name = {len, (void *)key}, found;
    if (ek_guard_key(txn, table, key, len, false))
        return -1;
    int code = mdb_get(txn->handle, txn->env->dbi[table], &name, &found);
    if (code == MDB_NOTFOUND)
        return 0;
    if (code)
        return ek_txn_refused(txn, code, "reading", table);
    *value = (struct ek_bytes){found.mv_data, found.mv_size};
    return 1;
}

int ek_txn_get_kept(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                    struct ek_bytes *value)
{
    *value = (struct ek_bytes){0};
    if (txn->failed)
        return -1;
    return txn->write ? get_written(txn, table, key, len, value)
                      : ek_read_get_kept(txn, table, key, len, value);
}

static int get(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key, size_t len,
               struct ek_bytes *value)
{
    *value = (struct ek_bytes){0};
    if (txn->failed)
        return -1;
    if (!txn->write)
        return ek_read_get(txn, table, seal, key, len, value);
    int found = get_written(txn, table, key, len, value);
    if (found == 1)
        return ek_seal_take(txn, table, seal, key, len, value);
    /* Deleted in this transaction, or not there before it: then it must have been so. */
    struct ek_bytes before;
    if (found == 0 && ek_read_get(txn, table, seal, key, len, &before) < 0)
        return -1;
    return found;
}

int ek_txn_get(struct ek_txn *txn, unsigned table, const void *key, size_t len,
               struct ek_bytes *value)
{
    return get(txn, table, EK_SEAL_PAIR, key, len, value);
}

int ek_txn_get_plain(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                     struct ek_bytes *value)
{
    return get(txn, table, EK_SEAL_KEY, key, len, value);
}

static void put(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key,
                size_t key_len, const void *value, size_t len)
{
    if (txn->failed || ek_guard_key(txn, table, key, key_len, false))
        return;
    int code = ek_sealed_put(txn, table, seal, key, key_len, value, len);
    if (code)
        ek_txn_refused(txn, code, "writing", table);
}

void ek_txn_put(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                const void *value, size_t len)
{
    put(txn, table, EK_SEAL_PAIR, key, key_len, value, len);
}

void ek_txn_put_plain(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                      const void *value, size_t len)
{
    put(txn, table, EK_SEAL_KEY, key, key_len, value, len);
}

void ek_txn_delete(struct ek_txn *txn, unsigned table, const void *key, size_t len)
{
    if (txn->failed || ek_guard_key(txn, table, key, len, true))
        return;
    MDB_val name = {len, (void *)key};
    int code = mdb_del(txn->handle, txn->env->dbi[table], &name, NULL);
    if (code && code != MDB_NOTFOUND)
        ek_txn_refused(txn, code, "deleting", table);
}

void ek_txn_clear(struct ek_txn *txn, unsigned table)
{
    if (txn->failed || ek_guard_range(txn, table, NULL, 0, NULL, 0))
        return;
    int code = mdb_drop(txn->handle, txn->env->dbi[table], 0);
    if (code)
        ek_txn_refused(txn, code, "clearing", table);
}

uint64_t ek_txn_count(struct ek_txn *txn, unsigned table)
{
    MDB_stat of;
    if (txn->failed)
        return 0;
    if (!txn->write) {
        uint64_t pairs = txn->snapshot.tables[table].entries;
        return ek_counts_hold(txn, table) ? 0 : pairs;
    }
    int code = mdb_stat(txn->handle, txn->env->dbi[table], &of);
    if (code)
        ek_txn_refused(txn, code, "counting", table);
    return code ? 0 : of.ms_entries;
}
