/* cmd_rules_eval.c - `ekbom rules eval FILE`: the rules against posts that people coded by hand.
 *
 * Posts are read as HTML (body_html) where it is there, so that quotes are taken out as in a real
 * page, else as own words (text_own). */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cmd_rules.h"
#include "ekbom/eval.h"
#include "ekbom/limits.h"
#include "ekbom/lines.h"
#include "output.h"

#define BATCH 200u

struct evaluating {
    struct cli *cli;
    struct ek_pool *pool;
    struct ek_evaluation *evaluation;
    struct ek_arena *arena; /* of one batch */
    struct ek_gold *gold;
    const char **ids;
    json_t *errors;
    const char *id; /* of the post whose errors are visited */
    struct ek_pool_text *texts;
    size_t count, bytes;
    const char *file;
};

/* The strings of a list: codes, or objects with a theory. */
static const char **read_codes(struct evaluating *e, const json_t *list, size_t *count)
{
    *count = json_array_size(list);
    const char **codes = EK_NEW_ARRAY(e->arena, const char *, *count + 1);
    for (size_t i = 0; codes && i < *count; i++) {
        const json_t *item = json_array_get(list, i);
        const char *code =
            json_string_value(json_is_object(item) ? json_object_get(item, "theory") : item);
        codes[i] = ek_strdup(e->arena, code ? code : "");
    }
    return codes;
}

static int read_labels(struct evaluating *e, const json_t *list, struct ek_gold *gold)
{
    size_t count = json_array_size(list);
    struct ek_gold_label *labels = EK_NEW_ARRAY(e->arena, struct ek_gold_label, count + 1);
    if (!labels)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const char *theory = json_string_value(json_object_get(item, "theory"));
        labels[i].theory = ek_strdup(e->arena, theory ? theory : "");
        labels[i].stance = ek_strdup(e->arena, json_string_value(json_object_get(item, "stance")));
        labels[i].has_marks = json_is_boolean(json_object_get(item, "hedged")) &&
                              json_is_boolean(json_object_get(item, "experience"));
        labels[i].hedged = json_is_true(json_object_get(item, "hedged"));
        labels[i].experience = json_is_true(json_object_get(item, "experience"));
    }
    gold->labels = labels;
    gold->label_count = count;
    return 0;
}

static int take_post(struct evaluating *e, const json_t *post, struct ek_err *err)
{
    struct ek_gold *gold = &e->gold[e->count];
    const json_t *html = json_object_get(post, "body_html");
    const json_t *body = json_is_string(html) ? html : json_object_get(post, "text_own");
    const char *language = json_string_value(json_object_get(post, "language"));
    if (!json_is_string(body))
        return ek_fail(err, EK_FORMAT, "field 'body_html' or 'text_own' is missing");
    if (!json_is_array(json_object_get(post, "labels")))
        return ek_fail(err, EK_FORMAT, "field 'labels' is missing");
    size_t len = json_string_length(body);
    e->texts[e->count] =
        (struct ek_pool_text){.text = ek_strndup(e->arena, json_string_value(body), len),
                              .len = len,
                              .form = body == html ? EK_TEXT_HTML : EK_TEXT_PLAIN,
                              .language = ek_strdup(e->arena, language)};
    const json_t *id = json_object_get(post, "id");
    e->ids[e->count] = json_is_integer(id)
                           ? ek_printf(e->arena, "%lld", (long long)json_integer_value(id))
                           : ek_strdup(e->arena, json_string_value(id));
    gold->quoted_only = read_codes(e, json_object_get(post, "quoted_only"), &gold->quoted_count);
    gold->context_only = read_codes(e, json_object_get(post, "context_only"), &gold->context_count);
    gold->treatments = read_codes(e, json_object_get(post, "treatments"), &gold->treatment_count);
    gold->weight = json_number_value(json_object_get(post, "weight"));
    gold->period = ek_strdup(e->arena, json_string_value(json_object_get(post, "period")));
    if (read_labels(e, json_object_get(post, "labels"), gold) != 0 || !gold->quoted_only ||
        !gold->context_only || !gold->treatments || !e->texts[e->count].text)
        return ek_fail_memory(err);
    e->count++;
    return 0;
}

static int reset(struct evaluating *e, struct ek_err *err)
{
    ek_arena_reset(e->arena);
    e->count = e->bytes = 0;
    e->gold = EK_NEW_ARRAY(e->arena, struct ek_gold, BATCH);
    e->texts = EK_NEW_ARRAY(e->arena, struct ek_pool_text, BATCH);
    e->ids = EK_NEW_ARRAY(e->arena, const char *, BATCH);
    return e->gold && e->texts && e->ids ? 0 : ek_fail_memory(err);
}

