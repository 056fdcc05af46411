/* part.h - what is known of the texts that a part of a regular expression matches.
 *
 * A part is exact when it matches a few strings and no other; else it has needs, sets of strings of
 * which every match holds one. Strings are ASCII in lower case with marks for word boundaries. Part
 * by part, regex_parts.c puts together what a whole pattern waits for. */
#ifndef RULES_PART_H
#define RULES_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/literals.h"

struct ek_arena;

#define PART_MARK '\1'          /* in a string: a word starts or ends here */
#define PART_NEEDS 6u           /* kept of one part */
#define PART_CHOICES 256u       /* strings of one set; an alternation of drug names has a hundred */
#define PART_ENDLESS UINT32_MAX /* no upper bound */

struct choice {
    const char *text;
    uint32_t len;
    bool at_end; /* it ends where the part ends */
};

struct choices { /* in the order in which the pattern tries them; count 0: nothing is known */
    struct choice *items;
    uint32_t count;
};

struct part_need {
    struct choices choices;
    uint32_t least, most; /* code points before it in the part */
};

struct part {
    bool exact;             /* choices are all that it matches */
    bool sure;              /* ... and are tried in this order, on no other condition */
    bool led;               /* needs[0] stands where the part starts */
    struct choices choices; /* exact */
    struct part_need needs[PART_NEEDS];
    uint32_t need_count;
    uint32_t least, most; /* code points that it matches */
};

/* Parts that match one string, nothing (a condition, if sure is false), or any code points. */
struct part part_string(struct ek_arena *arena, const char *text, size_t len);
struct part part_nothing(void);
struct part part_any(uint32_t least, uint32_t most);

/* One after the other. Out of memory nothing is known. */
struct part_run {
    struct ek_arena *arena;
    struct part whole;      /* what is left behind */
    struct choices choices; /* the strings that may still grow */
    uint32_t start, latest; /* least and most code points before them */
};
struct part_run part_run(struct ek_arena *arena, bool after_boundary);
void part_append(struct part_run *run, const struct part *part);
bool part_run_after_boundary(const struct part_run *run);
struct part part_run_end(struct part_run *run);

/* Either of two; the first is tried first. */
struct part part_either(struct ek_arena *arena, const struct part *first,
                        const struct part *second);
/* So many times, the next time tried first unless lazy. */
struct part part_repeat(struct ek_arena *arena, const struct part *part, uint32_t least,
                        uint32_t most, bool lazy);

/* regex_parts.c: what is known of a regular expression. False if it is not understood. */
bool regex_parts(const char *source, size_t len, bool extended, struct ek_arena *arena,
                 struct part *whole);

/* A string as a literal. False if no text can hold it. *plain: it stands wherever the literal
 * does. */
bool part_literal(struct ek_arena *arena, const struct choice *choice, struct literal *literal,
                  bool *plain);
/* About how often in a million words one of the strings stands; negative: one of them cannot be
 * looked for. */
double part_frequency(struct ek_arena *arena, const struct choices *choices);

#endif
