/* rules_check.h - what can be said against rules that compile: those that are never tried, that
 * another rule makes needless, or that cost too much.
 *
 * Warnings only: such rules tag as they stand. */
#ifndef EKBOM_RULES_CHECK_H
#define EKBOM_RULES_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/rules.h"

struct ek_attack {       /* the text that held one rule up longest, of those made to do so */
    const char *rule;    /* "bid:14"; NULL: there are no rules */
    double milliseconds; /* of processor time, to decide this rule on it */
    unsigned long bytes; /* of the text */
    const char *text;    /* its beginning */
    bool undetermined;   /* a matching limit was reached: time ended there */
};

struct ek_rules_report {
    struct ek_diagnostics warnings; /* those of compiling too, by file and line */
    struct ek_attack *attacks;      /* one a rule, the slowest first */
    size_t rule_count;
    size_t untested; /* rules that no example hits */
};

/* Try every example and attack every rule. Everything is in the arena, in a second or so. `bundle`
 * is that of the rules, `compiled` what ek_rules_compile said. 0, -1. */
int ek_rules_check(const struct ek_rules *rules, const struct ek_bundle *bundle,
                   const struct ek_diagnostics *compiled, struct ek_arena *arena,
                   struct ek_rules_report *report, struct ek_err *err);

/* What deciding each rule takes on this text, added to milliseconds (one a rule, as ek_rules_lines
 * has them). The matcher is of EK_ENGINE_FAST. 0, or -1 as ek_matcher_tag. */
int ek_matcher_time(struct ek_matcher *matcher, const struct ek_tag_input *input,
                    double *milliseconds, struct ek_err *err);

#endif
