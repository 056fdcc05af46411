/* test_extract_profile.c - profiles that are wrong are refused with file, line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/extract.h"

static const char good[] = "[software]\nname x\nrecognise markup .x\n[post]\neach .p\n";

/* The message, or "" where the profile compiles. */
static const char *compile(const char *text, size_t len)
{
    static struct ek_err err;
    struct ek_profiles *profiles;
    struct ek_file file = {"x.profile", text, len};
    struct ek_bundle bundle = {.origin = "here", .files = &file, .count = 1};
    if (ek_profiles_compile(&profiles, &bundle, &err) == 0) {
        ek_profiles_free(profiles);
        return "";
    }
    assert_null(profiles);
    return err.message;
}

static void check(const char *more, const char *want)
{
    char text[4096];
    strcpy(text, good);
    strcat(text, more);
    const char *got = compile(text, strlen(text));
    if (strcmp(got, want) != 0)
        fail_msg("'%s':\n  wanted %s\n  got    %s", more, want, got);
}

static void test_good(void **state)
{
    (void)state;
    check("", "");
    check("# a comment\n\n  id  &  -> @id | match p{id}\n", "");
    check("time .t -> @datetime as attribute\ntime .u -> text | match *»{text} as text", "");
    check("[thread]\ntitle up .a / next .b / last .c / previous .d -> own\n", "");
    check("[patterns]\npattern wrote {text} wrote:\n[quote]\nauthor cite -> own | one-of wrote\n",
          "");
    check("[page]\nkind other .print  \"no ids\"\n", "");
    check("[dates]\nmonths a b c d e f g h i j k l\nformat D M d\n", "");
}

static void test_faults(void **state)
{
    (void)state;
    check("nonsense .a\n", "here/x.profile:6:10: no such key in this section");
    check("[nowhere]\nid .a\n", "here/x.profile:7:4: no such key in this section");
    check("id\n", "here/x.profile:6:3: a value is missing after the key");
    check("id .a[ -> @id\n", "here/x.profile:6:7: a name is missing here");
    check("  id .a -> id\n", "here/x.profile:6:11: 'text', 'own' or '@attribute' is wanted after "
                             "'->'");
    check("id .a -> @id | find x\n",
          "here/x.profile:6:15: a filter is 'match PATTERN', 'one-of NAME' or 'id KIND'");
    check("id .a -> @id | one-of x\n", "here/x.profile:6:15: no such patterns stand above");
    check("id .a -> @id | match {x}\n", "here/x.profile:6:15: only {id} and {text} stand in "
                                        "braces; write \\{ for a brace");
    check("id .a -> @id as text\n", "here/x.profile:6:16: this field takes no 'as'");
    check("time .a -> @id\n", "here/x.profile:6:15: this field wants 'as' and a word");
    check("time .a -> @id as noon\n", "here/x.profile:6:18: no such word after 'as' here");
    check("each .q\n",
          "here/x.profile:6:6: this key stands once; put a comma between alternatives");
    check("[page]\nkind nothing .a\n", "here/x.profile:7:6: no such word here");
    check("[addresses]\naddress thread a.php\n",
          "here/x.profile:7:16: an address form needs {id} or {text}");
    check("[addresses]\naddress somewhere a.php?t={id}\n",
          "here/x.profile:7:9: an address leads to a thread, post, board or user");
    check("[dates]\nmonths a b c\n", "here/x.profile:7:8: twelve months are wanted");
    check("[software]\nname y\n", "here/x.profile:7:6: the software is already named");
    check("é .a\n", "here/x.profile:6:3: no such key in this section");
}

static void test_files(void **state)
{
    (void)state;
    assert_string_equal(compile("[dates]\ntoday x\n", 16), "here: no profile names a software");
    assert_string_equal(compile("", 0), "here: no profile names a software");
    assert_string_equal(compile("[software]\nname \xff\n", 18), "here/x.profile: not a UTF-8 text");
    assert_string_equal(compile("[software]\nname x\n", 18),
                        "here/x.profile: [software] has a name but no 'recognise' line, so no "
                        "page is ever read by it");
}

/* The profile that the manual shows compiles, and reads the page that it speaks of. */
static void test_manual(void **state)
{
    (void)state;
    static const char page_text[] =
        "<html><head><meta name=generator content='Quill 7'><link rel=canonical "
        "href='http://q.example/topic/12'></head><body><h1>Legs</h1><article class=post "
        "id=post-5><b class=by>Ann</b><time datetime='2020-01-02T03:04:05Z'></time><div "
        "class=words><blockquote><cite>Bo said:</cite>no</blockquote>yes</div></article><footer>"
        "</footer></body></html>";
    FILE *file = fopen("packaging/man/ekbom-profile.5", "r");
    assert_non_null(file);
    static char text[65536];
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char *start = strstr(text, ".Bd -literal -offset indent\n[software]");
    assert_non_null(start);
    start = strchr(start, '\n') + 1;
    *strstr(start, ".Ed") = '\0';
    struct ek_file manual = {"manual.profile", start, strlen(start)};
    struct ek_bundle bundle = {.origin = "here", .files = &manual, .count = 1};
    struct ek_profiles *profiles;
    struct ek_err err;
    struct ek_arena *arena = ek_arena_new(1u << 20);
    struct ek_page page;
    struct ek_fetched fetched = {"http://q.example/topic/12", 0,   NULL, page_text,
                                 sizeof page_text - 1,        NULL};
    if (ek_profiles_compile(&profiles, &bundle, &err) != 0)
        fail_msg("%s", err.message);
    assert_int_equal(ek_extract_page(profiles, &fetched, arena, &page, &err), 0);
    assert_int_equal(page.kind, EK_PAGE_THREAD);
    assert_string_equal(page.software, "quill");
    assert_string_equal(page.thread_id, "12");
    assert_string_equal(page.thread_url, "http://q.example/topic/12");
    assert_int_equal(page.post_count, 1);
    assert_string_equal(page.posts[0].id, "5");
    assert_string_equal(page.posts[0].text, "yes");
    assert_string_equal(page.posts[0].quotes[0].author, "Bo");
    assert_true(page.posts[0].time == 1577934245);
    ek_profiles_free(profiles);
    ek_arena_free(arena);
}

