/* pool.c - a few readers, kept busy, replaced when they die. See ekbom/pool.h.
 *
 * A reader holds up to EK_READER_IN_FLIGHT units of work (pool_job.h); the first is the one it
 * works on, and the one that is blamed when it dies. A blamed unit of several items is cut in two;
 * one of a single item is tried once more, since a reader may die of something else (memory taken
 * by others), unless it used up its time. Units that only stood in the queue of a dead reader go
 * back unblamed.
 *
 * Results are given back in the order of submission: the importer then needs no order of its own,
 * and an import that was killed goes on where it stopped. */
#include "ekbom/pool.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "pool_job.h"
#include "pool_setup.h"
#include "reader_process.h"

#define START_DEADLINE_SECONDS 60
#define MAX_FAILED_STARTS 3
#define JOBS_PER_READER 8
#define PACKED_ROOM (256u << 10) /* a request of packed texts grows by this */

struct seat { /* a reader and what it works on */
    struct reader_process process;
    bool ready;
    struct unit *units[EK_READER_IN_FLIGHT];
    unsigned unit_count;
    int64_t deadline; /* monotonic milliseconds; of the start, or of units[0] */
};

struct ek_pool {
    char *program;
    struct ek_buf setup; /* the SETUP frame */
    struct seat *seats;
    unsigned seat_count, failed_starts;
    struct unit *waiting, **waiting_end;
    struct job *jobs, **jobs_end; /* in order of submission */
    struct job *open;             /* of packed texts, still being made */
    size_t pending;
    uint32_t known[EK_MAX_DICTIONARIES]; /* to the readers */
    size_t known_count;
    const char *downgrade;
    char downgrade_text[256];
    bool broken; /* work may be lost: nothing is to be waited for any more */
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Units ------------------------------------------------------------------------------------- */

static void wait_last(struct ek_pool *pool, struct unit *unit)
{
    unit->next = NULL;
    *pool->waiting_end = unit;
    pool->waiting_end = &unit->next;
}

static void wait_first(struct ek_pool *pool, struct unit *unit)
{
    unit->next = pool->waiting;
    if (!pool->waiting)
        pool->waiting_end = &unit->next;
    pool->waiting = unit;
}

static struct unit *take_waiting(struct ek_pool *pool)
{
    struct unit *unit = pool->waiting;
    if (unit && !(pool->waiting = unit->next))
        pool->waiting_end = &pool->waiting;
    return unit;
}

/* Seats ------------------------------------------------------------------------------------- */

static int start_seat(struct ek_pool *pool, struct seat *seat, struct ek_err *err)
{
    if (reader_start(&seat->process, pool->program, err) != 0)
        return -1;
    seat->ready = false;
    seat->deadline = now_ms() + START_DEADLINE_SECONDS * 1000;
    ek_buf_add(&seat->process.out, pool->setup.data, pool->setup.len);
    return seat->process.out.failed ? ek_fail_memory(err) : 0;
}

static int assign(struct ek_pool *pool, struct seat *seat, struct ek_err *err)
{
    static const enum ek_frame frames[] = {
        [JOB_PAGE] = EK_FRAME_PAGE, [JOB_TEXTS] = EK_FRAME_TEXTS, [JOB_PACKED] = EK_FRAME_PACKED};
    while (seat->ready && seat->unit_count < EK_READER_IN_FLIGHT && pool->waiting) {
        struct unit *unit = take_waiting(pool);
        struct job *job = unit->job;
        size_t from = job->starts[unit->first];
        size_t begin = ek_frame_begin(&seat->process.out, frames[job->kind]);
        ek_buf_add(&seat->process.out, job->bytes.data + from,
                   job->starts[unit->first + unit->count] - from);
        ek_frame_end(&seat->process.out, begin);
        if (seat->unit_count == 0)
            seat->deadline = now_ms() + EK_READER_DEADLINE_SECONDS * 1000;
        seat->units[seat->unit_count++] = unit;
        if (seat->process.out.failed)
            return ek_fail_memory(err);
    }
    return 0;
}

/* The unit that a dead reader worked on: cut in two, tried again, or given up. */
static int blame(struct ek_pool *pool, struct unit *unit, const char *how, bool final,
                 struct ek_err *err)
{
    unit->blamed++;
    if (unit->count > 1) {
        struct unit *second = calloc(1, sizeof *second);
        if (!second)
            return ek_fail_memory(err);
        size_t half = unit->count / 2;
        *second = (struct unit){NULL, unit->job, unit->first + half, unit->count - half, 0};
        unit->count = half;
        unit->blamed = 0;
        wait_first(pool, second);
        wait_first(pool, unit);
        return 0;
    }
    if (!final && unit->blamed < 2) {
        wait_first(pool, unit);
        return 0;
    }
    return job_reply(unit, NULL, 0, how, err);
}

/* A reader is gone, hangs (how = why) or talks nonsense: bury it, start another. */
static int replace(struct ek_pool *pool, struct seat *seat, const char *why, struct ek_err *err)
{
    const char *how = "its reader could not be started again";
    bool by_limit = false;
    reader_end(&seat->process, &how, &by_limit);
    if (why)
        how = why;
    if (!seat->ready && ++pool->failed_starts >= MAX_FAILED_STARTS)
        return ek_fail(err, EK_CHILD, "%s does not start: %s", pool->program, how);
    while (seat->unit_count > 1)
        wait_first(pool, seat->units[--seat->unit_count]);
    if (seat->unit_count == 1) {
        seat->unit_count = 0;
        if (blame(pool, seat->units[0], how, by_limit || why, err) != 0)
            return -1;
    }
    return start_seat(pool, seat, err);
}

static int take_greeting(struct ek_pool *pool, struct seat *seat, enum ek_frame type,
                         const char *payload, size_t len, struct ek_err *err)
{
    struct ek_arena *arena = ek_arena_new(EK_MAX_BUNDLE_BYTES);
    struct ek_cursor cursor = ek_cursor(payload, len);
    const char *text = arena ? ek_get_str(&cursor, arena) : NULL;
    int result = 0;
    if (!arena)
        result = ek_fail_memory(err);
    else if (type == EK_FRAME_REFUSED)
        result = ek_fail(err, EK_FORMAT, "%s", text ? text : "reader refused its rules");
    else if (text) {
        size_t n = strlen(text);
        if (n >= sizeof pool->downgrade_text)
            n = sizeof pool->downgrade_text - 1;
        memcpy(pool->downgrade_text, text, n);
        pool->downgrade_text[n] = '\0';
        pool->downgrade = pool->downgrade_text;
    }
    ek_arena_free(arena);
    if (result == 0) {
        seat->ready = true;
        pool->failed_starts = 0;
        reader_drop_frame(&seat->process);
    }
    return result;
}

/* Every whole frame that a reader has sent. 1: it broke the protocol. */
static int take_frames(struct ek_pool *pool, struct seat *seat, struct ek_err *err)
{
    enum ek_frame type;
    const char *payload;
    size_t len;
    while (reader_frame(&seat->process, &type, &payload, &len)) {
        if (!seat->ready) {
            if (type != EK_FRAME_READY && type != EK_FRAME_REFUSED)
                return 1;
            if (take_greeting(pool, seat, type, payload, len, err) != 0)
                return -1;
            continue;
        }
        if (type != EK_FRAME_REPLY || seat->unit_count == 0)
            return 1;
        char *copy = malloc(len + 1);
        if (!copy)
            return ek_fail_memory(err);
        memcpy(copy, payload, len);
        struct unit *done = seat->units[0];
        memmove(seat->units, seat->units + 1, --seat->unit_count * sizeof *seat->units);
        seat->deadline = now_ms() + EK_READER_DEADLINE_SECONDS * 1000;
        reader_drop_frame(&seat->process);
        if (job_reply(done, copy, len, NULL, err) != 0)
            return -1;
    }
    return 0;
}

static bool busy(const struct seat *seat)
{
    return !seat->ready || seat->unit_count > 0;
}

/* One seat, as far as it goes without waiting. */
static int step_seat(struct ek_pool *pool, struct seat *seat, struct ek_err *err)
{
    if (assign(pool, seat, err) != 0)
        return -1;
    bool gone = reader_send(&seat->process) != 0;
    gone = reader_receive(&seat->process) != 0 || gone;
    int result = take_frames(pool, seat, err);
    if (result < 0)
        return -1;
    if (result > 0)
        return replace(pool, seat, "its reader broke the protocol", err);
    if (gone)
        return replace(pool, seat, NULL, err);
    if (busy(seat) && now_ms() >= seat->deadline)
        return replace(pool, seat, "its reader took longer than its deadline", err);
    if (assign(pool, seat, err) != 0)
        return -1;
    reader_send(&seat->process); /* a failure is seen at the next step */
    return 0;
}

static int step(struct ek_pool *pool, struct ek_err *err)
{
    if (pool->broken)
        return ek_fail(err, EK_CHILD, "the readers have failed before");
    for (unsigned i = 0; i < pool->seat_count; i++) {
        pool->broken = step_seat(pool, &pool->seats[i], err) != 0;
        if (pool->broken)
            return -1;
    }
    return 0;
}

size_t ek_pool_descriptors(const struct ek_pool *pool, struct pollfd *out, size_t max)
{
    size_t n = 0;
    for (unsigned i = 0; i < pool->seat_count && n < max; i++) {
        const struct reader_process *process = &pool->seats[i].process;
        out[n].fd = process->fd;
        out[n].events = (short)(POLLIN | (reader_has_output(process) ? POLLOUT : 0));
        out[n++].revents = 0;
    }
    return n;
}

int ek_pool_timeout(const struct ek_pool *pool)
{
    int64_t now = now_ms(), first = INT64_MAX;
    for (unsigned i = 0; i < pool->seat_count; i++)
        if (busy(&pool->seats[i]) && pool->seats[i].deadline < first)
            first = pool->seats[i].deadline;
    if (first == INT64_MAX)
        return -1;
    return first <= now ? 0 : (int)(first - now);
}

static int wait_and_step(struct ek_pool *pool, struct ek_err *err)
{
    struct pollfd fds[EK_READERS_MAX];
    size_t n = ek_pool_descriptors(pool, fds, EK_READERS_MAX);
    poll(fds, n, ek_pool_timeout(pool));
    return step(pool, err);
}

/* Opening and closing ----------------------------------------------------------------------- */

static unsigned readers_wanted(const struct ek_pool_config *config)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted = config->readers ? config->readers : cores > 0 ? (unsigned)cores : 1;
    return wanted > EK_READERS_MAX ? EK_READERS_MAX : wanted;
}

