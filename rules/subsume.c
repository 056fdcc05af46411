/* subsume.c - is a rule needless beside another one of its block?
 *
 * Proved on the conditions themselves and not tried on texts, so that it holds for all texts: every
 * place of the one contains a place of the other, "brain iron deficiency" one of "brain iron",
 * "iron near/4 low" one of "iron near/6 {low}". Then whatever a `not` leaves of the one it leaves
 * of the other, and if that is enough for the theory to be given, the first changes nothing in what
 * is given. The stance may still rest on its words; a rule with another stance of its own ("as
 * asks") is no twin.
 *
 * What cannot be shown in a few steps counts as not shown: no warning is wrong, some are missing.
 */
#include <string.h>

#include "rules/check.h"
#include "rules/words.h"

#define MOST_STEPS 200000u /* for one pair: two lists of 400 phrases */

struct proof {
    const struct ek_rules *rules;
    unsigned steps;
};

static const struct node *node_of(const struct proof *proof, uint32_t number)
{
    return &proof->rules->nodes.items[number];
}

static uint32_t child(const struct proof *proof, const struct node *node, uint32_t index)
{
    return proof->rules->children.items[node->children + index] & ~CHILD_OPTIONAL;
}

static bool is_optional(const struct proof *proof, const struct node *node, uint32_t index)
{
    return proof->rules->children.items[node->children + index] & CHILD_OPTIONAL;
}

/* What lies in the reach of the one lies in that of the other. */
static bool reaches_no_further(const struct node *inner, const struct node *outer)
{
    bool measured = inner->kind == NODE_NEAR || inner->kind == NODE_THEN;

    if (outer->scope == SCOPE_POST && !measured)
        return true;
    return (inner->scope == outer->scope || outer->scope == SCOPE_POST) &&
           inner->distance <= outer->distance;
}

static bool stands_at(struct proof *proof, uint32_t inner, uint32_t outer);

/* Phrases part by part: outer's part may be absent where inner's is there or may be absent too. */
static bool stretch_stands_at(struct proof *proof, const struct node *inner, uint32_t offset,
                              const struct node *outer)
{
    if (offset + outer->child_count > inner->child_count)
        return false;
    for (uint32_t c = 0; c < outer->child_count; c++) {
        if (is_optional(proof, inner, offset + c) && !is_optional(proof, outer, c))
            return false;
        if (!stands_at(proof, child(proof, inner, offset + c), child(proof, outer, c)))
            return false;
    }
    return true;
}

/* Two conditions of the same kind. */
static bool twin_stands_at(struct proof *proof, const struct node *inner, const struct node *outer)
{
    switch (inner->kind) {
    case NODE_WORD:
        return word_includes(&proof->rules->words.items.items[outer->item],
                             &proof->rules->words.items.items[inner->item]);
    case NODE_SEQUENCE:
        return inner->child_count == outer->child_count &&
               stretch_stands_at(proof, inner, 0, outer);
    case NODE_NEAR: /* the nearest is taken: only of the same places it is the same */
    case NODE_THEN:
        return child(proof, inner, 1) == child(proof, outer, 1) &&
               reaches_no_further(inner, outer) &&
               stands_at(proof, child(proof, inner, 0), child(proof, outer, 0));
    case NODE_WITH:
        return reaches_no_further(inner, outer) &&
               stands_at(proof, child(proof, inner, 0), child(proof, outer, 0)) &&
               stands_at(proof, child(proof, inner, 1), child(proof, outer, 1));
    case NODE_WITHOUT:
        return reaches_no_further(outer, inner) &&
               stands_at(proof, child(proof, inner, 0), child(proof, outer, 0)) &&
               stands_at(proof, child(proof, outer, 1), child(proof, inner, 1));
    case NODE_BOTH:
        return reaches_no_further(inner, outer) &&
               child(proof, inner, 0) == child(proof, outer, 0) &&
               child(proof, inner, 1) == child(proof, outer, 1);
    default:
        return false;
    }
}

