/* tagging.c - a store's rule set, and the posts whose tags are behind it. See ekbom/import.h. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/import.h"
#include "ekbom/limits.h"
#include "ekbom/packed.h"
#include "ekbom/pool.h"
#include "ekbom/rules.h"
#include "ekbom/store.h"

#define BEHIND_BATCH 8000u /* posts tagged a step: some requests, and a commit of the index */
#define BATCHES_AHEAD 3u

int ek_put_rules(struct ek_store *store, const struct ek_bundle *bundle, struct ek_err *err)
{
    struct ek_diagnostics diagnostics;
    struct ek_rules *rules = NULL;
    const struct ek_code *codes;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    int result =
        arena ? ek_rules_compile(&rules, bundle, arena, &diagnostics, err) : ek_fail_memory(err);
    if (result == 0)
        result = ek_store_set_rules(store, bundle, err);
    if (result == 0) {
        /* A code that no post has then counts as zero, and is no unknown name. */
        size_t count = ek_rules_codes(rules, &codes);
        struct ek_rule_code *named = EK_NEW_ARRAY(arena, struct ek_rule_code, count + 1);
        for (size_t i = 0; named && i < count; i++)
            named[i] = (struct ek_rule_code){codes[i].code, codes[i].treatment};
        result = named ? ek_store_put_codes(store, named, count, err) : ek_fail_memory(err);
    }
    ek_rules_free(rules);
    ek_arena_free(arena);
    return result;
}

/* Bytes that a text brings into a request; a packed one is work for three times as many. */
static size_t weight(const struct ek_pool_text *text)
{
    size_t bytes = (text->form == EK_TEXT_PACKED ? 3 : 1) * text->len + 64;
    for (size_t i = 0; i < text->quote_count; i++)
        bytes += strlen(text->quotes[i].text) + 64;
    return bytes;
}

int ek_item_tags(const struct ek_pool_item *item, struct ek_arena *arena, struct ek_tags *tags,
                 struct ek_err *err)
{
    *tags = item->tags;
    if (!item->failed && !item->quarantined)
        return 0;
    struct ek_undetermined *undetermined = EK_NEW(arena, struct ek_undetermined);
    if (!undetermined)
        return ek_fail_memory(err);
    *undetermined = (struct ek_undetermined){"all", "all", item->reason};
    *tags =
        (struct ek_tags){.assessable = true, .undetermined = undetermined, .undetermined_count = 1};
    return 0;
}

/* Texts on their way through the readers. */
struct batch {
    struct ek_arena *arena;
    struct ek_pool_text *texts;
    struct ek_tags *tags;
    size_t count, sent, done;
};

/* One request. */
static int submit_some(struct ek_pool *pool, struct batch *batch, struct ek_err *err)
{
    size_t first = batch->sent, bytes = 0;
    while (batch->sent < batch->count && (batch->sent == first || bytes < EK_MAX_BATCH_BYTES))
        bytes += weight(&batch->texts[batch->sent++]);
    return ek_pool_submit_texts(pool, batch->texts + first, batch->sent - first, NULL, err);
}

static int submit(struct ek_pool *pool, struct batch *batch, struct ek_err *err)
{
    while (batch->sent < batch->count && ek_pool_room(pool)) {
        if (submit_some(pool, batch, err) != 0)
            return -1;
    }
    return 0;
}

/* The tags of one request, which come in the order of requests. */
static int take(struct ek_pool *pool, struct batch *batch, struct ek_err *err)
{
    struct ek_pool_result result;
    if (ek_pool_next(pool, true, batch->arena, &result, err) != 1)
        return -1;
    for (size_t i = 0; i < result.count; i++) {
        if (ek_item_tags(&result.items[i], batch->arena, &batch->tags[batch->done++], err) != 0)
            return -1;
    }
    return 0;
}

static struct ek_pool_text text_of(const struct ek_entry *entry)
{
    return (struct ek_pool_text){.text = entry->post.text,
                                 .len = strlen(entry->post.text),
                                 .language = entry->language,
                                 .quotes = entry->post.quotes,
                                 .quote_count = entry->post.quote_count};
}

int ek_tag_entries(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                   struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    struct batch batch = {.arena = arena, .tags = tags, .count = count};
    batch.texts = EK_NEW_ARRAY(arena, struct ek_pool_text, count + 1);
    if (!batch.texts)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        batch.texts[i] = text_of(&entries[i]);
    while (batch.done < count) {
        if (submit(pool, &batch, err) != 0 || take(pool, &batch, err) != 0)
            return -1;
    }
    return 0;
}

/* What is behind --------------------------------------------------------------------------- */

/* Batches under way, oldest first. While the readers are at some, the next is read and the tags of
 * the last are put; and the readers unpack: so a second reader is worth its processor. */
