/* test_store_index.c - the index follows the records: through crashes, new rules and deletion. */
#include "store_fixture.h"

#include <signal.h>
#include <sys/wait.h>

/* Number of posts that a selection of one theory (NULL: all) finds. */
static int one_more(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return 0;
}

static size_t count_posts(struct fixture *f, const char *theory)
{
    struct ek_selection selection = {.theories = &theory, .theory_count = theory ? 1 : 0};
    size_t count = 0;
    OK(f, ek_query_posts(f->store, &selection, EK_OLDEST_FIRST, one_more, &count, &f->err));
    return count;
}

static void put_numbered(struct fixture *f, unsigned first, unsigned count,
                         const struct ek_tags *tags)
{
    OK(f, ek_store_begin(f->store, &f->err));
    for (unsigned i = first; i < first + count; i++) {
        char id[16], thread[16], author[16], text[64];
        snprintf(id, sizeof id, "%u", i);
        snprintf(thread, sizeof thread, "%u", i % 10);
        snprintf(author, sizeof author, "a%u", i % 30);
        snprintf(text, sizeof text, "text of post %u", i);
        struct ek_entry entry = entry_of(id, thread, author, 1000 + i, text);
        OK(f, ek_store_put_entry(f->store, &entry, 5000, tags, NULL, &f->err));
    }
    OK(f, ek_store_commit(f->store, &f->err));
}

/* Tag everything that is behind with `code`; returns how many posts that were. */
static size_t catch_up(struct fixture *f, const char *code)
{
    struct ek_untagged posts[64];
    struct ek_tags *one = tags_of(f, code, NULL), tags[64];
    size_t total = 0;
    int count;
    for (size_t i = 0; i < 64; i++)
        tags[i] = *one;
    while ((count = ek_store_untagged(f->store, NULL, f->arena, posts, 64, &f->err)) > 0) {
        OK(f, ek_store_put_tags(f->store, posts, tags, (size_t)count, &f->err));
        total += (size_t)count;
        assert_true(total < 100000);
    }
    OK(f, count);
    return total;
}

static uint64_t behind(struct fixture *f)
{
    struct ek_store_status status;
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    return status.behind;
}

static void posts_without_tags_are_behind(void **state)
{
    struct fixture *f = *state;
    put_numbered(f, 0, 20, NULL);
    assert_int_equal(ek_store_untagged(f->store, NULL, f->arena, NULL, 0, &f->err), 0);
    fixture_set_rules(f);
    assert_int_equal(behind(f), 20);
    put_numbered(f, 100, 5, tags_of(f, "bid", NULL)); /* in the rows, though beyond the others */
    assert_int_equal(behind(f), 20);
    assert_int_equal(count_posts(f, NULL), 5);
    expect_sound(f);
    assert_int_equal(catch_up(f, "ppi"), 20);
    assert_int_equal(behind(f), 0);
    assert_int_equal(count_posts(f, "ppi"), 20);
    assert_int_equal(count_posts(f, "bid"), 5);
    expect_sound(f);
}

static void copy_index(struct fixture *f, const char *from, const char *to)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s/%s' && cp -a '%s/%s' '%s/%s'", f->folder, to,
             f->folder, from, f->folder, to);
    assert_int_equal(system(command), 0);
}

/* A crash between the two commits leaves the index as it was before the slice. */
static void a_crash_between_the_commits_is_caught_up(void **state)
{
    struct fixture *f = *state;
    fixture_set_rules(f);
    put_numbered(f, 0, 50, tags_of(f, "bid", NULL));
    ek_store_close(f->store);
    copy_index(f, "index", "before");
    fixture_open(f, EK_STORE_WRITE);
    put_numbered(f, 40, 30, tags_of(f, "bid", NULL)); /* 10 known, 20 new */
    struct ek_entry moved = entry_of("3", "99", "a3", 1003, "text of post 3");
    put_entry(f, &moved, 9000, tags_of(f, "bid", NULL));
    assert_int_equal(behind(f), 0);
    ek_store_close(f->store);
    copy_index(f, "before", "index");
    fixture_open(f, EK_STORE_WRITE);
    assert_int_equal(behind(f), 21);
    expect_sound(f);
    assert_int_equal(catch_up(f, "bid"), 21);
    assert_int_equal(count_posts(f, "bid"), 70);
    expect_sound(f);
}

