/* robots_visit.c - asking a host for its robots.txt. See fetcher.h.
 *
 * By RFC 9309: an answer 2xx is read; 3xx after five redirects, and 4xx, allow everything; 5xx or
 * no answer forbid everything: nothing else is asked of the host until robots.txt is to be had, at
 * the pace of its back-off. 429 counts as such, although it begins with a 4: it says "not now".
 * Pages that wait meanwhile go back to the caller as EK_FETCH_LATER, who may know better things to
 * do than to wait for an hour; requested again, they bring the next attempt about when it is due.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "fetcher.h"

bool ek_robots_are_known(const struct ek_fetcher *f, const struct host *host)
{
    if (host->robots_fetched == EK_TIME_UNKNOWN)
        return false;
    ek_time age = ek_fetcher_now(f).wall - host->robots_fetched;
    return age >= 0 && age < EK_ROBOTS_SECONDS;
}

int ek_robots_decide(struct ek_fetcher *f, struct host *host, int status, const void *body,
                     size_t len, ek_time fetched, struct ek_err *err)
{
    struct ek_robots *robots = NULL;
    if (status / 100 == 2 && ek_robots_parse(&robots, body, len, err) != 0)
        return -1;
    ek_robots_free(host->robots);
    host->robots = robots;
    host->robots_fetched = fetched;
    double delay = robots ? ek_robots_crawl_delay(robots, f->agent) : 0;
    host->politeness.crawl_delay = (int64_t)(1000 * delay);
    return 0;
}

/* Everything that waits for this robots.txt goes back; where the addresses of the host may not be
 * dialled, only what has no other permission than the job had. */
static void give_back(struct ek_fetcher *f, struct host *host, const struct job *robots_job,
                      bool forbidden, const char *reason)
{
    enum ek_fetch_outcome outcome = forbidden ? EK_FETCH_REFUSED : EK_FETCH_LATER;
    char text[512];
    snprintf(text, sizeof text, "%s%s", forbidden ? "" : "robots.txt: ", reason);
    for (size_t left = host->queued; left; left--) {
        struct job *job = ek_host_pop(f, host);
        if (job->subject || (forbidden && !ek_job_same_permission(job, robots_job)))
            ek_host_push(f, host, job, false);
        else
            ek_result_add(f, job, outcome, text, NULL, NULL);
    }
}

/* blame: the host itself answered well, yet must be left alone for a while. */
static void fail(struct ek_fetcher *f, struct job *job, bool forbidden, bool blame,
                 const char *reason)
{
    struct host *host = job->subject;
    host->asking_robots = false;
    if (blame)
        ek_politeness_failed(&host->politeness, ek_fetcher_now(f), job->delay_ms, reason);
    give_back(f, host, job, forbidden, reason);
    ek_job_free(job);
}

void ek_robots_failed(struct ek_fetcher *f, struct job *job, enum ek_exchange exchange,
                      const char *reason)
{
    bool elsewhere = ek_host_find(f, job->url) != job->subject;
    fail(f, job, exchange == EK_EXCHANGE_FORBIDDEN && !elsewhere, elsewhere, reason);
}

static void decided(struct ek_fetcher *f, struct job *job, struct ek_transfer *t)
{
    struct host *host = job->subject;
    struct ek_err err;
    if (ek_robots_decide(f, host, t->head.status, t->body.data, t->body.len, t->sent, &err) != 0) {
        fail(f, job, false, true, err.message);
        return;
    }
    host->asking_robots = false;
    ek_result_add_robots(f, host, t->head.status, t);
    ek_job_free(job);
}

void ek_robots_answered(struct ek_fetcher *f, struct job *job, struct ek_transfer *t)
{
    struct ek_err err;
    struct ek_buf target;
    char reason[64];
    ek_buf_init(&target, EK_MAX_URL_BYTES);
    int redirect = ek_answer_target(t, job->url, &target, &err);
    if (redirect < 0) {
        fail(f, job, false, true, err.message);
    } else if (ek_politeness_is_trouble(t->head.status)) {
        snprintf(reason, sizeof reason, "the host answered with status %d", t->head.status);
        ek_robots_failed(f, job, EK_EXCHANGE_FAILED, reason);
    } else if (!redirect || job->redirects >= EK_MAX_REDIRECTS) {
        decided(f, job, t);
    } else if (!ek_job_redirect(f, job, ek_buf_str(&target), &err)) {
        fail(f, job, false, true, err.message);
    }
    ek_buf_free(&target);
}

int ek_fetcher_robots(struct ek_fetcher *f, const char *url, int status, const void *body,
                      size_t len, ek_time fetched, struct ek_err *err)
{
    struct ek_buf address;
    struct host *host = NULL;
    ek_buf_init(&address, EK_MAX_URL_BYTES);
    int rc = ek_url_normalise(&address, NULL, url, err);
    if (rc == 0) {
        host = ek_host_of(f, ek_buf_str(&address), err);
        rc = host ? 0 : -1;
    }
    if (rc == 0 && status >= 200 && !ek_politeness_is_trouble(status)) {
        rc = ek_robots_decide(f, host, status, body, len, fetched, err);
    }
    ek_buf_free(&address);
    return rc;
}
