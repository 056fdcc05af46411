/* lower.h - the bytes of a text made ready for what is looked for in it, in one pass.
 *
 * Views of the same length, so that a place in one is a place in all: `low` has ASCII letters small
 * and everything else as it is; `keys` has a blank instead of every byte that belongs to no ASCII
 * word. Views of a bit a byte: `words` for bytes of ASCII words, `starts` for those at which one
 * starts, `signs` for bytes that are neither of an ASCII word nor a blank (the end of a line is a
 * sign, too), `inside` for places where a literal that is not tied to a word may start. */
#ifndef RULES_LOWER_H
#define RULES_LOWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes before and behind the text that may be read: NUL in `low`, blanks in `keys`. No literal is
 * longer. */
#define LOWER_MARGIN 64u

struct lowered {
    char *low, *keys;
    uint64_t *words, *starts, *signs, *inside; /* 64 bytes each; one of zeros behind words */
    size_t len;
    bool ascii; /* no byte beyond ASCII */
    char *memory;
    size_t room; /* bytes of text that it has memory for */
};

/* Where a literal that stands inside words may start: a byte and the two behind it are looked up
 * by their halves in tables, a bit for each of eight groups of literals. */
struct lower_filter {
    uint8_t high[3][16], low[3][16];
    bool any; /* there are such literals */
};

/* One way to do it: with vectors of 32 or 16 bytes, or byte by byte. All give the same. */
struct lower_engine {
    const char *name;
    bool (*usable)(void);
    /* Fill low, keys, words, starts and signs; true if all bytes are ASCII. */
    bool (*make)(const char *text, struct lowered *lowered);
    /* Fill inside for the bytes [from, to), from being a multiple of 64. */
    void (*filter)(struct lowered *lowered, const struct lower_filter *filter, size_t from,
                   size_t to);
};
extern const struct lower_engine lower_engines[]; /* the fastest first; ends with name NULL */
const struct lower_engine *lower_engine_best(void);

/* 0; -1 out of memory. */
int lower_make(struct lowered *lowered, const struct lower_engine *engine, const char *text,
               size_t len);
void lower_free(struct lowered *lowered);

/* Bytes of ASCII words: letters, digits, the low line. */
extern const bool lower_is_word[256];

#endif
