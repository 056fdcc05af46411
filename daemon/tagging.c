/* tagging.c - a store's rule set, and the posts whose tags are behind it. See ekbom/import.h. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/import.h"
#include "ekbom/limits.h"
#include "ekbom/pool.h"
#include "ekbom/rules.h"
#include "ekbom/store.h"

#define BEHIND_BATCH 1000u /* posts tagged a step */

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

/* Bytes that a post brings into a request. */
static size_t weight(const struct ek_post *post)
{
    size_t bytes = strlen(post->text) + 64;
    for (size_t i = 0; i < post->quote_count; i++)
        bytes += strlen(post->quotes[i].text) + 64;
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

static int submit_some(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                       struct ek_pool_text *texts, size_t *sent, struct ek_err *err)
{
    size_t first = *sent, bytes = 0;
    while (*sent < count && (*sent == first || bytes < EK_MAX_BATCH_BYTES)) {
        const struct ek_post *post = &entries[*sent].post;
        texts[*sent] = (struct ek_pool_text){.text = post->text,
                                             .len = strlen(post->text),
                                             .language = entries[*sent].language,
                                             .quotes = post->quotes,
                                             .quote_count = post->quote_count};
        bytes += weight(post);
        ++*sent;
    }
    return ek_pool_submit_texts(pool, texts + first, *sent - first, NULL, err);
}

int ek_tag_entries(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                   struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    struct ek_pool_text *texts = EK_NEW_ARRAY(arena, struct ek_pool_text, count + 1);
    size_t sent = 0, done = 0;
    if (!texts)
        return ek_fail_memory(err);
    while (done < count) {
        struct ek_pool_result result;
        while (sent < count && ek_pool_room(pool))
            if (submit_some(pool, entries, count, texts, &sent, err) != 0)
                return -1;
        if (ek_pool_next(pool, true, arena, &result, err) != 1)
            return -1;
        for (size_t i = 0; i < result.count; i++)
            if (ek_item_tags(&result.items[i], arena, &tags[done++], err) != 0)
                return -1;
    }
    return 0;
}

/* One batch of what is behind: how many posts, or -1. */
static int tag_batch(struct ek_store *store, struct ek_pool *pool, struct ek_arena *arena,
                     struct ek_tagged *tagged, struct ek_err *err)
{
    struct ek_entry *entries = EK_NEW_ARRAY(arena, struct ek_entry, BEHIND_BATCH);
    struct ek_tags *tags = EK_NEW_ARRAY(arena, struct ek_tags, BEHIND_BATCH);
    if (!entries || !tags)
        return ek_fail_memory(err);
    int count = ek_store_untagged(store, arena, entries, BEHIND_BATCH, err);
    if (count <= 0)
        return count;
    if (ek_tag_entries(pool, entries, (size_t)count, arena, tags, err) != 0 ||
        ek_store_put_tags(store, entries, tags, (size_t)count, err) != 0)
        return -1;
    tagged->posts += (uint64_t)count;
    for (int i = 0; i < count; i++)
        tagged->undetermined += tags[i].undetermined_count > 0;
    return count;
}

int ek_tag_behind(struct ek_store *store, struct ek_pool *pool,
                  void (*progress)(void *context, uint64_t posts), void *context,
                  struct ek_tagged *tagged, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    int count = 1;
    *tagged = (struct ek_tagged){0};
    if (!arena)
        return ek_fail_memory(err);
    while (count > 0) {
        ek_arena_reset(arena);
        count = tag_batch(store, pool, arena, tagged, err);
        if (progress && count > 0)
            progress(context, tagged->posts);
    }
    ek_arena_free(arena);
    return count;
}
