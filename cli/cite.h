/* cite.h - what the parts of `ekbom cite` share: the selection taken step by step, and the words.
 */
#ifndef EKBOM_CITE_H
#define EKBOM_CITE_H

#include <jansson.h>

#include "cli.h"
#include "ekbom/aggregate.h"

struct cite_step {             /* a condition more, and the posts that are left then */
    const char *what, *reason; /* reason: of a selection file, else NULL */
    uint64_t posts;
};

struct cite_log {                      /* answers that stand in STORE/log */
    uint64_t answers, tests;           /* of shift, compare and watch */
    uint64_t here_answers, here_tests; /* of this selection and these rules */
};

struct citation {
    struct cli *cli;
    struct ek_store *store;
    struct ek_selection selection; /* with its theories */
    enum ek_denominator denominator;
    bool unnamed;               /* neither addresses nor ids of threads and posts are to be told */
    const char *before, *after; /* periods that were compared, for the commands; NULL: none */
    /* cite_ask fills these. */
    struct cite_step *steps;
    size_t count;
    struct ek_count tagged; /* one bucket: the last step, and of it the theories */
    bool sample;
    ek_time first, last; /* of the dated posts selected; unknown: none */
    struct cite_log log;
    const char *forums; /* base addresses, joined */
    size_t forum_count;
};

/* Everything that is told, of an open store. 0, -1. */
int cite_ask(struct citation *citation, struct ek_err *err);

/* cite_funnel.c: steps, tagged, first and last. 0, -1. */
int cite_funnel(struct citation *citation, struct ek_err *err);
/* cite_log.c: what the log says. 0, -1. */
int cite_read_log(struct citation *citation, struct ek_err *err);

/* cite_words.c. All in the command's arena; out_of_memory where that ends. */
const char *cite_methods(struct citation *citation);
const char *cite_bibtex(struct citation *citation);
/* The options of these groups as a shell takes them, without what is not to be told. */
const char *cite_options(struct citation *citation, unsigned groups);
/* Commands that give the figures again, NULL after the last. */
const char **cite_commands(struct citation *citation);

#endif
