/* backup_mark.h - the file that says of a folder that it is a backup, and of what. */
#ifndef EKBOM_STORE_BACKUP_MARK_H
#define EKBOM_STORE_BACKUP_MARK_H

#include <stdint.h>

struct ek_err;

struct ek_mark {
    char store[33];  /* the store's id, in hex; "" while the backup is not finished */
    uint64_t change; /* its last change when the copy was made */
};
/* 1; 0 if the folder has none, or is not there; -1. */
int ek_mark_read(struct ek_mark *mark, const char *folder, struct ek_err *err);
/* On the disk, but for the folder's entry, when this returns 0. */
int ek_mark_write(const struct ek_mark *mark, const char *folder, struct ek_err *err);

#endif
