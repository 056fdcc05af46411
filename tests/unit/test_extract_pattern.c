/* test_extract_pattern.c - patterns, selectors and addresses of profiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "daemon/extract/address.h"
#include "daemon/extract/selector.h"
#include "ekbom/arena.h"
#include "ekbom/error.h"

static struct ek_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = ek_arena_new(64u << 20);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    ek_arena_free(arena);
    return 0;
}

/* The capture, or "no" where the pattern does not match. */
static const char *match(const char *pattern, const char *text)
{
    struct ek_pattern compiled;
    struct ek_slice capture;
    assert_null(ek_pattern_compile(&compiled, arena, ek_slice_of(pattern)));
    if (!ek_pattern_match(&compiled, ek_slice_of(text), &capture))
        return "no";
    return ek_strndup(arena, capture.at, capture.len);
}

static void test_patterns(void **state)
{
    (void)state;
    assert_string_equal(match("p{id}", "p123"), "123");
    assert_string_equal(match("p{id}", "profile123"), "no");
    assert_string_equal(match("p{id}", "p"), "no");
    assert_string_equal(match("p{id}", "p12x"), "no");
    assert_string_equal(match("*{id}", "a12b34"), "34");
    assert_string_equal(match("*-t{id}.html", "a-t1-t22.html"), "22");
    assert_string_equal(match("*»{text}", "by x » Mon » Tue"), " Mon » Tue");
    assert_string_equal(match("{text} wrote:", "he wrote: wrote:"), "he wrote:");
    assert_string_equal(match("{text} wrote:", " wrote:"), "no");
    assert_string_equal(match("*", ""), "");
    assert_string_equal(match("*b*", "aab"), "aab");
    assert_string_equal(match("a\\*b", "a*b"), "a*b");
    assert_string_equal(match("a\\*b", "axb"), "no");
    assert_string_equal(match("*x{text}y{id}z*", "axqy5z!"), "q");
    assert_string_equal(match("", ""), "");
    assert_string_equal(match("", "a"), "no");
}

static void test_pattern_faults(void **state)
{
    (void)state;
    struct ek_pattern compiled;
    assert_non_null(ek_pattern_compile(&compiled, arena, ek_slice_of("p{number}")));
    assert_non_null(ek_pattern_compile(&compiled, arena, ek_slice_of("*a*b*c*d*e*f*g*h")));
}

/* Stars against a long text: bounded by pattern times text. */
static void test_pattern_cost(void **state)
{
    (void)state;
    size_t len = 200000;
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'a', len);
    text[len] = '\0';
    assert_string_equal(match("*a*a*a*a*b", text), "no");
    free(text);
}

static const char page[] = "<html><body id=top><div class='a b'><p id=p1 title=x>one</p>"
                           "<p id=px>two</p><ul><li class=row><a href='/t/5'>five</a></li>"
                           "<li class='row new'><b><a href='/t/6'>six</a></b></li></ul></div>"
                           "</body></html>";

/* Texts of all matches, in order, each followed by a comma. */
static const char *select_all(const char *selector_text)
{
    struct ek_names *names = ek_names_new(arena);
    struct ek_tree tree;
    struct ek_err err;
    size_t at;
    const char *fault;
    char *found = ek_strdup(arena, "");
    ek_names_add(names, '@', ek_slice_of("class"));
    ek_names_add(names, '@', ek_slice_of("id"));
    struct ek_selector *selector =
        ek_selector_compile(names, arena, ek_slice_of(selector_text), &at, &fault);
    if (!selector)
        return ek_printf(arena, "%zu: %s", at, fault);
    assert_int_equal(ek_tree_parse(&tree, names, ek_slice_of(page), arena, &err), 0);
    struct ek_scope all = ek_whole(&tree, 0);
    for (uint32_t node = ek_select_first(&tree, selector, all); node != EK_NO_NODE;
         node = ek_select_next(&tree, selector, all, node))
        found = ek_printf(arena, "%s%s,", found,
                          ek_text_of(&tree, ek_whole(&tree, node), false, arena));
    return found;
}

