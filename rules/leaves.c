/* leaves.c - the places of words, of phrases, and of alternatives of them.
 *
 * A word is looked at where its literals were seen. Lists of words and phrases, which rules are
 * made of, have their places pushed as they are found, without noting those of each word. */
#include "rules/matcher.h"

static void push_all(struct ek_matcher *matcher, uint32_t child)
{
    struct spans spans = matcher_decide(matcher, child);

    for (uint32_t s = 0; s < spans.count; s++)
        push_span(matcher, *span_at(matcher, spans, s));
}

static bool word_at(const struct ek_matcher *matcher, const struct word *word,
                    const struct sighting *sighting)
{
    const struct token *token = &matcher->reading.tokens.items[sighting->token];

    if (sighting->token >= matcher->reading.tokens.count)
        return false;
    if (token->plain == sighting->at &&
        (word->start || (word->literal && token->plain_len == sighting->len)))
        return true;
    return word_is(word, &matcher->reading, token);
}

static void push_word(struct ek_matcher *matcher, const struct word *word)
{
    const struct sighting *sightings = matcher->watch.sightings.items;
    uint32_t last = UINT32_MAX; /* a word may be seen twice in one token */

    if (word->trigger == NO_TRIGGER) {
        for (uint32_t token = 0; token < matcher->reading.tokens.count; token++)
            if (word_is(word, &matcher->reading, &matcher->reading.tokens.items[token]))
                push_span(matcher, token_span(matcher, token, token));
        return;
    }
    for (uint32_t i = watch_last(&matcher->watch, word->trigger); i != NO_SIGHTING;
         i = sightings[i].before) {
        if (sightings[i].token != last && word_at(matcher, word, &sightings[i]))
            push_span(matcher, token_span(matcher, sightings[i].token, sightings[i].token));
        last = sightings[i].token;
    }
}

static void push_phrase(struct ek_matcher *matcher, const struct node *node)
{
    const struct word *word = &matcher->rules->words.items.items[node->word];
    const struct sighting *sightings = matcher->watch.sightings.items;

    for (uint32_t i = watch_last(&matcher->watch, word->trigger); i != NO_SIGHTING;
         i = sightings[i].before)
        if (word_at(matcher, word, &sightings[i]))
            phrase_around(matcher, node,
                          token_span(matcher, sightings[i].token, sightings[i].token));
}

/* Words and phrases around words are pushed as they are found; the rest are decided first, so that
 * the places of the node above are pushed in one piece. */
static bool is_pushed(const struct ek_matcher *matcher, const struct node *node)
{
    return matcher->engine == EK_ENGINE_FAST && (node->kind == NODE_WORD || node->word != NO_WORD);
}

static void push_child(struct ek_matcher *matcher, uint32_t child)
{
    const struct node *node = node_at(matcher, child);

    if (!is_pushed(matcher, node))
        push_all(matcher, child);
    else if (node->kind == NODE_WORD)
        push_word(matcher, &matcher->rules->words.items.items[node->item]);
    else
        push_phrase(matcher, node);
}

/* Decide those children from `first` on that are not pushed as they are found, and drop those that
 * cannot be. */
static void decide_children(struct ek_matcher *matcher, size_t first)
{
    size_t kept = first, end = matcher->children.count;

    for (size_t i = first; i < end; i++) {
        uint32_t child = matcher->children.items[i];
        if (!is_pushed(matcher, node_at(matcher, child))) {
            if (matcher->engine == EK_ENGINE_FAST && !matcher_possible(matcher, child))
                continue;
            matcher_decide(matcher, child);
        }
        matcher->children.items[kept++] = child;
    }
    matcher->children.count = kept;
}

struct spans decide_either(struct ek_matcher *matcher, const struct node *node)
{
    bool simple =
        matcher->engine == EK_ENGINE_FAST && matcher->rules->eithers.items[node->item].simple;
    size_t first = matcher->children.count, start;

    add_children(matcher, node);
    if (!simple)
        decide_children(matcher, first);
    start = matcher->spans.count;
    for (size_t i = first; i < matcher->children.count; i++)
        push_child(matcher, matcher->children.items[i]);
    matcher->overflow = matcher->overflow || matcher->children.failed;
    matcher->children.count = first;
    return settle_spans(matcher, start);
}

struct spans decide_phrase(struct ek_matcher *matcher, const struct node *node)
{
    struct spans parts = {0};
    size_t start;

    if (node->word == NO_WORD)
        parts = matcher_decide(matcher, child_at(matcher, node, node->item));
    start = matcher->spans.count;
    if (node->word != NO_WORD)
        push_phrase(matcher, node);
    for (uint32_t i = 0; i < parts.count && !matcher->overflow; i++)
        phrase_around(matcher, node, *span_at(matcher, parts, i));
    return settle_spans(matcher, start);
}

struct spans decide_word(struct ek_matcher *matcher, const struct node *node)
{
    size_t start = matcher->spans.count;

    push_word(matcher, &matcher->rules->words.items.items[node->item]);
    return settle_spans(matcher, start);
}
