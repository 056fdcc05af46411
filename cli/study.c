/* study.c - see study.h. */
#include "study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "log_entry.h"
#include "change_rows.h"
#include "ekbom/coverage.h"
#include "ekbom/limits.h"
#include "asking.h"

#define ALPHA 0.05

/* The command line -------------------------------------------------------------------------- */

/* "2%" or "0.02". */
static int read_smallest(const struct cli *cli, double *smallest)
{
    const char *given = option(cli, OPT_SMALLEST_OF_INTEREST);
    char *end;
    *smallest = 0;
    if (!given)
        return 0;
    double value = strtod(given, &end);
    if (end != given && strcmp(end, "%") == 0)
        value /= 100;
    else if (end == given || *end)
        value = NAN;
    if (!(value > 0 && value < 1))
        return wrong_use("--smallest-of-interest %s: give a difference of shares, 2%% or 0.02",
                         given);
    *smallest = value;
    return 0;
}

int study_begin(struct study *study, struct cli *cli, bool named)
{
    *study = (struct study){.cli = cli};
    int status =
        named ? read_theories(cli, &study->selection) : read_selection(cli, &study->selection);
    int denominator =
        status == 0 ? read_choice(cli, OPT_OF, "of", denominator_names, EK_OF_ALL) : -1;
    if (status == 0 && denominator < 0)
        status = EXIT_WRONG;
    study->denominator = (enum ek_denominator)denominator;
    study->changes = (struct changes){.cli = cli, .rows = &study->rows, .alpha = ALPHA};
    for (int w = 0; w < EK_WINDOWS; w++)
        study->changes.fetched[w] = study->changes.id_gap[w] = NAN;
    return status == 0 ? read_smallest(cli, &study->changes.smallest_of_interest) : status;
}

/* Counting ---------------------------------------------------------------------------------- */

int study_open(struct study *study)
{
    struct cli *cli = study->cli;
    struct ek_err err;
    study->arena = ek_arena_new(EK_PANEL_BYTES);
    study->changes.arena = study->arena;
    if (!study->arena)
        out_of_memory();
    if (open_store(cli, EK_STORE_READ, &study->store, &err) != 0)
        return fail_with(&err);
    int status =
        windows_settle(cli, study->store, &study->selection, study->denominator, &study->windows);
    study->changes.partial = study->windows.partial;
    if (status != 0 || !has(cli, OPT_VALIDATED))
        return status;
    study->changes.coded = &study->coded;
    return coded_read(cli, study->store, &study->selection, option(cli, OPT_VALIDATED),
                      &study->coded);
}

static int check_posts(const struct study *study)
{
    if (study->rows.posts.count)
        return 0;
    char first[EK_BUCKET_TEXT], last[EK_BUCKET_TEXT];
    ek_bucket_name(study->windows.span.first, EK_BY_MONTH, first);
    ek_bucket_name(study->windows.span.last, EK_BY_MONTH, last);
    say("no post of this selection is in these periods: it has posts of %s to %s", first, last);
    return EXIT_NOTHING;
}

/* Of a window: the mean over its years, quarters or months, whichever it is made of. */
static double mean_told(const double *values, size_t count)
{
    double sum = 0, told = 0;
    for (size_t i = 0; i < count; i++) {
        sum += isnan(values[i]) ? 0 : values[i];
        told += !isnan(values[i]);
    }
    return told > 0 ? sum / told : NAN;
}

static int cover(struct study *study, int w, struct ek_err *err)
{
    static const enum ek_bucket_size sizes[] = {EK_BY_YEAR, EK_BY_QUARTER, EK_BY_MONTH};
    const struct ek_period *period = &study->windows.period[w];
    enum ek_bucket_size size = EK_BY_MONTH;
    struct ek_coverage coverage;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && size == EK_BY_MONTH; i++)
        if (bucket_starts(period->from, sizes[i]) && bucket_starts(period->until, sizes[i]))
            size = sizes[i];
    int first = ek_bucket_of(period->from, size);
    int count = ek_bucket_of(period->until - 1, size) + 1 - first;
    if (ek_query_coverage(study->store, &study->selection, size, first, (size_t)count, study->arena,
                          &coverage, err) != 0)
        return -1;
    study->changes.fetched[w] = mean_told(coverage.fetched, coverage.buckets);
    study->changes.id_gap[w] = mean_told(coverage.id_gap, coverage.buckets);
    return 0;
}

