/* folder.c - see folder.h.
 *
 * A part of a store is replaced as a folder, never file by file: LMDB's lock.mdb says which of the
 * two roots in data.mdb is the newest, and beside another data.mdb it would say it wrongly. The
 * kernel changes two names for one another in one step (RENAME_EXCHANGE), so that at every moment
 * there is either the old folder or the new one. Readers that have the old one open keep it. */
#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "store/handle.h"

const char *ek_path(char out[EK_PATH_BYTES], const char *folder, const char *name)
{
    snprintf(out, EK_PATH_BYTES, "%s/%s", folder, name);
    return out;
}

/* Exchange ---------------------------------------------------------------------------------- */

int ek_folder_exchange(const char *a, const char *b, struct ek_err *err)
{
    char parent[EK_PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", a);
    if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0)
        return ek_fail_errno(err, "%s: taking the place of %s", b, a);
    return ek_sync_folder(dirname(parent), err);
}

int ek_folder_can_exchange(const char *folder, struct ek_err *err)
{
    char a[EK_PATH_BYTES], b[EK_PATH_BYTES];
    int result = 0;
    ek_path(a, folder, "exchange-a");
    ek_path(b, folder, "exchange-b");
    if ((mkdir(a, 0700) != 0 && errno != EEXIST) || (mkdir(b, 0700) != 0 && errno != EEXIST))
        result = ek_fail_errno(err, "%s", a);
    else if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0)
        result = ek_fail_errno(err,
                               "%s: the file system there cannot put a new folder in the place of "
                               "another in one step",
                               folder);
    rmdir(a);
    rmdir(b);
    return result;
}

/* Removing ---------------------------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);
    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

bool ek_is_selection(const char *name)
{
    return ends_in(name, ".selection");
}

static bool is_known_file(const char *name)
{
    static const char *const files[] = {
        "data.mdb", "data.mdb.new", "lock.mdb", "lengths", "lengths.new",
        "key",      "key.new",      "writer",   "log",     NULL};
    return is_one_of(name, files) || ends_in(name, ".warc.gz") || ek_is_selection(name);
}

static bool is_known_folder(const char *name)
{
    static const char *const folders[] = {"records",    "index",       "archive",
                                          "selections", "records.new", "index.new",
                                          "exchange-a", "exchange-b",  NULL};
    return is_one_of(name, folders);
}

static int take_folder(const char *folder, bool remove, struct ek_err *err);

static int take_item(const char *path, const char *name, bool remove, struct ek_err *err)
{
    struct stat item;
    if (lstat(path, &item) != 0)
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s", path);
    if (S_ISDIR(item.st_mode) && is_known_folder(name))
        return take_folder(path, remove, err);
    if (!S_ISREG(item.st_mode) || !is_known_file(name))
        return ek_fail(err, EK_USAGE, "%s is no part of a store: move it away and run again", path);
    return !remove || unlink(path) == 0 || errno == ENOENT ? 0 : ek_fail_errno(err, "%s", path);
}

static int take_contents(DIR *items, const char *folder, bool remove, struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    int result = 0;
    for (struct dirent *item; result == 0 && (item = readdir(items));) {
        const char *name = item->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, EK_MARK) != 0)
            result = take_item(ek_path(path, folder, name), name, remove, err);
    }
    /* The mark of a backup goes last: what has none is not taken for one of ours. */
    if (remove && result == 0 && unlink(ek_path(path, folder, EK_MARK)) != 0 && errno != ENOENT)
        result = ek_fail_errno(err, "%s", path);
    return result;
}

static int take_folder(const char *folder, bool remove, struct ek_err *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *items = fd < 0 ? NULL : fdopendir(fd);
    if (!items && fd < 0 && errno == ENOENT)
        return 0;
    if (!items) {
        ek_fail_errno(err, "%s", folder);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    int result = take_contents(items, folder, remove, err);
    closedir(items);
    if (remove && result == 0 && rmdir(folder) != 0 && errno != ENOENT)
        result = ek_fail_errno(err, "%s", folder);
    return result;
}

int ek_folder_check(const char *folder, struct ek_err *err)
{
    return take_folder(folder, false, err);
}

int ek_folder_remove(const char *folder, struct ek_err *err)
{
    return take_folder(folder, true, err);
}

int ek_leftovers_remove(const char *store, struct ek_err *err)
{
    static const char *const names[] = {"records.new", "index.new", "load.unfinished"};
    char path[EK_PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ek_folder_remove(ek_path(path, store, names[i]), err) != 0)
            return -1;
    return 0;
}

/* Permissions ------------------------------------------------------------------------------- */

static int like(const char *made, const struct stat *model, bool owner, struct ek_err *err)
{
    struct stat now;
    if (stat(made, &now) != 0)
        return ek_fail_errno(err, "%s", made);
    bool other = now.st_uid != model->st_uid || now.st_gid != model->st_gid;
    if (owner && other && chown(made, model->st_uid, model->st_gid) != 0)
        return ek_fail_errno(err,
                             "%s: taking over the owner of what it replaces: run this as the "
                             "store's owner",
                             made);
    if (chmod(made, model->st_mode & 07777) != 0)
        return ek_fail_errno(err, "%s", made);
    return 0;
}

static int make_empty(const char *path, struct ek_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    close(fd);
    return 0;
}

int ek_folder_like(const char *made, const char *model, bool in_place, struct ek_err *err)
{
    static const char *const names[] = {"", "data.mdb", "lock.mdb"};
    char path[EK_PATH_BYTES], other[EK_PATH_BYTES];
    struct stat as;
    for (size_t i = 0; i < (in_place ? 3 : 2); i++) {
        ek_path(path, made, names[i]);
        if (stat(ek_path(other, model, names[i]), &as) != 0)
            continue; /* a part that was lost: what is made has the usual permissions */
        if ((i == 2 && make_empty(path, err) != 0) || like(path, &as, in_place, err) != 0)
            return -1;
    }
    return 0;
}

/* Room -------------------------------------------------------------------------------------- */

int ek_disk_free(const char *folder, uint64_t *bytes, struct ek_err *err)
{
    struct statvfs fs;
    if (statvfs(folder, &fs) != 0)
        return ek_fail_errno(err, "%s", folder);
    *bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    return 0;
}

int ek_disk_needs(const char *folder, uint64_t bytes, struct ek_err *err)
{
    uint64_t free = 0;
    if (ek_disk_free(folder, &free, err) != 0)
        return -1;
    if (free >= bytes)
        return 0;
    return ek_fail(
        err, EK_FULL,
        "%s: this needs some %.1f MB there, and the disk has %.1f MB left: make room and "
        "run again",
        folder, (double)bytes / 1e6, (double)free / 1e6);
}
