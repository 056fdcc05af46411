/* tail.c - cutting a torn record off after a crash, without reading gigabytes.
 *
 * Three shapes were weighed. Walking all members from the start costs a full inflate (about 11 s a
 * gigabyte of file), each time the archive is opened. Looking backwards from the end for a member
 * that ends there is cheap and wrong: a page may itself carry a WARC in gzip, deflate stores such
 * bytes as they are, and the search would take the inner member for one of ours and cut a good
 * record. So the lengths are noted: STORE/archive/lengths has a line for each file of the last
 * session that wrote, put on the disk before the first byte is appended to that file, and again
 * after every 16 MiB flushed. What lies before a noted length was flushed and is never touched;
 * what lies behind it is walked, whole members are kept, and the rest is cut. Most opens cost one
 * small file and a few stats.
 *
 * A file shorter than noted has lost what was once on the disk. It is walked from the start so
 * that it can be appended to; `ekbom verify` names the pages that are gone. */
#include "store/archive/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/read.h"
#include "store/archive/stream.h"

#define NOTE "lengths"
#define NOTE_NEW "lengths.new"

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int ek_tails_note(int folder, const char *path, const struct ek_tail *tails, size_t count,
                  struct ek_err *err)
{
    struct ek_buf text;
    ek_buf_init(&text, 128 * (count + 1));
    for (size_t i = 0; i < count; i++)
        ek_buf_addf(&text, "%s %llu\n", tails[i].file, (unsigned long long)tails[i].length);
    if (text.failed) {
        ek_buf_free(&text);
        return ek_fail_memory(err);
    }
    int fd = openat(folder, NOTE_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool done = fd >= 0 && write_all(fd, ek_buf_str(&text), text.len) == 0 && fdatasync(fd) == 0 &&
                renameat(folder, NOTE_NEW, folder, NOTE) == 0 && fsync(folder) == 0;
    int rc = done ? 0 : ek_fail_errno(err, "%s/%s", path, NOTE_NEW);
    if (!done)
        unlinkat(folder, NOTE_NEW, 0);
    if (fd >= 0)
        close(fd);
    ek_buf_free(&text);
    return rc;
}

static bool good_name(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

/* What was noted; nothing if there is no note. Lines that cannot be read are passed over. */
static int read_note(int folder, const char *path, struct ek_tail **tails, size_t *count,
                     struct ek_err *err)
{
    char line[256];
    int fd = openat(folder, NOTE, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (!file) {
        if (fd >= 0)
            close(fd);
        return ek_fail_errno(err, "%s/%s", path, NOTE);
    }
    int rc = 0;
    while (rc == 0 && fgets(line, sizeof line, file)) {
        struct ek_tail tail;
        unsigned long long length;
        if (sscanf(line, "%95s %llu", tail.file, &length) != 2 || !good_name(tail.file))
            continue;
        tail.length = length;
        struct ek_tail *more = realloc(*tails, (*count + 1) * sizeof **tails);
        if (!more) {
            rc = ek_fail_memory(err);
            break;
        }
        *tails = more;
        more[(*count)++] = tail;
    }
    fclose(file);
    return rc;
}

/* End of the last whole member from `from` on. *torn: the rest is the beginning of a member and
 * nothing else. */
static int last_member(const char *path, uint64_t from, uint64_t *end, bool *torn,
                       struct ek_err *err)
{
    struct ek_stream *stream;
    if (ek_stream_open(&stream, path, from, UINT64_MAX, err) < 0)
        return -1;
    size_t held;
    while ((held = ek_stream_need(stream, 1)) > 0)
        ek_stream_drop(stream, held);
    const struct ek_err *error = ek_stream_error(stream);
    bool gzip = ek_stream_gzip(stream);
    *torn = gzip && ek_stream_cut(stream);
    *end = !gzip ? from : ek_stream_offset(stream, 0);
    if (gzip && !error && !*torn)
        *end = ek_stream_extent(stream, 1);
    int rc = error && error->kind != EK_FORMAT ? -1 : 0;
    if (rc < 0 && err)
        *err = *error;
    ek_stream_close(stream);
    return rc;
}

static int mend(int folder, const char *path, struct ek_tail *tail, struct ek_err *err)
{
    struct stat st;
    if (fstatat(folder, tail->file, &st, 0) < 0) {
        tail->length = 0;
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s/%s", path, tail->file);
    }
    uint64_t size = (uint64_t)st.st_size;
    if (size == tail->length)
        return 0;
    char *full = NULL;
    if (asprintf(&full, "%s/%s", path, tail->file) < 0)
        return ek_fail_memory(err);
    bool lost = size < tail->length, torn = false;
    uint64_t end = 0;
    int rc = size ? last_member(full, lost ? 0 : tail->length, &end, &torn, err) : 0;
    if (rc == 0 && lost && end < size && !torn)
        rc =
            ek_fail(err, EK_FORMAT,
                    "%s: byte %llu: damaged, and %llu bytes shorter than it was: restore it from a "
                    "backup, or move it away and import it again",
                    full, (unsigned long long)end, (unsigned long long)(tail->length - size));
    int fd = rc == 0 ? open(full, O_WRONLY | O_CLOEXEC) : -1;
    if (rc == 0 && (fd < 0 || (end < size && ftruncate(fd, (off_t)end) < 0) || fdatasync(fd) < 0))
        rc = ek_fail_errno(err, "%s", full);
    if (fd >= 0)
        close(fd);
    tail->length = end;
    free(full);
    return rc;
}

int ek_tails_mend(int folder, const char *path, struct ek_tail **tails, size_t *count,
                  struct ek_err *err)
{
    *tails = NULL;
    *count = 0;
    int rc = read_note(folder, path, tails, count, err);
    for (size_t i = 0; rc == 0 && i < *count; i++)
        rc = mend(folder, path, &(*tails)[i], err);
    if (rc < 0) {
        free(*tails);
        *tails = NULL;
        *count = 0;
    }
    return rc;
}
