/* Stance, hedge, experience and target: from the rules themselves and from cues. */
#include <stdio.h>

#include "rules_fixture.h"

static const char rules[] = "theory iron \"Iron\"\n"
                            "  match iron\n"
                            "  match (cannot | never) near/6 barrier as stated\n"
                            "  match rust as disputes hedged\n"
                            "  match blood test as experience\n"
                            "  match ferritin as supports\n"
                            "theory genes \"Genes\"\n"
                            "  match genes\n"
                            "cue disputes\n"
                            "  forward/4   not, don't buy, never, cannot\n"
                            "  backward/5  is nonsense\n"
                            "  around/3    rubbish\n"
                            "  next        count me out\n"
                            "  previous    a fairy tale\n"
                            "  next/3      pull the other one\n"
                            "  pseudo      not only, not iron \"!\"\n"
                            "  stop        but, \";\"\n"
                            "cue asks\n"
                            "  backward    \"?\"\n"
                            "  pseudo      who knew \"?\"\n"
                            "cue neutral\n"
                            "  sentence    lecture\n"
                            "  post        for information\n"
                            "cue supports\n"
                            "  sentence    convinced me\n"
                            "cue hedge\n"
                            "  forward/3   maybe\n"
                            "cue experience\n"
                            "  sentence    my, mine\n"
                            "cue other-person\n"
                            "  sentence    neighbour\n"
                            "cue cramps\n"
                            "  sentence    cramp*\n";

struct stance_case {
    const char *text;
    const char *expected; /* of iron */
};

static const struct stance_case cases[] = {
    {"It is iron.", "supports"},
    {"It is not iron.", "disputes"},
    {"It is not a b c iron.", "disputes"},
    {"It is not a b c d iron.", "supports"},   /* out of reach */
    {"It is not sleep but iron.", "supports"}, /* stopped */
    {"It is not sleep; iron.", "supports"},    /* stopped */
    {"It is not only iron.", "supports"},      /* pseudo */
    {"Not. Iron.", "supports"},                /* another sentence */
    {"Iron is not it.", "supports"},           /* forward does not look back */
    {"Iron is nonsense.", "disputes"},
    {"Iron a b c d is nonsense.", "disputes"},
    {"Iron a b c d e is nonsense.", "supports"},
    {"Rubbish, iron. ", "disputes"},
    {"Iron? Rubbish.", "asks"},
    {"Iron and rubbish.", "disputes"},
    {"Iron they say. Count me out.", "disputes"},
    {"Iron they say. Well. Count me out.", "supports"},
    {"Iron they say. Well. Pull the other one.", "disputes"},
    {"Iron. A. B. C. Pull the other one.", "supports"},
    {"Just a fairy tale. Iron.", "disputes"},
    {"Iron they say. Genes: count me out.", "supports"}, /* of the genes */
    {"Iron they say. Count me out, genes.", "disputes"}, /* they come after it */
    {"Iron they say. Genes or iron, count me out.", "disputes"},
    {"Genes, a fairy tale. Iron.", "supports"},
    {"Iron. Genes. Pull the other one.", "disputes"}, /* a sentence without a theory */
    {"Is it iron?", "asks"},
    {"Is it not iron?", "asks"}, /* a question goes before a denial */
    {"Who knew? It is iron.", "supports"},
    {"The lecture said iron.", "neutral-mention"},
    {"The lecture said iron, that convinced me.", "supports"},
    {"Iron. Posted for information.", "neutral-mention"},
    {"It is iron. It is not iron.", "disputes"},
    {"It is not iron. Ferritin it is.", "supports"}, /* the last that was told */
    {"Ferritin it is. Not iron.", "disputes"},
    {"Is it iron? It is iron.", "asks"},                /* what was told frames the rest */
    {"Is it iron? Ferritin it is.", "supports hedged"}, /* support that asks */
    {"Maybe iron.", "supports hedged"},
    {"Maybe a b c iron.", "supports"},
    {"Is it maybe iron?", "asks"}, /* a question has no hedge */
    {"Maybe not iron.", "disputes hedged"},
    {"My iron.", "supports experience"},
    {"Is it my iron?", "asks"},
    {"My neighbour's iron.", "supports"},
    {"Iron it is. My. Genes.", "supports"},
    {"Cramps from iron.", "supports cramps"},
    {"Cramps from iron. And restless from iron.", "supports"},
    {"It cannot pass the barrier.", "supports"},            /* as stated */
    {"It cannot pass the barrier, says iron.", "supports"}, /* nor for its neighbours */
    {"I don't buy that it cannot pass the barrier.", "disputes"},
    {"Rust.", "disputes hedged"},
    {"A blood test.", "supports experience"},
    {"Genes, not sleep.", "none"},
};

static const char *describe(const struct ek_tag *tag, char out[100])
{
    if (!tag)
        return "none";
    snprintf(out, 100, "%s%s%s%s", ek_stance_names[tag->stance], tag->hedged ? " hedged" : "",
             tag->experience ? " experience" : "", tag->cramps ? " cramps" : "");
    return out;
}

static void check_cases(const struct stance_case *these, size_t count)
{
    struct fixture fixture = fixture_of(rules);
    char got[100];

    for (size_t i = 0; i < count; i++) {
        const char *said = describe(fixture_theory(&fixture, these[i].text, "iron"), got);
        if (strcmp(said, these[i].expected) != 0)
            fail_msg("%s: expected %s, got %s", these[i].text, these[i].expected, said);
    }
    fixture_free(&fixture);
}

