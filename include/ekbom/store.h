/* store.h - the records of truth, and the index that follows them. The only room that knows LMDB.
 *
 * STORE/records  LMDB: forums, boards, threads, authors, posts, revisions, pages, quarantine,
 *                rule sets, and a log of changed posts (names, addresses and texts are here)
 * STORE/index    LMDB: ids, times, authors by number, tags; derived, with a watermark into that log
 * STORE/archive  WARC files      STORE/key  pseudonym key      STORE/writer  writer lock
 *
 * A slice (ek_store_begin .. ek_store_commit) commits the records first; the index follows up to
 * a watermark and catches up after a crash. No commit spans both. Any number of processes may
 * read beside the one writer. */
#ifndef EKBOM_STORE_H
#define EKBOM_STORE_H

#include "ekbom/archive.h"
#include "ekbom/record.h"
#include "ekbom/store_rules.h"
#include "ekbom/store_status.h"

struct ek_arena;
struct ek_err;
struct ek_store;

enum ek_store_mode { EK_STORE_READ, EK_STORE_WRITE, EK_STORE_VERIFY };

/* EK_STORE_WRITE creates what is missing and takes the writer lock (EK_BUSY names the holder);
 * `program` is what a second writer will be told. Reading needs only the index to be readable:
 * functions that want records fail with EK_IO when those may not be read. EK_STORE_VERIFY is
 * reading for ek_store_verify: one damaged part does not keep it from the other. */
int ek_store_open(struct ek_store **store, const char *folder, enum ek_store_mode mode,
                  const char *program, struct ek_err *err);
void ek_store_close(struct ek_store *store);
const char *ek_store_folder(const struct ek_store *store);

/* Sample data: figures are "sample data, not findings". Sticky. */
bool ek_store_is_sample(struct ek_store *store);
int ek_store_mark_sample(struct ek_store *store, struct ek_err *err);

/* Writing ----------------------------------------------------------------------------------- */

int ek_store_begin(struct ek_store *store, struct ek_err *err);
/* On -1 the slice is undone; but where the message says that only the index could not follow, the
 * records are stored, and their posts are behind until ek_store_put_tags. */
int ek_store_commit(struct ek_store *store, struct ek_err *err);
void ek_store_abort(struct ek_store *store);
/* Bring the index to rest after bulk work (outside a slice): what is due to be merged is. Queries
 * are faster afterwards; nothing is lost without it. */
int ek_store_settle(struct ek_store *store, struct ek_err *err);

struct ek_page_key {
    unsigned char bytes[16];
};
/* Digest of address, fetch time and body: the same page from the same file has the same key. */
void ek_page_key_make(struct ek_page_key *key, const char *url, ek_time fetched, const void *body,
                      size_t len);
/* 1 if the page is known (stored, quarantined or passed over), 0 if not, -1. In or out of a slice.
 */
int ek_store_has_page(struct ek_store *store, const struct ek_page_key *key, struct ek_err *err);

struct ek_page_filing {
    struct ek_page_key key;
    const char *url;
    ek_time fetched;
    int status;
    struct ek_archive_ref archived;
    const char *quarantined; /* reason, or NULL */
};
/* File a page and, where it is a thread page, its posts, with their tags (NULL: none yet). In a
 * slice. page is NULL when quarantined. *changed counts posts new or revised. */
int ek_store_put_page(struct ek_store *store, const struct ek_page_filing *filing,
                      const struct ek_page *page, const struct ek_tags *tags, size_t *changed,
                      struct ek_err *err);
/* File one post that came as a record (JSONL). seen = when it was seen if the entry does not say.
 */
int ek_store_put_entry(struct ek_store *store, const struct ek_entry *entry, ek_time seen,
                       const struct ek_tags *tags, size_t *changed, struct ek_err *err);
/* A JSONL line or batch item that killed a reader: named by status, skipped when seen again. */
int ek_store_quarantine(struct ek_store *store, const char *what, const char *reason,
                        struct ek_err *err);

struct ek_untagged { /* what rules look at, of a post */
    uint64_t number;
    const char *id, *language; /* language: NULL if unknown */
    const void *packed;        /* own text and quotes, as ek_store_texts has them */
    size_t len;
    uint64_t change; /* when the post was last written, in the store's own counting */
};
/* Posts whose tags the index lacks: after a crash, of an index that was made anew, or of the
 * generation that this session began (or goes on with) by ek_store_set_rules. Fills up to `max`;
 * returns how many, or -1. Outside a slice. after (may be NULL): for handing out more before the
 * tags of these are put. 0 at first; as long as it comes back as something else the next call hands
 * out what is behind that. */
int ek_store_untagged(struct ek_store *store, uint64_t *after, struct ek_arena *arena,
                      struct ek_untagged *posts, size_t max, struct ek_err *err);
/* Tags for those, in the same order; commits the index. */
int ek_store_put_tags(struct ek_store *store, const struct ek_untagged *posts,
                      const struct ek_tags *tags, size_t count, struct ek_err *err);

/* Reading ----------------------------------------------------------------------------------- */

/* A post by the store's number: 1, 0 if there is none, -1. with_text = false leaves text, quotes
 * and links out. */
int ek_store_entry(struct ek_store *store, uint64_t number, bool with_text, struct ek_arena *arena,
                   struct ek_entry *entry, struct ek_err *err);
struct ek_revision {
    ek_time first_seen;
    const char *subject, *text;
};
/* 1, 0 if there is no such post, -1. */
int ek_store_revisions(struct ek_store *store, uint64_t number, struct ek_arena *arena,
                       struct ek_revision **revisions, size_t *count, struct ek_err *err);
/* Numbers of the posts that a command line POST ("1195" or "FORUM#1195") can mean. */
int ek_store_find_post(struct ek_store *store, const char *post, struct ek_arena *arena,
                       uint64_t **numbers, size_t *count, struct ek_err *err);
/* Numbers of a thread's posts in thread order (time, then id). thread: "1785" or "FORUM#1785";
 * -1 with EK_USAGE listing the forums if it is ambiguous, EK_NOT_FOUND if there is none. */
int ek_store_find_thread(struct ek_store *store, const char *thread, struct ek_arena *arena,
                         uint64_t **numbers, size_t *count, struct ek_err *err);
/* Every post, ordered by forum, then thread, then post id (numbers as numbers). */
int ek_store_each(struct ek_store *store,
                  int (*visit)(void *context, uint64_t number, struct ek_err *err), void *context,
                  struct ek_err *err);

struct ek_thread { /* one row of `threads` */
    const char *forum, *id, *title, *board_id, *board_title, *url;
    unsigned flags;
    uint64_t posts;
    ek_time first_post, last_post;
};
int ek_store_each_thread(struct ek_store *store,
                         int (*visit)(void *context, const struct ek_thread *thread,
                                      struct ek_err *err),
                         void *context, struct ek_err *err);

/* Where a page lies. 1, 0, -1. */
int ek_store_page(struct ek_store *store, const unsigned char key[16], struct ek_arena *arena,
                  struct ek_page_filing *filing, struct ek_err *err);

#endif
