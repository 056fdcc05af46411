/* languages.c - which languages a store's posts have. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/query.h"
#include "store/handle.h"
#include "store/query/held.h"

static int compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int list(struct ek_store *store, struct ek_arena *arena, const char ***languages,
                size_t *count, struct ek_err *err)
{
    struct ek_held *held;
    if (ek_held_get(store, NULL, &held, err))
        return -1;
    size_t room = held ? held->words.count : 0;
    *languages = EK_NEW_ARRAY(arena, const char *, room + 2);
    if (!*languages)
        return ek_fail_memory(err);
    (*languages)[(*count)++] = "unknown";
    for (size_t n = 1; n < room; n++) {
        const struct ek_word *word = &held->words.items[n];
        if (!word->text || word->kind != EK_WORD_LANGUAGE)
            continue;
        char *subtag = ek_strndup(arena, word->text, strcspn(word->text, "-"));
        if (!subtag)
            return ek_fail_memory(err);
        size_t at = 0;
        while (at < *count && strcmp((*languages)[at], subtag) != 0)
            at++;
        (*languages)[at] = subtag;
        *count += at == *count;
    }
    if (*count > 1)
        qsort(*languages + 1, *count - 1, sizeof **languages, compare);
    return 0;
}

int ek_store_languages(struct ek_store *store, struct ek_arena *arena, const char ***languages,
                       size_t *count, struct ek_err *err)
{
    *count = 0;
    if (ek_store_enter(store, EK_NEEDS_INDEX, err))
        return -1;
    return ek_store_leave(store, list(store, arena, languages, count, err), err);
}
