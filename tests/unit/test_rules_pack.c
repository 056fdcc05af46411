/* The rule pack that ships: it compiles without a word, its examples hold, and so do the promises
 * that the contract makes by name. */
#include <stdio.h>

#include "rules_fixture.h"

static struct fixture pack;

static int load_pack(void **state)
{
    (void)state;
    pack.arena = ek_arena_new(256u << 20);
    if (ek_bundle_load(&pack.bundle, pack.arena, "rules/rls", ".rules", &pack.err) < 0)
        fail_msg("%s", pack.err.message);
    fixture_start(&pack, EK_ENGINE_FAST);
    return 0;
}

static int free_pack(void **state)
{
    (void)state;
    fixture_free(&pack);
    return 0;
}

static void test_no_diagnostics(void **state)
{
    (void)state;
    for (size_t i = 0; i < pack.diagnostics.count; i++)
        print_error("%s:%u: %s\n", pack.diagnostics.items[i].file, pack.diagnostics.items[i].line,
                    pack.diagnostics.items[i].message);
    assert_int_equal(pack.diagnostics.count, 0);
}

static void test_examples_hold(void **state)
{
    struct ek_example_result *results;
    size_t count, failed = 0;

    (void)state;
    assert_int_equal(ek_rules_test(pack.rules, pack.arena, &results, &count, &pack.err), 0);
    for (size_t i = 0; i < count; i++) {
        if (results[i].passed || results[i].todo)
            continue;
        failed++;
        print_error("%s:%u: expected %s, got %s: %s\n", results[i].file, results[i].line,
                    results[i].expected, results[i].got, results[i].text);
    }
    assert_int_equal(failed, 0);
    assert_true(count > 200);
}

static void test_every_code_is_documented_and_tried(void **state)
{
    const struct ek_code *codes;
    size_t count = ek_rules_codes(pack.rules, &codes);

    (void)state;
    assert_true(count >= 14);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(codes[i].about);
        assert_non_null(codes[i].version);
        if (codes[i].tests < 16)
            fail_msg("%s has %u examples", codes[i].code, codes[i].tests);
    }
}

static void test_twice_a_day_is_no_theory(void **state)
{
    const struct ek_tags *tags = fixture_tag(&pack, "pramipexole 0.25 mg BID");

    (void)state;
    assert_int_equal(tags->theory_count, 0);
    assert_int_equal(tags->treatment_count, 1);
    assert_string_equal(tags->treatments[0].code, "dopamine-agonist");
}

static void test_a_theory_that_is_not_bought(void **state)
{
    const struct ek_tags *tags = fixture_tag(&pack, "I don't buy the brain iron deficiency theory");

    (void)state;
    assert_int_equal(tags->theory_count, 1);
    assert_string_equal(tags->theories[0].code, "bid");
    assert_int_equal(tags->theories[0].stance, EK_DISPUTES);
    assert_non_null(strstr(tags->theories[0].hits[0].cue, "buy"));
}

static void test_a_quoted_theory_is_not_the_writers(void **state)
{
    struct ek_quote quote = {.depth = 1, .text = "Low iron is what causes my restless legs."};
    struct ek_tag_input input = {
        .text = "Could not agree more!", .len = 21, .quotes = &quote, .quote_count = 1};

    (void)state;
    assert_int_equal(ek_matcher_tag(pack.matcher, &input, pack.arena, &pack.tags, &pack.err), 0);
    assert_int_equal(pack.tags.theory_count, 0);
    assert_int_equal(pack.tags.quoted_count, 1);
    assert_string_equal(pack.tags.quoted_only[0], "bid");
}

