/* load_record.c - one record of a dump into the tables of the records. See loading.h.
 *
 * Records keep their numbers, so that a dump of the new store is the same bytes. The tables that
 * lead to them (names, posts of threads and authors, changes) are made again from the records. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/dump/loading.h"
#include "store/file_copy.h"
#include "store/folder.h"
#include "store/records/names.h"
#include "store/records/rule_set.h"
#include "store/slice.h"

static int take_head(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_head *head = record;
    (void)loading;
    if (head->version != EK_DUMP_VERSION)
        return ek_fail(err, EK_VERSION,
                       "a dump of version %llu, by %s: this program reads version %d",
                       (unsigned long long)head->version, head->program, EK_DUMP_VERSION);
    if (head->store_format > EK_STORE_FORMAT)
        return ek_fail(err, EK_VERSION,
                       "a dump of a store of format %llu, by %s: this program knows formats up to "
                       "%u: use the newer ekbom",
                       (unsigned long long)head->store_format, head->program, EK_STORE_FORMAT);
    return 0;
}

/* In the place of the one that the new store was given. */
static int write_key(const struct ek_loading *loading, const unsigned char key[32],
                     struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    int fd = open(ek_path(path, loading->folder, "key"), O_WRONLY | O_TRUNC | O_CLOEXEC);
    errno = 0;
    int result = 0;
    if (fd < 0 || write(fd, key, 32) != 32 || fsync(fd) != 0) {
        errno = errno ? errno : ENOSPC; /* a short write */
        result = ek_fail_errno(err, "%s", path);
    }
    if (fd >= 0)
        close(fd);
    return result;
}

static int take_store(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_store *head = record;
    const char *rules = head->rules ? head->rules : "";
    if (strlen(rules) >= sizeof loading->rules)
        return ek_fail(err, EK_FORMAT, "'rules' is no digest");
    loading->head = *head;
    snprintf(loading->rules, sizeof loading->rules, "%s", rules);
    if (head->sample && ek_store_mark_sample(loading->store, err) != 0)
        return -1;
    return write_key(loading, head->key, err) ? -1 : ek_key_note(loading->store, head->key, err);
}

static int take_rule_set(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_rule_set *line = record;
    struct ek_store *store = loading->store;
    struct ek_bundle bundle = {
        .origin = line->origin, .files = line->files, .count = line->file_count};
    ek_bundle_seal(&bundle);
    if (strcmp(bundle.digest, line->digest) != 0)
        return ek_fail(err, EK_FORMAT, "the files have the digest %s, not %s", bundle.digest,
                       line->digest);
    ek_arena_reset(store->scratch);
    ek_rule_set_put(store, store->slice, &bundle);
    ek_rule_set_put_codes(store, store->slice, bundle.digest, line->codes, line->code_count);
    return 0;
}

static int take_forum(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_forum *line = record;
    char key[EK_FORUM_KEY_BYTES];
    if (!line->is.base.value)
        return ek_fail(err, EK_FORMAT, "'base' must not be null");
    ek_forum_put(loading->store, line->number, &line->is);
    ek_name_set(loading->store->slice, EK_NAME_FORUM, 0, ek_forum_key(line->is.base.value, key),
                line->number);
    return 0;
}

static int take_board(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_board *line = record;
    (void)err;
    ek_board_put(loading->store, line->number, &line->is);
    ek_name_set(loading->store->slice, EK_NAME_BOARD, line->is.forum, line->is.id, line->number);
    return 0;
}

static int take_thread(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_thread *line = record;
    (void)err;
    ek_thread_put(loading->store, line->number, &line->is);
    ek_name_set(loading->store->slice, EK_NAME_THREAD, line->is.forum, line->is.id, line->number);
    return 0;
}

