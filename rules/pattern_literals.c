/* pattern_literals.c - which literals must every match of a regular expression hold?
 *
 * Running a pattern over a post that lacks its words is nearly all of the cost of matching, so a
 * pattern waits until one of its literals was seen. The walk is cautious: whatever it does not
 * understand gives no literal, and the pattern then runs over every post, which is slow and
 * right. Only ASCII letters, digits and single blanks are taken. The normalised text holds no
 * sign outside ASCII that a caseless pattern takes for an ASCII letter, so the lower-case literal
 * is a true witness. A literal has at least four bytes. */
#include "rules/pattern.h"

#include <string.h>

#include "ekbom/arena.h"

#define LITERAL_MIN 4
#define ALTERNATIVES_MAX 32

struct literals { /* alternatives, one of which must be there; none = nothing known */
    const char *items[ALTERNATIVES_MAX];
    size_t count;
    size_t shortest;
};

struct walk {
    const char *source;
    size_t len, at;
    bool extended, given_up, no_memory;
    unsigned depth;
    struct ek_arena *arena;
};

static bool plain_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool better(const struct literals *a, const struct literals *b)
{
    if (a->count == 0 || b->count == 0)
        return a->count > 0;
    if (a->count != b->count && (a->shortest >= 6) == (b->shortest >= 6))
        return a->count < b->count;
    return a->shortest > b->shortest;
}

static struct literals one_literal(struct walk *walk, const char *text, size_t len)
{
    struct literals literals = {.count = 1, .shortest = len};
    char *copy;

    if (len < LITERAL_MIN)
        return (struct literals){0};
    copy = ek_strndup(walk->arena, text, len);
    walk->no_memory = walk->no_memory || !copy;
    for (size_t i = 0; copy && i < len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + 32);
    literals.items[0] = copy;
    return literals;
}

/* White space and comments that an extended pattern may have before a quantifier. */
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

static void skip_braces(struct walk *walk)
{
    while (walk->at < walk->len &&
           (walk->source[walk->at] == ',' ||
            (walk->source[walk->at] >= '0' && walk->source[walk->at] <= '9')))
        walk->at++;
    if (walk->at < walk->len && walk->source[walk->at] == '}')
        walk->at++;
    else
        walk->given_up = true; /* a brace that is no quantifier */
}

/* Step over a quantifier. What it follows need not be there if the least count is zero. */
static bool optional_quantifier(struct walk *walk, bool *quantified)
{
    bool optional;
    char c;

    skip_extended(walk);
    c = walk->at < walk->len ? walk->source[walk->at] : 0;
    *quantified = c == '?' || c == '*' || c == '+' || c == '{';
    if (!*quantified)
        return false;
    optional = c == '?' || c == '*';
    walk->at++;
    if (c == '{') {
        optional = walk->at < walk->len &&
                   (walk->source[walk->at] == '0' || walk->source[walk->at] == ',');
        skip_braces(walk);
    }
    if (walk->at < walk->len && (walk->source[walk->at] == '?' || walk->source[walk->at] == '+'))
        walk->at++;
    return optional;
}

static void skip_class(struct walk *walk)
{
    walk->at++;
    if (walk->at < walk->len && walk->source[walk->at] == '^')
        walk->at++;
    if (walk->at < walk->len && walk->source[walk->at] == ']')
        walk->at++;
    while (walk->at < walk->len && walk->source[walk->at] != ']') {
        char after = walk->at + 1 < walk->len ? walk->source[walk->at + 1] : 0;
        if (walk->source[walk->at] == '[' || (walk->source[walk->at] == '\\' && after == 'Q'))
            walk->given_up = true; /* [[:alpha:]], \Q]\E: a ] that does not close */
        walk->at += walk->source[walk->at] == '\\' ? 2 : 1;
    }
    walk->at++;
}

static struct literals alternatives(struct walk *walk);

