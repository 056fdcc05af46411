/* explain.c - see ekbom/explain.h.
 *
 * A rule is a tree of conditions. Where it did not hit, the condition nearest to its root that
 * failed although what stands below it was found is the reason that helps: the word is there but
 * its context is not, or both words are there but too far apart. Alternatives give the nearest of
 * their reasons. A phrase of which some words stand in the text is no reason at all: common words
 * always do. */
#include "ekbom/explain.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "rules/describe.h"
#include "rules/matcher.h"

const char *const ek_reason_names[] = {"hit",     "cancelled", "forbidden", "context", "apart",
                                       "missing", "limit",     "none",      NULL};

#define MOST_RULES 6u /* told of one code that was not given */

struct finding {
    enum ek_reason reason;
    struct span words, other;
    bool has_other;
    uint32_t node, child; /* the condition that failed, and the part of it that is not there */
};

static uint32_t child_of(const struct ek_rules *rules, const struct node *node, uint32_t index)
{
    return rules->children.items[node->children + index] & ~CHILD_OPTIONAL;
}

static bool first_span(struct ek_matcher *matcher, uint32_t node, struct span *span)
{
    struct spans spans = matcher_decide(matcher, node);
    if (spans.count)
        *span = *span_at(matcher, spans, 0);
    return spans.count > 0;
}

static struct finding nearest(struct ek_matcher *matcher, uint32_t number);

static struct finding nearest_of_children(struct ek_matcher *matcher, const struct node *node,
                                          uint32_t count)
{
    struct finding best = {.reason = EK_REASON_NONE};
    for (uint32_t i = 0; i < count; i++) {
        struct finding found = nearest(matcher, child_of(matcher->rules, node, i));
        if (found.reason < best.reason)
            best = found;
    }
    return best;
}

/* The first child is there; why is the whole not? */
static struct finding why_not_context(struct ek_matcher *matcher, uint32_t number)
{
    const struct node *node = &matcher->rules->nodes.items[number];
    struct finding finding = nearest(matcher, child_of(matcher->rules, node, 0));
    if (finding.reason != EK_REASON_HIT)
        return finding;
    finding.node = number;
    finding.child = 1;
    finding.reason = node->kind == NODE_WITH ? EK_REASON_CONTEXT : EK_REASON_FORBIDDEN;
    finding.has_other = node->kind == NODE_WITHOUT &&
                        first_span(matcher, child_of(matcher->rules, node, 1), &finding.other);
    return finding;
}

static struct finding why_not_near(struct ek_matcher *matcher, uint32_t number)
{
    const struct node *node = &matcher->rules->nodes.items[number];
    struct finding finding = {.reason = EK_REASON_APART, .node = number, .child = NO_CHILD};
    bool left = first_span(matcher, child_of(matcher->rules, node, 0), &finding.words);
    bool right = first_span(matcher, child_of(matcher->rules, node, 1), &finding.other);
    finding.has_other = left && right;
    if (left && right)
        return finding;
    if (!left && !right)
        return nearest_of_children(matcher, node, 2);
    finding.reason = EK_REASON_MISSING;
    finding.child = right ? 0 : 1;
    if (right)
        finding.words = finding.other;
    return finding;
}

static struct finding nearest(struct ek_matcher *matcher, uint32_t number)
{
    const struct node *node = &matcher->rules->nodes.items[number];
    struct finding finding = {.reason = EK_REASON_HIT};
    if (first_span(matcher, number, &finding.words))
        return finding;
    switch (node->kind) {
    case NODE_EITHER:
        return nearest_of_children(matcher, node, node->child_count);
    case NODE_WITH:
    case NODE_WITHOUT:
        return why_not_context(matcher, number);
    case NODE_NEAR:
    case NODE_THEN:
    case NODE_BOTH:
        return why_not_near(matcher, number);
    default:
        return (struct finding){.reason = EK_REASON_NONE};
    }
}

/* A hit none of whose places is free of the code's `not`. */
static void look_for_cancelling(struct ek_matcher *matcher, const struct code *code, uint32_t node,
                                struct finding *finding)
{
    if (code->not_node == NO_NODE)
        return;
    struct spans hits = matcher_decide(matcher, node);
    struct spans nots = matcher_decide(matcher, code->not_node);
    for (uint32_t h = 0; h < hits.count; h++) {
        struct span hit = *span_at(matcher, hits, h);
        bool cancelled = false;
        for (uint32_t n = 0; n < nots.count && !cancelled; n++) {
            struct span mark = *span_at(matcher, nots, n);
            cancelled = mark.first <= hit.last && mark.last >= hit.first;
            finding->other = cancelled ? mark : finding->other;
        }
        if (!cancelled) {
            finding->words = hit;
            return;
        }
    }
    finding->reason = EK_REASON_CANCELLED;
    finding->has_other = true;
}

