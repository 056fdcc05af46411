/* plot_changes.c - changes between two periods as a picture: a line a theory, its share before and
 * after on the left, the change with its 95 % interval about a line of no change on the right, and
 * the verdict in words.
 *
 * The two shares alone would draw attention to large theories, the interval alone would not say of
 * how much; so both stand, each on one scale for all theories. Whether an interval keeps clear of
 * the line is not the verdict: that is corrected for the number of tests and asks for more, and is
 * written out. Told apart without colour: a ring is before, a dot after. See plot.h. */
#include "plot_changes.h"

#include <math.h>

#include "change_rows.h"
#include "ekbom/limits.h"
#include "named_selection.h"
#include "plot.h"

#define NAMES_WIDTH 132.0
#define SHARES_LEFT (PLOT_MARGIN + NAMES_WIDTH)
#define SHARES_WIDTH 280.0
#define CHANGES_LEFT (SHARES_LEFT + SHARES_WIDTH + 44.0)
#define CHANGES_WIDTH 280.0
#define VERDICT_LEFT (CHANGES_LEFT + CHANGES_WIDTH + 24.0)
#define ROW 24.0
#define RING 5.2 /* radius, px: a dot within a ring is seen as both */
#define DOT 3.4
#define TEXT_WIDTH 150u /* characters of a line */

struct drawing {
    struct plot *plot;
    struct cli *cli;
    const struct changes_view *view;
    struct plot_scale shares, changes;
    double top, base; /* of the rows */
};

static double share_x(const struct drawing *d, double share)
{
    return SHARES_LEFT + SHARES_WIDTH * share / d->shares.top;
}

static double change_x(const struct drawing *d, double change)
{
    return CHANGES_LEFT + CHANGES_WIDTH * (0.5 + 0.5 * change / d->changes.top);
}

static bool is_told(const struct change *change, int w)
{
    return !change->withheld[w] && !isnan(change->share[w]);
}

/* Scales that hold everything that is told. */
static void find_scales(struct drawing *d)
{
    double share = 0, change = 0;
    for (size_t i = 0; i < d->view->changes->count; i++) {
        const struct change *c = &d->view->changes->items[i];
        for (int w = 0; w < EK_WINDOWS; w++)
            share = is_told(c, w) ? fmax(share, c->share[w]) : share;
        if (change_hidden(c))
            continue;
        change = fmax(change, fabs(c->difference.value));
        change = fmax(change, fmax(fabs(c->difference.low), fabs(c->difference.high)));
    }
    d->shares = plot_scale_for(share);
    d->changes = plot_scale_for(change);
}

static void draw_axes(const struct drawing *d)
{
    struct ek_arena *arena = d->cli->arena;
    int shares = (int)lround(d->shares.top / d->shares.step);
    int changes = (int)lround(d->changes.top / d->changes.step);
    for (int i = 0; i <= shares; i++) {
        double x = share_x(d, i * d->shares.step);
        const char *label =
            ek_printf(arena, "%.4g%s", 100 * i * d->shares.step, i == shares ? " %" : "");
        plot_line(d->plot, "grid", x, d->top, x, d->base);
        plot_text(d->plot, "tick", "middle", x, d->base + 14, label ? label : "");
    }
    for (int i = -changes; i <= changes; i++) {
        double x = change_x(d, i * d->changes.step);
        const char *label = ek_printf(arena, i ? "%+.4g" : "%.4g", 100 * i * d->changes.step);
        plot_line(d->plot, i ? "grid" : "base", x, d->top, x, d->base);
        if (changes <= 4 || i % 2 == 0)
            plot_text(d->plot, "tick", "middle", x, d->base + 14, label ? label : "");
    }
}

static void draw_shares(const struct drawing *d, const struct change *change, double y)
{
    if (is_told(change, EK_BEFORE) && is_told(change, EK_AFTER))
        plot_line(d->plot, "span", share_x(d, change->share[EK_BEFORE]), y,
                  share_x(d, change->share[EK_AFTER]), y);
    if (is_told(change, EK_BEFORE))
        plot_dot(d->plot, "before", share_x(d, change->share[EK_BEFORE]), y, RING);
    if (is_told(change, EK_AFTER))
        plot_dot(d->plot, "after", share_x(d, change->share[EK_AFTER]), y, DOT);
}

