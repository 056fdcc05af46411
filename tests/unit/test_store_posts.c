/* test_store_posts.c - what goes into the store comes out again, whatever the order. */
#include "store_fixture.h"

static struct ek_post full_post(void)
{
    static struct ek_quote quotes[] = {
        {"Ida", "1100", false, 1, "It started after the second pregnancy."},
        {NULL, NULL, true, 2, "An inner quote \xe2\x80\x93 with a dash."}};
    static struct ek_link links[] = {{.kind = EK_LINK_POST,
                                      .id = "1100",
                                      .url = BASE "viewtopic.php?p=1100",
                                      .replies = -1,
                                      .last_post_time = EK_TIME_UNKNOWN},
                                     {.kind = EK_LINK_EXTERNAL,
                                      .url = "https://journal.example/iron",
                                      .replies = -1,
                                      .last_post_time = EK_TIME_UNKNOWN}};
    return (struct ek_post){.id = "1195",
                            .author = "Marta \xc3\x85s",
                            .author_id = "98",
                            .time = 1267499640,
                            .precision = EK_PRECISION_MINUTE,
                            .time_source = EK_SOURCE_TEXT_ZONE,
                            .time_text = "Tue Mar 02, 2010 3:14 am",
                            .subject = "Re: Iron",
                            .text = "My ferritin was 12.\n\nThe legs were at their worst.",
                            .quotes = quotes,
                            .quote_count = 2,
                            .links = links,
                            .link_count = 2,
                            .edited = true,
                            .edit_count = 3,
                            .edit_time_text = "Wed Mar 03, 2010 1:00 pm"};
}

static struct ek_page thread_page(struct ek_post *posts, size_t count)
{
    return (struct ek_page){.kind = EK_PAGE_THREAD,
                            .software = "phpbb",
                            .software_version = "3.3",
                            .language = "en-gb",
                            .url = BASE "viewtopic.php?t=7",
                            .forum = BASE,
                            .forum_title = "Restless",
                            .thread_id = "7",
                            .thread_title = "Iron",
                            .thread_url = BASE "viewtopic.php?t=7",
                            .thread_flags = EK_THREAD_STICKY,
                            .board_id = "5",
                            .board_title = "Theories",
                            .zone = "Europe/London",
                            .posts = posts,
                            .post_count = count};
}

static size_t put_page(struct fixture *f, const struct ek_page *page, ek_time fetched,
                       const struct ek_tags *tags)
{
    struct ek_page_filing filing = {.url = page->url, .fetched = fetched, .status = 200};
    size_t changed = 0;
    ek_page_key_make(&filing.key, page->url, fetched, "body", 4);
    OK(f, ek_store_begin(f->store, &f->err));
    OK(f, ek_store_put_page(f->store, &filing, page, tags, &changed, &f->err));
    OK(f, ek_store_commit(f->store, &f->err));
    return changed;
}

static void expect_same_post(const struct ek_post *a, const struct ek_post *b)
{
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->author, b->author);
    assert_string_equal(a->author_id, b->author_id);
    assert_int_equal(a->guest, b->guest);
    assert_int_equal(a->time, b->time);
    assert_int_equal(a->precision, b->precision);
    assert_int_equal(a->time_source, b->time_source);
    assert_string_equal(a->time_text, b->time_text);
    assert_string_equal(a->subject, b->subject);
    assert_string_equal(a->text, b->text);
    assert_int_equal(a->edited, b->edited);
    assert_int_equal(a->edit_count, b->edit_count);
    assert_string_equal(a->edit_time_text, b->edit_time_text);
    assert_int_equal(a->quote_count, b->quote_count);
    for (size_t i = 0; i < a->quote_count; i++) {
        assert_string_equal(a->quotes[i].text, b->quotes[i].text);
        assert_int_equal(a->quotes[i].depth, b->quotes[i].depth);
        assert_int_equal(a->quotes[i].inferred, b->quotes[i].inferred);
        assert_int_equal(!a->quotes[i].author, !b->quotes[i].author);
    }
    assert_string_equal(a->quotes[0].post_id, b->quotes[0].post_id);
    assert_int_equal(a->link_count, b->link_count);
    for (size_t i = 0; i < a->link_count; i++) {
        assert_int_equal(a->links[i].kind, b->links[i].kind);
        assert_string_equal(a->links[i].url, b->links[i].url);
    }
    assert_string_equal(a->links[0].id, b->links[0].id);
}

