/* trend.h - a series of shares: resampled, broken into segments, with a slope.
 *
 * For statistics.h's panels (posts by author, thread, bucket) and for plain series k of n. */
#ifndef EKBOM_TREND_H
#define EKBOM_TREND_H

#include "ekbom/statistics.h"

/* Bootstrap ----------------------------------------------------------------------------------- */

/* Each author and/or thread gets a Poisson(1) weight, hashed from (seed, kind, number, replicate):
 * the same on every machine, whatever else is in the panel. By both: the product. */
enum ek_resample { EK_RESAMPLE_AUTHORS, EK_RESAMPLE_THREADS, EK_RESAMPLE_BOTH };
#define EK_REPLICATES 999u

struct ek_bootstrap {
    uint32_t replicates, buckets;
    double *posts, *tagged; /* [replicate * buckets + bucket]: weighted n and k */
};
int ek_panel_bootstrap(struct ek_panel *panel, const struct ek_tagged *tagged,
                       enum ek_resample resample, uint64_t seed, uint32_t replicates,
                       struct ek_arena *arena, struct ek_bootstrap *bootstrap, struct ek_err *err);
/* Percentile interval at level 1 - alpha of share(after) - share(before), two buckets. Replicates
 * in which one of them has no posts are left out. 0, -1 when out of memory. */
int ek_bootstrap_difference(const struct ek_bootstrap *bootstrap, uint32_t before, uint32_t after,
                            double alpha, double *low, double *high, struct ek_arena *arena,
                            struct ek_err *err);

/* Change points ------------------------------------------------------------------------------- */

struct ek_series_counts {
    size_t buckets;               /* at most EK_MAX_SERIES, EK_LIMIT */
    const double *posts, *tagged; /* n and k of each; a bucket without posts costs nothing */
    double design_effect;         /* pooled; below 1 and NAN count as 1 */
};
/* Mean of the buckets' design effects by their posts, those that are NAN left out; at least 1. */
double ek_pooled_design_effect(const double *design_effects, const double *posts, size_t buckets);

struct ek_change {
    size_t bucket;    /* the first of the later segment */
    size_t low, high; /* 95 % bootstrap interval of it; both = bucket before it was asked for */
};
struct ek_changes {
    struct ek_change *changes; /* in order of time */
    size_t count;
    double *shares; /* of the count + 1 segments; NAN without posts */
    double cost;    /* of the segments, -2 log likelihood / design effect, without the penalty */
};
/* The segments of least -2 log likelihood / design effect + 2 ln(buckets) a break, none shorter
 * than three buckets, found exactly. */
int ek_find_changes(const struct ek_series_counts *series, struct ek_arena *arena,
                    struct ek_changes *changes, struct ek_err *err);
/* Fills low and high: each replicate is broken into as many segments, exactly. */
int ek_date_changes(const struct ek_bootstrap *bootstrap, struct ek_arena *arena,
                    struct ek_changes *changes, struct ek_err *err);

/* Trend --------------------------------------------------------------------------------------- */

struct ek_trend {
    struct ek_estimate slope; /* of the log-odds, per bucket */
    double intercept;         /* log-odds at bucket 0 */
    bool few_clusters;        /* in the whole panel: then all is NAN */
};
/* Logistic regression on the bucket's number, two-way clustered errors. All is NAN also with no or
 * only tagged posts, with one bucket, and where tagged posts are at one end only. */
int ek_panel_trend(struct ek_panel *panel, const struct ek_tagged *tagged, struct ek_arena *arena,
                   struct ek_trend *trend, struct ek_err *err);

struct ek_monotone {
    double s, tau, variance, z, p; /* Mann-Kendall; variance corrected after Hamed and Rao; where
                                    * that is not positive, z and p are NAN */
    double slope, intercept;       /* Theil and Sen, per place in the series, places from 0 */
};
/* Values in order of time, at least four (else EK_USAGE), at most EK_MAX_SERIES; a NAN is no value
 * and is passed over. */
int ek_monotone_trend(const double *values, size_t count, struct ek_arena *arena,
                      struct ek_monotone *trend, struct ek_err *err);

#endif
