/* moment.c - see moment.h.
 *
 * An offset in words ("UTC - 6 hours") holds for every time of the page only where the software
 * has fixed offsets (the profile says so). Softwares that know zones print the offset of the day
 * of fetching, which is an hour off for half of the posts: there only the zone's name counts. */
#include "daemon/extract/moment.h"

#include "ekbom/text.h"

#define HOUR 3600

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end) {
        const char *next = at;
        if (!ek_is_space(ek_utf8_next(&next, end)))
            break;
        at = next;
    }
    return at;
}

static bool digit_at(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

static int number(const char **at, const char *end)
{
    int value = 0;
    while (digit_at(*at, end) && value < 10000)
        value = 10 * value + (*(*at)++ - '0');
    return value;
}

/* After the sign: "6", "06:00", "5:30", "5.5". */
static int hours(const char **at, const char *end)
{
    int seconds = number(at, end) * HOUR;
    if (digit_at(*at + 1, end) && **at == ':') {
        ++*at;
        seconds += number(at, end) * 60;
    } else if (digit_at(*at + 1, end) && (**at == '.' || **at == ',')) {
        ++*at;
        const char *start = *at;
        int part = number(at, end);
        seconds += *at - start == 1 ? part * HOUR / 10 : part * HOUR / 100;
    }
    return seconds;
}

static const char *after_utc(struct ek_slice text)
{
    for (size_t i = 0; i + 3 <= text.len; i++)
        if (memcmp(text.at + i, "UTC", 3) == 0 || memcmp(text.at + i, "GMT", 3) == 0)
            return text.at + i + 3;
    return NULL;
}

bool ek_zone_read_offset(struct ek_slice text, int *seconds)
{
    const char *at = after_utc(text), *end = text.at + text.len;
    *seconds = 0;
    if (!at)
        return false;
    at = skip_blanks(at, end);
    const char *next = at;
    uint32_t sign = at < end ? ek_utf8_next(&next, end) : 0;
    if (sign == '+' || sign == '-' || sign == 0x2212 || sign == 0xB1) { /* minus, plus-minus */
        at = skip_blanks(next, end);
        if (digit_at(at, end))
            *seconds = hours(&at, end) * (sign == '-' || sign == 0x2212 ? -1 : 1);
    }
    /* "[ DST ]" in any language: nothing else is put in brackets there. */
    if (memchr(at, '[', (size_t)(end - at)))
        *seconds += HOUR;
    return *seconds >= -14 * HOUR && *seconds <= 15 * HOUR;
}

bool ek_zone_read_name(const char *name, struct ek_zone *zone)
{
    static const struct ek_civil any_day = {2000, 1, 1, 0, 0, 0};
    struct ek_slice text = ek_slice_of(name);
    ek_time time;
    int offset;
    if (strncmp(name, "UTC", 3) == 0 && ek_zone_read_offset(text, &offset)) {
        *zone = (struct ek_zone){NULL, true, offset};
        return true;
    }
    if (ek_zone_to_utc(name, &any_day, &time, NULL) != 0)
        return false;
    *zone = (struct ek_zone){name, false, 0};
    return true;
}

static bool to_utc(const struct ek_civil *civil, const struct ek_zone *zone, ek_time *time,
                   bool *doubled)
{
    if (zone->name)
        return ek_zone_to_utc(zone->name, civil, time, doubled) == 0;
    *time = ek_time_from_civil(civil) - zone->offset;
    return zone->fixed;
}

/* The board's local day when the page was fetched: local = UTC + offset, and the offset is found
 * by asking what UTC the same figures would be. Within hours of a clock change it may be that of
 * the other side; the day is right but for that hour. */
static bool local_day(const struct ek_zone *zone, ek_time fetched, struct ek_civil *day)
{
    struct ek_civil civil;
    ek_time back;
    bool doubled;
    ek_civil_from_time(fetched, &civil);
    if (!to_utc(&civil, zone, &back, &doubled))
        return false;
    ek_civil_from_time(fetched + (fetched - back), day);
    return true;
}

bool ek_moment(const struct ek_shown_date *date, const struct ek_zone *zone, ek_time fetched,
               ek_time *time, enum ek_precision *precision, ek_time *doubled_day)
{
    *doubled_day = EK_TIME_UNKNOWN;
    *precision = EK_PRECISION_MINUTE;
    if (date->relative_time) {
        if (fetched == EK_TIME_UNKNOWN)
            return false;
        *time = fetched - date->seconds_ago;
        *time -= ((*time % 60) + 60) % 60;
        return true;
    }
    if (date->ambiguous)
        return false;
    struct ek_civil civil = date->civil;
    if (date->relative_day) {
        struct ek_civil day;
        if (fetched == EK_TIME_UNKNOWN || !local_day(zone, fetched, &day))
            return false;
        struct ek_civil noon = {day.year, day.month, day.day, 12, 0, 0};
        ek_civil_from_time(ek_time_from_civil(&noon) - (ek_time)date->days_ago * 24 * HOUR, &noon);
        civil.year = noon.year;
        civil.month = noon.month;
        civil.day = noon.day;
    }
    if (date->has_second)
        *precision = EK_PRECISION_SECOND;
    bool doubled = false;
    if (!to_utc(&civil, zone, time, &doubled))
        return false;
    if (doubled) {
        civil.hour = civil.minute = civil.second = 0;
        *doubled_day = ek_time_from_civil(&civil);
    }
    return true;
}
