/* changes.c - see changes.h.
 *
 * Nothing is estimated here: the statistics are those of the store's headers, in the order in which
 * they must be asked. A stance that fewer than five authors take in either window is not tested. */
#include "changes.h"

#include <math.h>

#include "ekbom/limits.h"

int changes_init(struct changes *changes, size_t panels, struct ek_err *err)
{
    size_t count = changes->rows->theory_count * panels;
    changes->items = EK_NEW_ARRAY(changes->arena, struct change, count + 1);
    changes->count = 0;
    return changes->items ? 0 : ek_fail_memory(err);
}

/* Counting ---------------------------------------------------------------------------------- */

static bool few(const struct ek_shift *shift)
{
    return shift->few_clusters || (shift->authors_tagged[EK_BEFORE] < EK_WITHHELD_BELOW &&
                                   shift->authors_tagged[EK_AFTER] < EK_WITHHELD_BELOW);
}

/* The p of a theory's stances are corrected for one another: else five of a hundred rises would be
 * doubted for each stance. */
static int add_stances(struct changes *changes, struct ek_panel *panel, size_t theory,
                       struct change *change, struct ek_err *err)
{
    double p[EK_STANCES], corrected[EK_STANCES];
    size_t tests;
    for (int stance = 0; stance < EK_STANCES; stance++) {
        struct ek_shift shift;
        p[stance] = NAN;
        if (!changes->rows->stances)
            continue;
        if (ek_panel_shift(panel, &changes->rows->stances[theory * EK_STANCES + (size_t)stance],
                           &shift, err))
            return -1;
        change->stances[stance].difference = shift.difference.value;
        if (!few(&shift))
            p[stance] = shift.difference.p;
    }
    if (ek_correct_tests(EK_HOLM, p, EK_STANCES, changes->arena, corrected, &tests, err))
        return -1;
    for (int stance = 0; stance < EK_STANCES; stance++)
        change->stances[stance].p = corrected[stance];
    return 0;
}

static int correct(struct changes *changes, const struct ek_panel_posts *posts,
                   const struct ek_tagged *tagged, struct change *change, struct ek_err *err)
{
    double shares[EK_WINDOWS];
    size_t count;
    if (!changes->coded)
        return 0;
    struct ek_coded_post *sample =
        coded_sample(changes->coded, posts, change->theory, tagged, changes->arena, &count);
    if (!sample)
        return ek_fail_memory(err);
    for (int w = 0; w < EK_WINDOWS; w++)
        shares[w] = change->shift.share[w].share;
    ek_correct_shares(sample, count, shares, change->shift.variance, EK_WINDOWS,
                      change->corrections);
    change->corrected = !change->shift.few_clusters && !change->corrections[EK_BEFORE].refusal &&
                        !change->corrections[EK_AFTER].refusal;
    return 0;
}

/* The figures that a claim is about. */
static void claim(struct change *change)
{
    const struct ek_shift *shift = &change->shift;
    change->difference = shift->difference;
    change->author_difference = shift->author_difference.value;
    for (int w = 0; w < EK_WINDOWS; w++) {
        change->share[w] = change->corrected ? change->corrections[w].share : shift->share[w].share;
        change->withheld[w] = shift->authors_tagged[w] > 0 &&
                              shift->authors_tagged[w] < EK_WITHHELD_BELOW &&
                              !internal_tier(change->cli);
    }
    if (!change->corrected)
        return;
    change->difference = ek_correct_shift(shift, change->corrections);
    change->author_difference = ek_correct_authors(shift, change->corrections);
}

/* What sets the windows apart ---------------------------------------------------------------- */

static int explain_one(struct changes *changes, const struct ek_panel_posts *posts,
                       const struct ek_tagged *tagged, struct change *change, struct ek_err *err)
{
    struct ek_arena *arena = changes->arena;
    return ek_decompose(posts, tagged, posts->author, arena, &change->by_author, err) ||
                   ek_decompose(posts, tagged, changes->rows->board, arena, &change->by_board,
                                err) ||
                   ek_leave_one_out(posts, tagged, arena, &change->leave_one_out, err)
               ? -1
               : 0;
}

