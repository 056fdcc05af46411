/* cues.c - the cues that can bear on the hits of a code.
 *
 * They are looked for in the sentences of the hits and, for cues that speak of the sentence before
 * or after, in those around: each sentence once a text, however many codes hit there. The fast
 * engine looks for their literals in the bytes of these sentences and compares phrases where they
 * stand; the plain one takes what its patterns found in the whole text and leaves out what lies
 * elsewhere. Cues of direction post are few, and are decided for the whole text. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "rules/matcher.h"

static int compare_found(const void *left, const void *right)
{
    const struct cue_found *a = left, *b = right;

    if (a->span.first != b->span.first)
        return a->span.first < b->span.first ? -1 : 1;
    if (a->span.last != b->span.last)
        return a->span.last < b->span.last ? -1 : 1;
    return (a->cue > b->cue) - (a->cue < b->cue);
}

static struct cue_places *places_of(struct cues_found *cues, const struct cue *cue)
{
    switch (cue->direction) {
    case CUE_POST:
        return &cues->everywhere[cue->category];
    case CUE_STOP:
        return &cues->stops[cue->category];
    case CUE_PSEUDO:
        return &cues->pseudo[cue->category];
    default:
        return &cues->near[cue->category];
    }
}

static void sort_places(struct cue_places *places)
{
    if (places->items.count > 1)
        qsort(places->items.items, places->items.count, sizeof *places->items.items, compare_found);
}

void cues_found_free(struct cues_found *cues)
{
    for (int i = 0; i < CUE_CATEGORIES; i++) {
        VECTOR_FREE(&cues->near[i].items);
        VECTOR_FREE(&cues->everywhere[i].items);
        VECTOR_FREE(&cues->stops[i].items);
        VECTOR_FREE(&cues->pseudo[i].items);
    }
    VECTOR_FREE(&cues->fresh.items);
    VECTOR_FREE(&cues->covered);
    VECTOR_FREE(&cues->possible);
    VECTOR_FREE(&cues->hits.items);
}

size_t cue_places_from(const struct cue_places *places, uint32_t token)
{
    size_t low = 0, high = places->items.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (places->items.items[middle].span.first < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A pseudo cue cancels what it covers, where one of the two files sees the other. */
static void cancel(const struct ek_rules *rules, struct cue_places *places,
                   const struct cue_found *pseudo)
{
    for (size_t i = cue_places_from(places, pseudo->span.first); i < places->items.count; i++) {
        struct cue_found *found = &places->items.items[i];
        if (found->span.first > pseudo->span.last)
            return;
        if (found->span.last <= pseudo->span.last &&
            (rules->files[pseudo->cue->file].visible[found->cue->file] ||
             rules->files[found->cue->file].visible[pseudo->cue->file]))
            found->cancelled = true;
    }
}

/* Tokens [first, last] that are being looked through. */
struct token_range {
    uint32_t first, last;
};

static void push_fresh(struct ek_matcher *matcher, uint32_t cue, struct spans spans,
                       struct token_range range)
{
    for (uint32_t s = spans_from(matcher, spans, range.first); s < spans.count; s++) {
        struct span span = *span_at(matcher, spans, s);
        if (span.first > range.last)
            return;
        VECTOR_PUSH(&matcher->cues.fresh.items,
                    (struct cue_found){.span = span, .cue = &matcher->rules->cues.items[cue]});
    }
}

static bool starts_with(const struct ek_matcher *matcher, uint32_t token, char first)
{
    const struct reading *reading = &matcher->reading;

    return token < reading->tokens.count &&
           reading->folded[reading_folded(reading, &reading->tokens.items[token]).at] == first;
}

/* A cue of one word, or a phrase around one, where the word stands at this token. */
static void push_phrase(struct ek_matcher *matcher, const struct cue_phrase *phrase, uint32_t token,
                        struct token_range range)
{
    const struct ek_rules *rules = matcher->rules;
    const struct node *word = &rules->nodes.items[phrase->word];
    const struct node *node = &rules->nodes.items[phrase->node];
    struct spans spans = {.start = (uint32_t)matcher->spans.count};

