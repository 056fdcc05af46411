/* texts.c - the texts of many posts, in the order in which they lie. See ekbom/texts.h.
 *
 * Revisions are sorted by post, so a search over everything is one walk along the leaves of one
 * table: 0.3 us a post where looking each up costs two, and in sequence on a cold disk. Nearly
 * every post has one revision, which is then its latest; only where there are several is the post's
 * record asked which. Posts that lie far apart are looked up one by one. */
#include "ekbom/texts.h"

#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/records/dictionary.h"
#include "store/records/post.h"

#define NEAR 16 /* posts that are walked over rather than looked up: a page holds a dozen */

struct sweep {
    struct ek_store *store;
    struct ek_txn *txn;
    struct ek_walk walk;
    bool walking;
    int found; /* of the revision under the walk: 1, 0 at the end, -1 damaged */
    uint64_t number;
    uint64_t lost_below; /* of posts from where the walk was begun to this one, texts are lost */
    struct ek_bytes value;
    struct ek_err damage, told; /* of that revision, and of the text being visited */
    struct ek_arena *arena;     /* of one post's record */
};

/* On to the next revision. A damaged one is passed on as such: the walk goes on behind it. */
static void step(struct sweep *sweep)
{
    struct ek_bytes key = {0};
    sweep->found = ek_walk_next(&sweep->walk, &key, &sweep->value);
    if (sweep->found < 0 && !sweep->walk.damaged)
        sweep->found = 0; /* latched: the caller sees it when it leaves */
    else if (sweep->found < 0)
        ek_txn_take_error(sweep->txn, &sweep->damage);
    bool lost = sweep->found < 0 && !key.len;
    sweep->number = sweep->found && key.len >= 8 ? ek_get_be64(key.data) : UINT64_MAX;
    /* A whole page is damaged: which revisions stood there, only the page behind it tells. */
    if (lost) {
        step(sweep);
        sweep->lost_below = sweep->number;
    }
}

/* To the first revision of this post, or of one behind it. */
static void seek(struct sweep *sweep, uint64_t number)
{
    unsigned char from[8];
    if (sweep->walking && sweep->found && sweep->number + NEAR >= number) {
        while (sweep->found && sweep->number < number)
            step(sweep);
        if (sweep->lost_below <= number)
            return;
    }
    if (sweep->walking)
        ek_walk_end(&sweep->walk);
    ek_put_be64(from, number);
    ek_walk_from(&sweep->walk, sweep->txn, EK_REVISIONS, from, sizeof from, false);
    sweep->walking = true;
    sweep->lost_below = 0;
    step(sweep);
}

static void text_of(const struct ek_bytes *value, struct ek_stored_text *text)
{
    struct ek_cursor packed = ek_revision_packed(value->data, value->len);
    text->packed = packed.bad ? NULL : packed.at;
    text->len = packed.bad ? 0 : (size_t)(packed.end - packed.at);
    text->damaged = packed.bad ? "its text is damaged" : NULL;
}

static void damaged(struct sweep *sweep, struct ek_stored_text *text)
{
    text->packed = NULL;
    text->len = 0;
    sweep->told = sweep->damage;
    text->damaged = sweep->told.message;
}

/* Of several revisions the one that the post's record calls its latest. */
static int latest_of_several(struct sweep *sweep, struct ek_stored_text *text)
{
    struct ek_post_record post;
    struct ek_bytes value;
    ek_arena_reset(sweep->arena);
    int found = ek_post_get(sweep->txn, sweep->arena, text->number, &post);
    if (found == 1)
        found =
            ek_revision_value(sweep->txn, text->number, &post.stamps[post.stamp_count - 1], &value);
    if (found == 1)
        text_of(&value, text);
    else if (ek_txn_take_error(sweep->txn, &sweep->damage))
        damaged(sweep, text);
    return found;
}

/* The text of the post under the walk: 1, or 0 if there is none. */
static int take(struct sweep *sweep, uint64_t number, struct ek_stored_text *text)
{
    seek(sweep, number);
    *text = (struct ek_stored_text){.number = number};
    if (!sweep->found || sweep->number != number) {
        bool lost = number < sweep->lost_below;
        if (lost)
            damaged(sweep, text);
        return lost;
    }
    if (sweep->found == 1)
        text_of(&sweep->value, text);
    else
        damaged(sweep, text);
    step(sweep);
    if (sweep->found && sweep->number == number)
        return latest_of_several(sweep, text) != 0;
    return 1;
}

int ek_store_texts(struct ek_store *store, const uint64_t *numbers, size_t count,
                   int (*visit)(void *context, const struct ek_stored_text *text,
                                struct ek_err *err),
                   void *context, struct ek_err *err)
{
    struct sweep sweep = {.store = store};
    struct ek_stored_text text;
    int result = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    sweep.txn = ek_records(store);
    sweep.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!sweep.arena)
        result = ek_fail_memory(err);
    for (size_t i = 0; i < count && result == 0; i++)
        if (take(&sweep, numbers[i], &text))
            result = visit(context, &text, err);
    if (sweep.walking)
        ek_walk_end(&sweep.walk);
    ek_arena_free(sweep.arena);
    return ek_store_leave(store, result, err);
}

/* Dictionaries ------------------------------------------------------------------------------ */

struct list {
    struct ek_arena *arena;
    struct ek_dictionary *items;
    size_t count;
};

static int add(void *context, const struct ek_bytes *dictionary)
{
    struct list *list = context;
    char *copy =
        list->count < EK_MAX_DICTIONARIES ? ek_alloc(list->arena, dictionary->len, 1) : NULL;
    if (!copy)
        return -1;
    memcpy(copy, dictionary->data, dictionary->len);
    list->items[list->count++] = (struct ek_dictionary){copy, dictionary->len};
    return 0;
}

int ek_store_dictionaries(struct ek_store *store, struct ek_arena *arena,
                          struct ek_dictionary **dictionaries, size_t *count, struct ek_err *err)
{
    struct list list = {.arena = arena};
    list.items = EK_NEW_ARRAY(arena, struct ek_dictionary, EK_MAX_DICTIONARIES);
    if (!list.items)
        return ek_fail_memory(err);
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int result = ek_dictionary_each(store, add, &list);
    *dictionaries = list.items;
    *count = list.count;
    return ek_store_leave(store, result ? ek_fail_memory(err) : 0, err);
}
