/* index_fixture.h - looking into the index of a store_fixture, and merges that few posts provoke.
 */
#ifndef EKBOM_TESTS_INDEX_FIXTURE_H
#define EKBOM_TESTS_INDEX_FIXTURE_H

#include "store_fixture.h"

#include "ekbom/limits.h"
#include "store/index/behind.h"
#include "store/index/figures.h"
#include "store/index/firsts.h"
#include "store/index/generation.h"
#include "store/index/merge.h"
#include "store/index/view.h"
#include "store/index/words.h"

/* Chunks of eight rows; all levels from some hundred posts. */
static inline void small_merges(struct fixture *f)
{
    const struct ek_merge_limits limits = {.small_runs = 4,
                                           .few_runs = 2,
                                           .fan_out = 3,
                                           .chunk_rows = 8,
                                           .full_chunks = 20,
                                           .covered = 20};
    ek_merger_limit(f->store, &limits);
}

static inline void index_open(struct fixture *f, enum ek_store_mode mode)
{
    fixture_open(f, mode);
    small_merges(f);
}

static inline void index_reopen(struct fixture *f)
{
    ek_store_close(f->store);
    f->store = NULL;
    index_open(f, EK_STORE_WRITE);
}

static inline struct ek_runs runs_of(struct fixture *f)
{
    struct ek_runs runs;
    OK(f, ek_store_enter(f->store, EK_NEEDS_INDEX, &f->err));
    OK(f, ek_runs_load(f->store->reading_index, f->arena, &runs));
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return runs;
}

static inline size_t runs_of_level(struct fixture *f, uint32_t level)
{
    struct ek_runs runs = runs_of(f);
    size_t count = 0;
    for (size_t i = 0; i < runs.count; i++)
        count += runs.items[i].level == level;
    return count;
}

static inline bool is_merging(struct fixture *f)
{
    struct ek_manifest manifest;
    OK(f, ek_store_enter(f->store, EK_NEEDS_INDEX, &f->err));
    OK(f, ek_manifest_get(f->store->reading_index, &manifest));
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return manifest.merging_count > 0;
}

/* Living rows with a theory of their own under the generation of this digest (NULL: the current
 * one); theory NULL: rows that it has tagged. */
static inline size_t count_under(struct fixture *f, const char *digest, const char *theory)
{
    struct ek_generation generation;
    struct ek_index_figures figures;
    struct ek_view view;
    size_t count = 0;
    OK(f, ek_store_enter(f->store, EK_NEEDS_INDEX, &f->err));
    struct ek_txn *index = f->store->reading_index;
    int found = digest ? ek_generation_find(index, digest, &generation)
                       : ek_generation_get(index, EK_CURRENT, &generation);
    assert_int_equal(found, 1);
    OK(f, ek_index_figures(index, generation.number, &figures));
    OK(f, ek_view_open(&view, index, generation.number, f->arena));
    assert_int_equal(view.rows, figures.rows);
    uint32_t code = theory ? ek_word_find(index, EK_WORD_THEORY, theory, strlen(theory)) : 0;
    for (size_t i = 0; i < view.count && code; i++) {
        struct ek_view_chunk *item = &view.chunks[i];
        struct ek_row_marks rows;
        OK(f, ek_postings_by_row(&item->postings, f->arena, &rows));
        for (uint32_t row = 0, at = 0; row < item->chunk.rows; row++) {
            bool dead = at < item->dead_count && item->dead[at] == row;
            at += dead;
            for (uint32_t m = rows.start[row]; m < rows.start[row + 1] && !dead; m++)
                count += rows.marks[m].code == code && !(rows.marks[m].word & EK_WORD_NOT_OWN);
        }
    }
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return theory ? count : figures.tagged;
}

static inline size_t rows_of_all(struct fixture *f)
{
    struct ek_index_figures figures;
    struct ek_generation current;
    OK(f, ek_store_enter(f->store, EK_NEEDS_INDEX, &f->err));
    OK(f, ek_generation_get(f->store->reading_index, EK_CURRENT, &current));
    OK(f, ek_index_figures(f->store->reading_index, current.number, &figures));
    OK(f, ek_store_leave(f->store, 0, &f->err));
    return figures.rows;
}

static inline uint64_t behind_of(struct fixture *f)
{
    struct ek_store_status status;
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    return status.behind;
}

/* A post by a number of ours: its thread, author, text; time spread over years, in no order. */
struct numbered {
    char id[16], thread[16], author[16], text[64];
    struct ek_entry entry;
};
static inline struct ek_entry *numbered(struct numbered *post, unsigned i)
{
    snprintf(post->id, sizeof post->id, "%u", i);
    snprintf(post->thread, sizeof post->thread, "%u", i % 10);
    snprintf(post->author, sizeof post->author, "a%u", i % 30);
    snprintf(post->text, sizeof post->text, "text of post %u", i);
    post->entry = entry_of(post->id, post->thread, post->author,
                           1000000000 + (ek_time)(i * 7919u % 1000u) * DAY, post->text);
    return &post->entry;
}

/* Posts first .. first + count - 1 in slices of `per`. */
static inline void put_spread(struct fixture *f, unsigned first, unsigned count, unsigned per,
                              const struct ek_tags *tags)
{
    struct numbered post;
    for (unsigned i = first; i < first + count; i++) {
        if ((i - first) % per == 0)
            OK(f, ek_store_begin(f->store, &f->err));
        OK(f, ek_store_put_entry(f->store, numbered(&post, i), 2000000000, tags, NULL, &f->err));
        if ((i - first) % per == per - 1 || i + 1 == first + count)
            OK(f, ek_store_commit(f->store, &f->err));
    }
}

/* Tag what is behind, at most `most` posts, in batches; returns how many that were. */
static inline size_t tag_behind(struct fixture *f, size_t most, const struct ek_tags *one)
{
    struct ek_untagged posts[32];
    struct ek_tags tags[32];
    size_t total = 0;
    for (size_t i = 0; i < 32; i++)
        tags[i] = *one;
    while (total < most) {
        size_t max = most - total < 32 ? most - total : 32;
        int count = ek_store_untagged(f->store, NULL, f->arena, posts, max, &f->err);
        OK(f, count);
        if (count == 0)
            break;
        OK(f, ek_store_put_tags(f->store, posts, tags, (size_t)count, &f->err));
        total += (size_t)count;
        assert_true(total < 1000000);
    }
    return total;
}
#define ALL_OF_THEM ((size_t)-1)

#endif
