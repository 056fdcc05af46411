/* walk.c - the way through one board. See walk.h.
 *
 * The queues of boards and threads with news are in memory; what they are made from is in the
 * frontier. Listings come before threads, so that what a thread is read for is as new as can be.
 *
 * A thread that is new is read from its first page on; one that has news from the last page that
 * was read, forward: that page overlaps with what is known, whatever was deleted or the page size.
 * If nothing on it is known, pages have shifted, and the thread is read from its first page. A
 * listing is read page by page until a page shows no news below its sticky rows, the first time to
 * its end. */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/frontier.h"
#include "ekbom/limits.h"
#include "walk_guard.h"
#include "walk_queue.h"

enum stage { AT_SOURCE, AT_BOARD, AT_THREAD, AT_END };

struct walk {
    struct walk_config config;
    struct queue boards, threads;
    enum stage stage;
    char *id;                /* of the board or thread being read */
    char *url;               /* the page to be fetched */
    char *first_url;         /* of the thread, if it must be read from its first page */
    bool fresh;              /* this page is the first of this reading */
    bool overlap;            /* ... of a thread that was read before: something must be known */
    struct ek_arena *arena;  /* of one step */
    struct walk_guard guard; /* of the board or thread being read */
    size_t rechecks;         /* threads of this round that are read again for their age */
    struct walk_report report;
};

/* Opening ----------------------------------------------------------------------------------- */

struct walk *walk_new(const struct walk_config *config)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return NULL;
    walk->config = *config;
    walk->stage = AT_END;
    queue_init(&walk->boards);
    queue_init(&walk->threads);
    walk->arena = ek_arena_new(64u << 20);
    if (!walk->arena) {
        walk_free(walk);
        return NULL;
    }
    return walk;
}

static void forget_page(struct walk *walk)
{
    free(walk->url);
    free(walk->id);
    free(walk->first_url);
    walk->url = walk->id = walk->first_url = NULL;
}

void walk_free(struct walk *walk)
{
    if (!walk)
        return;
    forget_page(walk);
    queue_free(&walk->boards);
    queue_free(&walk->threads);
    ek_arena_free(walk->arena);
    free(walk);
}

const struct walk_report *walk_report(const struct walk *walk)
{
    return &walk->report;
}

static bool in_scope(const struct walk *walk, const char *board)
{
    for (size_t i = 0; i < walk->config.board_count; i++)
        if (strcmp(walk->config.boards[i], board) == 0)
            return true;
    return walk->config.board_count == 0;
}

static int take_up_board(void *context, const struct ek_frontier *entry, struct ek_err *err)
{
    struct walk *walk = context;
    bool wanted = ek_frontier_has_news(entry) || walk->config.recheck;
    return wanted && in_scope(walk, entry->id) ? queue_add(&walk->boards, entry->id, false, err)
                                               : 0;
}

static int take_up_thread(void *context, const struct ek_frontier *entry, struct ek_err *err)
{
    struct walk *walk = context;
    bool whole = walk->config.recheck;
    if (!whole && walk->rechecks < walk->config.recheck_limit && !entry->closed &&
        entry->visited != EK_TIME_UNKNOWN && entry->visited < walk->config.recheck_before) {
        whole = true;
        walk->rechecks++;
    }
    bool wanted = whole || ek_frontier_has_news(entry) || entry->next_page;
    return wanted ? queue_add(&walk->threads, entry->id, whole, err) : 0;
}

static int set_page(struct walk *walk, const char *id, const char *url, struct ek_err *err)
{
    char *new_id = strdup(id), *new_url = strdup(url);
    if (!new_id || !new_url) {
        free(new_id);
        free(new_url);
        return ek_fail_memory(err);
    }
    free(walk->id);
    free(walk->url);
    walk->id = new_id;
    walk->url = new_url;
    return 0;
}

int walk_begin(struct walk *walk, struct ek_err *err)
{
    forget_page(walk);
    queue_free(&walk->boards);
    queue_free(&walk->threads);
    walk->report = (struct walk_report){0};
    walk->rechecks = 0;
    walk->stage = AT_SOURCE;
    if (set_page(walk, "", walk->config.source, err) != 0)
        return -1;
    return ek_frontier_each(walk->config.store, walk->config.source, EK_FRONTIER_BOARD,
                            take_up_board, walk, err) != 0 ||
                   ek_frontier_each(walk->config.store, walk->config.source, EK_FRONTIER_THREAD,
                                    take_up_thread, walk, err) != 0
               ? -1
               : 0;
}

