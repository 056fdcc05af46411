/* lanes.c - see lanes.h. */
#include "store/query/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

int ek_lanes_make(struct ek_lanes *lanes, const struct ek_choice *choice,
                  const struct ek_selection *selection, struct ek_arena *arena)
{
    static const struct ek_words none = {0};
    const struct ek_words *words = choice->held ? &choice->held->words : &none;
    size_t room = selection->theory_count ? selection->theory_count : words->count;
    lanes->count = 0;
    lanes->theories = EK_NEW_ARRAY(arena, const char *, room + 1);
    lanes->codes = EK_NEW_ARRAY(arena, struct ek_codes, room + 1);
    if (!lanes->theories || !lanes->codes)
        return -1;
    for (size_t i = 0; i < selection->theory_count; i++)
        lanes->theories[lanes->count++] = selection->theories[i];
    for (size_t i = 1; !selection->theory_count && i < words->count; i++) {
        if (words->items[i].text && words->items[i].kind == EK_WORD_THEORY)
            lanes->theories[lanes->count++] = words->items[i].text;
    }
    if (!selection->theory_count && lanes->count)
        qsort(lanes->theories, lanes->count, sizeof *lanes->theories, compare_strings);
    for (size_t lane = 0; lane < lanes->count; lane++) {
        if (ek_codes_named(&lanes->codes[lane], words, EK_WORD_THEORY, lanes->theories[lane],
                           arena))
            return -1;
    }
    return 0;
}
