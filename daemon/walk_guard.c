/* walk_guard.c - see walk_guard.h. Pages are told apart by the ids of their posts or rows, not by
 * their addresses: boards answer a `start` beyond the end with the last page once more, and a trap
 * invents addresses as it likes. Rows that stand above the rest of every page do not count, and
 * neither does a listing of one row, which a new reply may push from one page to the next. */
#include "walk_guard.h"

#include <stdio.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/record.h"
#include "walk.h"

#define ON_EVERY_PAGE (EK_THREAD_STICKY | EK_THREAD_ANNOUNCEMENT | EK_THREAD_GLOBAL)

const char *walk_unreadable(const struct walk_answer *answer, struct ek_arena *arena)
{
    const struct ek_page *page = answer->page;
    const char *kind = page ? ek_page_kind_names[page->kind] : "quarantined";
    const char *why = page ? page->reason : answer->quarantined;
    char status[32] = "";
    if (answer->status >= 400)
        snprintf(status, sizeof status, "status %d, ", answer->status);
    const char *text =
        ek_printf(arena, "%s%s page%s%s", status, kind, why ? ": " : "", why ? why : "");
    return text ? text : "out of memory";
}

/* FNV-1a: a page that shows the same by chance ends one reading early, no more. */
static uint64_t add(uint64_t digest, const char *id)
{
    for (const char *c = id; *c; c++)
        digest = (digest ^ (unsigned char)*c) * 0x100000001b3u;
    return (digest ^ ' ') * 0x100000001b3u;
}

enum guard_word walk_guard_take(struct walk_guard *guard, const struct ek_page *page)
{
    uint64_t digest = 0xcbf29ce484222325u;
    size_t rows = 0;
    for (size_t i = 0; i < page->post_count; i++)
        digest = add(digest, page->posts[i].id);
    for (size_t i = 0; page->kind == EK_PAGE_BOARD && i < page->link_count; i++) {
        const struct ek_link *link = &page->links[i];
        if (link->kind != EK_LINK_THREAD || !link->id || link->flags & ON_EVERY_PAGE)
            continue;
        digest = add(digest, link->id);
        rows++;
    }
    bool repeated = guard->pages && digest == guard->shown && (rows > 1 || page->post_count);
    guard->shown = digest;
    guard->pages++;
    if (repeated)
        return GUARD_REPEATED;
    return guard->pages > EK_MAX_PLACE_PAGES ? GUARD_ENDLESS : GUARD_ON;
}
