/* import_jsonl.c - posts as JSONL into the store: an export of another store, or somebody's own.
 *
 * Posts without a time of sighting get the file's modification time, not the present, so that the
 * same file again changes nothing. A line that is not a post is named and left out; the rest is
 * imported. */
#include "import.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/lines.h"
#include "ekbom/record_codec.h"

#define BATCH_POSTS 500u
#define MAX_COMPLAINTS 20u /* lines named; the rest is counted */

struct batch {
    struct ek_arena *arena;
    struct ek_entry *entries;
    uint64_t *lines;
    size_t count, bytes;
};

static void refuse(struct importing *importing, uint64_t line, const char *why)
{
    if (importing->report->refused++ < MAX_COMPLAINTS)
        importing_say(importing, "%s:%llu: %s", importing->path, (unsigned long long)line, why);
}

static int batch_reset(struct batch *batch, struct ek_err *err)
{
    ek_arena_reset(batch->arena);
    batch->count = batch->bytes = 0;
    batch->entries = EK_NEW_ARRAY(batch->arena, struct ek_entry, BATCH_POSTS);
    batch->lines = EK_NEW_ARRAY(batch->arena, uint64_t, BATCH_POSTS);
    return batch->entries && batch->lines ? 0 : ek_fail_memory(err);
}

/* File one tagged post of a batch. */
static int file_entry(struct importing *importing, const struct batch *batch, size_t i,
                      const struct ek_pool_item *item, ek_time seen, struct ek_err *err)
{
    struct ek_import_report *report = importing->report;
    size_t changed = 0;
    if (item->quarantined || item->failed) {
        char what[4200];
        snprintf(what, sizeof what, "%s:%llu (post %s)", importing->path,
                 (unsigned long long)batch->lines[i], batch->entries[i].post.id);
        importing_say(importing, "quarantined %s: %s", what, item->reason);
        report->quarantined++;
        return ek_store_quarantine(importing->import->store, what, item->reason, err);
    }
    if (ek_store_put_entry(importing->import->store, &batch->entries[i], seen, &item->tags,
                           &changed, err) != 0)
        return -1;
    report->posts++;
    report->changed += changed;
    importing->slice.posts++;
    return 0;
}

static int flush_batch(struct importing *importing, struct batch *batch, ek_time seen,
                       struct ek_err *err)
{
    struct ek_pool *pool = importing->import->pool;
    struct ek_pool_result result;
    struct ek_pool_text *texts =
        EK_NEW_ARRAY(batch->arena, struct ek_pool_text, batch->count ? batch->count : 1);
    if (!texts)
        return ek_fail_memory(err);
    for (size_t i = 0; i < batch->count; i++) {
        const struct ek_post *post = &batch->entries[i].post;
        texts[i] = (struct ek_pool_text){.text = post->text,
                                         .len = strlen(post->text),
                                         .language = batch->entries[i].language,
                                         .quotes = post->quotes,
                                         .quote_count = post->quote_count};
    }
    /* Half a batch each, so that two readers have work. */
    size_t half = (batch->count + 1) / 2;
    if (ek_pool_submit_texts(pool, texts, half, NULL, err) != 0 ||
        ek_pool_submit_texts(pool, texts + half, batch->count - half, NULL, err) != 0)
        return -1;
    for (size_t done = 0, part = 0; part < 2; part++) {
        if (ek_pool_next(pool, true, batch->arena, &result, err) != 1)
            return -1;
        for (size_t i = 0; i < result.count; i++, done++) {
            if (slice_begin(&importing->slice, err) != 0 ||
                file_entry(importing, batch, done, &result.items[i], seen, err) != 0)
                return -1;
        }
    }
    return importing_commit(importing, false, err) != 0 ? -1 : batch_reset(batch, err);
}

/* One line into the batch. */
static void take_line(struct importing *importing, struct batch *batch, const char *line,
                      size_t len, uint64_t number)
{
    json_error_t where;
    struct ek_err why;
    if (len == 0)
        return;
    json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where);
    if (!json) {
        ek_fail(&why, EK_FORMAT, "column %d: %s", where.column, where.text);
        refuse(importing, number, why.message);
        return;
    }
    struct ek_entry *entry = &batch->entries[batch->count];
    if (ek_entry_from_json(json, batch->arena, entry, &why) == 0) {
        batch->lines[batch->count++] = number;
        batch->bytes += len;
    } else {
        refuse(importing, number, why.message);
    }
    json_decref(json);
}

static int read_lines(struct importing *importing, struct ek_lines *lines, struct batch *batch,
                      ek_time seen, struct ek_err *err)
{
    char *line;
    size_t len;
    bool too_long;
    int got;
    while ((got = ek_lines_next(lines, &line, &len, &too_long, err)) == 1) {
        uint64_t number = ek_lines_number(lines);
        importing->report->records++;
        if (too_long)
            refuse(importing, number, "longer than 64 MiB");
        else
            take_line(importing, batch, line, len, number);
        if ((batch->count == BATCH_POSTS || batch->bytes >= EK_MAX_BATCH_BYTES) &&
            flush_batch(importing, batch, seen, err) != 0)
            return -1;
    }
    return got < 0 ? -1 : flush_batch(importing, batch, seen, err);
}

int import_jsonl(struct importing *importing, struct ek_err *err)
{
    struct batch batch = {.arena = ek_arena_new(EK_ARENA_BYTES)};
    struct ek_lines *lines = NULL;
    struct stat st;
    int result = -1;
    int fd = open(importing->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        ek_fail_errno(err, "%s", importing->path);
        goto out;
    }
    lines = ek_lines_new(fd, EK_MAX_LINE_BYTES);
    if (!lines || !batch.arena) {
        ek_fail_memory(err);
        goto out;
    }
    if (batch_reset(&batch, err) != 0 ||
        read_lines(importing, lines, &batch, st.st_mtime, err) != 0 ||
        importing_commit(importing, true, err) != 0)
        goto out;
    if (importing->report->refused > MAX_COMPLAINTS)
        importing_say(importing, "%s: %llu lines in all were refused", importing->path,
                      (unsigned long long)importing->report->refused);
    result = 0;
out:
    slice_abort(&importing->slice);
    ek_lines_free(lines);
    ek_arena_free(batch.arena);
    if (fd >= 0)
        close(fd);
    return result;
}
