/* handle.h - an open store, as the parts of this room see it.
 *
 * Reading: every function enters a snapshot and leaves it; calls made inside a visit share the
 * outermost snapshot. The index's snapshot is taken before the records': records commit first,
 * so whatever the index names is in the records. Inside a slice the records are read through it. */
#ifndef EKBOM_STORE_HANDLE_H
#define EKBOM_STORE_HANDLE_H

#include <sys/types.h>

#include "ekbom/buf.h"
#include "ekbom/digest.h"
#include "ekbom/store.h"
#include "store/env.h"

#define EK_STORE_FORMAT 3u  /* of the records; older ones are brought up to it in passing */
#define EK_FORMAT_OLDEST 1u /* that this program reads */
#define EK_INDEX_FORMAT 4u  /* of the index: an older one is made anew */

enum ek_record_table {
    EK_RECORDS_META,
    EK_FORUMS,       /* number -> forum */
    EK_BOARDS,       /* number -> board */
    EK_THREADS,      /* number -> thread */
    EK_AUTHORS,      /* number -> author */
    EK_POSTS,        /* number -> post, without its words */
    EK_REVISIONS,    /* post number, digest -> subject, text, quotes, links */
    EK_NAMES,        /* kind, forum, own id -> number */
    EK_THREAD_POSTS, /* thread, post's own id in order -> post number, time */
    EK_AUTHOR_POSTS, /* author, post number -> nothing */
    EK_CHANGES,      /* change number -> post number: each post once, at its last change */
    EK_PAGES,        /* page key -> page */
    EK_QUARANTINE,   /* page key or digest of a place -> what, reason, when */
    EK_RULE_SETS,    /* digest -> codes and text of a rule set */
    EK_FRONTIER,     /* source, kind, own id -> what a crawl knows of it */
    EK_ROBOTS,       /* digest of a host's address -> its robots.txt */
    EK_RECORD_TABLES
};

enum ek_index_table {
    EK_INDEX_META,   /* format, id, the generation in use, and the runs (run.h) */
    EK_INDEX_FORUMS, /* forum number -> when a page of it was last fetched */
    EK_CHUNKS,       /* chunk, part, generation -> rows, tags, dead rows (chunk.h) */
    EK_WORDS,        /* kind, code or language -> its number in the rows (words.h) */
    EK_GENERATIONS,  /* generation -> digest, progress (generation.h) */
    EK_CODES,        /* generation, code -> nothing: codes that it defines or uses (words.h) */
    EK_BEHIND,       /* generation, post number -> nothing: its tags are not known (behind.h) */
    EK_MARKS,        /* generation, first post -> tags of a generation being built (marks.h) */
    EK_FIRSTS,       /* days of the authors' first posts (firsts.h) */
    EK_INDEX_TABLES
};

struct ek_counters { /* last numbers given out */
    uint64_t forum, board, thread, author, post, change;
    uint64_t pages_read, pages_passed_over;
};

enum ek_tags_known {
    EK_TAGS_UNKNOWN, /* the words changed, and no tags came along */
    EK_TAGS_KEPT,    /* those of the row stay valid */
    EK_TAGS_GIVEN
};

struct ek_pending { /* a post whose row the index must write anew after this slice */
    uint64_t number;
    uint64_t change, before; /* its change number now, and before this change (0: new) */
    enum ek_tags_known known;
    uint64_t forum, thread, author; /* the row, as it will be */
    ek_time time;
    enum ek_precision precision;
    enum ek_state state;
    size_t at, language_len, len; /* in pending_tags: language, then tags where given; len: both */
};

struct ek_store {
    char *folder;
    enum ek_store_mode mode;
    int lock; /* descriptor of STORE/writer, or -1 */
    struct ek_env *records, *index;
    struct ek_err records_refused, index_refused; /* why one of them is NULL */
    dev_t device;                                 /* of the folder: one open a process */
    ino_t inode;
    struct ek_store *next_open;

    unsigned depth; /* nested reading functions */
    struct ek_txn *reading_records, *reading_index;
    struct ek_held *held;     /* the index as queries read it (query/held.h) */
    struct ek_stored *stored; /* the posts of an earlier day (query/stored.h) */

    struct ek_txn *slice;
    struct ek_counters counters;
    struct ek_arena *scratch; /* of the page or entry being filed */
    struct ek_arena *spare;   /* of one post being rewritten on the way; of the index's writing */
    struct ek_buf value;      /* a value being encoded */
    struct ek_pending *pending;
    size_t pending_count, pending_cap;
    struct ek_buf pending_tags;
    uint64_t change_before; /* the last change before this slice */

    struct ek_merger *merger; /* of the index (merge.h) */
    struct ek_coder *coder;   /* ... (coder.h) */
    bool building;            /* rules were set in this session that are not yet swapped in */

    struct ek_packer *packer; /* text compression */
    bool sample;
    char rules_digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES];
    unsigned char key[32];
    bool has_key;
};

/* ek_store_open. anew (writing): with a new index in index.new, beside the one that answers. */
int ek_store_open_as(struct ek_store **store, const char *folder, enum ek_store_mode mode,
                     const char *program, bool anew, struct ek_err *err);

#define EK_NEEDS_RECORDS 1u
#define EK_NEEDS_INDEX 2u
int ek_store_enter(struct ek_store *store, unsigned needs, struct ek_err *err);
/* Give result back, or -1 and the error that a transaction latched meanwhile. */
int ek_store_leave(struct ek_store *store, int result, struct ek_err *err);
/* Where records are read: the slice when there is one. */
struct ek_txn *ek_records(struct ek_store *store);

/* Counters of the records' meta table. */
void ek_counters_load(struct ek_txn *txn, struct ek_counters *counters);
void ek_counters_save(struct ek_txn *txn, const struct ek_counters *counters);

/* STORE/writer. ek_writer_lock returns a descriptor or -1 (EK_BUSY names the holder). */
int ek_writer_lock(const char *folder, const char *program, struct ek_err *err);
void ek_writer_unlock(int fd);

/* STORE/key. A writer makes it where it is missing. */
int ek_key_ensure(struct ek_store *store, struct ek_err *err);
/* Read it; -1 also where it is not the one that the records know. */
int ek_key_check(struct ek_store *store, unsigned char key[32], struct ek_err *err);
/* This is the key from now on (whoever calls it writes the file). */
int ek_key_note(struct ek_store *store, const unsigned char key[32], struct ek_err *err);
/* Name, file contents and directory entry are on the disk after this. */
int ek_sync_folder(const char *folder, struct ek_err *err);

#endif
