/* frontier.c - what a crawl knows of index, boards and threads, and the robots.txt files it keeps.
 * See ekbom/frontier.h.
 *
 * A key is the digest of the source's address, the kind, and the forum's own id, so that the boards
 * or threads of one source lie side by side. The source's address stands in its index entry. */
#include "ekbom/frontier.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/records/frontier_record.h"
#include "store/records/page.h"
#include "store/slice.h"

#define VISIT_ARENA_BYTES (1u << 20)

struct frontier_key {
    unsigned char bytes[EK_SOURCE_BYTES + 1 + EK_MAX_ID_BYTES];
    size_t len;
};

static void source_digest(const char *source, unsigned char out[EK_SOURCE_BYTES])
{
    unsigned char digest[EK_SHA256_BYTES];
    ek_sha256(source, strlen(source), digest);
    memcpy(out, digest, EK_SOURCE_BYTES);
}

static int make_key(struct frontier_key *key, const unsigned char source[EK_SOURCE_BYTES],
                    enum ek_frontier_kind kind, const char *id, struct ek_err *err)
{
    size_t len = strlen(id);
    if (len > EK_MAX_ID_BYTES)
        return ek_fail(err, EK_LIMIT, "an id of more than %u bytes: %.60s...", EK_MAX_ID_BYTES, id);
    memcpy(key->bytes, source, EK_SOURCE_BYTES);
    key->bytes[EK_SOURCE_BYTES] = (unsigned char)kind;
    memcpy(key->bytes + EK_SOURCE_BYTES + 1, id, len);
    key->len = EK_SOURCE_BYTES + 1 + len;
    return 0;
}

bool ek_frontier_has_news(const struct ek_frontier *entry)
{
    if (!entry->listed)
        return entry->visited == EK_TIME_UNKNOWN && !entry->closed;
    bool done = entry->done && strcmp(entry->listed, entry->done) == 0;
    bool newest = entry->newest && strcmp(entry->listed, entry->newest) == 0;
    return !done && !newest;
}

int ek_frontier_write(struct ek_store *store, const unsigned char source[EK_SOURCE_BYTES],
                      const struct ek_frontier *entry, struct ek_err *err)
{
    struct frontier_key key;
    struct ek_buf *value = &store->value;
    if (make_key(&key, source, entry->kind, entry->id, err) != 0)
        return -1;
    ek_buf_clear(value);
    ek_put_str(value, ek_clean(store->scratch, entry->url));
    ek_put_str(value, entry->listed);
    ek_put_str(value, entry->done);
    ek_put_str(value, entry->newest);
    ek_put_str(value, ek_clean(store->scratch, entry->last_page));
    ek_put_str(value, ek_clean(store->scratch, entry->next_page));
    ek_put_int(value, entry->visited);
    ek_put_int(value, entry->due);
    ek_put_str(value, ek_clean(store->scratch, entry->etag));
    ek_put_str(value, ek_clean(store->scratch, entry->last_modified));
    ek_put_str(value, ek_clean(store->scratch, entry->closed));
    ek_put_str(value, ek_clean(store->scratch, entry->error));
    ek_put_int(value, entry->error_time);
    if (value->failed)
        return ek_fail_memory(err);
    ek_txn_put(store->slice, EK_FRONTIER, key.bytes, key.len, value->data, value->len);
    return ek_txn_failed(store->slice) ? ek_slice_failed(store, err) : 0;
}

int ek_frontier_put(struct ek_store *store, const char *source, const struct ek_frontier *entry,
                    struct ek_err *err)
{
    unsigned char digest[EK_SOURCE_BYTES];
    source_digest(source, digest);
    return ek_frontier_write(store, digest, entry, err);
}

int ek_frontier_decode(struct ek_frontier *entry, struct ek_arena *arena, struct ek_bytes key,
                       struct ek_bytes value)
{
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    const unsigned char *bytes = key.data;
    if (key.len < EK_SOURCE_BYTES + 1 || bytes[EK_SOURCE_BYTES] >= EK_FRONTIER_KINDS)
        return -1;
    entry->kind = (enum ek_frontier_kind)bytes[EK_SOURCE_BYTES];
    entry->id =
        ek_strndup(arena, (const char *)bytes + EK_SOURCE_BYTES + 1, key.len - EK_SOURCE_BYTES - 1);
    entry->url = ek_get_str(&cursor, arena);
    entry->listed = ek_get_str(&cursor, arena);
    entry->done = ek_get_str(&cursor, arena);
    entry->newest = ek_get_str(&cursor, arena);
    entry->last_page = ek_get_str(&cursor, arena);
    entry->next_page = ek_get_str(&cursor, arena);
    entry->visited = ek_get_int(&cursor);
    entry->due = ek_get_int(&cursor);
    entry->etag = ek_get_str(&cursor, arena);
    entry->last_modified = ek_get_str(&cursor, arena);
    entry->closed = ek_get_str(&cursor, arena);
    entry->error = ek_get_str(&cursor, arena);
    entry->error_time = ek_get_int(&cursor);
    return ek_cursor_done(&cursor) && entry->id && entry->url ? 0 : -1;
}

