/* words.h - the words that rules name, and the index that finds them all in one pass.
 *
 * A word form is exact ("iron", and its "iron's"), plural ("ferritin~": also -s, -es, -'s),
 * an open one with a star at one place ("deficien*", "*prazole", "lan*zole"), or a punctuation
 * mark. Every token of a post is hashed once, byte by byte; the running hash finds open words by
 * their beginning, the full hash finds the rest. */
#ifndef RULES_WORDS_H
#define RULES_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/vector.h"

struct ek_arena;
struct ek_buf;
struct reading;
struct token;

enum word_form { WORD_EXACT, WORD_PLURAL, WORD_OPEN, WORD_MARK };

struct word {
    enum word_form form;
    const char *head, *tail; /* folded; tail only of an open word, "" otherwise */
    uint32_t head_len, tail_len;
    const char *spelling; /* exact case asked for ("BID!"): as it must stand; or NULL */
    uint32_t node;        /* the leaf that stands for it */
};

struct word_slot {
    uint32_t hash, len; /* of the key */
    const char *key;    /* NULL: free */
    uint32_t first;     /* in words->lists, ends with UINT32_MAX */
};

struct words {
    VECTOR(struct word) items;
    struct word_slot *slots; /* power of two, half empty */
    uint32_t mask;
    VECTOR(uint32_t) lists;
    uint64_t head_lengths;  /* bit n: some open word has a head of n bytes */
    VECTOR(uint32_t) tails; /* open words without a head */
};

void words_free(struct words *words);
int words_index(struct words *words, struct ek_arena *arena); /* -1 out of memory */

/* Call found(context, word, token) for every word that this token is. */
void words_find(const struct words *words, const struct reading *reading, uint32_t token,
                void (*found)(void *context, uint32_t word, uint32_t token), void *context);

/* The same word as a PCRE2 pattern over folded text (over plain text where a spelling is asked
 * for), boundaries included: what the naive engine runs. */
void word_pattern(struct ek_buf *out, const struct word *word);

#endif
