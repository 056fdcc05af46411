/* test_extract_body.c - post bodies to own text, quotes and links; hostile pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/extract.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

static struct ek_arena *files, *arena;
static struct ek_profiles *profiles;

static int setup(void **state)
{
    (void)state;
    struct ek_bundle bundle;
    struct ek_err err;
    files = ek_arena_new(16u << 20);
    arena = ek_arena_new(EK_ARENA_BYTES);
    return ek_bundle_load(&bundle, files, "profiles", ".profile", &err) == 0 &&
                   ek_profiles_compile(&profiles, &bundle, &err) == 0
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    ek_profiles_free(profiles);
    ek_arena_free(arena);
    ek_arena_free(files);
    return 0;
}

static struct ek_post read_body(const char *html)
{
    struct ek_post post = {.id = "1", .time = 5, .subject = "kept"};
    struct ek_err err;
    ek_arena_reset(arena);
    assert_int_equal(ek_extract_body(profiles, html, strlen(html), arena, &post, &err), 0);
    assert_true(post.time == 5 && strcmp(post.subject, "kept") == 0);
    return post;
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *html, *want;
    } cases[] = {
        {"", ""},
        {" one\n two  ", "one two"},
        {"one<br>two<br />three", "one\ntwo\nthree"},
        {"one<br><br>\n<br>two", "one\n\ntwo"},
        {"<br>one<br>", "one"},
        {"<p>one</p><p>two</p>three", "one\n\ntwo\n\nthree"},
        {"one<div>two</div>three", "one\ntwo\nthree"},
        {"o<b>n</b>e <i>two</i>", "one two"},
        {"o<span>ne</span><span> two</span>", "one two"},
        {"a<ul><li>b</li><li>c<ul><li>d</li></ul></li></ul>e", "a\nb\nc\nd\ne"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
        {"<pre>  a\n\n\n  b </pre>", "a\n\n\n  b"},
        {"x<pre> a</pre>", "x\n\n a"},
        {"a<script>alert(1)</script>b<style>p{}</style>c", "abc"},
        {"<select><option>x</option></select>a<textarea>t</textarea>", "a"},
        {"&amp;lt; &lt;b&gt; &eacute; &#233; &#x1F600;", "&lt; <b> é é 😀"},
        {"It&#146;s &#150; &#128;5", "It’s – €5"},
        {"e\xCC\x81", "é"},
        {"a&nbsp;b", "a\xC2\xA0"
                     "b"},
        {"a<img class=\"smilies\" alt=\":)\">b<img class=\"emoji\" alt=\"😀\">", "ab😀"},
        {"a<img class=\"postimage\" alt=\"Image\"> b", "a b"},
        {"a<div class=\"signature\">s</div>b", "ab"},
        {"a <div class=\"codebox\"><p>Code: <a href=\"#\">Select all</a></p><pre><code>x  y</code>"
         "</pre></div>",
         "a\n\nx  y"},
        {"a</div></div>b", "a\nb"},
        {"<a href=\"http://x.example/aaaaaaaaaaaaaaaaa/bbbb\">http://x.example/aaaa ... /bbbb</a>",
         "http://x.example/aaaaaaaaaaaaaaaaa/bbbb"},
        {"<a href=\"http://x.example/aaaaaaaaaaaaaaaaa/bbbb\">http://x.example/aaaaaaa…</a>",
         "http://x.example/aaaaaaaaaaaaaaaaa/bbbb"},
        {"<a href=\"http://x.example/aaaa\">see more ... here</a>", "see more ... here"},
        {"<a href=\"http://x.example/aaaa\">www.x.example</a>", "www.x.example"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ek_post post = read_body(cases[i].html);
        if (strcmp(post.text, cases[i].want) != 0)
            fail_msg("'%s':\n  wanted '%s'\n  got    '%s'", cases[i].html, cases[i].want,
                     post.text);
        assert_int_equal(post.quote_count, 0);
    }
}

static void check_quote(const struct ek_quote *quote, const char *author, const char *post_id,
                        unsigned depth, const char *text)
{
    if (author)
        assert_string_equal(quote->author, author);
    else
        assert_null(quote->author);
    if (post_id)
        assert_string_equal(quote->post_id, post_id);
    else
        assert_null(quote->post_id);
    assert_int_equal(quote->depth, depth);
    assert_string_equal(quote->text, text);
    assert_false(quote->inferred);
}

static void test_quotes(void **state)
{
    (void)state;
    struct ek_post post = read_body(
        "one <blockquote cite=\"./viewtopic.php?p=5#p5\"><div><cite><a "
        "href=\"./memberlist.php?mode=viewprofile&amp;u=3\">Ann</a> wrote: <a "
        "href=\"./viewtopic.php?p=5#p5\" data-post-id=\"5\">↑</a><span>Mon</span></cite>first "
        "<blockquote><div><cite>Bo b schrieb:</cite>second</div></blockquote> third</div>"
        "</blockquote> two <blockquote class=\"uncited\"><div>fourth</div></blockquote>");
    assert_string_equal(post.text, "one\n\ntwo");
    assert_int_equal(post.quote_count, 3);
    check_quote(&post.quotes[0], "Ann", "5", 1, "first\n\nthird");
    check_quote(&post.quotes[1], "Bo b", NULL, 2, "second");
    check_quote(&post.quotes[2], NULL, NULL, 1, "fourth");
    post = read_body("<blockquote cite=\"#p45\"><cite><a "
                     "href=\"./memberlist.php?mode=viewprofile&amp;un=kit\">kit</a> wrote:</cite>"
                     "words</blockquote>own");
    assert_string_equal(post.text, "own");
    check_quote(&post.quotes[0], "kit", "45", 1, "words");
    /* An attribution in a language that the profile does not know names nobody. */
    post = read_body("<blockquote><div><cite>Ann blablabla:</cite>words</div></blockquote>");
    check_quote(&post.quotes[0], NULL, NULL, 1, "words");
}

