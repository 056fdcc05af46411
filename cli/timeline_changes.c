/* timeline_changes.c - whether a series moved, and when: its slope, and the periods from which on
 * its level is another.
 *
 * Both are looked for over the periods that are over, by the statistics of trend.h, and are told as
 * descriptions beside the rows: what may be claimed is `ekbom shift`'s business. Of a level only
 * higher or lower is said: its share would tell what withheld periods hold. How sure the date of a
 * break is takes a bootstrap over the posts themselves, and each replicate a search of its own: it
 * is run where that takes a second or two in all. */
#include <math.h>
#include <string.h>

#include "timeline.h"

#include "ekbom/limits.h"
#include "ekbom/panel_rows.h"

#define FEWEST 6u /* periods: two levels of three */
#define SEED 0u   /* of the bootstrap: the same answer every time */

static size_t periods_over(const struct ek_series *series)
{
    size_t count = series->count;
    while (count && series->buckets[count - 1].partial)
        count--;
    return count;
}

static int search(struct cli *cli, const struct ek_series *series, size_t count,
                  struct series_change *change, struct ek_err *err)
{
    double *posts = EK_NEW_ARRAY(cli->arena, double, count);
    double *tagged = EK_NEW_ARRAY(cli->arena, double, count);
    double *shares = EK_NEW_ARRAY(cli->arena, double, count);
    double *effects = EK_NEW_ARRAY(cli->arena, double, count);
    if (!posts || !tagged || !shares || !effects)
        return ek_fail_memory(err);
    size_t told = 0;
    for (size_t j = 0; j < count; j++) {
        const struct ek_series_bucket *b = &series->buckets[j];
        posts[j] = (double)b->posts;
        tagged[j] = (double)b->posts_tagged;
        shares[j] = b->share;
        effects[j] = b->design_effect;
        told += !isnan(b->share);
    }
    if (told < FEWEST) {
        change->reason = "fewer than six periods with posts";
        return 0;
    }
    struct ek_series_counts counts = {.buckets = count,
                                      .posts = posts,
                                      .tagged = tagged,
                                      .design_effect =
                                          ek_pooled_design_effect(effects, posts, count)};
    return ek_find_changes(&counts, cli->arena, &change->changes, err) == 0 &&
                   ek_monotone_trend(shares, count, cli->arena, &change->trend, err) == 0
               ? 0
               : -1;
}

/* Dates of breaks ------------------------------------------------------------------------------ */

/* The last periods are left out of every series alike: they are the same for all. */
static int ask_panel(struct cli *cli, const struct timeline_view *view, struct ek_panel_rows *rows,
                     struct ek_err *err)
{
    const struct ek_series *series = &view->timeline->series[0];
    size_t count = periods_over(series);
    struct ek_period *windows = EK_NEW_ARRAY(cli->arena, struct ek_period, count);
    if (!windows)
        return ek_fail_memory(err);
    for (size_t j = 0; j < count; j++)
        windows[j] = (struct ek_period){ek_bucket_start(series->buckets[j].bucket, view->size),
                                        ek_bucket_start(series->buckets[j].bucket + 1, view->size)};
    struct ek_panel_question question = {.selection = view->selection,
                                         .denominator = view->denominator,
                                         .windows = windows,
                                         .window_count = count};
    return ek_query_panel(view->store, &question, cli->arena, rows, err);
}

static int date_series(struct ek_panel *panel, const struct ek_tagged *tagged,
                       struct ek_changes *changes, struct ek_err *err)
{
    struct ek_arena *scratch = ek_arena_new(EK_ARENA_BYTES);
    struct ek_bootstrap bootstrap;
    int result = scratch ? 0 : ek_fail_memory(err);
    if (result == 0)
        result = ek_panel_bootstrap(panel, tagged, EK_RESAMPLE_BOTH, SEED, EK_REPLICATES, scratch,
                                    &bootstrap, err);
    if (result == 0)
        result = ek_date_changes(&bootstrap, scratch, changes, err);
    ek_arena_free(scratch);
    return result;
}

static bool affordable(const struct timeline_view *view, const struct series_change *changes)
{
    const struct ek_series *series = &view->timeline->series[0];
    uint64_t posts = 0, broken = 0;
    for (size_t j = 0; j < periods_over(series); j++)
        posts += series->buckets[j].posts;
    for (size_t i = 0; i < view->timeline->count; i++)
        broken += changes[i].changes.count > 0;
    uint64_t square = (uint64_t)periods_over(series) * periods_over(series);
    return broken && posts && broken <= EK_MAX_DATED_POSTS / posts &&
           broken <= EK_MAX_DATED_SQUARES / square;
}

static int date_all(struct cli *cli, const struct timeline_view *view,
                    struct series_change *changes, struct ek_err *err)
{
    struct ek_panel_rows rows;
    if (!affordable(view, changes))
        return 0;
    if (ask_panel(cli, view, &rows, err) != 0)
        return -1;
    struct ek_panel *panel = ek_panel_new(&rows.posts, cli->arena, err);
    int result = panel ? 0 : -1;
    for (size_t i = 0; result == 0 && i < view->timeline->count; i++) {
        size_t lane = 0;
        while (lane < rows.theory_count &&
               strcmp(rows.theories[lane], view->timeline->series[i].theory) != 0)
            lane++;
        if (changes[i].changes.count == 0 || lane == rows.theory_count)
            continue;
        result = date_series(panel, &rows.tagged[lane], &changes[i].changes, err);
        changes[i].dated = result == 0;
    }
    return result;
}

int find_series_changes(struct cli *cli, const struct timeline_view *view,
                        struct series_change *changes, struct ek_err *err)
{
    const struct ek_timeline *timeline = view->timeline;
    for (size_t i = 0; i < timeline->count; i++) {
        size_t count = periods_over(&timeline->series[i]);
        if (count < FEWEST)
            changes[i].reason = "fewer than six periods that are over";
        else if (count > EK_MAX_SERIES)
            changes[i].reason = "more periods than are searched";
        else if (search(cli, &timeline->series[i], count, &changes[i], err) != 0)
            return -1;
    }
    return date_all(cli, view, changes, err);
}

/* Words --------------------------------------------------------------------------------------- */

static const char *date_words(struct cli *cli, const struct timeline_view *view, size_t series,
                              const struct ek_change *change)
{
    const struct ek_series_bucket *buckets = view->timeline->series[series].buckets;
    const char *date = timeline_bucket(cli, view, buckets[change->bucket].bucket);
    if (!view->changes[series].dated)
        return date;
    date = ek_printf(cli->arena, "%s (%s to %s)", date,
                     timeline_bucket(cli, view, buckets[change->low].bucket),
                     timeline_bucket(cli, view, buckets[change->high].bucket));
    return date ? date : "";
}

const char *change_words(struct cli *cli, const struct timeline_view *view, size_t series)
{
    const struct ek_changes *changes = &view->changes[series].changes;
    const char *words = "";
    for (size_t i = 0; i < changes->count && words; i++)
        words = ek_printf(cli->arena, "%s%s%s to a %s level", words, *words ? ", " : "",
                          date_words(cli, view, series, &changes->changes[i]),
                          changes->shares[i + 1] > changes->shares[i] ? "higher" : "lower");
    return words ? words : "";
}
