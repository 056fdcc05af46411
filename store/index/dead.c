/* dead.c - see dead.h.
 *
 * There is no table from a post to its row: it would cost a page copied for every post written,
 * and only posts that change need it. The runs' and chunks' ranges of post numbers leave few
 * chunks to look at, and a set of 64 K bits, small enough for the nearest cache, turns away the
 * rows that are not sought at under a nanosecond each. */
#include "store/index/dead.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/handle.h"
#include "store/index/chunk_form.h"

#define CHECK_BYTES 4u /* of the list, in front of it */

static void dead_key(uint64_t chunk, unsigned char key[EK_CHUNK_KEY_BYTES])
{
    ek_chunk_key(chunk, EK_PART_DEAD, 0, key);
}

int ek_dead_get(struct ek_txn *index, uint64_t chunk, struct ek_arena *arena, const uint16_t **rows,
                uint32_t *count)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    *rows = NULL;
    *count = 0;
    dead_key(chunk, key);
    int found = ek_txn_get_plain(index, EK_CHUNKS, key, sizeof key, &value);
    if (found != 1)
        return found;
    const size_t len = value.len - CHECK_BYTES;
    const unsigned char *bytes = value.data;
    if (value.len <= CHECK_BYTES || len % sizeof **rows ||
        ek_get_be32(bytes) != ek_form_check(chunk, bytes + CHECK_BYTES, len))
        return ek_txn_damaged(index, EK_CHUNKS, key, sizeof key);
    uint16_t *list = EK_NEW_ARRAY(arena, uint16_t, len / sizeof *list);
    if (!list)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    memcpy(list, bytes + CHECK_BYTES, len);
    *rows = list;
    *count = (uint32_t)(len / sizeof *list);
    for (uint32_t i = 1; i < *count; i++) {
        if (list[i - 1] >= list[i])
            return ek_txn_damaged(index, EK_CHUNKS, key, sizeof key);
    }
    return 1;
}

/* The numbers sought, and a set by hash that lets most others be passed over. ------------------ */

#define SET_BITS 16

struct sought {
    const uint32_t *numbers;
    size_t count;
    uint64_t set[(1u << SET_BITS) / 64];
};

static uint32_t hash(uint32_t number)
{
    return number * 0x9e3779b1u >> (32 - SET_BITS);
}

static struct sought *sought_new(const uint32_t *numbers, size_t count)
{
    struct sought *sought = calloc(1, sizeof *sought);
    if (!sought)
        return NULL;
    sought->numbers = numbers;
    sought->count = count;
    for (size_t i = 0; i < count; i++)
        sought->set[hash(numbers[i]) / 64] |= 1ull << hash(numbers[i]) % 64;
    return sought;
}

static size_t first_at_least(const uint32_t *numbers, size_t count, uint32_t number)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Does any lie in this range? */
static bool any_within(const uint32_t *numbers, size_t count, uint32_t least, uint32_t most)
{
    size_t at = first_at_least(numbers, count, least);
    return at < count && numbers[at] <= most;
}

static bool is_sought(const struct sought *sought, uint32_t number)
{
    if (!(sought->set[hash(number) / 64] >> hash(number) % 64 & 1))
        return false;
    size_t at = first_at_least(sought->numbers, sought->count, number);
    return at < sought->count && sought->numbers[at] == number;
}

/* Marking ------------------------------------------------------------------------------------- */

/* Rows of the chunk that are sought and not in the list; returns how many. */
static uint32_t find_rows(const struct sought *sought, const struct ek_chunk *chunk,
                          const uint32_t *number, const uint16_t *dead, uint32_t dead_count,
                          uint16_t *rows)
{
    uint32_t found = 0, at = 0;
    for (uint32_t row = 0; row < chunk->rows; row++) {
        if (!is_sought(sought, number[row]))
            continue;
        while (at < dead_count && dead[at] < row)
            at++;
        if (at == dead_count || dead[at] != row)
            rows[found++] = (uint16_t)row;
    }
    return found;
}

static void put_list(struct ek_txn *index, uint64_t chunk, struct ek_arena *arena,
                     const uint16_t *old, uint32_t old_count, const uint16_t *new,
                     uint32_t new_count)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    const size_t len = ((size_t)old_count + new_count) * sizeof *new;
    unsigned char *value = EK_NEW_ARRAY(arena, unsigned char, CHECK_BYTES + len);
    uint32_t count = 0, a = 0, b = 0;
    if (!value) {
        ek_txn_fail(index, EK_MEMORY, "out of memory");
        return;
    }
    uint16_t *list = (void *)(value + CHECK_BYTES);
    while (a < old_count || b < new_count) {
        bool from_old = b == new_count || (a < old_count && old[a] < new[b]);
        list[count++] = from_old ? old[a++] : new[b++];
    }
    ek_put_be32(value, ek_form_check(chunk, list, len));
    dead_key(chunk, key);
    ek_txn_put_plain(index, EK_CHUNKS, key, sizeof key, value, CHECK_BYTES + len);
}

struct marking {
    struct ek_txn *index;
    const struct sought *sought;
    struct ek_arena *arena;
    ek_dead_visit *visit;
    void *context;
};

/* Returns how many rows died. */
static uint32_t mark_chunk(const struct marking *marking, uint64_t id)
{
    struct ek_txn *index = marking->index;
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    struct ek_chunk chunk;
    const uint16_t *dead;
    uint32_t dead_count;
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    int found = ek_txn_get_plain(index, EK_CHUNKS, key, sizeof key, &value);
    if (found == 0)
        ek_txn_damaged(index, EK_CHUNKS, key, sizeof key);
    if (found != 1 || ek_chunk_open(&chunk, index, id, &value, marking->arena) ||
        !any_within(marking->sought->numbers, marking->sought->count, chunk.least, chunk.most))
        return 0;
    const uint32_t *number = ek_chunk_section(&chunk, EK_SECTION_NUMBER);
    uint16_t *rows = EK_NEW_ARRAY(marking->arena, uint16_t, chunk.rows);
    if (number && !rows)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (!number || !rows || ek_dead_get(index, id, marking->arena, &dead, &dead_count) < 0)
        return 0;
    uint32_t count = find_rows(marking->sought, &chunk, number, dead, dead_count, rows);
    if (count == 0)
        return 0;
    if (marking->visit)
        marking->visit(marking->context, &chunk, rows, count);
    put_list(index, id, marking->arena, dead, dead_count, rows, count);
    return count;
}

void ek_dead_mark(struct ek_txn *index, struct ek_run *run, bool listed, const uint32_t *numbers,
                  size_t count, struct ek_arena *arena, ek_dead_visit *visit, void *context)
{
    if (ek_txn_failed(index) || !any_within(numbers, count, run->least, run->most))
        return;
    struct sought *sought = sought_new(numbers, count);
    struct marking marking = {index, sought, arena, visit, context};
    uint64_t died = 0;
    if (!sought)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    for (uint32_t i = 0; i < run->chunks && !ek_txn_failed(index); i++)
        died += mark_chunk(&marking, run->chunk + i);
    free(sought);
    if (died == 0)
        return;
    run->dead += died;
    if (listed)
        ek_run_put(index, run);
}
