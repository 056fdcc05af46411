/* questions.h - the six questions of the bench, put to our own store; peers have them in their own
 * language (peer_*.py). About theory 3 of 30, the fourth in size. */
#ifndef EKBOM_TESTS_QUESTIONS_H
#define EKBOM_TESTS_QUESTIONS_H

#include "ekbom/aggregate.h"
#include "ekbom/arena.h"

enum question {
    ASK_MONTHS,   /* the theory's posts and all posts, by month */
    ASK_THEORIES, /* posts of every theory, by quarter */
    ASK_BOTH,     /* posts of the theory and another, by quarter */
    ASK_NEWEST,   /* the theory's newest twenty posts */
    ASK_COHORT,   /* its posts on one board by authors who first wrote before a day, by month */
    ASK_AUTHORS,  /* its distinct authors, by quarter */
    QUESTIONS
};
extern const struct question_names {
    const char *word, *title; /* word: as peers are asked */
    const char *target, *target_clickhouse;
} question_names[QUESTIONS];

#define QUESTION_THEORY 3u
#define QUESTION_OTHER 0u
#define QUESTION_BOARD 2u
#define QUESTION_CUT 1325376000 /* 2012-01-01 */
#define QUESTION_NEWEST 20u

struct asking {
    struct ek_store *store;
    struct ek_arena *arena;
    struct ek_count count;
    struct ek_pairs pairs;
    uint64_t newest[QUESTION_NEWEST];
    size_t newest_count;
};

/* The answer stays in `asking` until the next question. Failures end the program. */
void question_ask(struct asking *asking, enum question question);
/* The answer's rows as lines of text, in the arena: "a b c\n". */
char *question_rows(struct asking *asking, enum question question);

#endif