static void every_field_comes_back(void **state)
{
    struct fixture *f = *state;
    struct ek_post post = full_post();
    struct ek_page page = thread_page(&post, 1);
    assert_int_equal(put_page(f, &page, 1700000000, NULL), 1);
    fixture_reopen(f, EK_STORE_READ);
    struct ek_entry entry = get_post(f, "1195");
    expect_same_post(&entry.post, &post);
    assert_string_equal(entry.forum, BASE);
    assert_string_equal(entry.thread_id, "7");
    assert_string_equal(entry.thread_title, "Iron");
    assert_string_equal(entry.board_id, "5");
    assert_string_equal(entry.board_title, "Theories");
    assert_string_equal(entry.url, page.url);
    assert_string_equal(entry.language, "en-gb");
    assert_int_equal(entry.state, EK_EDITED);
    assert_int_equal(entry.first_seen, 1700000000);
    assert_int_equal(entry.last_seen, 1700000000);
    assert_int_equal(entry.revisions, 1);
    struct ek_page_filing filing;
    assert_int_equal(ek_store_page(f->store, entry.page, f->arena, &filing, &f->err), 1);
    assert_string_equal(filing.url, page.url);
    assert_int_equal(filing.status, 200);
    OK(f, ek_store_entry(f->store, entry.number, false, f->arena, &entry, &f->err));
    assert_string_equal(entry.post.text, "");
    assert_string_equal(entry.post.subject, "Re: Iron");
    assert_int_equal(entry.post.quote_count, 0);
    expect_sound(f);
}

static void the_same_page_twice_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct ek_post post = full_post();
    struct ek_page page = thread_page(&post, 1);
    struct ek_page_key key;
    ek_page_key_make(&key, page.url, 1700000000, "body", 4);
    assert_int_equal(ek_store_has_page(f->store, &key, &f->err), 0);
    assert_int_equal(put_page(f, &page, 1700000000, NULL), 1);
    assert_int_equal(ek_store_has_page(f->store, &key, &f->err), 1);
    struct ek_store_status before, after;
    OK(f, ek_store_status(f->store, f->arena, &before, &f->err));
    assert_int_equal(put_page(f, &page, 1700000000, NULL), 0);
    OK(f, ek_store_status(f->store, f->arena, &after, &f->err));
    assert_int_equal(before.posts, 1);
    assert_int_equal(after.posts, before.posts);
    assert_int_equal(after.revisions, before.revisions);
    assert_int_equal(after.pages, before.pages);
    assert_int_equal(after.pages_read, 1);
    assert_int_equal(after.forums[0].pages, 1);
    /* Another copy of the page, later: seen again, no new text. */
    assert_int_equal(put_page(f, &page, 1700000500, NULL), 0);
    struct ek_entry entry = get_post(f, "1195");
    assert_int_equal(entry.first_seen, 1700000000);
    assert_int_equal(entry.last_seen, 1700000500);
    assert_int_equal(entry.revisions, 1);
    expect_sound(f);
}

static void edits_are_revisions(void **state)
{
    struct fixture *f = *state;
    struct ek_entry entry = entry_of("1", "7", "Ida", 1000, "first words");
    put_entry(f, &entry, 5000, NULL);
    assert_int_equal(get_post(f, "1").state, EK_LIVE);
    entry.post.text = "second words";
    assert_int_equal(put_entry(f, &entry, 6000, NULL), 1);
    struct ek_entry now = get_post(f, "1");
    assert_string_equal(now.post.text, "second words");
    assert_int_equal(now.state, EK_EDITED);
    assert_int_equal(now.revisions, 2);
    struct ek_revision *revisions;
    size_t count;
    OK(f, ek_store_revisions(f->store, now.number, f->arena, &revisions, &count, &f->err));
    assert_int_equal(count, 2);
    assert_string_equal(revisions[0].text, "first words");
    assert_int_equal(revisions[0].first_seen, 5000);
    assert_string_equal(revisions[1].text, "second words");
    assert_int_equal(revisions[1].first_seen, 6000);
    expect_sound(f);
}

