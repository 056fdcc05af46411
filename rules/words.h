/* words.h - the words that rules name.
 *
 * A word form is exact ("iron", and its "iron's"), plural ("ferritin~": also -s, -es, -'s),
 * an open one with a star at one place ("deficien*", "*prazole", "lan*zole"), or a punctuation
 * mark. */
#ifndef RULES_WORDS_H
#define RULES_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/literals.h"
#include "rules/reading.h"
#include "rules/vector.h"

struct ek_arena;
struct ek_buf;

enum word_form { WORD_EXACT, WORD_PLURAL, WORD_OPEN, WORD_MARK };

struct word {
    enum word_form form;
    const char *head, *tail; /* folded; tail only of an open word, "" otherwise */
    uint32_t head_len, tail_len;
    const char *spelling; /* exact case asked for ("BID!"): as it must stand; or NULL */
    uint32_t node;        /* the leaf that stands for it */
    uint32_t trigger;     /* finds it in a text; NO_TRIGGER: it is looked for among the tokens */
    bool literal;         /* where a literal of the trigger is all of a token, the word stands; */
    bool start;           /* ... or the start of it */
};

struct words {
    VECTOR(struct word) items;
};

/* The rest of word_is, when the first byte fits. */
bool word_is_token(const struct word *word, const struct reading *reading,
                   const struct token *token, struct stretch folded);

/* Is this token of a text the word? */
static inline bool word_is(const struct word *word, const struct reading *reading,
                           const struct token *token)
{
    struct stretch folded = reading_folded(reading, token);

    return (word->head_len == 0 || reading->folded[folded.at] == word->head[0]) &&
           word_is_token(word, reading, token, folded);
}

/* Is every token that is `inner` also `outer`? False where that is not plain to see. */
bool word_includes(const struct word *outer, const struct word *inner);

#define WORD_LITERALS 4u
/* Literals, one of which stands wherever the word does. Their number; 0: there are none. */
unsigned word_literals(const struct word *word, struct ek_arena *arena,
                       struct literal literals[WORD_LITERALS]);

/* The same word as a PCRE2 pattern over folded text (over plain text where a spelling is asked
 * for), boundaries included: what the naive engine runs. */
void word_pattern(struct ek_buf *out, const struct word *word);

#endif
