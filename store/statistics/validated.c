/* validated.c - see validated.h.
 *
 * Of the tagged posts of a period a part `precision` has the theory, of the others a part `missed`;
 * both are weighted means over the coded posts (Hajek), each with its linearised variance
 * m/(m-1) sum w^2 (y - mean)^2 / (sum w)^2. The true share is then
 *
 *     p * precision + (1 - p) * missed = p * precision / recall, recall = p * precision / it,
 *
 * which is Rogan and Gladen's (p + specificity - 1) / (sensitivity + specificity - 1) with both of
 * them measured at the period's own p. Taken this way round, the counted share p, which is known
 * from all posts, is not estimated once more from the few coded ones; and sampling tagged and
 * untagged posts at different rates, as one should, costs nothing. None or all of a class found
 * right is no certainty: the variance is then that of Wilson's interval for the effective number
 * of posts (sum w)^2 / sum w^2. The posts were drawn one by one, so that they are not clustered.
 *
 * The noise of the counted share, clustered as it is, goes into the corrected one as in Rogan and
 * Gladen, by 1 / (sensitivity + specificity - 1): where more threads have the theory, the rules
 * also miss more. (By precision - missed, which takes these two as fixed, a simulated drift of
 * recall was called a shift in 10 % of runs and not in 5.) */
#include "ekbom/validated.h"

#include <math.h>

#include "store/statistics/share.h"

const char *const ek_refusal_names[] = {
    [EK_NOT_REFUSED] = NULL,
    [EK_REFUSED_NO_WEIGHTS] = "no-weights",
    [EK_REFUSED_FEW_TAGGED] = "few-tagged-coded",
    [EK_REFUSED_FEW_UNTAGGED] = "few-untagged-coded",
    [EK_REFUSED_NOTHING_CODED] = "nothing-coded",
    [EK_REFUSED_NO_BETTER_THAN_CHANCE] = "no-better-than-chance",
};

const char *const ek_refusal_words[] = {
    [EK_NOT_REFUSED] = NULL,
    [EK_REFUSED_NO_WEIGHTS] = "a coded post has no weight, so that the chance with which it was "
                              "drawn is not known: draw posts with --sample, which gives it",
    [EK_REFUSED_FEW_TAGGED] = "fewer than 30 posts of the period that the rules tag were coded: "
                              "precision is not known; code more of them",
    [EK_REFUSED_FEW_UNTAGGED] = "fewer than 30 posts of the period that the rules do not tag were "
                                "coded: recall is not known; code more of them",
    [EK_REFUSED_NOTHING_CODED] = "no coded post of the period has the theory: nothing to measure "
                                 "recall on; code more of the tagged posts",
    [EK_REFUSED_NO_BETTER_THAN_CHANCE] =
        "of the coded posts, those that the rules tag have the theory no more often than the "
        "others: the rules do not measure it",
};

struct class
{ /* coded posts of a period that are tagged, or are not */
    size_t posts;
    double w, w_y, w_w, w_w_y; /* sums; y is 0 or 1 */
};

struct sample {
    struct class tagged, untagged;
};

static struct sample sum_coded(const struct ek_coded_post *coded, size_t count, size_t period)
{
    struct sample sample = {0};
    for (size_t i = 0; i < count; i++) {
        struct class *class = coded[i].tagged ? &sample.tagged : &sample.untagged;
        double w = coded[i].weight;
        if (coded[i].period != period)
            continue;
        class->posts++;
        class->w += w;
        class->w_w += w * w;
        class->w_y += coded[i].coded ? w : 0;
        class->w_w_y += coded[i].coded ? w * w : 0;
    }
    return sample;
}

static double mean(const struct class *class)
{
    return class->w_y / class->w;
}

static double mean_variance(const struct class *class)
{
    double m = (double)class->posts, y = mean(class);
    if (class->w_w_y <= 0 || class->w_w_y >= class->w_w)
        return ek_edge_variance(class->w * class->w / class->w_w);
    double squares = (1 - y) * (1 - y) * class->w_w_y + y * y * (class->w_w - class->w_w_y);
    return m / (m - 1) * squares / (class->w * class->w);
}

static enum ek_refusal refusal_of(const struct sample *sample)
{
    if (sample->tagged.posts < EK_MIN_CODED)
        return EK_REFUSED_FEW_TAGGED;
    if (sample->untagged.posts < EK_MIN_CODED)
        return EK_REFUSED_FEW_UNTAGGED;
    if (sample->tagged.w_y <= 0 && sample->untagged.w_y <= 0)
        return EK_REFUSED_NOTHING_CODED;
    return mean(&sample->tagged) > mean(&sample->untagged) ? EK_NOT_REFUSED
                                                           : EK_REFUSED_NO_BETTER_THAN_CHANCE;
}

static bool all_weighted(const struct ek_coded_post *coded, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(coded[i].weight > 0) || isinf(coded[i].weight))
            return false;
    return true;
}

static struct ek_correction refuse(enum ek_refusal refusal, const struct sample *sample)
{
    struct ek_correction correction = {
        .refusal = refusal, .tagged = sample->tagged.posts, .untagged = sample->untagged.posts};
    correction.precision = correction.recall = correction.missed = correction.share = NAN;
    correction.variance = correction.coding_variance = correction.slope = NAN;
    correction.low = correction.high = NAN;
    return correction;
}

static struct ek_correction correct(const struct sample *sample, double p, double variance)
{
    struct ek_correction correction = refuse(EK_NOT_REFUSED, sample);
    double precision = mean(&sample->tagged), missed = mean(&sample->untagged);
    double share = p * precision + (1 - p) * missed;
    correction.precision = precision;
    correction.missed = missed;
    correction.share = share;
    correction.recall = p * precision / share;
    correction.slope = share * (1 - share) / (p * (1 - p) * (precision - missed));
    correction.coding_variance = p * p * mean_variance(&sample->tagged) +
                                 (1 - p) * (1 - p) * mean_variance(&sample->untagged);
    correction.variance =
        correction.slope * correction.slope * variance + correction.coding_variance;
    if (share > 0 && share < 1 && correction.variance > 0)
        ek_wilson(share, share * (1 - share) / correction.variance, &correction.low,
                  &correction.high);
    return correction;
}

void ek_correct_shares(const struct ek_coded_post *coded, size_t count, const double *shares,
                       const double *variances, size_t periods, struct ek_correction *corrections)
{
    bool weighted = all_weighted(coded, count);
    for (size_t period = 0; period < periods; period++) {
        struct sample sample = sum_coded(coded, count, period);
        enum ek_refusal refusal = weighted ? refusal_of(&sample) : EK_REFUSED_NO_WEIGHTS;
        corrections[period] = refusal ? refuse(refusal, &sample)
                                      : correct(&sample, shares[period], variances[period]);
    }
}

struct ek_estimate ek_correct_shift(const struct ek_shift *shift,
                                    const struct ek_correction corrections[EK_WINDOWS])
{
    const struct ek_correction *before = &corrections[EK_BEFORE], *after = &corrections[EK_AFTER];
    double variance =
        before->variance + after->variance - 2 * before->slope * after->slope * shift->covariance;
    return ek_estimate_of(after->share - before->share, variance, 0.05);
}

double ek_correct_authors(const struct ek_shift *shift,
                          const struct ek_correction corrections[EK_WINDOWS])
{
    double share[EK_WINDOWS];
    for (int a = 0; a < EK_WINDOWS; a++)
        share[a] = shift->author_share[a] * corrections[a].share / shift->share[a].share;
    return share[EK_AFTER] - share[EK_BEFORE];
}
