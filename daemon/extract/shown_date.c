/* shown_date.c - find a date in a text. See calendar.h.
 *
 * A format is PHP's date() notation, which is how administrators of most boards write it, and is
 * fitted leniently: blanks of any kind may stand or lack, commas too. It is tried at every word
 * and number of the text; the earliest fit wins, among those at one place the first in the data.
 * ICU's date parser was turned down: it wants one format and one locale at a time, and guesses
 * when it is lenient. */
#include "daemon/extract/calendar_parts.h"
#include "ekbom/text.h"

struct fit {
    const struct ek_calendar *calendar;
    const char *at, *end;
    struct ek_shown_date *date;
    int first, second; /* of 04/05/2010; 0 while not read */
    int half;          /* 0 am, 1 pm, -1 not said */
};

static void skip_blanks(struct fit *f)
{
    while (f->at < f->end) {
        const char *next = f->at;
        if (!ek_is_space(ek_utf8_next(&next, f->end)))
            return;
        f->at = next;
    }
}

static bool number(struct fit *f, int least, int most, int *value)
{
    int n = 0;
    *value = 0;
    while (n < most && f->at < f->end && *f->at >= '0' && *f->at <= '9') {
        *value = 10 * *value + (*f->at++ - '0');
        n++;
    }
    return n >= least && !(f->at < f->end && *f->at >= '0' && *f->at <= '9');
}

/* How long a prefix of at..end folds to `want`; 0 if none. Blanks in want fit any blank. */
static size_t folded_prefix(const char *at, const char *end, struct ek_slice want)
{
    const char *start = at, *w = want.at, *want_end = want.at + want.len;
    while (w < want_end) {
        if (at >= end)
            return 0;
        uint32_t expected = ek_utf8_next(&w, want_end), c = ek_utf8_next(&at, end);
        if (expected != ek_fold_case(c) && !(expected == ' ' && ek_is_space(c)))
            return 0;
    }
    return (size_t)(at - start);
}

static bool letter_at(const char *at, const char *end)
{
    return at < end && ek_is_letter(ek_utf8_next(&at, end));
}

/* The folded letter that stands here; 0 at the end. */
static uint32_t folded_at(const char *at, const char *end)
{
    return at < end ? ek_fold_case(ek_utf8_next(&at, end)) : 0;
}

/* The longest name of this kind that stands here as a whole word. */
static bool word(struct fit *f, enum ek_word_kind kind, int *value)
{
    size_t best = 0;
    uint32_t first = folded_at(f->at, f->end);
    for (unsigned i = 0; i < f->calendar->word_count; i++) {
        const struct ek_word *w = &f->calendar->words[i];
        if (w->kind != kind || w->first != first || w->text.len < best)
            continue;
        size_t len = folded_prefix(f->at, f->end, w->text);
        if (len > best && !letter_at(f->at + len, f->end)) {
            best = len;
            *value = w->value;
        }
    }
    f->at += best;
    if (best && kind != EK_JOINER && kind != EK_ORDINAL && f->at < f->end && *f->at == '.')
        f->at++;
    return best > 0;
}

/* One letter of a format. */
static bool fit_letter(struct fit *f, char letter)
{
    struct ek_civil *civil = &f->date->civil;
    int ignored;
    switch (letter) {
    case 'D':
        return word(f, EK_WEEKDAY, &ignored);
    case 'M':
        return word(f, EK_MONTH, &civil->month);
    case 'R':
        f->date->relative_day = true;
        return word(f, EK_DAY, &f->date->days_ago);
    case 'd':
        return number(f, 1, 2, &civil->day);
    case 'm':
        return number(f, 1, 2, &civil->month);
    case '1':
        return number(f, 1, 2, &f->first);
    case '2':
        return number(f, 1, 2, &f->second);
    case 'Y':
        return number(f, 4, 4, &civil->year);
    case 'y':
        if (!number(f, 2, 2, &civil->year))
            return false;
        civil->year += civil->year < 70 ? 2000 : 1900;
        return true;
    case 'H':
    case 'g':
        return number(f, 1, 2, &civil->hour);
    case 'i':
        return number(f, 2, 2, &civil->minute);
    case 's':
        f->date->has_second = true;
        return number(f, 2, 2, &civil->second);
    case 'a':
        return word(f, EK_HALF, &f->half);
    case 'S': /* "5th", or nothing */
        word(f, EK_ORDINAL, &ignored);
        return true;
    case '~': /* "at", or nothing */
        word(f, EK_JOINER, &ignored);
        return true;
    default:
        return false;
    }
}

/* Day and month of 04/05/2010, half of the day; then: can there be such a date? */
static bool settle(struct fit *f, enum ek_day_order order)
{
    struct ek_civil *civil = &f->date->civil;
    if (f->half >= 0) {
        if (civil->hour < 1 || civil->hour > 12)
            return false;
        civil->hour = civil->hour % 12 + 12 * f->half;
    }
    if (f->first || f->second) {
        if (f->first > 12)
            f->date->evidence = EK_DAY_FIRST;
        else if (f->second > 12)
            f->date->evidence = EK_MONTH_FIRST;
        if (f->date->evidence)
            order = f->date->evidence;
        f->date->ambiguous = order == EK_ORDER_UNKNOWN && f->first != f->second;
        civil->day = order == EK_MONTH_FIRST ? f->second : f->first;
        civil->month = order == EK_MONTH_FIRST ? f->first : f->second;
    }
    struct ek_civil check = *civil;
    if (f->date->relative_day)
        check.year = 2000, check.month = check.day = 1;
    return ek_civil_valid(&check);
}

