/* answer.c - what becomes of an answered page. See fetcher.h.
 *
 * Redirects within the site are followed by queueing the job again, in front, at the host of the
 * new address: so that its delay, its robots.txt and the address guard are asked as for any
 * request. What leads elsewhere is the caller's to decide. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "fetcher.h"

int ek_answer_target(const struct ek_transfer *t, const char *url, struct ek_buf *out,
                     struct ek_err *err)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    bool is_redirect = false;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        is_redirect = is_redirect || t->head.status == statuses[i];
    if (!is_redirect || (!t->head.location.len && !t->head.location.failed))
        return 0;
    if (t->head.location.failed)
        return ek_fail(err, EK_LIMIT, "redirect to an address longer than %u bytes",
                       EK_MAX_URL_BYTES);
    if (ek_url_normalise(out, url, t->head.location.data, err) != 0)
        return ek_fail_in(err, "redirect");
    return 1;
}

static void redirected(struct ek_fetcher *f, struct job *job, struct ek_transfer *t,
                       const char *target)
{
    char reason[128];
    struct ek_err err;
    if (!ek_url_same_site(job->url, target)) {
        char *copy = strdup(target);
        if (copy)
            ek_result_add(f, job, EK_FETCH_REDIRECT, "redirect to another site", t, copy);
        else
            ek_result_add(f, job, EK_FETCH_LATER, "out of memory", t, NULL);
    } else if (job->redirects >= EK_MAX_REDIRECTS) {
        snprintf(reason, sizeof reason, "more than %d redirects", EK_MAX_REDIRECTS);
        ek_result_add(f, job, EK_FETCH_REFUSED, reason, t, NULL);
    } else if (!ek_job_redirect(f, job, target, &err)) {
        ek_result_add(f, job, EK_FETCH_LATER, err.message, t, NULL);
    }
}

void ek_page_answered(struct ek_fetcher *f, struct job *job, struct ek_transfer *t)
{
    struct ek_err err;
    struct ek_buf target;
    char reason[64];
    int status = t->head.status;
    ek_buf_init(&target, EK_MAX_URL_BYTES);
    int redirect = ek_answer_target(t, job->url, &target, &err);
    if (redirect < 0) {
        ek_result_add(f, job, EK_FETCH_REFUSED, err.message, t, NULL);
    } else if (redirect) {
        redirected(f, job, t, ek_buf_str(&target));
    } else if (status == 304 && (job->etag || job->last_modified)) {
        ek_result_add(f, job, EK_FETCH_NOT_MODIFIED, "", t, NULL);
    } else if (ek_politeness_is_trouble(status)) {
        snprintf(reason, sizeof reason, "the host answered with status %d", status);
        ek_result_add(f, job, EK_FETCH_LATER, reason, t, NULL);
    } else {
        ek_result_add(f, job, EK_FETCH_PAGE, "", t, NULL);
    }
    ek_buf_free(&target);
}

void ek_page_failed(struct ek_fetcher *f, struct job *job, struct ek_transfer *t,
                    enum ek_exchange exchange, const char *reason)
{
    bool refused = exchange == EK_EXCHANGE_REFUSED || exchange == EK_EXCHANGE_FORBIDDEN;
    ek_result_add(f, job, refused ? EK_FETCH_REFUSED : EK_FETCH_LATER, reason, t, NULL);
}
