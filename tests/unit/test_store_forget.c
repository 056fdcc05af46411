/* test_store_forget.c - what is forgotten is nowhere, stays away, and the store is sound. */
#include "care_fixture.h"

#include <fcntl.h>

#include "ekbom/forget.h"

static struct ek_forget_report report;

static int forget(struct fixture *f, const char *what, bool keep)
{
    OK(f, ek_store_begin(f->store, &f->err));
    int result = ek_store_forget(f->store, what, 1700000000, NULL, &report, &f->err);
    if (result == 0 && keep)
        OK(f, ek_store_commit(f->store, &f->err));
    else
        ek_store_abort(f->store);
    return result;
}

static const char *dump(struct fixture *f, const char *name)
{
    struct ek_dump_report dumped;
    bool nobody_reads;
    const char *path = beside(f, name);
    OK(f, ek_store_dump(f->store, path, NULL, &dumped, &nobody_reads, &f->err));
    return path;
}

static bool holds(const char *path, const char *words)
{
    char command[400];
    snprintf(command, sizeof command, "grep -q -F -- '%s' '%s'", words, path);
    return system(command) == 0;
}

static void expect_nowhere(struct fixture *f, const char *const *words)
{
    const char *path = dump(f, "d");
    for (; *words; words++)
        if (holds(path, *words))
            fail_msg("\"%s\" is still in the dump", *words);
}

static void tag_behind(struct fixture *f)
{
    struct ek_untagged posts[100];
    struct ek_tags tags[100] = {0};
    uint64_t after = 0;
    int count = ek_store_untagged(f->store, &after, f->arena, posts, 100, &f->err);
    OK(f, count);
    for (int i = 0; i < count; i++)
        tags[i].assessable = true;
    OK(f, ek_store_put_tags(f->store, posts, tags, (size_t)count, &f->err));
}

/* Ulla begins thread 7 and answers in thread 8; Bo and Cy quote her in every way. */
static struct ek_entry ulla_first(void)
{
    struct ek_entry entry = entry_of("1001", "7", "Ulla", 1000000, "My legs ran away at night");
    entry.thread_title = "Ulla's legs";
    entry.post.author_id = "u-55";
    entry.post.subject = "Ulla's legs";
    entry.url = BASE "?p=1001";
    return entry;
}

static struct ek_entry bo_answers(struct ek_quote *quotes, struct ek_link *links)
{
    struct ek_entry entry = entry_of("1002", "7", "Bo", 1000100, "Try a cold bath");
    quotes[0] = (struct ek_quote){"Ulla", "1001", false, 1, "ran away"};
    quotes[1] = (struct ek_quote){"Cy", NULL, false, 2, "Cy's own wisdom"};
    links[0] =
        (struct ek_link){EK_LINK_POST, "1001", NULL, BASE "?p=1001", NULL, EK_TIME_UNKNOWN, -1, 0};
    links[1] = (struct ek_link){EK_LINK_EXTERNAL, NULL, NULL, "https://x.example/", NULL,
                                EK_TIME_UNKNOWN,  -1,   0};
    entry.thread_title = "Ulla's legs";
    entry.post.subject = "Re: Ulla's legs";
    entry.post.quotes = quotes;
    entry.post.quote_count = 2;
    entry.post.links = links;
    entry.post.link_count = 2;
    return entry;
}

static struct ek_entry ulla_answers(void)
{
    struct ek_entry entry = entry_of("1003", "8", "Ulla", 1000200, "Iron helped my sister");
    entry.thread_title = "Iron?";
    entry.post.author_id = "u-55";
    entry.post.subject = "Re: Iron?";
    return entry;
}

