/* page_fixture.h - a small data file with pages of every kind, and ways to damage it. */
#ifndef EKBOM_TESTS_PAGE_FIXTURE_H
#define EKBOM_TESTS_PAGE_FIXTURE_H

#include "store_fixture.h"

#include <fcntl.h>

#include "ekbom/codec.h"
#include "store/env_read.h"
#include "store/page_check.h"

static const char *const tables[] = {"meta", "post", "name", NULL};
enum { META, POST, NAME };

#define POSTS 700u
#define PAGE 4096u

struct written {
    char folder[64], path[96];
    struct ek_env *env;
    struct ek_err err;
    unsigned findings;
    char found[600]; /* the first finding */
};

/* A file with known pairs -------------------------------------------------------------------- */

static inline size_t key_of(unsigned table, unsigned i, unsigned char key[64])
{
    if (table == POST) {
        ek_put_be64(key, i * 3);
        return 8;
    }
    return (size_t)snprintf((char *)key, 64, "name %u", i * 11 % POSTS);
}

/* Lengths that fill leaves, and every 100th on pages of its own. */
static inline size_t value_of(unsigned table, unsigned i, unsigned char value[20000])
{
    size_t len = table == NAME ? i % 40 : i % 100 == 7 ? 3000 + i * 7 : 20 + i % 90;
    for (size_t at = 0; at < len; at++)
        value[at] = (unsigned char)(i * 31 + at * 7 + table);
    return len;
}

static inline void put(struct ek_txn *txn, unsigned table, unsigned i)
{
    static unsigned char key[64], value[20000];
    size_t len = key_of(table, i, key);
    ek_txn_put(txn, table, key, len, value, value_of(table, i, value));
}

static inline void fill(struct written *w)
{
    for (unsigned from = 0; from < POSTS; from += 100) {
        struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
        assert_non_null(txn);
        for (unsigned i = from; i < from + 100; i++) {
            put(txn, POST, i);
            put(txn, NAME, i);
        }
        ek_txn_put(txn, META, "counters", 8, &from, sizeof from);
        OK(w, ek_txn_commit(txn, &w->err));
    }
}

static inline int setup(void **state)
{
    struct written *w = calloc(1, sizeof *w);
    snprintf(w->folder, sizeof w->folder, "/tmp/ekbom-test-XXXXXX");
    if (!mkdtemp(w->folder))
        return -1;
    snprintf(w->path, sizeof w->path, "%s/data.mdb", w->folder);
    OK(w, ek_env_open(&w->env, w->folder, tables, true, &w->err));
    fill(w);
    ek_env_close(w->env);
    w->env = NULL;
    *state = w;
    return 0;
}

static inline int teardown(void **state)
{
    struct written *w = *state;
    ek_env_close(w->env);
    remove_folder(w->folder);
    free(w);
    return 0;
}

/* Reading ------------------------------------------------------------------------------------- */

static inline void note(void *context, const char *finding)
{
    struct written *w = context;
    if (w->findings++ == 0)
        snprintf(w->found, sizeof w->found, "%s", finding);
}

static inline long check_pages(struct written *w)
{
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    assert_non_null(txn);
    w->findings = 0;
    *w->found = 0;
    long findings = ek_page_check(txn, note, w);
    ek_txn_end(txn);
    return findings;
}

/* Every pair is right, or the table is said to be damaged (-1). What is wrong fails the test. */
static inline int read_table(struct ek_txn *txn, unsigned table)
{
    static unsigned char key[64], value[20000];
    struct ek_bytes read;
    int result = 0;
    for (unsigned i = 0; i < POSTS; i++) {
        size_t len = key_of(table, i, key), expected = value_of(table, i, value);
        int found = ek_txn_get(txn, table, key, len, &read);
        if (found < 0) {
            assert_true(ek_txn_take_error(txn, NULL));
            result = -1;
            continue;
        }
        assert_int_equal(found, 1);
        assert_int_equal(read.len, expected);
        assert_memory_equal(read.data, value, expected);
        key[len - 1] ^= 0x80; /* one that is not there */
        if (ek_txn_get(txn, table, key, len, &read) < 0) {
            assert_true(ek_txn_take_error(txn, NULL));
            result = -1;
        } else {
            assert_null(read.data);
        }
    }
    return result;
}

