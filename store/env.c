/* env.c - one LMDB environment: opened, read and written.
 *
 * Durability flags are LMDB's defaults: without them, power-loss images of the store were found
 * corrupt (NOSYNC) or short of acknowledged commits (NOMETASYNC), and WRITEMAP dies of SIGBUS on
 * a full disk. The map is one large sparse reservation, since growing it in steps fails under
 * readers; where the address space is limited (sanitizers, RLIMIT_AS) the reservation is halved
 * until it fits. Reading transactions are not tied to threads and keep their slot between uses.
 *
 * LMDB reads past the end of a file that was cut short with SIGBUS, so the length is compared
 * with the last page at open. A commit may leave its very last pages unwritten when they were
 * freed again in it: the file is kept longer than its last page by a hole, so that it is short
 * only when somebody cut it. */
#include "store/env_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ekbom/limits.h"

static bool disk_is_full(const char *folder)
{
    struct statvfs fs;
    return statvfs(folder, &fs) == 0 && fs.f_bavail * fs.f_frsize < EK_DISK_FULL_BYTES;
}

static bool space_is_limited(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

/* LMDB's code as one of our kinds, with words about what to do. */
static int env_fail(struct ek_env *env, int code, const char *doing, const char *table,
                    struct ek_err *err)
{
    const char *of = table ? ", table " : "";
    table = table ? table : "";
    if (code == EIO && disk_is_full(env->folder))
        code = ENOSPC;
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return ek_fail(err, EK_FULL, "%s: no space left on the device: free some and run again",
                       env->folder);
    case ENOMEM:
        if (!space_is_limited())
            return ek_fail_memory(err);
        /* fall through */
    case MDB_MAP_FULL:
        return ek_fail(err, EK_FULL,
                       "%s: the address space reserved for the store is full: raise the limit on "
                       "virtual memory (ulimit -v) and run again",
                       env->folder);
    case ENOLCK:
        return ek_fail(err, EK_IO,
                       "%s: this file system cannot lock: keep the store on a local disk",
                       env->folder);
    case MDB_VERSION_MISMATCH:
        return ek_fail(err, EK_VERSION,
                       "%s was written with another version of LMDB's format: dump it with the "
                       "program that wrote it, and load the dump with this one",
                       env->folder);
    case MDB_READERS_FULL:
        return ek_fail(err, EK_BUSY, "%s: all %d reader slots are taken: end some of the readers",
                       env->folder, EK_STORE_READERS);
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_BAD_VALSIZE:
    case MDB_INCOMPATIBLE:
    case MDB_PANIC:
        return ek_fail(err, EK_FORMAT, "%s is damaged (%s%s%s: %s)", env->folder, doing, of, table,
                       mdb_strerror(code));
    default:
        if (code > 0) {
            errno = code;
            return ek_fail_errno(err, "%s: %s%s%s", env->folder, doing, of, table);
        }
        return ek_fail(err, EK_IO, "%s: %s%s%s: %s", env->folder, doing, of, table,
                       mdb_strerror(code));
    }
}

int ek_txn_refused(struct ek_txn *txn, int code, const char *doing, unsigned table)
{
    if (!txn->failed)
        env_fail(txn->env, code, doing, txn->env->tables[table], &txn->err);
    txn->failed = true;
    return -1;
}

/* Where the data file stops before its last page. */
static bool cut_short(struct ek_env *env)
{
    MDB_envinfo info;
    MDB_stat stat_of;
    struct stat file;
    mdb_filehandle_t fd;
    if (mdb_env_info(env->handle, &info) || mdb_env_stat(env->handle, &stat_of) ||
        mdb_env_get_fd(env->handle, &fd) || fstat(fd, &file))
        return false;
    return (uint64_t)file.st_size < (uint64_t)(info.me_last_pgno + 1) * stat_of.ms_psize;
}

/* A hole behind the last page. A failure costs nothing now: nothing is there yet. */
static void keep_file_ahead(struct ek_env *env)
{
    MDB_envinfo info;
    MDB_stat stat_of;
    struct stat file;
    mdb_filehandle_t fd;
    if (mdb_env_info(env->handle, &info) || mdb_env_stat(env->handle, &stat_of) ||
        mdb_env_get_fd(env->handle, &fd) || fstat(fd, &file))
        return;
    off_t page = (off_t)stat_of.ms_psize, used = (off_t)(info.me_last_pgno + 1) * page;
    off_t ahead = (off_t)EK_FILE_AHEAD_PAGES * page;
    if (file.st_size < used + ahead / 2 && ftruncate(fd, used + ahead))
        return;
    /* This commit leans on the hole: a loss of power must not take it back. */
    if (file.st_size < used && fdatasync(fd))
        return;
}

/* Readers of a group may read data.mdb only if they may write lock.mdb. */
static void share_lock_file(const char *folder)
{
    char path[4200];
    struct stat file;
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    if (stat(path, &file) || file.st_uid != geteuid() || !(file.st_mode & S_IRGRP))
        return;
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    if (chmod(path, 0660))
        return; /* the reader's own message says what is missing */
}

