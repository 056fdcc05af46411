/* reading.h - a text made ready for matching: normalised, folded, cut into tokens and sentences.
 *
 * Three views of one text. `plain` is the text after normalisation with its case kept: regular
 * expressions and exact-case words look here. `folded` is the same in lower case: words look
 * here. `tokens` are words and punctuation marks; near, then and phrases count in them. A place
 * in `plain` maps back to a code point of the text as it was given.
 *
 * Rule literals go through the same function, so that a rule and a post can only differ in what
 * they say. A reading keeps its memory and is used for one text after another. */
#ifndef RULES_READING_H
#define RULES_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/buf.h"
#include "rules/vector.h"

struct ek_arena;
struct ek_err;

struct token {
    uint32_t plain, plain_len;   /* bytes in `plain` */
    uint32_t folded, folded_len; /* bytes in `folded` */
    uint32_t word;               /* how many words stand before it: the measure of near/N */
    uint32_t sentence;           /* number of its sentence */
    bool is_word;                /* else one punctuation mark, or a run of the same */
};

struct run {              /* a stretch of `plain` and the code points it came from */
    uint32_t plain;       /* first byte */
    uint32_t code_point;  /* first code point of the given text */
    uint32_t code_points; /* how many; the stretch is one unit */
    bool even;            /* one byte is one code point: places inside can be told */
};

struct reading {
    struct ek_buf plain, folded;
    VECTOR(struct run) runs; /* in the order of `plain` */
    VECTOR(struct token) tokens;
    VECTOR(uint32_t) paragraphs; /* paragraph number of each sentence */
    struct ek_arena *scratch;    /* for composing, emptied after each text */
};

int reading_init(struct reading *reading, struct ek_err *err);
void reading_free(struct reading *reading);

/* -1: EK_FORMAT if the text is not UTF-8 (the message names the byte), EK_LIMIT if it is beyond
 * the ceilings, EK_MEMORY. */
int reading_make(struct reading *reading, const char *text, size_t len, struct ek_err *err);

/* The steps of reading_make: text to `plain` and `runs`; those to `folded`, tokens, sentences. */
int reading_normalise(struct reading *reading, const char *text, size_t len, struct ek_err *err);
int reading_cut(struct reading *reading, struct ek_err *err);

/* Code points of the given text for the bytes [start, end) of `plain`. */
uint32_t reading_start(const struct reading *reading, uint32_t start);
uint32_t reading_end(const struct reading *reading, uint32_t end);

/* The token that holds or follows this byte of `plain`; the count of tokens if none does. */
uint32_t reading_token_at(const struct reading *reading, uint32_t plain);

/* Whether a code point belongs to a word. Our own short definition instead of Unicode's: it can
 * be written as a PCRE2 class (WORD_CLASS) that means the same under every Unicode version. */
bool is_word_code(uint32_t c);
#define WORD_CLASS                                                                                 \
    "0-9A-Za-z_\\x{aa}\\x{b5}\\x{ba}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1fff}"               \
    "\\x{2070}-\\x{218f}\\x{2460}-\\x{249b}\\x{2c00}-\\x{2dff}\\x{3005}-\\x{3007}"                 \
    "\\x{3021}-\\x{fdff}\\x{fe70}-\\x{fefe}\\x{ff10}-\\x{ff19}\\x{ff21}-\\x{ff3a}"                 \
    "\\x{ff41}-\\x{ff5a}\\x{ff66}-\\x{ffef}\\x{10000}-\\x{1efff}\\x{20000}-\\x{10ffff}"

#endif
