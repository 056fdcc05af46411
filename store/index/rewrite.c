/* rewrite.c - see rewrite.h. */
#include "store/index/rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/index/coder.h"
#include "store/index/dead.h"
#include "store/index/merge.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/thread.h"

int ek_rewriter_begin(struct ek_rewriter *rewriter, struct ek_store *store, struct ek_err *err)
{
    *rewriter = (struct ek_rewriter){.store = store, .arena = store->spare};
    ek_arena_reset(store->spare);
    ek_batch_init(&rewriter->batch);
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    rewriter->records = ek_records(store);
    rewriter->index = ek_txn_begin(store->index, true, err);
    if (!rewriter->index)
        return ek_store_leave(store, -1, err);
    ek_generation_get(rewriter->index, EK_CURRENT, &rewriter->current);
    ek_generation_get(rewriter->index, EK_BUILDING, &rewriter->building);
    ek_generations_load(rewriter->index, rewriter->arena, &rewriter->generations,
                        &rewriter->generation_count);
    ek_manifest_get(rewriter->index, &rewriter->manifest);
    return 0; /* an error is latched, and ends the transaction */
}

/* Old rows ------------------------------------------------------------------------------------ */

struct killing {
    struct ek_rewriter *rewriter;
    const struct ek_run *run;
    const uint32_t *numbers;
    const bool *keep;
    size_t count;
};

