/* pattern.h - regular expressions: the only part that knows PCRE2.
 *
 * A pattern is what stands between the slashes of a rule, as it is. It runs over the plain view
 * of a text. Before it runs at all, one of the literals that every match must hold has to be
 * found in the folded view: see pattern_literals.c. */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/vector.h"

struct ek_arena;

enum pattern_flag {
    PATTERN_CASE = 1,     /* /c: case matters */
    PATTERN_EXTENDED = 2, /* /x: white space and comments inside do not count */
    PATTERN_DOTALL = 4,   /* /s: a dot matches a line's end too */
    PATTERN_LITERAL = 8   /* made by the program itself: not checked for what rules may not use */
};

struct pattern {
    void *code; /* pcre2_code */
    const char *source;
    size_t source_len;
    unsigned flags;
    const char **gates; /* literals, lower case, one of which every match holds */
    size_t gate_count;  /* 0: always run */
    uint32_t node;
};

struct gate {           /* a literal of a pattern, found by its first four bytes */
    uint32_t key, next; /* next gate with the same hash, or UINT32_MAX */
    const char *literal;
    uint32_t len, node;
};

struct patterns {
    VECTOR(struct pattern) items;
    VECTOR(struct gate) gates;
    uint32_t *heads;  /* hash of the first four bytes -> gate */
    uint64_t *bitmap; /* is there any gate with this hash */
    bool interpreted; /* the system refuses memory for compiled code: -48 */
};

/* Compile. 0; -1 with a message for people and the place in bytes from the start of source. */
int pattern_compile(struct patterns *patterns, struct pattern *pattern, const char **message,
                    size_t *place, struct ek_arena *arena);
/* The literals of source into pattern->gates; none is a good answer. */
void pattern_find_gates(struct pattern *pattern, struct ek_arena *arena);
void patterns_free(struct patterns *patterns);
int patterns_index(struct patterns *patterns, struct ek_arena *arena); /* -1 out of memory */
/* Call found(context, node) for each pattern whose gate stands in the text, perhaps repeatedly. */
void patterns_find_gates(const struct patterns *patterns, const char *folded, size_t len,
                         void (*found)(void *context, uint32_t node), void *context);

/* Memory for matching; one a matcher. NULL when out of memory. */
struct pattern_runner;
struct pattern_runner *pattern_runner_new(void);
void pattern_runner_free(struct pattern_runner *runner);

/* Every match, in order, empty ones left out, until found returns false; the next one is looked
 * for behind the last (PATTERN_LITERAL: one character on, so that they may overlap). 0; -1 when a
 * limit was reached, and *reason says which. */
int pattern_run(struct pattern_runner *runner, const struct pattern *pattern, const char *text,
                size_t len, bool (*found)(void *context, size_t start, size_t end), void *context,
                const char **reason);

#endif
