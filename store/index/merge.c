/* merge.c - see merge.h.
 *
 * A post that comes in bulk is written twice: with its commit, and in a run of eight chunks, half a
 * million posts. (An earlier run of one chunk, written in between, was tried: queries during an
 * import are then quicker by a millisecond, and every post costs 23 bytes and 0.4 us more.) Where
 * commits bring few posts, as in a service, their runs are merged sooner, level by level. The
 * eight chunks divide the years among them: a query of some years opens few, and months by theory
 * are counted in few places. */
#include "store/index/merge.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/index/dead.h"
#include "store/index/firsts.h"
#include "store/index/generation.h"
#include "store/index/merge_rows.h"

struct ek_merger {
    struct ek_merge_limits limits;
    struct ek_manifest *manifest; /* of the transaction */
    struct ek_merge_rows *rows;   /* NULL: no merge is under way */
    struct ek_run *sources;
    size_t source_count;
    struct ek_run output;
    struct ek_batch batch;
    uint32_t *died; /* posts whose rows in the sources died since */
    size_t died_count, died_cap;
    bool died_failed;       /* out of memory */
    uint64_t rows_merged;   /* in this transaction */
    struct ek_arena *arena; /* of one step */
};

struct ek_merger *ek_merger_new(void)
{
    struct ek_merger *merger = calloc(1, sizeof *merger);
    if (!merger || !(merger->arena = ek_arena_new(EK_ARENA_BYTES))) {
        free(merger);
        return NULL;
    }
    merger->limits = (struct ek_merge_limits){.small_runs = EK_MERGE_RUNS,
                                              .small_rows = EK_MERGE_ROWS,
                                              .most_runs = EK_MERGE_RUNS_MOST,
                                              .few_runs = EK_MERGE_RUNS_LEFT,
                                              .fan_out = EK_MERGE_FAN_OUT,
                                              .chunk_rows = EK_CHUNK_ROWS,
                                              .full_chunks = EK_MERGE_FULL_CHUNKS,
                                              .covered = EK_MERGE_COVERED};
    ek_batch_init(&merger->batch);
    return merger;
}

static void end_merge(struct ek_merger *merger)
{
    ek_merge_rows_free(merger->rows);
    merger->rows = NULL;
    ek_batch_free(&merger->batch);
    free(merger->sources);
    merger->sources = NULL;
    merger->source_count = merger->died_count = 0;
    merger->died_failed = false;
}

void ek_merger_free(struct ek_merger *merger)
{
    if (!merger)
        return;
    end_merge(merger);
    free(merger->died);
    ek_arena_free(merger->arena);
    free(merger);
}

void ek_merger_limit(struct ek_store *store, const struct ek_merge_limits *limits)
{
    store->merger->limits = *limits;
    if (limits->most_runs == 0)
        store->merger->limits.most_runs = EK_MERGE_RUNS_MOST;
}

uint32_t ek_merger_chunk_rows(const struct ek_store *store)
{
    return store->merger->limits.chunk_rows;
}

void ek_merge_forget(struct ek_store *store)
{
    end_merge(store->merger);
}

void ek_merge_note(struct ek_store *store, const struct ek_run *run, uint32_t number)
{
    struct ek_merger *merger = store->merger;
    size_t at = 0;
    while (at < merger->source_count && merger->sources[at].number != run->number)
        at++;
    if (at == merger->source_count)
        return;
    if (merger->died_count == merger->died_cap) {
        size_t cap = merger->died_cap ? 2 * merger->died_cap : 256;
        uint32_t *grown = reallocarray(merger->died, cap, sizeof *grown);
        if (!grown) {
            merger->died_failed = true;
            return;
        }
        merger->died = grown;
        merger->died_cap = cap;
    }
    merger->died[merger->died_count++] = number;
}

/* Policy -------------------------------------------------------------------------------------- */

struct choice {
    struct ek_run *runs; /* room for all */
    size_t count;
    uint32_t level; /* of the output */
};

static uint64_t rows_of_full_run(const struct ek_merger *merger)
{
    return (uint64_t)merger->limits.full_chunks * merger->limits.chunk_rows;
}

static bool small_runs_are_due(const struct ek_merger *merger, bool resting)
{
    const struct ek_merge_limits *limits = &merger->limits;
    const uint64_t count = merger->manifest->small_runs, rows = merger->manifest->small_rows;
    if (resting && count >= limits->few_runs)
        return true;
    return rows >= rows_of_full_run(merger) || count >= limits->most_runs ||
           (count >= limits->small_runs &&
            (!limits->small_rows || rows < count * limits->small_rows));
}

