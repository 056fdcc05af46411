/* request.c - taking requests, and saying how it stands with a host. See ekbom/fetch.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "fetcher.h"
#include "reason.h"

/* A validator goes back as a field of the request; one that could not have come from an answer is
 * left out, and the request is not conditional. */
static bool is_validator(const char *text)
{
    size_t len = 0;
    for (; text && text[len]; len++)
        if ((unsigned char)text[len] < ' ' || text[len] == 0x7f)
            return false;
    return len && len < 256;
}

/* The User-Agent field: "ekbom/1.2.3 (+operator@board.example)". */
static char *user_agent(const char *product, const char *contact, struct ek_err *err)
{
    char *made = NULL;
    size_t len = contact ? strlen(contact) : 0;
    if (len > 200 || (contact && !len)) {
        ek_fail(err, EK_USAGE, "a contact has 1 to 200 characters");
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        if (contact[i] > ' ' && contact[i] < 0x7f && !strchr("()\\", contact[i]))
            continue;
        ek_fail(err, EK_USAGE, "contact '%s': a mail or web address is wanted", contact);
        if (err)
            ek_reason_clean(err->message);
        return NULL;
    }
    int rc =
        contact ? asprintf(&made, "%s (+%s)", product, contact) : asprintf(&made, "%s", product);
    if (rc < 0) {
        ek_fail_memory(err);
        return NULL;
    }
    return made;
}

static int fill(struct ek_fetcher *f, struct job *job, const struct ek_fetch_request *request,
                struct ek_err *err)
{
    if (request->permit && ek_fetch_check_permit(request->permit, err) != 0)
        return -1;
    job->user_agent = user_agent(f->product, request->contact, err);
    if (!job->user_agent)
        return -1;
    bool conditional[] = {is_validator(request->etag), is_validator(request->last_modified)};
    job->tag = request->tag;
    job->checked = EK_TIME_UNKNOWN;
    job->has_contact = request->contact != NULL;
    job->delay_ms = request->delay_ms > 0 ? request->delay_ms : 0;
    job->permit = request->permit ? strdup(request->permit) : NULL;
    job->etag = conditional[0] ? strdup(request->etag) : NULL;
    job->last_modified = conditional[1] ? strdup(request->last_modified) : NULL;
    job->result = calloc(1, sizeof *job->result);
    if (!job->result || (request->permit && !job->permit) || (conditional[0] && !job->etag) ||
        (conditional[1] && !job->last_modified))
        return ek_fail_memory(err);
    return 0;
}

static int enqueue(struct ek_fetcher *f, struct job *job, const struct ek_fetch_request *request,
                   struct ek_err *err)
{
    struct ek_buf url;
    ek_buf_init(&url, EK_MAX_URL_BYTES);
    int rc = ek_url_normalise(&url, NULL, request->url, err);
    struct host *host = rc == 0 ? ek_host_of(f, ek_buf_str(&url), err) : NULL;
    if (host && fill(f, job, request, err) == 0) {
        job->url = url.data;
        ek_host_push(f, host, job, false);
    } else {
        rc = -1;
        ek_buf_free(&url);
    }
    return rc;
}

int ek_fetcher_request(struct ek_fetcher *f, const struct ek_fetch_request *request,
                       struct ek_err *err)
{
    if (f->draining)
        return ek_fail(err, EK_BUSY, "no more requests are taken");
    if (f->queued >= EK_MAX_QUEUED)
        return ek_fail(err, EK_LIMIT, "more than %u requests wait", EK_MAX_QUEUED);
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return ek_fail_memory(err);
    int rc = enqueue(f, job, request, err);
    if (rc != 0)
        ek_job_free(job);
    return rc;
}

/* The host of an address as it was written; NULL. */
static struct host *find(struct ek_fetcher *f, const char *url)
{
    struct ek_buf normal;
    ek_buf_init(&normal, EK_MAX_URL_BYTES);
    struct host *host = NULL;
    if (ek_url_normalise(&normal, NULL, url, NULL) == 0)
        host = ek_host_find(f, ek_buf_str(&normal));
    ek_buf_free(&normal);
    return host;
}

bool ek_fetcher_host(struct ek_fetcher *f, const char *url, struct ek_host_state *state)
{
    const struct host *host = find(f, url);
    if (!host)
        return false;
    const struct ek_politeness *p = &host->politeness;
    struct ek_moment now = ek_fetcher_now(f);
    int wanted = host->first ? host->first->delay_ms : host->wanted_delay_ms;
    bool has_error = p->last_error[0] != '\0';
    *state = (struct ek_host_state){
        .origin = host->origin,
        .stopped = p->stopped ? p->last_error : NULL,
        .last_error = has_error ? p->last_error : NULL,
        .last_error_time = has_error ? p->last_error_time : EK_TIME_UNKNOWN,
        .next_allowed = now.wall + (ek_politeness_due(p, wanted) - now.ms + 999) / 1000,
        .delay_ms = (int)ek_politeness_delay(p, wanted),
        .crawl_delay = (double)p->crawl_delay / 1000,
        .robots_fetched = host->robots_fetched,
        .requests_today = ek_politeness_today(p, now.wall),
        .queued = host->queued,
    };
    return true;
}

void ek_fetcher_resume(struct ek_fetcher *f, const char *url)
{
    struct host *host = find(f, url);
    if (host)
        ek_politeness_resume(&host->politeness);
}
