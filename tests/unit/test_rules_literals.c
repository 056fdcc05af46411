/* test_rules_literals.c - literals in a text: every one is found, by every twin of the code, and
 * what a regular expression waits for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "ekbom/arena.h"
#include "rules/literals.h"
#include "rules/pattern.h"
#include "rules_random.h"

#define TEXT_MOST 300u
#define LITERALS 40u

static struct draws draws = {88172645463325252u};

/* Letters, signs and bytes beyond ASCII, of each few, so that literals are nearly there. */
static size_t draw_bytes(char *bytes)
{
    static const char alphabet[] = "aabeinorstABNOTZ__09 \t\n\r\x7f-'.@[`{\x01\x80\xa0\xc3\xff";
    size_t len = draw(&draws, TEXT_MOST);

    for (size_t i = 0; i < len; i++)
        bytes[i] = draw(&draws, 20) ? alphabet[draw(&draws, sizeof alphabet - 1)]
                                    : (char)draw(&draws, 256);
    return len;
}

static void draw_filter(struct lower_filter *filter)
{
    memset(filter, 0, sizeof *filter);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned n = 0; n < 3; n++) {
            unsigned c = draw(&draws, 128);
            filter->high[n][c >> 4] |= (uint8_t)(1u << i);
            filter->low[n][c & 15] |= (uint8_t)(1u << i);
        }
}

static void expect_same(const struct lowered *a, const struct lowered *b, const char *name)
{
    size_t words = (a->len + 63) / 64;

    if (a->ascii != b->ascii || memcmp(a->low, b->low, a->len + LOWER_MARGIN) != 0 ||
        memcmp(a->keys, b->keys, a->len + LOWER_MARGIN) != 0 ||
        memcmp(a->words, b->words, (words + 1) * 8) != 0 ||
        memcmp(a->starts, b->starts, words * 8) != 0 ||
        memcmp(a->signs, b->signs, words * 8) != 0 || memcmp(a->inside, b->inside, words * 8) != 0)
        fail_msg("%s differs from portable at a length of %zu", name, a->len);
}

static void twins_are_equal(void **state)
{
    const struct lower_engine *portable = lower_engines;
    struct lowered one = {0}, other = {0};
    char bytes[TEXT_MOST + 1];

    (void)state;
    while (portable[1].name)
        portable++;
    assert_string_equal(portable->name, "portable");
    for (unsigned round = 0; round < 3000; round++) {
        size_t len = draw_bytes(bytes), from = draw(&draws, (unsigned)len / 64 + 1) * 64;
        struct lower_filter filter;
        draw_filter(&filter);
        assert_int_equal(lower_make(&one, portable, bytes, len), 0);
        memset(one.inside, 0, (len + 63) / 64 * 8);
        portable->filter(&one, &filter, from, len);
        for (const struct lower_engine *engine = lower_engines; engine->name; engine++) {
            if (!engine->usable())
                continue;
            assert_int_equal(lower_make(&other, engine, bytes, len), 0);
            memset(other.inside, 0, (len + 63) / 64 * 8);
            engine->filter(&other, &filter, from, len);
            expect_same(&one, &other, engine->name);
        }
    }
    lower_free(&one);
    lower_free(&other);
}

static void what_the_pass_says(void **state)
{
    struct lowered lowered = {0};

    (void)state;
    assert_int_equal(lower_make(&lowered, lower_engine_best(), "Ab_9 c'D\n\t-", 11), 0);
    assert_true(lowered.ascii);
    assert_memory_equal(lowered.low, "ab_9 c'd\n\t-", 11);
    assert_memory_equal(lowered.keys, "ab_9 c d   ", 11);
    assert_int_equal(lowered.words[0], 0xaf);
    assert_int_equal(lowered.starts[0], 0xa1);
    assert_int_equal(lowered.signs[0], 0x540);
    assert_int_equal(lower_make(&lowered, lower_engine_best(), "\xc3\x84rn", 4), 0);
    assert_false(lowered.ascii);
    assert_memory_equal(lowered.low, "\xc3\x84rn", 4);
    assert_int_equal(lowered.starts[0], 4);
    lower_free(&lowered);
}

