/* statistics_fixture.h - posts as tests/reference/draws.py draws them. */
#ifndef EKBOM_TESTS_STATISTICS_FIXTURE_H
#define EKBOM_TESTS_STATISTICS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/statistics.h"

#define MOST_DRAWN 8000u

struct drawing { /* the arguments of draws.py, in their order */
    uint64_t seed;
    int64_t posts, authors, threads, buckets, first, last, by_author, by_thread;
};

struct drawn {
    uint32_t author[MOST_DRAWN], thread[MOST_DRAWN], bucket[MOST_DRAWN], tagged[MOST_DRAWN];
    struct ek_panel_posts posts;
    struct ek_tagged places;
};

static inline int64_t next_number(uint64_t *state, int64_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(*state >> 33) % below;
}

static inline void draw_post(uint64_t *state, const struct drawing *d, struct drawn *drawn)
{
    int64_t a = next_number(state, d->authors), b = next_number(state, d->authors);
    int64_t author = a < b ? a : b, thread = next_number(state, d->threads);
    int64_t stray = next_number(state, 100), anywhere = next_number(state, d->buckets);
    int64_t bucket = stray < 15 ? anywhere : thread * d->buckets / d->threads;
    int64_t which = next_number(state, 100), chance = next_number(state, 100);
    if (which < d->by_author)
        chance = author * 7919 % 100;
    else if (which < d->by_author + d->by_thread)
        chance = thread * 6101 % 100;
    size_t i = drawn->posts.count++;
    drawn->author[i] = (uint32_t)author;
    drawn->thread[i] = (uint32_t)thread;
    drawn->bucket[i] = (uint32_t)bucket;
    if (chance * (d->buckets - 1) < d->first * (d->buckets - 1) + (d->last - d->first) * bucket)
        drawn->tagged[drawn->places.count++] = (uint32_t)i;
}

/* One at a time: the drawn posts are kept here. */
static inline const struct drawn *draw(const struct drawing *drawing)
{
    static struct drawn drawn;
    uint64_t state = drawing->seed;
    assert_true(drawing->posts <= MOST_DRAWN);
    drawn.posts = (struct ek_panel_posts){.author = drawn.author,
                                          .thread = drawn.thread,
                                          .bucket = drawn.bucket,
                                          .buckets = (uint32_t)drawing->buckets};
    drawn.places = (struct ek_tagged){.posts = drawn.tagged};
    for (int64_t i = 0; i < drawing->posts; i++)
        draw_post(&state, drawing, &drawn);
    return &drawn;
}

/* A fresh arena for each test. */
static inline int make_arena(void **state)
{
    return (*state = ek_arena_new(EK_ARENA_BYTES)) ? 0 : -1;
}

static inline int free_arena(void **state)
{
    ek_arena_free(*state);
    return 0;
}

static inline struct ek_panel *panel_of(const struct ek_panel_posts *posts, struct ek_arena *arena)
{
    struct ek_err err;
    struct ek_panel *panel = ek_panel_new(posts, arena, &err);
    if (!panel)
        fail_msg("%s", err.message);
    return panel;
}

static inline void near_at(const char *file, int line, double got, double expected,
                           double tolerance)
{
    if (!(fabs(got - expected) <= tolerance * fmax(1e-3, fabs(expected))))
        print_error("%s:%d: %.17g instead of %.17g\n", file, line, got, expected);
    _assert_true(fabs(got - expected) <= tolerance * fmax(1e-3, fabs(expected)), "near", file,
                 line);
}
/* Relative to what is expected; of values below 0.001, to that. */
#define near(got, expected, tolerance) near_at(__FILE__, __LINE__, got, expected, tolerance)

#endif
