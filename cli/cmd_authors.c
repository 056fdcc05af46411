/* cmd_authors.c - `ekbom authors`: who wrote how much, since when, and mostly about what.
 *
 * A line is one author, so that nothing can be withheld by number; instead authors are pseudonyms
 * unless --names asks for the names. The same author has the same pseudonym here and in an open
 * export, and --author takes it. */
#include "ekbom/limits.h"
#include "ekbom/relations.h"
#include "people.h"
#include "asking.h"

enum { FORUM, AUTHOR, POSTS, THREADS, TAGGED, FIRST, LAST, MAIN_THEORY, MAIN_POSTS, COLUMNS };
static const struct column columns[COLUMNS] = {
    [FORUM] = {"forum", NULL, COLUMN_HIDDEN},
    [AUTHOR] = {"author", NULL, 0},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [THREADS] = {"threads", NULL, COLUMN_RIGHT},
    [TAGGED] = {"posts_tagged", "tagged", COLUMN_RIGHT},
    [FIRST] = {"first_post", "first", 0},
    [LAST] = {"last_post", "last", 0},
    [MAIN_THEORY] = {"main_theory", "main theory", 0},
    [MAIN_POSTS] = {"main_theory_posts", "in", COLUMN_RIGHT},
};

struct listing {
    struct cli *cli;
    struct ek_store *store;
    struct ek_selection selection;
    size_t limit;
    struct ek_arena *arena; /* of one row */
    struct ek_activities activities;
};

static int print_author(struct listing *l, struct output *output, const struct ek_activity *line,
                        struct ek_err *err)
{
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT];
    const char *author, *forum;
    ek_arena_reset(l->arena);
    if (author_shown(l->cli, l->store, line->author, l->arena, &author, &forum, err) != 0)
        return -1;
    ek_time_format(line->first, EK_PRECISION_DAY, first);
    ek_time_format(line->last, EK_PRECISION_DAY, last);
    const struct value values[COLUMNS] = {
        [FORUM] = text_value(forum),
        [AUTHOR] = text_value(author),
        [POSTS] = integer_value((long long)line->posts),
        [THREADS] = integer_value((long long)line->threads),
        [TAGGED] = integer_value((long long)line->tagged),
        [FIRST] = text_value(*first ? first : NULL),
        [LAST] = text_value(*last ? last : NULL),
        [MAIN_THEORY] = text_value(line->main_theory),
        [MAIN_POSTS] = integer_value((long long)line->main_theory_posts),
    };
    output_row(output, values);
    return 0;
}

static int print(struct listing *l)
{
    struct cli *cli = l->cli;
    struct ek_err err;
    struct output *output = output_open(cli, columns, COLUMNS);
    int failed = 0;
    if (!output)
        return wrong_use("out of memory");
    for (size_t i = 0; i < l->activities.count && output_rows(output) < l->limit && !failed; i++)
        failed = print_author(l, output, &l->activities.items[i], &err);
    size_t shown = output_rows(output);
    output_beside(output, "matched", json_integer((json_int_t)l->activities.count),
                  ek_printf(cli->arena, "%s%zu of %zu authors%s", shown ? "\n" : "", shown,
                            l->activities.count,
                            shown < l->activities.count ? "; --limit N shows more" : ""));
    output_beside(output, "nobody", json_integer((json_int_t)l->activities.nobody),
                  l->activities.nobody ? ek_printf(cli->arena, "%llu posts name no author",
                                                   (unsigned long long)l->activities.nobody)
                                       : NULL);
    put_basis(cli, output, &l->selection, l->activities.rules_digest);
    mark_sample(cli, output, l->store);
    int status = failed ? fail_with(&err) : l->activities.count ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}

int cmd_authors(struct cli *cli)
{
    struct listing l = {.cli = cli};
    struct ek_err err;
    int status = read_selection(cli, &l.selection);
    if (status == 0)
        status = read_limit(cli, 100, &l.limit);
    if (status == 0 && cli->argument_count)
        status = wrong_use("authors takes options only, not '%s': --theory CODE asks for those who "
                           "name it",
                           cli->arguments[0]);
    if (status != 0)
        return status;
    l.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!l.arena)
        return wrong_use("out of memory");
    if (open_store(cli, EK_STORE_READ, &l.store, &err) != 0 ||
        ek_query_authors(l.store, &l.selection, cli->arena, &l.activities, &err) != 0)
        status = fail_with(&err);
    else
        status = print(&l);
    ek_store_close(l.store);
    ek_arena_free(l.arena);
    return status;
}
