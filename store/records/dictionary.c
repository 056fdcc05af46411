/* dictionary.c - dictionaries trained on the store's own texts. See dictionary.h.
 *
 * One is trained when EK_DICTIONARY_POSTS posts have come in, and again whenever there are
 * EK_DICTIONARY_GROWTH times as many: what the first forum talked about is not what ten talk about.
 * Older texts stay as they are packed, and their dictionaries stay until something is forgotten:
 * they are made of pieces of texts (store/repack.c).
 *
 * Training happens before a slice, in a commit of its own: no text can name a dictionary that is
 * not on the disk, whatever crashes. The sample is bounded in bytes, so the writer waits some 50 ms
 * once in a factor of eight; it is drawn evenly over all posts (every prefix of the draw is even as
 * well), and depends on nothing but the store, so equal stores make equal dictionaries.
 *
 * The meta table holds "dictionary" (the id in use, 0: none; posts when it was trained) and
 * "dictionary" with four bytes of id behind it (the dictionary). Ids count up from FIRST_ID: zstd
 * reserves those below, and up to 65,535 a frame names its dictionary in two bytes. */
#include "store/records/dictionary.h"

#include <stdlib.h>
#include <string.h>
#include <zdict.h>

#include "ekbom/limits.h"
#include "store/records/revision.h"

#define NAME "dictionary"
#define NAME_BYTES (sizeof NAME - 1)
#define KEY_BYTES (NAME_BYTES + 4)
#define FIRST_ID 32768u
#define ID_PLACE 4 /* in a dictionary, behind its magic number; little-endian */

struct in_use {
    uint64_t id, posts;
};

static void dictionary_key(uint32_t id, unsigned char key[KEY_BYTES])
{
    memcpy(key, NAME, NAME_BYTES);
    ek_put_be32(key + NAME_BYTES, id);
}

/* What is in use; zeros for a store that never had a dictionary. */
static void load(struct ek_txn *txn, struct in_use *in_use)
{
    struct ek_bytes value;
    *in_use = (struct in_use){0};
    if (ek_txn_get(txn, EK_RECORDS_META, NAME, NAME_BYTES, &value) != 1)
        return;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    in_use->id = ek_get_uint(&cursor);
    in_use->posts = ek_get_uint(&cursor);
    if (!ek_cursor_done(&cursor))
        ek_txn_damaged(txn, EK_RECORDS_META, NAME, NAME_BYTES);
}

/* 1 and the bytes, 0 if it is not there, -1. */
static int get(struct ek_txn *txn, uint32_t id, struct ek_bytes *value)
{
    unsigned char key[KEY_BYTES];
    dictionary_key(id, key);
    int found = ek_txn_get(txn, EK_RECORDS_META, key, sizeof key, value);
    if (found == 1 && ek_dictionary_id(value->data, value->len) != id)
        return ek_txn_damaged(txn, EK_RECORDS_META, key, sizeof key);
    return found;
}

static int missing(struct ek_store *store, struct ek_txn *txn, uint32_t id)
{
    return ek_txn_fail(txn, EK_FORMAT,
                       "%s/records is damaged: dictionary %u, without which some of its texts "
                       "cannot be read, is missing: restore the records from a backup",
                       store->folder, id);
}

int ek_dictionary_need(struct ek_store *store, uint32_t id)
{
    struct ek_txn *txn = ek_records(store);
    struct ek_bytes value;
    struct ek_err err;
    if (ek_packer_knows(store->packer, id))
        return 0;
    int found = get(txn, id, &value);
    if (found == 0)
        return missing(store, txn, id);
    if (found == 1 && ek_packer_learn(store->packer, value.data, value.len, &err) != 0)
        return ek_txn_fail(txn, err.kind, "%s/records: %s", store->folder, err.message);
    return found == 1 ? 0 : -1;
}

int ek_dictionary_each(struct ek_store *store,
                       int (*visit)(void *context, const struct ek_bytes *dictionary),
                       void *context)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    int result = 0;
    ek_walk_begin(&walk, ek_records(store), EK_RECORDS_META, NAME, NAME_BYTES);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1)
        if (key.len == KEY_BYTES)
            result = visit(context, &value);
    ek_walk_end(&walk);
    return result;
}

