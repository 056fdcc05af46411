/* merge_rows.c - see merge_rows.h.
 *
 * A tree of losers over the runs: one comparison a level for each row. The columns of a run's
 * current chunk are read in place and must be opened anew in each transaction; its tags, which have
 * to be turned from rows by tag into tags by row, are kept from one transaction to the next. */
#include "store/index/merge_rows.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/handle.h"
#include "store/index/dead.h"
#include "store/index/row_tags.h"

struct source {
    struct ek_run run;
    uint32_t at;  /* chunk of the run that is being read */
    uint32_t row; /* its next row */
    ek_time time; /* of that row */
    bool has_tags;
    struct ek_arena *arena; /* of the tags; runs of one chunk share one */
    struct tags {
        bool known;
        struct ek_row_marks marks;
    } * tags;         /* by generation */
    uint32_t checked; /* sections of the chunk, in an earlier transaction */
    /* In this transaction: */
    struct ek_chunk chunk;
    const uint32_t *number, *author, *thread;
    const uint8_t *bits, *place;
    const uint16_t *wide_place;
    uint32_t *place_in; /* number of a place in the batch, plus one; 0: not looked up yet */
    const uint16_t *dead;
    uint32_t dead_count, dead_at;
};

/* Time, undated last, then number; beyond all of them where a run has no more rows. */
__extension__ typedef unsigned __int128 sort_key;
#define NO_MORE (~(sort_key)0)

struct ek_merge_rows {
    struct source *sources;
    size_t count;
    uint32_t *generations;
    size_t generation_count;
    sort_key *keys;          /* of each run's next row */
    uint32_t *losers;        /* [0]: the winner */
    size_t left;             /* runs that have rows */
    struct ek_arena *arena;  /* of one call */
    struct ek_arena *shared; /* tags of the runs of one chunk */
    uint64_t read;           /* rows, in this call */
};

struct ek_merge_rows *ek_merge_rows_new(const struct ek_run *runs, size_t count,
                                        const uint32_t *generations, size_t generation_count)
{
    struct ek_merge_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return NULL;
    rows->sources = calloc(count + 1, sizeof *rows->sources);
    rows->generations = calloc(generation_count + 1, sizeof *rows->generations);
    rows->keys = calloc(count + 1, sizeof *rows->keys);
    rows->losers = calloc(count + 1, sizeof *rows->losers);
    rows->arena = ek_arena_new(EK_ARENA_BYTES);
    rows->shared = ek_arena_new(EK_MERGE_BYTES);
    bool failed = !rows->sources || !rows->generations || !rows->keys || !rows->losers ||
                  !rows->arena || !rows->shared;
    for (size_t i = 0; i < count && !failed; i++) {
        struct source *source = &rows->sources[rows->count++];
        source->run = runs[i];
        source->arena = runs[i].chunks > 1 ? ek_arena_new(EK_MERGE_BYTES) : rows->shared;
        failed = !source->arena;
    }
    if (failed) {
        ek_merge_rows_free(rows);
        return NULL;
    }
    rows->generation_count = generation_count;
    if (generation_count)
        memcpy(rows->generations, generations, generation_count * sizeof *generations);
    return rows;
}

void ek_merge_rows_free(struct ek_merge_rows *rows)
{
    if (!rows)
        return;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->sources[i].arena != rows->shared)
            ek_arena_free(rows->sources[i].arena);
    }
    ek_arena_free(rows->arena);
    ek_arena_free(rows->shared);
    free(rows->sources);
    free(rows->generations);
    free(rows->keys);
    free(rows->losers);
    free(rows);
}

/* Opening ------------------------------------------------------------------------------------- */

