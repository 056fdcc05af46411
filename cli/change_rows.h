/* change_rows.h - changes as rows and as words: what shift and compare print. */
#ifndef EKBOM_CLI_CHANGE_ROWS_H
#define EKBOM_CLI_CHANGE_ROWS_H

#include "changes.h"
#include "output.h"

enum change_column {
    CHANGE_THEORY,
    CHANGE_BEFORE,
    CHANGE_AFTER,
    CHANGE_POSTS_BEFORE,
    CHANGE_POSTS_AFTER,
    CHANGE_SHARE_BEFORE,
    CHANGE_SHARE_AFTER,
    CHANGE_SHARES, /* both, and what follows it, as people read them */
    CHANGE_INTERVAL,
    CHANGE_DIFFERENCE,
    CHANGE_RATIO,
    CHANGE_LOW,
    CHANGE_HIGH,
    CHANGE_P,
    CHANGE_P_CORRECTED,
    CHANGE_AUTHOR_SHARE_BEFORE,
    CHANGE_AUTHOR_SHARE_AFTER,
    CHANGE_AUTHOR_SHARES,
    CHANGE_VERDICT,
    CHANGE_REASONS,
    CHANGE_SMALLEST_VISIBLE,
    CHANGE_LARGER_THAN,
    CHANGE_TAGGED_BEFORE,
    CHANGE_TAGGED_AFTER,
    CHANGE_AUTHORS_BEFORE,
    CHANGE_AUTHORS_AFTER,
    CHANGE_AUTHORS_TAGGED_BEFORE,
    CHANGE_AUTHORS_TAGGED_AFTER,
    CHANGE_THREADS_BEFORE,
    CHANGE_THREADS_AFTER,
    CHANGE_DESIGN_EFFECT_BEFORE,
    CHANGE_DESIGN_EFFECT_AFTER,
    CHANGE_FETCHED_BEFORE,
    CHANGE_FETCHED_AFTER,
    CHANGE_ID_GAP_BEFORE,
    CHANGE_ID_GAP_AFTER,
    CHANGE_WITHHELD,
    CHANGE_CORRECTED,
    CHANGE_REFUSAL,
    CHANGE_COUNTED_SHARE_BEFORE,
    CHANGE_COUNTED_SHARE_AFTER,
    CHANGE_PRECISION_BEFORE,
    CHANGE_PRECISION_AFTER,
    CHANGE_RECALL_BEFORE,
    CHANGE_RECALL_AFTER,
    CHANGE_EXPLANATION, /* the last: left out unless asked for */
    CHANGE_COLUMNS
};
extern const struct column change_columns[CHANGE_COLUMNS];
/* All but the explanation, which is the caller's. */
void change_values(struct cli *cli, const struct changes *changes, const struct change *change,
                   struct value values[CHANGE_COLUMNS]);
bool change_hidden(const struct change *change); /* a cell of it is withheld */
/* As it may be shown. */
double change_smallest_visible(const struct change *change);

/* The corrected p as it is shown: "<0.001", "0.013"; "" where there is none, or it is withheld. */
const char *change_p(struct cli *cli, const struct change *change);
/* "rose", "no change > 4.8", "cannot tell". */
const char *change_verdict(struct cli *cli, const struct change *change);
/* Two or three sentences for people: what changed, by whom, and why not more can be said. */
const char *change_sentence(struct cli *cli, const struct changes *changes,
                            const struct change *change);
/* How each figure came about, in plain words; with a change's `why` filled. */
const char *change_explanation(struct cli *cli, const struct changes *changes,
                               const struct change *change, enum ek_correcting correcting);

#endif
