/* cmd_shift.c - `ekbom shift THEORY...`: how much it changed, and whether that is more than noise.
 *
 * Two periods, every theory named on the command line, four verdicts. Whatever the verdict, the
 * exit status is 0: that nothing can be told is an answer too. */
#include <stdlib.h>
#include <string.h>

#include "log_entry.h"
#include "change_rows.h"
#include "ekbom/limits.h"
#include "study.h"

static void log_shift(struct study *study)
{
    struct log_entry entry;
    const struct changes *changes = &study->changes;
    log_entry_begin(&entry, study->cli, study->rows.rules_digest);
    log_entry_periods(&entry, &study->windows);
    json_object_set_new(entry.line, "tests", json_integer((json_int_t)changes->tests));
    json_object_set_new(entry.line, "correction", json_string("holm"));
    json_object_set_new(entry.line, "validated", json_boolean(changes->coded));
    for (size_t i = 0; i < changes->count; i++)
        log_entry_verdict(&entry, changes->items[i].theory, NULL,
                          ek_verdict_names[changes->items[i].judgement.verdict]);
    log_entry_write(&entry, study->store);
}

static int print_shift(struct study *study)
{
    struct cli *cli = study->cli;
    const struct changes *changes = &study->changes;
    bool explain = has(cli, OPT_EXPLAIN);
    struct output *output =
        output_open(cli, change_columns, explain ? CHANGE_COLUMNS : CHANGE_EXPLANATION);
    if (!output)
        return wrong_use("out of memory");
    study_headline(study, output, study_periods(study), "Holm");
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        struct value values[CHANGE_COLUMNS] = {0};
        change_values(cli, changes, change, values);
        if (explain)
            values[CHANGE_EXPLANATION] =
                text_value(change_explanation(cli, changes, change, EK_HOLM));
        output_row(output, values);
    }
    study_sentences(study, output, EK_HOLM);
    study_notes(study, output, "holm");
    return output_close(output) != 0 ? EXIT_WRONG : EXIT_DONE;
}

static int test_all(struct study *study)
{
    struct ek_err err;
    struct changes *changes = &study->changes;
    if (changes_init(changes, 1, &err) ||
        changes_add(changes, &study->rows.posts, study->windows.name, has(study->cli, OPT_EXPLAIN),
                    &err) ||
        changes_judge(changes, EK_HOLM, &err))
        return fail_with(&err);
    return 0;
}

static int answer(struct study *study)
{
    int status = study_count(study, EK_GROUP_NONE, 0);
    if (status == 0)
        status = test_all(study);
    if (status != 0)
        return status;
    status = print_shift(study);
    log_shift(study);
    return status;
}

int cmd_shift(struct cli *cli)
{
    static const char *const what[] = {"--before", "--after"};
    struct study study;
    int status = study_begin(&study, cli, true);
    if (status == 0 && study.selection.theory_count == 0)
        status = wrong_use("which theory? Name one or more; `ekbom compare` looks at all of them");
    if (status == 0 && has(cli, OPT_BEFORE) && (has(cli, OPT_SINCE) || has(cli, OPT_UNTIL)))
        status = wrong_use("--since and --until are for the two halves of a time: leave them out "
                           "beside --before and --after");
    if (status == 0)
        status = windows_read(cli, &study.windows, option(cli, OPT_BEFORE), option(cli, OPT_AFTER),
                              what);
    if (status == 0)
        status = study_open(&study);
    if (status == 0)
        status = answer(&study);
    if (status == EXIT_NOTHING)
        status = study_nothing(&study);
    study_end(&study);
    return status;
}
