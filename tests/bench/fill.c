/* fill.c - see fill.h.
 *
 * A slice of the store leaves its posts pending and has the index follow. Here they are made
 * pending by hand, in the same form, and the same function is called. */
#include "tests/bench/fill.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/codec.h"
#include "ekbom/error.h"
#include "store/handle.h"
#include "store/index/follow.h"
#include "store/index/row.h"
#include "store/records/forum.h"
#include "store/records/thread.h"
#include "tests/bench/measure.h"

const char *const fill_codes[POSTS_THEORIES] = {
    "t00", "t01", "t02", "t03", "t04", "t05", "t06", "t07", "t08", "t09",
    "t10", "t11", "t12", "t13", "t14", "t15", "t16", "t17", "t18", "t19",
    "t20", "t21", "t22", "t23", "t24", "t25", "t26", "t27", "t28", "t29"};

struct fill {
    struct ek_store *store;
    uint64_t forum, change;
    uint32_t thread; /* announced last */
};

static void set_rules(struct ek_store *store)
{
    char text[2048] = "";
    struct ek_rule_code codes[POSTS_THEORIES];
    struct ek_err err;
    for (unsigned i = 0; i < POSTS_THEORIES; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "theory %s \"Theory\"\nmatch %s\n", fill_codes[i],
                 fill_codes[i]);
        codes[i] = (struct ek_rule_code){fill_codes[i], false};
    }
    struct ek_file file = {"a.rules", text, strlen(text)};
    struct ek_bundle bundle = {.origin = "rules", .files = &file, .count = 1};
    ek_bundle_seal(&bundle);
    if (ek_store_set_rules(store, &bundle, &err) ||
        ek_store_put_codes(store, codes, POSTS_THEORIES, &err))
        give_up(err.message);
}

static void begin_slice(struct fill *fill)
{
    struct ek_err err;
    if (ek_store_begin(fill->store, &err))
        give_up(err.message);
}

/* The records alone: with no post pending the index has nothing to follow. */
static void commit_slice(struct fill *fill)
{
    struct ek_store *store = fill->store;
    struct ek_err err;
    ek_counters_save(store->slice, &store->counters);
    int failed = ek_txn_commit(store->slice, &err);
    store->slice = NULL;
    if (failed)
        give_up(err.message);
}

/* Boards by number, so that the records number them as the posts do. */
static void learn_boards(struct fill *fill)
{
    char id[12];
    begin_slice(fill);
    fill->forum = ek_forum_learn(fill->store, FILL_FORUM, NULL, FILL_SEEN);
    for (unsigned board = 1; board <= POSTS_BOARDS; board++) {
        snprintf(id, sizeof id, "%u", board);
        ek_board_learn(fill->store, fill->forum, id, NULL, NULL, FILL_SEEN);
    }
    commit_slice(fill);
}

struct fill *fill_begin(const char *folder)
{
    struct fill *fill = calloc(1, sizeof *fill);
    struct ek_err err;
    if (!fill)
        give_up("out of memory");
    if (ek_store_open(&fill->store, folder, EK_STORE_WRITE, "bench", &err))
        give_up(err.message);
    set_rules(fill->store);
    learn_boards(fill);
    return fill;
}

struct ek_store *fill_store(struct fill *fill)
{
    return fill->store;
}

void fill_announce(struct fill *fill, const struct bench_post *posts, size_t count)
{
    char id[12], board[12];
    if (count == 0)
        return;
    begin_slice(fill);
    for (size_t i = 0; i < count; i++) {
        if (posts[i].thread <= fill->thread)
            continue;
        fill->thread = posts[i].thread;
        snprintf(id, sizeof id, "%u", fill->thread);
        snprintf(board, sizeof board, "%u", posts[i].board);
        struct ek_thread_news news = {.id = id, .board_id = board};
        ek_arena_reset(fill->store->scratch);
        if (ek_thread_learn(fill->store, fill->forum, &news, FILL_SEEN) != fill->thread)
            give_up("threads are not numbered as the posts have them");
    }
    fill->store->counters.post = posts[count - 1].number;
    fill->store->counters.change = posts[count - 1].number;
    commit_slice(fill);
}

const struct ek_tags *fill_tags(const struct bench_post *post, struct fill_tags *room)
{
    room->tags = (struct ek_tags){.assessable = true, .theories = room->theories};
    for (unsigned theory = 0; theory < POSTS_THEORIES; theory++) {
        if (!(post->theories >> theory & 1))
            continue;
        uint32_t word = posts_word(post, theory);
        room->theories[room->tags.theory_count++] =
            (struct ek_tag){.code = fill_codes[theory],
                            .stance = (enum ek_stance)(word & EK_WORD_STANCE),
                            .hedged = (word & EK_WORD_HEDGED) != 0,
                            .experience = (word & EK_WORD_EXPERIENCE) != 0};
    }
    return &room->tags;
}

static void make_pending(struct fill *fill, const struct bench_post *post, bool again)
{
    struct ek_store *store = fill->store;
    struct ek_buf *tags = &store->pending_tags;
    struct ek_pending *pending = &store->pending[store->pending_count++];
    struct fill_tags room;
    *pending = (struct ek_pending){.number = post->number,
                                   .change = ++fill->change,
                                   .before = again ? 1 : 0,
                                   .known = EK_TAGS_GIVEN,
                                   .forum = fill->forum,
                                   .thread = post->thread,
                                   .author = post->author,
                                   .time = post->time,
                                   .precision = EK_PRECISION_SECOND,
                                   .state = again ? EK_EDITED : EK_LIVE,
                                   .at = tags->len};
    ek_put_bytes(tags, "en", 2);
    pending->language_len = tags->len - pending->at;
    ek_marks_from_tags(tags, fill_tags(post, &room));
    pending->len = tags->len - pending->at;
}

void fill_pend(struct fill *fill, const struct bench_post *posts, size_t count, bool again)
{
    struct ek_store *store = fill->store;
    if (count > store->pending_cap) {
        store->pending = reallocarray(store->pending, count, sizeof *store->pending);
        store->pending_cap = count;
    }
    if (!store->pending)
        give_up("out of memory");
    store->pending_count = 0;
    store->change_before = fill->change;
    ek_buf_clear(&store->pending_tags);
    for (size_t i = 0; i < count; i++)
        make_pending(fill, &posts[i], again);
}

void fill_commit(struct fill *fill)
{
    struct ek_err err;
    if (ek_index_follow(fill->store, &err))
        give_up(err.message);
    fill->store->pending_count = 0;
}

void fill_settle(struct fill *fill)
{
    struct ek_err err;
    if (ek_store_settle(fill->store, &err))
        give_up(err.message);
}

void fill_end(struct fill *fill)
{
    ek_store_close(fill->store);
    free(fill);
}
