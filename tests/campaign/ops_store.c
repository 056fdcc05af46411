/* ops_store.c - see ops_store.h. */
#include "ops_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "store/index/merge.h"

#define BATCH 64 /* posts tagged at once */

void fail_with(const char *what, const struct ek_err *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? err->message : "");
    exit(2);
}

struct ek_store *store_open(const char *folder)
{
    const struct ek_merge_limits limits = {.small_runs = 6,
                                           .small_rows = 12,
                                           .most_runs = 20,
                                           .few_runs = 3,
                                           .fan_out = 3,
                                           .chunk_rows = 64,
                                           .full_chunks = 40,
                                           .covered = 300};
    struct ek_store *store;
    struct ek_err err = {0};
    if (ek_store_open(&store, folder, EK_STORE_WRITE, "campaign", &err))
        fail_with("open", &err);
    ek_merger_limit(store, &limits);
    return store;
}

void store_rules(unsigned rules, struct ek_bundle *bundle)
{
    static char text[64];
    static struct ek_file file;
    snprintf(text, sizeof text, "theory bid \"Rules %u\"\n", rules);
    file = (struct ek_file){"a.rules", text, strlen(text)};
    memset(bundle, 0, sizeof *bundle);
    bundle->origin = "rules";
    bundle->files = &file;
    bundle->count = 1;
    ek_bundle_seal(bundle);
}

const char *forum_name(uint32_t forum, char out[48])
{
    snprintf(out, 48, "https://board-%u.example/", forum);
    return out;
}

size_t model_place(const char *id)
{
    return strcmp(id, SLICE_POST) == 0 ? SIZE_MAX : (size_t)strtoul(id, NULL, 10);
}

/* Tags ---------------------------------------------------------------------------------------- */

struct tag_room {
    struct ek_tag theories[THEORIES], treatments[TREATMENTS];
};

static struct ek_tags tags_of(struct tag_room *room, uint32_t post, unsigned text,
                              unsigned language, unsigned rules)
{
    struct model_tags of = model_tags(post, text, language, rules);
    struct ek_tags tags = {
        .assessable = of.assessable, .theories = room->theories, .treatments = room->treatments};
    for (unsigned i = 0; i < THEORIES; i++) {
        if (of.theories & 1u << i)
            room->theories[tags.theory_count++] =
                (struct ek_tag){.code = model_theory(i), .stance = of.stance[i]};
    }
    for (unsigned i = 0; i < TREATMENTS; i++) {
        if (of.treatments & 1u << i)
            room->treatments[tags.treatment_count++] = (struct ek_tag){.code = model_treatment(i)};
    }
    return tags;
}

/* Slices -------------------------------------------------------------------------------------- */

static void put_sighting(struct ek_store *store, const struct op *op, unsigned rules)
{
    char id[16], thread[16], board[24], name[32], account[16], forum[48], text[48];
    const struct model_post *post = &op->shown;
    struct ek_err err = {0};
    struct tag_room room;
    snprintf(id, sizeof id, "%u", op->post);
    snprintf(thread, sizeof thread, "%u", post->thread);
    snprintf(board, sizeof board, "%u", op->board);
    snprintf(account, sizeof account, "%u", post->author);
    snprintf(name, sizeof name, "author %u, %u", post->author, op->name);
    snprintf(text, sizeof text, "post %u, words %u", op->post, post->text);
    struct ek_entry entry = {.forum = forum_name(post->forum, forum),
                             .thread_id = thread,
                             .board_id = board,
                             .language = model_languages[post->language],
                             .state = post->state,
                             .first_seen = op->seen,
                             .last_seen = op->seen};
    entry.post = (struct ek_post){.id = id,
                                  .author = name,
                                  .author_id = op->account ? account : NULL,
                                  .time = post->time,
                                  .precision = post->precision,
                                  .text = text};
    struct ek_tags tags = tags_of(&room, op->post, post->text, post->language, rules);
    if (ek_store_put_entry(store, &entry, op->seen, op->tagged ? &tags : NULL, NULL, &err))
        fail_with("put", &err);
}

