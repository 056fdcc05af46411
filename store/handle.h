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

#define EK_STORE_FORMAT 1u /* of records and index alike */

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
    EK_INDEX_META,
    EK_INDEX_FORUMS,          /* forum number -> when a page of it was last fetched */
    EK_ROWS,                  /* time, post number -> row; one table a generation, even and odd */
    EK_PLACES = EK_ROWS + 2,  /* post number -> time, change number */
    EK_WORDS = EK_PLACES + 2, /* kind, code or language -> its number in the rows */
    EK_INDEX_TABLES = EK_WORDS + 2
};

struct ek_counters { /* last numbers given out */
    uint64_t forum, board, thread, author, post, change;
    uint64_t pages_read, pages_passed_over;
};

struct ek_pending { /* a post whose row the index must rewrite after this slice */
    uint64_t number;
    uint64_t change, before; /* its change number now, and before this change (0: new) */
    bool given;              /* tags are at hand; else the row's own tags stay valid */
    size_t at, len;          /* tags, in pending_tags */
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

    struct ek_txn *slice;
    struct ek_counters counters;
    struct ek_arena *scratch; /* of the page or entry being filed */
    struct ek_arena *spare;   /* of one post being rewritten on the way */
    struct ek_buf value;      /* a value being encoded */
    struct ek_pending *pending;
    size_t pending_count, pending_cap;
    struct ek_buf pending_tags;

    struct ek_packer *packer; /* text compression */
    bool sample;
    char rules_digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES];
    unsigned char key[32];
    bool has_key;
};

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

/* STORE/key, made where it is missing. */
int ek_key_make(const char *folder, struct ek_err *err);
/* Name, file contents and directory entry are on the disk after this. */
int ek_sync_folder(const char *folder, struct ek_err *err);

#endif
