/* cmd_compare.c - `ekbom compare A..B C..D`: two periods, or groups of posts, and all theories.
 *
 * A scan: which theories are worth asking about? So p is corrected after Benjamini and Hochberg,
 * and what sets the two apart (log-odds over authors, parts of each change) is called descriptive:
 * it describes these posts and claims nothing of others. Of several groups each is compared with
 * all the others. */
#include <math.h>
#include <string.h>

#include "log_entry.h"
#include "change_rows.h"
#include "ekbom/text.h"
#include "study.h"

enum { /* behind those of a shift */
       LOG_ODDS = CHANGE_COLUMNS - 1,
       Z,
       AUTHORS_CHANGED,
       AUTHORS_MIXED,
       AUTHORS_CAME,
       AUTHORS_LEFT,
       BOARDS_CHANGED,
       BOARDS_MIXED,
       BOARDS_CAME,
       BOARDS_LEFT,
       WITHOUT_MOST_ACTIVE,
       LEAST_WITHOUT_ONE,
       MOST_WITHOUT_ONE,
       EXPLANATION,
       COLUMNS
};
static const struct column own_columns[COLUMNS - LOG_ODDS] = {
    {"log_odds", NULL, COLUMN_HIDDEN},
    {"z", "apart", COLUMN_RIGHT},
    {"authors_changed", NULL, COLUMN_HIDDEN},
    {"authors_mixed", NULL, COLUMN_HIDDEN},
    {"authors_came", NULL, COLUMN_HIDDEN},
    {"authors_left", NULL, COLUMN_HIDDEN},
    {"boards_changed", NULL, COLUMN_HIDDEN},
    {"boards_mixed", NULL, COLUMN_HIDDEN},
    {"boards_came", NULL, COLUMN_HIDDEN},
    {"boards_left", NULL, COLUMN_HIDDEN},
    {"without_most_active", NULL, COLUMN_HIDDEN},
    {"least_without_one", NULL, COLUMN_HIDDEN},
    {"most_without_one", NULL, COLUMN_HIDDEN},
    {"explanation", NULL, COLUMN_HIDDEN},
};

/* Comparing --------------------------------------------------------------------------------- */

/* Groups that have no posts are none: of the others, numbers without gaps. */
static int leave_empty_out(struct study *study, struct ek_err *err)
{
    struct ek_panel_rows *rows = &study->rows;
    uint64_t *posts = EK_NEW_ARRAY(study->arena, uint64_t, rows->group_count + 1);
    uint32_t *number = EK_NEW_ARRAY(study->arena, uint32_t, rows->group_count + 1);
    uint32_t count = 0;
    if (!posts || !number)
        return ek_fail_memory(err);
    for (size_t i = 0; i < rows->posts.count; i++)
        posts[rows->group[i]]++;
    for (size_t group = 0; group < rows->group_count; group++) {
        number[group] = count;
        rows->group_names[count] = rows->group_names[group];
        count += posts[group] > 0;
    }
    for (size_t i = 0; i < rows->posts.count; i++)
        rows->group[i] = number[rows->group[i]];
    rows->group_count = count;
    return 0;
}

/* The posts of one group against those of all others. */
static int compare_group(struct study *study, uint32_t group, struct ek_err *err)
{
    const struct ek_panel_rows *rows = &study->rows;
    struct ek_panel_posts posts = rows->posts;
    uint32_t *bucket = EK_NEW_ARRAY(study->arena, uint32_t, posts.count + 1);
    const char *names[EK_WINDOWS] = {"all others", rows->group_names[group]};
    if (!bucket)
        return ek_fail_memory(err);
    if (rows->group_count == 2)
        names[EK_BEFORE] = rows->group_names[!group];
    for (size_t i = 0; i < posts.count; i++)
        bucket[i] = rows->group[i] == group;
    posts.bucket = bucket;
    posts.buckets = EK_WINDOWS;
    return changes_add(&study->changes, &posts, names, true, err);
}

static int compare_groups(struct study *study, struct ek_err *err)
{
    size_t groups = study->rows.group_count;
    if (changes_init(&study->changes, groups, err))
        return -1;
    for (size_t group = groups == 2; group < groups; group++)
        if (compare_group(study, (uint32_t)group, err))
            return -1;
    return 0;
}

