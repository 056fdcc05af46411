/* host.c - the hosts a fetcher knows, and what is queued at each. See fetcher.h.
 *
 * A host is kept for as long as the fetcher lives: its back-off, its stop and its cookies must
 * outlast its requests. Only when the table is full is the one dropped that has rested longest with
 * nothing to remember; a board that redirects its robots.txt through ever new names fills it with
 * such. The table is a list: a thousand comparisons are a microsecond or two beside a request. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "fetcher.h"

/* Scheme, name and port of a normalised address. */
static size_t origin_len(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

struct host *ek_host_find(struct ek_fetcher *f, const char *url)
{
    size_t len = origin_len(url);
    for (struct host *host = f->hosts; host; host = host->next)
        if (strncmp(host->origin, url, len) == 0 && !host->origin[len])
            return host;
    return NULL;
}

void ek_host_free(struct ek_fetcher *f, struct host *host)
{
    struct job *job;
    while ((job = ek_host_pop(f, host)))
        ek_job_free(job);
    if (host->active) {
        curl_multi_remove_handle(f->multi, host->transfer.easy);
        ek_job_free(host->active);
        f->active--;
    }
    if (host->transfer.easy)
        ek_transfer_free(&host->transfer);
    ek_robots_free(host->robots);
    free(host->origin);
    free(host);
}

static bool is_forgettable(const struct ek_fetcher *f, const struct host *host)
{
    const struct ek_politeness *p = &host->politeness;
    return !host->first && !host->active && !host->asking_robots && !p->stopped && !p->backoff &&
           p->held_until <= ek_fetcher_now(f).ms;
}

static void forget_one(struct ek_fetcher *f)
{
    struct host **oldest = NULL;
    for (struct host **at = &f->hosts; *at; at = &(*at)->next)
        if (is_forgettable(f, *at) &&
            (!oldest || (*at)->politeness.last_end < (*oldest)->politeness.last_end))
            oldest = at;
    if (!oldest)
        return;
    struct host *gone = *oldest;
    *oldest = gone->next;
    f->host_count--;
    ek_host_free(f, gone);
}

struct host *ek_host_of(struct ek_fetcher *f, const char *url, struct ek_err *err)
{
    struct host *host = ek_host_find(f, url);
    if (host)
        return host;
    if (f->host_count >= EK_MAX_HOSTS)
        forget_one(f);
    if (f->host_count >= EK_MAX_HOSTS) {
        ek_fail(err, EK_LIMIT, "%.400s: more than %u hosts at once", url, EK_MAX_HOSTS);
        return NULL;
    }
    host = calloc(1, sizeof *host);
    char *origin = strndup(url, origin_len(url));
    if (!host || !origin) {
        free(host);
        free(origin);
        ek_fail_memory(err);
        return NULL;
    }
    host->origin = origin;
    host->wanted_delay_ms = EK_DEFAULT_DELAY_MS;
    host->robots_fetched = EK_TIME_UNKNOWN;
    host->politeness.is_public = true; /* until an address says otherwise */
    host->next = f->hosts;
    f->hosts = host;
    f->host_count++;
    return host;
}

void ek_host_push(struct ek_fetcher *f, struct host *host, struct job *job, bool in_front)
{
    job->next = in_front ? host->first : NULL;
    if (!host->first)
        host->first = host->last = job;
    else if (in_front)
        host->first = job;
    else
        host->last = host->last->next = job;
    host->queued++;
    f->queued++;
}

struct job *ek_host_pop(struct ek_fetcher *f, struct host *host)
{
    struct job *job = host->first;
    if (!job)
        return NULL;
    host->first = job->next;
    if (!host->first)
        host->last = NULL;
    job->next = NULL;
    host->queued--;
    f->queued--;
    return job;
}

void ek_job_free(struct job *job)
{
    if (!job)
        return;
    free(job->url);
    free(job->user_agent);
    free(job->permit);
    free(job->etag);
    free(job->last_modified);
    free(job->result);
    free(job);
}

bool ek_job_same_permission(const struct job *a, const struct job *b)
{
    return a->has_contact == b->has_contact &&
           strcmp(a->permit ? a->permit : "", b->permit ? b->permit : "") == 0;
}

struct job *ek_job_for_robots(const struct job *page, struct host *host)
{
    static const char path[] = "/robots.txt";
    size_t len = strlen(host->origin);
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->url = malloc(len + sizeof path);
    job->user_agent = strdup(page->user_agent);
    job->permit = page->permit ? strdup(page->permit) : NULL;
    if (!job->url || !job->user_agent || (page->permit && !job->permit)) {
        ek_job_free(job);
        return NULL;
    }
    memcpy(job->url, host->origin, len);
    memcpy(job->url + len, path, sizeof path);
    job->has_contact = page->has_contact;
    job->delay_ms = page->delay_ms;
    job->subject = host;
    job->checked = EK_TIME_UNKNOWN;
    return job;
}

bool ek_job_redirect(struct ek_fetcher *f, struct job *job, const char *target, struct ek_err *err)
{
    struct host *host = ek_host_of(f, target, err);
    char *url = host ? strdup(target) : NULL;
    if (!url) {
        if (host)
            ek_fail_memory(err);
        return false;
    }
    free(job->url);
    job->url = url;
    job->redirects++;
    job->checked = EK_TIME_UNKNOWN;
    free(job->etag); /* they were of the first address */
    free(job->last_modified);
    job->etag = job->last_modified = NULL;
    ek_host_push(f, host, job, true);
    return true;
}
