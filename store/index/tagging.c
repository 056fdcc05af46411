/* tagging.c - posts that the index lacks tags of, handed out and taken back. See ekbom/store.h.
 *
 * They are handed out in the order of their numbers, after those that changed since the generation
 * passed them. Tags for the current generation make a row; tags for one that is being built wait by
 * post number (marks.h) until the swap, unless the post has no row yet: then they make one, so that
 * every post that the new generation has passed has a row when it comes to answer. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/texts.h"
#include "store/index/behind.h"
#include "store/index/coder.h"
#include "store/index/marks.h"
#include "store/index/rewrite.h"
#include "store/records/names.h"
#include "store/records/post.h"

/* Posts in the order of their numbers. */
static void posts_after(struct ek_walk *walk, struct ek_txn *records, uint64_t number)
{
    unsigned char key[8];
    ek_put_be64(key, number + 1);
    ek_walk_from(walk, records, EK_POSTS, key, sizeof key, false);
}

static int next_post(struct ek_walk *walk, uint64_t *number, struct ek_bytes *value)
{
    struct ek_bytes key;
    int found = ek_walk_next(walk, &key, value);
    if (found != 1)
        return found;
    if (key.len != 8)
        return ek_txn_damaged(walk->txn, EK_POSTS, key.data, key.len);
    *number = ek_get_be64(key.data);
    return 1;
}

/* Handing out --------------------------------------------------------------------------------- */

struct handing {
    struct ek_store *store;
    struct ek_arena *arena;
    struct ek_untagged *posts;
    uint64_t *numbers; /* theirs */
    size_t max, count;
    size_t read, bytes; /* posts that have their texts, and of how many bytes */
};

static bool has_room(const struct handing *handing)
{
    return handing->count < handing->max && handing->bytes < EK_MAX_UNTAGGED_BYTES;
}

static void hand_out(struct handing *handing, uint64_t number, const struct ek_post_record *post)
{
    handing->numbers[handing->count] = number;
    handing->posts[handing->count++] = (struct ek_untagged){
        .number = number, .id = post->id, .language = post->language.value, .change = post->change};
}

static int read_text(void *context, const struct ek_stored_text *text, struct ek_err *err)
{
    struct handing *handing = context;
    struct ek_untagged *post = &handing->posts[handing->read];
    if (handing->bytes >= EK_MAX_UNTAGGED_BYTES || text->number != post->number)
        return 0;
    if (!text->packed)
        return ek_fail(err, EK_FORMAT, "%s", text->damaged);
    void *copy = ek_alloc(handing->arena, text->len, 1);
    if (!copy)
        return ek_fail_memory(err);
    post->packed = memcpy(copy, text->packed, text->len);
    post->len = text->len;
    handing->bytes += text->len;
    handing->read++;
    return 0;
}

/* The texts of those that have none yet, in one sweep. What there is no room for is left out. */
static int read_texts(struct handing *handing, struct ek_err *err)
{
    if (ek_store_texts(handing->store, handing->numbers + handing->read,
                       handing->count - handing->read, read_text, handing, err) != 0)
        return -1;
    if (handing->read < handing->count && handing->bytes < EK_MAX_UNTAGGED_BYTES)
        return ek_fail(err, EK_FORMAT, "%s/records is damaged: the text of post %s is missing",
                       handing->store->folder, handing->posts[handing->read].id);
    handing->count = handing->read;
    return 0;
}

static int hand_out_behind(struct handing *handing, const struct ek_generation *target,
                           struct ek_err *err)
{
    struct ek_txn *records = ek_records(handing->store);
    struct ek_post_record post;
    struct ek_walk walk;
    uint64_t number;
    int found = 1;
    ek_behind_begin(&walk, handing->store->reading_index, target->number);
    while (found >= 0 && has_room(handing) && ek_behind_next(&walk, &number) == 1) {
        found = ek_post_get(records, handing->arena, number, &post);
        if (found == 1)
            hand_out(handing, number, &post);
    }
    ek_walk_end(&walk);
    return found < 0 ? -1 : read_texts(handing, err);
}

