/* plot_timeline.c - `ekbom timeline --format svg`: one panel a theory, all on one scale, and below
 * each column what they rest on: the number of posts and what was fetched of the boards.
 *
 * Each period is a step as wide as the period: a flat piece at its share over a box as high as its
 * interval. So nothing is drawn that was not counted (no curve between two periods, no smoothing),
 * and a period without neighbours looks like the others. A scale that the widest interval alone
 * would stretch ends at twice the largest share; what is cut off is said. */
#include <math.h>

#include "plot.h"
#include "plot_words.h"
#include "timeline.h"

#include "ekbom/limits.h"

#define LABELS 52.0    /* px left of the first column */
#define GAP 26.0       /* between columns */
#define NAME_ROOM 30.0 /* above a panel */
#define POSTS_HEIGHT 34.0
#define FETCHED_HEIGHT 16.0
#define STRIP_GAP 12.0
#define AXIS_ROOM 18.0
#define WITHHELD_HEIGHT 7.0
#define BAR_STEP 7.0    /* between the bars of two breaks */
#define NARROWEST 2.5   /* px of a bucket before columns become fewer */
#define TEXT_WIDTH 155u /* characters of a line below */

struct layout {
    struct plot *plot;
    struct cli *cli;
    const struct timeline_view *view;
    struct plot_scale scale;
    size_t buckets, columns, rows;
    double column_width, panel_height, bucket_width, top;
    uint64_t most_posts;
    int first, label_step;
};

/* Where things stand -------------------------------------------------------------------------- */

static void place_columns(struct layout *layout)
{
    static const double heights[] = {250, 150, 120};
    size_t panels = layout->view->timeline->count;
    double room = PLOT_WIDTH - 2 * PLOT_MARGIN - LABELS;
    layout->columns = panels <= 3 ? 1 : panels <= 8 ? 2 : 3;
    for (;; layout->columns--) {
        double gaps = GAP * (double)(layout->columns - 1);
        layout->column_width = (room - gaps) / (double)layout->columns;
        layout->bucket_width = layout->column_width / (double)layout->buckets;
        if (layout->columns == 1 || layout->bucket_width >= NARROWEST)
            break;
    }
    layout->rows = (panels + layout->columns - 1) / layout->columns;
    layout->panel_height = layout->rows <= 3 ? heights[layout->rows - 1] : 90;
}

static double column_left(const struct layout *layout, size_t column)
{
    return PLOT_MARGIN + LABELS + (double)column * (layout->column_width + GAP);
}

static double bucket_left(const struct layout *layout, size_t column, size_t bucket)
{
    return column_left(layout, column) + (double)bucket * layout->bucket_width;
}

static double panel_base(const struct layout *layout, size_t row)
{
    return layout->top + (double)(row + 1) * (NAME_ROOM + layout->panel_height);
}

static double share_y(const struct layout *layout, double base, double share)
{
    double part = share / layout->scale.top;
    return base - layout->panel_height * (part < 1 ? part : 1);
}

/* The scale takes every share; of the intervals what is below twice the largest one. */
static void find_scale(struct layout *layout)
{
    double share = 0, high = 0;
    for (size_t i = 0; i < layout->view->timeline->count; i++) {
        const struct ek_series *series = &layout->view->timeline->series[i];
        for (size_t j = 0; j < series->count; j++) {
            const struct ek_series_bucket *b = &series->buckets[j];
            if (is_hidden(layout->view, b))
                continue;
            share = fmax(share, b->share);
            high = fmax(high, b->high);
        }
    }
    layout->scale = plot_scale_for(fmin(fmax(high, share), share > 0 ? 2 * share : 1));
}

/* One panel ----------------------------------------------------------------------------------- */

static bool is_labelled(const struct layout *layout, size_t bucket)
{
    return (layout->first + (int)bucket) % layout->label_step == 0;
}

static double bucket_middle(const struct layout *layout, size_t column, size_t bucket)
{
    return bucket_left(layout, column, bucket) + layout->bucket_width / 2;
}

