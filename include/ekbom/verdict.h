/* verdict.h - which of four things may be said of a theory in two windows.
 *
 * "rose" or "fell" only if share and author share agree, the corrected test says so, no stance goes
 * the other way, what was fetched moved little and one rule set covers both windows. "no change
 * larger than X" is a claim of its own, proved by an equivalence test. All else cannot be told,
 * with the reasons. Nothing here looks anything up: the same inputs give the same verdict. */
#ifndef EKBOM_VERDICT_H
#define EKBOM_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/statistics.h"

/* Equivalence, two one-sided tests: p of the claim that the true difference lies within -margin
 * .. margin. NAN without variance or with margin <= 0. */
double ek_equivalence(double difference, double variance, double margin);

enum ek_verdict { EK_ROSE, EK_FELL, EK_NO_CHANGE_LARGER_THAN, EK_CANNOT_TELL, EK_VERDICTS };
extern const char *const ek_verdict_names[]; /* as JSON has them; ends with NULL */

enum ek_verdict_reason {                       /* why not more could be said; bits 1 << reason */
                         EK_WHY_NO_POSTS,      /* a window is empty */
                         EK_WHY_NOT_NAMED,     /* the theory stands in no post of either window */
                         EK_WHY_FEW_CLUSTERS,  /* fewer than EK_MIN_CLUSTERS authors or threads in a
                                                * window
                                                */
                         EK_WHY_FEW_TAGGED,    /* fewer than EK_WITHHELD_BELOW authors name it in
                                                * either window
                                                */
                         EK_WHY_RULES_DIFFER,  /* more than one rule set */
                         EK_WHY_PARTIAL,       /* the later window has not ended */
                         EK_WHY_FETCHED_MOVED, /* what was fetched moved by EK_FETCHED_MOVED or more
                                                */
                         EK_WHY_AUTHOR_SHARE,  /* the share of authors did not move the same way */
                         EK_WHY_STANCES,       /* a stance moved the other way, or two went apart */
                         EK_WHY_TOO_SMALL, /* not more than noise, and not shown to be small either
                                            */
                         EK_VERDICT_REASONS
};
extern const char *const ek_verdict_reason_names[]; /* as JSON has them; ends with NULL */
extern const char *const ek_verdict_reason_words[]; /* a sentence each, and what would help */

#define EK_FETCHED_MOVED 0.1 /* part of `fetched`: more could make a shift by itself */

struct ek_stance_shift {  /* a stance of the theory, over the same windows */
    double difference, p; /* p NAN: not tested, for instance too few */
};

struct ek_evidence {
    const struct ek_shift *shift;
    /* What the claim is about: shift->difference, or that of ek_correct_shift (validated.h). */
    double share_before, difference, variance;
    double author_difference;    /* shift->author_difference.value, or that of ek_correct_authors */
    double p_corrected;          /* for the number of tests; of `difference` */
    double alpha;                /* 0: 0.05 */
    double smallest_of_interest; /* X; 0: half of share_before */
    const struct ek_stance_shift *stances;
    size_t stance_count;
    double fetched[EK_WINDOWS]; /* NAN: not known; then it does not stand in the way */
    bool one_rule_set;          /* one digest covers the series */
    bool partial;               /* the later window has not ended yet */
};
struct ek_judgement {
    enum ek_verdict verdict;
    unsigned reasons;   /* bits; with rose and fell none, else why not more could be said */
    double larger_than; /* X of the equivalence test; NAN if there was none */
    double p_equivalent;
    double smallest_visible; /* at alpha, for one test */
};
struct ek_judgement ek_judge(const struct ek_evidence *evidence);

#endif
