/* literals.h - the literals of a rule set, and all their places in a text in one pass.
 *
 * A literal is ASCII in lower case. It is looked for only where a word starts in it (a hash of four
 * bytes from there, a bitmap of these hashes, then comparison); one without such a place, "prazole"
 * in "omeprazole", where the filter of lower.h lets it. */
#ifndef RULES_LITERALS_H
#define RULES_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/lower.h"
#include "rules/vector.h"

struct ek_arena;

#define LITERAL_BYTES 60u /* longer ones are not taken; less than LOWER_MARGIN */
#define LITERAL_LEAST 3u  /* bytes; shorter ones are everywhere */
#define NO_LITERAL UINT32_MAX

enum literal_flag {
    LITERAL_LEFT = 1, /* a word starts where it starts */
    LITERAL_RIGHT = 2 /* a word ends where it ends */
};

struct literal {
    const char *text;
    uint8_t len, flags;
};

struct literal_hit {
    uint32_t literal, at; /* byte in lowered.low */
    bool unsure;          /* a neighbour that would have to be no part of a word is not ASCII */
};

struct literal_hits {
    VECTOR(struct literal_hit) items;
};

struct literal_entry {    /* a literal under the first bytes of one of its words */
    uint64_t start, mask; /* eight bytes from that word on, as far as the literal goes */
    const char *text;
    uint32_t literal;
    uint8_t len, flags;
    uint8_t offset; /* of that word in the literal */
    bool whole;     /* start is all of it */
};

struct literals {
    VECTOR(struct literal) items;
    uint32_t *table; /* hash of literals by content */
    size_t table_size;
    uint64_t *bitmap;
    uint32_t *heads; /* by the hash of three bytes; ends where the next begins */
    struct literal_entry *entries;
    struct lower_filter filter;
    bool short_words; /* some literal is found by a word of less than three letters */
};

/* Whether this literal can be looked for, and about how often in a million words it would have to
 * be compared. */
bool literal_findable(const struct literal *literal, double *frequency);

/* The number of a literal, made when it is new; its text is kept, not copied. NO_LITERAL out of
 * memory. */
uint32_t literals_add(struct literals *literals, struct literal literal);
/* When all are there. -1 out of memory. */
int literals_index(struct literals *literals, struct ek_arena *arena);
void literals_free(struct literals *literals);

/* All places between two bytes, about in the order of the text (a literal is found by one of its
 * words, and that lies between them). */
void literals_find(const struct literals *literals, const struct lower_engine *engine,
                   struct lowered *lowered, size_t from, size_t to, struct literal_hits *hits);

#endif
