/* cmd_rules.h - the part of `ekbom rules` that has a file of its own. */
#ifndef EKBOM_CMD_RULES_H
#define EKBOM_CMD_RULES_H

#include "cli.h"

int rules_eval(struct cli *cli);

#endif
