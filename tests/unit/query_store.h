/* query_store.h - the posts of query_twin.h brought into a store: random ones, of which some
 * change, are hidden, have no date or no tags, under two rule sets and in chunks of every level. */
#ifndef EKBOM_TESTS_QUERY_STORE_H
#define EKBOM_TESTS_QUERY_STORE_H

#include "query_twin.h"

#include "store/index/merge.h"

#define CHUNK 400u /* rows: some words of a bitmap, with months that have counts */

struct recipe { /* per thousand posts */
    const char *name;
    unsigned seed, hidden, undated, foreign, untagged, changed, late;
};
static const struct recipe recipes[] = {
    {"clean", 11, 0, 0, 0, 0, 0, 0},
    {"dirty", 12, 60, 50, 40, 30, 200, 40},
    {"few changes", 13, 0, 10, 0, 0, 4, 0},
};

struct store {
    struct fixture *f;
    struct twin *twin;
    const struct recipe *recipe;
};

static bool chance(struct twin *twin, unsigned in_thousand)
{
    return twin_draw(twin, 1000) < in_thousand;
}

static void draw_tags(struct twin *twin, struct twin_tags *tags)
{
    static const unsigned often[TWIN_THEORIES] = {330, 150, 40, 120, 60, 8};
    *tags = (struct twin_tags){.tagged = true, .assessable = true};
    for (size_t i = 0; i < TWIN_THEORIES; i++) {
        if (chance(twin, often[i]))
            tags->marks[tags->count++] = (struct twin_mark){.code = twin_theories[i],
                                                            .stance = twin_draw(twin, EK_STANCES),
                                                            .hedged = twin_draw(twin, 3) == 0,
                                                            .experience = twin_draw(twin, 3) == 0,
                                                            .cramps = twin_draw(twin, 6) == 0,
                                                            .quoted = twin_draw(twin, 6) == 0};
    }
    for (size_t i = 0; i < 2; i++) {
        if (chance(twin, 150))
            tags->marks[tags->count++] =
                (struct twin_mark){.code = twin_treatments[i], .treatment = true};
    }
    tags->undetermined = chance(twin, 30);
}

static void draw_post(struct store *store, struct twin_post *post)
{
    static const char *const languages[] = {"en", "en", "en-gb", NULL};
    const struct recipe *recipe = store->recipe;
    struct twin *twin = store->twin;
    post->thread = twin_draw(twin, TWIN_THREADS);
    post->author = twin_draw(twin, 30) ? 1 + twin_draw(twin, 1 + twin_draw(twin, TWIN_AUTHORS)) : 0;
    post->language = languages[twin_draw(twin, 4)];
    post->state = chance(twin, recipe->hidden)
                      ? EK_HIDDEN
                      : (enum ek_state)(twin_draw(twin, 20) ? EK_LIVE : EK_GONE);
    post->time = ek_time_from_civil(&(struct ek_civil){2010, 1, 1, 0, 0, 0}) +
                 (ek_time)twin_draw(twin, 1200) * DAY + twin_draw(twin, DAY);
    if (chance(twin, recipe->undated))
        post->time = EK_TIME_UNKNOWN;
    else if (twin_draw(twin, 200) == 0)
        post->time -= 9000ll * DAY; /* before 1970, far from the others */
    for (size_t rules = 0; rules < 2; rules++) {
        draw_tags(twin, &post->tags[rules]);
        if (chance(twin, recipe->foreign)) {
            post->language = "de";
            post->tags[rules].assessable = false;
        }
    }
    post->tags[0].tagged = !chance(twin, recipe->untagged);
}

static struct ek_tags *store_tags(struct fixture *f, const struct twin_tags *from)
{
    static struct ek_undetermined undetermined = {"ppi", "ppi:3", "match limit"};
    struct ek_tags *tags = tags_of(f, NULL);
    tags->quoted_only = ek_alloc(f->arena, TWIN_MARKS, sizeof *tags->quoted_only);
    tags->assessable = from->assessable;
    for (size_t i = 0; i < from->count; i++) {
        const struct twin_mark *mark = &from->marks[i];
        struct ek_tag tag = {.code = mark->code,
                             .stance = mark->stance,
                             .hedged = mark->hedged,
                             .experience = mark->experience,
                             .cramps = mark->cramps};
        if (mark->treatment)
            tags->treatments[tags->treatment_count++] = tag;
        else if (mark->quoted)
            tags->quoted_only[tags->quoted_count++] = tag.code;
        else
            tags->theories[tags->theory_count++] = tag;
    }
    tags->undetermined = &undetermined;
    tags->undetermined_count = from->undetermined;
    return tags;
}

static void put_post(struct store *store, const struct twin_post *post, unsigned version,
                     const struct twin_tags *tags)
{
    struct fixture *f = store->f;
    char thread[16], author[16], text[64];
    snprintf(thread, sizeof thread, "%u", post->thread);
    snprintf(author, sizeof author, "a%u", post->author);
    snprintf(text, sizeof text, "text %s, version %u", post->id, version);
    struct ek_entry entry =
        entry_of(post->id, thread, post->author ? author : NULL, post->time, text);
    entry.forum = twin_forum(post);
    entry.board_id = twin_board(post);
    entry.language = post->language;
    entry.state = post->state;
    OK(f, ek_store_put_entry(f->store, &entry, 2000000000 + version,
                             tags->tagged ? store_tags(f, tags) : NULL, NULL, &f->err));
}