static int open_fail(struct ek_env *env, int code, bool write, struct ek_err *err)
{
    char lock[4200];
    snprintf(lock, sizeof lock, "%s/lock.mdb", env->folder);
    if (code == EACCES && !write && access(lock, F_OK) == 0 && access(lock, W_OK) != 0)
        return ek_fail(err, EK_IO,
                       "%s: a reader needs write permission on lock.mdb there (and on nothing "
                       "else): chmod g+w %s",
                       env->folder, lock);
    if (code == EACCES && !write && access(lock, F_OK) != 0)
        return ek_fail(err, EK_IO,
                       "%s is missing, and a reader may not make it: any command of whoever may "
                       "write there does",
                       lock);
    if (code == EOPNOTSUPP || code == ENOSYS)
        code = ENOLCK;
    return env_fail(env, code, "opening", NULL, err);
}

/* Did a compaction put another folder in the place of this one while it was opened? Then lock.mdb
 * may be of the one and data.mdb of the other, and which root is the newest would be told wrongly.
 * The folder is held open meanwhile, so that no other can get its number. */
static bool was_replaced(const struct ek_env *env, int held)
{
    struct stat before, now;
    bool replaced = held >= 0 && fstat(held, &before) == 0 && stat(env->folder, &now) == 0 &&
                    (now.st_ino != before.st_ino || now.st_dev != before.st_dev);
    if (held >= 0)
        close(held);
    return replaced;
}

static int take_error(const struct ek_err *from, struct ek_err *err)
{
    if (err)
        *err = *from;
    return -1;
}

static int map_file(struct ek_env *env, bool write, struct ek_err *err)
{
    mdb_filehandle_t file;
    int code = mdb_env_get_fd(env->handle, &file);
    if (code)
        return env_fail(env, code, "opening", NULL, err);
    return ek_map_open(&env->map, env->folder, file, env->tables, write, err);
}

