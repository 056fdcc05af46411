/* places.h - where a program finds its data: rules, profiles, the reader.
 *
 * A program in a checkout's build folder uses the checkout's; an installed one uses those below its
 * prefix. The place of the program itself decides, so that a moved tree still works; environment
 * variables (EKBOM_RULES, EKBOM_PROFILES, EKBOM_READER) come first. */
#ifndef EKBOM_PLACES_H
#define EKBOM_PLACES_H

struct ek_arena;

enum ek_place { EK_PLACE_RULES, EK_PLACE_PROFILES, EK_PLACE_READER };

/* A path, in the arena; never NULL. */
const char *ek_place(enum ek_place place, struct ek_arena *arena);

#endif
