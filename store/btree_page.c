/* btree_page.c - see btree_page.h.
 *
 * What may be demanded was read in LMDB 0.9.24 and tried on stores of every age, after kills,
 * losses of power and full disks. Nodes are packed: each starts where the one before it ends, so
 * that a changed offset, length or count shows as a gap or an overlap. The heads are written in
 * turn, so that the number of head i is even or odd as i is, and one more than the other's; in a
 * new file both are 0 and nothing is in either. */
#include "store/btree_page.h"

#include "ekbom/limits.h"

/* Branches and leaves ------------------------------------------------------------------------- */

/* Bytes of the node that starts at this offset, 0 if it does not fit. */
static unsigned node_bytes(const unsigned char *page, const struct ek_page_place *place,
                           unsigned at)
{
    if (at + EK_NODE_HEAD > place->page_size)
        return 0;
    uint64_t bytes = EK_NODE_HEAD + ek_number16(page + at + EK_NODE_KEY);
    if (place->kind == EK_LEAF_PAGE) {
        bool is_long = ek_number16(page + at + EK_NODE_FLAGS) & EK_NODE_LONG;
        bytes += is_long ? sizeof(uint64_t) : ek_number32(page + at);
    }
    bytes += bytes & 1;
    return at + bytes <= place->page_size ? (unsigned)bytes : 0;
}

/* Does every offset of the list lead to a node, and every node stand in the list? */
static bool is_packed(const unsigned char *page, const struct ek_page_place *place, unsigned nodes)
{
    uint64_t starts[EK_PAGE_LARGEST / 2 / 64] = {0};
    unsigned upper = ek_number16(page + EK_PAGE_UPPER), found = 0;
    for (unsigned i = 0; i < nodes; i++) {
        unsigned at = ek_number16(page + EK_PAGE_HEAD + (size_t)2 * i);
        if (at < upper || at >= place->page_size || at % 2 || starts[at / 128] >> at / 2 % 64 & 1)
            return false;
        starts[at / 128] |= 1ull << at / 2 % 64;
    }
    for (unsigned at = upper, bytes; at < place->page_size; at += bytes, found++) {
        bytes = node_bytes(page, place, at);
        if (!bytes || !(starts[at / 128] >> at / 2 % 64 & 1))
            return false;
    }
    return found == nodes;
}

static const char *leaf_node_wrong(const struct ek_btree_node *node,
                                   const struct ek_page_place *place)
{
    const bool is_long = node->flags == EK_NODE_LONG;
    if (place->use == EK_OF_NAMES)
        return node->flags == EK_NODE_TREE && node->len == EK_TREE_BYTES
                   ? NULL
                   : "has a node that describes no table";
    if (node->flags != 0 && !is_long)
        return "has a node of no known kind";
    if (is_long && (ek_node_page(node) < 2 || ek_node_page(node) > place->last_page))
        return "names a page that is not there";
    /* What is longer stands on pages of its own. */
    size_t most = ((place->page_size - EK_PAGE_HEAD) / 2 & ~1u) - 2;
    if (!is_long && EK_NODE_HEAD + node->key_len + node->len > most)
        return "has a node that is too long";
    return NULL;
}

static int order_of(const struct ek_btree_node *a, const struct ek_btree_node *b,
                    enum ek_btree_use use)
{
    if (use != EK_OF_FREE)
        return ek_key_order(a->key, a->key_len, b->key, b->key_len);
    uint64_t left = ek_number64(a->key), right = ek_number64(b->key);
    return (left > right) - (left < right);
}

