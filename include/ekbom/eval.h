/* eval.h - how well tags agree with posts that people coded by hand.
 *
 * Feed an evaluation with (hand-coded labels, tags) of each post, then ask for the scores. Counting
 * is that of the codebook's scorer: bid/transport also counts as bid; a theory that the coder
 * could only take from the context is neither hit nor error; a theory that stands only in a quote
 * is absent, and tagging it is a false positive, counted apart too. */
#ifndef EKBOM_EVAL_H
#define EKBOM_EVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/tag.h"

struct ek_arena;
struct ek_err;

struct ek_gold_label {
    const char *theory;
    const char *stance; /* as the contract has it; NULL = not coded */
    bool has_marks;     /* hedged and experience were coded */
    bool hedged, experience;
};

struct ek_gold { /* one post as coded; NULL arrays are empty */
    const struct ek_gold_label *labels;
    size_t label_count;
    const char *const *quoted_only, *const *context_only, *const *treatments;
    size_t quoted_count, context_count, treatment_count;
    double weight;      /* of a drawn post; 0 = the posts were not drawn by weight */
    const char *period; /* for figures by period; NULL = none */
};

struct ek_score {
    const char *code;
    double gold, tp, fp, fn, from_quotes;        /* posts, or their weights */
    double precision, recall, f1;                /* 0 where nothing was there to divide by */
    double low, high;                            /* 95 % interval of f1, see eval.c */
    double stance_accuracy;                      /* NAN if no stance was compared */
    double hedged_accuracy, experience_accuracy; /* of the tp; NAN if none was coded so */
    double stance_pairs[EK_STANCES][EK_STANCES]; /* [coded][tagged], of the tp */
};

struct ek_scores {      /* of one period, or of all posts */
    const char *period; /* NULL: all */
    size_t posts;
    struct ek_score *theories; /* most often coded first, then by code */
    size_t theory_count;
    struct ek_score micro;      /* over all theories; code "micro" */
    struct ek_score treatments; /* over all treatments; code "treatments" */
};

struct ek_evaluation_report {
    struct ek_scores all;
    struct ek_scores *periods; /* in the order of their names; none unless posts carry weights */
    size_t period_count;
    bool weighted;
    const char *note; /* "tuning set, not validation" unless weighted; else NULL */
};

/* What is wrong on one post: a theory or treatment tagged that was not coded (extra), coded and
 * not tagged (missed), or tagged with another stance. */
enum ek_eval_fault { EK_FAULT_EXTRA, EK_FAULT_MISSED, EK_FAULT_STANCE, EK_EVAL_FAULTS };
extern const char *const ek_eval_fault_names[]; /* ends with NULL */
struct ek_eval_error {
    enum ek_eval_fault fault;
    const char *code;
    bool treatment, from_quote;
    const char *coded, *tagged; /* stances of a theory; NULL: not there */
    const struct ek_tag *tag;   /* whose hits name the rules at fault; NULL: missed */
};
/* Visit the errors of a post. -1 when out of memory. */
int ek_evaluation_errors(const struct ek_gold *gold, const struct ek_tags *tags,
                         void (*visit)(void *context, const struct ek_eval_error *error),
                         void *context);

struct ek_evaluation;

struct ek_evaluation *ek_evaluation_new(void); /* NULL when out of memory */
void ek_evaluation_free(struct ek_evaluation *evaluation);
int ek_evaluation_add(struct ek_evaluation *evaluation, const struct ek_gold *gold,
                      const struct ek_tags *tags, struct ek_err *err);
/* The report lives in the arena; the evaluation can go on. */
int ek_evaluation_report(const struct ek_evaluation *evaluation, struct ek_arena *arena,
                         struct ek_evaluation_report *report, struct ek_err *err);

#endif
