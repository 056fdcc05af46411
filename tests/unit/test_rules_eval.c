/* Agreement with hand-coded posts: the counts, the roll-up, what is passed over, the interval. */
#include <math.h>

#include "rules_fixture.h"

#include "ekbom/eval.h"

#define LABELS(...)                                                                                \
    (const struct ek_gold_label[])                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define CODES(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

struct post {
    struct ek_gold gold;
    struct ek_tag theories[4];
    size_t theory_count;
    struct ek_tag treatments[4];
    size_t treatment_count;
};

static struct ek_evaluation_report report_on(const struct post *posts, size_t count,
                                             struct ek_arena *arena)
{
    struct ek_evaluation *evaluation = ek_evaluation_new();
    struct ek_evaluation_report report;

    assert_non_null(evaluation);
    for (size_t i = 0; i < count; i++) {
        struct ek_tags tags = {.theories = (struct ek_tag *)posts[i].theories,
                               .theory_count = posts[i].theory_count,
                               .treatments = (struct ek_tag *)posts[i].treatments,
                               .treatment_count = posts[i].treatment_count};
        assert_int_equal(ek_evaluation_add(evaluation, &posts[i].gold, &tags, NULL), 0);
    }
    assert_int_equal(ek_evaluation_report(evaluation, arena, &report, NULL), 0);
    ek_evaluation_free(evaluation);
    return report;
}

static const struct ek_score *score_for(const struct ek_scores *scores, const char *code)
{
    for (size_t i = 0; i < scores->theory_count; i++)
        if (strcmp(scores->theories[i].code, code) == 0)
            return &scores->theories[i];
    fail_msg("no %s", code);
    return NULL;
}

static void assert_counts(const struct ek_score *score, double gold, double tp, double fp,
                          double fn, double from_quotes)
{
    if (score->gold != gold || score->tp != tp || score->fp != fp || score->fn != fn ||
        score->from_quotes != from_quotes)
        fail_msg("%s: gold %g tp %g fp %g fn %g from_quotes %g", score->code, score->gold,
                 score->tp, score->fp, score->fn, score->from_quotes);
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) < 0.0005))
        fail_msg("%.4f, not %.4f", value, expected);
}

static const struct post posts[] = {
    /* agreed, stance too */
    {.gold = {.labels = LABELS({.theory = "bid", .stance = "supports"}), .label_count = 1},
     .theories = {{.code = "bid", .stance = EK_SUPPORTS}},
     .theory_count = 1},
    /* agreed, another stance; one missed */
    {.gold = {.labels = LABELS({.theory = "bid", .stance = "asks"},
                               {.theory = "ppi", .stance = "supports"}),
              .label_count = 2},
     .theories = {{.code = "bid", .stance = EK_DISPUTES}},
     .theory_count = 1},
    /* roll-up: the coder gave the sub-code, the rules the code and a false one, from the quote */
    {.gold = {.labels = LABELS({.theory = "bid/transport", .stance = "supports"}),
              .label_count = 1,
              .quoted_only = CODES("genetics"),
              .quoted_count = 1},
     .theories = {{.code = "bid", .stance = EK_SUPPORTS}, {.code = "genetics", .stance = EK_ASKS}},
     .theory_count = 2},
    /* roll-up the other way round, where the code has a stance of its own */
    {.gold = {.labels = LABELS({.theory = "bid", .stance = "disputes"},
                               {.theory = "bid/transport", .stance = "supports"}),
              .label_count = 2},
     .theories = {{.code = "bid/transport", .stance = EK_SUPPORTS}},
     .theory_count = 1},
    /* only the context told: no error; something else that was not coded is one */
    {.gold = {.context_only = CODES("ppi"), .context_count = 1},
     .theories = {{.code = "ppi", .stance = EK_SUPPORTS},
                  {.code = "genetics", .stance = EK_SUPPORTS}},
     .theory_count = 2},
    /* treatments, one named twice by the coder */
    {.gold = {.treatments = CODES("iron-iv", "iron-oral", "iron-iv"), .treatment_count = 3},
     .treatments = {{.code = "iron-iv"}, {.code = "opioid"}},
     .treatment_count = 2},
};
#define POSTS (sizeof posts / sizeof *posts)

/* The expected counts are those that the codebook's scorer gives for these posts. */
static void test_counts(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_evaluation_report report = report_on(posts, POSTS, arena);
    const struct ek_score *bid = score_for(&report.all, "bid");

    (void)state;
    assert_int_equal(report.all.posts, POSTS);
    assert_counts(bid, 4, 4, 0, 0, 0);
    assert_near(bid->f1, 1);
    assert_near(bid->stance_accuracy, 0.5);
    assert_counts(score_for(&report.all, "bid/transport"), 2, 1, 0, 1, 0);
    assert_counts(score_for(&report.all, "ppi"), 1, 0, 0, 1, 0);
    assert_true(isnan(score_for(&report.all, "ppi")->stance_accuracy));
    assert_counts(score_for(&report.all, "genetics"), 0, 0, 2, 0, 1);
    assert_string_equal(report.all.theories[0].code, "bid");
    assert_string_equal(report.all.theories[3].code, "genetics");
    assert_counts(&report.all.micro, 7, 5, 2, 2, 1);
    assert_near(report.all.micro.precision, 5.0 / 7);
    assert_near(report.all.micro.recall, 5.0 / 7);
    assert_near(report.all.micro.stance_accuracy, 3.0 / 5);
    assert_counts(&report.all.treatments, 2, 1, 1, 1, 0);
    assert_near(report.all.treatments.f1, 0.5);
    assert_false(report.weighted);
    assert_int_equal(report.period_count, 0);
    assert_string_equal(report.note, "tuning set, not validation");
    ek_arena_free(arena);
}