static void draw_change(const struct drawing *d, const struct change *change, double y)
{
    const struct ek_estimate *difference = &change->difference;
    if (change_hidden(change)) {
        plot_text(d->plot, "tick", "start", CHANGES_LEFT + 4, y + 4, "withheld");
        return;
    }
    if (!isnan(difference->low))
        plot_box(d->plot, "ribbon", change_x(d, difference->low), y - 6,
                 change_x(d, difference->high) - change_x(d, difference->low), 12);
    if (!isnan(difference->value))
        plot_line(d->plot, "share", change_x(d, difference->value), y - 6,
                  change_x(d, difference->value), y + 6);
}

static void draw_row(const struct drawing *d, size_t row)
{
    const struct change *change = &d->view->changes->items[row];
    double y = d->top + ROW * ((double)row + 0.5);
    ek_buf_adds(&d->plot->svg, "<g class=\"row\">\n");
    plot_text(d->plot, "name", "start", PLOT_MARGIN, y + 4, change->theory);
    draw_shares(d, change, y);
    draw_change(d, change, y);
    plot_text(d->plot, "verdict", "start", VERDICT_LEFT, y + 4, change_verdict(d->cli, change));
    plot_text(d->plot, "tick", "end", PLOT_WIDTH - PLOT_MARGIN, y + 4, change_p(d->cli, change));
    plot_told_box(d->plot, "cell", PLOT_MARGIN, y - ROW / 2, PLOT_WIDTH - 2 * PLOT_MARGIN, ROW,
                  change_sentence(d->cli, d->view->changes, change));
    ek_buf_adds(&d->plot->svg, "</g>\n");
}

/* What the two parts and their signs are. */
static void draw_headings(const struct drawing *d)
{
    const struct change *change = &d->view->changes->items[0];
    double y = d->top - 10, x = SHARES_LEFT;
    plot_text(d->plot, "tick", "start", x, y, "share of posts");
    plot_dot(d->plot, "before", x + 84, y - 4, RING);
    plot_text(d->plot, "tick", "start", x + 93, y, change->name[EK_BEFORE]);
    plot_dot(d->plot, "after", x + 198, y - 4, DOT);
    plot_text(d->plot, "tick", "start", x + 207, y, change->name[EK_AFTER]);
    plot_text(d->plot, "tick", "start", CHANGES_LEFT, y, "change in points, 95 % interval");
    plot_text(d->plot, "tick", "start", VERDICT_LEFT, y, "verdict");
    plot_text(d->plot, "tick", "end", PLOT_WIDTH - PLOT_MARGIN, y, "p*");
}

/* Words --------------------------------------------------------------------------------------- */

static const char *title(struct cli *cli, const struct changes_view *view)
{
    const char *words =
        view->changes->count == 1
            ? ek_printf(cli->arena, "Change in the share of posts that name %s",
                        view->changes->items[0].theory)
            : ek_printf(cli->arena, "Change in the shares of posts that name %zu theories",
                        view->changes->count);
    if (!words)
        out_of_memory();
    return words;
}

/* For a screen reader: every sentence of the table. */
static const char *description(struct cli *cli, const struct changes_view *view)
{
    const char *words = view->sample ? "Sample data, not findings." : "";
    for (size_t i = 0; i < view->changes->count && words; i++)
        words = ek_printf(cli->arena, "%s%s%s", words, *words ? "\n" : "",
                          change_sentence(cli, view->changes, &view->changes->items[i]));
    if (!words)
        out_of_memory();
    return words;
}

static void add_number(struct ek_buf *svg, bool hide, double number)
{
    ek_buf_addc(svg, '\t');
    if (!hide && !isnan(number))
        ek_buf_addf(svg, "%.6g", number);
}

