/* validated.h - shares corrected for tagging error, from posts that people coded by hand.
 *
 * The true share is p * precision / recall (Rogan and Gladen's estimate, written with precision).
 * Recall that drifts with people's vocabulary looks exactly like a shift; so precision and recall
 * are measured in each period by itself, on posts drawn there with known probability. */
#ifndef EKBOM_VALIDATED_H
#define EKBOM_VALIDATED_H

#include "ekbom/statistics.h"

#define EK_MIN_CODED 30u /* posts, tagged and untagged each: fewer are no measure */

struct ek_coded_post {
    uint32_t period; /* 0 .. periods - 1 */
    bool tagged;     /* by the rules, as the share counts it */
    bool coded;      /* by hand: the theory is there */
    double weight;   /* 1 / chance of having been drawn; 0 or NAN: not known */
};

enum ek_refusal {
    EK_NOT_REFUSED,
    EK_REFUSED_NO_WEIGHTS,            /* a post without the chance with which it was drawn */
    EK_REFUSED_FEW_TAGGED,            /* fewer than EK_MIN_CODED tagged posts coded */
    EK_REFUSED_FEW_UNTAGGED,          /* ... of those not tagged: recall cannot be known */
    EK_REFUSED_NOTHING_CODED,         /* the theory was found in no coded post */
    EK_REFUSED_NO_BETTER_THAN_CHANCE, /* the theory is as frequent where the rules do not tag */
    EK_REFUSALS
};
extern const char *const ek_refusal_names[]; /* as JSON has them; [EK_NOT_REFUSED] is NULL */
extern const char *const ek_refusal_words[]; /* a sentence each, and what to do */

struct ek_correction {       /* of one period */
    enum ek_refusal refusal; /* any: all below is NAN but the counts */
    size_t tagged, untagged; /* posts coded */
    double precision, recall;
    double missed;          /* share of the untagged posts that have the theory */
    double share;           /* corrected */
    double variance;        /* of it: of coding and of the counted share together */
    double coding_variance; /* the coding's part alone */
    double slope; /* of the corrected share over the counted, 1 / (sensitivity + specificity - 1) */
    double low, high;
};
/* corrections[periods]: shares[p] of tagged posts and their variances are those of the whole
 * period, of which the coded posts were drawn. One post without weight refuses every period. */
void ek_correct_shares(const struct ek_coded_post *coded, size_t count, const double *shares,
                       const double *variances, size_t periods, struct ek_correction *corrections);

/* The difference of two windows, corrected: corrections as above of [EK_BEFORE] and [EK_AFTER]
 * with the shares and variances of the shift. NAN where one is refused. */
struct ek_estimate ek_correct_shift(const struct ek_shift *shift,
                                    const struct ek_correction corrections[EK_WINDOWS]);
/* The difference of the author shares, each raised or lowered as its share of posts is: whether an
 * author is found was not coded, so this tells a direction and no more. */
double ek_correct_authors(const struct ek_shift *shift,
                          const struct ek_correction corrections[EK_WINDOWS]);

#endif
