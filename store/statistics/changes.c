/* changes.c - where a series of shares breaks.
 *
 * Within a segment the share is one p = K/N; what a segment costs is -2 log of its binomial
 * likelihood, -2 (K log p + (N - K) log(1 - p)), divided by the pooled design effect, since
 * clustered posts tell less. A break costs 2 ln(buckets). The least sum over all ways to cut is
 * found by dynamic programming: the best cut of the first j buckets is the best cut of the first i
 * and one more segment (Bellman; Jackson and others 2005). It is quadratic, 10 ms for 600 months,
 * so that nothing needs pruning, which would have to be right with segments of least length.
 *
 * Dates: each replicate of a bootstrap is cut into as many segments again, by a layer for each
 * segment; the interval of the i-th break is that of the replicates' i-th breaks. Two breaks of
 * like strength then have long intervals, which is true of them. */
#include <math.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/trend.h"
#include "store/statistics/sorting.h"

#define LEAST 3u /* buckets in a segment */

struct cutting {
    size_t buckets;
    double *posts, *tagged; /* sums up to a bucket */
    double *costs;          /* [from * (buckets + 1) + until] */
    double *best;           /* [layer * (buckets + 1) + until] */
    uint32_t *from;         /* likewise: where the last segment begins */
};

static double x_log_x(double x)
{
    return x > 0 ? x * log(x) : 0;
}

static double cost_of(const struct cutting *cutting, size_t from, size_t until)
{
    double n = cutting->posts[until] - cutting->posts[from];
    double k = cutting->tagged[until] - cutting->tagged[from];
    return -2 * (x_log_x(k) + x_log_x(n - k) - x_log_x(n));
}

static void fill_costs(struct cutting *cutting, const double *posts, const double *tagged,
                       double design_effect)
{
    size_t width = cutting->buckets + 1;
    for (size_t i = 0; i < cutting->buckets; i++) {
        cutting->posts[i + 1] = cutting->posts[i] + posts[i];
        cutting->tagged[i + 1] = cutting->tagged[i] + tagged[i];
    }
    for (size_t from = 0; from < width; from++)
        for (size_t until = from + LEAST; until < width; until++)
            cutting->costs[from * width + until] = cost_of(cutting, from, until) / design_effect;
}

static int make_cutting(struct cutting *cutting, size_t buckets, size_t layers,
                        struct ek_arena *arena, struct ek_err *err)
{
    size_t width = buckets + 1;
    if (buckets > EK_MAX_SERIES)
        return ek_fail(err, EK_LIMIT, "%zu periods are too many to look for changes in: at most %u",
                       buckets, EK_MAX_SERIES);
    cutting->buckets = buckets;
    cutting->posts = EK_NEW_ARRAY(arena, double, width);
    cutting->tagged = EK_NEW_ARRAY(arena, double, width);
    cutting->costs = EK_NEW_ARRAY(arena, double, width *width);
    cutting->best = EK_NEW_ARRAY(arena, double, width *layers);
    cutting->from = EK_NEW_ARRAY(arena, uint32_t, width * layers);
    return cutting->posts && cutting->tagged && cutting->costs && cutting->best && cutting->from
               ? 0
               : ek_fail_memory(err);
}

/* Any number of breaks, each at a penalty: in layer 0, `best` before and after the last segment
 * being the same. A series of less than LEAST buckets is one segment. */
static void cut_at_will(struct cutting *cutting, double penalty)
{
    size_t width = cutting->buckets + 1;
    cutting->best[0] = -penalty;
    for (size_t until = 1; until < width; until++) {
        cutting->best[until] = INFINITY;
        for (size_t from = 0; from + LEAST <= until; from++) {
            double cost = cutting->best[from] + penalty + cutting->costs[from * width + until];
            if (cost < cutting->best[until]) {
                cutting->best[until] = cost;
                cutting->from[until] = (uint32_t)from;
            }
        }
    }
}

/* Exactly layer + 1 segments up to each bucket, for every layer. */
static void cut_in(struct cutting *cutting, size_t layers)
{
    size_t width = cutting->buckets + 1;
    for (size_t until = 0; until < width; until++) {
        cutting->best[until] = until < LEAST ? INFINITY : cutting->costs[until];
        cutting->from[until] = 0;
    }
    for (size_t layer = 1; layer < layers; layer++) {
        const double *before = cutting->best + (layer - 1) * width;
        for (size_t until = 0; until < width; until++) {
            double best = INFINITY;
            for (size_t from = 0; from + LEAST <= until; from++) {
                double cost = before[from] + cutting->costs[from * width + until];
                if (cost < best) {
                    best = cost;
                    cutting->from[layer * width + until] = (uint32_t)from;
                }
            }
            cutting->best[layer * width + until] = best;
        }
    }
}

