/* report_words.h - what a report says beside the tables of other commands: its title and head, and
 * what is withheld. */
#ifndef EKBOM_CLI_REPORT_WORDS_H
#define EKBOM_CLI_REPORT_WORDS_H

#include "cite.h"
#include "report.h"
#include "study.h"
#include "timeline.h"

struct report_facts {
    const struct study *study; /* tested */
    const struct timeline_view *view;
    struct citation *citation;
    enum ek_correcting correcting;
};

#define REPORT_PICTURE_WORDS                                                                       \
    "Each period is a step at its share of posts, within its 95 % interval. The tables of all "    \
    "figures stand below."
#define REPORT_VERDICT_WORDS                                                                           \
    "“Rose” and “fell” are said only where the change is more than noise, corrected for the "  \
    "number of tests; where the share of authors went the same way and no stance went another; "       \
    "and where the archive holds as much of both periods. Everything else is “cannot tell”, with " \
    "the reasons, or a change shown to be smaller than what is of interest."

/* In the command's arena. */
const char *report_title(const struct report_facts *facts);
const char *report_commands(struct citation *citation);

void report_put_head(struct report *report, const struct report_facts *facts);
void report_put_withheld(struct report *report, const struct report_facts *facts);

#endif
