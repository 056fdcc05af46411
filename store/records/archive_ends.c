/* archive_ends.c - see archive_ends.h. */
#include "store/records/archive_ends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "store/records/page.h"

#define PAGE_ARENA_BYTES (1u << 20)

struct list {
    struct ek_tail *items; /* sorted by name */
    size_t count, room;
};

/* Where the name is or belongs. A store of twenty years has some hundred files. */
static size_t place_of(const struct ek_tail *items, size_t count, const char *file, bool *found)
{
    size_t low = 0, high = count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(items[middle].file, file);
        *found = *found || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int add(struct list *list, const char *file, uint64_t end)
{
    bool found;
    size_t place = place_of(list->items, list->count, file, &found);
    if (found) {
        if (end > list->items[place].length)
            list->items[place].length = end;
        return 0;
    }
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        struct ek_tail *items = reallocarray(list->items, room, sizeof *items);
        if (!items)
            return -1;
        list->items = items;
        list->room = room;
    }
    memmove(list->items + place + 1, list->items + place,
            (list->count - place) * sizeof *list->items);
    list->items[place].length = end;
    snprintf(list->items[place].file, sizeof list->items[place].file, "%s", file);
    list->count++;
    return 0;
}

static void add_page(struct list *list, struct ek_txn *records, struct ek_arena *arena,
                     struct ek_bytes key, struct ek_bytes value)
{
    struct ek_page_record page;
    const struct ek_archive_ref *at = &page.archived;
    uint64_t end;
    ek_arena_reset(arena);
    if (ek_page_decode(&page, arena, value) || *at->file == '.' || strchr(at->file, '/') ||
        __builtin_add_overflow(at->offset, at->length, &end))
        ek_txn_damaged(records, EK_PAGES, key.data, key.len);
    else if (*at->file && add(list, at->file, end) != 0)
        ek_txn_fail(records, EK_MEMORY, "out of memory");
}

int ek_archive_ends(struct ek_txn *records, struct ek_tail **ends, size_t *count)
{
    struct list list = {0};
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_arena *arena = ek_arena_new(PAGE_ARENA_BYTES);
    if (!arena)
        ek_txn_fail(records, EK_MEMORY, "out of memory");
    ek_walk_begin(&walk, records, EK_PAGES, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1)
        add_page(&list, records, arena, key, value);
    ek_walk_end(&walk);
    ek_arena_free(arena);
    if (ek_txn_failed(records)) {
        free(list.items);
        list = (struct list){0};
    }
    *ends = list.items;
    *count = list.count;
    return ek_txn_failed(records) ? -1 : 0;
}

uint64_t ek_tail_length(const struct ek_tail *tails, size_t count, const char *file)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(tails[i].file, file) == 0)
            return tails[i].length;
    return 0;
}
