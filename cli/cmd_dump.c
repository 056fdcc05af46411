/* cmd_dump.c - `ekbom dump`: everything that is true of a store, as text. See ekbom-dump(5). */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/store_care.h"

static int tell(const char *path, const struct ek_dump_report *report)
{
    if (strcmp(path, "-") != 0)
        say("%llu posts with %llu revisions, %llu lines in %s; it holds names, words and the key "
            "of the pseudonyms: keep it as you keep the store",
            (unsigned long long)report->posts, (unsigned long long)report->revisions,
            (unsigned long long)report->lines, path);
    if (report->missing == 0)
        return EXIT_DONE;
    say("%zu of %zu archive files that pages lie in cannot be read, %s first (%s): they are dumped "
        "without digest",
        report->missing, report->archive_files, report->missing_file, report->missing_why);
    return EXIT_INCOMPLETE;
}

int cmd_dump(struct cli *cli)
{
    const struct ek_care_watch watch = {.progress = progress_bytes};
    const char *path = option(cli, OPT_OUTPUT) ? option(cli, OPT_OUTPUT) : "-";
    struct ek_dump_report report;
    struct ek_store *store = NULL;
    struct ek_err err;
    bool nobody_reads = false;
    int status;
    if (cli->argument_count)
        return wrong_use("dump takes no arguments: -o FILE names the file");
    if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
        return wrong_use("a dump is not for a terminal: -o FILE, or | zstd >FILE");
    umask(0077); /* as confidential as the key that it holds */
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0 ||
        ek_store_dump(store, path, &watch, &report, &nobody_reads, &err) != 0)
        status = fail_with(&err);
    else
        status = nobody_reads ? EXIT_DONE : tell(path, &report);
    ek_store_close(store);
    return status;
}
