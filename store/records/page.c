/* page.c - see page.h. */
#include "store/records/page.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/text.h"
#include "store/slice.h"

const char *ek_clean(struct ek_arena *arena, const char *string)
{
    size_t len = string ? strlen(string) : 0;
    if (ek_utf8_valid(string ? string : "", len) == len)
        return string;
    const char *clean = ek_nfc(arena, string, len);
    return clean ? clean : "";
}

void ek_page_key_make(struct ek_page_key *key, const char *url, ek_time fetched, const void *body,
                      size_t len)
{
    unsigned char digest[EK_SHA256_BYTES], time[8];
    struct ek_hasher hasher;
    ek_put_be64(time, (uint64_t)fetched);
    ek_hasher_begin(&hasher);
    ek_hasher_adds(&hasher, url);
    ek_hasher_add(&hasher, time, sizeof time);
    ek_hasher_add(&hasher, body, len);
    ek_hasher_finish(&hasher, digest);
    memcpy(key->bytes, digest, sizeof key->bytes);
}

int ek_page_decode(struct ek_page_record *page, struct ek_arena *arena, struct ek_bytes value)
{
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    memset(page, 0, sizeof *page);
    page->url = ek_get_str(&cursor, arena);
    page->fetched = ek_get_int(&cursor);
    page->status = (int)ek_get_int(&cursor);
    const char *file = ek_get_str(&cursor, arena);
    page->archived.offset = ek_get_uint(&cursor);
    page->archived.length = ek_get_uint(&cursor);
    page->kind = ek_get_enum(&cursor, EK_PAGE_KINDS);
    page->forum = ek_get_uint(&cursor);
    page->posts = ek_get_uint(&cursor);
    size_t len;
    const void *digest = ek_get_bytes(&cursor, &len);
    page->quarantined = ek_get_str(&cursor, arena);
    if (!ek_cursor_done(&cursor) || !page->url || !file || len != sizeof page->digest ||
        strlen(file) >= sizeof page->archived.file)
        return -1;
    memcpy(page->digest, digest, len);
    snprintf(page->archived.file, sizeof page->archived.file, "%s", file);
    return 0;
}

int ek_page_get(struct ek_txn *txn, struct ek_arena *arena, const unsigned char key[16],
                struct ek_page_record *page)
{
    struct ek_bytes value;
    int found = ek_txn_get(txn, EK_PAGES, key, 16, &value);
    if (found != 1)
        return found;
    return ek_page_decode(page, arena, value) ? ek_txn_damaged(txn, EK_PAGES, key, 16) : 1;
}

void ek_page_put(struct ek_store *store, const unsigned char key[16],
                 const struct ek_page_record *page)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_str(value, page->url);
    ek_put_int(value, page->fetched);
    ek_put_int(value, page->status);
    ek_put_str(value, page->archived.file);
    ek_put_uint(value, page->archived.offset);
    ek_put_uint(value, page->archived.length);
    ek_put_u8(value, page->kind);
    ek_put_uint(value, page->forum);
    ek_put_uint(value, page->posts);
    ek_put_bytes(value, page->digest, sizeof page->digest);
    ek_put_str(value, page->quarantined);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_txn_put(store->slice, EK_PAGES, key, 16, value->data, value->len);
}

/* Quarantine -------------------------------------------------------------------------------- */

void ek_quarantine_put(struct ek_store *store, const unsigned char key[16], const char *what,
                       const char *reason, ek_time when)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_str(value, what);
    ek_put_str(value, reason);
    ek_put_int(value, when);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_txn_put(store->slice, EK_QUARANTINE, key, 16, value->data, value->len);
}

int ek_quarantine_decode(struct ek_quarantined *item, struct ek_arena *arena, struct ek_bytes value)
{
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    item->what = ek_get_str(&cursor, arena);
    item->reason = ek_get_str(&cursor, arena);
    item->when = ek_get_int(&cursor);
    return ek_cursor_done(&cursor) && item->what && item->reason ? 0 : -1;
}

int ek_store_quarantine(struct ek_store *store, const char *what, const char *reason,
                        struct ek_err *err)
{
    unsigned char digest[EK_SHA256_BYTES];
    struct ek_bytes old;
    if (!store->slice)
        return ek_fail(err, EK_USAGE, "%s: only in a slice", store->folder);
    ek_arena_reset(store->scratch);
    what = ek_clean(store->scratch, what);
    ek_sha256(what, strlen(what), digest);
    if (ek_txn_get(store->slice, EK_QUARANTINE, digest, 16, &old) == 0)
        ek_quarantine_put(store, digest, what, ek_clean(store->scratch, reason), time(NULL));
    return ek_txn_failed(store->slice) ? ek_slice_failed(store, err) : 0;
}

/* The interface ----------------------------------------------------------------------------- */

int ek_store_has_page(struct ek_store *store, const struct ek_page_key *key, struct ek_err *err)
{
    struct ek_bytes value;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int found = ek_txn_get(ek_records(store), EK_PAGES, key->bytes, sizeof key->bytes, &value);
    return ek_store_leave(store, found, err);
}

int ek_store_page(struct ek_store *store, const unsigned char key[16], struct ek_arena *arena,
                  struct ek_page_filing *filing, struct ek_err *err)
{
    struct ek_page_record page;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int found = ek_page_get(ek_records(store), arena, key, &page);
    if (found == 1) {
        memset(filing, 0, sizeof *filing);
        memcpy(filing->key.bytes, key, sizeof filing->key.bytes);
        filing->url = page.url;
        filing->fetched = page.fetched;
        filing->status = page.status;
        filing->archived = page.archived;
        filing->quarantined = page.quarantined;
    }
    return ek_store_leave(store, found, err);
}
