/* cmd_rules.h - the parts of `ekbom rules` that have a file of their own. */
#ifndef EKBOM_CMD_RULES_H
#define EKBOM_CMD_RULES_H

#include "cli.h"

struct ek_arena;
struct ek_bundle;
struct ek_diagnostics;
struct ek_err;
struct ek_rules;
struct ek_store;

/* Compile the rules of the command line. What is wrong with them is printed, and the exit status is
 * returned. bundle may be NULL. */
int compile_rules(struct cli *cli, struct ek_bundle *bundle, struct ek_rules **rules,
                  struct ek_diagnostics *diagnostics);

/* The rules of the command line; where it names none, those that the store is tagged under; where
 * it has none, or there is no store (NULL), the installed ones. */
int rules_in_force(struct cli *cli, struct ek_store *store, struct ek_bundle *bundle,
                   struct ek_err *err);
/* The rule set of the store whose digest begins like this, with or without "sha256:". */
int rules_version(struct cli *cli, struct ek_store *store, const char *given, const char **digest,
                  struct ek_err *err);
/* A rule as it stands in its file, the lines that it goes on in included; "" if it is not there. In
 * the arena. */
const char *rule_source(struct ek_arena *arena, const struct ek_bundle *bundle, const char *file,
                        unsigned line);

int rules_check(struct cli *cli);
int rules_diff(struct cli *cli);
int rules_eval(struct cli *cli);
int rules_explain(struct cli *cli);
int rules_gaps(struct cli *cli);
int rules_stats(struct cli *cli);
int rules_versions(struct cli *cli);
int rules_drop(struct cli *cli);

#endif
