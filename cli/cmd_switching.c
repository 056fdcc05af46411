/* cmd_switching.c - `ekbom switching`: authors whose main theory changed from one period to the
 * next, and those who kept theirs.
 *
 * A move is a cell: of one to four authors it is withheld, dates included, and stands after those
 * that are shown in the order of its name, so that its place does not tell its size. */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "ekbom/relations.h"
#include "asking.h"

enum { FROM, TO, AUTHORS, MOVES, FIRST, LAST, WITHHELD, COLUMNS };
static const struct column columns[COLUMNS] = {
    [FROM] = {"from", NULL, 0},
    [TO] = {"to", NULL, 0},
    [AUTHORS] = {"authors", NULL, COLUMN_RIGHT},
    [MOVES] = {"moves", NULL, COLUMN_RIGHT},
    [FIRST] = {"first", NULL, 0},
    [LAST] = {"last", NULL, 0},
    [WITHHELD] = {"withheld", NULL, COLUMN_HIDDEN},
};

struct switching {
    struct cli *cli;
    struct ek_store *store;
    struct ek_selection selection;
    enum ek_bucket_size size;
    struct ek_switches switches;
};

struct row {
    const char *from, *to;
    struct ek_move move;
    bool withheld;
};

static int compare(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->withheld != b->withheld)
        return a->withheld ? 1 : -1;
    if (!a->withheld && a->move.authors != b->move.authors)
        return a->move.authors < b->move.authors ? 1 : -1;
    int order = strcmp(a->from, b->from);
    return order ? order : strcmp(a->to, b->to);
}

static void print_row(struct switching *s, struct output *output, const struct row *row)
{
    char first[EK_BUCKET_TEXT], last[EK_BUCKET_TEXT];
    ek_bucket_name(row->move.first, s->size, first);
    ek_bucket_name(row->move.last, s->size, last);
    const struct value values[COLUMNS] = {
        [FROM] = text_value(row->from),
        [TO] = shown_as(text_value(row->to), strcmp(row->from, row->to) == 0 ? "(kept)" : NULL),
        [AUTHORS] = cell_value(row->move.authors, row->withheld),
        [MOVES] = row->withheld ? null_value() : integer_value((long long)row->move.moves),
        [FIRST] = text_value(row->withheld ? NULL : first),
        [LAST] = text_value(row->withheld ? NULL : last),
        [WITHHELD] = bool_value(row->withheld),
    };
    output_row(output, values);
}

static bool print_rows(struct switching *s, struct output *output)
{
    size_t n = s->switches.count, count = 0;
    struct row *rows = EK_NEW_ARRAY(s->cli->arena, struct row, n * n + 1);
    bool withheld = false;
    if (!rows)
        out_of_memory();
    for (size_t i = 0; i < n * n; i++) {
        const struct ek_move *move = &s->switches.moves[i];
        if (move->moves)
            rows[count++] = (struct row){s->switches.theories[i / n], s->switches.theories[i % n],
                                         *move, is_withheld(s->cli, move->authors)};
    }
    qsort(rows, count, sizeof *rows, compare);
    for (size_t i = 0; i < count; i++) {
        print_row(s, output, &rows[i]);
        withheld |= rows[i].withheld;
    }
    return withheld;
}

static int print(struct switching *s)
{
    struct cli *cli = s->cli;
    struct output *output = output_open(cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    output_headline(output, "main theories of authors, %s, from one %s with one to the next",
                    stance_words(cli, &s->selection), size_names[s->size]);
    bool withheld = print_rows(s, output);
    output_beside(output, "by", json_string(size_names[s->size]),
                  ek_printf(cli->arena,
                            "%sa main theory is the one in most of an author's posts of a %s;\n"
                            "%llu authors have one in two or more; in %llu cases several led, "
                            "which is none",
                            output_rows(output) ? "\n" : "", size_names[s->size],
                            (unsigned long long)s->switches.authors,
                            (unsigned long long)s->switches.tied));
    output_beside(output, "authors", json_integer((json_int_t)s->switches.authors), NULL);
    output_beside(output, "tied", json_integer((json_int_t)s->switches.tied),
                  withheld ? "<5: one to four authors, withheld (--tier internal shows them)"
                           : NULL);
    put_basis(cli, output, &s->selection, s->switches.rules_digest);
    mark_sample(cli, output, s->store);
    int status = output_rows(output) ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}

int cmd_switching(struct cli *cli)
{
    struct switching s = {.cli = cli, .size = bucket_size(cli)};
    struct ek_err err;
    int status = read_theories(cli, &s.selection);
    if (status == 0 && cli->argument_count == 1)
        status = wrong_use("between which theories? Name two or more, or none for all");
    if (status != 0)
        return status;
    if (open_store(cli, EK_STORE_READ, &s.store, &err) != 0 ||
        ek_query_switching(s.store, &s.selection, s.size, cli->arena, &s.switches, &err) != 0)
        status = fail_with(&err);
    else
        status = print(&s);
    ek_store_close(s.store);
    return status;
}
