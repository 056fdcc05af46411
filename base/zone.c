/* zone.c - local time in a named zone to UTC, by ICU: its zone data sits inside its library, so
 * that a confined reader, which can open no file, has it. See ekbom/time.h. */
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "ekbom/time.h"

static UCalendar *open_zone(const char *zone)
{
    UChar name[64], canonical[64];
    UErrorCode status = U_ZERO_ERROR;
    if (strlen(zone) >= 64)
        return NULL;
    u_uastrcpy(name, zone);
    /* Unknown names would silently become "Etc/Unknown" in GMT. */
    ucal_getCanonicalTimeZoneID(name, -1, canonical, 64, NULL, &status);
    if (U_FAILURE(status))
        return NULL;
    UCalendar *calendar = ucal_open(name, -1, "en_US_POSIX", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status))
        return NULL;
    ucal_setGregorianChange(calendar, -1e17, &status); /* proleptic, as everywhere in Ekbom */
    return calendar;
}

static int resolve(UCalendar *calendar, const struct ek_civil *local, UCalendarWallTimeOption which,
                   ek_time *time)
{
    UErrorCode status = U_ZERO_ERROR;
    ucal_clear(calendar);
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, (int32_t)which);
    ucal_setDateTime(calendar, local->year, local->month - 1, local->day, local->hour,
                     local->minute, local->second, &status);
    UDate millis = ucal_getMillis(calendar, &status);
    *time = (ek_time)(millis / 1000);
    return U_SUCCESS(status) ? 0 : -1;
}

int ek_zone_to_utc(const char *zone, const struct ek_civil *local, ek_time *time, bool *doubled)
{
    UCalendar *calendar = open_zone(zone);
    if (!calendar)
        return -1;
    ek_time second;
    int result = resolve(calendar, local, UCAL_WALLTIME_FIRST, time);
    if (result == 0)
        result = resolve(calendar, local, UCAL_WALLTIME_LAST, &second);
    if (result == 0 && doubled)
        *doubled = second != *time;
    ucal_close(calendar);
    return result;
}