/* Training ---------------------------------------------------------------------------------- */

struct sample { /* texts one after the other, as ZDICT wants them */
    char *bytes;
    size_t len;
    size_t *lens;
    unsigned count;
};

/* The i-th of the posts drawn: steps of the golden ratio round the posts, so that those drawn so
 * far always lie evenly. */
static uint64_t drawn(uint64_t posts, uint32_t i)
{
    uint64_t turn = (i * 0x9e3779b97f4a7c15u) >> 32; /* a fraction of 2^32 */
    return 1 + (posts >> 32) * turn + (((posts & UINT32_MAX) * turn) >> 32);
}

/* The text kept of this post, or of the next one that has any. One that is damaged is left to those
 * who want to read it. */
static void add_sample(struct ek_store *store, struct sample *sample, uint64_t number)
{
    unsigned char from[8];
    struct ek_txn *txn = ek_records(store);
    struct ek_walk walk;
    struct ek_bytes key, value = {0};
    struct ek_cursor raw;
    ek_put_be64(from, number);
    ek_walk_from(&walk, txn, EK_REVISIONS, from, sizeof from, false);
    int found = ek_walk_next(&walk, &key, &value);
    ek_walk_end(&walk);
    struct ek_cursor packed = ek_revision_packed(value.data, found == 1 ? value.len : 0);
    bool readable = !packed.bad && ek_revision_unpack(store, &packed, &raw) == 0 && !raw.bad;
    ek_txn_take_error(txn, NULL);
    if (!readable)
        return;
    size_t len = (size_t)(raw.end - raw.at), room = EK_DICTIONARY_SAMPLE_BYTES - sample->len;
    len = len > EK_DICTIONARY_SAMPLE_TEXT ? EK_DICTIONARY_SAMPLE_TEXT : len;
    len = len > room ? room : len;
    memcpy(sample->bytes + sample->len, raw.at, len);
    sample->lens[sample->count++] = len;
    sample->len += len;
}

/* A dictionary made of the store's texts: its length, 0 if none can be made of them (too few, too
 * much alike). */
static size_t train(struct ek_store *store, struct sample *sample, uint64_t posts, uint32_t id,
                    char *out)
{
    for (uint32_t i = 0; i < EK_DICTIONARY_SAMPLES && i < posts; i++)
        if (sample->len < EK_DICTIONARY_SAMPLE_BYTES)
            add_sample(store, sample, drawn(posts, i));
    size_t len =
        ZDICT_trainFromBuffer(out, EK_DICTIONARY_BYTES, sample->bytes, sample->lens, sample->count);
    if (ZDICT_isError(len))
        return 0;
    for (unsigned i = 0; i < 4; i++)
        out[ID_PLACE + i] = (char)(id >> (8 * i));
    return len;
}

static int keep(struct ek_store *store, const struct in_use *in_use, const char *dictionary,
                size_t len, struct ek_err *err)
{
    unsigned char key[KEY_BYTES];
    struct ek_buf value;
    struct ek_txn *txn = ek_txn_begin(store->records, true, err);
    if (!txn)
        return -1;
    ek_buf_init(&value, 64);
    ek_put_uint(&value, in_use->id);
    ek_put_uint(&value, in_use->posts);
    if (value.failed)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_txn_put(txn, EK_RECORDS_META, NAME, NAME_BYTES, value.data, value.len);
    dictionary_key((uint32_t)in_use->id, key);
    if (len)
        ek_txn_put(txn, EK_RECORDS_META, key, sizeof key, dictionary, len);
    ek_buf_free(&value);
    return ek_txn_commit(txn, err);
}

/* Train and keep the next dictionary; the store goes on with the last one where none can be made,
 * and tries again when it has grown. */
