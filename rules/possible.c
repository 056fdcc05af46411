/* possible.c - what the words of a text rule out.
 *
 * Asked before places are looked at, from a rule down: nearly all rules whose trigger is pulled
 * fail here, for want of other words. An alternative is possible if one of its children is that a
 * word of the text is witness of: for lists one bit says so, for others the answer is kept. */
#include "rules/matcher.h"

#include <string.h>

bool pattern_possible(const struct ek_matcher *matcher, const struct pattern *pattern)
{
    for (uint32_t n = 0; n < pattern->need_count; n++)
        if (!watch_saw(&matcher->watch, pattern->needs[n].trigger))
            return false;
    return true;
}

/* The words of one letter or digit in the text, a bit each. */
static void find_letters(struct ek_matcher *matcher)
{
    const struct lowered *lowered = &matcher->reading.lowered;

    matcher->letters[0] = matcher->letters[1] = 0;
    matcher->letters_epoch = matcher->epoch;
    for (size_t at = 0; at < lowered->len; at += 64) {
        uint64_t behind = lowered->words[at / 64] >> 1 | lowered->words[at / 64 + 1] << 63;
        for (uint64_t bits = lowered->starts[at / 64] & ~behind; bits; bits &= bits - 1) {
            unsigned char letter = (unsigned char)lowered->low[at + (size_t)__builtin_ctzll(bits)];
            matcher->letters[letter / 64] |= 1ull << letter % 64;
        }
    }
}

/* A word without a trigger is a mark or very short. Of one letter it may be looked up; of others
 * the first byte is looked for. */
static bool word_possible(struct ek_matcher *matcher, const struct word *word)
{
    unsigned char first = (unsigned char)word->head[0];

    if (word->trigger != NO_TRIGGER)
        return watch_saw(&matcher->watch, word->trigger);
    if (word->head_len == 0)
        return true;
    if (first & 0x80)
        return !matcher->reading.lowered.ascii;
    if (word->form != WORD_EXACT || word->head_len > 1)
        return memchr(matcher->reading.lowered.low, first, matcher->reading.lowered.len);
    if (matcher->letters_epoch != matcher->epoch)
        find_letters(matcher);
    return matcher->letters[first / 64] >> first % 64 & 1;
}

void add_children(struct ek_matcher *matcher, const struct node *node)
{
    const struct ek_rules *rules = matcher->rules;
    const struct offers *offers;
    const struct either *either;

    if (matcher->engine == EK_ENGINE_NAIVE) {
        for (uint32_t c = 0; c < node->child_count; c++)
            VECTOR_PUSH(&matcher->children, rules->children.items[node->children + c]);
        return;
    }
    offers = &matcher->offered[node->item];
    either = &rules->eithers.items[node->item];
    for (uint32_t i = offers->epoch == matcher->epoch ? offers->last : NO_OFFER; i != NO_OFFER;
         i = matcher->offers.items[i].before)
        VECTOR_PUSH(&matcher->children, matcher->offers.items[i].child);
    for (uint32_t s = 0; s < either->silent_count; s++)
        VECTOR_PUSH(&matcher->children, rules->silent.items[either->silent + s]);
}

/* What the words of the text tell the either nodes that may be asked for. */
void make_offers(struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;

    for (size_t i = 0; i < matcher->watch.seen.count; i++) {
        uint32_t trigger = matcher->watch.seen.items[i];
        uint32_t end = trigger < rules->word_triggers ? rules->tell_heads[trigger + 1] : 0;
        for (uint32_t t = end ? rules->tell_heads[trigger] : 0; t < end; t++) {
            struct tell tell = rules->tells[t];
            struct offers *offers = &matcher->offered[tell.either];
            if (!(matcher->wanted[tell.either / 64] >> tell.either % 64 & 1))
                continue;
            if (offers->epoch != matcher->epoch)
                *offers = (struct offers){matcher->epoch, NO_OFFER};
            VECTOR_PUSH(&matcher->offers, (struct offer){tell.child, offers->last});
            offers->last = (uint32_t)matcher->offers.count - 1;
        }
    }
    matcher->overflow = matcher->overflow || matcher->offers.failed;
}

static bool either_possible(struct ek_matcher *matcher, const struct node *node)
{
    uint32_t number = node->item, yes = 2 * matcher->epoch + 1;
    size_t start = matcher->children.count;
    bool possible = false;

    if (!(matcher->eithers[number / 64] >> number % 64 & 1))
        return false;
    if (matcher->rules->eithers.items[number].told)
        return true;
    if (matcher->asked[number] >> 1 == matcher->epoch)
        return matcher->asked[number] == yes;
    add_children(matcher, node);
    for (size_t i = start; i < matcher->children.count && !possible; i++)
        possible = matcher_possible(matcher, matcher->children.items[i]);
    matcher->children.count = start;
    matcher->asked[number] = possible ? yes : yes - 1;
    return possible;
}

bool matcher_possible(struct ek_matcher *matcher, uint32_t number)
{
    const struct ek_rules *rules = matcher->rules;
    const struct node *node = &rules->nodes.items[number];

    switch (node->kind) {
    case NODE_WORD:
        return word_possible(matcher, &rules->words.items.items[node->item]);
    case NODE_REGEX:
        return pattern_possible(matcher, &rules->patterns.items.items[node->item]);
    case NODE_EITHER:
        return either_possible(matcher, node);
    case NODE_CODE:
        return code_raised(matcher, node);
    default:
        break;
    }
    for (uint32_t c = 0; c < node->child_count; c++) {
        uint32_t child = rules->children.items[node->children + c];
        bool asked = node->phrase ? c == node->item : !(child & CHILD_OPTIONAL);
        if (node->kind == NODE_WITHOUT && c == 1)
            asked = false;
        if (asked && !matcher_possible(matcher, child & ~CHILD_OPTIONAL))
            return false;
    }
    return true;
}
