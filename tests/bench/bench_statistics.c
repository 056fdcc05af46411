/* bench_statistics.c - what the statistics of two windows cost at 10 M posts.
 *
 * Posts come thread by thread, twelve to a thread, of 400,000 authors; 5 % are tagged. The peer of
 * the bootstrap is the same with one replicate at a time: weights for every author and thread, then
 * a sum over the posts. Processor time; medians of interleaved slices of 16 replicates.
 * EKBOM_BENCH_POSTS=1000000 makes a smaller panel. */
#include <stdbool.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/trend.h"
#include "measure.h"

#define SLICES 5
#define SLICE_REPLICATES 16u
#define ARENA_BYTES ((size_t)4 << 30)

struct drawn {
    struct ek_panel_posts posts;
    uint32_t *author, *thread, *bucket, *places;
    struct ek_tagged tagged;
    uint32_t authors, threads;
    uint64_t random;
};

static uint32_t next(struct drawn *drawn, uint32_t below)
{
    drawn->random = drawn->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((drawn->random >> 33) % below);
}

static void draw(struct drawn *drawn, size_t count)
{
    drawn->author = malloc(count * sizeof(uint32_t));
    drawn->thread = malloc(count * sizeof(uint32_t));
    drawn->bucket = malloc(count * sizeof(uint32_t));
    drawn->places = malloc(count * sizeof(uint32_t));
    if (!drawn->author || !drawn->thread || !drawn->bucket || !drawn->places)
        give_up("out of memory");
    drawn->authors = (uint32_t)(count / 25 + 1);
    for (size_t i = 0; i < count; i++) {
        uint32_t a = next(drawn, drawn->authors), b = next(drawn, drawn->authors);
        drawn->threads += next(drawn, 12) == 0;
        drawn->author[i] = a < b ? a : b;
        drawn->thread[i] = drawn->threads;
        drawn->bucket[i] = i >= count / 2;
        if (next(drawn, 20) == 0)
            drawn->places[drawn->tagged.count++] = (uint32_t)i;
    }
    drawn->threads++;
    drawn->tagged.posts = drawn->places;
    drawn->posts =
        (struct ek_panel_posts){count, drawn->author, drawn->thread, drawn->bucket, EK_WINDOWS};
}

/* One replicate at a time ---------------------------------------------------------------------- */

static void fill_weights(struct drawn *drawn, uint8_t *weights, uint32_t count)
{
    static const uint16_t at_most[] = {24109, 48219, 60273, 64292, 65296, 65497, 65531};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t uniform = next(drawn, 65536);
        weights[i] = 0;
        for (size_t j = 0; j < sizeof at_most / sizeof *at_most; j++)
            weights[i] += uniform >= at_most[j];
    }
}

static double one_by_one(struct drawn *drawn)
{
    uint8_t *author = malloc(drawn->authors), *thread = malloc(drawn->threads);
    uint64_t n[EK_WINDOWS] = {0}, k[EK_WINDOWS] = {0};
    if (!author || !thread)
        give_up("out of memory");
    double from = processor_seconds();
    fill_weights(drawn, author, drawn->authors);
    fill_weights(drawn, thread, drawn->threads);
    for (size_t i = 0; i < drawn->posts.count; i++)
        n[drawn->bucket[i]] += (uint32_t)author[drawn->author[i]] * thread[drawn->thread[i]];
    for (size_t i = 0; i < drawn->tagged.count; i++) {
        uint32_t post = drawn->places[i];
        k[drawn->bucket[post]] +=
            (uint32_t)author[drawn->author[post]] * thread[drawn->thread[post]];
    }
    double took = processor_seconds() - from;
    if (n[EK_BEFORE] <= k[EK_BEFORE] || n[EK_AFTER] <= k[EK_AFTER])
        give_up("the peer's sums are wrong");
    free(author);
    free(thread);
    return took;
}

/* Ours ------------------------------------------------------------------------------------------
 */

static double blocks(struct ek_panel *panel, const struct drawn *drawn, enum ek_resample resample,
                     uint64_t seed)
{
    struct ek_arena *arena = ek_arena_new(ARENA_BYTES);
    struct ek_bootstrap bootstrap;
    struct ek_err err;
    double from = processor_seconds();
    if (!arena || ek_panel_bootstrap(panel, &drawn->tagged, resample, seed, SLICE_REPLICATES, arena,
                                     &bootstrap, &err))
        give_up(arena ? err.message : "out of memory");
    double took = processor_seconds() - from;
    ek_arena_free(arena);
    return took / SLICE_REPLICATES;
}

static void race(struct ek_panel *panel, struct drawn *drawn)
{
    static const char *const names[] = {"author", "thread", "both"};
    double mine[SLICES], others[SLICES], posts = (double)drawn->posts.count;
    for (int resample = EK_RESAMPLE_AUTHORS; resample <= EK_RESAMPLE_BOTH; resample++) {
        bool both = resample == EK_RESAMPLE_BOTH;
        for (uint32_t i = 0; i < SLICES; i++) {
            mine[i] = blocks(panel, drawn, (enum ek_resample)resample, i);
            others[i] = both ? one_by_one(drawn) : 0;
        }
        double ours = median(mine, SLICES) * 1e9 / posts;
        double theirs = median(others, SLICES) * 1e9 / posts;
        printf("bootstrap by %s (ns a post and replicate, at most 2", names[resample]);
        if (both)
            printf("; peer: a replicate at a time)\t%.2f\t%.2f\t%.1f\t-\n", ours, theirs,
                   theirs / ours);
        else
            printf(")\t%.2f\t-\t-\t-\n", ours);
    }
}

int main(void)
{
    const char *given = getenv("EKBOM_BENCH_POSTS");
    size_t count = given ? strtoull(given, NULL, 10) : 10000000;
    struct drawn drawn = {.random = 1945};
    struct ek_arena *arena = ek_arena_new(ARENA_BYTES);
    struct ek_shift shift;
    struct ek_err err;
    if (count < 1000)
        give_up("EKBOM_BENCH_POSTS must be at least 1000");
    draw(&drawn, count);
    double from = processor_seconds();
    struct ek_panel *panel = arena ? ek_panel_new(&drawn.posts, arena, &err) : NULL;
    if (!panel)
        give_up(arena ? err.message : "out of memory");
    printf("panel of %zu posts (s)\t%.3f\t-\t-\t-\n", count, processor_seconds() - from);
    from = processor_seconds();
    if (ek_panel_shift(panel, &drawn.tagged, &shift, &err))
        give_up(err.message);
    printf("shift of one theory in it (s)\t%.3f\t-\t-\t-\n", processor_seconds() - from);
    race(panel, &drawn);
    ek_arena_free(arena);
    return 0;
}
