/* forgotten.h - what the store was told to forget, so that no page brings it back.
 *
 * A mark is a keyed digest of an id, a name or some words, among the meta entries of the records:
 * it tells whether something that a page shows was forgotten, and nothing else. Words have marks of
 * their own where others repeat them: a title, and a quote that names no post. */
#ifndef EKBOM_STORE_FORGOTTEN_H
#define EKBOM_STORE_FORGOTTEN_H

#include "store/handle.h"

enum ek_forgotten_kind {
    EK_FORGOTTEN_POST = 'P',
    EK_FORGOTTEN_ACCOUNT = 'A',
    EK_FORGOTTEN_NAME = 'N',  /* shown without an account, or in a quote */
    EK_FORGOTTEN_TITLE = 'T', /* of a thread, or the subject of a post: see ek_forgotten_title */
    EK_FORGOTTEN_QUOTE = 'Q'  /* thread, author and text: see ek_forgotten_quote */
};

#define EK_FORGOTTEN_KEY_BYTES 16u
#define EK_FORGOTTEN_SECRET_BYTES 32u

struct ek_forgotten {
    struct ek_txn *txn;
    bool any; /* nothing was ever forgotten: nothing is looked up */
    unsigned char secret[EK_FORGOTTEN_SECRET_BYTES];
};

/* In a snapshot or slice of the records. */
void ek_forgotten_open(struct ek_forgotten *forgotten, struct ek_txn *txn);
/* id may be NULL: no. */
bool ek_forgotten_holds(const struct ek_forgotten *forgotten, enum ek_forgotten_kind kind,
                        uint64_t forum, const char *id);
/* In a slice. The first mark makes the secret. */
void ek_forgotten_put(struct ek_forgotten *forgotten, enum ek_forgotten_kind kind, uint64_t forum,
                      const char *id, ek_time when);

/* "Re: ..." */
bool ek_forgotten_answers(const char *subject); /* NULL: no */
/* What stands for a title in one thread, however often it was answered; NULL if there is none. */
const char *ek_forgotten_title(struct ek_arena *arena, const char *thread, const char *title);
/* What stands for a quote in one thread; NULL if it names nobody. */
const char *ek_forgotten_quote(struct ek_arena *arena, const char *thread,
                               const struct ek_quote *quote);

/* Whether a post that a page shows is to be left out. */
bool ek_forgotten_is_post(const struct ek_forgotten *forgotten, uint64_t forum,
                          const struct ek_post *post);

struct ek_scrubbed { /* what was taken out of others' posts */
    uint64_t quotes, links, subjects;
};
/* Take out of a post's words what they hold of others that was forgotten: quotes and links of it,
 * a subject that is its title. Lists are the arena's where they change. True if anything went. */
bool ek_forgotten_scrub(const struct ek_forgotten *forgotten, uint64_t forum, const char *thread,
                        struct ek_arena *arena, struct ek_post *post, struct ek_scrubbed *scrubbed);

/* What stays in the place of a forgotten post is called so, and then its number. */
#define EK_FORGOTTEN_ID "forgotten-"
/* Is it such a one? */
bool ek_forgotten_is_empty(const struct ek_entry *entry);

/* As they lie, for a dump. Inside a snapshot. */
struct ek_forgotten_mark {
    unsigned char key[EK_FORGOTTEN_KEY_BYTES]; /* zeros: the secret */
    ek_time when;
    unsigned char secret[EK_FORGOTTEN_SECRET_BYTES];
};
int ek_forgotten_each(struct ek_txn *txn,
                      int (*visit)(void *context, const struct ek_forgotten_mark *mark),
                      void *context);
void ek_forgotten_keep(struct ek_txn *txn, const struct ek_forgotten_mark *mark);

#endif
