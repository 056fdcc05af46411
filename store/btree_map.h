/* btree_map.h - a data file read without LMDB, trusting nothing in it.
 *
 * LMDB believes every byte: a changed one in a page's own numbers ends the process, sends it round
 * in circles, or hides keys without a word. So reading goes through these files, which check each
 * page when it is first used; LMDB is left with what it does well, the snapshots: as long as a
 * transaction of it is open, the pages that its snapshot has stay what they are. */
#ifndef EKBOM_STORE_BTREE_MAP_H
#define EKBOM_STORE_BTREE_MAP_H

#include <stdbool.h>

#include "ekbom/error.h"
#include "store/btree_page.h"

#define EK_MAP_TABLES 16u /* tables of one file at most */

struct ek_map; /* one data file */

struct ek_snapshot { /* what one transaction sees */
    uint64_t number, last_page;
    struct ek_btree free, names;
    struct ek_btree tables[EK_MAP_TABLES]; /* in the order in which they were asked for */
    bool has[EK_MAP_TABLES];
};

struct ek_fault { /* what is wrong with a page; they read on as "page 17 WHAT" */
    uint64_t page;
    const char *what;
};

/* The heads of folder/data.mdb, before anything else opens it. -1: EK_NOT_FOUND, EK_VERSION, or
 * EK_FORMAT where they are damaged or cut off. */
int ek_heads_check(const char *folder, struct ek_err *err);

/* The file behind an open descriptor, which is duplicated; `folder` is for messages. `tables`:
 * names, ends with NULL, at most EK_MAP_TABLES; they must outlive the map. writer: nobody but this
 * process writes the file, so that a page which was checked once stays so. */
int ek_map_open(struct ek_map **map, const char *folder, int file, const char *const *tables,
                bool writer, struct ek_err *err);
void ek_map_close(struct ek_map *map); /* NULL is allowed */

/* The newest snapshot. Call it when LMDB's transaction has begun. The pages of earlier ones stay
 * mapped. 0, -1. */
int ek_map_look(struct ek_map *map, struct ek_snapshot *snapshot, struct ek_err *err);

/* A page that was checked, or NULL and what is wrong. */
const unsigned char *ek_map_page(struct ek_map *map, const struct ek_snapshot *snapshot,
                                 uint64_t number, enum ek_btree_page kind, enum ek_btree_use use,
                                 struct ek_fault *fault);
/* The same if it was checked in this snapshot already, else NULL. */
const unsigned char *ek_map_checked(const struct ek_map *map, const struct ek_snapshot *snapshot,
                                    uint64_t number, enum ek_btree_page kind);
/* A long value. */
const unsigned char *ek_map_long(struct ek_map *map, const struct ek_snapshot *snapshot,
                                 const struct ek_btree_node *node, uint64_t *pages,
                                 struct ek_fault *fault);

/* Is the list of free pages whole? Its pages are then known as free: what a tree of this snapshot
 * names among them is a fault of ek_map_page. 0, -1. */
int ek_map_load_free(struct ek_map *map, const struct ek_snapshot *snapshot,
                     struct ek_fault *fault);
/* Is a page listed as free? What could not be loaded lists nothing. */
bool ek_map_is_free(const struct ek_map *map, uint64_t page);
/* -1 if there are tables that nobody asked for. */
int ek_map_no_other_tables(struct ek_map *map, const struct ek_snapshot *snapshot,
                           struct ek_err *err);

/* "FOLDER is damaged: page 17 ...". Returns -1. */
int ek_map_fail(const struct ek_map *map, const struct ek_fault *fault, struct ek_err *err);

#endif
