/* robots.txt by RFC 9309: what allows and forbids, with the line that decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/robots.h"

static struct ek_robots *parse(const void *bytes, size_t len)
{
    struct ek_robots *robots;
    struct ek_err err;
    assert_int_equal(ek_robots_parse(&robots, bytes, len, &err), 0);
    return robots;
}

static bool allowed(const char *text, const char *agent, const char *url)
{
    struct ek_robots_verdict verdict;
    struct ek_robots *robots = parse(text, strlen(text));
    ek_robots_check(robots, agent, url, &verdict);
    ek_robots_free(robots);
    return verdict.allowed;
}

/* The line that decides, negative where it forbids; 0 where nothing applies. */
static int decides(const char *text, const char *agent, const char *url)
{
    struct ek_robots_verdict verdict;
    struct ek_robots *robots = parse(text, strlen(text));
    ek_robots_check(robots, agent, url, &verdict);
    int line = verdict.allowed ? (int)verdict.line : -(int)verdict.line;
    assert_true((line == 0) == (verdict.rule == NULL));
    ek_robots_free(robots);
    return line;
}

struct expectation {
    const char *url;
    int line; /* see decides() */
};

static void expect(const char *text, const char *agent, const struct expectation *list)
{
    for (; list->url; list++)
        if (decides(text, agent, list->url) != list->line)
            fail_msg("%s for %s: line %d, not %d, of\n%s", list->url, agent,
                     decides(text, agent, list->url), list->line, text);
}

#define EXPECT(text, agent, ...)                                                                   \
    expect(text, agent, (const struct expectation[]){__VA_ARGS__, {NULL, 0}})

static void test_groups(void **state)
{
    (void)state;
    static const char text[] = "Disallow: /void\n"           /* 1: before any agent */
                               "User-agent: fox\n"           /* 2 */
                               "Disallow: /den\n"            /* 3 */
                               "\n"                          /* 4 */
                               "Disallow: /burrow\n"         /* 5: a blank line ends nothing */
                               "User-Agent: owl\n"           /* 6 */
                               "Sitemap: http://h/map.xml\n" /* 7: nor does this */
                               "Crawl-delay: 3\n"            /* 8: nor this */
                               "user-agent: heron\n"         /* 9 */
                               "Disallow: /pond\n"           /* 10 */
                               "User-agent: *\n"             /* 11 */
                               "Disallow: /\n"               /* 12 */
                               "User-agent: FOX/2.0 beta\n"  /* 13: joins the first */
                               "Allow: /den/open\n";         /* 14 */
    EXPECT(text, "fox", {"/den/x", -3}, {"/burrow", -5}, {"/den/open/x", 14}, {"/pond", 0},
           {"/void", 0});
    EXPECT(text, "Owl", {"/pond/x", -10}, {"/den", 0});
    EXPECT(text, "heron", {"/pond/x", -10}, {"/x", 0});
    EXPECT(text, "otter", {"/x", -12}, {"/robots.txt", 0}, {"/robots.txt?x", -12});
    EXPECT(text, "fo", {"/x", -12});
    EXPECT(text, "foxy", {"/x", -12});
    EXPECT(text, "*", {"/x", -12});
    EXPECT("User-agent: fox\nDisallow: /\n", "otter", {"/x", 0});
    EXPECT("User-agent: fox\n\nUser-agent: *\nDisallow: /\n", "fox", {"/x", -4});
    EXPECT("User-agent: fox\nDisallow:\nUser-agent: *\nDisallow: /\n", "fox", {"/x", 0});
    EXPECT("", "fox", {"/x", 0});
}

static void test_longest_match(void **state)
{
    (void)state;
    static const char text[] = "User-agent: *\n"
                               "Disallow: /board\n"       /* 2 */
                               "Allow: /board/rls\n"      /* 3 */
                               "Disallow: /board/rls\n"   /* 4: a tie is allowed */
                               "Disallow: /*.php$\n"      /* 5 */
                               "Allow: /$\n"              /* 6 */
                               "Disallow: /a*b*c\n"       /* 7 */
                               "Disallow: /dollar$sign\n" /* 8 */
                               "Disallow: /twice$$\n"     /* 9 */
                               "Disallow: *tail$\n"       /* 10 */
                               "Disallow: nowhere\n"      /* 11 */
                               "Disallow: /s***t\n";      /* 12 */
    EXPECT(text, "fox", {"/board", -2}, {"/boar", 0}, {"/board/rls/x", 3}, {"/Board", 0},
           {"/index.php", -5}, {"/index.php?x", 0}, {"/", 6}, {"", 6}, {"/x", 0});
    EXPECT(text, "fox", {"/abc", -7}, {"/aXbYcZ", -7}, {"/acb", 0}, {"/ab", 0},
           {"/dollar$sign/x", -8}, {"/dollar", 0}, {"/twice$", -9}, {"/twice$x", 0},
           {"/x/tail", -10}, {"/tail", -10}, {"/tails", 0}, {"/nowhere", 0}, {"/s/x/t", -12},
           {"/st", -12});
}

