/* matcher.c - one pass over a text that finds every word of the rule set.
 *
 * Each token is looked up once. A word that is found makes its leaf possible; a node with enough
 * possible children is possible itself, and so upwards: after the pass the few conditions that
 * can hold are known, and nothing else is looked at. State is kept by epoch, so that a text costs
 * what it holds and not what the rule set holds; a list of three hundred words is told which of
 * them are there instead of asking each. Regular expressions are made possible by a
 * second pass over bytes for the literals that they wait for. */
#include "rules/matcher.h"

#include <string.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"

static struct node_state *touch(struct ek_matcher *matcher, uint32_t node)
{
    struct node_state *state = &matcher->states[node];

    if (state->epoch != matcher->epoch) {
        *state = (struct node_state){.epoch = matcher->epoch, .offers = NO_OFFER};
    }
    return state;
}

static void make_possible(struct ek_matcher *matcher, uint32_t node)
{
    const struct ek_rules *rules = matcher->rules;
    const struct node *here = &rules->nodes.items[node];
    struct node_state *state = touch(matcher, node);

    if (state->possible)
        return;
    state->possible = true;
    for (uint32_t i = 0; i < here->parent_count; i++) {
        uint32_t parent = rules->parents[here->parents + i];
        struct node_state *above = touch(matcher, parent);
        if (rules->nodes.items[parent].kind == NODE_EITHER) {
            VECTOR_PUSH(&matcher->offers, (struct offer){node, above->offers});
            above->offers = (uint32_t)matcher->offers.count - 1;
        }
        if (!above->possible && ++above->have >= rules->nodes.items[parent].need)
            make_possible(matcher, parent);
    }
}

static void found_word(void *context, uint32_t word, uint32_t token)
{
    struct ek_matcher *matcher = context;
    uint32_t node = matcher->rules->words.items.items[word].node;
    struct node_state *state = touch(matcher, node);

    if (!state->possible) {
        VECTOR_PUSH(&matcher->touched, node);
        make_possible(matcher, node);
    }
    state->spans.count++;
    VECTOR_PUSH(&matcher->events, (struct event){node, token});
}

static void found_gate(void *context, uint32_t node)
{
    make_possible(context, node);
}

struct span token_span(const struct ek_matcher *matcher, uint32_t first, uint32_t last)
{
    const struct token *from = &matcher->reading.tokens.items[first];
    const struct token *to = &matcher->reading.tokens.items[last];

    return (struct span){first, last, from->plain, to->plain + to->plain_len};
}

void push_span(struct ek_matcher *matcher, struct span span)
{
    if (matcher->spans.count >= EK_MAX_SPANS)
        matcher->overflow = true;
    else
        VECTOR_PUSH(&matcher->spans, span);
    matcher->overflow = matcher->overflow || matcher->spans.failed;
}

/* The events, which are in the order of the text, become one list a leaf. */
static void sort_events(struct ek_matcher *matcher)
{
    uint32_t start = 0;

    if (matcher->events.count > EK_MAX_SPANS || matcher->events.failed || matcher->touched.failed) {
        matcher->overflow = true;
        return;
    }
    for (size_t i = 0; i < matcher->events.count; i++)
        push_span(matcher, (struct span){0});
    for (size_t i = 0; i < matcher->touched.count; i++) {
        struct node_state *state = &matcher->states[matcher->touched.items[i]];
        state->spans.start = start;
        start += state->spans.count;
        state->spans.count = 0;
        state->decided = true;
    }
    for (size_t i = 0; i < matcher->events.count && !matcher->overflow; i++) {
        const struct event *event = &matcher->events.items[i];
        struct spans *spans = &matcher->states[event->node].spans;
        matcher->spans.items[spans->start + spans->count++] =
            token_span(matcher, event->token, event->token);
    }
}

static void find_leaves(struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;

    for (uint32_t token = 0; token < matcher->reading.tokens.count; token++)
        words_find(&rules->words, &matcher->reading, token, found_word, matcher);
    if (matcher->reading.folded.len)
        patterns_find_gates(&rules->patterns, matcher->reading.folded.data,
                            matcher->reading.folded.len, found_gate, matcher);
    for (size_t i = 0; i < rules->always.count; i++)
        make_possible(matcher, rules->always.items[i]);
    sort_events(matcher);
}

int matcher_read(struct ek_matcher *matcher, const char *text, size_t len, struct ek_err *err)
{
    if (reading_make(&matcher->reading, text, len, err) < 0)
        return -1;
    if (++matcher->epoch == 0) {
        memset(matcher->states, 0, (matcher->rules->nodes.count + 1) * sizeof *matcher->states);
        matcher->epoch = 1;
    }
    matcher->spans.count = matcher->events.count = matcher->touched.count = 0;
    matcher->offers.count = 0;
    matcher->overflow = matcher->limit_seen = false;
    if (matcher->engine == EK_ENGINE_FAST)
        find_leaves(matcher);
    if (matcher->offers.failed)
        return ek_fail_memory(err);
    if (matcher->overflow)
        return ek_fail(err, EK_LIMIT, "the text holds more than %u words of the rules",
                       EK_MAX_SPANS);
    return 0;
}

struct ek_matcher *ek_matcher_new(const struct ek_rules *rules, enum ek_engine engine,
                                  struct ek_err *err)
{
    struct ek_matcher *matcher = calloc(1, sizeof *matcher);

    if (!matcher) {
        ek_fail_memory(err);
        return NULL;
    }
    matcher->rules = rules;
    matcher->engine = engine;
    matcher->runner = pattern_runner_new();
    matcher->states = calloc(rules->nodes.count + 1, sizeof *matcher->states);
    if (!matcher->runner || !matcher->states) {
        ek_fail_memory(err);
        ek_matcher_free(matcher);
        return NULL;
    }
    if (engine == EK_ENGINE_NAIVE)
        matcher->naive = naive_new(rules, err);
    if (reading_init(&matcher->reading, err) < 0 ||
        (engine == EK_ENGINE_NAIVE && !matcher->naive)) {
        ek_matcher_free(matcher);
        return NULL;
    }
    return matcher;
}

void ek_matcher_free(struct ek_matcher *matcher)
{
    if (!matcher)
        return;
    naive_free(matcher->naive);
    pattern_runner_free(matcher->runner);
    reading_free(&matcher->reading);
    free(matcher->states);
    VECTOR_FREE(&matcher->spans);
    VECTOR_FREE(&matcher->events);
    VECTOR_FREE(&matcher->offers);
    VECTOR_FREE(&matcher->touched);
    VECTOR_FREE(&matcher->partial);
    VECTOR_FREE(&matcher->found);
    VECTOR_FREE(&matcher->cancelled);
    VECTOR_FREE(&matcher->stated);
    cues_found_free(&matcher->cues);
    free(matcher);
}
