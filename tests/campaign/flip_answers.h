/* flip_answers.h - what a program says about a store, and what another answer is worth. */
#ifndef EKBOM_TESTS_FLIP_ANSWERS_H
#define EKBOM_TESTS_FLIP_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

struct answer {
    int status; /* exit status; -1: it was killed, by a signal or after its time */
    char *out;  /* standard output, without what a sound store may change (free disk) */
    size_t len;
    char said[600]; /* the beginning of standard error */
};

/* Run a command line (words are separated by blanks), its outputs in files of folder `work`. */
void answer_get(struct answer *answer, const char *command, const char *work);
void answer_free(struct answer *answer);

enum verdict {
    SAME,
    REFUSED, /* exit 2 or 3, and words */
    WRONG,   /* another answer, as if nothing were the matter */
    SILENT,  /* exit 2 or 3 without a word */
    HANDLED, /* LMDB or the kernel was led astray, and the signal was caught */
    CRASHED  /* killed by a signal, or not ended after its time */
};
enum verdict answer_judge(const struct answer *answer, const struct answer *reference);

#endif