static int compare(struct study *study)
{
    struct ek_err err;
    struct changes *changes = &study->changes;
    int failed = study->rows.group ? compare_groups(study, &err)
                                   : changes_init(changes, 1, &err) ||
                                         changes_add(changes, &study->rows.posts,
                                                     study->windows.name, true, &err);
    return failed || changes_judge(changes, EK_BENJAMINI_HOCHBERG, &err) ? fail_with(&err) : 0;
}

/* Printing ---------------------------------------------------------------------------------- */

static void add_parts(const struct ek_decomposition *parts, bool hide, struct value *values)
{
    const double all[] = {parts->changed, parts->mixed, parts->came, parts->left};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        values[i] = hide ? null_value() : real_value(all[i]);
}

static void own_values(struct study *study, const struct change *change, struct value *values)
{
    bool hide = change_hidden(change);
    const struct ek_leave_one_out *out = &change->leave_one_out;
    const double without[] = {out->without_most_active, out->low, out->high};
    values[LOG_ODDS] = hide ? null_value() : real_value(change->prominence.log_odds);
    values[Z] = hide ? shown_as(null_value(), "<5") : real_value(change->prominence.z);
    if (!hide && !isnan(change->prominence.z))
        values[Z].shown = ek_printf(study->cli->arena, "%+.1f", change->prominence.z);
    add_parts(&change->by_author, hide, values + AUTHORS_CHANGED);
    add_parts(&change->by_board, hide, values + BOARDS_CHANGED);
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        values[WITHOUT_MOST_ACTIVE + i] = hide ? null_value() : real_value(without[i]);
    if (has(study->cli, OPT_EXPLAIN))
        values[EXPLANATION] = text_value(
            change_explanation(study->cli, &study->changes, change, EK_BENJAMINI_HOCHBERG));
}

static void make_columns(const struct study *study, struct column *columns)
{
    memcpy(columns, change_columns, LOG_ODDS * sizeof *columns);
    memcpy(columns + LOG_ODDS, own_columns, sizeof own_columns);
    columns[CHANGE_AUTHOR_SHARES].flags |= COLUMN_HIDDEN;
    if (study->rows.group_count > 2) {
        columns[CHANGE_AFTER].flags = COLUMN_GROUP;
        columns[CHANGE_AFTER].heading = "group";
    }
}

static const char *sides(const struct study *study)
{
    const struct ek_panel_rows *rows = &study->rows;
    struct ek_arena *arena = study->cli->arena;
    const char *period = study->windows.name[EK_BEFORE];
    if (!rows->group)
        return study_periods(study);
    if (rows->group_count == 2)
        return ek_printf(arena, "%s against %s, in %s", rows->group_names[0], rows->group_names[1],
                         period);
    return ek_printf(arena, "each %s against all others, in %s", option(study->cli, OPT_GROUPS),
                     period);
}

static int print_compare(struct study *study)
{
    struct cli *cli = study->cli;
    struct column columns[COLUMNS];
    make_columns(study, columns);
    struct output *output =
        output_open(cli, columns, has(cli, OPT_EXPLAIN) ? COLUMNS : EXPLANATION);
    if (!output)
        return wrong_use("out of memory");
    study_headline(study, output, sides(study), "Benjamini-Hochberg");
    for (size_t i = 0; i < study->changes.count; i++) {
        struct value values[COLUMNS] = {0};
        change_values(cli, &study->changes, &study->changes.items[i], values);
        own_values(study, &study->changes.items[i], values);
        output_row(output, values);
    }
    const char *apart = wrapped(cli, "apart: how much the theory sets the two apart, counted over "
                                     "authors (z of the log-odds with a Dirichlet prior); "
                                     "descriptive, no claim beyond these posts");
    output_beside(output, "apart_is", json_string("descriptive"),
                  ek_printf(cli->arena, "\n%s", apart));
    if (has(cli, OPT_EXPLAIN))
        study_sentences(study, output, EK_BENJAMINI_HOCHBERG);
    study_notes(study, output, "benjamini-hochberg");
    return output_close(output) != 0 ? EXIT_WRONG : EXIT_DONE;
}