static const char *nodes_wrong(const unsigned char *page, const struct ek_page_place *place,
                               unsigned nodes)
{
    /* The first key of a branch is never looked at, and may be anything. */
    const unsigned first = place->kind == EK_BRANCH_PAGE ? 1 : 0;
    struct ek_btree_node before = {0};
    for (unsigned i = 0; i < nodes; i++) {
        struct ek_btree_node node = ek_page_node(page, i);
        const char *wrong = NULL;
        if (place->kind == EK_LEAF_PAGE)
            wrong = leaf_node_wrong(&node, place);
        else if (node.child < 2 || node.child > place->last_page)
            wrong = "names a page that is not there";
        if (wrong)
            return wrong;
        if (i < first)
            continue;
        if (node.key_len == 0 || node.key_len > EK_KEY_BYTES ||
            (place->use == EK_OF_FREE && node.key_len != sizeof(uint64_t)))
            return "has a key that is empty or too long";
        if (i > first && order_of(&before, &node, place->use) >= 0)
            return "has keys out of order";
        before = node;
    }
    return NULL;
}

const char *ek_page_wrong(const unsigned char *page, const struct ek_page_place *place)
{
    if (ek_number64(page) != place->number)
        return "bears another page's number";
    if (ek_number16(page + EK_PAGE_KIND) != place->kind)
        return "is of another kind than its place in the tree";
    unsigned lower = ek_number16(page + EK_PAGE_LOWER), upper = ek_number16(page + EK_PAGE_UPPER);
    if (lower < EK_PAGE_HEAD || lower % 2 || lower > upper || upper > place->page_size)
        return "has ends that cannot be";
    /* One child is no branch, except in LMDB's own list of free pages. */
    unsigned nodes = ek_page_nodes(page);
    if (nodes == 0 || (nodes == 1 && place->kind == EK_BRANCH_PAGE && place->use != EK_OF_FREE))
        return "has too few nodes";
    if (!is_packed(page, place, nodes))
        return "has nodes that overlap or leave a gap";
    return nodes_wrong(page, place, nodes);
}

const char *ek_long_page_wrong(const unsigned char *page, const struct ek_page_place *place,
                               uint64_t len, uint64_t *count)
{
    *count = ek_number32(page + EK_PAGE_COUNT);
    if (ek_number64(page) != place->number)
        return "bears another page's number";
    if (ek_number16(page + EK_PAGE_KIND) != EK_LONG_PAGE)
        return "is not the long value that it should be";
    if (*count == 0 || *count > place->last_page - place->number + 1 ||
        EK_PAGE_HEAD + len > *count * place->page_size)
        return "has another length than its value";
    return NULL;
}

/* Trees --------------------------------------------------------------------------------------- */

void ek_btree_take(struct ek_btree *tree, const unsigned char *bytes)
{
    *tree = (struct ek_btree){
        .root = ek_number64(bytes + EK_TREE_ROOT),
        .entries = ek_number64(bytes + EK_TREE_ENTRIES),
        .branches = ek_number64(bytes + EK_TREE_BRANCHES),
        .leaves = ek_number64(bytes + EK_TREE_LEAVES),
        .longs = ek_number64(bytes + EK_TREE_LONGS),
        .depth = ek_number16(bytes + EK_TREE_DEPTH),
        .flags = ek_number16(bytes + EK_TREE_FLAGS),
    };
}

const char *ek_btree_wrong(const struct ek_btree *tree, enum ek_btree_use use, uint64_t last_page)
{
    unsigned flags = tree->flags;
    if (use == EK_OF_FREE)
        flags &= ~EK_HEAD_BY_NAME;
    if (flags != (use == EK_OF_FREE ? EK_TREE_NUMBERS : 0))
        return "has flags that it cannot have";
    if (tree->root == EK_NO_PAGE)
        return tree->depth || tree->entries || tree->branches || tree->leaves || tree->longs
                   ? "has no root, and is not empty"
                   : NULL;
    if (tree->root < 2 || tree->root > last_page)
        return "has a root that is not there";
    if (tree->depth == 0 || tree->depth > EK_MAX_TREE_DEPTH || tree->entries == 0)
        return "has a root, and is empty";
    if ((tree->depth == 1) != (tree->branches == 0) || (tree->depth == 1) != (tree->leaves == 1) ||
        tree->branches > last_page || tree->leaves > last_page || tree->longs > last_page ||
        tree->leaves > tree->entries)
        return "has numbers of pages that do not go together";
    return NULL;
}

