/* crawl.c - sources, walked side by side. See ekbom/crawl.h.
 *
 * Each source has one page under way: asked for (the fetcher keeps the host's delay), then read
 * (the pipeline archives, extracts, tags and files it), then the walk says what is next. The open
 * slice is committed when it is full, when it has been open for COMMIT_MS, or when there is nothing
 * to do but wait: at a polite pace every page is a commit of its own, and on a fast board many
 * share one. */

#include "ekbom/crawl.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/fetch.h"
#include "ekbom/frontier.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "crawl_source.h"
#include "pipeline.h"

#define COMMIT_MS 200
#define FAILED_VISIT_SECONDS 3600 /* a source that could not be read is tried again after */
#define MAX_LATER 8               /* answers of "later" for one page before the round is given up */

const char *const ek_crawl_state_names[] = {"walking", "resting", "stopped", NULL};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void say(const struct ek_crawl *crawl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(const struct ek_crawl *crawl, const char *format, ...)
{
    char line[1400];
    va_list ap;
    if (!crawl->config.say)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    crawl->config.say(crawl->config.context, line);
}

/* Rounds ------------------------------------------------------------------------------------ */

static int begin_slice(struct ek_crawl *crawl, struct ek_err *err)
{
    if (!crawl->slice.open)
        crawl->slice_since = now_ms();
    return slice_begin(&crawl->slice, err);
}

static int end_round(struct source *source, struct ek_err *err)
{
    struct ek_crawl *crawl = source->crawl;
    const struct walk_report *report = walk_report(source->walk);
    struct ek_frontier index;
    int wait = source->config.visit_seconds;
    if (report->failed) {
        snprintf(source->trouble, sizeof source->trouble, "%s", report->failed);
        say(crawl, "%s: %s", source->config.address, report->failed);
        if (wait && wait < FAILED_VISIT_SECONDS)
            wait = FAILED_VISIT_SECONDS;
    } else {
        source->trouble[0] = '\0';
        source->last_success = time(NULL);
    }
    source->state = EK_CRAWL_RESTING;
    source->due = wait ? time(NULL) + wait : EK_TIME_UNKNOWN;
    struct ek_arena *arena = ek_arena_new(1u << 16);
    if (!arena)
        return ek_fail_memory(err);
    int got = ek_frontier_get(crawl->config.store, source->config.address, EK_FRONTIER_INDEX, "",
                              arena, &index, err);
    if (got == 1) {
        index.due = source->due;
        got = begin_slice(crawl, err) != 0 ||
                      ek_frontier_put(crawl->config.store, source->config.address, &index, err)
                  ? -1
                  : 0;
    }
    ek_arena_free(arena);
    return got < 0 ? -1 : 0;
}

static int begin_round(struct source *source, struct ek_err *err)
{
    if (source->successor)
        source_succeed(source);
    source->state = EK_CRAWL_WALKING;
    source->page = NOTHING;
    source->later = 0;
    return walk_begin(source->walk, err);
}

/* Ask for the walk's next page, or end the round. */
static int advance(struct source *source, struct ek_err *err)
{
    enum walk_state state;
    struct walk_request step;
    if (walk_next(source->walk, &state, &step, err) != 0)
        return -1;
    if (state == WALK_DONE)
        return end_round(source, err);
    struct ek_fetch_request request = {.url = step.url,
                                       .contact = source->config.contact,
                                       .permit = source->config.permit,
                                       .delay_ms = source->config.delay_ms,
                                       .etag = step.etag,
                                       .last_modified = step.last_modified,
                                       .tag = source->index};
    struct ek_err refused;
    if (ek_fetcher_request(source->crawl->fetcher, &request, &refused) != 0) {
        /* An address that a page gave and that cannot be fetched is that page's fault. */
        if (refused.kind == EK_MEMORY) {
            *err = refused;
            return -1;
        }
        return begin_slice(source->crawl, err) != 0
                   ? -1
                   : walk_passed(source->walk, refused.message, time(NULL), err);
    }
    source->page = ASKED;
    return 0;
}

/* Results ----------------------------------------------------------------------------------- */

int crawl_filed(void *owner, void *context, const struct ek_page_filing *filing,
                const struct ek_page *page, size_t changed, struct ek_err *err)
{
    struct ek_crawl *crawl = owner;
    struct source *source = context;
    struct walk_answer answer = {.page = page,
                                 .quarantined = filing->quarantined,
                                 .status = filing->status,
                                 .fetched = filing->fetched,
                                 .changed = changed,
                                 .etag = source->etag,
                                 .last_modified = source->last_modified};
    source->page = NOTHING;
    if (filing->quarantined) {
        source->quarantined++;
        say(crawl, "quarantined %s: %s", filing->url, filing->quarantined);
    } else if (page->kind == EK_PAGE_THREAD) {
        source->posts += page->post_count;
        source->changed += changed;
    }
    return walk_took(source->walk, &answer, err);
}

static int pass(struct source *source, const char *reason, struct ek_err *err)
{
    source->page = NOTHING;
    if (begin_slice(source->crawl, err) != 0)
        return -1;
    return walk_passed(source->walk, reason, time(NULL), err);
}

static int replace(char **kept, const char *text, struct ek_err *err)
{
    free(*kept);
    *kept = text ? strdup(text) : NULL;
    return text && !*kept ? ek_fail_memory(err) : 0;
}

static int take_page(struct source *source, const struct ek_fetch_result *result,
                     struct ek_err *err)
{
    if (!result->mime || (!ek_ascii_equal(result->mime, "text/html") &&
                          !ek_ascii_equal(result->mime, "application/xhtml+xml")))
        return pass(source, "the answer is not a web page", err);
    struct ek_buf response;
    ek_buf_init(&response, EK_MAX_MESSAGE_BYTES);
    ek_buf_add(&response, result->head, result->head_len);
    ek_buf_add(&response, result->body, result->body_len);
    struct pipeline_page page = {.url = result->url,
                                 .fetched = result->fetched,
                                 .status = result->status,
                                 .charset = result->charset,
                                 .body = result->body,
                                 .body_len = result->body_len,
                                 .response = response.data,
                                 .response_len = response.len,
                                 .request = result->request,
                                 .request_len = result->request_len,
                                 .zone = source->config.zone,
                                 .even_if_known = true,
                                 .context = source};
    source->page = BEING_READ;
    source->later = 0;
    int submitted = -1;
    if (response.failed)
        ek_fail_memory(err);
    else if (replace(&source->etag, result->etag, err) == 0 &&
             replace(&source->last_modified, result->last_modified, err) == 0)
        submitted = pipeline_submit(source->crawl->pipeline, &page, err);
    ek_buf_free(&response);
    return submitted;
}

static int take_unchanged(struct source *source, const struct ek_fetch_result *result,
                          struct ek_err *err)
{
    source->page = NOTHING;
    if (begin_slice(source->crawl, err) != 0)
        return -1;
    return walk_unchanged(source->walk, result->fetched, err);
}

/* No answer, or one that says later: the fetcher waits as long as is due before it asks again. */
static int take_later(struct source *source, const struct ek_fetch_result *result,
                      struct ek_err *err)
{
    snprintf(source->trouble, sizeof source->trouble, "%s", result->reason);
    say(source->crawl, "%s: %s", result->url, result->reason);
    source->page = NOTHING;
    if (++source->later < MAX_LATER)
        return 0;
    source->later = 0;
    /* What is left of the round stands in the frontier. */
    source->state = EK_CRAWL_RESTING;
    source->due =
        source->config.visit_seconds ? time(NULL) + FAILED_VISIT_SECONDS : EK_TIME_UNKNOWN;
    (void)err;
    return 0;
}

static int stop(struct source *source, const struct ek_fetch_result *result)
{
    source->page = NOTHING;
    source->state = EK_CRAWL_STOPPED;
    snprintf(source->trouble, sizeof source->trouble, "%s", result->reason);
    say(source->crawl, "%s: stopped: %s", source->config.address, result->reason);
    return 0;
}

static int keep_robots(struct ek_crawl *crawl, const struct ek_fetch_result *result,
                       struct ek_err *err)
{
    struct ek_kept_robots robots = {result->url, result->status, result->fetched, result->body,
                                    result->body_len};
    return begin_slice(crawl, err) != 0 ? -1 : ek_robots_keep(crawl->config.store, &robots, err);
}

static int take_result(struct ek_crawl *crawl, const struct ek_fetch_result *result,
                       struct ek_err *err)
{
    char reason[600];
    if (result->outcome == EK_FETCH_ROBOTS)
        return keep_robots(crawl, result, err);
    struct source *source = crawl->sources[result->tag];
    switch (result->outcome) {
    case EK_FETCH_PAGE:
        return take_page(source, result, err);
    case EK_FETCH_NOT_MODIFIED:
        return take_unchanged(source, result, err);
    case EK_FETCH_LATER:
        return take_later(source, result, err);
    case EK_FETCH_STOPPED:
        return stop(source, result);
    case EK_FETCH_REDIRECT:
        snprintf(reason, sizeof reason, "leads to another site, %.500s",
                 result->target ? result->target : "");
        return pass(source, reason, err);
    default:
        say(crawl, "%s: %s", result->url, result->reason);
        return pass(source, result->reason, err);
    }
}

/* The loop's side --------------------------------------------------------------------------- */

static bool is_due(const struct source *source)
{
    return !source->retired && source->state == EK_CRAWL_RESTING &&
           source->due != EK_TIME_UNKNOWN && source->due <= time(NULL);
}

static bool reading(const struct ek_crawl *crawl)
{
    for (size_t i = 0; i < crawl->count; i++)
        if (crawl->sources[i]->page == BEING_READ)
            return true;
    return false;
}

static int commit_if_time(struct ek_crawl *crawl, struct ek_err *err)
{
    int wait = ek_fetcher_timeout(crawl->fetcher);
    bool waiting =
        !reading(crawl) && ek_fetcher_active(crawl->fetcher) == 0 && (wait < 0 || wait > COMMIT_MS);
    bool old = crawl->slice.open && now_ms() - crawl->slice_since >= COMMIT_MS;
    return slice_commit(&crawl->slice, waiting || old, NULL, err);
}

/* What the fetcher and the readers have finished. Returns how many answers were taken, or -1. */
static int take_results(struct ek_crawl *crawl, struct ek_err *err)
{
    struct ek_fetch_result result;
    int taken = 0;
    if (ek_fetcher_step(crawl->fetcher, err) != 0)
        return -1;
    for (; ek_fetcher_next(crawl->fetcher, &result) == 1; taken++)
        if (take_result(crawl, &result, err) != 0)
            return -1;
    return pipeline_step(crawl->pipeline, false, err) == 0 ? taken : -1;
}

/* Begin rounds that are due, and ask for each walk's next page. Returns how many were asked for. */
static int advance_all(struct ek_crawl *crawl, struct ek_err *err)
{
    int asked = 0;
    for (size_t i = 0; i < crawl->count && !crawl->draining && !crawl->held; i++) {
        struct source *source = crawl->sources[i];
        if (is_due(source) && begin_round(source, err) != 0)
            return -1;
        if (source->retired && source->page == NOTHING)
            source->state = EK_CRAWL_STOPPED;
        while (source->state == EK_CRAWL_WALKING && source->page == NOTHING)
            if (advance(source, err) != 0)
                return -1;
            else
                asked++;
    }
    return asked;
}

/* An answer may lead to a request, and a request to an answer at once: until neither comes, since
 * no descriptor would tell of them. */
static int go_on(struct ek_crawl *crawl, struct ek_err *err)
{
    for (;;) {
        int taken = take_results(crawl, err);
        int asked = taken < 0 ? -1 : advance_all(crawl, err);
        if (asked < 0)
            return -1;
        if (taken == 0 && asked == 0)
            return 0;
    }
}

int ek_crawl_step(struct ek_crawl *crawl, struct ek_err *err)
{
    if (go_on(crawl, err) != 0 || commit_if_time(crawl, err) != 0) {
        slice_abort(&crawl->slice);
        ek_archive_rollback(crawl->slice.archive);
        return -1;
    }
    return 0;
}

size_t ek_crawl_descriptors(const struct ek_crawl *crawl, struct pollfd *out, size_t max)
{
    if (max == 0)
        return 0;
    out[0] = (struct pollfd){.fd = ek_fetcher_descriptor(crawl->fetcher), .events = POLLIN};
    return 1 + ek_pool_descriptors(crawl->config.pool, out + 1, max - 1);
}

static int sooner(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

int ek_crawl_timeout(const struct ek_crawl *crawl)
{
    int wait = ek_fetcher_timeout(crawl->fetcher);
    if (reading(crawl))
        wait = sooner(wait, ek_pool_timeout(crawl->config.pool));
    if (crawl->slice.open)
        wait = sooner(wait, COMMIT_MS);
    for (size_t i = 0; i < crawl->count && !crawl->draining && !crawl->held; i++) {
        const struct source *source = crawl->sources[i];
        if (source->state != EK_CRAWL_RESTING || source->due == EK_TIME_UNKNOWN)
            continue;
        int64_t left = source->due - time(NULL);
        wait = sooner(wait, left <= 0 ? 0 : left > 3600 ? 3600000 : (int)left * 1000);
    }
    return wait;
}

void ek_crawl_hold(struct ek_crawl *crawl, bool hold)
{
    crawl->held = hold;
}

void ek_crawl_drain(struct ek_crawl *crawl)
{
    crawl->draining = true;
    ek_fetcher_drain(crawl->fetcher);
}

bool ek_crawl_idle(const struct ek_crawl *crawl)
{
    if (reading(crawl) || ek_fetcher_active(crawl->fetcher) > 0)
        return false;
    for (size_t i = 0; i < crawl->count && !crawl->draining; i++)
        if (crawl->sources[i]->state == EK_CRAWL_WALKING ||
            (crawl->sources[i]->state == EK_CRAWL_RESTING &&
             crawl->sources[i]->due != EK_TIME_UNKNOWN))
            return false;
    return true;
}

int ek_crawl_use_pool(struct ek_crawl *crawl, struct ek_pool *pool, struct ek_err *err)
{
    if (pipeline_step(crawl->pipeline, true, err) != 0 ||
        slice_commit(&crawl->slice, true, NULL, err) != 0)
        return -1;
    crawl->config.pool = pool;
    pipeline_use_pool(crawl->pipeline, pool);
    return 0;
}
