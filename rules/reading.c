/* reading.c - tokens and sentences of a normalised text.
 *
 * A word is a run of word characters, with an apostrophe inside ("don't" is one word). A hyphen or
 * slash between two word characters separates words and is nothing itself, so that "brain-iron"
 * is the phrase "brain iron"; quotation marks are passed over; every other mark is a token of its
 * own, a run of the same mark being one ("?!" is two, "???" one). A sentence ends at . ! ? before
 * white space, at a blank line and before a list item on a new line. Tokens and sentences are cut
 * once and everything else is decided on their numbers. */
#include "rules/reading.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

enum kind { SPACE, WORD, QUOTE, MARK };

static const char *const abbreviations[] = {"dr", "mr", "mrs", "ms",     "prof", "st",
                                            "vs", "eg", "ie",  "approx", "incl"};

bool is_word_code(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {'0', '9'},         {'A', 'Z'},          {'_', '_'},       {'a', 'z'},
        {0xaa, 0xaa},       {0xb5, 0xb5},        {0xba, 0xba},     {0xc0, 0xd6},
        {0xd8, 0xf6},       {0xf8, 0x1fff},      {0x2070, 0x218f}, {0x2460, 0x249b},
        {0x2c00, 0x2dff},   {0x3005, 0x3007},    {0x3021, 0xfdff}, {0xfe70, 0xfefe},
        {0xff10, 0xff19},   {0xff21, 0xff3a},    {0xff41, 0xff5a}, {0xff66, 0xffef},
        {0x10000, 0x1efff}, {0x20000, 0x10ffff},
    };
    size_t low = 0, high = sizeof ranges / sizeof *ranges;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c < ranges[middle][0])
            high = middle;
        else if (c > ranges[middle][1])
            low = middle + 1;
        else
            return true;
    }
    return false;
}

static enum kind kind_of(uint32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return WORD;
    if (c <= ' ' || c == 0x7f)
        return SPACE;
    if (c == '"' || c == '\'')
        return QUOTE;
    return is_word_code(c) ? WORD : MARK;
}

int reading_init(struct reading *reading, struct ek_err *err)
{
    memset(reading, 0, sizeof *reading);
    ek_buf_init(&reading->plain, 4ul * EK_MAX_TEXT_BYTES);
    ek_buf_init(&reading->folded, 8ul * EK_MAX_TEXT_BYTES);
    reading->scratch = ek_arena_new(64ul * EK_MAX_TEXT_BYTES);
    return reading->scratch ? 0 : ek_fail_memory(err);
}

void reading_free(struct reading *reading)
{
    ek_buf_free(&reading->plain);
    ek_buf_free(&reading->folded);
    VECTOR_FREE(&reading->runs);
    VECTOR_FREE(&reading->tokens);
    VECTOR_FREE(&reading->paragraphs);
    ek_arena_free(reading->scratch);
    reading->scratch = NULL;
}

/* Where the cutter stands. */
struct cutter {
    struct reading *reading;
    const char *start, *at, *end; /* in `plain` */
    size_t folded;                /* the same place in `folded` */
    uint32_t words, sentence, paragraph;
    bool broken;           /* the next token opens a sentence */
    bool paragraph_broken; /* and a paragraph */
};

static uint32_t peek(const struct cutter *cutter, const char *at)
{
    if (at < cutter->end && (unsigned char)*at < 0x80)
        return (unsigned char)*at;
    return at < cutter->end ? ek_utf8_next(&at, cutter->end) : 0;
}

/* The whole text in lower case. A code point never folds to more than twice its bytes. */
static void fold(struct reading *reading)
{
    if (reading->plain.len == 0)
        return;
    const char *at = reading->plain.data, *end = at + reading->plain.len;
    char *to = ek_buf_room(&reading->folded, 2 * reading->plain.len), *start = to;

    if (!to)
        return;
    while (at < end) {
        if ((unsigned char)*at < 0x80) {
            char c = *at++;
            *to++ = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        } else {
            to += ek_utf8_put(to, ek_fold_case(ek_utf8_next(&at, end)));
        }
    }
    reading->folded.len += (size_t)(to - start);
}

static void step(struct cutter *cutter)
{
    char bytes[4];

    if ((unsigned char)*cutter->at < 0x80) {
        cutter->at++;
        cutter->folded++;
    } else {
        uint32_t c = ek_utf8_next(&cutter->at, cutter->end);
        cutter->folded += ek_utf8_put(bytes, ek_fold_case(c));
    }
}

static void open_sentence(struct cutter *cutter)
{
    struct reading *reading = cutter->reading;

    if (!cutter->broken && reading->paragraphs.count)
        return;
    if (reading->tokens.count)
        cutter->sentence++;
    if (cutter->paragraph_broken && reading->tokens.count)
        cutter->paragraph++;
    VECTOR_PUSH(&reading->paragraphs, cutter->paragraph);
    cutter->broken = cutter->paragraph_broken = false;
}

static void push_token(struct cutter *cutter, const char *from, size_t folded, bool is_word)
{
    struct reading *reading = cutter->reading;

    open_sentence(cutter);
    VECTOR_PUSH(&reading->tokens, (struct token){
                                      .plain = (uint32_t)(from - cutter->start),
                                      .plain_len = (uint32_t)(cutter->at - from),
                                      .folded = (uint32_t)folded,
                                      .folded_len = (uint32_t)(cutter->folded - folded),
                                      .word = cutter->words,
                                      .sentence = cutter->sentence,
                                      .is_word = is_word,
                                  });
    cutter->words += is_word;
}

