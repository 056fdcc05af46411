/* filing.c - pages and records of others into the store.
 *
 * A page is filed once under its key: the same page from the same file changes nothing. What a
 * page says may be false (readers are confined because pages are hostile), so what cannot be
 * stored - a post without an id, a page that names no forum - quarantines the page and is no
 * error of the import. */
#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/page.h"
#include "store/records/revision.h"
#include "store/records/sighting.h"
#include "store/records/thread.h"
#include "store/slice.h"

static bool fits(const char *id)
{
    return id && *id && strlen(id) <= EK_MAX_ID_BYTES;
}

/* Why a page cannot be stored; NULL if it can. */
static const char *unfit(const struct ek_page *page)
{
    if (page->post_count && !(page->thread_id || page->thread_url || page->url))
        return "the page names no thread";
    for (size_t i = 0; i < page->post_count; i++) {
        if (!fits(page->posts[i].id))
            return "a post has no id, or one longer than 255 bytes";
    }
    return NULL;
}

const char *ek_page_forum(struct ek_arena *arena, const struct ek_page *page, const char *url)
{
    if (page->forum && *page->forum)
        return page->forum;
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    return ek_printf(arena, "%.*s/", (int)(host - url + (ptrdiff_t)strcspn(host, "/?#")), url);
}

const char *ek_page_thread(const struct ek_page *page)
{
    if (page->thread_id && *page->thread_id)
        return page->thread_id;
    return page->thread_url && *page->thread_url ? page->thread_url : page->url;
}

/* Titles ------------------------------------------------------------------------------------ */

/* A title that was forgotten is as one that the page does not give; its address may repeat it. */
static uint64_t learn_thread(struct ek_store *store, const struct ek_forgotten *forgotten,
                             uint64_t forum, struct ek_thread_news *news, ek_time seen)
{
    if (ek_forgotten_holds(forgotten, EK_FORGOTTEN_TITLE, forum,
                           ek_forgotten_title(store->scratch, news->id, news->title)))
        news->title = news->url = NULL;
    return ek_thread_learn(store, forum, news, seen);
}

/* A post of someone forgotten that the store never had may have given its thread the title. */
static void forget_title(struct ek_store *store, struct ek_forgotten *forgotten, uint64_t forum,
                         const struct ek_thread_news *news, const struct ek_post *first,
                         bool first_page, ek_time seen)
{
    bool subject = first->subject && *first->subject;
    bool own = subject && news->title ? strcmp(first->subject, news->title) == 0 : first_page;
    if (!own || !ek_forgotten_is_post(forgotten, forum, first))
        return;
    ek_forgotten_put(forgotten, EK_FORGOTTEN_TITLE, forum,
                     ek_forgotten_title(store->scratch, news->id, news->title), seen);
    uint64_t thread = ek_name_find(store->slice, EK_NAME_THREAD, forum, news->id);
    if (thread)
        ek_thread_untitle(store, thread);
}

/* Pages ------------------------------------------------------------------------------------- */

/* Boards and threads that a board or an index lists. */
static void file_listing(struct ek_store *store, uint64_t forum, const struct ek_page *page,
                         const struct ek_forgotten *forgotten, ek_time seen)
{
    for (size_t i = 0; i < page->link_count; i++) {
        const struct ek_link *link = &page->links[i];
        bool elsewhere = link->flags & (EK_THREAD_MOVED | EK_THREAD_GLOBAL);
        if (!fits(link->id))
            continue;
        if (link->kind == EK_LINK_BOARD)
            ek_board_learn(store, forum, link->id, link->title, page->board_id, seen);
        /* A shadow row says nothing of the thread that stands elsewhere. */
        if (link->kind == EK_LINK_THREAD && !(link->flags & EK_THREAD_MOVED)) {
            struct ek_thread_news news = {.id = link->id,
                                          .title = link->title,
                                          .url = link->url,
                                          .board_id = elsewhere ? NULL : page->board_id,
                                          .listed = true,
                                          .flags = link->flags};
            learn_thread(store, forgotten, forum, &news, seen);
        }
    }
}

