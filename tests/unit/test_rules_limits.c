/* Limits end in "undetermined", and harm nothing else; without machine code matching is the same.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules_fixture.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
#ifndef PR_MDWE_REFUSE_EXEC_GAIN
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* Every way of cutting the run of x into pieces is tried, and none ends in yabcd. */
static const char catastrophe[] = "theory t \"T\"\n"
                                  "  regex /(?:x+x+)+yabcd/\n"
                                  "  match iron\n"
                                  "theory u \"U\"\n"
                                  "  match iron\n"
                                  "  not regex /(?:x+x+)+yabcd/\n"
                                  "theory v \"V\"\n"
                                  "  match iron\n";
static const char hostile[] = "iron xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx yabcd";

static void test_a_limit_is_undetermined(void **state)
{
    struct fixture fixture = fixture_of(catastrophe);
    const struct ek_tags *tags = fixture_tag(&fixture, hostile);

    (void)state;
    assert_int_equal(tags->undetermined_count, 2);
    assert_string_equal(tags->undetermined[0].code, "t");
    assert_string_equal(tags->undetermined[0].rule, "t:2");
    assert_string_equal(tags->undetermined[0].reason, "match limit");
    assert_string_equal(tags->undetermined[1].rule, "u:6");
    /* the other rules of the theory, and the other theories, are decided */
    assert_int_equal(tags->theory_count, 3);
    assert_int_equal(tags->theories[0].hit_count, 1);
    assert_string_equal(tags->theories[0].hits[0].text, "iron");
    /* and the next post is as any other */
    tags = fixture_tag(&fixture, "iron xxxx yabcd xxyabcd");
    assert_int_equal(tags->undetermined_count, 0);
    assert_int_equal(tags->theories[0].hit_count, 2);
    fixture_free(&fixture);
}

/* The limit is our 100,000 steps and not PCRE2's own ten million: 14 x take fewer, 20 x more. */
static void test_the_limit_is_ours(void **state)
{
    struct fixture fixture = fixture_of(catastrophe);

    (void)state;
    assert_int_equal(fixture_tag(&fixture, "iron xxxxxxxxxxxxxx yabcd")->undetermined_count, 0);
    assert_int_equal(fixture_tag(&fixture, "iron xxxxxxxxxxxxxxxxxxxx yabcd")->undetermined_count,
                     2);
    fixture_free(&fixture);
}

/* A rule that could not be decided gives no hit, whatever its other words found. */
static void test_half_a_rule_is_undetermined(void **state)
{
    struct fixture fixture = fixture_of("theory t \"T\"\n"
                                        "  match iron, regex /(?:x+x+)+yabcd/\n"
                                        "  match yabcd\n");
    const struct ek_tags *tags = fixture_tag(&fixture, hostile);

    (void)state;
    assert_int_equal(tags->undetermined_count, 1);
    assert_int_equal(tags->theory_count, 1);
    assert_int_equal(tags->theories[0].hit_count, 1);
    assert_string_equal(tags->theories[0].hits[0].rule, "t:3");
    fixture_free(&fixture);
}

static void test_a_regex_waits_for_its_word(void **state)
{
    struct fixture fixture = fixture_of(catastrophe);

    (void)state;
    /* without yabcd in the post the pattern is not run at all */
    const struct ek_tags *tags =
        fixture_tag(&fixture, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    assert_int_equal(tags->undetermined_count, 0);
    assert_int_equal(tags->theory_count, 0);
    fixture_free(&fixture);
}

struct waiting_case {
    const char *regex;
    bool waits;
};

static const struct waiting_case waiting[] = {
    {"/ferritin/", true},
    {"/ferritin?/", true},
    {"/(?:ferritin|transferrin)/", true},
    {"/(?:ferritin|\\d+)/", false},
    {"/(?:ferritin)?\\d/", false},
    {"/(?:ferritin)*\\d/", false},
    {"/(?:ferritin){0,2}\\d/", false},
    {"/(?:ferritin){1,2}\\d/", true},
    {"/(?=ferritin)\\w/", false},
    {"/(?<!steam )iron\\b/", true},
    {"/iro?n/", true},
    {"/iro*n/", false},
    {"/ir[o]n/", true},
    {"/ir[a-z]n/", false},
    {"/[ferritin]/", false},
    {"/[[:alpha:]]ferritin/", true},
    {"/[[:<:]]ferritin/", false},
    {"/[]ferritin]/", false},
    {"/[^]ferritin]x/", false},
    {"/\\Qferritin\\E/", false},
    {"/(?i)ferritin/", false},
    {"/ferr{2}itin/", true},
    {"/abcd{a|b}/", false},
    {"/abcd ?x/", true},
    {"/abcd ?x/x", true},
    {"/ab c ?x/x", true},
    {"/ab c ?/x", false},
    {"/(?<level>ferritin)/", true},
    {"/low iron|iron low/", true},
    {"/low iron|low|iron low/", true},
    {"/low iron|lo|iron low/", false},
    {"/\\bferritin\\b.{0,40}\\d+/", true},
    {"/\\x66erritin/", false},
    {"/(?>ferritin)/", true},
    {"/(?|ferritin|transferrin)/", true},
    {"/(?:fer|ter)(?:ritin|rific)/", true},
    {"/\\p{L}erritin/", true},
    {"/fer\\.ritin/", true},
    {"/ferritin++/", true},
    {"/(?:(?:ferritin ){2,}x)?y/", false},
    {"/low +iron/", true},
    {"/\\bi\\b/", false},
};

/* A pattern that waits when it should not loses hits; one that does not wait is only warned of. */
static void test_which_regexes_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++) {
        char rules[200];
        bool warned = false;
        snprintf(rules, sizeof rules, "theory t \"T\"\nregex %s\n", waiting[i].regex);
        struct fixture fixture = fixture_of(rules);
        for (size_t d = 0; d < fixture.diagnostics.count; d++)
            warned = warned || strstr(fixture.diagnostics.items[d].message, "every post");
        if (warned == waiting[i].waits)
            fail_msg("%s %s", waiting[i].regex, warned ? "does not wait" : "waits");
        fixture_free(&fixture);
    }
}

