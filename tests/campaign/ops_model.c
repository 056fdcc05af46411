/* ops_model.c - see ops_model.h. */
#include "ops_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"

#define DAY 86400
#define FIRST_SEEN 1600000000 /* of sightings; they come a second apart */
#define LONG_AGO 1500000000   /* of those of older pages */

const char *const model_languages[] = {NULL, "en", "tlh"};
const char *const op_names[] = {"new",          "new forum",   "late arrival", "edit",
                                "gone, hidden", "move",        "merge",        "move thread",
                                "rename",       "better time", "language",     NULL};

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

uint64_t model_random(struct model *model, uint64_t below)
{
    return mix(model->random++) % below;
}

static void *grown(void *list, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return list;
    *cap = *cap ? 2 * *cap : 1024;
    list = reallocarray(list, *cap, size);
    if (!list) {
        perror("model");
        exit(2);
    }
    return list;
}

static uint32_t add_thread(struct model *model, uint32_t forum)
{
    model->threads =
        grown(model->threads, model->thread_count, &model->thread_cap, sizeof *model->threads);
    model->threads[model->thread_count] =
        (struct model_thread){forum, (uint32_t)model_random(model, 6)};
    return (uint32_t)model->thread_count++;
}

static uint32_t add_author(struct model *model, uint32_t forum)
{
    model->authors =
        grown(model->authors, model->author_count, &model->author_cap, sizeof *model->authors);
    model->authors[model->author_count] = (struct model_author){.forum = forum};
    return (uint32_t)model->author_count++;
}

void model_init(struct model *model, uint64_t seed)
{
    *model = (struct model){.random = mix(seed), .now = FIRST_SEEN, .forums = 1, .rules = 1};
    add_thread(model, 0);
    add_author(model, 0);
}

static void *copied(const void *list, size_t bytes)
{
    void *copy = malloc(bytes ? bytes : 1);
    if (!copy) {
        perror("model");
        exit(2);
    }
    return memcpy(copy, list ? list : "", list ? bytes : 0);
}

void model_copy(struct model *to, const struct model *from)
{
    *to = *from;
    to->posts = copied(from->posts, from->post_cap * sizeof *from->posts);
    to->threads = copied(from->threads, from->thread_cap * sizeof *from->threads);
    to->authors = copied(from->authors, from->author_cap * sizeof *from->authors);
}

void model_free(struct model *model)
{
    free(model->posts);
    free(model->threads);
    free(model->authors);
}

enum ek_state model_state(const struct model_post *post)
{
    if (post->state != EK_LIVE)
        return post->state;
    return post->texts & (post->texts - 1) ? EK_EDITED : EK_LIVE;
}

/* Drawing ------------------------------------------------------------------------------------- */

/* Twenty years, in no order; some undated, a few of years that cannot be. */
static void draw_time(struct model *model, struct model_post *post)
{
    unsigned kind = (unsigned)model_random(model, 100);
    post->precision = EK_PRECISION_SECOND;
    if (kind < 8) {
        post->time = EK_TIME_UNKNOWN;
        post->precision = EK_PRECISION_UNKNOWN;
    } else if (kind < 10) {
        post->time = kind == 8 ? -62135596800ll : 253402300799ll; /* 0001-01-01, 9999-12-31 */
    } else if (kind < 20) {
        post->time = (ek_time)(12000 + model_random(model, 6000)) * DAY;
        post->precision = EK_PRECISION_DAY;
    } else {
        post->time = 1000000000 + (ek_time)model_random(model, 630720000);
    }
}

/* A thread or an author of the forum: one of some tried, else a new one. */
static uint32_t some_thread(struct model *model, uint32_t forum)
{
    for (unsigned i = 0; i < 20 && model_random(model, 20); i++) {
        uint32_t thread = (uint32_t)model_random(model, model->thread_count);
        if (model->threads[thread].forum == forum)
            return thread;
    }
    return add_thread(model, forum);
}

static uint32_t some_author(struct model *model, uint32_t forum)
{
    for (unsigned i = 0; i < 20 && model_random(model, 20); i++) {
        uint32_t author = (uint32_t)model_random(model, model->author_count);
        if (model->authors[author].forum == forum)
            return author;
    }
    return add_author(model, forum);
}

