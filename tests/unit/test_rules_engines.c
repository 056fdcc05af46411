/* The fast engine and the plain one find the same: random rules over random text, hit for hit.
 *
 * The plain engine looks for every word by a regular expression of its own. What is random here
 * is drawn from words that are nearly equal and from the signs that folding, word boundaries and
 * sentences turn on. The seed is fixed; EKBOM_TEST_SEED and EKBOM_TEST_ROUNDS change it. */
#include <stdio.h>
#include <stdlib.h>

#include "rules_fixture.h"

static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state % below);
}

static const char *const words[] = {
    "iron",
    "irons",
    "iron's",
    "Iron",
    "IRON",
    "iro",
    "ironé",
    "low",
    "lows",
    "lo",
    "slow",
    "don't",
    "don",
    "t",
    "dont",
    "é",
    "e\xcc\x81",
    "ärvd",
    "ÄRVD",
    "a\xcc\x88rvd",
    "BID",
    "bid",
    "Bid",
    "baby",
    "babies",
    "babys",
    "box",
    "boxes",
    "omeprazole",
    "esomeprazol",
    "prazole",
    "\342\204\252eto",
    "keto",
    "leg\xc5\xbf",
    "legs",
    "leg",
    "fer\xc2\xadritin",
    "ferritin",
    "ferritins",
    "\xef\xac\x81ne",
    "fine",
    "12",
    "0.5",
    "x",
    "ß",
    "ẞ",
    "İ",
    "ı",
    "睡眠",
    "aa",
    "aaa",
    "aaaa",
    "'s",
    "s",
    "s's",
    "iron's's",
};
static const char *const signs[] = {
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    "-",
    "/",
    ".",
    ". ",
    ", ",
    "? ",
    "?? ",
    "! ",
    "\n",
    "\n\n",
    " \n ",
    "'",
    "\xe2\x80\x99",
    "\"",
    " \"",
    "\" ",
    " - ",
    "--",
    "\xe2\x80\x93",
    "\xc2\xa0",
    "\xe2\x80\x8b",
    "\xc2\xad",
    "; ",
    "(",
    ")",
    ".) ",
    "... ",
    "\xe2\x80\xa6",
    "_",
    "\xc2\xbd",
    "\xf0\x9f\x98\x80",
    "\xcc\x81",
    "\t",
    "\r\n",
    "\n- ",
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void random_code_point(char *out)
{
    uint32_t c = draw(4) ? draw(0x3000) : draw(0x110000);

    if (c == 0 || (c >= 0xd800 && c < 0xe000))
        c = 0xfffd;
    if (c < 0x80)
        sprintf(out, "%c", (int)c);
    else if (c < 0x800)
        sprintf(out, "%c%c", (int)(0xc0 | c >> 6), (int)(0x80 | (c & 0x3f)));
    else if (c < 0x10000)
        sprintf(out, "%c%c%c", (int)(0xe0 | c >> 12), (int)(0x80 | (c >> 6 & 0x3f)),
                (int)(0x80 | (c & 0x3f)));
    else
        sprintf(out, "%c%c%c%c", (int)(0xf0 | c >> 18), (int)(0x80 | (c >> 12 & 0x3f)),
                (int)(0x80 | (c >> 6 & 0x3f)), (int)(0x80 | (c & 0x3f)));
}

static void random_text(char *text, size_t room)
{
    unsigned parts = draw(40);

    text[0] = '\0';
    for (unsigned i = 0; i < parts && strlen(text) + 64 < room; i++) {
        char odd[8];
        strcat(text, words[draw(COUNT(words))]);
        strcat(text, signs[draw(COUNT(signs))]);
        if (draw(8) == 0) {
            random_code_point(odd);
            strcat(text, odd);
        }
    }
}

static const char *const rule_words[] = {
    "iron",      "iron~", "iron*", "*iron",    "ir*n",     "low",   "lo*",        "don't",
    "BID!",      "baby~", "box~",  "*prazole", "ome*zole", "keto",  "legs",       "leg~",
    "ferritin~", "fine",  "ärvd",  "\"é\"",    "\"?\"",    "\"-\"", "\";\"",      "aa*",
    "aa*aa",     "*aa",   "\"s\"", "12",       "\"睡眠\"", "ß",     "\"iron's\"", "Iron!",
    "\"...\"",   "\",\"", "t",     "x",
};

static void random_phrase(char *out)
{
    unsigned count = 1 + draw(3);

    for (unsigned i = 0; i < count; i++) {
        const char *word = rule_words[draw(COUNT(rule_words))];
        switch (draw(6)) {
        case 0:
            sprintf(out + strlen(out), "(%s | %s)%s ", word, rule_words[draw(COUNT(rule_words))],
                    i && draw(3) == 0 ? "?" : "");
            break;
        case 1:
            strcat(out, "{some} ");
            break;
        default:
            sprintf(out + strlen(out), "%s ", word);
        }
    }
}

static void random_clause(char *out)
{
    static const char *const joins[] = {"near/1 ", "near/4 ", "then/3 ", "then/1 ", "near/30 "};
    static const char *const scopes[] = {"", "in sentence ", "in 2 sentences ", "in paragraph ",
                                         "in post "};

    random_phrase(out);
    while (draw(3) == 0) {
        strcat(out, joins[draw(COUNT(joins))]);
        random_phrase(out);
        if (draw(4) == 0)
            strcat(out, "across sentences ");
    }
    while (draw(4) == 0) {
        strcat(out, draw(2) ? "with " : "without ");
        random_phrase(out);
        strcat(out, scopes[draw(COUNT(scopes))]);
    }
}

static void random_rules(char *out)
{
    static const char *const patterns[] = {"/iron\\w*/",
                                           "/\\biron\\b/",
                                           "/ferri(?:tin|te)s?/",
                                           "/[aä]rvd/",
                                           "/low\\W+iron|prazole/",
                                           "/keto|legs/",
                                           "/(?:don't)?x/",
                                           "/\\d+/"};

    strcpy(out, "list some = ");
    random_phrase(out);
    strcat(out, ", ");
    random_phrase(out);
    char *some;
    while ((some = strstr(out, "{some}")) != NULL) /* the list may not name itself */
        memcpy(some, " iron ", 6);
    strcat(out, "\n");
    for (unsigned code = 0; code < 3; code++) {
        sprintf(out + strlen(out), "theory t%u \"T\"\nmatch ", code);
        random_clause(out);
        strcat(out, "\nmatch ");
        random_clause(out);
        sprintf(out + strlen(out), "\nregex %s\n", patterns[draw(COUNT(patterns))]);
        if (draw(3) == 0) {
            strcat(out, "not ");
            random_phrase(out);
            strcat(out, "\n");
        }
        if (draw(6) == 0) {
            strcat(out, "unless post has ");
            random_phrase(out);
            strcat(out, "\n");
        }
    }
    strcat(out, "cue disputes\nforward/4 ");
    random_phrase(out);
    strcat(out, "\ncue asks\nbackward ");
    random_phrase(out);
    strcat(out, "\n");
}

static const char *describe(const struct ek_tags *tags, struct ek_arena *arena)
{
    char *text = ek_strdup(arena, "");

    for (size_t i = 0; i < tags->theory_count; i++) {
        const struct ek_tag *tag = &tags->theories[i];
        text = ek_printf(arena, "%s%s %d %g:", text, tag->code, tag->stance, tag->weight);
        for (size_t h = 0; h < tag->hit_count; h++)
            text = ek_printf(arena, "%s %u-%u %s %s,", text, tag->hits[h].start, tag->hits[h].end,
                             tag->hits[h].rule, tag->hits[h].cue ? tag->hits[h].cue : "");
        text = ek_printf(arena, "%s\n", text);
    }
    assert_non_null(text);
    return text;
}

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
    const char *value = getenv(name);
    return value ? strtoul(value, NULL, 10) : otherwise;
}

