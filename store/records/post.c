/* post.c - see post.h.
 *
 * Times of sightings are stored as differences from last_seen: most are 0, one byte. */
#include "store/records/post.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/index/row.h"
#include "store/records/names.h"

/* Wraps rather than overflows: an unknown time is the least integer. */
static void put_since(struct ek_buf *value, ek_time seen, ek_time last)
{
    ek_put_int(value, (int64_t)((uint64_t)seen - (uint64_t)last));
}

static ek_time get_since(struct ek_cursor *cursor, ek_time last)
{
    return (ek_time)((uint64_t)ek_get_int(cursor) + (uint64_t)last);
}

void ek_post_encode(struct ek_buf *value, const struct ek_post_record *post)
{
    ek_time last = post->last_seen;
    ek_put_str(value, post->id);
    ek_put_uint(value, post->forum);
    ek_put_uint(value, post->thread);
    ek_put_int(value, last);
    put_since(value, post->first_seen, last);
    put_since(value, post->thread_seen, last);
    ek_put_uint(value, post->author.number);
    ek_put_u8(value, post->author.rank);
    put_since(value, post->author.seen, last);
    ek_put_int(value, post->time);
    ek_put_u8(value, post->precision);
    ek_put_u8(value, post->source);
    ek_put_str(value, post->time_text);
    put_since(value, post->time_seen, last);
    ek_put_fact(value, &post->language);
    ek_put_fact(value, &post->url);
    ek_put_u8(value, post->guest);
    put_since(value, post->guest_seen, last);
    ek_put_u8(value, post->edited);
    ek_put_int(value, post->edit_count);
    ek_put_fact(value, &post->edit_time_text);
    ek_put_u8(value, post->state);
    put_since(value, post->state_seen, last);
    ek_buf_add(value, post->page, sizeof post->page);
    put_since(value, post->page_seen, last);
    ek_put_uint(value, post->change);
    ek_put_uint(value, post->stamp_count);
    for (size_t i = 0; i < post->stamp_count; i++) {
        unsigned char apparatus[8];
        ek_put_be64(apparatus, post->stamps[i].apparatus);
        ek_buf_add(value, post->stamps[i].digest, sizeof post->stamps[i].digest);
        ek_buf_add(value, apparatus, sizeof apparatus);
        put_since(value, post->stamps[i].first, last);
        put_since(value, post->stamps[i].last, last);
    }
}

static void get_fixed(struct ek_cursor *cursor, void *out, size_t len)
{
    if (cursor->bad || (size_t)(cursor->end - cursor->at) < len) {
        cursor->bad = true;
        return;
    }
    memcpy(out, cursor->at, len);
    cursor->at += len;
}

static void get_stamps(struct ek_cursor *cursor, struct ek_arena *arena,
                       struct ek_post_record *post)
{
    size_t count = ek_get_count(cursor, EK_CONTENT_DIGEST_BYTES + 10);
    /* Room for one more: a sighting adds in place. */
    post->stamps = EK_NEW_ARRAY(arena, struct ek_stamp, count + 1);
    if (!post->stamps || count == 0)
        cursor->bad = true;
    for (size_t i = 0; i < count && !cursor->bad; i++) {
        struct ek_stamp *stamp = &post->stamps[i];
        unsigned char apparatus[8] = {0};
        get_fixed(cursor, stamp->digest, sizeof stamp->digest);
        get_fixed(cursor, apparatus, sizeof apparatus);
        stamp->apparatus = ek_get_be64(apparatus);
        stamp->first = get_since(cursor, post->last_seen);
        stamp->last = get_since(cursor, post->last_seen);
    }
    post->stamp_count = count;
}