static const char *words_at(const struct ek_matcher *matcher, struct span span,
                            struct ek_arena *arena)
{
    return ek_strndup(arena, matcher->reading.plain + span.from, span.to - span.from);
}

static int tell_rule(struct ek_matcher *matcher, const struct code *code, const struct rule *rule,
                     struct ek_arena *arena, struct ek_rule_story *story)
{
    struct finding finding = nearest(matcher, rule->node);
    *story = (struct ek_rule_story){.rule = rule->id, .line = rule->line, .weight = rule->weight};
    if (matcher_limit(matcher, rule->node))
        finding.reason = EK_REASON_LIMIT;
    if (finding.reason == EK_REASON_HIT)
        look_for_cancelling(matcher, code, rule->node, &finding);
    story->reason = finding.reason;
    if (finding.reason == EK_REASON_NONE || finding.reason == EK_REASON_LIMIT)
        return 0;
    if (finding.reason >= EK_REASON_FORBIDDEN && finding.reason <= EK_REASON_MISSING &&
        !(story->need = describe_need(matcher->rules, finding.node, finding.child, arena)))
        return -1;
    story->words = words_at(matcher, finding.words, arena);
    if (finding.has_other)
        story->other = words_at(matcher, finding.other, arena);
    return story->words && (!finding.has_other || story->other) ? 0 : -1;
}

static int nearest_first(const void *left, const void *right)
{
    const struct ek_rule_story *a = left, *b = right;
    if (a->reason != b->reason)
        return a->reason < b->reason ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static const struct ek_tag *tag_of(const struct ek_tags *tags, const struct ek_code *code)
{
    const struct ek_tag *list = code->treatment ? tags->treatments : tags->theories;
    size_t count = code->treatment ? tags->treatment_count : tags->theory_count;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].code, code->code) == 0)
            return &list[i];
    }
    return NULL;
}

static bool only_quoted(const struct ek_tags *tags, const char *code)
{
    for (size_t i = 0; i < tags->quoted_count; i++) {
        if (strcmp(tags->quoted_only[i], code) == 0)
            return true;
    }
    return false;
}

static int tell_code(struct ek_matcher *matcher, const struct code *code,
                     const struct ek_tags *tags, struct ek_arena *arena,
                     struct ek_code_story *story)
{
    struct span unless;
    *story = (struct ek_code_story){.code = &code->shown,
                                    .tag = tag_of(tags, &code->shown),
                                    .threshold = code->threshold,
                                    .in_quote_only = only_quoted(tags, code->shown.code)};
    story->rules = EK_NEW_ARRAY(arena, struct ek_rule_story, code->rule_count + 1);
    if (!story->rules)
        return -1;
    for (uint32_t r = 0; r < code->rule_count; r++) {
        const struct rule *rule = &matcher->rules->rules.items[code->rules + r];
        struct ek_rule_story *told = &story->rules[story->rule_count];
        if (tell_rule(matcher, code, rule, arena, told))
            return -1;
        story->rule_count += told->reason != EK_REASON_NONE;
        story->score += told->reason == EK_REASON_HIT ? rule->weight : 0;
    }
    if (code->unless_node != NO_NODE && first_span(matcher, code->unless_node, &unless) &&
        !(story->unless = words_at(matcher, unless, arena)))
        return -1;
    qsort(story->rules, story->rule_count, sizeof *story->rules, nearest_first);
    while (story->rule_count > MOST_RULES &&
           story->rules[story->rule_count - 1].reason != EK_REASON_HIT)
        story->rule_count--;
    return 0;
}

int ek_matcher_explain(struct ek_matcher *matcher, const struct ek_tag_input *input,
                       struct ek_arena *arena, struct ek_tags *tags, struct ek_code_story **stories,
                       size_t *count, struct ek_err *err)
{
    const struct ek_rules *rules = matcher->rules;
    *count = 0;
    *stories = EK_NEW_ARRAY(arena, struct ek_code_story, rules->codes.count + 1);
    if (!*stories)
        return ek_fail_memory(err);
    if (ek_matcher_tag(matcher, input, arena, tags, err))
        return -1;
    /* Tagging went on to the quotes: read the own words again. */
    if (!tags->assessable)
        return 0;
    if (matcher_read(matcher, input->text, input->len, err))
        return -1;
    for (size_t i = 0; i < rules->codes.count; i++) {
        const struct code *code = &rules->codes.items[rules->order[i]];
        if (tell_code(matcher, code, tags, arena, &(*stories)[*count]))
            return ek_fail_memory(err);
        ++*count;
    }
    return 0;
}
