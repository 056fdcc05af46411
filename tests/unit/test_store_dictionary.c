/* test_store_dictionary.c - texts are packed against what the store's texts have in common, and
 * stay readable whatever happens around it. */
#include "store_fixture.h"

#include <sys/wait.h>

#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/handle.h"
#include "store/records/dictionary.h"

#define FIRST_ID 32768u

/* Some sentences of forum English about post number i, each different. */
static char *words_of(struct fixture *f, unsigned i)
{
    static const char *const parts[] = {
        "My ferritin came back low again, so the doctor put me on iron infusions.",
        "I have been on pramipexole for years and the augmentation is getting worse.",
        "Does anyone else find that the legs are at their worst on long flights?",
        "Magnesium did nothing for me, but a hot bath before bed helps a little.",
        "After I stopped the acid tablets the restless nights went away in a week.",
        "My mother and my sister have it too, so I suppose it runs in the family.",
        "He said it was all in the mind, which made me angry more than anything."};
    uint64_t state = i * 0x9e3779b97f4a7c15u + 1;
    char *text = ek_printf(f->arena, "Post number %u.", i);
    for (unsigned n = 0; text && n < 4; n++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        text = ek_printf(f->arena, "%s %s That was %u days ago.", text, parts[(state >> 33) % 7],
                         (unsigned)(state >> 54));
    }
    return text;
}

/* Posts numbered [from, to) in slices of 500. */
static void put_posts(struct fixture *f, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (i % 500 == 0 || i == from)
            OK(f, ek_store_begin(f->store, &f->err));
        struct ek_entry entry =
            entry_of(ek_printf(f->arena, "%u", i), "7", "Ida", 1500000000 + i, words_of(f, i));
        size_t changed;
        OK(f, ek_store_put_entry(f->store, &entry, 1700000000, NULL, &changed, &f->err));
        if (i % 500 == 499 || i + 1 == to)
            OK(f, ek_store_commit(f->store, &f->err));
    }
}

static void expect_posts(struct fixture *f, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        struct ek_entry entry = get_post(f, ek_printf(f->arena, "%u", i));
        assert_string_equal(entry.post.text, words_of(f, i));
    }
}

static int count_one(void *context, const struct ek_bytes *dictionary)
{
    (void)dictionary;
    ++*(unsigned *)context;
    return 0;
}

static unsigned dictionaries(struct fixture *f)
{
    unsigned count = 0;
    OK(f, ek_store_enter(f->store, EK_NEEDS_RECORDS, &f->err));
    ek_dictionary_each(f->store, count_one, &count);
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return count;
}

/* Bytes of the packed texts of post numbers [from, to), in the store's own numbers. */
static size_t packed_bytes(struct fixture *f, uint64_t from, uint64_t to)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t sum = 0;
    OK(f, ek_store_enter(f->store, EK_NEEDS_RECORDS, &f->err));
    ek_walk_begin(&walk, ek_records(f->store), EK_REVISIONS, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1)
        if (ek_get_be64(key.data) >= from && ek_get_be64(key.data) < to)
            sum += value.len;
    ek_walk_end(&walk);
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return sum;
}

static void meta_key(uint32_t id, unsigned char key[14])
{
    memcpy(key, "dictionary", 10);
    ek_put_be32(key + 10, id);
}

static void ignore_finding(void *context, const char *finding)
{
    (void)context;
    (void)finding;
}

static void texts_of_every_age_come_back(void **state)
{
    struct fixture *f = *state;
    put_posts(f, 0, 2500);
    assert_int_equal(dictionaries(f), 1);
    /* Half the size, and those before it as they were. */
    size_t before = packed_bytes(f, 1, 501), after = packed_bytes(f, 2001, 2501);
    assert_true(after * 3 < before * 2);
    expect_posts(f, 0, 2500);
    fixture_reopen(f, EK_STORE_READ);
    expect_posts(f, 0, 2500);
    expect_sound(f);
    fixture_reopen(f, EK_STORE_WRITE);
    put_posts(f, 2500, 3000);
    assert_int_equal(dictionaries(f), 1);
    expect_posts(f, 0, 3000);
}

