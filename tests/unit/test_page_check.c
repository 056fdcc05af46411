/* test_page_check.c - a data file with damage made by hand: found, named, and never believed.
 *
 * Two tables whose every pair is known are read through transactions; what they may say is the
 * pair, or that the file is damaged. */
#include "page_fixture.h"

static void sound_files_have_no_findings(void **state)
{
    struct written *w = *state;
    uint64_t seed = 7;
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    for (unsigned round = 0; round < 60; round++) {
        struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
        assert_non_null(txn);
        for (unsigned i = 0; i < 200; i++) {
            unsigned char key[500];
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            unsigned what = (unsigned)(seed >> 60), number = (unsigned)(seed >> 33) % 900;
            memset(key, 'k', sizeof key); /* long keys make deep trees */
            size_t len = 8 + (number % 3 ? 0 : 400);
            ek_put_be64(key, number);
            if (round % 20 < 12 ? what < 11 : what < 4)
                ek_txn_put(txn, NAME, key, len, w->path, (seed >> 20) % 90);
            else
                ek_txn_delete(txn, NAME, key, len);
        }
        static const unsigned char longer[40000];
        ek_put_be64((unsigned char *)w->found, round % 9);
        ek_txn_put(txn, POST, w->found, 8, longer, (size_t)(seed >> 40) % sizeof longer);
        if (round % 25 == 24)
            ek_txn_clear(txn, NAME);
        if (round % 7 == 6)
            ek_txn_end(txn);
        else
            OK(w, ek_txn_commit(txn, &w->err));
        if (check_pages(w) != 0)
            fail_msg("round %u: %s", round, w->found);
    }
}

static void a_new_file_has_no_findings(void **state)
{
    struct written *w = *state;
    assert_int_equal(unlink(w->path), 0);
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    assert_int_equal(check_pages(w), 0);
    open_env(w);
    assert_int_equal(check_pages(w), 0);
}

/* Pages --------------------------------------------------------------------------------------- */

