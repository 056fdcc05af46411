/* The fast engine and the plain one find the same: random rules over random text, hit for hit.
 *
 * A million (rule, text) pairs here; `make campaign-rules` draws many more. The seed is fixed;
 * EKBOM_TEST_SEED and EKBOM_TEST_ROUNDS change it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "rules_contest.h"
#include "rules_random.h"

#define TEXTS 60u /* for each set of rules */

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
    const char *value = getenv(name);
    return value ? strtoul(value, NULL, 10) : otherwise;
}

static void test_engines_agree(void **state)
{
    unsigned long rounds = from_environment("EKBOM_TEST_ROUNDS", 1000), refused = 0, pairs = 0;
    struct draws draws = {from_environment("EKBOM_TEST_SEED", 20080317) | 1};
    char rule_text[16000], post[4000];
    struct writing rules = {.text = rule_text, .room = sizeof rule_text};
    struct writing text = {.text = post, .room = sizeof post};
    struct contest contest = {0};

    (void)state;
    for (unsigned long round = 0; round < rounds; round++) {
        struct ek_file file = {.name = "test.rules", .text = rule_text};
        struct ek_bundle bundle = {.origin = "test", .files = &file, .count = 1};
        random_rules(&draws, &rules);
        file.len = rules.len;
        ek_bundle_seal(&bundle);
        if (contest_start(&contest, &bundle) < 0) {
            refused++;
            contest_end(&contest);
            continue;
        }
        for (unsigned i = 0; i < TEXTS; i++) {
            random_text(&draws, &text);
            if (!contest_agree(&contest, post, text.len))
                fail_msg("round %lu\n%s\non: %s\nfast:\n%s\nplain:\n%s\n", round, rule_text, post,
                         contest.said_fast, contest.said_plain);
        }
        pairs += TEXTS * contest.rule_count;
        contest_end(&contest);
    }
    /* the draws do find something, and are rarely refused */
    assert_true(contest.tags > pairs / 50);
    assert_true(refused < rounds / 20 + 2);
    assert_true(contest.refused < rounds * TEXTS / 20 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_engines_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
