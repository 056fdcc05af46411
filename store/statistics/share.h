/* share.h - what a share's interval and a difference's have in common. */
#ifndef EKBOM_STORE_SHARE_H
#define EKBOM_STORE_SHARE_H

#include "ekbom/statistics.h"

#define EK_Z95 1.959963984540054 /* two-sided 95 % of the normal distribution */

/* Wilson's 95 % interval of the share p of n posts; n need not be whole. */
void ek_wilson(double p, double n, double *low, double *high);

/* Two-way variance from one variance for each clustering. Not positive: the larger of the first
 * two. A trace of rounding where the true value is zero, as where every cluster holds the same
 * share, would claim certainty: then it is that of independent posts. */
double ek_two_way(const double by[EK_CLUSTERINGS], double independent);

/* The variance of a share of none or all of n posts, whose clusters say nothing: Wilson's interval
 * is (z / (n + z^2)) z long. */
double ek_edge_variance(double n);

#endif
