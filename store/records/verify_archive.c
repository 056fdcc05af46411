/* verify_archive.c - every record of every archive file read through, referenced or not.
 *
 * gzip's own checksum tells damage. What lies behind the length that is known to be whole is what a
 * crash may leave: a file that ends in the middle of a record, that is empty, or whose last bytes
 * never reached the disk. The next import cuts it off, so it is no finding; what the store refers
 * to, wherever it lies, is checked by page. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/archive/tail.h"
#include "store/records/verify.h"

static void verify_file(struct ek_verifier *verifier, const char *path, uint64_t whole)
{
    struct ek_warc *warc = NULL;
    struct ek_warc_record record;
    struct ek_err err = {0};
    struct stat st;
    uint64_t read = 0;                                  /* up to here without a finding */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a pipe would be waited for */
        ek_finding(verifier, "%s is no plain file: restore that file from a backup", path);
        return;
    }
    int got = ek_warc_open(&warc, path, &err) == 0 ? 1 : -1;
    while (got == 1 && (got = ek_warc_next(warc, &record, &err)) == 1) {
        if (record.oddity && !record.truncated && record.offset < whole)
            ek_finding(verifier, "%s: record at byte %llu: %s: restore that file from a backup",
                       path, (unsigned long long)record.offset, record.oddity);
        read = record.offset + record.length;
    }
    if (got < 0 && (read < whole || err.kind == EK_MEMORY))
        ek_finding_error(verifier, &err, ": restore that file from a backup");
    ek_warc_close(warc);
}

/* Files that are shorter than what was certainly on the disk, or gone. */
static void verify_lengths(struct ek_verifier *verifier, const struct ek_tail *tails, size_t count,
                           int folder)
{
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        struct ek_err err;
        bool there = fstatat(folder, tails[i].file, &st, 0) == 0;
        if (!there && errno != ENOENT) {
            ek_fail_errno(&err, "%s/archive/%s", verifier->store->folder, tails[i].file);
            ek_finding_error(verifier, &err, ": restore that file from a backup");
        } else if (tails[i].length && (!there || (uint64_t)st.st_size < tails[i].length))
            ek_finding(
                verifier,
                "%s/archive/%s: %llu bytes were on the disk, and %llu are: restore that file "
                "from a backup",
                verifier->store->folder, tails[i].file, (unsigned long long)tails[i].length,
                there ? (unsigned long long)st.st_size : 0);
    }
}

/* How much of a file certainly is on the disk: all of one that was never noted. */
static uint64_t whole_length(const struct ek_tail *tails, size_t count, int folder,
                             const char *name)
{
    struct stat st;
    for (size_t i = 0; i < count; i++)
        if (strcmp(tails[i].file, name) == 0)
            return tails[i].length;
    return fstatat(folder, name, &st, 0) == 0 ? (uint64_t)st.st_size : UINT64_MAX;
}

void ek_verify_archive(struct ek_verifier *verifier)
{
    char folder[4200], path[4500];
    static const char suffix[] = ".warc.gz";
    struct ek_tail *tails = NULL;
    struct ek_err err;
    size_t count = 0;
    snprintf(folder, sizeof folder, "%s/archive", verifier->store->folder);
    DIR *dir = opendir(folder);
    if (!dir) {
        ek_fail_errno(&err, "%s", folder);
        ek_finding_error(verifier, &err, ": restore it from a backup");
        return;
    }
    if (ek_tails_read(dirfd(dir), folder, &tails, &count, &err) < 0)
        ek_finding_error(verifier, &err, "");
    verify_lengths(verifier, tails, count, dirfd(dir));
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        if (len < sizeof suffix || strcmp(entry->d_name + len - sizeof suffix + 1, suffix) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        verify_file(verifier, path, whole_length(tails, count, dirfd(dir), entry->d_name));
    }
    free(tails);
    closedir(dir);
}
