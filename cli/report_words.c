/* report_words.c - see report_words.h.
 *
 * Whoever reads the page has not seen the commands: what was counted, of what, under which rules
 * and how many tests were run stands before the first figure. */
#include "report_words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "asking.h"
#include "change_rows.h"
#include "ekbom/limits.h"
#include "ekbom/store_status.h"
#include "named_selection.h"
#include "plot_words.h"

#define NAMES_WIDTH 60u /* characters of a title that theories may take */

static const char *kept(const char *text)
{
    if (!text)
        out_of_memory();
    return text;
}

static struct cli *cli_of(const struct report_facts *facts)
{
    return facts->citation->cli;
}

static struct ek_arena *arena_of(const struct report_facts *facts)
{
    return cli_of(facts)->arena;
}

/* Title ------------------------------------------------------------------------------------- */

const char *report_title(const struct report_facts *facts)
{
    const struct ek_timeline *timeline = facts->view->timeline;
    struct ek_arena *arena = arena_of(facts);
    const char *names = "";
    for (size_t i = 0; i < timeline->count; i++)
        names = kept(ek_printf(arena, "%s%s%s", names,
                               i == 0                    ? ""
                               : i + 1 < timeline->count ? ", "
                                                         : " and ",
                               timeline->series[i].theory));
    if (strlen(names) > NAMES_WIDTH)
        names = kept(ek_printf(arena, "%zu theories of restless legs", timeline->count));
    return kept(ek_printf(arena, "How often forum posts name %s", names));
}

/* Head -------------------------------------------------------------------------------------- */

/* A term and what it is. */
static void put_fact(struct report *report, const char *term, const char *text)
{
    report_element(report, "dt", term);
    report_element(report, "dd", kept(text));
}

static const char *day(ek_time time, char out[EK_TIME_TEXT])
{
    return time == EK_TIME_UNKNOWN ? "an unknown day" : ek_time_format(time, EK_PRECISION_DAY, out);
}

static const char *number(const struct report_facts *facts, uint64_t number)
{
    return plot_number(cli_of(facts), number);
}

static const char *store_words(const struct report_facts *facts)
{
    struct ek_arena *arena = arena_of(facts);
    struct ek_store_status status;
    struct ek_err err;
    char read[EK_TIME_TEXT];
    ek_time last = EK_TIME_UNKNOWN;
    if (ek_store_status(facts->study->store, arena, &status, &err) != 0)
        return "cannot be told";
    for (size_t i = 0; i < status.forum_count; i++)
        if (last == EK_TIME_UNKNOWN || status.forums[i].last_fetched > last)
            last = status.forums[i].last_fetched;
    const char *words = ek_printf(
        arena, "%s posts by %s authors in %s threads of %zu forum%s%s%s, last read on %s",
        number(facts, status.posts), number(facts, status.authors), number(facts, status.threads),
        status.forum_count, status.forum_count == 1 ? "" : "s", facts->citation->unnamed ? "" : " ",
        facts->citation->unnamed ? "" : facts->citation->forums, day(last, read));
    return words;
}

static const char *counted_words(const struct report_facts *facts)
{
    const struct citation *c = facts->citation;
    const struct ek_cell none = {0}, *all = c->tagged.buckets ? &c->tagged.counted[0] : &none;
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT];
    return ek_printf(arena_of(facts), "%s posts by %s authors in %s threads, written %s to %s",
                     number(facts, all->posts), number(facts, all->authors),
                     number(facts, all->threads), day(c->first, first), day(c->last, last));
}

static const char *selection_words(const struct report_facts *facts)
{
    const char *given = cite_options(facts->citation, TAKES_SELECTION);
    return *given ? given : "every post";
}

static const char *tests_words(const struct report_facts *facts)
{
    const struct cite_log *log = &facts->citation->log;
    size_t tests = facts->study->changes.tests;
    const char *before =
        log->answers == 0
            ? "none were run on this store before"
            : ek_printf(arena_of(facts), "%s were run on this store before, in %s answers",
                        number(facts, log->tests), number(facts, log->answers));
    return ek_printf(arena_of(facts), "%zu on this page, corrected after %s; %s", tests,
                     facts->correcting == EK_HOLM ? "Holm" : "Benjamini and Hochberg", before);
}

