/* link.c - what waits for what, when all rules are there.
 *
 * Every condition has words without which it cannot hold: one of a list, the rarer side of near,
 * the rarest word of a phrase. For each node the rarest such set is chosen, from its children up.
 * By it a rule gets its trigger, literals that are looked for in every text before anything else is
 * done. The words whose places may be asked for get a trigger of their own, and tell the lists
 * and alternatives that they are in (tells.c); words that only stand inside phrases get none,
 * they are compared where the phrase's rarest word stands. What no word tells of (a mark, a regular
 * expression without literals) is asked each time. */
#include "rules/link.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"

#define FEW_WORDS 24u /* that are compared at one place */

/* Must this child be there for the node to be? */
static bool is_needed(const struct ek_rules *rules, const struct node *node, uint32_t index)
{
    if (node->kind == NODE_WITHOUT)
        return index == 0;
    return !(rules->children.items[node->children + index] & CHILD_OPTIONAL);
}

bool link_findable(struct linker *linker, const struct word *word)
{
    struct literal literals[WORD_LITERALS];
    unsigned count = word_literals(word, linker->rules->arena, literals);
    double frequency;

    linker->literals.count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!literal_findable(&literals[i], &frequency))
            return false;
        VECTOR_PUSH(&linker->literals, literals[i]);
    }
    return count > 0;
}

static double word_cost(struct linker *linker, const struct word *word)
{
    double cost = 0, frequency;

    if (!link_findable(linker, word))
        return LINK_NEVER;
    for (size_t i = 0; i < linker->literals.count; i++) {
        literal_findable(&linker->literals.items[i], &frequency);
        cost += frequency;
    }
    return cost;
}

static double pattern_cost(const struct pattern *pattern)
{
    double cost = LINK_NEVER;

    for (uint32_t n = 0; n < pattern->need_count; n++)
        if (pattern->needs[n].frequency < cost)
            cost = pattern->needs[n].frequency;
    return cost;
}

/* Of all rules of the codes: one of them has hit. */
static double mention_cost(const struct linker *linker, const struct mention *mention)
{
    const struct ek_rules *rules = linker->rules;
    double cost = 0;

    for (uint32_t i = 0; i < mention->count; i++) {
        const struct code *code = &rules->codes.items[rules->mentioned.items[mention->codes + i]];
        for (uint32_t r = 0; r < code->rule_count; r++)
            cost += linker->chosen[rules->rules.items[code->rules + r].node].cost;
    }
    return cost;
}

/* The choice of a node with children, whose own are made. *rarest: the child it is that of. */
static struct chosen choose(const struct linker *linker, uint32_t number, uint32_t *rarest)
{
    const struct ek_rules *rules = linker->rules;
    const struct node *node = &rules->nodes.items[number];
    struct chosen best = {LINK_NEVER, number};
    bool needed = false;
    double all = 0;

    for (uint32_t c = 0; c < node->child_count; c++) {
        struct chosen below = linker->chosen[link_child(rules, node, c)];
        all += below.cost;
        if (node->kind == NODE_EITHER || !is_needed(rules, node, c))
            continue;
        *rarest = needed ? *rarest : c;
        needed = true;
        if (below.cost >= best.cost)
            continue;
        best = below;
        *rarest = c;
    }
    return node->kind == NODE_EITHER ? (struct chosen){all, number} : best;
}

/* Words that a node has to be compared with at one place; beyond the ceiling if that is not enough
 * to tell whether it stands there. */
static unsigned count_words(const struct ek_rules *rules, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];
    unsigned count = 0;

    if (node->kind == NODE_WORD)
        return 1;
    if (node->kind != NODE_EITHER && node->kind != NODE_SEQUENCE)
        return FEW_WORDS + 1;
    for (uint32_t c = 0; c < node->child_count && count <= FEW_WORDS; c++)
        count += count_words(rules, link_child(rules, node, c));
    return count;
}

