/* politeness.h - when one host may be asked again. Knows no network: answers in, times out. */
#ifndef EKBOM_FETCH_POLITENESS_H
#define EKBOM_FETCH_POLITENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "ekbom/time.h"

struct ek_politeness {   /* zeroed: a host that was never asked */
    bool asked;          /* at least once */
    bool is_public;      /* the address that answered last */
    int64_t last_end;    /* of the last request; milliseconds, like all below */
    int64_t held_until;  /* by Retry-After */
    int64_t backoff;     /* 0: none */
    int64_t slow;        /* what the time of the last answer asks for */
    int64_t crawl_delay; /* of robots.txt */
    unsigned forbidden;  /* answers 403 in a row */
    bool stopped;        /* too many of them */
    char last_error[256];
    ek_time last_error_time;
    int64_t day; /* since 1970, of the count */
    unsigned requests_today;
};

struct ek_moment {
    int64_t ms;   /* monotonic */
    ek_time wall; /* of the day */
};

/* Least time between two requests as things are; wanted is what the source asks for. */
int64_t ek_politeness_delay(const struct ek_politeness *host, int wanted);
/* Earliest moment of the next request, monotonic milliseconds. */
int64_t ek_politeness_due(const struct ek_politeness *host, int wanted);
unsigned ek_politeness_today(const struct ek_politeness *host, ek_time wall);

void ek_politeness_sent(struct ek_politeness *host, ek_time wall);
/* A request came to its end: with a status and the time the host took for it, */
void ek_politeness_answered(struct ek_politeness *host, struct ek_moment now, int wanted,
                            int status, const char *retry_after, int64_t took_us);
/* without an answer, because of the host or the network, */
void ek_politeness_failed(struct ek_politeness *host, struct ek_moment now, int wanted,
                          const char *reason);
/* or by our own doing. */
void ek_politeness_broken_off(struct ek_politeness *host, struct ek_moment now);
void ek_politeness_resume(struct ek_politeness *host);

/* True for the answers that ask for patience: 429 and 5xx. */
bool ek_politeness_is_trouble(int status);

#endif
