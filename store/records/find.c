/* find.c - posts and threads by what people call them, and walks over all of them. */
#include "store/records/find.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/post.h"
#include "store/records/thread.h"

/* Without a forum, an id that itself holds a '#' is tried whole first. */
int ek_find_called(struct ek_txn *txn, struct ek_arena *arena, enum ek_name_kind kind,
                   const char *name, uint64_t **numbers, size_t *count, struct ek_err *err)
{
    const char *hash = strrchr(name, '#');
    uint64_t forum, number;
    struct ek_walk walk;
    size_t forums = (size_t)ek_txn_count(txn, EK_FORUMS);
    *count = 0;
    *numbers = EK_NEW_ARRAY(arena, uint64_t, forums + 1);
    if (!*numbers)
        return ek_fail_memory(err);
    ek_names_begin(&walk, txn, EK_NAME_FORUM, 0);
    while (ek_names_next(&walk, &forum) == 1 && *count < forums) {
        number = ek_name_find(txn, kind, forum, name);
        if (number)
            (*numbers)[(*count)++] = number;
    }
    ek_walk_end(&walk);
    if (*count || !hash || hash == name)
        return 0;
    const char *base = ek_strndup(arena, name, (size_t)(hash - name));
    if (!base)
        return ek_fail_memory(err);
    if (ek_forum_meant(txn, arena, base, &forum, err) < 0)
        return -1;
    number = ek_name_find(txn, kind, forum, hash + 1);
    if (number)
        (*numbers)[(*count)++] = number;
    return 0;
}

int ek_store_find_post(struct ek_store *store, const char *post, struct ek_arena *arena,
                       uint64_t **numbers, size_t *count, struct ek_err *err)
{
    *count = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int result = ek_find_called(ek_records(store), arena, EK_NAME_POST, post, numbers, count, err);
    return ek_store_leave(store, result, err);
}

/* Threads ----------------------------------------------------------------------------------- */

struct member {
    uint64_t number;
    ek_time time;
    size_t place; /* in the order of ids */
};

static int member_order(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    if (a->time != b->time) {
        if (a->time == EK_TIME_UNKNOWN || b->time == EK_TIME_UNKNOWN)
            return a->time == EK_TIME_UNKNOWN ? 1 : -1;
        return a->time < b->time ? -1 : 1;
    }
    return a->place < b->place ? -1 : 1;
}

static int thread_members(struct ek_txn *txn, struct ek_arena *arena, uint64_t thread,
                          uint64_t **numbers, size_t *count, struct ek_err *err)
{
    struct ek_buf members;
    struct ek_walk walk;
    struct member member = {0};
    uint64_t in;
    ek_buf_init(&members, SIZE_MAX);
    ek_thread_posts_begin(&walk, txn, thread);
    while (ek_thread_posts_next(&walk, &in, &member.number, &member.time) == 1) {
        ek_buf_add(&members, &member, sizeof member);
        member.place++;
    }
    ek_walk_end(&walk);
    *count = member.place;
    *numbers = EK_NEW_ARRAY(arena, uint64_t, member.place + 1);
    int result = members.failed || !*numbers ? ek_fail_memory(err) : 0;
    struct member *list = (struct member *)(void *)members.data;
    if (result == 0 && *count)
        qsort(list, *count, sizeof *list, member_order);
    for (size_t i = 0; result == 0 && i < *count; i++)
        (*numbers)[i] = list[i].number;
    ek_buf_free(&members);
    return result;
}

/* The forums in which a thread has this id, for the message. */
static int ambiguous(struct ek_txn *txn, struct ek_arena *arena, const char *name,
                     const uint64_t *threads, size_t count, struct ek_err *err)
{
    const char *list = "";
    for (size_t i = 0; i < count && i < 5; i++) {
        struct ek_thread_record thread;
        struct ek_forum_record forum;
        if (ek_thread_get(txn, arena, threads[i], &thread) != 1 ||
            ek_forum_get(txn, arena, thread.forum, &forum) != 1)
            continue;
        list = ek_printf(arena, "%s%s%s#%s", list, *list ? ", " : "", forum.base.value, name);
        if (!list)
            return ek_fail_memory(err);
    }
    return ek_fail(err, EK_USAGE, "thread %s is in %zu forums: write one of %s%s", name, count,
                   list, count > 5 ? ", ..." : "");
}

