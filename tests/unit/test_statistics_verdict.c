/* test_statistics_verdict.c - the four verdicts: what each needs, and what takes it away. */
#include "statistics_fixture.h"

#include "ekbom/verdict.h"

/* A shift that nothing speaks against: 10 % of the posts before, `difference` more after. */
struct making {
    struct ek_shift shift;
    struct ek_stance_shift stances[3];
    struct ek_evidence evidence;
};

static void make(struct making *making, double difference, double error)
{
    *making = (struct making){
        .shift = {.posts = {1000, 1000},
                  .tagged = {100, 100},
                  .authors = {200, 200},
                  .authors_tagged = {50, 50}},
        .stances = {{difference, 0.5}, {difference, NAN}, {0, 1}},
    };
    making->evidence = (struct ek_evidence){
        .shift = &making->shift,
        .share_before = 0.1,
        .difference = difference,
        .author_difference = difference,
        .variance = error * error,
        .p_corrected = ek_normal_two_sided(difference / error),
        .stances = making->stances,
        .stance_count = 3,
        .fetched = {0.9, 0.9},
        .one_rule_set = true,
    };
}

static void expect(const struct making *making, enum ek_verdict verdict, unsigned reasons)
{
    struct ek_judgement judgement = ek_judge(&making->evidence);
    if (judgement.verdict != verdict || judgement.reasons != reasons)
        fail_msg("%s, reasons %x", ek_verdict_names[judgement.verdict], judgement.reasons);
}

static void more_than_noise_rose_or_fell(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.04, 0.01);
    expect(&making, EK_ROSE, 0);
    make(&making, -0.04, 0.01);
    expect(&making, EK_FELL, 0);
    /* What counts is the corrected p, at the asked level. */
    make(&making, 0.04, 0.01);
    making.evidence.p_corrected = 0.06;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_TOO_SMALL);
    making.evidence.alpha = 0.1;
    expect(&making, EK_ROSE, 0);
}

static void shown_to_be_small_is_no_change_larger_than(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.01, 0.01);
    expect(&making, EK_NO_CHANGE_LARGER_THAN, 0);
    struct ek_judgement judgement = ek_judge(&making.evidence);
    near(judgement.larger_than, 0.05, 1e-12);
    near(judgement.p_equivalent, ek_equivalence(0.01, 0.0001, 0.05), 1e-12);
    near(judgement.smallest_visible, ek_smallest_visible(0.0001, 0.05, 1), 1e-12);
    making.evidence.smallest_of_interest = 0.02;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_TOO_SMALL);
    /* Half of nothing is no margin. */
    make(&making, 0.01, 0.01);
    making.evidence.share_before = 0;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_TOO_SMALL);
    assert_true(isnan(ek_judge(&making.evidence).larger_than));
}

static void noise_cannot_be_told(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.04, 0.03);
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_TOO_SMALL);
}

static void authors_must_agree(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.04, 0.01);
    making.evidence.author_difference = -0.01;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_AUTHOR_SHARE);
    making.evidence.author_difference = 0;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_AUTHOR_SHARE);
    make(&making, -0.04, 0.01);
    making.evidence.author_difference = 0.01;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_AUTHOR_SHARE);
    /* Where nothing moved, they have nothing to agree with. */
    make(&making, 0.01, 0.01);
    making.evidence.author_difference = -0.01;
    expect(&making, EK_NO_CHANGE_LARGER_THAN, 0);
}

static void stances_must_not_diverge(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.04, 0.01);
    making.stances[2] = (struct ek_stance_shift){-0.01, 0.04};
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_STANCES);
    making.stances[2].p = 0.06;
    expect(&making, EK_ROSE, 0);
    /* Two that cancel out are not "no change". */
    make(&making, 0, 0.01);
    making.stances[0] = (struct ek_stance_shift){0.03, 0.001};
    expect(&making, EK_NO_CHANGE_LARGER_THAN, 0);
    making.stances[1] = (struct ek_stance_shift){-0.03, 0.001};
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_STANCES);
}

static void the_archive_must_not_move(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.04, 0.01);
    making.evidence.fetched[EK_AFTER] = 0.8;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_FETCHED_MOVED);
    making.evidence.fetched[EK_AFTER] = 0.82;
    expect(&making, EK_ROSE, 0);
    making.evidence.fetched[EK_AFTER] = NAN;
    expect(&making, EK_ROSE, 0);
    making.evidence.one_rule_set = false;
    making.evidence.partial = true;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_RULES_DIFFER | 1u << EK_WHY_PARTIAL);
}

static void too_little_to_say_anything(void **unused)
{
    struct making making;
    (void)unused;
    make(&making, 0.04, 0.01);
    making.shift.authors_tagged[EK_BEFORE] = 0;
    expect(&making, EK_ROSE, 0);
    making.shift.authors_tagged[EK_AFTER] = 4;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_FEW_TAGGED);
    making.shift.tagged[EK_BEFORE] = making.shift.tagged[EK_AFTER] = 0;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_NOT_NAMED);
    making.shift.posts[EK_AFTER] = 0;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_NO_POSTS);
    make(&making, 0.04, 0.01);
    making.shift.few_clusters = true;
    making.evidence.variance = making.evidence.p_corrected = NAN;
    expect(&making, EK_CANNOT_TELL, 1u << EK_WHY_FEW_CLUSTERS);
    assert_true(isnan(ek_judge(&making.evidence).smallest_visible));
}

static void every_reason_has_words(void **unused)
{
    (void)unused;
    for (int i = 0; i < EK_VERDICT_REASONS; i++)
        assert_true(ek_verdict_reason_names[i] && ek_verdict_reason_words[i]);
    for (int i = 0; i < EK_VERDICTS; i++)
        assert_non_null(ek_verdict_names[i]);
    assert_true(!ek_verdict_reason_names[EK_VERDICT_REASONS] && !ek_verdict_names[EK_VERDICTS]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_than_noise_rose_or_fell),
        cmocka_unit_test(shown_to_be_small_is_no_change_larger_than),
        cmocka_unit_test(noise_cannot_be_told),
        cmocka_unit_test(authors_must_agree),
        cmocka_unit_test(stances_must_not_diverge),
        cmocka_unit_test(the_archive_must_not_move),
        cmocka_unit_test(too_little_to_say_anything),
        cmocka_unit_test(every_reason_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
