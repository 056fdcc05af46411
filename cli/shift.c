/* shift.c - see shift.h. */
#include "shift.h"

#include "change_rows.h"
#include "log_entry.h"
#include "plot_changes.h"

static const char *const names[] = {
    [EK_HOLM] = "holm", [EK_BENJAMINI_HOCHBERG] = "benjamini-hochberg"};
static const char *const words[] = {
    [EK_HOLM] = "Holm", [EK_BENJAMINI_HOCHBERG] = "Benjamini-Hochberg"};

int shift_windows(struct study *study)
{
    static const char *const what[] = {"--before", "--after"};
    struct cli *cli = study->cli;
    if (has(cli, OPT_BEFORE) && (has(cli, OPT_SINCE) || has(cli, OPT_UNTIL)))
        return wrong_use("--since and --until are for the two halves of a time: leave them out "
                         "beside --before and --after");
    return windows_read(cli, &study->windows, option(cli, OPT_BEFORE), option(cli, OPT_AFTER),
                        what);
}

void shift_log(struct study *study, enum ek_correcting correcting)
{
    struct log_entry entry;
    const struct changes *changes = &study->changes;
    log_entry_begin(&entry, study->cli, study->rows.rules_digest);
    log_entry_periods(&entry, &study->windows);
    json_object_set_new(entry.line, "tests", json_integer((json_int_t)changes->tests));
    json_object_set_new(entry.line, "correction", json_string(names[correcting]));
    json_object_set_new(entry.line, "validated", json_boolean(changes->coded));
    for (size_t i = 0; i < changes->count; i++)
        log_entry_verdict(&entry, changes->items[i].theory, NULL,
                          ek_verdict_names[changes->items[i].judgement.verdict]);
    log_entry_write(&entry, study->store);
}

int shift_print(struct study *study, enum ek_correcting correcting)
{
    struct cli *cli = study->cli;
    const struct changes *changes = &study->changes;
    bool explain = has(cli, OPT_EXPLAIN);
    struct output *output =
        output_open(cli, change_columns, explain ? CHANGE_COLUMNS : CHANGE_EXPLANATION);
    if (!output)
        return wrong_use("out of memory");
    study_headline(study, output, study_periods(study), words[correcting]);
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        struct value values[CHANGE_COLUMNS] = {0};
        change_values(cli, changes, change, values);
        if (explain)
            values[CHANGE_EXPLANATION] =
                text_value(change_explanation(cli, changes, change, correcting));
        output_row(output, values);
    }
    study_sentences(study, output, correcting);
    study_notes(study, output, names[correcting]);
    return output_close(output) != 0 ? EXIT_WRONG : EXIT_DONE;
}

int shift_draw(struct study *study, enum ek_correcting correcting)
{
    const struct changes_view view = {
        .changes = &study->changes,
        .headline = study_headline_words(study, study_periods(study), words[correcting]),
        .note = study_correction_words(study),
        .ruleset = study->rows.rules_digest ? study->rows.rules_digest : "(none)",
        .sample = ek_store_is_sample(study->store)};
    return plot_changes(study->cli, &view);
}

int shift_test(struct study *study, enum ek_correcting correcting)
{
    struct ek_err err;
    struct changes *changes = &study->changes;
    if (changes_init(changes, 1, &err) ||
        changes_add(changes, &study->rows.posts, study->windows.name, has(study->cli, OPT_EXPLAIN),
                    &err) ||
        changes_judge(changes, correcting, &err))
        return fail_with(&err);
    return 0;
}
