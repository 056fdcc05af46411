/* shift.c - two windows beside one another.
 *
 * The linearised score of a cluster g in a window is u_g = (k_g - p n_g) / n. The matrix of the
 * sums of u_g,before^2, u_g,before u_g,after and u_g,after^2 over the clusters of one kind gives
 * the variance of any contrast of the two shares, such as the difference, whose score is d_g =
 * u_g,after - u_g,before: authors active in both windows make the covariance. The logarithm of the
 * ratio divides each side by p, log-odds by p (1 - p). Expanded into sums of n^2, k n and k^2, only
 * clusters with tagged posts are visited for a theory; at 10 M posts a theory in 1 % of them costs
 * milliseconds. G/(G-1) is that of clusters active in either window.
 *
 * A window without tagged posts, or with only such, has scores of zero, which are no certainty: its
 * variance is that of Wilson's interval at the other window's design effect, so that a theory that
 * comes up from nothing can be seen to rise. With both windows like that, the number of clusters
 * stands for that of posts, as in share.c. */
#include <math.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/statistics/panel.h"
#include "store/statistics/share.h"

#define ALPHA 0.05
#define POWER 0.8

struct tally {                   /* of one theory over the clusters of one kind */
    struct ek_products k_k, k_n; /* k_n.of[a][b]: tagged of window a, posts of window b */
    uint64_t tagged[EK_WINDOWS]; /* clusters with tagged posts */
    uint64_t tagged_both;
    uint64_t tagged_active_other[EK_WINDOWS]; /* ... and with posts in the other window */
};

struct matrix {
    double of[EK_WINDOWS][EK_WINDOWS];
};

/* Tagged posts by cluster and window, summed when their cluster is first met again. */
static void add_cluster(struct tally *tally, const uint32_t *posts, const uint32_t *tagged)
{
    for (int a = 0; a < EK_WINDOWS; a++) {
        for (int b = 0; b < EK_WINDOWS; b++) {
            tally->k_k.of[a][b] += (uint64_t)tagged[a] * tagged[b];
            tally->k_n.of[a][b] += (uint64_t)tagged[a] * posts[b];
        }
        tally->tagged[a] += tagged[a] > 0;
        tally->tagged_active_other[a] += tagged[a] && posts[!a];
    }
    tally->tagged_both += tagged[EK_BEFORE] && tagged[EK_AFTER];
}

static struct tally sum_tagged(const struct ek_panel *panel, int kind,
                               const struct ek_tagged *tagged)
{
    const struct ek_panel_clusters *clusters = &panel->clusters[kind];
    struct tally tally = {0};
    for (size_t i = 0; i < tagged->count; i++) {
        uint32_t post = tagged->posts[i];
        clusters->tagged[2 * (size_t)clusters->of[post] + panel->posts.bucket[post]]++;
    }
    for (size_t i = 0; i < tagged->count; i++) {
        size_t place = 2 * (size_t)clusters->of[tagged->posts[i]];
        uint32_t *counts = &clusters->tagged[place];
        if (counts[EK_BEFORE] || counts[EK_AFTER])
            add_cluster(&tally, &clusters->posts[place], counts);
        counts[EK_BEFORE] = counts[EK_AFTER] = 0;
    }
    return tally;
}

/* Shares and their variances ------------------------------------------------------------------ */

static struct matrix score_matrix(const struct ek_panel_clusters *clusters,
                                  const struct tally *tally, const struct ek_shift *shift)
{
    double p[EK_WINDOWS], n[EK_WINDOWS];
    double g = (double)clusters->active_any;
    struct matrix matrix;
    for (int a = 0; a < EK_WINDOWS; a++) {
        p[a] = shift->share[a].share;
        n[a] = (double)shift->posts[a];
    }
    for (int a = 0; a < EK_WINDOWS; a++)
        for (int b = 0; b < EK_WINDOWS; b++)
            matrix.of[a][b] = g / (g - 1) *
                              ((double)tally->k_k.of[a][b] - p[b] * (double)tally->k_n.of[a][b] -
                               p[a] * (double)tally->k_n.of[b][a] +
                               p[a] * p[b] * (double)clusters->n_n.of[a][b]) /
                              (n[a] * n[b]);
    return matrix;
}

static bool at_edge(const struct ek_shift *shift, int window)
{
    return shift->tagged[window] == 0 || shift->tagged[window] == shift->posts[window];
}

static double edge_variance(const struct ek_shift *shift, int window)
{
    if (at_edge(shift, !window)) {
        uint64_t fewer = shift->authors[window] < shift->threads[window] ? shift->authors[window]
                                                                         : shift->threads[window];
        return ek_edge_variance((double)fewer);
    }
    return ek_edge_variance((double)shift->posts[window] /
                            fmax(1, shift->share[!window].design_effect));
}

