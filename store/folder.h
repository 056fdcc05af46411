/* folder.h - whole folders of a store: made beside, put in place, taken away. */
#ifndef EKBOM_STORE_FOLDER_H
#define EKBOM_STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;

#define EK_MARK "backup"    /* the file that says of a folder that it is a backup (backup.c) */
#define EK_PATH_BYTES 4400u /* a store's path has at most 4,000 */

/* "folder/name" into out. Returns out. */
const char *ek_path(char out[EK_PATH_BYTES], const char *folder, const char *name);

/* Is this the name of a selection file (STORE/selections)? */
bool ek_is_selection(const char *name);

/* Change the names of two things for one another in one step, which is on the disk (their folder
 * synced) when this returns 0. */
int ek_folder_exchange(const char *a, const char *b, struct ek_err *err);
/* Can the file system that this folder lies on do that? 0, or -1 with words. */
int ek_folder_can_exchange(const char *folder, struct ek_err *err);

/* Is everything in it what a store consists of? 0, or -1 naming what is not. */
int ek_folder_check(const char *folder, struct ek_err *err);
/* Remove a store, or a part of one, that was left unfinished or has been replaced. Only what a
 * store consists of is removed: anything else in it is an error as above. Nothing there: 0. */
int ek_folder_remove(const char *folder, struct ek_err *err);
/* What an interrupted compact, rebuild or load left in a store. The caller has the writer lock. */
int ek_leftovers_remove(const char *store, struct ek_err *err);

/* Give the folder of a new environment, and data.mdb in it, the permissions of another. in_place:
 * it will take the other's place: the owners too, and a lock.mdb like the other's. */
int ek_folder_like(const char *made, const char *model, bool in_place, struct ek_err *err);

/* Bytes free for us on the disk of a folder. */
int ek_disk_free(const char *folder, uint64_t *bytes, struct ek_err *err);
/* -1 (EK_FULL) in words if it has fewer than are needed. */
int ek_disk_needs(const char *folder, uint64_t bytes, struct ek_err *err);

#endif
