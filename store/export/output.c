/* output.c - writing beside the name and renaming at the end.
 *
 * The temporary file is in the folder of the file itself, since a rename cannot cross file systems,
 * and is made with the usual permissions. A name that already stands for something else than a
 * plain file (a pipe, a device) is written directly: renaming over /dev/null would replace it. */
#include "ekbom/file_output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/buf.h"
#include "ekbom/digest.h"
#include "ekbom/error.h"

#define CHUNK 65536u

struct ek_output {
    int fd;
    char *path;      /* as given, or what it links to */
    char *temporary; /* NULL: written directly */
    bool standard;
    bool reader_gone;
    bool failed;
    struct ek_buf held;
};

static void free_output(struct ek_output *o)
{
    if (o->fd >= 0 && !o->standard)
        close(o->fd);
    ek_buf_free(&o->held);
    free(o->path);
    free(o->temporary);
    free(o);
}

static int open_beside(struct ek_output *o, struct ek_err *err)
{
    unsigned char random[8];
    char hex[sizeof random * 2 + 1];
    if (ek_random(random, sizeof random) != 0)
        return ek_fail_errno(err, "random bytes for a temporary name");
    if (asprintf(&o->temporary, "%s.%s.tmp", o->path, ek_hex(random, sizeof random, hex)) < 0) {
        o->temporary = NULL;
        return ek_fail_memory(err);
    }
    o->fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return o->fd < 0 ? ek_fail_errno(err, "%s", o->path) : 0;
}

static int open_path(struct ek_output *o, const char *path, struct ek_err *err)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    o->path = there ? realpath(path, NULL) : strdup(path);
    if (!o->path)
        return ek_fail_errno(err, "%s", path);
    if (there && S_ISDIR(st.st_mode))
        return ek_fail(err, EK_USAGE, "%s: is a folder; name a file in it", path);
    if (!there || S_ISREG(st.st_mode))
        return open_beside(o, err);
    o->fd = open(o->path, O_WRONLY | O_CLOEXEC);
    return o->fd < 0 ? ek_fail_errno(err, "%s", path) : 0;
}

int ek_output_open(struct ek_output **output, const char *path, struct ek_err *err)
{
    struct ek_output *o = calloc(1, sizeof *o);
    *output = NULL;
    if (!o)
        return ek_fail_memory(err);
    ek_buf_init(&o->held, CHUNK);
    o->fd = -1;
    o->standard = strcmp(path, "-") == 0;
    if (o->standard)
        o->fd = STDOUT_FILENO;
    else if (open_path(o, path, err) < 0) {
        ek_output_cancel(o);
        return -1;
    }
    *output = o;
    return 0;
}

static const char *name_of(const struct ek_output *o)
{
    return o->standard ? "standard output" : o->path;
}

static int write_out(struct ek_output *o, const char *bytes, size_t len, struct ek_err *err)
{
    while (len > 0 && !o->reader_gone) {
        ssize_t n = write(o->fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE) {
            o->reader_gone = true;
            break;
        }
        if (n < 0) {
            o->failed = true;
            return ek_fail_errno(err, "%s", name_of(o));
        }
        bytes += n;
        len -= (size_t)n;
    }
    return o->reader_gone;
}

int ek_output_write(struct ek_output *o, const char *bytes, size_t len, struct ek_err *err)
{
    int rc = o->reader_gone;
    if (len > CHUNK - o->held.len) {
        rc = write_out(o, o->held.data, o->held.len, err);
        ek_buf_clear(&o->held);
    }
    if (rc == 0 && len > CHUNK)
        rc = write_out(o, bytes, len, err);
    else if (rc == 0)
        ek_buf_add(&o->held, bytes, len);
    if (o->held.failed) {
        o->failed = true;
        return ek_fail_memory(err);
    }
    return rc;
}

static int sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int rc = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0)
        close(fd);
    free(copy);
    return rc;
}

int ek_output_close(struct ek_output *o, struct ek_err *err)
{
    int rc = o->failed ? ek_fail(err, EK_IO, "%s: an earlier write failed", name_of(o)) : 0;
    if (rc == 0 && write_out(o, o->held.data, o->held.len, err) < 0)
        rc = -1;
    if (rc == 0 && o->temporary &&
        (fsync(o->fd) < 0 || rename(o->temporary, o->path) < 0 || sync_folder(o->path) < 0))
        rc = ek_fail_errno(err, "%s", o->path);
    if (rc < 0) {
        ek_output_cancel(o);
        return -1;
    }
    free_output(o);
    return 0;
}

void ek_output_cancel(struct ek_output *o)
{
    if (!o)
        return;
    if (o->temporary)
        unlink(o->temporary);
    free_output(o);
}