/* One error, with the rules at fault and the words that they took. */
static void add_error(void *context, const struct ek_eval_error *error)
{
    struct evaluating *e = context;
    json_t *rules = json_array();
    for (size_t i = 0; error->tag && i < error->tag->hit_count; i++) {
        const struct ek_hit *hit = &error->tag->hits[i];
        json_array_append_new(rules, json_pack("{s:s, s:s, s:s?}", "rule", hit->rule, "words",
                                               hit->text, "cue", hit->cue));
    }
    json_array_append_new(e->errors,
                          json_pack("{s:s?, s:s, s:s, s:s, s:s?, s:s?, s:b, s:o}", "id", e->id,
                                    "fault", ek_eval_fault_names[error->fault], "code", error->code,
                                    "kind", error->treatment ? "treatment" : "theory", "coded",
                                    error->coded, "tagged", error->tagged, "from_quote",
                                    error->from_quote, "rules", rules));
}

static int score_batch(struct evaluating *e, struct ek_err *err)
{
    struct ek_pool_result result;
    if (ek_pool_submit_texts(e->pool, e->texts, e->count, NULL, err) != 0 ||
        ek_pool_next(e->pool, true, e->arena, &result, err) != 1)
        return -1;
    for (size_t i = 0; i < e->count; i++) {
        const struct ek_pool_item *item = &result.items[i];
        if (item->quarantined || item->failed)
            return ek_fail(err, EK_CHILD, "%s: post %zu of the last %zu: %s", e->file, i + 1,
                           e->count, item->reason);
        if (ek_evaluation_add(e->evaluation, &e->gold[i], &item->tags, err) != 0)
            return -1;
        e->id = e->ids[i];
        if (ek_evaluation_errors(&e->gold[i], &item->tags, add_error, e) != 0)
            return ek_fail_memory(err);
    }
    return reset(e, err);
}

static int read_file(struct evaluating *e, struct ek_lines *lines, struct ek_err *err)
{
    char *line;
    size_t len;
    bool too_long;
    int got = reset(e, err) == 0 ? 1 : -1;
    while (got == 1 && (got = ek_lines_next(lines, &line, &len, &too_long, err)) == 1) {
        json_error_t where;
        if (len == 0)
            continue;
        json_t *post = too_long ? NULL : json_loadb(line, len, 0, &where);
        int failed = post ? take_post(e, post, err)
                          : ek_fail(err, EK_FORMAT, "%s", too_long ? "line too long" : where.text);
        json_decref(post);
        if (failed)
            return ek_fail_in(err, "%s:%llu", e->file, (unsigned long long)ek_lines_number(lines));
        e->bytes += len;
        if ((e->count == BATCH || e->bytes >= EK_MAX_BATCH_BYTES) && score_batch(e, err) != 0)
            return -1;
    }
    return got < 0 ? -1 : score_batch(e, err);
}

static json_t *number(double value)
{
    if (isnan(value))
        return json_null();
    return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value)
                                                       : json_real(value);
}

static json_t *rate(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

/* {"supports": {"supports": 30, "asks": 1}, ...}: coded, then tagged. */
static json_t *stances_json(const struct ek_score *score)
{
    json_t *coded = json_object();
    for (int c = 0; c < EK_STANCES; c++) {
        json_t *tagged = json_object();
        for (int t = 0; t < EK_STANCES; t++)
            if (score->stance_pairs[c][t] > 0)
                json_object_set_new(tagged, ek_stance_names[t], number(score->stance_pairs[c][t]));
        json_object_set_new(coded, ek_stance_names[c], tagged);
    }
    return coded;
}

static json_t *scores_json(const struct ek_scores *scores)
{
    json_t *theories = json_object();
    for (size_t i = 0; i < scores->theory_count; i++) {
        const struct ek_score *s = &scores->theories[i];
        json_object_set_new(
            theories, s->code,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
                      "s:o}",
                      "gold", number(s->gold), "tp", number(s->tp), "fp", number(s->fp), "fn",
                      number(s->fn), "from_quotes", number(s->from_quotes), "precision",
                      rate(s->precision), "recall", rate(s->recall), "f1", rate(s->f1), "low",
                      rate(s->low), "high", rate(s->high), "stance_accuracy",
                      rate(s->stance_accuracy), "hedged_accuracy", rate(s->hedged_accuracy),
                      "experience_accuracy", rate(s->experience_accuracy)));
    }
    return json_pack("{s:I, s:o, s:{s:o, s:o, s:o, s:o, s:o, s:o}, s:{s:o, s:o, s:o}, s:o}",
                     "posts", (json_int_t)scores->posts, "theories", theories, "micro", "precision",
                     rate(scores->micro.precision), "recall", rate(scores->micro.recall), "f1",
                     rate(scores->micro.f1), "stance_accuracy", rate(scores->micro.stance_accuracy),
                     "hedged_accuracy", rate(scores->micro.hedged_accuracy), "experience_accuracy",
                     rate(scores->micro.experience_accuracy), "treatments", "precision",
                     rate(scores->treatments.precision), "recall", rate(scores->treatments.recall),
                     "f1", rate(scores->treatments.f1), "stances", stances_json(&scores->micro));
}

