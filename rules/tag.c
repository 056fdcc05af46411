/* tag.c - from found conditions to tags: cancelling, scores, hits, quotes. */
#include "rules/matcher.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

static int compare_found(const void *left, const void *right)
{
    const struct found *a = left, *b = right;

    if (a->span.from != b->span.from)
        return a->span.from < b->span.from ? -1 : 1;
    if (a->span.to != b->span.to)
        return a->span.to < b->span.to ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

/* Overlapping places are merged. */
void find_cancelled(struct ek_matcher *matcher, const struct code *code)
{
    struct spans spans = {0};

    matcher->cancelled.count = 0;
    if (code->not_node != NO_NODE)
        spans = matcher_decide(matcher, code->not_node);
    for (uint32_t i = 0; i < spans.count; i++) {
        struct span span = *span_at(matcher, spans, i);
        struct span *before = matcher->cancelled.count
                                  ? &matcher->cancelled.items[matcher->cancelled.count - 1]
                                  : NULL;
        if (before && before->last >= span.first) {
            if (before->last < span.last)
                before->last = span.last;
        } else {
            VECTOR_PUSH(&matcher->cancelled, span);
        }
    }
    matcher->overflow = matcher->overflow || matcher->cancelled.failed;
}

bool is_cancelled(const struct ek_matcher *matcher, struct span hit)
{
    size_t low = 0, high = matcher->cancelled.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (matcher->cancelled.items[middle].last < hit.first)
            low = middle + 1;
        else
            high = middle;
    }
    return low < matcher->cancelled.count && matcher->cancelled.items[low].first <= hit.last;
}

/* What one rule finds goes to matcher->found. False if that is nothing. */
static bool add_hits(struct ek_matcher *matcher, uint32_t number)
{
    uint32_t node = matcher->rules->rules.items[number].node;
    struct spans spans = matcher_decide(matcher, node);
    size_t before = matcher->found.count;

    if (matcher_limit(matcher, node))
        return false;
    for (uint32_t s = 0; s < spans.count && matcher->found.count < EK_MAX_HITS; s++) {
        struct span span = *span_at(matcher, spans, s);
        if (!is_cancelled(matcher, span))
            VECTOR_PUSH(&matcher->found, (struct found){.span = span, .rule = number});
    }
    return matcher->found.count > before;
}

/* What the raised rules of a code find, into matcher->found in the order of the text. Returns the
 * score: the sum of the weights of the rules that hit. */
static double find_hits(struct ek_matcher *matcher, const struct code *code)
{
    const struct ek_rules *rules = matcher->rules;
    uint32_t rank = matcher_raised(matcher, code->rank), end = code->rank + code->rule_count;
    double score = 0;

    matcher->found.count = 0;
    if (rank >= end)
        return 0;
    for (uint32_t r = rank; code->composite && r < end; r = matcher_raised(matcher, r + 1))
        matcher_decide(matcher, rules->rules.items[rules->ranked[r]].node);
    find_cancelled(matcher, code);
    for (; rank < end; rank = matcher_raised(matcher, rank + 1))
        if (add_hits(matcher, rules->ranked[rank]))
            score += rules->rules.items[rules->ranked[rank]].weight;
    if (code->unless_node != NO_NODE && matcher->found.count &&
        matcher_decide(matcher, code->unless_node).count)
        score = 0;
    matcher->overflow = matcher->overflow || matcher->found.failed;
    if (matcher->found.count > 1)
        qsort(matcher->found.items, matcher->found.count, sizeof *matcher->found.items,
              compare_found);
    return score;
}

static const char *words_at(const struct ek_matcher *matcher, struct span span,
                            struct ek_arena *arena)
{
    return ek_strndup(arena, matcher->reading.plain + span.from, span.to - span.from);
}

/* The bytes of the given text for code points [start, end): walked once for all hits. */
struct walk {
    const char *text;
    size_t len, byte;
    uint32_t code_point;
    bool ascii; /* a code point is a byte */
};

static size_t walk_to(struct walk *walk, uint32_t code_point)
{
    if (walk->ascii)
        return code_point;
    if (code_point < walk->code_point)
        walk->byte = walk->code_point = 0;
    while (walk->code_point < code_point && walk->byte < walk->len) {
        walk->byte++;
        while (walk->byte < walk->len && (walk->text[walk->byte] & 0xc0) == 0x80)
            walk->byte++;
        walk->code_point++;
    }
    return walk->byte;
}

static int make_hit(struct ek_matcher *matcher, const struct found *found, struct walk *walk,
                    struct ek_arena *arena, struct ek_hit *hit)
{
    size_t from;

