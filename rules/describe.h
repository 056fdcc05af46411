/* describe.h - conditions as their writer would put them. */
#ifndef RULES_DESCRIBE_H
#define RULES_DESCRIBE_H

#include "rules/rule_set.h"

#define NO_CHILD UINT32_MAX

/* What a near, then, with, without or & asks for beside what is there: "near/6 (low | poor)", where
 * child is the part that is looked for; NO_CHILD: how near, or in which scope. In the arena; NULL
 * out of memory. */
const char *describe_need(const struct ek_rules *rules, uint32_t node, uint32_t child,
                          struct ek_arena *arena);

#endif
