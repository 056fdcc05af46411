/* What every kind of clause finds, and where: offsets are code points of the text as given. */
#include <stdio.h>

#include "rules_fixture.h"

/* A theory "t" with these lines, tried on a text: the hits as "start-end words; ...". */
static void expect_hits(const char *lines, const char *text, const char *expected)
{
    char rules[4000], got[4000] = "";
    snprintf(rules, sizeof rules, "%stheory t \"T\"\n%s\n",
             strncmp(lines, "list ", 5) == 0 ? "" : "list unused = unused\n", lines);
    if (strncmp(lines, "list ", 5) == 0) {
        const char *rest = strchr(lines, '\n') + 1;
        snprintf(rules, sizeof rules, "%.*stheory t \"T\"\n%s\n", (int)(rest - lines), lines, rest);
    }
    struct fixture fixture = fixture_of(rules);
    const struct ek_tag *tag = fixture_theory(&fixture, text, "t");
    for (size_t i = 0; tag && i < tag->hit_count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%u-%u %s", i ? "; " : "",
                 tag->hits[i].start, tag->hits[i].end, tag->hits[i].text);
    if (strcmp(got, expected) != 0)
        fail_msg("%s\non: %s\nexpected: %s\ngot:      %s", lines, text, expected, got);
    fixture_free(&fixture);
}

static void test_words(void **state)
{
    (void)state;
    expect_hits("match iron", "Iron, IRON and iron's irony; ironing.",
                "0-4 Iron; 6-10 IRON; 15-21 iron's");
    expect_hits("match iron~", "irons iron ironed", "0-5 irons; 6-10 iron");
    expect_hits("match therapy~", "Therapies, therapy, therapist", "0-9 Therapies; 11-18 therapy");
    expect_hits("match dose~, box~", "doses boxes boxed", "0-5 doses; 6-11 boxes");
    expect_hits("match deficien*", "deficient deficiencies defic",
                "0-9 deficient; 10-22 deficiencies");
    expect_hits("match *prazole", "omeprazole, esomeprazole's prazoles",
                "0-10 omeprazole; 12-26 esomeprazole's");
    expect_hits("match lan*zole", "lansoprazole lanzole lazole lanze",
                "0-12 lansoprazole; 13-20 lanzole");
    expect_hits("match aa*aa", "aaa aaaa aaxaa", "4-8 aaaa; 9-14 aaxaa");
    expect_hits("match BID!", "bid BID Bid BID's", "4-7 BID; 12-17 BID's");
    expect_hits("match don't", "don't dont don t Don’t", "0-5 don't; 17-22 Don’t");
    expect_hits("match \"?\"", "iron? iron??? iron?!", "4-5 ?; 10-13 ???; 18-19 ?");
    expect_hits("match \"-\"", "a-b a - b a--b -c", "6-7 -; 11-13 --; 15-16 -");
}

static void test_phrases(void **state)
{
    (void)state;
    expect_hits("match brain iron", "brain iron, Brain-Iron, brain/iron, brain \"iron\", brainiron",
                "0-10 brain iron; 12-22 Brain-Iron; 24-34 brain/iron; 36-47 brain \"iron");
    expect_hits("match brain iron", "brain, iron. Brain. Iron. brain (iron) brain - iron", "");
    expect_hits("match brain iron", "brain\niron and brain\n\niron", "0-10 brain\niron");
    expect_hits("match \"not, enough\"", "not, enough not enough", "0-11 not, enough");
    expect_hits("match very very", "very very very", "0-9 very very; 5-14 very very");
    expect_hits("match low (blood | brain) iron", "low blood iron low brain iron low iron",
                "0-14 low blood iron; 15-29 low brain iron");
    expect_hits("match low (blood | brain)? iron", "low blood iron, low iron",
                "0-14 low blood iron; 16-24 low iron");
    expect_hits("match (my | the)? iron level~?", "my iron level, iron levels, the iron",
                "0-7 my iron; 0-13 my iron level; 3-7 iron; 3-13 iron level; 15-19 iron; "
                "15-26 iron levels; 28-36 the iron; 32-36 iron");
    expect_hits("match \"more than one\" word, other", "more than one word or other",
                "0-18 more than one word; 22-27 other");
}

