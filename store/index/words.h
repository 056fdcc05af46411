/* words.h - codes and languages as numbers, one list for all generations.
 *
 * Numbers are given out once and stay. Which codes the rule set of a generation defines, or uses
 * without defining them, is kept beside: the others are no words of that generation. */
#ifndef EKBOM_STORE_WORDS_H
#define EKBOM_STORE_WORDS_H

#include "store/index/generation.h"

enum ek_word_kind { EK_WORD_THEORY = 't', EK_WORD_OF_TREATMENT = 'r', EK_WORD_LANGUAGE = 'l' };

struct ek_word {
    enum ek_word_kind kind;
    const char *text; /* NULL: no word of this generation has this number */
};

struct ek_words {          /* read whole: there are dozens */
    struct ek_word *items; /* by number; item 0 is not used */
    size_t count;
};
/* Every language, and the codes of this generation. 0, -1 (latched). */
int ek_words_load(struct ek_txn *txn, const struct ek_generation *generation,
                  struct ek_arena *arena, struct ek_words *words);
/* The word's number, given out where it is new. 0 if it has no bytes or too many, or on failure. */
uint32_t ek_word_number(struct ek_txn *txn, enum ek_word_kind kind, const char *text, size_t len);
/* 0 if there is none. */
uint32_t ek_word_find(struct ek_txn *txn, enum ek_word_kind kind, const char *text, size_t len);

/* This generation's rule set defines or uses the code. */
void ek_code_add(struct ek_txn *txn, uint32_t generation, uint32_t code);
void ek_codes_drop(struct ek_txn *txn, uint32_t generation);

#endif