static void log_compare(struct study *study)
{
    struct log_entry entry;
    const char *groups = option(study->cli, OPT_GROUPS);
    log_entry_begin(&entry, study->cli, study->rows.rules_digest);
    log_entry_periods(&entry, &study->windows);
    if (groups)
        json_object_set_new(entry.line, "groups", json_string(groups));
    json_object_set_new(entry.line, "tests", json_integer((json_int_t)study->changes.tests));
    json_object_set_new(entry.line, "correction", json_string("benjamini-hochberg"));
    json_object_set_new(entry.line, "validated", json_boolean(study->changes.coded));
    for (size_t i = 0; i < study->changes.count; i++) {
        const struct change *change = &study->changes.items[i];
        log_entry_verdict(&entry, change->theory, groups ? change->name[EK_AFTER] : NULL,
                          ek_verdict_names[change->judgement.verdict]);
    }
    log_entry_write(&entry, study->store);
}

/* The question ------------------------------------------------------------------------------ */

/* Groups within one period: an argument, --since and --until, or all that is dated. */
static int one_period(struct study *study)
{
    struct cli *cli = study->cli;
    struct windows *windows = &study->windows;
    struct ek_period *period = &windows->period[EK_BEFORE];
    struct ek_err err;
    *period = study->selection.period;
    if (period->from == 0 && period->until == 0)
        *period = (struct ek_period){ek_bucket_start(windows->span.first, EK_BY_MONTH),
                                     ek_bucket_start(windows->span.last + 1, EK_BY_MONTH)};
    if (cli->argument_count && ek_period_parse(cli->arguments[0], period, &err) != 0)
        return wrong_use("%s: %s", cli->arguments[0], err.message);
    windows->name[EK_BEFORE] =
        cli->argument_count ? cli->arguments[0] : period_name(cli->arena, period);
    windows->name[EK_AFTER] = NULL;
    return 0;
}

/* Where the middle of the period lies: who wrote before it is of the old hands. */
static ek_time cohort_from(const struct study *study)
{
    const struct ek_period *period = &study->windows.period[EK_BEFORE];
    if (study->cli->argument_count || study->selection.period.from > 0)
        return period->from;
    int first = study->windows.span.first, last = study->windows.span.last;
    return ek_bucket_start(first + (last + 1 - first) / 2, EK_BY_MONTH);
}

static int count_groups(struct study *study, enum ek_grouping grouping)
{
    struct ek_err err;
    int status = one_period(study);
    if (status == 0)
        status = study_count(study, grouping, cohort_from(study));
    if (status == 0 && leave_empty_out(study, &err) != 0)
        status = fail_with(&err);
    if (status == 0 && study->rows.group_count < 2)
        status =
            wrong_use("there is one %s only: nothing to compare", option(study->cli, OPT_GROUPS));
    return status;
}

static int answer(struct study *study, enum ek_grouping grouping)
{
    int status = study_open(study);
    if (status == 0)
        status = grouping ? count_groups(study, grouping) : study_count(study, EK_GROUP_NONE, 0);
    if (status == 0)
        status = compare(study);
    if (status != 0)
        return status;
    status = print_compare(study);
    log_compare(study);
    return status;
}

static int read_periods(struct study *study, bool groups)
{
    static const char *const what[] = {"the first period", "the second"};
    struct cli *cli = study->cli;
    if (groups) {
        study->windows = (struct windows){.one = true};
        return cli->argument_count < 2
                   ? 0
                   : wrong_use("--groups compares within one period: give one, or none");
    }
    if (cli->argument_count != 2)
        return wrong_use("give two periods: ekbom compare 2008..2011 2019..2023");
    if (has(cli, OPT_SINCE) || has(cli, OPT_UNTIL))
        return wrong_use("--since and --until are of no use beside two periods: leave them out");
    return windows_read(cli, &study->windows, cli->arguments[0], cli->arguments[1], what);
}

int cmd_compare(struct cli *cli)
{
    static const char *const groupings[] = {"none", "forum", "language", "author-cohort", NULL};
    struct study study;
    const char *groups = option(cli, OPT_GROUPS);
    int grouping = groups ? ek_name_index(groupings, groups) : EK_GROUP_NONE;
    int status = study_begin(&study, cli, false);
    if (status == 0)
        status = read_periods(&study, grouping != EK_GROUP_NONE);
    if (status == 0)
        status = answer(&study, (enum ek_grouping)grouping);
    if (status == EXIT_NOTHING)
        status = study_nothing(&study);
    study_end(&study);
    return status;
}