/* Order ------------------------------------------------------------------------------------- */

/* Sightings of three posts with every kind of change, each at its own time. */
struct seen {
    ek_time at;
    const char *id, *thread, *board, *name, *account, *text, *language, *title;
    bool guest;
    enum ek_state state;
    ek_time time;
    enum ek_precision precision;
};
static const struct seen sightings[] = {
    {100, "1", "7", "5", "bob", NULL, "A", NULL, "Old title", false, EK_LIVE, 50, EK_PRECISION_DAY},
    {200, "1", "7", "5", "robert", "98", "C", "en", "New title", false, EK_LIVE, 53,
     EK_PRECISION_SECOND},
    {300, "1", "8", "6", "robert", "98", "A", NULL, "Other thread", false, EK_LIVE, 50,
     EK_PRECISION_DAY},
    {250, "2", "7", NULL, "bob", NULL, "B", "de", NULL, false, EK_LIVE, 60, EK_PRECISION_SECOND},
    {400, "2", "7", "9", "bob", NULL, "B2", NULL, "Newest title", false, EK_GONE, 60,
     EK_PRECISION_SECOND},
    {350, "3", "8", "6", "guest", NULL, "D", "en", "Other thread", true, EK_LIVE, EK_TIME_UNKNOWN,
     EK_PRECISION_UNKNOWN},
};
#define SIGHTINGS (sizeof sightings / sizeof *sightings)

static void see(struct fixture *f, const struct seen *seen)
{
    struct ek_entry entry = entry_of(seen->id, seen->thread, seen->name, seen->time, seen->text);
    entry.post.author_id = seen->account;
    entry.post.guest = seen->guest;
    entry.post.precision = seen->precision;
    entry.thread_title = seen->title;
    entry.board_id = seen->board;
    entry.language = seen->language;
    entry.state = seen->state;
    put_entry(f, &entry, seen->at, tags_of(f, seen->text, NULL));
}

static void add_text(char **out, const char *label, const char *value)
{
    *out += sprintf(*out, "%s=%s ", label, value ? value : "-");
}

/* All that can be seen of the store, as text. */
static void describe(struct fixture *f, char *out)
{
    for (const char *id = "1"; *id <= '3'; id = *id == '1' ? "2" : *id == '2' ? "3" : "4") {
        struct ek_entry entry = get_post(f, id);
        struct ek_revision *revisions;
        size_t count;
        add_text(&out, "id", id);
        add_text(&out, "author", entry.post.author);
        add_text(&out, "account", entry.post.author_id);
        add_text(&out, "thread", entry.thread_id);
        add_text(&out, "title", entry.thread_title);
        add_text(&out, "board", entry.board_id);
        add_text(&out, "language", entry.language);
        add_text(&out, "text", entry.post.text);
        out += sprintf(out, "guest=%d state=%d time=%lld/%d seen=%lld..%lld:", entry.post.guest,
                       entry.state, (long long)entry.post.time, entry.post.precision,
                       (long long)entry.first_seen, (long long)entry.last_seen);
        OK(f, ek_store_revisions(f->store, entry.number, f->arena, &revisions, &count, &f->err));
        for (size_t i = 0; i < count; i++)
            out += sprintf(out, " %s@%lld", revisions[i].text, (long long)revisions[i].first_seen);
        *out++ = '\n';
    }
    struct ek_store_status status;
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    out += sprintf(out, "authors=%llu posts=%llu revisions=%llu threads=%llu\n",
                   (unsigned long long)status.authors, (unsigned long long)status.posts,
                   (unsigned long long)status.revisions, (unsigned long long)status.threads);
}

static void permute(size_t *order, unsigned number)
{
    size_t left[SIGHTINGS];
    for (size_t i = 0; i < SIGHTINGS; i++)
        left[i] = i;
    for (size_t i = 0; i < SIGHTINGS; i++) {
        size_t pick = number % (SIGHTINGS - i);
        number /= (unsigned)(SIGHTINGS - i);
        order[i] = left[pick];
        memmove(left + pick, left + pick + 1, (SIGHTINGS - i - pick - 1) * sizeof *left);
    }
}

