/* revision.c - see revision.h. */
#include "store/records/revision.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"

#define LEVEL 3 /* 2.3 : 1 on forum posts; higher levels gain 2 % and cost ten times as much */

enum { PLAIN, PACKED };

struct ek_packer {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *decompress;
    struct ek_buf raw;
};

struct ek_packer *ek_packer_new(void)
{
    struct ek_packer *packer = calloc(1, sizeof *packer);
    if (!packer)
        return NULL;
    packer->compress = ZSTD_createCCtx();
    packer->decompress = ZSTD_createDCtx();
    ek_buf_init(&packer->raw, EK_MAX_LINE_BYTES);
    if (packer->compress && packer->decompress)
        return packer;
    ek_packer_free(packer);
    return NULL;
}

void ek_packer_free(struct ek_packer *packer)
{
    if (!packer)
        return;
    ZSTD_freeCCtx(packer->compress);
    ZSTD_freeDCtx(packer->decompress);
    ek_buf_free(&packer->raw);
    free(packer);
}

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

/* Append raw, compressed where that is shorter. */
static void put_packed(struct ek_packer *packer, struct ek_buf *out, const struct ek_buf *raw)
{
    size_t mark = out->len, bound = ZSTD_compressBound(raw->len);
    ek_put_u8(out, PACKED);
    ek_put_uint(out, raw->len);
    char *room = ek_buf_room(out, bound);
    size_t packed =
        room ? ZSTD_compressCCtx(packer->compress, room, bound, raw->data, raw->len, LEVEL) : 0;
    if (room && !ZSTD_isError(packed) && packed < raw->len) {
        out->len += packed;
        return;
    }
    out->len = mark;
    ek_put_u8(out, PLAIN);
    ek_buf_add(out, raw->data, raw->len);
}

void ek_revision_put(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp,
                     const struct ek_post *words)
{
    unsigned char key[KEY_BYTES];
    struct ek_buf *value = &store->value, *raw = &store->packer->raw;
    ek_buf_clear(raw);
    ek_put_str(raw, words->text ? words->text : "");
    ek_put_quotes(raw, words->quotes, words->quote_count);
    ek_put_links(raw, words->links, words->link_count);
    ek_buf_clear(value);
    ek_put_str(value, words->subject);
    if (!raw->failed)
        put_packed(store->packer, value, raw);
    if (raw->failed || value->failed) {
        ek_txn_fail(store->slice, EK_LIMIT, "post %s is larger than %u MiB", words->id,
                    EK_MAX_LINE_BYTES >> 20);
        return;
    }
    revision_key(post, stamp, key);
    ek_txn_put(store->slice, EK_REVISIONS, key, sizeof key, value->data, value->len);
}

void ek_revision_forget(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp)
{
    unsigned char key[KEY_BYTES];
    revision_key(post, stamp, key);
    ek_txn_delete(store->slice, EK_REVISIONS, key, sizeof key);
}

/* The raw bytes that follow the subject; NULL if they cannot be had. */
static struct ek_cursor unpack(struct ek_packer *packer, struct ek_cursor *value)
{
    unsigned form = ek_get_u8(value);
    struct ek_cursor raw = *value;
    if (value->bad || form == PLAIN)
        return raw;
    uint64_t len = ek_get_uint(value);
    raw.bad = form != PACKED || value->bad || len > EK_MAX_LINE_BYTES;
    if (raw.bad)
        return raw;
    ek_buf_clear(&packer->raw);
    char *room = ek_buf_room(&packer->raw, (size_t)len);
    size_t got = room ? ZSTD_decompressDCtx(packer->decompress, room, (size_t)len, value->at,
                                            (size_t)(value->end - value->at))
                      : 0;
    raw = ek_cursor(room, room && !ZSTD_isError(got) ? got : 0);
    raw.bad = !room || got != len;
    return raw;
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
        struct ek_cursor raw = unpack(store->packer, &value);
        words->text = ek_get_str(&raw, arena);
        words->quotes = ek_get_quotes(&raw, arena, &words->quote_count);
        words->links = ek_get_links(&raw, arena, &words->link_count);
        value.bad = !ek_cursor_done(&raw) || !words->text;
    }
    if (value.bad)
        return ek_txn_damaged(txn, EK_REVISIONS, key, sizeof key);
    return 1;
}
