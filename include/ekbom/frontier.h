/* frontier.h - what a crawl knows of a board's index, boards and threads, kept in the records so
 * that a kill at any moment loses at most the pages in flight.
 *
 * The unit of change is the newest post id that a listing shows. A board or thread has news when
 * `listed` differs from both `done` and `newest`. Entries are keyed by source (the address that a
 * crawl began with), kind and the forum's own id. */
#ifndef EKBOM_FRONTIER_H
#define EKBOM_FRONTIER_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/time.h"

struct ek_arena;
struct ek_err;
struct ek_store;

enum ek_frontier_kind {
    EK_FRONTIER_INDEX, /* the source itself; id "" */
    EK_FRONTIER_BOARD,
    EK_FRONTIER_THREAD,
    EK_FRONTIER_KINDS
};

struct ek_frontier { /* strings may be NULL, but for id and url */
    enum ek_frontier_kind kind;
    const char *id;
    const char *url;                  /* of the first page */
    const char *listed;               /* newest post id that a listing showed */
    const char *done;                 /* what `listed` was when this was last read to its end */
    const char *newest;               /* newest post id on its own last page */
    const char *last_page;            /* address of the last page read: where news are looked for */
    const char *next_page;            /* the page after it, while a reading is not at its end */
    ek_time visited;                  /* when it was last read to its end; unknown: never */
    ek_time due;                      /* index: when the source is to be visited next */
    const char *etag, *last_modified; /* index: of the copy at hand */
    const char *closed;               /* why it is not asked any more until its listing changes */
    const char *error; /* index: the last error of the source; NULL since a success */
    ek_time error_time;
};

bool ek_frontier_has_news(const struct ek_frontier *entry);

/* In a slice. */
int ek_frontier_put(struct ek_store *store, const char *source, const struct ek_frontier *entry,
                    struct ek_err *err);
/* 1 and the entry in the arena, 0, -1. In or out of a slice. */
int ek_frontier_get(struct ek_store *store, const char *source, enum ek_frontier_kind kind,
                    const char *id, struct ek_arena *arena, struct ek_frontier *entry,
                    struct ek_err *err);
/* Every entry of a kind, in the order of their ids as bytes; the entry is valid during the call.
 * visit returns 0 to go on, -1 with err filled. */
int ek_frontier_each(struct ek_store *store, const char *source, enum ek_frontier_kind kind,
                     int (*visit)(void *context, const struct ek_frontier *entry,
                                  struct ek_err *err),
                     void *context, struct ek_err *err);
/* Every source that was ever crawled. */
int ek_frontier_sources(struct ek_store *store,
                        int (*visit)(void *context, const char *source,
                                     const struct ek_frontier *index, struct ek_err *err),
                        void *context, struct ek_err *err);

struct ek_kept_robots {
    const char *url; /* of the robots.txt, or the host's */
    int status;
    ek_time fetched;
    const void *body;
    size_t len;
};
/* In a slice. */
int ek_robots_keep(struct ek_store *store, const struct ek_kept_robots *robots, struct ek_err *err);
/* Every robots.txt that is kept. */
int ek_robots_each(struct ek_store *store,
                   int (*visit)(void *context, const struct ek_kept_robots *robots,
                                struct ek_err *err),
                   void *context, struct ek_err *err);

#endif