static int env_start(struct ek_env *env, bool write, struct ek_err *err)
{
    unsigned flags = MDB_NOTLS | (write ? 0 : MDB_RDONLY);
    struct ek_err heads;
    int code = write ? ek_env_make(env->folder) : 0;
    if (code)
        return open_fail(env, code, write, err);
    /* LMDB believes the heads; what else may be wrong with the file it says itself. */
    if (ek_heads_check(env->folder, &heads) && heads.kind != EK_NOT_FOUND && heads.kind != EK_IO)
        return take_error(&heads, err);
    int held = open(env->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    code = ENOMEM;
    for (uint64_t map = EK_MAP_BYTES; code == ENOMEM && map >= EK_MAP_BYTES_LEAST; map /= 2) {
        mdb_env_close(env->handle);
        env->handle = NULL;
        code = mdb_env_create(&env->handle);
        if (!code)
            code = mdb_env_set_mapsize(env->handle, map);
        if (!code)
            code = mdb_env_set_maxreaders(env->handle, EK_STORE_READERS);
        if (!code)
            code = mdb_env_set_maxdbs(env->handle, EK_ENV_TABLES);
        if (!code)
            code = mdb_env_open(env->handle, env->folder, flags, 0640);
    }
    if (was_replaced(env, held))
        return env_start(env, write, err);
    if (code)
        return open_fail(env, code, write, err);
    if (cut_short(env))
        return ek_fail(err, EK_FORMAT, "%s is damaged: data.mdb is cut short", env->folder);
    if (write) {
        keep_file_ahead(env);
        share_lock_file(env->folder);
    }
    mdb_reader_check(env->handle, NULL);
    return map_file(env, write, err);
}

static int open_handles(struct ek_txn *txn, struct ek_err *err)
{
    struct ek_env *env = txn->env;
    for (unsigned table = 0; env->tables[table]; table++) {
        if (!txn->write && !txn->snapshot.has[table])
            return ek_fail(err, EK_FORMAT,
                           "%s is damaged or was never finished: table %s is missing", env->folder,
                           env->tables[table]);
        int code = mdb_dbi_open(txn->handle, env->tables[table], txn->write ? MDB_CREATE : 0,
                                &env->dbi[table]);
        if (code)
            return env_fail(env, code, "opening", env->tables[table], err);
    }
    return 0;
}

static int open_tables(struct ek_env *env, bool write, struct ek_err *err)
{
    struct ek_txn *txn = ek_txn_begin(env, write, err);
    if (!txn)
        return -1;
    if ((write && ek_guard_opening(txn, err)) || open_handles(txn, err)) {
        ek_txn_end(txn);
        return -1;
    }
    return ek_txn_commit(txn, err);
}

int ek_env_open(struct ek_env **out, const char *folder, const char *const *tables, bool write,
                struct ek_err *err)
{
    struct ek_env *env = calloc(1, sizeof *env);
    if (!env || !(env->folder = strdup(folder))) {
        free(env);
        return ek_fail_memory(err);
    }
    env->tables = tables;
    if (env_start(env, write, err) || open_tables(env, write, err)) {
        ek_env_close(env);
        return -1;
    }
    *out = env;
    return 0;
}

void ek_env_close(struct ek_env *env)
{
    if (!env)
        return;
    if (env->idle)
        mdb_txn_abort(env->idle);
    mdb_env_close(env->handle);
    ek_map_close(env->map);
    free(env->folder);
    free(env);
}

uint64_t ek_env_bytes(const struct ek_env *env)
{
    mdb_filehandle_t fd;
    struct stat file;
    if (mdb_env_get_fd(env->handle, &fd) || fstat(fd, &file))
        return 0;
    return (uint64_t)file.st_blocks * 512;
}

/* Transactions ------------------------------------------------------------------------------ */

static int begin_reading(struct ek_env *env, MDB_txn **txn)
{
    int code = env->idle ? mdb_txn_renew(env->idle)
                         : mdb_txn_begin(env->handle, NULL, MDB_RDONLY, &env->idle);
    if (code == MDB_MAP_RESIZED) { /* another process has a larger map: take its size */
        if (env->idle)
            mdb_txn_abort(env->idle);
        env->idle = NULL;
        code = mdb_env_set_mapsize(env->handle, 0);
        env->unmapped = code != 0;
        if (!code)
            code = mdb_txn_begin(env->handle, NULL, MDB_RDONLY, &env->idle);
    }
    if (code)
        return code;
    *txn = env->idle;
    env->idle = NULL;
    return 0;
}

struct ek_txn *ek_txn_begin(struct ek_env *env, bool write, struct ek_err *err)
{
    struct ek_txn *txn = calloc(1, sizeof *txn);
    if (!txn) {
        ek_fail_memory(err);
        return NULL;
    }
    txn->env = env;
    txn->write = write;
    int code = env->unmapped ? MDB_MAP_FULL
               : write       ? mdb_txn_begin(env->handle, NULL, 0, &txn->handle)
                             : begin_reading(env, &txn->handle);
    if (code) {
        env_fail(env, code, "beginning", NULL, err);
        free(txn);
        return NULL;
    }
    if (ek_map_look(env->map, &txn->snapshot, err)) {
        ek_txn_end(txn);
        return NULL;
    }
    return txn;
}

void ek_txn_end(struct ek_txn *txn)
{
    if (!txn)
        return;
    if (!txn->write && !txn->env->idle) {
        mdb_txn_reset(txn->handle);
        txn->env->idle = txn->handle;
    } else {
        mdb_txn_abort(txn->handle);
    }
    free(txn);
}

int ek_txn_commit(struct ek_txn *txn, struct ek_err *err)
{
    if (txn->write)
        ek_counts_note(txn);
    if (ek_txn_take_error(txn, err)) {
        ek_txn_end(txn);
        return -1;
    }
    struct ek_env *env = txn->env;
    bool write = txn->write;
    int code = mdb_txn_commit(txn->handle);
    free(txn);
    if (code)
        return env_fail(env, code, "committing", NULL, err);
    if (!write)
        return 0;
    keep_file_ahead(env);
    /* The slot of a reader that was killed keeps every page from being used again. */
    if (++env->commits % EK_READER_CHECK_COMMITS == 0)
        mdb_reader_check(env->handle, NULL);
    return 0;
}

int ek_txn_fail(struct ek_txn *txn, enum ek_kind kind, const char *format, ...)
{
    char message[sizeof txn->err.message];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (!txn->failed)
        ek_fail(&txn->err, kind, "%s", message);
    txn->failed = true;
    return -1;
}

int ek_txn_damaged(struct ek_txn *txn, unsigned table, const void *key, size_t len)
{
    char shown[2 * 40 + 1];
    if (ek_starved())
        return ek_txn_fail(txn, EK_MEMORY, "out of memory");
    const unsigned char *bytes = key;
    size_t count = len < 40 ? len : 40;
    for (size_t i = 0; i < count; i++)
        snprintf(shown + 2 * i, 3, "%02x", bytes[i]);
    shown[2 * count] = 0;
    return ek_txn_fail(txn, EK_FORMAT,
                       "%s is damaged: table %s, key %s: run `ekbom verify` to see how much of it",
                       txn->env->folder, txn->env->tables[table], shown);
}

bool ek_txn_failed(const struct ek_txn *txn)
{
    return txn->failed;
}

/* A larger map, which may lie elsewhere, comes with a commit of its own: its number is new. */
uint64_t ek_txn_snapshot(const struct ek_txn *txn)
{
    return txn->write ? mdb_txn_id(txn->handle) : txn->snapshot.number;
}

bool ek_txn_take_error(struct ek_txn *txn, struct ek_err *err)
{
    if (!txn->failed)
        return false;
    if (err)
        *err = txn->err;
    txn->failed = false;
    return true;
}