    hit->start = reading_start(&matcher->reading, found->span.from);
    hit->end = reading_end(&matcher->reading, found->span.to);
    from = walk_to(walk, hit->start);
    struct walk end = *walk;
    hit->text = ek_strndup(arena, walk->text + from, walk_to(&end, hit->end) - from);
    hit->rule = matcher->rules->rules.items[found->rule].id;
    if (found->cue) {
        const char *words = words_at(matcher, found->cue_span, arena);
        hit->cue = words
                       ? ek_printf(arena, "%s: %s", cue_category_names[found->cue->category], words)
                       : NULL;
    }
    return hit->text && (!found->cue || hit->cue) ? 0 : -1;
}

static int make_tag(struct ek_matcher *matcher, const struct code *code, double score,
                    const struct ek_tag_input *input, struct ek_arena *arena, struct ek_tag *tag)
{
    struct walk walk = {.text = input->text, .len = input->len, .ascii = matcher->reading.as_given};
    struct judgement judgement = {0};

    if (!code->shown.treatment)
        judgement = judge(matcher, code);
    tag->code = code->shown.code;
    tag->weight = score;
    tag->stance = judgement.stance;
    tag->hedged = judgement.hedged;
    tag->experience = judgement.experience;
    tag->cramps = judgement.cramps;
    tag->hit_count = matcher->found.count;
    tag->hits = EK_NEW_ARRAY(arena, struct ek_hit, tag->hit_count);
    if (!tag->hits)
        return -1;
    for (size_t i = 0; i < tag->hit_count; i++)
        if (make_hit(matcher, &matcher->found.items[i], &walk, arena, &tag->hits[i]) < 0)
            return -1;
    return 0;
}

static int add_undetermined(struct ek_matcher *matcher, const struct code *code, uint32_t node,
                            uint32_t line, struct ek_arena *arena, struct ek_tags *tags)
{
    const char *limit = node == NO_NODE ? NULL : matcher_limit(matcher, node);
    struct ek_undetermined *item;

    if (!limit)
        return 0;
    item = &tags->undetermined[tags->undetermined_count++];
    item->code = code->shown.code;
    item->rule = ek_printf(arena, "%s:%u", code->shown.code, line);
    item->reason = limit;
    return item->rule ? 0 : -1;
}

/* The rules that reached a limit; the array has room for every rule of the set. */
static int list_undetermined(struct ek_matcher *matcher, const struct code *code,
                             struct ek_arena *arena, struct ek_tags *tags)
{
    const struct ek_rules *rules = matcher->rules;
    int status = 0;

    for (uint32_t r = code->rules; r < code->rules + code->rule_count && status == 0; r++)
        status = add_undetermined(matcher, code, rules->rules.items[r].node,
                                  rules->rules.items[r].line, arena, tags);
    if (status == 0)
        status = add_undetermined(matcher, code, code->not_node, code->not_line, arena, tags);
    if (status == 0)
        status = add_undetermined(matcher, code, code->unless_node, code->unless_line, arena, tags);
    return status;
}

/* The code of the first raised rule of this rank or a later one, or NULL. */
static const struct code *next_code(const struct ek_matcher *matcher, uint32_t rank)
{
    const struct ek_rules *rules = matcher->rules;

    rank = matcher_raised(matcher, rank);
    if (rank >= rules->rules.count)
        return NULL;
    return &rules->codes.items[rules->rules.items[rules->ranked[rank]].code];
}

static uint32_t next_rank(const struct code *code)
{
    return code->rank + code->rule_count;
}

/* Codes of which a rule was raised, at most. */
static size_t count_codes(const struct ek_matcher *matcher)
{
    size_t count = 0;

    for (const struct code *code = next_code(matcher, 0); code;
         code = next_code(matcher, next_rank(code)))
        count++;
    return count < EK_MAX_TAGS ? count : EK_MAX_TAGS;
}

static int compare_named(const void *left, const void *right)
{
    const struct named *a = left, *b = right;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->last != b->last)
        return a->last < b->last ? -1 : 1;
    return (a->code > b->code) - (a->code < b->code);
}

/* Two theories of which a rule was raised, at least: seen without looking for hits. */
static bool may_name_several(const struct ek_matcher *matcher)
{
    unsigned theories = 0;

    for (const struct code *code = next_code(matcher, 0);
         code && !code->shown.treatment && theories < 2; code = next_code(matcher, next_rank(code)))
        theories += !code->composite;
    return theories == 2;
}

