/* test_store_texts.c - the packed texts of many posts: the latest of each, in order, and what is
 * damaged named while the others are read. */
#include "store_fixture.h"

#include "ekbom/buf.h"
#include "ekbom/codec.h"
#include "ekbom/packed.h"
#include "ekbom/texts.h"
#include "store/handle.h"

#define POSTS 200

static void put_posts(struct fixture *f)
{
    size_t changed;
    OK(f, ek_store_begin(f->store, &f->err));
    for (unsigned i = 1; i <= POSTS; i++) {
        char *id = ek_printf(f->arena, "%u", i), *text = ek_printf(f->arena, "text of post %u", i);
        struct ek_entry entry = entry_of(id, "7", "Ida", 1500000000 + i, text);
        OK(f, ek_store_put_entry(f->store, &entry, 1700000000, NULL, &changed, &f->err));
    }
    OK(f, ek_store_commit(f->store, &f->err));
}

/* Another text of post i, seen then. */
static void revise(struct fixture *f, unsigned i, const char *text, ek_time seen)
{
    struct ek_entry entry =
        entry_of(ek_printf(f->arena, "%u", i), "7", "Ida", 1500000000 + i, text);
    put_entry(f, &entry, seen, NULL);
}

struct seen {
    struct ek_packer *packer;
    struct ek_buf list; /* "1:text of post 1;..." */
    size_t damaged;
};

static int note(void *context, const struct ek_stored_text *text, struct ek_err *err)
{
    struct seen *seen = context;
    (void)err;
    ek_buf_addf(&seen->list, "%llu:", (unsigned long long)text->number);
    if (text->damaged) {
        assert_non_null(strstr(text->damaged, "damaged"));
        assert_null(text->packed);
        seen->damaged++;
        ek_buf_adds(&seen->list, "DAMAGED;");
        return 0;
    }
    struct ek_cursor content = ek_unpack(seen->packer, text->packed, text->len);
    uint64_t len = ek_get_uint(&content) - 1;
    assert_false(content.bad);
    ek_buf_add(&seen->list, content.at, (size_t)len);
    ek_buf_adds(&seen->list, ";");
    return 0;
}

static void expect(struct fixture *f, const uint64_t *numbers, size_t count, const char *wanted)
{
    struct seen seen = {.packer = ek_packer_new()};
    ek_buf_init(&seen.list, 1u << 20);
    OK(f, ek_store_texts(f->store, numbers, count, note, &seen, &f->err));
    assert_string_equal(ek_buf_str(&seen.list), wanted);
    ek_buf_free(&seen.list);
    ek_packer_free(seen.packer);
}

static void the_latest_text_of_each_post(void **state)
{
    struct fixture *f = *state;
    put_posts(f);
    revise(f, 3, "newer", 1700000500);
    revise(f, 3, "newest", 1700000900);
    revise(f, 4, "older", 1600000000);
    fixture_reopen(f, EK_STORE_READ);
    expect(f, (uint64_t[]){1, 2, 3, 4, 5}, 5,
           "1:text of post 1;2:text of post 2;3:newest;4:text of post 4;5:text of post 5;");
}

static void near_and_far(void **state)
{
    struct fixture *f = *state;
    put_posts(f);
    fixture_reopen(f, EK_STORE_READ);
    expect(f, (uint64_t[]){1, 10, 17, 120, 121, 200}, 6,
           "1:text of post 1;10:text of post 10;17:text of post 17;120:text of post 120;"
           "121:text of post 121;200:text of post 200;");
    expect(f, (uint64_t[]){0, 5, 201, 300, UINT64_MAX - 1}, 5, "5:text of post 5;");
    expect(f, NULL, 0, "");
    uint64_t all[POSTS];
    struct ek_buf wanted;
    ek_buf_init(&wanted, 1u << 20);
    for (unsigned i = 0; i < POSTS; i++) {
        all[i] = i + 1;
        ek_buf_addf(&wanted, "%u:text of post %u;", i + 1, i + 1);
    }
    expect(f, all, POSTS, ek_buf_str(&wanted));
    ek_buf_free(&wanted);
}

static void damage(struct fixture *f, uint64_t number)
{
    struct ek_walk walk;
    struct ek_bytes found, value;
    unsigned char key[24];
    struct ek_txn *txn = ek_txn_begin(f->store->records, true, &f->err);
    ek_put_be64(key, number);
    ek_walk_from(&walk, txn, EK_REVISIONS, key, 8, false);
    assert_int_equal(ek_walk_next(&walk, &found, &value), 1);
    assert_int_equal(found.len, sizeof key);
    memcpy(key, found.data, sizeof key);
    ek_walk_end(&walk);
    ek_txn_put_plain(txn, EK_REVISIONS, key, sizeof key, "nonsense", 8);
    OK(f, ek_txn_commit(txn, &f->err));
}

static void a_damaged_text_is_named_and_the_others_are_read(void **state)
{
    struct fixture *f = *state;
    put_posts(f);
    damage(f, 2);
    damage(f, 4);
    damage(f, 5);
    fixture_reopen(f, EK_STORE_READ);
    expect(f, (uint64_t[]){1, 2, 3, 4, 5, 6}, 6,
           "1:text of post 1;2:DAMAGED;3:text of post 3;4:DAMAGED;5:DAMAGED;6:text of post 6;");
    expect(f, (uint64_t[]){2}, 1, "2:DAMAGED;");
}

static int refuse(void *context, const struct ek_stored_text *text, struct ek_err *err)
{
    ++*(unsigned *)context;
    return ek_fail(err, EK_LIMIT, "enough of %llu", (unsigned long long)text->number);
}

static void the_visitor_may_give_up(void **state)
{
    struct fixture *f = *state;
    unsigned visits = 0;
    put_posts(f);
    assert_int_equal(ek_store_texts(f->store, (uint64_t[]){3, 4}, 2, refuse, &visits, &f->err), -1);
    assert_int_equal(visits, 1);
    assert_string_equal(f->err.message, "enough of 3");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_latest_text_of_each_post),
        TEST(near_and_far),
        TEST(a_damaged_text_is_named_and_the_others_are_read),
        TEST(the_visitor_may_give_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
