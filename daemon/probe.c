/* probe.c - a first look at a board. See ekbom/probe.h.
 *
 * robots.txt, the index, the first page of its busiest readable board, and of the longest thread
 * there: what these four say about sizes is enough for an estimate of pages and days. */
#include "ekbom/probe.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/limits.h"
#include "ekbom/pool.h"
#include "ekbom/robots.h"

#define PATIENCE_SECONDS 90 /* for one answer, waiting included */
#define USUAL_POSTS_A_PAGE 15

struct probing {
    struct ek_probe *probe;
    const struct ek_crawl_source *source;
    struct ek_fetcher *fetcher;
    struct ek_pool *pool;
    struct ek_arena *arena;
    struct ek_err *err;
};

static int take_robots(struct probing *p, const struct ek_fetch_result *result, const char *url)
{
    struct ek_robots *robots;
    struct ek_robots_verdict verdict;
    p->probe->requests++;
    if (result->status >= 400 && result->status < 500) {
        p->probe->robots = "allowed";
        return 0;
    }
    if (result->status != 200)
        return 0;
    if (ek_robots_parse(&robots, result->body, result->body_len, p->err) != 0)
        return -1;
    ek_robots_check(robots, "ekbom", url, &verdict);
    p->probe->robots = verdict.allowed ? "allowed" : "disallowed";
    p->probe->robots_line = verdict.line;
    p->probe->robots_rule = ek_strdup(p->arena, verdict.rule);
    p->probe->crawl_delay = ek_robots_crawl_delay(robots, "ekbom");
    ek_robots_free(robots);
    return 0;
}

/* The page of an answer, read by a confined reader; NULL with the trouble noted. */
static int read_page(struct probing *p, const struct ek_fetch_result *result, struct ek_page **page)
{
    struct ek_pool_page wire = {result->url,  result->fetched,  result->charset,
                                result->body, result->body_len, NULL};
    struct ek_pool_result read;
    if (ek_pool_submit_page(p->pool, &wire, NULL, p->err) != 0 ||
        ek_pool_next(p->pool, true, p->arena, &read, p->err) != 1)
        return -1;
    *page = read.page;
    if (!read.page)
        p->probe->trouble = read.items[0].reason;
    return 0;
}

/* One request to its result. *page stays NULL when there is none to be had. */
static int fetch(struct probing *p, const char *url, struct ek_page **page)
{
    struct ek_fetch_request request = {.url = url,
                                       .contact = p->source->contact,
                                       .permit = p->source->permit,
                                       .delay_ms = p->source->delay_ms};
    time_t begun = time(NULL);
    *page = NULL;
    if (p->probe->requests >= EK_PROBE_REQUESTS)
        return 0;
    if (ek_fetcher_request(p->fetcher, &request, p->err) != 0)
        return -1;
    while (time(NULL) - begun < PATIENCE_SECONDS) {
        struct ek_fetch_result result;
        struct pollfd wait = {.fd = ek_fetcher_descriptor(p->fetcher), .events = POLLIN};
        int timeout = ek_fetcher_timeout(p->fetcher);
        if (poll(&wait, 1, timeout < 0 || timeout > 1000 ? 1000 : timeout) < 0 && errno != EINTR)
            return ek_fail_errno(p->err, "poll");
        if (ek_fetcher_step(p->fetcher, p->err) != 0)
            return -1;
        if (ek_fetcher_next(p->fetcher, &result) != 1)
            continue;
        if (result.outcome == EK_FETCH_ROBOTS) {
            if (take_robots(p, &result, url) != 0)
                return -1;
            continue;
        }
        p->probe->requests += result.status != 0;
        p->probe->url = ek_strdup(p->arena, result.url);
        p->probe->status = result.status;
        if (result.outcome == EK_FETCH_DISALLOWED)
            p->probe->robots = "disallowed";
        if (result.outcome == EK_FETCH_PAGE)
            return read_page(p, &result, page);
        p->probe->trouble = result.target
                                ? ek_printf(p->arena, "%s: %s", result.reason, result.target)
                                : ek_strdup(p->arena, result.reason);
        return 0;
    }
    p->probe->trouble = "no answer in time";
    return 0;
}

