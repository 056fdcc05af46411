/* needle.h - a literal that a text must hold, looked for without regard to case. */
#ifndef RULES_NEEDLE_H
#define RULES_NEEDLE_H

#include <stdbool.h>
#include <stddef.h>

struct needle {
    const char *text; /* ASCII, lower case */
    size_t len;
    size_t run, run_len; /* a stretch of it that is as long in every text: no s, no k */
    size_t first, gap;   /* two bytes of the stretch, looked for: text[first], text[first + gap] */
};

/* The best needle in a literal of ASCII letters, digits and blanks in lower case, which must
 * outlive it. False if it has none. */
bool needle_make(struct needle *needle, const char *literal);
/* False: the text, in any case, does not hold the literal. True: it may. */
bool needle_may_be_in(const struct needle *needle, const char *text, size_t len);

#endif
