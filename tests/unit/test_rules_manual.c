/* Every example of ekbom-rules(5) works as it stands there, and shows what it is said to show. */
#include <stdio.h>

#include "ekbom/rules_check.h"
#include "rules_fixture.h"

#define BLOCKS 32
#define BLOCK_BYTES 4000

struct manual {
    char blocks[BLOCKS][BLOCK_BYTES];
    size_t count;
};

/* An escape of the page undone: \e is a backslash, \- a hyphen, \& nothing. */
static void append_line(char *block, const char *line)
{
    size_t at = strlen(block);

    for (; *line && at + 2 < BLOCK_BYTES; line++) {
        if (*line != '\\') {
            block[at++] = *line;
            continue;
        }
        line++;
        if (*line == 'e')
            block[at++] = '\\';
        else if (*line == '-')
            block[at++] = '-';
    }
    block[at] = '\0';
}

static bool is_rule_file(const char *block)
{
    return strncmp(block, "theory ", 7) == 0 || strstr(block, "\ntheory ") ||
           strstr(block, "\ntreatment ");
}

/* What stands between .Bd and .Ed, where it is a rule file. */
static void read_manual(struct manual *manual)
{
    FILE *file = fopen("packaging/man/ekbom-rules.5", "r");
    char line[400];
    bool inside = false;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *block = manual->blocks[manual->count];
        if (inside && strcmp(line, ".Ed\n") == 0) {
            inside = false;
            manual->count += is_rule_file(block);
            assert_true(manual->count < BLOCKS);
        } else if (inside) {
            append_line(block, line);
        } else if (strncmp(line, ".Bd", 3) == 0) {
            inside = true;
            block[0] = '\0';
        }
    }
    fclose(file);
}

/* The block with the pack's lists and cues beside it. */
static void start(struct fixture *fixture, const char *block)
{
    struct ek_bundle pack;

    fixture_file(fixture, "block.rules", block, strlen(block));
    if (ek_bundle_load(&pack, fixture->arena, "rules/rls", ".rules", &fixture->err) < 0)
        fail_msg("%s", fixture->err.message);
    for (size_t i = 0; i < pack.count; i++)
        if (strncmp(pack.files[i].name, "common/", 7) == 0 && strstr(block, "include "))
            fixture_file(fixture, pack.files[i].name, pack.files[i].text, pack.files[i].len);
    fixture_start(fixture, EK_ENGINE_FAST);
}

static struct manual manual;

static int load_manual(void **state)
{
    (void)state;
    read_manual(&manual);
    return 0;
}

static void test_every_example_holds(void **state)
{
    (void)state;
    assert_true(manual.count >= 8);
    for (size_t i = 0; i < manual.count; i++) {
        struct fixture fixture = {0};
        struct ek_example_result *results;
        size_t count = 0;
        start(&fixture, manual.blocks[i]);
        assert_int_equal(
            ek_rules_test(fixture.rules, fixture.arena, &results, &count, &fixture.err), 0);
        assert_true(count > 0);
        for (size_t r = 0; r < count; r++)
            if (!results[r].passed && !results[r].todo)
                fail_msg("%.40s ...: %s: expected %s, got %s", manual.blocks[i], results[r].text,
                         results[r].expected, results[r].got);
        fixture_free(&fixture);
    }
}

/* Each line of an example is needed by one of its sentences. */
static void test_no_line_is_idle(void **state)
{
    (void)state;
    for (size_t i = 0; i < manual.count; i++) {
        struct fixture fixture = {0};
        struct ek_rules_report report;
        start(&fixture, manual.blocks[i]);
        assert_int_equal(ek_rules_check(fixture.rules, &fixture.bundle, &fixture.diagnostics,
                                        fixture.arena, &report, &fixture.err),
                         0);
        for (size_t w = 0; w < report.warnings.count; w++)
            fail_msg("%.40s ...: %s: %s", manual.blocks[i], report.warnings.items[w].source,
                     report.warnings.items[w].message);
        fixture_free(&fixture);
    }
}

/* Every word of the language stands in an example that works. */
static void test_every_word_is_shown(void **state)
{
    static const char *const words[] = {"include ",
                                        "list ",
                                        "language ",
                                        "theory ",
                                        "about ",
                                        "strong ",
                                        "match ",
                                        "weak ",
                                        "regex ",
                                        "not ",
                                        "unless ",
                                        "tag when",
                                        "test\n",
                                        "yes ",
                                        "no ",
                                        "cue ",
                                        "forward/",
                                        "backward/",
                                        "around/",
                                        "sentence ",
                                        "next ",
                                        "pseudo ",
                                        "stop ",
                                        "near/",
                                        "then/",
                                        " with ",
                                        " without ",
                                        " across sentences",
                                        " as disputes",
                                        " as stated",
                                        " & ",
                                        " within ",
                                        " in post",
                                        " in sentence",
                                        " in 2 sentences",
                                        "todo ",
                                        "treatment ",
                                        "post has "};

    (void)state;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        bool shown = false;
        for (size_t i = 0; i < manual.count && !shown; i++)
            shown = strstr(manual.blocks[i], words[w]);
        if (!shown)
            fail_msg("no example has: %s", words[w]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_example_holds),
        cmocka_unit_test(test_no_line_is_idle),
        cmocka_unit_test(test_every_word_is_shown),
    };
    return cmocka_run_group_tests(tests, load_manual, NULL);
}
