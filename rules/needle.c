/* needle.c - see needle.h.
 *
 * Two bytes of the literal that are rare in English are looked for at their distance, 32 places at
 * a time: the inner loop has no branch, and the compiler makes vector code of it (6 GB/s). Where
 * they are, the rest of the literal is compared.
 *
 * In case folding two signs outside ASCII stand for a letter: the long s for s, the Kelvin sign for
 * k, of two and three bytes. So the two bytes are taken from a run of the literal without these
 * letters, and the comparison goes from there to both sides, and ends in "it may be" at such a
 * sign. */
#include "rules/needle.h"

#include <string.h>

#define BLOCK 32
#define RUN_MIN 2

/* The rarer in English the higher; digits stand between letters. */
static unsigned rarity(char c)
{
    static const char common_first[] = " etaoinshrdlu0123456789cmwfgypbvkjxqz";
    const char *at = strchr(common_first, c);
    return at ? (unsigned)(at - common_first) : 0;
}

/* The two rarest bytes of the run. Returns how rare they are together. */
static unsigned choose(struct needle *needle)
{
    unsigned best = 0;
    size_t end = needle->run + needle->run_len;
    for (size_t i = needle->run; i < end; i++)
        for (size_t j = i + 1; j < end; j++) {
            unsigned both = 1 + rarity(needle->text[i]) + rarity(needle->text[j]);
            if (both > best) {
                best = both;
                needle->first = i;
                needle->gap = j - i;
            }
        }
    return best;
}

bool needle_make(struct needle *needle, const char *literal)
{
    struct needle tried = {.text = literal, .len = strlen(literal)};
    unsigned best = 0;
    while (tried.run < tried.len) {
        tried.run_len = strcspn(literal + tried.run, "sk");
        unsigned rare = tried.run_len >= RUN_MIN ? choose(&tried) : 0;
        if (rare > best) {
            best = rare;
            *needle = tried;
        }
        tried.run += tried.run_len + 1;
    }
    return best > 0;
}

/* How a byte of the text compares with one of the literal: DIFFERS, SAME, or the edge of a sign
 * that may stand for it. */
enum compared { DIFFERS, SAME, MAY_BE };

static enum compared compare(char in_text, char wanted, unsigned char long_s, unsigned char kelvin)
{
    if ((in_text | 0x20) == wanted)
        return SAME;
    if ((wanted == 's' && (unsigned char)in_text == long_s) ||
        (wanted == 'k' && (unsigned char)in_text == kelvin))
        return MAY_BE;
    return DIFFERS;
}

/* The literal from `from` on, against the text at `at`. */
static bool rest_may_follow(const struct needle *needle, size_t from, const char *text, size_t len,
                            size_t at)
{
    for (; from < needle->len; from++, at++) {
        enum compared c = at < len ? compare(text[at], needle->text[from], 0xc5, 0xe2) : DIFFERS;
        if (c != SAME)
            return c == MAY_BE;
    }
    return true;
}

/* The literal before `from`, backward against the text before `at`. */
static bool rest_may_precede(const struct needle *needle, size_t from, const char *text, size_t at)
{
    for (; from > 0; from--, at--) {
        enum compared c =
            at > 0 ? compare(text[at - 1], needle->text[from - 1], 0xbf, 0xaa) : DIFFERS;
        if (c != SAME)
            return c == MAY_BE;
    }
    return true;
}

static bool pair_in_block(const char *a, const char *b, char x, char y)
{
    unsigned char hit = 0;
    for (size_t i = 0; i < BLOCK; i++)
        hit |= (unsigned char)(((a[i] | 0x20) == x) & ((b[i] | 0x20) == y));
    return hit;
}

/* Does the literal stand where its pair is, somewhere in the block? */
static bool needle_in_block(const struct needle *needle, const char *text, size_t len, size_t block)
{
    for (size_t i = block; i < block + BLOCK; i++)
        if ((text[i] | 0x20) == needle->text[needle->first] &&
            rest_may_follow(needle, needle->first, text, len, i) &&
            rest_may_precede(needle, needle->first, text, i))
            return true;
    return false;
}

bool needle_may_be_in(const struct needle *needle, const char *text, size_t len)
{
    size_t at = 0, reach = needle->gap + BLOCK;
    char x = needle->text[needle->first], y = needle->text[needle->first + needle->gap];
    if (len < reach)
        return true; /* too short to be worth it */
    for (size_t last = len - reach;; at = at + BLOCK < last ? at + BLOCK : last) {
        if (pair_in_block(text + at, text + at + needle->gap, x, y) &&
            needle_in_block(needle, text, len, at))
            return true;
        if (at == last)
            return false;
    }
}
