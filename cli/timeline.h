/* timeline.h - what `ekbom timeline` knows when it prints: shared by its table, its picture and
 * its words. */
#ifndef EKBOM_CLI_TIMELINE_H
#define EKBOM_CLI_TIMELINE_H

#include "cli.h"
#include "ekbom/coverage.h"
#include "ekbom/trend.h"
#include "output.h"

/* Whether a series changed, and when. Periods that are not over are left out of it. */
struct series_change {
    struct ek_changes changes; /* buckets count from the series' first */
    bool dated;                /* the intervals of the breaks are known */
    struct ek_monotone trend;
    const char *reason; /* why neither was looked for; NULL: both were */
};

struct timeline_view {
    struct ek_store *store;
    const struct ek_selection *selection;
    const struct ek_timeline *timeline; /* at least one series */
    enum ek_bucket_size size;
    enum ek_denominator denominator;
    bool internal, sample;
    const char *split; /* what the parts are parts of, for the heading; NULL: series are whole */
    bool own_pages;    /* parts have pages of their own: what was fetched of all says nothing */
    const struct series_change *changes; /* one a series */
    const struct ek_coverage *coverage;
    const char *headline; /* stances, denominator, bucket, correction */
};

static inline bool is_hidden(const struct timeline_view *view, const struct ek_series_bucket *b)
{
    return b->withheld && !view->internal;
}

/* What stands beside the series: coverage, changes and headline of a view that has the rest. 0, -1.
 */
int timeline_fill(struct cli *cli, struct timeline_view *view, struct ek_err *err);
/* The rows, in a format that has rows; the exit status. */
int print_timeline(struct cli *cli, const struct timeline_view *view);

/* "2008-Q1", in the arena. */
const char *timeline_bucket(struct cli *cli, const struct timeline_view *view, int bucket);
/* "2014 (2012 to 2015) to a higher level, 2019 to a lower level"; "" where there is none. */
const char *change_words(struct cli *cli, const struct timeline_view *view, size_t series);
/* Fill changes, one a series; the view's own are not looked at. 0, -1 with err. */
int find_series_changes(struct cli *cli, const struct timeline_view *view,
                        struct series_change *changes, struct ek_err *err);

#endif
