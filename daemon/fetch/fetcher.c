/* fetcher.c - the loop that drives transfers, and the fetcher's own functions. See ekbom/fetch.h.
 *
 * libcurl's multi handle is driven through its socket interface: sockets are kept in one epoll
 * descriptor, which the caller polls beside his own, so that waiting costs the same for one host
 * and for two hundred. libcurl's timers run on the real clock, delays on the clock that was given.
 * A step handles what has arrived, then lets every host begin whose time has come; no more than
 * EK_MAX_TRANSFERS at once, and none while half of what may be held waits to be taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/limits.h"
#include "fetcher.h"

#define NEVER INT64_MAX

static int64_t system_milliseconds(void *context)
{
    struct timespec now;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static ek_time system_seconds(void *context)
{
    (void)context;
    return time(NULL);
}

struct ek_moment ek_fetcher_now(const struct ek_fetcher *f)
{
    return (struct ek_moment){f->clock.milliseconds(f->clock.context),
                              f->clock.seconds(f->clock.context)};
}

/* What libcurl calls ------------------------------------------------------------------------- */

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    (void)easy;
    struct ek_fetcher *f = context;
    struct epoll_event event = {.data.fd = fd};
    if (what == CURL_POLL_REMOVE)
        return epoll_ctl(f->epoll, EPOLL_CTL_DEL, fd, NULL), 0; /* it may be closed already */
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    int rc = epoll_ctl(f->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    curl_multi_assign(f->multi, fd, f); /* any value but NULL: known from now on */
    return rc;
}

static int set_timer(CURLM *multi, long milliseconds, void *context)
{
    (void)multi;
    struct ek_fetcher *f = context;
    /* Never early: libcurl would find nothing due, and not say again when it is. */
    int64_t wait = milliseconds > 0 ? milliseconds + 1 : milliseconds;
    f->curl_due = wait < 0 ? -1 : system_milliseconds(NULL) + wait;
    return 0;
}

/* Birth and death ------------------------------------------------------------------------------ */

static int set_up(struct ek_fetcher *f, const char *product, struct ek_err *err)
{
    f->product = strdup(product);
    f->agent = strndup(product, strcspn(product, "/"));
    if (!f->product || !f->agent)
        return ek_fail_memory(err);
    if (!ek_robots_is_agent(f->agent))
        return ek_fail(err, EK_USAGE, "'%s' is no product name: letters, '-' and '_'", f->agent);
    f->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (f->epoll < 0)
        return ek_fail_errno(err, "epoll");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(f->multi = curl_multi_init()))
        return ek_fail_memory(err);
    curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
    curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
    curl_multi_setopt(f->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, (long)EK_MAX_CONNECTIONS);
    curl_multi_setopt(f->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return 0;
}

int ek_fetcher_new(struct ek_fetcher **fetcher, const char *product, const struct ek_clock *clock,
                   struct ek_err *err)
{
    static const struct ek_clock system_clock = {system_milliseconds, system_seconds, NULL};
    struct ek_fetcher *f = calloc(1, sizeof *f);
    *fetcher = NULL;
    if (!f)
        return ek_fail_memory(err);
    f->epoll = -1;
    f->curl_due = -1;
    f->clock = clock ? *clock : system_clock;
    if (set_up(f, product, err) != 0) {
        ek_fetcher_free(f);
        return -1;
    }
    *fetcher = f;
    return 0;
}

void ek_fetcher_free(struct ek_fetcher *f)
{
    if (!f)
        return;
    while (f->hosts) {
        struct host *host = f->hosts;
        f->hosts = host->next;
        ek_host_free(f, host);
    }
    ek_result_free(f, f->taken);
    while (f->first_result) {
        struct result *result = f->first_result;
        f->first_result = result->next;
        ek_result_free(f, result);
    }
    if (f->multi) {
        curl_multi_cleanup(f->multi);
        curl_global_cleanup();
    }
    if (f->epoll >= 0)
        close(f->epoll);
    free(f->product);
    free(f->agent);
    free(f);
}