static uint32_t new_post(struct model *model, uint32_t forum)
{
    model->posts = grown(model->posts, model->post_count, &model->post_cap, sizeof *model->posts);
    struct model_post *post = &model->posts[model->post_count];
    *post = (struct model_post){.forum = forum,
                                .thread = some_thread(model, forum),
                                .author = some_author(model, forum),
                                .texts = 1,
                                .unknown = true,
                                .language = (unsigned)model_random(model, LANGUAGES)};
    draw_time(model, post);
    return (uint32_t)model->post_count++;
}

/* What the store is shown: the post as it stands now. A page without ids gives the name alone,
 * which means the account that bore it last, or that will be seen to bear it. */
static void show(struct model *model, struct op *op, enum op_kind kind, uint32_t number)
{
    const struct model_post *post = &model->posts[number];
    struct model_author *author = &model->authors[post->author];
    *op = (struct op){.kind = kind, .post = number, .shown = *post, .seen = ++model->now};
    op->board = model->threads[post->thread].board;
    op->tagged = model_random(model, 8) > 0;
    op->account = model_random(model, 4) > 0;
    author->known = author->known || op->account;
    op->name = author->names;
}

static void edit(struct model *model, struct model_post *post)
{
    unsigned text = (unsigned)model_random(model, TEXTS);
    post->unknown = post->unknown || text != post->text;
    post->text = text;
    post->texts |= 1u << text;
}

static void change_state(struct model *model, struct model_post *post)
{
    static const enum ek_state states[] = {EK_LIVE, EK_GONE, EK_HIDDEN};
    post->state = states[model_random(model, 3)];
}

static void move(struct model *model, struct model_post *post)
{
    uint32_t number = (uint32_t)(post - model->posts);
    uint32_t thread = some_thread(model, post->forum);
    model->posts[number].thread = thread;
}

static void move_thread(struct model *model, struct model_post *post)
{
    model->threads[post->thread].board = (uint32_t)model_random(model, 6);
}

static void rename_author(struct model *model, struct model_post *post)
{
    struct model_author *author = &model->authors[post->author];
    /* A name that no account bore yet is another person's; and the store keeps so many of each. */
    if (author->known && author->names < EK_MAX_AUTHOR_NAMES - 1)
        author->names++;
}

static void change_language(struct model *model, struct model_post *post)
{
    unsigned language = 1 + (unsigned)model_random(model, LANGUAGES - 1);
    post->unknown = post->unknown || language != post->language;
    post->language = language;
}

static void nothing(struct model *model, struct model_post *post)
{
    (void)model;
    (void)post;
}

/* Sightings that show something else than the post as it then stands. ---------------------------
 */

/* An older page: words that were seen before those in force. */
static void see_late(struct model *model, struct op *op)
{
    struct model_post *post = &model->posts[op->post];
    unsigned text = (unsigned)model_random(model, TEXTS);
    if (post->texts & 1u << text)
        return;
    post->texts |= 1u << text;
    op->shown.text = text;
    op->seen += LONG_AGO - FIRST_SEEN;
}

/* A later page shows the time better, or worse, or not at all. */
static void better_time(struct model *model, struct op *op)
{
    struct model_post *post = &model->posts[op->post];
    draw_time(model, &op->shown);
    if (op->shown.precision < post->precision)
        return;
    post->time = op->shown.time;
    post->precision = op->shown.precision;
}

static void by_account(struct model *model, struct op *op)
{
    op->account = true;
    model->authors[op->shown.author].known = true;
}

/* How often each comes, in a thousand; the rest is new posts. */
static const struct {
    enum op_kind kind;
    unsigned often;
    void (*change)(struct model *model, struct model_post *post);
    void (*differently)(struct model *model, struct op *op); /* or NULL */
} kinds[] = {
    {OP_EDIT, 200, edit, NULL},
    {OP_LATE, 50, nothing, see_late},
    {OP_STATE, 90, change_state, NULL},
    {OP_MOVE, 80, move, NULL},
    {OP_MOVE_THREAD, 15, move_thread, NULL},
    {OP_RENAME, 60, rename_author, by_account},
    {OP_RETIME, 70, nothing, better_time},
    {OP_LANGUAGE, 25, change_language, NULL},
};