static inline int walk_table(struct ek_txn *txn, unsigned table, bool backward)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    unsigned pairs = 0;
    int found, result = 0;
    ek_walk_from(&walk, txn, table, NULL, 0, backward);
    while ((found = ek_walk_next(&walk, &key, &value)) == 1)
        pairs++;
    ek_walk_end(&walk);
    if (ek_txn_take_error(txn, NULL))
        result = -1;
    else
        assert_int_equal(pairs, POSTS);
    if (ek_txn_count(txn, table) != POSTS) {
        assert_true(ek_txn_take_error(txn, NULL));
        result = -1;
    }
    return result;
}

/* 0 if all is there and right, -1 if anything was refused. */
static inline int read_all(struct written *w)
{
    struct ek_env *env = NULL;
    struct ek_txn *txn;
    if (ek_env_open(&env, w->folder, tables, false, &w->err))
        return -1;
    if (!(txn = ek_txn_begin(env, false, &w->err))) {
        ek_env_close(env);
        return -1;
    }
    int result = 0;
    for (unsigned table = POST; table <= NAME; table++) {
        result = read_table(txn, table) || result;
        result = walk_table(txn, table, false) || result;
        result = walk_table(txn, table, true) || result;
    }
    ek_txn_end(txn);
    ek_env_close(env);
    return result ? -1 : 0;
}

/* Places -------------------------------------------------------------------------------------- */

static inline void read_page(struct written *w, uint64_t number, unsigned char page[PAGE])
{
    int file = open(w->path, O_RDONLY);
    assert_int_equal(pread(file, page, PAGE, (off_t)(number * PAGE)), PAGE);
    close(file);
}

static inline void write_at(struct written *w, uint64_t at, const void *bytes, size_t len)
{
    int file = open(w->path, O_WRONLY);
    assert_int_equal(pwrite(file, bytes, len, (off_t)at), len);
    close(file);
}

static inline void write16(struct written *w, uint64_t at, unsigned value)
{
    uint16_t number = (uint16_t)value;
    write_at(w, at, &number, sizeof number);
}

static inline void write64(struct written *w, uint64_t at, uint64_t value)
{
    write_at(w, at, &value, sizeof value);
}

static inline void open_env(struct written *w)
{
    ek_env_close(w->env);
    w->env = NULL;
    OK(w, ek_env_open(&w->env, w->folder, tables, false, &w->err));
}

/* Where a table's root is, and its first leaf that a branch names. */
static inline uint64_t root_of(struct written *w, unsigned table)
{
    open_env(w);
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    uint64_t root = txn->snapshot.tables[table].root;
    ek_txn_end(txn);
    return root;
}

static inline uint64_t child_of(struct written *w, uint64_t branch, unsigned index)
{
    unsigned char page[PAGE];
    read_page(w, branch, page);
    assert_true(index < ek_page_nodes(page));
    return ek_page_node(page, index).child;
}

static inline uint64_t node_at(struct written *w, uint64_t number, unsigned index)
{
    unsigned char page[PAGE];
    read_page(w, number, page);
    return number * PAGE + (uint64_t)(ek_page_node(page, index).key - page) - EK_NODE_HEAD;
}

/* The damage is found by the page check with these words, no answer is wrong and not all are given.
 */
static inline void expect_found(struct written *w, const char *words)
{
    open_env(w);
    assert_true(check_pages(w) > 0);
    if (!strstr(w->found, words))
        fail_msg("\"%s\" has no \"%s\"", w->found, words);
    ek_env_close(w->env);
    w->env = NULL;
    assert_int_equal(read_all(w), -1);
}

/* Neither reader nor writer opens it. */
static inline void expect_refused(struct written *w, enum ek_kind kind, const char *words)
{
    for (int write = 0; write < 2; write++) {
        struct ek_env *env = NULL;
        assert_int_equal(ek_env_open(&env, w->folder, tables, write != 0, &w->err), -1);
        assert_null(env);
        assert_int_equal(w->err.kind, kind);
        if (!strstr(w->err.message, words))
            fail_msg("\"%s\" has no \"%s\"", w->err.message, words);
    }
}

/* Sound files --------------------------------------------------------------------------------- */

#endif
