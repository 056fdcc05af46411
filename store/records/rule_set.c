/* rule_set.c - see rule_set.h. */
#include "store/records/rule_set.h"

#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"

/* Value: a list of codes, then the bundle's bytes. */
static void rule_set_write(struct ek_store *store, struct ek_txn *txn, const char *digest,
                           const struct ek_rule_code *codes, size_t count, const void *bundle,
                           size_t len)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_uint(value, count);
    for (size_t i = 0; i < count; i++) {
        ek_put_str(value, codes[i].code);
        ek_put_u8(value, codes[i].treatment);
    }
    ek_put_bytes(value, bundle, len);
    if (value->failed)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_txn_put(txn, EK_RULE_SETS, digest, strlen(digest), value->data, value->len);
}

/* The two parts of a value. 1, 0, -1 (latched). */
static int rule_set_read(struct ek_txn *txn, const char *digest, struct ek_arena *arena,
                         struct ek_rule_code **codes, size_t *count, struct ek_bytes *bundle)
{
    struct ek_bytes value;
    *count = 0;
    *codes = NULL;
    int found = ek_txn_get(txn, EK_RULE_SETS, digest, strlen(digest), &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    *count = ek_get_count(&cursor, 2);
    *codes = EK_NEW_ARRAY(arena, struct ek_rule_code, *count + 1);
    for (size_t i = 0; i < *count && *codes && !cursor.bad; i++) {
        (*codes)[i].code = ek_get_str(&cursor, arena);
        (*codes)[i].treatment = ek_get_u8(&cursor) != 0;
        cursor.bad = cursor.bad || !(*codes)[i].code;
    }
    bundle->data = ek_get_bytes(&cursor, &bundle->len);
    if (!ek_cursor_done(&cursor) || !*codes)
        return ek_txn_damaged(txn, EK_RULE_SETS, digest, strlen(digest));
    return 1;
}

void ek_rule_set_put(struct ek_store *store, struct ek_txn *txn, const struct ek_bundle *rules)
{
    struct ek_rule_code *codes;
    struct ek_bytes old;
    struct ek_buf bytes;
    size_t count;
    rule_set_read(txn, rules->digest, store->scratch, &codes, &count, &old);
    ek_buf_init(&bytes, EK_MAX_BUNDLE_BYTES + (1u << 20));
    ek_bundle_encode(&bytes, rules);
    if (bytes.failed)
        ek_txn_fail(txn, EK_LIMIT, "the rule set is larger than %u MiB", EK_MAX_BUNDLE_BYTES >> 20);
    else
        rule_set_write(store, txn, rules->digest, codes, count, bytes.data, bytes.len);
    ek_buf_free(&bytes);
}

void ek_rule_set_put_codes(struct ek_store *store, struct ek_txn *txn, const char *digest,
                           const struct ek_rule_code *codes, size_t count)
{
    struct ek_rule_code *old_codes;
    struct ek_bytes bundle;
    size_t old_count;
    if (rule_set_read(txn, digest, store->scratch, &old_codes, &old_count, &bundle) != 1)
        return;
    /* The value is about to be replaced: its bytes are copied first. */
    void *copy = ek_strndup(store->scratch, bundle.data, bundle.len);
    if (!copy)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    else
        rule_set_write(store, txn, digest, codes, count, copy, bundle.len);
}

int ek_rule_set_get(struct ek_txn *txn, const char *digest, struct ek_arena *arena,
                    struct ek_bundle *bundle, struct ek_rule_code **codes, size_t *count,
                    struct ek_err *err)
{
    struct ek_rule_code *own_codes;
    struct ek_bytes bytes;
    size_t own_count;
    int found = rule_set_read(txn, digest, arena, &own_codes, &own_count, &bytes);
    if (found != 1)
        return found;
    if (codes) {
        *codes = own_codes;
        *count = own_count;
    }
    if (bundle && ek_bundle_decode(bundle, arena, bytes.data, bytes.len, err))
        return ek_fail_in(err, "rule set %s as kept in the store", digest);
    return 1;
}

#define IN_USE "rules"

void ek_rules_in_use(struct ek_txn *txn, char digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES])
{
    const size_t room = sizeof "sha256:" + 2 * EK_SHA256_BYTES;
    struct ek_bytes value;
    digest[0] = 0;
    if (ek_txn_get(txn, EK_RECORDS_META, IN_USE, sizeof IN_USE - 1, &value) != 1)
        return;
    if (value.len >= room)
        ek_txn_damaged(txn, EK_RECORDS_META, IN_USE, sizeof IN_USE - 1);
    else
        snprintf(digest, room, "%.*s", (int)value.len, (const char *)value.data);
}

void ek_rules_use(struct ek_txn *txn, const char *digest)
{
    ek_txn_put(txn, EK_RECORDS_META, IN_USE, sizeof IN_USE - 1, digest, strlen(digest));
}