static void a_writer_killed_at_any_moment_loses_nothing_committed(void **state)
{
    struct fixture *f = *state;
    fixture_set_rules(f);
    ek_store_close(f->store);
    f->store = NULL;
    for (unsigned round = 0; round < 15; round++) {
        int acknowledged[2];
        assert_int_equal(pipe(acknowledged), 0);
        pid_t child = fork();
        if (child == 0) {
            fixture_open(f, EK_STORE_WRITE);
            for (unsigned i = 0; i < 1000; i++) {
                unsigned first = round * 100000 + i * 10;
                put_numbered(f, first, 10, i % 2 ? tags_of(f, "bid", NULL) : NULL);
                if (write(acknowledged[1], &first, sizeof first) < 0)
                    _exit(1);
            }
            pause();
        }
        close(acknowledged[1]);
        usleep(3000 + round * 2500);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        fixture_open(f, EK_STORE_WRITE);
        unsigned first;
        while (read(acknowledged[0], &first, sizeof first) == sizeof first) {
            char id[16];
            snprintf(id, sizeof id, "%u", first + 9);
            get_post(f, id);
        }
        close(acknowledged[0]);
        expect_sound(f);
        catch_up(f, "bid");
        expect_sound(f);
        struct ek_store_status status;
        OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
        assert_int_equal(count_posts(f, NULL), status.posts);
        ek_store_close(f->store);
        f->store = NULL;
    }
    fixture_open(f, EK_STORE_WRITE);
}

static void new_rules_answer_after_the_swap(void **state)
{
    struct fixture *f = *state;
    struct ek_bundle june, kept;
    fixture_set_rules(f);
    char march[sizeof june.digest];
    strcpy(march, ek_store_rules_digest(f->store));
    put_numbered(f, 0, 100, tags_of(f, "bid", NULL));
    fixture_rules(f, &june, "theory bid \"Iron, of June\"\n");
    OK(f, ek_store_set_rules(f->store, &june, &f->err));
    assert_string_equal(ek_store_rules_digest(f->store), march);
    assert_int_equal(count_posts(f, "bid"), 100);
    /* A post that changes while the new generation is built is in both. */
    assert_int_equal(catch_up(f, "ppi"), 100);
    put_numbered(f, 200, 1, tags_of(f, "bid", NULL));
    assert_int_equal(count_posts(f, "bid"), 101);
    assert_int_equal(catch_up(f, "ppi"), 1);
    OK(f, ek_store_swap(f->store, &f->err));
    assert_string_equal(ek_store_rules_digest(f->store), june.digest);
    assert_int_equal(count_posts(f, "ppi"), 101);
    assert_int_equal(ek_store_rules(f->store, f->arena, &kept, &f->err), 1);
    assert_string_equal(kept.files[0].text, june.files[0].text);
    expect_sound(f);
    fixture_reopen(f, EK_STORE_WRITE);
    assert_int_equal(count_posts(f, "ppi"), 101);
    OK(f, ek_store_swap(f->store, &f->err)); /* nothing to swap in: no harm */
    assert_int_equal(count_posts(f, "ppi"), 101);
    expect_sound(f);
}

