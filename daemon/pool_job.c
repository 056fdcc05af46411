/* pool_job.c - see pool_job.h. */
#include "pool_job.h"

#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "ekbom/wire.h"

void job_free(struct job *job)
{
    for (struct reply *reply = job->replies, *next; reply; reply = next) {
        next = reply->next;
        free(reply->payload);
        free(reply);
    }
    ek_buf_free(&job->bytes);
    free(job->starts);
    free(job);
}

struct job *job_new(bool page, size_t count, void *context)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    *job = (struct job){.page = page, .count = count, .context = context};
    ek_buf_init(&job->bytes, EK_MAX_MESSAGE_BYTES - EK_FRAME_HEAD);
    job->starts = calloc(count + 1, sizeof *job->starts);
    if (!job->starts) {
        job_free(job);
        return NULL;
    }
    return job;
}

int job_reply(struct unit *unit, char *payload, size_t len, const char *reason, struct ek_err *err)
{
    struct reply *reply = calloc(1, sizeof *reply);
    if (!reply) {
        free(payload);
        return ek_fail_memory(err);
    }
    *reply = (struct reply){NULL, unit->first, unit->count, payload, len, reason};
    struct reply **at = &unit->job->replies;
    while (*at && (*at)->first < reply->first)
        at = &(*at)->next;
    reply->next = *at;
    *at = reply;
    unit->job->answered += unit->count;
    free(unit);
    return 0;
}

static void decode_page(struct ek_cursor *cursor, struct ek_arena *arena,
                        struct ek_pool_result *result)
{
    result->page = EK_NEW(arena, struct ek_page);
    if (!result->page) {
        cursor->bad = true;
        return;
    }
    ek_get_page(cursor, arena, result->page);
    size_t posts = cursor->bad ? 0 : result->page->post_count;
    result->page_tags = EK_NEW_ARRAY(arena, struct ek_tags, posts ? posts : 1);
    if (!result->page_tags)
        cursor->bad = true;
    for (size_t i = 0; i < posts && !cursor->bad; i++)
        ek_get_tags(cursor, arena, &result->page_tags[i]);
}

static void decode_reply(const struct job *job, const struct reply *reply, struct ek_arena *arena,
                         struct ek_pool_result *result)
{
    struct ek_cursor cursor = ek_cursor(reply->payload, reply->len);
    for (size_t i = reply->first; i < reply->first + reply->count && !cursor.bad; i++) {
        struct ek_pool_item *item = &result->items[i];
        item->reason = reply->payload ? ek_get_str(&cursor, arena) : reply->reason;
        item->quarantined = !reply->payload || (item->reason && job->page);
        item->failed = item->reason && !item->quarantined;
        if (item->reason)
            continue;
        if (job->page) {
            decode_page(&cursor, arena, result);
        } else {
            ek_get_post(&cursor, arena, &item->own);
            ek_get_tags(&cursor, arena, &item->tags);
        }
    }
    /* A reply that does not decode is the work of a page that took its reader over. */
    for (size_t i = reply->first;
         reply->payload && !ek_cursor_done(&cursor) && i < reply->first + reply->count; i++) {
        result->items[i] = (struct ek_pool_item){
            .quarantined = true, .reason = "it made its reader answer with nonsense"};
        result->page = NULL;
    }
}

void job_decode(const struct job *job, struct ek_arena *arena, struct ek_pool_result *result)
{
    for (const struct reply *reply = job->replies; reply; reply = reply->next)
        decode_reply(job, reply, arena, result);
}