/* "7:21 pm" must not be read as 7:21 by a format without halves of the day. */
static bool half_follows(const struct fit *f)
{
    struct fit after = *f;
    int ignored;
    skip_blanks(&after);
    return f->half < 0 && word(&after, EK_HALF, &ignored);
}

static bool fit_format(struct fit *f, const struct ek_format *format, enum ek_day_order order)
{
    const char *at = format->text.at, *end = at + format->text.len;
    for (; at < end; at++) {
        if (*at == ' ') {
            skip_blanks(f);
            continue;
        }
        if (*at == ',') {
            if (f->at < f->end && *f->at == ',')
                f->at++;
            continue;
        }
        bool letter = strchr("DMRdm12YyHgisaS~", *at) != NULL;
        if (letter ? !fit_letter(f, *at) : f->at >= f->end || *f->at++ != *at)
            return false;
    }
    return !half_follows(f) && settle(f, order);
}

static bool fit_ago(struct fit *f, const struct ek_format *format)
{
    struct ek_slice text = format->text;
    const char *n = memchr(text.at, 'n', text.len);
    /* Folding made N an n: the number stands where the pattern has a lone one. */
    while (n && ((n > text.at && n[-1] != ' ') || (n + 1 < text.at + text.len && n[1] != ' ')))
        n = memchr(n + 1, 'n', (size_t)(text.at + text.len - n - 1));
    struct ek_slice before = n ? ek_slice(text.at, (size_t)(n - text.at)) : text;
    int count = 1;
    size_t len = folded_prefix(f->at, f->end, before);
    if (before.len && !len)
        return false;
    f->at += len;
    if (n) {
        struct ek_slice after = ek_slice(n + 1, (size_t)(text.at + text.len - n - 1));
        if (!number(f, 1, 3, &count))
            return false;
        len = folded_prefix(f->at, f->end, after);
        if (after.len && !len)
            return false;
        f->at += len;
    }
    if (letter_at(f->at, f->end))
        return false;
    f->date->relative_time = true;
    f->date->seconds_ago = (long)count * format->seconds;
    return true;
}

/* Which kinds of names stand here (bits), so that most formats need not be tried. */
static unsigned kinds_at(const struct ek_calendar *calendar, const char *at, const char *end)
{
    unsigned kinds = 0;
    uint32_t first = folded_at(at, end);
    for (unsigned i = 0; i < calendar->word_count; i++) {
        const struct ek_word *w = &calendar->words[i];
        if (w->first == first && !(kinds >> w->kind & 1) && folded_prefix(at, end, w->text))
            kinds |= 1u << w->kind;
    }
    return kinds;
}

/* Can the format begin with this digit, or with one of these kinds of names? */
static bool can_begin(const struct ek_format *format, bool digit, unsigned kinds)
{
    char first = format->text.at[0];
    if (format->ago)
        return true;
    if (first == 'D' || first == 'M' || first == 'R')
        return kinds >> (first == 'D' ? EK_WEEKDAY : first == 'M' ? EK_MONTH : EK_DAY) & 1;
    return digit || strchr("dm12YyHgis", first) == NULL;
}

static bool fit_here(const struct ek_calendar *calendar, const char *at, const char *end,
                     enum ek_day_order order, struct ek_shown_date *date)
{
    bool digit = *at >= '0' && *at <= '9';
    unsigned kinds = digit ? 0 : kinds_at(calendar, at, end);
    for (unsigned i = 0; i < calendar->format_count; i++) {
        const struct ek_format *format = &calendar->formats[i];
        if (!can_begin(format, digit, kinds))
            continue;
        *date = (struct ek_shown_date){.span = ek_slice(at, 0)};
        struct fit f = {.calendar = calendar, .at = at, .end = end, .date = date, .half = -1};
        if (format->ago ? fit_ago(&f, format) : fit_format(&f, format, order)) {
            date->span.len = (size_t)(f.at - at);
            return true;
        }
    }
    return false;
}

bool ek_calendar_find(const struct ek_calendar *calendar, struct ek_slice text,
                      enum ek_day_order order, struct ek_shown_date *date)
{
    const char *at = text.at, *end = text.at + text.len;
    if (text.len > 4096) /* a date line is short; a body handed in by mistake is not */
        end = text.at + 4096;
    bool inside = false; /* a word or number */
    while (at < end) {
        const char *next = at;
        uint32_t c = ek_utf8_next(&next, end);
        bool wordlike = ek_is_letter(c) || ek_is_digit(c);
        if (wordlike && !inside && fit_here(calendar, at, end, order, date))
            return true;
        inside = wordlike;
        at = next;
    }
    return false;
}