/* Heads --------------------------------------------------------------------------------------- */

static bool is_foreign(const unsigned char *head)
{
    return ek_number16(head + EK_PAGE_KIND) == EK_HEAD_PAGE &&
           ek_number32(head + EK_PAGE_HEAD + EK_HEAD_MAGIC) == EK_HEAD_MAGIC_VALUE &&
           ek_number32(head + EK_PAGE_HEAD + EK_HEAD_VERSION) != EK_HEAD_VERSION_VALUE;
}

static const char *head_wrong(const unsigned char *page, unsigned number, struct ek_head *head)
{
    const unsigned char *bytes = page + EK_PAGE_HEAD;
    if (ek_number64(page) != number || ek_number16(page + EK_PAGE_KIND) != EK_HEAD_PAGE ||
        ek_number32(bytes + EK_HEAD_MAGIC) != EK_HEAD_MAGIC_VALUE ||
        ek_number32(bytes + EK_HEAD_VERSION) != EK_HEAD_VERSION_VALUE)
        return "is not the beginning of a data file";
    head->number = ek_number64(bytes + EK_HEAD_NUMBER);
    head->last_page = ek_number64(bytes + EK_HEAD_LAST_PAGE);
    ek_btree_take(&head->free, bytes + EK_HEAD_FREE);
    ek_btree_take(&head->names, bytes + EK_HEAD_NAMES);
    if (head->last_page < 1 || head->last_page > INT64_MAX / EK_PAGE_LARGEST)
        return "has an end that cannot be";
    return NULL;
}

/* Of a file that nothing was committed to. The second head may be that of a first commit, which
 * could not be written and was taken back: its trees are then as they were meant to be. */
static bool are_new(const struct ek_head *first, const struct ek_head *second)
{
    return first->number == 0 && second->number == 0 && first->last_page == 1 &&
           second->last_page == 1 && first->free.root == EK_NO_PAGE &&
           first->names.root == EK_NO_PAGE;
}

bool ek_page_size_can_be(unsigned size)
{
    return size >= EK_PAGE_SMALLEST && size <= EK_PAGE_LARGEST && (size & (size - 1)) == 0;
}

const char *ek_heads_wrong(const unsigned char *const heads[2], struct ek_head *holds,
                           bool *foreign)
{
    struct ek_head head[2];
    unsigned sizes[2];
    *foreign = is_foreign(heads[0]) && is_foreign(heads[1]);
    for (unsigned i = 0; i < 2; i++) {
        const char *wrong = head_wrong(heads[i], i, &head[i]);
        if (wrong)
            return wrong;
        sizes[i] = ek_number32(heads[i] + EK_PAGE_HEAD + EK_HEAD_FREE);
    }
    if (sizes[0] != sizes[1] || !ek_page_size_can_be(sizes[0]) ||
        head[0].free.flags != head[1].free.flags)
        return "and the other head of the file differ in what never changes";
    unsigned newest = head[0].number < head[1].number;
    *holds = head[newest];
    if (are_new(&head[0], &head[1]))
        return NULL;
    if (head[newest].number - head[!newest].number != 1 || head[newest].number % 2 != newest)
        return "and the other head of the file do not follow on one another";
    if (holds->last_page < head[!newest].last_page)
        return "is shorter than the head before it";
    /* The other one's trees are nothing to go by: a head that could not be written, and was taken
     * back, leaves them as they were meant to be. */
    const char *wrong = ek_btree_wrong(&holds->free, EK_OF_FREE, holds->last_page);
    return wrong ? wrong : ek_btree_wrong(&holds->names, EK_OF_NAMES, holds->last_page);
}
