/* btree_heads.c - the two heads of a data file read, whoever may be writing them.
 *
 * A commit ends with one write of 120 bytes into the head whose turn it is. Who reads in that
 * moment may see half of it, so that what is wrong is looked at again; damage stays. */
#include "store/btree_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD (EK_PAGE_HEAD + EK_HEAD_BYTES)
#define LOOKS 50 /* a millisecond each */

int ek_fault_fail(const char *folder, const struct ek_fault *fault, struct ek_err *err)
{
    return ek_fail(err, EK_FORMAT, "%s is damaged: page %llu of data.mdb %s", folder,
                   (unsigned long long)fault->page, fault->what);
}

/* 0, 1: the file ends before it, -1. */
static int read_head(int file, off_t at, unsigned char head[HEAD])
{
    ssize_t len;
    do
        len = pread(file, head, HEAD, at);
    while (len < 0 && errno == EINTR);
    return len == HEAD ? 0 : len < 0 ? -1 : 1;
}

int ek_cut_short(const char *folder, struct ek_err *err)
{
    return ek_fail(err, EK_FORMAT, "%s is damaged: data.mdb is cut short", folder);
}

/* Both heads, as they are when nobody writes them: what is wrong may be half written. */
int ek_heads_read(int file, const char *folder, struct ek_head *holds, unsigned *page_size,
                  struct ek_err *err)
{
    unsigned char bytes[2][HEAD];
    const unsigned char *const heads[2] = {bytes[0], bytes[1]};
    const struct timespec moment = {.tv_nsec = 1000000};
    struct ek_fault fault = {0};
    bool foreign = false;
    for (int look = 0; look < LOOKS; look++) {
        int found = read_head(file, 0, bytes[0]);
        *page_size = ek_number32(bytes[0] + EK_PAGE_HEAD + EK_HEAD_FREE);
        if (found == 0 && ek_page_size_can_be(*page_size))
            found = read_head(file, *page_size, bytes[1]);
        else if (found == 0)
            memset(bytes[1], 0, HEAD);
        if (found)
            return found < 0 ? ek_fail_errno(err, "%s/data.mdb", folder)
                             : ek_cut_short(folder, err);
        fault.what = ek_heads_wrong(heads, holds, &foreign);
        if (!fault.what)
            return 0;
        nanosleep(&moment, NULL);
    }
    if (foreign)
        return ek_fail(err, EK_VERSION,
                       "%s was written with another version of LMDB's format: use the program "
                       "that wrote it",
                       folder);
    return ek_fault_fail(folder, &fault, err);
}

static int check_in(int folder, const char *path, struct ek_err *err)
{
    struct ek_head holds;
    unsigned page_size;
    struct stat st;
    int file = openat(folder, "data.mdb", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return ek_fail_errno(err, "%s/data.mdb", path);
    int result = 0;
    if (fstat(file, &st) == 0 && !S_ISREG(st.st_mode)) /* a pipe would be waited for */
        result = ek_fail(err, EK_FORMAT, "%s is damaged: data.mdb is no plain file", path);
    if (result == 0)
        result = ek_heads_read(file, path, &holds, &page_size, err);
    close(file);
    return result;
}

int ek_heads_check(const char *path, struct ek_err *err)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return ek_fail_errno(err, "%s", path);
    int result = check_in(folder, path, err);
    close(folder);
    return result;
}