static const struct ek_link *busiest(const struct ek_page *page, enum ek_link_kind kind)
{
    const struct ek_link *best = NULL;
    for (size_t i = 0; i < page->link_count; i++) {
        const struct ek_link *link = &page->links[i];
        if (link->kind == kind && link->url && !(link->flags & EK_THREAD_MOVED) &&
            (!best || link->replies > best->replies))
            best = link;
    }
    return best;
}

/* Rows of a kind, and the sum of their numbers (-1 when none is given). */
static size_t count_rows(const struct ek_page *page, enum ek_link_kind kind, long *sum)
{
    size_t rows = 0;
    *sum = -1;
    for (size_t i = 0; i < page->link_count; i++) {
        const struct ek_link *link = &page->links[i];
        if (link->kind != kind)
            continue;
        rows++;
        if (link->replies >= 0)
            *sum = (*sum < 0 ? 0 : *sum) + link->replies;
    }
    return rows;
}

static void note_page(struct probing *p, const struct ek_page *page)
{
    struct ek_probe *probe = p->probe;
    probe->kind = page->kind;
    probe->software = page->software;
    probe->software_version = page->software_version;
    probe->forum_title = page->forum_title;
    probe->language = page->language;
    probe->zone = page->zone;
    probe->login_wall = page->kind == EK_PAGE_LOGIN;
    if (page->kind >= EK_PAGE_LOGIN)
        probe->trouble = page->reason ? page->reason : "no page of a forum that is known";
}

/* From the rows of one board to the whole: how many pages at so many posts a page. */
static void estimate(struct ek_probe *probe, const struct ek_page *board, size_t posts_a_page)
{
    long replies;
    size_t rows = count_rows(board, EK_LINK_THREAD, &replies);
    double pages = 0;
    probe->threads_a_page = rows;
    if (rows == 0 || replies < 0 || probe->posts < 0)
        return;
    for (size_t i = 0; i < board->link_count; i++)
        if (board->links[i].kind == EK_LINK_THREAD && board->links[i].replies >= 0)
            pages += ceil((double)(board->links[i].replies + 1) / (double)posts_a_page);
    double posts_a_thread = (double)replies / (double)rows + 1;
    double threads = ceil((double)probe->posts / posts_a_thread);
    probe->threads = (long)threads;
    probe->pages = (long)(threads * pages / (double)rows + ceil(threads / (double)rows)) +
                   (long)probe->boards + 1;
}

static int look(struct probing *p)
{
    struct ek_page *index, *board = NULL, *thread = NULL;
    if (fetch(p, p->source->address, &index) != 0)
        return -1;
    if (!index)
        return 0;
    note_page(p, index);
    if (index->kind == EK_PAGE_INDEX) {
        p->probe->boards = count_rows(index, EK_LINK_BOARD, &p->probe->posts);
        const struct ek_link *link = busiest(index, EK_LINK_BOARD);
        if (link && fetch(p, link->url, &board) != 0)
            return -1;
    } else if (index->kind == EK_PAGE_BOARD) {
        board = index;
        p->probe->boards = 1;
    }
    if (!board || board->kind != EK_PAGE_BOARD)
        return 0;
    const struct ek_link *link = busiest(board, EK_LINK_THREAD);
    if (link && fetch(p, link->url, &thread) != 0)
        return -1;
    bool full = thread && thread->kind == EK_PAGE_THREAD && thread->next;
    estimate(p->probe, board, full ? thread->post_count : USUAL_POSTS_A_PAGE);
    return 0;
}

int ek_probe(struct ek_probe *probe, const struct ek_crawl_source *source, struct ek_pool *pool,
             struct ek_arena *arena, struct ek_err *err)
{
    struct probing probing = {probe, source, NULL, pool, arena, err};
    *probe = (struct ek_probe){.url = source->address,
                               .kind = EK_PAGE_OTHER,
                               .software = "unknown",
                               .robots = "unknown",
                               .threads = -1,
                               .posts = -1,
                               .pages = -1,
                               .days = NAN};
    if (ek_fetcher_new(&probing.fetcher, "ekbom/" EKBOM_VERSION, NULL, err) != 0)
        return -1;
    int result = look(&probing);
    ek_fetcher_free(probing.fetcher);
    double delay = source->delay_ms / 1000.0;
    if (probe->crawl_delay > delay)
        delay = probe->crawl_delay;
    if (probe->pages >= 0)
        probe->days = (double)probe->pages * delay / 86400;
    return result;
}
