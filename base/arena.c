/* arena.c - blocks of memory freed together. See ekbom/arena.h.
 *
 * Blocks double from 64 KiB to 1 MiB; an allocation larger than that gets a block of its own.
 * Memory comes from calloc, whose fresh pages are zero already, and is cleared again on reset. */
#include "ekbom/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/error.h"

#define FIRST_BLOCK (64u << 10)
#define LARGEST_BLOCK (1u << 20)

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct ek_arena {
    struct block *blocks; /* the one being filled first */
    size_t limit, total;  /* bytes in blocks */
    size_t next_size;
};

struct ek_arena *ek_arena_new(size_t limit)
{
    struct ek_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->limit = limit;
    arena->next_size = FIRST_BLOCK;
    return arena;
}

static void free_blocks(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void ek_arena_free(struct ek_arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->blocks);
    free(arena);
}

void ek_arena_reset(struct ek_arena *arena)
{
    struct block *keep = arena->blocks;
    if (!keep)
        return;
    free_blocks(keep->next);
    if (keep->size > LARGEST_BLOCK) {
        free(keep);
        arena->blocks = NULL;
        arena->total = 0;
        return;
    }
    memset(keep->bytes, 0, keep->used);
    keep->next = NULL;
    keep->used = 0;
    arena->total = keep->size;
}

static struct block *add_block(struct ek_arena *arena, size_t size)
{
    if (size < arena->next_size)
        size = arena->next_size;
    if (size > arena->limit - arena->total)
        return NULL;
    struct block *block = calloc(1, sizeof *block + size);
    if (!block) {
        ek_starve();
        return NULL;
    }
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->total += size;
    if (arena->next_size < LARGEST_BLOCK)
        arena->next_size *= 2;
    return block;
}

void *ek_alloc(struct ek_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > arena->limit)
        return NULL;
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct block *block = arena->blocks;
    if (!block || bytes > block->size - block->used) {
        block = add_block(arena, bytes);
        if (!block)
            return NULL;
    }
    void *at = block->bytes + block->used;
    block->used += bytes;
    return at;
}

char *ek_strndup(struct ek_arena *arena, const char *bytes, size_t len)
{
    char *copy = len == SIZE_MAX ? NULL : ek_alloc(arena, len + 1, 1);
    if (copy && len)
        memcpy(copy, bytes, len);
    return copy;
}

char *ek_strdup(struct ek_arena *arena, const char *string)
{
    return string ? ek_strndup(arena, string, strlen(string)) : NULL;
}

char *ek_printf(struct ek_arena *arena, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    char *out = len < 0 ? NULL : ek_alloc(arena, (size_t)len + 1, 1);
    if (out)
        vsnprintf(out, (size_t)len + 1, format, again);
    va_end(again);
    return out;
}
