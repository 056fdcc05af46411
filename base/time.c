/* time.c - moments, dates and periods, without the C library's time zone state. Calendar arithmetic
 * is the days-from-civil method on 400-year eras (H. Hinnant, "chrono-compatible low-level date
 * algorithms"), exact for every year. See ekbom/time.h. */
#include "ekbom/time.h"

#include <stdio.h>
#include <string.h>

#include "ekbom/error.h"
#include "ekbom/text.h"

#define DAY 86400

static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

ek_time ek_time_from_civil(const struct ek_civil *c)
{
    return days_from_civil(c->year, c->month, c->day) * DAY + c->hour * 3600 + c->minute * 60 +
           c->second;
}

void ek_civil_from_time(ek_time time, struct ek_civil *c)
{
    int64_t days = time / DAY - (time % DAY < 0);
    int64_t rest = time - days * DAY;
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    c->day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    c->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    c->year = (int)(year + era * 400 + (c->month <= 2));
    c->hour = (int)(rest / 3600);
    c->minute = (int)(rest / 60 % 60);
    c->second = (int)(rest % 60);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool ek_civil_valid(const struct ek_civil *c)
{
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_in_month(c->year, c->month) && c->hour >= 0 && c->hour < 24 &&
           c->minute >= 0 && c->minute < 60 && c->second >= 0 && c->second <= 60;
}

/* Exactly n digits; moves on. */
static bool digits(const char **at, int n, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool literal(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool offset(const char **at, int *seconds)
{
    if (literal(at, 'Z') || literal(at, 'z')) {
        *seconds = 0;
        return true;
    }
    int sign = **at == '-' ? -1 : 1, hour, minute = 0;
    if (!literal(at, '+') && !literal(at, '-'))
        return false;
    if (!digits(at, 2, &hour))
        return false;
    bool colon = literal(at, ':');
    if ((colon || (**at >= '0' && **at <= '9')) && !digits(at, 2, &minute))
        return false;
    *seconds = sign * (hour * 3600 + minute * 60);
    return hour < 24 && minute < 60;
}

int ek_time_parse(const char *text, ek_time *time, enum ek_precision *precision)
{
    struct ek_civil c = {0};
    int shift = 0;
    const char *at = text;
    if (!digits(&at, 4, &c.year) || !literal(&at, '-') || !digits(&at, 2, &c.month) ||
        !literal(&at, '-') || !digits(&at, 2, &c.day))
        return -1;
    *precision = EK_PRECISION_DAY;
    if (*at) {
        if (!literal(&at, 'T') && !literal(&at, 't') && !literal(&at, ' '))
            return -1;
        if (!digits(&at, 2, &c.hour) || !literal(&at, ':') || !digits(&at, 2, &c.minute))
            return -1;
        *precision = EK_PRECISION_MINUTE;
        if (literal(&at, ':')) {
            if (!digits(&at, 2, &c.second))
                return -1;
            *precision = EK_PRECISION_SECOND;
            if (literal(&at, '.'))
                at += strspn(at, "0123456789");
        }
        if (!offset(&at, &shift) || *at)
            return -1;
    }
    if (!ek_civil_valid(&c))
        return -1;
    *time = ek_time_from_civil(&c) - shift;
    return 0;
}

int ek_time_parse_http(const char *text, ek_time *time)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct ek_civil c = {0};
    char month[4] = "";
    int n = 0;
    /* RFC 9110 5.6.7: fixdate, RFC 850, asctime */
    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &c.day, month, &c.year,
               &c.hour, &c.minute, &c.second, &n) != 6 &&
        sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &c.day, month, &c.year,
               &c.hour, &c.minute, &c.second, &n) != 6 &&
        sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month, &c.day, &c.hour,
               &c.minute, &c.second, &c.year, &n) != 6)
        return -1;
    const char *found = strlen(month) == 3 ? strstr(months, month) : NULL;
    if (!found || (found - months) % 3)
        return -1;
    c.month = (int)(found - months) / 3 + 1;
    if (c.year < 100)
        c.year += c.year < 70 ? 2000 : 1900;
    if (!ek_civil_valid(&c))
        return -1;
    *time = ek_time_from_civil(&c);
    return 0;
}

