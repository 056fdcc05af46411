/* cmd_import.c - `ekbom import FILE...`: archives and datasets into the store. */
#include "cli.h"
#include "ekbom/import.h"
#include "output.h"

static const struct column columns[] = {
    {"file", NULL, COLUMN_WIDE},
    {"records", NULL, COLUMN_RIGHT},
    {"pages", NULL, COLUMN_RIGHT},
    {"known", NULL, COLUMN_RIGHT},
    {"posts", NULL, COLUMN_RIGHT},
    {"changed", NULL, COLUMN_RIGHT},
    {"passed_over", "other", COLUMN_RIGHT},
    {"refused", NULL, COLUMN_RIGHT},
    {"quarantined", NULL, COLUMN_RIGHT},
    {"cut_short", NULL, COLUMN_HIDDEN},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void say_line(void *context, const char *line)
{
    (void)context;
    say("%s", line);
}

static void show_progress(void *context, const struct ek_import_report *report)
{
    progress("%s: %llu records, %llu posts", (const char *)context,
             (unsigned long long)report->records, (unsigned long long)report->posts);
}

static void print_report(struct output *output, const char *file,
                         const struct ek_import_report *report)
{
    const struct value values[COLUMNS] = {
        text_value(file),
        integer_value((long long)report->records),
        integer_value((long long)report->pages),
        integer_value((long long)report->known),
        integer_value((long long)report->posts),
        integer_value((long long)report->changed),
        integer_value((long long)report->passed_over),
        integer_value((long long)report->refused),
        integer_value((long long)report->quarantined),
        bool_value(report->cut_short),
    };
    output_row(output, values);
}

static int import_all(struct cli *cli, struct ek_store *store, struct ek_pool *pool)
{
    struct output *output = output_open(cli, columns, COLUMNS);
    int status = EXIT_DONE;
    if (!output)
        return wrong_use("out of memory");
    for (size_t i = 0; i < cli->argument_count; i++) {
        const char *file = cli->arguments[i];
        struct ek_import import = {.store = store,
                                   .pool = pool,
                                   .retry = has(cli, OPT_RETRY),
                                   .say = say_line,
                                   .progress = show_progress,
                                   .context = (void *)(uintptr_t)file};
        struct ek_import_report report;
        struct ek_err err;
        if (ek_import_file(&import, file, &report, &err) != 0) {
            status = fail_with(&err);
            if (err.kind == EK_FULL || err.kind == EK_CHILD || err.kind == EK_MEMORY)
                break;
            continue;
        }
        progress_end();
        print_report(output, file, &report);
        if ((report.cut_short || report.quarantined || report.refused) && status == EXIT_DONE)
            status = EXIT_INCOMPLETE;
    }
    if (output_close(output) != 0)
        status = EXIT_WRONG;
    return status;
}

int cmd_import(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_pool *pool = NULL;
    struct ek_err err;
    int status;
    if (cli->argument_count == 0)
        return wrong_use("import which file? ekbom import FILE...");
    if (open_store(cli, EK_STORE_WRITE, &store, &err) != 0 ||
        open_writing_pool(cli, store, &pool, &err) != 0 ||
        (has(cli, OPT_SAMPLE_DATA) && ek_store_mark_sample(store, &err) != 0))
        status = fail_with(&err);
    else
        status = import_all(cli, store, pool);
    if (status != EXIT_WRONG && ek_store_settle(store, &err) != 0)
        status = fail_with(&err);
    ek_pool_close(pool);
    ek_store_close(store);
    return status;
}
