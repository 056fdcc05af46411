/* cmd_rules.h - the parts of `ekbom rules` that have a file of their own. */
#ifndef EKBOM_CMD_RULES_H
#define EKBOM_CMD_RULES_H

#include "cli.h"

int rules_diff(struct cli *cli);
int rules_eval(struct cli *cli);
int rules_explain(struct cli *cli);
int rules_gaps(struct cli *cli);
int rules_stats(struct cli *cli);

#endif
