/* btree_form.h - how LMDB 0.9 lays a data file out, as bytes.
 *
 * Written from the format, which lmdb.h does not show. Numbers are the machine's own: an
 * environment never leaves the kind of machine that wrote it.
 *
 * The file is pages of one size. Pages 0 and 1 are heads, written in turn: the one with the greater
 * transaction number holds. Every other page belongs to a tree, or is listed as free in a tree that
 * the head names; another tree lists the tables, each a tree of its own. A tree's inner pages are
 * branches, its outer ones leaves; a value too long for a leaf lies on pages of its own, one behind
 * the other. A page of a tree has a list of offsets that grows upwards behind its own head, and
 * nodes that fill it from its end downwards without a gap. */
#ifndef EKBOM_STORE_BTREE_FORM_H
#define EKBOM_STORE_BTREE_FORM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EK_NO_PAGE UINT64_MAX /* the root of an empty tree */

/* A page: its number, two bytes that nobody sets, its kind; then the ends of list and nodes, or of
 * a long value the number of its pages. */
#define EK_PAGE_HEAD 16u
#define EK_PAGE_KIND 10u
#define EK_PAGE_LOWER 12u
#define EK_PAGE_UPPER 14u
#define EK_PAGE_COUNT 12u
#define EK_PAGE_SMALLEST 512u
#define EK_PAGE_LARGEST 32768u
enum ek_btree_page { EK_BRANCH_PAGE = 1, EK_LEAF_PAGE = 2, EK_LONG_PAGE = 4, EK_HEAD_PAGE = 8 };

/* A node: four bytes of length (in a branch, the low bytes of the child's number), flags (its high
 * bytes), length of the key; then key and value. */
#define EK_NODE_HEAD 8u
#define EK_NODE_FLAGS 4u
#define EK_NODE_KEY 6u
#define EK_NODE_LONG                                                                               \
    1u /* flag: the value lies on pages of its own, and the node has their number */
#define EK_NODE_TREE 2u /* flag: the value is the description of a tree */
#define EK_KEY_BYTES 511u

/* A tree, as a head or the list of tables describes it. */
#define EK_TREE_BYTES 48u
#define EK_TREE_FLAGS 4u
#define EK_TREE_DEPTH 6u
#define EK_TREE_BRANCHES 8u
#define EK_TREE_LEAVES 16u
#define EK_TREE_LONGS 24u
#define EK_TREE_ENTRIES 32u
#define EK_TREE_ROOT 40u
#define EK_TREE_NUMBERS 8u /* flag: keys are the machine's numbers (free pages only) */

/* A head, behind EK_PAGE_HEAD. Where other trees have nothing, the tree of free pages has the size
 * of a page; beside its own flag it carries one that says that the file was made by name and not by
 * folder. */
#define EK_HEAD_MAGIC 0u
#define EK_HEAD_VERSION 4u
#define EK_HEAD_FREE 24u
#define EK_HEAD_NAMES (EK_HEAD_FREE + EK_TREE_BYTES)
#define EK_HEAD_LAST_PAGE (EK_HEAD_NAMES + EK_TREE_BYTES)
#define EK_HEAD_NUMBER (EK_HEAD_LAST_PAGE + 8u)
#define EK_HEAD_BYTES (EK_HEAD_NUMBER + 8u)
#define EK_HEAD_MAGIC_VALUE 0xbeefc0deu
#define EK_HEAD_VERSION_VALUE 1u
#define EK_HEAD_BY_NAME 0x4000u

static inline uint16_t ek_number16(const unsigned char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}
static inline uint32_t ek_number32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}
static inline uint64_t ek_number64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

struct ek_btree { /* a tree, as it is described */
    uint64_t root, entries, branches, leaves, longs;
    unsigned depth, flags;
};

struct ek_btree_node {
    const unsigned char *key, *value; /* value: in the leaf; of a long one, its page's number */
    uint64_t child;                   /* of a branch */
    size_t key_len, len;              /* len: of the value, wherever it lies */
    unsigned flags;
};

static inline unsigned ek_page_nodes(const unsigned char *page)
{
    return (ek_number16(page + EK_PAGE_LOWER) - EK_PAGE_HEAD) / 2u;
}

/* A node of a page that was found sound. */
static inline struct ek_btree_node ek_page_node(const unsigned char *page, unsigned index)
{
    const unsigned char *at = page + ek_number16(page + EK_PAGE_HEAD + (size_t)2 * index);
    struct ek_btree_node node = {.key = at + EK_NODE_HEAD,
                                 .key_len = ek_number16(at + EK_NODE_KEY),
                                 .flags = ek_number16(at + EK_NODE_FLAGS),
                                 .len = ek_number32(at)};
    node.value = node.key + node.key_len;
    node.child = node.len | (uint64_t)node.flags << 32;
    return node;
}

static inline uint64_t ek_node_page(const struct ek_btree_node *node) /* of a long value */
{
    return ek_number64(node->value);
}

/* The order of keys. */
static inline int ek_key_order(const void *a, size_t a_len, const void *b, size_t b_len)
{
    size_t shared = a_len < b_len ? a_len : b_len;
    int order = shared ? memcmp(a, b, shared) : 0;
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

#endif