/* Variance of after * share(after) - before * share(before). */
static double contrast(const struct ek_shift *shift, const struct matrix matrices[EK_CLUSTERINGS],
                       double before, double after)
{
    double weight[EK_WINDOWS] = {-before, after}, by[EK_CLUSTERINGS] = {0};
    double independent = 0, edge = 0;
    for (int kind = 0; kind < EK_CLUSTERINGS; kind++)
        for (int a = 0; a < EK_WINDOWS; a++)
            for (int b = 0; b < EK_WINDOWS; b++)
                by[kind] += weight[a] * weight[b] * matrices[kind].of[a][b];
    for (int a = 0; a < EK_WINDOWS; a++) {
        double p = shift->share[a].share;
        independent += weight[a] * weight[a] * p * (1 - p) / (double)shift->posts[a];
        if (at_edge(shift, a))
            edge += weight[a] * weight[a] * edge_variance(shift, a);
    }
    return ek_two_way(by, independent) + edge;
}

static struct ek_estimate ratio_of(const struct ek_shift *shift,
                                   const struct matrix matrices[EK_CLUSTERINGS])
{
    double before = shift->share[EK_BEFORE].share, after = shift->share[EK_AFTER].share;
    if (before == 0 || after == 0)
        return ek_estimate_of(NAN, NAN, ALPHA);
    double variance = contrast(shift, matrices, 1 / before, 1 / after);
    struct ek_estimate ratio = ek_estimate_of(log(after / before), variance, ALPHA);
    ratio.value = after / before;
    ratio.low = exp(ratio.low);
    ratio.high = exp(ratio.high);
    return ratio;
}

static struct ek_estimate log_odds_of(const struct ek_shift *shift,
                                      const struct matrix matrices[EK_CLUSTERINGS])
{
    double before = shift->share[EK_BEFORE].share, after = shift->share[EK_AFTER].share;
    double odds_before = before * (1 - before), odds_after = after * (1 - after);
    if (odds_before == 0 || odds_after == 0)
        return ek_estimate_of(NAN, NAN, ALPHA);
    return ek_estimate_of(log(after / (1 - after)) - log(before / (1 - before)),
                          contrast(shift, matrices, 1 / odds_before, 1 / odds_after), ALPHA);
}

/* Author shares ------------------------------------------------------------------------------- */

/* An author's score in a window is (named it there - q) / N for the N authors active there. */
static struct ek_estimate author_difference(const struct ek_shift *shift,
                                            const struct ek_panel_clusters *authors,
                                            const struct tally *tally)
{
    double q[EK_WINDOWS], n[EK_WINDOWS], squares = 0, g = (double)authors->active_any, edge = 0;
    for (int a = 0; a < EK_WINDOWS; a++) {
        q[a] = shift->author_share[a];
        n[a] = (double)shift->authors[a];
        squares += q[a] * (1 - q[a]) / n[a];
        if (q[a] == 0 || q[a] == 1)
            edge += ek_edge_variance(n[a]);
    }
    double both = (double)tally->tagged_both -
                  q[EK_AFTER] * (double)tally->tagged_active_other[EK_BEFORE] -
                  q[EK_BEFORE] * (double)tally->tagged_active_other[EK_AFTER] +
                  q[EK_BEFORE] * q[EK_AFTER] * (double)authors->active_both;
    double variance = g / (g - 1) * (squares - 2 * both / (n[EK_BEFORE] * n[EK_AFTER]));
    return ek_estimate_of(q[EK_AFTER] - q[EK_BEFORE], fmax(0, variance) + edge, ALPHA);
}

/* Together ------------------------------------------------------------------------------------ */

static struct ek_share window_share(const struct ek_panel *panel, const struct tally *tallies,
                                    const struct ek_shift *shift, int window)
{
    struct ek_cluster_sums sums[EK_CLUSTERINGS];
    for (int kind = 0; kind < EK_CLUSTERINGS; kind++)
        sums[kind] =
            (struct ek_cluster_sums){.clusters = panel->clusters[kind].active[window],
                                     .n_n = (double)panel->clusters[kind].n_n.of[window][window],
                                     .k_k = (double)tallies[kind].k_k.of[window][window],
                                     .k_n = (double)tallies[kind].k_n.of[window][window]};
    return ek_share_of(shift->tagged[window], shift->posts[window], sums);
}

