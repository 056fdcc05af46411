/* import.c - which kind of file it is, and tagging what a cut-off run left behind. See
 * ekbom/import.h. */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"

void importing_say(const struct importing *importing, const char *format, ...)
{
    char line[1400];
    va_list ap;
    if (!importing->import->say)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    importing->import->say(importing->import->context, line);
}

int importing_commit(struct importing *importing, bool now, struct ek_err *err)
{
    bool committed;
    if (slice_commit(&importing->slice, now, &committed, err) != 0)
        return -1;
    if (committed && importing->import->progress)
        importing->import->progress(importing->import->context, importing->report);
    return 0;
}

/* JSONL begins with '{' after white space; anything else that is not a WARC is neither. */
static int looks_like_jsonl(const char *path, struct ek_err *err)
{
    char head[512];
    struct stat st;
    /* What can be read only once is taken for lines: an archive is a file. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return ek_fail_errno(err, "%s", path);
    }
    ssize_t n = S_ISDIR(st.st_mode) ? 0 : read(fd, head, sizeof head);
    close(fd);
    if (S_ISDIR(st.st_mode))
        return ek_fail(err, EK_USAGE, "%s is a folder: name the files in it", path);
    if (n < 0)
        return ek_fail_errno(err, "%s", path);
    if (n == 0)
        return ek_fail(err, EK_FORMAT, "%s is empty", path);
    ssize_t i = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < n && strchr(" \t\r\n", head[i]))
        i++;
    return i < n && head[i] == '{';
}

/* What was submitted for a file that failed is nothing to the next one. */
static void take_back(struct ek_pool *pool)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_pool_result result;
    while (arena && ek_pool_next(pool, true, arena, &result, NULL) == 1)
        ek_arena_reset(arena);
    ek_arena_free(arena);
}

int ek_import_file(const struct ek_import *import, const char *path,
                   struct ek_import_report *report, struct ek_err *err)
{
    struct importing importing = {
        .import = import, .report = report, .path = path, .slice.store = import->store};
    *report = (struct ek_import_report){0};
    int jsonl = looks_like_jsonl(path, err);
    if (jsonl < 0)
        return -1;
    if (!jsonl && !ek_warc_sniff(path))
        return ek_fail(err, EK_FORMAT,
                       "%s is neither a WARC file nor posts as JSONL: give a .warc or .warc.gz, or "
                       "a file with one JSON object a line",
                       path);
    int result = jsonl ? import_jsonl(&importing, err) : import_warc(&importing, err);
    if (result != 0)
        take_back(import->pool);
    return result;
}