static int train_next(struct ek_store *store, struct in_use *in_use, uint64_t posts,
                      struct ek_err *err)
{
    struct sample sample = {.bytes = malloc(EK_DICTIONARY_SAMPLE_BYTES),
                            .lens = calloc(EK_DICTIONARY_SAMPLES, sizeof *sample.lens)};
    char *dictionary = malloc(EK_DICTIONARY_BYTES);
    uint32_t id = in_use->id ? (uint32_t)in_use->id + 1 : FIRST_ID;
    int result = sample.bytes && sample.lens && dictionary ? 0 : ek_fail_memory(err);
    if (result == 0 && (result = ek_store_enter(store, EK_NEEDS_RECORDS, err)) == 0) {
        size_t len = train(store, &sample, posts, id, dictionary);
        result = ek_store_leave(store, 0, err);
        in_use->posts = posts;
        in_use->id = len ? id : in_use->id;
        if (result == 0)
            result = keep(store, in_use, dictionary, len, err);
    }
    free(sample.bytes);
    free(sample.lens);
    free(dictionary);
    return result;
}

/* Pack against the dictionary in use. */
static int take_up(struct ek_store *store, uint32_t id, struct ek_err *err)
{
    struct ek_bytes value;
    struct ek_txn *txn = ek_records(store);
    int found = get(txn, id, &value);
    if (found == 0)
        found = missing(store, txn, id);
    return found == 1 ? ek_packer_use(store->packer, value.data, value.len, err) : -1;
}

/* What is in use, and how many posts there are. */
static int look_up(struct ek_store *store, struct in_use *in_use, uint64_t *posts,
                   struct ek_err *err)
{
    struct ek_counters counters;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    load(ek_records(store), in_use);
    ek_counters_load(ek_records(store), &counters);
    *posts = counters.post;
    return ek_store_leave(store, 0, err);
}

int ek_dictionary_renew(struct ek_store *store, struct ek_err *err)
{
    struct in_use in_use;
    uint64_t posts;
    if (look_up(store, &in_use, &posts, err))
        return -1;
    uint64_t due = in_use.posts ? in_use.posts * EK_DICTIONARY_GROWTH : EK_DICTIONARY_POSTS;
    if (posts >= due && train_next(store, &in_use, posts, err))
        return -1;
    if (in_use.id == ek_packer_uses(store->packer))
        return 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    return ek_store_leave(store, take_up(store, (uint32_t)in_use.id, err), err);
}

/* Replacing --------------------------------------------------------------------------------- */

int ek_dictionary_replace(struct ek_store *store, uint32_t *id, bool *had, struct ek_err *err)
{
    struct in_use in_use;
    uint64_t posts;
    if (look_up(store, &in_use, &posts, err))
        return -1;
    const uint64_t before = in_use.id;
    *had = before != 0;
    if (*had && train_next(store, &in_use, posts, err))
        return -1;
    if (*had && in_use.id == before) {
        in_use.id = 0;
        if (keep(store, &in_use, NULL, 0, err))
            return -1;
    }
    *id = (uint32_t)in_use.id;
    /* One that packs against nothing until the next slice, and learns what it must unpack. */
    struct ek_packer *packer = ek_packer_new();
    if (!packer)
        return ek_fail_memory(err);
    ek_packer_free(store->packer);
    store->packer = packer;
    return 0;
}

void ek_dictionary_drop_others(struct ek_store *store, uint32_t id)
{
    unsigned char keys[EK_MAX_DICTIONARIES + 1][KEY_BYTES], own[KEY_BYTES];
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t count = 0;
    dictionary_key(id, own);
    ek_walk_begin(&walk, store->slice, EK_RECORDS_META, NAME, NAME_BYTES);
    while (count <= EK_MAX_DICTIONARIES && ek_walk_next(&walk, &key, &value) == 1)
        if (key.len == KEY_BYTES && memcmp(key.data, own, KEY_BYTES) != 0)
            memcpy(keys[count++], key.data, KEY_BYTES);
    ek_walk_end(&walk);
    for (size_t i = 0; i < count; i++)
        ek_txn_delete(store->slice, EK_RECORDS_META, keys[i], KEY_BYTES);
}
