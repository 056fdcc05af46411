/* row_tags.c - see row_tags.h. */
#include "store/index/row_tags.h"

#include <string.h>

#include "ekbom/arena.h"
#include "store/handle.h"

int ek_postings_get(struct ek_postings *postings, struct ek_chunk *chunk, uint32_t generation,
                    struct ek_arena *arena)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    ek_chunk_key(chunk->id, EK_PART_TAGS, generation, key);
    if (ek_txn_get_plain(chunk->index, EK_CHUNKS, key, sizeof key, &value) < 0)
        return -1;
    return ek_postings_open(postings, chunk, generation, &value, arena);
}

/* The row's place in the posting, or -1. */
static int64_t place_in_list(const struct ek_posting *posting, uint32_t row)
{
    uint32_t low = 0, high = posting->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (posting->list[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < posting->count && posting->list[low] == row ? (int64_t)low : -1;
}

static int64_t place_in_bitmap(const struct ek_posting *posting, uint32_t row)
{
    int64_t place = 0;
    if (!(posting->bitmap[row / 64] >> row % 64 & 1))
        return -1;
    if (!posting->words)
        return 0; /* nobody asks which */
    for (uint32_t word = 0; word < row / 64; word++)
        place += __builtin_popcountll(posting->bitmap[word]);
    return place + __builtin_popcountll(posting->bitmap[row / 64] & ((1ull << row % 64) - 1));
}

int ek_row_tags_get(struct ek_postings *postings, uint32_t row, struct ek_arena *arena,
                    struct ek_row_tags *tags)
{
    *tags = (struct ek_row_tags){.tagged = postings->value, .assessed = true};
    if (!postings->value)
        return 0;
    size_t room = postings->count < EK_MAX_ROW_MARKS ? postings->count : EK_MAX_ROW_MARKS;
    tags->marks = EK_NEW_ARRAY(arena, struct ek_mark, room + 1);
    if (!tags->marks)
        return ek_txn_fail(postings->chunk->index, EK_MEMORY, "out of memory");
    for (uint32_t i = 0; i < postings->count; i++) {
        struct ek_posting posting;
        if (ek_posting_get(postings, i, &posting))
            return -1;
        int64_t place =
            posting.bitmap ? place_in_bitmap(&posting, row) : place_in_list(&posting, row);
        if (place < 0)
            continue;
        if (posting.class == EK_POSTING_UNTAGGED)
            tags->tagged = false;
        else if (posting.class == EK_POSTING_UNASSESSED)
            tags->assessed = false;
        else if (tags->count < room)
            tags->marks[tags->count++] =
                (struct ek_mark){posting.code, ek_posting_word(&posting, (uint32_t)place)};
    }
    return 0;
}
