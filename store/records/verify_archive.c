/* verify_archive.c - every record of every archive file read through, referenced or not.
 *
 * gzip's own checksum tells damage. A file that merely ends in the middle of a record is what a
 * crash leaves: the next import cuts it off, and what the store refers to is checked by page. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "store/records/verify.h"

static void verify_file(struct ek_verifier *verifier, const char *path)
{
    struct ek_warc *warc = NULL;
    struct ek_warc_record record;
    struct ek_err err = {0};
    int got = ek_warc_open(&warc, path, &err) == 0 ? 1 : -1;
    while (got == 1 && (got = ek_warc_next(warc, &record, &err)) == 1)
        if (record.oddity && !record.truncated)
            ek_finding(verifier, "%s: record at byte %llu: %s: restore that file from a backup",
                       path, (unsigned long long)record.offset, record.oddity);
    if (got < 0)
        ek_finding(verifier, "%s: restore that file from a backup", err.message);
    ek_warc_close(warc);
}

void ek_verify_archive(struct ek_verifier *verifier)
{
    char folder[4200], path[4500];
    static const char suffix[] = ".warc.gz";
    snprintf(folder, sizeof folder, "%s/archive", verifier->store->folder);
    DIR *dir = opendir(folder);
    if (!dir) {
        ek_finding(verifier, "%s cannot be read: restore it from a backup", folder);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        if (len < sizeof suffix || strcmp(entry->d_name + len - sizeof suffix + 1, suffix) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        verify_file(verifier, path);
    }
    closedir(dir);
}
