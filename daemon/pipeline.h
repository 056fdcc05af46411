/* pipeline.h - pages on their way: archive, reader, store. One way for imports and for the service.
 *
 * A page is appended to the archive before a reader sees it; readers work ahead, and results are
 * filed in the order of submission, with a metadata record of what was concluded. */
#ifndef EKBOM_PIPELINE_H
#define EKBOM_PIPELINE_H

#include "ekbom/pool.h"
#include "slice.h"

struct pipeline;

struct pipeline_page {
    const char *url;
    ek_time fetched;
    int status;
    const char *charset;
    const void *body; /* decoded */
    size_t body_len;
    const void *response; /* HTTP head and body, for the archive */
    size_t response_len;
    const void *request; /* HTTP request, or NULL */
    size_t request_len;
    const char *zone;   /* of its times where it names none; NULL */
    bool even_if_known; /* a crawl wants to know what is on it, an import does not */
    void *context;      /* given back to `filed` */
};

struct pipeline_config {
    struct slice *slice;  /* with its archive; the caller's */
    struct ek_pool *pool; /* the caller's */
    /* A page was filed, inside the open slice: page is NULL when it was quarantined. -1 to stop. */
    int (*filed)(void *owner, void *context, const struct ek_page_filing *filing,
                 const struct ek_page *page, size_t changed, struct ek_err *err);
    void *owner;
    bool retry; /* pages in quarantine are read again */
};

struct pipeline *pipeline_new(const struct pipeline_config *config); /* NULL: out of memory */
void pipeline_free(struct pipeline *pipeline);

/* 1 if the page is in the store or on its way already, 0 when it was taken, -1. Waits for a place.
 */
int pipeline_submit(struct pipeline *pipeline, const struct pipeline_page *page,
                    struct ek_err *err);
/* File what the readers have finished; with `all`, wait until nothing is on its way. */
int pipeline_step(struct pipeline *pipeline, bool all, struct ek_err *err);
/* Other readers, when nothing is on its way. */
void pipeline_use_pool(struct pipeline *pipeline, struct ek_pool *pool);

#endif