int ek_post_decode(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                   const struct ek_bytes *value, struct ek_post_record *post)
{
    struct ek_cursor cursor = ek_cursor(value->data, value->len);
    post->id = ek_get_str(&cursor, arena);
    post->forum = ek_get_uint(&cursor);
    post->thread = ek_get_uint(&cursor);
    post->last_seen = ek_get_int(&cursor);
    ek_time last = post->last_seen;
    post->first_seen = get_since(&cursor, last);
    post->thread_seen = get_since(&cursor, last);
    post->author.number = ek_get_uint(&cursor);
    post->author.rank = ek_get_enum(&cursor, EK_RANKS);
    post->author.seen = get_since(&cursor, last);
    post->time = ek_get_int(&cursor);
    post->precision = ek_get_enum(&cursor, EK_PRECISIONS);
    post->source = ek_get_enum(&cursor, EK_TIME_SOURCES);
    post->time_text = ek_get_str(&cursor, arena);
    post->time_seen = get_since(&cursor, last);
    post->language = ek_get_fact(&cursor, arena);
    post->url = ek_get_fact(&cursor, arena);
    post->guest = ek_get_u8(&cursor) != 0;
    post->guest_seen = get_since(&cursor, last);
    post->edited = ek_get_u8(&cursor) != 0;
    post->edit_count = (long)ek_get_int(&cursor);
    post->edit_time_text = ek_get_fact(&cursor, arena);
    post->state = ek_get_enum(&cursor, EK_STATES);
    post->state_seen = get_since(&cursor, last);
    get_fixed(&cursor, post->page, sizeof post->page);
    post->page_seen = get_since(&cursor, last);
    post->change = ek_get_uint(&cursor);
    get_stamps(&cursor, arena, post);
    if (!ek_cursor_done(&cursor) || !post->id)
        return ek_record_damaged(txn, EK_POSTS, number);
    return 1;
}

int ek_post_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                struct ek_post_record *post)
{
    struct ek_bytes value;
    int found = ek_record_get(txn, EK_POSTS, number, &value);
    return found == 1 ? ek_post_decode(txn, arena, number, &value, post) : found;
}

enum ek_state ek_post_state(const struct ek_post_record *post)
{
    if (post->state == EK_GONE || post->state == EK_HIDDEN)
        return post->state;
    return post->edited || post->stamp_count > 1 ? EK_EDITED : EK_LIVE;
}

/* Writing ----------------------------------------------------------------------------------- */

void ek_post_put(struct ek_store *store, uint64_t number, const struct ek_post_record *post)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_post_encode(value, post);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_record_put(store->slice, EK_POSTS, number, value->data, value->len);
}

static struct ek_pending *new_pending(struct ek_store *store)
{
    if (store->pending_count == store->pending_cap) {
        size_t cap = store->pending_cap ? 2 * store->pending_cap : 1024;
        void *grown = reallocarray(store->pending, cap, sizeof *store->pending);
        if (!grown) {
            ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
            return NULL;
        }
        store->pending = grown;
        store->pending_cap = cap;
    }
    return &store->pending[store->pending_count++];
}

void ek_post_changed(struct ek_store *store, uint64_t number, struct ek_post_record *post,
                     const struct ek_tags *tags, bool kept)
{
    unsigned char key[8], value[8];
    uint64_t before = post->change;
    if (before) {
        ek_put_be64(key, before);
        ek_txn_delete(store->slice, EK_CHANGES, key, sizeof key);
    }
    post->change = ++store->counters.change;
    ek_put_be64(key, post->change);
    ek_put_be64(value, number);
    ek_txn_put(store->slice, EK_CHANGES, key, sizeof key, value, sizeof value);
    struct ek_pending *pending = new_pending(store);
    if (!pending)
        return;
    const char *language = post->language.value ? post->language.value : "";
    *pending = (struct ek_pending){.number = number,
                                   .change = post->change,
                                   .before = before,
                                   .known = kept ? EK_TAGS_KEPT : EK_TAGS_UNKNOWN,
                                   .forum = post->forum,
                                   .thread = post->thread,
                                   .author = post->author.number,
                                   .time = post->time,
                                   .precision = post->precision,
                                   .state = ek_post_state(post),
                                   .at = store->pending_tags.len};
    ek_put_bytes(&store->pending_tags, language, strlen(language));
    pending->language_len = store->pending_tags.len - pending->at;
    if (tags) {
        pending->known = EK_TAGS_GIVEN;
        ek_marks_from_tags(&store->pending_tags, tags);
    }
    pending->len = store->pending_tags.len - pending->at;
    if (number > UINT32_MAX || post->author.number > UINT32_MAX)
        ek_txn_fail(store->slice, EK_LIMIT, "%s is full: its index has room for %u posts",
                    store->folder, UINT32_MAX);
    if (store->pending_tags.failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
}

void ek_post_touch(struct ek_store *store, uint64_t number)
{
    ek_post_give(store, number, 0);
}

void ek_post_give(struct ek_store *store, uint64_t number, uint64_t author)
{
    struct ek_post_record post;
    ek_arena_reset(store->spare);
    if (ek_post_get(store->slice, store->spare, number, &post) != 1)
        return;
    if (author)
        post.author.number = author;
    ek_post_changed(store, number, &post, NULL, true);
    ek_post_put(store, number, &post);
}
