/* generation.h - tag generations: the rows made under one rule set.
 *
 * At most two live at a time: the one that answers, and the one being built. Each has its own
 * tables (even and odd numbers) and its own watermark into the records' changes: every post whose
 * last change is at or below it is in the rows as it now stands. A new generation starts at
 * watermark 0, so the same catching up serves a crash, a new rule set and a deleted index. */
#ifndef EKBOM_STORE_GENERATION_H
#define EKBOM_STORE_GENERATION_H

#include "store/handle.h"

struct ek_generation {
    uint64_t number; /* 0: there is none */
    uint64_t watermark;
    char digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES]; /* of its rule set */
};

enum ek_which { EK_CURRENT, EK_BUILDING };
/* 1, 0 (number is 0), -1 (latched). */
int ek_generation_get(struct ek_txn *txn, enum ek_which which, struct ek_generation *generation);
void ek_generation_put(struct ek_txn *txn, enum ek_which which,
                       const struct ek_generation *generation);
/* The one that tags go to: the one being built where there is one. */
int ek_generation_target(struct ek_txn *txn, struct ek_generation *generation);

static inline unsigned ek_rows_of(const struct ek_generation *generation)
{
    return EK_ROWS + (unsigned)(generation->number & 1);
}

static inline unsigned ek_places_of(const struct ek_generation *generation)
{
    return EK_PLACES + (unsigned)(generation->number & 1);
}

static inline unsigned ek_words_of(const struct ek_generation *generation)
{
    return EK_WORDS + (unsigned)(generation->number & 1);
}

/* Called when a writer opens the store: an index that was deleted or belongs to other records
 * starts anew; a swap cut off in the middle is finished; an unfinished generation is dropped. */
int ek_generation_recover(struct ek_store *store, struct ek_err *err);

#endif
