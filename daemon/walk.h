/* walk.h - the way through one board: what to fetch next, and what a fetched page means for it.
 *
 * Forum-aware, not link-following: index -> boards whose newest post is new -> threads whose newest
 * post is new -> their pages. What it learns goes into the frontier, in the slice that files the
 * page, so that a walk which is cut off goes on where it was. One page at a time. */
#ifndef EKBOM_WALK_H
#define EKBOM_WALK_H

#include "ekbom/error.h"
#include "ekbom/record.h"
#include "ekbom/store.h"

struct walk;

struct walk_config {
    struct ek_store *store;
    const char *source;        /* the address that the walk begins with: index, board, thread */
    const char *const *boards; /* own ids of the boards to be walked; none: all */
    size_t board_count;
    ek_time since;          /* threads without a newer post are left out; unknown: none */
    bool recheck;           /* read every known thread whole, not only those with news */
    ek_time recheck_before; /* threads last read whole before this are read again ... */
    size_t recheck_limit;   /* ... at most so many a round; 0: none */
    size_t max_pages;       /* of one round; 0: no limit */
};

struct walk *walk_new(const struct walk_config *config); /* NULL: out of memory */
void walk_free(struct walk *walk);

/* Begin a round: the source's own address first. What an earlier round left undone is taken up. */
int walk_begin(struct walk *walk, struct ek_err *err);

enum walk_state {
    WALK_GO,  /* fetch *url */
    WALK_DONE /* the round is complete */
};
struct walk_request {
    const char *url;
    const char *etag, *last_modified; /* of the copy at hand; NULL */
};
/* What to fetch next; the same again until walk_took, walk_unchanged or walk_passed. Valid until
 * then. */
int walk_next(struct walk *walk, enum walk_state *state, struct walk_request *request,
              struct ek_err *err);

struct walk_answer {
    const struct ek_page *page; /* NULL: quarantined */
    const char *quarantined;    /* why */
    int status;
    ek_time fetched;
    size_t changed; /* posts new or revised */
    const char *etag, *last_modified;
};
/* The page asked for was read, inside the open slice. */
int walk_took(struct walk *walk, const struct walk_answer *answer, struct ek_err *err);
/* The copy at hand is current. In a slice. */
int walk_unchanged(struct walk *walk, ek_time fetched, struct ek_err *err);
/* It cannot be had: disallowed, refused, gone elsewhere. In a slice. */
int walk_passed(struct walk *walk, const char *reason, ek_time now, struct ek_err *err);

struct walk_report { /* of this round */
    uint64_t index_pages, board_pages, thread_pages;
    uint64_t closed;    /* boards and threads that could not be read */
    bool limited;       /* max_pages was reached */
    const char *failed; /* the source itself could not be read: why; NULL */
};
const struct walk_report *walk_report(const struct walk *walk);

#endif