static bool only_words(const struct ek_rules *rules, const struct node *node)
{
    for (uint32_t c = 0; c < node->child_count; c++)
        if (!is_needed(rules, node, c) ||
            rules->nodes.items[link_child(rules, node, c)].kind != NODE_WORD)
            return false;
    return true;
}

static bool is_phrase(const struct ek_rules *rules, const struct node *node)
{
    for (uint32_t c = 0; c < node->child_count; c++)
        if (c != node->item && count_words(rules, link_child(rules, node, c)) > FEW_WORDS)
            return false;
    return true;
}

/* Children are made before their parents, so one walk does. */
static void choose_all(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;

    for (uint32_t i = 0; i < rules->nodes.count; i++) {
        struct node *node = &rules->nodes.items[i];
        uint32_t rarest = 0;
        linker->chosen[i].node = i;
        if (node->kind == NODE_WORD) {
            linker->chosen[i].cost = word_cost(linker, &rules->words.items.items[node->item]);
        } else if (node->kind == NODE_CODE) {
            linker->chosen[i].cost = mention_cost(linker, &rules->mentions.items[node->item]);
        } else if (node->kind == NODE_REGEX) {
            linker->chosen[i].cost = pattern_cost(&rules->patterns.items.items[node->item]);
        } else {
            linker->chosen[i] = choose(linker, i, &rarest);
            if (node->kind != NODE_SEQUENCE)
                continue;
            node->item = rarest;
            node->phrase = is_phrase(rules, node);
            node->words = only_words(rules, node);
        }
    }
}

static void collect(struct linker *linker, uint32_t number);

static void collect_mention(struct linker *linker, const struct mention *mention)
{
    const struct ek_rules *rules = linker->rules;

    for (uint32_t i = 0; i < mention->count; i++) {
        const struct code *code = &rules->codes.items[rules->mentioned.items[mention->codes + i]];
        for (uint32_t r = 0; r < code->rule_count; r++)
            collect(linker, rules->rules.items[code->rules + r].node);
    }
}

static void collect(struct linker *linker, uint32_t number)
{
    const struct ek_rules *rules = linker->rules;
    uint32_t from = linker->chosen[number].node;
    const struct node *node = &rules->nodes.items[from];

    if (linker->stamps[from] == linker->stamp)
        return;
    linker->stamps[from] = linker->stamp;
    if (node->kind == NODE_CODE) {
        collect_mention(linker, &rules->mentions.items[node->item]);
        return;
    }
    if (node->kind != NODE_EITHER) {
        VECTOR_PUSH(&linker->leaves, from);
        return;
    }
    for (uint32_t c = 0; c < node->child_count; c++)
        collect(linker, link_child(rules, node, c));
}

void link_collect(struct linker *linker, uint32_t node)
{
    linker->leaves.count = 0;
    linker->stamp++;
    collect(linker, node);
}

void link_whole(struct linker *linker, uint32_t number)
{
    const struct ek_rules *rules = linker->rules;
    const struct node *node = &rules->nodes.items[number];

    if (linker->whole[number])
        return;
    linker->whole[number] = true;
    if (node->phrase)
        link_whole(linker, link_child(rules, node, node->item));
    for (uint32_t c = 0; c < node->child_count && !node->phrase; c++)
        link_whole(linker, link_child(rules, node, c));
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text & 0x80)
            return false;
    return true;
}

/* The word by which a node is found, if it is one or a phrase around one. */
static void note_words(struct ek_rules *rules)
{
    for (size_t i = 0; i < rules->nodes.count; i++) {
        struct node *node = &rules->nodes.items[i];
        const struct node *leaf = node;
        node->word = NO_WORD;
        if (node->kind == NODE_SEQUENCE && node->phrase)
            leaf = &rules->nodes.items[link_child(rules, node, node->item)];
        if (leaf->kind == NODE_WORD && rules->words.items.items[leaf->item].trigger != NO_TRIGGER)
            node->word = leaf->item;
    }
}