static void any_order_gives_the_same_store(void **state)
{
    struct fixture *f = *state;
    char expected[4096] = "", got[4096];
    size_t order[SIGHTINGS];
    for (unsigned number = 0; number < 720; number += 7) {
        ek_store_close(f->store);
        remove_folder(f->folder);
        fixture_open(f, EK_STORE_WRITE);
        fixture_set_rules(f);
        permute(order, number);
        for (size_t i = 0; i < SIGHTINGS; i++)
            see(f, &sightings[order[i]]);
        for (size_t i = 0; i < 2; i++) /* and some of them twice */
            see(f, &sightings[order[i]]);
        describe(f, got);
        if (!*expected)
            strcpy(expected, got);
        assert_string_equal(got, expected);
        expect_sound(f);
    }
    /* What the rules of sighting.c say it must be. */
    assert_non_null(strstr(expected, "id=1 author=bob account=98 thread=8 title=Other thread "
                                     "board=6 language=en text=A "));
    assert_non_null(strstr(expected, "time=53/3 seen=100..300: C@200 A@100"));
    assert_non_null(strstr(expected, "id=2 author=bob account=98 thread=7 title=Newest title "
                                     "board=9 language=de text=B2 "));
    assert_non_null(strstr(expected, "authors=2 "));
}

static void names_follow_the_account(void **state)
{
    struct fixture *f = *state;
    struct ek_entry entry = entry_of("1", "7", "bob", 1000, "one");
    put_entry(f, &entry, 5000, NULL);
    entry = entry_of("2", "7", "bobby", 1001, "two");
    entry.post.author_id = "bob"; /* the same account, renamed */
    put_entry(f, &entry, 6000, NULL);
    assert_string_equal(get_post(f, "1").post.author, "bobby");
    /* A page without ids: the name is that of a known account, now or earlier. */
    entry = entry_of("3", "7", "bob", 1002, "three");
    entry.post.author_id = NULL;
    put_entry(f, &entry, 5500, NULL);
    assert_string_equal(get_post(f, "3").post.author_id, "bob");
    /* A guest of the same name is somebody else. */
    entry = entry_of("4", "7", "bobby", 1003, "four");
    entry.post.author_id = NULL;
    entry.post.guest = true;
    put_entry(f, &entry, 5600, NULL);
    assert_null(get_post(f, "4").post.author_id);
    expect_sound(f);
}

static void forums_are_one_over_http_and_www(void **state)
{
    struct fixture *f = *state;
    const char *bases[] = {"http://www.Board.Example:80/forum", "https://board.example/forum/",
                           "https://BOARD.example:443/forum/", "http://board.example/other/"};
    for (size_t i = 0; i < 4; i++) {
        char id[8];
        snprintf(id, sizeof id, "%zu", i);
        struct ek_entry entry = entry_of(id, "7", "Ida", 1000, "text");
        entry.forum = bases[i];
        put_entry(f, &entry, 5000 + (ek_time)i, NULL);
    }
    struct ek_store_status status;
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    assert_int_equal(status.forum_count, 2);
    assert_string_equal(status.forums[0].base, "https://BOARD.example:443/forum/");
    assert_int_equal(status.forums[0].posts, 3);
    char a[EK_PSEUDONYM_TEXT], b[EK_PSEUDONYM_TEXT], c[EK_PSEUDONYM_TEXT];
    OK(f, ek_store_pseudonym(f->store, "author", bases[0], "Ida", a, &f->err));
    OK(f, ek_store_pseudonym(f->store, "author", bases[1], "Ida", b, &f->err));
    OK(f, ek_store_pseudonym(f->store, "post", bases[1], "Ida", c, &f->err));
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    expect_sound(f);
}

