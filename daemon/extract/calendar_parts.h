/* calendar_parts.h - what a calendar is made of; for calendar.c and shown_date.c alone. */
#ifndef EXTRACT_CALENDAR_PARTS_H
#define EXTRACT_CALENDAR_PARTS_H

#include <stdint.h>

#include "daemon/extract/calendar.h"

#define EK_WORDS_MAX 1024
#define EK_FORMATS_MAX 128
#define EK_ALIASES_MAX 64
#define EK_LANGUAGES_MAX 64

enum ek_word_kind { EK_MONTH, EK_WEEKDAY, EK_DAY, EK_HALF, EK_ORDINAL, EK_JOINER };

struct ek_word {
    enum ek_word_kind kind;
    int value;
    uint32_t first;       /* letter of text */
    struct ek_slice text; /* folded */
};

struct ek_format {
    bool ago; /* "N minutes ago": N is multiplied by `seconds` */
    long seconds;
    struct ek_slice text; /* folded where ago */
};

struct ek_calendar {
    struct ek_arena *arena;
    struct ek_word words[EK_WORDS_MAX];
    unsigned word_count;
    struct ek_format formats[EK_FORMATS_MAX];
    unsigned format_count;
    struct {
        const char *alias, *name;
    } zones[EK_ALIASES_MAX];
    unsigned zone_count;
    const char *day_first[EK_LANGUAGES_MAX];
    unsigned day_first_count;
};

#endif