/* Every figure that is drawn as <metadata>, a table with tabs. */
static void put_table(struct ek_buf *svg, const struct changes_view *view)
{
    ek_buf_adds(svg, "<metadata>\ntheory\tshare_before\tshare_after\tdifference\tlow\thigh\t"
                     "p_corrected\tverdict\twithheld\n");
    for (size_t i = 0; i < view->changes->count; i++) {
        const struct change *change = &view->changes->items[i];
        bool hide = change_hidden(change);
        plot_escaped(svg, change->theory);
        add_number(svg, change->withheld[EK_BEFORE], change->share[EK_BEFORE]);
        add_number(svg, change->withheld[EK_AFTER], change->share[EK_AFTER]);
        add_number(svg, hide, change->difference.value);
        add_number(svg, hide, change->difference.low);
        add_number(svg, hide, change->difference.high);
        add_number(svg, hide, change->p_corrected);
        ek_buf_addf(svg, "\t%s\t%s\n", ek_verdict_names[change->judgement.verdict],
                    hide ? "true" : "false");
    }
    ek_buf_adds(svg, "</metadata>\n");
}

static void find_notes(struct cli *cli, const struct changes_view *view, struct plot_lines *notes)
{
    bool hidden = false, open = false;
    for (size_t i = 0; i < view->changes->count; i++) {
        const struct change *change = &view->changes->items[i];
        hidden |= change_hidden(change);
        open |= !change_hidden(change) && isnan(change->difference.low) &&
                !isnan(change->difference.value);
    }
    if (hidden)
        plot_wrap(
            cli, notes, TEXT_WIDTH,
            "Withheld: one to four authors name it in a period; its share there and the change "
            "are not shown.");
    if (open)
        plot_wrap(cli, notes, TEXT_WIDTH,
                  "A change without a box: fewer than 30 authors or threads, too few for an "
                  "interval.");
    plot_wrap(cli, notes, TEXT_WIDTH,
              "The verdict is corrected for the number of tests, and asks that authors changed as "
              "their posts did: an interval clear of 0 alone is no \"rose\".");
    plot_wrap(cli, notes, TEXT_WIDTH, view->note);
    const char *rules =
        ek_printf(cli->arena, "ekbom %s, rule set %s", EKBOM_VERSION, view->ruleset);
    plot_wrap(cli, notes, TEXT_WIDTH, rules ? rules : "");
}

/* The whole ----------------------------------------------------------------------------------- */

int plot_changes(struct cli *cli, const struct changes_view *view)
{
    struct plot plot;
    struct plot_lines head = {.count = 0}, notes = {.count = 0};
    struct drawing d = {.plot = &plot, .cli = cli, .view = view};
    const char *selection = cli->named ? named_selection_line(cli->arena, cli->named) : NULL;
    plot_wrap(cli, &head, TEXT_WIDTH - 20, view->headline);
    if (selection && !cli->report)
        plot_wrap(cli, &head, TEXT_WIDTH - 20, selection);
    find_notes(cli, view, &notes);
    find_scales(&d);
    double sample = view->sample ? PLOT_LINE_ROOM : 0;
    d.top = PLOT_MARGIN + 12 + sample + PLOT_LINE_ROOM * (double)head.count + 38;
    d.base = d.top + ROW * (double)view->changes->count;
    double below = d.base + 40;
    plot_begin(&plot, cli,
               below + PLOT_LINE_ROOM * (double)notes.count + PLOT_MARGIN - PLOT_LINE_ROOM,
               title(cli, view), description(cli, view));
    if (!cli->report)
        put_table(&plot.svg, view);
    plot_text(&plot, "head", "start", PLOT_MARGIN, PLOT_MARGIN + 12, title(cli, view));
    if (view->sample)
        plot_text(&plot, "warn", "start", PLOT_MARGIN, PLOT_MARGIN + 16 + PLOT_LINE_ROOM,
                  "SAMPLE DATA, NOT FINDINGS");
    plot_put_lines(&plot, "sub", PLOT_MARGIN + 16 + PLOT_LINE_ROOM + sample, &head);
    draw_headings(&d);
    draw_axes(&d);
    for (size_t i = 0; i < view->changes->count; i++)
        draw_row(&d, i);
    plot_put_lines(&plot, "note", below, &notes);
    return plot_end(&plot) == 0 ? EXIT_DONE : EXIT_WRONG;
}
