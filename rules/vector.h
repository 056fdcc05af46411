/* vector.h - growing arrays with a latched failure, private to rules/.
 *
 * A vector keeps its memory from post to post: matching allocates nothing once it is warm. The
 * first failed growth is latched in `failed`, pushes are dropped from then on, and the code that
 * fills vectors asks once at the end. */
#ifndef RULES_VECTOR_H
#define RULES_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "ekbom/error.h"

#define VECTOR(type)                                                                               \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, room;                                                                        \
        bool failed;                                                                               \
    }

static inline bool vector_grow(void **items, size_t *room, bool *failed, size_t count, size_t size)
{
    size_t wanted = *room ? *room * 2 : 16;
    void *grown = NULL;

    if (count < *room)
        return true;
    if (!*failed && wanted <= ((size_t)1 << 40) / size) {
        grown = realloc(*items, wanted * size);
        if (!grown)
            ek_starve();
    }
    if (!grown) {
        *failed = true;
        return false;
    }
    *items = grown;
    *room = wanted;
    return true;
}

/* Make room for so many more; then they may be put there without asking. */
static inline bool vector_reserve(void **items, size_t *room, bool *failed, size_t count,
                                  size_t more, size_t size)
{
    while (!*failed && *room - count < more)
        if (!vector_grow(items, room, failed, *room, size))
            return false;
    return !*failed;
}
#define VECTOR_RESERVE(vector, more)                                                               \
    vector_reserve((void **)&(vector)->items, &(vector)->room, &(vector)->failed, (vector)->count, \
                   (more), sizeof *(vector)->items)

/* Append value (a compound literal needs its own parentheses). */
#define VECTOR_PUSH(vector, ...)                                                                   \
    do {                                                                                           \
        if (vector_grow((void **)&(vector)->items, &(vector)->room, &(vector)->failed,             \
                        (vector)->count, sizeof *(vector)->items))                                 \
            (vector)->items[(vector)->count++] = (__VA_ARGS__);                                    \
    } while (0)

#define VECTOR_FREE(vector)                                                                        \
    do {                                                                                           \
        free((vector)->items);                                                                     \
        (vector)->items = NULL;                                                                    \
        (vector)->count = (vector)->room = 0;                                                      \
        (vector)->failed = false;                                                                  \
    } while (0)

#endif
