/* arena.h - memory that is freed all at once.
 *
 * Everything decoded, extracted or matched for one page or one batch lives in one arena. Nothing
 * in it is freed singly. Allocations are aligned for any type and zeroed. */
#ifndef EKBOM_ARENA_H
#define EKBOM_ARENA_H

#include <stddef.h>

struct ek_arena;

/* A new arena that will hold at most limit bytes. NULL when out of memory. */
struct ek_arena *ek_arena_new(size_t limit);
void ek_arena_free(struct ek_arena *arena);  /* NULL is allowed */
void ek_arena_reset(struct ek_arena *arena); /* empty it, keep its first block */

/* NULL when out of memory or past the limit; zeroed otherwise. count * size is overflow-checked. */
void *ek_alloc(struct ek_arena *arena, size_t count, size_t size);
#define EK_NEW(arena, type) ((type *)ek_alloc((arena), 1, sizeof(type)))
#define EK_NEW_ARRAY(arena, type, count) ((type *)ek_alloc((arena), (count), sizeof(type)))

char *ek_strdup(struct ek_arena *arena, const char *string);             /* NULL stays NULL */
char *ek_strndup(struct ek_arena *arena, const char *bytes, size_t len); /* adds the NUL */
char *ek_printf(struct ek_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
