/* places.c - the matches of a regular expression in a text, where its literals stand.
 *
 * What PCRE2 would do for the whole text is done only at the places that the search for literals
 * gave, and gives the same: all matches in order, each looked for behind the last. Patterns of a
 * few words need PCRE2 only where a neighbour is not ASCII (pattern_needs.c). */
#include "rules/matcher.h"

#define FEW 8u /* sightings looked through; where there are more, PCRE2 is quicker */

/* Bytes that so many code points can take. */
static uint64_t bytes_of(const struct ek_matcher *matcher, uint32_t code_points)
{
    return matcher->reading.lowered.ascii ? code_points : 4ull * code_points;
}

/* So many code points before a place; false if the text starts before that. */
static bool step_back(const struct ek_matcher *matcher, uint32_t *at, uint32_t code_points)
{
    const char *plain = matcher->reading.plain;

    for (; code_points > 0 && *at > 0; code_points--)
        do
            --*at;
        while (*at > 0 && (plain[*at] & 0xc0) == 0x80);
    return code_points == 0;
}

/* Where matches may start, to matcher->places: the places of a need, or some characters before. */
static void add_places(struct ek_matcher *matcher, const struct pattern_need *need)
{
    const struct sighting *sightings = matcher->watch.sightings.items;
    uint32_t i = watch_last(&matcher->watch, need->trigger);

    matcher->places.count = 0;
    for (; i != NO_SIGHTING; i = sightings[i].before)
        for (uint32_t back = need->least; back <= need->most; back++) {
            struct sighting place = sightings[i];
            if (!step_back(matcher, &place.at, back))
                break;
            VECTOR_PUSH(&matcher->places, place);
        }
    matcher->overflow = matcher->overflow || matcher->places.failed;
}

/* In the order of the text. They were noted backward, and come nearly sorted: a literal is found by
 * one of its words, which need not be the first. */
static void sort_places(struct ek_matcher *matcher)
{
    struct sighting *places = matcher->places.items;
    size_t count = matcher->places.count;

    for (size_t i = 0; i < count / 2; i++) {
        struct sighting swapped = places[i];
        places[i] = places[count - 1 - i];
        places[count - 1 - i] = swapped;
    }
    for (size_t i = 1; i < count; i++) {
        struct sighting here = places[i];
        size_t at = i;
        for (; at > 0 && (places[at - 1].at > here.at ||
                          (places[at - 1].at == here.at && places[at - 1].order > here.order));
             at--)
            places[at] = places[at - 1];
        places[at] = here;
    }
}

/* Where the first match can start: no further before the first place of a need than it may be. */
static size_t earliest(const struct ek_matcher *matcher, const struct pattern *pattern)
{
    const struct sighting *sightings = matcher->watch.sightings.items;
    uint64_t start = 0;

    for (uint32_t n = 0; n < pattern->need_count; n++) {
        const struct pattern_need *need = &pattern->needs[n];
        uint64_t first = UINT64_MAX, reach = bytes_of(matcher, need->most);
        if (need->most == UINT32_MAX)
            continue;
        for (uint32_t i = watch_last(&matcher->watch, need->trigger); i != NO_SIGHTING;
             i = sightings[i].before)
            first = sightings[i].at < first ? sightings[i].at : first;
        if (first != UINT64_MAX && first > reach && first - reach > start)
            start = first - reach;
    }
    while (start > 0 && (matcher->reading.plain[start] & 0xc0) == 0x80)
        start--;
    return (size_t)start;
}

/* Does a place of the need lie as far behind `at` as the pattern asks? */
static bool in_reach(const struct ek_matcher *matcher, const struct pattern_need *need, uint32_t at)
{
    const struct sighting *sightings = matcher->watch.sightings.items;
    uint32_t i = watch_last(&matcher->watch, need->trigger);
    uint64_t most = bytes_of(matcher, need->most);

    for (unsigned steps = 0; i != NO_SIGHTING; i = sightings[i].before)
        if (++steps > FEW || (sightings[i].at >= at && sightings[i].at - at >= need->least &&
                              sightings[i].at - at <= most))
            return true;
    return false;
}

static bool needs_in_reach(const struct ek_matcher *matcher, const struct pattern *pattern,
                           uint32_t at)
{
    for (uint32_t n = 1; n < pattern->need_count; n++)
        if (pattern->needs[n].most != UINT32_MAX && !in_reach(matcher, &pattern->needs[n], at))
            return false;
    return true;
}

/* A match at the place that is next, to *end; *next goes to the first sighting of another one. 0, 1
 * or -1 as pattern_match_at. */
static int match_place(struct ek_matcher *matcher, const struct pattern *pattern, size_t *next,
                       size_t *end, const char **limit)
{
    const struct sighting *place = &matcher->places.items[*next];
    bool sure = pattern->kind == PATTERN_WORDS;

    for (; *next < matcher->places.count && matcher->places.items[*next].at == place->at; ++*next)
        sure = sure && !matcher->places.items[*next].unsure;
    if (sure) {
        *end = place->at + pattern->needs[0].literals[place->order].len;
        return 1;
    }
    if (!needs_in_reach(matcher, pattern, place->at))
        return 0;
    return pattern_match_at(matcher->runner, pattern, matcher->reading.plain,
                            matcher->reading.plain_len, place->at, end, limit);
}

void pattern_places(struct ek_matcher *matcher, const struct pattern *pattern,
                    bool (*found)(void *context, size_t start, size_t end), const char **limit)
{
    size_t next = 0, end = 0;

    if (matcher->reading.plain_len == 0)
        return;
    if (pattern->kind == PATTERN_ANYWHERE) {
        pattern_run(matcher->runner, pattern, matcher->reading.plain, matcher->reading.plain_len,
                    earliest(matcher, pattern), found, matcher, limit);
        return;
    }
    add_places(matcher, &pattern->needs[0]);
    sort_places(matcher);
    while (next < matcher->places.count && !*limit) {
        size_t at = matcher->places.items[next].at, until = end;
        if (at < end) {
            next++;
            continue;
        }
        if (match_place(matcher, pattern, &next, &until, limit) == 1) {
            end = until;
            if (!found(matcher, at, end))
                return;
        }
    }
}
