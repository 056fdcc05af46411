/* env_copy.c - an environment written anew, pair by pair. See env_copy.h.
 *
 * LMDB's own copy (mdb_env_copy2) was turned down: it begins a transaction of its own, so records
 * and index could not be copied as of one moment beside a writer, and it copies what is damaged
 * without a word. Pairs that come in order fill every page to its end: the file is a fifth smaller
 * than what LMDB's compacting copy leaves. The price: 240 MB a second where that one does 1,000,
 * which is still faster than the disks that backups go to.
 *
 * Nobody else can see the new file, so it is written without locks and without a sync a commit,
 * in transactions of EK_COPY_BYTES, and put on the disk once at the end. */
#include "store/env_copy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/limits.h"
#include "store/env_read.h"

/* An environment that this file alone has open, and its one transaction. */
struct fresh {
    struct ek_env env;
    struct ek_txn txn;
    char folder[4200];
};

/* Where address space is limited the map is halved until it fits, as in env.c. */
static int open_map(struct fresh *fresh, unsigned flags)
{
    MDB_env **handle = &fresh->env.handle;
    int code = ENOMEM;
    for (uint64_t map = EK_MAP_BYTES; code == ENOMEM && map >= EK_MAP_BYTES_LEAST; map /= 2) {
        mdb_env_close(*handle);
        *handle = NULL;
        code = mdb_env_create(handle);
        if (!code)
            code = mdb_env_set_mapsize(*handle, map);
        if (!code)
            code = mdb_env_set_maxdbs(*handle, EK_ENV_TABLES);
        if (!code)
            code = mdb_env_open(*handle, fresh->folder, flags | MDB_NOLOCK | MDB_NOTLS, 0640);
    }
    return code;
}

static void fresh_begin(struct fresh *fresh, struct ek_txn *from, const char *folder)
{
    memset(fresh, 0, sizeof *fresh);
    snprintf(fresh->folder, sizeof fresh->folder, "%s", folder);
    fresh->env.folder = fresh->folder;
    fresh->env.tables = from->env->tables;
    fresh->txn.env = &fresh->env;
}

/* Give the error that either side has latched, and close. */
static int fresh_end(struct fresh *fresh, struct ek_txn *from, struct ek_err *err)
{
    bool failed = ek_txn_take_error(&fresh->txn, err);
    if (fresh->txn.handle)
        mdb_txn_abort(fresh->txn.handle);
    mdb_env_close(fresh->env.handle);
    return ek_txn_take_error(from, err) || failed ? -1 : 0;
}

/* One table on both sides: read as any reader does, each page checked; written through LMDB. */
struct pair_walk {
    struct fresh *fresh;
    struct ek_txn *from;
    unsigned table;
    struct ek_walk source;
    MDB_cursor *target;
    size_t uncommitted;
};

static int begin_writing(struct pair_walk *walk)
{
    struct fresh *fresh = walk->fresh;
    MDB_dbi *dbi = &fresh->env.dbi[walk->table];
    int code = mdb_txn_begin(fresh->env.handle, NULL, 0, &fresh->txn.handle);
    if (!code)
        code = mdb_dbi_open(fresh->txn.handle, fresh->env.tables[walk->table], MDB_CREATE, dbi);
    if (!code)
        code = mdb_cursor_open(fresh->txn.handle, *dbi, &walk->target);
    walk->uncommitted = 0;
    return code ? ek_txn_refused(&fresh->txn, code, "copying", walk->table) : 0;
}

static int commit_writing(struct pair_walk *walk)
{
    struct fresh *fresh = walk->fresh;
    MDB_txn *txn = fresh->txn.handle;
    fresh->txn.handle = NULL;
    int code = mdb_txn_commit(txn);
    return code ? ek_txn_refused(&fresh->txn, code, "copying", walk->table) : 0;
}

static int put_pair(struct pair_walk *walk, struct ek_bytes key, struct ek_bytes value)
{
    MDB_val name = {key.len, (void *)(uintptr_t)key.data};
    MDB_val data = {value.len, (void *)(uintptr_t)value.data};
    int code = mdb_cursor_put(walk->target, &name, &data, MDB_APPEND);
    if (code)
        return ek_txn_refused(&walk->fresh->txn, code, "copying", walk->table);
    walk->uncommitted += key.len + value.len;
    if (walk->uncommitted < EK_COPY_BYTES)
        return 0;
    return commit_writing(walk) ? -1 : begin_writing(walk);
}

static bool is_sound(const struct pair_walk *walk, struct ek_bytes key, struct ek_bytes value)
{
    return ek_is_unsealed(walk->table, key.data, key.len) ||
           ek_seal_holds(EK_SEAL_PAIR, key.data, key.len, value.data, value.len);
}

static int copy_table(struct pair_walk *walk, bool checked, const struct ek_copy_watch *watch,
                      uint64_t *bytes)
{
    struct ek_bytes key, value;
    uint64_t pairs = 0;
    int result = begin_writing(walk);
    ek_walk_begin(&walk->source, walk->from, walk->table, NULL, 0);
    for (; result == 0 && ek_walk_next_kept(&walk->source, &key, &value) == 1; pairs++) {
        if (checked && !is_sound(walk, key, value))
            result = ek_txn_damaged(walk->from, walk->table, key.data, key.len);
        else
            result = put_pair(walk, key, value);
        *bytes += key.len + value.len;
        if (watch && walk->uncommitted == 0)
            watch->copied(watch->context, *bytes);
    }
    ek_walk_end(&walk->source);
    if (result == 0)
        result = ek_counts_check(walk->from, walk->table, pairs);
    return result == 0 && !ek_txn_failed(walk->from) ? commit_writing(walk) : -1;
}

