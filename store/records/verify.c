/* verify.c - names, pages and rule sets checked, and the order of the whole.
 *
 * A finding is one line: what is wrong, and what to do. The walk goes on past it, so that one
 * damaged value does not hide the next. Orphans are no findings (a crash may leave archive
 * records that no page names); references that lead nowhere are. */
#include "store/records/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "store/records/forum.h"
#include "store/records/names.h"
#include "store/records/page.h"
#include "store/records/post.h"
#include "store/records/rule_set.h"
#include "store/records/thread.h"

/* One damaged record is met from many sides. */
static bool was_told(struct ek_verifier *verifier, const char *finding)
{
    uint64_t digest = XXH3_64bits(finding, strlen(finding)), *place = verifier->told;
    place += digest % EK_VERIFY_TOLD;
    bool told = *place == digest;
    *place = digest;
    return told;
}

void ek_finding(struct ek_verifier *verifier, const char *format, ...)
{
    char line[1400];
    va_list list;
    if (verifier->stopped.kind != EK_OK) /* what it cannot see it cannot judge */
        return;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (was_told(verifier, line))
        return;
    verifier->findings++;
    verifier->report(verifier->context, line);
}

void ek_finding_error(struct ek_verifier *verifier, const struct ek_err *err, const char *remedy)
{
    if (err->kind == EK_MEMORY)
        verifier->stopped = *err;
    else
        ek_finding(verifier, "%s%s", err->message, remedy);
}

bool ek_finding_latched(struct ek_verifier *verifier, struct ek_txn *txn)
{
    struct ek_err err;
    char remedy[4300] = "";
    if (!ek_txn_take_error(txn, &err))
        return false;
    /* Elsewhere it says to run what runs here. */
    char *advice = strstr(err.message, ": run `ekbom verify`");
    if (advice && txn == verifier->store->reading_index)
        snprintf(remedy, sizeof remedy, ": " EK_INDEX_REMEDY, verifier->store->folder);
    else if (advice)
        snprintf(remedy, sizeof remedy, ": " EK_RECORDS_REMEDY);
    if (advice)
        *advice = 0;
    ek_finding_error(verifier, &err, remedy);
    return true;
}

bool ek_verify_next(struct ek_verifier *verifier, struct ek_walk *walk, struct ek_bytes *key,
                    struct ek_bytes *value)
{
    int found;
    do {
        found = ek_walk_next(walk, key, value);
        ek_finding_latched(verifier, walk->txn);
    } while (found < 0 && walk->damaged);
    return found == 1;
}

/* Names ------------------------------------------------------------------------------------- */

static bool bears(const struct ek_author_record *author, const unsigned char *key, size_t len)
{
    unsigned char own[EK_NAME_KEY_BYTES];
    for (size_t i = 0; i < author->name_count; i++) {
        size_t own_len =
            ek_name_key((enum ek_name_kind)key[0], author->forum, author->names[i].name, own);
        if (own_len == len && memcmp(own, key, len) == 0)
            return true;
    }
    return false;
}

static bool is_key_of(enum ek_name_kind kind, uint64_t forum, const char *id,
                      const unsigned char *key, size_t len)
{
    unsigned char own[EK_NAME_KEY_BYTES];
    return ek_name_key(kind, forum, id, own) == len && memcmp(own, key, len) == 0;
}

/* Does the record that a name leads to call itself by that name? 1, 0 (it does not, or is not
 * there), -1 (latched). */
static int leads_home(struct ek_verifier *verifier, const unsigned char *key, size_t len,
                      uint64_t number)
{
    struct ek_txn *txn = ek_records(verifier->store);
    struct ek_arena *arena = verifier->arena;
    struct ek_forum_record forum;
    struct ek_board_record board;
    struct ek_thread_record thread;
    struct ek_post_record post;
    struct ek_author_record author;
    char base[EK_FORUM_KEY_BYTES];
    int found;
    switch (key[0]) {
    case EK_NAME_FORUM:
        found = ek_forum_get(txn, arena, number, &forum);
        return found == 1 ? is_key_of(key[0], 0, ek_forum_key(forum.base.value, base), key, len)
                          : found;
    case EK_NAME_BOARD:
        found = ek_board_get(txn, arena, number, &board);
        return found == 1 ? is_key_of(key[0], board.forum, board.id, key, len) : found;
    case EK_NAME_THREAD:
        found = ek_thread_get(txn, arena, number, &thread);
        return found == 1 ? is_key_of(key[0], thread.forum, thread.id, key, len) : found;
    case EK_NAME_POST:
        found = ek_post_get(txn, arena, number, &post);
        return found == 1 ? is_key_of(key[0], post.forum, post.id, key, len) : found;
    case EK_NAME_ACCOUNT:
        found = ek_author_get(txn, arena, number, &author);
        return found == 1 ? author.id && is_key_of(key[0], author.forum, author.id, key, len)
                          : found;
    case EK_NAME_GUEST:
    case EK_NAME_SHOWN:
        found = ek_author_get(txn, arena, number, &author);
        return found == 1 ? bears(&author, key, len) : found;
    default:
        return 0;
    }
}

