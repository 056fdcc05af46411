/* forget.h - a post, or all of an author, taken out of a store for good. */
#ifndef EKBOM_FORGET_H
#define EKBOM_FORGET_H

#include "ekbom/archive.h"
#include "ekbom/record.h"

struct ek_err;
struct ek_pool;
struct ek_store;

struct ek_forget_watch { /* how far long work is; may be NULL */
    void (*progress)(void *context, const char *doing, uint64_t count);
    void *context;
};

/* Records ----------------------------------------------------------------------------------- */

struct ek_forget_report {
    uint64_t authors;                  /* who have no posts left */
    uint64_t posts, revisions, titles; /* titles of threads that they began */
    uint64_t touched;                  /* posts of others that changed: */
    uint64_t quotes, links, subjects;  /* what they held of it */
    bool before;                       /* all of it was forgotten before: nothing is left to do */
};
/* In a slice: forget what AUTHOR|POST means ("NAME", a pseudonym, "ID", "FORUM#NAME", "FORUM#ID").
 * Nothing is done until the slice is committed; aborted, the report says what would go. Posts of
 * others that lost a quote are behind until they are tagged. now: noted with what is forgotten.
 * -1 with EK_USAGE where it is not known, or not one thing. */
int ek_store_forget(struct ek_store *store, const char *what, ek_time now,
                    const struct ek_forget_watch *watch, struct ek_forget_report *report,
                    struct ek_err *err);

/* Outside a slice, after that: pack all texts against a new dictionary. The old ones are made of
 * pieces of texts, and go. Cut off it is done by the next. */
int ek_store_repack(struct ek_store *store, const struct ek_forget_watch *watch,
                    struct ek_err *err);

/* Archived pages ---------------------------------------------------------------------------- */

/* Was anything ever forgotten? */
bool ek_store_has_forgotten(struct ek_store *store);
/* Does a page show what was forgotten: in what was extracted of it (NULL: nothing), or, on one
 * without posts, as a name that stands alone in its body: 1. EK_SHOWS_NAME: it has posts, and such
 * a name stands beside them; it may be a word of the forum's own. 0, -1. */
#define EK_SHOWS_NAME 2
int ek_store_shows_forgotten(struct ek_store *store, const char *url, const struct ek_page *page,
                             const void *body, size_t len, struct ek_err *err);
/* Every archived page. visit returns 0 to go on, -1 with err filled; it may not write to the store.
 */
int ek_store_each_archived(struct ek_store *store,
                           int (*visit)(void *context, const char *url, ek_time fetched,
                                        const struct ek_archive_ref *ref, struct ek_err *err),
                           void *context, struct ek_err *err);

struct ek_forget_pages {
    uint64_t looked_at;
    uint64_t shown; /* pages that show it, and are blanked */
    uint64_t named; /* others, most of all that have posts, with a name beside the posts: left */
    uint64_t left;  /* of those: too short to be blanked, left as they are, */
    char left_first[400]; /* the first of them, with its place */
    uint64_t unread;      /* could not be read: missing or damaged */
};
/* Blank every archived page that shows what was forgotten; look_only: only count them. The pool has
 * the profiles. */
int ek_forget_archived(struct ek_store *store, struct ek_pool *pool, bool look_only,
                       const struct ek_forget_watch *watch, struct ek_forget_pages *pages,
                       struct ek_err *err);

#endif
