/* The rule language: what files see of one another, its ceilings, and files that are none. Mistakes
 * are in test_rules_mistakes.c. */
#include <stdio.h>

#include "rules_fixture.h"

#define THEORY "theory bid \"Iron\"\n"

static void test_too_many_mistakes_end(void **state)
{
    char text[20000] = "";
    struct fixture fixture = {0};

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        strcat(text, "macth iron\n");
    fixture_file(&fixture, "test.rules", text, strlen(text));
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_int_equal(fixture.diagnostics.errors, 1000);
    assert_int_equal(fixture.diagnostics.count, 100);
    fixture_free(&fixture);
}

static void test_circular_include(void **state)
{
    struct fixture fixture = {0};

    (void)state;
    fixture_file(&fixture, "a.rules", "include \"b.rules\"\n", 18);
    fixture_file(&fixture, "b.rules", "# b\ninclude \"c.rules\"\n", 22);
    fixture_file(&fixture, "c.rules", "include \"a.rules\"\n", 18);
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_non_null(strstr(fixture.err.message, "c.rules:1:10: this closes a circle: a.rules"));
    fixture_free(&fixture);
}

static void test_include_shows_lists_and_cues(void **state)
{
    static const char words[] = "list low = low, poor\n";
    static const char stance[] =
        "include \"words.rules\"\ncue disputes\n  forward/5 nonsense that\n";
    static const char first[] = "include \"stance.rules\"\ntheory one \"One\"\n match {low} iron\n";
    static const char second[] = "theory two \"Two\"\n match low iron\n";
    struct fixture fixture = {0};

    (void)state;
    fixture_file(&fixture, "first.rules", first, sizeof first - 1);
    fixture_file(&fixture, "second.rules", second, sizeof second - 1);
    fixture_file(&fixture, "stance.rules", stance, sizeof stance - 1);
    fixture_file(&fixture, "words.rules", words, sizeof words - 1);
    fixture_start(&fixture, EK_ENGINE_FAST);
    /* The cue is visible through two includes, and not to the file that includes nothing. */
    const struct ek_tags *tags = fixture_tag(&fixture, "Nonsense that low iron does it.");
    assert_int_equal(tags->theory_count, 2);
    assert_int_equal(tags->theories[0].stance, EK_DISPUTES);
    assert_int_equal(tags->theories[1].stance, EK_SUPPORTS);
    fixture_free(&fixture);
}

static void expect_error(const char *text, size_t len, unsigned line, const char *word)
{
    struct fixture fixture = {0};

    fixture_file(&fixture, "test.rules", text, len);
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_int_equal(fixture.diagnostics.items[0].line, line);
    if (!strstr(fixture.err.message, word))
        fail_msg("%s", fixture.err.message);
    fixture_free(&fixture);
}

static void test_files_that_are_no_text(void **state)
{
    (void)state;
    expect_error("theory a \"A\"\nmatch ir\0on\n", 25, 2, "NUL");
    expect_error("theory a \"A\"\nmatch ir\xff\n", 22, 2, "UTF-8");
    expect_error("# \xed\xa0\x80\n", 6, 1, "UTF-8");
}

static void test_a_file_of_a_megabyte_is_refused(void **state)
{
    struct fixture fixture = {0};
    size_t len = (1u << 20) + 1;

    (void)state;
    char *text = test_malloc(len);
    memset(text, '\n', len);
    fixture_file(&fixture, "test.rules", text, len);
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_non_null(strstr(fixture.err.message, "split it"));
    test_free(text);
    fixture_free(&fixture);
}

