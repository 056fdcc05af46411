/* test_query_damage.c - one bit of the index flipped: every query says so, or answers as before. */
#include "query_store.h"

#include "store/handle.h"
#include "store/index/chunk.h"

#define FLIPS 400

/* Answers, each as one number. ---------------------------------------------------------------- */

static uint64_t mixed(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x9e3779b97f4a7c15ull + (sum >> 29);
}

static int count(struct fixture *f, const struct ek_selection *s, unsigned measures, uint64_t *sum)
{
    const struct ek_question q = {.selection = s, .size = EK_BY_MONTH, .measures = measures};
    struct ek_count count;
    if (ek_query_count(f->store, &q, f->arena, &count, &f->err))
        return -1;
    *sum = mixed(mixed(0, count.undated), count.not_assessable);
    for (size_t i = 0; i < count.buckets * count.theory_count; i++) {
        *sum = mixed(mixed(*sum, count.tagged[i].posts), count.tagged[i].authors);
        *sum = mixed(*sum, count.counted[i % count.buckets].posts);
        *sum = mixed(*sum, count.clusters ? (uint64_t)count.clusters[i].k_n : 0);
    }
    return 0;
}

static int plain(struct fixture *f, uint64_t *sum)
{
    return count(f, &(struct ek_selection){0}, 0, sum);
}
static int clusters(struct fixture *f, uint64_t *sum)
{
    return count(f, &(struct ek_selection){0}, EK_MEASURE_CLUSTERS, sum);
}
static int with_conditions(struct fixture *f, uint64_t *sum)
{
    const struct ek_selection s = {.forum = BASE,
                                   .board = "5",
                                   .hedged = EK_YES,
                                   .period = {1300000000, INT64_MAX},
                                   .author_first_seen_before = {1320000000, 0}};
    return count(f, &s, 0, sum);
}

static int add_row(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    uint64_t *sum = context;
    (void)err;
    *sum = mixed(mixed(*sum, row->number), (uint64_t)row->time);
    *sum = mixed(mixed(*sum, row->author), row->thread);
    *sum = mixed(mixed(*sum, row->board), row->state * 4u + row->assessable);
    for (size_t i = 0; i < row->tag_count; i++)
        *sum = mixed(*sum, row->tags[i].stance * 2u + row->tags[i].hedged + *row->tags[i].code);
    return 0;
}
static int posts(struct fixture *f, uint64_t *sum)
{
    return ek_query_posts(f->store, &(struct ek_selection){0}, EK_NEWEST_FIRST, add_row, sum,
                          &f->err);
}

static int pairs(struct fixture *f, uint64_t *sum)
{
    const struct ek_selection s = {0};
    const struct ek_question q = {.selection = &s, .size = EK_BY_YEAR};
    struct ek_pairs pairs;
    if (ek_query_pairs(f->store, &q, EK_WITHIN_AUTHOR, f->arena, &pairs, &f->err))
        return -1;
    for (size_t i = 0; i < pairs.buckets * pairs.theory_count * pairs.theory_count; i++)
        *sum = mixed(*sum, pairs.both[i]);
    return 0;
}

static int (*const questions[])(struct fixture *f, uint64_t *sum) = {plain, clusters,
                                                                     with_conditions, posts, pairs};
#define QUESTIONS (sizeof questions / sizeof *questions)

/* Damage -------------------------------------------------------------------------------------- */

struct value {
    unsigned char key[EK_CHUNK_KEY_BYTES], *bytes;
    size_t len;
};
struct values {
    struct value items[200];
    size_t count;
};

static void read_values(struct fixture *f, struct values *values)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_txn *txn = ek_txn_begin(f->store->index, false, &f->err);
    ek_walk_begin(&walk, txn, EK_CHUNKS, NULL, 0);
    while (ek_walk_next_plain(&walk, &key, &value) == 1 && values->count < 200) {
        struct value *item = &values->items[values->count++];
        assert_int_equal(key.len, sizeof item->key);
        memcpy(item->key, key.data, key.len);
        item->len = value.len;
        item->bytes = ek_alloc(f->arena, value.len, 1);
        memcpy(item->bytes, value.data, value.len);
    }
    ek_walk_end(&walk);
    ek_txn_end(txn);
}

static void put_value(struct fixture *f, const struct value *value)
{
    struct ek_txn *txn = ek_txn_begin(f->store->index, true, &f->err);
    assert_non_null(txn);
    ek_txn_put_plain(txn, EK_CHUNKS, value->key, sizeof value->key, value->bytes, value->len);
    OK(f, ek_txn_commit(txn, &f->err));
}

static void a_flipped_bit_is_an_error_and_no_other_answer(void **state)
{
    static struct values values;
    struct store *store = *state;
    struct fixture *f = store->f;
    uint64_t right[QUESTIONS] = {0};
    size_t refused = 0;
    read_values(f, &values);
    for (size_t i = 0; i < QUESTIONS; i++)
        OK(f, questions[i](f, &right[i]));
    for (size_t flip = 0; flip < FLIPS; flip++) {
        struct value *value = &values.items[twin_draw(store->twin, (unsigned)values.count)];
        size_t at = ((size_t)twin_draw(store->twin, 65536) << 16 | twin_draw(store->twin, 65536)) %
                    value->len;
        if (flip % 4 == 0) /* the heads are small, and all else hangs on them */
            at %= 200;
        unsigned char bit = (unsigned char)(1u << twin_draw(store->twin, 8));
        value->bytes[at % value->len] ^= bit;
        put_value(f, value);
        for (size_t i = 0; i < QUESTIONS; i++) {
            uint64_t sum = 0;
            if (questions[i](f, &sum) == 0) {
                if (sum != right[i])
                    fail_msg("question %zu: another answer, byte %zu of %c", i, at, value->key[8]);
                continue;
            }
            assert_int_equal(f->err.kind, EK_FORMAT);
            assert_non_null(strstr(f->err.message, "damaged"));
            refused++;
        }
        value->bytes[at % value->len] ^= bit;
        put_value(f, value);
    }
    assert_true(refused > FLIPS);
    for (size_t i = 0; i < QUESTIONS; i++) {
        uint64_t sum = 0;
        OK(f, questions[i](f, &sum));
        assert_true(sum == right[i]);
    }
}

static int dirty(void **state)
{
    return build(state, &recipes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_flipped_bit_is_an_error_and_no_other_answer, dirty,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