    if (token < range.first || token > range.last ||
        (phrase->before && !starts_with(matcher, token - 1, phrase->before)) ||
        (phrase->behind && !starts_with(matcher, token + 1, phrase->behind)) ||
        !word_is(&rules->words.items.items[word->item], &matcher->reading,
                 &matcher->reading.tokens.items[token]))
        return;
    if (node->kind == NODE_WORD)
        push_span(matcher, token_span(matcher, token, token));
    else
        phrase_around(matcher, node, token_span(matcher, token, token));
    spans.count = (uint32_t)matcher->spans.count - spans.start;
    push_fresh(matcher, phrase->cue, spans, range);
    matcher->spans.count = spans.start;
}

static void look_for_literals(struct ek_matcher *matcher, struct token_range range)
{
    const struct ek_rules *rules = matcher->rules;
    const struct triggers *triggers = &rules->cue_triggers;
    struct span bytes = token_span(matcher, range.first, range.last);
    struct literal_hits *hits = &matcher->cues.hits;

    literals_find(&triggers->literals, matcher->reading.engine, &matcher->reading.lowered,
                  bytes.from, bytes.to, hits);
    for (size_t h = 0; h < hits->items.count; h++) {
        const struct literal_hit *hit = &hits->items.items[h];
        uint32_t token = reading_token_at(&matcher->reading, hit->at);
        for (uint32_t i = triggers->heads[hit->literal]; i < triggers->heads[hit->literal + 1];
             i++) {
            uint32_t trigger = triggers->by_literal[i].trigger;
            for (uint32_t p = rules->cue_heads[trigger]; p < rules->cue_heads[trigger + 1]; p++)
                push_phrase(matcher, &rules->cue_phrases.items[p], token, range);
        }
    }
}

static void look_at_tokens(struct ek_matcher *matcher, const struct cue_phrase *phrase,
                           struct token_range range)
{
    const struct ek_rules *rules = matcher->rules;
    const struct word *word = &rules->words.items.items[rules->nodes.items[phrase->word].item];
    const struct token *tokens = matcher->reading.tokens.items;
    bool mark = word->form == WORD_MARK;

    for (uint32_t token = range.first; token <= range.last; token++)
        if (tokens[token].is_word != mark)
            push_phrase(matcher, phrase, token, range);
}

/* Cues that no literal leads to: marks, very short words, and what is more than a phrase. */
static void look_for_others(struct ek_matcher *matcher, struct token_range range)
{
    const struct ek_rules *rules = matcher->rules;

    for (size_t p = rules->cue_heads[rules->cue_triggers.items.count]; p < rules->cue_phrases.count;
         p++) {
        const struct cue_phrase *phrase = &rules->cue_phrases.items[p];
        if (phrase->word != NO_NODE)
            look_at_tokens(matcher, phrase, range);
    }
    for (size_t i = 0; i < matcher->cues.possible.count; i++) {
        const struct cue_phrase *phrase = matcher->cues.possible.items[i];
        push_fresh(matcher, phrase->cue, matcher_decide(matcher, phrase->node), range);
    }
}

static void look_plainly(struct ek_matcher *matcher, struct token_range range)
{
    const struct ek_rules *rules = matcher->rules;

    for (uint32_t i = 0; i < rules->cues.count; i++)
        if (rules->cues.items[i].direction != CUE_POST)
            push_fresh(matcher, i, matcher_decide(matcher, rules->cues.items[i].node), range);
}

/* What was found goes to its places, each once. */
static void keep_fresh(struct ek_matcher *matcher)
{
    struct cues_found *cues = &matcher->cues;
    const struct cue_found *before = NULL;

    sort_places(&cues->fresh);
    matcher->overflow = matcher->overflow || cues->fresh.items.failed;
    for (size_t i = 0; i < cues->fresh.items.count && cues->count < EK_MAX_CUES_FOUND; i++) {
        const struct cue_found *found = &cues->fresh.items.items[i];
        struct cue_places *places = places_of(cues, found->cue);
        if (before && compare_found(before, found) == 0)
            continue;
        VECTOR_PUSH(&places->items, *found);
        matcher->overflow = matcher->overflow || places->items.failed;
        cues->count++;
        before = found;
    }
    cues->fresh.items.count = 0;
}

