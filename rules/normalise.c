/* normalise.c - a text beyond ASCII to the text that rules look at, with the way back.
 *
 * What people type in different ways for the same thing becomes one: canonical composition,
 * curly quotes, the dashes U+2010 to U+2015, the many spaces; soft hyphens and zero-width marks
 * go; U+017F and U+212A fold, which keeps caseless matching of ASCII letters inside ASCII.
 *
 * Composition works on segments (a code point and the marks that may combine with it), so that
 * ASCII, which is nearly everything, is copied and only the rest pays. The way back is a list of
 * runs: a stretch of ASCII is one run, every other segment one of its own. A table of one entry a
 * byte was turned down: it costs four times the text and is read only where something was found. */
#include "rules/reading.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/text.h"

/* Segments longer than this many code points are cut: composing is not linear in their length,
 * and no script stacks so many marks. */
#define SEGMENT_CODE_POINTS 64

struct replacement {
    uint32_t from, to; /* code points, inclusive */
    const char *by;    /* "" removes */
};

/* Sorted. */
static const struct replacement replacements[] = {
    {0x85, 0x85, "\n"},       {0xa0, 0xa0, " "},       {0xad, 0xad, ""},
    {0xb4, 0xb4, "'"},        {0x17f, 0x17f, "s"},     {0x2bc, 0x2bc, "'"},
    {0x1680, 0x1680, " "},    {0x180e, 0x180e, ""},    {0x2000, 0x200a, " "},
    {0x200b, 0x200f, ""},     {0x2010, 0x2015, "-"},   {0x2018, 0x201b, "'"},
    {0x201c, 0x201f, "\""},   {0x2026, 0x2026, "..."}, {0x2028, 0x2028, "\n"},
    {0x2029, 0x2029, "\n\n"}, {0x202a, 0x202e, ""},    {0x202f, 0x202f, " "},
    {0x2032, 0x2032, "'"},    {0x205f, 0x205f, " "},   {0x2060, 0x206f, ""},
    {0x212a, 0x212a, "k"},    {0x2212, 0x2212, "-"},   {0x3000, 0x3000, " "},
    {0xfb00, 0xfb00, "ff"},   {0xfb01, 0xfb01, "fi"},  {0xfb02, 0xfb02, "fl"},
    {0xfe00, 0xfe0f, ""},     {0xfeff, 0xfeff, ""},
};

const char *replacement_for(uint32_t c)
{
    size_t low = 0, high = sizeof replacements / sizeof *replacements;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c < replacements[middle].from)
            high = middle;
        else if (c > replacements[middle].to)
            low = middle + 1;
        else
            return replacements[middle].by;
    }
    return NULL;
}

/* Bytes of ASCII from `at` that no mark can combine with. */
static size_t ascii_length(const char *at, const char *end)
{
    const char *start = at;
    uint64_t word;

    while (end - at >= 8 && (memcpy(&word, at, 8), (word & 0x8080808080808080u) == 0))
        at += 8;
    while (at < end && !(*at & 0x80))
        at++;
    if (at < end && at > start) {
        const char *next = at;
        if (!ek_nfc_boundary_before(ek_utf8_next(&next, end)))
            at--;
    }
    return (size_t)(at - start);
}

static const char *segment_end(const char *at, const char *end, uint32_t *count)
{
    ek_utf8_next(&at, end);
    for (*count = 1; at < end && *count < SEGMENT_CODE_POINTS; ++*count) {
        const char *next = at;
        uint32_t c = ek_utf8_next(&next, end);
        if (c < 0x80 || ek_nfc_boundary_before(c))
            break;
        at = next;
    }
    return at;
}

/* Add one segment; returns the number of code points it came from, 0 when out of memory. */
static uint32_t add_segment(struct reading *reading, const char **at, const char *end)
{
    const char *start = *at, *peek = *at, *by = NULL, *composed;
    uint32_t count = 1, first = ek_utf8_next(&peek, end);

    by = replacement_for(first);
    if (by) {
        *at = peek;
        ek_buf_adds(&reading->composed, by);
        return 1;
    }
    *at = segment_end(start, end, &count);
    if (count == 1 && first < 0x300) {
        ek_buf_add(&reading->composed, start, (size_t)(*at - start));
        return 1;
    }
    composed = ek_nfc(reading->scratch, start, (size_t)(*at - start));
    if (!composed)
        return 0;
    ek_buf_adds(&reading->composed, composed);
    return count;
}

int reading_normalise(struct reading *reading, const char *text, size_t len, struct ek_err *err)
{
    const char *at = text, *end = text + len;
    uint32_t code_point = 0;

    ek_buf_clear(&reading->composed);
    reading->runs.count = 0;
    while (at < end) {
        size_t ascii = ascii_length(at, end);
        uint32_t count = (uint32_t)ascii;

        VECTOR_PUSH(&reading->runs,
                    (struct run){(uint32_t)reading->composed.len, code_point, count, ascii > 0});
        if (ascii) {
            ek_buf_add(&reading->composed, at, ascii);
            at += ascii;
        } else {
            count = add_segment(reading, &at, end);
            if (count == 0 || reading->runs.count == 0)
                return ek_fail_memory(err);
            reading->runs.items[reading->runs.count - 1].code_points = count;
        }
        code_point += count;
    }
    ek_arena_reset(reading->scratch);
    if (reading->composed.failed || reading->runs.failed)
        return ek_fail_memory(err);
    return 0;
}

static const struct run *run_at(const struct reading *reading, uint32_t plain)
{
    size_t low = 0, high = reading->runs.count;

    /* The last run that starts at or before the byte; empty runs (removed marks) that share its
     * start come before the run with text. */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (reading->runs.items[middle].plain <= plain)
            low = middle;
        else
            high = middle;
    }
    return high ? &reading->runs.items[low] : NULL;
}

uint32_t reading_start(const struct reading *reading, uint32_t start)
{
    const struct run *run = reading->as_given ? NULL : run_at(reading, start);

    if (reading->as_given)
        return start;
    if (!run)
        return 0;
    return run->even ? run->code_point + (start - run->plain) : run->code_point;
}

uint32_t reading_end(const struct reading *reading, uint32_t end)
{
    const struct run *run = end && !reading->as_given ? run_at(reading, end - 1) : NULL;

    if (reading->as_given)
        return end;
    if (!run)
        return 0;
    return run->even ? run->code_point + (end - run->plain) : run->code_point + run->code_points;
}