/* Beginning ------------------------------------------------------------------------------------ */

static bool may_begin(const struct ek_fetcher *f)
{
    return !f->draining && f->active < EK_MAX_TRANSFERS && f->held < EK_MAX_HELD_BYTES / 2;
}

/* When the first job of the host may begin, in milliseconds; NEVER if something else comes first.
 */
static int64_t due(const struct ek_fetcher *f, const struct host *host)
{
    const struct job *job = host->first;
    if (!job || host->active)
        return NEVER;
    if (!job->subject && host->asking_robots && !ek_robots_are_known(f, host))
        return NEVER;
    return ek_politeness_due(&host->politeness, job->delay_ms);
}

/* Give back what needs no asking. */
static void settle(struct ek_fetcher *f, struct host *host)
{
    struct ek_robots_verdict verdict;
    char reason[512];
    while (host->first && !host->first->subject) {
        struct job *job = host->first;
        if (host->politeness.stopped) {
            ek_result_add(f, ek_host_pop(f, host), EK_FETCH_STOPPED, host->politeness.last_error,
                          NULL, NULL);
            continue;
        }
        if (!host->robots || job->checked == host->robots_fetched || !ek_robots_are_known(f, host))
            return;
        ek_robots_check(host->robots, f->agent, job->url, &verdict);
        job->checked = host->robots_fetched;
        if (verdict.allowed)
            return;
        snprintf(reason, sizeof reason, "robots.txt, line %u: %.400s", verdict.line,
                 verdict.rule ? verdict.rule : "not to be read");
        ek_result_add(f, ek_host_pop(f, host), EK_FETCH_DISALLOWED, reason, NULL, NULL);
    }
}

static int begin(struct ek_fetcher *f, struct host *host, struct ek_err *err)
{
    if (!host->first->subject && !ek_robots_are_known(f, host)) {
        struct job *robots_job = ek_job_for_robots(host->first, host);
        if (!robots_job)
            return ek_fail_memory(err);
        host->asking_robots = true;
        ek_host_push(f, host, robots_job, true);
    }
    const struct job *job = host->first;
    struct ek_moment now = ek_fetcher_now(f);
    struct ek_order order = {.url = job->url,
                             .user_agent = job->user_agent,
                             .permit = job->permit,
                             .has_contact = job->has_contact,
                             .etag = job->etag,
                             .last_modified = job->last_modified,
                             .body_limit = job->subject ? EK_MAX_ROBOTS_BYTES : EK_MAX_PAGE_BYTES,
                             .cut = job->subject != NULL};
    if (!host->transfer.easy && ek_transfer_init(&host->transfer, &f->held, err) != 0)
        return -1;
    if (ek_transfer_prepare(&host->transfer, &order, now.wall, err) != 0)
        return -1;
    if (curl_multi_add_handle(f->multi, host->transfer.easy) != CURLM_OK)
        return ek_fail_memory(err);
    ek_politeness_sent(&host->politeness, now.wall);
    host->wanted_delay_ms = job->delay_ms;
    host->active = ek_host_pop(f, host);
    f->active++;
    return 0;
}

static int begin_all(struct ek_fetcher *f, struct ek_err *err)
{
    int64_t now = ek_fetcher_now(f).ms;
    for (struct host *host = f->hosts; host && may_begin(f); host = host->next) {
        settle(f, host);
        if (due(f, host) <= now && begin(f, host, err) != 0)
            return -1;
    }
    return 0;
}

/* Ending -----------------------------------------------------------------------------------------
 */

static struct host *host_of_transfer(struct ek_fetcher *f, const CURL *easy)
{
    struct host *host = f->hosts;
    while (host && host->transfer.easy != easy)
        host = host->next;
    return host;
}

