/* relations.h - theories and people, post by post: who brought a theory up, who is active, whose
 * main theory changed, which theory answers which.
 *
 * These questions read every post of the selection in the order of time (0.1 to 0.3 us each), where
 * those of aggregate.h add bitmaps up. "Tagged" is as in ek_query_timeline: stances, target, hedged
 * and experience hold for the tag. Theories are those of the selection; where it names none, every
 * theory of the rule set but those within another (bid/transport, which bid takes in). Answers lie
 * in the caller's arena; memory is that of the authors, and of the tagged posts for replies. */
#ifndef EKBOM_RELATIONS_H
#define EKBOM_RELATIONS_H

#include "ekbom/query.h"

/* Firsts -------------------------------------------------------------------------------------- */

enum ek_place_kind { EK_IN_THREAD, EK_IN_BOARD, EK_IN_FORUM };
struct ek_mention { /* the first post of a place that is tagged with the theory */
    const char *theory;
    uint64_t post, thread, author; /* the store's own numbers; author 0: nobody was named */
    ek_time time;                  /* unknown: none of the place's tagged posts has a time */
    enum ek_precision precision;
    enum ek_stance stance;
};
struct ek_mentions {
    struct ek_mention *items; /* by theory as asked, then in the order of time */
    size_t count;
    const char *rules_digest;
};
/* Of posts of the same time the one that the store saw first. */
int ek_query_first(struct ek_store *store, const struct ek_selection *selection,
                   enum ek_place_kind within, struct ek_arena *arena, struct ek_mentions *mentions,
                   struct ek_err *err);

/* Authors ------------------------------------------------------------------------------------- */

struct ek_activity { /* of one author, in the posts selected */
    uint64_t author, posts, threads, tagged;
    ek_time first, last;     /* of the dated posts; unknown without one */
    const char *main_theory; /* in most of them; NULL: in none, or several in as many */
    uint64_t main_theory_posts;
};
struct ek_activities {
    struct ek_activity *items; /* most posts first */
    size_t count;
    uint64_t nobody; /* posts that name no author */
    const char *rules_digest;
};
int ek_query_authors(struct ek_store *store, const struct ek_selection *selection,
                     struct ek_arena *arena, struct ek_activities *activities, struct ek_err *err);

/* Switching ----------------------------------------------------------------------------------- */

struct ek_move {
    uint64_t authors, moves; /* an author may move the same way twice */
    int first, last;         /* buckets in which such a move arrived */
};
struct ek_switches {
    const char **theories;
    size_t count;
    /* [from * count + to]: from an author's main theory of a bucket to that of the next bucket in
     * which the author has one; with from = to those who kept theirs. */
    struct ek_move *moves;
    uint64_t authors; /* with a main theory in two buckets or more */
    uint64_t tied;    /* an author's buckets in which several theories led: they have none */
    const char *rules_digest;
};
/* A main theory is the one that most of an author's posts of the bucket are tagged with. */
int ek_query_switching(struct ek_store *store, const struct ek_selection *selection,
                       enum ek_bucket_size size, struct ek_arena *arena,
                       struct ek_switches *switches, struct ek_err *err);

/* Replies ------------------------------------------------------------------------------------- */

struct ek_answer {
    uint64_t posts, authors;
};
struct ek_replies {
    const char **theories;
    size_t count;
    struct ek_answer *answers; /* [quoted * count + answering] */
    struct ek_answer *all;     /* [quoted]: whatever theory answers, each post once */
    const char *rules_digest;
};
/* Posts tagged with a theory that quote, at the first level, a post of somebody else that is tagged
 * with one. The selection holds for the post that answers; of the post that is quoted target, file
 * and rules are asked, and that it is not hidden. */
int ek_query_replies(struct ek_store *store, const struct ek_selection *selection,
                     struct ek_arena *arena, struct ek_replies *replies, struct ek_err *err);

/* People -------------------------------------------------------------------------------------- */

#define EK_PERSON_PSEUDONYM 17
struct ek_person {
    const char *forum, *name, *id; /* id: of an account, else NULL; name may be NULL */
    char pseudonym[EK_PERSON_PSEUDONYM];
};
/* An author by the store's number. 1, 0 if there is none, -1 (also without the store's key). */
int ek_store_person(struct ek_store *store, uint64_t author, struct ek_arena *arena,
                    struct ek_person *person, struct ek_err *err);

#endif
