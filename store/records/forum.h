/* forum.h - forums and their boards.
 *
 * A forum is the same over http and https, with and without "www.", whatever the case of its host
 * and a default port: its key is the host and path that remain. The base address shown is the one
 * seen last. */
#ifndef EKBOM_STORE_FORUM_H
#define EKBOM_STORE_FORUM_H

#include "store/handle.h"
#include "store/records/fact.h"

#define EK_FORUM_KEY_BYTES 512u /* longer ones are cut and end in a digest */

/* "example.org/forum/" from "https://www.Example.org:443/forum/". Returns out. */
const char *ek_forum_key(const char *address, char out[EK_FORUM_KEY_BYTES]);

struct ek_forum_record {
    struct ek_fact base, title, software, version, zone;
    ek_time last_fetched;
    uint64_t pages; /* read, not passed over */
};

struct ek_board_record {
    uint64_t forum;
    const char *id;
    struct ek_fact title, parent; /* parent: a board's own id */
};

/* 1, 0, -1. Strings go into the arena. */
int ek_forum_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                 struct ek_forum_record *forum);
int ek_board_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                 struct ek_board_record *board);

/* In a slice: the record as it is; the name that leads to it is the caller's. */
void ek_forum_put(struct ek_store *store, uint64_t number, const struct ek_forum_record *forum);
void ek_board_put(struct ek_store *store, uint64_t number, const struct ek_board_record *board);
/* In a slice: the forum of a page or entry, made where it is new; its number, or 0 on failure.
 * page may be NULL (an entry); read: a page of it was read. */
uint64_t ek_forum_learn(struct ek_store *store, const char *base, const struct ek_page *page,
                        ek_time seen);
/* The board, made where it is new. title and parent may be NULL. */
uint64_t ek_board_learn(struct ek_store *store, uint64_t forum, const char *id, const char *title,
                        const char *parent, ek_time seen);

/* The forum that people mean by a base address or a unique part of one: 1 and its number, -1 with
 * EK_NOT_FOUND or (several) EK_USAGE, listing what there is. */
int ek_forum_meant(struct ek_txn *txn, struct ek_arena *arena, const char *text, uint64_t *number,
                   struct ek_err *err);
/* The bases of all forums, joined with ", " and cut where they are many. */
const char *ek_forum_list(struct ek_txn *txn, struct ek_arena *arena);

#endif
