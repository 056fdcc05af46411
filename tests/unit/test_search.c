/* test_search.c - a regular expression in texts: every match, in order, and nothing passed over by
 * what is looked for first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/search.h"
#include "rules/needle.h"

struct places {
    size_t count;
    char text[4096]; /* "3-7 12-16" */
};

static bool note(void *context, size_t start, size_t end)
{
    struct places *places = context;
    size_t len = strlen(places->text);
    snprintf(places->text + len, sizeof places->text - len, "%s%zu-%zu", len ? " " : "", start,
             end);
    places->count++;
    return true;
}

static struct ek_search *search_new(const char *pattern, bool match_case)
{
    struct ek_search *search;
    struct ek_err err;
    size_t place;
    if (ek_search_new(&search, pattern, match_case, &place, &err) != 0)
        fail_msg("%s: %s at %zu", pattern, err.message, place);
    return search;
}

static struct places run(const char *pattern, bool match_case, const char *text)
{
    struct ek_search *search = search_new(pattern, match_case);
    struct places places = {0};
    const char *reason;
    assert_int_equal(ek_search_run(search, text, strlen(text), note, &places, &reason), 0);
    ek_search_free(search);
    return places;
}

static void expect(const char *pattern, bool match_case, const char *text, const char *wanted)
{
    struct places places = run(pattern, match_case, text);
    assert_string_equal(places.text, wanted);
}

static void matches_are_found(void **state)
{
    (void)state;
    expect("iron", false, "Iron, iron and IRON", "0-4 6-10 15-19");
    expect("iron", true, "Iron, iron and IRON", "6-10");
    expect("\\bl\\w+s\\b", false, "legs, less, lens; Lets", "0-4 6-10 12-16 18-22");
    expect("(\\w+) \\1", false, "that that is is", "0-9 10-15");
    expect("^\\w+", false, "first line\nsecond\n\nthird", "0-5 11-17 19-24");
    expect("\\w+$", false, "first line\nsecond\n\nthird", "6-10 11-17 19-24");
    expect("a.b", false, "a\nb acb", "4-7");
    expect("x*", false, "axxb", "1-3");
    expect("(?=b)", false, "abc", "");
    expect("|iron", false, "iron", "0-4");
    expect("caf\xc3\xa9\\b", false, "CAF\xc3\x89 caf\xc3\xa9s", "0-5");
    expect("\\w+", false, "\xc3\xa5r \xd0\xb8", "0-3 4-6");
    expect(".", false, "\xe2\x82\xac!", "0-3 3-4");
    expect("iron", false, "", "");
    /* signs outside ASCII that stand for a letter when case is ignored */
    expect("restless", false, "re\xc5\xbftle\xc5\xbfs legs", "0-10");
    expect("milk", false, "a glass of mil\xe2\x84\xaa", "11-17");
    expect("restless", true, "re\xc5\xbftless", "");
}

static bool first_only(void *context, size_t start, size_t end)
{
    note(context, start, end);
    return false;
}

static void the_caller_may_stop(void **state)
{
    (void)state;
    struct ek_search *search = search_new("a", false);
    struct places places = {0};
    const char *reason;
    assert_int_equal(ek_search_run(search, "aaa", 3, first_only, &places, &reason), 0);
    assert_int_equal(places.count, 1);
    ek_search_free(search);
}

