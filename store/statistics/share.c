/* share.c - a share, and how sure it is, when posts come in clusters.
 *
 * sum_g (k_g - p n_g)^2 is expanded, so that one pass serves any p: sum k_g^2 - 2 p sum k_g n_g +
 * p^2 sum n_g^2. Over n^2, with G/(G-1), that is the linearised variance of one clustering; two
 * ways are those of Cameron, Gelbach and Miller (2011). The interval is Wilson's with the effective
 * number of posts p (1 - p) / V. Two cases need a rule of their own. With no or only tagged posts
 * the variance is zero and says nothing of the effective number: the smaller number of clusters is
 * taken, as if each cluster counted once. And where every cluster happens to hold the same share, a
 * variance of zero would claim certainty: the posts are then taken as independent. */
#include "store/statistics/share.h"

#include <math.h>

#include "ekbom/limits.h"

static double cluster_variance(const struct ek_cluster_sums *sums, double p, double n)
{
    double g = (double)sums->clusters;
    double squares = sums->k_k - 2 * p * sums->k_n + p * p * sums->n_n;
    if (sums->clusters < 2 || squares <= 0)
        return 0;
    return g / (g - 1) * squares / (n * n);
}

void ek_wilson(double p, double n, double *low, double *high)
{
    double z2 = EK_Z95 * EK_Z95;
    double middle = p + z2 / (2 * n);
    double half = EK_Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    *low = fmax(0, (middle - half) / (1 + z2 / n));
    *high = fmin(1, (middle + half) / (1 + z2 / n));
}

double ek_two_way(const double by[EK_CLUSTERINGS], double independent)
{
    double variance = by[EK_CLUSTER_AUTHOR] + by[EK_CLUSTER_THREAD] - by[EK_CLUSTER_BOTH];
    if (variance <= 0)
        variance = fmax(by[EK_CLUSTER_AUTHOR], by[EK_CLUSTER_THREAD]);
    return variance < independent * 1e-9 ? independent : variance;
}

double ek_edge_variance(double n)
{
    double side = EK_Z95 / (n + EK_Z95 * EK_Z95);
    return side * side;
}

struct ek_share ek_share_of(uint64_t k, uint64_t n,
                            const struct ek_cluster_sums sums[EK_CLUSTERINGS])
{
    uint64_t authors = sums[EK_CLUSTER_AUTHOR].clusters;
    uint64_t threads = sums[EK_CLUSTER_THREAD].clusters;
    uint64_t fewer = authors < threads ? authors : threads;
    struct ek_share result = {NAN, NAN, NAN, NAN, fewer < EK_MIN_CLUSTERS};
    if (n == 0)
        return result;
    double posts = (double)n, p = (double)k / posts, effective = (double)fewer;
    result.share = p;
    if (result.few_clusters)
        return result;
    if (k > 0 && k < n) {
        double by[EK_CLUSTERINGS], independent = p * (1 - p) / posts;
        for (int kind = 0; kind < EK_CLUSTERINGS; kind++)
            by[kind] = cluster_variance(&sums[kind], p, posts);
        double variance = ek_two_way(by, independent);
        effective = p * (1 - p) / variance;
        result.design_effect = variance / independent;
    }
    ek_wilson(p, effective, &result.low, &result.high);
    if (k == 0)
        result.low = 0;
    if (k == n)
        result.high = 1;
    return result;
}