static int print_report_json(const struct evaluating *e, const struct ek_evaluation_report *report,
                             const char *ruleset)
{
    json_t *json = json_pack("{s:i}", "schema_version", 1);
    json_t *all = scores_json(&report->all);
    json_object_update(json, all);
    json_decref(all);
    if (report->weighted) {
        json_t *periods = json_object();
        for (size_t i = 0; i < report->period_count; i++)
            json_object_set_new(periods, report->periods[i].period,
                                scores_json(&report->periods[i]));
        json_object_set_new(json, "periods", periods);
    }
    json_object_set(json, "errors", e->errors);
    json_object_set_new(json, "weighted", json_boolean(report->weighted));
    json_object_set_new(json, "ruleset", json_string(ruleset));
    json_object_set_new(json, "note", report->note ? json_string(report->note) : json_null());
    return print_json(json) == 0 ? EXIT_DONE : EXIT_WRONG;
}

enum {
    PERIOD,
    THEORY,
    GOLD,
    TP,
    FP,
    FN,
    FROM_QUOTES,
    PRECISION,
    RECALL,
    F1,
    LOW,
    HIGH,
    STANCE,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [PERIOD] = {"period", NULL, COLUMN_GROUP},
    [THEORY] = {"theory", NULL, 0},
    [GOLD] = {"gold", NULL, COLUMN_RIGHT},
    [TP] = {"tp", NULL, COLUMN_RIGHT},
    [FP] = {"fp", NULL, COLUMN_RIGHT},
    [FN] = {"fn", NULL, COLUMN_RIGHT},
    [FROM_QUOTES] = {"from_quotes", "quoted", COLUMN_RIGHT},
    [PRECISION] = {"precision", "prec%", COLUMN_RIGHT | COLUMN_PERCENT},
    [RECALL] = {"recall", "recall%", COLUMN_RIGHT | COLUMN_PERCENT},
    [F1] = {"f1", "F1%", COLUMN_RIGHT | COLUMN_PERCENT},
    [LOW] = {"low", NULL, COLUMN_RIGHT | COLUMN_PERCENT},
    [HIGH] = {"high", NULL, COLUMN_RIGHT | COLUMN_PERCENT},
    [STANCE] = {"stance_accuracy", "stance%", COLUMN_RIGHT | COLUMN_PERCENT},
};

static void print_score(struct output *output, const char *period, const struct ek_score *s)
{
    const struct value values[COLUMNS] = {
        [PERIOD] = text_value(period),
        [THEORY] = text_value(s->code),
        [GOLD] = real_value(s->gold),
        [TP] = real_value(s->tp),
        [FP] = real_value(s->fp),
        [FN] = real_value(s->fn),
        [FROM_QUOTES] = real_value(s->from_quotes),
        [PRECISION] = real_value(s->precision),
        [RECALL] = real_value(s->recall),
        [F1] = real_value(s->f1),
        [LOW] = real_value(s->low),
        [HIGH] = real_value(s->high),
        [STANCE] = real_value(s->stance_accuracy),
    };
    output_row(output, values);
}

static void print_scores(struct output *output, const struct ek_scores *scores)
{
    const char *period = scores->period ? scores->period : "all posts";
    for (size_t i = 0; i < scores->theory_count; i++)
        print_score(output, period, &scores->theories[i]);
    print_score(output, period, &scores->micro);
    print_score(output, period, &scores->treatments);
}

/* The stances of all theories, coded against tagged. */
static void print_stances(struct evaluating *e, struct output *output, const struct ek_score *micro)
{
    struct ek_arena *arena = e->cli->arena;
    const char *lines = ek_printf(arena, "\nstance: coded below, tagged across\n%18s", "");
    for (int t = 0; t < EK_STANCES && lines; t++)
        lines = ek_printf(arena, "%s%17s", lines, ek_stance_names[t]);
    for (int c = 0; c < EK_STANCES && lines; c++) {
        lines = ek_printf(arena, "%s\n%-18s", lines, ek_stance_names[c]);
        for (int t = 0; t < EK_STANCES && lines; t++)
            lines = ek_printf(arena, "%s%17g", lines, micro->stance_pairs[c][t]);
    }
    output_beside(output, NULL, NULL, lines);
    if (!isnan(micro->hedged_accuracy))
        output_beside(output, NULL, NULL,
                      ek_printf(arena, "hedged right in %.1f %%, experience in %.1f %%",
                                100 * micro->hedged_accuracy, 100 * micro->experience_accuracy));
}

