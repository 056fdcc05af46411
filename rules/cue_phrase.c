/* cue_phrase.c - the words and phrases of all cues, for finding them around a hit.
 *
 * Cues are made of the commonest words there are, and most posts hold no hit: so they are no part
 * of the search through a whole post but have literals of their own, which are looked for in the
 * sentences around hits only (cues.c). A cue that speaks of the whole post, and what is more than a
 * phrase, is decided as a rule is. */
#include <stdlib.h>

#include "ekbom/arena.h"
#include "rules/link.h"

/* A word, or a phrase around a word. */
static bool is_simple(const struct ek_rules *rules, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];

    if (node->kind == NODE_SEQUENCE && node->phrase)
        return rules->nodes.items[link_child(rules, node, node->item)].kind == NODE_WORD;
    return node->kind == NODE_WORD;
}

/* Of a word of a phrase; 0 if there is none, or it may start with any. */
static char first_byte(const struct ek_rules *rules, const struct node *node, uint32_t index)
{
    if (index >= node->child_count)
        return 0;
    return rules->words.items.items[rules->nodes.items[link_child(rules, node, index)].item]
        .head[0];
}

/* May its places reach from one sentence into the next? */
static bool crosses_sentences(const struct ek_rules *rules, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];

    if ((node->kind == NODE_NEAR || node->kind == NODE_THEN) && node->scope == SCOPE_POST)
        return true;
    for (uint32_t c = 0; c < node->child_count; c++)
        if (crosses_sentences(rules, link_child(rules, node, c)))
            return true;
    return node->kind == NODE_REGEX;
}

static void add_phrase(struct linker *linker, uint32_t cue, uint32_t number)
{
    struct ek_rules *rules = linker->rules;
    const struct node *node = &rules->nodes.items[number];
    struct cue_phrase phrase = {NO_TRIGGER, NO_NODE, number, cue, 0, 0};

    if (node->kind == NODE_EITHER) {
        for (uint32_t c = 0; c < node->child_count; c++)
            add_phrase(linker, cue, link_child(rules, node, c));
        return;
    }
    if (is_simple(rules, number))
        phrase.word = node->kind == NODE_WORD ? number : link_child(rules, node, node->item);
    else
        link_whole(linker, number);
    if (node->kind == NODE_SEQUENCE && node->words) {
        phrase.before = first_byte(rules, node, node->item - 1);
        phrase.behind = first_byte(rules, node, node->item + 1);
    }
    if (crosses_sentences(rules, number))
        rules->cues_before = CUE_SENTENCES;
    VECTOR_PUSH(&rules->cue_phrases, phrase);
}

int link_cues_collect(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;

    for (uint32_t i = 0; i < rules->cues.count; i++) {
        const struct cue *cue = &rules->cues.items[i];
        uint32_t away = cue->distance ? cue->distance : 1;
        if (cue->direction == CUE_POST)
            link_whole(linker, cue->node);
        else
            add_phrase(linker, i, cue->node);
        if (cue->direction == CUE_NEXT && away > rules->cues_after)
            rules->cues_after = away;
        if (cue->direction == CUE_PREVIOUS && away > rules->cues_before)
            rules->cues_before = away;
    }
    return rules->cue_phrases.failed ? -1 : 0;
}

static int by_trigger(const void *left, const void *right)
{
    const struct cue_phrase *a = left, *b = right;

    if (a->trigger != b->trigger)
        return a->trigger < b->trigger ? -1 : 1;
    if (a->cue != b->cue)
        return a->cue < b->cue ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static int find_triggers(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;

    for (size_t i = 0; i < rules->cue_phrases.count; i++) {
        struct cue_phrase *phrase = &rules->cue_phrases.items[i];
        if (phrase->word == NO_NODE ||
            !link_findable(linker,
                           &rules->words.items.items[rules->nodes.items[phrase->word].item]))
            continue;
        phrase->trigger = triggers_add(&rules->cue_triggers, linker->literals.items,
                                       (uint32_t)linker->literals.count, true);
        if (phrase->trigger == NO_TRIGGER)
            return -1;
    }
    return linker->literals.failed ? -1 : 0;
}

int link_cues(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;
    size_t count = rules->cue_phrases.count, at = 0, triggers;

    if (find_triggers(linker) < 0)
        return -1;
    if (count)
        qsort(rules->cue_phrases.items, count, sizeof *rules->cue_phrases.items, by_trigger);
    triggers = rules->cue_triggers.items.count;
    rules->cue_heads = EK_NEW_ARRAY(rules->arena, uint32_t, triggers + 1);
    if (!rules->cue_heads)
        return -1;
    for (size_t trigger = 0; trigger <= triggers; trigger++) {
        while (at < count && rules->cue_phrases.items[at].trigger < trigger)
            at++;
        rules->cue_heads[trigger] = (uint32_t)at;
    }
    return triggers_index(&rules->cue_triggers, rules->arena);
}
