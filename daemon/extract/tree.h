/* tree.h - a page as a light, read-only tree.
 *
 * Nodes stand in one array in document order, so a node's descendants are the run from node + 1
 * to node.end, and "is inside" is two comparisons. Node 0 is the document. Only attributes, class
 * words and ids that some profile names are kept. All memory is the arena's. */
#ifndef EXTRACT_TREE_H
#define EXTRACT_TREE_H

#include <stdint.h>

#include "daemon/extract/names.h"

struct ek_arena;
struct ek_err;

#define EK_NO_NODE UINT32_MAX

struct ek_node {
    uint32_t parent, previous; /* previous sibling; EK_NO_NODE if none */
    uint32_t end;              /* one past the last descendant */
    uint32_t attrs;            /* first attribute */
    uint32_t words;            /* first class word or id */
    uint32_t text, text_len;   /* of a text node, in tree->text */
    uint16_t tag;              /* number of '<' name; 0 for others */
    uint16_t attr_count, word_count;
    bool is_text;
    bool cut; /* still open when the page ended */
};

struct ek_attr {
    uint16_t name;  /* number of '@' name */
    uint32_t value; /* in tree->text */
    uint32_t len;
};

struct ek_tree {
    const struct ek_names *names;
    struct ek_node *nodes;
    uint32_t count;
    struct ek_attr *attrs;
    uint16_t *words; /* numbers of '.' and '#' names */
    const char *text;
    /* nodes that carry name n: index[first[n]] to index[first[n + 1]], in document order */
    uint32_t *first, *index;
    uint64_t steps;    /* how much more matching this page may cost */
    const char *fault; /* why the tree is only part of the page; NULL if whole */
};

/* A part of the tree: an element, and where it stops (at the latest at nodes[node].end). */
struct ek_scope {
    uint32_t node, end;
};

/* Let the parser set up what it needs once: before a process gives up its rights. */
void ek_tree_prepare(void);

/* Parse UTF-8 without NUL. 0 with the tree filled, perhaps in part (fault); -1 for want of memory.
 */
int ek_tree_parse(struct ek_tree *tree, const struct ek_names *names, struct ek_slice html,
                  struct ek_arena *arena, struct ek_err *err);

struct ek_scope ek_whole(const struct ek_tree *tree, uint32_t node);
/* The same, but cut off where the scope ends if the node lies in it. */
struct ek_scope ek_within(const struct ek_tree *tree, uint32_t node, struct ek_scope scope);
struct ek_slice ek_node_text(const struct ek_tree *tree, uint32_t node); /* of a text node */
/* at is NULL where the element has no such attribute. */
struct ek_slice ek_node_attr(const struct ek_tree *tree, uint32_t node, uint16_t name);

/* Does the element carry this class word or id? */
bool ek_node_named(const struct ek_tree *tree, uint32_t node, uint16_t name);

/* All text of the scope, or with own only that outside of child elements; scripts and styles are
 * never text. White space squeezed, NFC, NUL-terminated, in the arena; NULL: no memory. */
char *ek_text_of(const struct ek_tree *tree, struct ek_scope scope, bool own,
                 struct ek_arena *arena);

/* Text from a page as it is stored: NFC, and the control characters that stand for windows-1252
 * (&#146;) put right. */
char *ek_page_string(struct ek_arena *arena, const char *text, size_t len);

#endif