static int get(struct walk *walk, enum ek_frontier_kind kind, const char *id,
               struct ek_frontier *entry, struct ek_err *err)
{
    *entry = (struct ek_frontier){.kind = kind,
                                  .id = id,
                                  .visited = EK_TIME_UNKNOWN,
                                  .due = EK_TIME_UNKNOWN,
                                  .error_time = EK_TIME_UNKNOWN};
    return ek_frontier_get(walk->config.store, walk->config.source, kind, id, walk->arena, entry,
                           err);
}

static int put(struct walk *walk, const struct ek_frontier *entry, struct ek_err *err)
{
    return ek_frontier_put(walk->config.store, walk->config.source, entry, err);
}

static void close_page(struct walk *walk)
{
    free(walk->url);
    walk->url = NULL;
}

/* What is next ------------------------------------------------------------------------------ */

/* Begin with the next place of a queue. 1 when there was one. */
static int open_place(struct walk *walk, struct queue *queue, enum stage stage,
                      enum ek_frontier_kind kind, struct ek_err *err)
{
    struct place *place = queue_take(queue);
    struct ek_frontier entry;
    if (!place)
        return 0;
    int got = get(walk, kind, place->id, &entry, err);
    if (got == 1) {
        bool again = kind == EK_FRONTIER_THREAD && !place->whole;
        const char *url = again && entry.next_page   ? entry.next_page
                          : again && entry.last_page ? entry.last_page
                                                     : entry.url;
        walk->stage = stage;
        walk->fresh = true;
        walk->guard = (struct walk_guard){0};
        walk->overlap = again && entry.last_page && !entry.next_page;
        free(walk->first_url);
        walk->first_url = strdup(entry.url);
        if (!walk->first_url || set_page(walk, place->id, url, err) != 0)
            got = walk->first_url ? -1 : ek_fail_memory(err);
    } else if (got == 0) {
        got = ek_fail(err, EK_FORMAT, "the frontier has lost %s: run `ekbom verify`", place->id);
    }
    free(place);
    return got;
}

/* At the ceiling of a round; what is left stands in the frontier. */
static bool at_limit(const struct walk *walk)
{
    uint64_t pages =
        walk->report.index_pages + walk->report.board_pages + walk->report.thread_pages;
    return walk->config.max_pages && pages >= walk->config.max_pages &&
           (walk->url || walk->boards.first || walk->threads.first);
}

static int find_page(struct walk *walk, struct ek_err *err)
{
    int got = open_place(walk, &walk->boards, AT_BOARD, EK_FRONTIER_BOARD, err);
    if (got == 0)
        got = open_place(walk, &walk->threads, AT_THREAD, EK_FRONTIER_THREAD, err);
    if (got == 0)
        walk->stage = AT_END;
    return got < 0 ? -1 : 0;
}

int walk_next(struct walk *walk, enum walk_state *state, struct walk_request *request,
              struct ek_err *err)
{
    struct ek_frontier entry;
    ek_arena_reset(walk->arena);
    if (walk->stage != AT_END && at_limit(walk)) {
        walk->report.limited = true;
        walk->stage = AT_END;
        close_page(walk);
    }
    if (!walk->url && walk->stage != AT_END && find_page(walk, err) != 0)
        return -1;
    *state = walk->stage == AT_END ? WALK_DONE : WALK_GO;
    *request = (struct walk_request){.url = walk->url};
    if (walk->stage != AT_SOURCE)
        return 0;
    if (get(walk, EK_FRONTIER_INDEX, "", &entry, err) < 0)
        return -1;
    if (!walk->config.recheck) {
        request->etag = entry.etag;
        request->last_modified = entry.last_modified;
    }
    return 0;
}

/* What a page means ------------------------------------------------------------------------- */

static bool too_old(const struct walk *walk, const struct ek_link *link)
{
    return link->kind == EK_LINK_THREAD && walk->config.since != EK_TIME_UNKNOWN &&
           link->last_post_time != EK_TIME_UNKNOWN && link->last_post_time < walk->config.since;
}

