/* rewrite.h - one transaction of the index in which rows are added and others die.
 *
 * Begin; kill the rows that are to be replaced; add rows and their tags; end, which writes the new
 * rows as a run, does a step of a merge and commits. Errors are latched in `index`. */
#ifndef EKBOM_STORE_REWRITE_H
#define EKBOM_STORE_REWRITE_H

#include "store/index/batch.h"
#include "store/index/firsts.h"
#include "store/index/generation.h"
#include "store/index/row_tags.h"
#include "store/index/run.h"

struct ek_old_row { /* a row that was killed, and its tags */
    uint32_t number;
    struct ek_row_tags *tags; /* by generation, as in the rewriter */
};

struct ek_rewriter {
    struct ek_store *store;
    struct ek_txn *index, *records;
    struct ek_arena *arena;                 /* of the whole transaction */
    struct ek_generation current, building; /* number 0: none */
    struct ek_generation *generations;      /* every one */
    size_t generation_count;
    struct ek_manifest manifest; /* as it will be */
    struct ek_batch batch;       /* rows not yet written */
    uint64_t rows_added;         /* rows written */
    struct ek_firsts_changes firsts;
    struct ek_old_row *old; /* by number */
    size_t old_count, old_cap;
    uint64_t thread, board; /* looked up last */
};

/* In a snapshot of the records that this enters. -1: nothing was begun. */
int ek_rewriter_begin(struct ek_rewriter *rewriter, struct ek_store *store, struct ek_err *err);
/* Commit, or undo on a latched error. Frees. */
int ek_rewriter_end(struct ek_rewriter *rewriter, struct ek_err *err);

/* Kill the rows of these posts (sorted, each once) where they have one. keep: by number, whether
 * its tags are wanted afterwards; NULL: none are. Once in a transaction, before rows are added. */
void ek_rewriter_kill(struct ek_rewriter *rewriter, const uint32_t *numbers, const bool *keep,
                      size_t count);
/* The row that was killed; NULL if there was none or its tags were not wanted. */
const struct ek_old_row *ek_rewriter_old(const struct ek_rewriter *rewriter, uint32_t number);

/* A new row, without tags yet. board is looked up. Returns its place in the batch for the next two,
 * until another row is added; SIZE_MAX on failure. */
size_t ek_rewriter_add(struct ek_rewriter *rewriter, struct ek_row *row);
void ek_rewriter_tag(struct ek_rewriter *rewriter, size_t place, uint32_t generation, bool assessed,
                     const struct ek_mark *marks, size_t count);
/* The old row's tags in every generation but this one (0: in every one). */
void ek_rewriter_carry(struct ek_rewriter *rewriter, size_t place, const struct ek_old_row *old,
                       uint32_t but);

#endif
