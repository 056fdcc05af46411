/* match.c - find what a selector selects. See selector.h.
 *
 * A search goes through the index of the chain's key within the scope (binary search for where
 * the scope begins), so looking for a rare class word costs nothing on a large page. Every element
 * tested counts against the page's steps: hostile nesting can make a chain with several ancestors
 * quadratic, and when the steps are used up nothing matches any more and the page is partial. */
#include "daemon/extract/selector_parts.h"

static bool passes(struct ek_tree *tree, uint32_t node, const struct ek_test *test)
{
    struct ek_slice value;
    switch (test->kind) {
    case EK_TEST_NAME:
        return true; /* fits_names has seen to it */
    case EK_TEST_ATTRIBUTE:
        return ek_node_attr(tree, node, test->name).at != NULL;
    case EK_TEST_PATTERN:
        value = ek_node_attr(tree, node, test->name);
        return value.at && ek_pattern_match(&test->pattern, value, NULL);
    case EK_TEST_HAS:
        return ek_select_first(tree, test->inner, ek_whole(tree, node)) != EK_NO_NODE;
    case EK_TEST_NOT:
        return !ek_select_is(tree, test->inner, ek_whole(tree, node), node);
    }
    return false;
}

/* What costs next to nothing: tag, class words, id. */
static bool fits_names(struct ek_tree *tree, struct ek_scope scope, uint32_t node,
                       const struct ek_compound *compound)
{
    if (tree->steps == 0)
        return false;
    tree->steps--;
    if (tree->nodes[node].is_text || (compound->self && node != scope.node))
        return false;
    if (!compound->any && tree->nodes[node].tag != compound->tag)
        return false;
    for (unsigned i = 0; i < compound->test_count; i++)
        if (compound->tests[i].kind == EK_TEST_NAME &&
            !ek_node_named(tree, node, compound->tests[i].name))
            return false;
    return true;
}

/* The rest. */
static bool fits_tests(struct ek_tree *tree, uint32_t node, const struct ek_compound *compound)
{
    for (unsigned i = 0; i < compound->test_count; i++)
        if (!passes(tree, node, &compound->tests[i]))
            return false;
    return true;
}

static bool chain_fits(struct ek_tree *tree, struct ek_scope scope, uint32_t node,
                       const struct ek_chain *chain, unsigned count);

/* Do the first `count` compounds end in an ancestor of node, in its parent if `child`? */
static bool ancestors_fit(struct ek_tree *tree, struct ek_scope scope, uint32_t node,
                          const struct ek_chain *chain, unsigned count, bool child)
{
    for (uint32_t up = tree->nodes[node].parent; up != EK_NO_NODE; up = tree->nodes[up].parent) {
        if (chain_fits(tree, scope, up, chain, count))
            return true;
        if (child || tree->steps == 0)
            return false;
    }
    return false;
}

/* Does the chain's first `count` compounds end in node? Recursion is as deep as the chain. Most
 * candidates fail by a name, here or above; patterns and :has wait until the names are right. */
static bool chain_fits(struct ek_tree *tree, struct ek_scope scope, uint32_t node,
                       const struct ek_chain *chain, unsigned count)
{
    const struct ek_compound *last = &chain->compounds[count - 1];
    return fits_names(tree, scope, node, last) &&
           (count == 1 || ancestors_fit(tree, scope, node, chain, count - 1, last->child)) &&
           fits_tests(tree, node, last);
}

/* First position in the sorted run that is not below `value`. */
static uint32_t lower_bound(const uint32_t *run, uint32_t from, uint32_t to, uint32_t value)
{
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (run[middle] < value)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static uint32_t chain_next(struct ek_tree *tree, const struct ek_chain *chain,
                           struct ek_scope scope, uint32_t from)
{
    const struct ek_compound *last = &chain->compounds[chain->count - 1];
    if (last->self)
        return from <= scope.node && chain_fits(tree, scope, scope.node, chain, chain->count)
                   ? scope.node
                   : EK_NO_NODE;
    if (from <= scope.node)
        from = scope.node + 1;
    if (!chain->key) {
        for (uint32_t node = from; node < scope.end; node++)
            if (chain_fits(tree, scope, node, chain, chain->count))
                return node;
        return EK_NO_NODE;
    }
    uint32_t to = tree->first[chain->key + 1];
    for (uint32_t i = lower_bound(tree->index, tree->first[chain->key], to, from);
         i < to && tree->index[i] < scope.end; i++)
        if (chain_fits(tree, scope, tree->index[i], chain, chain->count))
            return tree->index[i];
    return EK_NO_NODE;
}

uint32_t ek_select_next(struct ek_tree *tree, const struct ek_selector *selector,
                        struct ek_scope scope, uint32_t after)
{
    uint32_t from = after == EK_NO_NODE ? scope.node : after + 1;
    uint32_t best = EK_NO_NODE;
    for (unsigned i = 0; i < selector->count; i++) {
        uint32_t node = chain_next(tree, &selector->chains[i], scope, from);
        if (node < best)
            best = node;
    }
    return best;
}

uint32_t ek_select_first(struct ek_tree *tree, const struct ek_selector *selector,
                         struct ek_scope scope)
{
    return ek_select_next(tree, selector, scope, EK_NO_NODE);
}

uint32_t ek_select_last(struct ek_tree *tree, const struct ek_selector *selector,
                        struct ek_scope scope)
{
    uint32_t last = EK_NO_NODE;
    for (uint32_t node = ek_select_first(tree, selector, scope); node != EK_NO_NODE;
         node = ek_select_next(tree, selector, scope, node))
        last = node;
    return last;
}

bool ek_select_is(struct ek_tree *tree, const struct ek_selector *selector, struct ek_scope scope,
                  uint32_t node)
{
    for (unsigned i = 0; i < selector->count; i++)
        if (chain_fits(tree, scope, node, &selector->chains[i], selector->chains[i].count))
            return true;
    return false;
}
