/* store.c - a store opened and closed.
 *
 * Records and index are two LMDB environments, so that file permissions can let a colleague query
 * without reading names or words: a reader opens what it may, and keeps the reason why not for
 * the functions that need the other. LMDB forbids a process to open one environment twice (closing
 * either drops the locks of both), hence the list of open stores. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/folder.h"
#include "store/format.h"
#include "store/handle.h"
#include "store/index/coder.h"
#include "store/index/merge.h"
#include "store/index/recover.h"
#include "store/query/held.h"
#include "store/query/stored.h"
#include "store/records/revision.h"
#include "store/records/verify.h"

static const char *const record_tables[] = {
    "meta",       "forum",    "board",        "thread",       "author", "post",
    "revision",   "name",     "thread-posts", "author-posts", "change", "page",
    "quarantine", "rule-set", "frontier",     "robots",       NULL};
static const char *const index_tables[] = {"meta", "forum",  "chunk", "word",  "generation",
                                           "code", "behind", "mark",  "first", NULL};

static struct ek_store *open_stores;

static int make_folder(const char *path, struct ek_err *err)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST)
        return 0;
    return ek_fail_errno(err, "%s", path);
}

static int make_folders(const char *folder, struct ek_err *err)
{
    static const char *const parts[] = {"", "/records", "/index", "/archive"};
    char path[4200];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "%s%s", folder, parts[i]);
        if (make_folder(path, err))
            return -1;
    }
    /* The store's own name too; where the folder above may not be read, whoever made it cares. */
    snprintf(path, sizeof path, "%s/..", folder);
    if (access(path, R_OK) == 0 && ek_sync_folder(path, err))
        return -1;
    return ek_sync_folder(folder, err);
}

/* Formats ----------------------------------------------------------------------------------- */

/* A writer gives new records their format, and an id that the index repeats. Format 2 differs from
 * 1 by what writers add to it: the number of pairs in each table (env_guard.c), a note of the key
 * (pseudonym.c), dictionaries for the texts; without them all is read as before. Format 3 may have
 * marks of what was forgotten, which a program that does not know them would bring back. */
static int records_begin(struct ek_store *store, const char *folder, struct ek_err *err)
{
    unsigned char id[16];
    unsigned format = 0;
    struct ek_txn *txn = ek_txn_begin(store->records, true, err);
    if (!txn)
        return -1;
    int found = ek_format_check(txn, EK_RECORDS_META, EK_STORE_FORMAT, folder, err);
    if (found < 0 || (found == 1 && ek_txn_format(txn, EK_RECORDS_META, &format) == 1 &&
                      format == EK_STORE_FORMAT)) {
        ek_txn_end(txn);
        return found < 0 ? -1 : 0;
    }
    ek_txn_set_format(txn, EK_RECORDS_META, EK_STORE_FORMAT);
    if (found == 0 && ek_random(id, sizeof id))
        ek_txn_fail(txn, EK_IO, "no random bytes: %s", strerror(errno));
    if (found == 0)
        ek_txn_put(txn, EK_RECORDS_META, "id", 2, id, sizeof id);
    if (ek_txn_commit(txn, err))
        return -1;
    return ek_sync_folder(folder, err);
}

/* Opening ----------------------------------------------------------------------------------- */

static int already_open(struct ek_store *store, struct ek_err *err)
{
    struct stat folder;
    if (stat(store->folder, &folder))
        return ek_fail_errno(err, "%s", store->folder);
    for (const struct ek_store *other = open_stores; other; other = other->next_open) {
        if (other->device == folder.st_dev && other->inode == folder.st_ino)
            return ek_fail(err, EK_BUSY, "%s is already open in this program", store->folder);
    }
    store->device = folder.st_dev;
    store->inode = folder.st_ino;
    store->next_open = open_stores;
    open_stores = store;
    return 0;
}

static void unlist(struct ek_store *store)
{
    for (struct ek_store **at = &open_stores; *at; at = &(*at)->next_open) {
        if (*at == store) {
            *at = store->next_open;
            return;
        }
    }
}

/* What to do, behind the words about what is wrong. */
static void add_remedy(struct ek_err *err, const char *format, const char *folder)
{
    struct ek_err plain = *err;
    char remedy[4300];
    snprintf(remedy, sizeof remedy, format, folder);
    ek_fail(err, plain.kind, "%s: %s", plain.message, remedy);
}

/* Records that are gone are not begun anew beside an index that knew them: it would be emptied. */
static int check_records(const char *folder, struct ek_err *err)
{
    char records[4200], index[4200];
    snprintf(records, sizeof records, "%s/records/data.mdb", folder);
    snprintf(index, sizeof index, "%s/index/data.mdb", folder);
    if (access(records, F_OK) == 0 || errno != ENOENT || access(index, F_OK) != 0)
        return 0;
    return ek_fail(err, EK_FORMAT,
                   "%s is missing, and %s is there: " EK_RECORDS_REMEDY
                   ", or remove the index to begin a new store",
                   records, index);
}

