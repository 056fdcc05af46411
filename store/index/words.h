/* words.h - codes and languages as numbers, one list a generation. */
#ifndef EKBOM_STORE_WORDS_H
#define EKBOM_STORE_WORDS_H

#include "store/index/generation.h"

enum ek_word_kind { EK_WORD_THEORY = 't', EK_WORD_OF_TREATMENT = 'r', EK_WORD_LANGUAGE = 'l' };

struct ek_word {
    enum ek_word_kind kind;
    const char *text; /* NULL: no word has this number */
};

struct ek_words {          /* read whole: there are dozens */
    struct ek_word *items; /* by number; item 0 is not used */
    size_t count;
};
int ek_words_load(struct ek_txn *txn, const struct ek_generation *generation,
                  struct ek_arena *arena, struct ek_words *words);
/* The word's number, given out where it is new. 0 for NULL, overlong words, or on failure. */
uint32_t ek_word_number(struct ek_txn *txn, const struct ek_generation *generation,
                        enum ek_word_kind kind, const char *text);
/* 0 if the generation does not know it. */
uint32_t ek_word_find(struct ek_txn *txn, const struct ek_generation *generation,
                      enum ek_word_kind kind, const char *text);

#endif
