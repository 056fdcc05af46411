/* power_record.c - loaded before the C library: records every change of the files below a folder.
 *
 *   EKBOM_POWER_ROOT   the folder, as realpath gives it
 *   EKBOM_POWER_LOG    where the log goes (power_log.h)
 *   EKBOM_POWER_MARKS  a file: what is written to it is an acknowledgement, not a change
 *
 * The log has a change after it was made, and a sync after it returned, so that what stands before
 * a sync is on the disk. LMDB's lock files are passed over: their contents are shared memory, and
 * nothing in them outlives the last process. What the recorder could not see (a shared mapping that
 * is written, a hard link) ends the program rather than give a log that lies. One thread. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/campaign/power_log.h"

#define MAX_DESCRIPTORS 1024
#define MAX_PATHS 1000

enum opened { OTHER, FILE_BELOW, FOLDER_BELOW, MARKS };

static struct {
    enum opened what;
    uint32_t file;
    bool durable;
    char *path; /* of a folder */
} descriptors[MAX_DESCRIPTORS];

static struct {
    char *path;
    uint32_t file;
} paths[MAX_PATHS];
static size_t path_count;
static uint32_t last_file;
static int log_fd = -1;

static _Noreturn void give_up(const char *why)
{
    dprintf(2, "power_record: %s\n", why);
    _exit(99);
}

static void put(const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t n = syscall(SYS_write, log_fd, at, len);
        if (n < 0 && errno != EINTR)
            give_up("the log cannot be written");
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
}

