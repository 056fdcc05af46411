/* cmd_export.c - `ekbom export`: a tagged dataset.
 *
 * Posts go out in the store's order, in batches: read, tagged again under the store's rules (words
 * and spans are not stored), written. Nothing stands under the file's name until it is complete.
 *
 * Of a selection file (--in) the posts are looked up first, and everything else goes by that set: a
 * post, with its quotes, tags and links, is in it or not; a thread is in if one of its posts is,
 * and is told whole. Hidden posts are in a dataset without a selection, so the file alone decides.
 */
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/export.h"
#include "ekbom/import.h"
#include "ekbom/limits.h"
#include "named_selection.h"
#include "number_set.h"
#include "output.h"

#define BATCH 500u

struct exporting {
    struct cli *cli;
    struct ek_store *store;
    struct ek_pool *pool;
    struct ek_export *export;
    struct ek_arena *arena;
    struct ek_entry *entries;
    size_t count;
    struct ek_selection selection;
    struct number_set selected; /* with --in: the store's numbers of its posts */
    bool nobody_reads;
};

/* The selection ----------------------------------------------------------------------------- */

static int take_selected(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct exporting *e = context;
    return number_set_add(&e->selected, row->number) ? ek_fail_memory(err) : 0;
}

static int find_selected(struct exporting *e, struct ek_err *err)
{
    if (!e->cli->named)
        return 0;
    e->selection.states = (1u << EK_STATES) - 1;
    return ek_query_posts(e->store, &e->selection, EK_OLDEST_FIRST, take_selected, e, err);
}

static bool is_selected(const struct exporting *e, uint64_t number)
{
    return !e->cli->named || number_set_has(&e->selected, number);
}

/* 1, 0, -1. */
static int is_thread_selected(struct exporting *e, const struct ek_thread *thread,
                              struct ek_err *err)
{
    uint64_t *numbers;
    size_t count;
    int found = 0;
    if (!e->cli->named)
        return 1;
    ek_arena_reset(e->arena);
    const char *name = ek_printf(e->arena, "%s#%s", thread->forum, thread->id);
    if (!name)
        return ek_fail_memory(err);
    if (ek_store_find_thread(e->store, name, e->arena, &numbers, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count && !found; i++)
        found = number_set_has(&e->selected, numbers[i]);
    return found;
}

/* Rows -------------------------------------------------------------------------------------- */

static int pseudonym(void *context, const char *kind, const char *forum, const char *id,
                     char out[EK_EXPORT_KEY_TEXT], struct ek_err *err)
{
    return ek_store_pseudonym(context, kind, forum, id, out, err);
}

static int flush(struct exporting *e, struct ek_err *err)
{
    struct ek_tags *tags = EK_NEW_ARRAY(e->arena, struct ek_tags, BATCH);
    if (!tags)
        return ek_fail_memory(err);
    if (e->count && ek_tag_entries(e->pool, e->entries, e->count, e->arena, tags, err) != 0)
        return -1;
    for (size_t i = 0; i < e->count && !e->nobody_reads; i++) {
        int wrote = ek_export_post(e->export, &e->entries[i], &tags[i], err);
        if (wrote < 0)
            return -1;
        e->nobody_reads = wrote == 1;
    }
    progress("%llu rows", (unsigned long long)ek_export_rows(e->export));
    ek_arena_reset(e->arena);
    e->count = 0;
    e->entries = EK_NEW_ARRAY(e->arena, struct ek_entry, BATCH);
    return e->entries ? 0 : ek_fail_memory(err);
}

static int visit_post(void *context, uint64_t number, struct ek_err *err)
{
    struct exporting *e = context;
    if (e->nobody_reads || !is_selected(e, number))
        return 0;
    int got = ek_store_entry(e->store, number, true, e->arena, &e->entries[e->count], err);
    if (got <= 0)
        return got;
    return ++e->count == BATCH ? flush(e, err) : 0;
}

static int visit_thread(void *context, const struct ek_thread *thread, struct ek_err *err)
{
    struct exporting *e = context;
    int selected = e->nobody_reads ? 0 : is_thread_selected(e, thread, err);
    if (selected <= 0)
        return selected;
    int wrote = ek_export_thread(e->export, thread, err);
    e->nobody_reads = wrote == 1;
    return wrote < 0 ? -1 : 0;
}

static int write_rows(struct exporting *e, bool threads, struct ek_err *err)
{
    if (threads)
        return ek_store_each_thread(e->store, visit_thread, e, err);
    e->entries = EK_NEW_ARRAY(e->arena, struct ek_entry, BATCH);
    if (!e->entries)
        return ek_fail_memory(err);
    if (ek_store_each(e->store, visit_post, e, err) != 0)
        return -1;
    return flush(e, err);
}

static int run(struct exporting *e, const struct ek_export_config *config)
{
    struct ek_err err;
    bool threads = config->table && strcmp(config->table, "threads") == 0;
    if (open_store_pool(e->cli, e->store, &e->pool, &err) != 0 ||
        ek_export_open(&e->export, config, &err) != 0)
        return fail_with(&err);
    if (ek_store_is_sample(e->store))
        say("sample data, not findings");
    if (find_selected(e, &err) != 0 || write_rows(e, threads, &err) != 0) {
        ek_export_cancel(e->export);
        return fail_with(&err);
    }
    uint64_t rows = ek_export_rows(e->export);
    progress_end();
    if (ek_export_close(e->export, &err) != 0)
        return fail_with(&err);
    named_selection_say(e->cli);
    if (strcmp(config->path, "-") != 0)
        say("%llu rows in %s", (unsigned long long)rows, config->path);
    return rows ? EXIT_DONE : EXIT_NOTHING;
}

int cmd_export(struct cli *cli)
{
    struct exporting exporting = {.cli = cli};
    struct ek_export_config config = {
        .path = option(cli, OPT_OUTPUT), .format = option(cli, OPT_FORMAT), .pseudonym = pseudonym};
    const char *tier = option(cli, OPT_TIER);
    struct ek_err err;
    if (!config.path)
        return wrong_use("export where to? -o PATH, or -o - for standard output");
    if (strcmp(config.path, "-") == 0 && isatty(STDOUT_FILENO))
        return wrong_use(
            "a dataset holds whatever people wrote: not to a terminal, but -o FILE or | less");
    if (cli->argument_count > 1)
        return wrong_use("export writes one table, not '%s' as well", cli->arguments[1]);
    config.table = cli->argument_count ? cli->arguments[0] : NULL;
    config.tier = tier ? (enum ek_tier)ek_name_index(ek_tier_names, tier) : EK_TIER_OPEN;
    int status = read_selection(cli, &exporting.selection);
    if (status != 0)
        return status;
    exporting.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!exporting.arena)
        return wrong_use("out of memory");
    if (open_store(cli, EK_STORE_READ, &exporting.store, &err) != 0 ||
        ek_store_rules_known(exporting.store, &config.ruleset, &err) < 0) {
        status = fail_with(&err);
    } else {
        config.context = exporting.store;
        status = run(&exporting, &config);
    }
    ek_pool_close(exporting.pool);
    ek_store_close(exporting.store);
    number_set_free(&exporting.selected);
    ek_arena_free(exporting.arena);
    return status;
}
