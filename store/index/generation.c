/* generation.c - see generation.h. */
#include "store/index/generation.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/codec.h"
#include "store/index/behind.h"
#include "store/index/chunk.h"
#include "store/index/run.h"
#include "store/index/words.h"

#define KEY_BYTES 4u
#define PREFIX "sha256:"

static const char *const which_keys[] = {"current", "building"};
#define LAST "generation" /* number given out last */

/* One by its number ---------------------------------------------------------------------------- */

static int decode(struct ek_generation *generation, const struct ek_bytes *key,
                  const struct ek_bytes *value)
{
    struct ek_cursor cursor = ek_cursor(value->data, value->len);
    size_t len;
    memset(generation, 0, sizeof *generation);
    const char *digest = ek_get_bytes(&cursor, &len);
    generation->made = ek_get_int(&cursor);
    generation->progress = ek_get_uint(&cursor);
    generation->until = ek_get_uint(&cursor);
    if (!ek_cursor_done(&cursor) || len >= sizeof generation->digest || key->len != KEY_BYTES)
        return -1;
    generation->number = ek_get_be32(key->data);
    memcpy(generation->digest, digest, len);
    return generation->number ? 0 : -1;
}

/* A number of 32 bits in the meta table; 0 if there is none. */
static uint32_t meta_number(struct ek_txn *txn, const char *key)
{
    struct ek_bytes value;
    if (ek_txn_get(txn, EK_INDEX_META, key, strlen(key), &value) != 1)
        return 0;
    if (value.len == 4)
        return ek_get_be32(value.data);
    ek_txn_damaged(txn, EK_INDEX_META, key, strlen(key));
    return 0;
}

static void put_meta_number(struct ek_txn *txn, const char *key, uint32_t number)
{
    unsigned char value[4];
    ek_put_be32(value, number);
    ek_txn_put(txn, EK_INDEX_META, key, strlen(key), value, sizeof value);
}

int ek_generation_get(struct ek_txn *txn, enum ek_which which, struct ek_generation *generation)
{
    unsigned char name[KEY_BYTES];
    struct ek_bytes key = {name, sizeof name}, value;
    memset(generation, 0, sizeof *generation);
    uint32_t number = meta_number(txn, which_keys[which]);
    if (number == 0)
        return ek_txn_failed(txn) ? -1 : 0;
    ek_put_be32(name, number);
    int found = ek_txn_get(txn, EK_GENERATIONS, name, sizeof name, &value);
    if (found == 1 && decode(generation, &key, &value) == 0)
        return 1;
    return found < 0 ? -1 : ek_txn_damaged(txn, EK_GENERATIONS, name, sizeof name);
}

int ek_generation_target(struct ek_store *store, struct ek_txn *txn,
                         struct ek_generation *generation)
{
    int found = 0;
    if (store->building)
        found = ek_generation_get(txn, EK_BUILDING, generation);
    return found ? found : ek_generation_get(txn, EK_CURRENT, generation);
}

void ek_generation_put(struct ek_txn *txn, const struct ek_generation *generation)
{
    unsigned char key[KEY_BYTES];
    struct ek_buf value;
    ek_buf_init(&value, 256);
    ek_put_be32(key, generation->number);
    ek_put_bytes(&value, generation->digest, strlen(generation->digest));
    ek_put_int(&value, generation->made);
    ek_put_uint(&value, generation->progress);
    ek_put_uint(&value, generation->until);
    if (value.failed)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_txn_put(txn, EK_GENERATIONS, key, sizeof key, value.data, value.len);
    ek_buf_free(&value);
}

void ek_generation_use(struct ek_txn *txn, enum ek_which which, uint32_t number)
{
    const char *key = which_keys[which];
    if (number)
        put_meta_number(txn, key, number);
    else
        ek_txn_delete(txn, EK_INDEX_META, key, strlen(key));
}

void ek_generation_begin(struct ek_txn *txn, enum ek_which which, const char *digest,
                         uint64_t until)
{
    struct ek_generation generation = {
        .number = meta_number(txn, LAST) + 1, .made = (ek_time)time(NULL), .until = until};
    snprintf(generation.digest, sizeof generation.digest, "%s", digest);
    put_meta_number(txn, LAST, generation.number);
    ek_generation_put(txn, &generation);
    ek_generation_use(txn, which, generation.number);
}

/* All of them --------------------------------------------------------------------------------- */

int ek_generations_load(struct ek_txn *txn, struct ek_arena *arena,
                        struct ek_generation **generations, size_t *count)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t room = (size_t)ek_txn_count(txn, EK_GENERATIONS);
    *count = 0;
    *generations = EK_NEW_ARRAY(arena, struct ek_generation, room + 1);
    if (!*generations)
        return ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_walk_begin(&walk, txn, EK_GENERATIONS, NULL, 0);
    while (*count < room && ek_walk_next(&walk, &key, &value) == 1) {
        if (decode(&(*generations)[*count], &key, &value))
            ek_txn_damaged(txn, EK_GENERATIONS, key.data, key.len);
        else
            ++*count;
    }
    ek_walk_end(&walk);
    return ek_txn_failed(txn) ? -1 : 0;
}

static bool begins_so(const char *digest, const char *asked)
{
    const size_t prefix = sizeof PREFIX - 1;
    if (strncmp(digest, asked, strlen(asked)) == 0)
        return true;
    return strncmp(digest, PREFIX, prefix) == 0 &&
           strncmp(digest + prefix, asked, strlen(asked)) == 0;
}

int ek_generation_find(struct ek_txn *txn, const char *digest, struct ek_generation *generation)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_generation building, one;
    size_t count = 0;
    memset(generation, 0, sizeof *generation);
    if (ek_generation_get(txn, EK_BUILDING, &building) < 0)
        return -1;
    ek_walk_begin(&walk, txn, EK_GENERATIONS, NULL, 0);
    while (ek_walk_next(&walk, &key, &value) == 1) {
        if (decode(&one, &key, &value)) {
            ek_txn_damaged(txn, EK_GENERATIONS, key.data, key.len);
        } else if (one.number != building.number && begins_so(one.digest, digest)) {
            *generation = one;
            count++;
        }
    }
    ek_walk_end(&walk);
    if (count > 1)
        ek_txn_fail(txn, EK_USAGE, "the digests of %zu tag generations begin with %s", count,
                    digest);
    return ek_txn_failed(txn) ? -1 : count == 1;
}

void ek_generation_drop(struct ek_txn *txn, uint32_t number, struct ek_arena *arena)
{
    unsigned char key[KEY_BYTES], tags[EK_CHUNK_KEY_BYTES];
    struct ek_runs runs;
    if (ek_runs_load(txn, arena, &runs))
        return;
    for (size_t i = 0; i < runs.count; i++) {
        for (uint32_t n = 0; n < runs.items[i].chunks; n++) {
            ek_chunk_key(runs.items[i].chunk + n, EK_PART_TAGS, number, tags);
            ek_txn_delete(txn, EK_CHUNKS, tags, sizeof tags);
        }
    }
    ek_codes_drop(txn, number);
    ek_behind_drop(txn, number);
    ek_put_be32(key, number);
    ek_txn_delete(txn, EK_GENERATIONS, key, sizeof key);
}