int ek_pool_open(struct ek_pool **out, const struct ek_pool_config *config, struct ek_err *err)
{
    struct ek_pool *pool = calloc(1, sizeof *pool);
    *out = NULL;
    if (!pool)
        return ek_fail_memory(err);
    pool->waiting_end = &pool->waiting;
    pool->jobs_end = &pool->jobs;
    pool->program = strdup(config->program);
    pool->seats = calloc(readers_wanted(config), sizeof *pool->seats);
    pool_setup(&pool->setup, config);
    for (size_t i = 0; i < config->dictionary_count && i < EK_MAX_DICTIONARIES; i++)
        pool->known[pool->known_count++] =
            ek_dictionary_id(config->dictionaries[i].bytes, config->dictionaries[i].len);
    if (!pool->program || !pool->seats || pool->setup.failed) {
        ek_fail_memory(err);
        goto fail;
    }
    for (; pool->seat_count < readers_wanted(config); pool->seat_count++)
        if (start_seat(pool, &pool->seats[pool->seat_count], err) != 0)
            goto fail;
    for (unsigned i = 0; i < pool->seat_count; i++)
        while (!pool->seats[i].ready)
            if (wait_and_step(pool, err) != 0)
                goto fail;
    *out = pool;
    return 0;
fail:
    ek_pool_close(pool);
    return -1;
}

