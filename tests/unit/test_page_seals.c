/* test_page_seals.c - a changed key is another key, in a page that is sound in itself: neither it
 * nor the one that it was is told of as if it were right. */
#include "page_fixture.h"

static const char *const key_tables[] = {"meta", "keys", NULL};
static const char *const keys[] = {"aaaa", "baaa", "bbcc", "bbdd", "daaa"};
#define KEYS (sizeof keys / sizeof *keys)

struct keyed { /* which kind of seal the table has */
    void (*put)(struct ek_txn *, unsigned, const void *, size_t, const void *, size_t);
    int (*get)(struct ek_txn *, unsigned, const void *, size_t, struct ek_bytes *);
    int (*next)(struct ek_walk *, struct ek_bytes *, struct ek_bytes *);
};
static const struct keyed kinds[] = {
    {ek_txn_put, ek_txn_get, ek_walk_next},
    {ek_txn_put_plain, ek_txn_get_plain, ek_walk_next_plain},
};

/* A file with these keys, one of them with other bytes; opened again. */
static void change_key(struct written *w, const struct keyed *keyed, const char *value,
                       unsigned which, const char *other)
{
    unsigned char page[PAGE];
    struct ek_env *env = NULL;
    assert_true(unlink(w->path) == 0);
    OK(w, ek_env_open(&env, w->folder, key_tables, true, &w->err));
    struct ek_txn *txn = ek_txn_begin(env, true, &w->err);
    assert_non_null(txn);
    for (size_t i = 0; i < KEYS; i++)
        keyed->put(txn, 1, keys[i], 4, value, strlen(value));
    OK(w, ek_txn_commit(txn, &w->err));
    txn = ek_txn_begin(env, false, &w->err);
    const uint64_t root = txn->snapshot.tables[1].root;
    ek_txn_end(txn);
    ek_env_close(env);
    read_page(w, root, page);
    write_at(w, node_at(w, root, which) + EK_NODE_HEAD, other, 4);
    OK(w, ek_env_open(&w->env, w->folder, key_tables, false, &w->err));
}

static void close_env(struct written *w)
{
    ek_env_close(w->env);
    w->env = NULL;
}

static int get(struct written *w, const struct keyed *keyed, const char *key)
{
    struct ek_bytes value;
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    int found = keyed->get(txn, 1, key, strlen(key), &value);
    assert_true(ek_txn_take_error(txn, &w->err) == (found < 0));
    ek_txn_end(txn);
    return found;
}

/* Pairs of a prefix, or -1. */
static int walk(struct written *w, const struct keyed *keyed, const char *prefix)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    int pairs = 0;
    ek_walk_begin(&walk, txn, 1, prefix, strlen(prefix));
    while (keyed->next(&walk, &key, &value) == 1)
        pairs++;
    ek_walk_end(&walk);
    if (ek_txn_take_error(txn, &w->err))
        pairs = -1;
    ek_txn_end(txn);
    return pairs;
}

static void each_kind(struct written *w, void (*check)(struct written *w, const struct keyed *keyed,
                                                       const char *value))
{
    static const char *const values[] = {"", "value"};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            check(w, &kinds[kind], values[i]);
    }
}

static void check_missing(struct written *w, const struct keyed *keyed, const char *value)
{
    change_key(w, keyed, value, 2, "bbcb");
    assert_int_equal(get(w, keyed, "bbcc"), -1);
    assert_non_null(strstr(w->err.message, "table keys, key 62626362"));
    assert_int_equal(get(w, keyed, "bbcb"), -1);
    assert_int_equal(get(w, keyed, "bbca"), -1); /* its place is beside the changed key */
    assert_int_equal(get(w, keyed, "aaaa"), 1);
    assert_int_equal(get(w, keyed, "a"), 0);
    assert_int_equal(walk(w, keyed, "bb"), -1);
    assert_int_equal(walk(w, keyed, "d"), 1);
    close_env(w);
}

static void a_changed_key_is_not_missing(void **state)
{
    each_kind(*state, check_missing);
}

/* Keys that leave a prefix and stay in order. */
static void check_left(struct written *w, const struct keyed *keyed, const char *value)
{
    change_key(w, keyed, value, 1, "abbb");
    assert_int_equal(walk(w, keyed, "b"), -1);
    close_env(w);
    change_key(w, keyed, value, 3, "cbdd");
    assert_int_equal(walk(w, keyed, "b"), -1);
    close_env(w);
    change_key(w, keyed, value, 0, "aaab");
    assert_int_equal(walk(w, keyed, "bb"), 2);
    close_env(w);
}

static void a_key_that_left_a_walk_is_missed(void **state)
{
    each_kind(*state, check_left);
}

static void check_backward(struct written *w, const struct keyed *keyed, const char *value)
{
    struct ek_walk walk;
    struct ek_bytes key, found;
    change_key(w, keyed, value, 1, "cccc"); /* out of order: the page is refused */
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    ek_walk_from(&walk, txn, 1, "bbzz", 4, true);
    assert_int_equal(keyed->next(&walk, &key, &found), -1);
    ek_walk_end(&walk);
    ek_txn_end(txn);
    close_env(w);
    change_key(w, keyed, value, 3, "bczz"); /* the last one below "bc" is now above it */
    txn = ek_txn_begin(w->env, false, &w->err);
    ek_walk_from(&walk, txn, 1, "bc", 2, true);
    assert_int_equal(keyed->next(&walk, &key, &found), -1);
    ek_walk_end(&walk);
    ek_txn_end(txn);
    close_env(w);
}

static void backward_walks_look_at_where_they_begin(void **state)
{
    each_kind(*state, check_backward);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_changed_key_is_not_missing),
        TEST(a_key_that_left_a_walk_is_missed),
        TEST(backward_walks_look_at_where_they_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
