/* view.c - see view.h. */
#include "store/index/view.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/index/chunk_form.h"
#include "store/index/dead.h"
#include "store/index/run.h"

struct opening {
    struct ek_view *view;
    struct ek_arena *arena;
    uint64_t rows, dead; /* of the run, so far */
};

static int missing(struct ek_txn *index, uint64_t id)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    return ek_txn_damaged(index, EK_CHUNKS, key, sizeof key);
}

/* Is the value that of its key? A changed key would be another generation's, or nobody's, and its
 * tags would be missed without a word. */
static bool is_its_own(const unsigned char *key, const struct ek_bytes *value)
{
    struct ek_form_tags head;
    if (key[8] != EK_PART_TAGS || value->len < sizeof head)
        return false;
    memcpy(&head, value->data, sizeof head);
    return head.generation == ek_get_be32(key + 9);
}

/* One part of the chunk that is being opened. */
static int take_part(struct opening *opening, struct ek_view_chunk *item, const unsigned char *key,
                     const struct ek_bytes *value, struct ek_bytes *tags)
{
    struct ek_view *view = opening->view;
    uint64_t id = ek_get_be64(key);
    if (key[8] == EK_PART_ROWS)
        return ek_chunk_open(&item->chunk, view->index, id, value, opening->arena);
    if (key[8] == EK_PART_DEAD && id == item->chunk.id)
        return ek_dead_get(view->index, id, opening->arena, &item->dead, &item->dead_count) < 0;
    if (id != item->chunk.id || !is_its_own(key, value))
        return ek_txn_damaged(view->index, EK_CHUNKS, key, EK_CHUNK_KEY_BYTES);
    if (ek_get_be32(key + 9) == view->generation)
        *tags = *value;
    return 0;
}

static int finish_chunk(struct opening *opening, struct ek_view_chunk *item,
                        const struct ek_bytes *tags)
{
    struct ek_view *view = opening->view;
    if (item->dead_count && item->dead[item->dead_count - 1] >= item->chunk.rows)
        return missing(view->index, item->chunk.id);
    opening->rows += item->chunk.rows;
    opening->dead += item->dead_count;
    return ek_postings_open(&item->postings, &item->chunk, view->generation, tags, opening->arena);
}

/* The chunks of one run, in one walk over their keys. */
static int open_run(struct opening *opening, const struct ek_run *run)
{
    struct ek_view *view = opening->view;
    unsigned char from[EK_CHUNK_KEY_BYTES];
    struct ek_bytes key, value, tags = {0};
    struct ek_view_chunk *item = NULL;
    struct ek_walk walk;
    uint64_t next = run->chunk, end = run->chunk + run->chunks;
    int result = 0, found = 1;
    opening->rows = opening->dead = 0;
    ek_chunk_key(run->chunk, EK_PART_ROWS, 0, from);
    ek_walk_from(&walk, view->index, EK_CHUNKS, from, sizeof from, false);
    while (result == 0 && (found = ek_walk_next_plain(&walk, &key, &value)) == 1) {
        uint64_t id = key.len == EK_CHUNK_KEY_BYTES ? ek_get_be64(key.data) : UINT64_MAX;
        const unsigned char *bytes = key.data;
        if (id >= end || bytes[8] == EK_PART_ROWS) {
            if (item)
                result = finish_chunk(opening, item, &tags);
            item = NULL;
            if (id >= end)
                break;
            if (id != next++)
                break;
            item = &view->chunks[view->count++];
            tags = (struct ek_bytes){0};
        }
        if (result == 0 && item)
            result = take_part(opening, item, bytes, &value, &tags);
    }
    if (result == 0 && found == 0 && item)
        result = finish_chunk(opening, item, &tags);
    ek_walk_end(&walk);
    if (result || found < 0)
        return -1;
    if (next != end || opening->rows != run->rows || opening->dead != run->dead)
        return missing(view->index, next == end ? run->chunk : next);
    view->rows += opening->rows - opening->dead;
    return 0;
}

int ek_view_open(struct ek_view *view, struct ek_txn *index, uint32_t generation,
                 struct ek_arena *arena)
{
    struct opening opening = {.view = view, .arena = arena};
    struct ek_runs runs;
    size_t chunks = 0;
    *view = (struct ek_view){.index = index, .generation = generation};
    if (ek_runs_load(index, arena, &runs))
        return -1;
    for (size_t i = 0; i < runs.count; i++)
        chunks += runs.items[i].chunks;
    view->chunks = EK_NEW_ARRAY(arena, struct ek_view_chunk, chunks + 1);
    if (!view->chunks)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    for (size_t i = 0; i < runs.count; i++) {
        if (open_run(&opening, &runs.items[i]))
            return -1;
    }
    return 0;
}
