/* test_statistics_contrast.c - what sets two periods apart, and why a share changed.
 *
 * Reference values: tests/reference/contrast.py, to twelve digits. */
#include "statistics_fixture.h"

#include <stdlib.h>

#include "ekbom/contrast.h"

struct reference {
    struct drawing drawing;
    double difference, changed, mixed, came, left;
    size_t groups_both, groups_came, groups_left;
};
#include "tests/reference/contrast.inc"
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void prominence_is_monroes(void **unused)
{
    struct ek_prominence out[COUNT(before)];
    (void)unused;
    ek_prominence(before, after, flat_prior, COUNT(before), out);
    for (size_t i = 0; i < COUNT(before); i++) {
        near(out[i].log_odds, flat_odds[i], 1e-12);
        near(out[i].z, flat_z[i], 1e-12);
    }
    ek_prominence(before, after, NULL, COUNT(before), out);
    for (size_t i = 0; i < COUNT(before); i++) {
        near(out[i].log_odds, both_odds[i], 1e-12);
        near(out[i].z, both_z[i], 1e-12);
    }
}

static void what_nobody_uses_is_not_prominent(void **unused)
{
    double some[] = {4, 0}, none[] = {0, 0};
    struct ek_prominence out[2];
    (void)unused;
    ek_prominence(some, some, NULL, 2, out);
    assert_true(isnan(out[0].z) && isnan(out[1].z)); /* the only one there is, and one not there */
    ek_prominence(none, none, NULL, 2, out);
    assert_true(isnan(out[0].log_odds));
}

static struct ek_decomposition decompose(const struct drawn *drawn, const uint32_t *group,
                                         struct ek_arena *arena)
{
    struct ek_decomposition parts;
    struct ek_err err;
    if (ek_decompose(&drawn->posts, &drawn->places, group, arena, &parts, &err))
        fail_msg("%s", err.message);
    return parts;
}

static void parts_are_kitagawas(void **state)
{
    for (size_t i = 0; i < COUNT(references); i++) {
        const struct reference *r = &references[i];
        const struct drawn *drawn = draw(&r->drawing);
        struct ek_decomposition parts = decompose(drawn, drawn->author, *state);
        near(parts.difference, r->difference, 1e-12);
        near(parts.changed, r->changed, 1e-12);
        near(parts.mixed, r->mixed, 1e-12);
        near(parts.came, r->came, 1e-12);
        near(parts.left, r->left, 1e-12);
        assert_int_equal(parts.groups_both, r->groups_both);
        assert_int_equal(parts.groups_came, r->groups_came);
        assert_int_equal(parts.groups_left, r->groups_left);
        /* One group has nothing but its own change. */
        static const uint32_t one[MOST_DRAWN];
        parts = decompose(drawn, one, *state);
        near(parts.changed, r->difference, 1e-12);
        near(parts.mixed, 0, 1e-12);
    }
}

/* Two boards that keep their rates of 3 and 1 in 10, with 10 and 10 posts before, 30 and 10 after:
 * all of it is the mix. */
static void a_mix_alone_is_a_mix(void **state)
{
    static uint32_t board[60], bucket[60], tagged[14];
    struct drawn *drawn = calloc(1, sizeof *drawn);
    assert_non_null(drawn);
    drawn->posts = (struct ek_panel_posts){60, board, board, bucket, EK_WINDOWS};
    drawn->places.posts = tagged;
    for (uint32_t i = 0; i < 60; i++) {
        bucket[i] = i >= 20;
        board[i] = i / 10 % 2 && i < 40; /* ten places each: 0 1 0 1 0 0 */
        if (i % 10 < (board[i] ? 1 : 3))
            tagged[drawn->places.count++] = i;
    }
    struct ek_decomposition parts = decompose(drawn, board, *state);
    near(parts.difference, 0.25 - 0.2, 1e-12);
    near(parts.changed, 0, 1e-12);
    near(parts.mixed, 0.05, 1e-12);
    free(drawn);
}