/* A group: step over its opening. True if its contents must match where it stands. */
static bool open_group(struct walk *walk)
{
    const char *at = walk->source + walk->at;
    size_t left = walk->len - walk->at;

    if (left < 2 || at[1] != '?') {
        walk->at++;
        return true;
    }
    if (left > 2 && at[2] == ':') {
        walk->at += 3;
        return true;
    }
    if (left > 3 && at[2] == '<' && at[3] != '=' && at[3] != '!') {
        const char *name_end = memchr(at, '>', left);
        if (name_end) {
            walk->at += (size_t)(name_end - at) + 1;
            return true;
        }
    }
    if (left > 2 && (at[2] == '=' || at[2] == '!')) {
        walk->at += 3;
        return false;
    }
    if (left > 3 && at[2] == '<') {
        walk->at += 4;
        return false;
    }
    walk->given_up = true; /* options, atomic groups, comments: rare, not worth knowing */
    return false;
}

static struct literals group(struct walk *walk)
{
    bool must = open_group(walk), quantified;
    struct literals inside = {0};

    if (walk->given_up || ++walk->depth > 20) {
        walk->given_up = true;
        return inside;
    }
    inside = alternatives(walk);
    walk->depth--;
    walk->at += walk->at < walk->len; /* the closing bracket */
    if (optional_quantifier(walk, &quantified) || !must)
        inside.count = 0;
    return inside;
}

/* A run of plain letters; the last one goes if a quantifier follows it. */
static struct literals letters(struct walk *walk)
{
    size_t start = walk->at, end;
    bool quantified;

    while (walk->at < walk->len && (plain_letter(walk->source[walk->at]) ||
                                    (walk->source[walk->at] == ' ' && !walk->extended)))
        walk->at++;
    end = walk->at;
    optional_quantifier(walk, &quantified);
    if (quantified)
        end--;
    return one_literal(walk, walk->source + start, end - start);
}

static struct literals sequence(struct walk *walk)
{
    struct literals best = {0}, next;
    bool quantified;

    while (walk->at < walk->len && !walk->given_up) {
        char c = walk->source[walk->at];
        if (c == '|' || c == ')')
            break;
        next.count = 0;
        if (c == '(') {
            next = group(walk);
        } else if (plain_letter(c)) {
            next = letters(walk);
        } else if (c == '[') {
            skip_class(walk);
        } else if (c == '\\') {
            /* \Q, \E and escapes with arguments would need knowing; the simple ones do not. */
            char escaped = walk->at + 1 < walk->len ? walk->source[walk->at + 1] : 0;
            walk->given_up = !escaped || (plain_letter(escaped) && !strchr("bBdDwWsSntr", escaped));
            walk->at += 2;
        } else if (c == '#' && walk->extended) {
            while (walk->at < walk->len && walk->source[walk->at] != '\n')
                walk->at++;
        } else {
            walk->at++;
        }
        if (c != '(' && !plain_letter(c))
            optional_quantifier(walk, &quantified);
        if (better(&next, &best))
            best = next;
    }
    return best;
}

static struct literals alternatives(struct walk *walk)
{
    struct literals all = sequence(walk);
    bool open = all.count == 0;

    while (walk->at < walk->len && walk->source[walk->at] == '|' && !walk->given_up) {
        walk->at++;
        struct literals next = sequence(walk);
        open = open || next.count == 0 || all.count + next.count > ALTERNATIVES_MAX;
        for (size_t i = 0; i < next.count && !open; i++)
            all.items[all.count++] = next.items[i];
        if (next.shortest < all.shortest)
            all.shortest = next.shortest;
    }
    if (open)
        all.count = 0;
    return all;
}

void pattern_find_gates(struct pattern *pattern, struct ek_arena *arena)
{
    struct walk walk = {.source = pattern->source,
                        .len = pattern->source_len,
                        .extended = pattern->flags & PATTERN_EXTENDED,
                        .arena = arena};
    struct literals literals = alternatives(&walk);

    if (walk.given_up || walk.no_memory || walk.at < walk.len || literals.count == 0)
        return;
    pattern->gates = EK_NEW_ARRAY(arena, const char *, literals.count);
    if (!pattern->gates)
        return;
    memcpy(pattern->gates, literals.items, literals.count * sizeof *literals.items);
    pattern->gate_count = literals.count;
}