static void pages_of_a_tree_are_judged(void **state)
{
    struct written *w = *state;
    const uint64_t branch = root_of(w, POST), leaf = child_of(w, branch, 2);
    const uint64_t at = leaf * PAGE;
    unsigned char sound[PAGE], of_branch[PAGE];
    assert_int_equal(read_all(w), 0);
    read_page(w, leaf, sound);
    read_page(w, branch, of_branch);
    const unsigned lower = ek_number16(sound + EK_PAGE_LOWER);
    const struct {
        uint64_t at;
        unsigned value; /* 16 bits */
        const char *words;
    } damages[] = {
        {at, (unsigned)leaf + 1, "bears another page's number"},
        {at + EK_PAGE_KIND, EK_BRANCH_PAGE, "is of another kind"},
        {at + EK_PAGE_KIND, EK_LONG_PAGE, "is of another kind"},
        {at + EK_PAGE_LOWER, lower - 2, "overlap or leave a gap"},
        {at + EK_PAGE_LOWER, lower + 2, "overlap or leave a gap"},
        {at + EK_PAGE_LOWER, 15, "ends that cannot be"},
        {at + EK_PAGE_LOWER, 0xfff0, "ends that cannot be"},
        {at + EK_PAGE_UPPER, 0x1001, "ends that cannot be"},
        {at + EK_PAGE_LOWER, EK_PAGE_HEAD, "too few nodes"},
        {at + EK_PAGE_HEAD, 0, "overlap or leave a gap"},
        {at + EK_PAGE_HEAD, 0xfffe, "overlap or leave a gap"},
        {at + EK_PAGE_HEAD, ek_number16(sound + EK_PAGE_HEAD + 2), "overlap or leave a gap"},
        {node_at(w, leaf, 1), 0xffff, "overlap or leave a gap"},
        {node_at(w, leaf, 1) + EK_NODE_KEY, 300, "overlap or leave a gap"},
        {node_at(w, leaf, 1) + EK_NODE_FLAGS, 4, "no known kind"},
        {node_at(w, leaf, 1) + EK_NODE_FLAGS, EK_NODE_LONG, "overlap or leave a gap"},
        {node_at(w, leaf, 1) + EK_NODE_HEAD + 6, 0xffff, "keys out of order"},
        {node_at(w, branch, 2), (unsigned)child_of(w, branch, 3), "has keys that belong elsewhere"},
        {node_at(w, branch, 2), (unsigned)branch, "is of another kind"},
        {node_at(w, branch, 2), 0xffff, "names a page that is not there"},
        {node_at(w, branch, 2) + EK_NODE_HEAD + 6, 0, "has keys"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        write16(w, damages[i].at, damages[i].value);
        expect_found(w, damages[i].words);
        write_at(w, at, sound, sizeof sound);
        write_at(w, branch * PAGE, of_branch, sizeof of_branch);
    }
    assert_int_equal(read_all(w), 0);
}

static void long_values_are_judged(void **state)
{
    struct written *w = *state;
    const uint64_t branch = root_of(w, POST);
    unsigned char page[PAGE];
    uint64_t leaf = child_of(w, branch, 0);
    read_page(w, leaf, page);
    unsigned index = 0;
    while (!(ek_page_node(page, index).flags & EK_NODE_LONG))
        index++;
    struct ek_btree_node node = ek_page_node(page, index);
    const uint64_t first = ek_node_page(&node);
    const uint64_t named = node_at(w, leaf, index) + EK_NODE_HEAD + node.key_len;
    unsigned char sound[PAGE], of_leaf[PAGE];
    read_page(w, first, sound);
    read_page(w, leaf, of_leaf);
    const struct {
        uint64_t at, value;
        const char *words;
    } damages[] = {
        {first * PAGE, first + 1, "bears another page's number"},
        {first * PAGE + 8, 0, "is not the long value"},
        {first * PAGE + 8, (uint64_t)EK_LONG_PAGE << 16, "has another length"},
        {first * PAGE + 8, (uint64_t)EK_LONG_PAGE << 16 | 0xffffffull << 32, "has another length"},
        {named, leaf, "is not the long value"},
        {named, 1ull << 40, "names a page that is not there"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        write64(w, damages[i].at, damages[i].value);
        expect_found(w, damages[i].words);
        write_at(w, first * PAGE, sound, sizeof sound);
        write_at(w, leaf * PAGE, of_leaf, sizeof of_leaf);
    }
    /* One page more than it needs is no danger to readers, but to the page behind. */
    write64(w, first * PAGE + 8,
            (uint64_t)EK_LONG_PAGE << 16 | (uint64_t)(ek_number32(sound + EK_PAGE_COUNT) + 1)
                                               << 32);
    open_env(w);
    assert_true(check_pages(w) > 0);
}

/* Trees --------------------------------------------------------------------------------------- */

/* Where the list of tables describes a table. */
static uint64_t description_of(struct written *w, unsigned table)
{
    open_env(w);
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    uint64_t names = txn->snapshot.names.root;
    ek_txn_end(txn);
    unsigned char page[PAGE];
    read_page(w, names, page);
    for (unsigned i = 0; i < ek_page_nodes(page); i++) {
        struct ek_btree_node node = ek_page_node(page, i);
        if (node.key_len == strlen(tables[table]) &&
            memcmp(node.key, tables[table], node.key_len) == 0)
            return names * PAGE + (uint64_t)(node.value - page);
    }
    fail();
    return 0;
}

static void figures_of_a_table_are_compared(void **state)
{
    struct written *w = *state;
    const uint64_t at = description_of(w, NAME), root = root_of(w, NAME);
    struct ek_bytes value;
    write64(w, at + EK_TREE_ENTRIES, POSTS + 1);
    open_env(w);
    assert_int_equal(check_pages(w), 1);
    assert_non_null(strstr(w->found, "table name of data.mdb has 700 pairs"));
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    assert_int_equal(ek_txn_get(txn, NAME, "name 1", 6, &value), 1);
    assert_int_equal(ek_txn_get(txn, NAME, "no", 2, &value), -1);
    assert_true(ek_txn_take_error(txn, &w->err));
    assert_int_equal(ek_txn_count(txn, NAME), 0);
    assert_true(ek_txn_take_error(txn, &w->err));
    assert_non_null(strstr(w->err.message, "table name has 701 pairs, and 700 were counted"));
    ek_txn_end(txn);
    ek_env_close(w->env);
    w->env = NULL;
    assert_int_equal(ek_env_open(&w->env, w->folder, tables, true, &w->err), -1);
    write64(w, at + EK_TREE_ENTRIES, POSTS);
    /* The root of another table, a leaf of its own, nothing at all, another depth. */
    write64(w, at + EK_TREE_ROOT, root_of(w, POST));
    expect_refused(w, EK_FORMAT, "gives one tree to two tables");
    write64(w, at + EK_TREE_ROOT, child_of(w, root, 1));
    expect_found(w, "is of another kind");
    write64(w, at + EK_TREE_ROOT, EK_NO_PAGE);
    expect_refused(w, EK_FORMAT, "describes a table that cannot be");
    write64(w, at + EK_TREE_ROOT, root);
    write16(w, at + EK_TREE_DEPTH, 3);
    expect_found(w, "is of another kind");
    write16(w, at + EK_TREE_DEPTH, 2);
    write16(w, at + EK_TREE_FLAGS, 4);
    expect_refused(w, EK_FORMAT, "describes a table that cannot be");
    write16(w, at + EK_TREE_FLAGS, 0);
    assert_int_equal(read_all(w), 0);
    /* A changed letter of its name: a writer must not make the table anew, and empty. */
    write_at(w, at - 4, "o", 1);
    assert_int_equal(ek_env_open(&w->env, w->folder, tables, true, &w->err), -1);
    assert_non_null(strstr(w->err.message, "1 tables that are not known"));
    assert_int_equal(ek_env_open(&w->env, w->folder, tables, false, &w->err), -1);
    assert_non_null(strstr(w->err.message, "table name is missing"));
}

/* An older copy of a page is sound in itself. */
static void an_older_page_is_not_believed(void **state)
{
    struct written *w = *state;
    const uint64_t before = child_of(w, root_of(w, POST), 1), branch_before = root_of(w, POST);
    ek_env_close(w->env);
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    unsigned char page[PAGE], key[8];
    read_page(w, before, page);
    struct ek_btree_node node = ek_page_node(page, 2);
    memcpy(key, node.key, sizeof key);
    struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
    ek_txn_put(txn, POST, key, sizeof key, "new", 3);
    OK(w, ek_txn_commit(txn, &w->err));
    const uint64_t branch = root_of(w, POST), leaf = child_of(w, branch, 1);
    assert_true(leaf != before && branch != branch_before);
    write16(w, node_at(w, branch, 1), (unsigned)before);
    open_env(w);
    assert_true(check_pages(w) > 0);
    assert_non_null(strstr(w->found, "is free, and a tree names it"));
    struct ek_bytes value;
    txn = ek_txn_begin(w->env, false, &w->err);
    assert_int_equal(ek_txn_get(txn, POST, key, sizeof key, &value), -1);
    ek_txn_end(txn);
    write16(w, node_at(w, branch, 1), (unsigned)leaf);
    write64(w, description_of(w, POST) + EK_TREE_ROOT, branch_before);
    open_env(w);
    txn = ek_txn_begin(w->env, false, &w->err);
    assert_int_equal(ek_txn_get(txn, POST, key, sizeof key, &value), -1);
    ek_txn_end(txn);
}

/* Heads and free pages ------------------------------------------------------------------------ */

static void heads_are_judged_by_one_another(void **state)
{
    struct written *w = *state;
    unsigned char heads[2 * PAGE];
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    for (unsigned i = 0; i < 8; i++) { /* commits that need no more room */
        struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
        ek_txn_put(txn, META, "counters", 8, &i, sizeof i);
        OK(w, ek_txn_commit(txn, &w->err));
    }
    ek_env_close(w->env);
    w->env = NULL;
    read_page(w, 0, heads);
    read_page(w, 1, heads + PAGE);
    uint64_t numbers[2];
    for (unsigned i = 0; i < 2; i++)
        numbers[i] = ek_number64(heads + i * PAGE + EK_PAGE_HEAD + EK_HEAD_NUMBER);
    const unsigned newest = numbers[0] < numbers[1];
    const uint64_t at = newest * PAGE, body = at + EK_PAGE_HEAD;
    const struct {
        uint64_t at, value;
        enum ek_kind kind;
        const char *words;
    } damages[] = {
        {body + EK_HEAD_NUMBER, numbers[newest] ^ 1, EK_FORMAT, "do not follow on one another"},
        {body + EK_HEAD_NUMBER, 0, EK_FORMAT, "do not follow on one another"},
        {body + EK_HEAD_NUMBER, numbers[newest] | 1ull << 40, EK_FORMAT, "do not follow on"},
        {body + EK_HEAD_LAST_PAGE, 3, EK_FORMAT, "is shorter than the head before it"},
        {body + EK_HEAD_LAST_PAGE, 1ull << 30, EK_FORMAT, "cut short"},
        {body + EK_HEAD_LAST_PAGE, UINT64_MAX, EK_FORMAT, "an end that cannot be"},
        {body + EK_HEAD_NAMES + EK_TREE_ROOT, 1, EK_FORMAT, "a root that is not there"},
        {body + EK_HEAD_NAMES + EK_TREE_ENTRIES, 2, EK_FORMAT, "more or less than it says"},
        {body + EK_HEAD_NAMES, 4ull << 32, EK_FORMAT, "flags that it cannot have"},
        {PAGE + EK_PAGE_HEAD + EK_HEAD_FREE, 0x0001000800002000, EK_FORMAT, "differ in what never"},
        {body, 0, EK_FORMAT, "is not the beginning"},
        {at + 8, 0, EK_FORMAT, "is not the beginning"},
        {at, 1 - newest, EK_FORMAT, "is not the beginning"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        write64(w, damages[i].at, damages[i].value);
        expect_refused(w, damages[i].kind, damages[i].words);
        write_at(w, 0, heads, sizeof heads);
    }
    for (unsigned i = 0; i < 2; i++)
        write_at(w, i * PAGE + EK_PAGE_HEAD + EK_HEAD_VERSION, "\2", 1);
    expect_refused(w, EK_VERSION, "another version of LMDB's format");
    write_at(w, 0, heads, sizeof heads);
    assert_int_equal(truncate(w->path, PAGE), 0);
    expect_refused(w, EK_FORMAT, "cut short");
    assert_int_equal(truncate(w->path, 0), 0);
    expect_refused(w, EK_FORMAT, "cut short");
}

/* Readers do without the list of free pages; a writer would write over what is in use. */
static void a_damaged_list_of_free_pages_stops_writers(void **state)
{
    struct written *w = *state;
    open_env(w);
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    const uint64_t root = txn->snapshot.free.root, used = txn->snapshot.tables[POST].root;
    ek_txn_end(txn);
    unsigned char page[PAGE];
    read_page(w, root, page);
    const unsigned last = ek_page_nodes(page) - 1;
    const uint64_t at = node_at(w, root, last), value = at + EK_NODE_HEAD + 8;
    const uint64_t count = ek_number64(page + (value - root * PAGE));
    const struct {
        uint64_t at, value;
        const char *words;
    } damages[] = {
        {at + EK_NODE_HEAD, ek_number64(page + (at + EK_NODE_HEAD - root * PAGE)) + 1,
         "a list of free pages that cannot be"},
        {value, count + 1, "a list of free pages that cannot be"},
        {value + 8 * count, 1, "lists a page as free"},
        {value + 8, ek_number64(page + (value + 8 * count - root * PAGE)), "lists a page as free"},
        {root * PAGE, root + 1, "bears another page's number"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        write64(w, damages[i].at, damages[i].value);
        assert_int_equal(read_all(w), 0);
        open_env(w);
        assert_true(check_pages(w) > 0);
        ek_env_close(w->env);
        w->env = NULL;
        assert_int_equal(ek_env_open(&w->env, w->folder, tables, true, &w->err), -1);
        if (!strstr(w->err.message, damages[i].words))
            fail_msg("\"%s\" has no \"%s\"", w->err.message, damages[i].words);
        write_at(w, root * PAGE, page, sizeof page);
    }
    /* A page in use that is listed as free: both are told. */
    write64(w, value + 8, used > ek_number64(page + (value + 16 - root * PAGE)) ? used : used);
    open_env(w);
    assert_true(check_pages(w) > 0);
}

/* What the last commit freed is not in an older list; it would be written to again. */
static void an_older_list_of_free_pages_stops_writers(void **state)
{
    struct written *w = *state;
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    uint64_t number = 0, root = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
        root = i ? root : txn->snapshot.free.root;
        number = txn->snapshot.number + 1;
        ek_txn_put(txn, META, "counters", 8, &i, sizeof i);
        OK(w, ek_txn_commit(txn, &w->err));
    }
    ek_env_close(w->env);
    w->env = NULL;
    write64(w, number % 2 * PAGE + EK_PAGE_HEAD + EK_HEAD_FREE + EK_TREE_ROOT, root);
    open_env(w);
    assert_true(check_pages(w) > 0);
    ek_env_close(w->env);
    w->env = NULL;
    assert_int_equal(read_all(w), 0);
    assert_int_equal(ek_env_open(&w->env, w->folder, tables, true, &w->err), -1);
    assert_int_equal(w->err.kind, EK_FORMAT);
}

/* Writers ------------------------------------------------------------------------------------- */

static void writers_do_not_carry_damage_on(void **state)
{
    struct written *w = *state;
    const uint64_t branch = root_of(w, POST), leaf = child_of(w, branch, 3);
    unsigned char key[64], sound[PAGE], before[PAGE], after[PAGE];
    read_page(w, leaf, sound);
    struct ek_btree_node node = ek_page_node(sound, 1);
    memcpy(key, node.key, 8);
    ek_env_close(w->env);
    write16(w, leaf * PAGE + EK_PAGE_HEAD, 0xfffe);
    read_page(w, 0, before);
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    for (unsigned what = 0; what < 5; what++) {
        struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
        struct ek_bytes value;
        struct ek_walk walk;
        assert_non_null(txn);
        if (what == 0)
            ek_txn_put(txn, POST, key, 8, "x", 1);
        else if (what == 1)
            ek_txn_delete(txn, POST, key, 8);
        else if (what == 2)
            assert_int_equal(ek_txn_get(txn, POST, key, 8, &value), -1);
        else if (what == 3)
            ek_txn_clear(txn, POST);
        else {
            struct ek_bytes at;
            ek_walk_begin(&walk, txn, POST, NULL, 0);
            while (ek_walk_next(&walk, &at, &value) == 1)
                ;
            ek_walk_end(&walk);
        }
        assert_int_equal(ek_txn_commit(txn, &w->err), -1);
        assert_int_equal(w->err.kind, EK_FORMAT);
    }
    /* What is sound can still be written. */
    struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
    ek_txn_put(txn, NAME, "another", 7, "x", 1);
    OK(w, ek_txn_commit(txn, &w->err));
    read_page(w, leaf, after);
    assert_memory_equal(after + EK_PAGE_HEAD + 2, sound + EK_PAGE_HEAD + 2,
                        PAGE - EK_PAGE_HEAD - 2);
}

/* Every byte ---------------------------------------------------------------------------------- */

/* Bytes that are LMDB's own, each changed in some way: pages of the trees up to their values,
 * heads, lists of tables and free pages. No answer may be wrong, and none given may go unfound. */
static void no_byte_makes_a_wrong_answer(void **state)
{
    struct written *w = *state;
    unsigned char page[PAGE];
    uint64_t seed = 11, tried = 0, refused = 0;
    open_env(w);
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    const uint64_t last = txn->snapshot.last_page;
    ek_txn_end(txn);
    ek_env_close(w->env);
    w->env = NULL;
    for (uint64_t number = 0; number <= last; number++) {
        read_page(w, number, page);
        unsigned kind = ek_number16(page + EK_PAGE_KIND);
        unsigned end = kind == EK_LEAF_PAGE || kind == EK_BRANCH_PAGE ? PAGE
                       : kind == EK_HEAD_PAGE                         ? EK_PAGE_HEAD + EK_HEAD_BYTES
                                                                      : EK_PAGE_HEAD + 40;
        /* A step that meets every place in some page or other. */
        for (unsigned at = (unsigned)(number % 13); at < end; at += at < 200 ? 13 : 127) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            unsigned char byte = page[at], other = byte ^ (unsigned char)(1 + (seed >> 33) % 255);
            if (seed >> 63)
                other = byte ^ (unsigned char)(1u << (seed >> 40) % 8);
            write_at(w, number * PAGE + at, &other, 1);
            refused += read_all(w) != 0;
            write_at(w, number * PAGE + at, &byte, 1);
            tried++;
        }
    }
    printf("# %llu bytes changed, %llu seen by readers\n", (unsigned long long)tried,
           (unsigned long long)refused);
    assert_true(tried > 1000 && refused > tried / 4);
    assert_int_equal(read_all(w), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(sound_files_have_no_findings),
        TEST(a_new_file_has_no_findings),
        TEST(pages_of_a_tree_are_judged),
        TEST(long_values_are_judged),
        TEST(figures_of_a_table_are_compared),
        TEST(an_older_page_is_not_believed),
        TEST(heads_are_judged_by_one_another),
        TEST(a_damaged_list_of_free_pages_stops_writers),
        TEST(an_older_list_of_free_pages_stops_writers),
        TEST(writers_do_not_carry_damage_on),
        TEST(no_byte_makes_a_wrong_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
