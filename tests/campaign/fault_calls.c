/* fault_calls.c - the calls of a program that the system can refuse, each of which asks fault.c
 * first. System calls are made directly where there is one, so that nothing is counted twice. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/campaign/fault.h"

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Files --------------------------------------------------------------------------------------- */

static mode_t mode_of(int flags, va_list rest)
{
    return flags & O_CREAT ? (mode_t)va_arg(rest, unsigned) : 0;
}

static int open_or_fail(int folder, const char *path, int flags, mode_t mode)
{
    if (fault_disk_is_full() && (flags & O_CREAT) &&
        syscall(SYS_faccessat, folder, path, F_OK) != 0) {
        errno = ENOSPC;
        return -1;
    }
    return fault_strikes(FAULT_OPEN, last_part(path))
               ? -1
               : (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define OPENS(name, folder, ...)                                                                   \
    int name(__VA_ARGS__ const char *path, int flags, ...)                                         \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = mode_of(flags, rest);                                                        \
        va_end(rest);                                                                              \
        return open_or_fail(folder, path, flags, mode);                                            \
    }
#define COMMA ,
OPENS(open, AT_FDCWD, )
OPENS(open64, AT_FDCWD, )
OPENS(openat, at, int at COMMA)
OPENS(openat64, at, int at COMMA)

/* How much of it. */
static size_t part(size_t len, int struck)
{
    return struck > 0 && len > 1 ? len / 2 : len;
}

ssize_t read(int fd, void *bytes, size_t len)
{
    int struck = fault_strikes(FAULT_READ, "");
    return struck < 0 ? -1 : syscall(SYS_read, fd, bytes, part(len, struck));
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    int struck = fault_strikes(FAULT_WRITE, "");
    return struck < 0 ? -1 : syscall(SYS_write, fd, bytes, part(len, struck));
}

static ssize_t pread_or_fail(int fd, void *bytes, size_t len, off_t at)
{
    int struck = fault_strikes(FAULT_PREAD, "");
    return struck < 0 ? -1 : syscall(SYS_pread64, fd, bytes, part(len, struck), at);
}

static ssize_t pwrite_or_fail(int fd, const void *bytes, size_t len, off_t at)
{
    int struck = fault_strikes(FAULT_PWRITE, "");
    return struck < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, part(len, struck), at);
}

ssize_t pread(int fd, void *bytes, size_t len, off_t at)
{
    return pread_or_fail(fd, bytes, len, at);
}

ssize_t pread64(int fd, void *bytes, size_t len, off_t at)
{
    return pread_or_fail(fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite_or_fail(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite_or_fail(fd, bytes, len, at);
}

/* Cut short: the first part of the vector. */
ssize_t writev(int fd, const struct iovec *vector, int count)
{
    int struck = fault_strikes(FAULT_WRITEV, "");
    if (struck > 0)
        return syscall(SYS_write, fd, vector[0].iov_base, part(vector[0].iov_len, struck));
    return struck < 0 ? -1 : syscall(SYS_writev, fd, vector, count);
}

/* Whatever else takes a descriptor or a path and gives 0 or -1. Not fstat: of a file that is open,
 * it has nothing to ask the disk for. */
int fsync(int fd)
{
    return fault_strikes(FAULT_FSYNC, "") ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fault_strikes(FAULT_FDATASYNC, "") ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t length)
{
    return fault_strikes(FAULT_FTRUNCATE, "") ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off_t length)
{
    return ftruncate(fd, length);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return fault_strikes(FAULT_RENAME, last_part(to))
               ? -1
               : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int mkdir(const char *path, mode_t mode)
{
    return fault_strikes(FAULT_MKDIR, last_part(path))
               ? -1
               : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int unlinkat(int folder, const char *path, int flags)
{
    return fault_strikes(FAULT_UNLINK, last_part(path))
               ? -1
               : (int)syscall(SYS_unlinkat, folder, path, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int access(const char *path, int mode)
{
    return fault_strikes(FAULT_ACCESS, last_part(path))
               ? -1
               : (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

int chmod(const char *path, mode_t mode)
{
    return fault_strikes(FAULT_CHMOD, last_part(path))
               ? -1
               : (int)syscall(SYS_fchmodat, AT_FDCWD, path, mode);
}

int fstatat(int folder, const char *path, struct stat *st, int flags)
{
    return fault_strikes(FAULT_STAT, last_part(path))
               ? -1
               : (int)syscall(SYS_newfstatat, folder, path, st, flags);
}

int stat(const char *path, struct stat *st)
{
    return fstatat(AT_FDCWD, path, st, 0);
}

int flock(int fd, int operation)
{
    return fault_strikes(FAULT_FLOCK, "") ? -1 : (int)syscall(SYS_flock, fd, operation);
}

off_t lseek(int fd, off_t at, int whence)
{
    return fault_strikes(FAULT_LSEEK, "") ? -1 : syscall(SYS_lseek, fd, at, whence);
}

int fcntl(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    enum fault_kind kind = command == F_DUPFD_CLOEXEC ? FAULT_DUP : FAULT_FCNTL;
    return fault_strikes(kind, "") ? -1 : (int)syscall(SYS_fcntl, fd, command, argument);
}

static void *mmap_or_fail(void *address, size_t len, int protection, int flags, int fd, off_t at)
{
    if (fault_strikes(FAULT_MMAP, ""))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, len, protection, flags, fd, at);
}

void *mmap(void *address, size_t len, int protection, int flags, int fd, off_t at)
{
    return mmap_or_fail(address, len, protection, flags, fd, at);
}

void *mmap64(void *address, size_t len, int protection, int flags, int fd, off_t at)
{
    return mmap_or_fail(address, len, protection, flags, fd, at);
}

DIR *opendir(const char *path)
{
    FAULT_NEXT(DIR *, "opendir", const char *);
    return fault_strikes(FAULT_OPENDIR, last_part(path)) ? NULL : next.call(path);
}

struct dirent *readdir(DIR *folder)
{
    FAULT_NEXT(struct dirent *, "readdir", DIR *);
    return fault_strikes(FAULT_READDIR, "") ? NULL : next.call(folder);
}

/* Readers and random bytes -------------------------------------------------------------------- */

int socketpair(int domain, int type, int protocol, int pair[2])
{
    return fault_strikes(FAULT_SOCKETPAIR, "")
               ? -1
               : (int)syscall(SYS_socketpair, domain, type, protocol, pair);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[],
                char *const environment[])
{
    FAULT_NEXT(int, "posix_spawn", pid_t *, const char *, const posix_spawn_file_actions_t *,
               const posix_spawnattr_t *, char *const *, char *const *);
    return fault_strikes(FAULT_SPAWN, last_part(path))
               ? errno
               : next.call(pid, path, actions, attributes, arguments, environment);
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    int struck = fault_strikes(FAULT_SEND, "");
    return struck < 0 ? -1 : syscall(SYS_sendto, fd, bytes, part(len, struck), flags, NULL, 0);
}

ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
    int struck = fault_strikes(FAULT_RECV, "");
    return struck < 0 ? -1 : syscall(SYS_recvfrom, fd, bytes, part(len, struck), flags, NULL, NULL);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return fault_strikes(FAULT_POLL, "") ? -1 : (int)syscall(SYS_poll, fds, count, timeout);
}

ssize_t getrandom(void *bytes, size_t len, unsigned flags)
{
    return fault_strikes(FAULT_RANDOM, "") ? -1 : syscall(SYS_getrandom, bytes, len, flags);
}
