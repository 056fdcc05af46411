/* test_store_damage.c - a store with damaged pages: what can be read still is, and nothing else is
 * told. */
#include "store_fixture.h"

#include <fcntl.h>

#include "ekbom/texts.h"
#include "store/env_read.h"
#include "store/handle.h"

#define POSTS 400u
#define PAGE 4096u

static const char *text_of_post(struct fixture *f, unsigned i)
{
    return ek_printf(f->arena, "Post %u: %0*u and some words about iron.", i, (int)(20 + i % 50),
                     i);
}

static void put_posts(struct fixture *f)
{
    fixture_set_rules(f);
    for (unsigned i = 1; i <= POSTS; i++) {
        struct ek_entry entry = entry_of(ek_printf(f->arena, "%u", i), "7", "Ida", (ek_time)i * DAY,
                                         text_of_post(f, i));
        put_entry(f, &entry, 5000, tags_of(f, "bid", NULL));
    }
    ek_store_close(f->store);
    f->store = NULL;
}

/* Damage the middle leaf of a table. */
static void damage(struct fixture *f, const char *part, struct ek_env *env, unsigned table)
{
    char path[200];
    unsigned char page[PAGE];
    struct ek_txn *txn = ek_txn_begin(env, false, &f->err);
    assert_non_null(txn);
    const struct ek_btree *tree = &txn->snapshot.tables[table];
    assert_int_equal(tree->depth, 2);
    snprintf(path, sizeof path, "%s/%s/data.mdb", f->folder, part);
    int file = open(path, O_RDWR);
    assert_int_equal(pread(file, page, PAGE, (off_t)(tree->root * PAGE)), PAGE);
    const uint64_t leaf = ek_page_node(page, ek_page_nodes(page) / 2).child;
    assert_int_equal(pwrite(file, "\xff\xff", 2, (off_t)(leaf * PAGE + EK_PAGE_HEAD)), 2);
    close(file);
    ek_txn_end(txn);
}

static void damage_records(struct fixture *f, unsigned table)
{
    fixture_open(f, EK_STORE_READ);
    damage(f, "records", f->store->records, table);
    fixture_reopen(f, EK_STORE_READ);
}

struct seen {
    struct fixture *f;
    unsigned whole, damaged;
};

static int see(void *context, const struct ek_stored_text *text, struct ek_err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->whole += text->damaged == NULL;
    seen->damaged += text->damaged && strstr(text->damaged, "is damaged") != NULL;
    return 0;
}

static void texts_beside_a_damaged_page_are_read(void **state)
{
    struct fixture *f = *state;
    struct seen seen = {.f = f};
    uint64_t numbers[POSTS];
    unsigned whole = 0;
    put_posts(f);
    damage_records(f, EK_REVISIONS);
    for (unsigned i = 1; i <= POSTS; i++) {
        struct ek_entry entry;
        int found = ek_store_entry(f->store, i, true, f->arena, &entry, &f->err);
        numbers[i - 1] = i;
        if (found < 0) {
            assert_int_equal(f->err.kind, EK_FORMAT);
            assert_non_null(strstr(f->err.message, "table revision: page "));
            continue;
        }
        assert_int_equal(found, 1);
        assert_string_equal(entry.post.text, text_of_post(f, i));
        whole++;
    }
    assert_true(whole > POSTS * 3 / 4 && whole < POSTS);
    OK(f, ek_store_texts(f->store, numbers, POSTS, see, &seen, &f->err));
    assert_int_equal(seen.whole, whole);
    assert_int_equal(seen.damaged, POSTS - whole);
}

static void count_remedies(void *context, const char *finding)
{
    unsigned *told = context;
    told[0]++;
    told[1] += strstr(finding, "restore the records from a backup") != NULL;
    told[2] += strstr(finding, "table post") != NULL;
}

static void verify_says_what_and_what_to_do(void **state)
{
    struct fixture *f = *state;
    unsigned told[3] = {0};
    put_posts(f);
    damage_records(f, EK_POSTS);
    fixture_reopen(f, EK_STORE_VERIFY);
    long findings = ek_store_verify(f->store, count_remedies, told, &f->err);
    assert_true(findings > 1);
    assert_int_equal(told[0], findings);
    assert_true(told[1] > 0 && told[2] > 1);
}

/* A store of format 1 has no counts and no note of its key: it is read, and a writer adds them. */
static void format_1_is_brought_up(void **state)
{
    struct fixture *f = *state;
    struct ek_bytes value;
    unsigned format = 0, told[3] = {0};
    put_posts(f);
    fixture_open(f, EK_STORE_WRITE);
    struct ek_txn *txn = ek_txn_begin(f->store->records, true, &f->err);
    ek_txn_set_format(txn, EK_RECORDS_META, 1);
    ek_txn_delete(txn, EK_RECORDS_META, "key", 3);
    OK(f, ek_txn_commit(txn, &f->err));
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(ek_store_verify(f->store, count_remedies, told, &f->err), 0);
    char pseudonym[EK_PSEUDONYM_TEXT];
    OK(f, ek_store_pseudonym(f->store, "author", BASE, "Ida", pseudonym, &f->err));
    fixture_reopen(f, EK_STORE_WRITE);
    txn = ek_txn_begin(f->store->records, false, &f->err);
    assert_int_equal(ek_txn_format(txn, EK_RECORDS_META, &format), 1);
    assert_int_equal(format, EK_STORE_FORMAT);
    assert_int_equal(ek_txn_get(txn, EK_RECORDS_META, "key", 3, &value), 1);
    assert_int_equal(ek_txn_get(txn, EK_RECORDS_META, "tables", 6, &value), 1);
    ek_txn_end(txn);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(texts_beside_a_damaged_page_are_read),
        TEST(verify_says_what_and_what_to_do),
        TEST(format_1_is_brought_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
