/* writer_lock.c - STORE/writer: one process writes a store.
 *
 * An exclusive flock for the writer's lifetime: the kernel drops it when the process ends,
 * however it ends. The file names its holder ("ekbom import 4711"), so that a second writer can
 * be told whom it waits for. The descriptor is closed on exec: readers started by the holder do
 * not keep the lock, but for one that was being started when the holder was killed: it has the lock
 * until it becomes another program. So a lock whose holder is gone is waited for. */
#include "store/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define LOOKS 200 /* ten milliseconds each */
#define HOLDER_BYTES 128

/* The holder's name, and returned its process number as text. NULL: nobody is named. */
static char *read_holder(int fd, char holder[HOLDER_BYTES])
{
    ssize_t len = pread(fd, holder, HOLDER_BYTES - 1, 0);
    holder[len > 0 ? len : 0] = 0;
    holder[strcspn(holder, "\n")] = 0;
    char *pid = strrchr(holder, ' ');
    if (pid)
        *pid++ = 0;
    return *holder ? pid : NULL;
}

static int busy(int fd, const char *folder, struct ek_err *err)
{
    char holder[HOLDER_BYTES];
    const char *pid = read_holder(fd, holder);
    if (!pid)
        return ek_fail(err, EK_BUSY, "%s is being written by another process: wait for its end",
                       folder);
    return ek_fail(err, EK_BUSY, "%s is being written by %s (process %s): wait for its end", folder,
                   holder, pid);
}

static bool is_gone(int fd)
{
    char holder[HOLDER_BYTES], process[64];
    const char *pid = read_holder(fd, holder);
    snprintf(process, sizeof process, "/proc/%.20s", pid ? pid : "self");
    return access("/proc/self", F_OK) == 0 && access(process, F_OK) != 0;
}

static int take(int fd)
{
    const struct timespec moment = {.tv_nsec = 10000000};
    int result = flock(fd, LOCK_EX | LOCK_NB);
    for (int look = 0; result < 0 && errno == EWOULDBLOCK && look < LOOKS; look++) {
        if (!is_gone(fd)) {
            errno = EWOULDBLOCK;
            return -1;
        }
        nanosleep(&moment, NULL);
        result = flock(fd, LOCK_EX | LOCK_NB);
    }
    return result;
}

int ek_writer_lock(const char *folder, const char *program, struct ek_err *err)
{
    char path[4200], holder[HOLDER_BYTES];
    snprintf(path, sizeof path, "%s/writer", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    if (take(fd)) {
        if (errno == EWOULDBLOCK)
            busy(fd, folder, err);
        else
            ek_fail_errno(err, "%s: this file system cannot lock: keep the store on a local disk",
                          path);
        close(fd);
        return -1;
    }
    int len = snprintf(holder, sizeof holder, "%.90s %ld\n", program, (long)getpid());
    if (ftruncate(fd, 0) || pwrite(fd, holder, (size_t)len, 0) != len) {
        ek_fail_errno(err, "%s", path);
        close(fd);
        return -1;
    }
    return fd;
}

void ek_writer_unlock(int fd)
{
    if (fd < 0)
        return;
    if (ftruncate(fd, 0)) {
        close(fd); /* a stale name is only read while somebody holds the lock */
        return;
    }
    close(fd);
}
