/* crawl_source.h - one source of a crawl: its configuration, its walk, its page under way. */
#ifndef EKBOM_CRAWL_SOURCE_H
#define EKBOM_CRAWL_SOURCE_H

#include "ekbom/crawl.h"
#include "ekbom/error.h"
#include "walk.h"

enum under_way { NOTHING, ASKED, BEING_READ };

struct source {
    struct ek_crawl *crawl;
    size_t index;               /* among the crawl's sources */
    struct ek_crawl_source config;
    struct walk *walk;
    enum ek_crawl_state state;
    enum under_way page;
    unsigned later;             /* times that the present page was put off */
    ek_time due, last_success;
    char *etag, *last_modified; /* of the page being read */
    char trouble[256];
    uint64_t posts, changed, quarantined;
};

/* A source that is due when the store remembers it to be, else now. NULL with err. */
struct source *source_new(struct ek_crawl *crawl, struct ek_store *store,
                          const struct ek_crawl_source *config, struct ek_err *err);
void source_free(struct source *source);    /* NULL is allowed */

#endif
