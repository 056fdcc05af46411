/* author.h - who wrote: accounts, guests, and names without an id.
 *
 * An account is known by the forum's own id. A guest is known by the name that was typed. Pages
 * that leave ids out give only a name: it stands for the account that was seen under that name,
 * else for an author without id, which the account takes over when the two are seen together.
 * An author exists as long as a post is theirs. All names ever seen are kept with their times;
 * the one seen last is shown. Of two accounts that bore one name, the name alone means the one
 * that the store saw under it first. */
#ifndef EKBOM_STORE_AUTHOR_H
#define EKBOM_STORE_AUTHOR_H

#include "store/handle.h"

enum ek_author_kind { EK_AUTHOR_ACCOUNT, EK_AUTHOR_GUEST, EK_AUTHOR_NAMED, EK_AUTHOR_KINDS };

struct ek_author_name {
    const char *name;
    ek_time first, last; /* seen */
};

struct ek_author_record {
    uint64_t forum;
    enum ek_author_kind kind;
    const char *id; /* accounts */
    struct ek_author_name *names;
    size_t name_count;
};

int ek_author_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                  struct ek_author_record *author);
/* In a slice: the record as it is; the names that lead to it are the caller's. */
void ek_author_put(struct ek_store *store, uint64_t number, const struct ek_author_record *author);
/* The author-posts table: this post is theirs. */
void ek_author_post_set(struct ek_txn *txn, uint64_t author, uint64_t post);
/* In a slice: this post is nobody's any more. An author without posts goes, with all names. */
void ek_author_leave(struct ek_store *store, uint64_t author, uint64_t post);
/* The name seen last; NULL if the author never had one. */
const char *ek_author_shown(const struct ek_author_record *author);
/* What pseudonyms are made of: the account's id, "guest:NAME" or "name:NAME". NULL: no memory. */
const char *ek_author_own_id(const struct ek_author_record *author, struct ek_arena *arena);

/* A post's author as one sighting shows it. */
struct ek_author_seen {
    const char *name, *id;
    bool guest;
    ek_time first, last;
};

/* Whose a post is. Known by id beats known by name; then the newer sighting counts. */
enum ek_author_rank { EK_RANK_NOBODY, EK_RANK_NAME, EK_RANK_ID, EK_RANKS };
struct ek_author_claim {
    uint64_t number; /* 0: nobody was named */
    enum ek_author_rank rank;
    ek_time seen;
};

/* In a slice: bring a post's claim up to date with a sighting, and the tables of authors with it.
 * Returns true if a bare name turned out to be an account's: the records of all posts under that
 * name, perhaps this one's too, were then written. */
bool ek_author_learn(struct ek_store *store, uint64_t forum, uint64_t post,
                     const struct ek_author_seen *seen, struct ek_author_claim *claim);

/* Numbers of the authors of a forum that bear or bore a name (at most two: account and guest). */
size_t ek_author_called(struct ek_txn *txn, uint64_t forum, const char *name, uint64_t out[2]);

#endif