void ek_verify_names(struct ek_verifier *verifier)
{
    struct ek_txn *txn = ek_records(verifier->store);
    struct ek_walk walk;
    struct ek_bytes key, value;
    uint64_t counts[256] = {0};
    ek_walk_begin(&walk, txn, EK_NAMES, NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value)) {
        const unsigned char *bytes = key.data;
        uint64_t number = value.len == 8 ? ek_get_be64(value.data) : 0;
        ek_arena_reset(verifier->arena);
        if (key.len < 10 || leads_home(verifier, bytes, key.len, number) == 0)
            ek_finding(verifier,
                       "%s/records: a name of kind %c leads to number %llu, which does not bear "
                       "it: restore the records from a backup",
                       verifier->store->folder, bytes[0] >= 'A' ? bytes[0] : '?',
                       (unsigned long long)number);
        else
            counts[bytes[0]]++;
        ek_finding_latched(verifier, txn);
    }
    ek_walk_end(&walk);
    ek_finding_latched(verifier, txn);
    static const struct {
        enum ek_name_kind kind;
        unsigned table;
        const char *what;
    } pairs[] = {{EK_NAME_FORUM, EK_FORUMS, "forums"},
                 {EK_NAME_BOARD, EK_BOARDS, "boards"},
                 {EK_NAME_THREAD, EK_THREADS, "threads"},
                 {EK_NAME_POST, EK_POSTS, "posts"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint64_t records = ek_txn_count(txn, pairs[i].table);
        if (records != counts[pairs[i].kind])
            ek_finding(verifier,
                       "%s/records: %llu %s, but %llu can be found by their ids: restore the "
                       "records from a backup",
                       verifier->store->folder, (unsigned long long)records, pairs[i].what,
                       (unsigned long long)counts[pairs[i].kind]);
    }
}

/* Pages ------------------------------------------------------------------------------------- */

static void verify_archived(struct ek_verifier *verifier, const struct ek_page_record *page)
{
    struct ek_warc *warc = NULL;
    struct ek_warc_record record;
    struct ek_err err = {0};
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/archive", verifier->store->folder);
    if (ek_archive_read(folder, &page->archived, &warc, &record, &err)) {
        if (err.kind == EK_MEMORY)
            verifier->stopped = err;
        else
            ek_finding(verifier,
                       "page %s: its copy in the archive cannot be read (%s): restore %s/%s "
                       "from a backup, or fetch the page again",
                       page->url, err.message, folder, page->archived.file);
        return;
    }
    const char *url = ek_clean(verifier->arena, record.url);
    if (!url || strcmp(url, page->url) != 0 || record.truncated)
        ek_finding(verifier,
                   "page %s: the archive holds %s%s at %s/%s, byte %llu: restore that file from a "
                   "backup",
                   page->url, record.truncated ? "a cut copy of " : "", url ? url : "another page",
                   folder, page->archived.file, (unsigned long long)page->archived.offset);
    ek_warc_close(warc);
}

