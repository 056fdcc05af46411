/* file_copy.c - see file_copy.h. */
#include "store/file_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/digest.h"
#include "ekbom/error.h"

#define CHUNK_BYTES 65536u
#define AGREE_BYTES 16384u /* several members, each with an id that is random */

int ek_write_at(int fd, const char *bytes, size_t len, uint64_t at)
{
    while (len > 0) {
        ssize_t n = pwrite(fd, bytes, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
        at += (uint64_t)n;
    }
    return 0;
}

/* As many of the bytes at a place as there are. -1 with errno. */
static ssize_t read_at(int fd, char *bytes, size_t len, uint64_t at)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pread(fd, bytes + done, len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

static int copy_bytes(int in, const char *from, int out, const char *to, uint64_t begin,
                      uint64_t *copied, struct ek_err *err)
{
    char bytes[CHUNK_BYTES];
    ssize_t n;
    *copied = 0;
    while ((n = read_at(in, bytes, sizeof bytes, begin + *copied)) > 0) {
        if (ek_write_at(out, bytes, (size_t)n, begin + *copied) != 0)
            return ek_fail_errno(err, "%s", to);
        *copied += (uint64_t)n;
    }
    if (n < 0)
        return ek_fail_errno(err, "%s", from);
    /* Cut at the end and not before: other names of the file may be of newer backups, which have
     * the same bytes there. */
    if (ftruncate(out, (off_t)(begin + *copied)) != 0 || fsync(out) != 0)
        return ek_fail_errno(err, "%s", to);
    return 0;
}

int ek_file_copy(const char *from, const char *to, uint64_t begin, uint64_t *copied,
                 struct ek_err *err)
{
    struct stat about;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, result = -1;
    if (in < 0 || fstat(in, &about) != 0)
        ek_fail_errno(err, "%s", from);
    else if ((out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0 ||
             fchmod(out, about.st_mode & 0777) != 0)
        ek_fail_errno(err, "%s", to);
    else
        result = copy_bytes(in, from, out, to, begin, copied, err);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return result;
}

int ek_file_agrees(const char *a, const char *b, uint64_t end, struct ek_err *err)
{
    char bytes[2][AGREE_BYTES];
    const char *const paths[2] = {a, b};
    size_t len = end < AGREE_BYTES ? (size_t)end : AGREE_BYTES;
    bool whole = true;
    for (size_t i = 0; i < 2; i++) {
        int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read_at(fd, bytes[i], len, end - len);
        if (n < 0) {
            ek_fail_errno(err, "%s", paths[i]);
            if (fd >= 0)
                close(fd);
            return -1;
        }
        close(fd);
        whole = whole && (size_t)n == len;
    }
    return whole && memcmp(bytes[0], bytes[1], len) == 0;
}

int ek_file_digest(const char *path, uint64_t len, unsigned char digest[32], struct ek_err *err)
{
    char bytes[CHUNK_BYTES];
    struct ek_hasher hasher;
    uint64_t done = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe is empty */
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    ek_hasher_begin(&hasher);
    while (done < len && n > 0) {
        uint64_t left = len - done;
        n = read_at(fd, bytes, left < sizeof bytes ? (size_t)left : sizeof bytes, done);
        if (n > 0)
            ek_hasher_add_bare(&hasher, bytes, (size_t)n);
        done += n > 0 ? (uint64_t)n : 0;
    }
    if (n < 0)
        ek_fail_errno(err, "%s", path);
    close(fd);
    ek_hasher_finish(&hasher, digest);
    return n < 0 ? -1 : done == len;
}

int64_t ek_file_size(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) ? (int64_t)about.st_size : -1;
}
