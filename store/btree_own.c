/* btree_own.c - the two trees that LMDB keeps for itself: the list of tables, that of free pages.
 *
 * Both are small and read from their first node to their last, so that their figures can be
 * compared. The list of free pages matters to readers too: a changed number that leads to an older
 * copy of a page, sound in itself, would else be an old state that answers as if it were the
 * present. */
#include "store/btree_internal.h"

struct whole { /* a small tree read from its first node to its last */
    struct ek_map *map;
    const struct ek_snapshot *snapshot;
    const struct ek_btree *tree;
    enum ek_btree_use use;
    int (*visit)(struct whole *whole, uint64_t page, const struct ek_btree_node *node);
    void *context;
    uint64_t branches, leaves, entries;
    struct ek_fault *fault;
};

static int read_leaf(struct whole *whole, uint64_t number)
{
    const unsigned char *page =
        ek_map_page(whole->map, whole->snapshot, number, EK_LEAF_PAGE, whole->use, whole->fault);
    if (!page)
        return -1;
    whole->leaves++;
    for (unsigned i = 0; i < ek_page_nodes(page); i++, whole->entries++) {
        struct ek_btree_node node = ek_page_node(page, i);
        if (whole->visit(whole, number, &node))
            return -1;
    }
    return 0;
}

static int read_page(struct whole *whole, uint64_t number, unsigned level)
{
    if (whole->branches + whole->leaves > whole->tree->branches + whole->tree->leaves)
        return ek_fault_at(whole->fault, number, "is one more than its tree has");
    if (level == whole->tree->depth)
        return read_leaf(whole, number);
    const unsigned char *page =
        ek_map_page(whole->map, whole->snapshot, number, EK_BRANCH_PAGE, whole->use, whole->fault);
    if (!page)
        return -1;
    whole->branches++;
    for (unsigned i = 0; i < ek_page_nodes(page); i++) {
        if (read_page(whole, ek_page_node(page, i).child, level + 1))
            return -1;
    }
    return 0;
}

static int read_whole(struct whole *whole)
{
    const struct ek_btree *tree = whole->tree;
    if (tree->root == EK_NO_PAGE)
        return 0;
    if (read_page(whole, tree->root, 1))
        return -1;
    if (whole->branches != tree->branches || whole->leaves != tree->leaves ||
        whole->entries != tree->entries)
        return ek_fault_at(whole->fault, tree->root,
                           "begins a tree that has more or less than it says");
    return 0;
}

/* Free pages ---------------------------------------------------------------------------------- */

/* A value is a number of pages and the pages, the greatest first. */
static int take_free(struct whole *whole, uint64_t page, const struct ek_btree_node *node)
{
    struct ek_map *map = whole->map;
    uint64_t *last_key = whole->context, pages = 0, before = UINT64_MAX;
    const unsigned char *value = node->value;
    if (node->flags & EK_NODE_LONG)
        value = ek_map_long(map, whole->snapshot, node, &pages, whole->fault);
    if (!value)
        return -1;
    uint64_t key = ek_number64(node->key), count = node->len >= 8 ? ek_number64(value) : 0;
    if (key <= *last_key || key > whole->snapshot->number || node->len < 8 || node->len % 8 ||
        count > node->len / 8 - 1)
        return ek_fault_at(whole->fault, page, "has a list of free pages that cannot be");
    *last_key = key;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t number = ek_number64(value + 8 * (i + 1));
        if (number < 2 || number > whole->snapshot->last_page || number >= before ||
            ek_page_bit(map->free, number))
            return ek_fault_at(whole->fault, page, "lists a page as free that cannot be so");
        map->free[number / 64] |= 1ull << number % 64;
        before = number;
    }
    return 0;
}

int ek_map_load_free(struct ek_map *map, const struct ek_snapshot *snapshot, struct ek_fault *fault)
{
    uint64_t last_key = 0;
    struct whole whole = {.map = map,
                          .snapshot = snapshot,
                          .tree = &snapshot->free,
                          .use = EK_OF_FREE,
                          .visit = take_free,
                          .context = &last_key,
                          .fault = fault};
    map->free_in = 0;
    memset(map->free, 0, (map->bits + 7) / 8);
    if (read_whole(&whole))
        return -1;
    /* Every commit but the first frees the pages that it wrote anew, under its own number: a list
     * that ends before it is an older one. */
    if (snapshot->number > 1 && last_key != snapshot->number)
        return ek_fault_at(fault, snapshot->free.root == EK_NO_PAGE ? 0 : snapshot->free.root,
                           "begins a list of free pages that is not the newest");
    map->free_in = snapshot->number;
    return 0;
}

bool ek_map_is_free(const struct ek_map *map, uint64_t page)
{
    return map->free_in && ek_page_bit(map->free, page);
}

/* Tables -------------------------------------------------------------------------------------- */

static int table_of(const struct ek_map *map, const struct ek_btree_node *node)
{
    for (int i = 0; map->tables[i]; i++) {
        if (strlen(map->tables[i]) == node->key_len &&
            memcmp(map->tables[i], node->key, node->key_len) == 0)
            return i;
    }
    return -1;
}

/* No two tables have one root. */
static bool is_shared(const struct ek_snapshot *snapshot, unsigned table)
{
    for (unsigned i = 0; i < EK_MAP_TABLES; i++) {
        if (i != table && snapshot->has[i] && snapshot->tables[i].root != EK_NO_PAGE &&
            snapshot->tables[i].root == snapshot->tables[table].root)
            return true;
    }
    return false;
}

static int take_table(struct whole *whole, uint64_t page, const struct ek_btree_node *node)
{
    struct ek_snapshot *snapshot = whole->context;
    int table = table_of(whole->map, node);
    if (table < 0)
        return 0;
    ek_btree_take(&snapshot->tables[table], node->value);
    snapshot->has[table] = true;
    const char *wrong = ek_btree_wrong(&snapshot->tables[table], EK_OF_TABLE, snapshot->last_page);
    if (wrong)
        return ek_fault_at(whole->fault, page, "describes a table that cannot be");
    if (is_shared(snapshot, (unsigned)table))
        return ek_fault_at(whole->fault, page, "gives one tree to two tables");
    return 0;
}

int ek_map_load_tables(struct ek_map *map, struct ek_snapshot *snapshot, struct ek_fault *fault)
{
    struct whole whole = {.map = map,
                          .snapshot = snapshot,
                          .tree = &snapshot->names,
                          .use = EK_OF_NAMES,
                          .visit = take_table,
                          .context = snapshot,
                          .fault = fault};
    for (unsigned i = 0; i < EK_MAP_TABLES; i++)
        snapshot->tables[i].root = EK_NO_PAGE;
    return read_whole(&whole);
}

static int count_other(struct whole *whole, uint64_t page, const struct ek_btree_node *node)
{
    (void)page;
    uint64_t *others = whole->context;
    *others += table_of(whole->map, node) < 0;
    return 0;
}

int ek_map_no_other_tables(struct ek_map *map, const struct ek_snapshot *snapshot,
                           struct ek_err *err)
{
    struct ek_fault fault;
    uint64_t others = 0;
    struct whole whole = {.map = map,
                          .snapshot = snapshot,
                          .tree = &snapshot->names,
                          .use = EK_OF_NAMES,
                          .visit = count_other,
                          .context = &others,
                          .fault = &fault};
    if (read_whole(&whole))
        return ek_map_fail(map, &fault, err);
    if (others)
        return ek_fail(err, EK_FORMAT,
                       "%s is damaged, or of a program that is newer: it has %llu tables that are "
                       "not known",
                       map->folder, (unsigned long long)others);
    return 0;
}
