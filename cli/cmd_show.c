/* cmd_show.c - `ekbom show`: a post, its neighbours, or a thread, with the evidence marked. Words
 * and spans are not stored: the posts are tagged again under the store's rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ekbom/import.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "output.h"
#include "render.h"
#include "show.h"

#define BATCH 200u

struct reading {
    struct cli *cli;
    struct ek_store *store;
    struct ek_pool *pool;
    uint64_t *numbers;
    size_t count;
    uint64_t here; /* the post asked for among its neighbours; 0: none */
    bool compact;  /* several posts of a thread */
    bool lost;     /* earlier words of some post cannot be read */
};

/* What the post said before, oldest first; the last one is what it says now. */
static size_t earlier(struct reading *r, const struct ek_entry *entry, struct ek_arena *arena,
                      struct ek_revision **revisions)
{
    struct ek_err err;
    size_t count = 0;
    if (entry->revisions < 2)
        return 0;
    if (ek_store_revisions(r->store, entry->number, arena, revisions, &count, &err) != 1) {
        say("what post %s said earlier is left out: %s", entry->post.id, err.message);
        r->lost = true;
        return 0;
    }
    return count ? count - 1 : 0;
}

static json_t *earlier_json(struct reading *r, const struct ek_entry *entry, struct ek_arena *arena)
{
    struct ek_revision *revisions;
    size_t count = earlier(r, entry, arena, &revisions);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char seen[EK_TIME_TEXT];
        json_array_append_new(
            list, json_pack("{s:s, s:s?, s:s}", "first_seen",
                            ek_time_format(revisions[i].first_seen, EK_PRECISION_SECOND, seen),
                            "subject", revisions[i].subject, "text", revisions[i].text));
    }
    return list;
}

/* Where the page that the post was last read from lies in the archive; null for none. */
static json_t *page_json(struct reading *r, const struct ek_entry *entry, struct ek_arena *arena)
{
    struct ek_page_filing page;
    struct ek_err err;
    char fetched[EK_TIME_TEXT];
    if (ek_store_page(r->store, entry->page, arena, &page, &err) != 1 || !page.archived.file[0])
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:I, s:I}", "url", page.url, "fetched",
                     ek_time_format(page.fetched, EK_PRECISION_SECOND, fetched), "file",
                     page.archived.file, "offset", (json_int_t)page.archived.offset, "length",
                     (json_int_t)page.archived.length);
}

static json_t *post_json(struct reading *r, const struct ek_entry *entry,
                         const struct ek_tags *tags, struct ek_arena *arena)
{
    json_t *json = ek_entry_to_json(entry);
    if (!json)
        return NULL;
    ek_tags_add_json(json, tags, true);
    json_object_set_new(json, "revisions", json_integer(entry->revisions));
    json_object_set_new(json, "earlier", earlier_json(r, entry, arena));
    json_object_set_new(json, "page", page_json(r, entry, arena));
    json_object_set_new(json, "ruleset", json_string(ek_store_rules_digest(r->store)));
    return json;
}

/* Below a post: what it said before, and where its page is kept. */
static void print_origin(struct reading *r, const struct ek_entry *entry, struct ek_arena *arena)
{
    struct ek_revision *revisions;
    struct ek_page_filing page;
    struct ek_err err;
    size_t count = earlier(r, entry, arena, &revisions);
    for (size_t i = 0; i < count; i++) {
        char seen[EK_TIME_TEXT];
        printf("\nearlier wording, first seen %s:\n",
               ek_time_format(revisions[i].first_seen, EK_PRECISION_DAY, seen));
        render_text(arena, revisions[i].text, terminal_width());
    }
    if (ek_store_page(r->store, entry->page, arena, &page, &err) == 1 && page.archived.file[0])
        printf("\narchived in %s, byte %llu\n", page.archived.file,
               (unsigned long long)page.archived.offset);
}

