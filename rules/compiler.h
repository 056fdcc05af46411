/* compiler.h - what the parts of the rule compiler share.
 *
 * scanner.c cuts a rule file into lexemes and collects diagnostics, clause.c turns the words
 * after a keyword into nodes, statement.c knows the keywords and blocks, compile.c reads the
 * files in the order of their includes and finishes the rule set. A mistake is reported and the
 * next line is read: a file with five mistakes gives five messages. */
#ifndef RULES_COMPILER_H
#define RULES_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/bundle.h"
#include "rules/reading.h"
#include "rules/rule_set.h"

struct named_code;

struct list {
    const char *name;
    uint32_t node, file, line;
};

enum block {
    BLOCK_NONE,
    BLOCK_CODE,
    BLOCK_TEST,
    BLOCK_CUE,
    BLOCK_BAD /* its first line was reported: what stands below is passed over */
};

struct compiler {
    struct ek_rules *rules;
    const struct ek_bundle *bundle;
    struct ek_arena *arena; /* diagnostics, scratch: the caller's */
    struct node_builder nodes;
    struct reading reading; /* to normalise literals */
    VECTOR(struct list) lists;
    VECTOR(struct named_code) named;
    VECTOR(struct ek_diagnostic) diagnostics;
    size_t errors;
    uint32_t *word_table; /* hash of words, to find equal ones */
    size_t word_table_size;
    bool no_memory;
    unsigned include_depth;
};

enum lexeme_kind {
    LEXEME_END, /* end of the statement */
    LEXEME_WORD,
    LEXEME_QUOTED, /* text without the quotation marks */
    LEXEME_LIST,   /* {name}, without the braces */
    LEXEME_REGEX,  /* what stands between the slashes; flags */
    LEXEME_OPEN,
    LEXEME_CLOSE,
    LEXEME_BAR,
    LEXEME_COMMA,
    LEXEME_AND,
    LEXEME_EQUALS,
    LEXEME_BAD /* reported already */
};

struct lexeme {
    enum lexeme_kind kind;
    const char *text;
    size_t len;
    const char *flags;
    size_t flags_len;
    bool optional; /* a question mark follows directly */
};

/* Where the compiler stands in one file. Copied to look ahead. */
struct scanner {
    struct compiler *compiler;
    uint32_t file;
    const char *at, *end, *line_start;
    uint32_t line;
    enum lexeme_kind last;
    bool incomplete; /* an include failed: lists and cues are missing */
    /* the block being read */
    enum block block;
    uint32_t code;              /* BLOCK_CODE, BLOCK_TEST */
    enum cue_category category; /* BLOCK_CUE */
};

/* A code that a rule names ("ppi & bid"): looked up when all files are read. */
struct named_code {
    struct scanner scanner; /* as it was there, for what is to be said of it */
    const char *at;
    uint32_t mention;
};

/* Report at a place in the scanner's present line (NULL: the line's first word). */
void report(const struct scanner *scanner, enum ek_severity severity, const char *at,
            const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for a line of any file. kind: of a warning; NULL: it is an error. */
void report_line(struct compiler *compiler, const char *kind, uint32_t file, uint32_t line,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A diagnostic with nothing but its place and the line there. */
struct ek_diagnostic diagnostic_of_line(const struct ek_bundle *bundle, struct ek_arena *arena,
                                        const char *file, uint32_t line);

struct lexeme scan(struct scanner *scanner);
struct lexeme scan_regex(struct scanner *scanner); /* at the opening slash */
bool lexeme_is(const struct lexeme *lexeme, const char *word);
void skip_blanks(struct scanner *scanner);
/* Bytes of the blank here, 0 if there is none: a tab is one, and a word processor's U+00A0. */
size_t blank_at(const char *at, const char *end);
/* The rest of the line as it stands, blanks trimmed; a comment ends it only after two blanks. */
struct lexeme scan_rest(struct scanner *scanner);
void skip_line(struct scanner *scanner);   /* to the start of the next line */
bool at_line_end(struct scanner *scanner); /* nothing but blanks and a comment left */
/* "near/6": true if lexeme is word or word/number; *number is 0 without one, -1 if malformed. */
bool lexeme_with_number(const struct lexeme *lexeme, const char *word, long *number);

/* A clause up to the end of the statement: alternatives between commas. NO_NODE after a report.
 * flavour is NULL where "as" has no place. */
uint32_t parse_clause(struct scanner *scanner, unsigned *flavour);

/* Nodes for the words of a literal, pushed to children. open: stars, ~ and ! have their meaning.
 * False after a report. */
struct child_list {
    VECTOR(uint32_t) nodes;
};
bool literal_nodes(struct scanner *scanner, const struct lexeme *lexeme, bool open,
                   struct child_list *children);
uint32_t regex_node(struct scanner *scanner, const struct lexeme *lexeme);
const struct list *find_list(const struct compiler *compiler, uint32_t file, const char *name,
                             size_t len);
extern const char *const flavour_names[]; /* bit 0 first; ends with NULL */

/* composite.c: "ppi & bid within 2 sentences"; the leaf of a code that is named; and what the names
 * mean, when all files are read. */
uint32_t code_node(struct scanner *scanner, const struct lexeme *name);
void resolve_codes(struct compiler *compiler);

/* One statement: the scanner is at its first word. */
void parse_statement(struct scanner *scanner);
/* compile.c: read the file that an include names, first. False: it is not known what it holds. */
bool read_included(struct scanner *scanner, const struct lexeme *path);

#endif
