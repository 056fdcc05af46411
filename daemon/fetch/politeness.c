/* politeness.c - delay, back-off and stop of one host. See politeness.h.
 *
 * The delay runs from the end of one request to the start of the next. It is the greatest of: what
 * the source wants (1 s at least on a public address), Crawl-delay, ten times what the host took
 * for its last answer, and the back-off. The back-off doubles with every answer that asks for
 * patience and every failure, up to an hour, and is halved by every good answer: it comes down
 * slowly, so that a host in trouble is not met at full pace again after its first good page.
 * Retry-After holds the host once and leaves the back-off alone: the host has said what it wants.
 * A redirect is neither good nor bad until its end is
 * seen. A 403 asks for no patience, it says no; some boards say it for each private corner, so that
 * only a row of them stops the host. Where a source wants no delay (its own machine), slow answers
 * do not make one. */
#include "politeness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The delay but for the back-off. */
static int64_t usual_delay(const struct ek_politeness *host, int wanted)
{
    int64_t delay = wanted > 0 ? greater(wanted, host->slow) : 0;
    if (host->is_public)
        delay = greater(delay, EK_MIN_PUBLIC_DELAY_MS);
    return greater(delay, host->crawl_delay);
}

int64_t ek_politeness_delay(const struct ek_politeness *host, int wanted)
{
    return greater(usual_delay(host, wanted), host->backoff);
}

int64_t ek_politeness_due(const struct ek_politeness *host, int wanted)
{
    if (!host->asked)
        return host->held_until;
    return greater(host->held_until, host->last_end + ek_politeness_delay(host, wanted));
}

unsigned ek_politeness_today(const struct ek_politeness *host, ek_time wall)
{
    return wall / 86400 == host->day ? host->requests_today : 0;
}

void ek_politeness_sent(struct ek_politeness *host, ek_time wall)
{
    host->requests_today = ek_politeness_today(host, wall) + 1;
    host->day = wall / 86400;
    host->asked = true;
}

bool ek_politeness_is_trouble(int status)
{
    return status == 429 || status >= 500;
}

static void set_error(struct ek_politeness *host, struct ek_moment now, const char *reason)
{
    snprintf(host->last_error, sizeof host->last_error, "%s", reason);
    host->last_error_time = now.wall;
}

static void back_off(struct ek_politeness *host, int wanted)
{
    int64_t least = 2 * greater(usual_delay(host, wanted), 1000);
    host->backoff = lesser(greater(2 * host->backoff, least),
                           greater(EK_MAX_BACKOFF_MS, usual_delay(host, wanted)));
}

static void calm_down(struct ek_politeness *host, int wanted)
{
    host->backoff /= 2;
    if (host->backoff > greater(usual_delay(host, wanted), 1000))
        return;
    host->backoff = 0;
    host->last_error[0] = '\0';
}

/* Seconds that a Retry-After field asks for, from now on; 0 if it says nothing sensible. */
static int64_t retry_seconds(const char *field, ek_time wall)
{
    ek_time date;
    int64_t seconds = 0;
    if (field[0] >= '0' && field[0] <= '9')
        seconds = strlen(field) > 9 ? EK_MAX_RETRY_AFTER_SECONDS : atoi(field);
    else if (ek_time_parse_http(field, &date) == 0)
        seconds = date - wall;
    return lesser(greater(seconds, 0), EK_MAX_RETRY_AFTER_SECONDS);
}

static void in_trouble(struct ek_politeness *host, struct ek_moment now, int wanted, int status,
                       const char *retry_after)
{
    char reason[128];
    int64_t seconds = retry_seconds(retry_after, now.wall);
    if (seconds) {
        host->held_until = now.ms + 1000 * seconds;
        snprintf(reason, sizeof reason, "status %d, to be asked again after %lld s", status,
                 (long long)seconds);
    } else {
        back_off(host, wanted);
        snprintf(reason, sizeof reason, "status %d", status);
    }
    set_error(host, now, reason);
}

void ek_politeness_answered(struct ek_politeness *host, struct ek_moment now, int wanted,
                            int status, const char *retry_after, int64_t took_us)
{
    host->last_end = now.ms;
    host->slow = lesser(EK_SLOW_ANSWER_FACTOR * (took_us / 1000), EK_MAX_BACKOFF_MS);
    host->forbidden = status == 403 ? host->forbidden + 1 : 0;
    if (host->forbidden >= EK_MAX_FORBIDDEN) {
        host->stopped = true;
        set_error(host, now, "answered 403 again and again");
    }
    if (ek_politeness_is_trouble(status))
        in_trouble(host, now, wanted, status, retry_after);
    else if (status != 403 && (status / 100 != 3 || status == 304))
        calm_down(host, wanted);
}

void ek_politeness_failed(struct ek_politeness *host, struct ek_moment now, int wanted,
                          const char *reason)
{
    host->last_end = now.ms;
    back_off(host, wanted);
    set_error(host, now, reason);
}

void ek_politeness_broken_off(struct ek_politeness *host, struct ek_moment now)
{
    host->last_end = now.ms;
}

void ek_politeness_resume(struct ek_politeness *host)
{
    host->stopped = false;
    host->forbidden = 0;
    host->backoff = host->held_until = 0;
    host->last_error[0] = '\0';
}
