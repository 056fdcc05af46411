/* cmd_cooccur.c - `ekbom cooccur`: which theories are named together, in a post, in a thread, or by
 * an author.
 *
 * A pair is set beside what chance would give if the two had nothing to do with one another: the
 * product of their shares. The logarithm of the odds ratio has a half added to each of its four
 * counts, so that a pair that never meets has one too. There is no interval: posts of one thread
 * and one author are not independent, and 435 pairs invite to pick; so the figures describe, and
 * the table says so. A pair of one to four authors is withheld, and stands after those that are
 * shown, in the order of its name: its place must not tell its size. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "cooccur.h"
#include "corpus.h"

enum {
    BUCKET,
    THEORY,
    OTHER,
    BOTH,
    WITH_THEORY,
    WITH_OTHER,
    OF,
    EXPECTED,
    LIFT,
    LOG_ODDS,
    WITHHELD,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [BUCKET] = {"bucket", NULL, COLUMN_GROUP},
    [THEORY] = {"theory", NULL, 0},
    [OTHER] = {"other", NULL, 0},
    [BOTH] = {"both", NULL, COLUMN_RIGHT},
    [WITH_THEORY] = {"with_theory", "first", COLUMN_RIGHT},
    [WITH_OTHER] = {"with_other", "second", COLUMN_RIGHT},
    [OF] = {"of", NULL, COLUMN_RIGHT},
    [EXPECTED] = {"expected", NULL, COLUMN_RIGHT},
    [LIFT] = {"lift", NULL, COLUMN_RIGHT},
    [LOG_ODDS] = {"log_odds", "log odds", COLUMN_RIGHT},
    [WITHHELD] = {"withheld", NULL, COLUMN_HIDDEN},
};

static const char *const within_names[] = {"post", "thread", "author", NULL};
static const char *const unit_names[] = {"posts", "threads", "authors"};

static const char *const counted_words[] = {
    "all assessable dated posts", "posts that name any theory", "posts of the boards in question"};

struct pair {
    const char *theory, *other;
    uint64_t both, with_theory, with_other, of;
    bool withheld, hide_theory, hide_other;
};

static int compare(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    if (a->withheld != b->withheld)
        return a->withheld ? 1 : -1;
    if (!a->withheld && a->both != b->both)
        return a->both < b->both ? 1 : -1;
    int order = strcmp(a->theory, b->theory);
    return order ? order : strcmp(a->other, b->other);
}

/* "bid" and "bid/transport": every post of the second is one of the first. */
static bool contains(const char *code, const char *part)
{
    size_t len = strlen(code);
    return strncmp(part, code, len) == 0 && part[len] == '/';
}

static bool is_asked(const struct cooccurring *c, const char *a, const char *b)
{
    return !contains(a, b) && !contains(b, a) &&
           (!c->only || strcmp(a, c->only) == 0 || strcmp(b, c->only) == 0);
}

static bool hidden(const struct cooccurring *c, size_t cell)
{
    return is_withheld(c->cli, c->pairs.authors[cell]);
}

static struct pair pair_of(const struct cooccurring *c, size_t bucket, size_t a, size_t b)
{
    const struct ek_pairs *pairs = &c->pairs;
    size_t n = pairs->theory_count, first = bucket * n * n;
    struct pair pair = {.theory = pairs->theories[a],
                        .other = pairs->theories[b],
                        .both = pairs->both[first + a * n + b],
                        .with_theory = pairs->both[first + a * n + a],
                        .with_other = pairs->both[first + b * n + b],
                        .of = pairs->units[bucket],
                        .withheld = hidden(c, first + a * n + b),
                        .hide_theory = hidden(c, first + a * n + a),
                        .hide_other = hidden(c, first + b * n + b)};
    return pair;
}

static double log_odds(const struct pair *pair)
{
    double both = (double)pair->both, a = (double)pair->with_theory, b = (double)pair->with_other;
    double neither = (double)pair->of - a - b + both;
    return log((both + .5) * (neither + .5) / ((a - both + .5) * (b - both + .5)));
}

static void print_pair(struct cooccurring *c, struct output *output, const struct pair *pair,
                       const char *bucket)
{
    bool margins = pair->of && !pair->hide_theory && !pair->hide_other;
    double expected =
        margins ? (double)pair->with_theory * (double)pair->with_other / (double)pair->of : NAN;
    bool whole = margins && !pair->withheld;
    struct value values[COLUMNS] = {
        [BUCKET] = text_value(bucket),
        [THEORY] = text_value(pair->theory),
        [OTHER] = text_value(pair->other),
        [BOTH] = cell_value(pair->both, pair->withheld),
        [WITH_THEORY] = cell_value(pair->with_theory, pair->hide_theory),
        [WITH_OTHER] = cell_value(pair->with_other, pair->hide_other),
        [OF] = integer_value((long long)pair->of),
        [EXPECTED] = real_value(expected),
        [LIFT] = real_value(whole && expected > 0 ? (double)pair->both / expected : NAN),
        [LOG_ODDS] = real_value(whole ? log_odds(pair) : NAN),
        [WITHHELD] = bool_value(pair->withheld),
    };
    if (!isnan(expected))
        values[EXPECTED].shown = ek_printf(c->cli->arena, "%.1f", expected);
    if (values[LIFT].kind == VALUE_REAL)
        values[LIFT].shown = ek_printf(c->cli->arena, "%.2f", values[LIFT].real);
    if (values[LOG_ODDS].kind == VALUE_REAL)
        values[LOG_ODDS].shown = ek_printf(c->cli->arena, "%+.2f", values[LOG_ODDS].real);
    output_row(output, values);
}

