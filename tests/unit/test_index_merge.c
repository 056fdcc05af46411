/* test_index_merge.c - runs merged while the store is written, and what dies meanwhile. */
#include "index_fixture.h"

static int setup(void **state)
{
    int result = fixture_setup(state);
    if (result == 0) {
        small_merges(*state);
        fixture_set_rules(*state);
    }
    return result;
}

struct order {
    ek_time last;
    size_t count, undated;
};

static int in_order(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct order *order = context;
    (void)err;
    if (row->time == EK_TIME_UNKNOWN) {
        order->undated++;
    } else {
        assert_int_equal(order->undated, 0);
        assert_true(order->count == 0 || row->time >= order->last);
        order->last = row->time;
    }
    order->count++;
    return 0;
}

static struct order walk_posts(struct fixture *f)
{
    struct ek_selection all = {0};
    struct order order = {0};
    OK(f, ek_query_posts(f->store, &all, EK_OLDEST_FIRST, in_order, &order, &f->err));
    return order;
}

static void every_level_comes_about(void **state)
{
    struct fixture *f = *state;
    bool seen[8] = {false};
    for (unsigned i = 0; i < 20; i++) {
        put_spread(f, i * 30, 30, 3, i % 2 ? tags_of(f, "bid", NULL) : tags_of(f, "-ppi", NULL));
        expect_sound(f);
        for (uint32_t level = 0; level < 8; level++)
            seen[level] = seen[level] || runs_of_level(f, level);
    }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
    assert_int_equal(count_under(f, NULL, "bid"), 300);
    assert_int_equal(count_under(f, NULL, "ppi"), 300);
    assert_int_equal(walk_posts(f).count, 600);
    index_reopen(f);
    expect_sound(f);
    assert_int_equal(walk_posts(f).count, 600);
}

/* A merge of many chunks goes on over many commits. Edit posts while it does: some of rows that it
 * has passed, some of rows that it has not come to. */
static void rows_that_die_during_a_merge_stay_dead(void **state)
{
    struct fixture *f = *state;
    struct numbered post;
    unsigned edited = 0, middles = 0;
    put_spread(f, 0, 400, 3, tags_of(f, "bid", NULL));
    for (unsigned i = 0; i < 390; i += 7) {
        struct ek_entry *entry = numbered(&post, i);
        middles += is_merging(f);
        entry->post.text = "others";
        put_entry(f, entry, 2000000001, tags_of(f, "ppi", NULL));
        edited++;
        assert_int_equal(count_under(f, NULL, "bid"), 400 - edited);
        assert_int_equal(count_under(f, NULL, "ppi"), edited);
    }
    assert_true(middles > 10);
    expect_sound(f);
    OK(f, ek_store_settle(f->store, &f->err));
    expect_sound(f);
    assert_int_equal(count_under(f, NULL, "bid"), 400 - edited);
    assert_int_equal(count_under(f, NULL, "ppi"), edited);
    assert_int_equal(rows_of_all(f), 400);
}

static void a_merge_cut_off_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    unsigned cut = 0;
    for (unsigned i = 0; i < 120; i++) {
        put_spread(f, i * 3, 3, 3, tags_of(f, "bid", NULL));
        if (!is_merging(f))
            continue;
        index_reopen(f); /* the process that was merging is gone */
        expect_sound(f);
        cut++;
        put_spread(f, i * 3, 1, 1,
                   tags_of(f, "bid", NULL)); /* nothing new: the merge is begun anew */
        expect_sound(f);
    }
    assert_true(cut > 5);
    assert_int_equal(count_under(f, NULL, "bid"), 360);
}

static void dead_rows_are_left_out_in_the_end(void **state)
{
    struct fixture *f = *state;
    struct numbered post;
    put_spread(f, 0, 300, 5, tags_of(f, "bid", NULL));
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 300; i++) {
            struct ek_entry *entry = numbered(&post, i);
            char text[32];
            snprintf(text, sizeof text, "round %u", round);
            entry->post.text = text;
            put_entry(f, entry, 2000000001 + round, tags_of(f, "ppi", NULL));
        }
    }
    OK(f, ek_store_settle(f->store, &f->err));
    struct ek_runs runs = runs_of(f);
    uint64_t rows = 0, dead = 0;
    for (size_t i = 0; i < runs.count; i++) {
        rows += runs.items[i].rows;
        dead += runs.items[i].dead;
    }
    assert_int_equal(rows - dead, 300);
    assert_true(dead <= 100);
    assert_int_equal(count_under(f, NULL, "ppi"), 300);
    expect_sound(f);
}