/* A chunk's tags by row, once for each chunk. */
static int take_tags(struct ek_merge_rows *rows, struct source *source)
{
    if (source->has_tags)
        return 0;
    if (source->arena != rows->shared)
        ek_arena_reset(source->arena);
    source->tags = EK_NEW_ARRAY(source->arena, struct tags, rows->generation_count + 1);
    if (!source->tags)
        return ek_txn_fail(source->chunk.index, EK_MEMORY, "out of memory");
    for (size_t i = 0; i < rows->generation_count; i++) {
        struct ek_postings postings;
        struct tags *tags = &source->tags[i];
        if (ek_postings_get(&postings, &source->chunk, rows->generations[i], rows->arena))
            return -1;
        tags->known = postings.value;
        if (tags->known && ek_postings_by_row(&postings, source->arena, &tags->marks))
            return -1;
    }
    source->has_tags = true;
    rows->read += source->chunk.rows;
    return 0;
}

static int open_chunk(struct ek_merge_rows *rows, struct ek_txn *index, struct source *source)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    uint64_t id = source->run.chunk + source->at;
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    int found = ek_txn_get_plain(index, EK_CHUNKS, key, sizeof key, &value);
    if (found != 1)
        return found < 0 ? -1 : ek_txn_damaged(index, EK_CHUNKS, key, sizeof key);
    if (ek_chunk_open(&source->chunk, index, id, &value, rows->arena))
        return -1;
    source->chunk.checked = source->checked;
    source->place = ek_chunk_section(&source->chunk, EK_SECTION_PLACE);
    source->wide_place = source->chunk.wide_place ? (const void *)source->place : NULL;
    source->place_in = EK_NEW_ARRAY(rows->arena, uint32_t, source->chunk.place_count + 1);
    source->number = ek_chunk_section(&source->chunk, EK_SECTION_NUMBER);
    source->author = ek_chunk_section(&source->chunk, EK_SECTION_AUTHOR);
    source->thread = ek_chunk_section(&source->chunk, EK_SECTION_THREAD);
    source->bits = ek_chunk_section(&source->chunk, EK_SECTION_BITS);
    source->dead_at = 0;
    if (!source->number || !source->author || !source->thread || !source->bits || !source->place ||
        !ek_chunk_section(&source->chunk, EK_SECTION_TIME) ||
        !ek_chunk_section(&source->chunk, EK_SECTION_PLACES))
        return -1;
    if (!source->place_in)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    source->checked = source->chunk.checked;
    if (ek_dead_get(index, id, rows->arena, &source->dead, &source->dead_count) < 0)
        return -1;
    return take_tags(rows, source);
}

/* To the next row that is not dead, in this chunk or a later one. 1, 0 (no more), -1. */
static int settle(struct ek_merge_rows *rows, struct ek_txn *index, struct source *source,
                  bool opened)
{
    for (;;) {
        if (opened && source->row >= source->chunk.rows) {
            source->at++;
            source->row = 0;
            source->has_tags = opened = false;
            source->checked = 0;
        }
        if (source->at >= source->run.chunks)
            return 0;
        if (!opened && open_chunk(rows, index, source))
            return -1;
        opened = true;
        while (source->dead_at < source->dead_count && source->dead[source->dead_at] < source->row)
            source->dead_at++;
        bool is_dead =
            source->dead_at < source->dead_count && source->dead[source->dead_at] == source->row;
        if (!is_dead && source->row < source->chunk.rows)
            return 1;
        source->row += is_dead;
    }
}

/* The tree of losers: run i is the leaf i + count; losers[n] lost the match at node n. -----------
 */

static sort_key key_of(struct source *source)
{
    const ek_time time = source->time = ek_chunk_time(&source->chunk, source->row);
    uint64_t sortable = time == EK_TIME_UNKNOWN ? UINT64_MAX : (uint64_t)time ^ 1ull << 63;
    return (sort_key)sortable << 32 | source->number[source->row];
}

/* From a run's leaf up: the winner goes on, the loser stays. */
static void play(struct ek_merge_rows *rows, uint32_t run)
{
    uint32_t winner = run;
    for (size_t node = (run + rows->count) / 2; node > 0; node /= 2) {
        uint32_t other = rows->losers[node];
        bool loses = rows->keys[other] < rows->keys[winner];
        rows->losers[node] = loses ? winner : other;
        winner = loses ? other : winner;
    }
    rows->losers[0] = winner;
}

