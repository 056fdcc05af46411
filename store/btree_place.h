/* btree_place.h - a place among the keys of a table, found and moved without trust.
 *
 * Besides each page, its place is checked: a page lies as deep as its tree, and has only keys that
 * its parents send there. A key that is not found was looked for where it had to be. */
#ifndef EKBOM_STORE_BTREE_PLACE_H
#define EKBOM_STORE_BTREE_PLACE_H

#include "ekbom/limits.h"
#include "store/btree_map.h"

struct ek_place {
    struct ek_map *map;
    const struct ek_snapshot *snapshot; /* must outlive the place */
    const struct ek_btree *tree;
    unsigned levels; /* pages from the root down; 0: in front of the first or behind the last key */
    struct {
        const unsigned char *page;
        unsigned at;
    } level[EK_MAX_TREE_DEPTH];
};

void ek_place_begin(struct ek_place *place, struct ek_map *map, const struct ek_snapshot *snapshot,
                    unsigned table);
/* All of these: 1 and the node there, 0 if there is none, -1 with the fault. After -1 a step goes
 * on behind (before) the page at fault. */
int ek_place_first(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault);
int ek_place_last(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault);
/* The first key at or behind this one. */
int ek_place_seek(struct ek_place *place, const void *key, size_t len, struct ek_btree_node *node,
                  struct ek_fault *fault);
int ek_place_next(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault);
int ek_place_before(struct ek_place *place, struct ek_btree_node *node, struct ek_fault *fault);

/* Was every page on the way to this key checked before, in this snapshot? */
bool ek_place_is_checked(const struct ek_place *place, const void *key, size_t len);

/* The node's value, wherever it lies; NULL and the fault. */
const unsigned char *ek_place_value(const struct ek_place *place, const struct ek_btree_node *node,
                                    struct ek_fault *fault);

#endif
