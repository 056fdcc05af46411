/* study.h - a question between two windows on its way to an answer: what shift, compare and watch
 * do in the same order. */
#ifndef EKBOM_CLI_STUDY_H
#define EKBOM_CLI_STUDY_H

#include "changes.h"
#include "output.h"
#include "windows.h"

struct study {
    struct cli *cli;
    struct ek_selection selection;
    enum ek_denominator denominator;
    struct ek_store *store;
    struct windows windows;
    struct ek_arena *arena; /* of the posts counted and their panels */
    struct ek_panel_rows rows;
    struct coded coded;
    struct changes changes;
};

/* All functions: 0, or the exit status after a message. */
/* What the command line says: selection, denominator, smallest change of interest. named: the
 * arguments are theories. */
int study_begin(struct study *study, struct cli *cli, bool named);
/* The store, the windows as it has them, and the hand-coded posts. */
int study_open(struct study *study);
/* The posts counted. With groups: those of the first window alone. */
int study_count(struct study *study, enum ek_grouping grouping, ek_time cohort_from);
/* Where no post is left: no rows, in formats that have a form for it. The exit status. */
int study_nothing(const struct study *study);
void study_end(struct study *study);

/* Above the table: what was counted, of what, how many tests; sides: what stands against what. */
void study_headline(const struct study *study, struct output *output, const char *sides,
                    const char *correction);
/* The same words, for a picture. */
const char *study_headline_words(const struct study *study, const char *sides,
                                 const char *correction);
/* "2008..2011 against 2019..2023", and how that came about. */
const char *study_periods(const struct study *study);
/* Below it: a few sentences for every theory, with --explain more. */
void study_sentences(const struct study *study, struct output *output,
                     enum ek_correcting correcting);
/* What was corrected for tagging error, and what not. */
const char *study_correction_words(const struct study *study);
/* What stands beside the rows; the last line says what was not corrected. */
void study_notes(const struct study *study, struct output *output, const char *correction);

#endif