/* A row of a listing. 1 if it has news. */
static int take_row(struct walk *walk, const struct ek_link *link, struct ek_err *err)
{
    bool board = link->kind == EK_LINK_BOARD;
    enum ek_frontier_kind kind = board ? EK_FRONTIER_BOARD : EK_FRONTIER_THREAD;
    struct ek_frontier entry;
    if (!link->id || !link->url || link->flags & EK_THREAD_MOVED || too_old(walk, link) ||
        (board && !in_scope(walk, link->id)))
        return 0;
    int known = get(walk, kind, link->id, &entry, err);
    if (known < 0)
        return -1;
    bool same =
        known && (link->last_post_id && entry.listed ? strcmp(link->last_post_id, entry.listed) == 0
                                                     : !link->last_post_id);
    if (!same || !known) {
        entry.url = link->url;
        entry.listed = link->last_post_id ? link->last_post_id : entry.listed;
        entry.closed = NULL;
        if (put(walk, &entry, err) != 0)
            return -1;
    }
    bool news = ek_frontier_has_news(&entry) || (!board && entry.next_page);
    if (!news && !(walk->config.recheck && !board))
        return 0;
    if (queue_add(board ? &walk->boards : &walk->threads, link->id, walk->config.recheck, err) != 0)
        return -1;
    return news;
}

static const unsigned above_the_rest = EK_THREAD_STICKY | EK_THREAD_ANNOUNCEMENT | EK_THREAD_GLOBAL;

/* Every row of a page; *news counts those that stand below the sticky ones. */
static int take_rows(struct walk *walk, const struct ek_page *page, size_t *news,
                     struct ek_err *err)
{
    *news = 0;
    for (size_t i = 0; i < page->link_count; i++) {
        const struct ek_link *link = &page->links[i];
        if (link->kind != EK_LINK_BOARD && link->kind != EK_LINK_THREAD)
            continue;
        int row = take_row(walk, link, err);
        if (row < 0)
            return -1;
        *news += row == 1 && link->kind == EK_LINK_THREAD && !(link->flags & above_the_rest);
    }
    return 0;
}

static bool any_too_old(const struct walk *walk, const struct ek_page *page)
{
    for (size_t i = 0; i < page->link_count; i++)
        if (!(page->links[i].flags & above_the_rest) && too_old(walk, &page->links[i]))
            return true;
    return false;
}

/* The board or thread cannot be read: it is not asked again until its listing changes. A thread is
 * asked once more in the next round, which begins with an index that can be read: a login wall or a
 * disabled board may have come in between. */
static int shut(struct walk *walk, enum ek_frontier_kind kind, const char *reason,
                struct ek_err *err)
{
    struct ek_frontier entry;
    walk->report.closed++;
    close_page(walk);
    if (get(walk, kind, walk->id, &entry, err) < 0)
        return -1;
    if (kind == EK_FRONTIER_BOARD || entry.closed) {
        entry.done = entry.listed;
        entry.next_page = NULL;
    }
    entry.closed = reason;
    return put(walk, &entry, err);
}

/* How the source's own page fared. answer is NULL when it could not be read. */
static int note_source(struct walk *walk, const struct walk_answer *answer, const char *error,
                       ek_time when, struct ek_err *err)
{
    struct ek_frontier entry;
    if (get(walk, EK_FRONTIER_INDEX, "", &entry, err) < 0)
        return -1;
    entry.url = walk->config.source;
    entry.error = error;
    if (error)
        entry.error_time = when;
    else
        entry.visited = when;
    if (answer) {
        entry.etag = answer->etag;
        entry.last_modified = answer->last_modified;
    }
    return put(walk, &entry, err);
}

static int source_failed(struct walk *walk, const char *reason, ek_time when, struct ek_err *err)
{
    walk->stage = AT_END;
    close_page(walk);
    free(walk->id);
    walk->id = strdup(reason); /* kept for the report until the next round */
    walk->report.failed = walk->id ? walk->id : "out of memory";
    return note_source(walk, NULL, reason, when, err);
}

static const char without_end[] = "more pages than a board or thread has";

static int take_board(struct walk *walk, const struct walk_answer *answer, struct ek_err *err)
{
    const struct ek_page *page = answer->page;
    struct ek_frontier entry;
    size_t news;
    walk->report.board_pages++;
    if (!page || page->kind != EK_PAGE_BOARD)
        return shut(walk, EK_FRONTIER_BOARD, walk_unreadable(answer, walk->arena), err);
    enum guard_word word = walk_guard_take(&walk->guard, page);
    if (word == GUARD_ENDLESS)
        return shut(walk, EK_FRONTIER_BOARD, without_end, err);
    if (take_rows(walk, page, &news, err) != 0 ||
        get(walk, EK_FRONTIER_BOARD, walk->id, &entry, err) < 0)
        return -1;
    /* Rows go from new to old: below one that is too old there is nothing. */
    bool first_time = entry.visited == EK_TIME_UNKNOWN && !any_too_old(walk, page);
    bool wanted = news || first_time || walk->config.recheck;
    if (page->next && wanted && word == GUARD_ON)
        return set_page(walk, walk->id, page->next, err);
    entry.visited = answer->fetched;
    entry.done = entry.listed;
    close_page(walk);
    return put(walk, &entry, err);
}

