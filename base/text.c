/* text.c - Unicode by ICU, which libxml2 brings into every process anyway, whose data sits inside
 * its library (a confined reader can open no file), and which knows every charset that pages
 * declare. See ekbom/text.h.
 *
 * ICU's C functions for NFC want UTF-16. Nearly all text is in NFC already, and most of it is
 * ASCII: both are found out first and then only copied. */
#include "ekbom/text.h"

#include <limits.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"

static const UNormalizer2 *nfc(void)
{
    UErrorCode status = U_ZERO_ERROR;
    return unorm2_getNFCInstance(&status);
}

/* Copy with NUL dropped and invalid bytes replaced; *ascii tells whether NFC can be skipped. */
static char *clean(struct ek_arena *arena, const char *text, size_t len, size_t *out_len,
                   bool *simple)
{
    size_t valid = ek_utf8_valid(text, len);
    char *out = ek_alloc(arena, valid == len ? len + 1 : 3 * len + 1, 1);
    if (!out)
        return NULL;
    const char *end = text + len;
    size_t n = 0;
    *simple = true;
    while (text < end) {
        uint32_t c = ek_utf8_next(&text, end);
        if (c >= 0x300) /* below U+0300 nothing composes or decomposes with its neighbours */
            *simple = false;
        if (c)
            n += ek_utf8_put(out + n, c);
    }
    *out_len = n;
    return out;
}

char *ek_nfc(struct ek_arena *arena, const char *text, size_t len)
{
    if (len > INT_MAX / 4)
        return NULL;
    size_t clean_len;
    bool simple;
    char *copy = clean(arena, text, len, &clean_len, &simple);
    if (!copy || simple)
        return copy;
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide_len = 0;
    UChar *wide = ek_alloc(arena, clean_len + 1, sizeof *wide);
    if (!wide)
        return NULL;
    u_strFromUTF8(wide, (int32_t)clean_len + 1, &wide_len, copy, (int32_t)clean_len, &status);
    if (unorm2_isNormalized(nfc(), wide, wide_len, &status) && U_SUCCESS(status))
        return copy;
    /* NFC grows UTF-16 at most threefold (UAX #15). */
    int32_t cap = 3 * wide_len + 1, out_len = 0;
    UChar *composed = ek_alloc(arena, (size_t)cap, sizeof *composed);
    char *out = ek_alloc(arena, 3 * (size_t)cap, 1);
    if (!composed || !out || U_FAILURE(status))
        return NULL;
    int32_t composed_len = unorm2_normalize(nfc(), wide, wide_len, composed, cap, &status);
    u_strToUTF8(out, 3 * cap, &out_len, composed, composed_len, &status);
    return U_SUCCESS(status) ? out : NULL;
}

bool ek_nfc_boundary_before(uint32_t c)
{
    return c < 0x300 || unorm2_hasBoundaryBefore(nfc(), (UChar32)c);
}

uint32_t ek_fold_case(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

bool ek_is_letter(uint32_t c)
{
    return u_isalpha((UChar32)c);
}

bool ek_is_digit(uint32_t c)
{
    return u_isdigit((UChar32)c);
}

bool ek_is_space(uint32_t c)
{
    return c < 0x80 ? c == ' ' || (c >= 9 && c <= 13) : u_isUWhiteSpace((UChar32)c);
}

int ek_width(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return 0;
    if (c < 0x300)
        return 1;
    uint32_t mask = U_GET_GC_MASK((UChar32)c);
    if (mask & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK))
        return 0;
    int width = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

/* Labels that browsers read as another, larger charset (WHATWG encoding standard). */
static const char *const charset_aliases[][2] = {
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ascii", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"ks_c_5601-1987", "euc-kr"},
    {"utf8", "utf-8"},
    {"x-sjis", "shift_jis"},
};

int ek_charset_decode(struct ek_buf *out, const char *charset, const void *bytes, size_t len,
                      struct ek_err *err)
{
    for (size_t i = 0; i < sizeof charset_aliases / sizeof *charset_aliases; i++)
        if (ek_ascii_equal(charset, charset_aliases[i][0]))
            charset = charset_aliases[i][1];
    UErrorCode status = U_ZERO_ERROR;
    UConverter *from = ucnv_open(charset, &status);
    UConverter *to = ucnv_open("UTF-8", &status);
    if (U_FAILURE(status)) {
        ucnv_close(from);
        ucnv_close(to);
        return ek_fail(err, EK_USAGE, "unknown charset '%s'", charset);
    }
    const char *source = bytes, *end = source + len;
    UChar pivot[4096], *pivot_source = pivot, *pivot_target = pivot;
    bool first = true;
    do {
        char *room = ek_buf_room(out, 65536);
        if (!room)
            break;
        char *target = room;
        status = U_ZERO_ERROR;
        ucnv_convertEx(to, from, &target, room + 65536, &source, end, pivot, &pivot_source,
                       &pivot_target, pivot + 4096, first, true, &status);
        out->len += (size_t)(target - room);
        first = false;
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    ucnv_close(from);
    ucnv_close(to);
    if (out->failed)
        return ek_fail(err, EK_LIMIT, "text of more than %zu bytes", out->limit);
    if (U_FAILURE(status))
        return ek_fail(err, EK_FORMAT, "charset '%s': %s", charset, u_errorName(status));
    return 0;
}

char *ek_squeeze(struct ek_arena *arena, const char *text, size_t len)
{
    char *out = ek_alloc(arena, len + 1, 1);
    if (!out)
        return NULL;
    const char *at = text, *end = text + len;
    size_t n = 0;
    bool gap = false;
    while (at < end) {
        const char *before = at;
        if (ek_is_space(ek_utf8_next(&at, end))) {
            gap = n > 0;
            continue;
        }
        if (gap)
            out[n++] = ' ';
        gap = false;
        memcpy(out + n, before, (size_t)(at - before));
        n += (size_t)(at - before);
    }
    return out;
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : (unsigned char)c;
}

bool ek_ascii_equal(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool ek_ascii_starts(const char *text, const char *prefix)
{
    while (*prefix && lower(*text) == lower(*prefix)) {
        text++;
        prefix++;
    }
    return *prefix == '\0';
}

/* Damerau-Levenshtein (adjacent transposition counts one), on bytes, case ignored. */
static unsigned distance(const char *a, const char *b, size_t a_len, size_t b_len)
{
    unsigned rows[3][65];
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *now = rows[i % 3], *up = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            unsigned best = up[j - 1] + !same;
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[a_len % 3][b_len];
}

const char *ek_nearest(const char *name, const char *const *candidates, size_t count)
{
    size_t len = strlen(name);
    const char *nearest = NULL;
    unsigned best = len < 5 ? 2 : 3; /* a candidate must be closer than this */
    for (size_t i = 0; i < count && len > 0 && len <= 64; i++) {
        size_t other = strlen(candidates[i]);
        if (other == 0 || other > 64)
            continue;
        unsigned d = distance(name, candidates[i], len, other);
        if (d < best && d < len) {
            best = d;
            nearest = candidates[i];
        }
    }
    return nearest;
}
