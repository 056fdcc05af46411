/* held.c - see held.h. */
#include "store/query/held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/bits.h"

static int no_memory(struct ek_txn *index)
{
    return ek_txn_fail(index, EK_MEMORY, "out of memory");
}

static void free_one(struct ek_held *held)
{
    ek_arena_free(held->arena);
    free(held);
}

void ek_held_free(struct ek_store *store)
{
    while (store->held) {
        struct ek_held *next = store->held->next;
        free_one(store->held);
        store->held = next;
    }
}

/* Months -------------------------------------------------------------------------------------- */

static int compare_months(const void *left, const void *right)
{
    const int *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* The months of all chunks, and where each chunk's months stand among them. */
static int list_months(struct ek_held *held)
{
    size_t room = 0, count = 0;
    for (size_t i = 0; i < held->view.count; i++)
        room += held->chunks[i].chunk->months;
    int *all = malloc((room + 1) * sizeof *all);
    if (!all)
        return no_memory(held->index);
    for (size_t i = 0; i < held->view.count; i++) {
        const struct ek_held_chunk *chunk = &held->chunks[i];
        for (uint32_t m = 0; m < chunk->chunk->months; m++)
            all[count++] = chunk->months[m].month;
    }
    qsort(all, count, sizeof *all, compare_months);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || all[i] != all[held->month_count - 1])
            all[held->month_count++] = all[i];
    }
    held->months = EK_NEW_ARRAY(held->arena, int, held->month_count + 1);
    if (held->months && held->month_count)
        memcpy(held->months, all, held->month_count * sizeof *all);
    free(all);
    return held->months ? 0 : no_memory(held->index);
}

static int place_months(struct ek_held *held, struct ek_held_chunk *chunk)
{
    uint32_t at = 0;
    chunk->month_at = EK_NEW_ARRAY(held->arena, uint32_t, (size_t)chunk->chunk->months + 1);
    if (!chunk->month_at)
        return no_memory(held->index);
    for (uint32_t m = 0; m < chunk->chunk->months; m++) {
        while (held->months[at] != chunk->months[m].month)
            at++;
        chunk->month_at[m] = at;
    }
    return 0;
}

/* Opening ------------------------------------------------------------------------------------- */

static int take_chunks(struct ek_held *held)
{
    held->chunks = EK_NEW_ARRAY(held->arena, struct ek_held_chunk, held->view.count + 1);
    if (!held->chunks)
        return no_memory(held->index);
    for (size_t i = 0; i < held->view.count; i++) {
        struct ek_view_chunk *item = &held->view.chunks[i];
        held->chunks[i] = (struct ek_held_chunk){.chunk = &item->chunk,
                                                 .postings = &item->postings,
                                                 .dead = item->dead,
                                                 .dead_count = item->dead_count};
        held->chunks[i].months = ek_chunk_section(&item->chunk, EK_SECTION_MONTHS);
        if (!held->chunks[i].months)
            return -1;
        if (item->dead_count && item->dead[item->dead_count - 1] >= item->chunk.rows)
            return ek_txn_fail(held->index, EK_FORMAT,
                               "the index is damaged: chunk %llu has %u rows, and row %u is dead: "
                               "run `ekbom verify`",
                               (unsigned long long)item->chunk.id, item->chunk.rows,
                               item->dead[item->dead_count - 1]);
    }
    if (list_months(held))
        return -1;
    for (size_t i = 0; i < held->view.count; i++) {
        if (place_months(held, &held->chunks[i]))
            return -1;
    }
    return 0;
}

static int open_held(struct ek_store *store, const struct ek_generation *generation,
                     struct ek_held **out)
{
    struct ek_txn *index = store->reading_index;
    struct ek_held *held = calloc(1, sizeof *held);
    if (!held || !(held->arena = ek_arena_new(EK_ARENA_BYTES))) {
        free(held);
        return no_memory(index);
    }
    held->index = index;
    held->snapshot = ek_txn_snapshot(index);
    held->generation = *generation;
    if (ek_words_load(index, generation, held->arena, &held->words) ||
        ek_view_open(&held->view, index, generation->number, held->arena) || take_chunks(held)) {
        free_one(held);
        return -1;
    }
    held->next = store->held;
    store->held = held;
    *out = held;
    return 0;
}

/* What is held belongs to the transaction that reads the same snapshot now. */
static void move_to(struct ek_held *held, struct ek_txn *index)
{
    if (held->index == index)
        return;
    held->index = held->view.index = index;
    for (size_t i = 0; i < held->view.count; i++)
        held->view.chunks[i].chunk.index = index;
}