/* A quote without id, in the thread of what it quotes. */
static struct ek_entry cy_answers(struct ek_quote *quote)
{
    struct ek_entry entry = entry_of("1004", "8", "Cy", 1000300, "Mine too");
    *quote = (struct ek_quote){"Ulla", NULL, false, 1, "Iron helped"};
    entry.thread_title = "Iron?";
    entry.post.subject = "Re: Iron?";
    entry.post.quotes = quote;
    entry.post.quote_count = 1;
    return entry;
}

static size_t put_all(struct fixture *f, ek_time seen)
{
    struct ek_quote quotes[3];
    struct ek_link links[2];
    const struct ek_tags *bid = tags_of(f, "bid", NULL);
    struct ek_entry entries[] = {ulla_first(), bo_answers(quotes, links), ulla_answers(),
                                 cy_answers(&quotes[2])};
    size_t changed = 0;
    for (size_t i = 0; i < 4; i++)
        changed += put_entry(f, &entries[i], seen, bid);
    return changed;
}

static int setup(void **state)
{
    if (care_setup(state) != 0)
        return -1;
    struct fixture *f = *state;
    fixture_set_rules(f);
    for (unsigned i = 1; i <= 3; i++)
        put_page(f, i, 10);
    put_all(f, 5000);
    return 0;
}

static void forgets_an_author(void **state)
{
    struct fixture *f = *state;
    static const char *const words[] = {"Ulla",     "u-55",      "ran away",  "\"1001\"",
                                        "\"1003\"", "Iron help", ":1000000,", NULL};
    struct ek_selection selection = {.author = "Ulla"};
    assert_int_equal(forget(f, "Ulla", true), 0);
    assert_int_equal(report.posts, 2);
    assert_int_equal(report.revisions, 2);
    assert_int_equal(report.authors, 1);
    assert_int_equal(report.titles, 1);
    assert_int_equal(report.quotes, 2);
    assert_int_equal(report.links, 1);
    assert_int_equal(report.subjects, 1);
    assert_int_equal(report.touched, 2);
    tag_behind(f);
    expect_sound(f);
    expect_nowhere(f, words);
    assert_int_equal(ek_selection_check(f->store, &selection, &f->err), -1);
    /* What is others' stays. */
    struct ek_entry bo = get_post(f, "1002");
    assert_string_equal(bo.post.text, "Try a cold bath");
    assert_int_equal(bo.post.quote_count, 1);
    assert_string_equal(bo.post.quotes[0].text, "Cy's own wisdom");
    assert_int_equal(bo.post.link_count, 1);
    assert_null(bo.post.subject);
    assert_null(bo.thread_title);
    assert_string_equal(get_post(f, "1004").post.subject, "Re: Iron?");
    assert_string_equal(get_post(f, "1004").thread_title, "Iron?");
    /* Nothing of it is counted: 30 and the two of others. */
    uint64_t matched;
    OK(f, ek_query_matched(f->store, &(struct ek_selection){0}, &matched, &f->err));
    assert_int_equal(matched, 32);
    selection = (struct ek_selection){.states = 1u << EK_HIDDEN};
    OK(f, ek_query_matched(f->store, &selection, &matched, &f->err));
    assert_int_equal(matched, 2);
}

