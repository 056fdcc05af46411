/* power_board.h - a board whose every post can be made again from its number.
 *
 * What a post says follows from its number and its revision, and so does what the rules find in it:
 * the check needs no copy of what was written, and counts without the matcher. Two rule sets: under
 * the first the theory is iron, under the second ferritin as well. */
#ifndef EKBOM_TESTS_POWER_BOARD_H
#define EKBOM_TESTS_POWER_BOARD_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/buf.h"
#include "ekbom/record.h"

struct ek_arena;
struct ek_bundle;

#define BOARD_FORUM "https://board.example/forum/"
#define BOARD_THEORY "bid"
#define BOARD_POSTS 1200u          /* numbers 1 to one below this */
#define BOARD_RULE_SETS 2u         /* numbers 0 and 1 */
#define BOARD_FIRST_DAY 1288569600 /* 2010-11-01: posts are of the 730 days from here */
#define BOARD_MONTHS 25u

/* The own text. */
void board_text(struct ek_buf *out, unsigned post, unsigned revision);
/* Which post and revision a text is, to the last byte. */
bool board_is_text(const char *text, unsigned *post, unsigned *revision);
bool board_tagged(const char *text, unsigned rule_set);
ek_time board_time(unsigned post);

/* One line of JSONL. */
void board_line(struct ek_buf *out, unsigned post, unsigned revision);
/* A thread page, as phpBB shows it, with its HTTP head. */
void board_page(struct ek_buf *out, unsigned first, unsigned count, unsigned revision);
void board_url(char url[128], unsigned first);
/* The same as the store takes it; strings in the arena. */
void board_entry(struct ek_entry *entry, unsigned post, unsigned revision, struct ek_arena *arena);

void board_rules(struct ek_bundle *bundle, unsigned rule_set, struct ek_arena *arena);

#endif
