/* timeline_words.c - see timeline_words.h. */
#include "timeline_words.h"

#include <math.h>

#include "asking.h"
#include "plot.h"

const char *timeline_headline(struct cli *cli, const struct timeline_view *view)
{
    const char *line =
        ek_printf(cli->arena, "%s, of %s, by %s;%snot corrected for tagging error",
                  stance_words(cli, view->selection), denominator_words[view->denominator],
                  size_names[view->size], cli->report ? " " : "\n");
    return line ? line : "";
}

/* Changes and trend --------------------------------------------------------------------------- */

static json_t *real_json(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *change_json(struct cli *cli, const struct timeline_view *view, size_t series,
                           size_t number)
{
    const struct ek_changes *changes = &view->changes[series].changes;
    const struct ek_change *change = &changes->changes[number];
    const struct ek_series_bucket *buckets = view->timeline->series[series].buckets;
    bool higher = changes->shares[number + 1] > changes->shares[number];
    bool dated = view->changes[series].dated;
    return json_pack("{s:s, s:s?, s:s?, s:s}", "bucket",
                     timeline_bucket(cli, view, buckets[change->bucket].bucket), "low",
                     dated ? timeline_bucket(cli, view, buckets[change->low].bucket) : NULL, "high",
                     dated ? timeline_bucket(cli, view, buckets[change->high].bucket) : NULL,
                     "level", higher ? "higher" : "lower");
}

static json_t *changes_json(struct cli *cli, const struct timeline_view *view)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < view->timeline->count; i++) {
        const struct series_change *change = &view->changes[i];
        json_t *points = json_array(), *trend = json_null();
        for (size_t j = 0; j < change->changes.count; j++)
            json_array_append_new(points, change_json(cli, view, i, j));
        if (!change->reason)
            trend = json_pack("{s:o, s:o, s:o}", "slope", real_json(change->trend.slope), "tau",
                              real_json(change->trend.tau), "p", real_json(change->trend.p));
        json_array_append_new(rows, json_pack("{s:s, s:o, s:o, s:s?}", "theory",
                                              view->timeline->series[i].theory, "changes", points,
                                              "trend", trend, "reason", change->reason));
    }
    return rows;
}

static const char *trend_words(struct cli *cli, const struct timeline_view *view, size_t series)
{
    const struct series_change *change = &view->changes[series];
    if (change->reason || isnan(change->trend.p))
        return NULL;
    return ek_printf(cli->arena, "slope %+.2f points a %s, %s", 100 * change->trend.slope,
                     size_names[view->size], p_words(cli, change->trend.p));
}

static const char *add_wrapped(struct cli *cli, const char *lines, const char *mark,
                               const char *sentence)
{
    struct plot_lines wrapped = {.count = 0};
    plot_wrap(cli, &wrapped, terminal_width() - 4, sentence ? sentence : "");
    for (size_t i = 0; i < wrapped.count && lines; i++)
        lines = ek_printf(cli->arena, "%s\n%s%s", lines, i ? "    " : mark, wrapped.lines[i]);
    return lines;
}

/* "ppi: 2014 (2012 to 2015) to a higher level; slope +0.5 points a year, p 0.001" */
static const char *change_line(struct cli *cli, const struct timeline_view *view, size_t series)
{
    const struct series_change *change = &view->changes[series];
    const char *theory = view->timeline->series[series].theory;
    const char *changes = change_words(cli, view, series), *trend = trend_words(cli, view, series);
    if (change->reason)
        return ek_printf(cli->arena, "%s: not looked for: %s", theory, change->reason);
    return ek_printf(cli->arena, "%s: %s%s%s", theory, *changes ? changes : "no break",
                     trend ? "; " : "", trend ? trend : "");
}

static const char *change_lines(struct cli *cli, const struct timeline_view *view)
{
    const char *lines =
        "level breaks and trend (descriptive; what may be claimed says `ekbom shift`):";
    bool undated = false;
    for (size_t i = 0; i < view->timeline->count; i++) {
        lines = add_wrapped(cli, lines, "  ", change_line(cli, view, i));
        undated |= view->changes[i].changes.count && !view->changes[i].dated;
    }
    return undated ? add_wrapped(cli, lines, "  ",
                                 "How sure these dates are is worked out for fewer theories, "
                                 "periods or posts.")
                   : lines;
}

