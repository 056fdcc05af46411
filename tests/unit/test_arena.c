/* test_arena.c - the arena keeps its limit, its alignment and its zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ekbom/arena.h"

static void limit(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    size_t got = 0;
    (void)state;
    while (ek_alloc(arena, 1, 1000))
        got += 1000;
    assert_true(got <= 1 << 20);
    assert_true(got >= 1 << 18);
    assert_null(ek_alloc(arena, SIZE_MAX / 2, 4));
    assert_null(ek_alloc(arena, 1, SIZE_MAX));
    ek_arena_free(arena);
    arena = ek_arena_new(1000);
    assert_null(ek_alloc(arena, 1, 1001));
    ek_arena_free(arena);
}

static void zeroed_after_reset(void **state)
{
    struct ek_arena *arena = ek_arena_new(8 << 20);
    static const char zeros[5000];
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 300; i++) {
            char *at = ek_alloc(arena, 1, 5000);
            assert_non_null(at);
            assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
            assert_memory_equal(at, zeros, sizeof zeros);
            memset(at, 0xa5, 5000);
        }
        ek_arena_reset(arena);
    }
    ek_arena_free(arena);
}

static void strings(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    (void)state;
    assert_null(ek_strdup(arena, NULL));
    assert_string_equal(ek_strdup(arena, "iron"), "iron");
    assert_string_equal(ek_strndup(arena, "ironing", 4), "iron");
    assert_string_equal(ek_printf(arena, "%s:%d", "bid", 14), "bid:14");
    ek_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit),
        cmocka_unit_test(zeroed_after_reset),
        cmocka_unit_test(strings),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