static void a_store_that_has_grown_trains_again(void **state)
{
    struct fixture *f = *state;
    unsigned second = EK_DICTIONARY_POSTS * EK_DICTIONARY_GROWTH;
    put_posts(f, 0, second);
    assert_int_equal(dictionaries(f), 1);
    put_posts(f, second, second + 500);
    assert_int_equal(dictionaries(f), 2);
    fixture_reopen(f, EK_STORE_READ);
    expect_posts(f, EK_DICTIONARY_POSTS - 50, EK_DICTIONARY_POSTS + 50);
    expect_posts(f, second - 50, second + 50);
    expect_sound(f);
}

/* The process dies after the dictionary is on the disk and before a text is that uses it. */
static void a_crash_after_training_costs_nothing(void **state)
{
    struct fixture *f = *state;
    int status;
    put_posts(f, 0, EK_DICTIONARY_POSTS);
    assert_int_equal(dictionaries(f), 0);
    ek_store_close(f->store);
    f->store = NULL;
    pid_t pid = fork();
    if (pid == 0) {
        struct ek_entry entry = entry_of("lost", "7", "Ida", 1500000000, words_of(f, 1));
        size_t changed;
        fixture_open(f, EK_STORE_WRITE);
        if (ek_store_begin(f->store, &f->err) == 0)
            ek_store_put_entry(f->store, &entry, 1700000000, NULL, &changed, &f->err);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    fixture_open(f, EK_STORE_READ);
    assert_int_equal(dictionaries(f), 1);
    expect_posts(f, 0, EK_DICTIONARY_POSTS);
    fixture_reopen(f, EK_STORE_WRITE);
    put_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 100);
    assert_int_equal(dictionaries(f), 1);
    expect_posts(f, 0, EK_DICTIONARY_POSTS + 100);
    expect_sound(f);
}

static void a_slice_undone_leaves_texts_that_can_be_read(void **state)
{
    struct fixture *f = *state;
    put_posts(f, 0, EK_DICTIONARY_POSTS);
    OK(f, ek_store_begin(f->store, &f->err));
    ek_store_abort(f->store);
    put_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 100);
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(dictionaries(f), 1);
    expect_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 100);
}

