/* status.c - what the store holds. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ekbom/arena.h"
#include "store/index/behind.h"
#include "store/index/figures.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/page.h"
#include "store/records/thread.h"

/* Nothing where the folder is not there, or may not be read by this person. */
static int folder_bytes(const char *folder, const char *name, uint64_t *bytes, struct ek_err *err)
{
    char path[4400];
    struct dirent *item;
    int result = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    DIR *directory = opendir(path);
    if (!directory)
        return errno == EACCES || errno == ENOENT ? 0 : ek_fail_errno(err, "%s", path);
    while (result == 0 && (errno = 0, item = readdir(directory))) {
        struct stat file;
        if (fstatat(dirfd(directory), item->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0)
            *bytes += S_ISREG(file.st_mode) ? (uint64_t)file.st_blocks * 512 : 0;
        else if (errno != ENOENT) /* a file that was renamed meanwhile */
            result = ek_fail_errno(err, "%s/%s", path, item->d_name);
    }
    if (result == 0 && errno)
        result = ek_fail_errno(err, "%s", path);
    closedir(directory);
    return result;
}

/* Forums in the order of their keys; by_number finds them again. */
static int list_forums(struct ek_txn *txn, struct ek_arena *arena, struct ek_store_status *status,
                       uint64_t *by_number, uint64_t numbers)
{
    struct ek_walk walk;
    uint64_t number;
    ek_names_begin(&walk, txn, EK_NAME_FORUM, 0);
    while (ek_names_next(&walk, &number) == 1) {
        struct ek_forum_record record;
        if (number > numbers || ek_forum_get(txn, arena, number, &record) != 1)
            continue;
        by_number[number] = status->forum_count + 1;
        status->forums[status->forum_count++] =
            (struct ek_store_forum){.base = record.base.value,
                                    .title = record.title.value,
                                    .software = record.software.value,
                                    .software_version = record.version.value,
                                    .pages = record.pages,
                                    .first_post = EK_TIME_UNKNOWN,
                                    .last_post = EK_TIME_UNKNOWN,
                                    .last_fetched = record.last_fetched};
    }
    ek_walk_end(&walk);
    return ek_txn_failed(txn) ? -1 : 0;
}

/* Threads and posts of each forum, by one walk over the posts of all threads. */
static void count_posts(struct ek_txn *txn, struct ek_store_status *status,
                        const uint64_t *by_number, uint64_t numbers)
{
    struct ek_arena *scratch = ek_arena_new(1u << 20);
    struct ek_store_forum nowhere = {0}, *forum = &nowhere;
    struct ek_walk walk;
    uint64_t thread, post, last = 0;
    ek_time time;
    if (!scratch) {
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
        return;
    }
    ek_thread_posts_begin(&walk, txn, 0);
    while (ek_thread_posts_next(&walk, &thread, &post, &time) == 1) {
        struct ek_thread_record record;
        if (thread != last) {
            last = thread;
            ek_arena_reset(scratch);
            bool known = ek_thread_get(txn, scratch, thread, &record) == 1 &&
                         record.forum <= numbers && by_number[record.forum];
            forum = known ? &status->forums[by_number[record.forum] - 1] : &nowhere;
            forum->threads++;
            status->threads++;
        }
        forum->posts++;
        forum->first_post = ek_earlier(forum->first_post, time);
        forum->last_post = ek_later(forum->last_post, time);
        status->undated += time == EK_TIME_UNKNOWN;
    }
    ek_walk_end(&walk);
    ek_arena_free(scratch);
}

static void list_quarantine(struct ek_txn *txn, struct ek_arena *arena,
                            struct ek_store_status *status, size_t room)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    ek_walk_begin(&walk, txn, EK_QUARANTINE, NULL, 0);
    while (status->quarantine_count < room && ek_walk_next(&walk, &key, &value) == 1) {
        struct ek_quarantined *item = &status->quarantined[status->quarantine_count];
        if (ek_quarantine_decode(item, arena, value))
            ek_txn_damaged(txn, EK_QUARANTINE, key.data, key.len);
        else
            status->quarantine_count++;
    }
    ek_walk_end(&walk);
}

static void count_rows(struct ek_txn *index, struct ek_store_status *status)
{
    struct ek_generation current;
    struct ek_index_figures figures;
    if (ek_generation_get(index, EK_CURRENT, &current) != 1 ||
        ek_index_figures(index, current.number, &figures))
        return;
    status->not_assessable = figures.not_assessable;
    status->undetermined = figures.undetermined;
}

static int status_records(struct ek_store *store, struct ek_arena *arena,
                          struct ek_store_status *status, struct ek_err *err)
{
    struct ek_txn *txn = ek_records(store);
    struct ek_counters counters;
    ek_counters_load(txn, &counters);
    status->posts = ek_txn_count(txn, EK_POSTS);
    status->revisions = ek_txn_count(txn, EK_REVISIONS);
    status->authors = ek_txn_count(txn, EK_AUTHORS);
    status->pages = ek_txn_count(txn, EK_PAGES);
    status->pages_read = counters.pages_read;
    status->pages_passed_over = counters.pages_passed_over;
    size_t items = (size_t)ek_txn_count(txn, EK_QUARANTINE);
    size_t forums = (size_t)ek_txn_count(txn, EK_FORUMS);
    uint64_t *by_number = EK_NEW_ARRAY(arena, uint64_t, (size_t)counters.forum + 1);
    status->forums = EK_NEW_ARRAY(arena, struct ek_store_forum, forums + 1);
    status->quarantined = EK_NEW_ARRAY(arena, struct ek_quarantined, items + 1);
    if (!by_number || !status->forums || !status->quarantined)
        return ek_fail_memory(err);
    if (list_forums(txn, arena, status, by_number, counters.forum) == 0)
        count_posts(txn, status, by_number, counters.forum);
    list_quarantine(txn, arena, status, items);
    return 0;
}

int ek_store_status(struct ek_store *store, struct ek_arena *arena, struct ek_store_status *status,
                    struct ek_err *err)
{
    memset(status, 0, sizeof *status);
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    status->format = EK_STORE_FORMAT;
    status->sample = ek_store_is_sample(store);
    const char *digest = NULL;
    int result = store->reading_index && ek_store_rules_known(store, &digest, err) < 0 ? -1 : 0;
    status->rules_digest = digest ? ek_strdup(arena, digest) : NULL;
    if (result == 0)
        result = status_records(store, arena, status, err);
    if (result == 0 && store->reading_index) {
        count_rows(store->reading_index, status);
        ek_index_behind(store, &status->behind);
        status->index_bytes = ek_env_bytes(store->index);
    }
    status->records_bytes = ek_env_bytes(store->records);
    if (!store->reading_index)
        status->index_refused = ek_strdup(arena, store->index_refused.message);
    if (result == 0)
        result = folder_bytes(store->folder, "archive", &status->archive_bytes, err);
    return ek_store_leave(store, result, err);
}
