/* backup_archive.c - archive files copied, or brought up to date. See backup_archive.h.
 *
 * Up to where records refer to a file it never changes; what lies behind may be half written, or
 * taken back and written anew while it is read. So `lengths` of a backup has for each file how far
 * its own records refer to it: the rest is treated as what a crash leaves, whole records kept and a
 * torn one cut off when the backup is next written to as a store. An earlier backup's file is good
 * up to its own length and is gone on with from there. */
#include "store/backup_archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "store/archive/blank.h"
#include "store/file_copy.h"
#include "store/folder.h"
#include "store/handle.h"

#define SUFFIX ".warc.gz"

struct names { /* of archive files */
    char (*items)[sizeof((struct ek_tail *)0)->file];
    size_t count;
};

static int add_name(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return 0;
    void *items = reallocarray(names->items, names->count + 1, sizeof *names->items);
    if (!items)
        return -1;
    names->items = items;
    snprintf(names->items[names->count++], sizeof *names->items, "%s", name);
    return 0;
}

static bool is_archive_file(const char *name)
{
    size_t len = strlen(name);
    return len >= sizeof SUFFIX && len < sizeof((struct ek_tail *)0)->file && *name != '.' &&
           strcmp(name + len - sizeof SUFFIX + 1, SUFFIX) == 0;
}

/* The files of the store's archive, and those that its records name. */
static int list_names(const struct ek_backup_archive *archive, struct names *names,
                      struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    DIR *items = opendir(ek_path(path, archive->store, "archive"));
    int failed = 0;
    if (!items)
        return ek_fail_errno(err, "%s", path);
    for (struct dirent *item; !failed && (item = readdir(items));)
        if (is_archive_file(item->d_name))
            failed = add_name(names, item->d_name);
    closedir(items);
    for (size_t i = 0; i < archive->end_count && !failed; i++)
        failed = add_name(names, archive->ends[i].file);
    return failed ? ek_fail_memory(err) : 0;
}