/* Where each theory of the text is named: what is said of one is not said of another (stance.c). */
static void find_named(struct ek_matcher *matcher)
{
    unsigned theories = 0;

    matcher->named.count = 0;
    if (matcher->rules->cues.count == 0 || !may_name_several(matcher))
        return;
    for (const struct code *code = next_code(matcher, 0); code && !code->shown.treatment;
         code = next_code(matcher, next_rank(code))) {
        if (code->composite || find_hits(matcher, code) < code->threshold)
            continue;
        theories += matcher->found.count > 0;
        for (size_t i = 0; i < matcher->found.count; i++)
            VECTOR_PUSH(&matcher->named, (struct named){matcher->found.items[i].span.first,
                                                        matcher->found.items[i].span.last, code});
    }
    matcher->overflow = matcher->overflow || matcher->named.failed;
    if (theories < 2)
        matcher->named.count = 0;
    else
        qsort(matcher->named.items, matcher->named.count, sizeof *matcher->named.items,
              compare_named);
}

static int tag_own_words(struct ek_matcher *matcher, const struct ek_tag_input *input,
                         struct ek_arena *arena, struct ek_tags *tags)
{
    const struct ek_rules *rules = matcher->rules;
    size_t most = count_codes(matcher), count = 0;
    struct ek_tag *given = most ? EK_NEW_ARRAY(arena, struct ek_tag, most) : NULL;

    if (most && !given)
        return -1;
    find_named(matcher);
    for (const struct code *code = next_code(matcher, 0); code && count < most;
         code = next_code(matcher, next_rank(code))) {
        double score = find_hits(matcher, code);
        if (score < code->threshold || matcher->found.count == 0)
            continue;
        if (make_tag(matcher, code, score, input, arena, &given[count++]) < 0)
            return -1;
        tags->theory_count += !code->shown.treatment;
    }
    tags->theories = given;
    tags->treatments = given ? given + tags->theory_count : NULL;
    tags->treatment_count = count - tags->theory_count;
    if (matcher->limits.count == 0)
        return 0;
    tags->undetermined =
        EK_NEW_ARRAY(arena, struct ek_undetermined, rules->rules.count + 2 * rules->codes.count);
    if (!tags->undetermined)
        return -1;
    for (size_t i = 0; i < rules->codes.count; i++)
        if (list_undetermined(matcher, &rules->codes.items[rules->order[i]], arena, tags) < 0)
            return -1;
    return 0;
}

static bool has_theory(const struct ek_tags *tags, const char *code)
{
    for (size_t i = 0; i < tags->theory_count; i++)
        if (strcmp(tags->theories[i].code, code) == 0)
            return true;
    return false;
}

/* Theories that stand in a quote and not in the own words. */
static int tag_quotes(struct ek_matcher *matcher, const struct ek_tag_input *input,
                      struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    const struct ek_rules *rules = matcher->rules;
    bool *quoted = EK_NEW_ARRAY(arena, bool, rules->codes.count + 1);

    tags->quoted_only = EK_NEW_ARRAY(arena, const char *, rules->codes.count + 1);
    if (!quoted || !tags->quoted_only)
        return ek_fail_memory(err);
    for (size_t q = 0; q < input->quote_count; q++) {
        const char *text = input->quotes[q].text;
        if (!text || !*text)
            continue;
        if (matcher_read(matcher, text, strlen(text), err) < 0)
            return ek_fail_in(err, "quote %zu", q + 1);
        for (const struct code *code = next_code(matcher, 0); code && !code->shown.treatment;
             code = next_code(matcher, next_rank(code))) {
            bool *in_quote = &quoted[code - rules->codes.items];
            if (!*in_quote)
                *in_quote = find_hits(matcher, code) >= code->threshold && matcher->found.count;
        }
    }
    for (size_t i = 0; i < rules->codes.count; i++) {
        const char *code = rules->codes.items[rules->order[i]].shown.code;
        if (quoted[rules->order[i]] && !has_theory(tags, code))
            tags->quoted_only[tags->quoted_count++] = code;
    }
    return 0;
}

int ek_matcher_tag(struct ek_matcher *matcher, const struct ek_tag_input *input,
                   struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    int status = 0;

    memset(tags, 0, sizeof *tags);
    tags->assessable = ek_rules_assess(matcher->rules, input->language);
    if (!tags->assessable)
        return 0;
    if (matcher_read(matcher, input->text, input->len, err) < 0)
        return -1;
    if (tag_own_words(matcher, input, arena, tags) < 0)
        return ek_fail_memory(err);
    if (input->quote_count && !matcher->overflow)
        status = tag_quotes(matcher, input, arena, tags, err);
    if (status == 0 && matcher->overflow)
        status = ek_fail(err, EK_LIMIT, "the text holds more than %u places of the rules' words",
                         EK_MAX_SPANS);
    return status;
}
