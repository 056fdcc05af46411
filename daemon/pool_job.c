/* pool_job.c - see pool_job.h. */
#include "pool_job.h"

#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "ekbom/wire.h"

#define STARTS_ROOM 64
#define NONSENSE "it made its reader answer with nonsense"

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

struct job *job_new(enum job_kind kind, void *context)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    *job = (struct job){.kind = kind, .context = context, .starts_room = STARTS_ROOM};
    ek_buf_init(&job->bytes, EK_MAX_MESSAGE_BYTES - EK_FRAME_HEAD);
    job->starts = calloc(STARTS_ROOM, sizeof *job->starts);
    if (!job->starts) {
        job_free(job);
        return NULL;
    }
    return job;
}

void job_item(struct job *job)
{
    if (job->count + 2 > job->starts_room) {
        size_t *grown = reallocarray(job->starts, 2 * job->starts_room, sizeof *grown);
        job->bytes.failed |= !grown;
        if (!grown)
            return;
        job->starts = grown;
        job->starts_room *= 2;
    }
    job->starts[++job->count] = job->bytes.len;
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
        item->quarantined = !reply->payload || (item->reason && job->kind == JOB_PAGE);
        item->failed = item->reason && !item->quarantined;
        if (item->reason)
            continue;
        if (job->kind == JOB_PAGE) {
            decode_page(&cursor, arena, result);
        } else {
            if (ek_get_u8(&cursor))
                ek_get_post(&cursor, arena, &item->own);
            ek_get_tags(&cursor, arena, &item->tags);
        }
    }
    /* A reply that does not decode is the work of a page that took its reader over. */
    for (size_t i = reply->first;
         reply->payload && !ek_cursor_done(&cursor) && i < reply->first + reply->count; i++) {
        result->items[i] = (struct ek_pool_item){.quarantined = true, .reason = NONSENSE};
        result->page = NULL;
    }
}

static void decode_found(struct ek_cursor *cursor, struct ek_arena *arena,
                         struct ek_pool_found *found)
{
    found->reason = ek_get_str(cursor, arena);
    found->matches = ek_get_uint(cursor);
    found->place_count = ek_get_count(cursor, 2);
    if (found->place_count == 0)
        return;
    struct ek_pool_place *places = EK_NEW_ARRAY(arena, struct ek_pool_place, found->place_count);
    cursor->bad = cursor->bad || !places;
    uint64_t at = 0;
    for (size_t i = 0; i < found->place_count && !cursor->bad; i++) {
        uint64_t gap = ek_get_uint(cursor), len = ek_get_uint(cursor);
        cursor->bad = cursor->bad || gap > EK_MAX_LINE_BYTES || len > EK_MAX_LINE_BYTES ||
                      at + gap + len > EK_MAX_LINE_BYTES;
        places[i] = (struct ek_pool_place){(uint32_t)(at + gap), (uint32_t)(at + gap + len)};
        at += gap + len;
    }
    found->places = places;
}

static void decode_search(const struct reply *reply, struct ek_arena *arena,
                          struct ek_pool_result *result)
{
    struct ek_cursor cursor = ek_cursor(reply->payload, reply->payload ? reply->len : 0);
    const char *reason = reply->reason;
    for (size_t i = reply->first; i < reply->first + reply->count && reply->payload; i++)
        decode_found(&cursor, arena, &result->found[i]);
    if (reply->payload && ek_cursor_done(&cursor))
        return;
    if (reply->payload)
        reason = NONSENSE;
    for (size_t i = reply->first; i < reply->first + reply->count; i++)
        result->found[i] = (struct ek_pool_found){.reason = reason};
}

int job_decode(const struct job *job, struct ek_arena *arena, struct ek_pool_result *result)
{
    size_t count = job->count ? job->count : 1;
    *result = (struct ek_pool_result){.context = job->context, .count = job->count};
    if (job->kind == JOB_PACKED)
        result->found = EK_NEW_ARRAY(arena, struct ek_pool_found, count);
    else
        result->items = EK_NEW_ARRAY(arena, struct ek_pool_item, count);
    if (!result->found && !result->items)
        return -1;
    for (const struct reply *reply = job->replies; reply; reply = reply->next) {
        if (job->kind == JOB_PACKED)
            decode_search(reply, arena, result);
        else
            decode_reply(job, reply, arena, result);
    }
    return 0;
}
