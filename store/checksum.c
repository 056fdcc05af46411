/* checksum.c - a CRC-32 of key and value behind every value.
 *
 * LMDB trusts the disk: a flipped bit in a number would be a wrong count that nobody notices. Four
 * bytes a pair, checked at each reading, turn it into an error that names table and key. Behind
 * values that carry checks of their own it is the CRC-32 of the key alone: a changed key would be
 * another one, and what it led to missing. Only the version of the format stands without, so that
 * every later version can still be named. */
#include "store/env_read.h"

#include <string.h>
#include <libdeflate.h>

#include "ekbom/codec.h"

static uint32_t checksum(const void *key, size_t key_len, const void *value, size_t len)
{
    uint32_t crc = libdeflate_crc32(0, key, key_len);
    return len ? libdeflate_crc32(crc, value, len) : crc;
}

int ek_sealed_put(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key,
                  size_t key_len, const void *value, size_t len)
{
    MDB_val name = {key_len, (void *)key}, room = {len + EK_SEAL_BYTES, NULL};
    int code = mdb_put(txn->handle, txn->env->dbi[table], &name, &room, MDB_RESERVE);
    if (code)
        return code;
    if (len)
        memcpy(room.mv_data, value, len);
    ek_put_be32((unsigned char *)room.mv_data + len,
                checksum(key, key_len, value, seal == EK_SEAL_PAIR ? len : 0));
    return 0;
}

bool ek_seal_holds(enum ek_seal seal, const void *key, size_t key_len, const void *value,
                   size_t len)
{
    if (len < EK_SEAL_BYTES)
        return false;
    len -= EK_SEAL_BYTES;
    uint32_t kept = ek_get_be32((const unsigned char *)value + len);
    /* Behind nothing at all format 1 had 0. */
    return kept == checksum(key, key_len, value, seal == EK_SEAL_PAIR ? len : 0) ||
           (seal == EK_SEAL_PAIR && len == 0 && kept == 0);
}

int ek_seal_take(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key,
                 size_t key_len, struct ek_bytes *value)
{
    if (!ek_seal_holds(seal, key, key_len, value->data, value->len))
        return ek_txn_damaged(txn, table, key, key_len);
    value->len -= EK_SEAL_BYTES;
    return 1;
}

#define FORMAT "format"

bool ek_is_unsealed(unsigned table, const void *key, size_t len)
{
    return table == 0 && len == sizeof FORMAT - 1 && memcmp(key, FORMAT, len) == 0;
}

int ek_txn_format(struct ek_txn *txn, unsigned table, unsigned *format)
{
    struct ek_bytes found;
    int result = ek_txn_get_kept(txn, table, FORMAT, sizeof FORMAT - 1, &found);
    if (result == 0) /* believed as that of any other key is (env_read.h) */
        result = ek_txn_get(txn, table, FORMAT, sizeof FORMAT - 1, &found);
    if (result != 1)
        return result;
    if (found.len != 4)
        return ek_txn_damaged(txn, table, FORMAT, sizeof FORMAT - 1);
    *format = ek_get_be32(found.data);
    return 1;
}

void ek_txn_set_format(struct ek_txn *txn, unsigned table, unsigned format)
{
    unsigned char bytes[4];
    MDB_val name = {sizeof FORMAT - 1, (void *)FORMAT}, value = {sizeof bytes, bytes};
    ek_put_be32(bytes, format);
    if (txn->failed || ek_guard_key(txn, table, FORMAT, sizeof FORMAT - 1, false))
        return;
    int code = mdb_put(txn->handle, txn->env->dbi[table], &name, &value, 0);
    if (code)
        ek_txn_refused(txn, code, "writing", table);
}
