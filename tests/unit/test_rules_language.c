/* The rule language: what is refused, where, and in which words; what files see of one another. */
#include <stdio.h>

#include "rules_fixture.h"

#define THEORY "theory bid \"Iron\"\n"

struct mistake {
    const char *text;
    unsigned line, column;
    const char *word; /* of the message */
};

static const struct mistake mistakes[] = {
    /* the ten of the manual */
    {THEORY "match regex /ferritin \\d+\n", 2, 13, "closing slash"},
    {THEORY "match iron near low\n", 2, 12, "near/6"},
    {THEORY "match “low iron”\n", 2, 7, "curly"},
    {THEORY "match iron near/6 {lwo}\n", 2, 19, "no list {lwo}"},
    {"list low = low\n" THEORY "match iron near/6 {lwo}\n", 3, 19, "did you mean {low}"},
    {THEORY "match iron\ntheory bid \"Again\"\nmatch iron\n", 3, 8, "already"},
    {THEORY "macth iron\n", 2, 1, "did you mean match"},
    {THEORY "about nothing\n", 1, 1, "has no rule"},
    {THEORY "regex /(\\w+) \\1/\n", 2, 14, "back-references"},
    {"include \"test.rules\"\n", 1, 10, "itself"},
    {THEORY "match \"low iron\n", 2, 7, "quotation mark is missing"},
    /* others */
    {"include common.rules\n", 1, 9, "quotation marks"},
    {"include \"comon.rules\"\n", 1, 10, "no file"},
    {"match iron\n", 1, 1, "below a theory"},
    {"yes My ferritin was 12.\n", 1, 1, "below test"},
    {"forward/8 not\n", 1, 1, "below a cue"},
    {"theory Bid \"Iron\"\n", 1, 8, "small letters"},
    {"theory bid Iron\n", 1, 12, "name in quotation marks"},
    {"theory bid\n", 1, 11, "name in quotation marks"},
    {"list Low = low\n", 1, 6, "small letters"},
    {"list low low\n", 1, 10, "= is missing"},
    {"list low = low\nlist low = poor\n", 2, 6, "already"},
    {"list low =\n", 1, 11, "missing"},
    {"list low = low,\n\n", 1, 16, "missing"},
    {"language english\n", 1, 10, "code of two or three"},
    {"cue dispute\n", 1, 5, "did you mean disputes"},
    {"cue disputes\nforward/x not\n", 2, 1, "from 1 to 200"},
    {"cue disputes\nstop/4 but\n", 2, 1, "takes no number"},
    {"cue disputes\nnext/9 rubbish\n", 2, 1, "next/2"},
    {THEORY "match\n", 2, 6, "missing"},
    {THEORY "match iron near/6\n", 2, 18, "missing"},
    {THEORY "match near/6 iron\n", 2, 7, "needs something before it"},
    {THEORY "match iron near/0 low\n", 2, 12, "from 1 to 200"},
    {THEORY "match iron near/999 low\n", 2, 12, "from 1 to 200"},
    {THEORY "match iron with\n", 2, 16, "missing"},
    {THEORY "match iron with low in 0 sentences\n", 2, 24, "in 2 sentences"},
    {THEORY "match iron with low in 2 words\n", 2, 26, "sentences is missing"},
    {THEORY "match (iron | low\n", 2, 7, "not closed"},
    {THEORY "match iron)\n", 2, 11, "closes nothing"},
    {THEORY "match iron | low\n", 2, 12, "brackets"},
    {THEORY "match {low\n", 2, 7, "closing brace"},
    {THEORY "match low}\n", 2, 10, "closes nothing"},
    {THEORY "match ? iron\n", 2, 7, "directly after"},
    {THEORY "match low? iron?\n", 2, 7, "absent"},
    {THEORY "match a*\n", 2, 7, "two letters"},
    {THEORY "match *\n", 2, 7, "two letters"},
    {THEORY "match d*f*n\n", 2, 7, "one *"},
    {THEORY "match defic*!\n", 2, 7, "together"},
    {THEORY "match iron; low\n", 2, 11, "quotation marks"},
    {THEORY "match \"...\" \"''\"\n", 2, 14, "no word"},
    {THEORY "match \"low. Iron\"\n", 2, 8, "end of a sentence"},
    {THEORY "regex ferritin\n", 2, 7, "between slashes"},
    {THEORY "regex /ferritin/q\n", 2, 17, "no flag q"},
    {THEORY "regex /ferr[itin/\n", 2, 7, "[ is not closed"},
    {THEORY "regex /ferr(itin/\n", 2, 17, "parenthesis"},
    {THEORY "regex /a(?R)?b/\n", 2, 9, "recursion"},
    {THEORY "regex /a(*SKIP)b/\n", 2, 9, "verbs"},
    {THEORY "regex /a(?C1)b/\n", 2, 9, "callouts"},
    {THEORY "regex /a\\Cb/\n", 2, 9, "\\C"},
    {THEORY "match iron as sure\n", 0, 0, ""}, /* "as sure" are words like others */
    {THEORY "match iron as disputes asks\n", 2, 6, "one stance"},
    {THEORY "match iron as disputes low\n", 2, 24, "comma"},
    {"treatment iron-iv \"IV\"\nmatch iron as disputes\n", 2, 6, "no stance"},
    {"list low = low as disputes\n", 1, 16, "as has a place"},
    {THEORY "match iron\nunless iron\n", 3, 8, "post is missing"},
    {THEORY "match iron\ntag when score > 1\n", 3, 16, ">= is missing"},
    {THEORY "match iron\ntag when score >= many\n", 3, 19, "number above 0"},
    {THEORY "weak iron\n", 1, 1, "never be given"},
    {THEORY "match iron\ntest\nyes\n", 4, 4, "example is missing"},
    {THEORY "match iron\ntest\ntodo maybe so\n", 4, 6, "yes or no"},
    {THEORY "match iron\ntest now\n", 3, 6, "nothing more"},
    {THEORY "about\nmatch iron\n", 2, 6, "text is missing"},
    {"# åäö\n\ttheory bid “Iron”\n", 2, 13, "curly"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const struct mistake *mistake = &mistakes[i];
        struct fixture fixture = {0};
        fixture_file(&fixture, "common.rules", "list other = other\n", 19);
        fixture_file(&fixture, "test.rules", mistake->text, strlen(mistake->text));
        int status = fixture_compile(&fixture);
        const struct ek_diagnostic *first = fixture.diagnostics.items;
        while (first && first < fixture.diagnostics.items + fixture.diagnostics.count &&
               first->severity != EK_ERROR)
            first++;
        if (mistake->line == 0) {
            assert_int_equal(status, 0);
        } else if (status != -1 || first->line != mistake->line ||
                   first->column != mistake->column || !strstr(first->message, mistake->word)) {
            fail_msg("%s\nexpected %u:%u ...%s..., got %s", mistake->text, mistake->line,
                     mistake->column, mistake->word,
                     status ? fixture.err.message : "no error at all");
        } else {
            char place[64];
            snprintf(place, sizeof place, "test.rules:%u:%u: ", mistake->line, mistake->column);
            assert_memory_equal(fixture.err.message, place, strlen(place));
            assert_non_null(first->source);
        }
        fixture_free(&fixture);
    }
}