struct queue {
    struct ek_store *store;
    struct ek_pool *pool;
    struct queued {
        struct batch batch;
        struct ek_untagged *posts;
    } items[BATCHES_AHEAD];
    size_t first, count;
    uint64_t after; /* ek_store_untagged */
    struct ek_err *err;
};

static struct queued *queue_at(struct queue *queue, size_t place)
{
    return &queue->items[(queue->first + place) % BATCHES_AHEAD];
}

/* A text whose dictionary was made after the readers began goes to them unpacked. */
static int text_behind(const struct queue *queue, const struct ek_untagged *post,
                       struct ek_arena *arena, struct ek_pool_text *text)
{
    struct ek_entry entry;
    *text = (struct ek_pool_text){
        .text = post->packed, .len = post->len, .form = EK_TEXT_PACKED, .language = post->language};
    if (ek_pool_knows(queue->pool, ek_packed_dictionary(post->packed, post->len)))
        return 0;
    int found = ek_store_entry(queue->store, post->number, true, arena, &entry, queue->err);
    if (found == 0)
        return ek_fail(queue->err, EK_NOT_FOUND, "post %s is gone", post->id);
    if (found == 1)
        *text = text_of(&entry);
    return found < 0 ? -1 : 0;
}

/* Another batch from the store: 1, 0 if there is none for now, -1. */
static int queue_fill(struct queue *queue)
{
    struct queued *queued = queue_at(queue, queue->count);
    struct ek_arena *arena = queued->batch.arena;
    if (!arena && !(arena = ek_arena_new(EK_ARENA_BYTES)))
        return ek_fail_memory(queue->err);
    ek_arena_reset(arena);
    struct batch *batch = &queued->batch;
    *batch = (struct batch){.arena = arena};
    queued->posts = EK_NEW_ARRAY(arena, struct ek_untagged, BEHIND_BATCH);
    batch->texts = EK_NEW_ARRAY(arena, struct ek_pool_text, BEHIND_BATCH);
    batch->tags = EK_NEW_ARRAY(arena, struct ek_tags, BEHIND_BATCH);
    if (!queued->posts || !batch->texts || !batch->tags)
        return ek_fail_memory(queue->err);
    int count = ek_store_untagged(queue->store, &queue->after, arena, queued->posts, BEHIND_BATCH,
                                  queue->err);
    for (; (int)batch->count < count; batch->count++) {
        if (text_behind(queue, &queued->posts[batch->count], arena, &batch->texts[batch->count]))
            return -1;
    }
    queue->count += count > 0;
    return count > 0 ? 1 : count;
}

/* Requests to every reader that has room for one. */
static int queue_feed(struct queue *queue)
{
    for (size_t i = 0;; i++) {
        bool more = queue->count == 0 || queue->after;
        if (i == queue->count && (!more || i == BATCHES_AHEAD || !ek_pool_room(queue->pool)))
            return 0;
        int filled = i == queue->count ? queue_fill(queue) : 1;
        if (filled <= 0)
            return filled;
        struct batch *batch = &queue_at(queue, i)->batch;
        if (submit(queue->pool, batch, queue->err) != 0)
            return -1;
        if (batch->sent < batch->count)
            return 0;
    }
}

/* The oldest batch, tagged and put: 1, 0 if there was none left, -1. */
static int queue_step(struct queue *queue, struct ek_tagged *tagged)
{
    if (queue_feed(queue) != 0)
        return -1;
    if (queue->count == 0)
        return 0;
    struct batch *batch = &queue_at(queue, 0)->batch;
    const struct ek_untagged *posts = queue_at(queue, 0)->posts;
    while (batch->done < batch->count) {
        if (take(queue->pool, batch, queue->err) != 0 || queue_feed(queue) != 0)
            return -1;
    }
    if (ek_store_put_tags(queue->store, posts, batch->tags, batch->count, queue->err) != 0)
        return -1;
    tagged->posts += batch->count;
    for (size_t i = 0; i < batch->count; i++)
        tagged->undetermined += batch->tags[i].undetermined_count > 0;
    queue->first = (queue->first + 1) % BATCHES_AHEAD;
    if (--queue->count == 0)
        queue->after = 0; /* what changed meanwhile, if anything did */
    return 1;
}

int ek_tag_behind(struct ek_store *store, struct ek_pool *pool,
                  void (*progress)(void *context, uint64_t posts), void *context,
                  struct ek_tagged *tagged, struct ek_err *err)
{
    struct queue queue = {.store = store, .pool = pool, .err = err};
    int stepped;
    *tagged = (struct ek_tagged){0};
    while ((stepped = queue_step(&queue, tagged)) == 1) {
        if (progress)
            progress(context, tagged->posts);
    }
    for (size_t i = 0; i < BATCHES_AHEAD; i++)
        ek_arena_free(queue.items[i].batch.arena);
    return stepped;
}
