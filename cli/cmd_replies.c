/* cmd_replies.c - `ekbom replies`: which theory answers which, through quotes.
 *
 * Rows are the cells of a matrix that hold anything. The share is of all posts that answer the
 * theory with some theory: a post that names two answers with both, so that shares may add up to
 * more than one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/relations.h"
#include "asking.h"

enum { QUOTED, ANSWERING, POSTS, AUTHORS, ALL_POSTS, ALL_AUTHORS, SHARE, WITHHELD, COLUMNS };
static const struct column columns[COLUMNS] = {
    [QUOTED] = {"quoted", NULL, COLUMN_GROUP},
    [ANSWERING] = {"answering", "answered with", 0},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [AUTHORS] = {"authors", NULL, COLUMN_RIGHT},
    [ALL_POSTS] = {"answers", "of answers", COLUMN_RIGHT},
    [ALL_AUTHORS] = {"answering_authors", NULL, COLUMN_HIDDEN},
    [SHARE] = {"share", "share%", COLUMN_RIGHT | COLUMN_PERCENT},
    [WITHHELD] = {"withheld", NULL, COLUMN_HIDDEN},
};

struct replying {
    struct cli *cli;
    struct ek_store *store;
    struct ek_selection selection;
    struct ek_replies replies;
    bool withheld;
};

struct row {
    const char *answering;
    struct ek_answer answer;
    bool withheld;
};

static int compare(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->withheld != b->withheld)
        return a->withheld ? 1 : -1;
    if (!a->withheld && a->answer.posts != b->answer.posts)
        return a->answer.posts < b->answer.posts ? 1 : -1;
    return strcmp(a->answering, b->answering);
}

static void print_row(struct replying *r, struct output *output, size_t quoted,
                      const struct row *row)
{
    const struct ek_answer *all = &r->replies.all[quoted];
    bool hide_all = is_withheld(r->cli, all->authors);
    bool hide = row->withheld || hide_all;
    const struct value values[COLUMNS] = {
        [QUOTED] = text_value(r->replies.theories[quoted]),
        [ANSWERING] = text_value(row->answering),
        [POSTS] = cell_value(row->answer.posts, row->withheld),
        [AUTHORS] = row->withheld ? shown_as(null_value(), "<5")
                                  : integer_value((long long)row->answer.authors),
        [ALL_POSTS] = cell_value(all->posts, hide_all),
        [ALL_AUTHORS] = hide_all ? null_value() : integer_value((long long)all->authors),
        [SHARE] = real_value(hide ? NAN : (double)row->answer.posts / (double)all->posts),
        [WITHHELD] = bool_value(row->withheld),
    };
    r->withheld |= hide;
    output_row(output, values);
}

static void print_quoted(struct replying *r, struct output *output, size_t quoted)
{
    size_t n = r->replies.count, count = 0;
    struct row *rows = EK_NEW_ARRAY(r->cli->arena, struct row, n + 1);
    if (!rows)
        out_of_memory();
    for (size_t i = 0; i < n; i++) {
        const struct ek_answer *answer = &r->replies.answers[quoted * n + i];
        if (answer->posts)
            rows[count++] =
                (struct row){r->replies.theories[i], *answer, is_withheld(r->cli, answer->authors)};
    }
    qsort(rows, count, sizeof *rows, compare);
    for (size_t i = 0; i < count; i++)
        print_row(r, output, quoted, &rows[i]);
}

static int print(struct replying *r)
{
    struct cli *cli = r->cli;
    struct output *output = output_open(cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    output_headline(
        output, "posts that name a theory, %s, and quote a post of somebody else that names one",
        stance_words(cli, &r->selection));
    for (size_t i = 0; i < r->replies.count; i++)
        print_quoted(r, output, i);
    output_beside(output, "share_of", json_string("answers that name any theory"),
                  "\nshare: of the posts that answer the theory with any; one may answer with two");
    output_beside(output, "quotes", json_string("first level, post given"),
                  r->withheld ? "<5: one to four authors, withheld (--tier internal shows them)"
                              : NULL);
    put_basis(cli, output, &r->selection, r->replies.rules_digest);
    mark_sample(cli, output, r->store);
    int status = output_rows(output) ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}

int cmd_replies(struct cli *cli)
{
    struct replying r = {.cli = cli};
    struct ek_err err;
    int status = read_theories(cli, &r.selection);
    if (status != 0)
        return status;
    if (open_store(cli, EK_STORE_READ, &r.store, &err) != 0 ||
        ek_query_replies(r.store, &r.selection, cli->arena, &r.replies, &err) != 0)
        status = fail_with(&err);
    else
        status = print(&r);
    ek_store_close(r.store);
    return status;
}