/* The oldest runs of a level, at most so many; runs that are full stay as they are. */
static void choose_level(const struct ek_merger *merger, const struct ek_runs *runs, uint32_t level,
                         size_t most, struct choice *choice)
{
    const uint64_t full = rows_of_full_run(merger) / 4 * 3;
    choice->count = 0;
    choice->level = level + 1;
    for (size_t i = 0; i < runs->count && choice->count < most; i++) {
        const struct ek_run *run = &runs->items[i];
        if (run->level == level && (level == 0 || run->rows - run->dead < full))
            choice->runs[choice->count++] = *run;
    }
}

static bool choose(const struct ek_merger *merger, const struct ek_runs *runs, bool resting,
                   struct choice *choice)
{
    uint32_t top = 0;
    if (small_runs_are_due(merger, resting)) {
        choose_level(merger, runs, 0, merger->limits.most_runs, choice);
        return true;
    }
    for (size_t i = 0; i < runs->count; i++)
        top = runs->items[i].level > top ? runs->items[i].level : top;
    for (uint32_t level = 1; level <= top; level++) {
        choose_level(merger, runs, level, merger->limits.fan_out, choice);
        if (choice->count == merger->limits.fan_out)
            return true;
    }
    for (size_t i = 0; i < runs->count; i++) {
        if (!ek_run_is_hollow(&runs->items[i]))
            continue;
        *choice = (struct choice){choice->runs, 1, runs->items[i].level};
        choice->runs[0] = runs->items[i];
        return true;
    }
    return false;
}

/* Steps --------------------------------------------------------------------------------------- */

static bool out_of_memory(struct ek_txn *index)
{
    ek_txn_fail(index, EK_MEMORY, "out of memory");
    return true;
}

static bool start(struct ek_merger *merger, struct ek_txn *index, const struct choice *choice)
{
    struct ek_generation *generations;
    size_t generation_count;
    uint64_t rows = 0;
    if (ek_generations_load(index, merger->arena, &generations, &generation_count))
        return true;
    uint32_t *numbers = EK_NEW_ARRAY(merger->arena, uint32_t, generation_count + 1);
    merger->sources = calloc(choice->count, sizeof *merger->sources);
    if (!numbers || !merger->sources)
        return out_of_memory(index);
    for (size_t i = 0; i < generation_count; i++) {
        numbers[i] = generations[i].number;
        ek_batch_generation(&merger->batch, numbers[i]);
    }
    for (size_t i = 0; i < choice->count; i++) {
        merger->sources[merger->source_count++] = choice->runs[i];
        rows += choice->runs[i].rows - choice->runs[i].dead;
    }
    merger->rows = ek_merge_rows_new(choice->runs, choice->count, numbers, generation_count);
    if (!merger->rows)
        return out_of_memory(index);
    uint64_t chunks = (rows + merger->limits.chunk_rows - 1) / merger->limits.chunk_rows;
    merger->manifest->merging = merger->manifest->chunk + 1;
    merger->manifest->merging_count = chunks;
    merger->manifest->chunk += chunks;
    merger->output = (struct ek_run){
        .level = choice->level, .chunk = merger->manifest->merging, .least = UINT32_MAX};
    return true;
}

/* A run of level 1 or more into the manifest; its rows into the table of first days, where it is
 * large and they do not stand there already. */
static void put_merged(struct ek_merger *merger, struct ek_txn *index, struct ek_run *run,
                       bool covered)
{
    run->covered = covered || run->rows >= merger->limits.covered;
    if (run->covered && !covered)
        ek_firsts_cover(index, run, merger->arena);
    ek_run_put(index, run);
}

/* Chunks of a merge that was given up, or cut off. */
static void clean_up(struct ek_merger *merger, struct ek_txn *index)
{
    struct ek_manifest *manifest = merger->manifest;
    if (manifest->merging_count)
        ek_chunks_drop(index, manifest->merging, manifest->merging_count);
    manifest->merging = manifest->merging_count = 0;
}

/* A run leaves the level of small ones, or goes altogether. */
static void count_out(struct ek_merger *merger, const struct ek_run *run)
{
    merger->manifest->look = true;
    if (run->level > 0)
        return;
    merger->manifest->small_runs--;
    merger->manifest->small_rows -= run->rows;
}

