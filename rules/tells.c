/* tells.c - which words make which alternatives possible.
 *
 * A word tells every either node (a list, an alternative) that it makes one of its children
 * possible: so a list of six hundred phrases costs what stands in the text. A common word is in
 * fifty lists, and the text needs three of them: so before anything is told, one row of bits a
 * trigger says which either nodes are possible at all, that rules out nearly all rules, and only
 * the nodes that the rest may ask for are told. */
#include "rules/link.h"

#include "ekbom/arena.h"

/* A tell, and who tells it. */
struct told {
    uint32_t trigger;
    struct tell tell;
};

struct told_list {
    VECTOR(struct told) items;
};

/* True if every leaf of the set just collected is a word with a trigger. */
static bool all_tell(const struct linker *linker)
{
    const struct ek_rules *rules = linker->rules;

    for (size_t i = 0; i < linker->leaves.count; i++) {
        const struct node *leaf = &rules->nodes.items[linker->leaves.items[i]];
        if (leaf->kind != NODE_WORD || rules->words.items.items[leaf->item].trigger == NO_TRIGGER)
            return false;
    }
    return true;
}

static void add_child(struct linker *linker, struct told_list *told, uint32_t either,
                      uint32_t child)
{
    struct ek_rules *rules = linker->rules;

    link_collect(linker, child);
    if (!all_tell(linker)) {
        VECTOR_PUSH(&rules->silent, child);
        return;
    }
    for (size_t i = 0; i < linker->leaves.count; i++) {
        const struct node *leaf = &rules->nodes.items[linker->leaves.items[i]];
        VECTOR_PUSH(&told->items,
                    (struct told){rules->words.items.items[leaf->item].trigger, {either, child}});
    }
}

static bool is_simple(const struct ek_rules *rules, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];

    return node->kind == NODE_WORD || node->word != NO_WORD;
}

static void add_either(struct linker *linker, struct told_list *told, struct node *node)
{
    struct ek_rules *rules = linker->rules;
    struct either either = {.silent = (uint32_t)rules->silent.count, .simple = true};

    node->item = (uint32_t)rules->eithers.count;
    for (uint32_t c = 0; c < node->child_count; c++) {
        add_child(linker, told, node->item, link_child(rules, node, c));
        either.simple = either.simple && is_simple(rules, link_child(rules, node, c));
    }
    either.silent_count = (uint32_t)rules->silent.count - either.silent;
    either.told = either.simple && either.silent_count == 0;
    VECTOR_PUSH(&rules->eithers, either);
}

static void set_bit(uint64_t *row, uint32_t bit)
{
    row[bit / 64] |= 1ull << bit % 64;
}

static void index_tells(struct ek_rules *rules, const struct told_list *told)
{
    uint32_t *heads = rules->tell_heads;

    /* heads[t + 2] counts, then heads[t + 1] is where the next one goes: it ends as the end. */
    for (size_t i = 0; i < told->items.count; i++)
        heads[told->items.items[i].trigger + 2]++;
    for (uint32_t t = 1; t < rules->word_triggers + 2; t++)
        heads[t] += heads[t - 1];
    for (size_t i = 0; i < told->items.count; i++) {
        const struct told *here = &told->items.items[i];
        rules->tells[heads[here->trigger + 1]++] = here->tell;
        set_bit(rules->either_rows + (size_t)here->trigger * rules->either_words,
                here->tell.either);
    }
    for (uint32_t e = 0; e < rules->eithers.count; e++)
        if (rules->eithers.items[e].silent_count)
            set_bit(rules->either_silent, e);
}

/* The either nodes of a condition. */
static void mark_eithers(const struct ek_rules *rules, uint32_t number, uint64_t *row)
{
    const struct node *node = &rules->nodes.items[number];

    if (node->kind == NODE_EITHER) {
        if (row[node->item / 64] >> node->item % 64 & 1)
            return;
        set_bit(row, node->item);
    }
    for (uint32_t c = 0; c < node->child_count; c++)
        if (!node->phrase || c == node->item)
            mark_eithers(rules, link_child(rules, node, c), row);
}

static void mark_wanted(struct ek_rules *rules)
{
    for (size_t i = 0; i < rules->rules.count; i++) {
        const struct rule *rule = &rules->rules.items[i];
        const struct code *code = &rules->codes.items[rule->code];
        uint64_t *row = rules->rule_rows + i * rules->either_words;
        mark_eithers(rules, rule->node, row);
        if (code->not_node != NO_NODE)
            mark_eithers(rules, code->not_node, row);
        if (code->unless_node != NO_NODE)
            mark_eithers(rules, code->unless_node, row);
    }
    for (size_t i = 0; i < rules->cues.count; i++)
        if (rules->cues.items[i].direction == CUE_POST)
            mark_eithers(rules, rules->cues.items[i].node, rules->cue_row);
    for (size_t i = 0; i < rules->cue_phrases.count; i++)
        if (rules->cue_phrases.items[i].word == NO_NODE)
            mark_eithers(rules, rules->cue_phrases.items[i].node, rules->cue_row);
}

int link_tells(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;
    struct ek_arena *arena = rules->arena;
    struct told_list told = {0};
    size_t words;
    bool failed;

    for (uint32_t i = 0; i < rules->nodes.count; i++)
        if (rules->nodes.items[i].kind == NODE_EITHER && linker->whole[i])
            add_either(linker, &told, &rules->nodes.items[i]);
    words = (rules->eithers.count + 63) / 64;
    rules->either_words = (uint32_t)words;
    rules->tells = EK_NEW_ARRAY(arena, struct tell, told.items.count + 1);
    rules->tell_heads = EK_NEW_ARRAY(arena, uint32_t, rules->word_triggers + 2);
    rules->either_rows = EK_NEW_ARRAY(arena, uint64_t, rules->word_triggers * words + 1);
    rules->either_silent = EK_NEW_ARRAY(arena, uint64_t, words + 1);
    rules->rule_rows = EK_NEW_ARRAY(arena, uint64_t, rules->rules.count * words + 1);
    rules->cue_row = EK_NEW_ARRAY(arena, uint64_t, words + 1);
    failed = rules->eithers.failed || rules->silent.failed || linker->leaves.failed ||
             told.items.failed || !rules->tells || !rules->tell_heads || !rules->either_rows ||
             !rules->either_silent || !rules->rule_rows || !rules->cue_row;
    if (!failed) {
        index_tells(rules, &told);
        mark_wanted(rules);
    }
    VECTOR_FREE(&told.items);
    return failed ? -1 : 0;
}
