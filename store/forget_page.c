/* forget_page.c - which pages show what was forgotten. See ekbom/forget.h.
 *
 * What is extracted of a page is held against the marks as when it is filed: posts, quotes, titles
 * of the thread and of threads listed. Names stand in other places too, which nothing extracts (who
 * wrote last, who is reading): but there they stand alone between two tags. So every such piece of
 * text is taken for a name. A name inside a sentence is somebody else's words, and stays. But
 * "Guest" or "Reply" stand alone on every page, and may be somebody's name: on pages with posts a
 * name alone is told apart. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "store/forget.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/page.h"

#define NAME_BYTES 256u /* of a piece of text; longer ones are no names */

struct looking {
    struct ek_txn *txn;
    struct ek_forgotten marks;
    struct ek_arena *arena;
    uint64_t forum;
};

static bool shows_title(const struct looking *l, const char *thread, const char *title)
{
    return ek_forgotten_holds(&l->marks, EK_FORGOTTEN_TITLE, l->forum,
                              ek_forgotten_title(l->arena, thread, title));
}

static bool shows_post(const struct looking *l, const char *thread, const struct ek_post *shown)
{
    struct ek_scrubbed scrubbed = {0};
    struct ek_post post = *shown;
    return ek_forgotten_is_post(&l->marks, l->forum, &post) ||
           ek_forgotten_scrub(&l->marks, l->forum, thread, l->arena, &post, &scrubbed);
}

static bool shows(const struct looking *l, const struct ek_page *page)
{
    const char *thread = ek_page_thread(page) ? ek_page_thread(page) : "";
    bool found = shows_title(l, thread, page->thread_title);
    for (size_t i = 0; i < page->post_count && !found; i++)
        found = shows_post(l, thread, &page->posts[i]);
    for (size_t i = 0; i < page->link_count && !found; i++) {
        const struct ek_link *link = &page->links[i];
        found = link->kind == EK_LINK_THREAD && link->id && shows_title(l, link->id, link->title);
    }
    return found;
}

/* Names --------------------------------------------------------------------------------------- */

/* One character written as an entity, if it is one of those that names need; its bytes. */
static size_t entity(const char *at, size_t len, char *out)
{
    static const struct {
        const char *written;
        char plain;
    } entities[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                    {"&quot;", '"'}, {"&#39;", '\''}, {"&#039;", '\''}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t bytes = strlen(entities[i].written);
        if (len >= bytes && memcmp(at, entities[i].written, bytes) == 0) {
            *out = entities[i].plain;
            return bytes;
        }
    }
    *out = *at;
    return 1;
}

/* The piece of text [at, end) without white space around it; "" if it is no name. */
static void take_piece(const char *at, const char *end, char name[NAME_BYTES])
{
    static const char blanks[] = " \t\r\n";
    size_t len = 0;
    while (at < end && strchr(blanks, *at))
        at++;
    while (end > at && strchr(blanks, end[-1]))
        end--;
    while (at < end && len + 1 < NAME_BYTES)
        at += entity(at, (size_t)(end - at), &name[len++]);
    name[at < end ? 0 : len] = 0;
}

static bool names(const struct looking *l, const char *body, size_t len)
{
    const char *at = body, *const end = body + len;
    char name[NAME_BYTES];
    while (at < end) {
        const char *tag = memchr(at, '<', (size_t)(end - at));
        take_piece(at, tag ? tag : end, name);
        if (*name && ek_forgotten_holds(&l->marks, EK_FORGOTTEN_NAME, l->forum, name))
            return true;
        const char *close = tag ? memchr(tag, '>', (size_t)(end - tag)) : NULL;
        at = close ? close + 1 : end;
    }
    return false;
}

/* The whole ----------------------------------------------------------------------------------- */

/* A page that names no forum, or none that is known, may be of any. */
static int look_in(struct looking *l, const struct ek_page *page, const char *body, size_t len)
{
    struct ek_walk walk;
    bool found = false;
    if (l->forum && shows(l, page))
        return 1;
    if (l->forum)
        return !names(l, body, len) ? 0 : page->post_count ? EK_SHOWS_NAME : 1;
    ek_names_begin(&walk, l->txn, EK_NAME_FORUM, 0);
    while (!found && ek_names_next(&walk, &l->forum) == 1)
        found = names(l, body, len);
    ek_walk_end(&walk);
    return found;
}

bool ek_store_has_forgotten(struct ek_store *store)
{
    struct ek_forgotten marks = {0};
    if (ek_store_enter(store, EK_NEEDS_RECORDS, NULL) != 0)
        return false;
    ek_forgotten_open(&marks, ek_records(store));
    ek_store_leave(store, 0, NULL);
    return marks.any;
}

int ek_store_shows_forgotten(struct ek_store *store, const char *url, const struct ek_page *page,
                             const void *body, size_t len, struct ek_err *err)
{
    struct looking l = {0};
    char key[EK_FORUM_KEY_BYTES];
    int result = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err) != 0)
        return -1;
    l.txn = ek_records(store);
    ek_forgotten_open(&l.marks, l.txn);
    if (l.marks.any) {
        l.arena = ek_arena_new(EK_ARENA_BYTES);
        const char *base = l.arena && page ? ek_page_forum(l.arena, page, url) : NULL;
        if (base)
            l.forum = ek_name_find(l.txn, EK_NAME_FORUM, 0, ek_forum_key(base, key));
        result = l.arena ? look_in(&l, page, body, len) : ek_fail_memory(err);
        ek_arena_free(l.arena);
    }
    return ek_store_leave(store, result, err);
}

int ek_store_each_archived(struct ek_store *store,
                           int (*visit)(void *context, const char *url, ek_time fetched,
                                        const struct ek_archive_ref *ref, struct ek_err *err),
                           void *context, struct ek_err *err)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_page_record page;
    int result = 0;
    struct ek_arena *arena = ek_arena_new(1u << 20);
    if (!arena)
        return ek_fail_memory(err);
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err) != 0) {
        ek_arena_free(arena);
        return -1;
    }
    ek_walk_begin(&walk, ek_records(store), EK_PAGES, NULL, 0);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1) {
        ek_arena_reset(arena);
        if (ek_page_decode(&page, arena, value) != 0)
            result = ek_txn_damaged(walk.txn, EK_PAGES, key.data, key.len);
        else if (*page.archived.file)
            result = visit(context, page.url, page.fetched, &page.archived, err);
    }
    ek_walk_end(&walk);
    result = ek_store_leave(store, result, err);
    ek_arena_free(arena);
    return result;
}