static void test_stances(void **state)
{
    (void)state;
    check_cases(cases, sizeof cases / sizeof *cases);
}

/* In a long post most of what is said counts, and a cue of the whole post speaks of what is near.
 */
static void test_long_posts(void **state)
{
#define FIVE                                                                                       \
    "The night went on. The night went on. The night went on. The night went on. The night. "
#define LONG FIVE FIVE FIVE FIVE
    static const struct stance_case longer[] = {
        {"It is iron. Iron again. " LONG "Not iron.", "supports"},
        {"It is iron. Iron again. Not iron.", "disputes"},
        {"It is iron. " LONG "Not iron. Never iron.", "disputes"},
        {"It is iron. " LONG "For information.", "supports"},
        {"It is iron. For information. " LONG, "neutral-mention"},
        {"It is iron, a cramp. Iron makes me cramp. " LONG "Iron.", "supports cramps"},
        {"It is iron, a cramp. Iron. " LONG "Iron.", "supports"},
    };

    (void)state;
    check_cases(longer, sizeof longer / sizeof *longer);
}

static void test_each_theory_has_its_own_stance(void **state)
{
    struct fixture fixture = fixture_of(rules);
    const struct ek_tags *tags = fixture_tag(&fixture, "It is not iron. It is the genes.");

    (void)state;
    assert_int_equal(tags->theory_count, 2);
    assert_int_equal(tags->theories[0].stance, EK_SUPPORTS);
    assert_int_equal(tags->theories[1].stance, EK_DISPUTES);
    assert_string_equal(tags->theories[1].hits[0].cue, "disputes: not");
    assert_null(tags->theories[0].hits[0].cue);
    fixture_free(&fixture);
}

static void test_examples_that_hold_and_that_do_not(void **state)
{
    static const struct {
        bool passed, todo;
        const char *expected, *got;
    } wanted[] = {
        {true, false, "yes", "yes supports"},
        {false, false, "yes disputes", "yes supports"},
        {false, false, "yes", "yes disputes"},
        {true, false, "yes disputes", "yes disputes"},
        {true, false, "yes hedged", "yes supports hedged"},
        {false, false, "yes hedged", "yes supports"},
        {false, false, "yes experience", "yes supports"},
        {false, false, "yes cramps", "yes supports"},
        {false, false, "yes neutral", "no"},
        {true, false, "no", "no"},
        {false, true, "no", "yes supports"},
        {true, false, "no", "no"},
        {true, false, "yes", "yes supports"},
        {true, false, "yes", "yes"},
        {false, false, "no", "yes"},
    };
    struct fixture fixture = fixture_of("theory t \"T\"\n match iron\n test\n"
                                        "  yes Iron.\n"
                                        "  yes disputes Iron.\n"
                                        "  yes Not iron.\n"
                                        "  yes disputes Not iron.\n"
                                        "  yes hedged Maybe iron.\n"
                                        "  yes hedged Iron.\n"
                                        "  yes experience Iron.\n"
                                        "  yes cramps Iron.\n"
                                        "  yes neutral Irony.\n"
                                        "  no Irony.\n"
                                        "  todo no Iron.\n"
                                        "  no > Iron. // Thanks.\n"
                                        "  yes > Thanks. // Iron.\n"
                                        "treatment u \"U\"\n match iron\n test\n"
                                        "  yes Not iron.\n"
                                        "  no Not iron.\n"
                                        "cue disputes\n forward/2 not\n"
                                        "cue hedge\n forward/2 maybe\n");
    struct ek_example_result *results;
    size_t count;

    (void)state;
    assert_int_equal(ek_rules_test(fixture.rules, fixture.arena, &results, &count, NULL), 0);
    assert_int_equal(count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < count; i++)
        if (results[i].passed != wanted[i].passed || results[i].todo != wanted[i].todo ||
            !strstr(results[i].expected, wanted[i].expected) ||
            strcmp(results[i].got, wanted[i].got) != 0)
            fail_msg("line %u: %s: %s, got %s", results[i].line, results[i].text,
                     results[i].passed ? "passed" : "failed", results[i].got);
    assert_int_equal(results[0].line, 4);
    fixture_free(&fixture);
}

static void test_many_hits_and_cues_end_in_time(void **state)
{
    struct fixture fixture = fixture_of(rules);
    size_t len = 4u << 20, at = 0;
    char *text = test_malloc(len);

    (void)state;
    /* One sentence of hits and cues: what a hostile post would be made of. */
    while (at + 16 < len) {
        memcpy(text + at, "not iron, maybe ", 16);
        at += 16;
    }
    struct ek_tag_input input = {.text = text, .len = at};
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, NULL),
                     0);
    assert_int_equal(fixture.tags.theories[0].hit_count, 1000);
    assert_int_equal(fixture.tags.theories[0].stance, EK_DISPUTES);
    test_free(text);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stances),
        cmocka_unit_test(test_long_posts),
        cmocka_unit_test(test_each_theory_has_its_own_stance),
        cmocka_unit_test(test_examples_that_hold_and_that_do_not),
        cmocka_unit_test(test_many_hits_and_cues_end_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
