/* store_status.h - what a store holds, whether it is sound, and its pseudonyms. Part of store.h. */
#ifndef EKBOM_STORE_STATUS_H
#define EKBOM_STORE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/time.h"

struct ek_arena;
struct ek_err;
struct ek_store;

struct ek_quarantined {
    const char *what; /* address, or file and line */
    const char *reason;
    ek_time when;
};
struct ek_store_forum {
    const char *base, *title, *software, *software_version;
    uint64_t threads, posts, pages;
    ek_time first_post, last_post, last_fetched;
};
struct ek_store_status {
    unsigned format; /* version of the store's format */
    bool sample;
    const char *rules_digest;
    const char *index_refused; /* why figures of the index are missing; NULL: they are there */
    uint64_t posts, revisions, threads, authors, pages, pages_read, pages_passed_over;
    uint64_t not_assessable, undated, undetermined, behind; /* behind: not yet in the index */
    uint64_t records_bytes, index_bytes, archive_bytes;     /* on disk */
    struct ek_store_forum *forums;
    size_t forum_count;
    struct ek_quarantined *quarantined;
    size_t quarantine_count;
};
int ek_store_status(struct ek_store *store, struct ek_arena *arena, struct ek_store_status *status,
                    struct ek_err *err);

/* Check every reference, count and digest, archive included: index = records, pages = archive.
 * Calls report for each finding and goes on. Returns the number of findings, or -1. */
long ek_store_verify(struct ek_store *store, void (*report)(void *context, const char *finding),
                     void *context, struct ek_err *err);

/* Pseudonyms for open exports: 16 hex digits keyed with the store's key. kind: "author", "post",
 * "thread". The id of an author without account is "guest:NAME" or, where the page did not say
 * which, "name:NAME". The forum's base is normalised. */
#define EK_PSEUDONYM_TEXT 17
int ek_store_pseudonym(struct ek_store *store, const char *kind, const char *forum, const char *id,
                       char out[EK_PSEUDONYM_TEXT], struct ek_err *err);

#endif
