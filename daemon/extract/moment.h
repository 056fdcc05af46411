/* moment.h - a date as shown, in the board's zone, to UTC. */
#ifndef EXTRACT_MOMENT_H
#define EXTRACT_MOMENT_H

#include "daemon/extract/calendar.h"

/* The zone of a page's times. Neither named nor fixed: not known, and its times stay unknown. */
struct ek_zone {
    const char *name; /* IANA name */
    bool fixed;       /* one offset for every time of the page */
    int offset;       /* seconds east of UTC, daylight saving included */
};

/* "All times are UTC - 6 hours [ DST ]": the offset that it states. */
bool ek_zone_read_offset(struct ek_slice text, int *seconds);
/* An IANA name that this machine knows, or "UTC+5:30". */
bool ek_zone_read_name(const char *name, struct ek_zone *zone);

/* False where the page does not fix the moment. *doubled_day is EK_TIME_UNKNOWN, or, where the time
 * may also be one hour later since clocks were put back, the day as shown, midnight UTC. */
bool ek_moment(const struct ek_shown_date *date, const struct ek_zone *zone, ek_time fetched,
               ek_time *time, enum ek_precision *precision, ek_time *doubled_day);

#endif
