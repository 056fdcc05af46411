/* crawl_open.c - opening and closing a crawl, its sources, and what is said of them. See
 * ekbom/crawl.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crawl_source.h"
#include "ekbom/fetch.h"
#include "ekbom/frontier.h"
#include "pipeline.h"

static int hand_in_robots(void *context, const struct ek_kept_robots *robots, struct ek_err *err)
{
    return ek_fetcher_robots(context, robots->url, robots->status, robots->body, robots->len,
                             robots->fetched, err);
}

int ek_crawl_new(struct ek_crawl **out, const struct ek_crawl_config *config, struct ek_err *err)
{
    struct ek_crawl *crawl = calloc(1, sizeof *crawl);
    char folder[4096];
    *out = NULL;
    if (!crawl)
        return ek_fail_memory(err);
    crawl->config = *config;
    crawl->slice.store = config->store;
    struct pipeline_config pipeline = {
        .slice = &crawl->slice, .pool = config->pool, .filed = crawl_filed, .owner = crawl};
    crawl->pipeline = pipeline_new(&pipeline);
    int len = snprintf(folder, sizeof folder, "%s/archive", ek_store_folder(config->store));
    if (!crawl->pipeline)
        ek_fail_memory(err);
    else if (len < 0 || (size_t)len >= sizeof folder)
        ek_fail(err, EK_LIMIT, "the store's path is too long");
    else if (ek_archive_open(&crawl->slice.archive, folder, err) == 0 &&
             ek_fetcher_new(&crawl->fetcher, "ekbom/" EKBOM_VERSION, NULL, err) == 0 &&
             ek_robots_each(config->store, hand_in_robots, crawl->fetcher, err) == 0) {
        *out = crawl;
        return 0;
    }
    ek_crawl_free(crawl);
    return -1;
}

void ek_crawl_free(struct ek_crawl *crawl)
{
    struct ek_err err;
    if (!crawl)
        return;
    slice_commit(&crawl->slice, true, NULL, &err);
    ek_fetcher_free(crawl->fetcher);
    pipeline_free(crawl->pipeline);
    ek_archive_close(crawl->slice.archive);
    for (size_t i = 0; i < crawl->count; i++)
        source_free(crawl->sources[i]);
    free(crawl->sources);
    free(crawl);
}

int ek_crawl_add(struct ek_crawl *crawl, const struct ek_crawl_source *config, struct ek_err *err)
{
    struct source **sources = realloc(crawl->sources, (crawl->count + 1) * sizeof *sources);
    if (!sources)
        return ek_fail_memory(err);
    crawl->sources = sources;
    struct source *source = source_new(crawl, crawl->config.store, config, err);
    if (!source)
        return -1;
    source->index = crawl->count;
    sources[crawl->count++] = source;
    return 0;
}

static struct source *find_source(const struct ek_crawl *crawl, const char *address)
{
    for (size_t i = 0; i < crawl->count; i++)
        if (strcmp(crawl->sources[i]->config.address, address) == 0)
            return crawl->sources[i];
    return NULL;
}

int ek_crawl_configure(struct ek_crawl *crawl, const struct ek_crawl_source *sources, size_t count,
                       struct ek_err *err)
{
    size_t before = crawl->count;
    bool *kept = calloc(before + 1, sizeof *kept);
    int result = kept ? 0 : ek_fail_memory(err);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct source *fresh = source_new(crawl, crawl->config.store, &sources[i], err);
        struct source *old = fresh ? find_source(crawl, fresh->config.address) : NULL;
        if (old) {
            source_free(old->successor);
            old->successor = fresh;
            old->retired = false;
            if (old->index < before) /* else one of these, named twice */
                kept[old->index] = true;
            if (old->state == EK_CRAWL_STOPPED)
                ek_crawl_visit(crawl, old->index);
        } else if (fresh) {
            source_free(fresh);
            result = ek_crawl_add(crawl, &sources[i], err);
        } else {
            result = -1;
        }
    }
    for (size_t i = 0; i < before && result == 0; i++) {
        crawl->sources[i]->retired |= !kept[i];
        if (!kept[i])
            snprintf(crawl->sources[i]->trouble, sizeof crawl->sources[i]->trouble,
                     "not in the configuration any more");
    }
    free(kept);
    return result;
}

/* Status ------------------------------------------------------------------------------------ */

size_t ek_crawl_sources(const struct ek_crawl *crawl)
{
    return crawl->count;
}

void ek_crawl_visit(struct ek_crawl *crawl, size_t index)
{
    struct source *source = crawl->sources[index];
    if (source->state == EK_CRAWL_WALKING)
        return;
    if (source->state == EK_CRAWL_STOPPED)
        ek_fetcher_resume(crawl->fetcher, source->config.address);
    source->state = EK_CRAWL_RESTING;
    source->due = time(NULL);
}

void ek_crawl_status(struct ek_crawl *crawl, size_t index, struct ek_crawl_status *status)
{
    const struct source *source = crawl->sources[index];
    const struct walk_report *report = walk_report(source->walk);
    struct ek_host_state host = {0};
    bool asked = ek_fetcher_host(crawl->fetcher, source->config.address, &host);
    *status = (struct ek_crawl_status){
        .address = source->config.address,
        .state = source->state,
        .trouble = source->trouble[0] ? source->trouble : NULL,
        .last_success = source->last_success,
        .next_visit = source->state == EK_CRAWL_RESTING ? source->due : EK_TIME_UNKNOWN,
        .index_pages = report->index_pages,
        .board_pages = report->board_pages,
        .thread_pages = report->thread_pages,
        .closed = report->closed,
        .posts = source->posts,
        .changed = source->changed,
        .quarantined = source->quarantined,
        .requests_today = asked ? host.requests_today : 0,
        .delay_ms = asked ? host.delay_ms : source->config.delay_ms,
        .limited = report->limited,
        .failed = report->failed != NULL};
}