static int read_lengths(const char *folder, struct ek_tail **tails, size_t *count,
                        struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    *tails = NULL;
    *count = 0;
    if (!folder)
        return 0;
    int fd = open(ek_path(path, folder, "archive"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    int result = ek_tails_read(fd, path, tails, count, err);
    close(fd);
    return result;
}

/* One file ---------------------------------------------------------------------------------- */

struct one_file {
    const struct ek_backup_archive *archive;
    const char *name;
    char from[EK_PATH_BYTES], to[EK_PATH_BYTES], earlier[EK_PATH_BYTES];
    uint64_t end;   /* how far records refer to it */
    uint64_t begin; /* how much of it an earlier backup has */
};

/* Has the earlier backup's file what was forgotten since? 1: no, 0, -1. */
static int blanked_alike(const struct ek_backup_archive *archive, const char *name,
                         struct ek_err *err)
{
    char folder[EK_PATH_BYTES];
    uint64_t now, then;
    if (ek_blanked_count(ek_path(folder, archive->store, "archive"), name, &now, err) != 0 ||
        ek_blanked_count(ek_path(folder, archive->earlier, "archive"), name, &then, err) != 0)
        return -1;
    return now == then;
}

/* Take the earlier backup's file over under a second name. Where the file system has no links, or
 * this is no beginning of ours, *begin stays 0. */
static int link_earlier(struct one_file *file, uint64_t length, struct ek_err *err)
{
    if (!file->archive->earlier || length == 0)
        return 0;
    int same = blanked_alike(file->archive, file->name, err);
    if (same != 1)
        return same;
    if (ek_file_size(file->from) >= 0) {
        int agrees = ek_file_agrees(file->from, file->earlier, length, err);
        if (agrees < 0)
            return -1;
        if (!agrees)
            return ek_fail(err, EK_USAGE,
                           "%s is not how %s began: the backup is of another course of this store, "
                           "or one of the two files is damaged: run `ekbom verify` on both, and "
                           "choose another folder",
                           file->earlier, file->from);
    }
    if (link(file->earlier, file->to) == 0)
        file->begin = length;
    return 0;
}

static void note_missing(const struct one_file *file, struct ek_backup_report *report)
{
    if (report->missing++ == 0)
        snprintf(report->missing_file, sizeof report->missing_file, "%s", file->name);
}

static int copy_one(struct one_file *file, struct ek_backup_report *report, struct ek_err *err)
{
    uint64_t copied = 0;
    int64_t size = ek_file_size(file->from);
    if (size < 0 || (uint64_t)size < file->end)
        note_missing(file, report);
    if (size >= 0 && (uint64_t)size >= file->begin &&
        ek_file_copy(file->from, file->to, file->begin, &copied, err) != 0)
        return -1;
    size = ek_file_size(file->to);
    report->archive_copied += copied;
    report->archive_bytes += size > 0 ? (uint64_t)size : 0;
    const struct ek_care_watch *watch = file->archive->watch;
    if (watch)
        watch->progress(watch->context, "archive", report->archive_copied);
    return 0;
}

static int copy_all(const struct ek_backup_archive *archive, const struct names *names,
                    struct ek_tail *tails, struct ek_backup_report *report, struct ek_err *err)
{
    struct ek_tail *earlier;
    size_t earlier_count;
    char folder[EK_PATH_BYTES];
    if (read_lengths(archive->earlier, &earlier, &earlier_count, err) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names->count && result == 0; i++) {
        const char *name = names->items[i];
        struct one_file file = {.archive = archive, .name = name};
        ek_path(file.from, ek_path(folder, archive->store, "archive"), name);
        ek_path(file.to, ek_path(folder, archive->to, "archive"), name);
        if (archive->earlier)
            ek_path(file.earlier, ek_path(folder, archive->earlier, "archive"), name);
        file.end = ek_tail_length(archive->ends, archive->end_count, name);
        result = link_earlier(&file, ek_tail_length(earlier, earlier_count, name), err);
        if (result == 0)
            result = copy_one(&file, report, err);
        snprintf(tails[i].file, sizeof tails[i].file, "%s", name);
        tails[i].length = file.end;
    }
    free(earlier);
    return result;
}

/* First of all: what is blanked while files are copied is then copied again the next time. */
static int copy_notes(const struct ek_backup_archive *archive, struct ek_err *err)
{
    char folder[EK_PATH_BYTES], from[EK_PATH_BYTES], to[EK_PATH_BYTES];
    uint64_t copied;
    ek_path(from, ek_path(folder, archive->store, "archive"), EK_BLANKED_NOTE);
    ek_path(to, ek_path(folder, archive->to, "archive"), EK_BLANKED_NOTE);
    return ek_file_size(from) < 0 ? 0 : ek_file_copy(from, to, 0, &copied, err);
}

static int copy_permissions(const struct ek_backup_archive *archive, int to, struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    struct stat folder;
    if (stat(ek_path(path, archive->store, "archive"), &folder) != 0 ||
        fchmod(to, folder.st_mode & 07777) != 0)
        return ek_fail_errno(err, "%s", path);
    return 0;
}

int ek_backup_archive(const struct ek_backup_archive *archive, struct ek_backup_report *report,
                      struct ek_err *err)
{
    struct names names = {0};
    struct ek_tail *tails = NULL;
    char path[EK_PATH_BYTES];
    int folder = open(ek_path(path, archive->to, "archive"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = folder < 0 ? ek_fail_errno(err, "%s", path) : list_names(archive, &names, err);
    if (result == 0)
        result = copy_notes(archive, err);
    if (result == 0 && !(tails = calloc(names.count + 1, sizeof *tails)))
        result = ek_fail_memory(err);
    if (result == 0)
        result = copy_all(archive, &names, tails, report, err);
    if (result == 0)
        result = copy_permissions(archive, folder, err);
    if (result == 0) /* this puts the folder's entries on the disk too */
        result = ek_tails_note(folder, path, tails, names.count, err);
    if (folder >= 0)
        close(folder);
    free(tails);
    free(names.items);
    return result;
}

uint64_t ek_backup_archive_needs(const char *store, const char *earlier)
{
    char path[EK_PATH_BYTES], folder[EK_PATH_BYTES];
    struct ek_tail *tails;
    size_t count;
    uint64_t bytes = 0;
    DIR *items = opendir(ek_path(folder, store, "archive"));
    if (read_lengths(earlier, &tails, &count, NULL) != 0)
        count = 0;
    for (struct dirent *item; items && (item = readdir(items));) {
        int64_t size = ek_file_size(ek_path(path, folder, item->d_name));
        uint64_t has = ek_tail_length(tails, count, item->d_name);
        if (size > 0 && (uint64_t)size > has)
            bytes += (uint64_t)size - has;
    }
    if (items)
        closedir(items);
    free(tails);
    return bytes;
}
