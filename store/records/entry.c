/* entry.c - a post put together again: its record, words, place and people. */
#include <string.h>

#include "ekbom/arena.h"
#include "store/records/forum.h"
#include "store/records/page.h"
#include "store/records/post.h"
#include "store/records/thread.h"

static void fill_author(struct ek_txn *txn, struct ek_arena *arena,
                        const struct ek_post_record *record, struct ek_post *post)
{
    struct ek_author_record author;
    if (!record->author.number || ek_author_get(txn, arena, record->author.number, &author) != 1)
        return;
    post->author = ek_author_shown(&author);
    post->author_id = author.id;
}

static void fill_place(struct ek_txn *txn, struct ek_arena *arena,
                       const struct ek_post_record *record, struct ek_entry *entry)
{
    struct ek_forum_record forum;
    struct ek_thread_record thread;
    struct ek_board_record board;
    struct ek_page_record page;
    if (ek_forum_get(txn, arena, record->forum, &forum) == 1)
        entry->forum = forum.base.value;
    if (ek_thread_get(txn, arena, record->thread, &thread) == 1) {
        entry->thread_id = thread.id;
        entry->thread_title = thread.title.value;
        if (thread.board && ek_board_get(txn, arena, thread.board, &board) == 1) {
            entry->board_id = board.id;
            entry->board_title = board.title.value;
        }
    }
    entry->url = record->url.value;
    bool newer_page = record->page_seen >= record->url.seen;
    if ((!entry->url || newer_page) && ek_page_get(txn, arena, record->page, &page) == 1)
        entry->url = page.url;
}

int ek_store_entry(struct ek_store *store, uint64_t number, bool with_text, struct ek_arena *arena,
                   struct ek_entry *entry, struct ek_err *err)
{
    struct ek_post_record record;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    struct ek_txn *txn = ek_records(store);
    memset(entry, 0, sizeof *entry);
    int found = ek_post_get(txn, arena, number, &record);
    if (found != 1)
        return ek_store_leave(store, found, err);
    const struct ek_stamp *latest = &record.stamps[record.stamp_count - 1];
    struct ek_post *post = &entry->post;
    if (ek_revision_get(store, number, latest, with_text, arena, post) == 0)
        ek_txn_fail(txn, EK_FORMAT, "%s/records is damaged: the text of post %s is missing",
                    store->folder, record.id);
    entry->number = number;
    post->id = record.id;
    post->guest = record.guest;
    post->time = record.time;
    post->precision = record.precision;
    post->time_source = record.source;
    post->time_text = record.time_text;
    post->edited = record.edited;
    post->edit_count = record.edit_count;
    post->edit_time_text = record.edit_time_text.value;
    fill_author(txn, arena, &record, post);
    fill_place(txn, arena, &record, entry);
    entry->language = record.language.value;
    entry->state = ek_post_state(&record);
    entry->first_seen = record.first_seen;
    entry->last_seen = record.last_seen;
    entry->revisions = (unsigned)record.stamp_count;
    memcpy(entry->page, record.page, sizeof entry->page);
    return ek_store_leave(store, 1, err);
}

int ek_store_revisions(struct ek_store *store, uint64_t number, struct ek_arena *arena,
                       struct ek_revision **revisions, size_t *count, struct ek_err *err)
{
    struct ek_post_record record;
    *revisions = NULL;
    *count = 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int found = ek_post_get(ek_records(store), arena, number, &record);
    if (found != 1)
        return ek_store_leave(store, found, err);
    *revisions = EK_NEW_ARRAY(arena, struct ek_revision, record.stamp_count);
    if (!*revisions)
        return ek_store_leave(store, ek_fail_memory(err), err);
    for (size_t i = 0; i < record.stamp_count; i++) {
        struct ek_post words = {0};
        if (ek_revision_get(store, number, &record.stamps[i], true, arena, &words) != 1)
            continue;
        (*revisions)[(*count)++] =
            (struct ek_revision){record.stamps[i].first, words.subject, words.text};
    }
    return ek_store_leave(store, 1, err);
}
