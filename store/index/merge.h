/* merge.h - runs merged into larger ones, a chunk a step, while the store is being written.
 *
 * A step is done in the transaction of a commit, so that no commit stalls for more than one chunk
 * (10 to 20 ms), or a few times the work of the commit itself where that is more. A merge that is
 * under way is known to its process alone: its chunks belong to no run until the last step puts the
 * run into the manifest and drops the ones it was made from. What a crash leaves of it is deleted
 * by the next writer, and the merge begins anew. */
#ifndef EKBOM_STORE_MERGE_H
#define EKBOM_STORE_MERGE_H

#include "store/handle.h"
#include "store/index/run.h"

/* When runs are merged. The defaults, with their reasons, stand in limits.h; tests that want every
 * level from a few posts set others. */
struct ek_merge_limits {
    uint32_t small_runs;  /* of level 0, of few rows each, that are merged into one of level 1 */
    uint32_t small_rows;  /* on an average, that are few; runs of more wait until they make a full
                           * run. 0: none wait */
    uint32_t most_runs;   /* of level 0 that wait; 0: the default */
    uint32_t few_runs;    /* of level 0 that are merged when the store comes to rest */
    uint32_t fan_out;     /* runs of a higher level that are merged into one of the next */
    uint32_t chunk_rows;  /* rows of a chunk */
    uint32_t full_chunks; /* a run of nearly so many chunks is not merged with others any more */
    uint32_t covered;     /* rows of a merged run that goes into the table of first days */
};

/* Of an open store. NULL when out of memory. */
struct ek_merger *ek_merger_new(void);
void ek_merger_free(struct ek_merger *merger);
void ek_merger_limit(struct ek_store *store, const struct ek_merge_limits *limits);
uint32_t ek_merger_chunk_rows(const struct ek_store *store);

/* Do some of what is due, in the transaction of a commit that brings so many rows. The caller puts
 * the manifest. Errors are latched; when the transaction is not committed, ek_merge_forget must
 * follow. */
void ek_merge_some(struct ek_store *store, struct ek_txn *index, struct ek_manifest *manifest,
                   uint64_t rows);
/* A row of this run died in the transaction. */
void ek_merge_note(struct ek_store *store, const struct ek_run *run, uint32_t number);
/* Give up the merge that is under way; its chunks are deleted with the next step. */
void ek_merge_forget(struct ek_store *store);

#endif
