/* contrast.h - what sets two periods apart, and why a share changed. */
#ifndef EKBOM_CONTRAST_H
#define EKBOM_CONTRAST_H

#include "ekbom/statistics.h"

/* What sets them apart ------------------------------------------------------------------------ */

struct ek_prominence {
    double log_odds; /* after - before, with the prior */
    double z;        /* log_odds / its standard error */
};
/* Log-odds with informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), of each of `count`
 * words or theories. before, after: how many authors use it (count authors, not posts: descriptive
 * it is, but not one man's hobby). prior: pseudo-counts, each above 0; NULL: both periods
 * together. Into out[count]. */
void ek_prominence(const double *before, const double *after, const double *prior, size_t count,
                   struct ek_prominence *out);

/* Why it changed ------------------------------------------------------------------------------ */

/* Kitagawa's decomposition by groups (authors, boards). The parts add up to the difference of the
 * shares exactly; what a group weighs is measured from the mean of the two shares, so that coming
 * and going have a sign. */
struct ek_decomposition {
    double difference;
    double changed; /* groups in both windows name it more or less */
    double mixed;   /* ... and write more or less of the posts */
    double came;    /* groups only in the later window */
    double left;    /* groups only in the earlier window */
    size_t groups_both, groups_came, groups_left;
};
/* group: of each post of the panel (its authors, boards, ...), numbers as dense as authors'. The
 * panel must have two buckets, with posts (else all is NAN). */
int ek_decompose(const struct ek_panel_posts *posts, const struct ek_tagged *tagged,
                 const uint32_t *group, struct ek_arena *arena,
                 struct ek_decomposition *decomposition, struct ek_err *err);

/* Does one person make the difference? -------------------------------------------------------- */

struct ek_leave_one_out {
    double difference; /* with everyone */
    double low, high;  /* least and most when any one author is left out */
    uint32_t low_author, high_author;
    double without_most_active; /* who has most tagged posts, both windows together; NAN: nobody */
    uint32_t most_active;
};
/* NAN where leaving an author out leaves a window empty: such an author is passed over. */
int ek_leave_one_out(const struct ek_panel_posts *posts, const struct ek_tagged *tagged,
                     struct ek_arena *arena, struct ek_leave_one_out *out, struct ek_err *err);

#endif