/* Notes --------------------------------------------------------------------------------------- */

struct occurring {
    bool few, partial, withheld;
};

static struct occurring find_occurring(const struct timeline_view *view)
{
    struct occurring found = {0};
    for (size_t i = 0; i < view->timeline->count; i++)
        for (size_t j = 0; j < view->timeline->series[i].count; j++) {
            const struct ek_series_bucket *b = &view->timeline->series[i].buckets[j];
            found.few |= b->few_clusters && b->posts;
            found.partial |= b->partial;
            found.withheld |= is_hidden(view, b);
        }
    return found;
}

/* The lowest and highest of what was told; false where nothing was. */
static bool range_of(const double *values, size_t count, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        *low = values[i] < *low ? values[i] : *low;
        *high = values[i] > *high ? values[i] : *high;
    }
    return *low <= *high;
}

static const char *coverage_line(struct cli *cli, const struct ek_coverage *coverage)
{
    double low, high;
    const char *fetched = coverage->fetched_reason, *gap = coverage->id_gap_reason;
    fetched = fetched ? ek_printf(cli->arena, "cannot be told: %s", fetched)
                      : "threads listed by the boards that were read to the end";
    if (gap)
        gap = ek_printf(cli->arena, "cannot be told: %s", gap);
    else if (range_of(coverage->id_gap, coverage->buckets, &low, &high))
        gap = ek_printf(cli->arena,
                        "%.1f to %.1f %% of a period's ids have no post:%s removed, hidden or not "
                        "fetched",
                        100 * low, 100 * high, cli->report ? "" : "\n ");
    return ek_printf(cli->arena, "fetched: %s\nid_gap: %s", fetched, gap ? gap : "no posts");
}

static void add_explanation(struct cli *cli, struct output *output,
                            const struct timeline_view *view)
{
    const char *const *sentences = timeline_explanation(cli, view);
    json_t *list = json_array();
    const char *lines = "\nHow these figures came about";
    for (size_t i = 0; sentences[i] && lines; i++) {
        json_array_append_new(list, json_string(sentences[i]));
        lines = add_wrapped(cli, lines, "- ", sentences[i]);
        if (!format_is(cli, "table") && !format_is(cli, "json"))
            say("%s", sentences[i]);
    }
    output_beside(output, "explanation", list, lines);
}

void timeline_beside(struct cli *cli, struct output *output, const struct timeline_view *view)
{
    const struct ek_timeline *timeline = view->timeline;
    const struct ek_coverage *coverage = view->coverage;
    struct occurring found = find_occurring(view);
    output_beside(output, "of", json_string(denominator_names[view->denominator]), NULL);
    output_beside(output, "stances", json_string(stance_words(cli, view->selection)), NULL);
    if (view->sample)
        output_beside(output, "note", json_string("sample data, not findings"), NULL);
    output_beside(
        output, "undated", json_integer((json_int_t)timeline->undated),
        ek_printf(
            cli->arena,
            "%sshare with 95 %% interval (low, high); authors "
            "tagged/active, and their share\n%llu undated and %llu not assessable posts stand "
            "beside these rows",
            output_rows(output) ? "\n" : "", (unsigned long long)timeline->undated,
            (unsigned long long)timeline->not_assessable));
    output_beside(output, "not_assessable", json_integer((json_int_t)timeline->not_assessable),
                  found.few ? "few: fewer than 30 authors or threads, too few for an interval"
                            : NULL);
    output_beside(output, "ruleset", json_string(timeline->rules_digest),
                  found.partial ? "*: the period had not ended when the forum was last read"
                                : NULL);
    output_beside(output, "corrected_for_tagging_error", json_false(),
                  found.withheld ? "<5: one to four authors, withheld (--tier internal shows them)"
                                 : NULL);
    output_beside(output, "fetched_reason",
                  coverage->fetched_reason ? json_string(coverage->fetched_reason) : json_null(),
                  output_rows(output) ? coverage_line(cli, coverage) : NULL);
    output_beside(output, "id_gap_reason",
                  coverage->id_gap_reason ? json_string(coverage->id_gap_reason) : json_null(),
                  NULL);
    output_beside(output, "series", changes_json(cli, view),
                  output_rows(output) ? change_lines(cli, view) : NULL);
    if (has(cli, OPT_EXPLAIN))
        add_explanation(cli, output, view);
}
