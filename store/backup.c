/* backup.c - a store copied beside its writer. See ekbom/store_care.h.
 *
 * Records and index are read in two transactions begun together, so that the copy is the store as
 * it was at one moment; what those records refer to in the archive was on the disk before they
 * were committed and never changes, so the archive is copied after them, when the transactions
 * have ended: a long one keeps a store from using its free pages again.
 *
 * All of it is made in TO.unfinished, which takes the name TO in one step: a kill leaves TO what it
 * was, and an unfinished folder that the next run removes. An earlier backup is brought up to date
 * in the same way: its archive files are linked into the new folder and only what was added since
 * is written behind what they have, which the earlier backup does not refer to. The names of the
 * two folders are then exchanged, and the earlier one is removed. */
#include "ekbom/store_care.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup_archive.h"
#include "store/backup_mark.h"
#include "store/env_copy.h"
#include "store/file_copy.h"
#include "store/folder.h"
#include "store/handle.h"

#define UNFINISHED ".unfinished"

struct backup {
    struct ek_store *store;
    char to[EK_PATH_BYTES], unfinished[EK_PATH_BYTES];
    struct ek_mark mark, earlier;
    struct ek_tail *ends; /* of the archive, as the copied records refer to it */
    size_t end_count;
    bool made; /* the unfinished folder is ours */
    int lock;  /* its descriptor */
    const struct ek_care_watch *watch;
    struct ek_backup_report *report;
};

/* The target -------------------------------------------------------------------------------- */

static bool is_empty(const char *folder)
{
    DIR *items = opendir(folder);
    struct dirent *item;
    bool empty = items != NULL;
    while (empty && (item = readdir(items)))
        empty = strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0;
    if (items)
        closedir(items);
    return empty;
}

/* A folder that is there lies on the disk of the folder above, where the new one is made. */
static int check_place(const struct backup *backup, const struct stat *folder, struct ek_err *err)
{
    char above[EK_PATH_BYTES];
    struct stat parent;
    ek_path(above, backup->to, "..");
    if (stat(above, &parent) != 0)
        return ek_fail_errno(err, "%s", above);
    if (parent.st_dev != folder->st_dev)
        return ek_fail(err, EK_USAGE,
                       "%s is where a disk is mounted: name a folder in it for the backup",
                       backup->to);
    return 0;
}

static int check_earlier(const struct backup *backup, struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    if (access(ek_path(path, backup->to, "writer"), F_OK) == 0)
        return ek_fail(err, EK_USAGE,
                       "%s is in use as a store and is a backup no more: choose another folder",
                       backup->to);
    return ek_folder_check(backup->to, err);
}

static int check_target(struct backup *backup, struct ek_err *err)
{
    struct stat target;
    if (lstat(backup->to, &target) != 0)
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s", backup->to);
    if (!S_ISDIR(target.st_mode))
        return ek_fail(err, EK_USAGE, "%s is there and is no folder: choose another name",
                       backup->to);
    if (check_place(backup, &target, err) != 0)
        return -1;
    int marked = ek_mark_read(&backup->earlier, backup->to, err);
    if (marked < 0)
        return -1;
    if (!marked && !is_empty(backup->to))
        return ek_fail(err, EK_USAGE,
                       "%s is there and is no backup that ekbom made: choose another folder",
                       backup->to);
    backup->report->renewed = marked;
    return marked ? check_earlier(backup, err) : 0;
}