static void set_rules(struct store *store, size_t which)
{
    struct ek_bundle bundle;
    fixture_rules(store->f, &bundle, which ? "theory bid \"Two\"\n" : "theory bid \"One\"\n");
    OK(store->f, ek_store_set_rules(store->f->store, &bundle, &store->f->err));
    snprintf(store->twin->digests[which], sizeof store->twin->digests[which], "%s", bundle.digest);
}

static void tag_all(struct store *store)
{
    struct fixture *f = store->f;
    struct ek_untagged posts[64];
    struct ek_tags tags[64];
    int count;
    while ((count = ek_store_untagged(f->store, NULL, f->arena, posts, 64, &f->err)) > 0) {
        for (int i = 0; i < count; i++)
            tags[i] = *store_tags(f, &store->twin->posts[atoi(posts[i].id)].tags[1]);
        OK(f, ek_store_put_tags(f->store, posts, tags, (size_t)count, &f->err));
    }
    OK(f, count);
    OK(f, ek_store_swap(f->store, &f->err));
}

/* Some posts change, in slices of ten: their rows die, and others take their place. */
static void change_posts(struct store *store)
{
    struct fixture *f = store->f;
    size_t changes = store->twin->count * store->recipe->changed / 1000;
    for (size_t i = 0; i < changes; i++) {
        struct twin_post *post =
            &store->twin->posts[twin_draw(store->twin, (unsigned)store->twin->count)];
        char id[24];
        unsigned author = post->author;
        const char *forum = twin_forum(post), *language = post->language;
        memcpy(id, post->id, sizeof id);
        do
            draw_post(store, post);
        while (strcmp(forum, twin_forum(post)) != 0);
        /* What is known stays known; tags made without it would not hold. */
        post->author = author ? author : post->author;
        post->language = post->language ? post->language : language;
        memcpy(post->id, id, sizeof id);
        if (i % 10 == 0)
            OK(f, ek_store_begin(f->store, &f->err));
        put_post(store, post, 1 + (unsigned)i, &post->tags[0]);
        if (i % 10 == 9 || i + 1 == changes)
            OK(f, ek_store_commit(f->store, &f->err));
    }
}

static void put_posts(struct store *store, size_t first, size_t end, size_t rules)
{
    struct fixture *f = store->f;
    for (size_t i = first; i < end; i++) {
        struct twin_post *post = &store->twin->posts[i];
        draw_post(store, post);
        post->tags[0].tagged = post->tags[0].tagged && rules == 0;
        snprintf(post->id, sizeof post->id, "%zu", i);
        if ((i - first) % 70 == 0)
            OK(f, ek_store_begin(f->store, &f->err));
        put_post(store, post, 0, &post->tags[rules]);
        if ((i - first) % 70 == 69 || i + 1 == end)
            OK(f, ek_store_commit(f->store, &f->err));
    }
}

/* What the records made of each post in the end: theirs are other tests. */
static void read_posts(struct store *store)
{
    struct fixture *f = store->f;
    for (size_t i = 0; i < store->twin->count; i++) {
        struct twin_post *post = &store->twin->posts[i];
        struct ek_entry entry = get_post(f, post->id);
        post->number = entry.number;
        post->time = entry.post.time;
        post->state = entry.state;
        post->language = entry.language;
        post->thread = (unsigned)atoi(entry.thread_id);
        post->author = entry.post.author_id ? (unsigned)atoi(entry.post.author_id + 1) : 0;
    }
}

static int build(void **state, const struct recipe *recipe)
{
    const struct ek_merge_limits limits = {.small_runs = 6,
                                           .few_runs = 3,
                                           .fan_out = 3,
                                           .chunk_rows = CHUNK,
                                           .full_chunks = 4,
                                           .covered = CHUNK};
    struct store *store = calloc(1, sizeof *store);
    if (fixture_setup((void **)&store->f))
        return -1;
    store->recipe = recipe;
    store->twin = calloc(1, sizeof *store->twin);
    store->twin->seed = recipe->seed;
    store->twin->count = TWIN_POSTS;
    size_t late = TWIN_POSTS * recipe->late / 1000;
    const struct ek_rule_code codes[] = {{"bid", false}, {"never-said", false}, {"soap", true}};
    ek_merger_limit(store->f->store, &limits);
    set_rules(store, 0);
    OK(store->f, ek_store_put_codes(store->f->store, codes, 3, &store->f->err));
    put_posts(store, 0, TWIN_POSTS - late, 0);
    store->twin->count = TWIN_POSTS - late;
    change_posts(store);
    set_rules(store, 1);
    OK(store->f, ek_store_put_codes(store->f->store, codes, 3, &store->f->err));
    tag_all(store);
    store->twin->count = TWIN_POSTS;
    put_posts(store, TWIN_POSTS - late, TWIN_POSTS, 1);
    read_posts(store);
    *state = store;
    return 0;
}

static int teardown(void **state)
{
    struct store *store = *state;
    void *f = store->f;
    free(store->twin);
    free(store);
    return fixture_teardown(&f);
}

#endif
