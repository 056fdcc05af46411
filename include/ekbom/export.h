/* export.h - tagged datasets: rows of a table, in a tier of disclosure, written as they come.
 *
 * The caller feeds posts (or threads) in the order it wants; memory is one row. What each column
 * means is in ekbom-export(5). Tiers: `internal` is everything, names and texts. `open` has keyed
 * ids for authors, posts and threads, dates instead of times, and no address and no words: a time
 * to the second finds a post on a public board at once. */
#ifndef EKBOM_EXPORT_H
#define EKBOM_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "ekbom/record.h"

struct ek_err;
struct ek_export;
struct ek_thread;

enum ek_tier { EK_TIER_OPEN, EK_TIER_REVIEW, EK_TIER_INTERNAL, EK_TIERS };

/* Names as the command line has them; ended by NULL. */
extern const char *const ek_tier_names[];          /* open review internal */
extern const char *const ek_export_table_names[];  /* posts quotes threads tags links */
extern const char *const ek_export_format_names[]; /* jsonl csv tsv */

#define EK_EXPORT_KEY_TEXT 17

struct ek_export_config {
    const char *path;   /* "-" is standard output */
    const char *table;  /* NULL: posts */
    const char *format; /* NULL: jsonl */
    enum ek_tier tier;
    const char *ruleset; /* digest, in every row; NULL if nothing is tagged */
    /* Keyed ids of the tiers open and review, as ek_store_pseudonym: kind is author, post or
     * thread; for an author, id is the account's id; where there is none, "guest:" or "name:" and
     * the name. */
    int (*pseudonym)(void *context, const char *kind, const char *forum, const char *id,
                     char out[EK_EXPORT_KEY_TEXT], struct ek_err *err);
    void *context;
};

/* -1 with EK_USAGE for a table, tier or format that there is not. The file appears under its name
 * when ek_export_close succeeds; until then it is a temporary file beside it. */
int ek_export_open(struct ek_export **export, const struct ek_export_config *config,
                   struct ek_err *err);
/* The rows that the table wants from a post (tags may be NULL: not tagged), or from a thread.
 * 0; 1 when nobody reads the output any more (a closed pipe): stop quietly; -1. */
int ek_export_post(struct ek_export *export, const struct ek_entry *entry,
                   const struct ek_tags *tags, struct ek_err *err);
int ek_export_thread(struct ek_export *export, const struct ek_thread *thread, struct ek_err *err);
uint64_t ek_export_rows(const struct ek_export *export); /* written so far */
/* Ends the file and frees the export. On -1 nothing is left. */
int ek_export_close(struct ek_export *export, struct ek_err *err);
/* Frees the export and leaves nothing behind; NULL is allowed. */
void ek_export_cancel(struct ek_export *export);

struct ek_export_column {
    const char *name;
    const char *type; /* text, id, key, time, date, yes/no, integer, number, list, json */
    unsigned tiers;   /* bits 1 << enum ek_tier */
};
/* The columns of a table in every tier, in order: 1, or 0 if there is none at that
 * index. */
int ek_export_column(const char *table, size_t index, struct ek_export_column *column);

#endif