static void test_selectors(void **state)
{
    (void)state;
    assert_string_equal(select_all("p"), "one,two,");
    assert_string_equal(select_all("#px"), "two,");
    assert_string_equal(select_all("[id=p{id}]"), "one,");
    assert_string_equal(select_all("p[title]"), "one,");
    assert_string_equal(select_all(".a.b > p"), "one,two,");
    assert_string_equal(select_all(".a.c > p"), "");
    assert_string_equal(select_all(".row a"), "five,six,");
    assert_string_equal(select_all(".row > a"), "five,");
    assert_string_equal(select_all("li:not(.new)"), "five,");
    assert_string_equal(select_all("li:has(b a)"), "six,");
    assert_string_equal(select_all("li:has(> a)"), "7: nothing stands before '>'; write '& >' for "
                                                   "a child");
    assert_string_equal(select_all("li:has(& > a)"), "five,");
    assert_string_equal(select_all("b, #p1, #px"), "one,two,six,");
    assert_string_equal(select_all("a[href=\"/t/{id}\"]"), "five,six,");
    assert_string_equal(select_all("div p, .a p"), "one,two,");
    assert_string_equal(select_all("*[id=p*]"), "one,two,");
    assert_string_equal(select_all("nothing"), "");
}

static void test_selector_faults(void **state)
{
    (void)state;
    assert_string_equal(select_all("p["), "2: a name is missing here");
    assert_string_equal(select_all("p[id"), "4: ']' is missing");
    assert_string_equal(select_all("p:first"), "2: only :has(...) and :not(...) are known");
    assert_string_equal(select_all("p:not(a"), "7: ')' is missing");
    assert_string_equal(select_all("a &"), "3: '&' can only come first");
    assert_string_equal(select_all("a,"),
                        "2: a tag, .class, #id, [attribute], * or & is missing here");
    assert_string_equal(select_all(""),
                        "0: a tag, .class, #id, [attribute], * or & is missing here");
    assert_string_equal(select_all("a:not(a:not(a:not(a:not(a))))"),
                        "20: :has and :not nested too deep");
}

static const char *id_of(const char *form_text, const char *address)
{
    struct ek_address_form form;
    struct ek_slice id;
    assert_null(ek_address_form_compile(&form, arena, ek_slice_of(form_text)));
    return ek_address_match(&form, ek_slice_of(address), &id) ? ek_strndup(arena, id.at, id.len)
                                                              : "no";
}

static void test_address_forms(void **state)
{
    (void)state;
    const char *form = "viewtopic.php?t={id}";
    assert_string_equal(id_of(form, "http://a.example/b/viewtopic.php?f=1&t=22&start=3"), "22");
    assert_string_equal(id_of(form, "./viewtopic.php?t=22"), "22");
    assert_string_equal(id_of(form, "viewtopic.php?t=22#p5"), "22");
    assert_string_equal(id_of(form, "viewtopic.php?start=22"), "no");
    assert_string_equal(id_of(form, "viewtopic.php"), "no");
    assert_string_equal(id_of(form, "xviewtopic.php?t=1"), "no");
    assert_string_equal(id_of(form, "viewtopic.php?f=1&amp;t=9"), "9");
    assert_string_equal(id_of("viewtopic.php#p{id}", "/x/viewtopic.php?t=1#p77"), "77");
    assert_string_equal(id_of("viewtopic.php#p{id}", "/x/viewtopic.php?t=1"), "no");
    assert_string_equal(id_of("threads/*.{id}/", "http://x.example/threads/iron.and.legs.55/"),
                        "55");
    assert_string_equal(id_of("index.php?topic={id}.*", "http://x.example/index.php?topic=5.0;all"),
                        "5");
    struct ek_address_form compiled;
    assert_non_null(ek_address_form_compile(&compiled, arena, ek_slice_of("viewtopic.php")));
}

