/* render.h - a post for people: who, when, where, quotes, own words with the evidence marked. */
#ifndef EKBOM_RENDER_H
#define EKBOM_RENDER_H

#include "cli.h"

/* To standard output. width: columns of a line. */
int render_post(struct ek_arena *arena, const struct ek_entry *entry, const struct ek_tags *tags,
                unsigned width, bool color);

/* Words without marks, wrapped and indented. */
void render_text(struct ek_arena *arena, const char *text, unsigned width);

#endif