static int lock_unfinished(struct backup *backup, struct ek_err *err)
{
    backup->lock = open(backup->unfinished, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (backup->lock < 0)
        return ek_fail_errno(err, "%s", backup->unfinished);
    if (flock(backup->lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return ek_fail(err, EK_BUSY, "%s: another backup to it is under way", backup->to);
    return 0;
}

static void unlock_unfinished(struct backup *backup)
{
    if (backup->lock >= 0)
        close(backup->lock);
    backup->lock = -1;
}

/* What a run that was cut off left. */
static int remove_unfinished(struct backup *backup, struct ek_err *err)
{
    struct ek_mark mark;
    if (lock_unfinished(backup, err) != 0)
        return -1;
    int marked = ek_mark_read(&mark, backup->unfinished, NULL);
    if (!marked && !is_empty(backup->unfinished))
        return ek_fail(err, EK_USAGE, "%s is there and is not ekbom's: move it away",
                       backup->unfinished);
    int result = ek_folder_remove(backup->unfinished, err);
    unlock_unfinished(backup);
    return result;
}

static int make_unfinished(struct backup *backup, struct ek_err *err)
{
    static const char *const parts[] = {"records", "index", "archive"};
    const struct ek_mark nothing = {0};
    char path[EK_PATH_BYTES];
    if (access(backup->unfinished, F_OK) == 0 && remove_unfinished(backup, err) != 0)
        return -1;
    if (mkdir(backup->unfinished, 0700) != 0)
        return ek_fail_errno(err, "%s", backup->unfinished);
    backup->made = true;
    if (lock_unfinished(backup, err) != 0 || ek_mark_write(&nothing, backup->unfinished, err) != 0)
        return -1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (mkdir(ek_path(path, backup->unfinished, parts[i]), 0700) != 0)
            return ek_fail_errno(err, "%s", path);
    return backup->report->renewed ? ek_folder_can_exchange(backup->unfinished, err) : 0;
}

/* Records and index ------------------------------------------------------------------------- */

/* The store's id and last change in this snapshot; an earlier backup must be one of its past. */
static int take_mark(struct backup *backup, struct ek_txn *records, struct ek_err *err)
{
    struct ek_counters counters;
    struct ek_bytes id;
    const struct ek_mark *earlier = &backup->earlier;
    if (ek_txn_get(records, EK_RECORDS_META, "id", 2, &id) != 1 || id.len != 16)
        return ek_txn_damaged(records, EK_RECORDS_META, "id", 2);
    ek_counters_load(records, &counters);
    ek_hex(id.data, id.len, backup->mark.store);
    backup->mark.change = counters.change;
    if (!*earlier->store)
        return 0;
    if (strcmp(earlier->store, backup->mark.store) != 0)
        return ek_fail(err, EK_USAGE, "%s is the backup of another store: choose another folder",
                       backup->to);
    if (earlier->change > counters.change)
        return ek_fail(err, EK_USAGE,
                       "%s holds a later state than %s does (change %llu after %llu): choose "
                       "another folder",
                       backup->to, backup->store->folder, (unsigned long long)earlier->change,
                       (unsigned long long)counters.change);
    return 0;
}

static void show_copied(void *context, uint64_t bytes)
{
    const struct backup *backup = context;
    backup->watch->progress(backup->watch->context, "records and index", bytes);
}

static int copy_part(struct backup *backup, struct ek_txn *from, const char *name, uint64_t *size,
                     struct ek_err *err)
{
    struct ek_copy_watch watch = {show_copied, backup};
    char made[EK_PATH_BYTES], model[EK_PATH_BYTES], file[EK_PATH_BYTES];
    ek_path(made, backup->unfinished, name);
    ek_path(model, backup->store->folder, name);
    bool checked = from == backup->store->reading_records;
    if (ek_env_copy(from, made, checked, backup->watch ? &watch : NULL, err) != 0 ||
        ek_folder_like(made, model, false, err) != 0 || ek_sync_folder(made, err) != 0)
        return -1;
    *size = (uint64_t)ek_file_size(ek_path(file, made, "data.mdb"));
    return 0;
}

/* The index is derived: one that cannot be read is left out rather than keep truth from being
 * copied. */
static int copy_index(struct backup *backup, struct ek_err *err)
{
    struct ek_txn *index = backup->store->reading_index;
    char path[EK_PATH_BYTES];
    int result = index ? copy_part(backup, index, "index", &backup->report->index_bytes, err) : -1;
    if (result == 0 || (index && err->kind != EK_FORMAT))
        return result;
    backup->report->without_index = true;
    return ek_folder_remove(ek_path(path, backup->unfinished, "index"), err);
}

static int copy_snapshot(struct backup *backup, struct ek_err *err)
{
    struct ek_txn *records = backup->store->reading_records, *index = backup->store->reading_index;
    if (take_mark(backup, records, err) != 0 ||
        ek_archive_ends(records, &backup->ends, &backup->end_count) != 0)
        return -1;
    uint64_t need =
        ek_txn_bytes(records) + (index ? ek_txn_bytes(index) : 0) +
        ek_backup_archive_needs(backup->store->folder, backup->report->renewed ? backup->to : NULL);
    if (ek_disk_needs(backup->unfinished, need, err) != 0 ||
        copy_part(backup, records, "records", &backup->report->records_bytes, err) != 0)
        return -1;
    return copy_index(backup, err);
}

/* The rest ---------------------------------------------------------------------------------- */

static int copy_archive(struct backup *backup, struct ek_err *err)
{
    const struct ek_backup_archive archive = {.store = backup->store->folder,
                                              .to = backup->unfinished,
                                              .earlier =
                                                  backup->report->renewed ? backup->to : NULL,
                                              .ends = backup->ends,
                                              .end_count = backup->end_count,
                                              .watch = backup->watch};
    return ek_backup_archive(&archive, backup->report, err);
}

static int copy_key(const struct backup *backup, struct ek_err *err)
{
    char from[EK_PATH_BYTES], to[EK_PATH_BYTES];
    unsigned char key[32];
    uint64_t copied;
    ek_path(from, backup->store->folder, "key");
    if (ek_key_check(backup->store, key, err) != 0)
        return -1;
    return ek_file_copy(from, ek_path(to, backup->unfinished, "key"), 0, &copied, err);
}

/* What was asked of the store, where anything was. */
static int copy_log(const struct backup *backup, struct ek_err *err)
{
    char from[EK_PATH_BYTES], to[EK_PATH_BYTES];
    uint64_t copied;
    if (ek_file_size(ek_path(from, backup->store->folder, "log")) < 0)
        return 0;
    return ek_file_copy(from, ek_path(to, backup->unfinished, "log"), 0, &copied, err);
}

static int copy_selection(const char *from, const char *to, const char *name, struct ek_err *err)
{
    char source[EK_PATH_BYTES], copy[EK_PATH_BYTES];
    uint64_t copied;
    if (ek_file_size(ek_path(source, from, name)) < 0)
        return 0;
    return ek_file_copy(source, ek_path(copy, to, name), 0, &copied, err);
}

/* Selection files are small and written by people: copied whole, each time. A link is followed, so
 * that the copy needs nothing from elsewhere. */
static int copy_selections(const struct backup *backup, struct ek_err *err)
{
    char from[EK_PATH_BYTES], to[EK_PATH_BYTES];
    struct dirent *item;
    int result = 0;
    DIR *items = opendir(ek_path(from, backup->store->folder, "selections"));
    if (!items)
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s", from);
    if (mkdir(ek_path(to, backup->unfinished, "selections"), 0700) != 0)
        result = ek_fail_errno(err, "%s", to);
    while (result == 0 && (item = readdir(items)))
        if (ek_is_selection(item->d_name))
            result = copy_selection(from, to, item->d_name, err);
    closedir(items);
    return result || ek_folder_like(to, from, false, err) != 0 ? -1 : ek_sync_folder(to, err);
}

static int put_in_place(struct backup *backup, struct ek_err *err)
{
    char above[EK_PATH_BYTES];
    struct stat store;
    if (stat(backup->store->folder, &store) != 0)
        return ek_fail_errno(err, "%s", backup->store->folder);
    if (fchmod(backup->lock, store.st_mode & 07777) != 0)
        return ek_fail_errno(err, "%s", backup->unfinished);
    if (ek_mark_write(&backup->mark, backup->unfinished, err) != 0 ||
        ek_sync_folder(backup->unfinished, err) != 0)
        return -1;
    if (backup->report->renewed)
        return ek_folder_exchange(backup->unfinished, backup->to, err);
    if (rename(backup->unfinished, backup->to) != 0)
        return ek_fail_errno(err, "%s", backup->to);
    ek_path(above, backup->to, "..");
    return ek_sync_folder(above, err);
}

static int run(struct backup *backup, struct ek_err *err)
{
    if (check_target(backup, err) != 0 || make_unfinished(backup, err) != 0)
        return -1;
    if (ek_store_enter(backup->store, EK_NEEDS_RECORDS, err) != 0)
        return -1;
    int result = copy_snapshot(backup, err);
    if (ek_store_leave(backup->store, result, err) != 0 || copy_archive(backup, err) != 0 ||
        copy_key(backup, err) != 0 || copy_log(backup, err) != 0 ||
        copy_selections(backup, err) != 0)
        return -1;
    return put_in_place(backup, err);
}

/* The folder without slashes at its end, which would stand before ".unfinished". */
static int set_target(struct backup *backup, const char *to, struct ek_err *err)
{
    size_t len = strlen(to);
    while (len > 1 && to[len - 1] == '/')
        len--;
    if (len == 0 || len > 4000)
        return ek_fail(err, EK_USAGE, "the path of the backup has 1 to 4,000 bytes");
    snprintf(backup->to, sizeof backup->to, "%.*s", (int)len, to);
    snprintf(backup->unfinished, sizeof backup->unfinished, "%.*s" UNFINISHED, (int)len, to);
    return 0;
}

int ek_store_backup(struct ek_store *store, const char *to, const struct ek_care_watch *watch,
                    struct ek_backup_report *report, struct ek_err *err)
{
    struct backup backup = {.store = store, .lock = -1, .watch = watch, .report = report};
    *report = (struct ek_backup_report){0};
    if (set_target(&backup, to, err) != 0)
        return -1;
    int result = run(&backup, err);
    if (backup.made && result != 0)
        ek_folder_remove(backup.unfinished, NULL);
    else if (report->renewed && result == 0 && ek_folder_remove(backup.unfinished, err) != 0)
        result = ek_fail_in(err, "the backup is complete, but not the removal of the one before");
    unlock_unfinished(&backup);
    free(backup.ends);
    return result;
}
