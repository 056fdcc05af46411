/* calendar.h - dates as boards write them, in the languages that profiles know.
 *
 * Month and day names, "today" and "yesterday", "minutes ago" and the formats themselves are data
 * ([dates] sections, see ekbom-profile(5)); here is only what fits them to a text. */
#ifndef EXTRACT_CALENDAR_H
#define EXTRACT_CALENDAR_H

#include "daemon/extract/slice.h"
#include "ekbom/time.h"

struct ek_arena;
struct ek_calendar;

/* In 04/05/2010: which is the day? */
enum ek_day_order { EK_ORDER_UNKNOWN, EK_DAY_FIRST, EK_MONTH_FIRST };

struct ek_shown_date {
    struct ek_slice span;  /* where in the text it stands */
    struct ek_civil civil; /* local time; of "today" only hour, minute, second */
    bool has_second;
    bool relative_day; /* days_ago counts from the day of fetching, in the board's zone */
    int days_ago;
    bool relative_time; /* seconds_ago counts from the moment of fetching */
    long seconds_ago;
    bool ambiguous;             /* 04/05/2010, and no order was given */
    enum ek_day_order evidence; /* 23/05/2010 shows the order */
};

struct ek_calendar *ek_calendar_new(struct ek_arena *arena);
/* One line of a [dates] section. What is wrong with it, or NULL. */
const char *ek_calendar_add(struct ek_calendar *calendar, struct ek_slice key,
                            struct ek_slice value);

/* The first date in the text. */
bool ek_calendar_find(const struct ek_calendar *calendar, struct ek_slice text,
                      enum ek_day_order order, struct ek_shown_date *date);

/* Does this language (declared by the page, "de-x-sie") put the day first? */
bool ek_calendar_day_first(const struct ek_calendar *calendar, const char *language);

/* "Europa/Berlin" to "Europe/Berlin"; the name itself where it is no alias. */
const char *ek_calendar_zone(const struct ek_calendar *calendar, const char *name);

#endif
