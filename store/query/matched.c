/* matched.c - how many posts a selection lists. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/mask.h"

static int count_chunk(const struct ek_choice *choice, struct ek_held_chunk *chunk,
                       struct ek_arena *arena, uint64_t *matched)
{
    const struct ek_stretch all = {0, chunk->chunk->rows};
    const uint32_t dated = chunk->chunk->dated, words = EK_STRETCH_WORDS(&all);
    uint64_t mask[EK_CHUNK_WORDS], tags[EK_CHUNK_WORDS];
    struct ek_scope scope;
    if (ek_scope_make(&scope, choice, chunk, arena))
        return -1;
    if (scope.never || (scope.from == scope.to && (choice->dated_only || dated == all.to)))
        return 0;
    if (ek_mask_selected(&scope, &all, mask))
        return -1;
    if (choice->tag_asked) {
        memset(tags, 0, words * sizeof *tags);
        if (ek_mask_tags(&scope, &choice->tags, &all, tags))
            return -1;
        ek_bits_and(mask, tags, words);
    }
    *matched += ek_bits_count(mask, scope.from, scope.to);
    if (!choice->dated_only)
        *matched += ek_bits_count(mask, dated, all.to);
    return 0;
}

static int count_all(struct ek_store *store, const struct ek_selection *selection,
                     struct ek_arena *arena, uint64_t *matched, struct ek_err *err)
{
    struct ek_choice choice;
    if (ek_choice_make(&choice, store, selection, arena, err))
        return -1;
    for (size_t i = 0; choice.held && i < choice.held->view.count; i++) {
        if (count_chunk(&choice, &choice.held->chunks[i], arena, matched))
            return -1;
    }
    return 0;
}

int ek_query_matched(struct ek_store *store, const struct ek_selection *selection,
                     uint64_t *matched, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    *matched = 0;
    if (!arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = count_all(store, selection, arena, matched, err);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(arena);
    return result;
}
