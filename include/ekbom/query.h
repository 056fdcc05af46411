/* query.h - which posts: selections, the posts themselves, and their shares over time. What posts
 * add up to otherwise is in aggregate.h. Together they are what every query command is made of. */
#ifndef EKBOM_QUERY_H
#define EKBOM_QUERY_H

#include "ekbom/record.h"

struct ek_arena;
struct ek_err;
struct ek_store;

enum ek_wanted { EK_ANY, EK_NO, EK_YES };

/* A condition of a selection file. */
enum ek_named_kind {
    EK_NAMED_FORUM,
    EK_NAMED_BOARD,
    EK_NAMED_THREAD,
    EK_NAMED_AUTHOR,
    EK_NAMED_POST,
    EK_NAMED_LANGUAGE,
    EK_NAMED_KINDS
};
struct ek_named {
    enum ek_named_kind kind;
    const char *value;  /* as in a selection */
    const char *forum;  /* that the name is looked for in; NULL: any */
    const char *reason; /* why it is left out */
    const char *place;  /* "file:line", for messages */
};

struct ek_selection {            /* all conditions must hold; an empty list is no condition */
    const char *const *theories; /* a post with any of them; "bid" includes "bid/transport" */
    size_t theory_count;
    const char *const *treatments;
    size_t treatment_count;
    unsigned stances;          /* bits 1 << enum ek_stance; 0 = every stance */
    bool cramps, both_targets; /* default: target rls only */
    const char *forum;         /* base address, or a part of it that is unique */
    const char *board;         /* the board's own id, or its exact title */
    const char *thread;        /* the thread's own id, or FORUM#ID */
    const char *author;        /* a name shown, or a pseudonym */
    const char *language;      /* primary subtag or tag, or "unknown" */
    unsigned states;           /* bits 1 << enum ek_state; 0 = live, edited and gone */
    /* The author's first dated post was written on a day before this period's start; on a day
     * within this one. 0, 0: any */
    struct ek_period author_first_seen_before, author_first_seen;
    /* from = until = 0: all, undated included; open ends are INT64_MIN and INT64_MAX */
    struct ek_period period;
    enum ek_wanted hedged, experience;
    bool undetermined;         /* only posts with an undetermined rule */
    bool not_assessable;       /* only posts that could not be assessed */
    bool quoted;               /* theories that stand in quotes only, instead of the author's own */
    ek_time stored_until;      /* as the store stood before this moment; 0: as it is now */
    const char *rules_version; /* digest of a tag generation or its beginning; NULL: the current */
    /* Of forums, boards and languages listed the post must be in one of each kind; ... */
    const struct ek_named *only;
    size_t only_count;
    const struct ek_named *left_out; /* ... and none of these may hold */
    size_t left_out_count;
};
/* The stance, hedged, experience and target conditions hold for the tag that matched; what is only
 * quoted has none of them, so that they and `quoted` together are EK_USAGE. */

/* Check names against the store: unknown theory, board, forum, thread, author give EK_USAGE with
 * the nearest names. Call once; the functions below call it too. */
int ek_selection_check(struct ek_store *store, const struct ek_selection *selection,
                       struct ek_err *err);

struct ek_stored_posts {
    uint64_t held;    /* posts that the store had then, in any state */
    uint64_t changed; /* of those, the ones with another text since: tags are those of today's */
};
/* Of a selection with stored_until. */
int ek_query_stored(struct ek_store *store, const struct ek_selection *selection,
                    struct ek_stored_posts *posts, struct ek_err *err);

struct ek_index_tag {
    const char *code;
    bool treatment;
    enum ek_stance stance;
    bool hedged, experience, cramps, undetermined, quoted;
};
struct ek_index_row {                              /* one post as the index knows it */
    uint64_t number, forum, board, thread, author; /* the store's own numbers */
    ek_time time;
    enum ek_precision precision;
    enum ek_state state;
    bool assessable;
    const struct ek_index_tag *tags;
    size_t tag_count;
};

enum ek_order { EK_OLDEST_FIRST, EK_NEWEST_FIRST };
/* Visit the selected posts in time order (undated last). visit returns 0 to go on, 1 to stop, -1
 * with err filled. The row is valid during the call only. */
int ek_query_posts(struct ek_store *store, const struct ek_selection *selection,
                   enum ek_order order,
                   int (*visit)(void *context, const struct ek_index_row *row, struct ek_err *err),
                   void *context, struct ek_err *err);

/* How many posts such a visit comes to, without visiting them. */
int ek_query_matched(struct ek_store *store, const struct ek_selection *selection,
                     uint64_t *matched, struct ek_err *err);

struct ek_series_bucket {
    int bucket;                   /* see ek_bucket_of */
    uint64_t posts_tagged, posts; /* k and n */
    double share, low, high;      /* 95 %, cluster-aware (authors and threads); NAN if no posts */
    double design_effect;         /* NAN where it cannot be told */
    bool few_clusters;            /* fewer than EK_MIN_CLUSTERS authors or threads: no interval */
    uint64_t authors_tagged, authors, threads;
    double author_share;
    bool partial;  /* the period had not ended when the forum was last seen */
    bool withheld; /* 1 to 4 tagged authors */
};
struct ek_series {
    const char *theory;               /* "any" for any theory */
    const char *split;                /* the caller's, of what part it is; NULL: of all */
    struct ek_series_bucket *buckets; /* every bucket from first to last, empty ones included */
    size_t count;
};
/* The posts counted: all that the selection allows; of those, the ones with a tag of any theory;
 * or, where author or thread are selected, all of the board (of the thread) that they stand in. */
enum ek_denominator { EK_OF_ALL, EK_OF_ANY_THEORY, EK_OF_BOARD };
struct ek_timeline {
    struct ek_series *series;
    size_t count;
    uint64_t undated, not_assessable; /* of the selected posts, beside the rows */
    const char *rules_digest;
};
/* Counts of each theory by bucket. selection->theories says which (none: every theory of the rule
 * set); its stances, target, hedged and experience define "tagged", all else defines the posts
 * counted in the denominator. */
int ek_query_timeline(struct ek_store *store, const struct ek_selection *selection,
                      enum ek_bucket_size size, enum ek_denominator denominator,
                      struct ek_arena *arena, struct ek_timeline *timeline, struct ek_err *err);

/* The languages that posts of the store have, as primary subtags, sorted, "unknown" first. */
int ek_store_languages(struct ek_store *store, struct ek_arena *arena, const char ***languages,
                       size_t *count, struct ek_err *err);

#endif