static int take_author(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_author *line = record;
    struct ek_txn *txn = loading->store->slice;
    struct ek_author_record author = line->is;
    if ((author.kind == EK_AUTHOR_ACCOUNT) != (author.id != NULL))
        return ek_fail(err, EK_FORMAT, "an account has an 'id', and nobody else");
    author.name_count = line->name_count;
    author.names = EK_NEW_ARRAY(loading->arena, struct ek_author_name, line->name_count + 1);
    if (!author.names)
        return ek_fail_memory(err);
    enum ek_name_kind kind = author.kind == EK_AUTHOR_GUEST ? EK_NAME_GUEST : EK_NAME_SHOWN;
    for (size_t i = 0; i < line->name_count; i++) {
        author.names[i] = line->names[i].is;
        if (line->names[i].leads)
            ek_name_set(txn, kind, author.forum, author.names[i].name, line->number);
    }
    if (author.id)
        ek_name_set(txn, EK_NAME_ACCOUNT, author.forum, author.id, line->number);
    ek_author_put(loading->store, line->number, &author);
    return 0;
}

static int take_page(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_page *line = record;
    (void)err;
    ek_page_put(loading->store, line->key, &line->is);
    return 0;
}

/* Posts and their texts --------------------------------------------------------------------- */

/* The post outlives its line: its list of revisions is held against the lines that follow. */
static int keep_post(struct ek_loading *loading, const struct ek_dump_post *line,
                     struct ek_err *err)
{
    size_t count = line->is.stamp_count;
    ek_arena_reset(loading->post_arena);
    loading->post = *line;
    loading->revisions = 0;
    loading->post.is.id = ek_strdup(loading->post_arena, line->is.id);
    loading->post.is.stamps = EK_NEW_ARRAY(loading->post_arena, struct ek_stamp, count);
    if (!loading->post.is.stamps || !loading->post.is.id)
        return ek_fail_memory(err);
    memcpy(loading->post.is.stamps, line->is.stamps, count * sizeof *line->is.stamps);
    return 0;
}

static int take_post(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_post *line = record;
    struct ek_store *store = loading->store;
    unsigned char key[8], value[8];
    if (line->is.stamp_count == 0)
        return ek_fail(err, EK_FORMAT, "'revisions' is empty");
    if (keep_post(loading, line, err) != 0)
        return -1;
    ek_post_put(store, line->number, &line->is);
    ek_name_set(store->slice, EK_NAME_POST, line->is.forum, line->is.id, line->number);
    ek_thread_post_set(store->slice, line->is.thread, line->is.id, line->number, line->is.time);
    if (line->is.author.number)
        ek_author_post_set(store->slice, line->is.author.number, line->number);
    ek_put_be64(key, line->is.change);
    ek_put_be64(value, line->number);
    ek_txn_put(store->slice, EK_CHANGES, key, sizeof key, value, sizeof value);
    /* Dictionaries are trained as the store grows. */
    if (line->number > store->counters.post)
        store->counters.post = line->number;
    loading->report->posts++;
    return 0;
}

static int take_revision(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_revision *line = record;
    struct ek_store *store = loading->store;
    struct ek_stamp made;
    if (line->post != loading->post.number || loading->revisions == loading->post.is.stamp_count)
        return ek_fail(err, EK_FORMAT, "a revision that the post before it does not list");
    const struct ek_stamp *stamp = &loading->post.is.stamps[loading->revisions];
    if (ek_stamp_make(&made, &line->words, stamp->first, stamp->last, &store->value) != 0)
        return ek_fail_memory(err);
    if (memcmp(made.digest, stamp->digest, sizeof made.digest) != 0 ||
        made.apparatus != stamp->apparatus)
        return ek_fail(err, EK_FORMAT,
                       "text, quotes or links differ from the digest that the post "
                       "has for them");
    ek_revision_put(store, line->post, stamp, &line->words);
    loading->revisions++;
    loading->report->revisions++;
    return 0;
}

int ek_load_post_end(const struct ek_loading *loading, struct ek_err *err)
{
    if (loading->revisions == loading->post.is.stamp_count)
        return 0;
    return ek_fail(err, EK_FORMAT, "post %s before it lacks %zu of its revisions",
                   loading->post.is.id, loading->post.is.stamp_count - loading->revisions);
}

/* The rest ---------------------------------------------------------------------------------- */

static int take_quarantine(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_quarantine *line = record;
    (void)err;
    ek_quarantine_put(loading->store, line->key, line->is.what, line->is.reason, line->is.when);
    return 0;
}