static bool is_kept(const struct killing *killing, uint32_t number)
{
    size_t low = 0, high = killing->count;
    while (killing->keep && low < high) {
        size_t middle = low + (high - low) / 2;
        if (killing->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return killing->keep && low < killing->count && killing->keep[low];
}

static struct ek_old_row *new_old_row(struct ek_rewriter *rewriter)
{
    if (rewriter->old_count == rewriter->old_cap) {
        size_t cap = rewriter->old_cap ? 2 * rewriter->old_cap : 256;
        struct ek_old_row *grown = reallocarray(rewriter->old, cap, sizeof *grown);
        if (!grown) {
            ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
            return NULL;
        }
        rewriter->old = grown;
        rewriter->old_cap = cap;
    }
    return &rewriter->old[rewriter->old_count++];
}

static void keep_tags(struct ek_rewriter *rewriter, struct ek_postings *postings, uint32_t number,
                      uint32_t row)
{
    struct ek_row_tags *tags =
        EK_NEW_ARRAY(rewriter->arena, struct ek_row_tags, rewriter->generation_count + 1);
    struct ek_old_row *old = tags ? new_old_row(rewriter) : NULL;
    if (!old) {
        ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
        return;
    }
    *old = (struct ek_old_row){number, tags};
    for (size_t i = 0; i < rewriter->generation_count; i++)
        ek_row_tags_get(&postings[i], row, rewriter->arena, &tags[i]);
}

/* Before they die: whose first posts they may be, and the tags that are wanted of them. */
static void visit(void *context, struct ek_chunk *chunk, const uint16_t *rows, uint32_t count)
{
    struct killing *killing = context;
    struct ek_rewriter *rewriter = killing->rewriter;
    const uint32_t *number = ek_chunk_section(chunk, EK_SECTION_NUMBER);
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    struct ek_postings *postings =
        EK_NEW_ARRAY(rewriter->arena, struct ek_postings, rewriter->generation_count + 1);
    if (!postings)
        ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
    if (!number || !author || !postings || !ek_chunk_section(chunk, EK_SECTION_TIME))
        return;
    for (size_t i = 0; i < rewriter->generation_count && killing->keep; i++) {
        if (ek_postings_get(&postings[i], chunk, rewriter->generations[i].number, rewriter->arena))
            return;
    }
    for (uint32_t i = 0; i < count && !ek_txn_failed(rewriter->index); i++) {
        uint32_t row = rows[i];
        ek_firsts_died(&rewriter->firsts, author[row], ek_chunk_time(chunk, row));
        ek_merge_note(rewriter->store, killing->run, number[row]);
        if (is_kept(killing, number[row]))
            keep_tags(rewriter, postings, number[row], row);
    }
}

static int by_number(const void *left, const void *right)
{
    const struct ek_old_row *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

void ek_rewriter_kill(struct ek_rewriter *rewriter, const uint32_t *numbers, const bool *keep,
                      size_t count)
{
    struct killing killing = {rewriter, NULL, numbers, keep, count};
    struct ek_runs runs;
    if (count == 0 || ek_runs_load(rewriter->index, rewriter->arena, &runs))
        return;
    for (size_t i = 0; i < runs.count && !ek_txn_failed(rewriter->index); i++) {
        struct ek_run *run = &runs.items[i];
        killing.run = run;
        ek_dead_mark(rewriter->index, run, true, numbers, count, rewriter->arena, visit, &killing);
        rewriter->manifest.look = rewriter->manifest.look || ek_run_is_hollow(run);
    }
    if (rewriter->old_count)
        qsort(rewriter->old, rewriter->old_count, sizeof *rewriter->old, by_number);
}

const struct ek_old_row *ek_rewriter_old(const struct ek_rewriter *rewriter, uint32_t number)
{
    const struct ek_old_row sought = {.number = number};
    if (rewriter->old_count == 0)
        return NULL;
    return bsearch(&sought, rewriter->old, rewriter->old_count, sizeof *rewriter->old, by_number);
}

/* New rows ------------------------------------------------------------------------------------ */

/* The rows of the batch as a run of one chunk. */
static void write_run(struct ek_rewriter *rewriter)
{
    struct ek_batch *batch = &rewriter->batch;
    struct ek_txn *index = rewriter->index;
    struct ek_run run = {.rows = batch->count, .chunks = 1, .least = UINT32_MAX};
    if (batch->failed || ek_batch_sort(batch))
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (batch->count == 0 || ek_txn_failed(index))
        return;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t number = batch->number[i];
        run.least = number < run.least ? number : run.least;
        run.most = number > run.most ? number : run.most;
        if (rewriter->firsts.died_count)
            ek_firsts_born(&rewriter->firsts, batch->author[i], batch->time[i]);
    }
    run.chunk = ++rewriter->manifest.chunk;
    run.number = ++rewriter->manifest.run;
    rewriter->manifest.small_runs++;
    rewriter->manifest.small_rows += run.rows;
    ek_chunk_write(index, run.chunk, batch);
    ek_run_put(index, &run);
    rewriter->rows_added += run.rows;
    ek_batch_free(batch);
}

static uint64_t board_of(struct ek_rewriter *rewriter, uint64_t number)
{
    if (rewriter->thread != number) {
        rewriter->board = ek_thread_board(rewriter->records, number);
        rewriter->thread = number;
    }
    return rewriter->board;
}

size_t ek_rewriter_add(struct ek_rewriter *rewriter, struct ek_row *row)
{
    row->board = board_of(rewriter, row->thread);
    if (row->number > UINT32_MAX || row->forum > UINT32_MAX || row->board > UINT32_MAX ||
        row->thread > UINT32_MAX || row->author > UINT32_MAX) {
        ek_txn_fail(rewriter->index, EK_LIMIT,
                    "%s: the index has room for numbers of 32 bits only (post %llu)",
                    rewriter->store->folder, (unsigned long long)row->number);
        return SIZE_MAX;
    }
    if (rewriter->batch.count >= ek_merger_chunk_rows(rewriter->store))
        write_run(rewriter);
    return ek_batch_add(&rewriter->batch, row);
}

void ek_rewriter_tag(struct ek_rewriter *rewriter, size_t place, uint32_t generation, bool assessed,
                     const struct ek_mark *marks, size_t count)
{
    size_t which = ek_batch_generation(&rewriter->batch, generation);
    ek_batch_tag(&rewriter->batch, which, place, assessed, marks, count);
}

void ek_rewriter_carry(struct ek_rewriter *rewriter, size_t place, const struct ek_old_row *old,
                       uint32_t but)
{
    for (size_t i = 0; i < rewriter->generation_count; i++) {
        const struct ek_row_tags *tags = &old->tags[i];
        uint32_t generation = rewriter->generations[i].number;
        if (tags->tagged && generation != but)
            ek_rewriter_tag(rewriter, place, generation, tags->assessed, tags->marks, tags->count);
    }
}

/* When each forum was last fetched, for whoever may read the index only. */
static void follow_forums(struct ek_rewriter *rewriter)
{
    struct ek_walk walk;
    uint64_t number;
    ek_arena_reset(rewriter->store->scratch);
    ek_names_begin(&walk, rewriter->records, EK_NAME_FORUM, 0);
    while (ek_names_next(&walk, &number) == 1) {
        struct ek_forum_record forum;
        struct ek_bytes old;
        unsigned char fetched[8];
        if (ek_forum_get(rewriter->records, rewriter->store->scratch, number, &forum) != 1)
            continue;
        ek_put_be64(fetched, (uint64_t)forum.last_fetched);
        if (ek_record_get(rewriter->index, EK_INDEX_FORUMS, number, &old) == 1 && old.len == 8 &&
            memcmp(old.data, fetched, 8) == 0)
            continue;
        ek_record_put(rewriter->index, EK_INDEX_FORUMS, number, fetched, sizeof fetched);
    }
    ek_walk_end(&walk);
}

int ek_rewriter_end(struct ek_rewriter *rewriter, struct ek_err *err)
{
    struct ek_store *store = rewriter->store;
    int result = -1;
    write_run(rewriter);
    ek_firsts_follow(rewriter->index, &rewriter->firsts, rewriter->arena);
    follow_forums(rewriter);
    ek_merge_some(store, rewriter->index, &rewriter->manifest, rewriter->rows_added);
    ek_manifest_put(rewriter->index, &rewriter->manifest);
    ek_batch_free(&rewriter->batch);
    ek_firsts_changes_free(&rewriter->firsts);
    free(rewriter->old);
    if (ek_txn_failed(rewriter->records))
        ek_txn_end(rewriter->index); /* the error is the records' */
    else
        result = ek_txn_commit(rewriter->index, err);
    if (result) {
        ek_merge_forget(store);
        ek_coder_forget(store->coder);
    }
    return ek_store_leave(store, result, err);
}
