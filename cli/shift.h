/* shift.h - a change between two periods tested, printed and logged: what `ekbom shift` and a
 * report do with the posts that study.h counted. */
#ifndef EKBOM_CLI_SHIFT_H
#define EKBOM_CLI_SHIFT_H

#include "study.h"

/* --before and --after, or halves. The exit status. */
int shift_windows(struct study *study);
/* Every theory counted. Holm is for those that were named, Benjamini and Hochberg for a scan of
 * all. The exit status. */
int shift_test(struct study *study, enum ek_correcting correcting);
/* Rows; or the picture of them. */
int shift_print(struct study *study, enum ek_correcting correcting);
int shift_draw(struct study *study, enum ek_correcting correcting);
/* What was tested and what came of it, into the store's log. */
void shift_log(struct study *study, enum ek_correcting correcting);

#endif