/* Is every place of inner one of outer? */
static bool stands_at(struct proof *proof, uint32_t inner, uint32_t outer)
{
    const struct node *in = node_of(proof, inner), *out = node_of(proof, outer);

    if (inner == outer)
        return true;
    if (++proof->steps > MOST_STEPS)
        return false;
    if (in->kind == NODE_EITHER) {
        for (uint32_t c = 0; c < in->child_count; c++)
            if (!stands_at(proof, child(proof, in, c), outer))
                return false;
        return true;
    }
    if (out->kind == NODE_EITHER) {
        for (uint32_t c = 0; c < out->child_count; c++)
            if (stands_at(proof, inner, child(proof, out, c)))
                return true;
        return false;
    }
    if (in->kind == out->kind && twin_stands_at(proof, in, out))
        return true;
    return (in->kind == NODE_WITH || in->kind == NODE_WITHOUT) &&
           stands_at(proof, child(proof, in, 0), outer);
}

static bool contains(struct proof *proof, uint32_t inner, uint32_t outer);

static bool phrase_contains(struct proof *proof, const struct node *in, uint32_t outer)
{
    const struct node *out = node_of(proof, outer);

    for (uint32_t c = 0; c < in->child_count; c++)
        if (!is_optional(proof, in, c) && contains(proof, child(proof, in, c), outer))
            return true;
    if (out->kind != NODE_SEQUENCE)
        return false;
    for (uint32_t offset = 0; offset < in->child_count; offset++)
        if (stretch_stands_at(proof, in, offset, out))
            return true;
    return false;
}

static bool pair_contains(struct proof *proof, const struct node *in, uint32_t outer)
{
    const struct node *out = node_of(proof, outer);

    if (contains(proof, child(proof, in, 0), outer) || contains(proof, child(proof, in, 1), outer))
        return true;
    return in->kind == NODE_THEN && (out->kind == NODE_THEN || out->kind == NODE_NEAR) &&
           reaches_no_further(in, out) &&
           stands_at(proof, child(proof, in, 0), child(proof, out, 0)) &&
           stands_at(proof, child(proof, in, 1), child(proof, out, 1));
}

/* Does every place of inner contain one of outer? */
static bool contains(struct proof *proof, uint32_t inner, uint32_t outer)
{
    const struct node *in = node_of(proof, inner), *out = node_of(proof, outer);

    if (stands_at(proof, inner, outer))
        return true;
    if (++proof->steps > MOST_STEPS)
        return false;
    if (in->kind == NODE_EITHER || in->kind == NODE_BOTH) {
        for (uint32_t c = 0; c < in->child_count; c++)
            if (!contains(proof, child(proof, in, c), outer))
                return false;
        return true;
    }
    if (out->kind == NODE_EITHER) {
        for (uint32_t c = 0; c < out->child_count; c++)
            if (contains(proof, inner, child(proof, out, c)))
                return true;
        return false;
    }
    switch (in->kind) {
    case NODE_SEQUENCE:
        return phrase_contains(proof, in, outer);
    case NODE_NEAR:
    case NODE_THEN:
        return pair_contains(proof, in, outer);
    case NODE_WITH:
    case NODE_WITHOUT:
        return contains(proof, child(proof, in, 0), outer);
    default:
        return false;
    }
}

static bool covers(const struct ek_rules *rules, const struct rule *rule, const struct rule *other)
{
    struct proof proof = {rules, 0};

    return other->flavour == rule->flavour &&
           other->weight >= rules->codes.items[rule->code].threshold &&
           contains(&proof, rule->node, other->node);
}

uint32_t subsuming_rule(const struct ek_rules *rules, uint32_t number)
{
    const struct rule *rule = &rules->rules.items[number];
    const struct code *code = &rules->codes.items[rule->code];

    for (uint32_t r = code->rules; r < code->rules + code->rule_count; r++) {
        const struct rule *other = &rules->rules.items[r];
        /* Of two that find the same, the later one is named. */
        if (r != number && covers(rules, rule, other) &&
            (r < number || !covers(rules, other, rule)))
            return r;
    }
    return NO_RULE;
}
