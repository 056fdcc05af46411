/* phrase.c - a phrase around its rarest part.
 *
 * "The iron level" is looked for where "level" stands: what comes before and behind it is compared
 * there, word by word, so that the places of "the" are never asked for. On both sides all ways to
 * go on are kept as the tokens that they have come to, each once: optional words and alternatives
 * give a few ways, and no more than there are tokens. */
#include "rules/matcher.h"

struct way { /* that a phrase is followed */
    struct ek_matcher *matcher;
    uint32_t sentence; /* it does not leave it */
    bool forward;
};

/* The token behind this one, as seen from where the way started. Before the first it is none. */
static uint32_t token_behind(const struct way *way, uint32_t token)
{
    return way->forward ? token + 1 : token - 1;
}

static void follow(const struct way *way, const struct node *node, uint32_t from, uint32_t to);

/* The tokens behind a node that starts at this token go to matcher->steps. */
static void step_over(const struct way *way, uint32_t number, uint32_t token)
{
    struct ek_matcher *matcher = way->matcher;
    const struct ek_rules *rules = matcher->rules;
    const struct node *node = &rules->nodes.items[number];

    if (token >= matcher->reading.tokens.count || sentence_of(matcher, token) != way->sentence)
        return;
    if (node->kind == NODE_WORD) {
        if (word_is(&rules->words.items.items[node->item], &matcher->reading,
                    &matcher->reading.tokens.items[token]))
            VECTOR_PUSH(&matcher->steps, token_behind(way, token));
        return;
    }
    if (node->kind == NODE_EITHER) {
        for (uint32_t c = 0; c < node->child_count; c++)
            step_over(way, rules->children.items[node->children + c], token);
        return;
    }
    VECTOR_PUSH(&matcher->steps, token);
    follow(way, node, 0, node->child_count);
}

/* Drop the steps before `kept`, and of the rest those that are there twice. */
static void settle_steps(struct ek_matcher *matcher, size_t begin, size_t kept)
{
    uint32_t *steps = matcher->steps.items;
    size_t end = begin;

    for (size_t i = kept; i < matcher->steps.count; i++) {
        size_t at = begin;
        while (at < end && steps[at] != steps[i])
            at++;
        if (at == end)
            steps[end++] = steps[i];
    }
    matcher->steps.count = end;
}

/* From the last step over the children [from, to) of a sequence, in the direction of the way. What
 * it comes to takes the place of that step. */
static void follow(const struct way *way, const struct node *node, uint32_t from, uint32_t to)
{
    struct ek_matcher *matcher = way->matcher;
    size_t begin = matcher->steps.count - 1;

    for (uint32_t n = from; n < to; n++) {
        uint32_t index = way->forward ? n : to - 1 - (n - from);
        uint32_t child = matcher->rules->children.items[node->children + index];
        size_t end = matcher->steps.count;
        for (size_t i = begin; i < end && !matcher->steps.failed; i++) {
            uint32_t step = matcher->steps.items[i];
            step_over(way, child & ~CHILD_OPTIONAL, step);
            if (child & CHILD_OPTIONAL)
                VECTOR_PUSH(&matcher->steps, step);
        }
        settle_steps(matcher, begin, end);
    }
}

/* Words are compared with the tokens that they would have to be. */
static void words_around(struct ek_matcher *matcher, const struct node *node, uint32_t token)
{
    const struct ek_rules *rules = matcher->rules;
    const struct token *tokens = matcher->reading.tokens.items;
    uint32_t first = token - node->item, last = first + node->child_count - 1;

    if (token < node->item || last >= matcher->reading.tokens.count ||
        tokens[first].sentence != tokens[last].sentence)
        return;
    for (uint32_t c = 0; c < node->child_count; c++) {
        const struct node *word = &rules->nodes.items[rules->children.items[node->children + c]];
        if (c != node->item &&
            !word_is(&rules->words.items.items[word->item], &matcher->reading, &tokens[first + c]))
            return;
    }
    push_span(matcher, token_span(matcher, first, last));
}

void phrase_around(struct ek_matcher *matcher, const struct node *node, struct span part)
{
    struct way right = {matcher, sentence_of(matcher, part.last), true};
    struct way left = {matcher, sentence_of(matcher, part.first), false};
    size_t ends;

    if (node->words) {
        words_around(matcher, node, part.first);
        return;
    }
    matcher->steps.count = 0;
    VECTOR_PUSH(&matcher->steps, part.last + 1);
    if (!matcher->steps.failed)
        follow(&right, node, node->item + 1, node->child_count);
    ends = matcher->steps.count;
    if (ends == 0)
        return;
    VECTOR_PUSH(&matcher->steps, part.first - 1);
    if (!matcher->steps.failed)
        follow(&left, node, 0, node->item);
    for (size_t s = ends; s < matcher->steps.count; s++)
        for (size_t e = 0; e < ends; e++) {
            struct span span =
                token_span(matcher, matcher->steps.items[s] + 1, matcher->steps.items[e] - 1);
            span.from = span.from < part.from ? span.from : part.from;
            span.to = span.to > part.to ? span.to : part.to;
            push_span(matcher, span);
        }
    matcher->overflow = matcher->overflow || matcher->steps.failed;
}