const char *ek_time_format(ek_time time, enum ek_precision precision, char out[EK_TIME_TEXT])
{
    static const ek_time first = -62135596800, last = 253402300799; /* years 1 to 9999 */
    struct ek_civil c;
    out[0] = '\0';
    if (time < first || time > last || precision == EK_PRECISION_UNKNOWN)
        return out;
    ek_civil_from_time(time, &c);
    char text[64];
    if (precision == EK_PRECISION_DAY)
        snprintf(text, sizeof text, "%04d-%02d-%02d", c.year, c.month, c.day);
    else
        snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
                 c.hour, c.minute, c.second);
    memcpy(out, text, strlen(text) + 1);
    return out;
}

/* One period without "..": the half-open range it covers. */
static int one_period(const char *text, size_t len, struct ek_period *period)
{
    char copy[16];
    if (len >= sizeof copy)
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    struct ek_civil from = {.month = 1, .day = 1};
    const char *at = copy;
    int step = 12; /* months */
    if (!digits(&at, 4, &from.year))
        return -1;
    if (literal(&at, '-')) {
        if (literal(&at, 'Q') || literal(&at, 'q')) {
            int quarter;
            if (!digits(&at, 1, &quarter) || quarter < 1 || quarter > 4)
                return -1;
            from.month = 3 * quarter - 2;
            step = 3;
        } else {
            if (!digits(&at, 2, &from.month))
                return -1;
            step = 1;
            if (literal(&at, '-')) {
                if (!digits(&at, 2, &from.day))
                    return -1;
                step = 0;
            }
        }
    }
    if (*at || !ek_civil_valid(&from))
        return -1;
    period->from = ek_time_from_civil(&from);
    if (step == 0) {
        period->until = period->from + DAY;
        return 0;
    }
    struct ek_civil until = from;
    until.month += step;
    until.year += (until.month - 1) / 12;
    until.month = (until.month - 1) % 12 + 1;
    period->until = ek_time_from_civil(&until);
    return 0;
}

int ek_period_parse(const char *text, struct ek_period *period, struct ek_err *err)
{
    const char *dots = strstr(text, "..");
    struct ek_period last;
    size_t first_len = dots ? (size_t)(dots - text) : strlen(text);
    const char *second = dots ? dots + 2 : text;
    if (one_period(text, first_len, period) != 0 || one_period(second, strlen(second), &last) != 0)
        return ek_fail(err, EK_USAGE,
                       "'%s' is not a period: write 2008, 2008-Q1, 2008-03, 2008-03-17 or two of "
                       "them as 2008..2011",
                       text);
    if (last.until <= period->from)
        return ek_fail(err, EK_USAGE, "'%s' ends before it begins", text);
    period->until = last.until;
    return 0;
}

static const int months_in[] = {[EK_BY_MONTH] = 1, [EK_BY_QUARTER] = 3, [EK_BY_YEAR] = 12};

int ek_bucket_of(ek_time time, enum ek_bucket_size size)
{
    struct ek_civil c;
    ek_civil_from_time(time, &c);
    return (c.year * 12 + c.month - 1) / months_in[size];
}

ek_time ek_bucket_start(int bucket, enum ek_bucket_size size)
{
    int months = bucket * months_in[size];
    struct ek_civil c = {.year = months / 12, .month = months % 12 + 1, .day = 1};
    return ek_time_from_civil(&c);
}

const char *ek_bucket_name(int bucket, enum ek_bucket_size size, char out[EK_BUCKET_TEXT])
{
    int months = bucket * months_in[size], year = months / 12;
    char text[40];
    if (size == EK_BY_YEAR)
        snprintf(text, sizeof text, "%04d", year);
    else if (size == EK_BY_QUARTER)
        snprintf(text, sizeof text, "%04d-Q%d", year, bucket % 4 + 1);
    else
        snprintf(text, sizeof text, "%04d-%02d", year, months % 12 + 1);
    snprintf(out, EK_BUCKET_TEXT, "%.15s", text);
    return out;
}
