/* walk.c - keys of a table in order, forward or backward. */
#include "store/env_internal.h"

#include <string.h>

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
    MDB_cursor *cursor = NULL;
    int code = mdb_cursor_open(txn->handle, txn->env->dbi[table], &cursor);
    if (code)
        ek_txn_refused(txn, code, "walking", table);
    walk->cursor = cursor;
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

static int step(struct ek_walk *walk, MDB_val *key, MDB_val *value)
{
    MDB_cursor *cursor = walk->cursor;
    if (walk->started)
        return mdb_cursor_get(cursor, key, value, walk->backward ? MDB_PREV : MDB_NEXT);
    walk->started = true;
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

int ek_walk_next(struct ek_walk *walk, struct ek_bytes *key, struct ek_bytes *value)
{
    MDB_val k = {0}, v = {0};
    walk->damaged = false;
    if (walk->txn->failed || !walk->cursor)
        return -1;
    int code = step(walk, &k, &v);
    if (code == MDB_NOTFOUND)
        return 0;
    if (code)
        return ek_txn_refused(walk->txn, code, "walking", walk->table);
    if (k.mv_size < walk->prefix_len || memcmp(k.mv_data, walk->from, walk->prefix_len) != 0)
        return 0;
    *key = (struct ek_bytes){k.mv_data, k.mv_size};
    int taken = ek_sealed_take(walk->txn, walk->table, &k, &v, value);
    walk->damaged = taken < 0;
    return taken;
}

void ek_walk_end(struct ek_walk *walk)
{
    if (walk->cursor)
        mdb_cursor_close(walk->cursor);
    walk->cursor = NULL;
}
