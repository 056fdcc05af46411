/* matcher.c - reading a text in as few steps as it needs.
 *
 * First the literals of all rules are looked for in one pass over the bytes (literals.c). They pull
 * triggers, and a rule whose trigger is pulled is raised if all its words are there (possible.c);
 * most texts raise none, and are done. Where a raised rule asks for positions in words the text is
 * cut into tokens; evaluate.c decides the rest. State is kept by epoch, so that a text costs what
 * it holds and not what the rule set holds. The plain engine cuts every text, raises every rule and
 * knows nothing of triggers. */
#include "rules/matcher.h"

#include <string.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"

uint32_t matcher_raised(const struct ek_matcher *matcher, uint32_t rank)
{
    uint32_t count = (uint32_t)matcher->rules->rules.count;
    uint64_t bits;

    if (rank >= count)
        return count;
    bits = matcher->raised[rank / 64] >> rank % 64;
    if (bits)
        return rank + (uint32_t)__builtin_ctzll(bits);
    for (uint32_t word = rank / 64 + 1; word <= (count - 1) / 64; word++)
        if (matcher->raised[word])
            return word * 64 + (uint32_t)__builtin_ctzll(matcher->raised[word]);
    return count;
}

/* The token of each sighting. They come nearly in the order of the text. */
static void find_tokens(struct ek_matcher *matcher)
{
    const struct reading *reading = &matcher->reading;
    uint32_t token = 0, count = (uint32_t)reading->tokens.count;

    for (size_t i = 0; i < matcher->watch.sightings.count; i++) {
        struct sighting *sighting = &matcher->watch.sightings.items[i];
        while (token > 0 &&
               reading->tokens.items[token - 1].plain + reading->tokens.items[token - 1].plain_len >
                   sighting->at)
            token--;
        while (token < count &&
               reading->tokens.items[token].plain + reading->tokens.items[token].plain_len <=
                   sighting->at)
            token++;
        sighting->token = token;
    }
}

static int cut(struct ek_matcher *matcher, struct ek_err *err)
{
    matcher->cut = true;
    if (reading_cut(&matcher->reading, err) < 0)
        return -1;
    find_tokens(matcher);
    return 0;
}

/* The either nodes that words of the text tell of, and those that may be anyway. */
static void find_eithers(struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;
    uint32_t words = rules->either_words;

    memcpy(matcher->eithers, rules->either_silent, words * sizeof *matcher->eithers);
    for (size_t i = 0; i < matcher->watch.seen.count; i++) {
        uint32_t trigger = matcher->watch.seen.items[i];
        const uint64_t *row = rules->either_rows + (size_t)trigger * words;
        for (uint32_t w = 0; w < words && trigger < rules->word_triggers; w++)
            matcher->eithers[w] |= row[w];
    }
}

/* Are the lists and words there that the rule cannot do without? */
static bool has_wants(const struct ek_matcher *matcher, const struct rule *rule)
{
    for (uint32_t w = 0; w < rule->want_count; w++) {
        const struct want *want = &matcher->rules->wants.items[rule->wants + w];
        uint32_t number = want->number;
        if (want->either ? !(matcher->eithers[number / 64] >> number % 64 & 1)
                         : !watch_saw(&matcher->watch, number))
            return false;
    }
    return true;
}

static void raise_rule(struct ek_matcher *matcher, uint32_t number)
{
    const struct ek_rules *rules = matcher->rules;
    const struct rule *rule = &rules->rules.items[number];
    const struct code *code = &rules->codes.items[rule->code];
    uint32_t rank = code->rank + number - code->rules;
    const uint64_t *row = rules->rule_rows + (size_t)number * rules->either_words;

    if (!has_wants(matcher, rule))
        return;
    matcher->raised[rank / 64] |= 1ull << rank % 64;
    for (uint32_t w = 0; w < rules->either_words; w++)
        matcher->wanted[w] |= row[w];
    if (!rule->wants_only)
        VECTOR_PUSH(&matcher->deep, rank);
}

/* True if a rule is raised that asks for words. */
static bool need_words(const struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;
    uint32_t count = (uint32_t)rules->rules.count;

    for (uint32_t rank = matcher_raised(matcher, 0); rank < count;
         rank = matcher_raised(matcher, rank + 1))
        if (!rules->rules.items[rules->ranked[rank]].regex)
            return true;
    return false;
}

