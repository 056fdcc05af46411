/* follow.c - see follow.h.
 *
 * The records number every change of a post (a table with each post once, at its last change). A
 * row remembers the change that it was written at; a post is behind when the two differ. The
 * watermark only saves looking: everything at or below it is known to agree. So one rule covers
 * posts that came without tags, crashes between the two commits, and new generations. */
#include "store/index/follow.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/index/generation.h"
#include "store/index/row.h"
#include "store/index/words.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/post.h"
#include "store/records/thread.h"

struct follower {
    struct ek_store *store;
    struct ek_txn *index, *records;
    struct ek_generation generation;
    struct ek_mark *marks;
    size_t mark_count;
    bool assessable;
    uint64_t thread, board; /* of the last post */
};

int ek_place_get(struct ek_txn *index, const struct ek_generation *generation, uint64_t number,
                 struct ek_place *place)
{
    struct ek_bytes value;
    int found = ek_record_get(index, ek_places_of(generation), number, &value);
    if (found != 1)
        return found;
    if (value.len != 16)
        return ek_record_damaged(index, ek_places_of(generation), number);
    place->time = ek_row_key_time(value.data);
    place->change = ek_get_be64((const unsigned char *)value.data + 8);
    return 1;
}

/* Writing rows ------------------------------------------------------------------------------ */

/* Marks by name into marks by number. */
static void marks_given(struct follower *follower, const void *bytes, size_t len)
{
    struct ek_cursor cursor = ek_cursor(bytes, len);
    struct ek_txn *index = follower->index;
    follower->assessable = ek_get_u8(&cursor) != 0;
    size_t count = ek_get_count(&cursor, 2);
    follower->mark_count = 0;
    for (size_t i = 0; i < count && !cursor.bad; i++) {
        const char *code = ek_get_str(&cursor, follower->store->scratch);
        uint32_t word = (uint32_t)ek_get_uint(&cursor), number = 0;
        enum ek_word_kind kind = word & EK_WORD_TREATMENT ? EK_WORD_OF_TREATMENT : EK_WORD_THEORY;
        /* A rule that reached a limit does not say what its code is. */
        if (word & EK_WORD_UNDETERMINED)
            number = ek_word_find(index, &follower->generation, EK_WORD_OF_TREATMENT, code);
        if (!number)
            number = ek_word_number(index, &follower->generation, kind, code);
        if (number && follower->mark_count < EK_MAX_ROW_MARKS)
            follower->marks[follower->mark_count++] = (struct ek_mark){number, word};
    }
}

/* The marks that the row has. Returns false if it has none that are valid. */
static bool marks_kept(struct follower *follower, const struct ek_pending *pending)
{
    struct ek_place place;
    struct ek_row row;
    struct ek_bytes value;
    unsigned char key[EK_ROW_KEY_BYTES];
    if (ek_place_get(follower->index, &follower->generation, pending->number, &place) != 1 ||
        place.change != pending->before)
        return false;
    ek_row_key(place.time, pending->number, key);
    unsigned table = ek_rows_of(&follower->generation);
    if (ek_txn_get(follower->index, table, key, sizeof key, &value) != 1)
        return false;
    struct ek_bytes name = {key, sizeof key};
    if (ek_row_decode(&row, follower->marks, &name, &value)) {
        ek_txn_damaged(follower->index, table, key, sizeof key);
        return false;
    }
    follower->mark_count = row.mark_count;
    follower->assessable = row.assessable;
    return true;
}

static uint64_t board_of(struct follower *follower, uint64_t number)
{
    struct ek_thread_record thread;
    if (follower->thread == number)
        return follower->board;
    if (ek_thread_get(follower->records, follower->store->scratch, number, &thread) != 1)
        return 0;
    follower->thread = number;
    follower->board = thread.board;
    return thread.board;
}

