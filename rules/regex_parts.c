/* regex_parts.c - the source of a regular expression as parts: what is known of the texts that it
 * matches.
 *
 * The walk over the source is cautious: whatever it does not understand is given up, and the
 * pattern then runs over every post, which is slow and right. Only printable ASCII is taken for
 * literals. The normalised text holds no sign beyond ASCII that a caseless pattern takes for an
 * ASCII letter, so the lower-case literal is a true witness. */
#include <string.h>

#include "rules/part.h"

#define CLASS_MOST 12u /* characters of a class that are written out */
#define DEPTH_MOST 20u
#define LEAD_MOST                                                                                  \
    64u /* characters between the start of a match and the literal that leads to it, */
#define LEAD_STARTS 8u /* ... and the places where the match may then start */

struct walk {
    const char *source;
    size_t len, at;
    bool extended, given_up;
    unsigned depth;
    struct ek_arena *arena;
};

static char next_char(const struct walk *walk, size_t ahead)
{
    return walk->at + ahead < walk->len ? walk->source[walk->at + ahead] : '\0';
}

static struct part give_up(struct walk *walk)
{
    walk->given_up = true;
    walk->at = walk->len;
    return part_any(0, PART_ENDLESS);
}

static char small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A character that stands for itself. */
static bool is_plain(const struct walk *walk, char c)
{
    if (walk->extended && (c == ' ' || c == '#'))
        return false;
    return c >= ' ' && c < 0x7f && !strchr("\\^$.[|()?*+{", c);
}

/* White space and comments of an extended pattern. */
static void skip_extended(struct walk *walk)
{
    while (walk->extended && walk->at < walk->len) {
        char c = walk->source[walk->at];
        if (c == '#')
            while (walk->at < walk->len && walk->source[walk->at] != '\n')
                walk->at++;
        else if (c != ' ' && (c < '\t' || c > '\r'))
            return;
        else
            walk->at++;
    }
}

/* "12" of {12,}; false if there is no number or it is beyond reason. */
static bool scan_number(struct walk *walk, uint32_t *number)
{
    size_t start = walk->at;

    *number = 0;
    for (; next_char(walk, 0) >= '0' && next_char(walk, 0) <= '9' && *number < 100000; walk->at++)
        *number = *number * 10 + (uint32_t)(next_char(walk, 0) - '0');
    return walk->at > start && *number < 100000;
}

static void scan_braces(struct walk *walk, uint32_t *least, uint32_t *most)
{
    walk->at++;
    if (!scan_number(walk, least)) {
        give_up(walk); /* a brace that is no quantifier */
        return;
    }
    *most = *least;
    if (next_char(walk, 0) == ',') {
        walk->at++;
        *most = PART_ENDLESS;
        if (next_char(walk, 0) != '}' && !scan_number(walk, most))
            give_up(walk);
    }
    if (next_char(walk, 0) == '}')
        walk->at++;
    else
        give_up(walk);
}

struct quantifier {
    uint32_t least, most;
    bool there, lazy, possessive;
};

static struct quantifier scan_quantifier(struct walk *walk)
{
    struct quantifier quantifier = {.least = 1, .most = 1};
    size_t end;

    skip_extended(walk);
    switch (next_char(walk, 0)) {
    case '?':
    case '*':
    case '+':
        quantifier.least = next_char(walk, 0) == '+';
        quantifier.most = next_char(walk, 0) == '?' ? 1 : PART_ENDLESS;
        walk->at++;
        break;
    case '{':
        scan_braces(walk, &quantifier.least, &quantifier.most);
        break;
    default:
        return quantifier;
    }
    quantifier.there = true;
    end = walk->at;
    skip_extended(walk);
    if (walk->at > end && (next_char(walk, 0) == '?' || next_char(walk, 0) == '+'))
        give_up(walk); /* versions of PCRE2 differ in what this means */
    quantifier.lazy = next_char(walk, 0) == '?';
    quantifier.possessive = next_char(walk, 0) == '+';
    walk->at += quantifier.lazy || quantifier.possessive;
    if (quantifier.most < quantifier.least)
        give_up(walk);
    return quantifier;
}