/* It waits for its own rules: any other session goes on with those in use. */
static void an_unfinished_generation_waits(void **state)
{
    struct fixture *f = *state;
    struct ek_bundle june;
    fixture_set_rules(f);
    put_numbered(f, 0, 30, tags_of(f, "bid", NULL));
    fixture_rules(f, &june, "theory bid \"Iron, of June\"\n");
    OK(f, ek_store_set_rules(f->store, &june, &f->err));
    struct ek_untagged posts[10];
    struct ek_tags tags[10];
    for (size_t i = 0; i < 10; i++)
        tags[i] = *tags_of(f, "ppi", NULL);
    assert_int_equal(ek_store_untagged(f->store, NULL, f->arena, posts, 10, &f->err), 10);
    OK(f, ek_store_put_tags(f->store, posts, tags, 10, &f->err));
    fixture_reopen(f, EK_STORE_WRITE);
    assert_int_equal(behind(f), 0);
    assert_int_equal(ek_store_untagged(f->store, NULL, f->arena, posts, 10, &f->err), 0);
    OK(f, ek_store_swap(f->store, &f->err)); /* nothing that this session could swap in */
    assert_int_equal(count_posts(f, "bid"), 30);
    expect_sound(f);
    OK(f, ek_store_set_rules(f->store, &june, &f->err));
    assert_int_equal(catch_up(f, "ppi"), 20);
    expect_sound(f);
    OK(f, ek_store_swap(f->store, &f->err));
    assert_int_equal(count_posts(f, "ppi"), 30);
    expect_sound(f);
}

static void other_rules_drop_an_unfinished_generation(void **state)
{
    struct fixture *f = *state;
    struct ek_bundle june, july;
    struct ek_untagged post;
    fixture_set_rules(f);
    put_numbered(f, 0, 30, tags_of(f, "bid", NULL));
    fixture_rules(f, &june, "theory bid \"Iron, of June\"\n");
    fixture_rules(f, &july, "theory bid \"Iron, of July\"\n");
    OK(f, ek_store_set_rules(f->store, &june, &f->err));
    assert_int_equal(ek_store_untagged(f->store, NULL, f->arena, &post, 1, &f->err), 1);
    OK(f, ek_store_put_tags(f->store, &post, tags_of(f, "ppi", NULL), 1, &f->err));
    OK(f, ek_store_set_rules(f->store, &july, &f->err));
    assert_int_equal(catch_up(f, "inflammation"), 30);
    OK(f, ek_store_swap(f->store, &f->err));
    assert_int_equal(count_posts(f, "inflammation"), 30);
    expect_sound(f);
}

/* The records name the new rules, the index has them finished and did not hear of it. */
static void a_swap_cut_in_two_is_completed(void **state)
{
    struct fixture *f = *state;
    struct ek_bundle june;
    fixture_set_rules(f);
    put_numbered(f, 0, 30, tags_of(f, "bid", NULL));
    fixture_rules(f, &june, "theory bid \"Iron, of June\"\n");
    OK(f, ek_store_set_rules(f->store, &june, &f->err));
    catch_up(f, "ppi");
    copy_index(f, "index", "before");
    OK(f, ek_store_swap(f->store, &f->err));
    ek_store_close(f->store);
    copy_index(f, "before", "index");
    fixture_open(f, EK_STORE_WRITE);
    assert_string_equal(ek_store_rules_digest(f->store), june.digest);
    assert_int_equal(count_posts(f, "ppi"), 30);
    expect_sound(f);
}

static void a_deleted_index_comes_back_empty(void **state)
{
    struct fixture *f = *state;
    fixture_set_rules(f);
    const struct ek_rule_code codes[] = {{"bid", false}, {"iron-oral", true}};
    OK(f, ek_store_put_codes(f->store, codes, 2, &f->err));
    put_numbered(f, 0, 40, tags_of(f, "ppi", NULL));
    OK(f, ek_store_mark_sample(f->store, &f->err));
    ek_store_close(f->store);
    char path[100];
    snprintf(path, sizeof path, "%s/index", f->folder);
    remove_folder(path);
    fixture_open(f, EK_STORE_READ);
    size_t count = 0;
    struct ek_selection all = {0};
    assert_int_equal(ek_query_posts(f->store, &all, EK_OLDEST_FIRST, one_more, &count, &f->err),
                     -1);
    assert_int_equal(f->err.kind, EK_NOT_FOUND);
    get_post(f, "3");
    fixture_reopen(f, EK_STORE_WRITE);
    assert_true(ek_store_is_sample(f->store));
    assert_int_equal(behind(f), 40);
    assert_int_equal(count_posts(f, "bid"), 0); /* a code of the rules, though no post has it */
    assert_int_equal(catch_up(f, "ppi"), 40);
    assert_int_equal(count_posts(f, "ppi"), 40);
    expect_sound(f);
}