/* Triggers of the words come first. */
static int link_words(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;

    for (size_t i = 0; i < rules->words.items.count; i++) {
        struct word *word = &rules->words.items.items[i];
        word->trigger = NO_TRIGGER;
        if (!linker->whole[word->node] || !link_findable(linker, word))
            continue;
        word->trigger = triggers_add(&rules->triggers, linker->literals.items,
                                     (uint32_t)linker->literals.count, true);
        if (word->trigger == NO_TRIGGER)
            return -1;
        word->start = word->form == WORD_OPEN && word->tail_len == 0 && is_ascii(word->head);
        word->literal = word->form != WORD_OPEN && !word->spelling && is_ascii(word->head);
    }
    rules->word_triggers = (uint32_t)rules->triggers.items.count;
    note_words(rules);
    return linker->literals.failed ? -1 : 0;
}

static int link_patterns(struct ek_rules *rules)
{
    for (size_t i = 0; i < rules->patterns.items.count; i++) {
        struct pattern *pattern = &rules->patterns.items.items[i];
        for (uint32_t n = 0; n < pattern->need_count; n++) {
            struct pattern_need *need = &pattern->needs[n];
            need->trigger = triggers_add(&rules->triggers, need->literals, need->count, true);
            if (need->trigger == NO_TRIGGER)
                return -1;
        }
    }
    return 0;
}

static const struct pattern_need *rarest_need(const struct pattern *pattern)
{
    uint32_t rarest = 0;

    for (uint32_t n = 1; n < pattern->need_count; n++)
        if (pattern->needs[n].frequency < pattern->needs[rarest].frequency)
            rarest = n;
    return &pattern->needs[rarest];
}

/* The trigger of what a rule waits for. */
static uint32_t rule_trigger(struct linker *linker, const struct rule *rule)
{
    const struct ek_rules *rules = linker->rules;
    VECTOR(struct literal) literals = {0};
    uint32_t trigger = NO_TRIGGER;

    link_collect(linker, rule->node);
    for (size_t i = 0; i < linker->leaves.count; i++) {
        const struct node *leaf = &rules->nodes.items[linker->leaves.items[i]];
        if (leaf->kind == NODE_REGEX) {
            const struct pattern_need *need = rarest_need(&rules->patterns.items.items[leaf->item]);
            for (uint32_t l = 0; l < need->count; l++)
                VECTOR_PUSH(&literals, need->literals[l]);
            continue;
        }
        link_findable(linker, &rules->words.items.items[leaf->item]);
        for (size_t l = 0; l < linker->literals.count; l++)
            VECTOR_PUSH(&literals, linker->literals.items[l]);
    }
    if (!literals.failed && !linker->leaves.failed && !linker->literals.failed)
        trigger =
            triggers_add(&linker->rules->triggers, literals.items, (uint32_t)literals.count, false);
    VECTOR_FREE(&literals);
    return trigger;
}

/* Does deciding or judging a hit of this code take words and sentences? */
static bool asks_for_words(const struct ek_rules *rules, const struct code *code)
{
    return code->not_node != NO_NODE || code->unless_node != NO_NODE ||
           (!code->shown.treatment && rules->cues.count > 0);
}

/* The lists and words that a node cannot do without. */
static void add_wants(struct ek_rules *rules, struct rule *rule, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];

    if (node->kind == NODE_EITHER) {
        VECTOR_PUSH(&rules->wants, (struct want){node->item, true});
        rule->wants_only = rule->wants_only && rules->eithers.items[node->item].told;
    } else if (node->kind == NODE_WORD) {
        uint32_t trigger = rules->words.items.items[node->item].trigger;
        if (trigger != NO_TRIGGER)
            VECTOR_PUSH(&rules->wants, (struct want){trigger, false});
        rule->wants_only = rule->wants_only && trigger != NO_TRIGGER;
    } else if (node->kind == NODE_REGEX || node->kind == NODE_CODE) {
        rule->wants_only = false;
    } else if (node->phrase) {
        add_wants(rules, rule, link_child(rules, node, node->item));
    } else {
        for (uint32_t c = 0; c < node->child_count; c++)
            if (is_needed(rules, node, c))
                add_wants(rules, rule, link_child(rules, node, c));
    }
}