static void strange_dates_stay_right(void **state)
{
    struct fixture *f = *state;
    const ek_time times[] = {-62135596800, -1, 0, 4102444800, 253402300799};
    for (size_t i = 0; i < 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "%zu", i);
        struct ek_entry entry = entry_of(id, "7", "Ida", times[i], "text");
        put_entry(f, &entry, 5000, NULL);
        assert_int_equal(get_post(f, id).post.time, times[i]);
    }
    struct ek_entry entry = entry_of("9", "7", "Ida", 253402300800, "year 10000");
    put_entry(f, &entry, 5000, NULL);
    assert_int_equal(get_post(f, "9").post.time, EK_TIME_UNKNOWN);
    expect_sound(f);
}

static void hostile_pages_are_quarantined(void **state)
{
    struct fixture *f = *state;
    struct ek_post post = full_post();
    char id[400];
    memset(id, 'x', sizeof id);
    id[sizeof id - 1] = 0;
    post.id = id;
    struct ek_page page = thread_page(&post, 1);
    assert_int_equal(put_page(f, &page, 1, NULL), 0);
    page.url = "https://board.example/\xff\xfe";
    post.id = "";
    assert_int_equal(put_page(f, &page, 2, NULL), 0);
    struct ek_store_status status;
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    assert_int_equal(status.quarantine_count, 2);
    assert_int_equal(status.posts, 0);
    assert_int_equal(status.pages_read, 0);
    /* The same page read well later is taken out of quarantine. */
    post.id = "1";
    assert_int_equal(put_page(f, &page, 2, NULL), 1);
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    assert_int_equal(status.quarantine_count, 1);
    OK(f, ek_store_begin(f->store, &f->err));
    OK(f, ek_store_quarantine(f->store, "posts.jsonl, line 3", "the reader died", &f->err));
    OK(f, ek_store_quarantine(f->store, "posts.jsonl, line 3", "the reader died", &f->err));
    OK(f, ek_store_commit(f->store, &f->err));
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    assert_int_equal(status.quarantine_count, 2);
    expect_sound(f);
}

static int take_flags(void *context, const struct ek_thread *thread, struct ek_err *err)
{
    (void)err;
    *(unsigned *)context = thread->flags;
    return 0;
}

static unsigned flags_of_thread(struct fixture *f)
{
    unsigned flags = 0;
    OK(f, ek_store_each_thread(f->store, take_flags, &flags, &f->err));
    return flags;
}

/* A listing shows every flag, a thread's own page some of them: whichever comes later, it is the
 * listing that tells. Without one the page does. */
static void listings_tell_the_flags(void **state)
{
    struct fixture *f = *state;
    const unsigned listed = EK_THREAD_ANNOUNCEMENT | EK_THREAD_GLOBAL | EK_THREAD_LOCKED;
    struct ek_post post = full_post();
    struct ek_page page = thread_page(&post, 1);
    struct ek_link link = {.kind = EK_LINK_THREAD,
                           .id = "7",
                           .title = "Iron",
                           .url = BASE "viewtopic.php?t=7",
                           .last_post_time = EK_TIME_UNKNOWN};
    struct ek_page listing = {.kind = EK_PAGE_BOARD,
                              .software = "phpbb",
                              .url = BASE "viewforum.php?f=5",
                              .forum = BASE,
                              .board_id = "5",
                              .links = &link,
                              .link_count = 1};
    page.thread_flags = EK_THREAD_LOCKED;
    put_page(f, &page, 1700000000, NULL);
    assert_int_equal(flags_of_thread(f), EK_THREAD_LOCKED);
    link.flags = listed;
    put_page(f, &listing, 1600000000, NULL);
    assert_int_equal(flags_of_thread(f), listed);
    put_page(f, &page, 1800000000, NULL);
    assert_int_equal(flags_of_thread(f), listed);
    link.flags = EK_THREAD_STICKY;
    put_page(f, &listing, 1750000000, NULL);
    assert_int_equal(flags_of_thread(f), EK_THREAD_STICKY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_field_comes_back),   TEST(the_same_page_twice_changes_nothing),
        TEST(edits_are_revisions),      TEST(any_order_gives_the_same_store),
        TEST(names_follow_the_account), TEST(forums_are_one_over_http_and_www),
        TEST(strange_dates_stay_right), TEST(hostile_pages_are_quarantined),
        TEST(listings_tell_the_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
