/* cmd_watch.c - `ekbom watch THEORY...`: each period is tested once, when it is over.
 *
 * Whoever looks every month finds something in one month of twenty. So a series of tests (the same
 * theories, selection and size of period) has one chance of 5 % that it ever gives a false alarm,
 * and the i-th test may spend 5 % / (zeta(1.2) i^1.2) of it: the sum over all i is 5 %, however
 * long the series becomes, and the 120th test still has 1 / 300 of what the first had. (Parts of
 * 1 / (i (i + 1)) leave it 1 / 7,000.) What was tested is read in STORE/log. A period is compared
 * with the same one of the year before, so that no season stands against another, nor a month of
 * authors against a year of them: the longer people write, the more of them have named a theory.
 * A series begins with the last period that is over, or with --since. */
#include <math.h>
#include <string.h>

#include "log_entry.h"
#include "change_rows.h"
#include "ekbom/digest.h"
#include "ekbom/store_log.h"
#include "asking.h"
#include "study.h"

#define CHANCE 0.05        /* of any false alarm in a series */
#define EXPONENT 1.2       /* how fast it is spent, */
#define ZETA 5.59158244118 /* and the sum of i^-1.2 over all i */

static const int buckets_in_year[] = {12, 4, 1};

struct watch {
    struct study study;
    enum ek_bucket_size size;
    const char *series;       /* digest of what makes it one */
    long long tested, newest; /* tests so far; the last bucket that was tested */
    bool begun;
    struct output *output;
    size_t periods; /* looked at now */
    bool unlogged;
};

/* The series -------------------------------------------------------------------------------- */

/* Periods are what a series goes through: --since is not of it. */
static const char *series_digest(struct watch *w)
{
    struct cli *cli = w->study.cli;
    unsigned char digest[EK_SHA256_BYTES];
    char hex[2 * EK_SHA256_BYTES + 1];
    struct cli timeless = *cli;
    struct ek_hasher hasher;
    timeless.value_count[OPT_SINCE] = timeless.value_count[OPT_UNTIL] = 0;
    ek_hasher_begin(&hasher);
    ek_hasher_adds(&hasher, size_names[w->size]);
    ek_hasher_adds(&hasher, selection_digest(&timeless));
    for (size_t i = 0; i < cli->argument_count; i++)
        ek_hasher_adds(&hasher, cli->arguments[i]);
    ek_hasher_finish(&hasher, digest);
    return ek_printf(cli->arena, "sha256:%s", ek_hex(digest, sizeof digest, hex));
}

static int learn(void *context, uint64_t number, const char *text, struct ek_err *err)
{
    struct watch *w = context;
    json_t *line = json_loads(text, 0, NULL);
    const char *series = json_string_value(json_object_get(line, "series"));
    json_t *bucket = json_object_get(line, "bucket");
    (void)number, (void)err;
    if (series && strcmp(series, w->series) == 0 && json_is_integer(bucket)) {
        long long here = json_integer_value(bucket);
        w->tested += json_integer_value(json_object_get(line, "tests")) > 0;
        w->newest = w->begun && w->newest > here ? w->newest : here;
        w->begun = true;
    }
    json_decref(line);
    return 0;
}

/* The periods to test now: [*first, *end). */
static int find_periods(struct watch *w, int *first, int *end)
{
    const struct ek_span *span = &w->study.windows.span;
    const struct ek_period *given = &w->study.selection.period;
    struct ek_err err;
    if (ek_store_log_each(w->study.store, learn, w, &err) != 0)
        return fail_with(&err);
    int last = ek_bucket_of(ek_bucket_start(span->last, EK_BY_MONTH), w->size);
    *end = 0;
    if (span->read_until != EK_TIME_UNKNOWN)
        *end = ek_bucket_of(span->read_until, w->size); /* that one is not over */
    if (*end > last + 1)
        *end = last + 1;
    if (w->begun)
        *first = (int)w->newest + 1;
    else if (has(w->study.cli, OPT_SINCE))
        *first = ek_bucket_of(given->from, w->size);
    else
        *first = *end - 1;
    return 0;
}

/* One period -------------------------------------------------------------------------------- */

static void set_windows(struct watch *w, int bucket)
{
    struct windows *windows = &w->study.windows;
    const int buckets[EK_WINDOWS] = {bucket - buckets_in_year[w->size], bucket};
    for (int i = 0; i < EK_WINDOWS; i++) {
        char *name = EK_NEW_ARRAY(w->study.cli->arena, char, EK_BUCKET_TEXT);
        windows->period[i] = (struct ek_period){ek_bucket_start(buckets[i], w->size),
                                                ek_bucket_start(buckets[i] + 1, w->size)};
        windows->name[i] = name ? ek_bucket_name(buckets[i], w->size, name) : "";
    }
}

static int test(struct watch *w)
{
    struct study *study = &w->study;
    struct changes *changes = &study->changes;
    struct ek_err err;
    changes->tests = 0;
    changes->count = 0;
    changes->alpha = CHANCE / (ZETA * pow((double)w->tested + 1, EXPONENT));
    int status = study_count(study, EK_GROUP_NONE, 0);
    if (status != 0)
        return status;
    return changes_init(changes, 1, &err) ||
                   changes_add(changes, &study->rows.posts, study->windows.name,
                               has(study->cli, OPT_EXPLAIN), &err) ||
                   changes_judge(changes, EK_HOLM, &err)
               ? fail_with(&err)
               : 0;
}