static void put_facts(struct report *report, const struct report_facts *facts)
{
    static const char *const of[] = {
        "all posts that can be judged: dated, in a language that the rules cover",
        "the posts that name any theory", "the posts of the boards in question"};
    struct cli *cli = cli_of(facts);
    const struct study *study = facts->study;
    char today[EK_TIME_TEXT];
    ek_time_format((ek_time)time(NULL), EK_PRECISION_DAY, today);
    report_markup(report, "<dl>\n");
    put_fact(report, "Store", store_words(facts));
    put_fact(report, "Selection", selection_words(facts));
    if (cli->named) {
        put_fact(report, "Selection file",
                 ek_printf(cli->arena, "%s%s%s, %s", cli->named->name,
                           cli->named->title ? ": " : "",
                           cli->named->title ? cli->named->title : "", cli->named->digest));
    }
    put_fact(report, "Counted", counted_words(facts));
    put_fact(report, "Shares are", ek_printf(cli->arena, "of %s", of[study->denominator]));
    put_fact(report, "Stances", stance_words(cli, &study->selection));
    put_fact(report, "Compared", study_periods(study));
    put_fact(report, "Tests", tests_words(facts));
    put_fact(report, "Rule set", study->rows.rules_digest ? study->rows.rules_digest : "none");
    put_fact(report, "Made",
             ek_printf(cli->arena, "with Ekbom %s on %s; %s tier", EKBOM_VERSION, today,
                       internal_tier(cli) ? "internal" : "open"));
    report_markup(report, "</dl>\n");
}

void report_put_head(struct report *report, const struct report_facts *facts)
{
    static const char contents[] =
        "<nav aria-label=\"Contents\">\n<ul>\n"
        "<li><a href=\"#shares\">Shares over time</a></li>\n"
        "<li><a href=\"#changes\">What changed</a></li>\n"
        "<li><a href=\"#pairs\">Theories named together</a></li>\n"
        "<li><a href=\"#withheld\">What is withheld or missing</a></li>\n"
        "<li><a href=\"#figures\">The figures</a></li>\n"
        "<li><a href=\"#methods\">Methods and citation</a></li>\n</ul>\n</nav>\n";
    if (facts->view->sample)
        report_markup(report, "<p class=\"sample\">SAMPLE DATA, NOT FINDINGS</p>\n");
    if (internal_tier(cli_of(facts)))
        report_element(report, "p",
                       "This page is of the internal tier: it shows cells of one to four authors "
                       "and addresses. It is not for publication.");
    put_facts(report, facts);
    report_markup(report, contents);
}

/* What is not there ------------------------------------------------------------------------- */

static void put_cells(struct report *report, const struct report_facts *facts)
{
    const struct ek_timeline *timeline = facts->view->timeline;
    size_t cells = 0, hidden = 0, changes = 0;
    for (size_t i = 0; i < timeline->count; i++)
        for (size_t j = 0; j < timeline->series[i].count; j++) {
            hidden += is_hidden(facts->view, &timeline->series[i].buckets[j]);
            cells++;
        }
    for (size_t i = 0; i < facts->study->changes.count; i++)
        changes += change_hidden(&facts->study->changes.items[i]);
    if (internal_tier(cli_of(facts))) {
        report_element(report, "p", "No cell is withheld.");
        return;
    }
    report_element(
        report, "p",
        kept(ek_printf(arena_of(facts),
                       "Cells of one to four authors are withheld, so that nobody can be "
                       "pointed at: %zu of %zu periods, %zu of %zu changes, and pairs "
                       "marked <5. A true zero is shown. Names, addresses, the forum's "
                       "own ids and the words of posts are not on this page.",
                       hidden, cells, changes, facts->study->changes.count)));
}

void report_put_withheld(struct report *report, const struct report_facts *facts)
{
    const struct ek_timeline *timeline = facts->view->timeline;
    const struct ek_coverage *coverage = facts->view->coverage;
    struct ek_arena *arena = arena_of(facts);
    report_section(report, "withheld", "What is withheld or missing");
    put_cells(report, facts);
    report_element(
        report, "p",
        kept(ek_printf(arena,
                       "Not counted: %s posts without a known time, and %s in languages "
                       "that the rules do not cover.",
                       number(facts, timeline->undated), number(facts, timeline->not_assessable))));
    if (coverage->fetched_reason)
        report_element(
            report, "p",
            kept(ek_printf(arena, "How much of the boards was fetched cannot be told: %s.",
                           coverage->fetched_reason)));
    if (coverage->id_gap_reason)
        report_element(report, "p",
                       kept(ek_printf(arena, "How many posts are missing cannot be told: %s.",
                                      coverage->id_gap_reason)));
    report_element(report, "p",
                   "Tags are made by rules, and rules err. Unless a correction is named above, no "
                   "figure is corrected for it: words that came into use, or went out of it, can "
                   "look like a change.");
    report_section_end(report);
}

const char *report_commands(struct citation *citation)
{
    const char *lines = "";
    for (const char **command = cite_commands(citation); *command; command++)
        lines = kept(ek_printf(citation->cli->arena, "%s%s\n", lines, *command));
    return lines;
}