static void write_row(struct follower *follower, uint64_t number, uint64_t change,
                      const struct ek_post_record *post)
{
    struct ek_txn *index = follower->index;
    struct ek_buf *value = &follower->store->value;
    struct ek_place old;
    unsigned char key[EK_ROW_KEY_BYTES], place[16];
    struct ek_row row = {
        .forum = post->forum,
        .board = board_of(follower, post->thread),
        .thread = post->thread,
        .author = post->author.number,
        .precision = post->precision,
        .state = ek_post_state(post),
        .assessable = follower->assessable,
        .language =
            ek_word_number(index, &follower->generation, EK_WORD_LANGUAGE, post->language.value),
        .marks = follower->marks,
        .mark_count = follower->mark_count,
    };
    if (ek_place_get(index, &follower->generation, number, &old) == 1 && old.time != post->time) {
        ek_row_key(old.time, number, key);
        ek_txn_delete(index, ek_rows_of(&follower->generation), key, sizeof key);
    }
    ek_row_key(post->time, number, key);
    ek_buf_clear(value);
    ek_row_encode(value, &row);
    if (value->failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    ek_txn_put(index, ek_rows_of(&follower->generation), key, sizeof key, value->data, value->len);
    memcpy(place, key, 8);
    ek_put_be64(place + 8, change);
    ek_record_put(index, ek_places_of(&follower->generation), number, place, sizeof place);
}

static void follow_pending(struct follower *follower, const struct ek_pending *pending)
{
    struct ek_store *store = follower->store;
    struct ek_post_record post;
    ek_arena_reset(store->scratch);
    if (pending->given)
        marks_given(follower, store->pending_tags.data + pending->at, pending->len);
    else if (!marks_kept(follower, pending))
        return;
    if (ek_post_get(follower->records, store->scratch, pending->number, &post) == 1)
        write_row(follower, pending->number, pending->change, &post);
}

/* The next change past `*change`, and its post. 1, 0, -1. */
static int next_change(struct ek_walk *walk, uint64_t *change, uint64_t *number)
{
    struct ek_bytes key, value;
    int found = ek_walk_next(walk, &key, &value);
    if (found != 1)
        return found;
    if (key.len != 8 || value.len != 8)
        return ek_txn_damaged(walk->txn, EK_CHANGES, key.data, key.len);
    *change = ek_get_be64(key.data);
    *number = ek_get_be64(value.data);
    return 1;
}

static void changes_after(struct ek_walk *walk, struct ek_txn *records, uint64_t watermark)
{
    unsigned char key[8];
    ek_put_be64(key, watermark + 1);
    ek_walk_from(walk, records, EK_CHANGES, key, sizeof key, false);
}

static bool up_to_date(struct ek_txn *index, const struct ek_generation *generation,
                       uint64_t number, uint64_t change)
{
    struct ek_place place;
    return ek_place_get(index, generation, number, &place) == 1 && place.change == change;
}

static void advance_watermark(struct follower *follower)
{
    struct ek_generation *generation = &follower->generation;
    uint64_t change, number, before = generation->watermark;
    struct ek_walk walk;
    changes_after(&walk, follower->records, generation->watermark);
    while (next_change(&walk, &change, &number) == 1 &&
           up_to_date(follower->index, generation, number, change))
        generation->watermark = change;
    ek_walk_end(&walk);
    if (generation->watermark == before)
        return;
    struct ek_generation current;
    bool is_current = ek_generation_get(follower->index, EK_CURRENT, &current) == 1 &&
                      current.number == generation->number;
    ek_generation_put(follower->index, is_current ? EK_CURRENT : EK_BUILDING, generation);
}

/* When each forum was last fetched, for whoever may read the index only. */
static void follow_forums(struct follower *follower)
{
    struct ek_walk walk;
    uint64_t number;
    ek_arena_reset(follower->store->scratch);
    ek_names_begin(&walk, follower->records, EK_NAME_FORUM, 0);
    while (ek_names_next(&walk, &number) == 1) {
        struct ek_forum_record forum;
        struct ek_bytes old;
        unsigned char fetched[8];
        if (ek_forum_get(follower->records, follower->store->scratch, number, &forum) != 1)
            continue;
        ek_put_be64(fetched, (uint64_t)forum.last_fetched);
        if (ek_record_get(follower->index, EK_INDEX_FORUMS, number, &old) == 1 && old.len == 8 &&
            memcmp(old.data, fetched, 8) == 0)
            continue;
        ek_record_put(follower->index, EK_INDEX_FORUMS, number, fetched, sizeof fetched);
    }
    ek_walk_end(&walk);
}

/* Begin, and read which generation to write. Snapshots of the records are entered. */
static int follower_begin(struct follower *follower, struct ek_store *store, struct ek_mark *marks,
                          struct ek_err *err)
{
    *follower = (struct follower){.store = store, .marks = marks};
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    follower->records = ek_records(store);
    follower->index = ek_txn_begin(store->index, true, err);
    if (follower->index)
        return 0;
    return ek_store_leave(store, -1, err);
}

static int follower_end(struct follower *follower, struct ek_err *err)
{
    if (ek_txn_failed(follower->records)) {
        ek_txn_end(follower->index);
        return ek_store_leave(follower->store, 0, err);
    }
    int result = ek_txn_commit(follower->index, err);
    return ek_store_leave(follower->store, result, err);
}

int ek_index_follow(struct ek_store *store, struct ek_err *err)
{
    struct ek_mark marks[EK_MAX_ROW_MARKS];
    struct follower follower;
    if (follower_begin(&follower, store, marks, err))
        return -1;
    if (ek_generation_get(follower.index, EK_CURRENT, &follower.generation) == 1) {
        for (size_t i = 0; i < store->pending_count; i++)
            follow_pending(&follower, &store->pending[i]);
        advance_watermark(&follower);
    }
    follow_forums(&follower);
    return follower_end(&follower, err);
}

/* Catching up ------------------------------------------------------------------------------- */

int ek_index_behind(struct ek_store *store, uint64_t *behind)
{
    struct ek_generation current;
    struct ek_walk walk;
    uint64_t change, number;
    *behind = 0;
    ek_generation_get(store->reading_index, EK_CURRENT, &current);
    changes_after(&walk, ek_records(store), current.watermark);
    while (next_change(&walk, &change, &number) == 1)
        *behind += !up_to_date(store->reading_index, &current, number, change);
    ek_walk_end(&walk);
    return ek_txn_failed(store->reading_index) || ek_txn_failed(ek_records(store)) ? -1 : 0;
}

int ek_store_untagged(struct ek_store *store, struct ek_arena *arena, struct ek_entry *entries,
                      size_t max, struct ek_err *err)
{
    struct ek_generation target;
    struct ek_walk walk;
    uint64_t change, number;
    size_t count = 0, bytes = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS | EK_NEEDS_INDEX, err))
        return -1;
    if (ek_generation_target(store->reading_index, &target) != 1)
        return ek_store_leave(store, 0, err);
    changes_after(&walk, ek_records(store), target.watermark);
    while (count < max && bytes < EK_MAX_UNTAGGED_BYTES &&
           next_change(&walk, &change, &number) == 1) {
        if (up_to_date(store->reading_index, &target, number, change))
            continue;
        if (ek_store_entry(store, number, true, arena, &entries[count], err) != 1)
            continue;
        bytes += strlen(entries[count++].post.text);
    }
    ek_walk_end(&walk);
    return ek_store_leave(store, (int)count, err);
}

