/* cmd_timeline.c - `ekbom timeline THEORY...`: how often a theory is named, by period, with its
 * denominator and its doubt.
 *
 * Cells with one to four tagged authors are withheld unless --tier internal: the numbers are null
 * and the table says "<5". A bar shows the share for people who read the table. */
#include <math.h>
#include <string.h>

#include "cli.h"
#include "output.h"

enum {
    THEORY,
    BUCKET,
    TAGGED,
    POSTS,
    SHARE,
    LOW,
    HIGH,
    BAR,
    AUTHORS_TAGGED,
    AUTHORS,
    AUTHOR_SHARE,
    THREADS,
    FETCHED,
    PARTIAL,
    WITHHELD,
    DESIGN_EFFECT,
    FEW_CLUSTERS,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [THEORY] = {"theory", NULL, COLUMN_GROUP},
    [BUCKET] = {"bucket", "period", 0},
    [TAGGED] = {"posts_tagged", "tagged", COLUMN_RIGHT},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [SHARE] = {"share", "share%", COLUMN_RIGHT | COLUMN_PERCENT},
    [LOW] = {"low", NULL, COLUMN_RIGHT | COLUMN_PERCENT},
    [HIGH] = {"high", NULL, COLUMN_RIGHT | COLUMN_PERCENT},
    [BAR] = {"bar", " ", COLUMN_PICTURE},
    [AUTHORS_TAGGED] = {"authors_tagged", "authors", COLUMN_RIGHT},
    [AUTHORS] = {"authors", NULL, COLUMN_HIDDEN},
    [AUTHOR_SHARE] = {"author_share", "of them%", COLUMN_RIGHT | COLUMN_PERCENT},
    [THREADS] = {"threads", NULL, COLUMN_RIGHT},
    [FETCHED] = {"fetched", NULL, COLUMN_HIDDEN},
    [PARTIAL] = {"partial", NULL, COLUMN_HIDDEN},
    [WITHHELD] = {"withheld", NULL, COLUMN_HIDDEN},
    [DESIGN_EFFECT] = {"design_effect", NULL, COLUMN_HIDDEN},
    [FEW_CLUSTERS] = {"few_clusters", NULL, COLUMN_HIDDEN},
};

#define BAR_CELLS 10

static const char *const sizes[] = {"month", "quarter", "year", NULL};
static const char *const denominators[] = {"all", "any-theory", "board", NULL};
static const char *const denominator_words[] = {"all assessable dated posts",
                                                "posts that name any theory",
                                                "posts of boards where the theory is named"};

/* A share of the largest one as a bar of eighths. */
static const char *bar(struct ek_arena *arena, double share, double largest)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (isnan(share) || largest <= 0)
        return "";
    int n = (int)lround(8 * BAR_CELLS * share / largest);
    const char *out = eighths[n % 8];
    for (int i = 0; i < n / 8 && out; i++)
        out = ek_printf(arena, "█%s", out);
    return out ? out : "";
}

static double largest_share(const struct ek_timeline *timeline, bool internal)
{
    double largest = 0;
    for (size_t i = 0; i < timeline->count; i++)
        for (size_t j = 0; j < timeline->series[i].count; j++) {
            const struct ek_series_bucket *b = &timeline->series[i].buckets[j];
            if ((internal || !b->withheld) && b->share > largest)
                largest = b->share;
        }
    return largest;
}

static struct value hidden_if(bool hide, struct value value)
{
    return hide ? null_value() : value;
}

static void print_bucket(struct cli *cli, struct output *output, const char *theory,
                         const struct ek_series_bucket *b, enum ek_bucket_size size, double largest)
{
    bool hide = b->withheld && !internal_tier(cli);
    char *name = ek_alloc(cli->arena, EK_BUCKET_TEXT + 1, 1);
    if (!name)
        return;
    ek_bucket_name(b->bucket, size, name);
    struct value values[COLUMNS] = {
        [THEORY] = text_value(theory),
        [BUCKET] = text_value(name),
        [TAGGED] = hidden_if(hide, integer_value((long long)b->posts_tagged)),
        [POSTS] = integer_value((long long)b->posts),
        [SHARE] = hidden_if(hide, real_value(b->share)),
        [LOW] = hidden_if(hide, real_value(b->low)),
        [HIGH] = hidden_if(hide, real_value(b->high)),
        [BAR] = text_value(hide ? "" : bar(cli->arena, b->share, largest)),
        [AUTHORS_TAGGED] = hidden_if(hide, integer_value((long long)b->authors_tagged)),
        [AUTHORS] = integer_value((long long)b->authors),
        [AUTHOR_SHARE] = hidden_if(hide, real_value(b->author_share)),
        [THREADS] = integer_value((long long)b->threads),
        [FETCHED] = null_value(),
        [PARTIAL] = bool_value(b->partial),
        [WITHHELD] = bool_value(hide),
        [DESIGN_EFFECT] = hidden_if(hide, real_value(b->design_effect)),
        [FEW_CLUSTERS] = bool_value(b->few_clusters),
    };
    values[AUTHORS_TAGGED].shown =
        hide ? ek_printf(cli->arena, "<5/%llu", (unsigned long long)b->authors)
             : ek_printf(cli->arena, "%llu/%llu", (unsigned long long)b->authors_tagged,
                         (unsigned long long)b->authors);
    if (hide)
        values[TAGGED].shown = "<5";
    else if (b->few_clusters && b->posts)
        values[LOW].shown = values[HIGH].shown = "few";
    if (b->partial)
        values[BUCKET].shown = ek_printf(cli->arena, "%s*", name);
    output_row(output, values);
}