static void test_lists(void **state)
{
    (void)state;
    expect_hits("list low = low, deficien*, \"not enough\", (too | so) little\nmatch {low} iron",
                "low iron; deficient iron; not enough iron; too little iron",
                "0-8 low iron; 10-24 deficient iron; 26-41 not enough iron; 43-58 too little iron");
}

static void test_near_and_then(void **state)
{
    (void)state;
    expect_hits("match iron near/3 low", "iron is very low", "0-16 iron is very low");
    expect_hits("match iron near/2 low", "iron is very low", "");
    expect_hits("match iron near/3 low", "low, truly, iron. Low iron",
                "0-16 low, truly, iron; 18-26 Low iron");
    expect_hits("match iron near/9 low", "iron. Low", "");
    expect_hits("match iron near/9 low across sentences", "iron. Low", "0-9 iron. Low");
    expect_hits("match iron near/9 low", "iron\n\nlow", "");
    expect_hits("match iron then/4 low", "low iron", "");
    expect_hits("match iron then/4 low", "iron runs low low", "0-13 iron runs low");
    expect_hits("match iron near/9 low", "low x iron y low", "0-10 low x iron; 6-16 iron y low");
    expect_hits("match iron near/3 low near/3 legs", "iron low legs", "0-13 iron low legs");
    expect_hits("match iron near/1 iron", "iron iron", "0-9 iron iron");
}

static void test_with_and_without(void **state)
{
    static const char text[] = "Iron one. Low two. Three.\n\nFour. Legs five.";

    (void)state;
    expect_hits("match iron with low", text, "");
    expect_hits("match iron with one", text, "0-4 Iron");
    expect_hits("match iron with low in 2 sentences", text, "0-4 Iron");
    expect_hits("match iron with three in 2 sentences", text, "");
    expect_hits("match iron with three in paragraph", text, "0-4 Iron");
    expect_hits("match iron with legs in paragraph", text, "");
    expect_hits("match iron with legs in post", text, "0-4 Iron");
    expect_hits("match five with one in post with legs in sentence", text, "38-42 five");
    expect_hits("match iron without low", text, "0-4 Iron");
    expect_hits("match iron without one", text, "");
    expect_hits("match iron without legs in post", text, "");
    expect_hits("match iron with legs near/3 five in post", text, "0-4 Iron");
}

static void test_regex(void **state)
{
    (void)state;
    expect_hits("regex /ferritin\\D{0,9}\\d+/", "My Ferritin was 12, ferritin: 9",
                "3-18 Ferritin was 12; 20-31 ferritin: 9");
    expect_hits("regex /ferritin/c", "Ferritin ferritin", "9-17 ferritin");
    expect_hits("regex /ferritin \\s+ \\d+ # a comment/x", "ferritin 12", "0-11 ferritin 12");
    expect_hits("regex /a.b/s", "a\nb", "0-3 a\nb");
    expect_hits("regex /a\\/b[/]c/", "a/b/c", "0-5 a/b/c");
    expect_hits("regex /\\d+/", "ferritin12", "8-10 12");
    expect_hits("regex /é+/", "caféé", "3-5 éé");
    expect_hits("strong regex /iron\\w*/ near/3 low", "ironish, low", "0-12 ironish, low");
    expect_hits("regex /x*/", "abc", "");
    expect_hits("regex /«/", "«", "0-1 «");
}