static int set_apart(struct changes *changes, struct change *items, struct ek_err *err)
{
    size_t count = changes->rows->theory_count;
    double *authors[EK_WINDOWS];
    struct ek_prominence *out = EK_NEW_ARRAY(changes->arena, struct ek_prominence, count + 1);
    for (int w = 0; w < EK_WINDOWS; w++) {
        authors[w] = EK_NEW_ARRAY(changes->arena, double, count + 1);
        if (!authors[w] || !out)
            return ek_fail_memory(err);
        for (size_t i = 0; i < count; i++)
            authors[w][i] = (double)items[i].shift.authors_tagged[w];
    }
    ek_prominence(authors[EK_BEFORE], authors[EK_AFTER], NULL, count, out);
    for (size_t i = 0; i < count; i++)
        items[i].prominence = out[i];
    return 0;
}

/* Together ---------------------------------------------------------------------------------- */

static int add_one(struct changes *changes, struct ek_panel *panel,
                   const struct ek_panel_posts *posts, size_t theory, bool why, struct ek_err *err)
{
    struct change *change = &changes->items[changes->count];
    const struct ek_tagged *tagged = &changes->rows->tagged[theory];
    change->theory = changes->rows->theories[theory];
    progress("theory %zu of %zu: %s", theory + 1, changes->rows->theory_count, change->theory);
    if (ek_panel_shift(panel, tagged, &change->shift, err) ||
        add_stances(changes, panel, theory, change, err) ||
        correct(changes, posts, tagged, change, err) ||
        (why && explain_one(changes, posts, tagged, change, err)))
        return -1;
    claim(change);
    changes->count++;
    return 0;
}

int changes_add(struct changes *changes, const struct ek_panel_posts *posts,
                const char *const names[EK_WINDOWS], bool why, struct ek_err *err)
{
    size_t first = changes->count;
    struct ek_panel *panel = ek_panel_new(posts, changes->arena, err);
    if (!panel)
        return -1;
    for (size_t theory = 0; theory < changes->rows->theory_count; theory++) {
        struct change *change = &changes->items[changes->count];
        change->cli = changes->cli;
        for (int w = 0; w < EK_WINDOWS; w++)
            change->name[w] = names[w];
        if (add_one(changes, panel, posts, theory, why, err))
            return -1;
    }
    progress_end();
    return why ? set_apart(changes, changes->items + first, err) : 0;
}

static void judge(const struct changes *changes, struct change *change)
{
    const struct ek_evidence evidence = {
        .shift = &change->shift,
        .share_before = change->share[EK_BEFORE],
        .difference = change->difference.value,
        .variance = change->difference.variance,
        .author_difference = change->author_difference,
        .p_corrected = change->p_corrected,
        .alpha = changes->alpha,
        .smallest_of_interest = changes->smallest_of_interest,
        .stances = change->stances,
        .stance_count = EK_STANCES,
        .fetched = {changes->fetched[EK_BEFORE], changes->fetched[EK_AFTER]},
        .one_rule_set = true, /* an index answers under one rule set at a time */
        .partial = changes->partial,
    };
    change->judgement = ek_judge(&evidence);
    change->smallest_visible =
        ek_smallest_visible(change->difference.variance, changes->alpha, changes->tests);
}

int changes_judge(struct changes *changes, enum ek_correcting correcting, struct ek_err *err)
{
    double *p = EK_NEW_ARRAY(changes->arena, double, changes->count + 1);
    if (!p)
        return ek_fail_memory(err);
    for (size_t i = 0; i < changes->count; i++)
        p[i] = few(&changes->items[i].shift) ? NAN : changes->items[i].difference.p;
    if (ek_correct_tests(correcting, p, changes->count, changes->arena, p, &changes->tests, err))
        return -1;
    for (size_t i = 0; i < changes->count; i++) {
        changes->items[i].p_corrected = p[i];
        judge(changes, &changes->items[i]);
    }
    return 0;
}
