/* store_log.c - see ekbom/store_log.h.
 *
 * A line is one write to a file opened with O_APPEND: the kernel puts each behind what is there,
 * so that two who ask at once do not mix. Where a full disk cut the last line short, the next one
 * begins with a line end of its own. The file is group-writable, as lock.mdb is: colleagues who may
 * ask are to leave their questions too. */
#include "ekbom/store_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/limits.h"
#include "ekbom/lines.h"
#include "store/folder.h"
#include "store/handle.h"

static int open_log(const struct ek_store *store, char path[EK_PATH_BYTES], int flags)
{
    ek_path(path, store->folder, "log");
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 || errno != ENOENT || !(flags & O_APPEND))
        return fd;
    fd = open(path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
    if (fd >= 0)
        fchmod(fd, 0660);
    return fd;
}

/* Does the last line have no end? */
static bool is_torn(int fd)
{
    struct stat about;
    char last = '\n';
    return fstat(fd, &about) == 0 && about.st_size > 0 &&
           pread(fd, &last, 1, about.st_size - 1) == 1 && last != '\n';
}

static int write_line(int fd, const char *path, const char *line, struct ek_err *err)
{
    struct ek_buf buf;
    struct stat about;
    ek_buf_init(&buf, EK_MAX_LOG_LINE_BYTES);
    if (is_torn(fd))
        ek_buf_addc(&buf, '\n');
    ek_buf_adds(&buf, line);
    ek_buf_addc(&buf, '\n');
    int result = 0;
    if (fstat(fd, &about) != 0)
        result = ek_fail_errno(err, "%s", path);
    else if (!S_ISREG(about.st_mode))
        result = ek_fail(err, EK_IO, "%s is no plain file", path);
    else if (buf.failed)
        result = ek_fail(err, EK_LIMIT, "a line of %s has at most %u bytes", path,
                         EK_MAX_LOG_LINE_BYTES);
    else {
        ssize_t written = write(fd, buf.data, buf.len);
        if (written < 0)
            result = ek_fail_errno(err, "%s", path);
        else if ((size_t)written < buf.len)
            result = ek_fail(err, EK_FULL, "%s: no space left for a whole line", path);
    }
    ek_buf_free(&buf);
    return result;
}

int ek_store_log_add(struct ek_store *store, const char *line, struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    int fd = open_log(store, path, O_RDWR | O_APPEND);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    int result = write_line(fd, path, line, err);
    if (close(fd) != 0 && result == 0)
        result = ek_fail_errno(err, "%s", path);
    return result;
}

int ek_store_log_each(struct ek_store *store,
                      int (*visit)(void *context, uint64_t number, const char *line,
                                   struct ek_err *err),
                      void *context, struct ek_err *err)
{
    char path[EK_PATH_BYTES], *line;
    size_t len;
    bool too_long;
    int fd = open_log(store, path, O_RDONLY);
    if (fd < 0)
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s", path);
    struct ek_lines *lines = ek_lines_new(fd, EK_MAX_LOG_LINE_BYTES);
    int result = lines ? 1 : ek_fail_memory(err);
    while (result == 1 && (result = ek_lines_next(lines, &line, &len, &too_long, err)) == 1)
        result = visit(context, ek_lines_number(lines), line, err) ? -1 : 1;
    ek_lines_free(lines);
    close(fd);
    return result;
}
