/* packed.c - zstd, for the store and for the readers. See ekbom/packed.h.
 *
 * Posts are some 600 bytes: alone they pack 1.6 : 1 and unpack at 290 MB/s, against a dictionary of
 * 64 KiB trained on their like 2.4 : 1 and at 630 MB/s, since the frame needs no tables of its own.
 * Level 3: higher levels gain 2 % and cost ten times as much. No checksum of zstd's: whoever keeps
 * packed texts keeps one of his own behind them. */
#include "ekbom/packed.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

#define LEVEL 3

enum { PLAIN, PACKED };

struct known {
    uint32_t id;
    ZSTD_DDict *dictionary;
};

struct ek_packer {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *decompress;
    ZSTD_CDict *against; /* NULL: frames stand alone */
    uint32_t against_id;
    struct known known[EK_MAX_DICTIONARIES];
    size_t known_count;
    struct ek_buf out; /* what was packed or unpacked last */
};

struct ek_packer *ek_packer_new(void)
{
    struct ek_packer *packer = calloc(1, sizeof *packer);
    if (!packer)
        return NULL;
    packer->compress = ZSTD_createCCtx();
    packer->decompress = ZSTD_createDCtx();
    ek_buf_init(&packer->out, 2 * (size_t)EK_MAX_LINE_BYTES);
    if (packer->compress && packer->decompress)
        return packer;
    ek_packer_free(packer);
    return NULL;
}

void ek_packer_free(struct ek_packer *packer)
{
    if (!packer)
        return;
    for (size_t i = 0; i < packer->known_count; i++)
        ZSTD_freeDDict(packer->known[i].dictionary);
    ZSTD_freeCDict(packer->against);
    ZSTD_freeCCtx(packer->compress);
    ZSTD_freeDCtx(packer->decompress);
    ek_buf_free(&packer->out);
    free(packer);
}

/* Dictionaries ------------------------------------------------------------------------------ */

uint32_t ek_dictionary_id(const void *dictionary, size_t len)
{
    return ZSTD_getDictID_fromDict(dictionary, len);
}

static const struct known *find(const struct ek_packer *packer, uint32_t id)
{
    for (size_t i = 0; i < packer->known_count; i++)
        if (packer->known[i].id == id)
            return &packer->known[i];
    return NULL;
}

bool ek_packer_knows(const struct ek_packer *packer, uint32_t id)
{
    return id == 0 || find(packer, id);
}

int ek_packer_learn(struct ek_packer *packer, const void *dictionary, size_t len,
                    struct ek_err *err)
{
    uint32_t id = ek_dictionary_id(dictionary, len);
    if (id == 0)
        return ek_fail(err, EK_FORMAT, "this is no dictionary");
    if (ek_packer_knows(packer, id))
        return 0;
    if (packer->known_count == EK_MAX_DICTIONARIES)
        return ek_fail(err, EK_LIMIT, "more than %u dictionaries", EK_MAX_DICTIONARIES);
    ZSTD_DDict *made = ZSTD_createDDict(dictionary, len);
    if (!made)
        return ek_fail(err, EK_FORMAT, "dictionary %u cannot be read", id);
    packer->known[packer->known_count++] = (struct known){id, made};
    return 0;
}

int ek_packer_use(struct ek_packer *packer, const void *dictionary, size_t len, struct ek_err *err)
{
    ZSTD_CDict *made = ZSTD_createCDict(dictionary, len, LEVEL);
    if (!made)
        return ek_fail(err, EK_FORMAT, "dictionary %u cannot be read",
                       ek_dictionary_id(dictionary, len));
    ZSTD_freeCDict(packer->against);
    packer->against = made;
    packer->against_id = ek_dictionary_id(dictionary, len);
    return 0;
}

uint32_t ek_packer_uses(const struct ek_packer *packer)
{
    return packer->against_id;
}

/* Texts ------------------------------------------------------------------------------------- */

static size_t compress(struct ek_packer *packer, const char *raw, size_t len)
{
    size_t bound = ZSTD_compressBound(len);
    ek_buf_clear(&packer->out);
    char *room = ek_buf_room(&packer->out, bound);
    if (!room)
        return SIZE_MAX;
    size_t got =
        packer->against
            ? ZSTD_compress_usingCDict(packer->compress, room, bound, raw, len, packer->against)
            : ZSTD_compressCCtx(packer->compress, room, bound, raw, len, LEVEL);
    return ZSTD_isError(got) ? SIZE_MAX : got;
}

void ek_pack(struct ek_packer *packer, struct ek_buf *buf, size_t from)
{
    if (buf->failed)
        return;
    size_t len = buf->len - from;
    size_t packed = compress(packer, len ? buf->data + from : "", len);
    if (packed < len) {
        buf->len = from;
        ek_put_u8(buf, PACKED);
        ek_put_uint(buf, len);
        ek_buf_add(buf, packer->out.data, packed);
        return;
    }
    ek_pack_plain(buf, from);
}

void ek_pack_plain(struct ek_buf *buf, size_t from)
{
    ek_put_u8(buf, PLAIN); /* room for the form, which stands before the bytes */
    if (buf->failed)
        return;
    memmove(buf->data + from + 1, buf->data + from, buf->len - 1 - from);
    buf->data[from] = PLAIN;
}

/* The frame behind form and length; NULL if the text is plain or malformed. */
static const void *frame_of(struct ek_cursor *cursor, uint64_t *len)
{
    unsigned form = ek_get_u8(cursor);
    *len = 0;
    if (cursor->bad || form == PLAIN)
        return NULL;
    *len = ek_get_uint(cursor);
    cursor->bad = cursor->bad || form != PACKED || *len > EK_MAX_LINE_BYTES;
    return cursor->bad ? NULL : cursor->at;
}

uint32_t ek_packed_dictionary(const void *packed, size_t len)
{
    struct ek_cursor cursor = ek_cursor(packed, len);
    uint64_t raw;
    const void *frame = frame_of(&cursor, &raw);
    return frame ? ZSTD_getDictID_fromFrame(frame, (size_t)(cursor.end - cursor.at)) : 0;
}

struct ek_cursor ek_unpack(struct ek_packer *packer, const void *packed, size_t len)
{
    struct ek_cursor cursor = ek_cursor(packed, len);
    uint64_t raw;
    const void *frame = frame_of(&cursor, &raw);
    if (!frame)
        return cursor;
    size_t frame_len = (size_t)(cursor.end - cursor.at);
    uint32_t id = ZSTD_getDictID_fromFrame(frame, frame_len);
    const struct known *known = id ? find(packer, id) : NULL;
    ek_buf_clear(&packer->out);
    char *room = ek_buf_room(&packer->out, (size_t)raw);
    if (!room || (id && !known))
        return (struct ek_cursor){.bad = true};
    size_t got = ZSTD_decompress_usingDDict(packer->decompress, room, (size_t)raw, frame, frame_len,
                                            known ? known->dictionary : NULL);
    struct ek_cursor content = ek_cursor(room, ZSTD_isError(got) ? 0 : got);
    content.bad = ZSTD_isError(got) || got != raw;
    return content;
}
