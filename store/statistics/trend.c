/* trend.c - the slope of a share over its buckets, on the scale of log-odds.
 *
 * Logistic regression of "tagged" on the bucket's number. All posts of a bucket have one fitted p,
 * so that Newton's steps (iteratively reweighted least squares) go over the buckets and not over
 * the posts. The slope's error is the sandwich: with (c0, c1) its row of the inverse information,
 * a post's share in it is (y - p)(c0 + c1 x), these are summed within clusters, and the sums
 * squared (Liang and Zeger 1986), two ways as everywhere here. Buckets are centred for the steps;
 * the slope does not change by it. */
#include <math.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/trend.h"
#include "store/statistics/panel.h"
#include "store/statistics/share.h"

#define MOST_STEPS 50 /* it takes five to eight; more is a share that only one end has */
#define STEEPEST 30.0 /* log-odds: shares of 1e-13 */

struct fit {
    const struct ek_panel *panel;
    const struct ek_tagged *tagged;
    double *counts; /* tagged posts of a bucket */
    double *post;   /* of each bucket: what a post has in the slope, */
    double *tag;    /* and a tagged one besides */
    double middle;  /* bucket taken as 0 */
    double intercept, slope;
    double c0, c1; /* row of the slope in the inverse information */
};

static double fitted(const struct fit *fit, uint32_t bucket)
{
    return 1 / (1 + exp(-fit->intercept - fit->slope * (bucket - fit->middle)));
}

/* One of Newton's steps: its length, or NAN where the information has no inverse. */
static double step(struct fit *fit)
{
    double u0 = 0, u1 = 0, h00 = 0, h01 = 0, h11 = 0;
    for (uint32_t bucket = 0; bucket < fit->panel->posts.buckets; bucket++) {
        double n = (double)fit->panel->bucket_posts[bucket], x = bucket - fit->middle;
        double p = fitted(fit, bucket), weight = n * p * (1 - p);
        u0 += fit->counts[bucket] - n * p;
        u1 += (fit->counts[bucket] - n * p) * x;
        h00 += weight;
        h01 += weight * x;
        h11 += weight * x * x;
    }
    double determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 1e-12 * h00 * h11))
        return NAN;
    double intercept = (h11 * u0 - h01 * u1) / determinant;
    double slope = (h00 * u1 - h01 * u0) / determinant;
    fit->intercept += intercept;
    fit->slope += slope;
    fit->c0 = -h01 / determinant;
    fit->c1 = h00 / determinant;
    return fabs(intercept) + fabs(slope);
}

static bool converge(struct fit *fit)
{
    double length = INFINITY;
    for (int i = 0; i < MOST_STEPS && length > 1e-13; i++) {
        length = step(fit);
        if (isnan(length))
            return false;
    }
    double last = fit->panel->posts.buckets - 1 - fit->middle;
    return length <= 1e-9 && fabs(fit->intercept - fit->slope * fit->middle) < STEEPEST &&
           fabs(fit->intercept + fit->slope * last) < STEEPEST;
}

/* Sum of squares over the clusters of one kind, with G/(G-1). */
static int cluster_variance(const struct fit *fit, int kind, struct ek_arena *arena,
                            double *variance, struct ek_err *err)
{
    const struct ek_panel_clusters *clusters = &fit->panel->clusters[kind];
    const uint32_t *bucket = fit->panel->posts.bucket;
    double *sums = EK_NEW_ARRAY(arena, double, clusters->count + (size_t)1);
    if (!sums)
        return ek_fail_memory(err);
    for (size_t i = 0; i < fit->panel->posts.count; i++)
        sums[clusters->of[i]] += fit->post[bucket[i]];
    for (size_t i = 0; i < fit->tagged->count; i++) {
        uint32_t post = fit->tagged->posts[i];
        sums[clusters->of[post]] += fit->tag[bucket[post]];
    }
    double squares = 0, g = (double)clusters->active_any;
    for (uint32_t i = 0; i < clusters->count; i++)
        squares += sums[i] * sums[i];
    *variance = g / (g - 1) * squares;
    return 0;
}

static int estimate(struct fit *fit, struct ek_arena *arena, struct ek_trend *trend,
                    struct ek_err *err)
{
    double by[EK_CLUSTERINGS];
    for (uint32_t bucket = 0; bucket < fit->panel->posts.buckets; bucket++) {
        fit->tag[bucket] = fit->c0 + fit->c1 * (bucket - fit->middle);
        fit->post[bucket] = -fitted(fit, bucket) * fit->tag[bucket];
    }
    for (int kind = 0; kind < EK_CLUSTERINGS; kind++)
        if (cluster_variance(fit, kind, arena, &by[kind], err))
            return -1;
    trend->slope = ek_estimate_of(fit->slope, ek_two_way(by, fit->c1), 0.05);
    trend->intercept = fit->intercept - fit->slope * fit->middle;
    return 0;
}

int ek_panel_trend(struct ek_panel *panel, const struct ek_tagged *tagged, struct ek_arena *arena,
                   struct ek_trend *trend, struct ek_err *err)
{
    uint32_t buckets = panel->posts.buckets;
    struct fit fit = {.panel = panel, .tagged = tagged, .middle = (buckets - 1.0) / 2};
    *trend = (struct ek_trend){{NAN, NAN, NAN, NAN, NAN}, NAN, false};
    if (ek_panel_check(panel, tagged, err))
        return -1;
    fit.counts = EK_NEW_ARRAY(arena, double, buckets + (size_t)1);
    fit.post = EK_NEW_ARRAY(arena, double, buckets + (size_t)1);
    fit.tag = EK_NEW_ARRAY(arena, double, buckets + (size_t)1);
    if (!fit.counts || !fit.post || !fit.tag)
        return ek_fail_memory(err);
    for (size_t i = 0; i < tagged->count; i++)
        fit.counts[panel->posts.bucket[tagged->posts[i]]]++;
    trend->few_clusters = panel->clusters[EK_CLUSTER_AUTHOR].active_any < EK_MIN_CLUSTERS ||
                          panel->clusters[EK_CLUSTER_THREAD].active_any < EK_MIN_CLUSTERS;
    double share = (double)tagged->count / (double)panel->posts.count;
    fit.intercept = log(share / (1 - share));
    if (trend->few_clusters || !isfinite(fit.intercept) || !converge(&fit))
        return 0;
    return estimate(&fit, arena, trend, err);
}