void ek_verify_pages(struct ek_verifier *verifier)
{
    struct ek_txn *txn = ek_records(verifier->store);
    struct ek_walk walk;
    struct ek_bytes key, value, entry;
    uint64_t read = 0, passed_over = 0;
    struct ek_counters counters;
    ek_walk_begin(&walk, txn, EK_PAGES, NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value)) {
        struct ek_page_record page;
        ek_arena_reset(verifier->arena);
        if (key.len != 16 || ek_page_decode(&page, verifier->arena, value)) {
            ek_txn_damaged(txn, EK_PAGES, key.data, key.len);
            ek_finding_latched(verifier, txn);
            continue;
        }
        read += page.forum != 0;
        passed_over += !page.forum && !page.quarantined;
        if (page.quarantined && ek_txn_get(txn, EK_QUARANTINE, key.data, key.len, &entry) == 0)
            ek_finding(verifier, "page %s is quarantined, but not listed so: import it again",
                       page.url);
        if (page.archived.file[0])
            verify_archived(verifier, &page);
    }
    ek_walk_end(&walk);
    ek_finding_latched(verifier, txn);
    ek_counters_load(txn, &counters);
    if (!ek_finding_latched(verifier, txn) &&
        (read != counters.pages_read || passed_over != counters.pages_passed_over))
        ek_finding(verifier,
                   "%s/records: %llu pages read and %llu passed over, but %llu and %llu were "
                   "counted: restore the records from a backup",
                   verifier->store->folder, (unsigned long long)read,
                   (unsigned long long)passed_over, (unsigned long long)counters.pages_read,
                   (unsigned long long)counters.pages_passed_over);
}

void ek_verify_rule_sets(struct ek_verifier *verifier)
{
    struct ek_txn *txn = ek_records(verifier->store);
    struct ek_walk walk;
    struct ek_bytes key, value;
    char in_use[sizeof((struct ek_bundle *)0)->digest];
    bool found_in_use = false;
    ek_rules_in_use(txn, in_use);
    ek_walk_begin(&walk, txn, EK_RULE_SETS, NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value)) {
        struct ek_bundle bundle;
        struct ek_err err = {0};
        ek_arena_reset(verifier->arena);
        const char *digest = ek_strndup(verifier->arena, key.data, key.len);
        int found =
            digest ? ek_rule_set_get(txn, digest, verifier->arena, &bundle, NULL, NULL, &err) : 0;
        if (ek_finding_latched(verifier, txn))
            continue;
        if (!digest)
            ek_fail_memory(&verifier->stopped);
        else if (found < 0 && err.kind == EK_MEMORY)
            verifier->stopped = err;
        else if (found != 1 || strcmp(bundle.digest, digest) != 0)
            ek_finding(verifier,
                       "rule set %s as kept in the store is damaged (%s): run `ekbom "
                       "retag`",
                       digest ? digest : "?", found == 1 ? "another digest" : err.message);
        found_in_use = found_in_use || (digest && strcmp(digest, in_use) == 0);
    }
    ek_walk_end(&walk);
    ek_finding_latched(verifier, txn);
    if (*in_use && !found_in_use)
        ek_finding(verifier, "rule set %s is in use, but not kept in the store: run `ekbom retag`",
                   in_use);
}

/* All of it --------------------------------------------------------------------------------- */

/* Of a damaged part, or one that may not be read, nothing is checked but its pages. */
static const struct {
    void (*check)(struct ek_verifier *verifier);
    bool of_records, of_index;
} checks[] = {
    {ek_verify_files, false, false},    {ek_verify_seals, false, false},
    {ek_verify_key, true, false},       {ek_verify_names, true, false},
    {ek_verify_posts, true, false},     {ek_verify_tables, true, false},
    {ek_verify_pages, true, false},     {ek_verify_archive, false, false},
    {ek_verify_rule_sets, true, false}, {ek_verify_index, true, true},
};

long ek_store_verify(struct ek_store *store, void (*report)(void *context, const char *finding),
                     void *context, struct ek_err *err)
{
    struct ek_verifier verifier = {.store = store, .report = report, .context = context};
    if (ek_store_enter(store, 0, err))
        return -1;
    verifier.arena = ek_arena_new(256u << 20);
    if (!verifier.arena)
        return ek_store_leave(store, ek_fail_memory(err), err);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && verifier.stopped.kind == EK_OK; i++) {
        if ((checks[i].of_records && !store->records) || (checks[i].of_index && !store->index))
            continue;
        checks[i].check(&verifier);
        if (store->reading_records)
            ek_finding_latched(&verifier, store->reading_records);
        if (store->reading_index)
            ek_finding_latched(&verifier, store->reading_index);
    }
    ek_arena_free(verifier.arena);
    ek_store_leave(store, 0, err);
    if (verifier.stopped.kind == EK_OK)
        return verifier.findings;
    if (err)
        *err = verifier.stopped;
    return -1;
}
