/* backup_mark.c - see backup_mark.h. */
#include "store/backup_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "ekbom/time.h"
#include "store/folder.h"

#define FORMAT "ekbom backup 1\n"

int ek_mark_read(struct ek_mark *mark, const char *folder, struct ek_err *err)
{
    char path[EK_PATH_BYTES], text[400];
    unsigned long long change;
    *mark = (struct ek_mark){0};
    int fd = open(ek_path(path, folder, EK_MARK), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s", path);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n < 0)
        return ek_fail_errno(err, "%s", path);
    text[n] = 0;
    if (n == 0) /* not finished */
        return 1;
    if (strncmp(text, FORMAT, sizeof FORMAT - 1) != 0)
        return ek_fail(err, EK_VERSION, "%s: no mark of a backup that this program knows", path);
    if (sscanf(text + sizeof FORMAT - 1, "store %32[0-9a-f]\nchange %llu\n", mark->store,
               &change) != 2)
        return ek_fail(err, EK_FORMAT, "%s is damaged: choose another folder for the backup", path);
    mark->change = change;
    return 1;
}

int ek_mark_write(const struct ek_mark *mark, const char *folder, struct ek_err *err)
{
    char path[EK_PATH_BYTES], text[400] = "", made[EK_TIME_TEXT];
    int len = 0;
    if (*mark->store)
        len = snprintf(text, sizeof text, FORMAT "store %s\nchange %llu\nmade %s\n", mark->store,
                       (unsigned long long)mark->change,
                       ek_time_format(time(NULL), EK_PRECISION_SECOND, made));
    int fd = open(ek_path(path, folder, EK_MARK), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    errno = 0;
    if (fd < 0 || write(fd, text, (size_t)len) != len || fsync(fd) != 0) {
        errno = errno ? errno : ENOSPC; /* a short write */
        ek_fail_errno(err, "%s", path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    close(fd);
    return 0;
}
