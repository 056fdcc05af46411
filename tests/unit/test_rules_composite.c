/* Rules that join theories: ppi & bid within 2 sentences. */
#include <stdio.h>

#include "rules_fixture.h"

#define BLOCKS                                                                                     \
    "theory ppi \"Acid drugs\"\n  match omeprazole, acid near/3 drug~\n  not omeprazole bottle\n"  \
    "theory bid \"Iron\"\n  match iron near/3 low\n  weak ferritin\n  weak anaemic\n"              \
    "  unless post has ironing\n"                                                                  \
    "theory bid/transport \"Barrier\"\n  match blood-brain barrier\n"                              \
    "theory other \"Other\"\n  match stress\n"                                                     \
    "theory gut \"Gut\"\n  weak stomach\n  weak belly\n  not big belly\n"                          \
    "cue disputes\n  forward/8 rubbish that\n"                                                     \
    "theory both \"Both\"\n  "

struct joined {
    const char *rule, *text;
    unsigned hits; /* of both; 0: it is not given */
};

static const struct joined cases[] = {
    {"match ppi & bid", "Omeprazole. A. B. C. My iron is low.", 2},
    {"match ppi & bid", "Omeprazole.", 0},
    {"match ppi & bid", "My iron is low.", 0},
    {"match ppi & bid within post", "Omeprazole. A. B. C. My iron is low.", 2},
    {"match ppi & bid within 2 sentences", "Omeprazole. My iron is low.", 2},
    {"match ppi & bid within 2 sentences", "My iron is low. Omeprazole.", 2},
    {"match ppi & bid within 2 sentences", "Omeprazole. A. My iron is low.", 0},
    {"match ppi & bid within sentence", "Omeprazole took it, and my iron is low.", 2},
    {"match ppi & bid within sentence", "Omeprazole. My iron is low.", 0},
    {"match ppi & bid within paragraph", "Omeprazole. A. My iron is low.", 2},
    {"match ppi & bid within paragraph", "Omeprazole.\n\nMy iron is low.", 0},
    /* only what has the other in reach is a hit */
    {"match ppi & bid within sentence", "Omeprazole, and my iron is low. Omeprazole.", 2},
    /* a code is there when it is given: its score, not and unless hold */
    {"match ppi & bid", "Omeprazole. Ferritin 12.", 0},
    {"match ppi & bid", "Omeprazole. Ferritin 12. Anaemic.", 3},
    {"match ppi & bid", "The omeprazole bottle. My iron is low.", 0},
    {"match ppi & bid", "Omeprazole, an omeprazole bottle. My iron is low.", 2},
    {"match ppi & bid", "Omeprazole. My iron is low. I was ironing.", 0},
    {"match ppi & gut", "Omeprazole. Stomach and belly.", 3},
    {"match ppi & gut", "Omeprazole. Stomach and big belly.", 0},
    /* a code stands for those below it */
    {"match ppi & bid", "Omeprazole. The blood-brain barrier.", 2},
    {"match ppi & bid/transport", "Omeprazole. My iron is low.", 0},
    {"match ppi & bid/transport", "Omeprazole. The blood-brain barrier.", 2},
    /* three; either of two pairs; a condition beside; the rule's own not */
    {"match ppi & bid & other", "Omeprazole. My iron is low.", 0},
    {"match ppi & bid & other", "Omeprazole. My iron is low. Stress.", 3},
    {"match ppi & other, bid & other", "My iron is low. Stress.", 2},
    {"match ppi & bid within post without gone in sentence", "Omeprazole. My low iron is gone.", 1},
    {"match ppi & bid\n  not iron is", "Omeprazole. My iron is low.", 1},
    {"weak ppi & bid\n  weak stress", "Omeprazole. My iron is low.", 0},
    {"weak ppi & bid\n  weak stress", "Omeprazole. My iron is low. Stress.", 3},
};

static unsigned hits_of(struct fixture *fixture, enum ek_engine engine, const char *text)
{
    ek_matcher_free(fixture->matcher);
    fixture->matcher = ek_matcher_new(fixture->rules, engine, &fixture->err);
    assert_non_null(fixture->matcher);
    const struct ek_tag *tag = fixture_theory(fixture, text, "both");
    return tag ? (unsigned)tag->hit_count : 0;
}

static void test_both_engines_join_theories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char rules[1000];
        snprintf(rules, sizeof rules, BLOCKS "%s\n", cases[i].rule);
        struct fixture fixture = fixture_of(rules);
        unsigned fast = hits_of(&fixture, EK_ENGINE_FAST, cases[i].text);
        unsigned naive = hits_of(&fixture, EK_ENGINE_NAIVE, cases[i].text);
        if (fast != cases[i].hits || naive != cases[i].hits)
            fail_msg("%s: %s: %u hits, by the plain engine %u, not %u", cases[i].rule,
                     cases[i].text, fast, naive, cases[i].hits);
        fixture_free(&fixture);
    }
}