static int unknown_rules(struct ek_txn *index, const char *rules, struct ek_err *err)
{
    struct ek_generation *generations;
    size_t count;
    char list[600] = "";
    struct ek_arena *arena = ek_arena_new(1u << 20);
    if (!arena)
        return ek_fail_memory(err);
    if (ek_generations_load(index, arena, &generations, &count) == 0) {
        for (size_t i = 0, at = 0; i < count && at + 100 < sizeof list; i++)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%.19s", i ? ", " : "",
                                   generations[i].digest);
    }
    ek_arena_free(arena);
    return ek_fail(err, EK_USAGE, "no tags under rules %s in this store: it has %s", rules,
                   *list ? list : "none");
}

int ek_held_get(struct ek_store *store, const char *rules, struct ek_held **held,
                struct ek_err *err)
{
    struct ek_txn *index = store->reading_index;
    struct ek_generation generation;
    *held = NULL;
    int found = rules ? ek_generation_find(index, rules, &generation)
                      : ek_generation_get(index, EK_CURRENT, &generation);
    if (found < 0)
        return -1;
    if (found == 0)
        return rules ? unknown_rules(index, rules, err) : 0;
    /* Within one snapshot nothing is dropped: an outer call may be reading it. */
    if (store->held && store->held->snapshot != ek_txn_snapshot(index))
        ek_held_free(store);
    for (struct ek_held *one = store->held; one; one = one->next) {
        if (one->generation.number == generation.number) {
            move_to(one, index);
            *held = one;
            return 0;
        }
    }
    return open_held(store, &generation, held);
}

/* What is filled later ------------------------------------------------------------------------ */

/* The one posting of a class that has no codes; the set stays as it is where there is none. */
static int add_class(struct ek_held_chunk *chunk, enum ek_posting_class class, uint64_t *set)
{
    struct ek_posting posting;
    uint32_t i = ek_posting_find(chunk->postings, class, 0);
    if (i >= chunk->postings->count)
        return 0;
    ek_posting_head(chunk->postings, i, &posting);
    if (posting.class != class)
        return 0;
    if (ek_posting_get(chunk->postings, i, &posting))
        return -1;
    ek_posting_mask(&posting, chunk->chunk, NULL, set);
    return 0;
}

static int make_usual(struct ek_held *held, struct ek_held_chunk *chunk)
{
    const uint32_t rows = chunk->chunk->rows, dated = chunk->chunk->dated, words = EK_WORDS(rows);
    uint64_t out[EK_CHUNK_WORDS] = {0}, unassessed[EK_CHUNK_WORDS] = {0};
    const uint8_t *bits = NULL;
    uint64_t *usual = EK_NEW_ARRAY(held->arena, uint64_t, (size_t)words + 1);
    if (!usual)
        return no_memory(held->index);
    if (chunk->chunk->states[EK_HIDDEN] &&
        !(bits = ek_chunk_section(chunk->chunk, EK_SECTION_BITS)))
        return -1;
    if (bits)
        ek_bits_add_equal(out, bits, rows, 3u << 2, EK_HIDDEN << 2);
    ek_bits_add_list(out, chunk->dead, chunk->dead_count, 0);
    if (add_class(chunk, EK_POSTING_UNTAGGED, out) ||
        add_class(chunk, EK_POSTING_UNASSESSED, unassessed))
        return -1;
    if (chunk->postings->value)
        ek_bits_only(usual, words, 0, rows);
    ek_bits_and_not(usual, out, words);
    chunk->undated = ek_bits_count(usual, dated, rows);
    chunk->not_assessable = ek_bits_count_both(usual, unassessed, 0, dated);
    chunk->not_assessable_undated = ek_bits_count_both(usual, unassessed, dated, rows);
    ek_bits_and_not(usual, unassessed, words);
    chunk->all_dated = ek_bits_count(usual, 0, dated) == dated;
    chunk->usual = usual;
    return 0;
}

int ek_held_usual(struct ek_held *held, struct ek_held_chunk *chunk)
{
    return chunk->usual ? 0 : make_usual(held, chunk);
}

static uint32_t greatest(const uint32_t *numbers, uint32_t count, bool *zero)
{
    uint32_t most = 0, least = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        most = numbers[i] > most ? numbers[i] : most;
        least = numbers[i] < least ? numbers[i] : least;
    }
    *zero = least == 0;
    return most;
}

int ek_held_greatest(struct ek_held_chunk *chunk)
{
    if (chunk->greatest_known)
        return 0;
    const uint32_t *author = ek_chunk_section(chunk->chunk, EK_SECTION_AUTHOR);
    const uint32_t *thread = ek_chunk_section(chunk->chunk, EK_SECTION_THREAD);
    if (!author || !thread)
        return -1;
    bool no_thread;
    chunk->author = greatest(author, chunk->chunk->rows, &chunk->nobody);
    chunk->thread = greatest(thread, chunk->chunk->rows, &no_thread);
    chunk->greatest_known = true;
    return 0;
}

int ek_held_firsts(struct ek_held *held)
{
    if (held->firsts_known)
        return 0;
    if (ek_firsts_load(&held->view, held->arena, &held->firsts))
        return -1;
    held->firsts_known = true;
    return 0;
}
