/* random_rules.c - the fast engine beside the plain one over millions of random (rule, text) pairs.
 *
 *   random_rules [PAIRS [SEED]]
 *
 * A set of some fifteen random rules is compiled and run over a few hundred random texts by both
 * engines; each rule on each text is a pair. The first text of which they say different things is
 * printed with its rules, and the campaign ends with 1. Without a seed the time is one; it is
 * printed, so that a failure can be had again. */
#include <inttypes.h>
#include <time.h>

#include "tests/unit/rules_contest.h"
#include "tests/unit/rules_random.h"

#define TEXTS 200u /* for each set of rules */

static void tell_difference(const struct contest *contest, const char *rules, const char *text)
{
    printf("rules:\n%s\ntext:\n%s\n\nfast:\n%s\nplain:\n%s\n", rules, text,
           contest->said_fast ? contest->said_fast : "out of memory",
           contest->said_plain ? contest->said_plain : "out of memory");
}

int main(int argc, char **argv)
{
    uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000, pairs = 0, texts = 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
    struct draws draws = {seed * 2654435761u | 1};
    char rule_text[16000], post[4000];
    struct writing rules = {.text = rule_text, .room = sizeof rule_text};
    struct writing text = {.text = post, .room = sizeof post};
    struct contest contest = {0};
    uint64_t sets = 0, refused = 0;

    printf("seed %" PRIu64 "\n", seed);
    while (pairs < wanted) {
        struct ek_file file = {.name = "test.rules", .text = rule_text};
        struct ek_bundle bundle = {.origin = "test", .files = &file, .count = 1};
        random_rules(&draws, &rules);
        file.len = rules.len;
        ek_bundle_seal(&bundle);
        sets++;
        if (contest_start(&contest, &bundle) < 0) {
            refused++;
            contest_end(&contest);
            continue;
        }
        for (unsigned i = 0; i < TEXTS; i++, texts++) {
            random_text(&draws, &text);
            if (!contest_agree(&contest, post, text.len)) {
                tell_difference(&contest, rule_text, post);
                return 1;
            }
        }
        pairs += (uint64_t)TEXTS * contest.rule_count;
        contest_end(&contest);
    }
    printf("%" PRIu64 " pairs of %" PRIu64 " sets of rules (%" PRIu64 " refused) and %" PRIu64
           " texts (%lu refused): %lu tags, %lu hits, %lu undetermined, no difference\n",
           pairs, sets, refused, texts, contest.refused, contest.tags, contest.hits,
           contest.undetermined);
    return refused * 20 > sets; /* then the draws are no longer what they were meant to be */
}
