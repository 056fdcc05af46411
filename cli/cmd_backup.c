/* cmd_backup.c - `ekbom backup DIR`: the store copied, beside its writer. */
#include "cli.h"
#include "ekbom/store_care.h"

static void show(void *context, const char *doing, uint64_t bytes)
{
    (void)context;
    progress("%s: %.1f MB copied", doing, (double)bytes / 1e6);
}

static int tell(const char *to, const struct ek_backup_report *report)
{
    say("%s %s: records %.1f MB, index %.1f MB, archive %.1f MB (%.1f MB of it new)",
        report->renewed ? "brought up to date" : "made", to, (double)report->records_bytes / 1e6,
        (double)report->index_bytes / 1e6, (double)report->archive_bytes / 1e6,
        (double)report->archive_copied / 1e6);
    if (report->without_index)
        say("it has no index, since that of the store cannot be read: the next writing command on "
            "the backup makes one");
    if (report->missing == 0)
        return EXIT_DONE;
    say("%zu archive files that pages lie in are missing or cut short in the store itself, %s "
        "first: `ekbom verify` names the pages",
        report->missing, report->missing_file);
    return EXIT_INCOMPLETE;
}

int cmd_backup(struct cli *cli)
{
    const struct ek_care_watch watch = {.progress = show};
    struct ek_backup_report report;
    struct ek_store *store = NULL;
    struct ek_err err;
    int status;
    if (cli->argument_count != 1)
        return wrong_use("backup where to? ekbom backup DIR, which is not there yet or is an "
                         "earlier backup of this store");
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0 ||
        ek_store_backup(store, cli->arguments[0], &watch, &report, &err) != 0)
        status = fail_with(&err);
    else
        status = tell(cli->arguments[0], &report);
    ek_store_close(store);
    return status;
}
