/* statement.h - the statements of the language: one function a keyword, see statement.c. */
#ifndef RULES_STATEMENT_H
#define RULES_STATEMENT_H

#include "rules/compiler.h"

/* Text that lives as long as the rule set. */
char *copy_text(struct scanner *scanner, const char *text, size_t len);
void end_of_statement(struct scanner *scanner);
/* Small letters, digits, - and _; one slash where it is allowed. */
bool is_name(const struct lexeme *lexeme, bool slash);
/* The word at the scanner without its meaning as a lexeme: examples hold any text. */
struct lexeme plain_word(struct scanner *scanner);

/* code_block.c */
void start_code(struct scanner *scanner, const struct lexeme *word);
void parse_about(struct scanner *scanner, const struct lexeme *word);
void parse_ref(struct scanner *scanner, const struct lexeme *word);
void parse_version(struct scanner *scanner, const struct lexeme *word);
void parse_rule(struct scanner *scanner, const struct lexeme *word);
void parse_not(struct scanner *scanner, const struct lexeme *word);
void parse_unless(struct scanner *scanner, const struct lexeme *word);
void parse_tag(struct scanner *scanner, const struct lexeme *word);
void start_test(struct scanner *scanner, const struct lexeme *word);
void parse_example(struct scanner *scanner, const struct lexeme *word);

/* cue_block.c */
void start_cue(struct scanner *scanner, const struct lexeme *word);
void parse_cue(struct scanner *scanner, const struct lexeme *word);

#endif