/* *last: the number of the last one handed out, if any was. */
static int hand_out_to_come(struct handing *handing, const struct ek_generation *target,
                            uint64_t *last, struct ek_err *err)
{
    struct ek_txn *records = ek_records(handing->store);
    const size_t before = handing->count;
    struct ek_post_record post;
    struct ek_bytes value;
    struct ek_walk walk;
    uint64_t number;
    int found = 1;
    posts_after(&walk, records, *last > target->progress ? *last : target->progress);
    while (found == 1 && has_room(handing) && next_post(&walk, &number, &value) == 1 &&
           number <= target->until) {
        found = ek_post_decode(records, handing->arena, number, &value, &post);
        if (found == 1)
            hand_out(handing, number, &post);
    }
    ek_walk_end(&walk);
    if (found != 1 || read_texts(handing, err) != 0)
        return -1;
    if (handing->count > before)
        *last = handing->posts[handing->count - 1].number;
    return 0;
}

int ek_store_untagged(struct ek_store *store, uint64_t *after, struct ek_arena *arena,
                      struct ek_untagged *posts, size_t max, struct ek_err *err)
{
    struct handing handing = {.store = store,
                              .arena = arena,
                              .posts = posts,
                              .numbers = EK_NEW_ARRAY(arena, uint64_t, max + 1),
                              .max = max};
    struct ek_generation target;
    uint64_t last = after ? *after : 0;
    int result = 0;
    if (!handing.numbers)
        return ek_fail_memory(err);
    if (ek_store_enter(store, EK_NEEDS_RECORDS | EK_NEEDS_INDEX, err))
        return -1;
    if (ek_generation_target(store, store->reading_index, &target) != 1)
        return ek_store_leave(store, 0, err);
    if (!last)
        result = hand_out_behind(&handing, &target, err);
    if (result == 0)
        result = hand_out_to_come(&handing, &target, &last, err);
    if (after)
        *after = last;
    return ek_store_leave(store, result ? -1 : (int)handing.count, err);
}

/* Taking back --------------------------------------------------------------------------------- */

enum way {
    WAY_NONE,    /* no such post */
    WAY_CHANGED, /* it changed since it was handed out: it stays behind */
    WAY_ROW,     /* a row is written */
    WAY_WAITS    /* the tags wait for the swap */
};

struct taking {
    struct ek_store *store;
    struct ek_rewriter rewriter;
    struct ek_generation target;
    struct ek_coder *coder;
    struct ek_row *rows;
    enum way *ways;
    size_t count;
    struct ek_marks_block block;
    struct ek_mark marks[EK_MAX_ROW_MARKS];
};

/* May the tags wait? The post must have a row already, or the swap would find none. */
static bool may_wait(struct taking *taking, uint64_t number)
{
    struct ek_rewriter *rewriter = &taking->rewriter;
    return taking->target.number == rewriter->building.number &&
           !ek_generation_to_come(&rewriter->current, number) &&
           ek_behind_holds(rewriter->index, rewriter->current.number, number) == 0;
}

/* record: of the post, if it is the next one in order. */
static enum way way_of(struct taking *taking, const struct ek_untagged *entry,
                       const struct ek_bytes *record, struct ek_row *row)
{
    struct ek_txn *records = taking->rewriter.records;
    struct ek_arena *scratch = taking->store->scratch;
    struct ek_post_record post;
    ek_arena_reset(scratch);
    int found = record ? ek_post_decode(records, scratch, entry->number, record, &post)
                       : ek_post_get(records, scratch, entry->number, &post);
    if (found != 1)
        return WAY_NONE;
    if (post.change != entry->change)
        return WAY_CHANGED;
    const char *language = post.language.value;
    *row = (struct ek_row){
        .number = entry->number,
        .forum = post.forum,
        .thread = post.thread,
        .author = post.author.number,
        .time = post.time,
        .precision = post.precision,
        .state = ek_post_state(&post),
        .language = language ? ek_coder_language(taking->coder, language, strlen(language)) : 0};
    return record && may_wait(taking, entry->number) ? WAY_WAITS : WAY_ROW;
}

/* Which way each entry goes; the generation's progress moves on with those that come in order. */
static void find_ways(struct taking *taking, const struct ek_untagged *posts)
{
    struct ek_walk walk;
    struct ek_bytes record;
    uint64_t next = 0;
    posts_after(&walk, taking->rewriter.records, taking->target.progress);
    int found = next_post(&walk, &next, &record);
    for (size_t i = 0; i < taking->count; i++) {
        bool in_order = found == 1 && posts[i].number == next && next <= taking->target.until;
        taking->ways[i] = way_of(taking, &posts[i], in_order ? &record : NULL, &taking->rows[i]);
        if (in_order) {
            taking->target.progress = next;
            found = next_post(&walk, &next, &record);
        }
    }
    ek_walk_end(&walk);
}