static void a_missing_dictionary_is_named(void **state)
{
    struct fixture *f = *state;
    unsigned char key[14];
    struct ek_entry entry;
    put_posts(f, 0, EK_DICTIONARY_POSTS + 100);
    struct ek_txn *txn = ek_txn_begin(f->store->records, true, &f->err);
    meta_key(FIRST_ID, key);
    ek_txn_delete(txn, EK_RECORDS_META, key, sizeof key);
    OK(f, ek_txn_commit(txn, &f->err));
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(
        ek_store_entry(f->store, EK_DICTIONARY_POSTS + 1, true, f->arena, &entry, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FORMAT);
    assert_non_null(strstr(f->err.message, "damaged"));
    assert_non_null(strstr(f->err.message, "dictionary 32768"));
    expect_posts(f, 0, EK_DICTIONARY_POSTS);
    assert_int_equal(ek_store_verify(f->store, ignore_finding, NULL, &f->err), 1); /* told once */
    fixture_reopen(f, EK_STORE_WRITE);
    assert_int_equal(ek_store_begin(f->store, &f->err), -1);
    assert_non_null(strstr(f->err.message, "dictionary 32768"));
}

static void other_bytes_under_its_key_are_damage(void **state)
{
    struct fixture *f = *state;
    unsigned char key[14];
    struct ek_entry entry;
    put_posts(f, 0, EK_DICTIONARY_POSTS + 100);
    struct ek_txn *txn = ek_txn_begin(f->store->records, true, &f->err);
    meta_key(FIRST_ID, key);
    ek_txn_put(txn, EK_RECORDS_META, key, sizeof key, "no dictionary", 13);
    OK(f, ek_txn_commit(txn, &f->err));
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(
        ek_store_entry(f->store, EK_DICTIONARY_POSTS + 1, true, f->arena, &entry, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FORMAT);
    assert_non_null(strstr(f->err.message, "damaged"));
}

static struct ek_bytes only_dictionary(struct fixture *f)
{
    unsigned char key[14];
    struct ek_bytes value, copy;
    meta_key(FIRST_ID, key);
    OK(f, ek_store_enter(f->store, EK_NEEDS_RECORDS, &f->err));
    assert_int_equal(ek_txn_get(ek_records(f->store), EK_RECORDS_META, key, sizeof key, &value), 1);
    copy = (struct ek_bytes){ek_strndup(f->arena, value.data, value.len), value.len};
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return copy;
}

static void equal_stores_make_equal_dictionaries(void **state)
{
    struct fixture *f = *state, *other;
    void *other_state = NULL;
    assert_int_equal(fixture_setup(&other_state), 0);
    other = other_state;
    put_posts(f, 0, EK_DICTIONARY_POSTS + 1);
    put_posts(other, 0, EK_DICTIONARY_POSTS + 1);
    struct ek_bytes a = only_dictionary(f), b = only_dictionary(other);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_true(a.len <= EK_DICTIONARY_BYTES);
    fixture_teardown(&other_state);
}

/* Every n-th text becomes what its checksum does not fit. */
static void damage_texts(struct fixture *f, unsigned n)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    OK(f, ek_store_enter(f->store, EK_NEEDS_RECORDS, &f->err));
    ek_walk_begin(&walk, ek_records(f->store), EK_REVISIONS, NULL, 0);
    struct ek_buf keys;
    ek_buf_init(&keys, 1u << 20);
    for (unsigned i = 0; ek_walk_next(&walk, &key, &value) == 1; i++)
        if (i % n == 0)
            ek_buf_add(&keys, key.data, key.len);
    ek_walk_end(&walk);
    OK(f, ek_store_leave(f->store, 0, &f->err));
    struct ek_txn *txn = ek_txn_begin(f->store->records, true, &f->err);
    for (size_t at = 0; at < keys.len; at += 24)
        ek_txn_put_plain(txn, EK_REVISIONS, keys.data + at, 24, "nonsense", 8);
    OK(f, ek_txn_commit(txn, &f->err));
    ek_buf_free(&keys);
}

/* Texts that are damaged on the disk are no reason to refuse new posts. */
static void damaged_texts_do_not_stop_the_writer(void **state)
{
    struct fixture *f = *state;
    put_posts(f, 0, EK_DICTIONARY_POSTS);
    damage_texts(f, 50);
    put_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 100);
    assert_int_equal(dictionaries(f), 1);
    expect_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 100);
}

/* Nothing to learn from: the store goes on without, and waits until it has grown. */
static void without_texts_there_is_no_dictionary(void **state)
{
    struct fixture *f = *state;
    put_posts(f, 0, EK_DICTIONARY_POSTS);
    damage_texts(f, 1);
    put_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 1000);
    assert_int_equal(dictionaries(f), 0);
    expect_posts(f, EK_DICTIONARY_POSTS, EK_DICTIONARY_POSTS + 1000);
    fixture_reopen(f, EK_STORE_WRITE);
    put_posts(f, EK_DICTIONARY_POSTS + 1000, EK_DICTIONARY_POSTS + 1500);
    assert_int_equal(dictionaries(f), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts_of_every_age_come_back),
        TEST(a_store_that_has_grown_trains_again),
        TEST(a_crash_after_training_costs_nothing),
        TEST(a_slice_undone_leaves_texts_that_can_be_read),
        TEST(a_missing_dictionary_is_named),
        TEST(other_bytes_under_its_key_are_damage),
        TEST(equal_stores_make_equal_dictionaries),
        TEST(damaged_texts_do_not_stop_the_writer),
        TEST(without_texts_there_is_no_dictionary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
