/* figures.c - see figures.h. */
#include "store/index/figures.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/index/view.h"

/* Living rows of a set. */
static uint32_t living(const struct ek_view_chunk *item, const uint64_t *set)
{
    uint32_t count = 0;
    for (uint32_t word = 0; word < (item->chunk.rows + 63) / 64; word++)
        count += (uint32_t)__builtin_popcountll(set[word]);
    for (uint32_t i = 0; i < item->dead_count; i++)
        count -= set[item->dead[i] / 64] >> item->dead[i] % 64 & 1;
    return count;
}

/* Living rows that have any posting of a class. */
static uint32_t living_of_class(struct ek_view_chunk *item, enum ek_posting_class class)
{
    struct ek_postings *postings = &item->postings;
    uint64_t set[EK_CHUNK_WORDS] = {0};
    uint32_t i = ek_posting_find(postings, class, 0);
    struct ek_posting posting;
    for (; i < postings->count; i++) {
        ek_posting_head(postings, i, &posting);
        if (posting.class != class)
            break;
        if (ek_posting_get(postings, i, &posting))
            return 0;
        ek_posting_mask(&posting, &item->chunk, NULL, set);
    }
    return living(item, set);
}

int ek_index_figures(struct ek_txn *index, uint32_t generation, struct ek_index_figures *figures)
{
    struct ek_view view;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    *figures = (struct ek_index_figures){0};
    if (!arena)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    int result = ek_view_open(&view, index, generation, arena);
    for (size_t i = 0; i < view.count && result == 0; i++) {
        struct ek_view_chunk *item = &view.chunks[i];
        uint64_t rows = item->chunk.rows - item->dead_count;
        figures->rows += rows;
        if (!item->postings.value)
            continue;
        figures->tagged += rows - living_of_class(item, EK_POSTING_UNTAGGED);
        figures->not_assessable += living_of_class(item, EK_POSTING_UNASSESSED);
        figures->undetermined += living_of_class(item, EK_POSTING_UNDETERMINED);
    }
    ek_arena_free(arena);
    return ek_txn_failed(index) ? -1 : result;
}
