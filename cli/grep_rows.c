/* grep_rows.c - the matches of the posts to be shown, one by one. See grep.h.
 *
 * Posts are read again, a page of them at a time, and their texts go to the readers for the places
 * of the matches; pages are under way while others are shown. A post that has changed since it was
 * found to match shows what its text holds now. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "grep.h"

#define PAGE_POSTS 64u
#define PAGE_BYTES (256u << 10) /* of texts in a page */
#define CONTEXT 80u             /* code points shown on each side of a match */

struct page { /* posts that are under way */
    struct page *next;
    struct ek_arena *arena;
    struct ek_entry *entries;
    size_t count;
};

struct rows {
    struct grep *grep;
    int (*show)(void *context, const struct grep_row *row, struct ek_err *err);
    void *context;
    struct page *sent, **sent_end;
    size_t next;  /* hit that is to be read */
    size_t shown; /* rows */
    struct ek_buf packed;
};

static void page_free(struct page *page)
{
    if (!page)
        return;
    ek_arena_free(page->arena);
    free(page);
}

static struct page *page_new(void)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->arena = ek_arena_new(EK_ARENA_BYTES);
    page->entries = page->arena ? EK_NEW_ARRAY(page->arena, struct ek_entry, PAGE_POSTS) : NULL;
    if (page->entries)
        return page;
    page_free(page);
    return NULL;
}

/* The next post into the page, and its text into the request. */
static int add_post(struct rows *rows, struct page *page, struct ek_err *err)
{
    struct ek_entry *entry = &page->entries[page->count];
    int got = ek_store_entry(rows->grep->store, rows->grep->hits[rows->next++], true, page->arena,
                             entry, err);
    if (got != 1)
        return got;
    ek_buf_clear(&rows->packed);
    ek_put_str(&rows->packed, entry->post.text);
    ek_pack_plain(&rows->packed, 0);
    if (rows->packed.failed)
        return ek_fail_memory(err);
    page->count++;
    return ek_pool_add_packed(rows->grep->pool, rows->packed.data, rows->packed.len, true, err);
}

static int send_page(struct rows *rows, struct ek_err *err)
{
    struct page *page = page_new();
    int result = page ? 0 : ek_fail_memory(err);
    while (result == 0 && rows->next < rows->grep->hit_count && page->count < PAGE_POSTS &&
           ek_pool_added_bytes(rows->grep->pool) < PAGE_BYTES)
        result = add_post(rows, page, err);
    if (result != 0) {
        page_free(page);
        return -1;
    }
    *rows->sent_end = page;
    rows->sent_end = &page->next;
    return ek_pool_submit_packed(rows->grep->pool, page, err);
}

/* So many code points back from `at`, and forward. */
static size_t back(const char *text, size_t at, unsigned count)
{
    while (at > 0 && count--) {
        at--;
        while (at > 0 && (text[at] & 0xc0) == 0x80)
            at--;
    }
    return at;
}

static size_t forward(const char *text, size_t len, size_t at, unsigned count)
{
    return at + ek_utf8_offset(text + at, len - at, count);
}

void grep_row_place(struct grep_row *row, size_t at, size_t point)
{
    const char *text = row->entry->post.text;
    size_t len = strlen(text);
    row->from = forward(text, len, at, row->start - (uint32_t)point);
    row->to = forward(text, len, row->from, row->end - row->start);
    row->left = back(text, row->from, CONTEXT);
    row->right = forward(text, len, row->to, CONTEXT);
}

static int show_post(struct rows *rows, const struct ek_entry *entry,
                     const struct ek_pool_found *found, struct ek_err *err)
{
    size_t at = 0, point = 0;
    if (found->reason)
        grep_unfinished(rows->grep, entry->number, found->reason);
    for (size_t i = 0; i < found->place_count && rows->shown < rows->grep->limit; i++) {
        const struct ek_pool_place *place = &found->places[i];
        struct grep_row row = {entry, place->start, place->end, 0, 0, 0, 0, i == 0};
        grep_row_place(&row, at, point);
        at = row.to;
        point = place->end;
        rows->shown++;
        if (rows->show(rows->context, &row, err) != 0)
            return -1;
    }
    return 0;
}

/* The page that was sent first: 1, 0 if none is under way, -1. */
static int show_page(struct rows *rows, struct ek_err *err)
{
    struct ek_pool_result result;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    int got =
        arena ? ek_pool_next(rows->grep->pool, true, arena, &result, err) : ek_fail_memory(err);
    if (got == 1) {
        struct page *page = result.context; /* the first of those sent */
        if (!(rows->sent = page->next))
            rows->sent_end = &rows->sent;
        for (size_t i = 0; i < page->count && got == 1; i++)
            if (show_post(rows, &page->entries[i], &result.found[i], err) != 0)
                got = -1;
        page_free(page);
    }
    ek_arena_free(arena);
    return got;
}

int grep_rows(struct grep *grep,
              int (*show)(void *context, const struct grep_row *row, struct ek_err *err),
              void *context, struct ek_err *err)
{
    struct rows rows = {.grep = grep, .show = show, .context = context};
    int got = 1;
    rows.sent_end = &rows.sent;
    ek_buf_init(&rows.packed, 2 * (size_t)EK_MAX_LINE_BYTES);
    while (got == 1) {
        while (got == 1 && rows.shown < grep->limit && rows.next < grep->hit_count &&
               ek_pool_room(grep->pool))
            if (send_page(&rows, err) != 0)
                got = -1;
        if (got == 1)
            got = show_page(&rows, err);
    }
    for (struct page *page = rows.sent, *after; page; page = after) {
        after = page->next;
        page_free(page);
    }
    ek_buf_free(&rows.packed);
    return got;
}