/* Begin what is due; false if nothing is. */
static bool begin(struct ek_merger *merger, struct ek_txn *index, bool resting)
{
    struct ek_runs runs;
    clean_up(merger, index);
    if (!resting && !merger->manifest->look && !small_runs_are_due(merger, false))
        return false;
    if (ek_runs_load(index, merger->arena, &runs))
        return false;
    struct choice choice = {.runs = EK_NEW_ARRAY(merger->arena, struct ek_run, runs.count + 1)};
    if (!choice.runs)
        return out_of_memory(index);
    merger->manifest->look = choose(merger, &runs, resting, &choice);
    if (!merger->manifest->look)
        return false;
    struct ek_run *only = choice.count == 1 ? &choice.runs[0] : NULL;
    if (only && only->dead == only->rows) {
        count_out(merger, only);
        ek_run_drop(index, only);
    } else if (only && only->dead == 0) { /* nothing to merge it with, nothing to leave out */
        count_out(merger, only);
        only->level = choice.level;
        put_merged(merger, index, only, only->covered);
    } else {
        return start(merger, index, &choice);
    }
    return true;
}

static void write_chunk(struct ek_merger *merger, struct ek_txn *index)
{
    struct ek_run *output = &merger->output;
    struct ek_batch *batch = &merger->batch;
    if (batch->count == 0)
        return;
    if (ek_batch_sort(batch))
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    ek_chunk_write(index, output->chunk + output->chunks, batch);
    output->chunks++;
    output->rows += batch->count;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t number = batch->number[i];
        output->least = number < output->least ? number : output->least;
        output->most = number > output->most ? number : output->most;
    }
}

static int compare(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void bury(struct ek_merger *merger, struct ek_txn *index)
{
    size_t count = 0;
    if (merger->died_failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (merger->died_count == 0)
        return;
    qsort(merger->died, merger->died_count, sizeof *merger->died, compare);
    for (size_t i = 0; i < merger->died_count; i++) {
        if (count == 0 || merger->died[count - 1] != merger->died[i])
            merger->died[count++] = merger->died[i];
    }
    ek_dead_mark(index, &merger->output, false, merger->died, count, merger->arena, NULL, NULL);
}

static void finish(struct ek_merger *merger, struct ek_txn *index)
{
    bool covered = true; /* before */
    for (size_t i = 0; i < merger->source_count; i++)
        covered = covered && merger->sources[i].covered;
    if (merger->output.chunks) {
        bury(merger, index);
        merger->output.number = ++merger->manifest->run;
        put_merged(merger, index, &merger->output, covered);
    }
    for (size_t i = 0; i < merger->source_count; i++) {
        count_out(merger, &merger->sources[i]);
        ek_run_drop(index, &merger->sources[i]);
    }
    merger->manifest->merging = merger->manifest->merging_count = 0;
    end_merge(merger);
}

/* At most one chunk. Returns true if there was something to do. */
static bool step(struct ek_merger *merger, struct ek_txn *index, bool resting)
{
    ek_arena_reset(merger->arena);
    if (ek_txn_failed(index))
        return false;
    if (!merger->rows && !begin(merger, index, resting))
        return false;
    if (!merger->rows || ek_txn_failed(index))
        return true;
    ek_batch_clear(&merger->batch);
    int more = ek_merge_rows_next(merger->rows, index, &merger->batch, merger->limits.chunk_rows);
    if (more < 0)
        return true;
    merger->rows_merged += ek_merge_rows_read(merger->rows) + merger->batch.count;
    write_chunk(merger, index);
    if (more == 0)
        finish(merger, index);
    return true;
}

/* Each row is merged twice or three times before its run is full: a commit that merges four times
 * what it brings never falls behind. */
#define MERGED_A_ROW 4u

void ek_merge_some(struct ek_store *store, struct ek_txn *index, struct ek_manifest *manifest,
                   uint64_t rows)
{
    struct ek_merger *merger = store->merger;
    merger->manifest = manifest;
    merger->rows_merged = 0;
    while (step(merger, index, false) && !ek_txn_failed(index) &&
           merger->rows_merged < MERGED_A_ROW * rows)
        ;
}

int ek_store_settle(struct ek_store *store, struct ek_err *err)
{
    if (store->mode != EK_STORE_WRITE || store->slice || store->depth)
        return ek_fail(err, EK_USAGE, "%s comes to rest outside a slice, by the writer",
                       store->folder);
    struct ek_manifest manifest;
    bool more = true;
    while (more) {
        struct ek_txn *index = ek_txn_begin(store->index, true, err);
        if (!index)
            return -1;
        store->merger->manifest = &manifest;
        more = ek_manifest_get(index, &manifest) == 0 && step(store->merger, index, true);
        ek_manifest_put(index, &manifest);
        if (ek_txn_commit(index, err)) {
            ek_merge_forget(store);
            return -1;
        }
    }
    return 0;
}
