/* stance.c - does the writer support a theory, dispute it, ask, or only report it?
 *
 * In ConText's way: a cue says something of the hits in its reach, a pseudo cue cancels the cue
 * that it covers, a stop word ends the reach. Every hit gets a stance, from its own rule ("as
 * disputes") or from the cues; without either it supports, because a theory named as a cause is
 * support. The codebook gives a post one stance a theory:
 *
 *   - what the writer was told to hold (by a rule or a cue) weighs more than what is assumed;
 *   - between supports and disputes the last that was told wins ("final position");
 *   - a question or a report frames the hits around it that nothing was told of;
 *   - in a long post one sentence is not the position: what most of its hits say is, and a cue of
 *     the whole post ("I take no side") speaks of what stands near it.
 *
 * What stands in the sentence before or after a theory and names another one first speaks of that
 * one: "It is the potassium. Magnesium has nothing to do with it."
 *
 * "Iron cannot get into the brain" holds a "cannot" and denies nothing: a rule that finds such a
 * claim is "as stated", and denials inside its hits do not count. */
#include <string.h>

#include "rules/matcher.h"

struct reach { /* a hit, and where cues can bear on it */
    const struct ek_matcher *matcher;
    const struct code *code;
    const bool *visible; /* files whose cues count */
    struct span hit;
    uint32_t sentence, last_sentence;
    uint32_t from; /* first token of the sentences around */
};

static struct reach reach_of(const struct ek_matcher *matcher, const struct code *code,
                             struct span hit)
{
    struct reach reach = {.matcher = matcher,
                          .code = code,
                          .visible = matcher->rules->files[code->file].visible,
                          .hit = hit,
                          .sentence = sentence_of(matcher, hit.first),
                          .last_sentence = sentence_of(matcher, hit.last)};
    uint32_t first = reach.sentence > CUE_SENTENCES ? reach.sentence - CUE_SENTENCES : 0;

    reach.from = sentence_start(matcher, first);
    return reach;
}

static bool stopped(const struct reach *reach, enum cue_category category, uint32_t from,
                    uint32_t to)
{
    const struct cue_places *stops = &reach->matcher->cues.stops[category];

    for (size_t i = cue_places_from(stops, from); i < stops->items.count; i++) {
        const struct cue_found *stop = &stops->items.items[i];
        if (stop->span.first > to)
            return false;
        if (stop->span.last <= to && reach->visible[stop->cue->file])
            return true;
    }
    return false;
}

/* bid and bid/transport are one theory here. */
static bool same_theory(const struct code *one, const struct code *other)
{
    size_t len = strcspn(one->shown.code, "/");

    return one == other || (strcspn(other->shown.code, "/") == len &&
                            memcmp(one->shown.code, other->shown.code, len) == 0);
}

