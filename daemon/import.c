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

#define BEHIND_BATCH 1000u      /* posts tagged a step when the index catches up */

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
    return jsonl ? import_jsonl(&importing, err) : import_warc(&importing, err);
}

/* Tagging what is behind --------------------------------------------------------------------- */

/* The entries' texts in requests of at most EK_MAX_BATCH_BYTES; tags in the entries' order. */
static int tag_entries(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                       struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    struct ek_pool_text *texts = EK_NEW_ARRAY(arena, struct ek_pool_text, count);
    struct ek_pool_result result;
    if (!texts)
        return ek_fail_memory(err);
    size_t sent = 0, done = 0;
    while (done < count) {
        while (sent < count && ek_pool_room(pool)) {
            size_t first = sent, bytes = 0;
            for (; sent < count && (sent == first || bytes < EK_MAX_BATCH_BYTES); sent++) {
                const struct ek_post *post = &entries[sent].post;
                texts[sent] = (struct ek_pool_text){
                    .text = post->text, .len = strlen(post->text),
                    .language = entries[sent].language, .quotes = post->quotes,
                    .quote_count = post->quote_count};
                bytes += texts[sent].len;
            }
            if (ek_pool_submit_texts(pool, texts + first, sent - first, NULL, err) != 0)
                return -1;
        }
        if (ek_pool_next(pool, true, arena, &result, err) != 1)
            return -1;
        /* A post that cannot be tagged has no tags; it is in the records all the same. */
        for (size_t i = 0; i < result.count; i++)
            tags[done++] = result.items[i].tags;
    }
    return 0;
}

int ek_tag_behind(struct ek_store *store, struct ek_pool *pool,
                  void (*progress)(void *context, uint64_t tagged), void *context,
                  uint64_t *tagged, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    int count = -1;
    *tagged = 0;
    if (!arena)
        return ek_fail_memory(err);
    for (;;) {
        ek_arena_reset(arena);
        struct ek_entry *entries = EK_NEW_ARRAY(arena, struct ek_entry, BEHIND_BATCH);
        struct ek_tags *tags = EK_NEW_ARRAY(arena, struct ek_tags, BEHIND_BATCH);
        if (!entries || !tags) {
            count = ek_fail_memory(err);
            break;
        }
        count = ek_store_untagged(store, arena, entries, BEHIND_BATCH, err);
        if (count <= 0)
            break;
        if (tag_entries(pool, entries, (size_t)count, arena, tags, err) != 0 ||
            ek_store_put_tags(store, entries, tags, (size_t)count, err) != 0) {
            count = -1;
            break;
        }
        *tagged += (uint64_t)count;
        if (progress)
            progress(context, *tagged);
    }
    ek_arena_free(arena);
    return count < 0 ? -1 : 0;
}