static void test_a_post_of_ten_megabytes(void **state)
{
    struct fixture fixture =
        fixture_of("theory t \"T\"\nmatch low near/6 iron with legs in post\n");
    static const char words[] = "my low and very old iron legs of a man ";
    size_t len = 10u << 20, at = 0;
    char *text = test_malloc(len);

    (void)state;
    for (; at + sizeof words < len; at += sizeof words - 1)
        memcpy(text + at, words, sizeof words - 1);
    struct ek_tag_input input = {.text = text, .len = at};
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, NULL),
                     0);
    assert_int_equal(fixture.tags.theories[0].hit_count, 1000);
    test_free(text);
    fixture_free(&fixture);
}

static void test_a_text_beyond_the_ceiling(void **state)
{
    struct fixture fixture = fixture_of("theory t \"T\"\nmatch iron\n");
    size_t len = (16u << 20) + 1;
    char *text = test_malloc(len);
    struct ek_err err = {0};

    (void)state;
    memset(text, 'a', len);
    struct ek_tag_input input = {.text = text, .len = len};
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, &err),
                     -1);
    assert_int_equal(err.kind, EK_LIMIT);
    memset(text, '.', len);
    for (size_t i = 0; i < len; i += 2)
        text[i] = 'a';
    memcpy(text, "iron.", 5); /* else no rule asks how the text is cut */
    input.len = len - 1;
    assert_int_equal(ek_matcher_tag(fixture.matcher, &input, fixture.arena, &fixture.tags, &err),
                     -1);
    assert_int_equal(err.kind, EK_LIMIT);
    test_free(text);
    fixture_free(&fixture);
}

static void test_a_pattern_beyond_the_ceiling(void **state)
{
    struct fixture fixture = {0};
    char rules[6000] = "theory t \"T\"\nregex /";
    size_t at = strlen(rules);

    (void)state;
    memset(rules + at, 'a', 4097);
    memcpy(rules + at + 4097, "/\n", 3);
    fixture_file(&fixture, "test.rules", rules, strlen(rules));
    assert_int_equal(fixture_compile(&fixture), -1);
    assert_non_null(strstr(fixture.err.message, "too long"));
    fixture_free(&fixture);
}

/* Runs in a child that may not have memory which is both written and run. */
static int match_without_machine_code(void)
{
    static const char text[] = "Ferritin of 12, iron legs.";

    if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) < 0)
        return 77;
    struct fixture fixture =
        fixture_of("theory t \"T\"\nregex /ferritin\\D{0,9}\\d+/\nmatch iron legs\n");
    const struct ek_tag *tag = fixture_theory(&fixture, text, "t");
    bool right = ek_rules_interpreted(fixture.rules) && tag && tag->hit_count == 2 &&
                 strcmp(tag->hits[0].text, "Ferritin of 12") == 0;
    fixture_free(&fixture);
    struct fixture limited = fixture_of(catastrophe);
    right = right && fixture_tag(&limited, hostile)->undetermined_count == 2;
    fixture_free(&limited);
    return right ? 0 : 1;
}

static void test_the_interpreter_finds_the_same(void **state)
{
    int status = 0;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0)
        _exit(match_without_machine_code());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip(); /* a kernel before 6.3 */
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* first: PCRE2 keeps memory that it once was given to run code in */
        cmocka_unit_test(test_the_interpreter_finds_the_same),
        cmocka_unit_test(test_a_limit_is_undetermined),
        cmocka_unit_test(test_the_limit_is_ours),
        cmocka_unit_test(test_half_a_rule_is_undetermined),
        cmocka_unit_test(test_a_regex_waits_for_its_word),
        cmocka_unit_test(test_which_regexes_wait),
        cmocka_unit_test(test_a_post_of_ten_megabytes),
        cmocka_unit_test(test_a_text_beyond_the_ceiling),
        cmocka_unit_test(test_a_pattern_beyond_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
