/* cmd_load.c - `ekbom load FILE`: a store made of a dump, and tagged. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/import.h"
#include "ekbom/store_care.h"

/* The store is whole; its index is made here. Cut off, the next writing command goes on. */
static int tag_all(struct cli *cli, struct ek_err *err)
{
    struct ek_store *store = NULL;
    struct ek_pool *pool = NULL;
    struct ek_tagged tagged;
    if (open_store(cli, EK_STORE_WRITE, &store, err) != 0)
        return -1;
    int result = 0;
    if (ek_store_rules_digest(store))
        result = open_store_pool(cli, store, &pool, err) != 0 ||
                         ek_tag_behind(store, pool, progress_tagged, NULL, &tagged, err) != 0 ||
                         ek_store_settle(store, err) != 0
                     ? -1
                     : 0;
    ek_pool_close(pool);
    ek_store_close(store);
    return result;
}

static int tell(struct cli *cli, const struct ek_dump_report *report)
{
    progress_end();
    say("%llu posts with %llu revisions in %s", (unsigned long long)report->posts,
        (unsigned long long)report->revisions, store_folder(cli));
    if (report->missing == 0)
        return EXIT_DONE;
    say("%zu of %zu archive files are not here, %s first (%s): copy them to %s/archive",
        report->missing, report->archive_files, report->missing_file, report->missing_why,
        store_folder(cli));
    return EXIT_INCOMPLETE;
}

static int load(struct cli *cli, int fd, const char *name)
{
    const struct ek_care_watch watch = {.progress = progress_bytes};
    const struct ek_load load = {.folder = store_folder(cli),
                                 .program = "ekbom load",
                                 .fd = fd,
                                 .name = name,
                                 .archive = option(cli, OPT_ARCHIVE)};
    struct ek_dump_report report;
    struct ek_err err;
    if (ek_store_load(&load, &watch, &report, &err) != 0)
        return fail_with(&err);
    if (tag_all(cli, &err) != 0) {
        ek_fail_in(&err, "the store is loaded; any `ekbom import` goes on with tagging it");
        return fail_with(&err);
    }
    return tell(cli, &report);
}

int cmd_load(struct cli *cli)
{
    struct ek_err err;
    if (cli->argument_count != 1)
        return wrong_use("load which dump? ekbom load FILE, or - for standard input");
    const char *name = cli->arguments[0];
    if (strcmp(name, "-") == 0)
        return load(cli, STDIN_FILENO, "standard input");
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        ek_fail_errno(&err, "%s", name);
        return fail_with(&err);
    }
    int status = load(cli, fd, name);
    close(fd);
    return status;
}
