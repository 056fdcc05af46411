/* run.h - the manifest: which chunks make up the index.
 *
 * A run is a list of chunks with consecutive ids whose rows are in time order from the first to
 * the last. Every commit that brings rows adds a run of one small chunk; runs of one level are
 * merged into one of the next (merge.h). The set of runs is the manifest; it changes with the
 * commit that changes it, so that a reader sees the old set or the new one, whole. */
#ifndef EKBOM_STORE_RUN_H
#define EKBOM_STORE_RUN_H

#include "store/env.h"

struct ek_arena;

struct ek_run {
    uint64_t number; /* ascending: older runs have lower numbers */
    uint32_t level;  /* 0: as a commit brought it */
    uint64_t rows;   /* dead ones included */
    uint64_t dead;   /* of them */
    uint64_t chunk;  /* id of the first */
    uint32_t chunks;
    uint32_t least, most; /* post numbers */
    bool covered;         /* its first days are in the table (firsts.h) */
};

struct ek_runs { /* by number */
    struct ek_run *items;
    size_t count;
};

/* All runs. 0, -1 (latched). */
int ek_runs_load(struct ek_txn *index, struct ek_arena *arena, struct ek_runs *runs);
/* Put a run into the manifest, or change it there. */
void ek_run_put(struct ek_txn *index, const struct ek_run *run);
/* Take the run out of the manifest and delete its chunks with all that belongs to them. */
void ek_run_drop(struct ek_txn *index, const struct ek_run *run);
/* Delete chunks that belong to no run. */
void ek_chunks_drop(struct ek_txn *index, uint64_t first, uint64_t count);

/* More than a quarter of it is dead: it is to be written anew. A small run waits for its own merge.
 */
static inline bool ek_run_is_hollow(const struct ek_run *run)
{
    return run->dead == run->rows || (run->level > 0 && run->dead > run->rows / 4);
}

/* What goes with the manifest, and is written with it: a record beside the runs. All of it stands
 * in the meta table, so that a commit changes one page for it and not three. */
struct ek_manifest {
    uint64_t watermark;  /* the last change of the records that was followed */
    uint64_t run, chunk; /* numbers given out last: none is given out again */
    uint64_t merging,
        merging_count; /* ids of chunks that a merge may have written, and no run has */
    uint64_t small_runs, small_rows; /* of level 0 */
    bool look;                       /* something of another level may be due to be merged */
};
int ek_manifest_get(struct ek_txn *index, struct ek_manifest *manifest); /* 0, -1 (latched) */
void ek_manifest_put(struct ek_txn *index, const struct ek_manifest *manifest);
/* The watermark alone; 0 on failure. */
uint64_t ek_watermark_get(struct ek_txn *index);

#endif
