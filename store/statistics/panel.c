/* panel.c - see panel.h.
 *
 * Pairs of author and thread are numbered thread by thread: within one, an author's pair is that of
 * the last post of theirs in it. Sorting by thread is one pass, since threads have numbers: a panel
 * of 10 M posts takes 0.3 s, and took 1.9 s with a hash of the pairs. */
#include "store/statistics/panel.h"

#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"

/* Numbers are below this; 0 with err: one is too large to count with. */
static uint32_t numbers_in(const uint32_t *numbers, size_t count, struct ek_err *err)
{
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = numbers[i] > largest ? numbers[i] : largest;
    if (largest == UINT32_MAX)
        ek_fail(err, EK_LIMIT, "number %u of an author or thread is too large", largest);
    return largest + 1;
}

/* Scratch of the numbering: posts in the order of their threads, and of each author the pair that
 * the last of these posts made. */
struct numbering {
    uint32_t *by_thread;
    size_t *first; /* of a thread, in by_thread */
    uint32_t *pair;
    uint32_t *thread; /* ... and its thread plus one */
};

static void sort_by_thread(const struct ek_panel *panel, struct numbering *numbering)
{
    const struct ek_panel_posts *posts = &panel->posts;
    size_t threads = panel->clusters[EK_CLUSTER_THREAD].count;
    for (size_t i = 0; i < posts->count; i++)
        numbering->first[posts->thread[i] + (size_t)1]++;
    for (size_t i = 0; i < threads; i++)
        numbering->first[i + 1] += numbering->first[i];
    for (size_t i = 0; i < posts->count; i++)
        numbering->by_thread[numbering->first[posts->thread[i]]++] = (uint32_t)i;
}

static uint32_t number_sorted(const struct ek_panel *panel, struct numbering *numbering,
                              uint32_t *of)
{
    const struct ek_panel_posts *posts = &panel->posts;
    uint32_t pairs = 0;
    for (size_t i = 0; i < posts->count; i++) {
        uint32_t post = numbering->by_thread[i], author = posts->author[post];
        if (numbering->thread[author] != posts->thread[post] + 1) {
            numbering->thread[author] = posts->thread[post] + 1;
            numbering->pair[author] = pairs++;
        }
        of[post] = numbering->pair[author];
    }
    return pairs;
}

static int number_pairs(struct ek_panel *panel, struct ek_arena *arena, struct ek_err *err)
{
    size_t posts = panel->posts.count;
    size_t authors = panel->clusters[EK_CLUSTER_AUTHOR].count;
    size_t threads = panel->clusters[EK_CLUSTER_THREAD].count;
    uint32_t *of = EK_NEW_ARRAY(arena, uint32_t, posts + 1);
    struct numbering numbering = {.by_thread = malloc((posts + 1) * sizeof(uint32_t)),
                                  .first = calloc(threads + 1, sizeof(size_t)),
                                  .pair = malloc((authors + 1) * sizeof(uint32_t)),
                                  .thread = calloc(authors + 1, sizeof(uint32_t))};
    bool made = of && numbering.by_thread && numbering.first && numbering.pair && numbering.thread;
    if (made) {
        sort_by_thread(panel, &numbering);
        panel->clusters[EK_CLUSTER_BOTH].of = of;
        panel->clusters[EK_CLUSTER_BOTH].count = number_sorted(panel, &numbering, of);
    }
    free(numbering.by_thread);
    free(numbering.first);
    free(numbering.pair);
    free(numbering.thread);
    return made ? 0 : ek_fail_memory(err);
}

static void sum_windows(struct ek_panel_clusters *clusters)
{
    for (uint32_t i = 0; i < clusters->count; i++) {
        uint64_t before = clusters->posts[2 * (size_t)i],
                 after = clusters->posts[2 * (size_t)i + 1];
        clusters->n_n.of[EK_BEFORE][EK_BEFORE] += before * before;
        clusters->n_n.of[EK_BEFORE][EK_AFTER] += before * after;
        clusters->n_n.of[EK_AFTER][EK_AFTER] += after * after;
        clusters->active[EK_BEFORE] += before > 0;
        clusters->active[EK_AFTER] += after > 0;
        clusters->active_both += before && after;
    }
    clusters->n_n.of[EK_AFTER][EK_BEFORE] = clusters->n_n.of[EK_BEFORE][EK_AFTER];
}

