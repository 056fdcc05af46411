/* verdict.c - see verdict.h.
 *
 * Three questions in a row. Can anything be said at all: posts, authors, one rule set, a closed
 * period, an archive that did not move under the series? Is the change more than noise: then it is
 * a rise or a fall, if the authors and the stances say so too. If not: is it shown to be small? The
 * equivalence test is that of Schuirmann (1987), two one-sided tests at alpha each. */
#include "ekbom/verdict.h"

#include <math.h>

#include "ekbom/limits.h"

#define ALPHA 0.05

const char *const ek_verdict_names[] = {
    [EK_ROSE] = "rose",
    [EK_FELL] = "fell",
    [EK_NO_CHANGE_LARGER_THAN] = "no-change-larger-than",
    [EK_CANNOT_TELL] = "cannot-tell",
    [EK_VERDICTS] = NULL,
};

const char *const ek_verdict_reason_names[] = {
    [EK_WHY_NO_POSTS] = "no-posts",
    [EK_WHY_NOT_NAMED] = "not-named",
    [EK_WHY_FEW_CLUSTERS] = "few-clusters",
    [EK_WHY_FEW_TAGGED] = "few-authors-name-it",
    [EK_WHY_RULES_DIFFER] = "rule-sets-differ",
    [EK_WHY_PARTIAL] = "period-not-over",
    [EK_WHY_FETCHED_MOVED] = "fetched-moved",
    [EK_WHY_AUTHOR_SHARE] = "author-share-disagrees",
    [EK_WHY_STANCES] = "stances-diverge",
    [EK_WHY_TOO_SMALL] = "too-small-to-see",
    [EK_VERDICT_REASONS] = NULL,
};

const char *const ek_verdict_reason_words[] = {
    [EK_WHY_NO_POSTS] = "one of the periods has no posts: choose periods that the archive covers",
    [EK_WHY_NOT_NAMED] = "no post of either period names it",
    [EK_WHY_FEW_CLUSTERS] =
        "a period has fewer than 30 authors or threads: longer periods or more boards would help",
    [EK_WHY_FEW_TAGGED] =
        "fewer than five authors name it in either period: longer periods would help",
    [EK_WHY_RULES_DIFFER] =
        "the posts were tagged under more than one rule set: `ekbom retag` makes it one",
    [EK_WHY_PARTIAL] = "the later period is not over, or not fetched to its end",
    [EK_WHY_FETCHED_MOVED] = "the part of the board that was fetched differs by 10 % or more: what "
                             "looks like a shift may be the archive",
    [EK_WHY_AUTHOR_SHARE] =
        "the share of authors who name it did not move the same way: a few write more about it",
    [EK_WHY_STANCES] =
        "its stances went different ways: ask for them one by one with --split stance",
    [EK_WHY_TOO_SMALL] =
        "the change, if there is one, is smaller than these posts can show: longer periods, more "
        "authors or a larger --smallest-of-interest would help",
    [EK_VERDICT_REASONS] = NULL,
};

double ek_equivalence(double difference, double variance, double margin)
{
    if (!(variance > 0) || !(margin > 0))
        return NAN;
    double z = (margin - fabs(difference)) / sqrt(variance);
    return erfc(z / sqrt(2)) / 2;
}

/* A stance that moved against the whole, or against another one. */
static bool stances_diverge(const struct ek_evidence *evidence, double alpha)
{
    bool up = evidence->difference > 0, down = evidence->difference < 0;
    bool moved = evidence->p_corrected < alpha;
    up &= moved;
    down &= moved;
    for (size_t i = 0; i < evidence->stance_count; i++) {
        const struct ek_stance_shift *stance = &evidence->stances[i];
        up |= stance->p < alpha && stance->difference > 0;
        down |= stance->p < alpha && stance->difference < 0;
    }
    return up && down;
}

static bool fetched_moved(const double fetched[EK_WINDOWS])
{
    double most = fmax(fetched[EK_BEFORE], fetched[EK_AFTER]);
    return fabs(fetched[EK_AFTER] - fetched[EK_BEFORE]) >= EK_FETCHED_MOVED * most && most > 0;
}

/* Why nothing at all can be said. */
static unsigned obstacles(const struct ek_evidence *evidence)
{
    const struct ek_shift *shift = evidence->shift;
    if (shift->posts[EK_BEFORE] == 0 || shift->posts[EK_AFTER] == 0)
        return 1u << EK_WHY_NO_POSTS;
    unsigned why = 0;
    if (shift->tagged[EK_BEFORE] == 0 && shift->tagged[EK_AFTER] == 0)
        why |= 1u << EK_WHY_NOT_NAMED;
    else if (shift->authors_tagged[EK_BEFORE] < EK_WITHHELD_BELOW &&
             shift->authors_tagged[EK_AFTER] < EK_WITHHELD_BELOW)
        why |= 1u << EK_WHY_FEW_TAGGED;
    if (shift->few_clusters)
        why |= 1u << EK_WHY_FEW_CLUSTERS;
    if (!evidence->one_rule_set)
        why |= 1u << EK_WHY_RULES_DIFFER;
    if (evidence->partial)
        why |= 1u << EK_WHY_PARTIAL;
    if (fetched_moved(evidence->fetched))
        why |= 1u << EK_WHY_FETCHED_MOVED;
    return why;
}

struct ek_judgement ek_judge(const struct ek_evidence *evidence)
{
    double alpha = evidence->alpha > 0 ? evidence->alpha : ALPHA;
    double margin = evidence->smallest_of_interest > 0 ? evidence->smallest_of_interest
                                                       : evidence->share_before / 2;
    struct ek_judgement judgement = {
        .verdict = EK_CANNOT_TELL,
        .reasons = obstacles(evidence),
        .p_equivalent = ek_equivalence(evidence->difference, evidence->variance, margin),
        .smallest_visible = ek_smallest_visible(evidence->variance, alpha, 1),
    };
    judgement.larger_than = isnan(judgement.p_equivalent) ? NAN : margin;
    if (stances_diverge(evidence, alpha))
        judgement.reasons |= 1u << EK_WHY_STANCES;
    bool moved = evidence->p_corrected < alpha;
    double authors = evidence->author_difference;
    if (moved &&
        !((evidence->difference > 0 && authors > 0) || (evidence->difference < 0 && authors < 0)))
        judgement.reasons |= 1u << EK_WHY_AUTHOR_SHARE;
    if (judgement.reasons)
        return judgement;
    if (moved)
        judgement.verdict = evidence->difference > 0 ? EK_ROSE : EK_FELL;
    else if (judgement.p_equivalent < alpha)
        judgement.verdict = EK_NO_CHANGE_LARGER_THAN;
    else
        judgement.reasons = 1u << EK_WHY_TOO_SMALL;
    return judgement;
}