static void test_encoding(void **state)
{
    (void)state;
    static const char text[] = "User-agent: *\n"
                               "Disallow: /%62oard\n"     /* 2: an encoded letter is the letter */
                               "Disallow: /%e2%82%AC\n"   /* 3 */
                               "Disallow: /caf\xc3\xa9\n" /* 4 */
                               "Disallow: /star%2Astar\n" /* 5: not a wildcard */
                               "Disallow: /end%24\n"      /* 6: not an end */
                               "Disallow: /sl%2Fash\n"    /* 7: not a separator */
                               "Disallow: /100%\n"        /* 8 */
                               "Disallow: /a b\n";        /* 9 */
    EXPECT(text, "fox", {"/board", -2}, {"/bo%61rd", -2}, {"/\xe2\x82\xac", -3}, {"/%E2%82%ac", -3},
           {"/caf%C3%A9", -4}, {"/star*star", -5}, {"/starXstar", 0}, {"/star%2astar", -5},
           {"/end$/x", -6}, {"/end", 0}, {"/sl/ash", 0}, {"/sl%2fash", -7}, {"/100%", -8},
           {"/100%zz", -8}, {"/a%20b", -9}, {"/a b", -9});
}

static void test_addresses(void **state)
{
    (void)state;
    static const char text[] = "User-agent: *\nDisallow: /a\nDisallow: /?q\nDisallow: /b?c=d\n";
    EXPECT(text, "fox", {"http://h/a", -2}, {"https://h:8/a/b#c", -2}, {"http://h", 0},
           {"http://h?q=1", -3}, {"//h/a", -2}, {"h/a", -2}, {"http://a", 0}, {"/x#/a", 0},
           {"http://h/b?c=d&e=http://x/", -4}, {"/b", 0}, {"/x?u=http://h/a", 0}, {"#a", 0});
}

static void test_lines(void **state)
{
    (void)state;
    EXPECT("User-agent: *\r\n\r\nDisallow: /a\r\n", "fox", {"/a", -3});
    EXPECT("User-agent: *\r\rDisallow: /a\r", "fox", {"/a", -3});
    EXPECT("User-agent: *\n\r\n\rDisallow: /a", "fox", {"/a", -4});
    EXPECT("\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", "fox", {"/a", -2});
    EXPECT("\xefUser-agent: *\nDisallow: /a\n", "fox", {"/a", -2});
    EXPECT(" USER-AGENT\t:  * # all\n\tdisallow :/a#b\nDisallow:#/\n", "fox", {"/a", -2},
           {"/x", 0});
    EXPECT("User-agent *\nDisallow /a\nUser-agent: *\nDisallow /a\n", "fox", {"/a", 0});
    EXPECT("User-agents: *\nUser-agent: *\nDisallowed: /a\n", "fox", {"/a", 0});
}

static void test_shown_rule(void **state)
{
    (void)state;
    static const char text[] = "user-agent:*\nDISALLOW:   /a%62*$  # why\n";
    struct ek_robots_verdict verdict;
    struct ek_robots *robots = parse(text, strlen(text));
    ek_robots_check(robots, "fox", "/ab", &verdict);
    assert_string_equal(verdict.rule, "Disallow: /a%62*$");
    assert_int_equal(verdict.line, 2);
    assert_false(verdict.allowed);
    ek_robots_free(robots);
}

static double delay(const char *text, const char *agent)
{
    struct ek_robots *robots = parse(text, strlen(text));
    double seconds = ek_robots_crawl_delay(robots, agent);
    ek_robots_free(robots);
    return seconds;
}

static void test_crawl_delay(void **state)
{
    (void)state;
    static const char text[] = "Crawl-delay: 99\nUser-agent: fox\nCrawl-delay: 2.5\nDisallow: /x\n"
                               "User-agent: *\nDisallow: /y\ncrawl-DELAY : 10 # slowly\n"
                               "User-agent: fox\nCrawl-delay: 7\n"
                               "User-agent: owl\nDisallow:\n";
    assert_true(delay(text, "fox") == 7);
    assert_true(delay(text, "otter") == 10);
    assert_true(delay(text, "owl") == 0);
    assert_true(delay("", "fox") == 0);
    static const char *const silly[] = {"-1", "nan", "inf", "1e9", "0x10", "", "1 2", "1.2.3", "."};
    for (size_t i = 0; i < sizeof silly / sizeof *silly; i++) {
        char line[100];
        snprintf(line, sizeof line, "User-agent: *\nCrawl-delay: %s\n", silly[i]);
        assert_true(delay(line, "fox") == 0);
    }
    assert_true(delay("User-agent: *\nCrawl-delay: 99999999999\n", "fox") ==
                EK_MAX_CRAWL_DELAY_SECONDS);
}