static void an_index_of_other_records_is_made_anew(void **state)
{
    struct fixture *f = *state, other = {0};
    fixture_set_rules(f);
    put_numbered(f, 0, 10, tags_of(f, "bid", NULL));
    snprintf(other.folder, sizeof other.folder, "%s", f->folder);
    strcat(other.folder, "-other");
    other.arena = f->arena;
    fixture_open(&other, EK_STORE_WRITE);
    fixture_set_rules(&other);
    struct ek_entry foreign = entry_of("1", "7", "Ida", 1000, "text");
    put_entry(&other, &foreign, 5000, tags_of(f, "bid", NULL));
    ek_store_close(other.store);
    ek_store_close(f->store);
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s/index' && cp -a '%s/index' '%s/index'", f->folder,
             other.folder, f->folder);
    assert_int_equal(system(command), 0);
    remove_folder(other.folder);
    fixture_open(f, EK_STORE_WRITE);
    assert_int_equal(behind(f), 10);
    expect_sound(f);
}

static void rows_follow_moves_and_renames(void **state)
{
    struct fixture *f = *state;
    fixture_set_rules(f);
    struct ek_entry entry = entry_of("1", "7", "Ida", 1000, "text");
    entry.board_id = "5";
    put_entry(f, &entry, 5000, tags_of(f, "bid", NULL));
    entry = entry_of("2", "7", "Ida", 1000, "other");
    entry.board_id = "6"; /* the thread moved: its older post goes along */
    entry.post.author_id = NULL;
    put_entry(f, &entry, 6000, tags_of(f, "bid", NULL));
    assert_int_equal(behind(f), 0);
    expect_sound(f);
    struct ek_selection board = {.board = "6"};
    size_t count = 0;
    OK(f, ek_query_posts(f->store, &board, EK_OLDEST_FIRST, one_more, &count, &f->err));
    assert_int_equal(count, 2);
    entry = entry_of("1", "7", "Ida", 1000, "text");
    entry.state = EK_GONE;
    put_entry(f, &entry, 7000, NULL); /* no tags at hand, and none needed */
    assert_int_equal(behind(f), 0);
    assert_int_equal(count_posts(f, "bid"), 2);
    entry.post.text = "another text";
    put_entry(f, &entry, 8000, NULL);
    assert_int_equal(behind(f), 1);
    entry.state = EK_LIVE; /* back again, and still without tags for its text */
    put_entry(f, &entry, 9000, NULL);
    assert_int_equal(behind(f), 1);
    expect_sound(f);
}

static void more_than_64_theories(void **state)
{
    struct fixture *f = *state;
    fixture_set_rules(f);
    char codes[200][16];
    struct ek_tags *tags = tags_of(f, NULL);
    for (unsigned i = 0; i < 200; i++) {
        snprintf(codes[i], sizeof codes[i], "theory-%03u", i);
        tags->theories[tags->theory_count++] =
            (struct ek_tag){.code = codes[i], .stance = i % EK_STANCES, .hedged = i & 1};
    }
    put_numbered(f, 0, 3, tags);
    put_numbered(f, 3, 2, tags_of(f, codes[150], NULL));
    assert_int_equal(count_posts(f, codes[150]), 5);
    assert_int_equal(count_posts(f, codes[199]), 3);
    struct ek_timeline timeline;
    struct ek_selection all = {0};
    OK(f, ek_query_timeline(f->store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err));
    assert_int_equal(timeline.count, 200);
    assert_int_equal(timeline.series[150].buckets[0].posts_tagged, 5);
    expect_sound(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(posts_without_tags_are_behind),
        TEST(a_crash_between_the_commits_is_caught_up),
        TEST(a_writer_killed_at_any_moment_loses_nothing_committed),
        TEST(new_rules_answer_after_the_swap),
        TEST(an_unfinished_generation_waits),
        TEST(other_rules_drop_an_unfinished_generation),
        TEST(a_swap_cut_in_two_is_completed),
        TEST(a_deleted_index_comes_back_empty),
        TEST(an_index_of_other_records_is_made_anew),
        TEST(rows_follow_moves_and_renames),
        TEST(more_than_64_theories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