static void test_not_and_unless(void **state)
{
    (void)state;
    expect_hits("match iron\nnot cast iron, iron out", "cast iron, iron out, iron", "21-25 iron");
    expect_hits("match iron\nnot cast iron\nnot iron man", "cast iron, iron man, iron",
                "21-25 iron");
    expect_hits("match iron\nnot cast iron", "cast iron", "");
    expect_hits("match iron\nunless post has ironing", "iron. ironing", "");
    expect_hits("match iron\nunless post has ironing\nunless post has steam", "iron. steam", "");
    expect_hits("match iron\nunless post has ironing", "iron. steam", "0-4 iron");
}

static void test_scores(void **state)
{
    struct fixture fixture =
        fixture_of("theory t \"T\"\nstrong alpha\nmatch beta\nweak gamma\nweak delta\n"
                   "theory u \"U\"\nmatch alpha\nmatch beta\n"
                   "tag when score >= 1.5\n");

    (void)state;
    assert_null(fixture_theory(&fixture, "gamma gamma", "t"));
    assert_non_null(fixture_theory(&fixture, "gamma delta", "t"));
    assert_non_null(fixture_theory(&fixture, "beta", "t"));
    const struct ek_tag *tag = fixture_theory(&fixture, "alpha beta gamma delta alpha", "t");
    assert_true(tag->weight == 4.0);
    assert_int_equal(tag->hit_count, 5);
    assert_string_equal(tag->hits[1].rule, "t:3");
    assert_null(fixture_theory(&fixture, "alpha", "u"));
    assert_non_null(fixture_theory(&fixture, "alpha beta", "u"));
    fixture_free(&fixture);
}

static void test_offsets_count_code_points_of_the_given_text(void **state)
{
    (void)state;
    /* two-, three- and four-byte characters before the words */
    expect_hits("match low iron", "é–😀 low iron", "4-12 low iron");
    /* curly quotes, dashes and spaces of all kinds are folded, the words shown are the given ones
     */
    expect_hits("match don't", "I don’t", "2-7 don’t");
    expect_hits("match brain iron", "brain‐iron brain\xc2\xa0iron",
                "0-10 brain‐iron; 11-21 brain\xc2\xa0iron");
    /* soft hyphen, zero-width characters inside a word */
    expect_hits("match ferritin", "fer\xc2\xadri\xe2\x80\x8btin x",
                "0-10 fer\xc2\xadri\xe2\x80\x8btin");
    expect_hits("match low", "\xe2\x80\x8blow\xe2\x80\x8b iron", "1-4 low");
    /* a composed rule finds the decomposed text, and the other way round */
    expect_hits("match anämie", "x ana\xcc\x88mie y", "2-9 ana\xcc\x88mie");
    expect_hits("match ana\xcc\x88mie", "x anämie y", "2-8 anämie");
    expect_hits("match caf\xc3\xa9 now", "cafe\xcc\x81 now", "0-9 cafe\xcc\x81 now");
    /* long s, kelvin, ligature, dots */
    expect_hits("match legs", "leg\xc5\xbf", "0-4 leg\xc5\xbf");
    expect_hits("match keto",
                "\xe2\x84\xaa"
                "eto",
                "0-4 \xe2\x84\xaa"
                "eto");
    expect_hits("match fine", "\xef\xac\x81ne", "0-3 \xef\xac\x81ne");
    expect_hits("match \"...\" low", "x… low", "1-6 … low");
    /* case outside ASCII */
    expect_hits("match ÄRVD", "ärvd Ärvd", "0-4 ärvd; 5-9 Ärvd");
    /* a letter outside ASCII is a letter: no word ends beside it */
    expect_hits("match iron", "ironé éiron ironß iron", "18-22 iron");
}