static void test_no_rules(void **state)
{
    struct ek_bundle empty = {.origin = "/nowhere"};
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_diagnostics diagnostics;
    struct ek_rules *rules;
    struct ek_err err = {0};

    (void)state;
    assert_int_equal(ek_rules_compile(&rules, &empty, arena, &diagnostics, &err), -1);
    assert_int_equal(err.kind, EK_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nowhere"));
    assert_null(rules);
    ek_arena_free(arena);
}

static void test_warnings_do_not_refuse(void **state)
{
    struct fixture fixture = fixture_of(THEORY "regex /\\d+ g/\n");

    (void)state;
    assert_int_equal(fixture.diagnostics.errors, 0);
    assert_int_equal(fixture.diagnostics.count, 2);
    assert_non_null(strstr(fixture.diagnostics.items[0].message, "no examples"));
    assert_non_null(strstr(fixture.diagnostics.items[1].message, "every post"));
    assert_int_equal(fixture.diagnostics.items[1].line, 2);
    fixture_free(&fixture);
}

static void test_a_list_without_commas_is_warned_of(void **state)
{
    struct fixture fixture =
        fixture_of("list low = low poor \"not enough\"\nlist iron = low iron\n" THEORY
                   "match {low} {iron}\ntest\nyes Iron.\n");

    (void)state;
    assert_int_equal(fixture.diagnostics.count, 1);
    assert_string_equal(fixture.diagnostics.items[0].kind, "one-phrase");
    assert_int_equal(fixture.diagnostics.items[0].line, 1);
    fixture_free(&fixture);
}

static void test_comments_and_continuations(void **state)
{
    struct fixture fixture = fixture_of("# a list over three lines\n"
                                        "list low = low, # the word\n"
                                        "  # a line of comment does not end it\n"
                                        "  poor\n"
                                        "theory a \"A # not a comment\" # a comment\n"
                                        "  about  See post #5.  # cut here\n"
                                        "  match  {low} iron, \"post #5\" # and here\n"
                                        "  regex  /iron\\x23 \\d#/ # and here\n");
    const struct ek_code *codes;

    (void)state;
    assert_int_equal(ek_rules_codes(fixture.rules, &codes), 1);
    assert_string_equal(codes[0].name, "A # not a comment");
    assert_string_equal(codes[0].about, "See post #5.");
    assert_non_null(fixture_theory(&fixture, "poor iron", "a"));
    assert_non_null(fixture_theory(&fixture, "as in post #5", "a"));
    assert_non_null(fixture_theory(&fixture, "iron# 5#", "a"));
    fixture_free(&fixture);
}

static void test_codes_tell_what_the_file_says(void **state)
{
    struct fixture fixture = fixture_of("language en, sv\r\n"
                                        "treatment iron-iv \"Iron by vein\"\r\n"
                                        " about one\r\n about two\r\n"
                                        " ref A. One.\n ref B. Two.\n version 1.2\n"
                                        " match infusion, drip\n strong venofer\n"
                                        " test\n yes Venofer.\n no Iron.\n");
    const struct ek_code *codes;

    (void)state;
    assert_int_equal(ek_rules_codes(fixture.rules, &codes), 1);
    assert_true(codes[0].treatment);
    assert_string_equal(codes[0].code, "iron-iv");
    assert_string_equal(codes[0].about, "one two");
    assert_string_equal(codes[0].references, "A. One.\nB. Two.");
    assert_string_equal(codes[0].version, "1.2");
    assert_int_equal(codes[0].line, 2);
    assert_int_equal(codes[0].rules, 2);
    assert_int_equal(codes[0].tests, 2);
    assert_true(ek_rules_assess(fixture.rules, NULL));
    assert_true(ek_rules_assess(fixture.rules, "en-GB"));
    assert_true(ek_rules_assess(fixture.rules, "sv"));
    assert_false(ek_rules_assess(fixture.rules, "eng"));
    assert_false(ek_rules_assess(fixture.rules, "de"));
    assert_memory_equal(ek_rules_digest(fixture.rules), "sha256:", 7);
    fixture_free(&fixture);
}

static void test_brackets_and_lists_have_a_ceiling(void **state)
{
    char text[4000] = THEORY "match ";
    struct fixture fixture = {0};

    (void)state;
    for (int i = 0; i < 500; i++)
        strcat(text, "(");
    fixture_file(&fixture, "test.rules", text, strlen(text));
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_non_null(strstr(fixture.err.message, "too many brackets"));
    fixture_free(&fixture);

    struct fixture lists = {0};
    size_t len = 0;
    char *long_text = test_malloc(200 * 60);
    len += (size_t)sprintf(long_text, "list l0 = iron, low\n");
    for (int i = 1; i < 200; i++)
        len += (size_t)sprintf(long_text + len, "list l%d = {l%d} iron, low\n", i, i - 1);
    fixture_file(&lists, "test.rules", long_text, len);
    assert_int_equal(fixture_compile(&lists), -1);
    assert_non_null(strstr(lists.err.message, "too deep"));
    test_free(long_text);
    fixture_free(&lists);
}

static void expect_too_many(const char *text)
{
    struct fixture fixture = {0};

    fixture_file(&fixture, "test.rules", text, strlen(text));
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_non_null(strstr(fixture.err.message, "more than 200,000 words to try"));
    fixture_free(&fixture);
}

/* Lists that double at each step, or may be absent in ever more ways, would be walked without end.
 */
static void test_what_lists_come_to_has_a_ceiling(void **state)
{
    char doubled[2000] = "list l0 = low, poor\n", absent[2000] = "list l0 = low, poor\n";
    char line[80], *phrase = test_calloc(1, 4000);

    (void)state;
    for (int i = 1; i < 30; i++) {
        snprintf(line, sizeof line, "list l%d = {l%d} {l%d}\n", i, i - 1, i - 1);
        strcat(doubled, line);
        snprintf(line, sizeof line, "list l%d = {l%d}? {l%d}\n", i, i - 1, i - 1);
        strcat(absent, line);
    }
    expect_too_many(strcat(doubled, THEORY "match {l29}\n"));
    expect_too_many(strcat(absent, THEORY "match {l29}\n"));

    struct fixture fixture = {0};
    strcpy(phrase, THEORY "match iron");
    for (int i = 0; i < 200; i++)
        strcat(phrase, " (my | the)?");
    fixture_file(&fixture, "test.rules", phrase, strlen(phrase));
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_non_null(strstr(fixture.err.message, "more than 200 words"));
    test_free(phrase);
    fixture_free(&fixture);
}

/* The line of a mistake is shown as far as the place, however long it is. */
static void test_a_mistake_far_right(void **state)
{
    char text[3000] = THEORY "match low";
    struct fixture fixture = {0};

    (void)state;
    for (int i = 0; i < 400; i++)
        strcat(text, ", iron");
    strcat(text, " ; low\n");
    fixture_file(&fixture, "test.rules", text, strlen(text));
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_int_equal(fixture.diagnostics.items[0].column, 2411);
    assert_string_equal(fixture.diagnostics.items[0].source + 2410, "; low");
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_many_mistakes_end),
        cmocka_unit_test(test_circular_include),
        cmocka_unit_test(test_include_shows_lists_and_cues),
        cmocka_unit_test(test_files_that_are_no_text),
        cmocka_unit_test(test_a_file_of_a_megabyte_is_refused),
        cmocka_unit_test(test_no_rules),
        cmocka_unit_test(test_warnings_do_not_refuse),
        cmocka_unit_test(test_a_list_without_commas_is_warned_of),
        cmocka_unit_test(test_comments_and_continuations),
        cmocka_unit_test(test_codes_tell_what_the_file_says),
        cmocka_unit_test(test_brackets_and_lists_have_a_ceiling),
        cmocka_unit_test(test_what_lists_come_to_has_a_ceiling),
        cmocka_unit_test(test_a_mistake_far_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
