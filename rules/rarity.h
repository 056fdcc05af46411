/* rarity.h - how often a word stands in English, roughly: which of a rule's words to wait for. */
#ifndef RULES_RARITY_H
#define RULES_RARITY_H

#include <stdbool.h>
#include <stddef.h>

/* Times in a million words that this word (ASCII, lower case) stands there; open: any word that
 * begins with it. */
double word_frequency(const char *word, size_t len, bool open);

#endif
