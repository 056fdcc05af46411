/* cmd_compact.c - `ekbom compact`: free space given back; `--rebuild`: the index made anew from
 * the records, while the old one answers. */
#include "cli.h"
#include "ekbom/import.h"
#include "ekbom/store_care.h"

static double megabytes(uint64_t bytes)
{
    return (double)bytes / 1e6;
}

static int compact(struct cli *cli)
{
    const struct ek_care_watch watch = {.progress = progress_bytes};
    struct ek_compact_report report;
    struct ek_store *store = NULL;
    struct ek_err err;
    int status = EXIT_DONE;
    if (ek_store_is_there(store_folder(cli), &err) != 0 ||
        open_store(cli, EK_STORE_WRITE, &store, &err) != 0 ||
        ek_store_compact(store, &watch, &report, &err) != 0)
        status = fail_with(&err);
    else
        say("records %.1f MB, before %.1f MB; index %.1f MB, before %.1f MB",
            megabytes(report.records_after), megabytes(report.records_before),
            megabytes(report.index_after), megabytes(report.index_before));
    ek_store_close(store);
    return status;
}

/* A store that was never tagged has no rules to tag by, and no posts in its index. */
static int tag_all(struct cli *cli, struct ek_store *store, struct ek_tagged *tagged,
                   struct ek_err *err)
{
    struct ek_pool *pool = NULL;
    if (!ek_store_rules_digest(store))
        return 0;
    int result = open_store_pool(cli, store, &pool, err);
    if (result == 0)
        result = ek_tag_behind(store, pool, progress_tagged, NULL, tagged, err);
    ek_pool_close(pool);
    return result;
}

static int rebuild(struct cli *cli)
{
    struct ek_compact_report report;
    struct ek_tagged tagged = {0};
    struct ek_store *store = NULL;
    struct ek_err err;
    int status = EXIT_DONE;
    if (ek_store_is_there(store_folder(cli), &err) != 0 ||
        ek_store_rebuild(&store, store_folder(cli), "ekbom compact", &err) != 0 ||
        tag_all(cli, store, &tagged, &err) != 0 || ek_store_rebuilt(store, &report, &err) != 0)
        status = fail_with(&err);
    else
        say("index made anew of %llu posts: %.1f MB, before %.1f MB",
            (unsigned long long)tagged.posts, megabytes(report.index_after),
            megabytes(report.index_before));
    ek_store_close(store);
    return status;
}

int cmd_compact(struct cli *cli)
{
    if (cli->argument_count)
        return wrong_use("compact takes no arguments");
    return has(cli, OPT_REBUILD) ? rebuild(cli) : compact(cli);
}