static void draw_grid(const struct layout *layout, size_t column, double base)
{
    double left = column_left(layout, column);
    for (size_t j = 0; j < layout->buckets; j++)
        if (is_labelled(layout, j))
            plot_line(layout->plot, "grid", bucket_middle(layout, column, j),
                      base - layout->panel_height, bucket_middle(layout, column, j), base);
    int steps = (int)lround(layout->scale.top / layout->scale.step);
    for (int i = 0; i <= steps; i++) {
        double y = share_y(layout, base, i * layout->scale.step);
        const char *label = ek_printf(layout->cli->arena, "%.4g%s", 100 * i * layout->scale.step,
                                      i == steps ? " %" : "");
        plot_line(layout->plot, i ? "grid" : "base", left, y, left + layout->column_width, y);
        if (column == 0)
            plot_text(layout->plot, "tick", "end", left - 6, y + 3.5, label ? label : "");
    }
}

static void draw_interval(const struct layout *layout, size_t column, double base, size_t j,
                          const struct ek_series_bucket *b)
{
    double left = bucket_left(layout, column, j), high = share_y(layout, base, b->high);
    if (is_hidden(layout->view, b))
        plot_box(layout->plot, "withheld", left, base - WITHHELD_HEIGHT, layout->bucket_width,
                 WITHHELD_HEIGHT);
    else if (!isnan(b->low))
        plot_box(layout->plot, b->partial ? "ribbon partial" : "ribbon", left, high,
                 layout->bucket_width, share_y(layout, base, b->low) - high);
}

static bool is_drawn(const struct layout *layout, const struct ek_series_bucket *b)
{
    return !is_hidden(layout->view, b) && !isnan(b->share);
}

static void draw_share(const struct layout *layout, size_t column, double base, size_t j,
                       const struct ek_series_bucket *b)
{
    double left = bucket_left(layout, column, j), y = share_y(layout, base, b->share);
    if (!is_drawn(layout, b))
        return;
    if (j && is_drawn(layout, b - 1))
        plot_line(layout->plot, "rise", left, share_y(layout, base, b[-1].share), left, y);
    plot_line(layout->plot, b->partial ? "share partial" : "share", left, y,
              left + layout->bucket_width, y);
}

/* The bars of several breaks can lie side by side: each a little lower than the one before. */
static void draw_changes(const struct layout *layout, size_t column, double base,
                         const struct series_change *change)
{
    double top = base - layout->panel_height;
    for (size_t i = 0; i < change->changes.count; i++) {
        const struct ek_change *c = &change->changes.changes[i];
        double x = bucket_left(layout, column, c->bucket);
        double y = top + (change->dated ? BAR_STEP * (double)(i % 4) : 0);
        plot_line(layout->plot, "change", x, top, x, base);
        plot_tip(layout->plot, x, y + 6);
        if (c->high > c->low)
            plot_line(layout->plot, "span", bucket_left(layout, column, c->low), y,
                      bucket_left(layout, column, c->high), y);
    }
}

static void draw_panel(const struct layout *layout, size_t number)
{
    size_t column = number % layout->columns, row = number / layout->columns;
    const struct ek_series *series = &layout->view->timeline->series[number];
    double base = panel_base(layout, row), top = base - layout->panel_height;
    ek_buf_addf(&layout->plot->svg, "<g class=\"panel\">\n");
    plot_text(layout->plot, "name", "start", column_left(layout, column), top - 9, series->theory);
    draw_grid(layout, column, base);
    for (size_t j = 0; j < series->count; j++)
        draw_interval(layout, column, base, j, &series->buckets[j]);
    for (size_t j = 0; j < series->count; j++)
        draw_share(layout, column, base, j, &series->buckets[j]);
    draw_changes(layout, column, base, &layout->view->changes[number]);
    for (size_t j = 0; j < series->count; j++)
        plot_told_box(layout->plot, "cell", bucket_left(layout, column, j), top,
                      layout->bucket_width, layout->panel_height,
                      plot_cell_words(layout->cli, layout->view, series, j));
    ek_buf_adds(&layout->plot->svg, "</g>\n");
}