static int compare(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void kill_old_rows(struct taking *taking)
{
    struct ek_rewriter *rewriter = &taking->rewriter;
    uint32_t *numbers = EK_NEW_ARRAY(rewriter->arena, uint32_t, taking->count + 1);
    bool *keep = EK_NEW_ARRAY(rewriter->arena, bool, taking->count + 1);
    size_t count = 0;
    if (!numbers || !keep) {
        ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
        return;
    }
    for (size_t i = 0; i < taking->count; i++) {
        if (taking->ways[i] == WAY_ROW)
            numbers[count++] = (uint32_t)taking->rows[i].number;
    }
    qsort(numbers, count, sizeof *numbers, compare);
    for (size_t i = 0; i < count; i++) {
        keep[i] = true;
        if (i && numbers[i - 1] == numbers[i])
            ek_txn_fail(rewriter->index, EK_USAGE, "post number %u is tagged twice", numbers[i]);
    }
    ek_rewriter_kill(rewriter, numbers, keep, count);
}

static void take_back(struct taking *taking, size_t i, const struct ek_tags *tags)
{
    struct ek_rewriter *rewriter = &taking->rewriter;
    struct ek_row *row = &taking->rows[i];
    const uint32_t generation = taking->target.number;
    struct ek_buf *bytes = &taking->store->pending_tags;
    bool assessed;
    ek_buf_clear(bytes);
    ek_marks_from_tags(bytes, tags);
    if (bytes->failed)
        ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
    size_t count = ek_coder_marks(taking->coder, bytes->data, bytes->len, &assessed, taking->marks);
    if (taking->ways[i] == WAY_WAITS) {
        ek_marks_block_add(&taking->block, row->number, assessed, taking->marks, count);
        return;
    }
    const struct ek_old_row *old = ek_rewriter_old(rewriter, (uint32_t)row->number);
    size_t place = ek_rewriter_add(rewriter, row);
    ek_rewriter_tag(rewriter, place, generation, assessed, taking->marks, count);
    if (old)
        ek_rewriter_carry(rewriter, place, old, generation);
    ek_behind_take(rewriter->index, generation, row->number);
}

static void take_all_back(struct taking *taking, const struct ek_untagged *posts,
                          const struct ek_tags *tags)
{
    struct ek_rewriter *rewriter = &taking->rewriter;
    struct ek_txn *index = rewriter->index;
    int found = ek_generation_target(taking->store, index, &taking->target);
    if (found == 0)
        ek_txn_fail(index, EK_USAGE, "%s has no rule set yet", taking->store->folder);
    taking->coder = taking->store->coder;
    ek_coder_begin(taking->coder, index, taking->target.number);
    taking->rows = EK_NEW_ARRAY(rewriter->arena, struct ek_row, taking->count + 1);
    taking->ways = EK_NEW_ARRAY(rewriter->arena, enum way, taking->count + 1);
    if (!taking->rows || !taking->ways)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (ek_txn_failed(index))
        return;
    find_ways(taking, posts);
    kill_old_rows(taking);
    for (size_t i = 0; i < taking->count && !ek_txn_failed(index); i++) {
        if (taking->ways[i] == WAY_ROW || taking->ways[i] == WAY_WAITS)
            take_back(taking, i, &tags[i]);
        else if (taking->ways[i] == WAY_CHANGED)
            ek_behind_put(index, &taking->target, posts[i].number);
    }
    ek_marks_block_put(index, taking->target.number, &taking->block);
    ek_generation_put(index, &taking->target);
}

int ek_store_put_tags(struct ek_store *store, const struct ek_untagged *posts,
                      const struct ek_tags *tags, size_t count, struct ek_err *err)
{
    if (store->mode != EK_STORE_WRITE || store->slice || store->depth)
        return ek_fail(err, EK_USAGE, "%s: tags are put outside a slice, by the writer",
                       store->folder);
    struct taking *taking = calloc(1, sizeof *taking);
    if (!taking)
        return ek_fail_memory(err);
    taking->store = store;
    taking->count = count;
    ek_marks_block_init(&taking->block);
    int result = ek_rewriter_begin(&taking->rewriter, store, err);
    if (result == 0) {
        take_all_back(taking, posts, tags);
        result = ek_rewriter_end(&taking->rewriter, err);
    }
    ek_marks_block_free(&taking->block);
    free(taking);
    return result;
}
