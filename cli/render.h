/* render.h - a post for people: who, when, where, quotes, own words with the evidence marked. */
#ifndef EKBOM_RENDER_H
#define EKBOM_RENDER_H

#include "cli.h"

/* To standard output. width: columns of a line. */
int render_post(struct ek_arena *arena, const struct ek_entry *entry, const struct ek_tags *tags,
                unsigned width, bool color);

/* The same as one of many: a line of who and when, tags in the margin, each quote folded into a
 * line. */
struct render_style {
    unsigned width;
    bool color;
    bool quotes;  /* quotes whole */
    bool reasons; /* words, rules and cues of the tags below the post */
    bool here;    /* the post that was asked for */
};
int render_compact(struct ek_arena *arena, const struct ek_entry *entry, const struct ek_tags *tags,
                   const struct render_style *style);
/* What the margin's signs mean, in a line. */
void render_legend(void);

/* Words without marks, wrapped and indented. */
void render_text(struct ek_arena *arena, const char *text, unsigned width);

/* Parts of these. A post's own text with its evidence marked, harmless; NULL: out of memory. */
char *render_marked(struct ek_arena *arena, const struct ek_entry *entry,
                    const struct ek_tags *tags, bool color);
/* Text wrapped to `width` columns; begin writes what stands before each line, `indent` columns.
 * Colour sequences in the text are ours. */
void render_wrapped(const char *text, unsigned indent, unsigned width, void (*begin)(void *context),
                    void *context);
void render_quotes(struct ek_arena *arena, const struct ek_post *post, unsigned width);
/* Tags with their words, rules and cues. */
void render_tags(struct ek_arena *arena, const struct ek_tags *tags);

#endif