/* The first place from this token on at which a theory is named. */
static size_t named_from(const struct ek_matcher *matcher, uint32_t token)
{
    size_t low = 0, high = matcher->named.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (matcher->named.items[middle].first < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A cue of a sentence beside the hit's has a theory of its own: another one is named before it in
 * its sentence, and this one is not. */
static bool speaks_of_another(const struct reach *reach, const struct cue_found *found)
{
    const struct ek_matcher *matcher = reach->matcher;
    uint32_t sentence = sentence_of(matcher, found->span.first);
    bool another = false;

    if (reach->code->composite)
        return false;
    for (size_t i = named_from(matcher, sentence_start(matcher, sentence));
         i < matcher->named.count; i++) {
        const struct named *named = &matcher->named.items[i];
        if (sentence_of(matcher, named->first) != sentence)
            break;
        if (same_theory(named->code, reach->code))
            return false;
        another = another || named->last < found->span.first;
    }
    return another;
}

/* Nothing stops the way between two tokens, and it is no longer than the cue reaches. */
static bool open_way(const struct reach *reach, const struct cue *cue, uint32_t from, uint32_t to)
{
    const struct token *tokens = reach->matcher->reading.tokens.items;

    if (tokens[from].sentence != tokens[to].sentence)
        return false;
    if (cue->distance && tokens[to].word - tokens[from].word > cue->distance)
        return false;
    return to - from < 2 || !stopped(reach, cue->category, from + 1, to - 1);
}

static bool applies(const struct reach *reach, const struct cue_found *found)
{
    const struct cue *cue = found->cue;
    struct span hit = reach->hit, here = found->span;
    uint32_t sentence = sentence_of(reach->matcher, here.first);
    bool in_sentence = sentence >= reach->sentence && sentence <= reach->last_sentence;
    bool forward = cue->direction == CUE_FORWARD || cue->direction == CUE_AROUND;
    bool backward = cue->direction == CUE_BACKWARD || cue->direction == CUE_AROUND;

    uint32_t away = cue->distance ? cue->distance : 1;

    if (cue->direction == CUE_NEXT)
        return sentence > reach->last_sentence && sentence - reach->last_sentence <= away &&
               !speaks_of_another(reach, found);
    if (cue->direction == CUE_PREVIOUS)
        return sentence < reach->sentence && reach->sentence - sentence <= away &&
               !speaks_of_another(reach, found);
    if (cue->direction == CUE_SENTENCE)
        return in_sentence;
    if (!forward && !backward)
        return false;
    if (here.last < hit.first)
        return forward && open_way(reach, cue, here.last, hit.first);
    if (here.first > hit.last)
        return backward && open_way(reach, cue, hit.last, here.first);
    return in_sentence; /* inside the hit, or reaching into it */
}

/* Where the claims of the "as stated" rules stand, overlapping places merged. */
static void find_stated(struct ek_matcher *matcher)
{
    matcher->stated.count = 0;
    for (size_t i = 0; i < matcher->found.count; i++) {
        const struct found *hit = &matcher->found.items[i];
        struct span *before =
            matcher->stated.count ? &matcher->stated.items[matcher->stated.count - 1] : NULL;
        if (!(matcher->rules->rules.items[hit->rule].flavour & FLAVOUR_STATED))
            continue;
        if (!before || before->last < hit->span.first)
            VECTOR_PUSH(&matcher->stated, hit->span);
        else if (before->last < hit->span.last)
            before->last = hit->span.last;
    }
    matcher->overflow = matcher->overflow || matcher->stated.failed;
}

/* A denial that is part of what the theory says. */
static bool is_stated(const struct ek_matcher *matcher, const struct cue_found *found)
{
    size_t low = 0, high = matcher->stated.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (matcher->stated.items[middle].last < found->span.last)
            low = middle + 1;
        else
            high = middle;
    }
    return found->cue->category == CUE_DISPUTES && low < matcher->stated.count &&
           matcher->stated.items[low].first <= found->span.first;
}

#define LONG_POST 20u /* sentences; posts are long seldom, articles and essays always */

static bool is_long(const struct ek_matcher *matcher)
{
    const struct token *tokens = matcher->reading.tokens.items;
    const size_t count = matcher->reading.tokens.count;
    return count && tokens[count - 1].sentence >= LONG_POST;
}

/* Does a cue of the whole post reach the hit? */
static bool in_whole_post(const struct reach *reach, const struct cue_found *found)
{
    const uint32_t sentence = sentence_of(reach->matcher, found->span.first);
    return !is_long(reach->matcher) || (sentence + CUE_SENTENCES >= reach->sentence &&
                                        sentence <= reach->last_sentence + CUE_SENTENCES);
}

static const struct cue_found *cue_for(const struct reach *reach, enum cue_category category)
{
    const struct cue_places *near = &reach->matcher->cues.near[category];
    const struct cue_places *everywhere = &reach->matcher->cues.everywhere[category];

    for (size_t i = cue_places_from(near, reach->from); i < near->items.count; i++) {
        const struct cue_found *found = &near->items.items[i];
        if (sentence_of(reach->matcher, found->span.first) > reach->last_sentence + CUE_SENTENCES)
            break;
        if (!found->cancelled && reach->visible[found->cue->file] && applies(reach, found) &&
            !is_stated(reach->matcher, found))
            return found;
    }
    for (size_t i = 0; i < everywhere->items.count; i++) {
        const struct cue_found *found = &everywhere->items.items[i];
        if (!found->cancelled && reach->visible[found->cue->file] && in_whole_post(reach, found))
            return found;
    }
    return NULL;
}

static enum ek_stance flavour_stance(unsigned flavour)
{
    if (flavour & FLAVOUR_DISPUTES)
        return EK_DISPUTES;
    if (flavour & FLAVOUR_ASKS)
        return EK_ASKS;
    return flavour & FLAVOUR_NEUTRAL ? EK_NEUTRAL : EK_SUPPORTS;
}

/* The cue that decides a hit's stance, or NULL. A question goes before a denial ("isn't it the
 * iron?") unless the denial comes after it ("Low iron? I doubt it."). */
static const struct cue_found *stance_cue(const struct reach *reach)
{
    const struct cue_found *cue = cue_for(reach, CUE_SUPPORTS), *denial;

    if (cue)
        return cue;
    cue = cue_for(reach, CUE_ASKS);
    denial = cue_for(reach, CUE_DISPUTES);
    if (cue && denial)
        return denial->span.first > cue->span.last ? denial : cue;
    if (cue || denial)
        return cue ? cue : denial;
    return cue_for(reach, CUE_NEUTRAL);
}

static void judge_hit(struct ek_matcher *matcher, const struct code *code, struct found *hit)
{
    static const enum ek_stance stances[CUE_CATEGORIES] = {[CUE_SUPPORTS] = EK_SUPPORTS,
                                                           [CUE_ASKS] = EK_ASKS,
                                                           [CUE_DISPUTES] = EK_DISPUTES,
                                                           [CUE_NEUTRAL] = EK_NEUTRAL};
    unsigned flavour = matcher->rules->rules.items[hit->rule].flavour;
    struct reach reach;
    const struct cue_found *cue = NULL;

    hit->stance = flavour_stance(flavour);
    hit->told = flavour & FLAVOUR_STANCES;
    hit->hedged = flavour & FLAVOUR_HEDGED;
    hit->experience = flavour & FLAVOUR_EXPERIENCE;
    hit->cramps = flavour & FLAVOUR_CRAMPS;
    if (matcher->rules->cues.count == 0) /* the text may not even be cut */
        return;
    reach = reach_of(matcher, code, hit->span);
    if (!hit->told)
        cue = stance_cue(&reach);
    if (cue) {
        hit->told = true;
        hit->stance = stances[cue->cue->category];
        hit->cue = cue->cue;
        hit->cue_span = cue->span;
    }
    hit->hedged = hit->hedged || cue_for(&reach, CUE_HEDGE);
    hit->experience =
        hit->experience || (cue_for(&reach, CUE_EXPERIENCE) && !cue_for(&reach, CUE_OTHER_PERSON));
    hit->cramps = hit->cramps || cue_for(&reach, CUE_CRAMPS);
}

/* Counts of one theory's hits by stance: told, assumed, and where the last told one stands. */
struct tally {
    unsigned told[EK_STANCES], assumed;
    uint32_t last[EK_STANCES];
};

/* What most hits say. Those of which nothing was told support. */
static enum ek_stance settle_long(const struct tally *tally)
{
    enum ek_stance most = EK_SUPPORTS;
    unsigned count = tally->told[EK_SUPPORTS] + tally->assumed;
    for (unsigned stance = 0; stance < EK_STANCES; stance++) {
        if (stance != EK_SUPPORTS && tally->told[stance] > count) {
            most = (enum ek_stance)stance;
            count = tally->told[stance];
        }
    }
    return most;
}

static enum ek_stance settle_stance(const struct tally *tally)
{
    bool supports = tally->told[EK_SUPPORTS], disputes = tally->told[EK_DISPUTES];

    if (supports && disputes)
        return tally->last[EK_DISPUTES] >= tally->last[EK_SUPPORTS] ? EK_DISPUTES : EK_SUPPORTS;
    if (disputes)
        return EK_DISPUTES;
    if (supports)
        return EK_SUPPORTS;
    if (tally->told[EK_ASKS])
        return EK_ASKS;
    return tally->told[EK_NEUTRAL] ? EK_NEUTRAL : EK_SUPPORTS;
}

struct judgement judge(struct ek_matcher *matcher, const struct code *code)
{
    struct tally tally = {0};
    struct judgement judgement = {0};
    size_t cramps = 0;

    find_cues(matcher);
    find_stated(matcher);
    for (size_t i = 0; i < matcher->found.count; i++) {
        struct found *hit = &matcher->found.items[i];
        judge_hit(matcher, code, hit);
        tally.assumed += !hit->told;
        tally.told[hit->stance] += hit->told;
        if (hit->told)
            tally.last[hit->stance] = hit->span.first;
    }
    judgement.stance = is_long(matcher) ? settle_long(&tally) : settle_stance(&tally);
    for (size_t i = 0; i < matcher->found.count; i++) {
        const struct found *hit = &matcher->found.items[i];
        cramps += hit->cramps;
        if (judgement.stance != EK_SUPPORTS && judgement.stance != EK_DISPUTES)
            continue;
        judgement.experience = judgement.experience || hit->experience;
        if (hit->stance == judgement.stance || !hit->told)
            judgement.hedged = judgement.hedged || hit->hedged;
    }
    /* Support that also asks is support with a doubt. */
    if (judgement.stance == EK_SUPPORTS && tally.told[EK_ASKS])
        judgement.hedged = true;
    judgement.cramps = is_long(matcher) ? 2 * cramps > matcher->found.count
                                        : cramps > 0 && cramps == matcher->found.count;
    return judgement;
}