static void test_agents(void **state)
{
    (void)state;
    assert_true(ek_robots_is_agent("ekbom"));
    assert_true(ek_robots_is_agent("Two-Words_x"));
    assert_false(ek_robots_is_agent(""));
    assert_false(ek_robots_is_agent("*"));
    assert_false(ek_robots_is_agent("fox/2"));
    assert_false(ek_robots_is_agent("two words"));
    assert_true(allowed("User-agent: *\nDisallow: /\nUser-agent: a b\nAllow: /\n", "a", "/"));
    assert_false(allowed("User-agent: *\nDisallow: /\nUser-agent: a b\nAllow: /\n", "a b", "/"));
    assert_false(allowed("User-agent: *\nDisallow: /\nUser-agent: \nAllow: /\n", "", "/"));
}

static void test_cut_at_the_ceiling(void **state)
{
    (void)state;
    struct ek_buf text;
    ek_buf_init(&text, 1u << 20);
    ek_buf_adds(&text, "User-agent: *\nDisallow: /a\n#");
    while (text.len < EK_MAX_ROBOTS_BYTES - 20)
        ek_buf_addc(&text, 'x');
    ek_buf_adds(&text, "\nDisallow: /b\nDisallow: /c\n"); /* the ceiling is in "/c" */
    assert_in_range(text.len, EK_MAX_ROBOTS_BYTES, EK_MAX_ROBOTS_BYTES + 20);
    EXPECT(ek_buf_str(&text), "fox", {"/a", -2}, {"/b", -4}, {"/c", 0});
    ek_buf_free(&text);
}

/* A hostile file costs milliseconds, not seconds. */
static void test_hostile_patterns(void **state)
{
    (void)state;
    struct ek_buf text, url;
    ek_buf_init(&text, 1u << 20);
    ek_buf_init(&url, 1u << 20);
    ek_buf_adds(&text, "User-agent: *\n");
    while (text.len < EK_MAX_ROBOTS_BYTES - 100)
        ek_buf_adds(&text, "Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*aaaaaab\n");
    ek_buf_addc(&url, '/');
    while (url.len < EK_MAX_URL_BYTES)
        ek_buf_addc(&url, 'a');
    clock_t start = clock();
    assert_true(allowed(ek_buf_str(&text), "fox", ek_buf_str(&url)));
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
    ek_buf_free(&text);
    ek_buf_free(&url);
}

/* The collected cases, where they lie beside the checkout. */
static void test_shared_cases(void **state)
{
    (void)state;
    FILE *file = fopen("../shared/robots-cases.jsonl", "r");
    if (!file)
        skip();
    char *line = NULL;
    size_t size = 0, count = 0;
    while (getline(&line, &size, file) > 0) {
        json_t *c = json_loads(line, JSON_ALLOW_NUL, NULL);
        assert_non_null(c);
        const char *kind = json_string_value(json_object_get(c, "kind"));
        const char *agent = json_string_value(json_object_get(c, "agent"));
        const char *url = json_string_value(json_object_get(c, "url"));
        bool rfc = strcmp(json_string_value(json_object_get(c, "scope")), "rfc9309") == 0;
        if (rfc && strcmp(kind, "allow") == 0) {
            const char *text = json_string_value(json_object_get(c, "robots"));
            if (allowed(text, agent, url) != json_is_true(json_object_get(c, "allowed")))
                fail_msg("%s", json_string_value(json_object_get(c, "name")));
            count++;
        } else if (rfc && strcmp(kind, "valid-agent") == 0) {
            assert_int_equal(ek_robots_is_agent(agent), json_is_true(json_object_get(c, "valid")));
        }
        json_decref(c);
    }
    free(line);
    fclose(file);
    assert_int_equal(count, 87);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_longest_match),
        cmocka_unit_test(test_encoding),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_shown_rule),
        cmocka_unit_test(test_crawl_delay),
        cmocka_unit_test(test_agents),
        cmocka_unit_test(test_cut_at_the_ceiling),
        cmocka_unit_test(test_hostile_patterns),
        cmocka_unit_test(test_shared_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