/* anew: a new index, beside the one that answers. */
static int open_for_writing(struct ek_store *store, const char *program, bool anew,
                            struct ek_err *err)
{
    char records[4200], index[4200];
    unsigned old_format;
    snprintf(records, sizeof records, "%s/records", store->folder);
    snprintf(index, sizeof index, "%s/index%s", store->folder, anew ? ".new" : "");
    if (make_folders(store->folder, err) || already_open(store, err))
        return -1;
    store->lock = ek_writer_lock(store->folder, program ? program : "ekbom", err);
    if (store->lock < 0 || ek_leftovers_remove(store->folder, err) ||
        check_records(store->folder, err) || (anew && make_folder(index, err)) ||
        ek_env_open(&store->records, records, record_tables, true, err) ||
        records_begin(store, records, err) || ek_key_ensure(store, err))
        return -1;
    struct ek_bytes value;
    struct ek_txn *txn = ek_txn_begin(store->records, false, err);
    if (!txn)
        return -1;
    store->sample = ek_txn_get(txn, EK_RECORDS_META, "sample", strlen("sample"), &value) == 1;
    bool damaged = ek_txn_take_error(txn, err);
    ek_txn_end(txn);
    if (damaged)
        return -1;
    int old = ek_index_is_old(index, &old_format, err);
    if (old < 0 || (old && ek_index_remove(index, err)))
        return -1;
    if (ek_env_open(&store->index, index, index_tables, true, err)) {
        if (err && err->kind == EK_FORMAT)
            ek_fail_in(err,
                       "the index is derived: remove %s, and the next writing command makes "
                       "it anew",
                       index);
        return -1;
    }
    txn = ek_txn_begin(store->index, false, err);
    int found = txn ? ek_format_check(txn, EK_INDEX_META, EK_INDEX_FORMAT, index, err) : -1;
    ek_txn_end(txn);
    if (found < 0 || ek_index_recover(store, err))
        return -1;
    return ek_sync_folder(index, err);
}

static struct ek_env *open_part(const char *folder, const char *const *tables, unsigned meta,
                                unsigned known, struct ek_err *err)
{
    struct ek_env *env = NULL;
    if (ek_env_open(&env, folder, tables, false, err))
        return NULL;
    if (ek_format_require(env, meta, known, folder, err) == 0)
        return env;
    ek_env_close(env);
    return NULL;
}

/* An index that is missing or old is no fault: the next writer makes it anew. */
static struct ek_env *open_index(const struct ek_store *store, const char *folder,
                                 struct ek_err *err)
{
    static const char remedy[] = "the next writing command makes it anew";
    unsigned format;
    int old = ek_index_is_old(folder, &format, err);
    if (old < 0)
        return NULL;
    if (old) {
        ek_fail(err, EK_NOT_FOUND, "%s has the older format %u: %s", folder, format, remedy);
        return NULL;
    }
    struct ek_env *env = open_part(folder, index_tables, EK_INDEX_META, EK_INDEX_FORMAT, err);
    if (!env && err->kind == EK_NOT_FOUND)
        ek_fail(err, EK_NOT_FOUND, "%s is missing: %s", folder, remedy);
    if (!env && err->kind == EK_FORMAT && store->mode != EK_STORE_VERIFY)
        add_remedy(err, EK_INDEX_REMEDY, store->folder);
    return env;
}

/* Which of the two reasons to give when neither part can be read. */
static int unreadable(const struct ek_store *store, struct ek_err *err)
{
    const struct ek_err *why = &store->records_refused;
    if (why->kind == EK_IO && store->index_refused.kind == EK_FORMAT)
        why = &store->index_refused;
    if (why->kind == EK_NOT_FOUND)
        return ek_fail(err, EK_NOT_FOUND, "no store at %s: `ekbom import` makes one",
                       store->folder);
    if (err)
        *err = *why;
    return -1;
}

