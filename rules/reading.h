/* reading.h - a text made ready for matching: normalised, in lower case, cut into tokens and
 * sentences.
 *
 * Views of one text. `plain` is the text after normalisation with its case kept: regular
 * expressions and exact-case words look here. `lowered` is the same with ASCII letters small, byte
 * for byte: literals are looked for here. `folded` is in lower case by Unicode: words look here.
 * `tokens` are words and punctuation marks; near, then and phrases count in them. A place in
 * `plain` maps back to a code point of the text as it was given.
 *
 * Most texts need only the first two (reading_open); tokens are cut when a rule asks for positions
 * in words (reading_cut). Rule literals go through the same functions, so that a rule and a post
 * can only differ in what they say. A reading keeps its memory and is used for one text after
 * another. */
#ifndef RULES_READING_H
#define RULES_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/buf.h"
#include "rules/lower.h"
#include "rules/vector.h"

struct ek_arena;
struct ek_err;

struct token {
    uint32_t plain, plain_len; /* bytes in `plain` */
    uint32_t word;             /* how many words stand before it: the measure of near/N */
    uint32_t sentence : 31;    /* number of its sentence */
    uint32_t is_word : 1;      /* else one punctuation mark, or a run of the same */
};

struct stretch { /* bytes in `folded` */
    uint32_t at, len;
};

struct run {              /* a stretch of `plain` and the code points it came from */
    uint32_t plain;       /* first byte */
    uint32_t code_point;  /* first code point of the given text */
    uint32_t code_points; /* how many; the stretch is one unit */
    bool even;            /* one byte is one code point: places inside can be told */
};

struct reading {
    const char *plain, *folded; /* LOWER_MARGIN bytes may be read behind folded */
    size_t plain_len, folded_len;
    bool as_given; /* plain is the given text itself: ASCII, a byte is a code point */
    const struct lower_engine *engine;
    struct lowered lowered;
    struct ek_buf composed, unicode; /* what plain and folded are in where they are not ASCII */
    VECTOR(struct run) runs;         /* in the order of `plain`; none if it is as given */
    VECTOR(struct token) tokens;
    VECTOR(struct stretch) folded_tokens; /* one a token, where the text is not ASCII */
    VECTOR(uint32_t) paragraphs;          /* paragraph number of each sentence */
    struct ek_arena *scratch;             /* for composing, emptied after each text */
};

int reading_init(struct reading *reading, struct ek_err *err);
void reading_free(struct reading *reading);

/* plain and lowered of a text, which must outlive the reading of it. -1: EK_FORMAT if the text is
 * not UTF-8 (the message names the byte), EK_LIMIT if it is beyond the ceilings, EK_MEMORY. */
int reading_open(struct reading *reading, const char *text, size_t len, struct ek_err *err);
/* Then folded, tokens and sentences. -1 as above. */
int reading_cut(struct reading *reading, struct ek_err *err);

/* Text beyond ASCII to `composed` and `runs`: a step of reading_open. */
int reading_normalise(struct reading *reading, const char *text, size_t len, struct ek_err *err);
/* What stands there for this code point, "" for one that goes; NULL for one that stays. */
const char *replacement_for(uint32_t code);

/* Code points of the given text for the bytes [start, end) of `plain`. */
uint32_t reading_start(const struct reading *reading, uint32_t start);
uint32_t reading_end(const struct reading *reading, uint32_t end);

/* Where a token is in `folded`. */
static inline struct stretch reading_folded(const struct reading *reading,
                                            const struct token *token)
{
    if (reading->lowered.ascii)
        return (struct stretch){token->plain, token->plain_len};
    return reading->folded_tokens.items[token - reading->tokens.items];
}

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
