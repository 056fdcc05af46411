/* names.c - see names.h. */
#include "store/records/names.h"

#include <string.h>

#include "ekbom/codec.h"
#include "ekbom/digest.h"
#include "ekbom/limits.h"
#include "store/handle.h"

enum { ORDER_NUMBER = 1, ORDER_STRING, ORDER_DIGEST };

static bool is_number(const char *id, size_t len)
{
    return len > 0 && len == strspn(id, "0123456789") && (id[0] != '0' || len == 1);
}

size_t ek_id_order(const char *id, unsigned char out[EK_ID_ORDER_BYTES])
{
    size_t len = strlen(id);
    if (len > EK_MAX_ID_BYTES) {
        out[0] = ORDER_DIGEST;
        ek_sha256(id, len, out + 1);
        return 1 + EK_SHA256_BYTES;
    }
    if (is_number(id, len)) {
        out[0] = ORDER_NUMBER;
        out[1] = (unsigned char)len;
        memcpy(out + 2, id, len);
        return 2 + len;
    }
    out[0] = ORDER_STRING;
    memcpy(out + 1, id, len);
    return 1 + len;
}

size_t ek_name_key(enum ek_name_kind kind, uint64_t forum, const char *id,
                   unsigned char out[EK_NAME_KEY_BYTES])
{
    out[0] = (unsigned char)kind;
    ek_put_be64(out + 1, forum);
    return 9 + ek_id_order(id, out + 9);
}

uint64_t ek_name_find(struct ek_txn *txn, enum ek_name_kind kind, uint64_t forum, const char *id)
{
    unsigned char key[EK_NAME_KEY_BYTES];
    size_t len = ek_name_key(kind, forum, id, key);
    struct ek_bytes value;
    if (ek_txn_get(txn, EK_NAMES, key, len, &value) != 1)
        return 0;
    if (value.len != 8) {
        ek_txn_damaged(txn, EK_NAMES, key, len);
        return 0;
    }
    return ek_get_be64(value.data);
}

void ek_name_set(struct ek_txn *txn, enum ek_name_kind kind, uint64_t forum, const char *id,
                 uint64_t number)
{
    unsigned char key[EK_NAME_KEY_BYTES], value[8];
    size_t len = ek_name_key(kind, forum, id, key);
    ek_put_be64(value, number);
    ek_txn_put(txn, EK_NAMES, key, len, value, sizeof value);
}

void ek_name_forget(struct ek_txn *txn, enum ek_name_kind kind, uint64_t forum, const char *id)
{
    unsigned char key[EK_NAME_KEY_BYTES];
    ek_txn_delete(txn, EK_NAMES, key, ek_name_key(kind, forum, id, key));
}

void ek_names_begin(struct ek_walk *walk, struct ek_txn *txn, enum ek_name_kind kind,
                    uint64_t forum)
{
    unsigned char prefix[9] = {(unsigned char)kind};
    ek_put_be64(prefix + 1, forum);
    ek_walk_begin(walk, txn, EK_NAMES, prefix, sizeof prefix);
}

int ek_names_next(struct ek_walk *walk, uint64_t *number)
{
    struct ek_bytes key, value;
    int found = ek_walk_next(walk, &key, &value);
    if (found != 1)
        return found;
    if (value.len != 8)
        return ek_txn_damaged(walk->txn, EK_NAMES, key.data, key.len);
    *number = ek_get_be64(value.data);
    return 1;
}

int ek_record_get(struct ek_txn *txn, unsigned table, uint64_t number, struct ek_bytes *value)
{
    unsigned char key[8];
    ek_put_be64(key, number);
    return ek_txn_get(txn, table, key, sizeof key, value);
}

void ek_record_put(struct ek_txn *txn, unsigned table, uint64_t number, const void *value,
                   size_t len)
{
    unsigned char key[8];
    ek_put_be64(key, number);
    ek_txn_put(txn, table, key, sizeof key, value, len);
}

int ek_record_damaged(struct ek_txn *txn, unsigned table, uint64_t number)
{
    unsigned char key[8];
    ek_put_be64(key, number);
    return ek_txn_damaged(txn, table, key, sizeof key);
}
