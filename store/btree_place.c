/* btree_place.c - see btree_place.h.
 *
 * A branch's keys carry no checksum. A changed one sends some keys to the wrong child, where they
 * are not found: so a child may have no key outside what its parents send there, and a search that
 * ends at either end of a leaf looks at the leaf beside it, whose keys must lie on the other side.
 */
#include "store/btree_place.h"

void ek_place_begin(struct ek_place *place, struct ek_map *map, const struct ek_snapshot *snapshot,
                    unsigned table)
{
    place->map = map;
    place->snapshot = snapshot;
    place->tree = &snapshot->tables[table];
    place->levels = 0;
}

static int fault_at(struct ek_fault *fault, const unsigned char *page, const char *what)
{
    *fault = (struct ek_fault){ek_number64(page), what};
    return -1;
}

static struct ek_btree_node node_here(const struct ek_place *place)
{
    unsigned level = place->levels - 1;
    return ek_page_node(place->level[level].page, place->level[level].at);
}

/* Going down ---------------------------------------------------------------------------------- */

/* The nearest key to the left (at: of this child) or right (of the next one) of the way down. */
static bool bound(const struct ek_place *place, bool right, struct ek_btree_node *key)
{
    for (unsigned level = place->levels; level-- > 0;) {
        unsigned at = place->level[level].at + (right ? 1 : 0);
        bool there = right ? at < ek_page_nodes(place->level[level].page) : at > 0;
        if (there) {
            *key = ek_page_node(place->level[level].page, at);
            return true;
        }
    }
    return false;
}

/* Has a child only keys that its parents send there? */
static bool is_within(const struct ek_place *place, const unsigned char *page, bool is_leaf)
{
    struct ek_btree_node limit, own;
    if (bound(place, false, &limit)) {
        own = ek_page_node(page, is_leaf ? 0 : 1);
        if (ek_key_order(own.key, own.key_len, limit.key, limit.key_len) < 0)
            return false;
    }
    if (bound(place, true, &limit)) {
        own = ek_page_node(page, ek_page_nodes(page) - 1);
        if (ek_key_order(own.key, own.key_len, limit.key, limit.key_len) >= 0)
            return false;
    }
    return true;
}

/* A root has as many nodes as its tree's figures say, as far as they say it: else it is the page of
 * another tree. */
static bool is_root(const struct ek_btree *tree, const unsigned char *page)
{
    uint64_t nodes = ek_page_nodes(page);
    switch (tree->depth) {
    case 1:
        return nodes == tree->entries;
    case 2:
        return nodes == tree->leaves && tree->branches == 1;
    case 3:
        return nodes == tree->branches - 1;
    default:
        return nodes < tree->branches;
    }
}

/* The page at this node, one level deeper. */
static int enter(struct ek_place *place, uint64_t number, struct ek_fault *fault)
{
    bool is_leaf = place->levels + 1 == place->tree->depth;
    const unsigned char *page =
        ek_map_page(place->map, place->snapshot, number, is_leaf ? EK_LEAF_PAGE : EK_BRANCH_PAGE,
                    EK_OF_TABLE, fault);
    if (!page)
        return -1;
    if (place->levels == 0 && !is_root(place->tree, page))
        return fault_at(fault, page, "is not the root of its table");
    if (!is_within(place, page, is_leaf))
        return fault_at(fault, page, "has keys that belong elsewhere");
    place->level[place->levels].page = page;
    place->level[place->levels].at = 0;
    place->levels++;
    return 0;
}

/* Down to the first or last node below the child at hand. */
static int descend(struct ek_place *place, bool last, struct ek_fault *fault)
{
    while (place->levels < place->tree->depth) {
        uint64_t child = place->levels ? node_here(place).child : place->tree->root;
        if (enter(place, child, fault))
            return -1;
        if (last)
            place->level[place->levels - 1].at =
                ek_page_nodes(place->level[place->levels - 1].page) - 1;
    }
    return 0;
}

static int end_of(struct ek_place *place, bool last, struct ek_btree_node *node,
                  struct ek_fault *fault)
{
    place->levels = 0;
    if (place->tree->root == EK_NO_PAGE)
        return 0;
    if (descend(place, last, fault))
        return -1;
    *node = node_here(place);
    return 1;
}

