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
#include "store/env_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ekbom/limits.h"

static bool disk_is_full(const char *folder)
{
    struct statvfs fs;
    return statvfs(folder, &fs) == 0 && fs.f_bavail * fs.f_frsize < EK_DISK_FULL_BYTES;
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
    case MDB_MAP_FULL:
        return ek_fail(err, EK_FULL,
                       "%s: the address space reserved for the store is full: raise the limit on "
                       "virtual memory (ulimit -v) and run again",
                       env->folder);
    case ENOMEM:
        return ek_fail_memory(err);
    case MDB_VERSION_MISMATCH:
        return ek_fail(err, EK_VERSION,
                       "%s was written with another version of LMDB's format: use the program "
                       "that wrote it",
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
    return env_fail(env, code, "opening", NULL, err);
}

static int env_start(struct ek_env *env, bool write, struct ek_err *err)
{
    unsigned flags = MDB_NOTLS | (write ? 0 : MDB_RDONLY);
    int code = ENOMEM;
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
    if (code)
        return open_fail(env, code, write, err);
    if (cut_short(env))
        return ek_fail(err, EK_FORMAT,
                       "%s is damaged: data.mdb is cut short. Restore it from a backup",
                       env->folder);
    if (write) {
        keep_file_ahead(env);
        share_lock_file(env->folder);
    }
    mdb_reader_check(env->handle, NULL);
    return 0;
}

static int open_tables(struct ek_env *env, bool write, struct ek_err *err)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(env->handle, NULL, write ? 0 : MDB_RDONLY, &txn);
    if (code)
        return env_fail(env, code, "beginning", NULL, err);
    for (unsigned table = 0; env->tables[table]; table++) {
        code = mdb_dbi_open(txn, env->tables[table], write ? MDB_CREATE : 0, &env->dbi[table]);
        if (code == MDB_NOTFOUND)
            ek_fail(err, EK_FORMAT, "%s is damaged or was never finished: table %s is missing",
                    env->folder, env->tables[table]);
        else if (code)
            env_fail(env, code, "opening", env->tables[table], err);
        if (code) {
            mdb_txn_abort(txn);
            return -1;
        }
    }
    code = mdb_txn_commit(txn);
    return code ? env_fail(env, code, "opening", NULL, err) : 0;
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
    int code = write ? mdb_txn_begin(env->handle, NULL, 0, &txn->handle)
                     : begin_reading(env, &txn->handle);
    if (code) {
        env_fail(env, code, "beginning", NULL, err);
        free(txn);
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
    if (ek_txn_take_error(txn, err)) {
        ek_txn_end(txn);
        return -1;
    }
    struct ek_env *env = txn->env;
    int code = mdb_txn_commit(txn->handle);
    free(txn);
    if (code)
        return env_fail(env, code, "committing", NULL, err);
    keep_file_ahead(env);
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

bool ek_txn_take_error(struct ek_txn *txn, struct ek_err *err)
{
    if (!txn->failed)
        return false;
    if (err)
        *err = txn->err;
    txn->failed = false;
    return true;
}

/* Pairs ------------------------------------------------------------------------------------- */

int ek_txn_get(struct ek_txn *txn, unsigned table, const void *key, size_t len,
               struct ek_bytes *value)
{
    *value = (struct ek_bytes){0};
    if (txn->failed)
        return -1;
    MDB_val name = {len, (void *)key}, found;
    int code = mdb_get(txn->handle, txn->env->dbi[table], &name, &found);
    if (code == MDB_NOTFOUND)
        return 0;
    if (code)
        return ek_txn_refused(txn, code, "reading", table);
    return ek_sealed_take(txn, table, &name, &found, value);
}

void ek_txn_put(struct ek_txn *txn, unsigned table, const void *key, size_t key_len,
                const void *value, size_t len)
{
    if (txn->failed)
        return;
    int code = ek_sealed_put(txn, table, key, key_len, value, len);
    if (code)
        ek_txn_refused(txn, code, "writing", table);
}

void ek_txn_delete(struct ek_txn *txn, unsigned table, const void *key, size_t len)
{
    if (txn->failed)
        return;
    MDB_val name = {len, (void *)key};
    int code = mdb_del(txn->handle, txn->env->dbi[table], &name, NULL);
    if (code && code != MDB_NOTFOUND)
        ek_txn_refused(txn, code, "deleting", table);
}

void ek_txn_clear(struct ek_txn *txn, unsigned table)
{
    if (txn->failed)
        return;
    int code = mdb_drop(txn->handle, txn->env->dbi[table], 0);
    if (code)
        ek_txn_refused(txn, code, "clearing", table);
}

uint64_t ek_txn_count(struct ek_txn *txn, unsigned table)
{
    MDB_stat table_stat;
    if (txn->failed)
        return 0;
    int code = mdb_stat(txn->handle, txn->env->dbi[table], &table_stat);
    if (code)
        ek_txn_refused(txn, code, "counting", table);
    return code ? 0 : table_stat.ms_entries;
}
