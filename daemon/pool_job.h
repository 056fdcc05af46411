/* pool_job.h - work for the readers, and what came of it: jobs, units, replies.
 *
 * A job is a page or a batch of texts (to be tagged, or packed and to be searched), its items
 * encoded one after the other. It is sent as units, runs of items that lie side by side, so that a
 * unit's request is a slice of the job's bytes. */
#ifndef EKBOM_POOL_JOB_H
#define EKBOM_POOL_JOB_H

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/pool.h"

struct unit {
    struct unit *next;
    struct job *job;
    size_t first, count; /* items of the job */
    unsigned blamed;
};

struct reply { /* the answer to a unit, or the reason why there is none */
    struct reply *next;
    size_t first, count;
    char *payload; /* NULL: quarantined */
    size_t len;
    const char *reason; /* static */
};

enum job_kind { JOB_PAGE, JOB_TEXTS, JOB_PACKED };

struct job {
    struct job *next;
    void *context;
    enum job_kind kind;
    size_t count;        /* items */
    struct ek_buf bytes; /* encoded items, one after the other */
    size_t *starts;      /* count + 1 offsets into bytes */
    size_t starts_room;
    struct reply *replies; /* sorted by first */
    size_t answered;       /* items */
};

struct job *job_new(enum job_kind kind, void *context); /* NULL: out of memory */
/* What was added to bytes since the last item is one. A failure is latched in bytes. */
void job_item(struct job *job);
void job_free(struct job *job);
/* File the answer to a unit, which is freed; payload is taken over. */
int job_reply(struct unit *unit, char *payload, size_t len, const char *reason, struct ek_err *err);
/* Every reply of a complete job into *result. -1 out of memory. */
int job_decode(const struct job *job, struct ek_arena *arena, struct ek_pool_result *result);

#endif