static const char *absolute(const char *base, const char *reference)
{
    static const char *const sessions[] = {"sid", NULL};
    const char *made = ek_address_absolute(arena, base, ek_slice_of(reference), sessions);
    return made ? made : "none";
}

static void test_absolute(void **state)
{
    (void)state;
    const char *base = "http://A.example/b/c/index.php?x=1";
    assert_string_equal(absolute(base, "./v.php?t=1"), "http://a.example/b/c/v.php?t=1");
    assert_string_equal(absolute(base, "../v.php"), "http://a.example/b/v.php");
    assert_string_equal(absolute(base, "../../../../v.php"), "http://a.example/v.php");
    assert_string_equal(absolute(base, "/v.php#p1"), "http://a.example/v.php#p1");
    assert_string_equal(absolute(base, "//O.example"), "http://o.example/");
    assert_string_equal(absolute(base, "HTTPS://O.example/Q/./r/../s/"), "https://o.example/Q/s/");
    assert_string_equal(absolute(base, "#p1"), "http://a.example/b/c/index.php?x=1#p1");
    assert_string_equal(absolute(base, "?t=2"), "http://a.example/b/c/index.php?t=2");
    assert_string_equal(absolute(base, ""), "http://a.example/b/c/index.php?x=1");
    assert_string_equal(absolute(base, "v.php?sid=0af1&t=1"), "http://a.example/b/c/v.php?t=1");
    assert_string_equal(absolute(base, "v.php?t=1&sid=0af1"), "http://a.example/b/c/v.php?t=1");
    assert_string_equal(absolute(base, "v.php?sid=0af1"), "http://a.example/b/c/v.php");
    assert_string_equal(absolute(base, "v.php?t=1;u=2"), "http://a.example/b/c/v.php?t=1;u=2");
    assert_string_equal(absolute(base, "v.php?side=1"), "http://a.example/b/c/v.php?side=1");
    assert_string_equal(absolute(base, " a b\n\"<é "), "http://a.example/b/c/a%20b%22%3C%C3%A9");
    assert_string_equal(absolute(base, "mailto:a@b.example"), "none");
    assert_string_equal(absolute(base, "javascript:alert(1)"), "none");
    assert_string_equal(absolute(base, "http:x"), "none");
    assert_string_equal(absolute(base, "data:text/html,x"), "none");
    assert_string_equal(absolute(NULL, "./v.php?t=1&sid=0af1"), "./v.php?t=1");
    assert_string_equal(absolute(NULL, "http://o.example/v"), "http://o.example/v");
    char *longest = malloc(5000);
    assert_non_null(longest);
    memset(longest, 'a', 4999);
    longest[4999] = '\0';
    assert_string_equal(absolute(base, longest), "none");
    longest[4090] = '\0';
    assert_string_equal(absolute(base, longest), "none");
    free(longest);
}

static void test_below(void **state)
{
    (void)state;
    const char *base = "http://board.example/forum/";
    assert_true(ek_address_below("http://board.example/forum/x", base));
    assert_true(ek_address_below("https://www.board.example/forum/x", base));
    assert_false(ek_address_below("http://board.example/other/x", base));
    assert_false(ek_address_below("http://board.example.evil/forum/x", base));
    assert_false(ek_address_below("http://board.example:81/forum/x", base));
    assert_string_equal(ek_address_folder(arena, "http://a.example/b/c?d=/e/"),
                        "http://a.example/b/");
    assert_string_equal(ek_address_folder(arena, "http://a.example"), "http://a.example/");
    assert_null(ek_address_folder(arena, "./x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),        cmocka_unit_test(test_pattern_faults),
        cmocka_unit_test(test_pattern_cost),    cmocka_unit_test(test_selectors),
        cmocka_unit_test(test_selector_faults), cmocka_unit_test(test_address_forms),
        cmocka_unit_test(test_absolute),        cmocka_unit_test(test_below)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
