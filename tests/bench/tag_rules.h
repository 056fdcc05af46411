/* tag_rules.h - the regular expressions of bench_tag, compiled for us and for PCRE2. */
#ifndef TESTS_BENCH_TAG_RULES_H
#define TESTS_BENCH_TAG_RULES_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stddef.h>

#include "ekbom/buf.h"
#include "ekbom/rules.h"

#define RULES_MOST 1000u

struct bench_rules {
    const char *patterns[RULES_MOST];
    size_t count;
    struct ek_buf text; /* a rule file of them, a rule a line from the second line on */
    struct ek_rules *rules;
    struct ek_matcher *matcher;
    pcre2_code *codes[RULES_MOST];
    double load, load_pcre; /* seconds */
};

/* The patterns of tests/bench/tag.rules: how many. Call it first. */
size_t bench_rules_read(void);
/* That many patterns: those of the file, then others of the same shapes with rare words of the
 * prose. `rules` is zeroed; english_make() was called. */
void bench_rules_make(struct bench_rules *rules, size_t count);
void bench_rules_drop(struct bench_rules *rules);

#endif