static const char *last_post(const struct ek_page *page)
{
    return page->post_count ? page->posts[page->post_count - 1].id : NULL;
}

static int take_thread(struct walk *walk, const struct walk_answer *answer, struct ek_err *err)
{
    const struct ek_page *page = answer->page;
    struct ek_frontier entry;
    bool overlap = walk->overlap && walk->fresh;
    walk->fresh = false;
    walk->report.thread_pages++;
    if (!page || page->kind != EK_PAGE_THREAD)
        return shut(walk, EK_FRONTIER_THREAD, walk_unreadable(answer, walk->arena), err);
    if (overlap && page->post_count && answer->changed == page->post_count &&
        strcmp(walk->url, walk->first_url) != 0)
        return set_page(walk, walk->id, walk->first_url, err);
    enum guard_word word = walk_guard_take(&walk->guard, page);
    if (word == GUARD_ENDLESS)
        return shut(walk, EK_FRONTIER_THREAD, without_end, err);
    if (get(walk, EK_FRONTIER_THREAD, walk->id, &entry, err) < 0)
        return -1;
    if (!entry.url)
        entry.url = walk->url;
    if (word == GUARD_ON || !entry.last_page)
        entry.last_page = walk->url;
    entry.newest = last_post(page);
    entry.closed = NULL;
    bool on = page->next && word == GUARD_ON && strcmp(page->next, walk->url) != 0;
    entry.next_page = on ? page->next : NULL;
    if (!on) {
        entry.done = entry.listed;
        entry.visited = answer->fetched;
    }
    if (put(walk, &entry, err) != 0)
        return -1;
    if (on)
        return set_page(walk, walk->id, page->next, err);
    close_page(walk);
    return 0;
}

/* A board or thread given as the source is walked like one that an index listed. */
static int take_place(struct walk *walk, const struct walk_answer *answer, struct ek_err *err)
{
    const struct ek_page *page = answer->page;
    bool board = page->kind == EK_PAGE_BOARD;
    const char *id = board ? page->board_id : page->thread_id;
    struct ek_frontier entry;
    if (!id)
        return source_failed(walk, "the page does not say which board or thread it is",
                             answer->fetched, err);
    enum ek_frontier_kind kind = board ? EK_FRONTIER_BOARD : EK_FRONTIER_THREAD;
    int known = get(walk, kind, id, &entry, err);
    if (known < 0)
        return -1;
    if (!known) {
        entry.url = walk->url;
        if (put(walk, &entry, err) != 0)
            return -1;
    }
    char *copy = strdup(id);
    if (!copy)
        return ek_fail_memory(err);
    free(walk->id);
    walk->id = copy;
    free(walk->first_url);
    walk->first_url = strdup(walk->url);
    walk->fresh = true;
    walk->guard = (struct walk_guard){0};
    walk->overlap = false;
    walk->stage = board ? AT_BOARD : AT_THREAD;
    return board ? take_board(walk, answer, err) : take_thread(walk, answer, err);
}

static int take_source(struct walk *walk, const struct walk_answer *answer, struct ek_err *err)
{
    const struct ek_page *page = answer->page;
    size_t news;
    walk->report.index_pages += page && page->kind == EK_PAGE_INDEX;
    if (!page || page->kind >= EK_PAGE_LOGIN)
        return source_failed(walk, walk_unreadable(answer, walk->arena), answer->fetched, err);
    if (note_source(walk, answer, NULL, answer->fetched, err) != 0)
        return -1;
    if (page->kind != EK_PAGE_INDEX)
        return take_place(walk, answer, err);
    close_page(walk);
    return take_rows(walk, page, &news, err);
}

int walk_took(struct walk *walk, const struct walk_answer *answer, struct ek_err *err)
{
    if (walk->stage == AT_SOURCE)
        return take_source(walk, answer, err);
    if (walk->stage == AT_BOARD)
        return take_board(walk, answer, err);
    return take_thread(walk, answer, err);
}

int walk_unchanged(struct walk *walk, ek_time fetched, struct ek_err *err)
{
    walk->report.index_pages++;
    close_page(walk);
    return note_source(walk, NULL, NULL, fetched, err);
}

int walk_passed(struct walk *walk, const char *reason, ek_time now, struct ek_err *err)
{
    if (walk->stage == AT_SOURCE)
        return source_failed(walk, reason, now, err);
    return shut(walk, walk->stage == AT_BOARD ? EK_FRONTIER_BOARD : EK_FRONTIER_THREAD, reason,
                err);
}
