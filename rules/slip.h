/* slip.h - what a mistake was meant to be: the guesses behind "did you mean". */
#ifndef RULES_SLIP_H
#define RULES_SLIP_H

#include "rules/compiler.h"

/* A word of a phrase that cannot be meant as one: near/6 or then/6 miswritten, "WITH", the name of
 * a list without its braces. True if that was reported. */
bool report_slip(struct scanner *scanner, const struct lexeme *word);
/* No list of this name is known: is it below, in a file that is not included, or miswritten? */
void report_no_list(struct scanner *scanner, const struct lexeme *name);
/* The first character of a word that nobody sees; NULL without one. *code is its code point. */
const char *unseen_character(const struct lexeme *word, uint32_t *code);
/* Does a slash follow on this line that a regular expression could have ended with? */
bool slash_follows(const struct scanner *scanner, const char *from);
extern const char slash_inside[]; /* what is said then */
/* Does a line, at whose first word the scanner is, begin a statement? Lists and phrases that go on
 * may hold such words too; those are told by what else the line has. */
bool begins_statement(const struct scanner *scanner, const struct lexeme *word);

#endif
