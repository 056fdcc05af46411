/* test_index_generations.c - tags under several rule sets: built, killed, gone on with, swapped in
 * and kept, while posts change and runs are merged. */
#include "index_fixture.h"

#include <signal.h>
#include <sys/wait.h>

static const char march[] = "theory bid \"Brain iron\"\n";
static const char june[] = "theory bid \"Iron, of June\"\n";
static const char july[] = "theory bid \"Iron, of July\"\n";

static const char *set_rules(struct fixture *f, const char *text)
{
    struct ek_bundle bundle;
    fixture_rules(f, &bundle, text);
    OK(f, ek_store_set_rules(f->store, &bundle, &f->err));
    return ek_strdup(f->arena, bundle.digest);
}

static int setup(void **state)
{
    int result = fixture_setup(state);
    if (result == 0) {
        small_merges(*state);
        set_rules(*state, march);
    }
    return result;
}

static size_t retag(struct fixture *f, const char *text, const char *code)
{
    set_rules(f, text);
    size_t count = tag_behind(f, ALL_OF_THEM, tags_of(f, code, NULL));
    OK(f, ek_store_swap(f->store, &f->err));
    return count;
}

static void edit(struct fixture *f, unsigned i, const char *text, ek_time seen,
                 const struct ek_tags *tags)
{
    struct numbered post;
    struct ek_entry *entry = numbered(&post, i);
    entry->post.text = text;
    put_entry(f, entry, seen, tags);
}

/* Another thread: a new place, the same words. */
static void move(struct fixture *f, unsigned i, ek_time seen)
{
    struct numbered post;
    struct ek_entry *entry = numbered(&post, i);
    entry->thread_id = "elsewhere";
    put_entry(f, entry, seen, NULL);
}

static void old_generations_are_kept_through_merges(void **state)
{
    struct fixture *f = *state;
    const char *of_march = ek_strdup(f->arena, ek_store_rules_digest(f->store));
    put_spread(f, 0, 200, 3, tags_of(f, "bid", NULL));
    assert_int_equal(retag(f, june, "ppi"), 200);
    assert_int_equal(count_under(f, NULL, "ppi"), 200);
    assert_int_equal(count_under(f, of_march, "bid"), 200);
    assert_int_equal(count_under(f, of_march, "ppi"), 0);
    move(f, 3, 2000000001);                                         /* tags of both go along */
    edit(f, 4, "other words", 2000000001, tags_of(f, "ppi", NULL)); /* March does not know them */
    put_spread(f, 200, 200, 3, tags_of(f, "ppi", NULL));
    OK(f, ek_store_settle(f->store, &f->err));
    assert_true(runs_of_level(f, 2) + runs_of_level(f, 3) > 0);
    assert_int_equal(count_under(f, NULL, "ppi"), 400);
    assert_int_equal(count_under(f, of_march, "bid"), 199);
    assert_int_equal(count_under(f, of_march, NULL), 199);
    expect_sound(f);
    index_reopen(f);
    assert_int_equal(count_under(f, of_march, "bid"), 199);
    assert_int_equal(behind_of(f), 0);
}

