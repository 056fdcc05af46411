/* repack.c - all texts packed anew, against a dictionary without anything forgotten. See
 * ekbom/forget.h.
 *
 * A dictionary consists of pieces of the texts that it was trained on, names in quotes among them:
 * as long as it is there, so are they. Which pieces are whose cannot be told, so all dictionaries
 * go. In slices: cut off in between, some texts need the old ones, which go last. */
#include <string.h>

#include "ekbom/forget.h"
#include "ekbom/limits.h"
#include "store/records/dictionary.h"
#include "store/records/revision.h"

#define KEY_BYTES (8u + EK_CONTENT_DIGEST_BYTES)

struct repacking {
    struct ek_store *store;
    uint32_t dictionary;               /* the new one */
    unsigned char next[KEY_BYTES + 1]; /* of the revisions: where to go on */
    size_t next_len;
    unsigned char keys[EK_SLICE_POSTS][KEY_BYTES]; /* of a slice: to be packed anew */
    size_t count;
    bool ended;
};

static void note_key(struct repacking *repacking, const struct ek_bytes *key,
                     const struct ek_bytes *value)
{
    struct ek_cursor packed = ek_revision_packed(value->data, value->len);
    size_t len = packed.bad ? 0 : (size_t)(packed.end - packed.at);
    uint32_t needs = ek_packed_dictionary(packed.at, len);
    if (key->len == KEY_BYTES && needs && needs != repacking->dictionary)
        memcpy(repacking->keys[repacking->count++], key->data, KEY_BYTES);
}

/* The next texts that need another dictionary. */
static void find_some(struct repacking *repacking)
{
    struct ek_walk walk;
    struct ek_bytes key = {0}, value;
    int found = 0;
    repacking->count = 0;
    ek_walk_from(&walk, repacking->store->slice, EK_REVISIONS, repacking->next, repacking->next_len,
                 false);
    while (repacking->count < EK_SLICE_POSTS && (found = ek_walk_next(&walk, &key, &value)) == 1) {
        note_key(repacking, &key, &value);
        if (key.len <= KEY_BYTES) {
            memcpy(repacking->next, key.data, key.len);
            repacking->next_len = key.len;
        }
    }
    ek_walk_end(&walk);
    repacking->ended = found != 1;
}

static void pack_anew(struct repacking *repacking, const unsigned char key[KEY_BYTES])
{
    struct ek_store *store = repacking->store;
    struct ek_bytes value;
    struct ek_cursor raw;
    if (ek_txn_get(store->slice, EK_REVISIONS, key, KEY_BYTES, &value) != 1)
        return;
    struct ek_cursor packed = ek_revision_packed(value.data, value.len);
    if (ek_revision_unpack(store, &packed, &raw) != 0)
        return;
    if (raw.bad) {
        ek_txn_damaged(store->slice, EK_REVISIONS, key, KEY_BYTES);
        return;
    }
    size_t subject = (size_t)((const char *)packed.at - (const char *)value.data);
    ek_buf_clear(&store->value);
    ek_buf_add(&store->value, value.data, subject);
    ek_buf_add(&store->value, (const char *)raw.at, (size_t)(raw.end - raw.at));
    ek_pack(store->packer, &store->value, subject);
    if (store->value.failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_txn_put(store->slice, EK_REVISIONS, key, KEY_BYTES, store->value.data, store->value.len);
}

static int repack_some(struct repacking *repacking, struct ek_err *err)
{
    struct ek_store *store = repacking->store;
    if (ek_store_begin(store, err) != 0)
        return -1;
    find_some(repacking);
    for (size_t i = 0; i < repacking->count && !ek_txn_failed(store->slice); i++)
        pack_anew(repacking, repacking->keys[i]);
    if (repacking->ended)
        ek_dictionary_drop_others(store, repacking->dictionary);
    return ek_store_commit(store, err);
}

int ek_store_repack(struct ek_store *store, const struct ek_forget_watch *watch, struct ek_err *err)
{
    struct repacking repacking = {.store = store};
    uint64_t packed = 0;
    bool had;
    if (ek_dictionary_replace(store, &repacking.dictionary, &had, err) != 0)
        return -1;
    while (had && !repacking.ended) {
        if (repack_some(&repacking, err) != 0)
            return -1;
        packed += repacking.count;
        if (watch)
            watch->progress(watch->context, "texts packed anew", packed);
    }
    return 0;
}
