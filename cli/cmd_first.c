/* cmd_first.c - `ekbom first THEORY...`: who brought a theory into a thread, a board, a forum. */
#include <stdlib.h>

#include "corpus.h"
#include "ekbom/limits.h"
#include "ekbom/relations.h"
#include "people.h"
#include "asking.h"

enum {
    THEORY,
    FORUM,
    BOARD_ID,
    BOARD_TITLE,
    THREAD_ID,
    THREAD_TITLE,
    TIME,
    ID,
    AUTHOR,
    STANCE,
    URL,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [THEORY] = {"theory", NULL, COLUMN_GROUP},
    [FORUM] = {"forum", NULL, COLUMN_HIDDEN},
    [BOARD_ID] = {"board_id", "board", COLUMN_RIGHT},
    [BOARD_TITLE] = {"board_title", NULL, COLUMN_HIDDEN},
    [THREAD_ID] = {"thread_id", "thread", COLUMN_RIGHT},
    [THREAD_TITLE] = {"thread_title", "title", COLUMN_WIDE},
    [TIME] = {"time", NULL, 0},
    [ID] = {"id", "post", COLUMN_RIGHT},
    [AUTHOR] = {"author", NULL, 0},
    [STANCE] = {"stance", NULL, 0},
    [URL] = {"url", NULL, COLUMN_HIDDEN},
};

static const char *const places[] = {"thread", "board", "forum", NULL};

struct naming {
    struct cli *cli;
    struct ek_store *store;
    struct ek_selection selection;
    int within;
    size_t limit;
    struct ek_arena *arena; /* of one row */
    struct ek_mentions mentions;
};

static int print_mention(struct naming *n, struct output *output, const struct ek_mention *mention,
                         struct ek_err *err)
{
    struct ek_entry entry;
    const char *author, *forum;
    char time[EK_TIME_TEXT];
    ek_arena_reset(n->arena);
    int got = ek_store_entry(n->store, mention->post, false, n->arena, &entry, err);
    if (got <= 0)
        return got < 0 ? -1
                       : ek_fail(err, EK_FORMAT,
                                 "post %llu of the index is not in the records: "
                                 "run `ekbom verify`",
                                 (unsigned long long)mention->post);
    if (author_shown(n->cli, n->store, mention->author, n->arena, &author, &forum, err) != 0)
        return -1;
    ek_time_format(mention->time, mention->precision, time);
    struct value values[COLUMNS] = {
        [THEORY] = text_value(mention->theory),
        [FORUM] = text_value(entry.forum),
        [BOARD_ID] = text_value(entry.board_id),
        [BOARD_TITLE] = text_value(entry.board_title),
        [THREAD_ID] = text_value(entry.thread_id),
        [THREAD_TITLE] = text_value(entry.thread_title),
        [TIME] = text_value(*time ? time : NULL),
        [ID] = text_value(entry.post.id),
        [AUTHOR] = text_value(author),
        [STANCE] = text_value(n->selection.quoted ? NULL : ek_stance_names[mention->stance]),
        [URL] = text_value(entry.url),
    };
    values[TIME].shown = *time ? ek_printf(n->arena, "%.10s", time) : "undated";
    output_row(output, values);
    return 0;
}

static int print(struct naming *n)
{
    struct cli *cli = n->cli;
    struct ek_err err;
    struct output *output = output_open(cli, columns, COLUMNS);
    int failed = 0;
    if (!output)
        return wrong_use("out of memory");
    output_headline(output, "first posts in each %s that name the theory, %s", places[n->within],
                    stance_words(cli, &n->selection));
    for (size_t i = 0; i < n->mentions.count && output_rows(output) < n->limit && !failed; i++)
        failed = print_mention(n, output, &n->mentions.items[i], &err);
    size_t shown = output_rows(output);
    output_beside(output, "within", json_string(places[n->within]), NULL);
    output_beside(output, "matched", json_integer((json_int_t)n->mentions.count),
                  ek_printf(cli->arena, "%s%zu of %zu%s", shown ? "\n" : "", shown,
                            n->mentions.count,
                            shown < n->mentions.count ? "; --limit N shows more" : ""));
    put_basis(cli, output, &n->selection, n->mentions.rules_digest);
    mark_sample(cli, output, n->store);
    int status = failed ? fail_with(&err) : n->mentions.count ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}

int cmd_first(struct cli *cli)
{
    struct naming n = {.cli = cli};
    struct ek_err err;
    int status = read_theories(cli, &n.selection);
    if (status == 0)
        status = read_limit(cli, 100, &n.limit);
    if (status != 0)
        return status;
    if (cli->argument_count == 0)
        return wrong_use("first needs a theory: ekbom first THEORY... --within thread|board|forum");
    n.within = read_choice(cli, OPT_WITHIN, "within", places, EK_IN_THREAD);
    if (n.within < 0)
        return EXIT_WRONG;
    n.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!n.arena)
        return wrong_use("out of memory");
    if (open_store(cli, EK_STORE_READ, &n.store, &err) != 0 ||
        ek_query_first(n.store, &n.selection, (enum ek_place_kind)n.within, cli->arena, &n.mentions,
                       &err) != 0)
        status = fail_with(&err);
    else
        status = print(&n);
    ek_store_close(n.store);
    ek_arena_free(n.arena);
    return status;
}
