/* store_care.h - a store copied, made smaller, built anew, written out as text and read back. */
#ifndef EKBOM_STORE_CARE_H
#define EKBOM_STORE_CARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;
struct ek_store;

struct ek_care_watch { /* how far long work is; may be NULL */
    void (*progress)(void *context, const char *doing, uint64_t bytes);
    void *context;
};

/* Backup ------------------------------------------------------------------------------------ */

struct ek_backup_report {
    bool renewed;       /* an earlier backup was brought up to date */
    bool without_index; /* the store has none that can be read; the next writer makes it anew */
    uint64_t records_bytes, index_bytes, archive_bytes; /* in the backup */
    uint64_t archive_copied;                            /* of the archive, now */
    size_t missing; /* archive files that pages refer to and that the store itself lacks */
    char missing_file[96];
};
/* Copy a store that is open for reading, beside its writer: records and index as they are at one
 * moment, the archive as far as those records refer to it and what lies behind, the key, the log
 * and the selection files. `to` is a folder that is not there or empty, or an earlier backup of the
 * same store, which is brought up to date: it stays what it was until the new one takes its place
 * in one step. */
int ek_store_backup(struct ek_store *store, const char *to, const struct ek_care_watch *watch,
                    struct ek_backup_report *report, struct ek_err *err);

/* Compaction -------------------------------------------------------------------------------- */

/* 0, or -1 (EK_NOT_FOUND) in words: opening a store for writing would make one. */
int ek_store_is_there(const char *folder, struct ek_err *err);

struct ek_compact_report {
    uint64_t records_before, records_after, index_before, index_after; /* bytes on the disk */
};
/* Write records and index of a store that is open for writing anew, without the free pages in
 * between, and put them in the place of the old. Close the store after it, whatever it returns:
 * it has the old files. At every moment the store is the old one or the new one. */
int ek_store_compact(struct ek_store *store, const struct ek_care_watch *watch,
                     struct ek_compact_report *report, struct ek_err *err);

/* Open a store for writing with a new and empty index beside the one that answers. Every post is
 * then behind (ek_store_untagged) under the rule set in use; tags of other rule sets are not
 * taken along. Closing it without ek_store_rebuilt leaves the old index. */
int ek_store_rebuild(struct ek_store **store, const char *folder, const char *program,
                     struct ek_err *err);
/* Put the new index in the place of the old one, also where that is damaged or missing. Close the
 * store after it. */
int ek_store_rebuilt(struct ek_store *store, struct ek_compact_report *report, struct ek_err *err);

/* Dump and load ----------------------------------------------------------------------------- */

struct ek_dump_report {
    uint64_t posts, revisions, lines;
    size_t archive_files;
    size_t missing; /* archive files that could not be read: without digest in the dump, or not
                       taken over by the load */
    char missing_file[96], missing_why[200];
};
/* Write everything that is true of a store to a file, or "-", as text (ekbom-dump(5)). 0, or -1
 * and no file; *nobody_reads: standard output was closed by its reader. */
int ek_store_dump(struct ek_store *store, const char *path, const struct ek_care_watch *watch,
                  struct ek_dump_report *report, bool *nobody_reads, struct ek_err *err);

struct ek_load {
    const char *folder;  /* where the store is made: not there, or empty */
    const char *program; /* for the writer lock */
    int fd;              /* the dump */
    const char *name;    /* ... and what to call it */
    const char *archive; /* a folder with the archive files that the dump names; NULL: none */
};
/* Make a store of a dump. There is none until the dump was read to its end and found whole. Its
 * index is made by the next writer. -1 with the line and what is wrong with it. */
int ek_store_load(const struct ek_load *load, const struct ek_care_watch *watch,
                  struct ek_dump_report *report, struct ek_err *err);

/* The disk ---------------------------------------------------------------------------------- */

struct ek_disk_limits {
    uint64_t keep_free; /* bytes to be left free on the disk; 0: no limit */
    uint64_t most;      /* bytes that the store may take; 0: no limit */
};
enum ek_disk_state { EK_DISK_AMPLE, EK_DISK_LOW, EK_DISK_FULL };
struct ek_disk {
    enum ek_disk_state state;
    uint64_t free;  /* bytes on the disk */
    uint64_t taken; /* by the store; 0 where there is no limit to it */
};
/* How full the disk of a store is, as those limits have it. `before`: the state that was found the
 * last time (what was full stays so until there is clearly more room). */
int ek_store_disk(const char *folder, const struct ek_disk_limits *limits,
                  enum ek_disk_state before, struct ek_disk *disk, struct ek_err *err);

#endif
