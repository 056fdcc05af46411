/* cut.c - tokens and sentences of a normalised text.
 *
 * A word is a run of word characters, with an apostrophe inside ("don't" is one word). A hyphen or
 * slash between two word characters separates words and is nothing itself, so that "brain-iron"
 * is the phrase "brain iron"; quotation marks are passed over; every other mark is a token of its
 * own, a run of the same mark being one ("?!" is two, "???" one). A sentence ends at . ! ? before
 * white space, at a blank line and before a list item on a new line. Tokens and sentences are cut
 * once and everything else is decided on their numbers.
 *
 * The pass that made the text lower case has left where ASCII words start and where signs are; the
 * cutter goes from one to the next. It walks over the lower-case view, which has a NUL behind it,
 * so that the inner loop over the letters of a word asks one table and nothing else. */
#include <string.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "rules/reading.h"

enum kind { MARK, WORD, SPACE, QUOTE, BEYOND /* ASCII: to be decoded */ };

static const struct {
    uint32_t len;
    const char *text;
} abbreviations[] = {{2, "dr"}, {2, "mr"}, {3, "mrs"}, {2, "ms"},     {4, "prof"}, {2, "st"},
                     {2, "vs"}, {2, "eg"}, {2, "ie"},  {6, "approx"}, {4, "incl"}};

static const uint8_t kinds[256] = {
    [0 ... ' '] = SPACE,  [0x7f] = SPACE,       ['"'] = QUOTE,
    ['\''] = QUOTE,       ['0' ... '9'] = WORD, ['A' ... 'Z'] = WORD,
    ['a' ... 'z'] = WORD, ['_'] = WORD,         [0x80 ... 0xff] = BEYOND,
};

/* Where the cutter stands. */
struct cutter {
    struct reading *reading;
    const char *start, *at, *end; /* in the lower-case view */
    ptrdiff_t shift;              /* place in `folded` less the place in `plain` */
    uint32_t words, sentence, paragraph;
    bool broken;           /* the next token opens a sentence */
    bool paragraph_broken; /* and a paragraph */
};

static inline enum kind kind_at(const char *at)
{
    return kinds[(unsigned char)*at];
}

static uint32_t peek(const struct cutter *cutter, const char *at)
{
    if (at < cutter->end && (unsigned char)*at < 0x80)
        return (unsigned char)*at;
    return at < cutter->end ? ek_utf8_next(&at, cutter->end) : 0;
}

static bool is_word_at(const struct cutter *cutter, const char *at)
{
    enum kind kind = at < cutter->end ? kind_at(at) : SPACE;

    return kind == WORD || (kind == BEYOND && is_word_code(peek(cutter, at)));
}

/* The whole text in lower case, where it is not ASCII. A code point never folds to more than twice
 * its bytes. */
static int fold(struct reading *reading, struct ek_err *err)
{
    const char *at = reading->plain, *end = at + reading->plain_len;
    char *start, *to;

    reading->folded = reading->lowered.low;
    reading->folded_len = reading->plain_len;
    if (reading->lowered.ascii)
        return 0;
    ek_buf_clear(&reading->unicode);
    to = start = ek_buf_room(&reading->unicode, 2 * reading->plain_len + LOWER_MARGIN);
    if (!to)
        return ek_fail_memory(err);
    while (at < end)
        to += ek_utf8_put(to, ek_fold_case(ek_utf8_next(&at, end)));
    memset(to, 0, LOWER_MARGIN);
    reading->folded = start;
    reading->folded_len = (size_t)(to - start);
    return 0;
}

static void step(struct cutter *cutter)
{
    const char *from = cutter->at;
    char bytes[4];

    if (kind_at(from) != BEYOND) {
        cutter->at++;
        return;
    }
    cutter->shift +=
        (ptrdiff_t)ek_utf8_put(bytes, ek_fold_case(ek_utf8_next(&cutter->at, cutter->end)));
    cutter->shift -= cutter->at - from;
}

static void open_sentence(struct cutter *cutter)
{
    struct reading *reading = cutter->reading;

    if (reading->tokens.count)
        cutter->sentence++;
    if (cutter->paragraph_broken && reading->tokens.count)
        cutter->paragraph++;
    VECTOR_PUSH(&reading->paragraphs, cutter->paragraph);
    cutter->broken = cutter->paragraph_broken = false;
}

static inline void push_token(struct cutter *cutter, const char *from, ptrdiff_t shift,
                              bool is_word)
{
    struct reading *reading = cutter->reading;
    uint32_t at = (uint32_t)(from - cutter->start), len = (uint32_t)(cutter->at - from);

    if (cutter->broken || reading->paragraphs.count == 0)
        open_sentence(cutter);
    reading->tokens.items[reading->tokens.count++] = (struct token){.plain = at,
                                                                    .plain_len = len,
                                                                    .word = cutter->words,
                                                                    .sentence = cutter->sentence,
                                                                    .is_word = is_word};
    cutter->words += is_word;
    if (!reading->lowered.ascii)
        VECTOR_PUSH(
            &reading->folded_tokens,
            (struct stretch){(uint32_t)(at + shift), (uint32_t)(len + cutter->shift - shift)});
}

static void cut_word(struct cutter *cutter)
{
    const char *from = cutter->at;
    ptrdiff_t shift = cutter->shift;

    for (;;) {
        while (kind_at(cutter->at) == WORD)
            cutter->at++;
        if (*cutter->at == '\'' && is_word_at(cutter, cutter->at + 1))
            cutter->at++;
        else if (kind_at(cutter->at) == BEYOND && is_word_at(cutter, cutter->at))
            step(cutter);
        else
            break;
    }
    push_token(cutter, from, shift, true);
}

