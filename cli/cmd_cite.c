/* cmd_cite.c - `ekbom cite [THEORY...]`: what a paper must say of a selection, so that somebody
 * else can ask the same of the same posts: version, rules, selection with digest, how many posts
 * each step leaves, the commands, a paragraph on methods, and BibTeX. */
#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "cite.h"
#include "named_selection.h"
#include "render.h"

/* JSON -------------------------------------------------------------------------------------- */

static json_t *selection_json(struct citation *c)
{
    json_t *json = c->cli->named ? named_selection_json(c->cli->named) : json_null();
    json_t *list = json_array();
    for (size_t i = 0; c->cli->named && i < c->selection.left_out_count; i++) {
        const struct ek_named *named = &c->selection.left_out[i];
        bool hide = named->kind == EK_NAMED_AUTHOR && !has(c->cli, OPT_NAMES);
        json_array_append_new(list,
                              json_pack("{s:s, s:s?, s:s?, s:s}", "kind", named_kinds[named->kind],
                                        "value", hide ? NULL : named->value, "forum", named->forum,
                                        "reason", named->reason));
    }
    if (c->cli->named)
        json_object_set(json, "exceptions", list);
    json_decref(list);
    return json;
}

static json_t *funnel_json(struct citation *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s?, s:I}", "step", c->steps[i].what,
                                              "reason", c->steps[i].reason, "posts",
                                              (json_int_t)c->steps[i].posts));
    return list;
}

static json_t *theories_json(struct citation *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->tagged.theory_count && c->tagged.buckets; i++) {
        const struct ek_cell *cell = &c->tagged.tagged[i];
        bool hide = is_withheld(c->cli, cell->authors);
        json_t *item = json_pack("{s:s, s:b}", "theory", c->tagged.theories[i], "withheld", hide);
        json_object_set_new(item, "posts_tagged",
                            hide ? json_null() : json_integer((json_int_t)cell->posts));
        json_object_set_new(item, "authors_tagged",
                            hide ? json_null() : json_integer((json_int_t)cell->authors));
        json_object_set_new(item, "threads",
                            hide ? json_null() : json_integer((json_int_t)cell->threads));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *texts_json(const char **texts)
{
    json_t *list = json_array();
    for (; *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static int print_as_json(struct citation *c)
{
    json_t *json =
        json_pack("{s:i, s:s, s:s?, s:s}", "schema_version", 1, "version", EKBOM_VERSION, "ruleset",
                  c->tagged.rules_digest, "of", denominator_names[c->denominator]);
    json_object_set_new(json, "selection", selection_json(c));
    json_object_set_new(json, "funnel", funnel_json(c));
    json_object_set_new(json, "theories", theories_json(c));
    json_object_set_new(json, "log",
                        json_pack("{s:I, s:I, s:I, s:I}", "answers", (json_int_t)c->log.answers,
                                  "tests", (json_int_t)c->log.tests, "answers_here",
                                  (json_int_t)c->log.here_answers, "tests_here",
                                  (json_int_t)c->log.here_tests));
    json_object_set_new(json, "commands", texts_json(cite_commands(c)));
    json_object_set_new(json, "methods", json_string(cite_methods(c)));
    json_object_set_new(json, "bibtex", json_string(cite_bibtex(c)));
    if (c->sample)
        json_object_set_new(json, "note", json_string("sample data, not findings"));
    return print_json(json);
}

/* For people -------------------------------------------------------------------------------- */

static void print_funnel(struct citation *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct cite_step *step = &c->steps[i];
        const char *line =
            ek_printf(c->cli->arena, "%10llu  %s%s%s", (unsigned long long)step->posts, step->what,
                      step->reason ? ": " : "", step->reason ? step->reason : "");
        if (line)
            put_safe(stdout, line, false);
        putchar('\n');
    }
}

static void print_theories(struct citation *c)
{
    for (size_t i = 0; i < c->tagged.theory_count && c->tagged.buckets; i++) {
        const struct ek_cell *cell = &c->tagged.tagged[i];
        if (is_withheld(c->cli, cell->authors))
            printf("%10s  %s, by one to four authors\n", "<5", c->tagged.theories[i]);
        else
            printf("%10llu  %s, by %llu authors in %llu threads\n", (unsigned long long)cell->posts,
                   c->tagged.theories[i], (unsigned long long)cell->authors,
                   (unsigned long long)cell->threads);
    }
}

static void print_as_text(struct citation *c)
{
    start_pager(c->cli);
    printf("%sEkbom %s, rule set %s\n", c->sample ? "SAMPLE DATA, NOT FINDINGS\n" : "",
           EKBOM_VERSION, c->tagged.rules_digest ? c->tagged.rules_digest : "(none)");
    if (c->cli->named) {
        named_selection_print(c->cli);
        printf("  %s\n", c->cli->named->digest);
    }
    puts("\nposts, step by step");
    print_funnel(c);
    puts("\nof these");
    print_theories(c);
    puts("\ncommands");
    for (const char **command = cite_commands(c); *command; command++) {
        fputs("  ", stdout);
        put_safe(stdout, *command, false);
        putchar('\n');
    }
    puts("\nmethods");
    render_text(c->cli->arena, cite_methods(c), terminal_width());
    putchar('\n');
    put_safe(stdout, cite_bibtex(c), true);
}

int cmd_cite(struct cli *cli)
{
    struct citation c = {.cli = cli};
    struct ek_err err;
    int status = read_theories(cli, &c.selection);
    if (status != 0)
        return status;
    int denominator = read_choice(cli, OPT_OF, "of", denominator_names, EK_OF_ALL);
    if (denominator < 0)
        return EXIT_WRONG;
    if (c.selection.not_assessable)
        return wrong_use("posts that the rules do not cover give no figures to cite");
    c.denominator = (enum ek_denominator)denominator;
    if (open_store(cli, EK_STORE_READ, &c.store, &err) != 0 || cite_ask(&c, &err) != 0)
        status = fail_with(&err);
    else if (format_is(cli, "json"))
        status = print_as_json(&c) == 0 ? EXIT_DONE : EXIT_WRONG;
    else
        print_as_text(&c);
    if (status == EXIT_DONE && c.steps[c.count - 1].posts == 0)
        status = EXIT_NOTHING;
    ek_store_close(c.store);
    return status;
}
