/* swap.c - see swap.h.
 *
 * A chunk's rows stay as they are; its tags under the new generation are written beside them, in
 * a value of their own, which no reader looks at before the generation is current. A row that has
 * tags of the generation already (its post was tagged after its words had changed) keeps those;
 * the others take what waits under the number of their post, unless the post changed since. */
#include "store/index/swap.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/index/batch.h"
#include "store/index/behind.h"
#include "store/index/dead.h"
#include "store/index/marks.h"
#include "store/index/row_tags.h"
#include "store/index/run.h"

struct swapping {
    struct ek_txn *index;
    const struct ek_generation *building;
    struct ek_arena *arena; /* of one chunk */
    struct ek_marks waiting;
    struct ek_batch batch;
    uint64_t *behind; /* posts whose waiting tags are of other words, sorted */
    size_t behind_count;
    /* The chunk: */
    struct ek_chunk chunk;
    struct ek_postings own;
    struct ek_row_marks own_marks;
    const uint16_t *dead;
    uint32_t dead_count;
    bool any; /* some row has tags */
    struct ek_mark marks[EK_MAX_ROW_MARKS];
};

static int load_behind(struct swapping *swapping, struct ek_arena *arena)
{
    struct ek_walk walk;
    uint64_t number;
    size_t room = (size_t)ek_txn_count(swapping->index, EK_BEHIND);
    swapping->behind = EK_NEW_ARRAY(arena, uint64_t, room + 1);
    if (!swapping->behind)
        return ek_txn_fail(swapping->index, EK_MEMORY, "out of memory");
    ek_behind_begin(&walk, swapping->index, swapping->building->number);
    while (swapping->behind_count < room && ek_behind_next(&walk, &number) == 1)
        swapping->behind[swapping->behind_count++] = number;
    ek_walk_end(&walk);
    return ek_txn_failed(swapping->index) ? -1 : 0;
}

