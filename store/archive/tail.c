/* tail.c - cutting a torn record off after a crash, without reading gigabytes.
 *
 * Three shapes were weighed. Walking all members from the start costs a full inflate (about 11 s a
 * gigabyte of file), each time the archive is opened. Looking backwards from the end for a member
 * that ends there is cheap and wrong: a page may itself carry a WARC in gzip, deflate stores such
 * bytes as they are, and the search would take the inner member for one of ours and cut a good
 * record. So the lengths are noted: STORE/archive/lengths has a line for each file that was ever
 * written to, put on the disk before a session's first byte is appended to it, and again after
 * every 16 MiB flushed. What lies before a noted length was flushed and is never touched;
 * what lies behind it is walked, whole members are kept, and the rest is cut. Most opens cost one
 * small file and a few stats.
 *
 * A wrong note would cut good records off, so that it ends with its own checksum. One that is
 * damaged is worth nothing: then all files are walked from the start, and cut only where nothing
 * but the beginning of a record is left.
 *
 * A file shorter than noted has lost what was once on the disk. It is walked from the start so
 * that it can be appended to; `ekbom verify` names the pages that are gone. One that is missing may
 * be brought back, and would then take the place of what was written under its name: it keeps its
 * line, and pages go to another file (archive.c). */
#include "store/archive/tail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/read.h"
#include "store/archive/stream.h"

#define NOTE "lengths"
#define NOTE_NEW "lengths.new"
#define NOTE_BYTES (1u << 20) /* a line is 120 bytes at most, a file is a forum's month */
#define CHECKSUM "crc32 "
#define UNKNOWN UINT64_MAX

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
    ek_buf_init(&text, 128 * (count + 2));
    for (size_t i = 0; i < count; i++)
        ek_buf_addf(&text, "%s %llu\n", tails[i].file, (unsigned long long)tails[i].length);
    ek_buf_addf(&text, CHECKSUM "%08lx\n", crc32_z(0, (const void *)text.data, text.len));
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

static int damaged_note(const char *path, struct ek_err *err)
{
    return ek_fail(err, EK_FORMAT,
                   "%s/%s is damaged: the next command that writes to the archive reads its files "
                   "through and makes it anew",
                   path, NOTE);
}

/* The note, ended by a NUL (to be freed); "" where there is none. NULL: err. */
static char *read_note(int folder, const char *path, struct ek_err *err)
{
    char *text = calloc(1, NOTE_BYTES + 1);
    size_t len = 0;
    if (!text) {
        ek_fail_memory(err);
        return NULL;
    }
    int fd = openat(folder, NOTE, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe is empty */
    if (fd < 0 && errno == ENOENT)
        return text;
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && len < NOTE_BYTES) {
        n = read(fd, text + len, NOTE_BYTES - len);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            len += (size_t)n;
    }
    if (n < 0)
        ek_fail_errno(err, "%s/%s", path, NOTE);
    else if (n > 0 || strlen(text) != len)
        damaged_note(path, err);
    if (fd >= 0)
        close(fd);
    if (n == 0 && strlen(text) == len)
        return text;
    free(text);
    return NULL;
}

/* Take the last line off, which is the checksum of those before it. Notes of earlier versions have
 * none. */
static int check_note(char *text, const char *path, struct ek_err *err)
{
    size_t len = strlen(text), last = len ? len - 1 : 0;
    while (last > 0 && text[last - 1] != '\n')
        last--;
    char expected[sizeof CHECKSUM + 10];
    snprintf(expected, sizeof expected, CHECKSUM "%08lx\n",
             crc32_z(0, (const void *)text, last) & 0xffffffff);
    if (strncmp(text + last, CHECKSUM, sizeof CHECKSUM - 1) == 0 &&
        strcmp(text + last, expected) != 0)
        return damaged_note(path, err);
    if (strcmp(text + last, expected) == 0)
        text[last] = 0;
    return 0;
}

