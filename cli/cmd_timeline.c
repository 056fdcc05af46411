/* cmd_timeline.c - `ekbom timeline THEORY...`: how often a theory is named, by period, with its
 * denominator and its doubt.
 *
 * Here the question is read and asked; timeline_table.c prints rows, plot_timeline.c draws them,
 * timeline_words.c and timeline_explain.c say what stands beside. */
#include <math.h>

#include "asking.h"
#include "plot.h"
#include "timeline.h"
#include "timeline_split.h"
#include "timeline_words.h"

/* A picture has one name: of the theory and its part. */
static void name_parts(struct cli *cli, const struct timeline_view *view)
{
    for (size_t i = 0; view->split && i < view->timeline->count; i++) {
        struct ek_series *series = &view->timeline->series[i];
        const char *name = ek_printf(cli->arena, "%s, %s", series->theory, series->split);
        series->theory = name ? name : series->theory;
    }
}

/* What was fetched of all says nothing of parts that have pages of their own. */
static void leave_untold(struct ek_coverage *coverage)
{
    for (size_t j = 0; j < coverage->buckets; j++)
        coverage->fetched[j] = coverage->id_gap[j] = NAN;
    coverage->fetched_reason = coverage->id_gap_reason = "parts have pages of their own";
}

int timeline_fill(struct cli *cli, struct timeline_view *view, struct ek_err *err)
{
    const struct ek_timeline *timeline = view->timeline;
    struct ek_coverage *coverage = EK_NEW(cli->arena, struct ek_coverage);
    size_t buckets = timeline->count ? timeline->series[0].count : 0;
    int first = buckets ? timeline->series[0].buckets[0].bucket : 0;
    struct series_change *changes =
        EK_NEW_ARRAY(cli->arena, struct series_change, timeline->count + 1);
    if (!coverage || !changes)
        return ek_fail_memory(err);
    if (ek_query_coverage(view->store, view->selection, view->size, first, buckets, cli->arena,
                          coverage, err) != 0 ||
        find_series_changes(cli, view, changes, err) != 0)
        return -1;
    if (view->own_pages)
        leave_untold(coverage);
    view->coverage = coverage;
    view->changes = changes;
    view->headline = timeline_headline(cli, view);
    return 0;
}

/* In the format asked for. */
static int answer(struct cli *cli, struct timeline_view *view, struct ek_err *err)
{
    if (timeline_fill(cli, view, err) != 0)
        return fail_with(err);
    if (!format_is(cli, "svg"))
        return print_timeline(cli, view);
    name_parts(cli, view);
    if (view->timeline->count && view->timeline->series[0].count)
        return plot_timeline(cli, view);
    say("no posts to draw");
    return EXIT_NOTHING;
}

int cmd_timeline(struct cli *cli)
{
    struct ek_selection selection;
    struct ek_timeline timeline;
    struct ek_store *store = NULL;
    struct ek_err err;
    int status = read_theories(cli, &selection);
    if (status != 0)
        return status;
    int size = read_choice(cli, OPT_BY, "by", size_names, EK_BY_YEAR);
    int denominator = size < 0 ? -1 : read_choice(cli, OPT_OF, "of", denominator_names, EK_OF_ALL);
    if (denominator < 0)
        return EXIT_WRONG;
    int split = read_split(cli);
    if (split < 0)
        return EXIT_WRONG;
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0 ||
        ek_query_timeline(store, &selection, (enum ek_bucket_size)size,
                          (enum ek_denominator)denominator, cli->arena, &timeline, &err) != 0 ||
        (split &&
         split_timeline(cli, store, &selection, (enum ek_bucket_size)size,
                        (enum ek_denominator)denominator, (enum split)split, &timeline, &err) != 0))
        status = fail_with(&err);
    else
        status = answer(
            cli,
            &(struct timeline_view){.store = store,
                                    .selection = &selection,
                                    .timeline = &timeline,
                                    .size = (enum ek_bucket_size)size,
                                    .denominator = (enum ek_denominator)denominator,
                                    .internal = internal_tier(cli),
                                    .sample = ek_store_is_sample(store),
                                    .split = split ? split_words((enum split)split) : NULL,
                                    .own_pages = split == SPLIT_FORUM || split == SPLIT_LANGUAGE},
            &err);
    ek_store_close(store);
    return status;
}