static void put_slice(struct ek_store *store, uint64_t slice)
{
    char text[48], forum[48];
    struct ek_err err = {0};
    const struct ek_tags none = {.assessable = true};
    ek_time seen = 1600000000 + (ek_time)slice;
    snprintf(text, sizeof text, "%llu", (unsigned long long)slice);
    struct ek_entry entry = {.forum = forum_name(0, forum),
                             .thread_id = SLICE_POST,
                             .first_seen = seen,
                             .last_seen = seen};
    entry.post = (struct ek_post){.id = SLICE_POST, .text = text, .time = EK_TIME_UNKNOWN};
    if (ek_store_put_entry(store, &entry, seen, &none, NULL, &err))
        fail_with("put", &err);
}

uint64_t store_slices(struct ek_store *store)
{
    struct ek_arena *arena = ek_arena_new(1u << 20);
    struct ek_err err = {0};
    struct ek_entry entry;
    uint64_t *numbers, slices = 0;
    size_t count;
    if (ek_store_find_post(store, SLICE_POST, arena, &numbers, &count, &err))
        fail_with("find", &err);
    if (count && ek_store_entry(store, numbers[0], true, arena, &entry, &err) == 1)
        slices = strtoull(entry.post.text, NULL, 10);
    ek_arena_free(arena);
    return slices;
}

void store_set_rules(struct ek_store *store, unsigned rules)
{
    struct ek_rule_code codes[THEORIES + TREATMENTS];
    struct ek_bundle bundle;
    struct ek_err err = {0};
    for (unsigned i = 0; i < THEORIES; i++)
        codes[i] = (struct ek_rule_code){model_theory(i), false};
    for (unsigned i = 0; i < TREATMENTS; i++)
        codes[THEORIES + i] = (struct ek_rule_code){model_treatment(i), true};
    store_rules(rules, &bundle);
    if (ek_store_set_rules(store, &bundle, &err) ||
        ek_store_put_codes(store, codes, THEORIES + TREATMENTS, &err))
        fail_with("set rules", &err);
}

static void retag(struct ek_store *store, unsigned rules)
{
    struct ek_err err = {0};
    store_set_rules(store, rules);
    store_catch_up(store, rules);
    if (ek_store_swap(store, &err))
        fail_with("swap", &err);
}

void store_do(struct ek_store *store, const struct step *step, unsigned rules)
{
    struct ek_err err = {0};
    if (step->retag) {
        retag(store, step->retag);
        return;
    }
    if (ek_store_begin(store, &err))
        fail_with("begin", &err);
    for (size_t i = 0; i < step->count; i++)
        put_sighting(store, &step->ops[i], rules);
    put_slice(store, step->slice);
    if (ek_store_commit(store, &err))
        fail_with("commit", &err);
}

/* Catching up --------------------------------------------------------------------------------- */

/* The text in force says itself which it is. */
static struct ek_tags tags_of_post(struct ek_store *store, struct ek_arena *arena,
                                   struct tag_room *room, const struct ek_untagged *untagged,
                                   unsigned rules)
{
    unsigned post, text, language = 0;
    struct ek_entry read, *entry = &read;
    struct ek_err err;
    if (ek_store_entry(store, untagged->number, true, arena, entry, &err) != 1)
        fail_with("post", &err);
    if (sscanf(entry->post.text, "post %u, words %u", &post, &text) != 2)
        return (struct ek_tags){.assessable = true};
    while (language + 1 < LANGUAGES &&
           (!entry->language || strcmp(entry->language, model_languages[language + 1]) != 0))
        language++;
    return tags_of(room, post, text, entry->language ? language + 1 : 0, rules);
}

uint64_t store_catch_up(struct ek_store *store, unsigned rules)
{
    static struct ek_untagged posts[BATCH];
    static struct ek_tags tags[BATCH];
    static struct tag_room rooms[BATCH];
    struct ek_arena *arena = ek_arena_new(64u << 20);
    struct ek_err err = {0};
    uint64_t total = 0;
    int count;
    while ((count = ek_store_untagged(store, NULL, arena, posts, BATCH, &err)) > 0) {
        for (int i = 0; i < count; i++)
            tags[i] = tags_of_post(store, arena, &rooms[i], &posts[i], rules);
        if (ek_store_put_tags(store, posts, tags, (size_t)count, &err))
            fail_with("tags", &err);
        total += (uint64_t)count;
        ek_arena_reset(arena);
    }
    if (count < 0)
        fail_with("untagged", &err);
    ek_arena_free(arena);
    return total;
}
