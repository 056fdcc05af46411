/* words_seen.h - in how many posts each word stands, in two halves, and which words rose.
 *
 * A word is a run of letters, case-folded, of three or more. Rising is measured by the log-odds
 * ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words"),
 * the prior being the counts of both halves together: descriptive, no test. */
#ifndef EKBOM_WORDS_SEEN_H
#define EKBOM_WORDS_SEEN_H

#include <stddef.h>
#include <stdint.h>

struct ek_arena;
struct words_seen;

struct word_seen {
    const char *word;
    uint32_t posts[2]; /* that hold it, in each half */
    double z;          /* above 0: rose */
};

struct words_seen *words_seen_new(struct ek_arena *arena); /* NULL when out of memory */
void words_seen_free(struct words_seen *words);
/* Count the words of one post, each once. -1 when out of memory. */
int words_seen_add(struct words_seen *words, const char *text, int half);
/* The words that rose most, at most `max`; their number. */
size_t words_seen_risen(struct words_seen *words, struct word_seen *out, size_t max);

#endif