static void print_news(struct watch *w)
{
    struct cli *cli = w->study.cli;
    const struct changes *changes = &w->study.changes;
    bool explain = has(cli, OPT_EXPLAIN);
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        struct value values[CHANGE_COLUMNS] = {0};
        if (change->judgement.verdict != EK_ROSE && change->judgement.verdict != EK_FELL)
            continue;
        change_values(cli, changes, change, values);
        if (explain)
            values[CHANGE_EXPLANATION] =
                text_value(change_explanation(cli, changes, change, EK_HOLM));
        output_row(w->output, values);
        output_beside(
            w->output, NULL, NULL,
            ek_printf(cli->arena, "\n%s", wrapped(cli, change_sentence(cli, changes, change))));
    }
}

static void log_period(struct watch *w, int bucket)
{
    struct log_entry entry;
    const struct changes *changes = &w->study.changes;
    log_entry_begin(&entry, w->study.cli, w->study.rows.rules_digest);
    json_object_set_new(entry.line, "series", json_string(w->series));
    json_object_set_new(entry.line, "by", json_string(size_names[w->size]));
    json_object_set_new(entry.line, "period", json_string(w->study.windows.name[EK_AFTER]));
    json_object_set_new(entry.line, "bucket", json_integer(bucket));
    json_object_set_new(entry.line, "test", json_integer(w->tested));
    json_object_set_new(entry.line, "alpha", json_real(changes->alpha));
    json_object_set_new(entry.line, "tests", json_integer((json_int_t)changes->tests));
    json_object_set_new(entry.line, "correction", json_string("holm"));
    for (size_t i = 0; i < changes->count; i++)
        log_entry_verdict(&entry, changes->items[i].theory, NULL,
                          ek_verdict_names[changes->items[i].judgement.verdict]);
    w->unlogged |= log_entry_write(&entry, w->study.store) != 0;
}

static int look_at(struct watch *w, int bucket)
{
    set_windows(w, bucket);
    int status = test(w);
    if (status == EXIT_WRONG)
        return status;
    w->tested += w->study.changes.tests > 0;
    w->periods++;
    print_news(w);
    log_period(w, bucket);
    ek_arena_reset(w->study.arena);
    return 0;
}

/* Together ---------------------------------------------------------------------------------- */

static int finish(struct watch *w, int status)
{
    struct cli *cli = w->study.cli;
    size_t news = output_rows(w->output);
    output_beside(w->output, "periods", json_integer((json_int_t)w->periods),
                  ek_printf(cli->arena, "%s%zu %s%s looked at now, %s; %lld tests in this series",
                            news ? "\n" : "", w->periods, size_names[w->size],
                            w->periods == 1 ? "" : "s", news ? "with news" : "no new shift",
                            w->tested));
    output_beside(w->output, "tested", json_integer(w->tested),
                  "whose chance of any false alarm, however long it runs, is at most 5 %");
    output_beside(w->output, "series", json_string(w->series), NULL);
    mark_sample(cli, w->output, w->study.store);
    output_beside(w->output, "corrected_for_tagging_error", json_false(),
                  "not corrected for tagging error");
    if (status == 0)
        status = w->unlogged ? EXIT_INCOMPLETE : news ? EXIT_DONE : EXIT_NOTHING;
    return output_close(w->output) != 0 ? EXIT_WRONG : status;
}

static int run(struct watch *w)
{
    struct cli *cli = w->study.cli;
    int first = 0, end = 0;
    bool explain = has(cli, OPT_EXPLAIN);
    int status = study_open(&w->study);
    if (status == 0)
        status = find_periods(w, &first, &end);
    if (status != 0)
        return status;
    w->output = output_open(cli, change_columns, explain ? CHANGE_COLUMNS : CHANGE_EXPLANATION);
    if (!w->output)
        return wrong_use("out of memory");
    for (int bucket = first; bucket < end && status == 0; bucket++)
        status = look_at(w, bucket);
    return finish(w, status);
}

int cmd_watch(struct cli *cli)
{
    struct watch watch = {0};
    int status = study_begin(&watch.study, cli, true);
    int size = status == 0 ? read_choice(cli, OPT_BY, "by", size_names, EK_BY_MONTH) : -1;
    if (status == 0 && size < 0)
        status = EXIT_WRONG;
    if (status == 0 && cli->argument_count == 0)
        status = wrong_use("which theory is to be watched? Name one or more");
    if (status == 0 && has(cli, OPT_UNTIL))
        status = wrong_use("--until: a series goes on; leave it out");
    watch.size = (enum ek_bucket_size)size;
    watch.study.windows.one = true;
    if (status == 0) {
        watch.series = series_digest(&watch);
        status = run(&watch);
        if (status == EXIT_NOTHING && !watch.output)
            status = study_nothing(&watch.study);
    }
    study_end(&watch.study);
    return status;
}