static void file_posts(struct ek_store *store, uint64_t forum, const struct ek_page *page,
                       struct ek_forgotten *forgotten, const struct ek_page_filing *filing,
                       const struct ek_tags *tags, struct ek_page_record *record, size_t *changed)
{
    struct ek_hasher hasher;
    unsigned char digest[EK_SHA256_BYTES];
    struct ek_thread_news news = {.id = ek_page_thread(page),
                                  .title = page->thread_title,
                                  .url = page->thread_url,
                                  .board_id = page->board_id,
                                  .flags = page->thread_flags};
    bool first_page = page->url && page->thread_url && strcmp(page->url, page->thread_url) == 0;
    forget_title(store, forgotten, forum, &news, &page->posts[0], first_page, filing->fetched);
    uint64_t thread = learn_thread(store, forgotten, forum, &news, filing->fetched);
    ek_hasher_begin(&hasher);
    for (size_t i = 0; i < page->post_count && !ek_txn_failed(store->slice); i++) {
        const struct ek_post *post = &page->posts[i];
        struct ek_sighting sighting = {.post = post,
                                       .forum = forum,
                                       .thread = thread,
                                       .thread_id = news.id,
                                       .language = page->language,
                                       .page = filing->key.bytes,
                                       .first = filing->fetched,
                                       .last = filing->fetched,
                                       .tags = tags ? &tags[i] : NULL,
                                       .forgotten = forgotten};
        *changed += ek_sighting_file(store, &sighting) == 1;
        ek_hasher_adds(&hasher, post->id);
        ek_hasher_adds(&hasher, post->text);
    }
    ek_hasher_finish(&hasher, digest);
    memcpy(record->digest, digest, sizeof record->digest);
    record->posts = page->post_count;
}

static void file_page(struct ek_store *store, const struct ek_page *page,
                      const struct ek_page_filing *filing, const struct ek_tags *tags,
                      struct ek_page_record *record, size_t *changed)
{
    const char *base = ek_page_forum(store->scratch, page, record->url);
    if (!base) {
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
        return;
    }
    struct ek_forgotten forgotten;
    ek_forgotten_open(&forgotten, store->slice);
    uint64_t forum = ek_forum_learn(store, base, page, filing->fetched);
    record->forum = forum;
    if (page->board_id && fits(page->board_id))
        ek_board_learn(store, forum, page->board_id, page->board_title, page->board_parent,
                       filing->fetched);
    if (page->kind == EK_PAGE_THREAD && page->post_count)
        file_posts(store, forum, page, &forgotten, filing, tags, record, changed);
    if (page->kind == EK_PAGE_BOARD || page->kind == EK_PAGE_INDEX)
        file_listing(store, forum, page, &forgotten, filing->fetched);
}

static bool is_read(enum ek_page_kind kind)
{
    return kind == EK_PAGE_THREAD || kind == EK_PAGE_BOARD || kind == EK_PAGE_INDEX;
}

/* May this filing replace what is known of the page? Only what was not read before. */
static bool supersedes(const struct ek_page_record *old, const struct ek_page *page)
{
    return !old->forum && page && is_read(page->kind);
}

static void count_page(struct ek_store *store, const struct ek_page_record *old,
                       const struct ek_page_record *record)
{
    bool was_passed = old->url && !old->forum && !old->quarantined;
    if (record->forum)
        store->counters.pages_read++;
    else if (!record->quarantined)
        store->counters.pages_passed_over++;
    if (was_passed)
        store->counters.pages_passed_over--;
}