void ek_pool_close(struct ek_pool *pool)
{
    if (!pool)
        return;
    for (unsigned i = 0; i < pool->seat_count; i++) {
        reader_end(&pool->seats[i].process, NULL, NULL);
        for (unsigned j = 0; j < pool->seats[i].unit_count; j++)
            free(pool->seats[i].units[j]);
    }
    for (struct unit *unit; (unit = take_waiting(pool));)
        free(unit);
    for (struct job *job = pool->jobs, *next; job; job = next) {
        next = job->next;
        job_free(job);
    }
    if (pool->open)
        job_free(pool->open);
    ek_buf_free(&pool->setup);
    free(pool->seats);
    free(pool->program);
    free(pool);
}

const char *ek_pool_downgrade(const struct ek_pool *pool)
{
    return pool->downgrade;
}

bool ek_pool_room(const struct ek_pool *pool)
{
    return pool->pending < (size_t)pool->seat_count * JOBS_PER_READER;
}

/* Submitting -------------------------------------------------------------------------------- */

static int submit(struct ek_pool *pool, struct job *job, struct ek_err *err)
{
    if (job->bytes.failed) {
        job_free(job);
        return ek_fail(err, EK_LIMIT, "a request of more than %u bytes", EK_MAX_MESSAGE_BYTES);
    }
    if (job->count > 0) {
        struct unit *unit = calloc(1, sizeof *unit);
        if (!unit) {
            job_free(job);
            return ek_fail_memory(err);
        }
        *unit = (struct unit){NULL, job, 0, job->count, 0};
        wait_last(pool, unit);
    }
    *pool->jobs_end = job;
    pool->jobs_end = &job->next;
    pool->pending++;
    return step(pool, err);
}

