/* cmd_report.c - `ekbom report -o FILE.html [THEORY...]`: a study on one page, for those who have
 * no store to ask: the timeline as picture and tables, the changes with their reasons, theories
 * named together, what is withheld, methods and citation.
 *
 * Nothing is worked out here: each part is what the command of its name prints, put into the page
 * (report.h). The page is of the open tier unless asked otherwise: it names no author, address,
 * thread or post and holds no words of a post; --tier internal shows withheld cells and addresses.
 * Theories that are named are tested as a shift (Holm); of all theories it is a scan, as compare
 * makes it (Benjamini and Hochberg). Either is logged. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "asking.h"
#include "cite.h"
#include "cooccur.h"
#include "ekbom/file_output.h"
#include "ekbom/limits.h"
#include "log_entry.h"
#include "named_selection.h"
#include "plot.h"
#include "report.h"
#include "report_words.h"
#include "shift.h"
#include "timeline.h"

struct reporting {
    struct cli *cli;
    struct report *report;
    struct study study;
    struct ek_timeline timeline;
    struct timeline_view view;
    struct citation citation;
    enum ek_correcting correcting;
};

/* Asking ------------------------------------------------------------------------------------ */

static int ask_change(struct reporting *r)
{
    int status = study_count(&r->study, EK_GROUP_NONE, 0);
    return status == 0 ? shift_test(&r->study, r->correcting) : status;
}

static int ask_timeline(struct reporting *r, enum ek_bucket_size size)
{
    struct study *study = &r->study;
    struct ek_err err;
    if (ek_query_timeline(study->store, &study->selection, size, study->denominator, r->cli->arena,
                          &r->timeline, &err) != 0)
        return fail_with(&err);
    r->view = (struct timeline_view){.store = study->store,
                                     .selection = &study->selection,
                                     .timeline = &r->timeline,
                                     .size = size,
                                     .denominator = study->denominator,
                                     .internal = internal_tier(r->cli),
                                     .sample = ek_store_is_sample(study->store)};
    return timeline_fill(r->cli, &r->view, &err) != 0 ? fail_with(&err) : 0;
}

static int ask_citation(struct reporting *r)
{
    struct citation *c = &r->citation;
    const struct windows *windows = &r->study.windows;
    struct ek_err err;
    *c = (struct citation){.cli = r->cli,
                           .store = r->study.store,
                           .selection = r->study.selection,
                           .denominator = r->study.denominator,
                           .unnamed = !internal_tier(r->cli)};
    if (!windows->halves || r->correcting == EK_BENJAMINI_HOCHBERG) {
        c->before = windows->name[EK_BEFORE];
        c->after = windows->name[EK_AFTER];
    }
    return cite_ask(c, &err) != 0 ? fail_with(&err) : 0;
}

/* The parts --------------------------------------------------------------------------------- */

static int put_picture(struct reporting *r)
{
    report_section(r->report, "shares", "Shares over time");
    report_markup(r->report, "<figure>\n");
    int status = plot_timeline(r->cli, &r->view);
    report_markup(r->report, "<figcaption>");
    report_lines(r->report, REPORT_PICTURE_WORDS);
    report_markup(r->report, "</figcaption>\n</figure>\n");
    report_section_end(r->report);
    return status;
}

static int put_changes(struct reporting *r)
{
    report_section(r->report, "changes", "What changed");
    report_lines(r->report, REPORT_VERDICT_WORDS);
    report_markup(r->report, "<figure>\n");
    int status = shift_draw(&r->study, r->correcting);
    report_markup(r->report, "</figure>\n");
    if (status != 0)
        return status;
    r->report->caption =
        ek_printf(r->cli->arena, "Change between two periods, %s", study_periods(&r->study));
    status = shift_print(&r->study, r->correcting);
    report_section_end(r->report);
    return status;
}

static int put_pairs(struct reporting *r)
{
    struct cooccurring pairs = {.cli = r->cli,
                                .store = r->study.store,
                                .selection = r->study.selection,
                                .question = {.denominator = r->study.denominator,
                                             .whole = true,
                                             .measures = EK_MEASURE_AUTHORS | EK_MEASURE_ALL},
                                .within = EK_WITHIN_POST};
    struct ek_err err;
    pairs.question.selection = &pairs.selection;
    if (cooccur_ask(&pairs, &err) != 0)
        return fail_with(&err);
    report_section(r->report, "pairs", "Theories named together");
    r->report->caption = "Theories named in one post";
    int status = cooccur_print(&pairs);
    report_section_end(r->report);
    return status == EXIT_WRONG ? status : 0; /* that no two were named together is an answer */
}

static int put_figures(struct reporting *r)
{
    report_section(r->report, "figures", "The figures");
    r->report->caption = ek_printf(r->cli->arena, "share of posts by %s", size_names[r->view.size]);
    int status = print_timeline(r->cli, &r->view);
    report_section_end(r->report);
    return status == EXIT_NOTHING ? 0 : status;
}