static void note(enum power_kind kind, uint32_t file, uint64_t at, bool durable, const void *bytes,
                 size_t len)
{
    struct power_head head = {kind, file, at, (uint32_t)len, durable};
    if (log_fd < 0) {
        const char *log = getenv("EKBOM_POWER_LOG");
        log_fd = log ? (int)syscall(SYS_openat, AT_FDCWD, log,
                                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
                     : -1;
        if (log_fd < 0)
            give_up("EKBOM_POWER_LOG cannot be opened");
    }
    put(&head, sizeof head);
    put(bytes, len);
}

/* Paths --------------------------------------------------------------------------------------- */

/* The part of an absolute path below the root: "" for the root itself, NULL for another place. */
static const char *below_root(const char *path)
{
    const char *root = getenv("EKBOM_POWER_ROOT");
    size_t len = root ? strlen(root) : 0;
    if (len == 0 || strncmp(path, root, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    const char *name = strrchr(path, '/');
    if (name && strcmp(name, "/lock.mdb") == 0)
        return NULL;
    return path[len] ? path + len + 1 : path + len;
}

static bool path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n > 0)
        path[n] = '\0';
    return n > 0;
}

/* An absolute path for a name that need not be there. The folder it is in must be. */
static const char *resolve(int folder, const char *name, char path[PATH_MAX])
{
    char copy[PATH_MAX], in[PATH_MAX];
    const char *slash = strrchr(name, '/');
    if (*name == '/' || folder == AT_FDCWD) {
        snprintf(copy, sizeof copy, "%.*s", slash ? (int)(slash - name) + 1 : 1,
                 slash ? name : ".");
        if (!realpath(copy, in))
            return NULL;
    } else if (slash || !path_of(folder, in)) {
        return NULL;
    }
    int len = snprintf(path, PATH_MAX, "%s/%s", in, slash ? slash + 1 : name);
    return len < PATH_MAX ? below_root(path) : NULL;
}

static uint32_t *file_at(const char *below)
{
    for (size_t i = 0; i < path_count; i++)
        if (strcmp(paths[i].path, below) == 0)
            return &paths[i].file;
    return NULL;
}

static void set_file(const char *below, uint32_t file)
{
    uint32_t *known = file_at(below);
    if (!known) {
        if (path_count == MAX_PATHS)
            give_up("too many paths");
        paths[path_count].path = strdup(below);
        known = &paths[path_count++].file;
    }
    *known = file;
}

/* Opening ------------------------------------------------------------------------------------- */

static void note_open(int fd, int flags, bool was_there)
{
    char path[PATH_MAX];
    struct stat st;
    const char *marks = getenv("EKBOM_POWER_MARKS");
    if (fd < 0 || fd >= MAX_DESCRIPTORS || !path_of(fd, path))
        return;
    descriptors[fd].what = OTHER;
    if (marks && strcmp(path, marks) == 0)
        descriptors[fd].what = MARKS;
    const char *below = below_root(path);
    if (!below || fstat(fd, &st) != 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        descriptors[fd].what = FOLDER_BELOW;
        free(descriptors[fd].path);
        descriptors[fd].path = strdup(below);
        return;
    }
    uint32_t *known = file_at(below);
    if (!was_there || !known || !*known) {
        set_file(below, ++last_file);
        known = file_at(below);
        note(POWER_FILE, *known, 0, false, below, strlen(below));
    } else if (flags & O_TRUNC) {
        note(POWER_CUT, *known, 0, false, NULL, 0);
    }
    descriptors[fd].what = FILE_BELOW;
    descriptors[fd].file = *known;
    descriptors[fd].durable = flags & (O_DSYNC | O_SYNC);
}

static int open_noted(int folder, const char *name, int flags, mode_t mode)
{
    bool was_there = !(flags & O_CREAT) || faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    int error = errno;
    note_open(fd, flags, was_there);
    errno = error;
    return fd;
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & O_CREAT ? (mode_t)va_arg(rest, unsigned) : 0;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = mode_of(flags, rest);                                                        \
        va_end(rest);                                                                              \
        return open_noted(AT_FDCWD, path, flags, mode);                                            \
    }
#define OPENAT(name)                                                                               \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = mode_of(flags, rest);                                                        \
        va_end(rest);                                                                              \
        return open_noted(folder, path, flags, mode);                                              \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int close(int fd)
{
    if (fd >= 0 && fd < MAX_DESCRIPTORS)
        descriptors[fd].what = OTHER;
    return (int)syscall(SYS_close, fd);
}

/* Writing ------------------------------------------------------------------------------------- */

static bool is(int fd, enum opened what)
{
    return fd >= 0 && fd < MAX_DESCRIPTORS && descriptors[fd].what == what;
}

static void note_write(int fd, const void *bytes, ssize_t len, off_t at)
{
    if (len > 0 && is(fd, MARKS))
        note(POWER_MARK, 0, 0, false, bytes, (size_t)len);
    else if (len > 0 && is(fd, FILE_BELOW))
        note(POWER_WRITE, descriptors[fd].file, (uint64_t)at, descriptors[fd].durable, bytes,
             (size_t)len);
}

/* What a vector of which `len` bytes were written has put where. */
static void note_vector(int fd, const struct iovec *vector, int count, ssize_t len, off_t at)
{
    for (int i = 0; i < count && len > 0; i++) {
        ssize_t part = (ssize_t)vector[i].iov_len < len ? (ssize_t)vector[i].iov_len : len;
        note_write(fd, vector[i].iov_base, part, at);
        at += part;
        len -= part;
    }
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    ssize_t n = syscall(SYS_write, fd, bytes, len);
    if (n > 0 && (is(fd, FILE_BELOW) || is(fd, MARKS)))
        note_write(fd, bytes, n, lseek(fd, 0, SEEK_CUR) - n);
    return n;
}

ssize_t writev(int fd, const struct iovec *vector, int count)
{
    ssize_t n = syscall(SYS_writev, fd, vector, count);
    if (n > 0 && is(fd, FILE_BELOW))
        note_vector(fd, vector, count, n, lseek(fd, 0, SEEK_CUR) - n);
    return n;
}

#define PWRITE(name)                                                                               \
    ssize_t name(int fd, const void *bytes, size_t len, off_t at)                                  \
    {                                                                                              \
        ssize_t n = syscall(SYS_pwrite64, fd, bytes, len, at);                                     \
        note_write(fd, bytes, n, at);                                                              \
        return n;                                                                                  \
    }
#define PWRITEV(name)                                                                              \
    ssize_t name(int fd, const struct iovec *vector, int count, off_t at)                          \
    {                                                                                              \
        ssize_t n = syscall(SYS_pwritev, fd, vector, count, at, 0);                                \
        if (is(fd, FILE_BELOW))                                                                    \
            note_vector(fd, vector, count, n, at);                                                 \
        return n;                                                                                  \
    }
#define FTRUNCATE(name)                                                                            \
    int name(int fd, off_t length)                                                                 \
    {                                                                                              \
        int result = (int)syscall(SYS_ftruncate, fd, length);                                      \
        if (result == 0 && is(fd, FILE_BELOW))                                                     \
            note(POWER_CUT, descriptors[fd].file, (uint64_t)length, false, NULL, 0);               \
        return result;                                                                             \
    }
PWRITE(pwrite)
PWRITE(pwrite64)
PWRITEV(pwritev)
PWRITEV(pwritev64)
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

static int note_sync(int fd, int result)
{
    if (result == 0 && is(fd, FILE_BELOW))
        note(POWER_SYNC, descriptors[fd].file, 0, false, NULL, 0);
    if (result == 0 && is(fd, FOLDER_BELOW))
        note(POWER_SYNC_FOLDER, 0, 0, false, descriptors[fd].path, strlen(descriptors[fd].path));
    return result;
}

int fsync(int fd)
{
    return note_sync(fd, (int)syscall(SYS_fsync, fd));
}

int fdatasync(int fd)
{
    return note_sync(fd, (int)syscall(SYS_fdatasync, fd));
}

#define MMAP(name)                                                                                 \
    void *name(void *address, size_t len, int protection, int flags, int fd, off_t at)             \
    {                                                                                              \
        if (is(fd, FILE_BELOW) && (flags & MAP_SHARED) && (protection & PROT_WRITE))               \
            give_up("a file is written through a mapping, which cannot be recorded");              \
        return (void *)syscall(SYS_mmap, address, len, protection, flags, fd, at);                 \
    }
MMAP(mmap)
MMAP(mmap64)

/* Names --------------------------------------------------------------------------------------- */

int mkdirat(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    int result = (int)syscall(SYS_mkdirat, folder, name, mode);
    const char *below = result == 0 ? resolve(folder, name, path) : NULL;
    if (below)
        note(POWER_FOLDER, 0, 0, false, below, strlen(below));
    return result;
}

int mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    const char *below = resolve(folder, name, path);
    int result = (int)syscall(SYS_unlinkat, folder, name, flags);
    if (result == 0 && below) {
        set_file(below, 0);
        note(POWER_UNLINK, 0, 0, false, below, strlen(below));
    }
    return result;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    char from_path[PATH_MAX], to_path[PATH_MAX], both[2 * PATH_MAX];
    const char *was = resolve(from_folder, from, from_path);
    const char *is_now = resolve(to_folder, to, to_path);
    int result = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
    if (result != 0 || (!was && !is_now))
        return result;
    uint32_t *file = was ? file_at(was) : NULL;
    if (!file || !*file || !is_now)
        give_up("a rename of something that is no file, or to another place");
    int len = snprintf(both, sizeof both, "%s%c%s", was, '\0', is_now);
    note(POWER_RENAME, *file, 0, false, both, (size_t)len);
    uint32_t number = *file;
    set_file(was, 0);
    set_file(is_now, number);
    return result;
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to)
{
    (void)from;
    (void)to;
    give_up("a hard link");
}
