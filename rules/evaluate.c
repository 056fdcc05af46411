/* evaluate.c - deciding conditions on positions.
 *
 * A node's places are found once a text and kept; both engines come here, they differ only in how
 * leaves are found, and in that the fast one looks at nothing that cannot be. Lists are sorted by
 * token, so joins are binary searches: a phrase looks for the next part where the last one ended,
 * near and then take the nearest place on each side. All pairs in reach were turned down: they are
 * many, and add no tag. */
#include "rules/matcher.h"

#include <stdlib.h>

#include "ekbom/limits.h"

/* Places looked at before one, for the nearest that does not overlap it. */
#define LOOK_BACK 32u

static struct span joined(struct span a, struct span b)
{
    return (struct span){a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last,
                         a.from < b.from ? a.from : b.from, a.to > b.to ? a.to : b.to};
}

/* Put the places of one more part behind what the parts before it gave. */
static void extend(struct ek_matcher *matcher, struct spans part, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span before = matcher->partial.items[i];
        uint32_t next = before.last + 1;
        if (next >= matcher->reading.tokens.count ||
            sentence_of(matcher, before.last) != sentence_of(matcher, next))
            continue;
        for (uint32_t s = spans_from(matcher, part, next); s < part.count; s++) {
            struct span after = *span_at(matcher, part, s);
            if (after.first != next || matcher->partial.count >= EK_MAX_SPANS)
                break;
            VECTOR_PUSH(&matcher->partial, joined(before, after));
        }
    }
}

static void drop_front(struct ek_matcher *matcher, size_t count)
{
    size_t left = matcher->partial.count - count;

    for (size_t i = 0; count && i < left; i++)
        matcher->partial.items[i] = matcher->partial.items[count + i];
    matcher->partial.count = left;
}

static struct spans decide_sequence(struct ek_matcher *matcher, const struct node *node)
{
    bool may_start = true; /* all parts so far may be absent */
    size_t start;

    if (node->phrase && matcher->engine == EK_ENGINE_FAST)
        return decide_phrase(matcher, node);
    for (uint32_t i = 0; i < node->child_count; i++)
        if (matcher_decide(matcher, child_at(matcher, node, i)).count == 0 &&
            !(matcher->rules->children.items[node->children + i] & CHILD_OPTIONAL))
            return (struct spans){0};
    matcher->partial.count = 0;
    for (uint32_t i = 0; i < node->child_count; i++) {
        bool optional = matcher->rules->children.items[node->children + i] & CHILD_OPTIONAL;
        struct spans part = matcher_decide(matcher, child_at(matcher, node, i));
        size_t before = matcher->partial.count;

        extend(matcher, part, before);
        for (uint32_t s = 0; s < part.count && may_start; s++)
            VECTOR_PUSH(&matcher->partial, *span_at(matcher, part, s));
        if (!optional)
            drop_front(matcher, before);
        may_start = may_start && optional;
    }
    matcher->overflow = matcher->overflow || matcher->partial.failed;
    start = matcher->spans.count;
    for (size_t i = 0; i < matcher->partial.count; i++)
        push_span(matcher, matcher->partial.items[i]);
    return settle_spans(matcher, start);
}

static bool within(const struct ek_matcher *matcher, const struct node *node, uint32_t last,
                   uint32_t first)
{
    const struct token *tokens = matcher->reading.tokens.items;

    return tokens[first].word - tokens[last].word <= node->distance &&
           (node->scope == SCOPE_POST || tokens[last].sentence == tokens[first].sentence);
}

static void push_before(struct ek_matcher *matcher, const struct node *node, struct span here,
                        struct spans others)
{
    uint32_t at = spans_from(matcher, others, here.first);

    for (uint32_t steps = 0; at > 0 && steps < LOOK_BACK; steps++) {
        struct span other = *span_at(matcher, others, --at);
        if (other.last >= here.first)
            continue;
        if (within(matcher, node, other.last, here.first))
            push_span(matcher, joined(other, here));
        return;
    }
}

static struct spans decide_near(struct ek_matcher *matcher, const struct node *node)
{
    struct spans left = matcher_decide(matcher, child_at(matcher, node, 0)), right;
    size_t start;

    if (left.count == 0)
        return left;
    right = matcher_decide(matcher, child_at(matcher, node, 1));
    start = matcher->spans.count;
    for (uint32_t i = 0; i < left.count && right.count; i++) {
        struct span here = *span_at(matcher, left, i);
        uint32_t after = spans_from(matcher, right, here.last + 1);
        if (after < right.count) {
            struct span other = *span_at(matcher, right, after);
            if (within(matcher, node, here.last, other.first))
                push_span(matcher, joined(here, other));
        }
        if (node->kind == NODE_NEAR)
            push_before(matcher, node, here, right);
    }
    return settle_spans(matcher, start);
}

/* Does one of the spans begin in scope of this place? */
static bool in_scope(const struct ek_matcher *matcher, const struct node *node, struct span here,
                     struct spans context)
{
    const struct reading *reading = &matcher->reading;
    uint32_t low = 0, high = context.count, least, most;
    bool paragraph = node->scope == SCOPE_PARAGRAPH;