static int count_windows(struct ek_panel *panel, struct ek_panel_clusters *clusters,
                         struct ek_arena *arena, struct ek_err *err)
{
    const struct ek_panel_posts *posts = &panel->posts;
    clusters->posts = EK_NEW_ARRAY(arena, uint32_t, 2 * (size_t)clusters->count + 1);
    clusters->tagged = EK_NEW_ARRAY(arena, uint32_t, 2 * (size_t)clusters->count + 1);
    if (!clusters->posts || !clusters->tagged)
        return ek_fail_memory(err);
    for (size_t i = 0; i < posts->count; i++)
        clusters->posts[2 * (size_t)clusters->of[i] + posts->bucket[i]]++;
    sum_windows(clusters);
    return 0;
}

static int count_active(const struct ek_panel *panel, struct ek_panel_clusters *clusters,
                        struct ek_err *err)
{
    uint8_t *seen = calloc(clusters->count + (size_t)1, 1);
    if (!seen)
        return ek_fail_memory(err);
    for (size_t i = 0; i < panel->posts.count; i++) {
        clusters->active_any += !seen[clusters->of[i]];
        seen[clusters->of[i]] = 1;
    }
    free(seen);
    return 0;
}

static int fill(struct ek_panel *panel, struct ek_arena *arena, struct ek_err *err)
{
    const struct ek_panel_posts *posts = &panel->posts;
    panel->bucket_posts = EK_NEW_ARRAY(arena, uint64_t, posts->buckets + (size_t)1);
    if (!panel->bucket_posts)
        return ek_fail_memory(err);
    for (size_t i = 0; i < posts->count; i++) {
        if (posts->bucket[i] >= posts->buckets)
            return ek_fail(err, EK_USAGE, "bucket %u of %u", posts->bucket[i], posts->buckets);
        panel->bucket_posts[posts->bucket[i]]++;
    }
    panel->clusters[EK_CLUSTER_AUTHOR].of = posts->author;
    panel->clusters[EK_CLUSTER_AUTHOR].count = numbers_in(posts->author, posts->count, err);
    panel->clusters[EK_CLUSTER_THREAD].of = posts->thread;
    panel->clusters[EK_CLUSTER_THREAD].count = numbers_in(posts->thread, posts->count, err);
    if (!panel->clusters[EK_CLUSTER_AUTHOR].count || !panel->clusters[EK_CLUSTER_THREAD].count)
        return -1;
    if (posts->count > UINT32_MAX - 1u)
        return ek_fail(err, EK_LIMIT, "%zu posts are too many to compare", posts->count);
    if (number_pairs(panel, arena, err))
        return -1;
    for (int kind = 0; kind < EK_CLUSTERINGS; kind++) {
        struct ek_panel_clusters *clusters = &panel->clusters[kind];
        if (count_active(panel, clusters, err))
            return -1;
        if (posts->buckets == EK_WINDOWS && count_windows(panel, clusters, arena, err))
            return -1;
    }
    return 0;
}

struct ek_panel *ek_panel_new(const struct ek_panel_posts *posts, struct ek_arena *arena,
                              struct ek_err *err)
{
    struct ek_panel *panel = EK_NEW(arena, struct ek_panel);
    if (!panel) {
        ek_fail_memory(err);
        return NULL;
    }
    panel->posts = *posts;
    return fill(panel, arena, err) ? NULL : panel;
}

int ek_panel_check(const struct ek_panel *panel, const struct ek_tagged *tagged, struct ek_err *err)
{
    for (size_t i = 0; i < tagged->count; i++)
        if (tagged->posts[i] >= panel->posts.count)
            return ek_fail(err, EK_USAGE, "tagged post %u of %zu", tagged->posts[i],
                           panel->posts.count);
    return 0;
}
