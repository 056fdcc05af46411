/* time.h - moments, dates and periods. The only part that knows ICU's time zones.
 *
 * A moment is a count of seconds since 1970-01-01T00:00:00Z, 64 bit, proleptic Gregorian; years
 * 0001 to 9999 can be written. A time that is not known is EK_TIME_UNKNOWN, never a guess. */
#ifndef EKBOM_TIME_H
#define EKBOM_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;

typedef int64_t ek_time;
#define EK_TIME_UNKNOWN INT64_MIN

enum ek_precision {
    EK_PRECISION_UNKNOWN,
    EK_PRECISION_DAY,
    EK_PRECISION_MINUTE,
    EK_PRECISION_SECOND,
    EK_PRECISIONS
};

struct ek_civil {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
};

ek_time ek_time_from_civil(const struct ek_civil *civil); /* fields are not normalised */
void ek_civil_from_time(ek_time time, struct ek_civil *civil);
bool ek_civil_valid(const struct ek_civil *civil);

/* ISO 8601 / RFC 3339: date, or date and time with Z or an offset (colon optional, seconds and
 * fraction optional). *precision becomes day, minute or second. A time without offset is refused.
 * 0, or -1 without a message: callers know the place. */
int ek_time_parse(const char *text, ek_time *time, enum ek_precision *precision);
/* HTTP dates (three forms). */
int ek_time_parse_http(const char *text, ek_time *time);

#define EK_TIME_TEXT 24
/* "2010-03-02T03:14:00Z", or "2010-03-02" for precision day, "" when unknown. Returns out. */
const char *ek_time_format(ek_time time, enum ek_precision precision, char out[EK_TIME_TEXT]);

/* Local civil time in a zone to UTC. zone: an IANA name ("Europe/London"). A time in the doubled
 * hour gives the first of the two, and *doubled (may be NULL) is set. -1 if the zone is unknown. */
int ek_zone_to_utc(const char *zone, const struct ek_civil *local, ek_time *time, bool *doubled);

/* Periods of the command line: 2008, 2008-Q1, 2008-03, 2008-03-17, or A..B of those; both ends
 * inclusive. Gives the half-open [from, until) in seconds. */
struct ek_period {
    ek_time from, until;
};
int ek_period_parse(const char *text, struct ek_period *period, struct ek_err *err);

enum ek_bucket_size { EK_BY_MONTH, EK_BY_QUARTER, EK_BY_YEAR };
/* The bucket a moment is in: months, quarters or years since 0000-01. */
int ek_bucket_of(ek_time time, enum ek_bucket_size size);
ek_time ek_bucket_start(int bucket, enum ek_bucket_size size);
#define EK_BUCKET_TEXT 16
const char *ek_bucket_name(int bucket, enum ek_bucket_size size, char out[EK_BUCKET_TEXT]);

#endif