/* What other forum softwares need and phpBB does not: epochs, tooltips, steps between siblings and
 * upwards, addresses made of folders. */
static void test_other_ways(void **state)
{
    (void)state;
    static const char text[] =
        "[software]\nname quill\nrecognise markup .quill\nrecognise credit .by-quill\n"
        "recognise links a[href=\"*topics/*\"]\n"
        "[addresses]\nsession s\naddress post posts/{id}/\naddress thread topics/*.{id}/\n"
        "[page]\nzone .zone -> text as offset\nkind thread .entry\n"
        "[thread]\nid last .trail a -> @href | id thread\ntitle last .trail a\n"
        "url last .trail a -> @href\nflag sticky .pin\n"
        "[post]\neach .entry\nid .no -> @title\nauthor previous .who -> own\n"
        "time .when -> @data-time as epoch\ntime .when -> @title as title\nbody next .words\n"
        "[quote]\neach .cited\nauthor previous .says / b\npost up .box -> @data-post\n"
        "[body]\ndrop .says\n"
        "[dates]\nmonths a b c d e f g h i j k l\nformat Y-m-d H:i\n";
    static const char page_text[] =
        "<html><body class=quill><p class=trail><a href='/f/'>Up</a><a "
        "href='/b/topics/leg-s.44/?s=1'>Legs</a></p><i class=pin></i><i class=zone>UTC + 2 "
        "hours</i>"
        "<div class=who>Ann<b>!</b></div><div class=entry><i class=no title=9></i><i class=when "
        "data-time=1577934245 title='2019-01-01 00:00'></i></div><div class=words>x<span "
        "class=box data-post=8><span class=says>by <b>Bo</b></span><span "
        "class=cited>y</span></span>"
        "</div><div class=who>Cy</div><div class=entry><i class=no title=10></i><i class=when "
        "title='2019-01-01 00:00'></i></div><div class=words>z <a "
        "href='http://q.example/b/topics/o.3/'>o</a></div></body></html>";
    struct ek_file file = {"x.profile", text, sizeof text - 1};
    struct ek_bundle bundle = {.origin = "here", .files = &file, .count = 1};
    struct ek_profiles *profiles;
    struct ek_err err;
    struct ek_arena *arena = ek_arena_new(1u << 20);
    struct ek_page page;
    struct ek_fetched fetched = {
        "http://q.example/b/topics/leg-s.44/", 0, NULL, page_text, sizeof page_text - 1, NULL};
    if (ek_profiles_compile(&profiles, &bundle, &err) != 0)
        fail_msg("%s", err.message);
    assert_int_equal(ek_extract_page(profiles, &fetched, arena, &page, &err), 0);
    assert_int_equal(page.kind, EK_PAGE_THREAD);
    assert_string_equal(page.forum, "http://q.example/b/");
    assert_string_equal(page.thread_id, "44");
    assert_string_equal(page.thread_title, "Legs");
    assert_string_equal(page.thread_url, "http://q.example/b/topics/leg-s.44/");
    assert_int_equal(page.thread_flags, EK_THREAD_STICKY);
    assert_string_equal(page.zone, "+02:00");
    assert_int_equal(page.post_count, 2);
    assert_string_equal(page.posts[0].author, "Ann");
    assert_true(page.posts[0].time == 1577934245);
    assert_int_equal(page.posts[0].time_source, EK_SOURCE_EPOCH);
    assert_string_equal(page.posts[0].text, "x");
    assert_string_equal(page.posts[0].quotes[0].author, "Bo");
    assert_string_equal(page.posts[0].quotes[0].post_id, "8");
    assert_string_equal(page.posts[0].quotes[0].text, "y");
    assert_true(page.posts[1].time == 1546293600);
    assert_int_equal(page.posts[1].time_source, EK_SOURCE_TITLE);
    assert_int_equal(page.posts[1].links[0].kind, EK_LINK_THREAD);
    assert_string_equal(page.posts[1].links[0].id, "3");
    ek_profiles_free(profiles);
    ek_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_files), cmocka_unit_test(test_manual),
                                       cmocka_unit_test(test_other_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