static void check_link(const struct ek_link *link, enum ek_link_kind kind, const char *id,
                       const char *url)
{
    assert_int_equal(link->kind, kind);
    assert_string_equal(link->url, url);
    if (id)
        assert_string_equal(link->id, id);
    else
        assert_null(link->id);
}

static void test_links(void **state)
{
    (void)state;
    struct ek_post post =
        read_body("<a href=\"./viewtopic.php?f=4&amp;t=512&amp;sid=00112233\">a</a>"
                  "<a href=\"./viewtopic.php?t=5&amp;p=6#p6\">b</a>"
                  "<a href=\"http://Other.example/viewtopic.php?t=7\">c</a>"
                  "<a href=\"mailto:x@y.example\">d</a><a href=\"#top\">e</a><a>f</a>"
                  "<blockquote><div><a href=\"http://quoted.example/\">g</a></div></blockquote>");
    assert_int_equal(post.link_count, 3);
    check_link(&post.links[0], EK_LINK_THREAD, "512", "./viewtopic.php?f=4&t=512");
    check_link(&post.links[1], EK_LINK_POST, "6", "./viewtopic.php?t=5&p=6#p6");
    check_link(&post.links[2], EK_LINK_EXTERNAL, NULL, "http://other.example/viewtopic.php?t=7");
}

/* The hand-coded posts: their own text is what stands beside their body. */
static void test_coded_posts(void **state)
{
    (void)state;
    FILE *file = fopen("../shared/gold/dev.jsonl", "r");
    if (!file)
        skip();
    char *line = NULL;
    size_t cap = 0, count = 0, differ = 0;
    while (getline(&line, &cap, file) > 0) {
        json_t *json = json_loads(line, 0, NULL);
        struct ek_post post = read_body(json_string_value(json_object_get(json, "body_html")));
        const char *want = json_string_value(json_object_get(json, "text_own"));
        count++;
        differ += strcmp(ek_squeeze(arena, post.text, strlen(post.text)),
                         ek_squeeze(arena, want, strlen(want))) != 0;
        json_decref(json);
    }
    free(line);
    fclose(file);
    assert_true(count > 200);
    assert_int_equal(differ, 0);
}