static void test_sentences(void **state)
{
    (void)state;
    expect_hits("match iron near/9 low", "Dr. Iron said e.g. low", "4-22 Iron said e.g. low");
    expect_hits("match iron near/9 low", "iron! low", "");
    expect_hits("match iron near/9 low", "(iron.) low", "");
    expect_hits("match iron near/9 low", "iron... low", "0-11 iron... low");
    expect_hits("match iron near/9 low", "iron... Low", "");
    expect_hits("match iron near/9 low", "iron 0.5 mg low", "0-15 iron 0.5 mg low");
    expect_hits("match iron near/9 low", "- iron\n- low", "");
    expect_hits("match iron near/9 low", "1. iron is low\n2. x", "3-14 iron is low");
}

static void test_treatments_and_order(void **state)
{
    struct fixture fixture =
        fixture_of("treatment z \"Z\"\nmatch iron\ntheory y \"Y\"\nmatch iron\n"
                   "theory b \"B\"\nmatch iron\ntreatment a \"A\"\nmatch iron\n");
    const struct ek_tags *tags = fixture_tag(&fixture, "iron");

    (void)state;
    assert_true(tags->assessable);
    assert_int_equal(tags->theory_count, 2);
    assert_string_equal(tags->theories[0].code, "b");
    assert_string_equal(tags->theories[1].code, "y");
    assert_int_equal(tags->treatment_count, 2);
    assert_string_equal(tags->treatments[0].code, "a");
    assert_string_equal(tags->treatments[0].hits[0].text, "iron");
    fixture_free(&fixture);
}

static void test_languages(void **state)
{
    struct fixture fixture = fixture_of("language en\ntheory t \"T\"\nmatch iron\n");
    struct ek_tag_input input = {.text = "iron", .len = 4, .language = "de-at"};

    (void)state;
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, NULL),
                     0);
    assert_false(fixture.tags.assessable);
    assert_int_equal(fixture.tags.theory_count, 0);
    fixture_free(&fixture);
}

static void test_quotes(void **state)
{
    struct fixture fixture = fixture_of("theory t \"T\"\nmatch iron\ntheory u \"U\"\nmatch genes\n"
                                        "treatment v \"V\"\nmatch tablets\n");
    struct ek_quote quotes[] = {{.depth = 1, .text = "iron tablets"},
                                {.depth = 2, .text = "genes"}};
    struct ek_tag_input input = {.text = "My genes.", .len = 9, .quotes = quotes, .quote_count = 2};

    (void)state;
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, NULL),
                     0);
    assert_int_equal(fixture.tags.theory_count, 1);
    assert_string_equal(fixture.tags.theories[0].hits[0].text, "genes");
    assert_int_equal(fixture.tags.treatment_count, 0);
    assert_int_equal(fixture.tags.quoted_count, 1);
    assert_string_equal(fixture.tags.quoted_only[0], "t");
    fixture_free(&fixture);
}

static void test_odd_texts(void **state)
{
    static const char *const texts[] = {"",   " ",  "\n\n\n", "\"\"",     "'",        "-",
                                        "--", ".",  "a",      "\xcc\x88", "\xc2\xad", "iron",
                                        "/",  "a/", "-a",     "'a'"};
    struct fixture fixture = fixture_of("theory t \"T\"\nmatch iron\nregex /x?/\nmatch \"-\" a\n");

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        fixture_tag(&fixture, texts[i]);
    fixture_free(&fixture);
}

static void test_text_that_is_not_utf8(void **state)
{
    struct fixture fixture = fixture_of("theory t \"T\"\nmatch iron\n");
    struct ek_tag_input input = {.text = "iron \xff", .len = 6};
    struct ek_err err = {0};

    (void)state;
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, &err),
                     -1);
    assert_int_equal(err.kind, EK_FORMAT);
    assert_non_null(strstr(err.message, "byte 5"));
    assert_non_null(fixture_theory(&fixture, "iron", "t"));
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_near_and_then),
        cmocka_unit_test(test_with_and_without),
        cmocka_unit_test(test_regex),
        cmocka_unit_test(test_not_and_unless),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_offsets_count_code_points_of_the_given_text),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_treatments_and_order),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_odd_texts),
        cmocka_unit_test(test_text_that_is_not_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