int ek_store_put_page(struct ek_store *store, const struct ek_page_filing *filing,
                      const struct ek_page *page, const struct ek_tags *tags, size_t *changed,
                      struct ek_err *err)
{
    struct ek_page_record old = {0}, record = {.kind = EK_PAGE_OTHER};
    size_t count = 0;
    if (!store->slice)
        return ek_fail(err, EK_USAGE, "%s: pages are filed in a slice", store->folder);
    ek_arena_reset(store->scratch);
    record.url = ek_clean(store->scratch, filing->url ? filing->url : "");
    record.fetched = filing->fetched;
    record.status = filing->status;
    record.archived = filing->archived;
    record.quarantined = ek_clean(store->scratch, filing->quarantined);
    if (!record.quarantined && page)
        record.quarantined = unfit(page);
    if (record.quarantined)
        page = NULL;
    if (page)
        record.kind = page->kind;
    int known = ek_page_get(store->slice, store->scratch, filing->key.bytes, &old);
    if (known == 1 && !supersedes(&old, page))
        goto done;
    if (page && is_read(page->kind))
        file_page(store, page, filing, tags, &record, &count);
    count_page(store, &old, &record);
    ek_page_put(store, filing->key.bytes, &record);
    if (record.quarantined)
        ek_quarantine_put(store, filing->key.bytes, record.url, record.quarantined, record.fetched);
    else if (old.quarantined)
        ek_txn_delete(store->slice, EK_QUARANTINE, filing->key.bytes, sizeof filing->key.bytes);
done:
    if (ek_txn_failed(store->slice))
        return ek_slice_failed(store, err);
    if (changed)
        *changed = count;
    return 0;
}

/* Records ----------------------------------------------------------------------------------- */

static int entry_unfit(const struct ek_entry *entry, struct ek_err *err)
{
    if (!fits(entry->post.id))
        return ek_fail(err, EK_FORMAT, "a post needs an id of 1 to %u bytes", EK_MAX_ID_BYTES);
    if (!entry->forum || !*entry->forum)
        return ek_fail(err, EK_FORMAT, "post %s names no forum", entry->post.id);
    if (!entry->thread_id || !*entry->thread_id)
        return ek_fail(err, EK_FORMAT, "post %s names no thread", entry->post.id);
    if (entry->post.text && strlen(entry->post.text) > EK_MAX_TEXT_BYTES)
        return ek_fail(err, EK_LIMIT, "post %s: its text is longer than %u MiB", entry->post.id,
                       EK_MAX_TEXT_BYTES >> 20);
    return 0;
}

int ek_store_put_entry(struct ek_store *store, const struct ek_entry *entry, ek_time seen,
                       const struct ek_tags *tags, size_t *changed, struct ek_err *err)
{
    if (!store->slice)
        return ek_fail(err, EK_USAGE, "%s: posts are filed in a slice", store->folder);
    if (entry_unfit(entry, err))
        return -1;
    ek_arena_reset(store->scratch);
    ek_time last = ek_later(entry->last_seen, entry->first_seen);
    last = last == EK_TIME_UNKNOWN ? seen : last;
    uint64_t forum = ek_forum_learn(store, entry->forum, NULL, last);
    if (fits(entry->board_id))
        ek_board_learn(store, forum, entry->board_id, entry->board_title, NULL, last);
    struct ek_thread_news news = {.id = entry->thread_id,
                                  .title = entry->thread_title,
                                  .board_id = fits(entry->board_id) ? entry->board_id : NULL};
    struct ek_forgotten forgotten;
    ek_forgotten_open(&forgotten, store->slice);
    forget_title(store, &forgotten, forum, &news, &entry->post, false, last);
    struct ek_sighting sighting = {
        .post = &entry->post,
        .forum = forum,
        .thread = learn_thread(store, &forgotten, forum, &news, last),
        .thread_id = entry->thread_id,
        .language = entry->language,
        .url = entry->url,
        .state = entry->state,
        .first = entry->first_seen == EK_TIME_UNKNOWN ? last : entry->first_seen,
        .last = last,
        .tags = tags,
        .forgotten = &forgotten};
    int new_text = ek_sighting_file(store, &sighting);
    if (ek_txn_failed(store->slice))
        return ek_slice_failed(store, err);
    if (changed)
        *changed = new_text == 1;
    return 0;
}
