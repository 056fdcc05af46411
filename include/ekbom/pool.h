/* pool.h - the confined ekbom-reader processes that extract, tag and search.
 *
 * One pool drives a few readers over socketpairs. Results come back in the order of submission.
 * A reader that dies or hangs is replaced; a batch that killed it is bisected until the one item
 * at fault is known, which comes back as quarantined with the reason. Nothing else is lost. */
#ifndef EKBOM_POOL_H
#define EKBOM_POOL_H

#include "ekbom/packed.h"
#include "ekbom/record.h"

struct ek_arena;
struct ek_bundle;
struct ek_err;
struct ek_pool;
struct pollfd;

struct ek_pool_search { /* a regular expression (ekbom/search.h) */
    const char *pattern;
    bool match_case;
};

struct ek_pool_config {
    const char *program;                      /* path of ekbom-reader */
    unsigned readers;                         /* 0: one a core */
    const struct ek_bundle *profiles;         /* NULL: no extraction */
    const struct ek_bundle *rules;            /* NULL: no tagging */
    bool naive;                               /* tag with the plain engine */
    const struct ek_pool_search *search;      /* NULL: no searching */
    const struct ek_dictionary *dictionaries; /* that packed texts may need */
    size_t dictionary_count;
};

/* Start the readers and wait until each has compiled its bundles and confined itself. If rules or
 * profiles do not compile, -1 with the first diagnostic. */
int ek_pool_open(struct ek_pool **pool, const struct ek_pool_config *config, struct ek_err *err);
void ek_pool_close(struct ek_pool *pool);

/* What the readers said they lack: NULL for nothing, else "landlock is not available in this
 * kernel" and the like. */
const char *ek_pool_downgrade(const struct ek_pool *pool);

struct ek_pool_page { /* extract, and tag every post found where the pool has rules */
    const char *url;
    ek_time fetched;
    const char *charset;
    const void *body;
    size_t len;
    const char *zone; /* of its times where it names none; NULL */
};

struct ek_pool_text { /* tag one text */
    const void *text;
    size_t len;
    enum ek_text_form form;
    const char *language;
    const struct ek_quote *quotes; /* of a plain one */
    size_t quote_count;
};

/* Queue work. `context` comes back with the result. The bytes are copied. 0 or -1. Submit no more
 * while ek_pool_room is false. */
int ek_pool_submit_page(struct ek_pool *pool, const struct ek_pool_page *page, void *context,
                        struct ek_err *err);
int ek_pool_submit_texts(struct ek_pool *pool, const struct ek_pool_text *texts, size_t count,
                         void *context, struct ek_err *err);
bool ek_pool_room(const struct ek_pool *pool);
/* May packed texts against this dictionary be submitted? (0, none: always) */
bool ek_pool_knows(const struct ek_pool *pool, uint32_t dictionary);

/* Search packed texts: add some to the request that is being made (the bytes are copied), then
 * submit it. places: where the matches stand is wanted, not only how many there are. */
int ek_pool_add_packed(struct ek_pool *pool, const void *packed, size_t len, bool places,
                       struct ek_err *err);
size_t ek_pool_added_bytes(const struct ek_pool *pool); /* in the request that is being made */
int ek_pool_submit_packed(struct ek_pool *pool, void *context, struct ek_err *err);

struct ek_pool_item { /* one page, or one text of a batch */
    bool quarantined;
    const char *reason;  /* why quarantined, or why this text could not be tagged */
    bool failed;         /* not tagged for `reason` (a ceiling); not a crash */
    struct ek_post own;  /* texts given as HTML: own text, quotes, links */
    struct ek_tags tags; /* texts */
};

struct ek_pool_place { /* a match: code points of the own text, half-open */
    uint32_t start, end;
};
struct ek_pool_found {  /* in one packed text */
    const char *reason; /* why it could not be searched, or not to its end; NULL */
    uint64_t matches;
    const struct ek_pool_place *places; /* of every match, if wanted */
    size_t place_count;
};

struct ek_pool_result {
    void *context;
    struct ek_page *page;        /* pages; NULL if quarantined */
    struct ek_tags *page_tags;   /* one a post of the page; NULL without rules */
    struct ek_pool_item *items;  /* 1 for a page, `count` for texts, in their order */
    struct ek_pool_found *found; /* packed texts: `count`, in their order */
    size_t count;
};

/* The next finished work in order of submission: 1 with *result filled from the arena, 0 when
 * none is finished yet (wait = false) or none is pending, -1 on error (readers that cannot be
 * started again). */
int ek_pool_next(struct ek_pool *pool, bool wait, struct ek_arena *arena,
                 struct ek_pool_result *result, struct ek_err *err);

/* For an event loop: descriptors to poll (returns how many, at most max) and the milliseconds
 * until the next deadline (-1: none). After poll, ek_pool_next(wait = false). */
size_t ek_pool_descriptors(const struct ek_pool *pool, struct pollfd *out, size_t max);
int ek_pool_timeout(const struct ek_pool *pool);

#endif
