/* thread.c - see thread.h. */
#include "store/records/thread.h"

#include <string.h>

#include "ekbom/arena.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/post.h"

int ek_thread_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                  struct ek_thread_record *thread)
{
    struct ek_bytes value;
    int found = ek_record_get(txn, EK_THREADS, number, &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    thread->forum = ek_get_uint(&cursor);
    thread->board = ek_get_uint(&cursor);
    thread->id = ek_get_str(&cursor, arena);
    thread->title = ek_get_fact(&cursor, arena);
    thread->url = ek_get_fact(&cursor, arena);
    thread->board_id = ek_get_fact(&cursor, arena);
    thread->flags = (unsigned)ek_get_uint(&cursor);
    thread->flags_seen = ek_get_int(&cursor);
    if (!ek_cursor_done(&cursor) || !thread->id)
        return ek_record_damaged(txn, EK_THREADS, number);
    return 1;
}

uint64_t ek_thread_board(struct ek_txn *txn, uint64_t number)
{
    struct ek_bytes value;
    if (ek_record_get(txn, EK_THREADS, number, &value) != 1)
        return 0;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    ek_get_uint(&cursor); /* its forum */
    uint64_t board = ek_get_uint(&cursor);
    if (cursor.bad)
        ek_record_damaged(txn, EK_THREADS, number);
    return cursor.bad ? 0 : board;
}

void ek_thread_put(struct ek_store *store, uint64_t number, const struct ek_thread_record *thread)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_uint(value, thread->forum);
    ek_put_uint(value, thread->board);
    ek_put_str(value, thread->id);
    ek_put_fact(value, &thread->title);
    ek_put_fact(value, &thread->url);
    ek_put_fact(value, &thread->board_id);
    ek_put_uint(value, thread->flags);
    ek_put_int(value, thread->flags_seen);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_record_put(store->slice, EK_THREADS, number, value->data, value->len);
}

/* Rows carry the board: they are written again, with the tags that they have. The numbers are
 * collected first, since nothing may be written during a walk. */
static void touch_posts(struct ek_store *store, uint64_t thread)
{
    struct ek_walk walk;
    struct ek_buf numbers;
    uint64_t in, post;
    ek_time time;
    ek_buf_init(&numbers, SIZE_MAX);
    ek_thread_posts_begin(&walk, store->slice, thread);
    while (ek_thread_posts_next(&walk, &in, &post, &time) == 1)
        ek_buf_add(&numbers, &post, sizeof post);
    ek_walk_end(&walk);
    if (numbers.failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    for (size_t at = 0; at + sizeof post <= numbers.len; at += sizeof post) {
        memcpy(&post, numbers.data + at, sizeof post);
        ek_post_touch(store, post);
    }
    ek_buf_free(&numbers);
}

uint64_t ek_thread_learn(struct ek_store *store, uint64_t forum, const struct ek_thread_news *news,
                         ek_time seen)
{
    struct ek_thread_record thread = {
        .forum = forum, .id = news->id, .flags_seen = EK_TIME_UNKNOWN};
    uint64_t number = ek_name_find(store->slice, EK_NAME_THREAD, forum, news->id);
    bool new = number == 0;
    if (new) {
        number = ++store->counters.thread;
        ek_name_set(store->slice, EK_NAME_THREAD, forum, news->id, number);
    } else if (ek_thread_get(store->slice, store->scratch, number, &thread) == 0) {
        ek_record_damaged(store->slice, EK_THREADS, number);
    }
    ek_fact_learn(&thread.title, news->title, seen);
    ek_fact_learn(&thread.url, news->url, seen);
    bool moved = ek_fact_learn(&thread.board_id, news->board_id, seen);
    if (moved)
        thread.board =
            ek_board_learn(store, forum, thread.board_id.value, NULL, NULL, EK_TIME_UNKNOWN);
    if (!news->listed && thread.flags_seen == EK_TIME_UNKNOWN) {
        thread.flags |= news->flags; /* until a listing tells */
    } else if (news->listed && (seen > thread.flags_seen ||
                                (seen == thread.flags_seen && news->flags > thread.flags))) {
        thread.flags = news->flags;
        thread.flags_seen = seen;
    }
    ek_thread_put(store, number, &thread);
    if (moved && !new)
        touch_posts(store, number);
    return ek_txn_failed(store->slice) ? 0 : number;
}

void ek_thread_untitle(struct ek_store *store, uint64_t number)
{
    struct ek_thread_record thread;
    if (ek_thread_get(store->slice, store->scratch, number, &thread) != 1)
        return;
    thread.title = thread.url = (struct ek_fact){.seen = EK_TIME_UNKNOWN};
    ek_thread_put(store, number, &thread);
}

/* Posts of a thread ------------------------------------------------------------------------- */

static size_t thread_post_key(uint64_t thread, const char *id,
                              unsigned char out[8 + EK_ID_ORDER_BYTES])
{
    ek_put_be64(out, thread);
    return 8 + ek_id_order(id, out + 8);
}

void ek_thread_post_set(struct ek_txn *txn, uint64_t thread, const char *id, uint64_t post,
                        ek_time time)
{
    unsigned char key[8 + EK_ID_ORDER_BYTES], value[16];
    size_t len = thread_post_key(thread, id, key);
    ek_put_be64(value, post);
    ek_put_be64(value + 8, (uint64_t)time);
    ek_txn_put(txn, EK_THREAD_POSTS, key, len, value, sizeof value);
}

void ek_thread_post_forget(struct ek_txn *txn, uint64_t thread, const char *id)
{
    unsigned char key[8 + EK_ID_ORDER_BYTES];
    ek_txn_delete(txn, EK_THREAD_POSTS, key, thread_post_key(thread, id, key));
}

void ek_thread_posts_begin(struct ek_walk *walk, struct ek_txn *txn, uint64_t thread)
{
    unsigned char prefix[8];
    ek_put_be64(prefix, thread);
    ek_walk_begin(walk, txn, EK_THREAD_POSTS, prefix, thread ? sizeof prefix : 0);
}

int ek_thread_posts_next(struct ek_walk *walk, uint64_t *thread, uint64_t *post, ek_time *time)
{
    struct ek_bytes key, value;
    int found = ek_walk_next(walk, &key, &value);
    if (found != 1)
        return found;
    if (value.len != 16 || key.len < 9)
        return ek_txn_damaged(walk->txn, EK_THREAD_POSTS, key.data, key.len);
    *thread = ek_get_be64(key.data);
    *post = ek_get_be64(value.data);
    *time = (ek_time)ek_get_be64((const unsigned char *)value.data + 8);
    return 1;
}