static int add_tail(struct ek_tail **tails, size_t *count, const char *file, uint64_t length,
                    struct ek_err *err)
{
    struct ek_tail *more = realloc(*tails, (*count + 1) * sizeof **tails);
    if (!more)
        return ek_fail_memory(err);
    *tails = more;
    more[*count] = (struct ek_tail){.length = length};
    snprintf(more[(*count)++].file, sizeof more->file, "%s", file);
    return 0;
}

static int read_lines(char *text, struct ek_tail **tails, size_t *count, struct ek_err *err)
{
    char *rest = NULL, file[sizeof((struct ek_tail *)0)->file];
    unsigned long long length;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        /* Lines that cannot be read are passed over. */
        if (sscanf(line, "%95s %llu", file, &length) == 2 && good_name(file) &&
            add_tail(tails, count, file, length, err))
            return -1;
    }
    return 0;
}

int ek_tails_read(int folder, const char *path, struct ek_tail **tails, size_t *count,
                  struct ek_err *err)
{
    *tails = NULL;
    *count = 0;
    char *text = read_note(folder, path, err);
    if (!text)
        return -1;
    int rc = check_note(text, path, err);
    if (rc == 0)
        rc = read_lines(text, tails, count, err);
    free(text);
    if (rc < 0) {
        free(*tails);
        *tails = NULL;
        *count = 0;
    }
    return rc;
}

/* Every archive file, of unknown length. */
static int list_files(int folder, const char *path, struct ek_tail **tails, size_t *count,
                      struct ek_err *err)
{
    static const char suffix[] = ".warc.gz";
    int rc = 0, own = dup(folder);
    DIR *dir = own < 0 ? NULL : fdopendir(own);
    if (!dir) {
        ek_fail_errno(err, "%s", path);
        if (own >= 0)
            close(own);
        return -1;
    }
    rewinddir(dir);
    for (struct dirent *entry; rc == 0 && (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        if (len >= sizeof suffix && len < sizeof(*tails)->file && good_name(entry->d_name) &&
            strcmp(entry->d_name + len - sizeof suffix + 1, suffix) == 0)
            rc = add_tail(tails, count, entry->d_name, UNKNOWN, err);
    }
    closedir(dir);
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
        tail->length = tail->length == UNKNOWN ? 0 : tail->length;
        tail->missing = errno == ENOENT && tail->length > 0;
        return errno == ENOENT ? 0 : ek_fail_errno(err, "%s/%s", path, tail->file);
    }
    uint64_t size = (uint64_t)st.st_size;
    if (!S_ISREG(st.st_mode))
        return ek_fail(err, EK_FORMAT, "%s/%s is no plain file: restore it from a backup", path,
                       tail->file);
    if (size == tail->length)
        return 0;
    char *full = NULL;
    if (asprintf(&full, "%s/%s", path, tail->file) < 0)
        return ek_fail_memory(err);
    bool lost = size < tail->length, torn = false;
    uint64_t end = 0;
    int rc = size ? last_member(full, lost ? 0 : tail->length, &end, &torn, err) : 0;
    bool damaged = rc == 0 && lost && end < size && !torn;
    if (damaged && tail->length == UNKNOWN)
        rc = ek_fail(err, EK_FORMAT,
                     "%s: byte %llu: damaged: restore it from a backup, or move it away and import "
                     "it again",
                     full, (unsigned long long)end);
    else if (damaged)
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
    struct ek_err own;
    int rc = ek_tails_read(folder, path, tails, count, &own);
    if (rc < 0 && own.kind == EK_FORMAT)
        rc = list_files(folder, path, tails, count, err);
    else if (rc < 0 && err)
        *err = own;
    for (size_t i = 0; rc == 0 && i < *count; i++)
        rc = mend(folder, path, &(*tails)[i], err);
    if (rc < 0) {
        free(*tails);
        *tails = NULL;
        *count = 0;
    }
    return rc;
}
