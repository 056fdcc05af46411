/* cmd_status.c - `ekbom status`: what the store holds, and a last line: all well, or the one thing
 * to do. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "status_disk.h"
#include "status_sources.h"

static json_t *time_json(ek_time time)
{
    char text[EK_TIME_TEXT];
    return *ek_time_format(time, EK_PRECISION_SECOND, text) ? json_string(text) : json_null();
}

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

struct service_says { /* or what is known without one */
    json_t *sources, *disk;
};

/* The one thing that an administrator should do next; NULL when all is well. */
static const char *advice(struct cli *cli, const struct ek_store_status *status,
                          const struct service_says *says)
{
    const char *trouble = disk_trouble(cli, says->disk);
    if (!trouble)
        trouble = sources_trouble(cli, says->sources);
    if (trouble || status->index_refused)
        return trouble ? trouble : status->index_refused;
    if (status->behind)
        return ek_printf(cli->arena,
                         "%llu posts are not in the index yet: any `ekbom import` catches up",
                         (unsigned long long)status->behind);
    if (status->quarantine_count)
        return ek_printf(cli->arena,
                         "%zu pages or posts are quarantined (listed above); `ekbom import "
                         "--retry` tries them again",
                         status->quarantine_count);
    if (status->undetermined)
        return ek_printf(
            cli->arena, "%llu posts have a rule that reached a limit: `ekbom posts --undetermined`",
            (unsigned long long)status->undetermined);
    if (status->posts == 0)
        return "the store is empty: `ekbom import` brings posts in";
    return NULL;
}

static int print_status_json(struct cli *cli, const struct ek_store_status *s,
                             const struct service_says *says)
{
    json_t *forums = json_array(), *quarantine = json_array();
    for (size_t i = 0; i < s->forum_count; i++) {
        const struct ek_store_forum *f = &s->forums[i];
        json_array_append_new(
            forums,
            json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "forum",
                      text_json(f->base), "title", text_json(f->title), "software",
                      text_json(f->software), "software_version", text_json(f->software_version),
                      "threads", (json_int_t)f->threads, "posts", (json_int_t)f->posts, "pages",
                      (json_int_t)f->pages, "first_post", time_json(f->first_post), "last_post",
                      time_json(f->last_post), "last_fetched", time_json(f->last_fetched)));
    }
    for (size_t i = 0; i < s->quarantine_count; i++)
        json_array_append_new(quarantine,
                              json_pack("{s:s, s:s, s:o}", "what", s->quarantined[i].what, "reason",
                                        s->quarantined[i].reason, "when",
                                        time_json(s->quarantined[i].when)));
    const char *todo = advice(cli, s, says);
    json_t *json = json_pack(
        "{s:i, s:s, s:i, s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
        "s:I, s:I, s:O, s:o, s:o, s:O, s:o}",
        "schema_version", 1, "store", store_folder(cli), "format", (int)s->format, "sample",
        s->sample, "ruleset", text_json(s->rules_digest), "posts", (json_int_t)s->posts,
        "revisions", (json_int_t)s->revisions, "threads", (json_int_t)s->threads, "authors",
        (json_int_t)s->authors, "pages", (json_int_t)s->pages, "pages_read",
        (json_int_t)s->pages_read, "pages_passed_over", (json_int_t)s->pages_passed_over,
        "not_assessable", (json_int_t)s->not_assessable, "undated", (json_int_t)s->undated,
        "undetermined", (json_int_t)s->undetermined, "behind", (json_int_t)s->behind,
        "records_bytes", (json_int_t)s->records_bytes, "index_bytes", (json_int_t)s->index_bytes,
        "archive_bytes", (json_int_t)s->archive_bytes, "disk", says->disk, "forums", forums,
        "quarantine", quarantine, "sources", says->sources, "advice", text_json(todo));
    return print_json(json) == 0 ? EXIT_DONE : EXIT_WRONG;
}

static const char *day(ek_time time, char out[EK_TIME_TEXT])
{
    return *ek_time_format(time, EK_PRECISION_DAY, out) ? out : "unknown";
}

static void print_forum(const struct ek_store_forum *f)
{
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT], fetched[EK_TIME_TEXT];
    printf("\n");
    put_safe(stdout, f->base, false);
    printf("  ");
    put_safe(stdout, f->title ? f->title : "", false);
    printf("\n  software   %s %s\n", f->software ? f->software : "unknown",
           f->software_version ? f->software_version : "");
    printf("  holds      %llu posts in %llu threads, %s to %s\n", (unsigned long long)f->posts,
           (unsigned long long)f->threads, day(f->first_post, first), day(f->last_post, last));
    printf("  pages      %llu, last fetched %s\n", (unsigned long long)f->pages,
           day(f->last_fetched, fetched));
}

static int print_status(struct cli *cli, const struct ek_store_status *s,
                        const struct service_says *says)
{
    const char *todo = advice(cli, s, says);
    start_pager(cli);
    if (s->sample)
        printf("SAMPLE DATA, NOT FINDINGS\n");
    printf("store        %s (format %u)\n", store_folder(cli), s->format);
    printf("posts        %llu (%llu revisions) by %llu authors in %llu threads\n",
           (unsigned long long)s->posts, (unsigned long long)s->revisions,
           (unsigned long long)s->authors, (unsigned long long)s->threads);
    printf("pages        %llu archived, %llu read, %llu passed over\n",
           (unsigned long long)s->pages, (unsigned long long)s->pages_read,
           (unsigned long long)s->pages_passed_over);
    printf("beside       %llu undated, %llu not assessable, %llu undetermined\n",
           (unsigned long long)s->undated, (unsigned long long)s->not_assessable,
           (unsigned long long)s->undetermined);
    printf("rules        %s\n", s->rules_digest ? s->rules_digest : "none yet");
    printf("disk         records %.1f MB, index %.1f MB, archive %.1f MB; %.0f MB free\n",
           (double)s->records_bytes / 1e6, (double)s->index_bytes / 1e6,
           (double)s->archive_bytes / 1e6, disk_free(says->disk) / 1e6);
    for (size_t i = 0; i < s->forum_count; i++)
        print_forum(&s->forums[i]);
    print_sources(says->sources);
    for (size_t i = 0; i < s->quarantine_count; i++) {
        char when[EK_TIME_TEXT];
        printf("%squarantined %s  ", i ? "" : "\n", day(s->quarantined[i].when, when));
        put_safe(stdout, s->quarantined[i].what, false);
        printf("\n  reason     ");
        put_safe(stdout, s->quarantined[i].reason, false);
        printf("\n");
    }
    printf("\n%s\n", todo ? todo : "all well");
    return EXIT_DONE;
}

int cmd_status(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_store_status status;
    struct ek_err err;
    int result;
    if (cli->argument_count)
        return wrong_use("status takes no arguments");
    struct service_says says = {NULL, NULL};
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0 ||
        ek_store_status(store, cli->arena, &status, &err) != 0 ||
        !(says.sources = sources_json(cli, store, &says.disk, &err)) ||
        !(says.disk = disk_json(cli, says.disk, &err)))
        result = fail_with(&err);
    else
        result = format_is(cli, "json") ? print_status_json(cli, &status, &says)
                                        : print_status(cli, &status, &says);
    if (result == EXIT_DONE && status.index_refused) {
        say("%s", status.index_refused);
        result = EXIT_INCOMPLETE;
    }
    json_decref(says.sources);
    json_decref(says.disk);
    ek_store_close(store);
    return result;
}
