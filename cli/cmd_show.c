/* cmd_show.c - `ekbom show`: a post, its neighbours, or a thread, with the evidence marked. Words
 * and spans are not stored: the posts are tagged again under the store's rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "output.h"
#include "render.h"

#define BATCH 200u

struct reading {
    struct cli *cli;
    struct ek_store *store;
    struct ek_pool *pool;
    uint64_t *numbers;
    size_t count;
};

static json_t *post_json(const struct ek_entry *entry, const struct ek_tags *tags,
                         const char *ruleset)
{
    json_t *json = ek_entry_to_json(entry);
    if (!json)
        return NULL;
    ek_tags_add_json(json, tags, true);
    json_object_set_new(json, "revisions", json_integer(entry->revisions));
    json_object_set_new(json, "ruleset", json_string(ruleset));
    return json;
}

static int print_batch(struct reading *r, const struct ek_entry *entries,
                       const struct ek_tags *tags, size_t count, size_t done, json_t *rows,
                       struct ek_arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (format_is(r->cli, "table")) {
            if (done + i)
                printf("\n%s\n\n", "────────────────────────────────────────");
            if (render_post(arena, &entries[i], &tags[i], terminal_width(), color_wanted(r->cli)) !=
                0)
                return -1;
            continue;
        }
        json_t *json = post_json(&entries[i], &tags[i], ek_store_rules_digest(r->store));
        if (rows) {
            json_array_append_new(rows, json);
        } else {
            json_dumpf(json, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
            putchar('\n');
            json_decref(json);
        }
    }
    return 0;
}

static int read_posts(struct reading *r, json_t *rows, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    int result = arena ? 0 : ek_fail_memory(err);
    for (size_t done = 0; result == 0 && done < r->count;) {
        ek_arena_reset(arena);
        size_t n = r->count - done < BATCH ? r->count - done : BATCH;
        struct ek_entry *entries = EK_NEW_ARRAY(arena, struct ek_entry, n);
        struct ek_tags *tags = EK_NEW_ARRAY(arena, struct ek_tags, n);
        result = entries && tags ? 0 : ek_fail_memory(err);
        for (size_t i = 0; i < n && result == 0; i++)
            if (ek_store_entry(r->store, r->numbers[done + i], true, arena, &entries[i], err) != 1)
                result = -1;
        if (result == 0)
            result = tag_entries(r->pool, entries, n, arena, tags, err);
        if (result == 0 && print_batch(r, entries, tags, n, done, rows, arena) != 0)
            result = ek_fail_memory(err);
        done += n;
    }
    ek_arena_free(arena);
    return result;
}

static int ambiguous(struct reading *r, const char *post)
{
    struct ek_err err;
    say("post %s stands in several forums; write one of:", post);
    for (size_t i = 0; i < r->count; i++) {
        struct ek_entry entry;
        if (ek_store_entry(r->store, r->numbers[i], false, r->cli->arena, &entry, &err) == 1)
            say("  '%s#%s'", entry.forum, entry.post.id);
    }
    return EXIT_WRONG;
}

/* Narrow a thread's posts to those around one of them. */
static int around(struct reading *r, uint64_t number, unsigned long n, struct ek_err *err)
{
    struct ek_entry entry;
    if (ek_store_entry(r->store, number, false, r->cli->arena, &entry, err) != 1)
        return -1;
    const char *thread = ek_printf(r->cli->arena, "%s#%s", entry.forum, entry.thread_id);
    if (!thread)
        return ek_fail_memory(err);
    if (ek_store_find_thread(r->store, thread, r->cli->arena, &r->numbers, &r->count, err) != 0)
        return -1;
    size_t at = 0;
    while (at < r->count && r->numbers[at] != number)
        at++;
    size_t from = at > n ? at - n : 0, to = at + n + 1 < r->count ? at + n + 1 : r->count;
    r->numbers += from;
    r->count = to - from;
    return 0;
}

static int find(struct reading *r, struct ek_err *err)
{
    const char *thread = option(r->cli, OPT_THREAD), *context = option(r->cli, OPT_AROUND);
    unsigned long n = 0;
    if (context) {
        char *end;
        n = strtoul(context, &end, 10);
        if (*end || !*context || *context == '-')
            return ek_fail(err, EK_USAGE, "--around %s: give a number of posts", context);
    }
    if (thread)
        return ek_store_find_thread(r->store, thread, r->cli->arena, &r->numbers, &r->count, err);
    if (ek_store_find_post(r->store, r->cli->arguments[0], r->cli->arena, &r->numbers, &r->count,
                           err) != 0)
        return -1;
    if (r->count == 1 && n > 0)
        return around(r, r->numbers[0], n, err);
    return 0;
}

static int show(struct reading *r)
{
    struct ek_err err;
    json_t *rows = NULL;
    bool thread = has(r->cli, OPT_THREAD);
    if (find(r, &err) != 0)
        return err.kind == EK_NOT_FOUND ? (say("%s", err.message), EXIT_NOTHING) : fail_with(&err);
    if (r->count == 0) {
        say("no post %s in this store", r->cli->arguments[0]);
        return EXIT_NOTHING;
    }
    if (!thread && !has(r->cli, OPT_AROUND) && r->count > 1)
        return ambiguous(r, r->cli->arguments[0]);
    if (open_store_pool(r->cli, r->store, &r->pool, &err) != 0)
        return fail_with(&err);
    if (format_is(r->cli, "json"))
        rows = json_array();
    if (format_is(r->cli, "table")) {
        start_pager(r->cli);
        if (ek_store_is_sample(r->store))
            printf("SAMPLE DATA, NOT FINDINGS\n\n");
    }
    if (read_posts(r, rows, &err) != 0) {
        json_decref(rows);
        return fail_with(&err);
    }
    if (rows)
        return print_json(json_pack("{s:i, s:o}", "schema_version", 1, "rows", rows)) == 0
                   ? EXIT_DONE
                   : EXIT_WRONG;
    return EXIT_DONE;
}

int cmd_show(struct cli *cli)
{
    struct reading reading = {.cli = cli};
    struct ek_err err;
    if (has(cli, OPT_THREAD) ? cli->argument_count != 0 : cli->argument_count != 1)
        return wrong_use("show one post, or --thread ID: ekbom show POST");
    if (!has(cli, OPT_READERS)) {
        cli->values[OPT_READERS][0] = "1";
        cli->value_count[OPT_READERS] = 1;
    }
    if (open_store(cli, EK_STORE_READ, &reading.store, &err) != 0)
        return fail_with(&err);
    int status = show(&reading);
    ek_pool_close(reading.pool);
    ek_store_close(reading.store);
    return status;
}