/* "dev-017  missed  ppi (coded supports)" and the rules at fault. */
static void print_errors(struct evaluating *e, struct output *output)
{
    struct ek_arena *arena = e->cli->arena;
    size_t i, h;
    json_t *error, *rule;
    json_array_foreach(e->errors, i, error)
    {
        const char *coded = json_string_value(json_object_get(error, "coded"));
        const char *tagged = json_string_value(json_object_get(error, "tagged"));
        const char *id = json_string_value(json_object_get(error, "id"));
        const char *line =
            ek_printf(arena, "%s%-10s %-7s %s%s%s%s%s%s", i ? "" : "\n", id ? id : "",
                      json_string_value(json_object_get(error, "fault")),
                      json_string_value(json_object_get(error, "code")), coded ? ", coded " : "",
                      coded ? coded : "", tagged ? ", tagged " : "", tagged ? tagged : "",
                      json_is_true(json_object_get(error, "from_quote")) ? ", from a quote" : "");
        json_array_foreach(json_object_get(error, "rules"), h, rule)
        {
            const char *cue = json_string_value(json_object_get(rule, "cue"));
            if (line && h < 3)
                line = ek_printf(arena, "%s\n             %s \"%s\"%s%s", line,
                                 json_string_value(json_object_get(rule, "rule")),
                                 json_string_value(json_object_get(rule, "words")),
                                 cue ? ", cue " : "", cue ? cue : "");
        }
        output_beside(output, NULL, NULL, line);
    }
}

static int print_report(struct evaluating *e, const struct ek_evaluation_report *report,
                        const char *ruleset)
{
    struct cli *cli = e->cli;
    if (format_is(cli, "json"))
        return print_report_json(e, report, ruleset);
    struct output *output = output_open(cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    print_scores(output, &report->all);
    for (size_t i = 0; i < report->period_count; i++)
        print_scores(output, &report->periods[i]);
    print_stances(e, output, &report->all.micro);
    if (has(cli, OPT_ERRORS))
        print_errors(e, output);
    if (report->note)
        output_beside(output, "note", json_string(report->note),
                      ek_printf(cli->arena, "\n%zu posts: %s", report->all.posts, report->note));
    return output_close(output) == 0 ? EXIT_DONE : EXIT_WRONG;
}

static int evaluate(struct evaluating *e, int fd, struct ek_evaluation_report *report,
                    const char **ruleset, struct ek_err *err)
{
    struct ek_bundle rules, profiles;
    if (load_rules(e->cli, &rules, err) != 0 || load_profiles(e->cli, &profiles, err) != 0 ||
        open_pool(e->cli, &profiles, &rules, NULL, &e->pool, err) != 0)
        return -1;
    *ruleset = ek_strdup(e->cli->arena, rules.digest);
    if (!*ruleset)
        return ek_fail_memory(err);
    struct ek_lines *lines = ek_lines_new(fd, EK_MAX_LINE_BYTES);
    int failed = lines ? read_file(e, lines, err) : ek_fail_memory(err);
    ek_lines_free(lines);
    return failed ? -1 : ek_evaluation_report(e->evaluation, e->cli->arena, report, err);
}

int rules_eval(struct cli *cli)
{
    struct evaluating e = {.cli = cli, .file = cli->arguments[1]};
    struct ek_evaluation_report report;
    struct ek_err err;
    const char *ruleset;
    int status = EXIT_WRONG;
    int fd = strcmp(e.file, "-") == 0 ? STDIN_FILENO : open(e.file, O_RDONLY | O_CLOEXEC);
    e.evaluation = ek_evaluation_new();
    e.arena = ek_arena_new(EK_ARENA_BYTES);
    e.errors = json_array();
    if (fd < 0) {
        ek_fail_errno(&err, "%s", e.file);
        fail_with(&err);
    } else if (!e.evaluation || !e.arena) {
        wrong_use("out of memory");
    } else if (evaluate(&e, fd, &report, &ruleset, &err) != 0) {
        fail_with(&err);
    } else if (report.all.posts == 0) {
        say("no posts in %s", e.file);
        status = EXIT_NOTHING;
    } else {
        status = print_report(&e, &report, ruleset);
    }
    json_decref(e.errors);
    ek_pool_close(e.pool);
    ek_evaluation_free(e.evaluation);
    ek_arena_free(e.arena);
    if (fd > STDERR_FILENO)
        close(fd);
    return status;
}
