/* plot_changes.h - a picture of changes between two periods: what `ekbom shift --format svg` and a
 * report draw. */
#ifndef EKBOM_CLI_PLOT_CHANGES_H
#define EKBOM_CLI_PLOT_CHANGES_H

#include "changes.h"

struct changes_view {
    const struct changes *changes;
    const char *headline; /* stances, denominator, periods, tests */
    const char *note;     /* what was corrected for tagging error, and what not */
    const char *ruleset;
    bool sample;
};
/* To standard output, or into the page that the command makes; the exit status. */
int plot_changes(struct cli *cli, const struct changes_view *view);

#endif
