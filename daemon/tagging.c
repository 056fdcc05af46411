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

/* The entries' texts in requests of at most EK_MAX_BATCH_BYTES; tags in the entries' order. */
static int tag_entries(struct ek_pool *pool, const struct ek_entry *entries, size_t count,
                       struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err)
{
    struct ek_pool_text *texts = EK_NEW_ARRAY(arena, struct ek_pool_text, count);
    struct ek_pool_result result;
    if (!texts)
        return ek_fail_memory(err);
    size_t sent = 0, done = 0;
    while (done < count) {
        while (sent < count && ek_pool_room(pool)) {
            size_t first = sent, bytes = 0;
            for (; sent < count && (sent == first || bytes < EK_MAX_BATCH_BYTES); sent++) {
                const struct ek_post *post = &entries[sent].post;
                texts[sent] = (struct ek_pool_text){.text = post->text,
                                                    .len = strlen(post->text),
                                                    .language = entries[sent].language,
                                                    .quotes = post->quotes,
                                                    .quote_count = post->quote_count};
                bytes += texts[sent].len;
            }
            if (ek_pool_submit_texts(pool, texts + first, sent - first, NULL, err) != 0)
                return -1;
        }
        if (ek_pool_next(pool, true, arena, &result, err) != 1)
            return -1;
        /* A post that cannot be tagged has no tags; it is in the records all the same. */
        for (size_t i = 0; i < result.count; i++)
            tags[done++] = result.items[i].tags;
    }
    return 0;
}

int ek_tag_behind(struct ek_store *store, struct ek_pool *pool,
                  void (*progress)(void *context, uint64_t tagged), void *context, uint64_t *tagged,
                  struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    int count = -1;
    *tagged = 0;
    if (!arena)
        return ek_fail_memory(err);
    for (;;) {
        ek_arena_reset(arena);
        struct ek_entry *entries = EK_NEW_ARRAY(arena, struct ek_entry, BEHIND_BATCH);
        struct ek_tags *tags = EK_NEW_ARRAY(arena, struct ek_tags, BEHIND_BATCH);
        if (!entries || !tags) {
            count = ek_fail_memory(err);
            break;
        }
        count = ek_store_untagged(store, arena, entries, BEHIND_BATCH, err);
        if (count <= 0)
            break;
        if (tag_entries(pool, entries, (size_t)count, arena, tags, err) != 0 ||
            ek_store_put_tags(store, entries, tags, (size_t)count, err) != 0) {
            count = -1;
            break;
        }
        *tagged += (uint64_t)count;
        if (progress)
            progress(context, *tagged);
    }
    ek_arena_free(arena);
    return count < 0 ? -1 : 0;
}