static void put_at(struct fixture *f, const char *id, ek_time time)
{
    struct ek_entry entry = entry_of(id, "1", "Ida", time, id);
    put_entry(f, &entry, 5000, tags_of(f, "bid", NULL));
}

static void undated_and_false_dates_keep_their_places(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 0; i < 40; i++) {
        char id[16];
        snprintf(id, sizeof id, "year-1-%u", i);
        put_at(f, id, ek_time_from_civil(&(struct ek_civil){1, 1, 1, 0, 0, 0}));
        snprintf(id, sizeof id, "year-9999-%u", i);
        put_at(f, id, ek_time_from_civil(&(struct ek_civil){9999, 12, 31, 23, 59, 59}));
        snprintf(id, sizeof id, "undated-%u", i);
        put_at(f, id, EK_TIME_UNKNOWN);
        snprintf(id, sizeof id, "1969-%u", i);
        put_at(f, id, -1);
    }
    OK(f, ek_store_settle(f->store, &f->err));
    expect_sound(f);
    struct order order = walk_posts(f);
    assert_int_equal(order.count, 160);
    assert_int_equal(order.undated, 40);
    assert_int_equal(order.last, ek_time_from_civil(&(struct ek_civil){9999, 12, 31, 23, 59, 59}));
}

static void hundreds_of_codes_survive_merges(void **state)
{
    struct fixture *f = *state;
    static char codes[600][24];
    struct ek_tags *tags = tags_of(f, NULL);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(codes[i], sizeof codes[i], "theory-%03u", i);
        snprintf(codes[300 + i], sizeof codes[0], "treatment-%03u", i);
        tags->theories[tags->theory_count++] =
            (struct ek_tag){.code = codes[i], .stance = i % EK_STANCES, .experience = i & 1};
        tags->treatments[tags->treatment_count++].code = codes[300 + i];
    }
    put_spread(f, 0, 60, 2, tags);
    OK(f, ek_store_settle(f->store, &f->err));
    assert_int_equal(runs_of_level(f, 0), 0);
    for (unsigned i = 0; i < 300; i += 23)
        assert_int_equal(count_under(f, NULL, codes[i]), 60);
    struct ek_selection treated = {.treatments = (const char *const[]){codes[599]},
                                   .treatment_count = 1};
    struct order order = {0};
    OK(f, ek_query_posts(f->store, &treated, EK_OLDEST_FIRST, in_order, &order, &f->err));
    assert_int_equal(order.count, 60);
    expect_sound(f);
}

static void a_slice_larger_than_a_chunk_is_several(void **state)
{
    struct fixture *f = *state;
    put_spread(f, 0, 100, 100, tags_of(f, "bid", NULL));
    expect_sound(f);
    assert_int_equal(rows_of_all(f), 100);
    /* A thread that moves takes all of its rows along at once. */
    struct numbered post;
    struct ek_entry *entry = numbered(&post, 1000);
    entry->thread_id = "3";
    entry->board_id = "board";
    put_entry(f, entry, 2000000005, tags_of(f, "bid", NULL));
    struct ek_selection board = {.board = "board"};
    struct order order = {0};
    OK(f, ek_query_posts(f->store, &board, EK_OLDEST_FIRST, in_order, &order, &f->err));
    assert_int_equal(order.count, 11);
    expect_sound(f);
}

/* First days ---------------------------------------------------------------------------------- */

static int32_t first_day(struct fixture *f, uint32_t author)
{
    struct ek_generation current;
    struct ek_firsts firsts;
    struct ek_view view;
    OK(f, ek_store_enter(f->store, EK_NEEDS_INDEX, &f->err));
    struct ek_txn *index = f->store->reading_index;
    OK(f, ek_generation_get(index, EK_CURRENT, &current));
    OK(f, ek_view_open(&view, index, current.number, f->arena));
    OK(f, ek_firsts_load(&view, f->arena, &firsts));
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return author < firsts.count ? firsts.day[author] : EK_NO_DAY;
}