static int open_for_reading(struct ek_store *store, struct ek_err *err)
{
    char records[4200], index[4200];
    struct stat folder;
    snprintf(records, sizeof records, "%s/records", store->folder);
    snprintf(index, sizeof index, "%s/index", store->folder);
    if (stat(store->folder, &folder) && errno == ENOENT)
        return ek_fail(err, EK_NOT_FOUND, "no store at %s: `ekbom import` makes one",
                       store->folder);
    if (already_open(store, err))
        return -1;
    store->records = open_part(records, record_tables, EK_RECORDS_META, EK_STORE_FORMAT,
                               &store->records_refused);
    if (store->records_refused.kind == EK_FORMAT && store->mode != EK_STORE_VERIFY)
        add_remedy(&store->records_refused, EK_RECORDS_REMEDY "%s", "");
    store->index = open_index(store, index, &store->index_refused);
    if (!store->records && !store->index)
        return unreadable(store, err);
    /* A newer part makes the whole store unusable, and so do damaged records and want of memory;
     * one that may not be read, or an index that is damaged or was removed, does not: what needs it
     * is refused, and the records are read, backed up and dumped. Verifying goes as far as it can.
     */
    const struct ek_err *refused[] = {&store->records_refused, &store->index_refused};
    for (size_t i = 0; i < 2; i++) {
        bool damaged = i == 0 && refused[i]->kind == EK_FORMAT && store->mode != EK_STORE_VERIFY;
        if (refused[i]->kind == EK_VERSION || damaged || refused[i]->kind == EK_MEMORY) {
            if (err)
                *err = *refused[i];
            return -1;
        }
    }
    if (store->records_refused.kind != EK_OK && store->mode != EK_STORE_VERIFY)
        ek_fail_in(&store->records_refused,
                   "this needs the records (names, addresses, words), which cannot be read");
    return 0;
}

static bool read_sample(struct ek_store *store)
{
    struct ek_bytes value;
    bool sample = false;
    if (ek_store_enter(store, 0, NULL))
        return false;
    if (store->reading_records)
        sample = ek_txn_get(store->reading_records, EK_RECORDS_META, "sample", strlen("sample"),
                            &value) == 1;
    if (store->reading_index)
        sample = sample || ek_txn_get(store->reading_index, EK_INDEX_META, "sample",
                                      strlen("sample"), &value) == 1;
    ek_store_leave(store, 0, NULL);
    return sample;
}

int ek_store_open_as(struct ek_store **out, const char *folder, enum ek_store_mode mode,
                     const char *program, bool anew, struct ek_err *err)
{
    struct ek_store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (!store)
        return ek_fail_memory(err);
    store->mode = mode;
    store->lock = -1;
    ek_buf_init(&store->value, 2 * (size_t)EK_MAX_LINE_BYTES);
    ek_buf_init(&store->pending_tags, EK_ARENA_BYTES);
    store->folder = strdup(folder);
    store->scratch = ek_arena_new(EK_ARENA_BYTES);
    store->spare = ek_arena_new(EK_ARENA_BYTES);
    store->packer = ek_packer_new();
    store->merger = ek_merger_new();
    store->coder = ek_coder_new();
    int result = 0;
    if (!store->folder || !store->scratch || !store->spare || !store->packer || !store->merger ||
        !store->coder)
        result = ek_fail_memory(err);
    else if (strlen(folder) > 4000)
        result = ek_fail(err, EK_USAGE, "the path of the store is longer than 4,000 bytes");
    else if (mode == EK_STORE_WRITE)
        result = open_for_writing(store, program, anew, err);
    else
        result = open_for_reading(store, err);
    if (result) {
        ek_store_close(store);
        return -1;
    }
    *out = store;
    return 0;
}

int ek_store_open(struct ek_store **out, const char *folder, enum ek_store_mode mode,
                  const char *program, struct ek_err *err)
{
    return ek_store_open_as(out, folder, mode, program, false, err);
}

void ek_store_close(struct ek_store *store)
{
    if (!store)
        return;
    ek_store_abort(store);
    unlist(store);
    ek_held_free(store);
    ek_stored_free(store);
    ek_txn_end(store->reading_index);
    ek_txn_end(store->reading_records);
    ek_env_close(store->index);
    ek_env_close(store->records);
    ek_writer_unlock(store->lock);
    ek_packer_free(store->packer);
    ek_merger_free(store->merger);
    ek_coder_free(store->coder);
    ek_arena_free(store->scratch);
    ek_arena_free(store->spare);
    ek_buf_free(&store->value);
    ek_buf_free(&store->pending_tags);
    free(store->pending);
    free(store->folder);
    free(store);
}

const char *ek_store_folder(const struct ek_store *store)
{
    return store->folder;
}

bool ek_store_is_sample(struct ek_store *store)
{
    store->sample = store->sample || read_sample(store);
    return store->sample;
}

static int mark(struct ek_env *env, unsigned meta, struct ek_err *err)
{
    struct ek_txn *txn = ek_txn_begin(env, true, err);
    if (!txn)
        return -1;
    ek_txn_put(txn, meta, "sample", strlen("sample"), "", 0);
    return ek_txn_commit(txn, err);
}

int ek_store_mark_sample(struct ek_store *store, struct ek_err *err)
{
    if (store->mode != EK_STORE_WRITE)
        return ek_fail(err, EK_USAGE, "%s is open for reading only", store->folder);
    if (store->slice)
        ek_txn_put(store->slice, EK_RECORDS_META, "sample", strlen("sample"), "", 0);
    else if (mark(store->records, EK_RECORDS_META, err))
        return -1;
    if (mark(store->index, EK_INDEX_META, err))
        return -1;
    store->sample = true;
    return 0;
}