/* On the disk, and never shorter than its last page: pages that were freed again in the last commit
 * were not written. */
static void finish_file(struct fresh *fresh)
{
    MDB_envinfo info;
    MDB_stat stat_of;
    struct stat file;
    mdb_filehandle_t fd;
    MDB_env *handle = fresh->env.handle;
    int code = mdb_env_info(handle, &info);
    if (!code)
        code = mdb_env_stat(handle, &stat_of);
    if (!code)
        code = mdb_env_get_fd(handle, &fd);
    if (!code && fstat(fd, &file) != 0)
        code = errno;
    off_t used = code ? 0 : (off_t)(info.me_last_pgno + 1) * (off_t)stat_of.ms_psize;
    if (!code && ((file.st_size < used && ftruncate(fd, used) != 0) || fsync(fd) != 0))
        code = errno;
    if (code)
        ek_txn_refused(&fresh->txn, code, "copying", 0);
}

int ek_env_copy(struct ek_txn *from, const char *folder, bool checked,
                const struct ek_copy_watch *watch, struct ek_err *err)
{
    struct fresh fresh;
    uint64_t bytes = 0;
    fresh_begin(&fresh, from, folder);
    int code = open_map(&fresh, MDB_NOSYNC);
    int result = code ? ek_txn_refused(&fresh.txn, code, "copying", 0) : 0;
    for (unsigned table = 0; result == 0 && from->env->tables[table]; table++) {
        struct pair_walk walk = {.fresh = &fresh, .from = from, .table = table};
        result = copy_table(&walk, checked, watch, &bytes);
    }
    code = result == 0 ? mdb_env_sync(fresh.env.handle, 1) : 0;
    if (code)
        ek_txn_refused(&fresh.txn, code, "copying", 0);
    else if (result == 0)
        finish_file(&fresh);
    return fresh_end(&fresh, from, err);
}

/* Comparing --------------------------------------------------------------------------------- */

static bool same(struct ek_bytes a, const MDB_val *b)
{
    return a.len == b->mv_size && memcmp(a.data, b->mv_data, a.len) == 0;
}

static int compare_pairs(struct pair_walk *walk)
{
    struct fresh *fresh = walk->fresh;
    struct ek_bytes key, value;
    MDB_val copied_key, copied_value;
    int code = 0, found;
    while ((found = ek_walk_next_kept(&walk->source, &key, &value)) == 1) {
        code = mdb_cursor_get(walk->target, &copied_key, &copied_value, MDB_NEXT);
        if (code || !same(key, &copied_key) || !same(value, &copied_value))
            break;
    }
    if (found < 0)
        return -1;
    if (found == 0 &&
        mdb_cursor_get(walk->target, &copied_key, &copied_value, MDB_NEXT) == MDB_NOTFOUND)
        return 0;
    return ek_txn_fail(&fresh->txn, EK_FORMAT,
                       "%s is not what was written to it (table %s): the disk or the memory of "
                       "this machine is at fault; nothing was changed",
                       fresh->folder, fresh->env.tables[walk->table]);
}

static int compare_table(struct fresh *fresh, struct ek_txn *from, unsigned table)
{
    struct pair_walk walk = {.fresh = fresh, .from = from, .table = table};
    MDB_dbi *dbi = &fresh->env.dbi[table];
    int code = mdb_dbi_open(fresh->txn.handle, fresh->env.tables[table], 0, dbi);
    if (!code)
        code = mdb_cursor_open(fresh->txn.handle, *dbi, &walk.target);
    ek_walk_begin(&walk.source, from, table, NULL, 0);
    int result =
        code ? ek_txn_refused(&fresh->txn, code, "comparing", table) : compare_pairs(&walk);
    ek_walk_end(&walk.source);
    mdb_cursor_close(walk.target);
    return result;
}

int ek_env_compare(struct ek_txn *from, const char *folder, struct ek_err *err)
{
    struct fresh fresh;
    fresh_begin(&fresh, from, folder);
    int code = open_map(&fresh, MDB_RDONLY);
    if (!code)
        code = mdb_txn_begin(fresh.env.handle, NULL, MDB_RDONLY, &fresh.txn.handle);
    int result = code ? ek_txn_refused(&fresh.txn, code, "comparing", 0) : 0;
    for (unsigned table = 0; result == 0 && from->env->tables[table]; table++)
        result = compare_table(&fresh, from, table);
    return fresh_end(&fresh, from, err);
}

uint64_t ek_txn_bytes(struct ek_txn *txn)
{
    uint64_t pages = 0, page = 0;
    for (unsigned table = 0; txn->env->tables[table]; table++) {
        MDB_stat of;
        int code = mdb_stat(txn->handle, txn->env->dbi[table], &of);
        if (code)
            ek_txn_refused(txn, code, "counting", table);
        else
            pages += of.ms_branch_pages + of.ms_leaf_pages + of.ms_overflow_pages;
        page = code ? page : of.ms_psize;
    }
    return pages * page;
}
