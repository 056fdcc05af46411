/* Mistakes in a rule file: where they are, in which words, and what is not blamed for them. */
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
    {THEORY "about nothing\n", 1, 1, "has no rule that finds a post"},
    {THEORY "regex /(\\w+) \\1/\n", 2, 14, "back-reference"},
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
    {THEORY "regex /ferr(itin/\n", 2, 17, "( is not closed"},
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
    /* what looks like a word and is a slip */
    {THEORY "match iron near-6 low\n", 2, 12, "did you mean near/6"},
    {THEORY "match iron near6 low\n", 2, 12, "did you mean near/6"},
    {THEORY "match iron Near/6 low\n", 2, 12, "did you mean near/6"},
    {THEORY "match iron naer/6 low\n", 2, 12, "did you mean near/6"},
    {THEORY "match iron than/12 low\n", 2, 12, "did you mean then/12"},
    {THEORY "match iron WITH low\n", 2, 12, "small letters: with"},
    {THEORY "match \"near-6\" year-5 24/7 near4ever\n", 0, 0, ""},
    {"list is_low = low\n" THEORY "match iron near/6 is_low\n", 3, 19, "write {is_low}"},
    {"list low = low\n" THEORY "match iron near/6 low \"a_b\" a_b\n", 0, 0, ""},
    {THEORY "match /low iron/\n", 2, 7, "the word regex before it"},
    {THEORY "not /low iron\n", 2, 5, "the word regex before it"},
    {THEORY "match iron / low, iron/low\n", 0, 0, ""},
    {THEORY "match [low] iron\n", 2, 7, "a list stands in {}"},
    {THEORY "match „low“ iron\n", 2, 7, "curly"},
    {THEORY "match\u00a0{low} iron\u00a0near/6\u00a0low\nlist low = low\n", 2, 7, "in line 3"},
    {THEORY "\u200bmatch low\n", 2, 1, "cannot be seen (U+200B)"},
    {THEORY "match low\ntest\nyes dispute  Low.\n", 4, 5, "did you mean disputes"},
    {THEORY "match low\ntest\nyes dispute Low.\n", 0, 0, ""},
    {"theory brain iron \"Iron\"\n", 1, 14, "theory brain-iron"},
    {"list low: low, poor\n", 1, 9, "= is missing"},
    /* lists */
    {"list low = {low}, poor\n", 1, 12, "cannot hold itself"},
    {THEORY "match {low}\nlist low = low\n", 2, 7, "stands below, in line 3"},
    {THEORY "match {other}\n", 2, 7, "include \"common.rules\""},
    {"include \"common.rules\"\nlist other = x\n", 2, 6, "already, in common.rules line 1; add"},
    {"list low = low,\nlist high = high\n", 1, 15, "which begins with list"},
    {THEORY "match low,\nstrong iron\n", 2, 10, "which begins with strong"},
    {THEORY "match low iron,  # for now\n test\n yes Low iron.\n", 2, 15, "begins with test"},
    {THEORY "match low,\ntest results,\nlist of\n", 0, 0, ""},
    /* regular expressions */
    {THEORY "regex /and/or iron/\n", 2, 11, "a slash inside it is written \\/"},
    {THEORY "regex /iron 1/2 low\n", 2, 14, "a slash inside it is written \\/"},
    {THEORY "regex /low / iron/\n", 2, 12, "a slash inside it is written \\/"},
    {THEORY "match regex /low/ near/6 iron, regex /iron/\n", 0, 0, ""},
    {THEORY "regex /iron\\/\n", 2, 7, "\\/ is a slash inside"},
    {THEORY "regex //\n", 2, 8, "nothing stands between"},
    {THEORY "regex /low\tiron/\n", 2, 11, "this is a tab"},
    {THEORY "regex /low\t iron/x\n", 0, 0, ""},
    {THEORY "regex /“low iron”/\n", 2, 8, "curly"},
    {THEORY "regex /don’t/\n", 2, 11, "(U+2019); write '"},
    {THEORY "regex /low\u00a0iron/\n", 2, 11, "(U+00A0); write a blank"},
    {THEORY "regex /low\u00adiron/\n", 2, 11, "cannot be seen (U+00AD)"},
    {THEORY "regex /don['’]t re\u017ftle\u017f\u017f[ \t]legs/\n", 0, 0, ""},
    {THEORY "regex /*iron/\n", 2, 8, "here nothing does"},
    {THEORY "regex /iron)/\n", 2, 12, "closes nothing"},
    {THEORY "regex /iron{5,2}/\n", 2, 16, "the smaller number"},
    {THEORY "regex /[z-a]iron/\n", 2, 11, "the earlier letter"},
    {THEORY "regex /(?<=a*)iron/\n", 2, 8, "of one length"},
    {THEORY "regex /\\yiron/\n", 2, 9, "has no meaning"},
    {THEORY "regex /\\p{Foo}iron/\n", 2, 15, "no such class"},
    /* the whole file */
    {"theory bid \"Iron\"\rmatch iron\r", 1, 18, "old Macintosh"},
    {"\ufefftheroy bid \"Iron\"\n", 1, 1, "did you mean theory"},
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
    THEORY "regex /and/or iron/\n",
    THEORY "match iron near low\n",
    THEORY "match iron near-6 low\n",
    THEORY "regex /iron\tlow/\n",
    THEORY "match with iron\n",
    THEORY "match /ferritin \\d+/\n",
    THEORY "match low iron,\nstrong brain iron\n",
    THEORY "match “low iron”\n",
    "list low = low\n" THEORY "match iron near/6 {lwo}\n",
    THEORY "match iron near/6 {low}\n\n\n\n\n\n\nlist low = low\n",
    "list iron_low = low\n" THEORY "match iron near/6 iron_low\n",
    "list low = low\nlist low = poor\n",
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

/* What hangs on a line with a mistake is right, and is not blamed for it. */
static void test_what_follows_from_a_mistake_is_not_blamed(void **state)
{
    static const char *const texts[] = {
        "list low = low, “poor”\n" THEORY "match iron near/6 {low}\n",
        "list low low, poor\n" THEORY "match iron near/6 {low}\n",
        "lsit low = low, poor\n" THEORY "match iron near/6 {low}\n",
        "list low = low, poor,\nlist high = high\n" THEORY "match {high} iron near/6 {low}\n",
        "theroy bid \"Iron\"\nmatch iron\ntest\nyes Iron.\nno Copper.\n",
        THEORY "match iron\ntests\nyes Iron.\nno Copper.\n",
        "include \"nowhere.rules\"\n" THEORY "match iron near/6 {low}\nmatch {poor}\n",
        "inlcude \"common.rules\"\n" THEORY "match {other} iron\n",
        "theory a b c\nmatch iron\ntest\nyes Iron.\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture fixture = {0};
        fixture_file(&fixture, "common.rules", "list other = other\n", 19);
        fixture_file(&fixture, "test.rules", texts[i], strlen(texts[i]));
        assert_int_equal(fixture_compile(&fixture), -1);
        if (fixture.diagnostics.errors != 1)
            fail_msg("%s\n%zu errors, the second: %s", texts[i], fixture.diagnostics.errors,
                     fixture.diagnostics.items[1].message);
        fixture_free(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_the_manual_gives_the_messages),
        cmocka_unit_test(test_all_mistakes_of_a_file_are_named),
        cmocka_unit_test(test_what_follows_from_a_mistake_is_not_blamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