/* Tags that come along hold if the words shown are those in force. */
static void learn_tags(struct model *model, const struct op *op)
{
    struct model_post *post = &model->posts[op->post];
    if (op->tagged && op->shown.text == post->text)
        post->unknown = false;
}

static size_t merge_threads(struct model *model, struct op *ops, size_t most)
{
    uint32_t number = (uint32_t)model_random(model, model->post_count);
    uint32_t from = model->posts[number].thread;
    uint32_t into = some_thread(model, model->posts[number].forum);
    size_t count = 0;
    for (size_t i = 0; i < model->post_count && count < most; i++) {
        if (model->posts[i].thread != from)
            continue;
        model->posts[i].thread = into;
        show(model, &ops[count++], OP_MERGE_THREADS, (uint32_t)i);
    }
    return count;
}

/* One operation: at most `most` sightings, at least one. Returns how many. */
static size_t draw(struct model *model, struct op *ops, size_t most)
{
    unsigned drawn = (unsigned)model_random(model, 1000);
    if (model->post_count == 0)
        drawn = 999;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (drawn < kinds[i].often) {
            uint32_t post = (uint32_t)model_random(model, model->post_count);
            kinds[i].change(model, &model->posts[post]);
            show(model, ops, kinds[i].kind, post);
            if (kinds[i].differently)
                kinds[i].differently(model, ops);
            return 1;
        }
        drawn -= kinds[i].often;
    }
    if (drawn < 5)
        return merge_threads(model, ops, most);
    bool new_forum = drawn < 8 && model->forums < FORUMS_MOST;
    uint32_t forum = new_forum ? model->forums++ : (uint32_t)model_random(model, model->forums);
    show(model, ops, new_forum ? OP_NEW_FORUM : OP_NEW, new_post(model, forum));
    return 1;
}

void model_step(struct model *model, struct step *step, uint64_t counts[OP_KINDS])
{
    step->count = 0;
    step->retag = 0;
    if (model_random(model, 40) == 0) {
        step->retag = model->rules + 1 + (model_random(model, 6) == 0);
        model->operations++;
        return;
    }
    size_t most = 1 + (size_t)model_random(model, model_random(model, 20) ? 16 : SIGHTINGS_MOST);
    while (step->count < most) {
        struct op *first = &step->ops[step->count];
        size_t count = draw(model, first, most - step->count);
        for (size_t i = 0; i < count; i++)
            learn_tags(model, &first[i]);
        step->count += count;
        model->operations++;
        if (counts)
            counts[first->kind]++;
    }
    step->slice = ++model->slices;
}

void model_tagged(struct model *model, unsigned rules)
{
    model->rules = rules;
    for (size_t i = 0; i < model->post_count; i++)
        model->posts[i].unknown = false;
}

/* Tags ---------------------------------------------------------------------------------------- */

struct model_tags model_tags(uint32_t post, unsigned text, unsigned language, unsigned rules)
{
    struct model_tags tags = {.assessable = language != LANGUAGES - 1};
    uint64_t bits = mix(((uint64_t)post * TEXTS + text) * 1000003 + rules);
    if (!tags.assessable)
        return tags;
    for (unsigned i = 0; i < THEORIES; i++) {
        if ((bits >> i * 3 & 7) == 0)
            tags.theories |= 1u << i;
        tags.stance[i] = (unsigned char)(bits >> (i + 36) & 3);
    }
    tags.treatments = (unsigned)(bits >> 52 & 15) & (unsigned)(bits >> 58 & 15);
    return tags;
}

const char *model_theory(unsigned i)
{
    static char names[THEORIES][16];
    snprintf(names[i], sizeof names[i], "theory-%02u", i);
    return names[i];
}

const char *model_treatment(unsigned i)
{
    static char names[TREATMENTS][16];
    snprintf(names[i], sizeof names[i], "treatment-%u", i);
    return names[i];
}
