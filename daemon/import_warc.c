/* import_warc.c - pages of a WARC file into the store.
 *
 * Records are read in file order; a page is appended to our own archive before a reader sees it, and
 * what was concluded from it follows as a metadata record. Readers work ahead of the writer; their
 * results are filed in file order. A page that stands in the store already is not read again. */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

struct pending {                /* a page on its way through the readers */
    struct pending *next;
    struct ek_page_filing filing;
    char *url;
};

struct walk {
    struct importing *importing;
    struct ek_arena *arena;
    struct pending *first, **last;
    char *request_url;          /* the request record read last, to be kept with its response */
    struct ek_buf request;
};

static bool on_its_way(const struct walk *walk, const struct ek_page_key *key)
{
    for (const struct pending *p = walk->first; p; p = p->next)
        if (memcmp(&p->filing.key, key, sizeof *key) == 0)
            return true;
    return false;
}

static void drop_first(struct walk *walk)
{
    struct pending *pending = walk->first;
    if (!(walk->first = pending->next))
        walk->last = &walk->first;
    free(pending->url);
    free(pending);
}

/* The metadata record: what this version made of the page. */
static int conclude(struct walk *walk, const struct ek_page_filing *filing,
                    const struct ek_page *page, struct ek_err *err)
{
    struct ek_buf fields;
    ek_buf_init(&fields, 4096);
    ek_buf_addf(&fields, "extractor: ekbom/%s\r\n", EKBOM_VERSION);
    if (filing->quarantined)
        ek_buf_addf(&fields, "quarantined: %s\r\n", filing->quarantined);
    if (page) {
        ek_buf_addf(&fields, "kind: %s\r\nsoftware: %s%s%s\r\n", ek_page_kind_names[page->kind],
                    page->software, page->software_version ? " " : "",
                    page->software_version ? page->software_version : "");
        if (page->thread_id)
            ek_buf_addf(&fields, "thread: %s\r\n", page->thread_id);
        ek_buf_addf(&fields, "posts: %zu\r\n", page->post_count);
    }
    int result = fields.failed
                     ? 0
                     : ek_archive_conclude(walk->importing->archive, &filing->archived, filing->url,
                                           filing->fetched, fields.data, err);
    ek_buf_free(&fields);
    return result;
}

static int file_result(struct walk *walk, const struct ek_pool_result *result, struct ek_err *err)
{
    struct importing *importing = walk->importing;
    struct ek_page_filing *filing = &walk->first->filing;
    const struct ek_page *page = result->page;
    size_t changed = 0;
    filing->quarantined = result->items[0].quarantined ? result->items[0].reason : NULL;
    if (importing_begin(importing, err) != 0 || conclude(walk, filing, page, err) != 0 ||
        ek_store_put_page(importing->import->store, filing, page, result->page_tags, &changed,
                          err) != 0)
        return -1;
    importing->report->pages++;
    importing->slice_pages++;
    if (filing->quarantined) {
        importing->report->quarantined++;
        importing_say(importing, "quarantined %s: the reader %s", filing->url,
                      filing->quarantined);
    } else if (page->kind == EK_PAGE_THREAD) {
        importing->report->posts += page->post_count;
        importing->report->changed += changed;
        importing->slice_posts += page->post_count;
    }
    return importing_commit(importing, false, err);
}

/* File what is finished; with `all`, wait until nothing is pending. */
static int drain(struct walk *walk, bool all, struct ek_err *err)
{
    struct ek_pool *pool = walk->importing->import->pool;
    for (;;) {
        struct ek_pool_result result;
        bool wait = all || !ek_pool_room(pool);
        ek_arena_reset(walk->arena);
        int got = ek_pool_next(pool, wait, walk->arena, &result, err);
        if (got <= 0)
            return got;
        if (file_result(walk, &result, err) != 0)
            return -1;
        drop_first(walk);
    }
}

static void keep_request(struct walk *walk, const struct ek_warc_record *record)
{
    free(walk->request_url);
    walk->request_url = record->url ? strdup(record->url) : NULL;
    ek_buf_clear(&walk->request);
    ek_buf_add(&walk->request, record->block, record->block_len);
}

static bool is_page(const struct ek_warc_record *record)
{
    bool carries = strcmp(record->type, "response") == 0 || strcmp(record->type, "resource") == 0;
    bool redirect = record->status >= 300 && record->status < 400;
    return carries && record->url && record->status && !redirect && record->mime &&
           (ek_ascii_equal(record->mime, "text/html") ||
            ek_ascii_equal(record->mime, "application/xhtml+xml"));
}

/* A resource record has no HTTP head: what a server would have said is put before it. */
static void make_response(struct ek_buf *response, const struct ek_warc_record *record)
{
    if (strcmp(record->type, "resource") == 0)
        ek_buf_addf(response, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                    record->content_type ? record->content_type : "text/html", record->block_len);
    ek_buf_add(response, record->block, record->block_len);
}