/* The strips ---------------------------------------------------------------------------------- */

static double strips_top(const struct layout *layout)
{
    return panel_base(layout, layout->rows - 1) + STRIP_GAP;
}

/* Parts of forums, languages or cohorts are each of their own posts. */
static bool posts_are_shared(const struct ek_timeline *timeline)
{
    bool shared = true;
    for (size_t i = 1; i < timeline->count; i++)
        for (size_t j = 0; j < timeline->series[0].count; j++)
            shared &= timeline->series[i].buckets[j].posts == timeline->series[0].buckets[j].posts;
    return shared;
}

static void draw_posts(const struct layout *layout, size_t column)
{
    const struct ek_series *series = &layout->view->timeline->series[0];
    double base = strips_top(layout) + POSTS_HEIGHT, left = column_left(layout, column);
    if (!posts_are_shared(layout->view->timeline)) {
        plot_text(layout->plot, "tick", "start", left, base, "each panel is of its own posts");
        return;
    }
    for (size_t j = 0; j < series->count; j++) {
        const struct ek_series_bucket *b = &series->buckets[j];
        double height = POSTS_HEIGHT * (double)b->posts / (double)layout->most_posts;
        double gap = layout->bucket_width > 6 ? 1 : 0;
        plot_box(layout->plot, b->partial ? "posts partial" : "posts",
                 bucket_left(layout, column, j) + gap, base - height,
                 layout->bucket_width - 2 * gap, height);
    }
    plot_line(layout->plot, "base", left, base, left + layout->column_width, base);
    if (column)
        return;
    plot_text(layout->plot, "tick", "end", left - 6, base - POSTS_HEIGHT + 8,
              plot_number(layout->cli, layout->most_posts));
    plot_text(layout->plot, "tick", "end", left - 6, base, "posts");
}

static void draw_fetched(const struct layout *layout, size_t column)
{
    const struct ek_coverage *coverage = layout->view->coverage;
    double top = strips_top(layout) + POSTS_HEIGHT + STRIP_GAP, left = column_left(layout, column);
    if (column == 0)
        plot_text(layout->plot, "tick", "end", left - 6, top + FETCHED_HEIGHT - 4, "fetched");
    for (size_t j = 0; j < layout->buckets; j++) {
        bool told = j < coverage->buckets && !isnan(coverage->fetched[j]);
        double height = FETCHED_HEIGHT * (told ? coverage->fetched[j] : 1);
        plot_box(layout->plot, told ? "fetched" : "untold", bucket_left(layout, column, j),
                 top + FETCHED_HEIGHT - height, layout->bucket_width, height);
    }
    plot_box(layout->plot, "missing", left, top, layout->column_width, FETCHED_HEIGHT);
}

static void draw_strips(const struct layout *layout, size_t column)
{
    double y = strips_top(layout) + POSTS_HEIGHT + STRIP_GAP + FETCHED_HEIGHT;
    draw_posts(layout, column);
    draw_fetched(layout, column);
    for (size_t j = 0; j < layout->buckets; j++) {
        double x = bucket_middle(layout, column, j);
        if (!is_labelled(layout, j))
            continue;
        plot_line(layout->plot, "base", x, y, x, y + 4);
        plot_text(layout->plot, "tick", "middle", x, y + 15,
                  plot_bucket_label(layout->cli, layout->first + (int)j, layout->view->size,
                                    layout->label_step));
    }
}

/* What the marks mean ------------------------------------------------------------------------- */

