/* timeline_table.c - the rows of `ekbom timeline`, and what stands beside them.
 *
 * Cells with one to four tagged authors are withheld unless --tier internal: the numbers are null
 * and the table says "<5". For people each theory has its whole course as a sparkline beside its
 * name where one line holds it, and each period a bar; both on one scale for all theories. */
#include <math.h>

#include "timeline.h"
#include "timeline_words.h"

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
    ID_GAP,
    SPLIT, /* the last: it is there only where it was asked for */
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
    [BAR] = {"bar", " ", COLUMN_PICTURE | COLUMN_SPARE | COLUMN_BLOCKS},
    [AUTHORS_TAGGED] = {"authors_tagged", "authors", COLUMN_RIGHT},
    [AUTHORS] = {"authors", NULL, COLUMN_HIDDEN},
    [AUTHOR_SHARE] = {"author_share", "author%", COLUMN_RIGHT | COLUMN_PERCENT},
    [THREADS] = {"threads", NULL, COLUMN_RIGHT | COLUMN_SPARE},
    [FETCHED] = {"fetched", "fetch%", COLUMN_RIGHT | COLUMN_PERCENT},
    [PARTIAL] = {"partial", NULL, COLUMN_HIDDEN},
    [WITHHELD] = {"withheld", NULL, COLUMN_HIDDEN},
    [DESIGN_EFFECT] = {"design_effect", NULL, COLUMN_HIDDEN},
    [FEW_CLUSTERS] = {"few_clusters", NULL, COLUMN_HIDDEN},
    [ID_GAP] = {"id_gap", NULL, COLUMN_HIDDEN},
    [SPLIT] = {"split", NULL, COLUMN_HIDDEN},
};

#define BAR_CELLS 8
#define SPARKLINE_MOST 60u /* periods: a line of 80 with the theory's name */

/* For people ---------------------------------------------------------------------------------- */

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

/* A block a period; a dot where it is withheld, a dash where nothing was written. */
static const char *named_with_sparkline(struct cli *cli, const struct timeline_view *view,
                                        const struct ek_series *series, double largest)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const char *name = series->split
                           ? ek_printf(cli->arena, "%s, %s", series->theory, series->split)
                           : series->theory;
    const char *line = ek_printf(cli->arena, "%s ", name ? name : "");
    if (series->count > SPARKLINE_MOST || series->count < 3 || largest <= 0 || cli->report)
        return name;
    for (size_t j = 0; j < series->count && line; j++) {
        const struct ek_series_bucket *b = &series->buckets[j];
        const char *block =
            is_hidden(view, b) ? "·"
            : isnan(b->share)  ? "-"
                               : blocks[b->share > 0 ? 1 + (int)lround(6 * b->share / largest) : 0];
        line = ek_printf(cli->arena, "%s%s", line, block);
    }
    return line ? line : name;
}

static double largest_share(const struct timeline_view *view)
{
    double largest = 0;
    for (size_t i = 0; i < view->timeline->count; i++)
        for (size_t j = 0; j < view->timeline->series[i].count; j++) {
            const struct ek_series_bucket *b = &view->timeline->series[i].buckets[j];
            if (!is_hidden(view, b) && b->share > largest)
                largest = b->share;
        }
    return largest;
}

/* Rows ---------------------------------------------------------------------------------------- */

static struct value hidden_if(bool hide, struct value value)
{
    return hide ? null_value() : value;
}

static void print_bucket(struct cli *cli, struct output *output, const struct timeline_view *view,
                         struct value theory, const char *split, const struct ek_series_bucket *b,
                         size_t number, double largest)
{
    bool hide = is_hidden(view, b);
    const char *name = timeline_bucket(cli, view, b->bucket);
    struct value values[COLUMNS] = {
        [THEORY] = theory,
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
        [FETCHED] = real_value(view->coverage->fetched[number]),
        [PARTIAL] = bool_value(b->partial),
        [WITHHELD] = bool_value(hide),
        [DESIGN_EFFECT] = hidden_if(hide, real_value(b->design_effect)),
        [FEW_CLUSTERS] = bool_value(b->few_clusters),
        [ID_GAP] = real_value(view->coverage->id_gap[number]),
        [SPLIT] = text_value(split),
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

static void print_series(struct cli *cli, struct output *output, const struct timeline_view *view,
                         const struct ek_series *series, double largest)
{
    struct value theory =
        shown_as(text_value(series->theory), named_with_sparkline(cli, view, series, largest));
    for (size_t j = 0; j < series->count; j++)
        print_bucket(cli, output, view, theory, series->split, &series->buckets[j], j, largest);
}

int print_timeline(struct cli *cli, const struct timeline_view *view)
{
    struct column shown[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        shown[i] = columns[i];
    if (view->coverage->fetched_reason)
        shown[FETCHED].flags |= COLUMN_HIDDEN;
    struct output *output = output_open(cli, shown, view->split ? COLUMNS : SPLIT);
    if (!output)
        return wrong_use("out of memory");
    output_headline(output, "%s%s%s%s", view->sample ? "SAMPLE DATA, NOT FINDINGS: " : "",
                    view->headline, view->split ? ";\n" : "", view->split ? view->split : "");
    if (view->split)
        output_beside(output, "split", json_string(option(cli, OPT_SPLIT)), NULL);
    double largest = largest_share(view);
    for (size_t i = 0; i < view->timeline->count; i++)
        print_series(cli, output, view, &view->timeline->series[i], largest);
    timeline_beside(cli, output, view);
    if (view->sample && !format_is(cli, "table") && !format_is(cli, "json"))
        say("sample data, not findings");
    int status = output_rows(output) ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) != 0 ? EXIT_WRONG : status;
}
