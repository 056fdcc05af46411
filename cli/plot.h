/* plot.h - pictures as SVG: a sheet to draw on, and what is drawn.
 *
 * A picture is one file that needs nothing else: no script, no font, no address. It is read in
 * black and white (shapes and hatching say what colour says) and by a screen reader (title and
 * description of the whole, role img). Every text goes through plot_text or plot_escaped. */
#ifndef EKBOM_PLOT_H
#define EKBOM_PLOT_H

#include <stddef.h>

#include "ekbom/buf.h"

struct cli;
struct timeline_view;

/* The sheet ----------------------------------------------------------------------------------- */

#define PLOT_WIDTH 960.0
#define PLOT_MARGIN 24.0

struct plot { /* lengths in px, from the top left */
    struct ek_buf svg;
    double height;
    struct report *report; /* the page that it becomes a part of; NULL: a file of its own */
};
/* Begin with title and description; plot_end puts it into the page that the command makes, or to
 * standard output: 0, or -1 when that could not be written. Nothing is written before. */
void plot_begin(struct plot *plot, const struct cli *cli, double height, const char *title,
                const char *description);
int plot_end(struct plot *plot);

/* class names one of the styles in plot.c. */
void plot_line(struct plot *plot, const char *class, double x1, double y1, double x2, double y2);
void plot_box(struct plot *plot, const char *class, double x, double y, double width,
              double height);
/* A box that shows `words` where the pointer rests on it. */
void plot_told_box(struct plot *plot, const char *class, double x, double y, double width,
                   double height, const char *words);
void plot_dot(struct plot *plot, const char *class, double x, double y, double radius);
/* The triangle of a mark, its tip down at x, y. */
void plot_tip(struct plot *plot, double x, double y);
/* anchor: start, middle or end. */
void plot_text(struct plot *plot, const char *class, const char *anchor, double x, double y,
               const char *text);
/* Markup and what no XML may hold as harmless characters; controls as \u escapes. */
void plot_escaped(struct ek_buf *buf, const char *text);

/* Text in lines of so many characters; the lines lie in the arena. Their number, at most
 * PLOT_LINES. */
#define PLOT_LINES 40u
struct plot_lines {
    const char *lines[PLOT_LINES];
    size_t count;
};
void plot_wrap(struct cli *cli, struct plot_lines *lines, size_t width, const char *text);
/* Drawn from y on, at the left margin. */
#define PLOT_LINE_ROOM 15.0
void plot_put_lines(struct plot *plot, const char *class, double y, const struct plot_lines *lines);

/* Axes ---------------------------------------------------------------------------------------- */

struct plot_scale { /* of shares: from 0 to top in steps */
    double top, step;
};
struct plot_scale plot_scale_for(double largest);
/* Buckets between two labels of a time axis, when one label needs `room` px and has `width`. */
int plot_label_step(int bucket_size, size_t buckets, double width);
/* A label for the bucket, "2008" or "2008-03". */
const char *plot_bucket_label(struct cli *cli, int bucket, int bucket_size, int step);

/* What is drawn ------------------------------------------------------------------------------- */

/* To standard output; the exit status. */
int plot_timeline(struct cli *cli, const struct timeline_view *view);

#endif