static int raise_rules(struct ek_matcher *matcher, struct ek_err *err)
{
    const struct ek_rules *rules = matcher->rules;
    const struct watch *watch = &matcher->watch;

    if (watch_text(&matcher->watch, &rules->triggers, matcher->reading.engine,
                   &matcher->reading.lowered) < 0)
        return ek_fail_memory(err);
    find_eithers(matcher);
    memcpy(matcher->wanted, rules->cue_row, rules->either_words * sizeof *matcher->wanted);
    matcher->deep.count = matcher->offers.count = 0;
    for (size_t i = 0; i < watch->seen.count; i++) {
        const struct trigger *trigger = &rules->triggers.items.items[watch->seen.items[i]];
        for (uint32_t r = 0; r < trigger->rules; r++)
            raise_rule(matcher, rules->triggers.waiting[trigger->first_rule + r]);
    }
    for (size_t i = 0; i < rules->always.count; i++)
        raise_rule(matcher, rules->always.items[i]);
    if (need_words(matcher))
        make_offers(matcher);
    for (size_t i = 0; i < matcher->deep.count; i++) {
        uint32_t rank = matcher->deep.items[i];
        if (!matcher_possible(matcher, rules->rules.items[rules->ranked[rank]].node))
            matcher->raised[rank / 64] &= ~(1ull << rank % 64);
    }
    if (matcher->overflow || matcher->deep.failed)
        return ek_fail_memory(err);
    return need_words(matcher) ? cut(matcher, err) : 0;
}

int matcher_read(struct ek_matcher *matcher, const char *text, size_t len, struct ek_err *err)
{
    size_t words = (matcher->rules->rules.count + 63) / 64;

    if (++matcher->epoch == 1u << 31) {
        memset(matcher->states, 0, (matcher->rules->nodes.count + 1) * sizeof *matcher->states);
        memset(matcher->asked, 0, (matcher->rules->eithers.count + 1) * sizeof *matcher->asked);
        memset(matcher->offered, 0, (matcher->rules->eithers.count + 1) * sizeof *matcher->offered);

        matcher->epoch = 1;
    }
    matcher->spans.count = matcher->limits.count = 0;
    matcher->overflow = matcher->cut = false;
    memset(matcher->raised, 0, words * sizeof *matcher->raised);
    if (reading_open(&matcher->reading, text, len, err) < 0)
        return -1;
    if (matcher->engine == EK_ENGINE_FAST)
        return raise_rules(matcher, err);
    for (uint32_t rank = 0; rank < matcher->rules->rules.count; rank++)
        matcher->raised[rank / 64] |= 1ull << rank % 64;
    return cut(matcher, err);
}

static int allocate(struct ek_matcher *matcher)
{
    const struct ek_rules *rules = matcher->rules;

    matcher->runner = pattern_runner_new();
    matcher->states = calloc(rules->nodes.count + 1, sizeof *matcher->states);
    matcher->eithers = calloc(rules->either_words + 1, sizeof *matcher->eithers);
    matcher->wanted = calloc(rules->either_words + 1, sizeof *matcher->wanted);
    matcher->offered = calloc(rules->eithers.count + 1, sizeof *matcher->offered);
    matcher->asked = calloc(rules->eithers.count + 1, sizeof *matcher->asked);

    matcher->raised = calloc(rules->rules.count / 64 + 1, sizeof *matcher->raised);
    if (!matcher->runner || !matcher->states || !matcher->wanted || !matcher->offered ||
        !matcher->eithers || !matcher->asked || !matcher->raised)
        return -1;
    return watch_init(&matcher->watch, &rules->triggers);
}

struct ek_matcher *ek_matcher_new(const struct ek_rules *rules, enum ek_engine engine,
                                  struct ek_err *err)
{
    struct ek_matcher *matcher = calloc(1, sizeof *matcher);
    int status = 0;

    if (!matcher) {
        ek_fail_memory(err);
        return NULL;
    }
    matcher->rules = rules;
    matcher->engine = engine;
    if (reading_init(&matcher->reading, err) < 0)
        status = -1;
    else if (allocate(matcher) < 0)
        status = ek_fail_memory(err);
    else if (engine == EK_ENGINE_NAIVE && !(matcher->naive = naive_new(rules, err)))
        status = -1;
    if (status == 0)
        return matcher;
    ek_matcher_free(matcher);
    return NULL;
}

void ek_matcher_free(struct ek_matcher *matcher)
{
    if (!matcher)
        return;
    naive_free(matcher->naive);
    pattern_runner_free(matcher->runner);
    reading_free(&matcher->reading);
    watch_free(&matcher->watch);
    free(matcher->wanted);
    free(matcher->offered);
    free(matcher->eithers);
    free(matcher->asked);
    free(matcher->raised);
    free(matcher->states);
    VECTOR_FREE(&matcher->spans);
    VECTOR_FREE(&matcher->offers);
    VECTOR_FREE(&matcher->deep);
    VECTOR_FREE(&matcher->children);
    VECTOR_FREE(&matcher->steps);
    VECTOR_FREE(&matcher->limits);
    VECTOR_FREE(&matcher->places);
    VECTOR_FREE(&matcher->partial);
    VECTOR_FREE(&matcher->found);
    VECTOR_FREE(&matcher->cancelled);
    VECTOR_FREE(&matcher->named);
    VECTOR_FREE(&matcher->stated);
    cues_found_free(&matcher->cues);
    free(matcher);
}
