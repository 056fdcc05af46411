/* crawl_source.h - a crawl and its sources: configuration, walk, page under way. */
#ifndef EKBOM_CRAWL_SOURCE_H
#define EKBOM_CRAWL_SOURCE_H

#include "ekbom/crawl.h"
#include "ekbom/error.h"
#include "slice.h"
#include "walk.h"

struct ek_fetcher;
struct pipeline;

enum under_way { NOTHING, ASKED, BEING_READ };

struct source {
    struct ek_crawl *crawl;
    size_t index; /* among the crawl's sources */
    struct ek_crawl_source config;
    struct walk *walk;
    struct source *successor; /* its new configuration, for when the round has ended; NULL */
    bool retired;             /* not configured any more */
    enum ek_crawl_state state;
    enum under_way page;
    unsigned later; /* times that the present page was put off */
    ek_time due, last_success;
    char *etag, *last_modified; /* of the page being read */
    char trouble[256];
    uint64_t posts, changed, quarantined;
};

struct ek_crawl {
    struct ek_crawl_config config;
    struct slice slice;
    struct pipeline *pipeline;
    struct ek_fetcher *fetcher;
    struct source **sources;
    size_t count;
    int64_t slice_since; /* milliseconds; when the open slice was begun */
    bool draining, held;
};

/* A source that is due when the store remembers it to be, else now. NULL with err. */
struct source *source_new(struct ek_crawl *crawl, struct ek_store *store,
                          const struct ek_crawl_source *config, struct ek_err *err);
void source_free(struct source *source); /* NULL is allowed */
/* Take over the configuration of its successor, which is freed. Not while walking. */
void source_succeed(struct source *source);

/* The pipeline's word that a page was filed. */
int crawl_filed(void *owner, void *context, const struct ek_page_filing *filing,
                const struct ek_page *page, size_t changed, struct ek_err *err);

#endif
