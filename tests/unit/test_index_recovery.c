/* test_index_recovery.c - an index that is lost, old, or did not hear of what the records hold. */
#include "index_fixture.h"

#include "ekbom/codec.h"
#include "store/index/chunk_form.h"
#include "store/index/firsts_form.h"

static int setup(void **state)
{
    int result = fixture_setup(state);
    if (result == 0) {
        small_merges(*state);
        fixture_set_rules(*state);
    }
    return result;
}

static void edit(struct fixture *f, unsigned i, const char *text, const struct ek_tags *tags)
{
    struct numbered post;
    struct ek_entry *entry = numbered(&post, i);
    entry->post.text = text;
    put_entry(f, entry, 2000000001, tags);
}

static void move(struct fixture *f, unsigned i)
{
    struct numbered post;
    struct ek_entry *entry = numbered(&post, i);
    entry->thread_id = "elsewhere";
    put_entry(f, entry, 2000000001, NULL);
}

static void remove_index(struct fixture *f)
{
    char path[100];
    ek_store_close(f->store);
    f->store = NULL;
    snprintf(path, sizeof path, "%s/index", f->folder);
    remove_folder(path);
    index_open(f, EK_STORE_WRITE);
}

/* While the posts are tagged again in the order of their numbers, others change and come. */
static void an_index_made_anew_takes_changes_along(void **state)
{
    struct fixture *f = *state;
    const struct ek_tags *bid = tags_of(f, "bid", NULL);
    put_spread(f, 0, 200, 50, tags_of(f, "ppi", NULL));
    remove_index(f);
    assert_int_equal(behind_of(f), 200);
    expect_sound(f);
    assert_int_equal(tag_behind(f, 96, bid), 96);
    assert_int_equal(behind_of(f), 104);
    edit(f, 10, "tagged", bid); /* passed */
    edit(f, 11, "not tagged", NULL);
    edit(f, 150, "tagged", bid); /* to come */
    edit(f, 151, "not tagged", NULL);
    move(f, 12);
    move(f, 152);
    put_spread(f, 200, 10, 5, bid); /* new */
    put_spread(f, 210, 1, 1, NULL);
    expect_sound(f);
    assert_int_equal(behind_of(f), 106); /* and 11 and 210 */
    index_reopen(f);
    assert_int_equal(tag_behind(f, ALL_OF_THEM, bid), 106);
    assert_int_equal(behind_of(f), 0);
    assert_int_equal(count_under(f, NULL, "bid"), 211);
    assert_int_equal(rows_of_all(f), 211);
    expect_sound(f);
    OK(f, ek_store_settle(f->store, &f->err));
    expect_sound(f);
}

/* New rules while the index that was made anew is not complete: posts without a row get one. */
static void a_retag_of_an_incomplete_index(void **state)
{
    struct fixture *f = *state;
    struct ek_bundle june;
    put_spread(f, 0, 100, 50, tags_of(f, "ppi", NULL));
    edit(f, 50, "not tagged", NULL);
    remove_index(f);
    tag_behind(f, 40, tags_of(f, "ppi", NULL));
    edit(f, 5, "not tagged", NULL);
    fixture_rules(f, &june, "theory bid \"Iron, of June\"\n");
    OK(f, ek_store_set_rules(f->store, &june, &f->err));
    assert_int_equal(tag_behind(f, ALL_OF_THEM, tags_of(f, "bid", NULL)), 100);
    expect_sound(f);
    OK(f, ek_store_swap(f->store, &f->err));
    assert_int_equal(behind_of(f), 0);
    assert_int_equal(count_under(f, NULL, "bid"), 100);
    expect_sound(f);
}

static void an_older_format_is_made_anew(void **state)
{
    struct fixture *f = *state;
    struct ek_selection all = {0};
    put_spread(f, 0, 30, 10, tags_of(f, "ppi", NULL));
    struct ek_txn *index = ek_txn_begin(f->store->index, true, &f->err);
    assert_non_null(index);
    ek_txn_set_format(index, EK_INDEX_META, 1);
    OK(f, ek_txn_commit(index, &f->err));
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(ek_query_posts(f->store, &all, EK_OLDEST_FIRST, NULL, NULL, &f->err), -1);
    assert_non_null(strstr(f->err.message, "/index has the older format 1: the next writing"));
    get_post(f, "3");
    index_reopen(f);
    assert_int_equal(behind_of(f), 30);
    assert_int_equal(tag_behind(f, ALL_OF_THEM, tags_of(f, "bid", NULL)), 30);
    assert_int_equal(count_under(f, NULL, "bid"), 30);
    expect_sound(f);
}

/* A transaction of the index that fails, and a slice after it: nothing may be taken for followed.
 */
static void a_slice_that_the_index_refused_is_made_up_for(void **state)
{
    struct fixture *f = *state;
    const struct ek_tags *bid = tags_of(f, "bid", NULL);
    struct numbered post;
    put_spread(f, 0, 40, 10, bid);
    OK(f, ek_store_begin(f->store, &f->err));
    OK(f, ek_store_put_entry(f->store, numbered(&post, 40), 2000000000, bid, NULL, &f->err));
    struct ek_entry *entry = numbered(&post, 3);
    entry->post.text = "other words";
    OK(f, ek_store_put_entry(f->store, entry, 2000000001, bid, NULL, &f->err));
    f->store->pending[0].forum = 1ull << 40; /* no such forum fits the index */
    assert_int_equal(ek_store_commit(f->store, &f->err), -1);
    assert_int_equal(f->err.kind, EK_LIMIT);
    assert_non_null(strstr(f->err.message, "the records are stored"));
    expect_sound(f);
    /* Post 3 is moved: the tags of its row are of the words before. */
    entry = numbered(&post, 3);
    entry->post.text = "other words";
    entry->thread_id = "elsewhere";
    put_entry(f, entry, 2000000002, NULL);
    expect_sound(f);
    assert_int_equal(behind_of(f), 2);
    assert_int_equal(count_under(f, NULL, "bid"), 39);
    assert_int_equal(tag_behind(f, ALL_OF_THEM, tags_of(f, "ppi", NULL)), 2);
    assert_int_equal(count_under(f, NULL, "ppi"), 2);
    expect_sound(f);
}