int ek_store_find_thread(struct ek_store *store, const char *thread, struct ek_arena *arena,
                         uint64_t **numbers, size_t *count, struct ek_err *err)
{
    uint64_t *threads;
    size_t found;
    *numbers = NULL;
    *count = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    struct ek_txn *txn = ek_records(store);
    int result = ek_find_called(txn, arena, EK_NAME_THREAD, thread, &threads, &found, err);
    if (result == 0 && found == 0)
        result = ek_fail(err, EK_NOT_FOUND, "no thread %s in this store", thread);
    else if (result == 0 && found > 1)
        result = ambiguous(txn, arena, thread, threads, found, err);
    else if (result == 0)
        result = thread_members(txn, arena, threads[0], numbers, count, err);
    return ek_store_leave(store, result, err);
}

/* Walks ------------------------------------------------------------------------------------- */

struct visitor {
    struct ek_store *store;
    struct ek_arena *arena; /* of one thread */
    int (*post)(void *context, uint64_t number, struct ek_err *err);
    int (*thread)(void *context, const struct ek_thread *thread, struct ek_err *err);
    void *context;
    struct ek_err *err;
    uint64_t forum;
    const char *base; /* of the forum */
};

static int visit_posts(struct visitor *visitor, uint64_t thread)
{
    struct ek_walk walk;
    uint64_t in, post;
    ek_time time;
    int result = 0;
    ek_thread_posts_begin(&walk, ek_records(visitor->store), thread);
    while (result == 0 && ek_thread_posts_next(&walk, &in, &post, &time) == 1)
        result = visitor->post(visitor->context, post, visitor->err);
    ek_walk_end(&walk);
    return result;
}

static int visit_thread(struct visitor *visitor, uint64_t number)
{
    struct ek_txn *txn = ek_records(visitor->store);
    struct ek_thread_record record;
    struct ek_board_record board = {0};
    struct ek_walk walk;
    uint64_t in, post;
    ek_time time;
    struct ek_thread thread = {.first_post = EK_TIME_UNKNOWN, .last_post = EK_TIME_UNKNOWN};
    ek_thread_posts_begin(&walk, txn, number);
    while (ek_thread_posts_next(&walk, &in, &post, &time) == 1) {
        thread.posts++;
        thread.first_post = ek_earlier(thread.first_post, time);
        thread.last_post = ek_later(thread.last_post, time);
    }
    ek_walk_end(&walk);
    /* Threads that are only listed so far hold nothing to show. */
    if (!thread.posts || ek_thread_get(txn, visitor->arena, number, &record) != 1)
        return 0;
    if (record.board)
        ek_board_get(txn, visitor->arena, record.board, &board);
    thread.forum = visitor->base;
    thread.id = record.id;
    thread.title = record.title.value;
    thread.board_id = board.id;
    thread.board_title = board.title.value;
    thread.url = record.url.value;
    thread.flags = record.flags;
    return visitor->thread(visitor->context, &thread, visitor->err);
}

static int visit_forum(struct visitor *visitor, int (*each)(struct visitor *, uint64_t))
{
    struct ek_walk walk;
    uint64_t thread;
    int result = 0;
    ek_names_begin(&walk, ek_records(visitor->store), EK_NAME_THREAD, visitor->forum);
    while (result == 0 && ek_names_next(&walk, &thread) == 1) {
        ek_arena_reset(visitor->arena);
        result = each(visitor, thread);
    }
    ek_walk_end(&walk);
    return result;
}

static int visit_all(struct visitor *visitor, int (*each)(struct visitor *, uint64_t))
{
    struct ek_store *store = visitor->store;
    struct ek_arena *forums;
    struct ek_walk walk;
    int result = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, visitor->err))
        return -1;
    forums = ek_arena_new(64u << 20);
    visitor->arena = ek_arena_new(64u << 20);
    if (!forums || !visitor->arena)
        result = ek_fail_memory(visitor->err);
    ek_names_begin(&walk, ek_records(store), EK_NAME_FORUM, 0);
    while (result == 0 && ek_names_next(&walk, &visitor->forum) == 1) {
        struct ek_forum_record forum;
        if (ek_forum_get(ek_records(store), forums, visitor->forum, &forum) != 1)
            continue;
        visitor->base = forum.base.value;
        result = visit_forum(visitor, each);
    }
    ek_walk_end(&walk);
    ek_arena_free(forums);
    ek_arena_free(visitor->arena);
    return ek_store_leave(store, result, visitor->err);
}

int ek_store_each(struct ek_store *store,
                  int (*visit)(void *context, uint64_t number, struct ek_err *err), void *context,
                  struct ek_err *err)
{
    struct visitor visitor = {.store = store, .post = visit, .context = context, .err = err};
    return visit_all(&visitor, visit_posts);
}

int ek_store_each_thread(struct ek_store *store,
                         int (*visit)(void *context, const struct ek_thread *thread,
                                      struct ek_err *err),
                         void *context, struct ek_err *err)
{
    struct visitor visitor = {.store = store, .thread = visit, .context = context, .err = err};
    return visit_all(&visitor, visit_thread);
}