static int append_page(struct walk *walk, const struct ek_warc_record *record,
                       struct ek_archive_ref *archived, struct ek_err *err)
{
    char slug[64];
    struct ek_buf response;
    ek_buf_init(&response, 2 * (size_t)EK_MAX_PAGE_BYTES + EK_MAX_HTTP_HEADER_BYTES);
    make_response(&response, record);
    bool requested = walk->request_url && strcmp(walk->request_url, record->url) == 0 &&
                     !walk->request.failed;
    struct ek_archive_page page = {
        .url = record->url, .forum_slug = ek_archive_slug(record->url, slug),
        .fetched = record->date, .response = response.data, .response_len = response.len,
        .request = requested ? walk->request.data : NULL,
        .request_len = requested ? walk->request.len : 0};
    int result = response.failed
                     ? ek_fail(err, EK_LIMIT, "%s: response too large to archive", record->url)
                     : ek_archive_append(walk->importing->archive, &page, archived, err);
    ek_buf_free(&response);
    return result;
}

static int send_page(struct walk *walk, const struct ek_warc_record *record,
                     const struct ek_page_key *key, struct ek_err *err)
{
    struct importing *importing = walk->importing;
    struct pending *pending = calloc(1, sizeof *pending);
    if (!pending || !(pending->url = strdup(record->url))) {
        free(pending);
        return ek_fail_memory(err);
    }
    pending->filing = (struct ek_page_filing){.key = *key, .url = pending->url,
                                              .fetched = record->date, .status = record->status};
    struct ek_pool_page wire = {record->url, record->date, record->charset, record->body,
                                record->body_len};
    *walk->last = pending;
    walk->last = &pending->next;
    if (append_page(walk, record, &pending->filing.archived, err) != 0)
        return -1;
    return ek_pool_submit_page(importing->import->pool, &wire, NULL, err);
}

static int take_page(struct walk *walk, const struct ek_warc_record *record, struct ek_err *err)
{
    struct importing *importing = walk->importing;
    struct ek_page_key key;
    ek_page_key_make(&key, record->url, record->date, record->body, record->body_len);
    int known = ek_store_has_page(importing->import->store, &key, err);
    if (known < 0)
        return -1;
    if (known || on_its_way(walk, &key)) {
        importing->report->known++;
        return 0;
    }
    return send_page(walk, record, &key, err) != 0 ? -1 : drain(walk, false, err);
}

static int take_record(struct walk *walk, const struct ek_warc_record *record, struct ek_err *err)
{
    struct importing *importing = walk->importing;
    importing->report->records++;
    if (record->oddity)
        importing_say(importing, "%s: record at byte %llu: %s", importing->path,
                      (unsigned long long)record->offset, record->oddity);
    if (record->truncated || record->body_cut) {
        importing->report->cut_short = true;
        importing_say(importing, "%s: record at byte %llu is cut short (%s) and was left out",
                      importing->path, (unsigned long long)record->offset,
                      record->url ? record->url : record->type);
        return 0;
    }
    if (strcmp(record->type, "warcinfo") == 0) {
        const char *sample = ek_warc_field(record, "sample-data", walk->arena);
        if (sample && ek_ascii_equal(sample, "yes"))
            return ek_store_mark_sample(importing->import->store, err);
        return 0;
    }
    if (strcmp(record->type, "request") == 0) {
        keep_request(walk, record);
        return 0;
    }
    if (is_page(record))
        return take_page(walk, record, err);
    importing->report->passed_over++;
    return 0;
}

/* Read to the end or to where the file can no longer be read; that is said, not fatal. */
static int read_records(struct walk *walk, struct ek_warc *warc, struct ek_err *err)
{
    struct ek_warc_record record;
    struct ek_err reading;
    int got;
    while ((got = ek_warc_next(warc, &record, &reading)) == 1)
        if (take_record(walk, &record, err) != 0)
            return -1;
    if (got == 0)
        return 0;
    if (walk->importing->report->records == 0) {
        *err = reading;
        return -1;
    }
    walk->importing->report->cut_short = true;
    importing_say(walk->importing, "%s", reading.message);
    return 0;
}

int import_warc(struct importing *importing, struct ek_err *err)
{
    struct walk walk = {.importing = importing};
    struct ek_warc *warc = NULL;
    int result = -1;
    walk.last = &walk.first;
    ek_buf_init(&walk.request, EK_MAX_HTTP_HEADER_BYTES);
    walk.arena = ek_arena_new(EK_ARENA_BYTES);
    char folder[4096];
    if (!walk.arena) {
        ek_fail_memory(err);
        goto out;
    }
    if ((size_t)snprintf(folder, sizeof folder, "%s/archive",
                         ek_store_folder(importing->import->store)) >= sizeof folder) {
        ek_fail(err, EK_LIMIT, "the store's path is too long");
        goto out;
    }
    if (ek_warc_open(&warc, importing->path, err) != 0 ||
        ek_archive_open(&importing->archive, folder, err) != 0)
        goto out;
    if (read_records(&walk, warc, err) != 0 || drain(&walk, true, err) != 0 ||
        importing_commit(importing, true, err) != 0) {
        ek_archive_rollback(importing->archive);
        goto out;
    }
    result = 0;
out:
    while (walk.first)
        drop_first(&walk);
    ek_archive_close(importing->archive);
    ek_warc_close(warc);
    ek_buf_free(&walk.request);
    free(walk.request_url);
    ek_arena_free(walk.arena);
    return result;
}