/* What stands between .Bd and .Ed of the manual's first chapter, its two escapes undone. */
static void read_first_theory(char *out, size_t room)
{
    FILE *file = fopen("packaging/man/ekbom-rules.5", "r");
    char line[400];
    bool inside = false, chapter = false;

    assert_non_null(file);
    out[0] = '\0';
    while (fgets(line, sizeof line, file)) {
        chapter = chapter || strcmp(line, ".Sh A FIRST THEORY\n") == 0;
        if (inside && strcmp(line, ".Ed\n") == 0)
            break;
        if (inside && strlen(out) + strlen(line) < room)
            strcat(out, line);
        inside = inside || (chapter && strncmp(line, ".Bd", 3) == 0);
    }
    fclose(file);
}

static void test_the_manuals_first_theory(void **state)
{
    struct fixture fixture = {0};
    struct ek_example_result *results;
    char text[4000];
    size_t count;

    (void)state;
    read_first_theory(text, sizeof text);
    for (size_t i = 0; i < pack.bundle.count; i++)
        if (strncmp(pack.bundle.files[i].name, "common/", 7) == 0)
            fixture_file(&fixture, pack.bundle.files[i].name, pack.bundle.files[i].text,
                         pack.bundle.files[i].len);
    fixture_file(&fixture, "bid.rules", text, strlen(text));
    fixture_start(&fixture, EK_ENGINE_FAST);
    assert_int_equal(fixture.diagnostics.count, 0);
    assert_int_equal(ek_rules_test(fixture.rules, fixture.arena, &results, &count, NULL), 0);
    assert_int_equal(count, 6);
    for (size_t i = 0; i < count; i++)
        if (!results[i].passed)
            fail_msg("%s: %s", results[i].text, results[i].got);
    fixture_free(&fixture);
}

/* The plain engine on the pack's own words: every example tagged by both. */
static void test_engines_agree_on_the_examples(void **state)
{
    struct ek_example_result *results;
    size_t count;
    struct ek_matcher *naive = ek_matcher_new(pack.rules, EK_ENGINE_NAIVE, &pack.err);

    (void)state;
    assert_non_null(naive);
    assert_int_equal(ek_rules_test(pack.rules, pack.arena, &results, &count, &pack.err), 0);
    for (size_t i = 0; i < count; i++) {
        struct ek_tag_input input = {.text = results[i].text, .len = strlen(results[i].text)};
        struct ek_tags fast, slow;
        assert_int_equal(ek_matcher_tag(pack.matcher, &input, pack.arena, &fast, NULL), 0);
        assert_int_equal(ek_matcher_tag(naive, &input, pack.arena, &slow, NULL), 0);
        assert_int_equal(fast.theory_count, slow.theory_count);
        assert_int_equal(fast.treatment_count, slow.treatment_count);
        for (size_t t = 0; t < fast.theory_count; t++) {
            assert_string_equal(fast.theories[t].code, slow.theories[t].code);
            assert_int_equal(fast.theories[t].stance, slow.theories[t].stance);
            assert_int_equal(fast.theories[t].hedged, slow.theories[t].hedged);
            assert_int_equal(fast.theories[t].experience, slow.theories[t].experience);
            assert_int_equal(fast.theories[t].hit_count, slow.theories[t].hit_count);
            for (size_t h = 0; h < fast.theories[t].hit_count; h++) {
                assert_int_equal(fast.theories[t].hits[h].start, slow.theories[t].hits[h].start);
                assert_int_equal(fast.theories[t].hits[h].end, slow.theories[t].hits[h].end);
                assert_string_equal(fast.theories[t].hits[h].rule, slow.theories[t].hits[h].rule);
            }
        }
    }
    ek_matcher_free(naive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_diagnostics),
        cmocka_unit_test(test_examples_hold),
        cmocka_unit_test(test_every_code_is_documented_and_tried),
        cmocka_unit_test(test_twice_a_day_is_no_theory),
        cmocka_unit_test(test_a_theory_that_is_not_bought),
        cmocka_unit_test(test_a_quoted_theory_is_not_the_writers),
        cmocka_unit_test(test_the_manuals_first_theory),
        cmocka_unit_test(test_engines_agree_on_the_examples),
    };
    return cmocka_run_group_tests(tests, load_pack, free_pack);
}