static void generations_are_listed_and_dropped(void **state)
{
    struct fixture *f = *state;
    struct ek_store_generation *all;
    size_t count;
    char of_march[80];
    strcpy(of_march, ek_store_rules_digest(f->store));
    put_spread(f, 0, 50, 3, tags_of(f, "bid", NULL));
    retag(f, june, "ppi");
    set_rules(f, july);
    tag_behind(f, 32, tags_of(f, "bid", NULL));
    OK(f, ek_store_generations(f->store, f->arena, &all, &count, &f->err));
    assert_int_equal(count, 3);
    assert_string_equal(all[0].digest, of_march);
    assert_int_equal(all[0].tagged, 50);
    assert_true(!all[0].current && all[1].current && all[2].building && !all[1].building);
    assert_int_equal(all[2].tagged, 32);
    assert_true(all[0].made > 1600000000);
    assert_int_equal(ek_store_drop_generation(f->store, all[1].digest, &f->err), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
    assert_int_equal(ek_store_drop_generation(f->store, "sha256:none", &f->err), -1);
    assert_int_equal(f->err.kind, EK_NOT_FOUND);
    assert_int_equal(ek_store_drop_generation(f->store, "", &f->err), -1);
    assert_int_equal(f->err.kind, EK_USAGE); /* several begin so */
    of_march[sizeof "sha256:" + 12] = 0;
    OK(f, ek_store_drop_generation(f->store, of_march + sizeof "sha256:" - 1, &f->err));
    OK(f, ek_store_drop_generation(f->store, all[2].digest, &f->err));
    OK(f, ek_store_generations(f->store, f->arena, &all, &count, &f->err));
    assert_int_equal(count, 1);
    expect_sound(f);
    assert_int_equal(count_under(f, NULL, "ppi"), 50);
    assert_int_equal(retag(f, march, "bid"), 50); /* its text was kept, its tags were not */
    expect_sound(f);
}

static void the_oldest_goes_by_itself(void **state)
{
    struct fixture *f = *state;
    struct ek_store_generation *all;
    size_t count;
    char text[64];
    put_spread(f, 0, 10, 3, tags_of(f, "bid", NULL));
    for (unsigned i = 0; i < EK_MAX_GENERATIONS + 2; i++) {
        snprintf(text, sizeof text, "theory bid \"%u\"\n", i);
        retag(f, text, "bid");
    }
    OK(f, ek_store_generations(f->store, f->arena, &all, &count, &f->err));
    assert_int_equal(count, EK_MAX_GENERATIONS);
    assert_true(all[count - 1].current);
    expect_sound(f);
    assert_int_equal(retag(f, text, "ppi"), 10); /* the same rules again take their own place */
    OK(f, ek_store_generations(f->store, f->arena, &all, &count, &f->err));
    assert_int_equal(count, EK_MAX_GENERATIONS);
    assert_int_equal(count_under(f, NULL, "ppi"), 10);
    expect_sound(f);
}

static void posts_that_change_while_it_is_built_are_right(void **state)
{
    struct fixture *f = *state;
    const struct ek_tags *bid = tags_of(f, "bid", NULL), *ppi = tags_of(f, "ppi", NULL);
    put_spread(f, 0, 100, 3, bid);
    edit(f, 90, "no tags yet", 2000000001, NULL); /* behind in March */
    set_rules(f, june);
    assert_int_equal(tag_behind(f, 60, ppi), 60);
    edit(f, 5, "edited", 2000000002, bid);  /* June has passed it */
    edit(f, 6, "edited", 2000000002, NULL); /* ... and this one, which has no row now */
    edit(f, 80, "edited", 2000000002, bid); /* June has not come to it */
    move(f, 7, 2000000002);
    move(f, 81, 2000000002);
    put_spread(f, 100, 3, 3, bid);
    expect_sound(f);
    assert_int_equal(behind_of(f), 2); /* 6 and 90, in March, which still answers */
    assert_int_equal(count_under(f, NULL, "bid"), 101);
    /* 5 and 6 again, 40 to come, 3 new. */
    assert_int_equal(tag_behind(f, ALL_OF_THEM, ppi), 45);
    assert_int_equal(behind_of(f), 2);
    expect_sound(f);
    OK(f, ek_store_swap(f->store, &f->err));
    assert_int_equal(behind_of(f), 0);
    assert_int_equal(count_under(f, NULL, "ppi"), 103);
    assert_int_equal(count_under(f, NULL, "bid"), 0);
    expect_sound(f);
}

static void words_that_change_after_tagging_are_not_mistagged(void **state)
{
    struct fixture *f = *state;
    put_spread(f, 0, 30, 3, tags_of(f, "bid", NULL));
    set_rules(f, june);
    assert_int_equal(tag_behind(f, ALL_OF_THEM, tags_of(f, "ppi", NULL)), 30);
    edit(f, 5, "edited", 2000000002, tags_of(f, "bid", NULL));
    OK(f, ek_store_swap(f->store, &f->err)); /* without waiting for the one that changed */
    assert_int_equal(count_under(f, NULL, "ppi"), 29);
    assert_int_equal(behind_of(f), 1);
    expect_sound(f);
    /* Tags of words that are no longer the post's are not taken. */
    struct ek_untagged post;
    assert_int_equal(ek_store_untagged(f->store, NULL, f->arena, &post, 1, &f->err), 1);
    edit(f, 5, "edited again", 2000000003, NULL);
    OK(f, ek_store_put_tags(f->store, &post, tags_of(f, "bid", NULL), 1, &f->err));
    assert_int_equal(count_under(f, NULL, "bid"), 0);
    assert_int_equal(behind_of(f), 1);
    assert_int_equal(tag_behind(f, ALL_OF_THEM, tags_of(f, "ppi", NULL)), 1);
    assert_int_equal(count_under(f, NULL, "ppi"), 30);
    expect_sound(f);
}

static void a_swap_before_the_end_leaves_the_rest_behind(void **state)
{
    struct fixture *f = *state;
    put_spread(f, 0, 100, 3, tags_of(f, "bid", NULL));
    set_rules(f, june);
    tag_behind(f, 40, tags_of(f, "ppi", NULL));
    OK(f, ek_store_swap(f->store, &f->err));
    assert_int_equal(count_under(f, NULL, "ppi"), 40);
    assert_int_equal(behind_of(f), 60);
    expect_sound(f);
    move(f, 70, 2000000001);
    edit(f, 71, "edited", 2000000001, tags_of(f, "ppi", NULL));
    index_reopen(f);
    expect_sound(f);
    assert_int_equal(tag_behind(f, ALL_OF_THEM, tags_of(f, "ppi", NULL)), 60);
    assert_int_equal(count_under(f, NULL, "ppi"), 100);
    assert_int_equal(rows_of_all(f), 100);
    expect_sound(f);
}

static void a_swap_in_the_middle_of_a_merge(void **state)
{
    struct fixture *f = *state;
    unsigned swaps = 0, posts = 0, last = 0;
    for (unsigned i = 0; i < 150; i++) {
        put_spread(f, posts, 3, 3, tags_of(f, swaps % 2 ? "ppi" : "bid", NULL));
        posts += 3;
        if (!is_merging(f) || i < last + 10)
            continue;
        const char *code = swaps % 2 ? "bid" : "ppi";
        assert_int_equal(retag(f, swaps % 2 ? march : june, code), posts);
        assert_int_equal(count_under(f, NULL, code), posts);
        expect_sound(f);
        swaps++;
        last = i;
    }
    assert_true(swaps > 3);
    OK(f, ek_store_settle(f->store, &f->err));
    expect_sound(f);
    assert_int_equal(rows_of_all(f), count_under(f, NULL, swaps % 2 ? "ppi" : "bid"));
}

static bool is_swapped(struct fixture *f)
{
    struct ek_bundle bundle;
    fixture_rules(f, &bundle, june);
    return strcmp(ek_store_rules_digest(f->store), bundle.digest) == 0;
}

/* In a process of its own: tells how many posts were tagged for good. */
static void retag_and_tell(struct fixture *f, int tell)
{
    size_t count;
    fixture_open(f, EK_STORE_WRITE);
    if (is_swapped(f))
        _exit(0);
    set_rules(f, june);
    while ((count = tag_behind(f, 32, tags_of(f, "ppi", NULL))) > 0) {
        if (write(tell, &count, sizeof count) < 0)
            _exit(1);
    }
    OK(f, ek_store_swap(f->store, &f->err));
    _exit(0);
}

/* Killed at any moment: what was taken back is not asked for again, and all ends right. */
static void a_retag_killed_goes_on_where_it_was(void **state)
{
    struct fixture *f = *state;
    size_t tagged = 0, kills = 0;
    put_spread(f, 0, 2000, 500, tags_of(f, "bid", NULL));
    OK(f, ek_store_settle(f->store, &f->err));
    bool swapped = false;
    for (unsigned round = 0; round < 200 && !swapped; round++) {
        int told[2], status;
        size_t count;
        ek_store_close(f->store);
        f->store = NULL;
        assert_int_equal(pipe(told), 0);
        pid_t child = fork();
        if (child == 0)
            retag_and_tell(f, told[1]);
        close(told[1]);
        usleep(3000 + round * 1500);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        kills += WIFSIGNALED(status);
        while (read(told[0], &count, sizeof count) == sizeof count)
            tagged += count;
        close(told[0]);
        index_open(f, EK_STORE_WRITE);
        expect_sound(f);
        swapped = is_swapped(f);
        assert_int_equal(count_under(f, NULL, swapped ? "ppi" : "bid"), 2000);
    }
    assert_true(swapped && kills > 2);
    assert_true(tagged <= 2000); /* nothing that was told was done twice */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(old_generations_are_kept_through_merges),
        TEST(generations_are_listed_and_dropped),
        TEST(the_oldest_goes_by_itself),
        TEST(posts_that_change_while_it_is_built_are_right),
        TEST(words_that_change_after_tagging_are_not_mistagged),
        TEST(a_swap_before_the_end_leaves_the_rest_behind),
        TEST(a_swap_in_the_middle_of_a_merge),
        TEST(a_retag_killed_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
