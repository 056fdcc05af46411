/* plot_words.c - see plot_words.h. A screen reader reads title and description of the whole: the
 * description says of each theory where it began and ended, its highest and lowest share, what was
 * withheld, and when it changed. Every figure stands in the table. */
#include "plot_words.h"

#include <math.h>
#include <string.h>

#include "asking.h"
#include "named_selection.h"

#define WORD_BYTES (1u << 20)
#define KEY_CHARACTER 5.75 /* px, of the font's widest */
#define NAMES_WIDTH 60u    /* characters of a title after its first words */
#define HEAD_WIDTH 128u

/* Text built up and kept in the arena. */
static const char *kept(struct cli *cli, struct ek_buf *buf)
{
    const char *text = ek_buf_str(buf);
    text = text ? ek_strdup(cli->arena, text) : NULL;
    ek_buf_free(buf);
    if (!text)
        out_of_memory();
    return text;
}

const char *timeline_bucket(struct cli *cli, const struct timeline_view *view, int bucket)
{
    char name[EK_BUCKET_TEXT];
    const char *text = ek_strdup(cli->arena, ek_bucket_name(bucket, view->size, name));
    return text ? text : "";
}

const char *plot_number(struct cli *cli, uint64_t number)
{
    const char *rest = "";
    for (; number >= 1000 && rest; number /= 1000)
        rest = ek_printf(cli->arena, ",%03u%s", (unsigned)(number % 1000), rest);
    rest = rest ? ek_printf(cli->arena, "%u%s", (unsigned)number, rest) : NULL;
    return rest ? rest : "";
}

/* Signs --------------------------------------------------------------------------------------- */

struct occurring {
    bool interval, partial, withheld, change, dated, few, untold, cut;
};

static struct occurring find_occurring(const struct timeline_view *view, double scale_top)
{
    struct occurring found = {0};
    for (size_t i = 0; i < view->timeline->count; i++) {
        const struct ek_series *series = &view->timeline->series[i];
        found.change |= view->changes[i].changes.count > 0;
        found.dated |= view->changes[i].dated;
        for (size_t j = 0; j < series->count; j++) {
            const struct ek_series_bucket *b = &series->buckets[j];
            bool hidden = is_hidden(view, b);
            found.withheld |= hidden;
            found.partial |= b->partial;
            found.interval |= !hidden && !isnan(b->low);
            found.few |= !hidden && b->posts && b->few_clusters;
            found.cut |= !hidden && b->high > scale_top * 1.0001;
            found.untold |= isnan(view->coverage->fetched[j]);
        }
    }
    return found;
}

static void add_key(struct plot_keys *keys, bool occurs, enum plot_sign sign, const char *class,
                    const char *words)
{
    if (occurs)
        keys->keys[keys->count++] = (struct plot_key){sign, class, words};
}

void plot_find_keys(const struct timeline_view *view, struct plot_keys *keys)
{
    struct occurring found = find_occurring(view, INFINITY);
    add_key(keys, true, KEY_LINE, "share", "share of posts");
    add_key(keys, found.interval, KEY_BOX, "ribbon", "95 % interval");
    add_key(keys, found.partial, KEY_LINE, "share partial", "the period is not over");
    add_key(keys, found.withheld, KEY_BOX, "withheld", "one to four authors, withheld");
    add_key(keys, found.change && !found.dated, KEY_MARK, "change", "the level breaks");
    add_key(keys, found.dated, KEY_DATED, "change", "the level breaks, within the bar at 95 %");
    add_key(keys, found.untold, KEY_BOX, "untold", "fetched: cannot be told");
}

double plot_key_width(const struct plot_key *key)
{
    return 30 + KEY_CHARACTER * (double)strlen(key->words) + 14;
}

/* Head and notes ------------------------------------------------------------------------------ */

/* By their names where the title has room for them. */
static const char *theories_named(struct cli *cli, const struct timeline_view *view, size_t room)
{
    size_t count = view->timeline->count;
    const char *names = "";
    for (size_t i = 0; i < count && names && strlen(names) <= room; i++)
        names = ek_printf(cli->arena, "%s%s%s", names,
                          i == 0           ? ""
                          : i + 1 == count ? " and "
                                           : ", ",
                          view->timeline->series[i].theory);
    if (names && strlen(names) > room)
        names = ek_printf(cli->arena, "each of %zu %s", count,
                          view->split ? "parts of theories" : "theories");
    return names ? names : "";
}

static const char *span(struct cli *cli, const struct timeline_view *view)
{
    const struct ek_series *series = &view->timeline->series[0];
    const char *first = timeline_bucket(cli, view, series->buckets[0].bucket);
    const char *last = timeline_bucket(cli, view, series->buckets[series->count - 1].bucket);
    const char *text = ek_printf(cli->arena, "%s to %s", first, last);
    return series->count == 1 || !text ? first : text;
}