static void test_engines_agree(void **state)
{
    unsigned long rounds = from_environment("EKBOM_TEST_ROUNDS", 150), tags_seen = 0;
    char rules[8000], text[4000];

    (void)state;
    random_state = from_environment("EKBOM_TEST_SEED", 20080317) | 1;
    for (unsigned long round = 0; round < rounds; round++) {
        struct fixture fixture = {0};
        random_rules(rules);
        fixture_file(&fixture, "test.rules", rules, strlen(rules));
        fixture_start(&fixture, EK_ENGINE_FAST);
        struct ek_matcher *naive = ek_matcher_new(fixture.rules, EK_ENGINE_NAIVE, &fixture.err);
        struct ek_arena *arena = ek_arena_new(64u << 20);
        assert_non_null(naive);
        for (unsigned i = 0; i < 100; i++) {
            struct ek_tags fast_tags, naive_tags;
            random_text(text, sizeof text);
            struct ek_tag_input input = {.text = text, .len = strlen(text)};
            assert_int_equal(ek_matcher_tag(fixture.matcher, &input, arena, &fast_tags, NULL), 0);
            assert_int_equal(ek_matcher_tag(naive, &input, arena, &naive_tags, NULL), 0);
            const char *fast_words = describe(&fast_tags, arena);
            const char *naive_words = describe(&naive_tags, arena);
            if (strcmp(fast_words, naive_words) != 0) {
                fprintf(stderr, "round %lu\n%s\non: %s\nfast:\n%s\nplain:\n%s\n", round, rules,
                        text, fast_words, naive_words);
                fail();
            }
            tags_seen += fast_tags.theory_count;
            ek_arena_reset(arena);
        }
        ek_arena_free(arena);
        ek_matcher_free(naive);
        fixture_free(&fixture);
    }
    assert_true(tags_seen > rounds * 10); /* the draws do find something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_engines_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