int ek_pool_submit_page(struct ek_pool *pool, const struct ek_pool_page *page, void *context,
                        struct ek_err *err)
{
    struct job *job = job_new(JOB_PAGE, context);
    if (!job)
        return ek_fail_memory(err);
    struct ek_wire_page wire = {page->url,  page->fetched, page->charset,
                                page->body, page->len,     page->zone};
    ek_put_wire_page(&job->bytes, &wire);
    job_item(job);
    return submit(pool, job, err);
}

bool ek_pool_knows(const struct ek_pool *pool, uint32_t dictionary)
{
    for (size_t i = 0; i < pool->known_count; i++)
        if (pool->known[i] == dictionary)
            return true;
    return dictionary == 0;
}

int ek_pool_submit_texts(struct ek_pool *pool, const struct ek_pool_text *texts, size_t count,
                         void *context, struct ek_err *err)
{
    struct job *job = job_new(JOB_TEXTS, context);
    if (!job)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct ek_wire_text wire = {texts[i].form, texts[i].language, texts[i].text,
                                    texts[i].len,  texts[i].quotes,   texts[i].quote_count};
        ek_put_wire_text(&job->bytes, &wire);
        job_item(job);
    }
    return submit(pool, job, err);
}

int ek_pool_add_packed(struct ek_pool *pool, const void *packed, size_t len, bool places,
                       struct ek_err *err)
{
    if (!pool->open && !(pool->open = job_new(JOB_PACKED, NULL)))
        return ek_fail_memory(err);
    ek_buf_room(&pool->open->bytes, len + PACKED_ROOM - pool->open->bytes.len % PACKED_ROOM);
    struct ek_wire_packed wire = {places, packed, len};
    ek_put_wire_packed(&pool->open->bytes, &wire);
    job_item(pool->open);
    return 0;
}

size_t ek_pool_added_bytes(const struct ek_pool *pool)
{
    return pool->open ? pool->open->bytes.len : 0;
}

int ek_pool_submit_packed(struct ek_pool *pool, void *context, struct ek_err *err)
{
    struct job *job = pool->open ? pool->open : job_new(JOB_PACKED, NULL);
    pool->open = NULL;
    if (!job)
        return ek_fail_memory(err);
    job->context = context;
    return submit(pool, job, err);
}

/* Results ----------------------------------------------------------------------------------- */

int ek_pool_next(struct ek_pool *pool, bool wait, struct ek_arena *arena,
                 struct ek_pool_result *result, struct ek_err *err)
{
    struct job *job = pool->jobs;
    if (!job)
        return 0;
    if (step(pool, err) != 0)
        return -1;
    while (wait && job->answered < job->count)
        if (wait_and_step(pool, err) != 0)
            return -1;
    if (job->answered < job->count)
        return 0;
    if (job_decode(job, arena, result) != 0)
        return ek_fail_memory(err);
    if (!(pool->jobs = job->next))
        pool->jobs_end = &pool->jobs;
    pool->pending--;
    job_free(job);
    return 1;
}
