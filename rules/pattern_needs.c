/* pattern_needs.c - which literals does a pattern wait for, and where is it to be run?
 *
 * Running a pattern over a post that lacks its words is nearly all of the cost of matching. Three
 * kinds come out. Most patterns that people write are words with a few forms: their literals are
 * all that they match (PATTERN_WORDS), and PCRE2 is asked only where a neighbour beyond ASCII
 * leaves it open whether a word ends there. Others start at a literal, or a few characters before
 * one (PATTERN_LED), and are run at these places only. The rest are run from where a match can
 * start at the earliest. */
#include <string.h>

#include "ekbom/arena.h"
#include "rules/part.h"
#include "rules/pattern.h"

#define LEAD_MOST                                                                                  \
    64u /* characters between the start of a match and the literal that leads to it, */
#define LEAD_STARTS 8u /* ... and the places where the match may then start */

/* The strings of one need as the literals of a pattern. *plain: each stands for itself. */
static bool take_need(struct pattern *pattern, const struct part_need *need, struct ek_arena *arena,
                      bool *plain)
{
    struct pattern_need *taken = &pattern->needs[pattern->need_count];
    struct literal *literals = EK_NEW_ARRAY(arena, struct literal, need->choices.count + 1);

    *taken = (struct pattern_need){.literals = literals, .least = need->least, .most = need->most};
    taken->frequency = part_frequency(arena, &need->choices);
    if (!literals || taken->frequency < 0)
        return false;
    for (uint32_t i = 0; i < need->choices.count; i++) {
        bool as_it_is;
        struct literal *literal = &literals[taken->count];
        taken->count += part_literal(arena, &need->choices.items[i], literal, &as_it_is);
        *plain = *plain && as_it_is;
    }
    pattern->need_count++;
    return true;
}

/* How many places it takes to try where a match can start, for each place of the need. */
static uint32_t starts_of(const struct part_need *need)
{
    return need->most <= LEAD_MOST && need->most - need->least < LEAD_STARTS
               ? need->most - need->least + 1
               : 0;
}

static bool same_need(const struct part_need *a, const struct part_need *b)
{
    if (a->choices.count != b->choices.count)
        return false;
    for (uint32_t i = 0; i < a->choices.count; i++)
        if (strcmp(a->choices.items[i].text, b->choices.items[i].text) != 0)
            return false;
    return true;
}

/* The need not yet taken that is the rarest; as leader: that gives the fewest places to try. The
 * count of needs if there is none. */
static uint32_t rarest_need(const struct part *part, uint32_t taken, bool leader,
                            struct ek_arena *arena)
{
    uint32_t best = part->need_count;
    double least = 0;

    for (uint32_t n = 0; n < part->need_count; n++) {
        double cost = part_frequency(arena, &part->needs[n].choices);
        if (leader)
            cost *= starts_of(&part->needs[n]);
        if (taken >> n & 1 || cost < 0 || (leader && starts_of(&part->needs[n]) == 0) ||
            (best < part->need_count && cost >= least))
            continue;
        best = n;
        least = cost;
    }
    return best;
}

static void take_needs(struct pattern *pattern, const struct part *part, struct ek_arena *arena)
{
    uint32_t taken = 0, best = rarest_need(part, 0, true, arena);
    bool plain = true;

    if (best < part->need_count)
        pattern->kind = PATTERN_LED;
    else
        best = rarest_need(part, 0, false, arena);
    while (best < part->need_count && pattern->need_count < PATTERN_NEEDS &&
           take_need(pattern, &part->needs[best], arena, &plain)) {
        for (uint32_t n = 0; n < part->need_count; n++)
            if (same_need(&part->needs[n], &part->needs[best]))
                taken |= 1u << n;
        best = rarest_need(part, taken, false, arena);
    }
}

void pattern_find_needs(struct pattern *pattern, struct ek_arena *arena)
{
    struct part whole;
    struct part_need all = {0};
    bool plain = true;

    pattern->need_count = 0;
    pattern->kind = PATTERN_ANYWHERE;
    if (!regex_parts(pattern->source, pattern->source_len, pattern->flags & PATTERN_EXTENDED, arena,
                     &whole))
        return;
    if (!whole.exact) {
        take_needs(pattern, &whole, arena);
        return;
    }
    all.choices = whole.choices;
    if (whole.least == 0 || !take_need(pattern, &all, arena, &plain))
        return;
    plain = plain && whole.sure && !(pattern->flags & PATTERN_CASE);
    pattern->kind = plain ? PATTERN_WORDS : PATTERN_LED;
}