static struct literal draw_literal(char *text)
{
    static const char alphabet[] = "abeinorst09_ -'.";
    struct literal literal = {.text = text, .len = (uint8_t)(2 + draw(&draws, 6))};

    for (unsigned i = 0; i < literal.len; i++)
        text[i] = alphabet[draw(&draws, sizeof alphabet - 1)];
    if (lower_is_word[(unsigned char)text[0]] && draw(&draws, 2))
        literal.flags |= LITERAL_LEFT;
    if (lower_is_word[(unsigned char)text[literal.len - 1]] && draw(&draws, 2))
        literal.flags |= LITERAL_RIGHT;
    return literal;
}

/* What literals_find has to say of one literal at one place: 0 nothing, 1 there, 2 unsure. */
static unsigned stands_at(const struct literal *literal, const struct lowered *lowered, size_t at)
{
    const unsigned char *low = (const unsigned char *)lowered->low + at;
    bool left = literal->flags & LITERAL_LEFT, right = literal->flags & LITERAL_RIGHT;

    if (at + literal->len > lowered->len || memcmp(low, literal->text, literal->len) != 0)
        return 0;
    if ((left && lower_is_word[low[-1]]) || (right && lower_is_word[low[literal->len]]))
        return 0;
    return (left && low[-1] >= 0x80) || (right && low[literal->len] >= 0x80) ? 2 : 1;
}

static unsigned found_at(const struct literal_hits *hits, uint32_t literal, size_t at)
{
    unsigned found = 0;

    for (size_t i = 0; i < hits->items.count; i++) {
        const struct literal_hit *hit = &hits->items.items[i];
        if (hit->literal == literal && hit->at == at)
            found = found ? 99 : hit->unsure ? 2 : 1; /* each place once */
    }
    return found;
}

static void every_literal_is_found(void **state)
{
    char texts[LITERALS][8], bytes[TEXT_MOST + 1];
    struct lowered lowered = {0};
    struct literal_hits hits = {0};
    double frequency;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        struct ek_arena *arena = ek_arena_new(1u << 24);
        struct literals literals = {0};
        for (unsigned i = 0; i < LITERALS; i++) {
            struct literal literal = draw_literal(texts[i]);
            if (literal_findable(&literal, &frequency))
                assert_int_not_equal(literals_add(&literals, literal), NO_LITERAL);
        }
        assert_true(literals.items.count > LITERALS / 4);
        assert_int_equal(literals_index(&literals, arena), 0);
        for (unsigned text = 0; text < 20; text++) {
            size_t len = draw_bytes(bytes);
            assert_int_equal(lower_make(&lowered, lower_engine_best(), bytes, len), 0);
            literals_find(&literals, lower_engine_best(), &lowered, 0, len, &hits);
            for (uint32_t i = 0; i < literals.items.count; i++)
                for (size_t at = 0; at < len; at++)
                    assert_int_equal(found_at(&hits, i, at),
                                     stands_at(&literals.items.items[i], &lowered, at));
        }
        literals_free(&literals);
        ek_arena_free(arena);
    }
    lower_free(&lowered);
    VECTOR_FREE(&hits.items);
}

struct needs_case {
    const char *regex;
    enum pattern_kind kind;
    const char *needs; /* "least-most literal literal; ..." with ^ and $ for word boundaries */
};

