/* import_warc.c - pages of a WARC file into the store.
 *
 * Records are read in file order. A page that stands in the store already is not read again, and
 * records that are no pages are counted and passed over. A file that is damaged or cut short gives
 * what it holds up to there. */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "pipeline.h"

struct walk {
    struct importing *importing;
    struct pipeline *pipeline;
    struct ek_arena *arena;
    char *request_url; /* the request record read last, to be kept with its response */
    struct ek_buf request;
    struct ek_buf response; /* made for a record that has none */
};

static int filed(void *owner, void *context, const struct ek_page_filing *filing,
                 const struct ek_page *page, size_t changed, struct ek_err *err)
{
    struct walk *walk = owner;
    struct ek_import_report *report = walk->importing->report;
    (void)context;
    report->pages++;
    if (filing->quarantined) {
        report->quarantined++;
        importing_say(walk->importing, "quarantined %s: %s", filing->url, filing->quarantined);
    } else if (page->kind == EK_PAGE_THREAD) {
        report->posts += page->post_count;
        report->changed += changed;
    }
    return importing_commit(walk->importing, false, err);
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
    ek_buf_clear(response);
    if (strcmp(record->type, "resource") == 0)
        ek_buf_addf(response, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                    record->content_type ? record->content_type : "text/html", record->block_len);
    ek_buf_add(response, record->block, record->block_len);
}

static int take_page(struct walk *walk, const struct ek_warc_record *record, struct ek_err *err)
{
    make_response(&walk->response, record);
    if (walk->response.failed)
        return ek_fail(err, EK_LIMIT, "%s: response too large to archive", record->url);
    bool requested =
        walk->request_url && strcmp(walk->request_url, record->url) == 0 && !walk->request.failed;
    struct pipeline_page page = {.url = record->url,
                                 .fetched = record->date,
                                 .status = record->status,
                                 .charset = record->charset,
                                 .body = record->body,
                                 .body_len = record->body_len,
                                 .response = walk->response.data,
                                 .response_len = walk->response.len,
                                 .request = requested ? walk->request.data : NULL,
                                 .request_len = requested ? walk->request.len : 0};
    int known = pipeline_submit(walk->pipeline, &page, err);
    walk->importing->report->known += known == 1;
    return known < 0 ? -1 : 0;
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
        bool marked = sample && ek_ascii_equal(sample, "yes");
        return marked ? ek_store_mark_sample(importing->import->store, err) : 0;
    }
    if (strcmp(record->type, "request") == 0) {
        keep_request(walk, record);
        return 0;
    }
    if (is_page(record))
        return take_page(walk, record, err);
    /* A response whose own words cannot be trusted is a loss, not something else. */
    if (record->oddity && strcmp(record->type, "response") == 0 && record->status == 0)
        importing->report->cut_short = true;
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

static int open_archive(struct importing *importing, struct ek_err *err)
{
    char folder[4096];
    int len =
        snprintf(folder, sizeof folder, "%s/archive", ek_store_folder(importing->import->store));
    if (len < 0 || (size_t)len >= sizeof folder)
        return ek_fail(err, EK_LIMIT, "the store's path is too long");
    return ek_archive_open(&importing->slice.archive, folder, err);
}

int import_warc(struct importing *importing, struct ek_err *err)
{
    struct walk walk = {.importing = importing};
    struct ek_warc *warc = NULL;
    struct pipeline_config config = {.slice = &importing->slice,
                                     .pool = importing->import->pool,
                                     .filed = filed,
                                     .owner = &walk,
                                     .retry = importing->import->retry};
    int result = -1;
    ek_buf_init(&walk.request, EK_MAX_HTTP_HEADER_BYTES);
    ek_buf_init(&walk.response, 2 * (size_t)EK_MAX_PAGE_BYTES + EK_MAX_HTTP_HEADER_BYTES);
    walk.arena = ek_arena_new(1u << 20);
    walk.pipeline = pipeline_new(&config);
    if (!walk.arena || !walk.pipeline)
        ek_fail_memory(err);
    else if (ek_warc_open(&warc, importing->path, err) == 0 && open_archive(importing, err) == 0 &&
             read_records(&walk, warc, err) == 0 && pipeline_step(walk.pipeline, true, err) == 0 &&
             importing_commit(importing, true, err) == 0)
        result = 0;
    if (result != 0 && importing->slice.archive)
        ek_archive_rollback(importing->slice.archive);
    slice_abort(&importing->slice);
    ek_archive_close(importing->slice.archive);
    ek_warc_close(warc);
    pipeline_free(walk.pipeline);
    ek_buf_free(&walk.request);
    ek_buf_free(&walk.response);
    free(walk.request_url);
    ek_arena_free(walk.arena);
    return result;
}