static int link_rule(struct linker *linker, uint32_t number)
{
    struct ek_rules *rules = linker->rules;
    struct rule *rule = &rules->rules.items[number];
    uint32_t trigger;

    rule->regex = rules->nodes.items[rule->node].kind == NODE_REGEX &&
                  !(rule->flavour & FLAVOUR_STATED) &&
                  !asks_for_words(rules, &rules->codes.items[rule->code]);
    rule->wants = (uint32_t)rules->wants.count;
    rule->wants_only = true;
    add_wants(rules, rule, rule->node);
    rule->want_count = (uint32_t)rules->wants.count - rule->wants;
    if (rules->wants.failed)
        return -1;
    if (linker->chosen[rule->node].cost >= LINK_NEVER) {
        VECTOR_PUSH(&rules->always, number);
        return rules->always.failed ? -1 : 0;
    }
    trigger = rule_trigger(linker, rule);
    return trigger == NO_TRIGGER ? -1 : triggers_wait(&rules->triggers, trigger, number);
}

/* Rules in the order of their codes' names, theories first. */
static int rank(struct ek_rules *rules)
{
    uint32_t count = 0;

    rules->ranked = EK_NEW_ARRAY(rules->arena, uint32_t, rules->rules.count + 1);
    if (!rules->ranked)
        return -1;
    for (int treatment = 0; treatment < 2; treatment++)
        for (size_t i = 0; i < rules->codes.count; i++) {
            struct code *code = &rules->codes.items[rules->order[i]];
            if (code->shown.treatment != (treatment == 1))
                continue;
            code->rank = count;
            for (uint32_t r = 0; r < code->rule_count; r++)
                rules->ranked[count++] = code->rules + r;
        }
    return 0;
}

static void find_whole(struct linker *linker)
{
    const struct ek_rules *rules = linker->rules;

    for (size_t i = 0; i < rules->rules.count; i++)
        link_whole(linker, rules->rules.items[i].node);
    for (size_t i = 0; i < rules->codes.count; i++) {
        const struct code *code = &rules->codes.items[i];
        if (code->not_node != NO_NODE)
            link_whole(linker, code->not_node);
        if (code->unless_node != NO_NODE)
            link_whole(linker, code->unless_node);
    }
}

static int link_all(struct linker *linker)
{
    struct ek_rules *rules = linker->rules;

    choose_all(linker);
    if (rules->mentions.count) /* the rules of a code may be made after who names it */
        choose_all(linker);
    find_whole(linker);
    if (rank(rules) < 0 || link_cues_collect(linker) < 0 || link_words(linker) < 0 ||
        link_patterns(rules) < 0 || link_tells(linker) < 0 || link_cues(linker) < 0)
        return -1;
    for (uint32_t i = 0; i < rules->rules.count; i++)
        if (link_rule(linker, i) < 0)
            return -1;
    return triggers_index(&rules->triggers, rules->arena);
}

int link_rules(struct ek_rules *rules)
{
    size_t nodes = rules->nodes.count + 1;
    struct linker linker = {.rules = rules};
    int status = -1;

    linker.chosen = calloc(nodes, sizeof *linker.chosen);
    linker.whole = calloc(nodes, sizeof *linker.whole);
    linker.stamps = calloc(nodes, sizeof *linker.stamps);
    if (linker.chosen && linker.whole && linker.stamps)
        status = link_all(&linker);
    free(linker.chosen);
    free(linker.whole);
    free(linker.stamps);
    VECTOR_FREE(&linker.leaves);
    VECTOR_FREE(&linker.literals);
    return status;
}
