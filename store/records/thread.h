/* thread.h - threads, and which posts stand in them.
 *
 * The thread-posts table holds a thread's posts in the order of their own ids, each with its
 * time, so that a listing of threads reads one table from end to end. */
#ifndef EKBOM_STORE_THREAD_H
#define EKBOM_STORE_THREAD_H

#include "store/handle.h"
#include "store/records/fact.h"

struct ek_thread_record {
    uint64_t forum, board; /* board 0: not known */
    const char *id;
    struct ek_fact title, url, board_id;
    unsigned flags;
    ek_time flags_seen; /* EK_TIME_UNKNOWN and flags 0: never seen */
};

int ek_thread_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                  struct ek_thread_record *thread);

/* In a slice: the record as it is; the name that leads to it is the caller's. */
void ek_thread_put(struct ek_store *store, uint64_t number, const struct ek_thread_record *thread);

/* In a slice: its title and address are not known, as of a thread never listed. */
void ek_thread_untitle(struct ek_store *store, uint64_t number);

/* Its board alone; 0 if it has none, or on failure. */
uint64_t ek_thread_board(struct ek_txn *txn, uint64_t number);

struct ek_thread_news { /* what a page says of a thread; NULL = nothing */
    const char *id, *title, *url, *board_id;
    bool listed; /* said by a listing, which shows every flag; a thread's own page shows some */
    unsigned flags;
};
/* In a slice: the thread's number, made where it is new; 0 on failure. A thread that moved to
 * another board takes its posts' rows in the index along. */
uint64_t ek_thread_learn(struct ek_store *store, uint64_t forum, const struct ek_thread_news *news,
                         ek_time seen);

/* The thread-posts table. */
void ek_thread_post_set(struct ek_txn *txn, uint64_t thread, const char *id, uint64_t post,
                        ek_time time);
void ek_thread_post_forget(struct ek_txn *txn, uint64_t thread, const char *id);
/* thread 0: of all threads, in the order of their numbers. */
void ek_thread_posts_begin(struct ek_walk *walk, struct ek_txn *txn, uint64_t thread);
int ek_thread_posts_next(struct ek_walk *walk, uint64_t *thread, uint64_t *post, ek_time *time);

#endif
