/* forget_archive.c - archived pages that show what was forgotten. See ekbom/forget.h.
 *
 * Which pages show a post no table says: a thread is fetched again and again, and others quote. So
 * every archived page goes through the readers once more, and what they find on it is held against
 * the marks, exactly as when it is filed. That takes as long as extracting the archive; nothing
 * quicker would be sure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/forget.h"
#include "ekbom/limits.h"
#include "ekbom/pool.h"
#include "ekbom/store.h"

#define BLANKED_STATUS 410 /* of a page that was blanked */

struct sent { /* a page that a reader has */
    struct sent *next;
    struct ek_archive_ref ref;
    ek_time fetched;
    char *url, *body;
    size_t len;
};

struct sweep {
    struct ek_store *store;
    struct ek_pool *pool;
    const struct ek_forget_watch *watch;
    struct ek_forget_pages *pages;
    bool look_only;
    char folder[4200];
    struct ek_arena *arena; /* of one result */
    struct sent *first, **last;
    struct sent *named; /* with posts, and a name beside them */
    uint64_t with_posts;
};

static void drop(struct sent *sent)
{
    if (!sent)
        return;
    free(sent->url);
    free(sent->body);
    free(sent);
}

static void drop_all(struct sent *sent)
{
    while (sent) {
        struct sent *next = sent->next;
        drop(sent);
        sent = next;
    }
}

static int blank(struct sweep *sweep, const struct sent *sent, struct ek_err *err)
{
    sweep->pages->shown++;
    if (sweep->look_only ||
        ek_archive_blank(sweep->folder, &sent->ref, sent->url, sent->fetched, err) == 0)
        return 0;
    if (err->kind != EK_LIMIT)
        return -1;
    if (sweep->pages->left++ == 0)
        snprintf(sweep->pages->left_first, sizeof sweep->pages->left_first, "%.399s", err->message);
    return 0;
}

/* Takes the first page out of the list. */
static int take(struct sweep *sweep, const struct ek_pool_result *result, struct ek_err *err)
{
    struct sent *sent = sweep->first;
    int shows =
        ek_store_shows_forgotten(sweep->store, sent->url, result->page, sent->body, sent->len, err);
    sweep->with_posts += result->page && result->page->post_count;
    if (!(sweep->first = sent->next))
        sweep->last = &sweep->first;
    if (shows == EK_SHOWS_NAME) {
        free(sent->body);
        sent->body = NULL;
        sent->next = sweep->named;
        sweep->named = sent;
        sweep->pages->named++;
        return 0;
    }
    int done = shows == 1 ? blank(sweep, sent, err) : shows;
    drop(sent);
    return done;
}

/* A person's name does not stand on most pages: then it is a word of the forum's own. */
static int take_named(struct sweep *sweep, struct ek_err *err)
{
    if (2 * sweep->pages->named > sweep->with_posts)
        return 0;
    sweep->pages->named = 0;
    for (const struct sent *sent = sweep->named; sent; sent = sent->next)
        if (blank(sweep, sent, err) != 0)
            return -1;
    return 0;
}

static int step(struct sweep *sweep, bool all, struct ek_err *err)
{
    for (;;) {
        struct ek_pool_result result;
        bool wait = all || !ek_pool_room(sweep->pool);
        ek_arena_reset(sweep->arena);
        int got = ek_pool_next(sweep->pool, wait, sweep->arena, &result, err);
        if (got <= 0)
            return got;
        if (take(sweep, &result, err) != 0)
            return -1;
    }
}

static int send(struct sweep *sweep, const char *url, ek_time fetched,
                const struct ek_archive_ref *ref, const struct ek_warc_record *record,
                struct ek_err *err)
{
    const struct ek_pool_page page = {.url = url,
                                      .fetched = fetched,
                                      .charset = record->charset,
                                      .body = record->body,
                                      .len = record->body_len};
    struct sent *sent = calloc(1, sizeof *sent);
    if (!sent || !(sent->url = strdup(url)) || !(sent->body = malloc(record->body_len + 1))) {
        drop(sent);
        return ek_fail_memory(err);
    }
    if (record->body_len)
        memcpy(sent->body, record->body, record->body_len);
    sent->len = record->body_len;
    sent->ref = *ref;
    sent->fetched = fetched;
    *sweep->last = sent;
    sweep->last = &sent->next;
    return ek_pool_submit_page(sweep->pool, &page, NULL, err);
}

static int look_at(void *context, const char *url, ek_time fetched,
                   const struct ek_archive_ref *ref, struct ek_err *err)
{
    struct sweep *sweep = context;
    struct ek_warc *warc;
    struct ek_warc_record record;
    struct ek_err why;
    sweep->pages->looked_at++;
    if (sweep->watch && sweep->pages->looked_at % 100 == 0)
        sweep->watch->progress(sweep->watch->context, "archived pages", sweep->pages->looked_at);
    if (ek_archive_read(sweep->folder, ref, &warc, &record, &why) != 0) {
        sweep->pages->unread++;
        return 0;
    }
    int result = record.status == BLANKED_STATUS ? 0 : send(sweep, url, fetched, ref, &record, err);
    ek_warc_close(warc);
    return result == 0 ? step(sweep, false, err) : -1;
}

int ek_forget_archived(struct ek_store *store, struct ek_pool *pool, bool look_only,
                       const struct ek_forget_watch *watch, struct ek_forget_pages *pages,
                       struct ek_err *err)
{
    struct sweep sweep = {
        .store = store, .pool = pool, .watch = watch, .pages = pages, .look_only = look_only};
    *pages = (struct ek_forget_pages){0};
    sweep.last = &sweep.first;
    sweep.arena = ek_arena_new(EK_ARENA_BYTES);
    snprintf(sweep.folder, sizeof sweep.folder, "%s/archive", ek_store_folder(store));
    int result =
        sweep.arena ? ek_store_each_archived(store, look_at, &sweep, err) : ek_fail_memory(err);
    if (result == 0)
        result = step(&sweep, true, err);
    if (result == 0)
        result = take_named(&sweep, err);
    drop_all(sweep.first);
    drop_all(sweep.named);
    ek_arena_free(sweep.arena);
    return result;
}
