/* catch_up.c - changes of the records that the index has not heard of. See follow.h.
 *
 * They lie beyond the watermark. Which of them changed words and which only a place is not known
 * any more, so the rows of all those posts die and the posts are tagged again. A slice that was
 * committed to the records and failed in the index leaves the same behind as a crash. */
#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/index/behind.h"
#include "store/index/follow.h"
#include "store/index/rewrite.h"

/* Posts of the next changes, at most so many, and the last of the changes. */
static size_t next_posts(struct ek_rewriter *rewriter, uint64_t after, uint64_t until,
                         uint32_t *numbers, uint64_t *last)
{
    unsigned char from[8];
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t count = 0;
    int found = 1;
    ek_put_be64(from, after + 1);
    ek_walk_from(&walk, rewriter->records, EK_CHANGES, from, sizeof from, false);
    while (count < EK_CATCH_UP_POSTS && (found = ek_walk_next(&walk, &key, &value)) == 1) {
        if (key.len != 8 || value.len != 8) {
            ek_txn_damaged(rewriter->records, EK_CHANGES, key.data, key.len);
            break;
        }
        if (ek_get_be64(key.data) > until) {
            found = 0;
            break;
        }
        *last = ek_get_be64(key.data);
        numbers[count++] = (uint32_t)ek_get_be64(value.data);
    }
    if (found == 0)
        *last = until;
    ek_walk_end(&walk);
    return count;
}

static int compare(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void catch_up(struct ek_rewriter *rewriter, uint64_t watermark, uint64_t until)
{
    uint64_t last = watermark;
    uint32_t *numbers = EK_NEW_ARRAY(rewriter->arena, uint32_t, EK_CATCH_UP_POSTS);
    if (!numbers) {
        ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
        return;
    }
    size_t count = next_posts(rewriter, watermark, until, numbers, &last);
    qsort(numbers, count, sizeof *numbers, compare);
    ek_rewriter_kill(rewriter, numbers, NULL, count);
    for (size_t i = 0; i < count; i++) {
        ek_behind_put(rewriter->index, &rewriter->current, numbers[i]);
        ek_behind_put(rewriter->index, &rewriter->building, numbers[i]);
    }
    rewriter->manifest.watermark = last;
}

/* Has the index all changes up to this one? 1, 0, -1. */
static int is_followed(struct ek_store *store, uint64_t until, uint64_t *watermark,
                       struct ek_err *err)
{
    struct ek_generation current;
    struct ek_txn *index = ek_txn_begin(store->index, false, err);
    if (!index)
        return -1;
    *watermark = ek_watermark_get(index);
    bool followed = *watermark >= until || ek_generation_get(index, EK_CURRENT, &current) == 0;
    bool failed = ek_txn_take_error(index, err);
    ek_txn_end(index);
    return failed ? -1 : followed;
}

int ek_index_catch_up(struct ek_store *store, uint64_t until, uint64_t *watermark,
                      struct ek_err *err)
{
    struct ek_rewriter rewriter;
    uint64_t reached;
    int followed = is_followed(store, until, watermark, err);
    for (reached = *watermark; followed == 0; followed = is_followed(store, until, &reached, err)) {
        if (ek_rewriter_begin(&rewriter, store, err))
            return -1;
        catch_up(&rewriter, reached, until);
        if (ek_rewriter_end(&rewriter, err))
            return -1;
    }
    return followed < 0 ? -1 : 0;
}
