/* format.c - see format.h.
 *
 * The index is derived, so its format may change without a way from the old one to the new: what
 * is old is removed and made again from the records. */
#include "store/format.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "store/handle.h"

static int too_new(const char *folder, unsigned format, unsigned known, struct ek_err *err)
{
    return ek_fail(err, EK_VERSION,
                   "%s has format %u, and this program knows formats up to %u: use the newer "
                   "ekbom that wrote it",
                   folder, format, known);
}

/* The way from an older format of the records is a dump, which no format of a store touches. */
static int too_old(const char *folder, unsigned format, unsigned known, struct ek_err *err)
{
    return ek_fail(err, EK_VERSION,
                   "%s has the older format %u, and this program reads format %u: write a dump "
                   "with the ekbom that made the store (`ekbom dump`), and make a new store of it "
                   "with this one (`ekbom load`)",
                   folder, format, known);
}

int ek_format_check(struct ek_txn *txn, unsigned meta, unsigned known, const char *folder,
                    struct ek_err *err)
{
    unsigned format = 0;
    int found = ek_txn_format(txn, meta, &format);
    if (ek_txn_take_error(txn, err))
        return -1;
    if (found == 1 && format < EK_FORMAT_OLDEST)
        return too_old(folder, format, known, err);
    return format > known ? too_new(folder, format, known, err) : found;
}

int ek_format_require(struct ek_env *env, unsigned meta, unsigned known, const char *folder,
                      struct ek_err *err)
{
    struct ek_txn *txn = ek_txn_begin(env, false, err);
    if (!txn)
        return -1;
    int found = ek_format_check(txn, meta, known, folder, err);
    ek_txn_end(txn);
    if (found == 0)
        return ek_fail(err, EK_FORMAT, "%s is damaged or was never finished: it has no format",
                       folder);
    return found < 0 ? -1 : 0;
}

int ek_index_is_old(const char *folder, unsigned *format, struct ek_err *err)
{
    /* What every version's index has. */
    static const char *const tables[] = {"meta", NULL};
    struct ek_env *env = NULL;
    *format = EK_INDEX_FORMAT;
    if (ek_env_open(&env, folder, tables, false, NULL))
        return 0;
    struct ek_txn *txn = ek_txn_begin(env, false, NULL);
    if (txn && ek_txn_format(txn, EK_INDEX_META, format) != 1)
        *format = EK_INDEX_FORMAT;
    ek_txn_end(txn);
    ek_env_close(env);
    if (*format > EK_INDEX_FORMAT)
        return too_new(folder, *format, EK_INDEX_FORMAT, err);
    return *format < EK_INDEX_FORMAT;
}

int ek_index_remove(const char *folder, struct ek_err *err)
{
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    char path[4400];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        if (unlink(path) && errno != ENOENT)
            return ek_fail_errno(err, "%s", path);
    }
    return ek_sync_folder(folder, err);
}