static void mistakes_are_placed(void **state)
{
    static const struct {
        const char *pattern;
        size_t place;
    } wrong[] = {{"(iron", 5},  {"iron)", 4}, {"[a-", 3},          {"a**+{", 0},
                 {"iron|*", 5}, {"\\C", 2},   {"(?<n>a)\\k<m>", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ek_search *search;
        struct ek_err err;
        size_t place = 99;
        if (ek_search_new(&search, wrong[i].pattern, false, &place, &err) == 0) {
            ek_search_free(search);
            assert_int_equal(wrong[i].place, 0); /* PCRE2 takes it */
            continue;
        }
        assert_int_equal(err.kind, EK_USAGE);
        assert_true(place <= strlen(wrong[i].pattern));
        if (wrong[i].place)
            assert_int_equal(place, wrong[i].place);
    }
    char *lengthy = malloc(EK_MAX_PATTERN_BYTES + 2);
    struct ek_search *search;
    struct ek_err err;
    size_t place;
    memset(lengthy, 'a', EK_MAX_PATTERN_BYTES + 1);
    lengthy[EK_MAX_PATTERN_BYTES + 1] = '\0';
    assert_int_equal(ek_search_new(&search, lengthy, false, &place, &err), -1);
    lengthy[EK_MAX_PATTERN_BYTES] = '\0';
    assert_int_equal(ek_search_new(&search, lengthy, false, &place, &err), 0);
    ek_search_free(search);
    free(lengthy);
}

static void a_limit_is_told(void **state)
{
    (void)state;
    struct ek_search *search = search_new("(\\w+\\s*)+zqx", false);
    struct places places = {0};
    const char *reason = NULL;
    const char *text = "one two three four five six seven eight nine ten eleven twelve x";
    assert_int_equal(ek_search_run(search, text, strlen(text), note, &places, &reason), -1);
    assert_non_null(strstr(reason, "limit"));
    ek_search_free(search);
}

/* Words that differ in one letter, so that what is looked for first is nearly there. */
static const char *const alphabet[] = {"i",  "I", "r", "o", "n", "s",        "S",
                                       "k",  "K", "t", "e", " ", "\xc5\xbf", "\xe2\x84\xaa",
                                       "\n", "7"};

static uint64_t seed = 1;
static unsigned chance(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((seed >> 33) % below);
}

static void random_text(char *out, size_t letters)
{
    *out = '\0';
    for (size_t i = 0; i < letters; i++)
        strcat(out, alphabet[chance(sizeof alphabet / sizeof *alphabet)]);
}

/* Four to six letters of a text, in either case, with s and k for the signs that stand for them. */
static void plain_word(char *out, const char *text)
{
    size_t len = 0, wanted = 4 + chance(3);
    char word[8];
    while ((*text & 0xc0) == 0x80)
        text++;
    for (; *text && len < wanted; len++) {
        unsigned char c = (unsigned char)*text;
        text += c == 0xc5 ? 2 : c == 0xe2 ? 3 : 1;
        c = c == 0xc5 ? 's' : c == 0xe2 ? 'k' : c == '\n' ? '.' : c;
        word[len] = (char)(c > '@' && chance(3) == 0 ? c ^ 0x20 : c);
    }
    word[len] = '\0';
    memcpy(out, word, len + 1);
}

/* A pattern finds the same behind a comment, which keeps the literals from being seen. */
static void what_is_looked_for_first_loses_nothing(void **state)
{
    static const char *const shapes[] = {"%s",         "%s|%s",     "\\b%s",
                                         "(%s|%s)\\w", "[aeiou]%s", "%s.%s"};
    char pattern[200], plain[220], text[4000], a[40], b[40];
    size_t found = 0;
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        random_text(text, 30 + chance(400));
        size_t len = strlen(text), at = chance((unsigned)len - 10);
        random_text(a, 3 + chance(4));
        random_text(b, 3 + chance(4));
        plain_word(a, round % 2 ? text + at : a); /* half of the time the text's own */
        plain_word(b, b);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(pattern, sizeof pattern, shapes[chance(6)], a, b);
#pragma GCC diagnostic pop
        snprintf(plain, sizeof plain, "(?#)%s", pattern);
        bool match_case = chance(2);
        struct places fast = run(pattern, match_case, text), slow = run(plain, match_case, text);
        if (strcmp(fast.text, slow.text) != 0)
            fail_msg("'%s' in '%s': %s, not %s", pattern, text, fast.text, slow.text);
        found += fast.count > 0;
    }
    assert_true(found > 1000);
}

/* Constructs that the walk over the pattern must not take for literals. */
static void verbs_and_lookarounds_are_no_literals(void **state)
{
    (void)state;
    char text[400];
    memset(text, '.', sizeof text);
    strcpy(text + 200, "iron and ferritin");
    text[217] = '.';
    text[399] = '\0';
    static const char *const patterns[] = {"(*COMMIT)iron",      "iron(*ACCEPT)ferritin",
                                           "(?<!magnesium)iron", "iron(?! tablets)",
                                           "(?:magnesium)?iron", "iron(magnesium){0}",
                                           "(magnesium|iron)",   "\\Qiron\\E",
                                           "(?<word>iron) and",  "(?<*and )ferritin|magnesium",
                                           "(?i:IRON)",          "(?|iron|magnesium)"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct places places = run(patterns[i], true, text);
        if (places.count != 1)
            fail_msg("%s: %zu matches", patterns[i], places.count);
    }
}

static void needles_are_found_at_every_place(void **state)
{
    static const char *const literals[] = {"ferritin", "iron",  "restless", "skin",
                                           "2019",     "a ten", "tt"};
    (void)state;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        struct needle needle;
        size_t len = strlen(literals[i]);
        assert_true(needle_make(&needle, literals[i]));
        for (size_t size = len; size < 200; size++)
            for (size_t at = 0; at + len <= size; at++) {
                char text[200];
                memset(text, 'q', sizeof text);
                memcpy(text + at, literals[i], len);
                assert_true(needle_may_be_in(&needle, text, size));
                text[at + needle.first] = 'q';
                if (size > 100)
                    assert_false(needle_may_be_in(&needle, text, size));
            }
    }
    struct needle none;
    assert_false(needle_make(&none, "s"));
    assert_false(needle_make(&none, "ksks"));
    assert_false(needle_make(&none, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_are_found),
        cmocka_unit_test(the_caller_may_stop),
        cmocka_unit_test(mistakes_are_placed),
        cmocka_unit_test(a_limit_is_told),
        cmocka_unit_test(what_is_looked_for_first_loses_nothing),
        cmocka_unit_test(verbs_and_lookarounds_are_no_literals),
        cmocka_unit_test(needles_are_found_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