/* One character of a class, at an escape or not; 0: a set, or a character that is not taken. */
static char scan_class_char(struct walk *walk)
{
    char c = next_char(walk, 0), after = next_char(walk, 1);

    if (c == '[' && (after == ':' || after == '.' || after == '=')) {
        const char *close = memmem(walk->source + walk->at, walk->len - walk->at, ":]", 2);
        if (!close || next_char(walk, 2) == '<' || next_char(walk, 2) == '>')
            give_up(walk); /* [[:<:]] is a condition and no class */
        else
            walk->at = (size_t)(close - walk->source) + 2;
        return 0;
    }
    walk->at++;
    if (c != '\\')
        return c >= ' ' && c < 0x7f ? small(c) : 0;
    walk->at++;
    if (!after || after == 'Q' || after == 'E' || after == 'o' || after == 'x' || after == 'N')
        give_up(walk);
    return is_letter_or_digit(after) || after < ' ' || after >= 0x7f ? 0 : after;
}

static void add_class_char(char *chars, uint32_t *count, char c)
{
    if (*count <= CLASS_MOST && !memchr(chars, c, *count))
        chars[(*count)++] = c;
}

/* A class: its few characters, or any one. */
static struct part scan_class(struct walk *walk)
{
    char chars[CLASS_MOST + 1] = "";
    uint32_t count = 0;
    bool known = next_char(walk, 1) != '^', first = true;
    struct part part, one;

    walk->at += known ? 1 : 2;
    for (; walk->at < walk->len && (next_char(walk, 0) != ']' || first); first = false) {
        char from = scan_class_char(walk), to = from;
        if (next_char(walk, 0) == '-' && next_char(walk, 1) != ']') {
            walk->at++;
            to = scan_class_char(walk);
        }
        known = known && from && to && to >= from && (uint32_t)(to - from) < CLASS_MOST;
        for (int c = from; known && c <= to; c++)
            add_class_char(chars, &count, small((char)c));
    }
    walk->at++;
    if (!known || count == 0 || count > CLASS_MOST || walk->at > walk->len)
        return part_any(1, 1);
    part = part_string(walk->arena, chars, 1);
    for (uint32_t i = 1; i < count; i++) {
        one = part_string(walk->arena, chars + i, 1);
        part = part_either(walk->arena, &part, &one);
    }
    return part;
}

/* \p{Lu}, \pL. */
static struct part scan_property(struct walk *walk)
{
    const char *close = memchr(walk->source + walk->at, '}', walk->len - walk->at);

    if (next_char(walk, 0) != '{')
        walk->at++;
    else if (close)
        walk->at = (size_t)(close - walk->source) + 1;
    else
        return give_up(walk);
    return part_any(1, 1);
}

static struct part scan_escape(struct walk *walk)
{
    char c = next_char(walk, 1);
    static const char mark[] = {PART_MARK};

    walk->at += 2;
    if (c == 'b')
        return part_string(walk->arena, mark, sizeof mark);
    if (c == 'p' || c == 'P')
        return scan_property(walk);
    if (c == 'R')
        return part_any(1, 2);
    if (c == 'X')
        return part_any(1, PART_ENDLESS);
    if (c && strchr("BAzZG", c))
        return part_nothing();
    if (c && strchr("dDwWsShHvVtnrfea", c))
        return part_any(1, 1);
    if (c <= ' ' || c >= 0x7f || is_letter_or_digit(c))
        return c == ' ' ? part_string(walk->arena, " ", 1) : give_up(walk);
    return part_string(walk->arena, &c, 1);
}

static struct part alternatives(struct walk *walk, bool after_boundary);

enum group { GROUP_PLAIN, GROUP_ATOMIC, GROUP_CONDITION, GROUP_UNKNOWN };

/* Step over the opening of a group. */
static enum group open_group(struct walk *walk)
{
    static const struct {
        const char *opening;
        enum group group;
    } groups[] = {{"(?:", GROUP_PLAIN},      {"(?|", GROUP_PLAIN},      {"(?>", GROUP_ATOMIC},
                  {"(?=", GROUP_CONDITION},  {"(?!", GROUP_CONDITION},  {"(?<=", GROUP_CONDITION},
                  {"(?<!", GROUP_CONDITION}, {"(?<*", GROUP_CONDITION}, {"(?*", GROUP_CONDITION},
                  {"(?P<", GROUP_PLAIN},     {"(?<", GROUP_PLAIN},      {"(?", GROUP_UNKNOWN},
                  {"(*", GROUP_UNKNOWN},     {"(", GROUP_PLAIN}};
    size_t i = 0, len;

