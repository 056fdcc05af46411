/* revision.c - see revision.h. */
#include "store/records/revision.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "store/records/dictionary.h"

/* Digests ----------------------------------------------------------------------------------- */

int ek_stamp_make(struct ek_stamp *stamp, const struct ek_post *post, ek_time first, ek_time last,
                  struct ek_buf *scratch)
{
    unsigned char digest[EK_SHA256_BYTES];
    ek_buf_clear(scratch);
    ek_put_str(scratch, post->subject);
    ek_put_str(scratch, post->text ? post->text : "");
    for (size_t i = 0; i < post->quote_count; i++)
        ek_put_str(scratch, post->quotes[i].text ? post->quotes[i].text : "");
    if (scratch->failed)
        return -1;
    ek_sha256(scratch->data, scratch->len, digest);
    memcpy(stamp->digest, digest, sizeof stamp->digest);

    ek_buf_clear(scratch);
    ek_put_links(scratch, post->links, post->link_count);
    for (size_t i = 0; i < post->quote_count; i++) {
        ek_put_str(scratch, post->quotes[i].author);
        ek_put_str(scratch, post->quotes[i].post_id);
        ek_put_uint(scratch, post->quotes[i].inferred);
        ek_put_uint(scratch, post->quotes[i].depth);
    }
    if (scratch->failed)
        return -1;
    ek_sha256(scratch->data, scratch->len, digest);
    stamp->apparatus = ek_get_be64(digest);
    stamp->first = first;
    stamp->last = last;
    return 0;
}

/* Values ------------------------------------------------------------------------------------ */

#define KEY_BYTES (8 + EK_CONTENT_DIGEST_BYTES)

static void revision_key(uint64_t post, const struct ek_stamp *stamp, unsigned char key[KEY_BYTES])
{
    ek_put_be64(key, post);
    memcpy(key + 8, stamp->digest, sizeof stamp->digest);
}

void ek_revision_put(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp,
                     const struct ek_post *words)
{
    unsigned char key[KEY_BYTES];
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_str(value, words->subject);
    size_t from = value->len;
    ek_put_str(value, words->text ? words->text : "");
    ek_put_quotes(value, words->quotes, words->quote_count);
    ek_put_links(value, words->links, words->link_count);
    if (value->failed || value->len - from > EK_MAX_LINE_BYTES) {
        ek_txn_fail(store->slice, EK_LIMIT, "post %s is larger than %u MiB", words->id,
                    EK_MAX_LINE_BYTES >> 20);
        return;
    }
    ek_pack(store->packer, value, from);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    revision_key(post, stamp, key);
    ek_txn_put(store->slice, EK_REVISIONS, key, sizeof key, value->data, value->len);
}

void ek_revision_forget(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp)
{
    unsigned char key[KEY_BYTES];
    revision_key(post, stamp, key);
    ek_txn_delete(store->slice, EK_REVISIONS, key, sizeof key);
}

int ek_revision_value(struct ek_txn *txn, uint64_t post, const struct ek_stamp *stamp,
                      struct ek_bytes *value)
{
    unsigned char key[KEY_BYTES];
    revision_key(post, stamp, key);
    return ek_txn_get(txn, EK_REVISIONS, key, sizeof key, value);
}

struct ek_cursor ek_revision_packed(const void *bytes, size_t len)
{
    struct ek_cursor value = ek_cursor(bytes, len);
    uint64_t subject = ek_get_uint(&value);
    uint64_t skip = subject ? subject - 1 : 0;
    value.bad = value.bad || skip > (uint64_t)(value.end - value.at);
    if (!value.bad)
        value.at += skip;
    return value;
}

int ek_revision_unpack(struct ek_store *store, const struct ek_cursor *packed,
                       struct ek_cursor *raw)
{
    size_t len = (size_t)(packed->end - packed->at);
    if (ek_dictionary_need(store, ek_packed_dictionary(packed->at, len)) != 0)
        return -1;
    *raw = ek_unpack(store->packer, packed->at, len);
    return 0;
}

int ek_revision_get(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp,
                    bool with_text, struct ek_arena *arena, struct ek_post *words)
{
    unsigned char key[KEY_BYTES];
    struct ek_txn *txn = ek_records(store);
    struct ek_bytes bytes;
    revision_key(post, stamp, key);
    int found = ek_txn_get(txn, EK_REVISIONS, key, sizeof key, &bytes);
    if (found != 1)
        return found;
    struct ek_cursor value = ek_cursor(bytes.data, bytes.len);
    words->subject = ek_get_str(&value, arena);
    words->text = "";
    if (with_text && !value.bad) {
        struct ek_cursor raw;
        if (ek_revision_unpack(store, &value, &raw) != 0)
            return -1;
        words->text = ek_get_str(&raw, arena);
        words->quotes = ek_get_quotes(&raw, arena, &words->quote_count);
        words->links = ek_get_links(&raw, arena, &words->link_count);
        value.bad = !ek_cursor_done(&raw) || !words->text;
    }
    if (value.bad)
        return ek_txn_damaged(txn, EK_REVISIONS, key, sizeof key);
    return 1;
}