static bool is_behind(const struct swapping *swapping, uint64_t number)
{
    size_t low = 0, high = swapping->behind_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (swapping->behind[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < swapping->behind_count && swapping->behind[low] == number;
}

/* One row into the batch, with its tags. Dead rows have none: nobody asks for them. */
static void take_row(struct swapping *swapping, const uint32_t *number, const uint8_t *bits,
                     uint32_t row, bool dead)
{
    const struct ek_row_marks *own = &swapping->own_marks;
    const struct ek_row plain = {.number = number[row],
                                 .time = ek_chunk_time(&swapping->chunk, row),
                                 .precision = ek_bits_precision(bits[row]),
                                 .state = ek_bits_state(bits[row])};
    bool assessed;
    size_t count, place = ek_batch_add(&swapping->batch, &plain);
    if (dead)
        return;
    if (swapping->own.value && !(own->untagged[row / 64] >> row % 64 & 1)) {
        uint32_t first = own->start[row];
        ek_batch_tag(&swapping->batch, 0, place, !(own->unassessed[row / 64] >> row % 64 & 1),
                     own->marks + first, own->start[row + 1] - first);
        swapping->any = true;
        return;
    }
    if (number[row] > swapping->building->progress || is_behind(swapping, number[row]) ||
        !ek_marks_find(&swapping->waiting, number[row], &assessed, swapping->marks, &count))
        return;
    ek_batch_tag(&swapping->batch, 0, place, assessed, swapping->marks, count);
    swapping->any = true;
}

static int open_chunk(struct swapping *swapping, uint64_t id)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    int found = ek_txn_get_plain(swapping->index, EK_CHUNKS, key, sizeof key, &value);
    if (found != 1)
        return found < 0 ? -1 : ek_txn_damaged(swapping->index, EK_CHUNKS, key, sizeof key);
    if (ek_chunk_open(&swapping->chunk, swapping->index, id, &value, swapping->arena) ||
        ek_postings_get(&swapping->own, &swapping->chunk, swapping->building->number,
                        swapping->arena) ||
        ek_dead_get(swapping->index, id, swapping->arena, &swapping->dead, &swapping->dead_count) <
            0)
        return -1;
    return ek_postings_by_row(&swapping->own, swapping->arena, &swapping->own_marks);
}

static void tag_chunk(struct swapping *swapping, uint64_t id)
{
    ek_arena_reset(swapping->arena);
    if (open_chunk(swapping, id))
        return;
    const uint32_t *number = ek_chunk_section(&swapping->chunk, EK_SECTION_NUMBER);
    const uint8_t *bits = ek_chunk_section(&swapping->chunk, EK_SECTION_BITS);
    uint32_t at = 0;
    if (!number || !bits || !ek_chunk_section(&swapping->chunk, EK_SECTION_TIME))
        return;
    ek_batch_clear(&swapping->batch);
    swapping->any = false;
    for (uint32_t row = 0; row < swapping->chunk.rows; row++) {
        bool dead = at < swapping->dead_count && swapping->dead[at] == row;
        at += dead;
        take_row(swapping, number, bits, row, dead);
    }
    if (ek_batch_sort(&swapping->batch))
        ek_txn_fail(swapping->index, EK_MEMORY, "out of memory");
    else if (swapping->any)
        ek_postings_write(swapping->index, id, &swapping->batch, 0);
}

static void tag_run(struct swapping *swapping, const struct ek_run *run)
{
    if (ek_marks_load(swapping->index, swapping->building->number, run->least, run->most,
                      &swapping->waiting) == 0) {
        for (uint32_t i = 0; i < run->chunks && !ek_txn_failed(swapping->index); i++)
            tag_chunk(swapping, run->chunk + i);
    }
    ek_marks_free(&swapping->waiting);
}

/* Runs from `from` on, until a transaction has enough; returns the next one. */
static size_t tag_runs(struct swapping *swapping, const struct ek_runs *runs, size_t from)
{
    uint64_t rows = 0;
    while (from < runs->count && rows < EK_CHUNK_ROWS && !ek_txn_failed(swapping->index)) {
        tag_run(swapping, &runs->items[from]);
        rows += runs->items[from++].rows;
    }
    return from;
}

int ek_swap_prepare(struct ek_store *store, const struct ek_generation *building,
                    struct ek_err *err)
{
    struct swapping swapping = {.building = building, .arena = ek_arena_new(EK_ARENA_BYTES)};
    struct ek_runs runs = {.count = 1};
    size_t next = 0;
    int result = swapping.arena ? 0 : ek_fail_memory(err);
    ek_batch_init(&swapping.batch);
    ek_batch_generation(&swapping.batch, building->number);
    while (result == 0 && next < runs.count) {
        ek_arena_reset(store->spare);
        swapping.index = ek_txn_begin(store->index, true, err);
        swapping.behind_count = 0;
        if (!swapping.index) {
            result = -1;
            break;
        }
        if (ek_runs_load(swapping.index, store->spare, &runs) == 0 &&
            load_behind(&swapping, store->spare) == 0)
            next = tag_runs(&swapping, &runs, next);
        result = ek_txn_commit(swapping.index, err);
    }
    ek_batch_free(&swapping.batch);
    ek_arena_free(swapping.arena);
    return result;
}

/* The swap ------------------------------------------------------------------------------------ */

/* Others of the same digest, and the oldest beyond the ceiling. */
static void drop_others(struct ek_txn *index, const struct ek_generation *current,
                        struct ek_arena *arena)
{
    struct ek_generation *all;
    size_t count;
    if (ek_generations_load(index, arena, &all, &count))
        return;
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        bool same = strcmp(all[i].digest, current->digest) == 0;
        if (same && all[i].number != current->number)
            ek_generation_drop(index, all[i].number, arena);
        else
            all[left++] = all[i];
    }
    for (size_t i = 0; i + EK_MAX_GENERATIONS < left; i++)
        ek_generation_drop(index, all[i].number, arena);
}

void ek_swap_in(struct ek_txn *index, const struct ek_generation *building, uint64_t last_post,
                struct ek_arena *arena)
{
    struct ek_generation old, current = *building;
    current.until = last_post;
    if (current.progress > current.until)
        current.progress = current.until;
    if (ek_generation_get(index, EK_CURRENT, &old) == 1)
        ek_behind_drop(index, old.number);
    ek_generation_put(index, &current);
    ek_generation_use(index, EK_CURRENT, current.number);
    ek_generation_use(index, EK_BUILDING, 0);
    ek_marks_drop(index);
    drop_others(index, &current, arena);
}