/* Wilson's interval of 5 in 9 is 0.2667 to 0.8112 (R: prop.test(5, 9, correct = FALSE)); F1 is
 * 2J/(1 + J) of it. */
static void test_interval(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_evaluation_report report = report_on(posts, POSTS, arena);

    (void)state;
    assert_near(report.all.micro.low, 2 * 0.26665 / 1.26665);
    assert_near(report.all.micro.high, 2 * 0.81122 / 1.81122);
    ek_arena_free(arena);
}

static const struct post drawn[] = {
    {.gold = {.labels = LABELS({.theory = "bid", .stance = "supports"}),
              .label_count = 1,
              .weight = 4,
              .period = "2019"},
     .theories = {{.code = "bid", .stance = EK_SUPPORTS}},
     .theory_count = 1},
    {.gold = {.labels = LABELS({.theory = "bid", .stance = "supports"}),
              .label_count = 1,
              .weight = 1,
              .period = "2008"}},
};

static void test_weights_and_periods(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_evaluation_report report = report_on(drawn, 2, arena);

    (void)state;
    assert_true(report.weighted);
    assert_null(report.note);
    assert_counts(score_for(&report.all, "bid"), 5, 4, 0, 1, 0);
    assert_near(score_for(&report.all, "bid")->recall, 0.8);
    assert_int_equal(report.period_count, 2);
    assert_string_equal(report.periods[0].period, "2008");
    assert_counts(score_for(&report.periods[0], "bid"), 1, 0, 0, 1, 0);
    assert_counts(score_for(&report.periods[1], "bid"), 4, 4, 0, 0, 0);
    ek_arena_free(arena);
}

static void test_nothing_at_all(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_evaluation_report report = report_on(posts, 0, arena);

    (void)state;
    assert_int_equal(report.all.theory_count, 0);
    assert_near(report.all.micro.f1, 0);
    assert_near(report.all.micro.low, 0);
    assert_near(report.all.micro.high, 1);
    ek_arena_free(arena);
}

struct seen {
    size_t count;
    struct ek_eval_error errors[8];
};

static void see(void *context, const struct ek_eval_error *error)
{
    struct seen *seen = context;
    assert_true(seen->count < 8);
    seen->errors[seen->count++] = *error;
}

/* Extra, missed and another stance, of theories and treatments; context-only codes are passed
 * over, a code from a quote is named as such. */
static void test_errors_are_listed(void **state)
{
    struct ek_tag tags[] = {{.code = "bid/transport", .stance = EK_ASKS},
                            {.code = "diet", .stance = EK_SUPPORTS},
                            {.code = "gut", .stance = EK_SUPPORTS}};
    struct ek_tag treatments[] = {{.code = "ldn"}};
    struct ek_tags given = {
        .theories = tags, .theory_count = 3, .treatments = treatments, .treatment_count = 1};
    struct ek_gold gold = {.labels = LABELS({.theory = "bid", .stance = "supports"},
                                            {.theory = "ppi", .stance = "disputes"}),
                           .label_count = 2,
                           .quoted_only = CODES("gut"),
                           .quoted_count = 1,
                           .context_only = CODES("diet", "bid/transport"),
                           .context_count = 2,
                           .treatments = CODES("soap"),
                           .treatment_count = 1};
    struct seen seen = {0};

    (void)state;
    assert_int_equal(ek_evaluation_errors(&gold, &given, see, &seen), 0);
    assert_int_equal(seen.count, 5);
    assert_string_equal(seen.errors[0].code, "bid");
    assert_int_equal(seen.errors[0].fault, EK_FAULT_STANCE);
    assert_string_equal(seen.errors[0].tagged, "asks");
    assert_string_equal(seen.errors[1].code, "ppi");
    assert_int_equal(seen.errors[1].fault, EK_FAULT_MISSED);
    assert_string_equal(seen.errors[2].code, "gut");
    assert_true(seen.errors[2].fault == EK_FAULT_EXTRA && seen.errors[2].from_quote);
    assert_true(seen.errors[3].treatment && seen.errors[3].fault == EK_FAULT_MISSED);
    assert_true(seen.errors[4].treatment && seen.errors[4].fault == EK_FAULT_EXTRA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_are_listed), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_interval),          cmocka_unit_test(test_weights_and_periods),
        cmocka_unit_test(test_nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
