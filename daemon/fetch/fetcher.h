/* fetcher.h - what the files of the fetcher share: hosts, the jobs queued at them, results. */
#ifndef EKBOM_FETCH_FETCHER_H
#define EKBOM_FETCH_FETCHER_H

#include <curl/curl.h>

#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/robots.h"
#include "politeness.h"
#include "transfer.h"

struct host;
struct result;

/* A request on its way: queued at the host of its address, which redirects change. */
struct job {
    struct job *next;
    char *url;
    char *user_agent;
    char *permit;               /* NULL */
    char *etag, *last_modified; /* NULL */
    bool has_contact;
    int delay_ms;
    uint64_t tag;
    int redirects;
    ek_time checked;       /* by the robots.txt of this time, and allowed */
    struct host *subject;  /* whose robots.txt it asks for; NULL: a page */
    struct result *result; /* made beforehand, so that it cannot be lost; NULL for robots.txt */
};

struct host {
    struct host *next;
    char *origin; /* "http://board.example:8080" */
    struct ek_politeness politeness;
    struct job *first, *last; /* queue */
    size_t queued;
    int wanted_delay_ms;         /* of the job that began last */
    struct job *active;          /* under way in transfer */
    struct ek_transfer transfer; /* transfer.easy is NULL before the first request */
    /* robots.txt: none is known while robots_fetched is unknown; NULL allows everything. */
    struct ek_robots *robots;
    ek_time robots_fetched;
    bool asking_robots; /* a job for it is queued or active, here or at another host */
};

struct result {
    struct result *next;
    struct ek_fetch_result shown;
    char *url, *target;
    struct ek_buf request, head, body; /* body counts as held */
    char reason[512];
    char address[EK_ADDRESS_TEXT];
    char mime[128], charset[64], etag[256], last_modified[64];
};

struct ek_fetcher {
    CURLM *multi;
    int epoll;
    int64_t curl_due; /* real milliseconds at which libcurl wants to be called; -1 never */
    struct ek_clock clock;
    char *product, *agent; /* "ekbom/1.2.3", "ekbom" */
    struct host *hosts;
    size_t host_count, queued, active;
    size_t held; /* bytes of bodies in transfers and results */
    bool draining;
    struct result *first_result, *last_result;
    struct result *taken; /* the one the caller looks at */
};

struct ek_moment ek_fetcher_now(const struct ek_fetcher *fetcher);

/* host.c -----------------------------------------------------------------------------------------
 */

/* The host of a normalised address, made if it is new; NULL when memory is out or there are
 * EK_MAX_HOSTS that are all in use. */
struct host *ek_host_of(struct ek_fetcher *fetcher, const char *url, struct ek_err *err);
struct host *ek_host_find(struct ek_fetcher *fetcher, const char *url);
void ek_host_free(struct ek_fetcher *fetcher, struct host *host);
void ek_host_push(struct ek_fetcher *fetcher, struct host *host, struct job *job, bool in_front);
struct job *ek_host_pop(struct ek_fetcher *fetcher, struct host *host); /* NULL */
void ek_job_free(struct job *job);                                      /* NULL is allowed */
/* A robots.txt job that asks under the same conditions as the page that needs it. */
struct job *ek_job_for_robots(const struct job *page, struct host *host);
/* True if the two may dial the same addresses. */
bool ek_job_same_permission(const struct job *a, const struct job *b);

/* Queue the job again, in front, at the host of another address. False when memory or hosts run
 * out. */
bool ek_job_redirect(struct ek_fetcher *fetcher, struct job *job, const char *target,
                     struct ek_err *err);

/* result.c ---------------------------------------------------------------------------------------
 */

/* Queue the result of a job and free the job. transfer: what was exchanged, whose buffers are
 * taken; NULL if nothing was asked. target: of a redirect, becomes the result's; NULL. */
void ek_result_add(struct ek_fetcher *fetcher, struct job *job, enum ek_fetch_outcome outcome,
                   const char *reason, struct ek_transfer *transfer, char *target);
/* The result that hands a robots.txt to the caller. */
void ek_result_add_robots(struct ek_fetcher *fetcher, struct host *host, int status,
                          struct ek_transfer *transfer);
void ek_result_free(struct ek_fetcher *fetcher, struct result *result); /* NULL is allowed */

/* answer.c ---------------------------------------------------------------------------------------
 */

/* What becomes of a page's job now that its transfer has ended. */
void ek_page_answered(struct ek_fetcher *fetcher, struct job *job, struct ek_transfer *transfer);
void ek_page_failed(struct ek_fetcher *fetcher, struct job *job, struct ek_transfer *transfer,
                    enum ek_exchange exchange, const char *reason);
/* The target of a redirect, normalised, into out. False if the answer is none; -1: one that cannot
 * be followed. */
int ek_answer_target(const struct ek_transfer *transfer, const char *url, struct ek_buf *out,
                     struct ek_err *err);

/* robots_visit.c ---------------------------------------------------------------------------------
 */

/* True if the host's robots.txt is known and not too old. */
bool ek_robots_are_known(const struct ek_fetcher *fetcher, const struct host *host);
/* Decide with the bytes of an answer (status 2xx), or allow everything (3xx, 4xx). */
int ek_robots_decide(struct ek_fetcher *fetcher, struct host *host, int status, const void *body,
                     size_t len, ek_time fetched, struct ek_err *err);
/* A robots.txt job was answered; frees it or queues it again. */
void ek_robots_answered(struct ek_fetcher *fetcher, struct job *job, struct ek_transfer *transfer);
/* It was not answered: what waits at its subject goes back to the caller. */
void ek_robots_failed(struct ek_fetcher *fetcher, struct job *job, enum ek_exchange exchange,
                      const char *reason);

#endif
