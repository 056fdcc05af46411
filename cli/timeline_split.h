/* timeline_split.h - a timeline in parts: by stance, forum, language or age of the author. */
#ifndef EKBOM_CLI_TIMELINE_SPLIT_H
#define EKBOM_CLI_TIMELINE_SPLIT_H

#include "timeline.h"

enum split { SPLIT_NONE, SPLIT_STANCE, SPLIT_FORUM, SPLIT_LANGUAGE, SPLIT_COHORT };

/* --split, checked against the options beside it; -1 after a message. */
int read_split(const struct cli *cli);
/* In place of the series of `timeline`, which was asked without, one for each theory and part that
 * has posts; all of them over the same buckets. 0, -1. */
int split_timeline(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
                   enum ek_bucket_size size, enum ek_denominator denominator, enum split split,
                   struct ek_timeline *timeline, struct ek_err *err);
/* "split by stance: of the same posts", for the heading. */
const char *split_words(enum split split);

#endif