    while (strncmp(groups[i].opening, walk->source + walk->at, strlen(groups[i].opening)) != 0)
        i++;
    len = strlen(groups[i].opening);
    walk->at += len;
    if (groups[i].opening[len - 1] == '<') { /* its name */
        const char *close = memchr(walk->source + walk->at, '>', walk->len - walk->at);
        if (!close)
            return GROUP_UNKNOWN;
        walk->at = (size_t)(close - walk->source) + 1;
    }
    return groups[i].group;
}

static struct part scan_group(struct walk *walk, bool after_boundary)
{
    enum group group = open_group(walk);
    struct part part;

    if (group == GROUP_UNKNOWN || ++walk->depth > DEPTH_MOST)
        return give_up(walk);
    part = alternatives(walk, after_boundary && group != GROUP_CONDITION);
    walk->depth--;
    if (next_char(walk, 0) != ')')
        return give_up(walk);
    walk->at++;
    if (group == GROUP_CONDITION)
        return part_nothing();
    part.sure = part.sure && group == GROUP_PLAIN;
    return part;
}

/* A run of characters that stand for themselves; the last is left if a quantifier follows it. */
static struct part scan_plain(struct walk *walk)
{
    size_t start = walk->at, end;
    char text[LITERAL_BYTES];
    size_t len = 0;

    while (len < sizeof text && is_plain(walk, next_char(walk, 0)) && walk->at < walk->len)
        text[len++] = small(walk->source[walk->at++]);
    end = walk->at;
    skip_extended(walk);
    if (len > 1 && next_char(walk, 0) && strchr("?*+{", next_char(walk, 0)))
        walk->at = start + --len;
    else
        walk->at = end;
    return part_string(walk->arena, text, len);
}

static struct part scan_item(struct walk *walk, bool after_boundary)
{
    char c = next_char(walk, 0);

    if (c == '(')
        return scan_group(walk, after_boundary);
    if (c == '[')
        return scan_class(walk);
    if (c == '\\')
        return scan_escape(walk);
    if (is_plain(walk, c))
        return scan_plain(walk);
    if ((unsigned char)c >= 0x80) {
        do
            walk->at++;
        while ((next_char(walk, 0) & 0xc0) == 0x80);
        return part_any(1, 1);
    }
    walk->at++;
    if (c == '.')
        return part_any(1, 1);
    return c == '^' || c == '$' ? part_nothing() : give_up(walk);
}

/* One item with its quantifier. */
static struct part scan_quantified(struct walk *walk, bool after_boundary)
{
    struct walk start = *walk;
    struct part part = scan_item(walk, after_boundary);
    struct quantifier quantifier = scan_quantifier(walk);

    if (!quantifier.there || walk->given_up)
        return part;
    if (part.exact && part.most == 0)
        return part_nothing();
    if (after_boundary && quantifier.most > 1) { /* the boundary is before the first one only */
        *walk = start;
        part = scan_item(walk, false);
        quantifier = scan_quantifier(walk);
    }
    part = part_repeat(walk->arena, &part, quantifier.least, quantifier.most, quantifier.lazy);
    part.sure = part.sure && !quantifier.possessive;
    return part;
}

static struct part sequence(struct walk *walk, bool after_boundary)
{
    struct part_run run = part_run(walk->arena, after_boundary);

    for (;;) {
        skip_extended(walk);
        if (walk->at >= walk->len || next_char(walk, 0) == '|' || next_char(walk, 0) == ')')
            return part_run_end(&run);
        struct part part = scan_quantified(walk, part_run_after_boundary(&run));
        part_append(&run, &part);
    }
}

static struct part alternatives(struct walk *walk, bool after_boundary)
{
    struct part all = sequence(walk, after_boundary);

    while (next_char(walk, 0) == '|' && !walk->given_up) {
        walk->at++;
        struct part next = sequence(walk, after_boundary);
        all = part_either(walk->arena, &all, &next);
    }
    return all;
}

bool regex_parts(const char *source, size_t len, bool extended, struct ek_arena *arena,
                 struct part *whole)
{
    struct walk walk = {.source = source, .len = len, .extended = extended, .arena = arena};

    *whole = alternatives(&walk, false);
    return !walk.given_up && walk.at == walk.len;
}
