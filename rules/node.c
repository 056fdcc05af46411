/* node.c - the tree of conditions, in which equal parts are one.
 *
 * Nodes are made through a table of their contents: the second rule that says {ferritin} near/6
 * {low} gets the node of the first, and a post decides it once.
 *
 * A list that is named twice is one node and is walked twice: lists of lists that double at each
 * step would be walked without end, and a phrase of phrases that may be absent in more ways than
 * anyone can try. So the words to try are counted as if all were written out, and have a ceiling.
 */
#include "rules/rule_set.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"

static uint32_t mix(uint32_t hash, uint32_t value)
{
    return (hash ^ value) * 0x9e3779b1u ^ (hash >> 15);
}

static uint32_t hash_node(const struct node *node, const uint32_t *children)
{
    uint32_t hash = mix(mix(mix(node->kind, node->scope), node->distance), node->item);

    for (uint32_t i = 0; i < node->child_count; i++)
        hash = mix(hash, children[i]);
    return hash ^ hash >> 13;
}

static bool same(const struct ek_rules *rules, const struct node *a, const struct node *b,
                 const uint32_t *children)
{
    return a->kind == b->kind && a->scope == b->scope && a->distance == b->distance &&
           a->item == b->item && a->child_count == b->child_count &&
           (a->child_count == 0 || memcmp(rules->children.items + a->children, children,
                                          a->child_count * sizeof *children) == 0);
}

static bool grow_table(struct node_builder *builder)
{
    struct ek_rules *rules = builder->rules;
    size_t size = builder->table_size ? builder->table_size * 2 : 1024;
    uint32_t *table;

    if (builder->table_size > rules->nodes.count * 2)
        return true;
    table = malloc(size * sizeof *table);
    if (!table)
        return false;
    memset(table, 0xff, size * sizeof *table);
    for (uint32_t i = 0; i < rules->nodes.count; i++) {
        const struct node *node = &rules->nodes.items[i];
        const uint32_t *children =
            node->child_count ? rules->children.items + node->children : NULL;
        size_t slot = hash_node(node, children) & (size - 1);
        while (table[slot] != NO_NODE)
            slot = (slot + 1) & (size - 1);
        table[slot] = i;
    }
    free(builder->table);
    builder->table = table;
    builder->table_size = size;
    return true;
}

/* Parts of a phrase are tried behind each of the places that the parts before can end at. */
static struct extent extent_of(const struct node_builder *builder, const struct node *node,
                               const uint32_t *children)
{
    struct extent extent = {.shortest = node->kind == NODE_EITHER ? UINT32_MAX : 0};
    uint64_t tried = 1;

    if (!children)
        return (struct extent){1, 1, 1};
    for (uint32_t i = 0; i < node->child_count; i++) {
        struct extent child = builder->extents.items[children[i] & ~CHILD_OPTIONAL];
        if (node->kind == NODE_EITHER) {
            tried += child.tried;
            extent.shortest = child.shortest < extent.shortest ? child.shortest : extent.shortest;
            extent.longest = child.longest > extent.longest ? child.longest : extent.longest;
        } else if (node->kind == NODE_SEQUENCE) {
            tried += (uint64_t)child.tried * (extent.longest - extent.shortest + 1);
            extent.shortest += children[i] & CHILD_OPTIONAL ? 0 : child.shortest;
            extent.longest += child.longest;
        } else {
            tried += child.tried;
            extent.shortest = extent.longest = 1; /* places are known when a phrase needs them */
        }
    }
    extent.tried = tried > UINT32_MAX ? UINT32_MAX : (uint32_t)tried;
    return extent;
}

static uint32_t intern(struct node_builder *builder, struct node node, const uint32_t *children)
{
    struct ek_rules *rules = builder->rules;
    struct extent extent;
    size_t slot;

    for (uint32_t i = 0; children && i < node.child_count; i++) {
        uint32_t child = children[i] & ~CHILD_OPTIONAL;
        if (children[i] == NO_NODE)
            return NO_NODE;
        if (rules->nodes.items[child].depth >= node.depth)
            node.depth = (uint16_t)(rules->nodes.items[child].depth + 1);
    }
    builder->too_deep = builder->too_deep || node.depth > EK_MAX_NESTING * 2;
    builder->too_many = builder->too_many || rules->nodes.count >= EK_MAX_RULE_NODES;
    extent = extent_of(builder, &node, children);
    builder->too_large = builder->too_large || extent.tried > EK_MAX_CONDITION;
    if (builder->too_deep || builder->too_many || builder->too_large || !grow_table(builder)) {
        builder->failed = true;
        return NO_NODE;
    }
    slot = hash_node(&node, children) & (builder->table_size - 1);
    for (; builder->table[slot] != NO_NODE; slot = (slot + 1) & (builder->table_size - 1))
        if (same(rules, &rules->nodes.items[builder->table[slot]], &node, children))
            return builder->table[slot];
    node.children = (uint32_t)rules->children.count;
    for (uint32_t i = 0; i < node.child_count; i++)
        VECTOR_PUSH(&rules->children, children[i]);
    VECTOR_PUSH(&rules->nodes, node);
    VECTOR_PUSH(&builder->extents, extent);
    if (rules->children.failed || rules->nodes.failed || builder->extents.failed) {
        builder->failed = true;
        return NO_NODE;
    }
    builder->table[slot] = (uint32_t)rules->nodes.count - 1;
    return builder->table[slot];
}

uint32_t node_leaf(struct node_builder *builder, enum node_kind kind, uint32_t item)
{
    return intern(builder, (struct node){.kind = (uint8_t)kind, .item = item}, NULL);
}

uint32_t node_many(struct node_builder *builder, enum node_kind kind, const uint32_t *children,
                   uint32_t count)
{
    struct node node = {.kind = (uint8_t)kind, .child_count = count};

    if (count == 1 && !(children[0] & CHILD_OPTIONAL))
        return children[0];
    return intern(builder, node, children);
}

uint32_t node_pair(struct node_builder *builder, enum node_kind kind, uint32_t first,
                   uint32_t second, enum node_scope scope, uint32_t distance)
{
    uint32_t children[2] = {first, second};

    return intern(
        builder,
        (struct node){
            .kind = (uint8_t)kind, .scope = (uint8_t)scope, .distance = distance, .child_count = 2},
        children);
}

void node_builder_free(struct node_builder *builder)
{
    free(builder->table);
    builder->table = NULL;
    builder->table_size = 0;
    VECTOR_FREE(&builder->extents);
}
