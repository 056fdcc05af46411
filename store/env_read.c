/* env_read.c - see env_read.h. */
#include "store/env_read.h"

int ek_read_fault(struct ek_txn *txn, unsigned table, const struct ek_fault *fault)
{
    return ek_txn_fail(txn, EK_FORMAT,
                       "%s is damaged: table %s: page %llu of data.mdb %s: run `ekbom verify` to "
                       "see how much of it",
                       txn->env->folder, txn->env->tables[table], (unsigned long long)fault->page,
                       fault->what);
}

/* Seals --------------------------------------------------------------------------------------- */

int ek_read_seal(struct ek_txn *txn, unsigned table, enum ek_seal seal,
                 const struct ek_place *place, const struct ek_btree_node *node)
{
    struct ek_fault fault;
    if (ek_is_unsealed(table, node->key, node->key_len))
        return 0;
    const unsigned char *value = ek_place_value(place, node, &fault);
    if (!value)
        return ek_read_fault(txn, table, &fault);
    if (!ek_seal_holds(seal, node->key, node->key_len, value, node->len))
        return ek_txn_damaged(txn, table, node->key, node->key_len);
    return 0;
}

int ek_read_seal_before(struct ek_txn *txn, unsigned table, enum ek_seal seal,
                        const struct ek_place *place)
{
    struct ek_place before = *place;
    struct ek_btree_node node;
    struct ek_fault fault;
    int found = before.levels ? ek_place_before(&before, &node, &fault)
                              : ek_place_last(&before, &node, &fault);
    if (found < 0)
        return ek_read_fault(txn, table, &fault);
    return found ? ek_read_seal(txn, table, seal, &before, &node) : 0;
}

/* Pairs --------------------------------------------------------------------------------------- */

/* The place of a key, or where it should be: the node there is then another one, or none (*there).
 * 1, 0, -1 (latched). */
static int find(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                struct ek_place *place, struct ek_btree_node *node, bool *there)
{
    struct ek_fault fault;
    ek_place_begin(place, txn->env->map, &txn->snapshot, table);
    int found = ek_place_seek(place, key, len, node, &fault);
    if (found < 0)
        return ek_read_fault(txn, table, &fault);
    *there = found == 1;
    return found && ek_key_order(node->key, node->key_len, key, len) == 0;
}

static int take(struct ek_txn *txn, unsigned table, const struct ek_place *place,
                const struct ek_btree_node *node, struct ek_bytes *value)
{
    struct ek_fault fault;
    const unsigned char *bytes = ek_place_value(place, node, &fault);
    if (!bytes)
        return ek_read_fault(txn, table, &fault);
    *value = (struct ek_bytes){bytes, node->len};
    return 1;
}

int ek_read_get_kept(struct ek_txn *txn, unsigned table, const void *key, size_t len,
                     struct ek_bytes *value)
{
    struct ek_place place;
    struct ek_btree_node node;
    bool there;
    int found = find(txn, table, key, len, &place, &node, &there);
    return found == 1 ? take(txn, table, &place, &node, value) : found;
}

int ek_read_get(struct ek_txn *txn, unsigned table, enum ek_seal seal, const void *key, size_t len,
                struct ek_bytes *value)
{
    struct ek_place place;
    struct ek_btree_node node;
    bool there;
    int found = find(txn, table, key, len, &place, &node, &there);
    if (found == 1)
        found = take(txn, table, &place, &node, value);
    if (found != 0)
        return found < 0 ? -1 : ek_seal_take(txn, table, seal, key, len, value);
    if ((there && ek_read_seal(txn, table, seal, &place, &node)) ||
        ek_read_seal_before(txn, table, seal, &place))
        return -1;
    return ek_counts_hold(txn, table);
}
