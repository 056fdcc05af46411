/* check.h - what the parts of checking rules share: see check.c. */
#ifndef RULES_CHECK_H
#define RULES_CHECK_H

#include "ekbom/rules_check.h"
#include "rules/rule_set.h"

/* subsume.c: does a rule find something wherever this one does, and is enough alone? Its number, or
 * NO_RULE. */
#define NO_RULE UINT32_MAX
uint32_t subsuming_rule(const struct ek_rules *rules, uint32_t number);

/* attack.c: the worst time of each rule, to attacks (by number). 0, -1. */
int attack_rules(const struct ek_rules *rules, struct ek_arena *arena, struct ek_attack *attacks,
                 struct ek_err *err);

/* The processor's time for this program, in milliseconds. */
double processor_time(void);

/* example.c: the post that an example stands for. -1 out of memory. */
int example_post(const char *text, struct ek_arena *arena, struct ek_tag_input *input);

#endif