static void cut_word(struct cutter *cutter)
{
    const char *from = cutter->at;
    size_t folded = cutter->folded;

    while (cutter->at < cutter->end) {
        uint32_t c = peek(cutter, cutter->at);
        enum kind kind = kind_of(c);
        if (c == '\'')
            kind = kind_of(peek(cutter, cutter->at + 1));
        if (kind != WORD)
            break;
        step(cutter);
    }
    push_token(cutter, from, folded, true);
}

/* The full stop just cut belongs to an abbreviation ("dr.", "e.g.") or to a list item's number. */
static bool is_abbreviation(const struct cutter *cutter, uint32_t next)
{
    const struct reading *reading = cutter->reading;
    const struct token *word, *before = NULL;
    const char *text;
    size_t count = reading->tokens.count;

    if (count < 2 || !reading->tokens.items[count - 2].is_word)
        return false;
    word = &reading->tokens.items[count - 2];
    text = reading->folded.data + word->folded;
    if (count > 2 && reading->tokens.items[count - 3].sentence == word->sentence)
        before = &reading->tokens.items[count - 3];
    if (word->folded_len <= 2 && text[0] >= '0' && text[0] <= '9')
        return !before;
    if (word->folded_len == 1)
        return before && !before->is_word && next >= 'a' && next <= 'z';
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
        if (strlen(abbreviations[i]) == word->folded_len &&
            memcmp(abbreviations[i], text, word->folded_len) == 0)
            return true;
    return false;
}

static void cut_mark(struct cutter *cutter)
{
    const char *from = cutter->at, *look;
    size_t folded = cutter->folded;
    uint32_t mark = peek(cutter, from), next;

    do {
        step(cutter);
    } while (cutter->at < cutter->end && peek(cutter, cutter->at) == mark);
    push_token(cutter, from, folded, false);
    if (mark != '.' && mark != '!' && mark != '?')
        return;
    look = cutter->at;
    while (look < cutter->end && (*look == '"' || *look == '\'' || *look == ')' || *look == ']'))
        look++;
    if (look < cutter->end && kind_of((unsigned char)*look) != SPACE)
        return;
    if (mark == '.') {
        bool dots = cutter->at - from > 1;
        while (look < cutter->end && kind_of((unsigned char)*look) == SPACE)
            look++;
        next = peek(cutter, look);
        if (dots ? next >= 'a' && next <= 'z' : is_abbreviation(cutter, next))
            return;
    }
    cutter->broken = true;
}

/* A closing bracket that follows the end of a sentence still belongs to it. */
static bool is_closing(const struct cutter *cutter, uint32_t mark)
{
    const struct reading *reading = cutter->reading;
    const struct token *last = &reading->tokens.items[reading->tokens.count - 1];

    return cutter->broken && !cutter->paragraph_broken && reading->tokens.count &&
           (mark == ')' || mark == ']') &&
           last->plain + last->plain_len == (uint32_t)(cutter->at - cutter->start);
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

    while (cutter->at < cutter->end && kind_of((unsigned char)*cutter->at) == SPACE) {
        lines += *cutter->at == '\n';
        step(cutter);
    }
    next = peek(cutter, cutter->at);
    if (lines > 1)
        cutter->broken = cutter->paragraph_broken = true;
    if (lines && (next == '-' || next == '*' || next == 0x2022))
        cutter->broken = true;
}

static bool between_words(const struct cutter *cutter, uint32_t c)
{
    const struct reading *reading = cutter->reading;
    const struct token *last;

    if ((c != '-' && c != '/') || reading->tokens.count == 0)
        return false;
    last = &reading->tokens.items[reading->tokens.count - 1];
    return last->is_word &&
           last->plain + last->plain_len == (uint32_t)(cutter->at - cutter->start) &&
           is_word_code(peek(cutter, cutter->at + 1));
}

int reading_cut(struct reading *reading, struct ek_err *err)
{
    const char *start = reading->plain.len ? reading->plain.data : "";
    struct cutter cutter = {
        .reading = reading, .start = start, .at = start, .end = start + reading->plain.len};

    ek_buf_clear(&reading->folded);
    fold(reading);
    reading->tokens.count = reading->paragraphs.count = 0;
    while (cutter.at < cutter.end && reading->tokens.count <= EK_MAX_TOKENS) {
        uint32_t c = peek(&cutter, cutter.at);
        enum kind kind = kind_of(c);

        if (kind == WORD)
            cut_word(&cutter);
        else if (kind == SPACE)
            cut_space(&cutter);
        else if (kind == QUOTE || between_words(&cutter, c))
            step(&cutter);
        else if (reading->tokens.count && is_closing(&cutter, c))
            cut_closing(&cutter);
        else
            cut_mark(&cutter);
    }
    if (reading->tokens.count > EK_MAX_TOKENS)
        return ek_fail(err, EK_LIMIT, "the text has more than %u words", EK_MAX_TOKENS);
    if (reading->folded.failed || reading->tokens.failed || reading->paragraphs.failed)
        return ek_fail_memory(err);
    return 0;
}

int reading_make(struct reading *reading, const char *text, size_t len, struct ek_err *err)
{
    if (reading_normalise(reading, text, len, err) < 0)
        return -1;
    return reading_cut(reading, err);
}

uint32_t reading_token_at(const struct reading *reading, uint32_t plain)
{
    size_t low = 0, high = reading->tokens.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct token *token = &reading->tokens.items[middle];
        if (token->plain + token->plain_len <= plain)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}
