/* checksum.c - a CRC-32 of key and value behind every value.
 *
 * LMDB trusts the disk: a flipped bit in a number would be a wrong count that nobody notices. Four
 * bytes a pair, checked at each reading, turn it into an error that names table and key. Only the
 * version of the format stands without one, so that every later version can still be named. */
#include "store/env_internal.h"

#include <string.h>
#include <zlib.h>

#include "ekbom/codec.h"

static uint32_t checksum(const void *key, size_t key_len, const void *value, size_t len)
{
    uLong crc = crc32_z(0, key, key_len);
    return (uint32_t)crc32_z(crc, len ? value : NULL, len);
}

int ek_sealed_put(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                  const void *value, size_t len)
{
    MDB_val name = {key_len, (void *)key}, room = {len + EK_SEAL_BYTES, NULL};
    int code = mdb_put(txn->handle, txn->env->dbi[table], &name, &room, MDB_RESERVE);
    if (code)
        return code;
    if (len)
        memcpy(room.mv_data, value, len);
    ek_put_be32((unsigned char *)room.mv_data + len, checksum(key, key_len, value, len));
    return 0;
}

int ek_sealed_take(struct ek_txn *txn, unsigned table, const MDB_val *key, const MDB_val *found,
                   struct ek_bytes *value)
{
    size_t len = found->mv_size - EK_SEAL_BYTES;
    if (found->mv_size < EK_SEAL_BYTES ||
        ek_get_be32((const unsigned char *)found->mv_data + len) !=
            checksum(key->mv_data, key->mv_size, found->mv_data, len))
        return ek_txn_damaged(txn, table, key->mv_data, key->mv_size);
    *value = (struct ek_bytes){found->mv_data, len};
    return 1;
}

#define FORMAT "format"

int ek_txn_format(struct ek_txn *txn, unsigned table, unsigned *format)
{
    MDB_val name = {sizeof FORMAT - 1, (void *)FORMAT}, found;
    if (txn->failed)
        return -1;
    int code = mdb_get(txn->handle, txn->env->dbi[table], &name, &found);
    if (code == MDB_NOTFOUND)
        return 0;
    if (code)
        return ek_txn_refused(txn, code, "reading", table);
    if (found.mv_size != 4)
        return ek_txn_damaged(txn, table, FORMAT, sizeof FORMAT - 1);
    *format = ek_get_be32(found.mv_data);
    return 1;
}

void ek_txn_set_format(struct ek_txn *txn, unsigned table, unsigned format)
{
    unsigned char bytes[4];
    MDB_val name = {sizeof FORMAT - 1, (void *)FORMAT}, value = {sizeof bytes, bytes};
    ek_put_be32(bytes, format);
    if (txn->failed)
        return;
    int code = mdb_put(txn->handle, txn->env->dbi[table], &name, &value, 0);
    if (code)
        ek_txn_refused(txn, code, "writing", table);
}
