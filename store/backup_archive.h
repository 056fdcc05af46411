/* backup_archive.h - the archive of a backup. */
#ifndef EKBOM_STORE_BACKUP_ARCHIVE_H
#define EKBOM_STORE_BACKUP_ARCHIVE_H

#include "ekbom/store_care.h"
#include "store/records/archive_ends.h"

struct ek_backup_archive {
    const char *store, *to;     /* folders that have an archive folder each */
    const char *earlier;        /* of an earlier backup, or NULL */
    const struct ek_tail *ends; /* of the records that were copied */
    size_t end_count;
    const struct ek_care_watch *watch;
};
/* Copy the archive's files and note how far they are whole. Adds to the report. */
int ek_backup_archive(const struct ek_backup_archive *archive, struct ek_backup_report *report,
                      struct ek_err *err);
/* Bytes that this will write, at most; what cannot be looked at counts as nothing. */
uint64_t ek_backup_archive_needs(const char *store, const char *earlier);

#endif
