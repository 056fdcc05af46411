/* listing.c - the rows of a board or an index, and the numbered pages of any page. Declared in
 * reading.h.
 *
 * Every row is a link record, stickies, announcements and the shadows of moved threads included:
 * what to make of them is the crawler's business, and the flags tell. */
#include "daemon/extract/reading.h"
#include "ekbom/arena.h"
#include "ekbom/limits.h"

struct row_kind {
    enum ek_link_kind kind;
    enum ek_part each;
    enum ek_field id, title, url, last_post, last_time, replies;
};

#define ROW(kind, name)                                                                            \
    {                                                                                              \
        kind, EK_PART_##name, EK_FIELD_##name##_ID, EK_FIELD_##name##_TITLE,                       \
            EK_FIELD_##name##_URL, EK_FIELD_##name##_LAST, EK_FIELD_##name##_TIME,                 \
            EK_FIELD_##name##_REPLIES                                                              \
    }

static const struct row_kind row_kinds[] = {
    ROW(EK_LINK_BOARD, BOARD_ROW), ROW(EK_LINK_THREAD, THREAD_ROW), ROW(EK_LINK_PAGE, PAGE_ROW)};

static bool listed(const struct ek_page *page, size_t from, const char *url)
{
    for (size_t i = from; i < page->link_count; i++)
        if (strcmp(page->links[i].url, url) == 0)
            return true;
    return false;
}

static bool read_row(struct ek_reading *r, const struct row_kind *kind, struct ek_scope scope,
                     struct ek_link *link)
{
    *link = (struct ek_link){.kind = kind->kind, .replies = -1, .last_post_time = EK_TIME_UNKNOWN};
    link->url = ek_read_address(r, kind->url, scope);
    link->id = ek_read_value(r, kind->id, scope, NULL);
    if (!link->url || (kind->kind != EK_LINK_PAGE && !link->id) ||
        (link->id && strlen(link->id) > EK_MAX_ID_BYTES))
        return false;
    link->title = ek_read_value(r, kind->title, scope, NULL);
    link->last_post_id = ek_read_value(r, kind->last_post, scope, NULL);
    link->replies = ek_read_number(r, kind->replies, scope);
    link->last_post_time = ek_read_time(r, kind->last_time, scope).time;
    if (kind->kind == EK_LINK_THREAD)
        link->flags = ek_flags(r, EK_MARK_ROW_FLAG, scope);
    return true;
}

static size_t count_rows(struct ek_reading *r, const struct ek_selector *each)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    size_t count = 0;
    for (uint32_t node = ek_select_first(&r->tree, each, all);
         node != EK_NO_NODE && count < EK_MAX_PAGE_POSTS;
         node = ek_select_next(&r->tree, each, all, node))
        count++;
    return count;
}

static void read_rows(struct ek_reading *r, const struct row_kind *kind, struct ek_page *page,
                      size_t room)
{
    const struct ek_selector *each = r->profile->parts[kind->each];
    struct ek_scope all = ek_whole(&r->tree, 0);
    size_t from = page->link_count, seen = 0;
    for (uint32_t node = ek_select_first(&r->tree, each, all); node != EK_NO_NODE && seen < room;
         node = ek_select_next(&r->tree, each, all, node)) {
        struct ek_link *link = &page->links[page->link_count];
        seen++;
        /* The numbered pages stand above and below a list. */
        if (read_row(r, kind, ek_whole(&r->tree, node), link) &&
            !(kind->kind == EK_LINK_PAGE && listed(page, from, link->url)))
            page->link_count++;
    }
}

void ek_read_listing(struct ek_reading *r, struct ek_page *page)
{
    size_t rows[sizeof row_kinds / sizeof *row_kinds] = {0}, total = 0;
    for (size_t i = 0; i < sizeof row_kinds / sizeof *row_kinds; i++) {
        const struct ek_selector *each = r->profile->parts[row_kinds[i].each];
        rows[i] = each ? count_rows(r, each) : 0;
        total += rows[i];
    }
    page->links = EK_NEW_ARRAY(r->arena, struct ek_link, total + 1);
    if (!page->links) {
        r->no_memory = true;
        return;
    }
    for (size_t i = 0; i < sizeof row_kinds / sizeof *row_kinds; i++)
        if (rows[i])
            read_rows(r, &row_kinds[i], page, rows[i]);
}
