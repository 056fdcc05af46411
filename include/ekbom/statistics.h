/* statistics.h - how sure a figure is: a share, two windows beside one another, many tests.
 *
 * Pure functions on numbers and arrays: no store, no time, no chance that a seed does not fix.
 * Posts of one author resemble one another, and so do posts of one thread; whoever takes them for
 * independent calls noise a change. So every variance here is the two-way linearised cluster
 * variance V_author + V_thread - V_(author x thread), each with G/(G-1) for its G clusters (as R's
 * sandwich::vcovCL(~ author + thread)), or the larger of the first two where that is not positive.
 * Intervals are of 95 % unless said otherwise, shares and their differences between 0 and 1 (not
 * percent), p two-sided. NAN: cannot be told. Beside it: verdict.h (what may be claimed), trend.h
 * (series), contrast.h (what sets two periods apart, and why), validated.h (tagging error). */
#ifndef EKBOM_STATISTICS_H
#define EKBOM_STATISTICS_H

#include "ekbom/aggregate.h"

struct ek_arena;
struct ek_err;

/* Shares -------------------------------------------------------------------------------------- */

struct ek_share {
    double share, low, high; /* Wilson's interval; NAN without posts, the interval also if few */
    double design_effect;    /* how many times the variance is that of independent posts */
    bool few_clusters;       /* fewer than EK_MIN_CLUSTERS authors or threads: no interval */
};
/* k tagged of n posts. EK_CLUSTER_BOTH: clusters of posts by one author in one thread. */
struct ek_share ek_share_of(uint64_t k, uint64_t n,
                            const struct ek_cluster_sums sums[EK_CLUSTERINGS]);

/* Panels: posts by author, thread and bucket -------------------------------------------------- */

struct ek_panel_posts {
    size_t count;
    /* Of each post, the store's own numbers: memory is taken up to the largest. */
    const uint32_t *author, *thread;
    const uint32_t *bucket; /* 0 .. buckets - 1; of two windows 0 is before and 1 after */
    uint32_t buckets;
};
/* The tagged posts of one theory: their places in the arrays above, each once, in any order. */
struct ek_tagged {
    const uint32_t *posts;
    size_t count;
};
/* What all theories share is worked out once; the arrays stay the caller's and must outlive the
 * panel, which lies in the arena: 4 bytes a post; with two buckets 16 bytes more for each author,
 * thread and pair of them.
 * NULL with err: out of memory, or a bucket that is none (EK_USAGE). */
struct ek_panel;
struct ek_panel *ek_panel_new(const struct ek_panel_posts *posts, struct ek_arena *arena,
                              struct ek_err *err);

/* Two windows --------------------------------------------------------------------------------- */

enum ek_window { EK_BEFORE, EK_AFTER, EK_WINDOWS };

struct ek_estimate {
    double value, variance; /* of a ratio: variance of its logarithm */
    double low, high, p;    /* that there is no change: value 0, ratio 1 */
};

struct ek_shift {
    uint64_t posts[EK_WINDOWS], tagged[EK_WINDOWS], threads[EK_WINDOWS];
    uint64_t authors[EK_WINDOWS], authors_tagged[EK_WINDOWS];
    struct ek_share share[EK_WINDOWS];
    double author_share[EK_WINDOWS];
    struct ek_estimate difference;        /* share after - share before */
    struct ek_estimate ratio;             /* share after / share before; NAN if one of them is 0 */
    struct ek_estimate log_odds;          /* logit after - logit before; NAN if a share is 0 or 1 */
    struct ek_estimate author_difference; /* of author shares, clustered by author alone */
    /* Of the shares, as `difference` has them: its variance is the sum less twice the covariance,
     * which authors active in both windows make. */
    double variance[EK_WINDOWS], covariance;
    double naive_p;    /* of the test that takes posts as independent, to show what it would say */
    bool few_clusters; /* in either window: only counts and shares are filled, the rest is NAN */
};
/* The panel must have two buckets (EK_USAGE). Touches the tagged posts only. */
int ek_panel_shift(struct ek_panel *panel, const struct ek_tagged *tagged, struct ek_shift *shift,
                   struct ek_err *err);

/* An estimate of a difference with its interval at level 1 - alpha and its p. */
struct ek_estimate ek_estimate_of(double value, double variance, double alpha);

/* The smallest difference that a test at this alpha, divided by the number of tests, would have
 * called one with a chance of 80 %. */
double ek_smallest_visible(double variance, double alpha, size_t tests);

/* Many tests ---------------------------------------------------------------------------------- */

enum ek_correcting {
    EK_HOLM,              /* chance of any false claim; for theories that the asker named */
    EK_BENJAMINI_HOCHBERG /* share of false claims among all; for scans */
};
/* p corrected for their number, into corrected[count] (may be p itself). A p that is NAN was not
 * tested: it stays NAN and is not counted. *tests: how many were. 0, -1 when out of memory. */
int ek_correct_tests(enum ek_correcting correcting, const double *p, size_t count,
                     struct ek_arena *arena, double *corrected, size_t *tests, struct ek_err *err);

/* Normal distribution ------------------------------------------------------------------------- */

double ek_normal_quantile(double p);  /* 0 < p < 1; relative error below 1e-15 */
double ek_normal_two_sided(double z); /* chance of a larger |z| */

#endif
