/* page_check.c - see page_check.h.
 *
 * Each tree is walked from its root through ek_map_page, which judges a page alone; what is added
 * here takes all pages together. A bit a page says that it was reached: what is reached twice, or
 * is reached and free, would be overwritten by the next writer; what is neither was lost to it.
 * Damage does not end the walk: it goes on beside the page at fault, and counts that cannot be
 * right then are not complained about again. */
#include "store/page_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ekbom/limits.h"
#include "store/env_internal.h"

struct page_check {
    struct ek_map *map;
    const struct ek_snapshot *snapshot;
    uint64_t *reached; /* a bit a page */
    void (*report)(void *context, const char *finding);
    void *context;
    long findings;
};

struct limits { /* keys that a page may have: from `from` on and below `end`; NULL: none */
    const struct ek_btree_node *from, *end;
};

struct tree_check {
    struct page_check *check;
    const struct ek_btree *tree;
    enum ek_btree_use use;
    const char *name;
    uint64_t branches, leaves, longs, entries;
    bool damaged; /* figures cannot be right */
};

static void finding(struct page_check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void finding(struct page_check *check, const char *format, ...)
{
    char text[600];
    va_list list;
    if (check->findings++ >= EK_MAX_PAGE_FINDINGS)
        return;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    check->report(check->context, text);
}

/* Pages --------------------------------------------------------------------------------------- */

static const char *hex(const struct ek_btree_node *node, char out[2 * 12 + 3])
{
    size_t count = node->key_len < 12 ? node->key_len : 12;
    for (size_t i = 0; i < count; i++)
        snprintf(out + 2 * i, 3, "%02x", node->key[i]);
    snprintf(out + 2 * count, 3, "%s", count < node->key_len ? ".." : "");
    return out;
}

/* What cannot be read because of it: the keys that the page's parents send there. */
static void page_finding(struct tree_check *tree, uint64_t page, const struct limits *limits,
                         const char *what)
{
    char from[27], end[27], keys[80] = "all its keys";
    if (limits->from && limits->end)
        snprintf(keys, sizeof keys, "keys from %s and below %s", hex(limits->from, from),
                 hex(limits->end, end));
    else if (limits->from)
        snprintf(keys, sizeof keys, "keys from %s on", hex(limits->from, from));
    else if (limits->end)
        snprintf(keys, sizeof keys, "keys below %s", hex(limits->end, end));
    finding(tree->check, "page %llu of data.mdb (%s, %s) %s", (unsigned long long)page, tree->name,
            keys, what);
    tree->damaged = true;
}

static bool take_pages(struct tree_check *tree, uint64_t first, uint64_t count)
{
    uint64_t *reached = tree->check->reached;
    bool taken = false;
    for (uint64_t page = first; page < first + count; page++) {
        taken = taken || reached[page / 64] >> page % 64 & 1;
        reached[page / 64] |= 1ull << page % 64;
    }
    return !taken;
}

static bool is_free(const struct tree_check *tree, uint64_t first, uint64_t count)
{
    for (uint64_t page = first; page < first + count; page++) {
        if (ek_map_is_free(tree->check->map, page))
            return true;
    }
    return false;
}

static bool is_within(const struct limits *limits, const unsigned char *page, bool is_leaf)
{
    struct ek_btree_node first = ek_page_node(page, is_leaf ? 0 : 1),
                         last = ek_page_node(page, ek_page_nodes(page) - 1);
    return (!limits->from || ek_key_order(first.key, first.key_len, limits->from->key,
                                          limits->from->key_len) >= 0) &&
           (!limits->end ||
            ek_key_order(last.key, last.key_len, limits->end->key, limits->end->key_len) < 0);
}

static void check_long(struct tree_check *tree, const struct ek_btree_node *node,
                       const struct limits *limits)
{
    struct ek_fault fault;
    uint64_t pages, first = ek_node_page(node);
    if (!ek_map_long(tree->check->map, tree->check->snapshot, node, &pages, &fault)) {
        page_finding(tree, fault.page, limits, fault.what);
        return;
    }
    tree->longs += pages;
    if (!take_pages(tree, first, pages))
        page_finding(tree, first, limits, "and those behind it are used twice");
    else if (is_free(tree, first, pages))
        page_finding(tree, first, limits, "and those behind it are used, and free as well");
}

static void check_leaf(struct tree_check *tree, const unsigned char *page,
                       const struct limits *limits)
{
    unsigned nodes = ek_page_nodes(page);
    tree->leaves++;
    tree->entries += nodes;
    for (unsigned i = 0; i < nodes; i++) {
        struct ek_btree_node node = ek_page_node(page, i);
        struct limits own = {&node, &node};
        if (node.flags & EK_NODE_LONG)
            check_long(tree, &node, i + 1 < nodes ? &own : limits);
    }
}

static void check_page(struct tree_check *tree, uint64_t number, unsigned level,
                       const struct limits *limits);

static void check_branch(struct tree_check *tree, const unsigned char *page, unsigned level,
                         const struct limits *limits)
{
    unsigned nodes = ek_page_nodes(page);
    tree->branches++;
    for (unsigned i = 0; i < nodes; i++) {
        struct ek_btree_node node = ek_page_node(page, i), next;
        struct limits own = {i ? &node : limits->from, limits->end};
        if (i + 1 < nodes) {
            next = ek_page_node(page, i + 1);
            own.end = &next;
        }
        check_page(tree, node.child, level + 1, &own);
    }
}

static void check_page(struct tree_check *tree, uint64_t number, unsigned level,
                       const struct limits *limits)
{
    struct page_check *check = tree->check;
    struct ek_fault fault;
    const bool is_leaf = level == tree->tree->depth;
    const unsigned char *page =
        ek_map_page(check->map, check->snapshot, number, is_leaf ? EK_LEAF_PAGE : EK_BRANCH_PAGE,
                    tree->use, &fault);
    if (!page) {
        page_finding(tree, fault.page, limits, fault.what);
        return;
    }
    if (!take_pages(tree, number, 1)) {
        page_finding(tree, number, limits, "is used twice");
        return;
    }
    if (tree->use != EK_OF_FREE && !is_within(limits, page, is_leaf))
        page_finding(tree, number, limits, "has keys that belong elsewhere");
    if (is_leaf)
        check_leaf(tree, page, limits);
    else
        check_branch(tree, page, level, limits);
}

/* Trees --------------------------------------------------------------------------------------- */

static void check_tree(struct page_check *check, const struct ek_btree *described,
                       enum ek_btree_use use, const char *name)
{
    struct tree_check tree = {.check = check, .tree = described, .use = use, .name = name};
    const struct limits none = {0};
    if (described->root == EK_NO_PAGE)
        return;
    check_page(&tree, described->root, 1, &none);
    if (tree.damaged)
        return;
    if (tree.entries != described->entries)
        finding(check, "%s of data.mdb has %llu pairs, and says that it has %llu", name,
                (unsigned long long)tree.entries, (unsigned long long)described->entries);
    if (tree.branches != described->branches || tree.leaves != described->leaves ||
        tree.longs != described->longs)
        finding(check, "%s of data.mdb has %llu, %llu and %llu pages, and says %llu, %llu, %llu",
                name, (unsigned long long)tree.branches, (unsigned long long)tree.leaves,
                (unsigned long long)tree.longs, (unsigned long long)described->branches,
                (unsigned long long)described->leaves, (unsigned long long)described->longs);
}

/* Pages that nothing knows: no harm, and a sign that something else is wrong. */
static void check_lost(struct page_check *check)
{
    uint64_t lost = 0, first = 0;
    for (uint64_t page = 2; page <= check->snapshot->last_page; page++) {
        if (check->reached[page / 64] >> page % 64 & 1 || ek_map_is_free(check->map, page))
            continue;
        first = lost++ ? first : page;
    }
    if (lost)
        finding(check, "%llu pages of data.mdb, page %llu the first, are neither used nor free",
                (unsigned long long)lost, (unsigned long long)first);
}

long ek_page_check(struct ek_txn *txn, void (*report)(void *context, const char *finding),
                   void *context)
{
    const struct ek_snapshot *snapshot = &txn->snapshot;
    struct page_check check = {
        .map = txn->env->map, .snapshot = snapshot, .report = report, .context = context};
    struct ek_fault fault;
    char name[120];
    check.reached = calloc(snapshot->last_page / 64 + 1, sizeof *check.reached);
    if (!check.reached)
        return ek_txn_fail(txn, EK_MEMORY, "out of memory");
    bool has_free = ek_map_load_free(check.map, snapshot, &fault) == 0;
    if (!has_free)
        finding(&check, "page %llu of data.mdb %s", (unsigned long long)fault.page, fault.what);
    check_tree(&check, &snapshot->free, EK_OF_FREE, "the list of free pages");
    check_tree(&check, &snapshot->names, EK_OF_NAMES, "the list of tables");
    for (unsigned table = 0; txn->env->tables[table]; table++) {
        snprintf(name, sizeof name, "table %s", txn->env->tables[table]);
        check_tree(&check, &snapshot->tables[table], EK_OF_TABLE, name);
    }
    if (check.findings == 0)
        check_lost(&check);
    free(check.reached);
    return check.findings;
}