static void draw_key(const struct layout *layout, const struct plot_key *key, double x, double y)
{
    if (key->sign == KEY_LINE)
        plot_line(layout->plot, key->class, x, y - 4, x + 24, y - 4);
    else if (key->sign == KEY_BOX)
        plot_box(layout->plot, key->class, x, y - 9, 24, 10);
    else {
        plot_line(layout->plot, key->class, x + 12, y - 10, x + 12, y + 2);
        if (key->sign == KEY_DATED)
            plot_line(layout->plot, "span", x + 4, y - 10, x + 20, y - 10);
        plot_tip(layout->plot, x + 12, y - 4);
    }
    plot_text(layout->plot, "note", "start", x + 30, y, key->words);
}

/* Rows of signs with their words; returns the y below. */
static double draw_keys(const struct layout *layout, const struct plot_keys *keys, double y)
{
    double x = PLOT_MARGIN;
    for (size_t i = 0; i < keys->count; i++) {
        double width = plot_key_width(&keys->keys[i]);
        if (x > PLOT_MARGIN && x + width > PLOT_WIDTH - PLOT_MARGIN) {
            x = PLOT_MARGIN;
            y += PLOT_LINE_ROOM + 2;
        }
        if (layout->plot)
            draw_key(layout, &keys->keys[i], x, y);
        x += width;
    }
    return y + PLOT_LINE_ROOM + 4;
}

/* The whole ----------------------------------------------------------------------------------- */

static void draw(struct layout *layout, const struct plot_lines *head, const struct plot_keys *keys,
                 const struct plot_lines *notes, double below)
{
    struct plot *plot = layout->plot;
    plot_text(plot, "head", "start", PLOT_MARGIN, PLOT_MARGIN + 12, head->lines[0]);
    for (size_t i = 1; i < head->count; i++)
        plot_text(plot, i == 1 && layout->view->sample ? "warn" : "sub", "start", PLOT_MARGIN,
                  PLOT_MARGIN + 16 + PLOT_LINE_ROOM * (double)i, head->lines[i]);
    for (size_t i = 0; i < layout->view->timeline->count; i++)
        draw_panel(layout, i);
    for (size_t column = 0; column < layout->columns; column++)
        draw_strips(layout, column);
    plot_put_lines(plot, "note", draw_keys(layout, keys, below), notes);
}

int plot_timeline(struct cli *cli, const struct timeline_view *view)
{
    struct plot plot;
    struct plot_lines head = {.count = 0}, notes = {.count = 0};
    struct plot_keys keys = {.count = 0};
    const struct ek_series *series = &view->timeline->series[0];
    struct layout layout = {.cli = cli, .view = view, .buckets = series->count};
    if (layout.buckets > EK_MAX_SERIES)
        return wrong_use("%zu periods are too many for a picture, %u at most: give --since and "
                         "--until, or a coarser --by",
                         layout.buckets, EK_MAX_SERIES);
    layout.first = series->buckets[0].bucket;
    for (size_t j = 0; j < layout.buckets; j++)
        if (series->buckets[j].posts > layout.most_posts)
            layout.most_posts = series->buckets[j].posts;
    place_columns(&layout);
    find_scale(&layout);
    layout.label_step = plot_label_step(view->size, layout.buckets, layout.column_width);
    plot_head(cli, view, &head);
    plot_notes(cli, view, layout.scale.top, &notes, TEXT_WIDTH);
    plot_find_keys(view, &keys);
    layout.top = PLOT_MARGIN + 20 + PLOT_LINE_ROOM * (double)(head.count - 1);
    double below = strips_top(&layout) + POSTS_HEIGHT + STRIP_GAP + FETCHED_HEIGHT + AXIS_ROOM + 26;
    double end = draw_keys(&layout, &keys, below) + PLOT_LINE_ROOM * (double)notes.count;
    plot_begin(&plot, cli, end + PLOT_MARGIN - PLOT_LINE_ROOM, head.lines[0],
               plot_description(cli, view, layout.scale.top));
    if (!cli->report)
        plot_table(&plot.svg, cli, view);
    layout.plot = &plot;
    draw(&layout, &head, &keys, &notes, below);
    return plot_end(&plot) == 0 ? EXIT_DONE : EXIT_WRONG;
}
