/* panel_rows.h - the posts counted, one by one, as statistics.h's panels want them.
 *
 * What two windows add up to does not tell whether the same authors wrote in both: for that every
 * post is handed out with its author, its thread and its window. 12 bytes a post, and as many again
 * for boards, groups and numbers; the arena is the caller's (EK_PANEL_BYTES holds 40 M posts). */
#ifndef EKBOM_PANEL_ROWS_H
#define EKBOM_PANEL_ROWS_H

#include "ekbom/query.h"
#include "ekbom/statistics.h"

enum ek_grouping {
    EK_GROUP_NONE,
    EK_GROUP_FORUM,
    EK_GROUP_LANGUAGE,
    EK_GROUP_COHORT, /* 0: the author's first dated post is older than cohort_from; 1: it is not */
    EK_GROUPINGS
};

struct ek_panel_question {
    const struct ek_selection *selection; /* as in ek_query_count; its period is not looked at */
    enum ek_denominator denominator;
    const struct ek_period *windows; /* in order of time, none within another; at least one */
    size_t window_count;
    bool by_stance; /* the posts of each stance too */
    bool numbers, boards;
    enum ek_grouping grouping;
    ek_time cohort_from;
};

struct ek_panel_rows {
    struct ek_panel_posts posts; /* of the windows, which are its buckets; undated posts are none */
    const char **theories;       /* as asked for, or sorted */
    size_t theory_count;
    struct ek_tagged *tagged;  /* [theory] */
    struct ek_tagged *stances; /* [theory * EK_STANCES + stance]; NULL: not asked for */
    uint32_t *number;          /* the store's own, of each post; NULL: not asked for */
    uint32_t *board;           /* ... */
    uint32_t *group;           /* 0 .. group_count - 1 */
    const char **group_names;  /* address of the forum, language ("unknown"), cohort */
    size_t group_count;
    uint64_t undated, not_assessable; /* of the posts selected, beside the rows */
    ek_time read_until; /* the oldest of the times at which the forums of these posts were last
                         * read; INT64_MAX where there are no posts */
    const char *rules_digest; /* NULL: no tags yet */
};
/* Everything lies in the arena. Forum names need the records to be readable. */
int ek_query_panel(struct ek_store *store, const struct ek_panel_question *question,
                   struct ek_arena *arena, struct ek_panel_rows *rows, struct ek_err *err);

/* When the posts counted were written. */
struct ek_span {
    int first, last;    /* months, as ek_bucket_of; with posts */
    uint64_t posts;     /* dated; 0: the months say nothing */
    ek_time read_until; /* as above */
};
int ek_query_span(struct ek_store *store, const struct ek_selection *selection,
                  enum ek_denominator denominator, struct ek_span *span, struct ek_err *err);

#endif