/* Is this still the text of the post? */
static bool same_words(struct follower *follower, const struct ek_post_record *post,
                       const struct ek_entry *entry)
{
    struct ek_stamp stamp;
    if (ek_stamp_make(&stamp, &entry->post, 0, 0, &follower->store->value)) {
        ek_txn_fail(follower->index, EK_MEMORY, "out of memory");
        return false;
    }
    return memcmp(stamp.digest, post->stamps[post->stamp_count - 1].digest, sizeof stamp.digest) ==
           0;
}

int ek_store_put_tags(struct ek_store *store, const struct ek_entry *entries,
                      const struct ek_tags *tags, size_t count, struct ek_err *err)
{
    struct ek_mark marks[EK_MAX_ROW_MARKS];
    struct follower follower;
    if (store->mode != EK_STORE_WRITE || store->slice || store->depth)
        return ek_fail(err, EK_USAGE, "%s: tags are put outside a slice, by the writer",
                       store->folder);
    if (follower_begin(&follower, store, marks, err))
        return -1;
    if (ek_generation_target(follower.index, &follower.generation) == 0)
        ek_txn_fail(follower.index, EK_USAGE, "%s has no rule set yet", store->folder);
    for (size_t i = 0; i < count && !ek_txn_failed(follower.index); i++) {
        struct ek_post_record post;
        ek_arena_reset(store->scratch);
        if (ek_post_get(follower.records, store->scratch, entries[i].number, &post) != 1 ||
            !same_words(&follower, &post, &entries[i]))
            continue;
        ek_buf_clear(&store->pending_tags);
        ek_marks_from_tags(&store->pending_tags, &tags[i]);
        marks_given(&follower, store->pending_tags.data, store->pending_tags.len);
        write_row(&follower, entries[i].number, post.change, &post);
    }
    advance_watermark(&follower);
    follow_forums(&follower); /* an index made anew does not know them */
    return follower_end(&follower, err);
}