static const char *stance_words(struct cli *cli, const struct ek_selection *selection)
{
    const char *words = "";
    if (selection->quoted)
        return "in quotes only";
    for (int i = 0; i < EK_STANCES; i++)
        if (selection->stances >> i & 1)
            words = ek_printf(cli->arena, "%s%s%s", words, *words ? ", " : "", ek_stance_names[i]);
    return *words ? words : "every stance";
}

static void print_notes(struct cli *cli, struct output *output, const struct ek_timeline *timeline,
                        bool any_few, bool any_partial, bool any_withheld)
{
    output_beside(output, "undated", json_integer((json_int_t)timeline->undated),
                  ek_printf(cli->arena,
                            "%sshare of posts with 95 %% interval; authors tagged/active, and "
                            "their share\n%llu undated and %llu not assessable posts stand "
                            "beside these rows",
                            output_rows(output) ? "\n" : "", (unsigned long long)timeline->undated,
                            (unsigned long long)timeline->not_assessable));
    output_beside(output, "not_assessable", json_integer((json_int_t)timeline->not_assessable),
                  any_few ? "few: fewer than 30 authors or threads, too few for an interval"
                          : NULL);
    output_beside(output, "ruleset", json_string(timeline->rules_digest),
                  any_partial ? "*: the period had not ended when the forum was last read" : NULL);
    output_beside(output, "corrected_for_tagging_error", json_false(),
                  any_withheld ? "<5: one to four authors, withheld (--tier internal shows them)"
                               : NULL);
}

static int print_timeline(struct cli *cli, struct ek_store *store,
                          const struct ek_selection *selection, const struct ek_timeline *timeline,
                          enum ek_bucket_size size, enum ek_denominator denominator)
{
    struct output *output = output_open(cli, columns, COLUMNS);
    bool few = false, partial = false, withheld = false, internal = internal_tier(cli);
    if (!output)
        return wrong_use("out of memory");
    bool sample = ek_store_is_sample(store);
    output_headline(output, "%s%s, of %s, by %s;\nnot corrected for tagging error",
                    sample ? "SAMPLE DATA, NOT FINDINGS: " : "", stance_words(cli, selection),
                    denominator_words[denominator], sizes[size]);
    double largest = largest_share(timeline, internal);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct ek_series *series = &timeline->series[i];
        for (size_t j = 0; j < series->count; j++) {
            print_bucket(cli, output, series->theory, &series->buckets[j], size, largest);
            few |= series->buckets[j].few_clusters && series->buckets[j].posts;
            partial |= series->buckets[j].partial;
            withheld |= series->buckets[j].withheld && !internal;
        }
    }
    output_beside(output, "of", json_string(denominators[denominator]), NULL);
    output_beside(output, "stances", json_string(stance_words(cli, selection)), NULL);
    if (sample)
        output_beside(output, "note", json_string("sample data, not findings"), NULL);
    print_notes(cli, output, timeline, few, partial, withheld);
    if (sample && !format_is(cli, "table") && !format_is(cli, "json"))
        say("sample data, not findings");
    int status = output_rows(output) ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}

static int read_choice(const struct cli *cli, enum option which, const char *name,
                       const char *const *names, int otherwise, int *choice)
{
    const char *given = option(cli, which);
    *choice = given ? ek_name_index(names, given) : otherwise;
    return *choice < 0
               ? wrong_use("--%s %s is not one of those: see `ekbom help timeline`", name, given)
               : 0;
}

int cmd_timeline(struct cli *cli)
{
    struct ek_selection selection;
    struct ek_timeline timeline;
    struct ek_store *store = NULL;
    struct ek_err err;
    int size, denominator;
    int status = read_selection(cli, &selection);
    if (status == 0)
        status = read_choice(cli, OPT_BY, "by", sizes, EK_BY_YEAR, &size);
    if (status == 0)
        status = read_choice(cli, OPT_OF, "of", denominators, EK_OF_ALL, &denominator);
    if (status != 0)
        return status;
    if (selection.theory_count)
        return wrong_use("name the theories as arguments: ekbom timeline %s",
                         selection.theories[0]);
    for (size_t i = 0; i < cli->argument_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(cli->arguments[i], cli->arguments[j]) == 0)
                return wrong_use("%s is named twice", cli->arguments[i]);
    selection.theories = cli->arguments;
    selection.theory_count = cli->argument_count;
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0 ||
        ek_query_timeline(store, &selection, (enum ek_bucket_size)size,
                          (enum ek_denominator)denominator, cli->arena, &timeline, &err) != 0)
        status = fail_with(&err);
    else
        status = print_timeline(cli, store, &selection, &timeline, (enum ek_bucket_size)size,
                                (enum ek_denominator)denominator);
    ek_store_close(store);
    return status;
}