/* The manual as it reads: its escapes undone. */
static char *read_manual(void)
{
    static const char *const escapes[][2] = {{"\\(dq", "\""}, {"\\e", "\\"}, {"\\(lq", "“"}};
    FILE *file = fopen("packaging/man/ekbom-rules.5", "r");
    char *text = test_calloc(1, 100000);

    assert_non_null(file);
    assert_true(fread(text, 1, 99999, file) > 1000);
    fclose(file);
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        for (char *at = text; (at = strstr(at, escapes[i][0])) != NULL;) {
            size_t from = strlen(escapes[i][0]), to = strlen(escapes[i][1]);
            memcpy(at, escapes[i][1], to);
            memmove(at + to, at + from, strlen(at + from) + 1);
            at += to;
        }
    return text;
}

static const char *const manual_mistakes[] = {
    THEORY "regex /ferritin \\d+\n",
    THEORY "match iron near low\n",
    THEORY "match with iron\n",
    THEORY "match “low iron”\n",
    "list low = low\n" THEORY "match iron near/6 {lwo}\n",
    "\n\n\n\n" THEORY "match iron\ntheory bid \"Iron again\"\nmatch iron\n",
    THEORY "macth iron\n",
    THEORY "about nothing\n",
    THEORY "regex /(\\w+) \\1/\n",
    "include \"theories/bid.rules\"\n",
};

static void test_the_manual_gives_the_messages(void **state)
{
    char *manual = read_manual();

    (void)state;
    for (size_t i = 0; i < sizeof manual_mistakes / sizeof *manual_mistakes; i++) {
        struct fixture fixture = {0};
        fixture_file(&fixture, "theories/bid.rules", manual_mistakes[i],
                     strlen(manual_mistakes[i]));
        assert_int_equal(fixture_compile(&fixture), -1);
        if (!strstr(manual, fixture.diagnostics.items[0].message))
            fail_msg("not in the manual: %s", fixture.diagnostics.items[0].message);
        fixture_free(&fixture);
    }
    test_free(manual);
}

static void test_all_mistakes_of_a_file_are_named(void **state)
{
    static const char text[] = THEORY "macth iron\nmatch (iron\nmatch iron\nmatch {x}\n";
    struct fixture fixture = {0};

    (void)state;
    fixture_file(&fixture, "test.rules", text, sizeof text - 1);
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_int_equal(fixture.diagnostics.errors, 3);
    assert_int_equal(fixture.diagnostics.items[2].line, 5);
    assert_string_equal(fixture.diagnostics.items[2].source, "match {x}");
    assert_null(fixture.rules);
    fixture_free(&fixture);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_the_manual_gives_the_messages),
        cmocka_unit_test(test_all_mistakes_of_a_file_are_named),
        cmocka_unit_test(test_too_many_mistakes_end),
        cmocka_unit_test(test_circular_include),
        cmocka_unit_test(test_include_shows_lists_and_cues),
        cmocka_unit_test(test_files_that_are_no_text),
        cmocka_unit_test(test_a_file_of_a_megabyte_is_refused),
        cmocka_unit_test(test_no_rules),
        cmocka_unit_test(test_warnings_do_not_refuse),
        cmocka_unit_test(test_comments_and_continuations),
        cmocka_unit_test(test_codes_tell_what_the_file_says),
        cmocka_unit_test(test_brackets_and_lists_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