int ek_place_first(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault)
{
    return end_of(place, false, node, fault);
}

int ek_place_last(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault)
{
    return end_of(place, true, node, fault);
}

/* Stepping ------------------------------------------------------------------------------------ */

static int step(struct ek_place *place, bool back, struct ek_btree_node *node,
                struct ek_fault *fault)
{
    while (place->levels > 0) {
        unsigned level = place->levels - 1;
        unsigned *at = &place->level[level].at;
        bool more = back ? *at > 0 : *at + 1 < ek_page_nodes(place->level[level].page);
        if (!more) {
            place->levels--;
            continue;
        }
        *at += back ? -1u : 1u;
        if (descend(place, back, fault))
            return -1;
        *node = node_here(place);
        return 1;
    }
    return 0;
}

int ek_place_next(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault)
{
    return step(place, false, node, fault);
}

int ek_place_before(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault)
{
    return step(place, true, node, fault);
}

/* Seeking ------------------------------------------------------------------------------------- */

/* The number of nodes from `first` on that are below the key, or at it too. */
static unsigned nodes_below(const unsigned char *page, unsigned first, const void *key, size_t len,
                            bool or_equal)
{
    unsigned low = first, high = ek_page_nodes(page);
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        struct ek_btree_node node = ek_page_node(page, middle);
        int order = ek_key_order(node.key, node.key_len, key, len);
        if (order < 0 || (or_equal && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Is the leaf beside this one on the other side of the key? */
static int check_beside(const struct ek_place *place, bool back, const void *key, size_t len,
                        struct ek_fault *fault)
{
    struct ek_place beside = *place;
    struct ek_btree_node node;
    int found = step(&beside, back, &node, fault);
    if (found != 1)
        return found;
    int order = ek_key_order(node.key, node.key_len, key, len);
    if (back ? order >= 0 : order <= 0)
        return fault_at(fault, beside.level[beside.levels - 1].page,
                        "has keys that its parents send elsewhere");
    return 0;
}

int ek_place_seek(struct ek_place *place, const void *key, size_t len, struct ek_btree_node *node,
                  struct ek_fault *fault)
{
    place->levels = 0;
    if (place->tree->root == EK_NO_PAGE)
        return 0;
    uint64_t number = place->tree->root;
    while (place->levels + 1 < place->tree->depth) {
        if (enter(place, number, fault))
            return -1;
        unsigned level = place->levels - 1;
        place->level[level].at = nodes_below(place->level[level].page, 1, key, len, true) - 1;
        number = node_here(place).child;
    }
    if (enter(place, number, fault))
        return -1;
    unsigned level = place->levels - 1, nodes = ek_page_nodes(place->level[level].page);
    unsigned at = nodes_below(place->level[level].page, 0, key, len, false);
    place->level[level].at = at < nodes ? at : nodes - 1;
    if (at < nodes)
        *node = node_here(place);
    bool exact = at < nodes && ek_key_order(node->key, node->key_len, key, len) == 0;
    if (at == 0 && !exact && check_beside(place, true, key, len, fault))
        return -1;
    if (at < nodes)
        return 1;
    if (check_beside(place, false, key, len, fault))
        return -1;
    return step(place, false, node, fault);
}

bool ek_place_is_checked(const struct ek_place *place, const void *key, size_t len)
{
    uint64_t number = place->tree->root;
    for (unsigned level = 1; level < place->tree->depth; level++) {
        const unsigned char *page =
            ek_map_checked(place->map, place->snapshot, number, EK_BRANCH_PAGE);
        if (!page)
            return false;
        number = ek_page_node(page, nodes_below(page, 1, key, len, true) - 1).child;
    }
    return ek_map_checked(place->map, place->snapshot, number, EK_LEAF_PAGE) != NULL;
}

const unsigned char *ek_place_value(const struct ek_place *place, const struct ek_btree_node *node,
                                    struct ek_fault *fault)
{
    uint64_t pages;
    if (!(node->flags & EK_NODE_LONG))
        return node->value;
    return ek_map_long(place->map, place->snapshot, node, &pages, fault);
}
