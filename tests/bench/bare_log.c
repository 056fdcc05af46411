/* bare_log.c - see bare_log.h. */
#include "tests/bench/bare_log.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAP_BYTES ((size_t)1 << 40)

struct bare_log {
    MDB_env *env;
    MDB_dbi rows;
    size_t commits; /* the key */
};

static void expect(int code)
{
    if (code == 0)
        return;
    fprintf(stderr, "bare log: %s\n", mdb_strerror(code));
    exit(2);
}

struct bare_log *bare_log_open(const char *folder)
{
    struct bare_log *log = calloc(1, sizeof *log);
    MDB_txn *txn;
    if (!log || mkdir(folder, 0700))
        expect(log ? errno : ENOMEM);
    expect(mdb_env_create(&log->env));
    expect(mdb_env_set_mapsize(log->env, MAP_BYTES));
    expect(mdb_env_open(log->env, folder, 0, 0600)); /* as durable as the index */
    expect(mdb_txn_begin(log->env, NULL, 0, &txn));
    expect(mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &log->rows));
    expect(mdb_txn_commit(txn));
    return log;
}

void bare_log_append(struct bare_log *log, const void *rows, size_t len)
{
    MDB_txn *txn;
    MDB_val key = {sizeof log->commits, &log->commits}, value = {len, NULL};
    log->commits++;
    expect(mdb_txn_begin(log->env, NULL, 0, &txn));
    expect(mdb_put(txn, log->rows, &key, &value, MDB_APPEND | MDB_RESERVE));
    memcpy(value.mv_data, rows, len);
    expect(mdb_txn_commit(txn));
}

void bare_log_close(struct bare_log *log)
{
    mdb_env_close(log->env);
    free(log);
}
