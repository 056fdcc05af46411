/* plot_words.h - the words of a timeline's picture: head, notes, what signs mean, what a screen
 * reader says, and the table that goes along. */
#ifndef EKBOM_PLOT_WORDS_H
#define EKBOM_PLOT_WORDS_H

#include "plot.h"
#include "timeline.h"

enum plot_sign { KEY_LINE, KEY_BOX, KEY_MARK, KEY_DATED };
struct plot_key {
    enum plot_sign sign;
    const char *class, *words;
};
struct plot_keys { /* of the signs that occur */
    struct plot_key keys[8];
    size_t count;
};
void plot_find_keys(const struct timeline_view *view, struct plot_keys *keys);
double plot_key_width(const struct plot_key *key); /* px, its words with room after them */

/* The first line is the title. */
void plot_head(struct cli *cli, const struct timeline_view *view, struct plot_lines *head);
void plot_notes(struct cli *cli, const struct timeline_view *view, double scale_top,
                struct plot_lines *notes, size_t width);
const char *plot_cell_words(struct cli *cli, const struct timeline_view *view,
                            const struct ek_series *series, size_t bucket);
const char *plot_description(struct cli *cli, const struct timeline_view *view, double scale_top);
/* Every figure that is drawn as <metadata>, a table with tabs. */
void plot_table(struct ek_buf *svg, struct cli *cli, const struct timeline_view *view);
const char *plot_number(struct cli *cli, uint64_t number); /* 12,345 */

#endif
