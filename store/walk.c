/* walk.c - keys of a table in order, forward or backward.
 *
 * A reading walk goes through the snapshot (env_read.h), a writing one through LMDB, which has what
 * the transaction changed. */
#include "store/env_read.h"

#include <stdlib.h>
#include <string.h>

/* Where a reading walk stands. */
struct standing {
    struct ek_place place;
    struct ek_btree_node node;
    bool sealed; /* the keys on both sides of the walk must bear their seals (env_read.h): */
    enum ek_seal seal;
};

static void open_cursor(struct ek_walk *walk)
{
    struct ek_txn *txn = walk->txn;
    MDB_cursor *cursor = NULL;
    int code = mdb_cursor_open(txn->handle, txn->env->dbi[walk->table], &cursor);
    if (code)
        ek_txn_refused(txn, code, "walking", walk->table);
    walk->cursor = cursor;
}

static void open_standing(struct ek_walk *walk)
{
    struct ek_txn *txn = walk->txn;
    struct standing *standing = malloc(sizeof *standing);
    walk->cursor = standing;
    if (standing)
        ek_place_begin(&standing->place, txn->env->map, &txn->snapshot, walk->table);
    else
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
}

static void walk_start(struct ek_walk *walk, struct ek_txn *txn, unsigned table, const void *key,
                       size_t len)
{
    memset(walk, 0, sizeof *walk);
    walk->txn = txn;
    walk->table = table;
    if (txn->failed)
        return;
    if (len > sizeof walk->from) {
        ek_txn_fail(txn, EK_LIMIT, "key of %zu bytes", len);
        return;
    }
    if (len)
        memcpy(walk->from, key, len);
    walk->from_len = len;
    if (txn->write)
        open_cursor(walk);
    else
        open_standing(walk);
}

void ek_walk_begin(struct ek_walk *walk, struct ek_txn *txn, unsigned table, const void *prefix,
                   size_t len)
{
    walk_start(walk, txn, table, prefix, len);
    walk->prefix_len = len;
}

void ek_walk_from(struct ek_walk *walk, struct ek_txn *txn, unsigned table, const void *key,
                  size_t len, bool backward)
{
    walk_start(walk, txn, table, key, len);
    walk->backward = backward;
}

/* Through LMDB -------------------------------------------------------------------------------- */

