/* env_guard.c - before LMDB writes: are the pages that it will use what they must be? See
 * env_read.h.
 *
 * LMDB changes a copy of each page on the way to a key, splits it, or fills it from the pages
 * beside it. All of them are looked at first in the snapshot that the transaction began with, so
 * that damage ends in words and an undone transaction, and is not carried into new pages. */
#include "store/env_read.h"

#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/codec.h"

/* Pages that have one parent with the page at each level. */
static int check_siblings(const struct ek_place *place, struct ek_fault *fault)
{
    for (unsigned level = 0; level + 1 < place->levels; level++) {
        const unsigned char *page = place->level[level].page;
        const unsigned at = place->level[level].at, nodes = ek_page_nodes(page);
        const bool is_leaf = level + 2 == place->tree->depth;
        const enum ek_btree_page kind = is_leaf ? EK_LEAF_PAGE : EK_BRANCH_PAGE;
        for (unsigned i = at ? at - 1 : 0; i < nodes && i <= at + 1; i++) {
            if (!ek_map_page(place->map, place->snapshot, ek_page_node(page, i).child, kind,
                             EK_OF_TABLE, fault))
                return -1;
        }
    }
    return 0;
}

int ek_guard_key(struct ek_txn *txn, unsigned table, const void *key, size_t len, bool deleting)
{
    struct ek_place place;
    struct ek_btree_node node;
    struct ek_fault fault;
    ek_place_begin(&place, txn->env->map, &txn->snapshot, table);
    /* Most keys lead to pages that were met before: then a third of the time is saved. */
    if (!deleting && place.tree->longs == 0 && ek_place_is_checked(&place, key, len))
        return 0;
    int found = ek_place_seek(&place, key, len, &node, &fault);
    if (found == 1 && !ek_place_value(&place, &node, &fault))
        found = -1;
    if (found == 1 && deleting && check_siblings(&place, &fault))
        found = -1;
    return found < 0 ? ek_read_fault(txn, table, &fault) : 0;
}

int ek_guard_step(struct ek_txn *txn, unsigned table, const void *key, size_t len, bool back)
{
    struct ek_place place;
    struct ek_btree_node node;
    struct ek_fault fault;
    ek_place_begin(&place, txn->env->map, &txn->snapshot, table);
    int found = len    ? ek_place_seek(&place, key, len, &node, &fault)
                : back ? ek_place_last(&place, &node, &fault)
                       : ek_place_first(&place, &node, &fault);
    if (found == 1)
        found =
            back ? ek_place_before(&place, &node, &fault) : ek_place_next(&place, &node, &fault);
    else if (found == 0 && back)
        found = ek_place_last(&place, &node, &fault);
    return found < 0 ? ek_read_fault(txn, table, &fault) : 0;
}

int ek_guard_range(struct ek_txn *txn, unsigned table, const void *from, size_t from_len,
                   const void *end, size_t end_len)
{
    struct ek_place place;
    struct ek_btree_node node;
    struct ek_fault fault;
    ek_place_begin(&place, txn->env->map, &txn->snapshot, table);
    int found = from ? ek_place_seek(&place, from, from_len, &node, &fault)
                     : ek_place_first(&place, &node, &fault);
    while (found == 1 && (!end || ek_key_order(node.key, node.key_len, end, end_len) < 0)) {
        if (!ek_place_value(&place, &node, &fault) || check_siblings(&place, &fault))
            found = -1;
        else
            found = ek_place_next(&place, &node, &fault);
    }
    return found < 0 ? ek_read_fault(txn, table, &fault) : 0;
}

int ek_guard_opening(struct ek_txn *txn, struct ek_err *err)
{
    struct ek_env *env = txn->env;
    struct ek_fault fault;
    if (ek_map_load_free(env->map, &txn->snapshot, &fault))
        return ek_map_fail(env->map, &fault, err);
    if (ek_map_no_other_tables(env->map, &txn->snapshot, err))
        return -1;
    for (unsigned table = 0; env->tables[table]; table++) {
        if (txn->snapshot.has[table])
            ek_counts_hold(txn, table);
    }
    return ek_txn_take_error(txn, err) ? -1 : 0;
}

/* Counts -------------------------------------------------------------------------------------- */

#define COUNTS "tables"

/* Names and figures of all tables. */
static int count(struct ek_txn *txn, bool noted, struct ek_buf *value)
{
    for (unsigned table = 0; txn->env->tables[table]; table++) {
        MDB_stat of;
        int code = mdb_stat(txn->handle, txn->env->dbi[table], &of);
        if (code)
            return ek_txn_refused(txn, code, "counting", table);
        ek_put_bytes(value, txn->env->tables[table], strlen(txn->env->tables[table]));
        ek_put_uint(value, of.ms_entries + (table == 0 && !noted));
    }
    return value->failed ? ek_txn_fail(txn, EK_MEMORY, "out of memory") : 0;
}

void ek_counts_note(struct ek_txn *txn)
{
    struct ek_bytes noted;
    struct ek_buf value;
    int found = ek_txn_get(txn, 0, COUNTS, sizeof COUNTS - 1, &noted);
    if (found < 0)
        return;
    ek_buf_init(&value, 4096);
    if (count(txn, found == 1, &value) == 0 &&
        (found == 0 || noted.len != value.len || memcmp(noted.data, value.data, value.len) != 0))
        ek_txn_put(txn, 0, COUNTS, sizeof COUNTS - 1, value.data, value.len);
    ek_buf_free(&value);
}

/* The figure noted for a table. 1, 0, -1 (latched). */
static int noted_count(struct ek_txn *txn, unsigned table, uint64_t *pairs)
{
    const char *name = txn->env->tables[table];
    struct ek_bytes value;
    int found = ek_read_get(txn, 0, EK_SEAL_PAIR, COUNTS, sizeof COUNTS - 1, &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    while (!cursor.bad && cursor.at < cursor.end) {
        size_t len;
        const char *noted = ek_get_bytes(&cursor, &len);
        *pairs = ek_get_uint(&cursor);
        if (!cursor.bad && len == strlen(name) && memcmp(noted, name, len) == 0)
            return 1;
    }
    return cursor.bad ? ek_txn_damaged(txn, 0, COUNTS, sizeof COUNTS - 1) : 0;
}

int ek_counts_check(struct ek_txn *txn, unsigned table, uint64_t pairs)
{
    uint64_t noted = 0;
    int found = noted_count(txn, table, &noted);
    if (found < 0)
        return -1;
    if (found == 0 || noted == pairs)
        return 0;
    return ek_txn_fail(txn, EK_FORMAT,
                       "%s is damaged: table %s has %llu pairs, and %llu were counted: run `ekbom "
                       "verify` to see what is missing",
                       txn->env->folder, txn->env->tables[table], (unsigned long long)pairs,
                       (unsigned long long)noted);
}

int ek_counts_hold(struct ek_txn *txn, unsigned table)
{
    const uint32_t bit = 1u << table;
    if (txn->counted & bit)
        return 0;
    txn->counted |= bit; /* the note itself may be what is missing */
    if (ek_counts_check(txn, table, txn->snapshot.tables[table].entries) == 0)
        return 0;
    txn->counted &= ~bit;
    return -1;
}