int study_count(struct study *study, enum ek_grouping grouping, ek_time cohort_from)
{
    struct ek_err err;
    const struct ek_panel_question question = {.selection = &study->selection,
                                               .denominator = study->denominator,
                                               .windows = study->windows.period,
                                               .window_count = grouping ? 1 : EK_WINDOWS,
                                               .by_stance = true,
                                               .numbers = study->changes.coded,
                                               .boards = true,
                                               .grouping = grouping,
                                               .cohort_from = cohort_from};
    if (ek_query_panel(study->store, &question, study->arena, &study->rows, &err) != 0)
        return fail_with(&err);
    int status = check_posts(study);
    for (int w = 0; status == 0 && !grouping && w < EK_WINDOWS; w++)
        status = cover(study, w, &err) ? fail_with(&err) : 0;
    if (status == 0 && study->changes.coded)
        coded_place(&study->coded, &study->rows);
    return status;
}

int study_nothing(const struct study *study)
{
    if (format_is(study->cli, "table"))
        return EXIT_NOTHING;
    struct output *output = output_open(study->cli, change_columns, CHANGE_EXPLANATION);
    if (!output)
        return wrong_use("out of memory");
    return output_close(output) != 0 ? EXIT_WRONG : EXIT_NOTHING;
}

void study_end(struct study *study)
{
    ek_store_close(study->store);
    ek_arena_free(study->arena);
}

/* Printing ---------------------------------------------------------------------------------- */

static const char *tests_words(const struct study *study, const char *correction)
{
    size_t tests = study->changes.tests;
    if (tests < 2)
        return tests ? "one test was run" : "no test could be run";
    return ek_printf(study->cli->arena, "%zu tests were run, p* is corrected for them (%s)", tests,
                     correction);
}

const char *study_periods(const struct study *study)
{
    const struct windows *windows = &study->windows;
    const char *extent = "";
    if (windows->halves)
        extent = " (the two halves of the time)";
    if (windows->cut)
        extent = " (up to the last month read to its end)";
    return ek_printf(study->cli->arena, "%s against %s%s", windows->name[EK_BEFORE],
                     windows->name[EK_AFTER], extent);
}

const char *study_headline_words(const struct study *study, const char *sides,
                                 const char *correction)
{
    struct cli *cli = study->cli;
    const char *line =
        ek_printf(cli->arena, "%s, of %s; %s; %s", stance_words(cli, &study->selection),
                  denominator_words[study->denominator], sides, tests_words(study, correction));
    return line ? line : "";
}

void study_headline(const struct study *study, struct output *output, const char *sides,
                    const char *correction)
{
    struct cli *cli = study->cli;
    const char *line = ek_printf(
        cli->arena, "%s%s", ek_store_is_sample(study->store) ? "SAMPLE DATA, NOT FINDINGS: " : "",
        study_headline_words(study, sides, correction));
    output_headline(output, "%s", line ? wrapped(cli, line) : "");
}

void study_sentences(const struct study *study, struct output *output,
                     enum ek_correcting correcting)
{
    struct cli *cli = study->cli;
    const struct changes *changes = &study->changes;
    for (size_t i = 0; i < changes->count && format_is(cli, "table"); i++) {
        const struct change *change = &changes->items[i];
        const char *text = change_sentence(cli, changes, change);
        if (has(cli, OPT_EXPLAIN))
            text = ek_printf(cli->arena, "%s\n%s", text,
                             change_explanation(cli, changes, change, correcting));
        output_beside(output, NULL, NULL,
                      ek_printf(cli->arena, "\n%s", text ? wrapped(cli, text) : ""));
    }
}