static const struct needs_case cases[] = {
    {"\\bferritin\\b", PATTERN_WORDS, "0-0 ^ferritin$"},
    {"\\bferritins?\\b", PATTERN_WORDS, "0-0 ^ferritins$ ^ferritin$"},
    {"\\bferritins??\\b", PATTERN_WORDS, "0-0 ^ferritin$ ^ferritins$"},
    {"Ferritin", PATTERN_WORDS, "0-0 ferritin"},
    {"\\biron (?:stores?|levels?)\\b", PATTERN_WORDS,
     "0-0 ^iron stores$ ^iron store$ ^iron levels$ ^iron level$"},
    {"\\b(?:low|(?:very )?poor) iron\\b", PATTERN_WORDS,
     "0-0 ^low iron$ ^very poor iron$ ^poor iron$"},
    {"\\biron[- ]poor\\b", PATTERN_WORDS, "0-0 ^iron-poor$ ^iron poor$"},
    {"(?:aab){2}", PATTERN_WORDS, "0-0 aabaab"},
    {"(?:aab){1,2}", PATTERN_WORDS, "0-0 aabaab aab"},
    {"(?:aab|b)?aaa", PATTERN_WORDS, "0-0 aabaaa baaa aaa"},
    {"\\biron\\bx", PATTERN_ANYWHERE, ""},
    {"iron\\B", PATTERN_LED, "0-0 iron"},
    {"(?>iron|irony)", PATTERN_LED, "0-0 iron irony"},
    {"(?<!cast )iron", PATTERN_LED, "0-0 iron"},
    {"iron(?= theory)", PATTERN_LED, "0-0 iron"},
    {"\\bdeficien\\w+", PATTERN_LED, "0-0 ^deficien"},
    {"\\biron\\b.{0,40}\\b(?:low|deficien\\w+)\\b", PATTERN_LED,
     "0-0 ^iron$; 4-44 ^low$ ^deficien"},
    {"\\b(?:my|his) (?:mother|grandm\\w+)\\b", PATTERN_LED,
     "0-0 ^my mother$ ^my grandm ^his mother$ ^his grandm"},
    {"\\d{1,3} ?mcg\\b", PATTERN_LED, "1-3  mcg$ mcg$"},
    {"\\w+ ferritin", PATTERN_ANYWHERE, "1--  ferritin"},
    {"ferritin|\\d+", PATTERN_ANYWHERE, ""},
    {"(?:ferritin)*x", PATTERN_ANYWHERE, ""},
    {"a\\Kferritin", PATTERN_ANYWHERE, ""},
    {"(?i)ferritin", PATTERN_ANYWHERE, ""},
    {"fer{2}itin", PATTERN_WORDS, "0-0 ferritin"},
    {"ferr[^x]itin", PATTERN_LED, "0-0 ferr; 5-5 itin"},
    {"caf\xc3\xa9 noir", PATTERN_LED, "4-4  noir; 0-0 caf"},
};

static void add_need(struct writing *out, const struct pattern_need *need)
{
    write_text(out, out->len ? "; " : "");
    write_number(out, "%u-", need->least);
    if (need->most == UINT32_MAX)
        write_text(out, "-");
    else
        write_number(out, "%u", need->most);
    for (uint32_t i = 0; i < need->count; i++) {
        const struct literal *literal = &need->literals[i];
        char text[LITERAL_BYTES + 1] = "";
        memcpy(text, literal->text, literal->len);
        write_text(out, literal->flags & LITERAL_LEFT ? " ^" : " ");
        write_text(out, text);
        write_text(out, literal->flags & LITERAL_RIGHT ? "$" : "");
    }
}

static void what_a_regex_waits_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ek_arena *arena = ek_arena_new(1u << 24);
        struct pattern pattern = {.source = cases[i].regex, .source_len = strlen(cases[i].regex)};
        char text[1000] = "";
        struct writing out = {.text = text, .room = sizeof text};
        pattern_find_needs(&pattern, arena);
        for (uint32_t n = 0; n < pattern.need_count; n++)
            add_need(&out, &pattern.needs[n]);
        if (pattern.kind != cases[i].kind || strcmp(text, cases[i].needs) != 0)
            fail_msg("%s: kind %d, \"%s\"", cases[i].regex, (int)pattern.kind, text);
        ek_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_pass_says),
        cmocka_unit_test(twins_are_equal),
        cmocka_unit_test(every_literal_is_found),
        cmocka_unit_test(what_a_regex_waits_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
