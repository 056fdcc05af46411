/* monotone.c - does a series go up or down, whatever its shape?
 *
 * Mann (1945) and Kendall count the pairs that go up less those that go down; Theil (1950) and Sen
 * (1968) take the median of all slopes between two places. Values of neighbouring months resemble
 * one another, which makes such a count too sure: Hamed and Rao (1998) widen its variance by the
 * autocorrelations of the ranks, once the slope is taken away, of those that are significant at
 * 5 %. The details (ties, which lags, the continuity of z) are pymannkendall's. */
#include <math.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/trend.h"
#include "store/statistics/share.h"
#include "store/statistics/sorting.h"

#define FEWEST 4u

struct sequence {
    const double *given; /* with places that have no value */
    size_t places;
    double *values; /* without */
    size_t count;
    double *room; /* as many as there are pairs of values, and of values */
};

static double score(const struct sequence *sequence)
{
    double s = 0;
    for (size_t i = 0; i < sequence->count; i++)
        for (size_t j = i + 1; j < sequence->count; j++)
            s += (sequence->values[j] > sequence->values[i]) -
                 (sequence->values[j] < sequence->values[i]);
    return s;
}

static double part(double n)
{
    return n * (n - 1) * (2 * n + 5) / 18;
}

/* Of the score, without autocorrelation: less for every group of ties. */
static double score_variance(const struct sequence *sequence)
{
    double variance = part((double)sequence->count), ties = 0;
    for (size_t i = 0; i < sequence->count; i++)
        sequence->room[i] = sequence->values[i];
    ek_sort(sequence->room, sequence->count);
    for (size_t i = 0; i < sequence->count; i++) {
        ties++;
        if (i + 1 == sequence->count || sequence->room[i + 1] != sequence->room[i]) {
            variance -= part(ties);
            ties = 0;
        }
    }
    return variance;
}

/* Of a sorted half of room. */
static double median(double *values, size_t count)
{
    ek_sort(values, count);
    return ek_quantile(values, count, 0.5);
}

/* Slope and intercept, by place among all places. */
static void theil_sen(const struct sequence *sequence, struct ek_monotone *trend)
{
    size_t pairs = 0, values = 0;
    for (size_t i = 0; i < sequence->places; i++)
        for (size_t j = i + 1; j < sequence->places; j++)
            if (!isnan(sequence->given[i]) && !isnan(sequence->given[j]))
                sequence->room[pairs++] =
                    (sequence->given[j] - sequence->given[i]) / (double)(j - i);
    trend->slope = median(sequence->room, pairs);
    for (size_t i = 0; i < sequence->places; i++)
        if (!isnan(sequence->given[i]))
            sequence->room[values++] = (double)i;
    double place = median(sequence->room, values);
    for (size_t i = 0; i < sequence->count; i++)
        sequence->room[i] = sequence->values[i];
    trend->intercept = median(sequence->room, sequence->count) - place * trend->slope;
}

/* Ranks of the values less their slope, less the mean rank; ties have their mean rank. */
static void centred_ranks(const struct sequence *sequence, double slope, double *ranks)
{
    double *residuals = sequence->room;
    size_t count = sequence->count;
    for (size_t i = 0; i < count; i++)
        residuals[i] = sequence->values[i] - (double)(i + 1) * slope;
    for (size_t i = 0; i < count; i++) {
        double rank = 0;
        for (size_t j = 0; j < count; j++)
            rank += (residuals[j] < residuals[i]) - (residuals[j] > residuals[i]);
        ranks[i] = rank / 2;
    }
}

/* How many times larger the autocorrelations make the variance. */
static double inflation(const struct sequence *sequence, const double *ranks)
{
    double n = (double)sequence->count, whole = 0, sum = 0;
    for (size_t i = 0; i < sequence->count; i++)
        whole += ranks[i] * ranks[i];
    for (size_t lag = 1; lag < sequence->count && whole > 0; lag++) {
        double product = 0, rest = n - (double)lag;
        for (size_t i = 0; i + lag < sequence->count; i++)
            product += ranks[i] * ranks[i + lag];
        if (fabs(product / whole) > EK_Z95 / sqrt(n))
            sum += rest * (rest - 1) * (rest - 2) * product / whole;
    }
    return 1 + 2 * sum / (n * (n - 1) * (n - 2));
}

static int take_values(struct sequence *sequence, struct ek_arena *arena, struct ek_err *err)
{
    if (sequence->places > EK_MAX_SERIES)
        return ek_fail(err, EK_LIMIT, "%zu periods are too many for a trend: at most %u",
                       sequence->places, EK_MAX_SERIES);
    sequence->values = EK_NEW_ARRAY(arena, double, sequence->places + 1);
    sequence->room = EK_NEW_ARRAY(arena, double, sequence->places *(sequence->places + 1) + 1);
    if (!sequence->values || !sequence->room)
        return ek_fail_memory(err);
    for (size_t i = 0; i < sequence->places; i++)
        if (!isnan(sequence->given[i]))
            sequence->values[sequence->count++] = sequence->given[i];
    if (sequence->count < FEWEST)
        return ek_fail(err, EK_USAGE, "%zu periods with posts are too few for a trend: at least %u",
                       sequence->count, FEWEST);
    return 0;
}

int ek_monotone_trend(const double *values, size_t count, struct ek_arena *arena,
                      struct ek_monotone *trend, struct ek_err *err)
{
    struct sequence sequence = {.given = values, .places = count};
    *trend = (struct ek_monotone){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (take_values(&sequence, arena, err))
        return -1;
    double *ranks = EK_NEW_ARRAY(arena, double, sequence.count);
    if (!ranks)
        return ek_fail_memory(err);
    double n = (double)sequence.count;
    trend->s = score(&sequence);
    trend->tau = trend->s / (n * (n - 1) / 2);
    trend->variance = score_variance(&sequence);
    theil_sen(&sequence, trend);
    centred_ranks(&sequence, trend->slope, ranks);
    trend->variance *= inflation(&sequence, ranks);
    double nearer = trend->s > 0 ? trend->s - 1 : trend->s < 0 ? trend->s + 1 : 0;
    if (trend->variance > 0) {
        trend->z = nearer / sqrt(trend->variance);
        trend->p = ek_normal_two_sided(trend->z);
    }
    return 0;
}