static const char *headline_in_one(struct cli *cli, const struct timeline_view *view)
{
    char *line = ek_strdup(cli->arena, view->headline);
    for (char *at = line; at && *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    if (!line)
        out_of_memory();
    return line;
}

void plot_head(struct cli *cli, const struct timeline_view *view, struct plot_lines *head)
{
    const char *when =
        ek_printf(cli->arena, ", by %s, %s", size_names[view->size], span(cli, view));
    const size_t room = NAMES_WIDTH - (when ? strlen(when) : 0);
    const char *title = when ? ek_printf(cli->arena, "Share of posts that name %s%s",
                                         theories_named(cli, view, room), when)
                             : NULL;
    if (!title)
        out_of_memory();
    head->lines[head->count++] = title;
    if (view->sample)
        head->lines[head->count++] = "SAMPLE DATA, NOT FINDINGS";
    plot_wrap(cli, head, HEAD_WIDTH, headline_in_one(cli, view));
    if (cli->named && !cli->report)
        plot_wrap(cli, head, HEAD_WIDTH, named_selection_line(cli->arena, cli->named));
}

void plot_notes(struct cli *cli, const struct timeline_view *view, double scale_top,
                struct plot_lines *notes, size_t width)
{
    struct occurring found = find_occurring(view, scale_top);
    const struct ek_timeline *timeline = view->timeline;
    const char *given = options_given(cli, TAKES_SELECTION | TAKES_TIMELINE | TAKES_TIER);
    struct ek_buf text;
    ek_buf_init(&text, WORD_BYTES);
    ek_buf_addf(&text, "%s undated and ", plot_number(cli, timeline->undated));
    ek_buf_addf(&text, "%s not assessable posts stand beside.",
                plot_number(cli, timeline->not_assessable));
    if (found.few)
        ek_buf_adds(&text, " A share without a box: fewer than 30 authors or threads, too few for "
                           "an interval.");
    if (found.cut)
        ek_buf_adds(&text, " Intervals above the scale are cut at its top.");
    if (view->coverage->fetched_reason)
        ek_buf_addf(&text, " Fetched cannot be told: %s.", view->coverage->fetched_reason);
    else
        ek_buf_adds(
            &text,
            " Fetched: of the threads that the boards list, those read to the end; a full box "
            "is all of them.");
    if (*given && !cli->report) /* a page says it once, without what is not to be told */
        ek_buf_addf(&text, "\nSelection: %s", given);
    ek_buf_addf(&text, "\nekbom %s, one rule set for all periods: %s", EKBOM_VERSION,
                timeline->rules_digest ? timeline->rules_digest : "none");
    plot_wrap(cli, notes, width, kept(cli, &text));
}

/* One period ---------------------------------------------------------------------------------- */

const char *plot_cell_words(struct cli *cli, const struct timeline_view *view,
                            const struct ek_series *series, size_t bucket)
{
    const struct ek_series_bucket *b = &series->buckets[bucket];
    struct ek_buf text;
    ek_buf_init(&text, WORD_BYTES);
    ek_buf_addf(&text, "%s, %s: ", series->theory, timeline_bucket(cli, view, b->bucket));
    if (is_hidden(view, b))
        ek_buf_addf(&text, "one to four authors, withheld; %s posts", plot_number(cli, b->posts));
    else if (!b->posts)
        ek_buf_adds(&text, "no posts");
    else
        ek_buf_addf(&text, "%.1f %%, %s of %s posts", 100 * b->share,
                    plot_number(cli, b->posts_tagged), plot_number(cli, b->posts));
    if (!is_hidden(view, b) && !isnan(b->low))
        ek_buf_addf(&text, "; 95 %% interval %.1f to %.1f %%", 100 * b->low, 100 * b->high);
    if (!is_hidden(view, b) && b->posts)
        ek_buf_addf(&text, "; %s of %s authors", plot_number(cli, b->authors_tagged),
                    plot_number(cli, b->authors));
    if (b->partial)
        ek_buf_adds(&text, "; the period is not over");
    return kept(cli, &text);
}

/* Description --------------------------------------------------------------------------------- */

static void add_point(struct ek_buf *text, struct cli *cli, const struct timeline_view *view,
                      const char *before, const struct ek_series_bucket *b)
{
    ek_buf_addf(text, "%s%.1f %% in %s", before, 100 * b->share,
                timeline_bucket(cli, view, b->bucket));
}

static void describe_series(struct ek_buf *text, struct cli *cli, const struct timeline_view *view,
                            size_t number)
{
    const struct ek_series *series = &view->timeline->series[number];
    const struct ek_series_bucket *first = NULL, *last = NULL, *highest = NULL, *lowest = NULL;
    size_t withheld = 0;
    for (size_t j = 0; j < series->count; j++) {
        const struct ek_series_bucket *b = &series->buckets[j];
        withheld += is_hidden(view, b);
        if (is_hidden(view, b) || isnan(b->share))
            continue;
        first = first ? first : b;
        last = b;
        highest = !highest || b->share > highest->share ? b : highest;
        lowest = !lowest || b->share < lowest->share ? b : lowest;
    }
    ek_buf_addf(text, "\n%s: ", series->theory);
    if (first) {
        add_point(text, cli, view, "", first);
        add_point(text, cli, view, ", ", last);
        add_point(text, cli, view, "; highest ", highest);
        add_point(text, cli, view, ", lowest ", lowest);
    } else {
        ek_buf_adds(text, "no period can be shown");
    }
    if (withheld)
        ek_buf_addf(text, "; %zu periods withheld", withheld);
    const char *changes = change_words(cli, view, number);
    ek_buf_addf(text, "%s%s.", *changes ? "; the level breaks: " : "", changes);
}

const char *plot_description(struct cli *cli, const struct timeline_view *view, double scale_top)
{
    const struct ek_series *series = &view->timeline->series[0];
    uint64_t least = UINT64_MAX, most = 0;
    struct ek_buf text;
    ek_buf_init(&text, WORD_BYTES);
    for (size_t j = 0; j < series->count; j++) {
        least = series->buckets[j].posts < least ? series->buckets[j].posts : least;
        most = series->buckets[j].posts > most ? series->buckets[j].posts : most;
    }
    ek_buf_addf(&text,
                "%s%zu panels on one scale from 0 to %.4g %%, one a theory; each %s is a step at "
                "its share within its 95 %% interval. %s.",
                view->sample ? "Sample data, not findings. " : "", view->timeline->count,
                100 * scale_top, size_names[view->size], headline_in_one(cli, view));
    for (size_t i = 0; i < view->timeline->count; i++)
        describe_series(&text, cli, view, i);
    ek_buf_addf(&text, "\nBelow: the number of posts counted, %s ", plot_number(cli, least));
    ek_buf_addf(&text, "to %s a %s; and what was fetched of the boards", plot_number(cli, most),
                size_names[view->size]);
    if (view->coverage->fetched_reason)
        ek_buf_addf(&text, ", which cannot be told: %s", view->coverage->fetched_reason);
    ek_buf_adds(&text, cli->report
                           ? ". Every figure stands in a table of this page."
                           : ". Every figure stands as a table in the metadata of this file.");
    return kept(cli, &text);
}

/* Table --------------------------------------------------------------------------------------- */

static void add_number(struct ek_buf *svg, double number, const char *after)
{
    if (!isnan(number))
        ek_buf_addf(svg, "%.6g", number);
    ek_buf_adds(svg, after);
}

static void table_row(struct ek_buf *svg, struct cli *cli, const struct timeline_view *view,
                      const struct ek_series *series, size_t j)
{
    const struct ek_series_bucket *b = &series->buckets[j];
    bool hidden = is_hidden(view, b);
    plot_escaped(svg, series->theory);
    ek_buf_addf(svg, "\t%s\t", timeline_bucket(cli, view, b->bucket));
    add_number(svg, hidden ? NAN : (double)b->posts_tagged, "\t");
    ek_buf_addf(svg, "%llu\t", (unsigned long long)b->posts);
    add_number(svg, hidden ? NAN : b->share, "\t");
    add_number(svg, hidden ? NAN : b->low, "\t");
    add_number(svg, hidden ? NAN : b->high, "\t");
    add_number(svg, hidden ? NAN : (double)b->authors_tagged, "\t");
    ek_buf_addf(svg, "%llu\t", (unsigned long long)b->authors);
    add_number(svg, view->coverage->fetched[j], "\t");
    add_number(svg, view->coverage->id_gap[j], "\t");
    ek_buf_addf(svg, "%s\t%s\n", b->partial ? "true" : "false", hidden ? "true" : "false");
}

void plot_table(struct ek_buf *svg, struct cli *cli, const struct timeline_view *view)
{
    ek_buf_adds(svg, "<metadata>\ntheory\tbucket\tposts_tagged\tposts\tshare\tlow\thigh\t"
                     "authors_tagged\tauthors\tfetched\tid_gap\tpartial\twithheld\n");
    for (size_t i = 0; i < view->timeline->count; i++)
        for (size_t j = 0; j < view->timeline->series[i].count; j++)
            table_row(svg, cli, view, &view->timeline->series[i], j);
    ek_buf_adds(svg, "</metadata>\n");
}
