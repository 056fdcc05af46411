/* env_make.c - a new environment, whole from the first moment at which it can be seen.
 *
 * LMDB writes the two pages of a new file without a sync: a loss of power then left a file that
 * could never be opened again, and had to be removed by hand. So the file is made beside, put on
 * the disk, and renamed. The caller holds the writer lock, hence no locks of LMDB's own. */
#include "store/env_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* LMDB's code, or errno. */
static int make_file(const char *path)
{
    MDB_env *env;
    int code = mdb_env_create(&env);
    if (code)
        return code;
    code = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0640);
    if (!code)
        code = mdb_env_sync(env, 1);
    mdb_env_close(env);
    return code;
}

int ek_env_make(const char *folder)
{
    char path[4200], unfinished[4200], lock[4200];
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    snprintf(unfinished, sizeof unfinished, "%s/data.mdb.new", folder);
    if (access(path, F_OK) == 0)
        return 0;
    if (errno != ENOENT || (unlink(unfinished) != 0 && errno != ENOENT))
        return errno;
    /* What locked another file knows of commits that this one will not have (btree_heads.c). */
    snprintf(lock, sizeof lock, "%s/lock.mdb", folder);
    if (unlink(lock) != 0 && errno != ENOENT)
        return errno;
    int code = make_file(unfinished);
    if (!code && rename(unfinished, path) != 0)
        code = errno;
    if (code) {
        unlink(unfinished);
        return code;
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        code = errno;
    if (fd >= 0)
        close(fd);
    return code;
}
