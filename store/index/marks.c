/* marks.c - see marks.h.
 *
 * A block's value lists, for each post: how far its number is from the one before, whether it was
 * assessed, and its marks. */
#include "store/index/marks.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/codec.h"
#include "ekbom/limits.h"

#define KEY_BYTES 12u

static void block_key(uint32_t generation, uint64_t first, unsigned char key[KEY_BYTES])
{
    ek_put_be32(key, generation);
    ek_put_be64(key + 4, first);
}

void ek_marks_block_init(struct ek_marks_block *block)
{
    *block = (struct ek_marks_block){0};
    ek_buf_init(&block->bytes, EK_ARENA_BYTES);
}

void ek_marks_block_free(struct ek_marks_block *block)
{
    ek_buf_free(&block->bytes);
}

void ek_marks_block_add(struct ek_marks_block *block, uint64_t number, bool assessed,
                        const struct ek_mark *marks, size_t count)
{
    if (!block->first)
        block->first = block->last = number;
    ek_put_uint(&block->bytes, number - block->last);
    block->last = number;
    ek_put_u8(&block->bytes, assessed);
    ek_put_uint(&block->bytes, count);
    for (size_t i = 0; i < count; i++) {
        ek_put_uint(&block->bytes, marks[i].code);
        ek_put_uint(&block->bytes, marks[i].word);
    }
}

void ek_marks_block_put(struct ek_txn *index, uint32_t generation,
                        const struct ek_marks_block *block)
{
    unsigned char key[KEY_BYTES];
    if (block->bytes.failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (!block->first)
        return;
    block_key(generation, block->first, key);
    ek_txn_put(index, EK_MARKS, key, sizeof key, block->bytes.data, block->bytes.len);
}

void ek_marks_drop(struct ek_txn *index)
{
    ek_txn_clear(index, EK_MARKS);
}

/* Reading ------------------------------------------------------------------------------------- */

static size_t get_marks(struct ek_cursor *cursor, bool *assessed, struct ek_mark *marks)
{
    *assessed = ek_get_u8(cursor) != 0;
    size_t count = ek_get_count(cursor, 2);
    if (count > EK_MAX_ROW_MARKS)
        cursor->bad = true;
    for (size_t i = 0; i < count && !cursor->bad; i++) {
        uint64_t code = ek_get_uint(cursor), word = ek_get_uint(cursor);
        cursor->bad = cursor->bad || code > UINT32_MAX || word >= EK_WORD_BITS;
        marks[i] = (struct ek_mark){(uint32_t)code, (uint32_t)word};
    }
    return count;
}

/* The next post of a block; false at its end or where it is damaged. */
static bool next_post(struct ek_cursor *cursor, uint64_t *number, bool *assessed,
                      struct ek_mark *marks, const unsigned char **from)
{
    if (cursor->bad || cursor->at >= cursor->end)
        return false;
    *number += ek_get_uint(cursor);
    *from = cursor->at;
    get_marks(cursor, assessed, marks);
    return !cursor->bad;
}

/* The posts of one block that are in the range. -1 if it is no block. */
static int take_block(struct ek_marks *all, uint64_t first, const struct ek_bytes *value)
{
    struct ek_cursor cursor = ek_cursor(value->data, value->len);
    struct ek_mark marks[EK_MAX_ROW_MARKS];
    uint64_t number = first;
    const unsigned char *from;
    bool assessed;
    while (next_post(&cursor, &number, &assessed, marks, &from)) {
        if (number < all->least || number > all->most)
            continue;
        all->at[number - all->least] = (uint32_t)all->bytes.len + 1;
        ek_buf_add(&all->bytes, from, (size_t)(cursor.at - from));
    }
    return cursor.bad ? -1 : 0;
}

/* The first number of the block that a number can be in: the last block that begins at or before
 * it. */
static uint64_t block_before(struct ek_txn *index, uint32_t generation, uint64_t number)
{
    unsigned char key[KEY_BYTES];
    struct ek_walk walk;
    struct ek_bytes found, value;
    uint64_t first = number;
    block_key(generation, number + 1, key);
    ek_walk_from(&walk, index, EK_MARKS, key, sizeof key, true);
    if (ek_walk_next(&walk, &found, &value) == 1 && found.len == KEY_BYTES &&
        ek_get_be32(found.data) == generation)
        first = ek_get_be64((const unsigned char *)found.data + 4);
    ek_walk_end(&walk);
    return first;
}

int ek_marks_load(struct ek_txn *index, uint32_t generation, uint32_t least, uint32_t most,
                  struct ek_marks *marks)
{
    unsigned char from[KEY_BYTES];
    struct ek_walk walk;
    struct ek_bytes key, value;
    *marks = (struct ek_marks){.least = least, .most = most};
    ek_buf_init(&marks->bytes, UINT32_MAX - 1);
    marks->at = calloc((size_t)most - least + 1, sizeof *marks->at);
    if (!marks->at)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    block_key(generation, block_before(index, generation, least), from);
    ek_walk_from(&walk, index, EK_MARKS, from, sizeof from, false);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        bool is_block = key.len == KEY_BYTES;
        uint64_t first = is_block ? ek_get_be64((const unsigned char *)key.data + 4) : 0;
        if (is_block && (ek_get_be32(key.data) != generation || first > most))
            break;
        if (!is_block || take_block(marks, first, &value))
            ek_txn_damaged(index, EK_MARKS, key.data, key.len);
    }
    ek_walk_end(&walk);
    if (marks->bytes.failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    return ek_txn_failed(index) ? -1 : 0;
}

void ek_marks_free(struct ek_marks *marks)
{
    free(marks->at);
    marks->at = NULL;
    ek_buf_free(&marks->bytes);
}

bool ek_marks_find(const struct ek_marks *all, uint32_t number, bool *assessed,
                   struct ek_mark *marks, size_t *count)
{
    *count = 0;
    if (number < all->least || number > all->most || !all->at[number - all->least])
        return false;
    size_t at = all->at[number - all->least] - 1;
    struct ek_cursor cursor = ek_cursor(all->bytes.data + at, all->bytes.len - at);
    *count = get_marks(&cursor, assessed, marks);
    return true;
}

/* Verify -------------------------------------------------------------------------------------- */

void ek_marks_check(struct ek_txn *index, uint32_t generation, uint64_t last)
{
    struct ek_mark marks[EK_MAX_ROW_MARKS];
    struct ek_walk walk;
    struct ek_bytes key, value;
    uint64_t number = 0;
    ek_walk_begin(&walk, index, EK_MARKS, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        struct ek_cursor cursor = ek_cursor(value.data, value.len);
        const unsigned char *from;
        bool assessed, sound = key.len == KEY_BYTES && ek_get_be32(key.data) == generation;
        uint64_t first = sound ? ek_get_be64((const unsigned char *)key.data + 4) : 0;
        sound = sound && first > number;
        number = first;
        while (next_post(&cursor, &number, &assessed, marks, &from))
            ;
        if (!sound || cursor.bad || number > last)
            ek_txn_damaged(index, EK_MARKS, key.data, key.len);
    }
    ek_walk_end(&walk);
}
