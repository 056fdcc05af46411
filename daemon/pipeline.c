/* pipeline.c - see pipeline.h. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/forget.h"
#include "ekbom/limits.h"

struct pending { /* a page that a reader has */
    struct pending *next;
    struct ek_page_filing filing;
    char *url;
    void *context;
};

struct pipeline {
    struct pipeline_config config;
    struct ek_arena *arena; /* of one result */
    struct pending *first, **last;
};

struct pipeline *pipeline_new(const struct pipeline_config *config)
{
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        return NULL;
    pipeline->config = *config;
    pipeline->last = &pipeline->first;
    pipeline->arena = ek_arena_new(EK_ARENA_BYTES);
    if (!pipeline->arena) {
        free(pipeline);
        return NULL;
    }
    return pipeline;
}

static void drop_first(struct pipeline *pipeline)
{
    struct pending *pending = pipeline->first;
    if (!(pipeline->first = pending->next))
        pipeline->last = &pipeline->first;
    free(pending->url);
    free(pending);
}

void pipeline_free(struct pipeline *pipeline)
{
    if (!pipeline)
        return;
    while (pipeline->first)
        drop_first(pipeline);
    ek_arena_free(pipeline->arena);
    free(pipeline);
}

void pipeline_use_pool(struct pipeline *pipeline, struct ek_pool *pool)
{
    pipeline->config.pool = pool;
}

/* The metadata record: what this version made of the page. */
static int conclude(struct pipeline *pipeline, const struct ek_page_filing *filing,
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
                     ? ek_fail_memory(err)
                     : ek_archive_conclude(pipeline->config.slice->archive, &filing->archived,
                                           filing->url, filing->fetched, fields.data, err);
    ek_buf_free(&fields);
    return result;
}

/* A page that shows what was forgotten is not kept. Its record is written over before the slice is
 * flushed: no crash leaves both it and the reference to it. The body is read back, since most
 * stores have forgotten nothing. */
static int blank_forgotten(struct pipeline *pipeline, const struct ek_page_filing *filing,
                           const struct ek_page *page, struct ek_err *err)
{
    struct ek_store *store = pipeline->config.slice->store;
    struct ek_warc *warc;
    struct ek_warc_record record;
    char folder[4200];
    if (!ek_store_has_forgotten(store))
        return 0;
    snprintf(folder, sizeof folder, "%s/archive", ek_store_folder(store));
    if (ek_archive_read(folder, &filing->archived, &warc, &record, err) != 0)
        return -1;
    int shows =
        ek_store_shows_forgotten(store, filing->url, page, record.body, record.body_len, err);
    ek_warc_close(warc);
    if (shows != 1)
        return shows;
    int result = ek_archive_blank(folder, &filing->archived, filing->url, filing->fetched, err);
    return result != 0 && err->kind == EK_LIMIT ? 0 : result;
}

static int file_result(struct pipeline *pipeline, const struct ek_pool_result *result,
                       struct ek_err *err)
{
    struct slice *slice = pipeline->config.slice;
    struct pending *pending = pipeline->first;
    struct ek_page_filing *filing = &pending->filing;
    const struct ek_page *page = result->page;
    size_t changed = 0;
    filing->quarantined = result->items[0].quarantined ? result->items[0].reason : NULL;
    if (slice_begin(slice, err) != 0 || conclude(pipeline, filing, page, err) != 0 ||
        ek_store_put_page(slice->store, filing, page, result->page_tags, &changed, err) != 0 ||
        blank_forgotten(pipeline, filing, page, err) != 0)
        return -1;
    slice->pages++;
    slice->posts += page ? page->post_count : 0;
    return pipeline->config.filed(pipeline->config.owner, pending->context, filing, page, changed,
                                  err);
}

int pipeline_step(struct pipeline *pipeline, bool all, struct ek_err *err)
{
    struct ek_pool *pool = pipeline->config.pool;
    for (;;) {
        struct ek_pool_result result;
        bool wait = all || !ek_pool_room(pool);
        ek_arena_reset(pipeline->arena);
        int got = ek_pool_next(pool, wait, pipeline->arena, &result, err);
        if (got <= 0)
            return got;
        if (file_result(pipeline, &result, err) != 0)
            return -1;
        drop_first(pipeline);
    }
}

static bool on_its_way(const struct pipeline *pipeline, const struct ek_page_key *key)
{
    for (const struct pending *p = pipeline->first; p; p = p->next)
        if (memcmp(&p->filing.key, key, sizeof *key) == 0)
            return true;
    return false;
}

static int send_page(struct pipeline *pipeline, const struct pipeline_page *page,
                     const struct ek_page_key *key, struct ek_err *err)
{
    char slug[64];
    struct pending *pending = calloc(1, sizeof *pending);
    if (!pending || !(pending->url = strdup(page->url))) {
        free(pending);
        return ek_fail_memory(err);
    }
    pending->context = page->context;
    pending->filing = (struct ek_page_filing){
        .key = *key, .url = pending->url, .fetched = page->fetched, .status = page->status};
    struct ek_archive_page archived = {.url = page->url,
                                       .forum_slug = ek_archive_slug(page->url, slug),
                                       .fetched = page->fetched,
                                       .response = page->response,
                                       .response_len = page->response_len,
                                       .request = page->request,
                                       .request_len = page->request_len};
    struct ek_pool_page wire = {page->url,  page->fetched,  page->charset,
                                page->body, page->body_len, page->zone};
    *pipeline->last = pending;
    pipeline->last = &pending->next;
    if (ek_archive_append(pipeline->config.slice->archive, &archived, &pending->filing.archived,
                          err) != 0)
        return -1;
    return ek_pool_submit_page(pipeline->config.pool, &wire, NULL, err);
}

/* 1 if the page is in the store and need not be read again. */
static int is_known(struct pipeline *pipeline, const struct ek_page_key *key, struct ek_err *err)
{
    struct ek_store *store = pipeline->config.slice->store;
    struct ek_page_filing filing;
    int known = ek_store_has_page(store, key, err);
    if (known != 1 || !pipeline->config.retry)
        return known;
    known = ek_store_page(store, key->bytes, pipeline->arena, &filing, err);
    return known == 1 ? !filing.quarantined : known;
}

int pipeline_submit(struct pipeline *pipeline, const struct pipeline_page *page, struct ek_err *err)
{
    struct ek_page_key key;
    ek_page_key_make(&key, page->url, page->fetched, page->body, page->body_len);
    int known = is_known(pipeline, &key, err);
    if (known < 0)
        return -1;
    if (!page->even_if_known && (known || on_its_way(pipeline, &key)))
        return 1;
    if (send_page(pipeline, page, &key, err) != 0)
        return -1;
    return pipeline_step(pipeline, false, err);
}
