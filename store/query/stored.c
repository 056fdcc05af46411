/* stored.c - see stored.h.
 *
 * A scan of all posts' records: the index knows nothing of when a post was first seen, and a column
 * of it would cost every store for a question that is asked once in a paper's life. What the scan
 * found is kept, a byte a post, since a command asks several questions.
 *
 * The records tell when a post and each of its texts was first seen, and what was last said of its
 * state. So a post that is gone or hidden now was so then if that was said by then, and else stood
 * there; it was edited if it had more than one text by then, or has had only one since and carried
 * an edit note. */
#include "store/query/stored.h"

#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/choice.h"
#include "store/records/post.h"

#define ABSENT EK_STATES /* of a post that the store did not have */

struct ek_stored {
    ek_time until;
    uint64_t snapshot;
    uint8_t *states; /* by number of the post */
    size_t count;
    struct ek_stored_posts posts;
};

static enum ek_state state_then(const struct ek_post_record *post, ek_time until)
{
    size_t texts = 0;
    bool taken_away = post->state == EK_GONE || post->state == EK_HIDDEN;
    if (taken_away && post->state_seen < until)
        return post->state;
    for (size_t i = 0; i < post->stamp_count; i++)
        texts += post->stamps[i].first < until;
    return texts > 1 || (post->edited && post->stamp_count == 1) ? EK_EDITED : EK_LIVE;
}

static void take_post(struct ek_stored *stored, uint64_t number, const struct ek_post_record *post)
{
    /* One that was never seen is what was left of a forgotten one. */
    if (number >= stored->count || post->first_seen == EK_TIME_UNKNOWN ||
        post->first_seen >= stored->until)
        return;
    stored->states[number] = (uint8_t)state_then(post, stored->until);
    stored->posts.held++;
    stored->posts.changed += post->stamps[post->stamp_count - 1].first >= stored->until;
}

static int scan(struct ek_stored *stored, struct ek_store *store, struct ek_err *err)
{
    struct ek_txn *txn = ek_records(store);
    struct ek_counters counters;
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    ek_counters_load(txn, &counters);
    stored->count = (size_t)counters.post + 1;
    stored->states = malloc(stored->count);
    if (!stored->states || !arena) {
        ek_arena_free(arena);
        return ek_fail_memory(err);
    }
    for (size_t i = 0; i < stored->count; i++)
        stored->states[i] = ABSENT;
    ek_walk_begin(&walk, txn, EK_POSTS, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        struct ek_post_record post;
        ek_arena_reset(arena);
        if (key.len != 8)
            ek_txn_damaged(txn, EK_POSTS, key.data, key.len);
        else if (ek_post_decode(txn, arena, ek_get_be64(key.data), &value, &post) == 1)
            take_post(stored, ek_get_be64(key.data), &post);
        if (ek_txn_failed(txn))
            break;
    }
    ek_walk_end(&walk);
    ek_arena_free(arena);
    return ek_txn_failed(txn) ? -1 : 0;
}

void ek_stored_free(struct ek_store *store)
{
    if (store->stored)
        free(store->stored->states);
    free(store->stored);
    store->stored = NULL;
}

/* The store's, made where it is of another day or of another state of the records. */
static int get(struct ek_store *store, ek_time until, struct ek_err *err)
{
    if (!store->records) {
        if (err)
            *err = store->records_refused;
        return ek_fail_in(err, "when posts were first seen");
    }
    uint64_t snapshot = ek_txn_snapshot(ek_records(store));
    const struct ek_stored *held = store->stored;
    if (held && held->until == until && held->snapshot == snapshot)
        return 0;
    ek_stored_free(store);
    struct ek_stored *stored = calloc(1, sizeof *stored);
    if (!stored)
        return ek_fail_memory(err);
    store->stored = stored;
    stored->until = until;
    stored->snapshot = snapshot;
    if (scan(stored, store, err) == 0)
        return 0;
    ek_stored_free(store);
    return -1;
}

int ek_choice_stored(struct ek_choice *choice, struct ek_store *store,
                     const struct ek_selection *selection, struct ek_arena *arena,
                     struct ek_err *err)
{
    if (!selection->stored_until)
        return 0;
    if (get(store, selection->stored_until, err) != 0)
        return -1;
    const struct ek_stored *stored = store->stored;
    uint64_t *bits = EK_NEW_ARRAY(arena, uint64_t, stored->count / 64 + 1);
    if (!bits)
        return ek_fail_memory(err);
    for (size_t number = 0; number < stored->count; number++)
        bits[number / 64] |= (uint64_t)(choice->states >> stored->states[number] & 1)
                             << number % 64;
    choice->stored = bits;
    choice->stored_count = stored->count;
    /* States are those of then; of now all are taken. */
    choice->states = (1u << EK_STATES) - 1;
    return 0;
}

int ek_query_stored(struct ek_store *store, const struct ek_selection *selection,
                    struct ek_stored_posts *posts, struct ek_err *err)
{
    *posts = (struct ek_stored_posts){0};
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err) != 0)
        return -1;
    int result = get(store, selection->stored_until, err);
    if (result == 0)
        *posts = store->stored->posts;
    return ek_store_leave(store, result, err);
}