/* What the posts of a thread have in common, once above them. */
static void print_thread(struct reading *r, const struct ek_entry *entry, struct ek_arena *arena)
{
    const char *line =
        ek_printf(arena, "thread %s  %s%s%s%s%s\n", entry->thread_id,
                  entry->thread_title ? entry->thread_title : "",
                  entry->board_id ? "\nboard  " : "", entry->board_id ? entry->board_id : "",
                  entry->board_title ? "  " : "", entry->board_title ? entry->board_title : "");
    if (line)
        put_safe(stdout, line, true);
    printf("%zu post%s\n", r->count, r->count == 1 ? "" : "s");
}

static int print_post(struct reading *r, const struct ek_entry *entry, const struct ek_tags *tags,
                      bool first, struct ek_arena *arena)
{
    struct render_style style = {.width = terminal_width(),
                                 .color = color_wanted(r->cli),
                                 .quotes = has(r->cli, OPT_QUOTES),
                                 .reasons = has(r->cli, OPT_REASONS),
                                 .here = entry->number == r->here};
    if (r->compact) {
        if (first)
            print_thread(r, entry, arena);
        putchar('\n');
        return render_compact(arena, entry, tags, &style);
    }
    if (!first)
        printf("\n%s\n\n", "────────────────────────────────────────");
    if (render_post(arena, entry, tags, style.width, style.color) != 0)
        return -1;
    print_origin(r, entry, arena);
    return 0;
}

static int print_batch(struct reading *r, const struct ek_entry *entries,
                       const struct ek_tags *tags, size_t count, size_t done, json_t *rows,
                       struct ek_arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (format_is(r->cli, "table")) {
            if (print_post(r, &entries[i], &tags[i], done + i == 0, arena) != 0)
                return -1;
            continue;
        }
        json_t *json = post_json(r, &entries[i], &tags[i], arena);
        if (rows) {
            json_array_append_new(rows, json);
        } else {
            json_dumpf(json, stdout, json_flags());
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
            result = ek_tag_entries(r->pool, entries, n, arena, tags, err);
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
    if (n > r->count)
        n = r->count;
    size_t from = at > n ? at - n : 0, to = at + n + 1 < r->count ? at + n + 1 : r->count;
    r->numbers += from;
    r->count = to - from;
    r->here = number;
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

static int show_the_page(struct reading *r, struct ek_err *err)
{
    const char *post = option(r->cli, OPT_PAGE);
    if (ek_store_find_post(r->store, post, r->cli->arena, &r->numbers, &r->count, err) != 0)
        return fail_with(err);
    if (r->count == 0) {
        say("no post %s in this store", post);
        return EXIT_NOTHING;
    }
    return r->count > 1 ? ambiguous(r, post) : show_page(r->cli, r->store, r->numbers[0]);
}

static int shown(const struct reading *r)
{
    return r->lost ? EXIT_INCOMPLETE : EXIT_DONE;
}

static int show(struct reading *r)
{
    struct ek_err err;
    json_t *rows = NULL;
    bool thread = has(r->cli, OPT_THREAD);
    if (has(r->cli, OPT_PAGE))
        return show_the_page(r, &err);
    if (find(r, &err) != 0)
        return err.kind == EK_NOT_FOUND ? (say("%s", err.message), EXIT_NOTHING) : fail_with(&err);
    if (r->count == 0) {
        say("no post %s in this store", r->cli->arguments[0]);
        return EXIT_NOTHING;
    }
    if (!thread && !has(r->cli, OPT_AROUND) && r->count > 1)
        return ambiguous(r, r->cli->arguments[0]);
    r->compact = thread || r->here;
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
                   ? shown(r)
                   : EXIT_WRONG;
    if (r->compact && format_is(r->cli, "table"))
        render_legend();
    return shown(r);
}

int cmd_show(struct cli *cli)
{
    struct reading reading = {.cli = cli};
    struct ek_err err;
    bool others = has(cli, OPT_THREAD) || has(cli, OPT_PAGE);
    if (cli->argument_count != !others || (has(cli, OPT_THREAD) && has(cli, OPT_PAGE)))
        return wrong_use("show one post, or --thread ID, or --page POST: ekbom show POST");
    if (has(cli, OPT_AROUND) && others)
        return wrong_use("--around goes with a post: ekbom show POST --around N");
    if (has(cli, OPT_PAGE) && has(cli, OPT_FORMAT))
        return wrong_use("--page writes HTML: leave --format out");
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