static void stays_away(void **state)
{
    struct fixture *f = *state;
    static const char *const words[] = {"Ulla",      "ran away", "\"1001\"",
                                        "Iron help", "all over", NULL};
    assert_int_equal(forget(f, "Ulla", true), 0);
    tag_behind(f);
    const char *before = beside(f, "before");
    shell("cp %s %s", dump(f, "d"), before);
    /* The same again, and seen later: others' posts are seen again, and have no new text. */
    assert_int_equal(put_all(f, 5000), 0);
    shell("diff %s %s", dump(f, "d"), before);
    assert_int_equal(put_all(f, 9000), 0);
    /* A new post of hers, in a thread that she begins, and one that says only her name. */
    struct ek_entry other = entry_of("1005", "9", "Ulla", 2000000, "Here it is all over again");
    other.post.author_id = "u-55";
    other.thread_title = other.post.subject = "Ulla's legs II";
    assert_int_equal(put_entry(f, &other, 9000, NULL), 0);
    other.post.id = "1006";
    other.post.author_id = NULL;
    assert_int_equal(put_entry(f, &other, 9000, NULL), 0);
    expect_nowhere(f, words);
    tag_behind(f);
    expect_sound(f);
    /* Known to be forgotten, and not merely unknown. */
    assert_int_equal(forget(f, "Ulla", true), 0);
    assert_true(report.before);
    assert_int_equal(forget(f, "1001", true), 0);
    assert_true(report.before);
    assert_int_equal(forget(f, "Nobody", true), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
}

static void forgets_a_post(void **state)
{
    struct fixture *f = *state;
    static const char *const words[] = {"\"1003\"", "Iron help", NULL};
    assert_int_equal(forget(f, "1003", true), 0);
    assert_int_equal(report.posts, 1);
    assert_int_equal(report.authors, 0);
    assert_int_equal(report.titles, 0);
    assert_int_equal(report.quotes, 1); /* without id: its words stand in the post */
    tag_behind(f);
    expect_sound(f);
    expect_nowhere(f, words);
    assert_int_equal(put_all(f, 9000), 0);
    expect_nowhere(f, words);
    tag_behind(f);
    expect_sound(f);
    /* The rest of the author stays, and what quotes it. */
    assert_string_equal(get_post(f, "1001").post.author, "Ulla");
    assert_int_equal(get_post(f, "1002").post.quote_count, 2);
    assert_string_equal(get_post(f, "1004").thread_title, "Iron?");
}

static void shows_what_would_go(void **state)
{
    struct fixture *f = *state;
    const char *before = beside(f, "before");
    shell("cp %s %s", dump(f, "d"), before);
    assert_int_equal(forget(f, "Ulla", false), 0);
    assert_int_equal(report.posts, 2);
    shell("diff %s %s", dump(f, "d"), before);
    expect_sound(f);
}

/* The quote was added by an edit: without it both texts are one. */
static void joins_revisions(void **state)
{
    struct fixture *f = *state;
    struct ek_quote quote = {"Ulla", "1001", false, 1, "ran away"};
    struct ek_entry entry = entry_of("1010", "7", "Di", 1000400, "Poor you");
    struct ek_revision *revisions;
    size_t count;
    entry.thread_title = "Ulla's legs";
    put_entry(f, &entry, 5000, NULL);
    entry.post.quotes = &quote;
    entry.post.quote_count = 1;
    put_entry(f, &entry, 6000, NULL);
    uint64_t number = get_post(f, "1010").number;
    OK(f, ek_store_revisions(f->store, number, f->arena, &revisions, &count, &f->err));
    assert_int_equal(count, 2);
    assert_int_equal(forget(f, "u-55", true), -1); /* an account's id is no name */
    assert_int_equal(forget(f, BASE "#Ulla", true), 0);
    OK(f, ek_store_revisions(f->store, number, f->arena, &revisions, &count, &f->err));
    assert_int_equal(count, 1);
    assert_int_equal(revisions[0].first_seen, 5000);
    tag_behind(f);
    expect_sound(f);
    assert_int_equal(put_entry(f, &entry, 7000, NULL), 0);
    assert_int_equal(get_post(f, "1010").last_seen, 7000);
}

/* Posts of pages. All are answers by their subjects: the threads keep their title. */
static void forgets_pages(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(forget(f, "Ida 0", true), 0);
    assert_int_equal(report.posts, 6);
    assert_int_equal(report.titles, 0);
    assert_int_equal(report.subjects, 0);
    tag_behind(f);
    expect_sound(f);
    const char *before = beside(f, "before");
    shell("cp %s %s", dump(f, "d"), before);
    assert_false(holds(before, "Ida 0"));
    put_page(f, 2, 10); /* known */
    shell("diff %s %s", dump(f, "d"), before);
    put_page(f, 4, 10); /* a thread that was not known */
    assert_false(holds(dump(f, "d"), "Words of 0"));
    assert_true(holds(dump(f, "d"), "Words of 1 in 4"));
    tag_behind(f);
    expect_sound(f);
}

static int shows(struct fixture *f, const struct ek_page *page, const char *body)
{
    int result = ek_store_shows_forgotten(f->store, BASE "?t=7", page, body, strlen(body), &f->err);
    OK(f, result);
    return result;
}

static void says_which_pages(void **state)
{
    struct fixture *f = *state;
    struct ek_post posts[] = {{.id = "5", .author = "Bo", .text = "a"},
                              {.id = "1001", .author = "?", .text = "b"}};
    struct ek_page page = {.kind = EK_PAGE_THREAD,
                           .url = BASE "?t=7",
                           .forum = BASE,
                           .thread_id = "7",
                           .posts = posts,
                           .post_count = 2};
    assert_int_equal(shows(f, &page, ""), 0);
    assert_int_equal(forget(f, "Ulla", true), 0);
    assert_int_equal(shows(f, &page, ""), 1);
    page.post_count = 1;
    assert_int_equal(shows(f, &page, ""), 0);
    page.thread_title = "Ulla's legs";
    assert_int_equal(shows(f, &page, ""), 1);
    page.thread_title = NULL;
    /* Who is reading, beside the posts of others. */
    assert_int_equal(shows(f, &page, "<p>Reading: <a href='u'>Ulla</a>"), EK_SHOWS_NAME);
    page.post_count = 0;
    /* A list: the title, or who wrote last. */
    struct ek_link link = {.kind = EK_LINK_THREAD, .id = "7", .title = "Ulla's legs"};
    page.links = &link;
    page.link_count = 1;
    assert_int_equal(shows(f, &page, ""), 1);
    link.id = "8";
    assert_int_equal(shows(f, &page, "<p>Ulla's legs, Ulla said <i>Ull</i>a"), 0);
    assert_int_equal(shows(f, &page, "<p>by <a href='u'>\n Ulla </a>"), 1);
    assert_int_equal(shows(f, NULL, "<a>Ulla"), 1);
    assert_int_equal(shows(f, NULL, "<a title='Ulla' "), 0);
    page.forum = "https://other.example/";
    assert_int_equal(shows(f, &page, ""), 0);
}

static void is_loaded(void **state)
{
    struct fixture *f = *state;
    struct ek_dump_report loaded;
    assert_int_equal(forget(f, "Ulla", true), 0);
    tag_behind(f);
    const char *path = dump(f, "d");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    const struct ek_load load = {beside(f, "loaded"), "test", fd, "d",
                                 ek_printf(f->arena, "%s/archive", f->folder)};
    OK(f, ek_store_load(&load, NULL, &loaded, &f->err));
    close(fd);
    struct fixture other = {.arena = f->arena};
    snprintf(other.folder, sizeof other.folder, "%s", load.folder);
    fixture_open(&other, EK_STORE_WRITE);
    shell("diff %s %s", dump(&other, "again"), path);
    assert_int_equal(put_all(&other, 5000), 0);
    ek_store_close(other.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forgets_an_author, setup, care_teardown),
        cmocka_unit_test_setup_teardown(stays_away, setup, care_teardown),
        cmocka_unit_test_setup_teardown(forgets_a_post, setup, care_teardown),
        cmocka_unit_test_setup_teardown(shows_what_would_go, setup, care_teardown),
        cmocka_unit_test_setup_teardown(joins_revisions, setup, care_teardown),
        cmocka_unit_test_setup_teardown(forgets_pages, setup, care_teardown),
        cmocka_unit_test_setup_teardown(says_which_pages, setup, care_teardown),
        cmocka_unit_test_setup_teardown(is_loaded, setup, care_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