/* The winner of the subtree at a node. */
static uint32_t build(struct ek_merge_rows *rows, size_t node)
{
    if (node >= rows->count)
        return (uint32_t)(node - rows->count);
    uint32_t left = build(rows, 2 * node), right = build(rows, 2 * node + 1);
    bool right_wins = rows->keys[right] < rows->keys[left];
    rows->losers[node] = right_wins ? left : right;
    return right_wins ? right : left;
}

/* Rows ---------------------------------------------------------------------------------------- */

static uint32_t place_in(struct source *source, struct ek_batch *batch)
{
    const uint32_t row = source->row;
    uint32_t place = source->wide_place ? source->wide_place[row] : source->place[row];
    if (source->place_in[place] == 0)
        source->place_in[place] = ek_batch_place(batch, ek_chunk_place(&source->chunk, row)) + 1;
    return source->place_in[place] - 1;
}

static void take_row(const struct ek_merge_rows *rows, struct source *source,
                     struct ek_batch *batch)
{
    const uint32_t at = source->row;
    const size_t to = batch->count++;
    batch->time[to] = source->time;
    batch->number[to] = source->number[at];
    batch->author[to] = source->author[at];
    batch->thread[to] = source->thread[at];
    batch->bits[to] = source->bits[at];
    batch->place[to] = place_in(source, batch);
    for (size_t i = 0; i < rows->generation_count; i++) {
        const struct tags *tags = &source->tags[i];
        batch->generations[i].spans[to] = (struct ek_batch_span){0};
        if (!tags->known || tags->marks.untagged[at / 64] >> at % 64 & 1)
            continue;
        uint32_t first = tags->marks.start[at];
        ek_batch_tag(batch, i, to, !(tags->marks.unassessed[at / 64] >> at % 64 & 1),
                     tags->marks.marks + first, tags->marks.start[at + 1] - first);
    }
}

/* The next row of a run, or NO_MORE. 0, -1 (latched). */
static int look(struct ek_merge_rows *rows, struct ek_txn *index, size_t run, bool opened)
{
    struct source *source = &rows->sources[run];
    int found = 1;
    if (!opened || source->row >= source->chunk.rows || source->dead_at < source->dead_count)
        found = settle(rows, index, source, opened);
    rows->keys[run] = found == 1 ? key_of(source) : NO_MORE;
    return found;
}

/* 1: every run is at its next row; 0: so much was read on the way there that it is enough for one
 * call; -1. */
static int begin(struct ek_merge_rows *rows, struct ek_txn *index, uint32_t most)
{
    ek_arena_reset(rows->arena);
    rows->left = rows->read = 0;
    for (size_t i = 0; i < rows->count; i++) {
        int found = look(rows, index, i, false);
        if (found < 0)
            return -1;
        rows->left += found == 1;
        if (rows->read >= 2 * (uint64_t)most && i + 1 < rows->count)
            return 0;
    }
    rows->losers[0] = rows->count > 1 ? build(rows, 1) : 0;
    return 1;
}

uint64_t ek_merge_rows_read(const struct ek_merge_rows *rows)
{
    return rows->read;
}

int ek_merge_rows_next(struct ek_merge_rows *rows, struct ek_txn *index, struct ek_batch *batch,
                       uint32_t most)
{
    ek_batch_room(batch, most);
    int begun = begin(rows, index, most);
    if (begun != 1)
        return begun < 0 ? -1 : 1;
    while (rows->left && batch->count < most && !batch->failed) {
        uint32_t run = rows->losers[0];
        struct source *source = &rows->sources[run];
        take_row(rows, source, batch);
        source->row++;
        int found = look(rows, index, run, true);
        if (found < 0)
            return -1;
        rows->left -= found == 0;
        play(rows, run);
    }
    if (batch->failed)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    return rows->left > 0;
}
