/* cmd_import.c - `ekbom import FILE...`: archives and datasets into the store. */
#include <string.h>

#include "cli.h"
#include "ekbom/import.h"
#include "output.h"

static const struct column columns[] = {
    {"file", NULL, COLUMN_WIDE},          {"records", NULL, COLUMN_RIGHT},
    {"pages", NULL, COLUMN_RIGHT},        {"known", NULL, COLUMN_RIGHT},
    {"posts", NULL, COLUMN_RIGHT},        {"changed", NULL, COLUMN_RIGHT},
    {"passed_over", "other", COLUMN_RIGHT}, {"refused", NULL, COLUMN_RIGHT},
    {"quarantined", NULL, COLUMN_RIGHT},  {"cut_short", NULL, COLUMN_HIDDEN},
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

static void show_tagged(void *context, uint64_t tagged)
{
    (void)context;
    progress("tagging what a cut-off run left behind: %llu posts", (unsigned long long)tagged);
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

/* A store keeps the rules it was tagged with; a new one takes the installed pack. */
static int choose_rules(struct cli *cli, struct ek_store *store, struct ek_bundle *rules,
                        struct ek_err *err)
{
    int got = ek_store_rules(store, cli->arena, rules, err);
    if (got < 0)
        return -1;
    struct ek_bundle installed;
    if (load_rules(cli, &installed, err) != 0)
        return got ? 0 : -1;
    if (got && strcmp(installed.digest, rules->digest) != 0)
        say("the store is tagged under %.19s, not the rules in %s: `ekbom retag` changes that",
            rules->digest, rules_folder(cli));
    if (!got)
        *rules = installed;
    return 0;
}

/* Everything an import needs; the pool is opened first, so that rules which do not compile leave
 * no trace in the store. */
static int prepare(struct cli *cli, struct ek_store *store, struct ek_pool **pool,
                   struct ek_err *err)
{
    struct ek_bundle rules, profiles;
    uint64_t tagged;
    if (choose_rules(cli, store, &rules, err) != 0 || load_profiles(cli, &profiles, err) != 0 ||
        open_pool(cli, &profiles, &rules, pool, err) != 0)
        return -1;
    if (!ek_store_rules_digest(store) && ek_store_set_rules(store, &rules, err) != 0)
        return -1;
    if (has(cli, OPT_SAMPLE_DATA) && ek_store_mark_sample(store, err) != 0)
        return -1;
    return ek_tag_behind(store, *pool, show_tagged, NULL, &tagged, err);
}

static int import_all(struct cli *cli, struct ek_store *store, struct ek_pool *pool)
{
    struct output *output = output_open(cli, columns, COLUMNS);
    int status = EXIT_DONE;
    if (!output)
        return wrong_use("out of memory");
    for (size_t i = 0; i < cli->argument_count; i++) {
        const char *file = cli->arguments[i];
        struct ek_import import = {.store = store, .pool = pool, .say = say_line,
                                   .progress = show_progress, .context = (void *)(uintptr_t)file};
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
        prepare(cli, store, &pool, &err) != 0)
        status = fail_with(&err);
    else
        status = import_all(cli, store, pool);
    ek_pool_close(pool);
    ek_store_close(store);
    return status;
}