static void test_the_words_and_the_stance(void **state)
{
    struct fixture fixture = fixture_of(BLOCKS "match ppi & bid within 2 sentences\n");
    const struct ek_tag *tag = fixture_theory(
        &fixture, "Rubbish that omeprazole did it. My iron is low, whatever.", "both");

    (void)state;
    assert_non_null(tag);
    assert_int_equal(tag->stance, EK_DISPUTES);
    assert_string_equal(tag->hits[0].text, "omeprazole");
    assert_string_equal(tag->hits[1].text, "iron is low");
    /* and the theories themselves are given as before */
    assert_int_equal(fixture.tags.theory_count, 3);
    fixture_free(&fixture);
}

/* Files are read in the order of their names: one that joins may come before what it joins. */
static void test_a_code_of_a_later_file(void **state)
{
    static const char first[] = "theory a \"A\"\n match b & c within 2 sentences\n";
    static const char second[] = "theory b \"B\"\n match iron\ntreatment c \"C\"\n match pill~\n";
    struct fixture fixture = {0};

    (void)state;
    fixture_file(&fixture, "a.rules", first, sizeof first - 1);
    fixture_file(&fixture, "b.rules", second, sizeof second - 1);
    fixture_start(&fixture, EK_ENGINE_FAST);
    assert_non_null(fixture_theory(&fixture, "Iron. Pills.", "a"));
    assert_null(fixture_theory(&fixture, "Iron. Cats. Pills.", "a"));
    fixture_free(&fixture);

    /* also one that no word leads to */
    static const char always[] = "theory b \"B\"\n regex /\\d g/\ntheory c \"C\"\n regex /\\d t/\n";
    struct fixture other = {0};
    fixture_file(&other, "a.rules", first, sizeof first - 1);
    fixture_file(&other, "b.rules", always, sizeof always - 1);
    fixture_start(&other, EK_ENGINE_FAST);
    assert_non_null(fixture_theory(&other, "5 g. 6 t.", "a"));
    fixture_free(&other);
}

/* What rests on a rule that reached a limit is undetermined, and not absent. */
static void test_a_limit_below(void **state)
{
    struct fixture fixture = fixture_of("theory a \"A\"\n  regex /(?:x+x+)+yabcd/\n"
                                        "theory b \"B\"\n  match iron\n"
                                        "theory both \"Both\"\n  match a & b\n");
    const struct ek_tags *tags = fixture_tag(
        &fixture, "iron xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx yabcd");

    (void)state;
    assert_int_equal(tags->theory_count, 1);
    assert_int_equal(tags->undetermined_count, 2);
    assert_string_equal(tags->undetermined[0].rule, "a:2");
    assert_string_equal(tags->undetermined[1].rule, "both:6");
    fixture_free(&fixture);
}

struct mistake {
    const char *rule;
    unsigned column;
    const char *message;
};

static const struct mistake mistakes[] = {
    {"match ppi & bed", 15, "there is no theory or treatment bed; did you mean bid?"},
    {"match ppi & nowhere", 15,
     "there is no theory or treatment nowhere; & joins the codes of "
     "theories"},
    {"match both & ppi", 9, "both is joined of other theories itself; name those"},
    {"match ppi &", 14,
     "& joins the codes of theories: ppi & bid; for the sign itself write "
     "\"&\""},
    {"match low iron & bid", 18,
     "& joins the codes of theories: ppi & bid; for the sign itself "
     "write \"&\""},
    {"match ppi & bid in post", 19, "after & write within: ppi & bid within 2 sentences"},
    {"match ppi & bid within two sentences", 26,
     "write in sentence, in 2 sentences, in paragraph "
     "or in post"},
    {"not ppi & bid", 7,
     "theories are joined by & in strong, match and weak only, outside "
     "brackets; for the sign itself write \"&\""},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char rules[1000];
        struct fixture fixture = {0};
        snprintf(rules, sizeof rules, BLOCKS "%s\n", mistakes[i].rule);
        fixture_file(&fixture, "test.rules", rules, strlen(rules));
        assert_int_equal(fixture_compile(&fixture), -1);
        const struct ek_diagnostic *first = fixture.diagnostics.items;
        while (first->severity != EK_ERROR)
            first++;
        if (strcmp(first->message, mistakes[i].message) != 0 || first->column != mistakes[i].column)
            fail_msg("%s: %u: %s", mistakes[i].rule, first->column, first->message);
        fixture_free(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_engines_join_theories),
        cmocka_unit_test(test_the_words_and_the_stance),
        cmocka_unit_test(test_a_code_of_a_later_file),
        cmocka_unit_test(test_a_limit_below),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