const char *study_correction_words(const struct study *study)
{
    size_t corrected = 0, count = study->changes.count;
    for (size_t i = 0; i < count; i++)
        corrected += study->changes.items[i].corrected;
    if (corrected == 0)
        return "not corrected for tagging error";
    const char *line =
        ek_printf(study->cli->arena,
                  "corrected for tagging error: %zu of %zu, from %zu posts coded by hand; of the "
                  "file, %zu lie in neither period and %zu are not in this store",
                  corrected, count, study->coded.count - study->coded.outside, study->coded.outside,
                  study->coded.unknown);
    return line ? wrapped(study->cli, line) : NULL;
}

static const char *two_shares(const struct study *study, const double shares[EK_WINDOWS])
{
    const char *words[EK_WINDOWS];
    for (int w = 0; w < EK_WINDOWS; w++)
        words[w] = isnan(shares[w]) ? "not known"
                                    : ek_printf(study->cli->arena, "%.1f %%", 100 * shares[w]);
    return ek_printf(study->cli->arena, "%s and %s", words[EK_BEFORE], words[EK_AFTER]);
}

/* The longer a period, the more of its authors have come to name a theory. */
static const char *length_line(const struct study *study)
{
    double days[EK_WINDOWS];
    for (int w = 0; w < EK_WINDOWS; w++)
        days[w] = (double)(study->windows.period[w].until - study->windows.period[w].from) / 86400;
    if (study->windows.one ||
        fabs(days[EK_AFTER] - days[EK_BEFORE]) < 0.1 * fmax(days[EK_BEFORE], days[EK_AFTER]))
        return NULL;
    return wrapped(study->cli, "The periods differ in length: in the longer one authors had more "
                               "time to name a theory, so that their share is the larger for it.");
}

/* What a shift may be the shadow of: pages that were not fetched, posts that are gone. */
static const char *coverage_line(const struct study *study)
{
    const struct changes *changes = &study->changes;
    const char *line = "";
    if (!isnan(changes->fetched[EK_BEFORE]) || !isnan(changes->fetched[EK_AFTER]))
        line = ek_printf(study->cli->arena, "fetched: %s of the threads that the boards list. ",
                         two_shares(study, changes->fetched));
    if (line && (!isnan(changes->id_gap[EK_BEFORE]) || !isnan(changes->id_gap[EK_AFTER])))
        line = ek_printf(study->cli->arena,
                         "%spost ids without a post: %s (at most so much was removed, hidden or "
                         "not fetched)",
                         line, two_shares(study, changes->id_gap));
    return line && *line ? wrapped(study->cli, line) : NULL;
}

void study_notes(const struct study *study, struct output *output, const char *correction)
{
    struct cli *cli = study->cli;
    const struct ek_panel_rows *rows = &study->rows;
    const struct changes *changes = &study->changes;
    bool corrected = changes->count > 0, hidden = false;
    for (size_t i = 0; i < changes->count; i++) {
        corrected &= changes->items[i].corrected;
        hidden |= change_hidden(&changes->items[i]);
    }
    output_beside(output, "tests", json_integer((json_int_t)changes->tests), "");
    output_beside(output, "correction", json_string(correction), NULL);
    output_beside(output, "of", json_string(denominator_names[study->denominator]), NULL);
    output_beside(output, "stances", json_string(stance_words(cli, &study->selection)), NULL);
    output_beside(output, "halves", json_boolean(study->windows.halves), NULL);
    output_beside(output, "partial", json_boolean(study->windows.partial), NULL);
    output_beside(output, "selection_digest", json_string(selection_digest(cli)), NULL);
    output_beside(output, "ruleset", json_string(rows->rules_digest),
                  hidden ? "<5: one to four authors, withheld (--tier internal shows them)" : NULL);
    output_beside(output, "undated", json_integer((json_int_t)rows->undated), NULL);
    output_beside(
        output, "not_assessable", json_integer((json_int_t)rows->not_assessable),
        ek_printf(cli->arena, "%llu undated and %llu not assessable posts stand beside these rows",
                  (unsigned long long)rows->undated, (unsigned long long)rows->not_assessable));
    output_beside(output, NULL, NULL, length_line(study));
    output_beside(output, NULL, NULL, coverage_line(study));
    mark_sample(cli, output, study->store);
    output_beside(output, "corrected_for_tagging_error", json_boolean(corrected),
                  study_correction_words(study));
}
