/* reading.c - see reading.h.
 *
 * Nearly all posts are ASCII, or are after normalisation (curly quotes and dashes are what people
 * type beyond it). Then all views are one: the text is not copied but once into lower case, by the
 * pass that also tells whether it is ASCII, and places need no map. */
#include "rules/reading.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

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

int reading_init(struct reading *reading, struct ek_err *err)
{
    memset(reading, 0, sizeof *reading);
    reading->engine = lower_engine_best();
    ek_buf_init(&reading->composed, 4ul * EK_MAX_TEXT_BYTES);
    ek_buf_init(&reading->unicode, 8ul * EK_MAX_TEXT_BYTES);
    reading->scratch = ek_arena_new(64ul * EK_MAX_TEXT_BYTES);
    return reading->scratch ? 0 : ek_fail_memory(err);
}

void reading_free(struct reading *reading)
{
    lower_free(&reading->lowered);
    ek_buf_free(&reading->composed);
    ek_buf_free(&reading->unicode);
    VECTOR_FREE(&reading->runs);
    VECTOR_FREE(&reading->tokens);
    VECTOR_FREE(&reading->folded_tokens);
    VECTOR_FREE(&reading->paragraphs);
    ek_arena_free(reading->scratch);
    reading->scratch = NULL;
}

static int check(const char *text, size_t len, struct ek_err *err)
{
    size_t valid = ek_utf8_valid(text, len);

    if (valid != len)
        return ek_fail(err, EK_FORMAT, "byte %zu of the text is not UTF-8", valid);
    if (len > EK_MAX_TEXT_BYTES)
        return ek_fail(err, EK_LIMIT, "the text has %zu bytes; at most %u are matched", len,
                       EK_MAX_TEXT_BYTES);
    return 0;
}

int reading_open(struct reading *reading, const char *text, size_t len, struct ek_err *err)
{
    if (len > EK_MAX_TEXT_BYTES)
        return check(text, len, err);
    if (lower_make(&reading->lowered, reading->engine, text, len) < 0)
        return ek_fail_memory(err);
    reading->as_given = reading->lowered.ascii;
    reading->plain = text;
    reading->plain_len = len;
    if (reading->as_given)
        return 0;
    if (check(text, len, err) < 0 || reading_normalise(reading, text, len, err) < 0)
        return -1;
    reading->plain = ek_buf_str(&reading->composed);
    reading->plain_len = reading->composed.len;
    if (lower_make(&reading->lowered, reading->engine, reading->plain, reading->plain_len) < 0)
        return ek_fail_memory(err);
    return 0;
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