static int put_citation(struct reporting *r)
{
    static const struct column columns[] = {{"posts", NULL, COLUMN_RIGHT}, {"step", NULL, 0}};
    struct citation *c = &r->citation;
    report_section(r->report, "methods", "Methods and citation");
    report_element(r->report, "p", cite_methods(c));
    r->report->caption = "Posts that each step of the selection leaves";
    struct output *steps = output_open(r->cli, columns, 2);
    if (!steps)
        out_of_memory();
    for (size_t i = 0; i < c->count; i++) {
        const struct cite_step *step = &c->steps[i];
        const char *words = ek_printf(r->cli->arena, "%s%s%s", step->what, step->reason ? ": " : "",
                                      step->reason ? step->reason : "");
        const struct value values[] = {integer_value((long long)step->posts), text_value(words)};
        output_row(steps, values);
    }
    int status = output_close(steps) != 0 ? EXIT_WRONG : 0;
    report_element(r->report, "h3", "The same from the command line");
    report_element(r->report, "pre", report_commands(c));
    report_element(r->report, "h3", "BibTeX");
    report_element(r->report, "pre", cite_bibtex(c));
    report_section_end(r->report);
    return status;
}

static int put_all(struct reporting *r)
{
    const struct report_facts facts = {.study = &r->study,
                                       .view = &r->view,
                                       .citation = &r->citation,
                                       .correcting = r->correcting};
    report_begin(r->report, report_title(&facts));
    report_put_head(r->report, &facts);
    int status = put_picture(r);
    if (status == 0)
        status = put_changes(r);
    if (status == 0)
        status = put_pairs(r);
    if (status == 0)
        report_put_withheld(r->report, &facts);
    if (status == 0)
        status = put_figures(r);
    return status == 0 ? put_citation(r) : status;
}

/* The file ---------------------------------------------------------------------------------- */

static int write_file(struct reporting *r, const char *path)
{
    struct ek_output *file;
    struct ek_err err;
    const char *html = report_end(r->report);
    if (!html)
        return wrong_use("the report is longer than %u MB: give --since and --until, a coarser "
                         "--by, or fewer theories",
                         EK_MAX_REPORT_BYTES >> 20);
    if (ek_output_open(&file, path, &err) != 0)
        return fail_with(&err);
    if (ek_output_write(file, html, strlen(html), &err) < 0) {
        ek_output_cancel(file);
        return fail_with(&err);
    }
    if (ek_output_close(file, &err) != 0)
        return fail_with(&err);
    if (ek_store_is_sample(r->study.store))
        say("sample data, not findings");
    if (strcmp(path, "-") != 0)
        say("report in %s", path);
    return 0;
}

static int answer(struct reporting *r, enum ek_bucket_size size, const char *path)
{
    int status = study_open(&r->study);
    if (status == 0)
        status = ask_change(r);
    if (status == 0)
        status = ask_timeline(r, size);
    if (status == 0)
        status = ask_citation(r);
    if (status == 0)
        status = put_all(r);
    if (status == 0)
        status = write_file(r, path);
    if (status == 0)
        shift_log(&r->study, r->correcting);
    return status;
}

static int check_path(const char *path)
{
    if (!path)
        return wrong_use("report where to? -o FILE.html, or -o - for standard output");
    if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
        return wrong_use("a report is for a browser, not a terminal: -o FILE.html");
    return 0;
}

int cmd_report(struct cli *cli)
{
    static struct reporting r; /* too large for the stack */
    static struct report report;
    const char *path = option(cli, OPT_OUTPUT), *tier = option(cli, OPT_TIER);
    int status = check_path(path);
    if (status == 0 && tier && strcmp(tier, "review") == 0)
        status = wrong_use("--tier review: a report is open or internal");
    if (status != 0)
        return status;
    r = (struct reporting){.cli = cli,
                           .report = &report,
                           .correcting = cli->argument_count ? EK_HOLM : EK_BENJAMINI_HOCHBERG};
    leave_lines_whole();
    cli->report = &report;
    int size = read_choice(cli, OPT_BY, "by", size_names, EK_BY_YEAR);
    status = size < 0 ? EXIT_WRONG : study_begin(&r.study, cli, true);
    if (status == 0 && r.study.selection.not_assessable)
        status = wrong_use("posts that the rules do not cover give no figures to report");
    if (status == 0)
        status = shift_windows(&r.study);
    if (status == 0 && cli->named && !internal_tier(cli))
        cli->named->name = basename(cli->named->name); /* folders may say whose they are */
    if (size >= 0) {
        if (status == 0)
            status = answer(&r, (enum ek_bucket_size)size, path);
        study_end(&r.study);
    }
    report_free(&report);
    return status;
}
