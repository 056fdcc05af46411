/* walk_guard.h - what a page is not taken for: one that cannot be read; the next of a list that
 * repeats its last page for ever, or has no end. */
#ifndef EKBOM_WALK_GUARD_H
#define EKBOM_WALK_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct ek_arena;
struct ek_page;
struct walk_answer;

/* Why nothing can be learnt from a page: a line, which the arena may hold. */
const char *walk_unreadable(const struct walk_answer *answer, struct ek_arena *arena);

struct walk_guard { /* all zero: nothing was shown yet */
    uint64_t shown; /* a digest of what the last page showed */
    unsigned pages;
};

enum guard_word { GUARD_ON, GUARD_REPEATED, GUARD_ENDLESS };

/* The next page of a thread or board, as it was read. */
enum guard_word walk_guard_take(struct walk_guard *guard, const struct ek_page *page);

#endif
