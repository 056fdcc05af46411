/* result.c - what is handed to the caller. See fetcher.h.
 *
 * A result is allocated with its request, so that memory that has run out cannot lose one; the
 * buffers of the transfer change hands without being copied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "fetcher.h"
#include "reason.h"

static void append(struct ek_fetcher *f, struct result *result)
{
    if (f->last_result)
        f->last_result->next = result;
    else
        f->first_result = result;
    f->last_result = result;
}

/* Take the buffer; the transfer gets an empty one with the same ceiling. */
static void move(struct ek_buf *to, struct ek_buf *from)
{
    *to = *from;
    ek_buf_init(from, to->limit);
}

static const char *copy(char *room, size_t size, const char *text)
{
    snprintf(room, size, "%s", text);
    return *room ? room : NULL;
}

static void take_exchange(struct result *r, struct ek_transfer *t)
{
    struct ek_fetch_result *shown = &r->shown;
    struct ek_head *head = &t->head;
    move(&r->request, &t->request);
    shown->status = head->status;
    shown->mime = copy(r->mime, sizeof r->mime, head->mime);
    shown->charset = copy(r->charset, sizeof r->charset, head->charset);
    shown->etag = copy(r->etag, sizeof r->etag, head->etag);
    shown->last_modified = copy(r->last_modified, sizeof r->last_modified, head->last_modified);
    if (t->whole) {
        move(&r->head, &head->text);
        move(&r->body, &t->body);
    }
    if (head->status)
        shown->address = copy(r->address, sizeof r->address, t->address);
    shown->request = r->request.data;
    shown->request_len = r->request.len;
    shown->head = r->head.data;
    shown->head_len = r->head.len;
    shown->fetched = t->sent;
}

void ek_result_add(struct ek_fetcher *f, struct job *job, enum ek_fetch_outcome outcome,
                   const char *reason, struct ek_transfer *transfer, char *target)
{
    struct result *r = job->result;
    job->result = NULL;
    r->url = job->url;
    job->url = NULL;
    r->target = target;
    r->shown = (struct ek_fetch_result){.outcome = outcome,
                                        .tag = job->tag,
                                        .url = r->url,
                                        .target = r->target,
                                        .redirects = job->redirects,
                                        .fetched = EK_TIME_UNKNOWN};
    if (transfer)
        take_exchange(r, transfer);
    snprintf(r->reason, sizeof r->reason, "%s", reason);
    ek_reason_clean(r->reason);
    r->shown.reason = r->reason;
    r->shown.body = r->body.data ? r->body.data : "";
    r->shown.body_len = r->body.len;
    append(f, r);
    ek_job_free(job);
}

void ek_result_add_robots(struct ek_fetcher *f, struct host *host, int status,
                          struct ek_transfer *transfer)
{
    struct result *r = calloc(1, sizeof *r);
    char *url = strdup(host->origin);
    if (!r || !url) { /* not kept: asked again after a restart, no more */
        free(r);
        free(url);
        return;
    }
    r->url = url;
    if (status / 100 == 2)
        move(&r->body, &transfer->body);
    snprintf(r->reason, sizeof r->reason, "robots.txt was answered with status %d", status);
    r->shown = (struct ek_fetch_result){.outcome = EK_FETCH_ROBOTS,
                                        .reason = r->reason,
                                        .url = r->url,
                                        .status = status,
                                        .fetched = host->robots_fetched,
                                        .body = r->body.data ? r->body.data : "",
                                        .body_len = r->body.len};
    append(f, r);
}

void ek_result_free(struct ek_fetcher *f, struct result *r)
{
    if (!r)
        return;
    f->held -= r->body.len;
    free(r->url);
    free(r->target);
    ek_buf_free(&r->request);
    ek_buf_free(&r->head);
    ek_buf_free(&r->body);
    free(r);
}

int ek_fetcher_next(struct ek_fetcher *f, struct ek_fetch_result *result)
{
    ek_result_free(f, f->taken);
    f->taken = f->first_result;
    if (!f->taken)
        return 0;
    f->first_result = f->taken->next;
    if (!f->first_result)
        f->last_result = NULL;
    *result = f->taken->shown;
    return 1;
}
