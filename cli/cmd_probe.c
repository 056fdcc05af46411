/* cmd_probe.c - `ekbom probe URL`: what a board is, whether it may be read, and how long that would
 * take. At most five requests; nothing is stored. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "crawl_options.h"
#include "ekbom/probe.h"
#include "output.h"

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *count_json(long count)
{
    return count < 0 ? json_null() : json_integer(count);
}

static int print_probe_json(const struct ek_probe *p)
{
    json_t *json = json_pack(
        "{s:i, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:f, s:I, s:o, s:o, "
        "s:o, s:o, s:i, s:o}",
        "schema_version", 1, "url", p->url, "status",
        p->status ? json_integer(p->status) : json_null(), "kind", ek_page_kind_names[p->kind],
        "software", p->software, "software_version", text_json(p->software_version), "forum_title",
        text_json(p->forum_title), "language", text_json(p->language), "zone", text_json(p->zone),
        "login_wall", p->login_wall, "robots", p->robots, "robots_line",
        p->robots_line ? json_integer(p->robots_line) : json_null(), "robots_rule",
        text_json(p->robots_rule), "crawl_delay", p->crawl_delay, "boards", (json_int_t)p->boards,
        "threads", count_json(p->threads), "posts", count_json(p->posts), "pages",
        count_json(p->pages), "days", isnan(p->days) ? json_null() : json_real(p->days), "requests",
        (int)p->requests, "trouble", text_json(p->trouble));
    return print_json(json) == 0 ? EXIT_DONE : EXIT_WRONG;
}

static void line(const char *name, const char *text)
{
    printf("%-10s ", name);
    put_safe(stdout, text ? text : "unknown", false);
    putchar('\n');
}

static void print_probe(struct cli *cli, const struct ek_probe *p)
{
    line("address", p->url);
    line("software", ek_printf(cli->arena, "%s %s", p->software,
                               p->software_version ? p->software_version : ""));
    line("page", p->trouble
                     ? ek_printf(cli->arena, "%s: %s", ek_page_kind_names[p->kind], p->trouble)
                     : ek_page_kind_names[p->kind]);
    line("title", p->forum_title);
    line("zone", p->zone);
    line("robots", p->robots_line ? ek_printf(cli->arena, "%s, by line %u: %s", p->robots,
                                              p->robots_line, p->robots_rule)
                                  : p->robots);
    if (p->crawl_delay > 0)
        line("delay", ek_printf(cli->arena, "robots.txt asks for %g s", p->crawl_delay));
    line("boards", ek_printf(cli->arena, "%zu", p->boards));
    if (p->pages >= 0)
        line("estimate",
             ek_printf(cli->arena, "%ld posts in about %ld threads: %ld pages, %.2g days", p->posts,
                       p->threads, p->pages, p->days));
    printf("%-10s %u\n", "requests", p->requests);
}

int cmd_probe(struct cli *cli)
{
    struct ek_crawl_source source = {0};
    struct ek_bundle profiles;
    struct ek_pool *pool = NULL;
    struct ek_probe probe;
    struct ek_err err;
    if (cli->argument_count != 1)
        return wrong_use("probe takes one address");
    int status = read_source(cli, cli->arguments[0], &source);
    if (status != 0)
        return status;
    if (load_profiles(cli, &profiles, &err) != 0 ||
        open_pool(cli, &profiles, NULL, NULL, &pool, &err) != 0 ||
        ek_probe(&probe, &source, pool, cli->arena, &err) != 0) {
        ek_pool_close(pool);
        return fail_with(&err);
    }
    ek_pool_close(pool);
    status = EXIT_DONE;
    if (format_is(cli, "json"))
        status = print_probe_json(&probe);
    else
        print_probe(cli, &probe);
    bool readable = probe.kind < EK_PAGE_LOGIN && strcmp(probe.robots, "disallowed") != 0;
    return status == EXIT_DONE && !readable ? EXIT_NOTHING : status;
}
