/* words.c - when a token is a word, by which literals a word is found, and what the plain engine
 * makes of it.
 *
 * There is no table of words: the search for literals has led to the token, and it is compared with
 * the one or two words that it may be. */
#include "rules/words.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/text.h"
#include "rules/reading.h"

/* Endings of the plural forms, and how many letters of the word they take the place of: ferritin,
 * ferritins; dose, doses (by -s); box, boxes; baby, babies. */
static const struct ending {
    const char *text;
    uint32_t len, dropped;
} endings[] = {{"", 0, 0}, {"s", 1, 0}, {"es", 2, 0}, {"ies", 3, 1}};

static unsigned ending_count(const struct word *word)
{
    if (word->form != WORD_PLURAL)
        return 1;
    return word->head[word->head_len - 1] == 'y' ? 4 : 3;
}

/* One of the word's full forms, with nothing behind it. */
static bool is_form(const struct word *word, const char *text, uint32_t len)
{
    unsigned count = ending_count(word);

    for (unsigned e = 0; e < count; e++) {
        uint32_t stem = word->head_len - endings[e].dropped;
        if (len == stem + endings[e].len && memcmp(text, word->head, stem) == 0 &&
            memcmp(text + stem, endings[e].text, endings[e].len) == 0)
            return true;
    }
    return false;
}

static bool is_spelled(const struct word *word, const char *plain, uint32_t len)
{
    size_t spelled = strlen(word->spelling);

    return (len == spelled || len == spelled + 2) && memcmp(plain, word->spelling, spelled) == 0;
}

static bool ends_with(const struct word *word, const char *text, uint32_t len)
{
    return len >= word->head_len + word->tail_len &&
           memcmp(text + len - word->tail_len, word->tail, word->tail_len) == 0;
}

bool word_is_token(const struct word *word, const struct reading *reading,
                   const struct token *token, struct stretch folded)
{
    const char *text = reading->folded + folded.at;
    uint32_t len = folded.len, stem = len; /* stem: without a final 's */

    if (token->is_word == (word->form == WORD_MARK))
        return false;
    if (word->form == WORD_MARK) /* a run of the mark is the mark */
        return len >= word->head_len && memcmp(text, word->head, word->head_len) == 0;
    if (len > 2 && text[len - 2] == '\'' && text[len - 1] == 's')
        stem = len - 2;
    if (word->form == WORD_OPEN)
        return len >= word->head_len && memcmp(text, word->head, word->head_len) == 0 &&
               (ends_with(word, text, len) || ends_with(word, text, stem));
    if (!is_form(word, text, len) && (stem == len || !is_form(word, text, stem)))
        return false;
    return !word->spelling || is_spelled(word, reading->plain + token->plain, token->plain_len);
}

bool word_includes(const struct word *outer, const struct word *inner)
{
    bool same = outer->head_len == inner->head_len && outer->tail_len == inner->tail_len &&
                memcmp(outer->head, inner->head, outer->head_len) == 0 &&
                memcmp(outer->tail, inner->tail, outer->tail_len) == 0;
    bool spelled =
        !outer->spelling || (inner->spelling && strcmp(outer->spelling, inner->spelling) == 0);

    if (!spelled || (outer->form == WORD_MARK) != (inner->form == WORD_MARK))
        return false;
    if (same && outer->form == inner->form)
        return true;
    if (outer->form == WORD_PLURAL && inner->form == WORD_EXACT)
        return is_form(outer, inner->head, inner->head_len);
    if (outer->form != WORD_OPEN || inner->form == WORD_MARK ||
        memcmp(outer->head, inner->head,
               outer->head_len < inner->head_len ? outer->head_len : inner->head_len) != 0)
        return false;
    if (inner->form == WORD_EXACT)
        return ends_with(outer, inner->head, inner->head_len);
    if (inner->form == WORD_PLURAL) /* its last letter may give way to an ending */
        return outer->tail_len == 0 && outer->head_len < inner->head_len;
    return outer->head_len <= inner->head_len && outer->tail_len <= inner->tail_len &&
           memcmp(outer->tail, inner->tail + inner->tail_len - outer->tail_len, outer->tail_len) ==
               0;
}

/* The longest stretch of ASCII in a part of a word. Whatever comes before it is no ASCII or the
 * word's start, so that a word starts there as lower.h sees it. closed: the word ends with it. */
static bool ascii_stretch(const char *text, size_t len, bool closed, struct literal *literal)
{
    size_t best = 0;

    for (size_t at = 0; at < len;) {
        size_t from = at;
        while (at < len && !(text[at] & 0x80))
            at++;
        if (at - from > best && at - from <= LITERAL_BYTES) {
            best = at - from;
            *literal = (struct literal){text + from, (uint8_t)best, LITERAL_LEFT};
            if (at < len || closed)
                literal->flags |= LITERAL_RIGHT;
        }
        while (at < len && (text[at] & 0x80))
            at++;
    }
    return best > 0;
}

unsigned word_literals(const struct word *word, struct ek_arena *arena,
                       struct literal literals[WORD_LITERALS])
{
    unsigned count = 0;

    if (word->form == WORD_MARK)
        return 0;
    if (word->form == WORD_OPEN && word->head_len)
        return ascii_stretch(word->head, word->head_len, false, &literals[0]);
    if (word->form == WORD_OPEN) {
        if (!ascii_stretch(word->tail, word->tail_len, true, &literals[0]))
            return 0;
        if (literals[0].text == word->tail) /* it may stand inside the word */
            literals[0].flags &= (uint8_t)~LITERAL_LEFT;
        return 1;
    }
    for (; count < ending_count(word); count++) {
        uint32_t stem = word->head_len - endings[count].dropped;
        char *text = ek_alloc(arena, stem + endings[count].len + 1, 1);
        if (!text)
            return 0;
        memcpy(text, word->head, stem);
        memcpy(text + stem, endings[count].text, endings[count].len);
        if (!ascii_stretch(text, stem + endings[count].len, true, &literals[count]))
            return 0;
    }
    return count;
}

void word_pattern(struct ek_buf *out, const struct word *word)
{
    const char *at = word->head, *s = word->spelling ? "[sS]" : "s";
    uint32_t mark;

    if (word->form == WORD_MARK) {
        mark = ek_utf8_next(&at, word->head + word->head_len);
        if (mark == '-' || mark == '/')
            ek_buf_addf(out, "(?!(?<=[" WORD_CLASS "])\\x{%x}(?=[" WORD_CLASS "]))", mark);
        ek_buf_addf(out, "(?<!\\x{%x})\\x{%x}++", mark, mark);
        return;
    }
    ek_buf_adds(out, "(?<![" WORD_CLASS "])(?<![" WORD_CLASS "]')(?=[" WORD_CLASS "])");
    ek_buf_addf(out, "(?:\\Q%s\\E", word->spelling ? word->spelling : word->head);
    if (word->form == WORD_PLURAL)
        ek_buf_adds(out, "(?:s|es)?");
    if (word->form == WORD_PLURAL && word->head[word->head_len - 1] == 'y')
        ek_buf_addf(out, "|\\Q%.*s\\Eies", (int)word->head_len - 1, word->head);
    ek_buf_adds(out, ")");
    if (word->form == WORD_OPEN)
        ek_buf_addf(out, "(?:'?[" WORD_CLASS "])*%s\\Q%s\\E", word->tail_len ? "'?" : "",
                    word->tail);
    ek_buf_addf(out, "(?:'%s)?(?!'?[" WORD_CLASS "])", s);
}