static void end(struct ek_fetcher *f, struct host *host, CURLcode code)
{
    char reason[512];
    struct ek_transfer *t = &host->transfer;
    struct job *job = host->active;
    struct ek_moment now = ek_fetcher_now(f);
    enum ek_exchange exchange = ek_transfer_conclude(t, code, reason, sizeof reason);
    host->active = NULL;
    f->active--;
    host->politeness.is_public = t->verdict == EK_GUARD_PUBLIC;
    /* A page over a ceiling is an answer; a robots.txt that cannot be had is a failure. */
    bool answered =
        exchange == EK_EXCHANGE_ANSWERED || (exchange == EK_EXCHANGE_REFUSED && !job->subject);
    if (answered) {
        ek_politeness_answered(&host->politeness, now, job->delay_ms, t->head.status,
                               t->head.retry_after, ek_transfer_took(t));
    } else if (exchange == EK_EXCHANGE_FAILED || exchange == EK_EXCHANGE_REFUSED) {
        ek_politeness_failed(&host->politeness, now, job->delay_ms, reason);
    } else {
        ek_politeness_broken_off(&host->politeness, now);
    }
    if (exchange == EK_EXCHANGE_ANSWERED && job->subject)
        ek_robots_answered(f, job, t);
    else if (job->subject)
        ek_robots_failed(f, job, exchange, reason);
    else if (exchange == EK_EXCHANGE_ANSWERED)
        ek_page_answered(f, job, t);
    else
        ek_page_failed(f, job, t, exchange, reason);
    ek_transfer_clear(t);
}

static void end_all(struct ek_fetcher *f)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(f->multi, &left))) {
        CURLcode code = message->data.result;
        struct host *host = host_of_transfer(f, message->easy_handle);
        curl_multi_remove_handle(f->multi, message->easy_handle);
        end(f, host, code);
    }
}

/* The loop ---------------------------------------------------------------------------------------
 */

static int act(struct ek_fetcher *f, curl_socket_t fd, int events, struct ek_err *err)
{
    int running;
    CURLMcode code = curl_multi_socket_action(f->multi, fd, events, &running);
    if (code == CURLM_OK)
        return 0;
    return ek_fail(err, EK_IO, "transfers cannot go on: %s", curl_multi_strerror(code));
}

int ek_fetcher_step(struct ek_fetcher *f, struct ek_err *err)
{
    struct epoll_event events[64];
    int count = epoll_wait(f->epoll, events, sizeof events / sizeof *events, 0);
    for (int i = 0; i < count; i++) {
        uint32_t e = events[i].events;
        int mask = (e & EPOLLIN ? CURL_CSELECT_IN : 0) | (e & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (e & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        if (act(f, events[i].data.fd, mask, err) != 0)
            return -1;
    }
    end_all(f);
    if (begin_all(f, err) != 0)
        return -1;
    if (f->curl_due >= 0 && f->curl_due <= system_milliseconds(NULL)) {
        f->curl_due = -1;
        if (act(f, CURL_SOCKET_TIMEOUT, 0, err) != 0)
            return -1;
        end_all(f);
    }
    return 0;
}

int ek_fetcher_timeout(const struct ek_fetcher *f)
{
    int64_t wait = f->curl_due < 0 ? NEVER : f->curl_due - system_milliseconds(NULL);
    int64_t now = ek_fetcher_now(f).ms;
    for (const struct host *host = f->hosts; host && may_begin(f); host = host->next) {
        int64_t then = due(f, host);
        if (then != NEVER && then - now < wait)
            wait = then - now;
    }
    if (wait == NEVER)
        return -1;
    return wait < 0 ? 0 : wait > INT32_MAX ? INT32_MAX : (int)wait;
}

int ek_fetcher_descriptor(const struct ek_fetcher *f)
{
    return f->epoll;
}

size_t ek_fetcher_active(const struct ek_fetcher *f)
{
    return f->active;
}

void ek_fetcher_drain(struct ek_fetcher *f)
{
    f->draining = true;
    for (struct host *host = f->hosts; host; host = host->next)
        for (struct job *job; (job = ek_host_pop(f, host));)
            ek_job_free(job);
}
