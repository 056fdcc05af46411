/* pattern.h - regular expressions of rules: the only part that knows PCRE2, beside search.c.
 *
 * A pattern is what stands between the slashes of a rule, as it is. It runs over the plain view
 * of a text, and only where the literals that every match must hold have been found: see
 * pattern_needs.c. */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/literals.h"
#include "rules/vector.h"

struct ek_arena;

#define PATTERN_NEEDS 4u /* sets of literals that one pattern waits for */

enum pattern_flag {
    PATTERN_CASE = 1,     /* /c: case matters */
    PATTERN_EXTENDED = 2, /* /x: white space and comments inside do not count */
    PATTERN_DOTALL = 4,   /* /s: a dot matches a line's end too */
    PATTERN_LITERAL = 8   /* made by the program itself: not checked for what rules may not use */
};

enum pattern_kind {
    PATTERN_ANYWHERE, /* a match may start at any place */
    PATTERN_LED,      /* a match starts so far before a literal of needs[0] as it says */
    PATTERN_WORDS     /* each place of a literal of needs[0] is one: the first literal that fits */
};

struct pattern_need { /* one of these literals stands in every match */
    const struct literal *literals;
    uint32_t count;
    uint32_t least, most; /* code points between the start of a match and it; UINT32_MAX: any */
    double frequency;     /* about how often in a million words one of them stands */
    uint32_t trigger;     /* the same literals as the text is searched for them: trigger.h */
};

struct pattern {
    void *code; /* pcre2_code; finds a match only at its start unless kind is PATTERN_ANYWHERE */
    const char *source;
    size_t source_len;
    unsigned flags;
    enum pattern_kind kind;
    struct pattern_need needs[PATTERN_NEEDS];
    uint32_t need_count; /* 0: it runs over every text */
    bool compiled;       /* to machine code */
    uint32_t node;
};

struct patterns {
    VECTOR(struct pattern) items;
    bool interpreted; /* the system refuses memory for compiled code: -48 */
};

/* The literals of source into pattern->kind and needs; none is a good answer. */
void pattern_find_needs(struct pattern *pattern, struct ek_arena *arena);
/* Compile, for the kind that it is. 0; -1 with a message for people and the place in bytes from
 * the start of source. */
int pattern_compile(struct patterns *patterns, struct pattern *pattern, const char **message,
                    size_t *place, struct ek_arena *arena);
void patterns_free(struct patterns *patterns);

/* Memory for matching; one a matcher. NULL when out of memory. */
struct pattern_runner;
struct pattern_runner *pattern_runner_new(void);
void pattern_runner_free(struct pattern_runner *runner);

/* A match of a pattern that is not PATTERN_ANYWHERE at this place: where it ends. 0: there is none.
 * -1 when a limit was reached, and *reason says which. */
int pattern_match_at(struct pattern_runner *runner, const struct pattern *pattern, const char *text,
                     size_t len, size_t at, size_t *end, const char **reason);

/* Every match from a place on of a PATTERN_ANYWHERE, in order, empty ones left out, until found
 * returns false; the next one is looked for behind the last (PATTERN_LITERAL: one character on, so
 * that they may overlap). 0; -1 when a limit was reached, and *reason says which. */
int pattern_run(struct pattern_runner *runner, const struct pattern *pattern, const char *text,
                size_t len, size_t at, bool (*found)(void *context, size_t start, size_t end),
                void *context, const char **reason);

#endif