static void put_by(struct fixture *f, const char *id, const char *author, ek_time time,
                   ek_time seen)
{
    struct ek_entry entry = entry_of(id, "1", author, time, "the same words");
    put_entry(f, &entry, seen, tags_of(f, "bid", NULL));
}

static void first_days_follow_what_changes(void **state)
{
    struct fixture *f = *state;
    put_by(f, "first", "Ida", 10 * DAY, 1); /* author 1 */
    put_by(f, "second", "Ida", 20 * DAY, 1);
    put_by(f, "other", "Jo", 15 * DAY, 1); /* author 2 */
    put_by(f, "before-1970", "Kim", -1, 1);
    assert_int_equal(first_day(f, 1), 10);
    assert_int_equal(first_day(f, 3), -1);
    put_spread(f, 0, 200, 3, tags_of(f, "bid", NULL)); /* until large runs have them */
    OK(f, ek_store_settle(f->store, &f->err));
    assert_true(runs_of_level(f, 2) + runs_of_level(f, 3) > 0);
    assert_int_equal(first_day(f, 1), 10);
    put_by(f, "late arrival", "Jo", 5 * DAY, 1);
    assert_int_equal(first_day(f, 2), 5);
    put_by(f, "late arrival", "Jo", 7 * DAY, 2); /* its time was read better since */
    assert_int_equal(first_day(f, 2), 7);
    put_by(f, "late arrival", "Jo", 17 * DAY, 3);
    assert_int_equal(first_day(f, 2), 15);
    put_by(f, "first", "Jo", 10 * DAY, 3); /* it was never Ida's */
    assert_int_equal(first_day(f, 1), 20);
    assert_int_equal(first_day(f, 2), 10);
    put_by(f, "second", "Ida", EK_TIME_UNKNOWN, 3); /* less precise: nothing new */
    assert_int_equal(first_day(f, 1), 20);
    expect_sound(f);
    put_spread(f, 1000, 100, 3, tags_of(f, "bid", NULL));
    OK(f, ek_store_settle(f->store, &f->err));
    assert_int_equal(first_day(f, 1), 20);
    assert_int_equal(first_day(f, 2), 10);
    expect_sound(f);
}

/* Ceilings ------------------------------------------------------------------------------------ */

static void numbers_of_more_than_32_bits_are_refused(void **state)
{
    struct fixture *f = *state;
    struct ek_counters counters;
    put_spread(f, 0, 3, 3, tags_of(f, "bid", NULL));
    struct ek_txn *records = ek_txn_begin(f->store->records, true, &f->err);
    assert_non_null(records);
    ek_counters_load(records, &counters);
    counters.post = UINT32_MAX - 1;
    ek_counters_save(records, &counters);
    OK(f, ek_txn_commit(records, &f->err));
    put_spread(f, 10, 1, 1, tags_of(f, "bid", NULL)); /* the last one that fits */
    assert_int_equal(count_under(f, NULL, "bid"), 4);
    struct numbered post;
    OK(f, ek_store_begin(f->store, &f->err));
    ek_store_put_entry(f->store, numbered(&post, 11), 5000, tags_of(f, "bid", NULL), NULL, &f->err);
    assert_int_equal(ek_store_commit(f->store, &f->err), -1);
    assert_int_equal(f->err.kind, EK_LIMIT);
    assert_non_null(strstr(f->err.message, "is full"));
    assert_int_equal(count_under(f, NULL, "bid"), 4);
    put_spread(f, 2, 1, 1, tags_of(f, "bid", NULL)); /* and the store goes on */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_level_comes_about),
        TEST(rows_that_die_during_a_merge_stay_dead),
        TEST(a_merge_cut_off_leaves_nothing),
        TEST(dead_rows_are_left_out_in_the_end),
        TEST(undated_and_false_dates_keep_their_places),
        TEST(hundreds_of_codes_survive_merges),
        TEST(a_slice_larger_than_a_chunk_is_several),
        TEST(first_days_follow_what_changes),
        TEST(numbers_of_more_than_32_bits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
