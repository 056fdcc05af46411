/* calendar.c - the data of [dates] sections: names, formats, zones. See calendar.h; fitting them to
 * a text is in shown_date.c. All languages' names are one table: a name's place in the format
 * tells a French Mar(di) from a month, and across the languages known a word means one month
 * only, so that a page in the wrong language pack is read all the same. */
#include "daemon/extract/calendar_parts.h"

#include "ekbom/arena.h"
#include "ekbom/text.h"

struct ek_calendar *ek_calendar_new(struct ek_arena *arena)
{
    struct ek_calendar *calendar = EK_NEW(arena, struct ek_calendar);
    if (calendar)
        calendar->arena = arena;
    return calendar;
}

/* Case folded, '_' as a blank. */
static struct ek_slice folded(struct ek_arena *arena, struct ek_slice text)
{
    char *copy = ek_alloc(arena, 4 * text.len + 1, 1);
    if (!copy)
        return ek_slice(NULL, 0);
    size_t len = 0;
    const char *at = text.at, *end = text.at + text.len;
    while (at < end) {
        uint32_t c = ek_utf8_next(&at, end);
        len += ek_utf8_put(copy + len, c == '_' ? ' ' : ek_fold_case(c));
    }
    return ek_slice(copy, len);
}

static struct ek_slice cut(struct ek_slice *rest, const char *stops)
{
    size_t len = 0;
    while (len < rest->len && !strchr(stops, rest->at[len]))
        len++;
    struct ek_slice part = ek_slice(rest->at, len);
    len += len < rest->len;
    *rest = ek_slice(rest->at + len, rest->len - len);
    return part;
}

static const char *add_word(struct ek_calendar *calendar, enum ek_word_kind kind, int value,
                            struct ek_slice text)
{
    if (calendar->word_count == EK_WORDS_MAX)
        return "more names than a calendar may hold";
    struct ek_slice copy = folded(calendar->arena, text);
    if (!copy.at)
        return "out of memory";
    const char *at = copy.at;
    uint32_t first = ek_utf8_next(&at, copy.at + copy.len);
    calendar->words[calendar->word_count++] = (struct ek_word){kind, value, first, copy};
    return NULL;
}

/* "January/Jan February/Feb ...": the number of words must be `expected` unless that is 0. */
static const char *add_words(struct ek_calendar *calendar, enum ek_word_kind kind, int value,
                             int expected, struct ek_slice line)
{
    int n = 0;
    while (line.len) {
        struct ek_slice names = cut(&line, " \t");
        if (!names.len)
            continue;
        n++;
        while (names.len) {
            struct ek_slice name = cut(&names, "/");
            const char *fault =
                name.len ? add_word(calendar, kind, expected ? n : value, name) : NULL;
            if (fault)
                return fault;
        }
    }
    if (expected == 12 && n != 12)
        return "twelve months are wanted";
    if (expected == 7 && n != 7)
        return "seven days are wanted";
    return n ? NULL : "a word is missing";
}

static const char *add_format(struct ek_calendar *calendar, struct ek_slice text, bool ago)
{
    long seconds = 0;
    if (calendar->format_count == EK_FORMATS_MAX)
        return "more formats than a calendar may hold";
    if (ago) {
        struct ek_slice number = cut(&text, " \t");
        for (size_t i = 0; i < number.len; i++) {
            if (number.at[i] < '0' || number.at[i] > '9' || i == 6)
                return "the seconds that N counts are wanted first";
            seconds = 10 * seconds + (number.at[i] - '0');
        }
        text = folded(calendar->arena, ek_slice_trim(text));
    } else {
        char *copy = ek_strndup(calendar->arena, text.at, text.len);
        text = ek_slice(copy, text.len);
    }
    if (!text.at)
        return "out of memory";
    if (!text.len)
        return "the format is missing";
    calendar->formats[calendar->format_count++] = (struct ek_format){ago, seconds, text};
    return NULL;
}

static const char *add_zone(struct ek_calendar *calendar, struct ek_slice line)
{
    if (calendar->zone_count == EK_ALIASES_MAX)
        return "more zone names than a calendar may hold";
    struct ek_slice alias = cut(&line, " \t"), name = ek_slice_trim(line);
    if (!alias.len || !name.len)
        return "an alias and an IANA zone name are wanted";
    char *a = ek_strndup(calendar->arena, alias.at, alias.len);
    char *b = ek_strndup(calendar->arena, name.at, name.len);
    if (!a || !b)
        return "out of memory";
    calendar->zones[calendar->zone_count].alias = a;
    calendar->zones[calendar->zone_count++].name = b;
    return NULL;
}

static const char *add_languages(struct ek_calendar *calendar, struct ek_slice line)
{
    while (line.len) {
        struct ek_slice language = cut(&line, " \t");
        if (!language.len)
            continue;
        if (calendar->day_first_count == EK_LANGUAGES_MAX)
            return "more languages than a calendar may hold";
        char *copy = ek_strndup(calendar->arena, language.at, language.len);
        if (!copy)
            return "out of memory";
        calendar->day_first[calendar->day_first_count++] = copy;
    }
    return NULL;
}

const char *ek_calendar_add(struct ek_calendar *calendar, struct ek_slice key,
                            struct ek_slice value)
{
    static const struct {
        const char *key;
        enum ek_word_kind kind;
        int value, expected;
    } lists[] = {
        {"months", EK_MONTH, 0, 12},  {"weekdays", EK_WEEKDAY, 0, 7}, {"today", EK_DAY, 0, 0},
        {"yesterday", EK_DAY, 1, 0},  {"tomorrow", EK_DAY, -1, 0},    {"morning", EK_HALF, 0, 0},
        {"afternoon", EK_HALF, 1, 0}, {"ordinal", EK_ORDINAL, 0, 0},  {"joiner", EK_JOINER, 0, 0}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (ek_slice_is(key, lists[i].key))
            return add_words(calendar, lists[i].kind, lists[i].value, lists[i].expected, value);
    if (ek_slice_is(key, "format"))
        return add_format(calendar, value, false);
    if (ek_slice_is(key, "ago"))
        return add_format(calendar, value, true);
    if (ek_slice_is(key, "zone"))
        return add_zone(calendar, value);
    if (ek_slice_is(key, "day-first"))
        return add_languages(calendar, value);
    return "no such key in [dates]";
}

bool ek_calendar_day_first(const struct ek_calendar *calendar, const char *language)
{
    for (unsigned i = 0; language && i < calendar->day_first_count; i++) {
        size_t len = strlen(calendar->day_first[i]);
        if (strncmp(language, calendar->day_first[i], len) == 0 &&
            (language[len] == '\0' || language[len] == '-'))
            return true;
    }
    return false;
}

const char *ek_calendar_zone(const struct ek_calendar *calendar, const char *name)
{
    for (unsigned i = 0; i < calendar->zone_count; i++)
        if (strcmp(calendar->zones[i].alias, name) == 0)
            return calendar->zones[i].name;
    return name;
}