static double segment_share(const struct cutting *cutting, size_t from, size_t until)
{
    double n = cutting->posts[until] - cutting->posts[from];
    return n > 0 ? (cutting->tagged[until] - cutting->tagged[from]) / n : NAN;
}

static int take_changes(const struct cutting *cutting, struct ek_arena *arena,
                        struct ek_changes *changes, struct ek_err *err)
{
    size_t segments = 0;
    for (size_t until = cutting->buckets; until > 0; until = cutting->from[until])
        segments++;
    changes->changes = EK_NEW_ARRAY(arena, struct ek_change, segments + 1);
    changes->shares = EK_NEW_ARRAY(arena, double, segments + 1);
    if (!changes->changes || !changes->shares)
        return ek_fail_memory(err);
    changes->count = segments ? segments - 1 : 0;
    size_t until = cutting->buckets;
    for (size_t i = segments; i-- > 0; until = cutting->from[until]) {
        size_t from = cutting->from[until];
        changes->shares[i] = segment_share(cutting, from, until);
        if (i > 0)
            changes->changes[i - 1] = (struct ek_change){from, from, from};
    }
    return 0;
}

int ek_find_changes(const struct ek_series_counts *series, struct ek_arena *arena,
                    struct ek_changes *changes, struct ek_err *err)
{
    struct cutting cutting;
    double penalty = series->buckets ? 2 * log((double)series->buckets) : 0;
    *changes = (struct ek_changes){0};
    if (make_cutting(&cutting, series->buckets, 1, arena, err))
        return -1;
    fill_costs(&cutting, series->posts, series->tagged, fmax(1, series->design_effect));
    cut_at_will(&cutting, penalty);
    if (take_changes(&cutting, arena, changes, err))
        return -1;
    changes->cost = cost_of(&cutting, 0, series->buckets) / fmax(1, series->design_effect);
    if (changes->count)
        changes->cost = cutting.best[series->buckets] - penalty * (double)changes->count;
    return 0;
}

/* Dates --------------------------------------------------------------------------------------- */

static void take_dates(const struct cutting *cutting, size_t layers, double *dates, size_t stride)
{
    size_t width = cutting->buckets + 1, until = cutting->buckets;
    for (size_t layer = layers - 1; layer > 0; layer--) {
        until = cutting->from[layer * width + until];
        dates[(layer - 1) * stride] = (double)until;
    }
}

int ek_date_changes(const struct ek_bootstrap *bootstrap, struct ek_arena *arena,
                    struct ek_changes *changes, struct ek_err *err)
{
    size_t layers = changes->count + 1, stride = bootstrap->replicates;
    struct cutting cutting;
    if (changes->count == 0 || stride == 0)
        return 0;
    double *dates = EK_NEW_ARRAY(arena, double, changes->count *stride);
    if (!dates)
        return ek_fail_memory(err);
    if (make_cutting(&cutting, bootstrap->buckets, layers, arena, err))
        return -1;
    for (size_t i = 0; i < stride; i++) {
        fill_costs(&cutting, bootstrap->posts + i * bootstrap->buckets,
                   bootstrap->tagged + i * bootstrap->buckets, 1);
        cut_in(&cutting, layers);
        take_dates(&cutting, layers, dates + i, stride);
    }
    for (size_t i = 0; i < changes->count; i++) {
        ek_sort(dates + i * stride, stride);
        changes->changes[i].low = (size_t)floor(ek_quantile(dates + i * stride, stride, 0.025));
        changes->changes[i].high = (size_t)ceil(ek_quantile(dates + i * stride, stride, 0.975));
    }
    return 0;
}

double ek_pooled_design_effect(const double *design_effects, const double *posts, size_t buckets)
{
    double sum = 0, weights = 0;
    for (size_t i = 0; i < buckets; i++)
        if (!isnan(design_effects[i])) {
            sum += posts[i] * design_effects[i];
            weights += posts[i];
        }
    return weights > 0 ? fmax(1, sum / weights) : 1;
}
