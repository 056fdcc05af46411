/* ops_compare.c - a store compared with the model, by what can be asked of it: every post and every
 * row, the tags of every generation, counts by theory and month, and the authors' first days. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/query.h"
#include "ops_store.h"
#include "store/index/firsts.h"
#include "store/index/generation.h"
#include "store/index/view.h"
#include "store/index/words.h"

#define PERIOD_FROM 946684800ll   /* 2000 */
#define PERIOD_UNTIL 1735689600ll /* 2025 */

struct comparing {
    struct ek_store *store;
    const struct model *model;
    struct ek_arena *arena;
    size_t *place;    /* by post number: in the model */
    uint64_t numbers; /* greatest post number */
    uint32_t *author; /* by post number, as the rows say */
    bool complete;
    long differences;
};

static void differ(struct comparing *comparing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void differ(struct comparing *comparing, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (comparing->differences++ < 20) {
        fputs("    difference: ", stderr);
        vfprintf(stderr, format, list);
        fputc('\n', stderr);
    }
    va_end(list);
}

/* Posts --------------------------------------------------------------------------------------- */

static void compare_entry(struct comparing *comparing, size_t at, const struct ek_entry *entry)
{
    const struct model_post *post = &comparing->model->posts[at];
    const struct model_author *author = &comparing->model->authors[post->author];
    char text[48], forum[48], name[32], thread[16], board[16];
    const char *language = model_languages[post->language];
    snprintf(text, sizeof text, "post %zu, words %u", at, post->text);
    snprintf(thread, sizeof thread, "%u", post->thread);
    snprintf(board, sizeof board, "%u", comparing->model->threads[post->thread].board);
    snprintf(name, sizeof name, "author %u, %u", post->author, author->names);
    if (strcmp(entry->post.text, text) != 0)
        differ(comparing, "post %zu: \"%s\", not \"%s\"", at, entry->post.text, text);
    if (strcmp(entry->forum, forum_name(post->forum, forum)) != 0 ||
        strcmp(entry->thread_id, thread) != 0 || !entry->board_id ||
        strcmp(entry->board_id, board) != 0)
        differ(comparing, "post %zu: in thread %s of board %s, not %s of %s", at, entry->thread_id,
               entry->board_id ? entry->board_id : "?", thread, board);
    if (entry->post.time != post->time || entry->post.precision != post->precision)
        differ(comparing, "post %zu: time %lld, not %lld", at, (long long)entry->post.time,
               (long long)post->time);
    if (entry->state != model_state(post))
        differ(comparing, "post %zu: state %d, not %d", at, entry->state, model_state(post));
    if (!entry->post.author || strcmp(entry->post.author, name) != 0)
        differ(comparing, "post %zu: by %s, not %s", at, entry->post.author, name);
    if (!entry->language != !language || (language && strcmp(entry->language, language) != 0))
        differ(comparing, "post %zu: in another language", at);
}

static int compare_number(void *context, uint64_t number, struct ek_err *err)
{
    struct comparing *comparing = context;
    struct ek_entry entry;
    ek_arena_reset(comparing->arena);
    if (ek_store_entry(comparing->store, number, true, comparing->arena, &entry, err) != 1)
        return -1;
    size_t at = model_place(entry.post.id);
    if (number <= comparing->numbers)
        comparing->place[number] = at;
    if (at != SIZE_MAX && at >= comparing->model->post_count)
        differ(comparing, "a post %s that never was", entry.post.id);
    else if (at != SIZE_MAX)
        compare_entry(comparing, at, &entry);
    return 0;
}

static void compare_posts(struct comparing *comparing)
{
    struct ek_err err = {0};
    if (ek_store_each(comparing->store, compare_number, comparing, &err) < 0)
        fail_with("each", &err);
}

/* Rows ---------------------------------------------------------------------------------------- */

/* The model's tags as the index says them: theories and treatments of a row, and nothing else. */
static bool same_marks(const struct ek_words *words, const struct ek_mark *marks, size_t count,
                       const struct model_tags *tags)
{
    unsigned theories = 0, treatments = 0;
    for (size_t i = 0; i < count; i++) {
        const char *code = marks[i].code < words->count ? words->items[marks[i].code].text : NULL;
        unsigned number = code ? (unsigned)strtoul(strrchr(code, '-') + 1, NULL, 10) : 99;
        bool treatment = marks[i].word == EK_WORD_TREATMENT;
        if (!code || number >= (treatment ? TREATMENTS : THEORIES))
            return false;
        if (treatment)
            treatments |= 1u << number;
        else if (marks[i].word == tags->stance[number])
            theories |= 1u << number;
        else
            return false;
    }
    return theories == tags->theories && treatments == tags->treatments;
}

static void compare_row(struct comparing *comparing, struct ek_view_chunk *item,
                        const struct ek_row_marks *marks, uint32_t row, unsigned rules,
                        const struct ek_words *words, bool current)
{
    const uint32_t *number = ek_chunk_section(&item->chunk, EK_SECTION_NUMBER);
    const uint32_t *author = ek_chunk_section(&item->chunk, EK_SECTION_AUTHOR);
    size_t at =
        number && number[row] <= comparing->numbers ? comparing->place[number[row]] : SIZE_MAX;
    bool tagged = !(marks->untagged[row / 64] >> row % 64 & 1);
    if (!number || !author || at == SIZE_MAX)
        return;
    const struct model_post *post = &comparing->model->posts[at];
    comparing->author[number[row]] = author[row];
    if (!tagged && current && comparing->complete)
        differ(comparing, "post %zu has no tags", at);
    if (!tagged)
        return;
    struct model_tags tags = model_tags((uint32_t)at, post->text, post->language, rules);
    bool assessed = !(marks->unassessed[row / 64] >> row % 64 & 1);
    if (assessed != tags.assessable ||
        !same_marks(words, marks->marks + marks->start[row],
                    marks->start[row + 1] - marks->start[row], &tags))
        differ(comparing, "post %zu has tags of other words, under rules %u", at, rules);
}

static uint64_t compare_generation(struct comparing *comparing, struct ek_txn *index,
                                   const struct ek_generation *generation, unsigned rules,
                                   bool current)
{
    struct ek_arena *arena = ek_arena_new(512u << 20);
    struct ek_words words;
    struct ek_view view;
    struct ek_row_marks marks;
    ek_words_load(index, generation, arena, &words);
    ek_view_open(&view, index, generation->number, arena);
    for (size_t i = 0; i < view.count && !ek_txn_failed(index); i++) {
        struct ek_view_chunk *item = &view.chunks[i];
        if (ek_postings_by_row(&item->postings, arena, &marks))
            break;
        for (uint32_t row = 0, at = 0; row < item->chunk.rows; row++) {
            bool dead = at < item->dead_count && item->dead[at] == row;
            at += dead;
            if (!dead)
                compare_row(comparing, item, &marks, row, rules, &words, current);
        }
    }
    uint64_t rows = view.rows;
    ek_arena_free(arena);
    return rows;
}

static unsigned rules_of(const struct comparing *comparing, const char *digest)
{
    struct ek_bundle bundle;
    for (unsigned rules = comparing->model->rules + 3; rules > 0; rules--) {
        store_rules(rules, &bundle);
        if (strcmp(bundle.digest, digest) == 0)
            return rules;
    }
    return 0;
}

static void compare_rows(struct comparing *comparing, struct ek_txn *index)
{
    struct ek_arena *arena = ek_arena_new(1u << 20);
    struct ek_generation *all, current;
    size_t count;
    uint64_t rows = 0;
    if (ek_generation_get(index, EK_CURRENT, &current) < 0 ||
        ek_generations_load(index, arena, &all, &count))
        count = 0;
    for (size_t i = 0; i < count; i++)
        rows = compare_generation(comparing, index, &all[i], rules_of(comparing, all[i].digest),
                                  all[i].number == current.number);
    /* And the one that counts slices. */
    size_t posts = comparing->model->post_count + (comparing->model->slices > 0);
    if (comparing->complete && rows != posts)
        differ(comparing, "%llu rows of %zu posts", (unsigned long long)rows, posts);
    ek_arena_free(arena);
}

/* First days ---------------------------------------------------------------------------------- */

static void compare_firsts(struct comparing *comparing, struct ek_txn *index)
{
    const struct model *model = comparing->model;
    struct ek_arena *arena = ek_arena_new(256u << 20);
    int32_t *expected = malloc((model->author_count + 1) * sizeof *expected);
    struct ek_generation current;
    struct ek_firsts firsts;
    struct ek_view view;
    for (size_t i = 0; i < model->author_count; i++)
        expected[i] = EK_NO_DAY;
    for (size_t i = 0; i < model->post_count; i++) {
        const struct model_post *post = &model->posts[i];
        if (post->time != EK_TIME_UNKNOWN && ek_day_of(post->time) < expected[post->author])
            expected[post->author] = ek_day_of(post->time);
    }
    if (ek_generation_get(index, EK_CURRENT, &current) == 1 &&
        ek_view_open(&view, index, current.number, arena) == 0 &&
        ek_firsts_load(&view, arena, &firsts) == 0) {
        for (uint64_t n = 1; n <= comparing->numbers; n++) {
            size_t at = comparing->place[n];
            uint32_t author = comparing->author[n];
            if (at < model->post_count && author < firsts.count &&
                firsts.day[author] != expected[model->posts[at].author])
                differ(comparing, "the author of post %zu has another first day", at);
        }
    }
    free(expected);
    ek_arena_free(arena);
}

/* Counts -------------------------------------------------------------------------------------- */

static void compare_bucket(struct comparing *comparing, unsigned theory, int month, uint64_t tagged,
                           uint64_t posts)
{
    const struct model *model = comparing->model;
    uint64_t expected_tagged = 0, expected = 0;
    for (size_t i = 0; i < model->post_count; i++) {
        const struct model_post *post = &model->posts[i];
        if (post->time == EK_TIME_UNKNOWN || ek_bucket_of(post->time, EK_BY_MONTH) != month ||
            model_state(post) == EK_HIDDEN)
            continue;
        struct model_tags tags = model_tags((uint32_t)i, post->text, post->language, model->rules);
        expected += tags.assessable;
        expected_tagged += tags.theories >> theory & 1;
    }
    if (tagged != expected_tagged || posts != expected)
        differ(comparing, "%s in month %d: %llu of %llu, not %llu of %llu", model_theory(theory),
               month, (unsigned long long)tagged, (unsigned long long)posts,
               (unsigned long long)expected_tagged, (unsigned long long)expected);
}

/* One theory of the twelve, every month. */
static void compare_counts(struct comparing *comparing)
{
    unsigned theory = (unsigned)(comparing->model->slices % THEORIES);
    const char *name = model_theory(theory);
    struct ek_selection selection = {
        .theories = &name, .theory_count = 1, .period = {PERIOD_FROM, PERIOD_UNTIL}};
    struct ek_timeline timeline;
    struct ek_err err = {0};
    ek_arena_reset(comparing->arena);
    if (ek_query_timeline(comparing->store, &selection, EK_BY_MONTH, EK_OF_ALL, comparing->arena,
                          &timeline, &err)) {
        differ(comparing, "timeline: %s", err.message);
        return;
    }
    for (size_t i = 0; timeline.count == 1 && i < timeline.series[0].count; i++) {
        const struct ek_series_bucket *bucket = &timeline.series[0].buckets[i];
        compare_bucket(comparing, theory, bucket->bucket, bucket->posts_tagged, bucket->posts);
    }
}

/* All ----------------------------------------------------------------------------------------- */

static void print_finding(void *context, const char *finding)
{
    (void)context;
    fprintf(stderr, "    finding: %s\n", finding);
}

long store_compare(struct ek_store *store, const struct model *model, bool complete)
{
    struct comparing comparing = {.store = store, .model = model, .complete = complete};
    struct ek_err err = {0};
    comparing.numbers = model->post_count + 1;
    comparing.arena = ek_arena_new(512u << 20);
    comparing.place = malloc((comparing.numbers + 1) * sizeof *comparing.place);
    comparing.author = calloc(comparing.numbers + 1, sizeof *comparing.author);
    for (uint64_t i = 0; i <= comparing.numbers; i++)
        comparing.place[i] = SIZE_MAX;
    compare_posts(&comparing);
    if (ek_store_enter(store, EK_NEEDS_INDEX, &err))
        fail_with("enter", &err);
    compare_rows(&comparing, store->reading_index);
    if (complete)
        compare_firsts(&comparing, store->reading_index);
    if (ek_store_leave(store, 0, &err))
        differ(&comparing, "%s", err.message);
    if (complete)
        compare_counts(&comparing);
    long findings = ek_store_verify(store, print_finding, NULL, &err);
    if (findings < 0)
        fail_with("verify", &err);
    free(comparing.place);
    free(comparing.author);
    ek_arena_free(comparing.arena);
    return comparing.differences + findings;
}
