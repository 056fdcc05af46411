/* run.c - see run.h. */
#include "store/index/run.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/codec.h"
#include "store/handle.h"
#include "store/index/chunk.h"

#define RUN_KEY_BYTES 7u /* a letter, and the number in 48 bits */
#define RUN_LETTER 'r'
#define MANIFEST "manifest"

static void run_key(uint64_t number, unsigned char key[RUN_KEY_BYTES])
{
    unsigned char bytes[8];
    ek_put_be64(bytes, number);
    key[0] = RUN_LETTER;
    memcpy(key + 1, bytes + 2, 6);
}

static int run_decode(struct ek_run *run, const struct ek_bytes *key, const struct ek_bytes *value)
{
    struct ek_cursor cursor = ek_cursor(value->data, value->len);
    unsigned char number[8] = {0};
    uint64_t level, chunks, least, most, covered;
    if (key->len != RUN_KEY_BYTES)
        return -1;
    memcpy(number + 2, (const unsigned char *)key->data + 1, 6);
    run->number = ek_get_be64(number);
    level = ek_get_uint(&cursor);
    run->rows = ek_get_uint(&cursor);
    run->dead = ek_get_uint(&cursor);
    run->chunk = ek_get_uint(&cursor);
    chunks = ek_get_uint(&cursor);
    least = ek_get_uint(&cursor);
    most = least + ek_get_uint(&cursor);
    covered = ek_get_uint(&cursor);
    if (!ek_cursor_done(&cursor) || level > UINT32_MAX || chunks > UINT32_MAX ||
        most > UINT32_MAX || least > most || run->rows > chunks * EK_CHUNK_ROWS ||
        run->dead > run->rows || covered > 1)
        return -1;
    run->covered = covered;
    run->level = (uint32_t)level;
    run->chunks = (uint32_t)chunks;
    run->least = (uint32_t)least;
    run->most = (uint32_t)most;
    return 0;
}

int ek_runs_load(struct ek_txn *index, struct ek_arena *arena, struct ek_runs *runs)
{
    const unsigned char prefix[1] = {RUN_LETTER};
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t room = (size_t)ek_txn_count(index, EK_INDEX_META);
    *runs = (struct ek_runs){.items = EK_NEW_ARRAY(arena, struct ek_run, room + 1)};
    if (!runs->items)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    ek_walk_begin(&walk, index, EK_INDEX_META, prefix, sizeof prefix);
    while (runs->count < room && ek_walk_next(&walk, &key, &value) == 1) {
        if (run_decode(&runs->items[runs->count], &key, &value))
            ek_txn_damaged(index, EK_INDEX_META, key.data, key.len);
        else
            runs->count++;
    }
    ek_walk_end(&walk);
    return ek_txn_failed(index) ? -1 : 0;
}

void ek_run_put(struct ek_txn *index, const struct ek_run *run)
{
    unsigned char key[RUN_KEY_BYTES];
    struct ek_buf value;
    ek_buf_init(&value, 256);
    run_key(run->number, key);
    ek_put_uint(&value, run->level);
    ek_put_uint(&value, run->rows);
    ek_put_uint(&value, run->dead);
    ek_put_uint(&value, run->chunk);
    ek_put_uint(&value, run->chunks);
    ek_put_uint(&value, run->least);
    ek_put_uint(&value, run->most - run->least);
    ek_put_uint(&value, run->covered);
    if (value.failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    ek_txn_put(index, EK_INDEX_META, key, sizeof key, value.data, value.len);
    ek_buf_free(&value);
}

void ek_chunks_drop(struct ek_txn *index, uint64_t first, uint64_t count)
{
    unsigned char from[8], end[8];
    ek_put_be64(from, first);
    ek_put_be64(end, first + count);
    ek_txn_delete_between(index, EK_CHUNKS, from, sizeof from, end, sizeof end);
}

void ek_run_drop(struct ek_txn *index, const struct ek_run *run)
{
    unsigned char key[RUN_KEY_BYTES];
    run_key(run->number, key);
    ek_txn_delete(index, EK_INDEX_META, key, sizeof key);
    ek_chunks_drop(index, run->chunk, run->chunks);
}

/* The record beside the runs ------------------------------------------------------------------- */

int ek_manifest_get(struct ek_txn *index, struct ek_manifest *manifest)
{
    struct ek_bytes value;
    memset(manifest, 0, sizeof *manifest);
    int found = ek_txn_get(index, EK_INDEX_META, MANIFEST, sizeof MANIFEST - 1, &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    manifest->watermark = ek_get_uint(&cursor);
    manifest->run = ek_get_uint(&cursor);
    manifest->chunk = ek_get_uint(&cursor);
    manifest->merging = ek_get_uint(&cursor);
    manifest->merging_count = ek_get_uint(&cursor);
    manifest->small_runs = ek_get_uint(&cursor);
    manifest->small_rows = ek_get_uint(&cursor);
    manifest->look = ek_get_u8(&cursor) != 0;
    if (ek_cursor_done(&cursor))
        return 0;
    return ek_txn_damaged(index, EK_INDEX_META, MANIFEST, sizeof MANIFEST - 1);
}

void ek_manifest_put(struct ek_txn *index, const struct ek_manifest *manifest)
{
    struct ek_buf value;
    ek_buf_init(&value, 256);
    ek_put_uint(&value, manifest->watermark);
    ek_put_uint(&value, manifest->run);
    ek_put_uint(&value, manifest->chunk);
    ek_put_uint(&value, manifest->merging);
    ek_put_uint(&value, manifest->merging_count);
    ek_put_uint(&value, manifest->small_runs);
    ek_put_uint(&value, manifest->small_rows);
    ek_put_u8(&value, manifest->look);
    if (value.failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    ek_txn_put(index, EK_INDEX_META, MANIFEST, sizeof MANIFEST - 1, value.data, value.len);
    ek_buf_free(&value);
}

uint64_t ek_watermark_get(struct ek_txn *index)
{
    struct ek_manifest manifest;
    ek_manifest_get(index, &manifest);
    return manifest.watermark;
}
