/* prominence.c - which theories or words set two periods apart.
 *
 * Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, "Fightin' Words", 2008,
 * equations 16, 20 and 22): the prior keeps rare words from looking extreme, and the z scores say
 * how far apart the periods are in each, on one scale. It describes; it tests nothing. */
#include <math.h>

#include "ekbom/contrast.h"

static double sum_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

void ek_prominence(const double *before, const double *after, const double *prior, size_t count,
                   struct ek_prominence *out)
{
    double all_before = sum_of(before, count), all_after = sum_of(after, count);
    double all_prior = prior ? sum_of(prior, count) : all_before + all_after;
    for (size_t i = 0; i < count; i++) {
        double pseudo = prior ? prior[i] : before[i] + after[i];
        double in_before = before[i] + pseudo, in_after = after[i] + pseudo;
        double odds = log(in_after / (all_after + all_prior - in_after)) -
                      log(in_before / (all_before + all_prior - in_before));
        out[i] = (struct ek_prominence){odds, odds / sqrt(1 / in_before + 1 / in_after)};
        if (!isfinite(odds))
            out[i] = (struct ek_prominence){NAN, NAN};
    }
}