    if (node->scope == SCOPE_POST)
        return context.count > 0;
    least = sentence_of(matcher, here.first);
    most = sentence_of(matcher, here.last);
    if (paragraph) {
        least = reading->paragraphs.items[least];
        most = reading->paragraphs.items[most];
    } else {
        least = least >= node->distance - 1 ? least - (node->distance - 1) : 0;
        most += node->distance - 1;
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        uint32_t at = sentence_of(matcher, span_at(matcher, context, middle)->first);
        if ((paragraph ? reading->paragraphs.items[at] : at) < least)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == context.count)
        return false;
    low = sentence_of(matcher, span_at(matcher, context, low)->first);
    return (paragraph ? reading->paragraphs.items[low] : low) <= most;
}

static struct spans decide_with(struct ek_matcher *matcher, const struct node *node)
{
    struct spans here = matcher_decide(matcher, child_at(matcher, node, 0)), context;
    size_t start;

    if (here.count == 0)
        return here;
    context = matcher_decide(matcher, child_at(matcher, node, 1));
    start = matcher->spans.count;
    for (uint32_t i = 0; i < here.count; i++) {
        struct span span = *span_at(matcher, here, i);
        if (in_scope(matcher, node, span, context) == (node->kind == NODE_WITH))
            push_span(matcher, span);
    }
    return settle_spans(matcher, start);
}

/* Either's places that have the other in scope: all the words that the claim rests on. */
static struct spans decide_both(struct ek_matcher *matcher, const struct node *node)
{
    struct spans sides[2];
    size_t start;

    for (uint32_t side = 0; side < 2; side++) {
        sides[side] = matcher_decide(matcher, child_at(matcher, node, side));
        if (sides[side].count == 0)
            return sides[side];
    }
    start = matcher->spans.count;
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t i = 0; i < sides[side].count; i++) {
            struct span here = *span_at(matcher, sides[side], i);
            if (in_scope(matcher, node, here, sides[1 - side]))
                push_span(matcher, here);
        }
    return settle_spans(matcher, start);
}

bool matcher_found(void *context, size_t start, size_t end)
{
    struct ek_matcher *matcher = context;
    uint32_t count = (uint32_t)matcher->reading.tokens.count, first, last;

    if (!matcher->cut) { /* no one asks for words */
        push_span(matcher, (struct span){0, 0, (uint32_t)start, (uint32_t)end});
        return !matcher->overflow;
    }
    if (count == 0)
        return false;
    first = reading_token_at(&matcher->reading, (uint32_t)start);
    last = reading_token_at(&matcher->reading, (uint32_t)end - 1);
    if (last == count || (last > 0 && matcher->reading.tokens.items[last].plain >= end))
        last--;
    if (first == count)
        first = count - 1;
    if (last < first)
        last = first;
    push_span(matcher, (struct span){first, last, (uint32_t)start, (uint32_t)end});
    return !matcher->overflow;
}

static struct spans decide_regex(struct ek_matcher *matcher, const struct node *node,
                                 const char **limit)
{
    size_t start = matcher->spans.count;

    pattern_places(matcher, &matcher->rules->patterns.items.items[node->item], matcher_found,
                   limit);
    if (*limit)
        matcher->spans.count = start;
    return settle_spans(matcher, start);
}

static struct spans decide(struct ek_matcher *matcher, uint32_t number, const char **limit)
{
    const struct node *node = &matcher->rules->nodes.items[number];

    switch (node->kind) {
    case NODE_WORD:
        return decide_word(matcher, node);
    case NODE_REGEX:
        return decide_regex(matcher, node, limit);
    case NODE_SEQUENCE:
        return decide_sequence(matcher, node);
    case NODE_EITHER:
        return decide_either(matcher, node);
    case NODE_NEAR:
    case NODE_THEN:
        return decide_near(matcher, node);
    case NODE_WITH:
    case NODE_WITHOUT:
        return decide_with(matcher, node);
    case NODE_CODE:
        return decide_code(matcher, node, limit);
    case NODE_BOTH:
        return decide_both(matcher, node);
    default:
        return (struct spans){0};
    }
}

/* The limit that deciding a child met. */
static const char *limit_below(const struct ek_matcher *matcher, const struct node *node)
{
    const char *limit = NULL;

    for (uint32_t i = 0; i < node->child_count && !limit; i++)
        limit = matcher_limit(matcher, child_at(matcher, node, i));
    return limit;
}

struct spans matcher_decide(struct ek_matcher *matcher, uint32_t number)
{
    struct node_state *state = &matcher->states[number];
    const char *limit = NULL;
    struct spans spans;

    if (state->epoch == matcher->epoch)
        return state->spans;
    *state = (struct node_state){.epoch = matcher->epoch};
    if (!matcher->naive || !naive_find(matcher, number, &spans, &limit))
        spans = decide(matcher, number, &limit);
    if (!limit && matcher->limits.count)
        limit = limit_below(matcher, node_at(matcher, number));
    if (limit)
        VECTOR_PUSH(&matcher->limits, (struct limit){number, limit});
    matcher->overflow = matcher->overflow || matcher->limits.failed;
    state->spans = spans;
    return spans;
}

const char *matcher_limit(const struct ek_matcher *matcher, uint32_t node)
{
    for (size_t i = 0; i < matcher->limits.count; i++)
        if (matcher->limits.items[i].node == node)
            return matcher->limits.items[i].reason;
    return NULL;
}