uint32_t sentence_start(const struct ek_matcher *matcher, uint32_t sentence)
{
    uint32_t low = 0, high = (uint32_t)matcher->reading.tokens.count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (sentence_of(matcher, middle) < sentence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sentences [from, to), of which none has been looked through. */
static void look_through(struct ek_matcher *matcher, uint32_t from, uint32_t to)
{
    struct token_range range = {sentence_start(matcher, from), sentence_start(matcher, to)};

    if (range.first == range.last)
        return;
    range.last--;
    if (matcher->engine == EK_ENGINE_NAIVE) {
        look_plainly(matcher, range);
    } else {
        look_for_literals(matcher, range);
        look_for_others(matcher, range);
    }
    keep_fresh(matcher);
}

/* True if there was something left to look through. */
static bool cover(struct ek_matcher *matcher, struct span hit)
{
    const struct ek_rules *rules = matcher->rules;
    bool *covered = matcher->cues.covered.items, looked = false;
    uint32_t first = sentence_of(matcher, hit.first), last = sentence_of(matcher, hit.last) + 1;

    first = first > rules->cues_before ? first - rules->cues_before : 0;
    last += rules->cues_after;
    if (last > matcher->cues.covered.count)
        last = (uint32_t)matcher->cues.covered.count;
    while (first < last) {
        uint32_t end = first;
        while (end < last && !covered[end])
            covered[end++] = true;
        if (end > first) {
            look_through(matcher, first, end);
            looked = true;
        }
        first = end + 1;
    }
    return looked;
}

/* What is more than a phrase, if the text has the words for it. */
static void find_possible(struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;
    struct cues_found *cues = &matcher->cues;

    cues->possible.count = 0;
    for (size_t p = rules->cue_heads[rules->cue_triggers.items.count];
         p < rules->cue_phrases.count && matcher->engine == EK_ENGINE_FAST; p++) {
        const struct cue_phrase *phrase = &rules->cue_phrases.items[p];
        if (phrase->word == NO_NODE && matcher_possible(matcher, phrase->node))
            VECTOR_PUSH(&cues->possible, phrase);
    }
    matcher->overflow = matcher->overflow || cues->possible.failed;
}

/* A text whose cues were not asked for yet: those of the whole post, and where they stand, for what
 * may cancel them. */
static void start_text(struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;
    struct cues_found *cues = &matcher->cues;
    struct token_range all = {0, (uint32_t)matcher->reading.tokens.count};

    cues->epoch = matcher->epoch;
    cues->count = cues->covered.count = 0;
    for (int i = 0; i < CUE_CATEGORIES; i++)
        cues->near[i].items.count = cues->everywhere[i].items.count = cues->stops[i].items.count =
            cues->pseudo[i].items.count = 0;
    for (size_t s = 0; s < matcher->reading.paragraphs.count; s++)
        VECTOR_PUSH(&cues->covered, false);
    find_possible(matcher);
    for (uint32_t i = 0; i < rules->cues.count; i++)
        if (rules->cues.items[i].direction == CUE_POST)
            push_fresh(matcher, i, matcher_decide(matcher, rules->cues.items[i].node), all);
    keep_fresh(matcher);
    for (int i = 0; i < CUE_CATEGORIES; i++)
        for (size_t p = 0; p < cues->everywhere[i].items.count; p++)
            cover(matcher, cues->everywhere[i].items.items[p].span);
    matcher->overflow = matcher->overflow || cues->covered.failed;
}

void find_cues(struct ek_matcher *matcher)
{
    struct cues_found *cues = &matcher->cues;
    bool looked = cues->epoch != matcher->epoch;

    if (matcher->rules->cues.count == 0)
        return;
    if (looked)
        start_text(matcher);
    for (size_t i = 0; i < matcher->found.count; i++)
        looked |= cover(matcher, matcher->found.items[i].span);
    if (!looked)
        return;
    for (int i = 0; i < CUE_CATEGORIES; i++) {
        sort_places(&cues->near[i]);
        sort_places(&cues->everywhere[i]);
        sort_places(&cues->stops[i]);
        for (size_t p = 0; p < cues->pseudo[i].items.count; p++) {
            cancel(matcher->rules, &cues->near[i], &cues->pseudo[i].items.items[p]);
            cancel(matcher->rules, &cues->everywhere[i], &cues->pseudo[i].items.items[p]);
        }
    }
}
