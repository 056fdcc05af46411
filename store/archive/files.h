/* files.h - the archive's files: appending, making durable, taking back. Private to
 * store/archive. */
#ifndef EKBOM_STORE_ARCHIVE_FILES_H
#define EKBOM_STORE_ARCHIVE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;
struct ek_files;

/* The files of a folder, which must exist; a torn record at the end of one is cut off. */
int ek_files_open(struct ek_files **files, const char *folder, struct ek_err *err);
void ek_files_close(struct ek_files *files); /* does not flush; NULL is allowed */
const char *ek_files_path(const struct ek_files *files);

/* A file of which a length is noted is not there. */
bool ek_files_misses(const struct ek_files *files, const char *name);
/* Choose the file that ek_files_append adds to; made if it is not there. *length: its length. */
int ek_files_choose(struct ek_files *files, const char *name, uint64_t *length, struct ek_err *err);
/* All of the bytes behind the chosen file's last record, or none. */
int ek_files_append(struct ek_files *files, const char *bytes, size_t len, struct ek_err *err);

/* See ek_archive_flush and ek_archive_rollback. */
int ek_files_flush(struct ek_files *files, struct ek_err *err);
void ek_files_rollback(struct ek_files *files);

#endif