/* True if something was withheld. */
static bool print_bucket(struct cooccurring *c, struct output *output, size_t bucket)
{
    size_t n = c->pairs.theory_count, count = 0;
    struct pair *list = EK_NEW_ARRAY(c->cli->arena, struct pair, n * n + 1);
    char *name = c->question.whole ? NULL : ek_alloc(c->cli->arena, EK_BUCKET_TEXT, 1);
    bool withheld = false;
    if (!list)
        out_of_memory();
    if (name)
        ek_bucket_name(c->pairs.first + (int)bucket, c->question.size, name);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = a + 1; b < n; b++) {
            struct pair pair = pair_of(c, bucket, a, b);
            /* Of all pairs of a rule set only those that meet are told. */
            bool told = pair.both || c->cli->argument_count > 1;
            if (told && is_asked(c, pair.theory, pair.other))
                list[count++] = pair;
        }
    }
    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++) {
        print_pair(c, output, &list[i], name);
        withheld |= list[i].withheld || list[i].hide_theory || list[i].hide_other;
    }
    return withheld;
}

int cooccur_print(struct cooccurring *c)
{
    struct column shown[COLUMNS];
    struct cli *cli = c->cli;
    memcpy(shown, columns, sizeof shown);
    if (c->question.whole)
        shown[BUCKET].flags = COLUMN_HIDDEN;
    struct output *output = output_open(cli, shown, COLUMNS);
    bool withheld = false;
    if (!output)
        return wrong_use("out of memory");
    output_headline(output, "theories named in one %s, %s;%scounted in %s, of %s",
                    within_names[c->within], stance_words(cli, &c->selection),
                    cli->report ? " " : "\n", unit_names[c->within],
                    counted_words[c->question.denominator]);
    for (size_t i = 0; i < c->pairs.buckets; i++)
        withheld |= print_bucket(c, output, i);
    output_beside(
        output, "within", json_string(within_names[c->within]),
        "\nexpected: if the two had nothing to do with one another; lift: both/expected.\n"
        "These figures describe: posts are not independent, and there are many pairs");
    output_beside(output, "denominator", json_string(denominator_names[c->question.denominator]),
                  withheld ? "<5: one to four authors, withheld (--tier internal shows them)"
                           : NULL);
    put_basis(cli, output, &c->selection, c->pairs.rules_digest);
    mark_sample(cli, output, c->store);
    int status = output_rows(output) ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}

static int read_options(struct cooccurring *c)
{
    struct cli *cli = c->cli;
    int status = read_theories(cli, &c->selection);
    if (status != 0)
        return status;
    c->within = read_choice(cli, OPT_WITHIN, "within", within_names, EK_WITHIN_POST);
    int denominator = read_choice(cli, OPT_OF, "of", denominator_names, EK_OF_ALL);
    if (c->within < 0 || denominator < 0)
        return EXIT_WRONG;
    c->question = (struct ek_question){.selection = &c->selection,
                                       .denominator = (enum ek_denominator)denominator,
                                       .whole = !has(cli, OPT_BY),
                                       .size = bucket_size(cli),
                                       .measures = EK_MEASURE_AUTHORS | EK_MEASURE_ALL};
    return 0;
}

/* One theory alone is asked about beside all others: is it one? */
int cooccur_ask(struct cooccurring *c, struct ek_err *err)
{
    if (ek_selection_check(c->store, &c->selection, err) != 0)
        return -1;
    if (c->selection.theory_count == 1) {
        c->only = c->selection.theories[0];
        c->selection.theory_count = 0;
    }
    return ek_query_pairs(c->store, &c->question, (enum ek_within)c->within, c->cli->arena,
                          &c->pairs, err);
}

int cmd_cooccur(struct cli *cli)
{
    struct cooccurring c = {.cli = cli};
    struct ek_err err;
    int status = read_options(&c);
    if (status != 0)
        return status;
    if (open_store(cli, EK_STORE_READ, &c.store, &err) != 0 || cooccur_ask(&c, &err) != 0)
        status = fail_with(&err);
    else
        status = cooccur_print(&c);
    ek_store_close(c.store);
    return status;
}