/* Hostile pages -------------------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t len, cap;
};

static void add(struct text *text, const char *piece, size_t times)
{
    size_t len = strlen(piece);
    while (text->len + len * times + 1 > text->cap) {
        text->cap = 2 * text->cap + 1024;
        text->bytes = realloc(text->bytes, text->cap);
        assert_non_null(text->bytes);
    }
    for (; times; times--) {
        memcpy(text->bytes + text->len, piece, len);
        text->len += len;
    }
    text->bytes[text->len] = '\0';
}

static const char start[] =
    "<!DOCTYPE html><html lang=\"en\"><body id=\"phpbb\" class=\"nojs "
    "section-viewtopic\"><div id=\"page-body\"><h2 class=\"topic-title\"><a "
    "href=\"./viewtopic.php?t=1\">T</a></h2>";
static const char post_start[] = "<div id=\"p1\" class=\"post\"><div class=\"postbody\"><div "
                                 "id=\"post_content1\"><div class=\"content\">";

static struct ek_page read_page(struct text *text)
{
    struct ek_page page;
    struct ek_err err;
    struct ek_fetched fetched = {
        "http://b.example/viewtopic.php?t=1", 0, NULL, text->bytes, text->len, NULL};
    ek_arena_reset(arena);
    assert_int_equal(ek_extract_page(profiles, &fetched, arena, &page, &err), 0);
    free(text->bytes);
    return page;
}

static void test_deep(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, start, 1);
    add(&text, post_start, 1);
    add(&text, "<div>", 100000);
    add(&text, "deep", 1);
    struct ek_page page = read_page(&text);
    assert_true(page.partial);
    assert_string_equal(page.reason, "elements nested deeper than a page may");
    assert_int_equal(page.post_count, 0);
}

static void test_deep_quotes(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, start, 1);
    add(&text, post_start, 1);
    add(&text, "<blockquote><div>q", 100);
    add(&text, "</div></blockquote>", 100);
    add(&text, "own</div></div></div></div><div id=\"page-footer\"></div>", 1);
    struct ek_page page = read_page(&text);
    assert_false(page.partial);
    assert_int_equal(page.post_count, 1);
    assert_string_equal(page.posts[0].text, "own");
    assert_int_equal(page.posts[0].quote_count, EK_MAX_QUOTE_DEPTH);
    assert_int_equal(page.posts[0].quotes[EK_MAX_QUOTE_DEPTH - 1].depth, EK_MAX_QUOTE_DEPTH);
}

static void test_many_nodes(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, start, 1);
    add(&text, "<b>x</b>", EK_MAX_PAGE_NODES);
    struct ek_page page = read_page(&text);
    assert_true(page.partial);
    assert_string_equal(page.reason, "more elements than a page may have");
}

static void test_huge(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, start, 1);
    add(&text, post_start, 1);
    add(&text, "words ", (9u << 20) / 6);
    struct ek_page page = read_page(&text);
    assert_true(page.partial);
    assert_string_equal(page.reason, "only the first 8 MiB of the page were read");
}

static void test_many_posts(void **state)
{
    (void)state;
    struct text text = {0};
    char piece[128];
    add(&text, start, 1);
    for (unsigned i = 1; i <= EK_MAX_PAGE_POSTS + 100; i++) {
        snprintf(piece, sizeof piece, "<div id=\"p%u\"><div class=\"content\">w</div></div>", i);
        add(&text, piece, 1);
    }
    add(&text, "<div id=\"page-footer\"></div>", 1);
    struct ek_page page = read_page(&text);
    assert_int_equal(page.post_count, EK_MAX_PAGE_POSTS);
    assert_true(page.partial);
    assert_string_equal(page.reason, "more posts than a page may have");
}

/* Ancestors by the hundred for each of a hundred thousand candidates: the steps run out. */
static void test_costly_nesting(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, start, 1);
    add(&text, "<span><i>", 240);
    add(&text, "<strong></strong>", 100000);
    struct ek_page page = read_page(&text);
    assert_true(page.partial);
    assert_string_equal(page.reason, "the page's nesting costs more than a page may");
}

static void test_long_id(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, start, 1);
    add(&text, "<div id=\"p", 1);
    add(&text, "1", 300);
    add(&text, "\"><div class=\"content\">w</div></div><div id=\"page-footer\"></div>", 1);
    struct ek_page page = read_page(&text);
    assert_int_equal(page.post_count, 0);
    assert_int_equal(page.kind, EK_PAGE_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),       cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_links),      cmocka_unit_test(test_coded_posts),
        cmocka_unit_test(test_deep),       cmocka_unit_test(test_deep_quotes),
        cmocka_unit_test(test_many_nodes), cmocka_unit_test(test_huge),
        cmocka_unit_test(test_many_posts), cmocka_unit_test(test_costly_nesting),
        cmocka_unit_test(test_long_id)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
