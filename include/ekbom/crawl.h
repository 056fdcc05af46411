/* crawl.h - several boards crawled at once by one event loop: for `ekbom crawl` and for ekbomd.
 *
 * A crawl drives a fetcher, the readers and the store for its sources: each is walked one page at a
 * time, and rests between rounds until it is due. Nothing is lost by a kill: what was fetched is
 * archived before it is read, and the frontier is in the store. */
#ifndef EKBOM_CRAWL_H
#define EKBOM_CRAWL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/time.h"

struct ek_crawl;
struct ek_err;
struct ek_pool;
struct ek_store;
struct pollfd;

struct ek_crawl_source {       /* strings are copied */
    const char *address;       /* index, board or thread */
    const char *const *boards; /* own ids of the boards to be walked; none: all */
    size_t board_count;
    const char *contact; /* the operator's address; NULL only for loopback */
    const char *permit;  /* address ranges beyond the public ones, see fetch.h */
    const char *zone;    /* of the board's times where a page names none; NULL */
    ek_time since;       /* threads without a newer post are left out; unknown: none */
    int delay_ms;
    int visit_seconds; /* from the end of a round to the next; 0: one round only */
    int recheck_days;  /* threads are read again whole after this; 0: never */
    bool recheck;      /* in this round: every known thread whole */
    size_t max_pages;  /* of a round; 0: no limit */
};

struct ek_crawl_config {
    struct ek_store *store;                       /* opened for writing */
    struct ek_pool *pool;                         /* with the profiles and the store's rules */
    void (*say)(void *context, const char *line); /* what a person should know */
    void *context;
};

int ek_crawl_new(struct ek_crawl **crawl, const struct ek_crawl_config *config, struct ek_err *err);
/* Commits what is open. */
void ek_crawl_free(struct ek_crawl *crawl);
int ek_crawl_add(struct ek_crawl *crawl, const struct ek_crawl_source *source, struct ek_err *err);
/* These sources instead of the present ones. One that stays keeps its place, its host's politeness
 * and the round that it is in; one that goes stops after the page under way. */
int ek_crawl_configure(struct ek_crawl *crawl, const struct ek_crawl_source *sources, size_t count,
                       struct ek_err *err);
/* Wait until no page is being read, and commit; then give the crawl other readers. */
int ek_crawl_use_pool(struct ek_crawl *crawl, struct ek_pool *pool, struct ek_err *err);

/* True if the address names this machine: then it is its own permission on a command line. */
bool ek_crawl_is_loopback(const char *address);

size_t ek_crawl_descriptors(const struct ek_crawl *crawl, struct pollfd *out, size_t max);
int ek_crawl_timeout(const struct ek_crawl *crawl); /* milliseconds; -1 none */
/* Do what can be done without waiting. -1 when the store or the machine refuses: stop. */
int ek_crawl_step(struct ek_crawl *crawl, struct ek_err *err);
/* Ask for no more pages, but file those under way, until told otherwise. */
void ek_crawl_hold(struct ek_crawl *crawl, bool hold);
/* Begin nothing new: pages under way are filed, then ek_crawl_idle. */
void ek_crawl_drain(struct ek_crawl *crawl);
bool ek_crawl_idle(const struct ek_crawl *crawl); /* nothing under way, nothing due, ever */

enum ek_crawl_state { EK_CRAWL_WALKING, EK_CRAWL_RESTING, EK_CRAWL_STOPPED, EK_CRAWL_STATES };
extern const char *const ek_crawl_state_names[]; /* walking resting stopped */

struct ek_crawl_status { /* of one source; strings are valid until the next step */
    const char *address;
    enum ek_crawl_state state;
    const char *trouble; /* why stopped, or the last error; NULL */
    ek_time last_success, next_visit;
    uint64_t index_pages, board_pages, thread_pages, closed; /* of this round, or the last */
    uint64_t posts, changed;                                 /* since the crawl began */
    uint64_t quarantined;
    unsigned requests_today;
    int delay_ms;
    bool limited; /* the round ended at max_pages */
    bool failed;  /* the round could not read the source itself */
};
size_t ek_crawl_sources(const struct ek_crawl *crawl);
void ek_crawl_status(struct ek_crawl *crawl, size_t source, struct ek_crawl_status *status);
/* Begin a round of this source now. */
void ek_crawl_visit(struct ek_crawl *crawl, size_t source);

#endif
