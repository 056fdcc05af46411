/* changes.h - theories tested between two windows: what shift, compare and watch have in common. */
#ifndef EKBOM_CLI_CHANGES_H
#define EKBOM_CLI_CHANGES_H

#include "cli.h"
#include "coded.h"
#include "ekbom/contrast.h"
#include "ekbom/panel_rows.h"
#include "ekbom/validated.h"
#include "ekbom/verdict.h"

struct change { /* one theory, between two windows or groups */
    const struct cli *cli;
    const char *theory;
    const char *name[EK_WINDOWS];
    struct ek_shift shift; /* as counted */
    struct ek_stance_shift stances[EK_STANCES];
    bool corrected; /* for tagging error; if not, a correction was refused or not asked for: */
    struct ek_correction corrections[EK_WINDOWS];
    /* What the claim is about: counted, or corrected. */
    double share[EK_WINDOWS];
    struct ek_estimate difference;
    double author_difference, p_corrected, smallest_visible;
    struct ek_judgement judgement;
    bool withheld[EK_WINDOWS]; /* one to four authors name it there */
    struct ek_prominence prominence;
    struct ek_decomposition by_author, by_board;
    struct ek_leave_one_out leave_one_out;
};

struct changes {
    struct cli *cli;
    struct ek_arena *arena; /* of panels */
    const struct ek_panel_rows *rows;
    const struct coded *coded; /* NULL: no correction asked for */
    struct change *items;
    size_t count, tests;
    double alpha;                /* of all tests together */
    double smallest_of_interest; /* 0: half of the earlier share */
    double fetched[EK_WINDOWS];  /* NAN: not known */
    double id_gap[EK_WINDOWS];   /* likewise */
    bool partial;
};

/* Room for the theories of `panels` panels. 0, -1. */
int changes_init(struct changes *changes, size_t panels, struct ek_err *err);
/* Count and estimate every theory of the rows, with posts as the panel's (the rows', or other
 * buckets of them). why: also what sets the windows apart and why each share changed. 0, -1. */
int changes_add(struct changes *changes, const struct ek_panel_posts *posts,
                const char *const names[EK_WINDOWS], bool why, struct ek_err *err);
/* When all are added: p corrected for their number, and the verdicts. 0, -1. */
int changes_judge(struct changes *changes, enum ek_correcting correcting, struct ek_err *err);

#endif