static int take_frontier(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_frontier *line = record;
    ek_arena_reset(loading->store->scratch);
    return ek_frontier_write(loading->store, line->source, &line->is, err);
}

static int take_robots(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    return ek_robots_keep(loading->store, record, err);
}

static int take_forgotten(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    (void)err;
    ek_forgotten_keep(loading->store->slice, record);
    return 0;
}

static void note_missing(struct ek_loading *loading, const char *file, const char *why)
{
    struct ek_dump_report *report = loading->report;
    if (report->missing++ > 0)
        return;
    snprintf(report->missing_file, sizeof report->missing_file, "%s", file);
    snprintf(report->missing_why, sizeof report->missing_why, "%.190s", why);
}

/* Why the file is not the one that was dumped; NULL if it is. */
static const char *other_than_dumped(const char *path, const struct ek_dump_archive *line,
                                     struct ek_err *why)
{
    unsigned char digest[EK_SHA256_BYTES];
    char hex[2 * EK_SHA256_BYTES + 1];
    int got = ek_file_digest(path, line->length, digest, why);
    if (got < 0)
        return why->message;
    if (got == 0)
        return "it is shorter than the one that was dumped";
    if (line->sha256 && strcmp(ek_hex(digest, sizeof digest, hex), line->sha256) != 0)
        return "it is not the one that was dumped";
    return NULL;
}

static int copy_archive_file(struct ek_loading *loading, const struct ek_dump_archive *line,
                             struct ek_err *err)
{
    char from[EK_PATH_BYTES], folder[EK_PATH_BYTES], to[EK_PATH_BYTES];
    struct ek_err why;
    uint64_t copied;
    if (!loading->load->archive) {
        note_missing(loading, line->file, "--archive DIR takes them along");
        return 0;
    }
    ek_path(from, loading->load->archive, line->file);
    ek_path(to, ek_path(folder, loading->folder, "archive"), line->file);
    const char *other = other_than_dumped(from, line, &why);
    if (!other)
        return ek_file_copy(from, to, 0, &copied, err);
    note_missing(loading, line->file, other);
    return 0;
}

static int take_archive(struct ek_loading *loading, const void *record, struct ek_err *err)
{
    const struct ek_dump_archive *line = record;
    if (*line->file == '.' || !*line->file || strchr(line->file, '/') ||
        strlen(line->file) >= sizeof loading->tails->file)
        return ek_fail(err, EK_FORMAT, "'file' is no name of an archive file");
    struct ek_tail *tails =
        reallocarray(loading->tails, loading->tail_count + 1, sizeof *loading->tails);
    if (!tails)
        return ek_fail_memory(err);
    loading->tails = tails;
    snprintf(tails[loading->tail_count].file, sizeof tails->file, "%s", line->file);
    tails[loading->tail_count++].length = line->length;
    loading->report->archive_files++;
    return copy_archive_file(loading, line, err);
}

int ek_load_record(struct ek_loading *loading, enum ek_dump_kind kind, const void *record,
                   struct ek_err *err)
{
    static int (*const take[EK_DUMP_KINDS])(struct ek_loading *, const void *, struct ek_err *) = {
        [EK_DUMP_HEAD] = take_head,
        [EK_DUMP_STORE] = take_store,
        [EK_DUMP_RULE_SET] = take_rule_set,
        [EK_DUMP_FORUM] = take_forum,
        [EK_DUMP_BOARD] = take_board,
        [EK_DUMP_THREAD] = take_thread,
        [EK_DUMP_AUTHOR] = take_author,
        [EK_DUMP_PAGE] = take_page,
        [EK_DUMP_POST] = take_post,
        [EK_DUMP_REVISION] = take_revision,
        [EK_DUMP_QUARANTINE] = take_quarantine,
        [EK_DUMP_FRONTIER] = take_frontier,
        [EK_DUMP_ROBOTS] = take_robots,
        [EK_DUMP_FORGOTTEN] = take_forgotten,
        [EK_DUMP_ARCHIVE] = take_archive,
    };
    if (take[kind](loading, record, err) != 0)
        return -1;
    return ek_txn_failed(loading->store->slice) ? ek_slice_failed(loading->store, err) : 0;
}
