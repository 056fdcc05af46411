/* timeline_words.h - what stands around a timeline's rows: its head, its notes, and --explain. */
#ifndef EKBOM_CLI_TIMELINE_WORDS_H
#define EKBOM_CLI_TIMELINE_WORDS_H

#include "timeline.h"

/* Stances, denominator, size of the buckets and what was not corrected, in one or two lines. */
const char *timeline_headline(struct cli *cli, const struct timeline_view *view);
/* Fields beside the rows and lines below them, --explain included. */
void timeline_beside(struct cli *cli, struct output *output, const struct timeline_view *view);

/* How the figures came about, sentence by sentence; ends with NULL; in the arena. */
const char *const *timeline_explanation(struct cli *cli, const struct timeline_view *view);

#endif
