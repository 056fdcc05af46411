/* import.h - archives and datasets into a store: archive, extract, tag, file.
 *
 * Import is re-runnable: a page or post that the store knows changes nothing, and an import that
 * was killed goes on where it stopped when it is run again. */
#ifndef EKBOM_IMPORT_H
#define EKBOM_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_arena;
struct ek_bundle;
struct ek_entry;
struct ek_err;
struct ek_pool;
struct ek_pool_item;
struct ek_store;
struct ek_tags;

struct ek_import_report {
    uint64_t records;     /* WARC records or JSONL lines read */
    uint64_t pages;       /* pages filed now (JSONL: 0) */
    uint64_t known;       /* pages that the store had already */
    uint64_t posts;       /* posts seen in them */
    uint64_t changed;     /* posts new or revised */
    uint64_t passed_over; /* records that are no pages: images, feeds, redirects */
    uint64_t quarantined; /* pages or posts that a reader could not read */
    uint64_t refused;     /* JSONL lines that are not posts */
    bool cut_short;       /* the file ends in the middle or is damaged further on */
};

struct ek_import {          /* what an import works with; all owned by the caller */
    struct ek_store *store; /* opened for writing */
    bool retry;             /* pages in quarantine are read again */
    struct ek_pool *pool;   /* with the profiles and the store's current rules */
    /* Called for what a person should know: one line each, with the place. */
    void (*say)(void *context, const char *line);
    /* Called now and then with the counts so far. */
    void (*progress)(void *context, const struct ek_import_report *report);
    void *context;
};

/* Import one file: WARC (plain or gzip), or posts as JSONL ("-" is not taken). 0 with the report,
 * also when the file is cut short; -1 when the file cannot be opened or is neither, or when the
 * store cannot be written: what was committed stays, nothing is half-written. */
int ek_import_file(const struct ek_import *import, const char *path,
                   struct ek_import_report *report, struct ek_err *err);

/* Make this rule set the store's newest generation, with its codes; ek_store_swap puts it in force
 * where there was another. -1, with nothing changed, if it does not compile. */
int ek_put_rules(struct ek_store *store, const struct ek_bundle *bundle, struct ek_err *err);

struct ek_tagged {
    uint64_t posts;
    uint64_t undetermined; /* of them: a rule reached a limit, or the reader died of the post */
};
/* Tag every post whose tags the index lacks, in batches through the pool. */
int ek_tag_behind(struct ek_store *store, struct ek_pool *pool,
                  void (*progress)(void *context, uint64_t posts), void *context,
                  struct ek_tagged *tagged, struct ek_err *err);
/* Tags (with hits) of entries, in their order, into the arena; in requests that a reader can take.
 */
int ek_tag_entries(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                   struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err);
/* The tags of an item; where it could not be tagged, "all" is undetermined, for the item's reason.
 */
int ek_item_tags(const struct ek_pool_item *item, struct ek_arena *arena, struct ek_tags *tags,
                 struct ek_err *err);

#endif
