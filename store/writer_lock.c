/* writer_lock.c - STORE/writer: one process writes a store.
 *
 * An exclusive flock for the writer's lifetime: the kernel drops it when the process ends,
 * however it ends. The file names its holder ("ekbom import 4711"), so that a second writer can
 * be told whom it waits for. The descriptor is closed on exec: readers started by the holder do
 * not keep the lock. */
#include "store/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int busy(int fd, const char *folder, struct ek_err *err)
{
    char holder[128];
    ssize_t len = pread(fd, holder, sizeof holder - 1, 0);
    holder[len > 0 ? len : 0] = 0;
    holder[strcspn(holder, "\n")] = 0;
    char *pid = strrchr(holder, ' ');
    if (pid)
        *pid++ = 0;
    if (!pid || !*holder)
        return ek_fail(err, EK_BUSY, "%s is being written by another process: wait for its end",
                       folder);
    return ek_fail(err, EK_BUSY, "%s is being written by %s (process %s): wait for its end", folder,
                   holder, pid);
}

int ek_writer_lock(const char *folder, const char *program, struct ek_err *err)
{
    char path[4200], holder[128];
    snprintf(path, sizeof path, "%s/writer", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    if (flock(fd, LOCK_EX | LOCK_NB)) {
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
