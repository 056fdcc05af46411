/* doubled_hour.c - posts in the hour that comes twice when clocks are put back. Declared in
 * reading.h.
 *
 * Their text fits two moments an hour apart. Ids count up with time: a post is in the second hour
 * if an earlier one (smaller id) is later than it would be in the first, and in the first hour if
 * a later one is too early for the second. Where neither is so, only the day is known. */
#include <stdlib.h>

#include "daemon/extract/reading.h"
#include "ekbom/arena.h"

#define HOUR 3600

struct known {
    struct ek_post *post;
    unsigned long long id;
    ek_time day;                 /* that the page shows, midnight UTC */
    bool doubled, first, second; /* what has been shown */
};

static int by_id(const void *a, const void *b)
{
    unsigned long long x = ((const struct known *)a)->id, y = ((const struct known *)b)->id;
    return x < y ? -1 : x > y;
}

/* The least and the greatest moment that the post can be of. */
static ek_time least(const struct known *k)
{
    return k->post->time + (k->doubled && k->second ? HOUR : 0);
}

static ek_time greatest(const struct known *k)
{
    return k->post->time + (k->doubled && !k->first ? HOUR : 0);
}

static bool dated(const struct known *k)
{
    return k->post->time != EK_TIME_UNKNOWN && k->post->precision != EK_PRECISION_DAY;
}

static void settle(struct known *k)
{
    if (k->second) {
        k->post->time += HOUR;
    } else if (!k->first) {
        k->post->precision = EK_PRECISION_DAY;
        k->post->time = k->day;
    }
}

static void show_second(struct known *known, size_t count)
{
    ek_time latest = INT64_MIN;
    for (size_t i = 0; i < count; i++) {
        known[i].second = known[i].doubled && latest > known[i].post->time;
        if (dated(&known[i]) && least(&known[i]) > latest)
            latest = least(&known[i]);
    }
}

static void show_first(struct known *known, size_t count)
{
    ek_time earliest = INT64_MAX;
    for (size_t i = count; i-- > 0;) {
        known[i].first =
            known[i].doubled && !known[i].second && earliest < known[i].post->time + HOUR;
        if (dated(&known[i]) && greatest(&known[i]) < earliest)
            earliest = greatest(&known[i]);
    }
}

void ek_settle_doubled_hours(struct ek_reading *r, struct ek_post *posts, const ek_time *days,
                             size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= days[i] != EK_TIME_UNKNOWN;
    if (!any)
        return;
    struct known *known = EK_NEW_ARRAY(r->arena, struct known, count);
    if (!known) {
        r->no_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        known[i] = (struct known){&posts[i], strtoull(posts[i].id, NULL, 10),
                                  days[i],   days[i] != EK_TIME_UNKNOWN,
                                  false,     false};
    qsort(known, count, sizeof *known, by_id);
    show_second(known, count);
    show_first(known, count);
    for (size_t i = 0; i < count; i++)
        if (known[i].doubled)
            settle(&known[i]);
}