/* The full stop just cut belongs to an abbreviation ("dr.", "e.g.") or to a list item's number. */
static bool is_abbreviation(const struct cutter *cutter, char next)
{
    const struct reading *reading = cutter->reading;
    const struct token *word, *before = NULL;
    struct stretch folded;
    const char *text;
    size_t count = reading->tokens.count;

    if (count < 2 || !reading->tokens.items[count - 2].is_word)
        return false;
    word = &reading->tokens.items[count - 2];
    folded = reading_folded(reading, word);
    text = reading->folded + folded.at;
    if (count > 2 && reading->tokens.items[count - 3].sentence == word->sentence)
        before = &reading->tokens.items[count - 3];
    if (folded.len <= 2 && text[0] >= '0' && text[0] <= '9')
        return !before;
    if (folded.len == 1)
        return before && !before->is_word && next >= 'a' && next <= 'z';
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
        if (abbreviations[i].len == folded.len && abbreviations[i].text[0] == text[0] &&
            memcmp(abbreviations[i].text, text, folded.len) == 0)
            return true;
    return false;
}

static void cut_mark(struct cutter *cutter)
{
    const char *from = cutter->at, *look;
    ptrdiff_t shift = cutter->shift;
    uint32_t mark = peek(cutter, from);

    do {
        step(cutter);
    } while (cutter->at < cutter->end && peek(cutter, cutter->at) == mark);
    push_token(cutter, from, shift, false);
    if (mark != '.' && mark != '!' && mark != '?')
        return;
    look = cutter->at;
    while (look < cutter->end && (*look == '"' || *look == '\'' || *look == ')' || *look == ']'))
        look++;
    if (look < cutter->end && kind_at(look) != SPACE)
        return;
    if (mark == '.') {
        bool dots = cutter->at - from > 1;
        while (look < cutter->end && kind_at(look) == SPACE)
            look++;
        /* in its own case: a capital letter opens a sentence */
        char next = look < cutter->end ? cutter->reading->plain[look - cutter->start] : '\0';
        if (dots ? next >= 'a' && next <= 'z' : is_abbreviation(cutter, next))
            return;
    }
    cutter->broken = true;
}

/* A closing bracket that follows the end of a sentence still belongs to it. */
static bool is_closing(const struct cutter *cutter)
{
    const struct reading *reading = cutter->reading;
    const struct token *last;

    if (!cutter->broken || cutter->paragraph_broken || !reading->tokens.count ||
        (*cutter->at != ')' && *cutter->at != ']'))
        return false;
    last = &reading->tokens.items[reading->tokens.count - 1];
    return last->plain + last->plain_len == (uint32_t)(cutter->at - cutter->start);
}

static void cut_closing(struct cutter *cutter)
{
    cutter->broken = false;
    cut_mark(cutter);
    cutter->broken = true;
}

/* White space; a blank line ends the paragraph, a list item on a new line the sentence. */
static void cut_space(struct cutter *cutter)
{
    unsigned lines = 0;
    uint32_t next;

    for (; cutter->at < cutter->end && kind_at(cutter->at) == SPACE; cutter->at++)
        lines += *cutter->at == '\n';
    if (lines == 0)
        return;
    next = peek(cutter, cutter->at);
    if (lines > 1)
        cutter->broken = cutter->paragraph_broken = true;
    if (next == '-' || next == '*' || next == 0x2022)
        cutter->broken = true;
}

static bool between_words(const struct cutter *cutter)
{
    const struct reading *reading = cutter->reading;
    const struct token *last;

    if ((*cutter->at != '-' && *cutter->at != '/') || reading->tokens.count == 0)
        return false;
    last = &reading->tokens.items[reading->tokens.count - 1];
    return last->is_word &&
           last->plain + last->plain_len == (uint32_t)(cutter->at - cutter->start) &&
           is_word_at(cutter, cutter->at + 1);
}

static void cut_next(struct cutter *cutter)
{
    enum kind kind = kind_at(cutter->at);

    if (kind == BEYOND)
        kind = is_word_at(cutter, cutter->at) ? WORD : MARK;
    if (kind == WORD)
        cut_word(cutter);
    else if (kind == SPACE)
        cut_space(cutter);
    else if (kind == QUOTE || between_words(cutter))
        step(cutter);
    else if (is_closing(cutter))
        cut_closing(cutter);
    else
        cut_mark(cutter);
}

int reading_cut(struct reading *reading, struct ek_err *err)
{
    const struct lowered *lowered = &reading->lowered;
    struct cutter cutter = {.reading = reading,
                            .start = lowered->low,
                            .at = lowered->low,
                            .end = lowered->low + lowered->len};

    if (fold(reading, err) < 0)
        return -1;
    reading->tokens.count = reading->folded_tokens.count = reading->paragraphs.count = 0;
    for (size_t at = 0; at < lowered->len && reading->tokens.count <= EK_MAX_TOKENS; at += 64) {
        uint64_t bits = lowered->starts[at / 64] | lowered->signs[at / 64];
        if (!VECTOR_RESERVE(&reading->tokens, 64))
            break;
        for (; bits; bits &= bits - 1) {
            const char *next = cutter.start + at + __builtin_ctzll(bits);
            if (next < cutter.at) /* in the last token */
                continue;
            cutter.at = next;
            cut_next(&cutter);
        }
    }
    if (reading->tokens.count > EK_MAX_TOKENS)
        return ek_fail(err, EK_LIMIT, "the text has more than %u words", EK_MAX_TOKENS);
    if (reading->tokens.failed || reading->folded_tokens.failed || reading->paragraphs.failed)
        return ek_fail_memory(err);
    return 0;
}