static double naive_p(const struct ek_shift *shift)
{
    double n[EK_WINDOWS] = {(double)shift->posts[EK_BEFORE], (double)shift->posts[EK_AFTER]};
    double p =
        (double)(shift->tagged[EK_BEFORE] + shift->tagged[EK_AFTER]) / (n[EK_BEFORE] + n[EK_AFTER]);
    double variance = p * (1 - p) * (1 / n[EK_BEFORE] + 1 / n[EK_AFTER]);
    double difference = shift->share[EK_AFTER].share - shift->share[EK_BEFORE].share;
    return variance > 0 ? ek_normal_two_sided(difference / sqrt(variance)) : 1;
}

static void estimate(const struct ek_panel *panel, const struct tally *tallies,
                     struct ek_shift *shift)
{
    struct matrix matrices[EK_CLUSTERINGS];
    for (int kind = 0; kind < EK_CLUSTERINGS; kind++)
        matrices[kind] = score_matrix(&panel->clusters[kind], &tallies[kind], shift);
    double variance = contrast(shift, matrices, 1, 1);
    shift->variance[EK_BEFORE] = contrast(shift, matrices, 1, 0);
    shift->variance[EK_AFTER] = contrast(shift, matrices, 0, 1);
    shift->covariance = (shift->variance[EK_BEFORE] + shift->variance[EK_AFTER] - variance) / 2;
    shift->difference = ek_estimate_of(shift->share[EK_AFTER].share - shift->share[EK_BEFORE].share,
                                       variance, ALPHA);
    shift->ratio = ratio_of(shift, matrices);
    shift->log_odds = log_odds_of(shift, matrices);
    shift->author_difference =
        author_difference(shift, &panel->clusters[EK_CLUSTER_AUTHOR], &tallies[EK_CLUSTER_AUTHOR]);
    shift->naive_p = naive_p(shift);
}

static void leave_untold(struct ek_shift *shift)
{
    struct ek_estimate untold = {NAN, NAN, NAN, NAN, NAN};
    shift->difference = shift->ratio = shift->log_odds = shift->author_difference = untold;
    shift->difference.value = shift->share[EK_AFTER].share - shift->share[EK_BEFORE].share;
    shift->author_difference.value = shift->author_share[EK_AFTER] - shift->author_share[EK_BEFORE];
    shift->variance[EK_BEFORE] = shift->variance[EK_AFTER] = shift->covariance = NAN;
    shift->naive_p = NAN;
}

int ek_panel_shift(struct ek_panel *panel, const struct ek_tagged *tagged, struct ek_shift *shift,
                   struct ek_err *err)
{
    struct tally tallies[EK_CLUSTERINGS];
    *shift = (struct ek_shift){0};
    if (panel->posts.buckets != EK_WINDOWS)
        return ek_fail(err, EK_USAGE, "a shift is of two windows, not of %u", panel->posts.buckets);
    if (ek_panel_check(panel, tagged, err))
        return -1;
    for (int kind = 0; kind < EK_CLUSTERINGS; kind++)
        tallies[kind] = sum_tagged(panel, kind, tagged);
    for (size_t i = 0; i < tagged->count; i++)
        shift->tagged[panel->posts.bucket[tagged->posts[i]]]++;
    for (int a = 0; a < EK_WINDOWS; a++) {
        shift->posts[a] = panel->bucket_posts[a];
        shift->threads[a] = panel->clusters[EK_CLUSTER_THREAD].active[a];
        shift->authors[a] = panel->clusters[EK_CLUSTER_AUTHOR].active[a];
        shift->authors_tagged[a] = tallies[EK_CLUSTER_AUTHOR].tagged[a];
        shift->author_share[a] =
            shift->authors[a] ? (double)shift->authors_tagged[a] / (double)shift->authors[a] : NAN;
        shift->share[a] = window_share(panel, tallies, shift, a);
        shift->few_clusters |= shift->share[a].few_clusters;
    }
    if (shift->few_clusters)
        leave_untold(shift);
    else
        estimate(panel, tallies, shift);
    return 0;
}

struct ek_estimate ek_estimate_of(double value, double variance, double alpha)
{
    if (!(variance > 0))
        return (struct ek_estimate){value, variance, NAN, NAN, NAN};
    double error = sqrt(variance), z = ek_normal_quantile(1 - alpha / 2);
    return (struct ek_estimate){value, variance, value - z * error, value + z * error,
                                ek_normal_two_sided(value / error)};
}

double ek_smallest_visible(double variance, double alpha, size_t tests)
{
    double z = ek_normal_quantile(1 - alpha / (2 * (double)(tests ? tests : 1)));
    return (z + ek_normal_quantile(POWER)) * sqrt(variance);
}