int ek_frontier_get(struct ek_store *store, const char *source, enum ek_frontier_kind kind,
                    const char *id, struct ek_arena *arena, struct ek_frontier *entry,
                    struct ek_err *err)
{
    struct frontier_key key;
    struct ek_bytes value;
    unsigned char digest[EK_SOURCE_BYTES];
    source_digest(source, digest);
    if (make_key(&key, digest, kind, id, err) != 0 ||
        ek_store_enter(store, EK_NEEDS_RECORDS, err) != 0)
        return -1;
    struct ek_txn *txn = ek_records(store);
    int found = ek_txn_get(txn, EK_FRONTIER, key.bytes, key.len, &value);
    if (found == 1 &&
        ek_frontier_decode(entry, arena, (struct ek_bytes){key.bytes, key.len}, value) != 0)
        found = ek_txn_damaged(txn, EK_FRONTIER, key.bytes, key.len);
    return ek_store_leave(store, found, err);
}

/* Walk over the keys that begin with a prefix; what is done with each entry is the caller's. */
struct each {
    int (*entry)(void *context, const struct ek_frontier *entry, struct ek_err *err);
    int (*source)(void *context, const char *source, const struct ek_frontier *index,
                  struct ek_err *err);
    void *context;
};

static int give(const struct each *each, const struct ek_frontier *entry, struct ek_err *err)
{
    if (each->entry)
        return each->entry(each->context, entry, err);
    return entry->kind == EK_FRONTIER_INDEX ? each->source(each->context, entry->url, entry, err)
                                            : 0;
}

static int walk_entries(struct ek_store *store, const unsigned char *prefix, size_t len,
                        const struct each *each, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(VISIT_ARENA_BYTES);
    struct ek_bytes key, value;
    struct ek_walk walk;
    int got = 0;
    if (!arena)
        return ek_fail_memory(err);
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err) != 0) {
        ek_arena_free(arena);
        return -1;
    }
    struct ek_txn *txn = ek_records(store);
    ek_walk_begin(&walk, txn, EK_FRONTIER, prefix, len);
    while ((got = ek_walk_next(&walk, &key, &value)) == 1) {
        struct ek_frontier entry;
        ek_arena_reset(arena);
        got = ek_frontier_decode(&entry, arena, key, value) == 0
                  ? give(each, &entry, err)
                  : ek_txn_damaged(txn, EK_FRONTIER, key.data, key.len);
        if (got != 0)
            break;
    }
    ek_walk_end(&walk);
    got = ek_store_leave(store, got, err);
    ek_arena_free(arena);
    return got;
}

int ek_frontier_each(struct ek_store *store, const char *source, enum ek_frontier_kind kind,
                     int (*visit)(void *context, const struct ek_frontier *entry,
                                  struct ek_err *err),
                     void *context, struct ek_err *err)
{
    struct frontier_key key;
    unsigned char digest[EK_SOURCE_BYTES];
    const struct each each = {.entry = visit, .context = context};
    source_digest(source, digest);
    if (make_key(&key, digest, kind, "", err) != 0)
        return -1;
    return walk_entries(store, key.bytes, key.len, &each, err);
}

int ek_frontier_sources(struct ek_store *store,
                        int (*visit)(void *context, const char *source,
                                     const struct ek_frontier *index, struct ek_err *err),
                        void *context, struct ek_err *err)
{
    const struct each each = {.source = visit, .context = context};
    return walk_entries(store, NULL, 0, &each, err);
}

/* robots.txt -------------------------------------------------------------------------------- */

int ek_robots_keep(struct ek_store *store, const struct ek_kept_robots *robots, struct ek_err *err)
{
    unsigned char key[EK_SHA256_BYTES];
    struct ek_buf *value = &store->value;
    ek_sha256(robots->url, strlen(robots->url), key);
    ek_buf_clear(value);
    ek_put_str(value, robots->url);
    ek_put_int(value, robots->status);
    ek_put_int(value, robots->fetched);
    ek_put_bytes(value, robots->body, robots->len);
    if (value->failed)
        return ek_fail_memory(err);
    ek_txn_put(store->slice, EK_ROBOTS, key, sizeof key, value->data, value->len);
    return ek_txn_failed(store->slice) ? ek_slice_failed(store, err) : 0;
}

int ek_robots_each(struct ek_store *store,
                   int (*visit)(void *context, const struct ek_kept_robots *robots,
                                struct ek_err *err),
                   void *context, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(VISIT_ARENA_BYTES);
    struct ek_bytes key, value;
    struct ek_walk walk;
    int got = 0;
    if (!arena)
        return ek_fail_memory(err);
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err) != 0) {
        ek_arena_free(arena);
        return -1;
    }
    struct ek_txn *txn = ek_records(store);
    ek_walk_begin(&walk, txn, EK_ROBOTS, NULL, 0);
    while ((got = ek_walk_next(&walk, &key, &value)) == 1) {
        struct ek_cursor cursor = ek_cursor(value.data, value.len);
        struct ek_kept_robots robots = {0};
        ek_arena_reset(arena);
        robots.url = ek_get_str(&cursor, arena);
        robots.status = (int)ek_get_int(&cursor);
        robots.fetched = ek_get_int(&cursor);
        robots.body = ek_get_bytes(&cursor, &robots.len);
        got = ek_cursor_done(&cursor) && robots.url
                  ? visit(context, &robots, err)
                  : ek_txn_damaged(txn, EK_ROBOTS, key.data, key.len);
        if (got != 0)
            break;
    }
    ek_walk_end(&walk);
    got = ek_store_leave(store, got, err);
    ek_arena_free(arena);
    return got;
}