static int move_cursor(struct ek_walk *walk, MDB_val *key, MDB_val *value)
{
    MDB_cursor *cursor = walk->cursor;
    if (walk->started)
        return mdb_cursor_get(cursor, key, value, walk->backward ? MDB_PREV : MDB_NEXT);
    if (walk->from_len == 0)
        return mdb_cursor_get(cursor, key, value, walk->backward ? MDB_LAST : MDB_FIRST);
    *key = (MDB_val){walk->from_len, walk->from};
    int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (!walk->backward)
        return code;
    /* The first key not below the limit was found, or there is none: the one before it. */
    if (code == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    return code ? code : mdb_cursor_get(cursor, key, value, MDB_PREV);
}

static int step_written(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    MDB_val k = {walk->from_len, walk->from}, v = {0};
    if (walk->started)
        mdb_cursor_get(walk->cursor, &k, &v, MDB_GET_CURRENT);
    if (ek_guard_step(walk->txn, walk->table, k.mv_data, k.mv_size, walk->backward))
        return -1;
    int code = move_cursor(walk, &k, &v);
    if (code == MDB_NOTFOUND)
        return 0;
    if (code)
        return ek_txn_refused(walk->txn, code, "walking", walk->table);
    *key = (struct ek_bytes){k.mv_data, k.mv_size};
    *value = (struct ek_bytes){v.mv_data, v.mv_size};
    return 1;
}

/* Through the snapshot ------------------------------------------------------------------------ */

/* The first pair of the walk. */
static int start(struct ek_walk *walk, struct ek_fault *fault)
{
    struct standing *standing = walk->cursor;
    struct ek_place *place = &standing->place;
    struct ek_btree_node *node = &standing->node;
    if (walk->from_len == 0)
        return walk->backward ? ek_place_last(place, node, fault)
                              : ek_place_first(place, node, fault);
    int found = ek_place_seek(place, walk->from, walk->from_len, node, fault);
    if (found < 0)
        return -1;
    if (!walk->backward) {
        if (standing->sealed && ek_read_seal_before(walk->txn, walk->table, standing->seal, place))
            return -1;
        return found;
    }
    if (found == 0)
        return ek_place_last(place, node, fault);
    if (standing->sealed && ek_read_seal(walk->txn, walk->table, standing->seal, place, node))
        return -1;
    return ek_place_before(place, node, fault);
}

static int step_read(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    struct standing *standing = walk->cursor;
    struct ek_btree_node *node = &standing->node;
    struct ek_fault fault = {0};
    const unsigned char *bytes = NULL;
    int found;
    if (!walk->started)
        found = start(walk, &fault);
    else if (walk->backward)
        found = ek_place_before(&standing->place, node, &fault);
    else
        found = ek_place_next(&standing->place, node, &fault);
    if (found == 1 && !(bytes = ek_place_value(&standing->place, node, &fault)))
        found = -1;
    if (found < 0 && !walk->txn->failed) {
        ek_read_fault(walk->txn, walk->table, &fault);
        walk->damaged = true;
    }
    if (found < 0)
        return -1;
    if (found == 0) /* the end of the table is believed where the table has lost nothing */
        return ek_counts_hold(walk->txn, walk->table);
    *key = (struct ek_bytes){node->key, node->key_len};
    *value = (struct ek_bytes){bytes, node->len};
    return 1;
}

/* Both ---------------------------------------------------------------------------------------- */

static bool is_wanted(const struct ek_walk *walk, const struct ek_bytes *key)
{
    return key->len >= walk->prefix_len && memcmp(key->data, walk->from, walk->prefix_len) == 0;
}

static int step(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    walk->damaged = false;
    if (walk->txn->failed || !walk->cursor)
        return -1;
    int found = walk->txn->write ? step_written(walk, key, value) : step_read(walk, key, value);
    walk->started = true;
    return found;
}

int ek_walk_next_kept(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    int found = step(walk, key, value);
    return found == 1 ? is_wanted(walk, key) : found;
}

static int next(struct ek_walk *walk, enum ek_seal seal, struct ek_bytes *key,
                struct ek_bytes *value)
{
    struct standing *standing = walk->txn->write ? NULL : walk->cursor;
    if (standing) {
        standing->sealed = true;
        standing->seal = seal;
    }
    int found = step(walk, key, value);
    if (found != 1)
        return found;
    /* A key behind the last one must be what it says it is. */
    int taken = ek_is_unsealed(walk->table, key->data, key->len)
                    ? 1
                    : ek_seal_take(walk->txn, walk->table, seal, key->data, key->len, value);
    walk->damaged = taken < 0;
    return taken < 0 ? -1 : is_wanted(walk, key);
}

int ek_walk_next(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    return next(walk, EK_SEAL_PAIR, key, value);
}

int ek_walk_next_plain(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    return next(walk, EK_SEAL_KEY, key, value);
}

void ek_walk_end(struct ek_walk *walk)
{
    if (walk->cursor && walk->txn->write)
        mdb_cursor_close(walk->cursor);
    else
        free(walk->cursor);
    walk->cursor = NULL;
}

void ek_txn_delete_between(struct ek_txn *txn, unsigned table, const void *from, size_t from_len,
                           const void *end, size_t end_len)
{
    MDB_cursor *cursor;
    MDB_dbi dbi = txn->env->dbi[table];
    MDB_val key = {from_len, (void *)from}, limit = {end_len, (void *)end}, value;
    if (txn->failed || ek_guard_range(txn, table, from, from_len, end, end_len))
        return;
    int code = mdb_cursor_open(txn->handle, dbi, &cursor);
    if (code) {
        ek_txn_refused(txn, code, "deleting", table);
        return;
    }
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0 && mdb_cmp(txn->handle, dbi, &key, &limit) < 0) {
        code = mdb_cursor_del(cursor, 0);
        if (code == 0)
            code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (code && code != MDB_NOTFOUND)
        ek_txn_refused(txn, code, "deleting", table);
}
