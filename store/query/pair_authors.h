/* pair_authors.h - how many people stand behind a cell, as far as that decides whether it is shown.
 *
 * A cell of fewer than EK_WITHHELD_BELOW authors is withheld; more need not be counted, so that a
 * cell costs 24 bytes and is done with after its first posts. */
#ifndef EKBOM_STORE_PAIR_AUTHORS_H
#define EKBOM_STORE_PAIR_AUTHORS_H

#include "ekbom/limits.h"
#include "store/query/frame.h"

struct ek_few_authors { /* all zero: none */
    uint32_t author[EK_WITHHELD_BELOW];
    uint8_t count;
};

/* Nobody (0) is one author. */
void ek_few_authors_add(struct ek_few_authors *few, uint32_t author);
/* The authors of the rows of a slot that are in both sets. */
void ek_few_authors_of(struct ek_few_authors *few, const uint64_t *left, const uint64_t *right,
                       const struct ek_slot *slot, const uint32_t *author);

#endif