static void one_author_left_out(void **state)
{
    const struct drawn *drawn = draw(&references[0].drawing);
    struct ek_leave_one_out out;
    struct ek_err err;
    double low = INFINITY, high = -INFINITY;
    size_t most = 0;
    double without_most = NAN;
    assert_int_equal(ek_leave_one_out(&drawn->posts, &drawn->places, *state, &out, &err), 0);
    near(out.difference, references[0].difference, 1e-12);
    for (uint32_t author = 0; author < references[0].drawing.authors; author++) {
        double n[EK_WINDOWS] = {0}, k[EK_WINDOWS] = {0};
        size_t own = 0, own_tagged = 0;
        for (size_t i = 0; i < drawn->posts.count; i++) {
            n[drawn->bucket[i]] += drawn->author[i] != author;
            own += drawn->author[i] == author;
        }
        for (size_t i = 0; i < drawn->places.count; i++) {
            uint32_t post = drawn->tagged[i];
            k[drawn->bucket[post]] += drawn->author[post] != author;
            own_tagged += drawn->author[post] == author;
        }
        double difference = k[EK_AFTER] / n[EK_AFTER] - k[EK_BEFORE] / n[EK_BEFORE];
        if (!own)
            continue;
        low = fmin(low, difference);
        high = fmax(high, difference);
        if (own_tagged > most) {
            most = own_tagged;
            without_most = difference;
        }
    }
    near(out.low, low, 1e-12);
    near(out.high, high, 1e-12);
    near(out.without_most_active, without_most, 1e-12);
}

static void who_is_a_window_alone_is_passed_over(void **state)
{
    static uint32_t author[] = {0, 1, 1, 2}, bucket[] = {0, 1, 1, 1}, tagged[] = {1};
    struct ek_panel_posts posts = {4, author, author, bucket, EK_WINDOWS};
    struct ek_tagged places = {tagged, 1};
    struct ek_leave_one_out out;
    struct ek_err err;
    assert_int_equal(ek_leave_one_out(&posts, &places, *state, &out, &err), 0);
    near(out.low, 0, 1e-12);
    assert_int_equal(out.low_author, 1);
    near(out.high, 0.5, 1e-12);
    assert_int_equal(out.high_author, 2);
    near(out.without_most_active, 0, 1e-12);
    assert_int_equal(out.most_active, 1);
}

static void bad_input_is_refused(void **state)
{
    static uint32_t author[] = {0, UINT32_MAX}, bucket[] = {0, 1}, tagged[] = {2};
    struct ek_panel_posts posts = {2, author, author, bucket, EK_WINDOWS};
    struct ek_tagged places = {tagged, 1};
    struct ek_decomposition parts;
    struct ek_leave_one_out out;
    struct ek_err err;
    assert_int_equal(ek_decompose(&posts, &places, bucket, *state, &parts, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    tagged[0] = 1;
    assert_int_equal(ek_leave_one_out(&posts, &places, *state, &out, &err), -1);
    assert_int_equal(err.kind, EK_MEMORY);
    bucket[0] = 2;
    assert_int_equal(ek_decompose(&posts, &places, bucket, *state, &parts, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    posts.buckets = 3;
    assert_int_equal(ek_decompose(&posts, &places, bucket, *state, &parts, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    posts.count = 0;
    posts.buckets = 2;
    places.count = 0;
    assert_int_equal(ek_decompose(&posts, &places, bucket, *state, &parts, &err), 0);
    assert_true(isnan(parts.difference) && isnan(parts.left));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prominence_is_monroes),
        cmocka_unit_test(what_nobody_uses_is_not_prominent),
        cmocka_unit_test_setup_teardown(parts_are_kitagawas, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_mix_alone_is_a_mix, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(one_author_left_out, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(who_is_a_window_alone_is_passed_over, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(bad_input_is_refused, make_arena, free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