/* What verify must find: each fault is made by hand. */
struct findings {
    unsigned count;
    char all[4000];
};

static void keep_finding(void *context, const char *finding)
{
    struct findings *findings = context;
    size_t len = strlen(findings->all);
    findings->count++;
    snprintf(findings->all + len, sizeof findings->all - len, "%s\n", finding);
}

static void expect_finding(struct fixture *f, const char *words)
{
    struct findings findings = {0};
    assert_true(ek_store_verify(f->store, keep_finding, &findings, &f->err) > 0);
    if (!strstr(findings.all, words))
        fail_msg("not found: %s\nbut: %s", words, findings.all);
}

static struct ek_txn *begin_index(struct fixture *f)
{
    struct ek_txn *index = ek_txn_begin(f->store->index, true, &f->err);
    assert_non_null(index);
    return index;
}

static void faults_of_the_index_are_found(void **state)
{
    struct fixture *f = *state;
    struct ek_generation current;
    unsigned char key[EK_CHUNK_KEY_BYTES];
    put_spread(f, 0, 100, 10, tags_of(f, "bid", NULL));
    OK(f, ek_store_settle(f->store, &f->err));
    expect_sound(f);

    struct ek_runs runs = runs_of(f);
    struct ek_txn *index = begin_index(f);
    struct ek_run run = runs.items[0];
    run.dead++;
    ek_run_put(index, &run);
    OK(f, ek_txn_commit(index, &f->err));
    expect_finding(f, "0 of them dead, not ");

    index = begin_index(f);
    ek_run_put(index, &runs.items[0]);
    ek_chunk_key(1000000, EK_PART_ROWS, 0, key);
    ek_txn_put_plain(index, EK_CHUNKS, key, sizeof key, "x", 1);
    OK(f, ek_txn_commit(index, &f->err));
    expect_finding(f, "something of chunk 1000000 belongs to no run");

    /* A row dies that nothing replaces. */
    index = begin_index(f);
    ek_txn_delete(index, EK_CHUNKS, key, sizeof key);
    ek_chunk_key(runs.items[0].chunk, EK_PART_DEAD, 0, key);
    unsigned char dead[6] = {0};
    ek_put_be32(dead, ek_form_check(runs.items[0].chunk, dead + 4, 2));
    ek_txn_put_plain(index, EK_CHUNKS, key, sizeof key, dead, sizeof dead);
    run = runs.items[0];
    run.dead = 1;
    ek_run_put(index, &run);
    OK(f, ek_txn_commit(index, &f->err));
    expect_finding(f, "has no row, and is not known to be behind");

    /* A run whose rows stand in another, too. */
    index = begin_index(f);
    ek_txn_delete(index, EK_CHUNKS, key, sizeof key);
    run = runs.items[0];
    ek_run_put(index, &run);
    run.number = 999999;
    ek_run_put(index, &run);
    OK(f, ek_txn_commit(index, &f->err));
    expect_finding(f, "is there twice");

    index = begin_index(f);
    run.chunks = 0;
    ek_run_drop(index, &run); /* but for its chunks, which are another's */
    OK(f, ek_generation_get(index, EK_CURRENT, &current));
    ek_behind_put(index, &current, 7);
    OK(f, ek_txn_commit(index, &f->err));
    expect_finding(f, "has tags, and is said to be behind");

    index = begin_index(f);
    ek_behind_take(index, current.number, 7);
    struct ek_firsts_one one = {.day = 1};
    one.check = ek_form_check(3, &one.day, sizeof one.day);
    ek_firsts_key(EK_FIRSTS_OWN, 3, key);
    ek_txn_put_plain(index, EK_FIRSTS, key, 5, &one, sizeof one);
    OK(f, ek_txn_commit(index, &f->err));
    expect_finding(f, "author number 3 has another first day");

    index = begin_index(f);
    ek_txn_delete(index, EK_FIRSTS, key, 5);
    OK(f, ek_txn_commit(index, &f->err));
    /* The records say otherwise than a row. */
    struct ek_txn *records = ek_txn_begin(f->store->records, true, &f->err);
    unsigned char number[8];
    struct ek_bytes other;
    ek_put_be64(number, 1);
    assert_int_equal(ek_txn_get(records, EK_POSTS, number, sizeof number, &other), 1);
    ek_put_be64(number, 2);
    ek_txn_put(records, EK_POSTS, number, sizeof number, other.data, other.len);
    OK(f, ek_txn_commit(records, &f->err));
    expect_finding(f, "the row of post number 2 has another");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_index_made_anew_takes_changes_along),
        TEST(a_retag_of_an_incomplete_index),
        TEST(an_older_format_is_made_anew),
        TEST(a_slice_that_the_index_refused_is_made_up_for),
        TEST(faults_of_the_index_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
