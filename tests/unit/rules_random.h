/* rules_random.h - random rules and random text, for comparing the engines.
 *
 * Drawn from words that are nearly equal and from the signs that folding, word boundaries and
 * sentences turn on: combining marks, full width, the Turkish i, the long s, the Kelvin sign, zero
 * width, soft hyphens, emoji, right to left, and now and then bytes that are no UTF-8. Regular
 * expressions are put together from everything that rules may use. */
#ifndef RULES_RANDOM_H
#define RULES_RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/rules.h"
#include "ekbom/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct draws {
    uint64_t state;
};

static inline unsigned draw(struct draws *draws, unsigned below)
{
    draws->state ^= draws->state << 13;
    draws->state ^= draws->state >> 7;
    draws->state ^= draws->state << 17;
    return (unsigned)((draws->state >> 11) % below);
}

#define DRAW(draws, array) ((array)[draw((draws), COUNT(array))])

/* One of the parts of a text that bars divide. */
static inline const char *draw_part(struct draws *draws, const char *parts, char room[64])
{
    unsigned count = 1, chosen;
    size_t len;

    for (const char *at = parts; *at; at++)
        count += *at == '|';
    chosen = draw(draws, count);
    while (chosen-- > 0)
        parts = strchr(parts, '|') + 1;
    len = strcspn(parts, "|");
    memcpy(room, parts, len);
    room[len] = '\0';
    return room;
}

/* Text that grows in a buffer of fixed size; what does not fit is left out. */
struct writing {
    char *text;
    size_t room, len;
};

static inline void write_text(struct writing *writing, const char *text)
{
    size_t len = strlen(text);

    if (writing->len + len >= writing->room)
        return;
    memcpy(writing->text + writing->len, text, len + 1);
    writing->len += len;
}

static inline void write_number(struct writing *writing, const char *format, unsigned number)
{
    char text[64];

    snprintf(text, sizeof text, format, number);
    write_text(writing, text);
}

static const char random_words[] =
    "iron|irons|iron's|Iron|IRON|iro|ironé|irony|low|lows|lo|slow|LOW|don't|don|t|dont|é|"
    "e\xcc\x81|ärvd|ÄRVD|a\xcc\x88rvd|BID|bid|Bid|baby|babies|babys|box|boxes|omeprazole|"
    "esomeprazol|prazole|\342\204\252eto|keto|\342\204\252ETO|leg\xc5\xbf|legs|leg|Legs|"
    "re\xc5\xbftless|restless|Restless|fer\xc2\xadritin|ferritin|ferritins|FERRITIN|"
    "f\xe2\x80\x8b"
    "erritin|\xef\xac\x81ne|fine|12|0.5|x|X|b|ß|ẞ|İ|ı|\u0130ron|睡眠|aa|aaa|aaaa|"
    "'s|s|s's|iron's's|café|CAFÉ|cafe|ｉｒｏｎ|iron\xcc\x81|\xe2\x80\x8firon|i\xcc\x87ron|kids|"
    "task|"
    "low iron|restless legs|brain iron|low  iron|iron-low|12 mg|200";
static const char random_signs[] =
    " | | | | | | | | | | | |-|/|.|. |, |? |?? |! |\n|\n\n| \n |'|\xe2\x80\x99|\"| \"|\" | - |"
    "--|\xe2\x80\x93|\xc2\xa0|\xe2\x80\x8b|\xc2\xad|; |(|)|.) |... |\xe2\x80\xa6|_|\xc2\xbd|"
    "\xf0\x9f\x98\x80|\xcc\x81|\t|\r\n|\n- |\xe2\x80\x8f|"
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac|\xd7\x90|\x01";

static inline void write_code_point(struct writing *writing, uint32_t c)
{
    char bytes[5] = {0};

    ek_utf8_put(bytes, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
    write_text(writing, bytes);
}

static inline bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text & 0x80)
            return false;
    return true;
}

/* A part that is ASCII, if it has to be. */
static inline const char *draw_text_part(struct draws *draws, const char *parts, bool ascii,
                                         char room[64])
{
    const char *part = draw_part(draws, parts, room);

    while (ascii && !is_ascii(part))
        part = draw_part(draws, parts, room);
    return part;
}

/* A third of the texts are ASCII, a third have any sign of Unicode between the words. One in fifty
 * is no UTF-8. */
static inline void random_text(struct draws *draws, struct writing *writing)
{
    unsigned parts = draw(draws, 40), kind = draw(draws, 3);
    char room[64];

    writing->len = 0;
    writing->text[0] = '\0';
    for (unsigned i = 0; i < parts; i++) {
        write_text(writing, draw_text_part(draws, random_words, kind == 0, room));
        write_text(writing, draw_text_part(draws, random_signs, kind == 0, room));
        if (kind == 2 && draw(draws, 6) == 0)
            write_code_point(writing, draw(draws, 4) ? draw(draws, 0x3000) : draw(draws, 0x110000));
    }
    if (writing->len && draw(draws, 50) == 0)
        writing->text[draw(draws, (unsigned)writing->len)] = (char)(0x80 + draw(draws, 0x80));
}

static const char rule_words[] =
    "iron|iron~|iron*|*iron|ir*n|low|lo*|don't|BID!|baby~|box~|*prazole|ome*zole|keto|legs|leg~|"
    "ferritin~|fine|ärvd|ärv*|*rvd|\"é\"|\"?\"|\"-\"|\";\"|aa*|aa*aa|*aa|\"s\"|12|\"睡眠\"|ß|"
    "\"iron's\"|Iron!|\"...\"|\",\"|t|x|b|café|cafe|restless|\"restless legs\"|\"low iron\"|"
    "task|kid*|\"iron-low\"|xa*|\"12 mg\"";

static inline void random_phrase(struct draws *draws, struct writing *rules)
{
    unsigned count = 1 + draw(draws, 3), needed = draw(draws, count);

    for (unsigned i = 0; i < count; i++) {
        unsigned kind = draw(draws, 7);
        const char *end = i != needed && draw(draws, 3) == 0 ? "? " : " ";
        if (kind == 0) {
            write_text(rules, "(");
            write_text(rules, draw_part(draws, rule_words, (char[64]){0}));
            write_text(rules, " | ");
            write_text(rules, draw_part(draws, rule_words, (char[64]){0}));
            if (draw(draws, 3) == 0) {
                write_text(rules, " near/3 ");
                write_text(rules, draw_part(draws, rule_words, (char[64]){0}));
            }
            write_text(rules, ")");
            write_text(rules, end);
        } else if (kind == 1) {
            write_text(rules, "{some} ");
        } else {
            write_text(rules, draw_part(draws, rule_words, (char[64]){0}));
            write_text(rules, end);
        }
    }
}

static inline void random_clause(struct draws *draws, struct writing *rules)
{
    static const char *const joins[] = {"near/1 ", "near/4 ", "then/3 ", "then/1 ", "near/30 "};
    static const char *const scopes[] = {"", "in sentence ", "in 2 sentences ", "in paragraph ",
                                         "in post "};

    random_phrase(draws, rules);
    while (draw(draws, 3) == 0) {
        write_text(rules, DRAW(draws, joins));
        random_phrase(draws, rules);
        if (draw(draws, 4) == 0)
            write_text(rules, "across sentences ");
    }
    while (draw(draws, 4) == 0) {
        write_text(rules, draw(draws, 2) ? "with " : "without ");
        random_phrase(draws, rules);
        write_text(rules, DRAW(draws, scopes));
    }
}

/* Regular expressions ------------------------------------------------------------------------ */

static const char regex_atoms[] =
    "iron|iron|low|ferritin|legs|restless|keto|BID|ir|o|x|aa|é|É|ß|ſ|K|ärvd|prazole|12|[ei]|"
    "[a-c]|[^x]|[ks]|[[:alpha:]]|\\w|\\d|\\s|\\W|.|\\.|\\-|\\/|'|['’]|\\p{L}|\\h|don't|[-/ ]| |"
    "\\R|[İi]|\\N|a[]x]|task|[1-3]";
static const char regex_conditions[] = "\\b|\\b|\\b|\\b|\\B|^|$|(?=iron)|(?!low)|(?<=low )|(?<*low "
                                       ")|(?*iron)|(?<!low )|(?=\\w)|(?<![a-z])|(?<=é)";
static const char regex_quantifiers[] = "?|*|+|{0,3}|{2}|{1,2}|??|+?|?+|{0,2}?|{1,}|*+";

static inline void random_regex(struct draws *draws, struct writing *rules, unsigned depth)
{
    static const char *const openings[] = {"(?:", "(?:", "(?:", "(", "(?>", "(?|"};
    unsigned alternatives = depth && draw(draws, 3) == 0 ? 2 + draw(draws, 2) : 1;

    for (unsigned a = 0; a < alternatives; a++) {
        unsigned items = 1 + draw(draws, depth ? 3 : 2);
        if (a)
            write_text(rules, "|");
        for (unsigned i = 0; i < items; i++) {
            unsigned kind = draw(draws, 10);
            if (kind < 2) {
                write_text(rules, draw_part(draws, regex_conditions, (char[64]){0}));
                continue;
            }
            if (kind == 2) {
                write_text(rules, ".{0,20}");
                continue;
            }
            if (kind < 6 && depth) {
                write_text(rules, DRAW(draws, openings));
                random_regex(draws, rules, depth - 1);
                write_text(rules, ")");
            } else {
                write_text(rules, draw_part(draws, regex_atoms, (char[64]){0}));
            }
            if (draw(draws, 4) == 0)
                write_text(rules, draw_part(draws, regex_quantifiers, (char[64]){0}));
        }
    }
}

/* The kinds that people write most: words with forms, and words apart. */
static inline void plain_regex(struct draws *draws, struct writing *rules)
{
    static const char *const words[] = {"iron",         "low",
                                        "ferritin",     "legs?",
                                        "restless",     "brain iron",
                                        "(?:low|slow)", "(?:my|the)? ?iron",
                                        "fine",         "12",
                                        "kids?",        "restless[- ]legs?",
                                        "ferritins?",   "don'?t",
                                        "BID",          "(?:iron|irony) ?(?:low|lows)?",
                                        "lo",           "prazol(?:e|es)"};
    static const char *const gaps[] = {".{0,30}", ".{1,5}?", "\\s*", "\\s+",
                                       "\\W+",    " ",       ".*?",  "[^.]{0,9}"};

    if (draw(draws, 5))
        write_text(rules, "\\b");
    write_text(rules, DRAW(draws, words));
    if (draw(draws, 4))
        write_text(rules, "\\b");
    while (draw(draws, 3) == 0) {
        write_text(rules, DRAW(draws, gaps));
        write_text(rules, draw(draws, 4) ? "\\b" : "");
        write_text(rules, DRAW(draws, words));
        write_text(rules, draw(draws, 4) ? "\\b" : "");
    }
}

static inline void random_regex_rule(struct draws *draws, struct writing *rules)
{
    static const char *const flags[] = {"", "", "", "", "", "c", "x", "s", "cx"};

    write_text(rules, "regex /");
    if (draw(draws, 2))
        plain_regex(draws, rules);
    else
        random_regex(draws, rules, 2);
    write_text(rules, "/");
    write_text(rules, DRAW(draws, flags));
    if (draw(draws, 8) == 0) {
        write_text(rules, " with ");
        random_phrase(draws, rules);
    }
    write_text(rules, "\n");
}

/* A theory that joins the others. */
static inline void random_joined(struct draws *draws, struct writing *rules)
{
    static const char *const pairs[] = {"t0 & t1", "t1 & t2", "r & t0", "t0 & t1 & r", "t & t2"};
    static const char *const scopes[] = {"", " within sentence", " within 2 sentences",
                                         " within paragraph", " within post"};

    write_text(rules, "theory joined \"J\"\n");
    for (unsigned i = 1 + draw(draws, 2); i > 0; i--) {
        write_text(rules, draw(draws, 3) ? "match " : "weak ");
        write_text(rules, DRAW(draws, pairs));
        write_text(rules, DRAW(draws, scopes));
        if (draw(draws, 4) == 0) {
            write_text(rules, " without ");
            random_phrase(draws, rules);
        }
        write_text(rules, "\nweak ");
        random_phrase(draws, rules);
        write_text(rules, "\n");
    }
    if (draw(draws, 3) == 0) {
        write_text(rules, "not ");
        random_phrase(draws, rules);
        write_text(rules, "\n");
    }
}

/* Three theories and a treatment of regular expressions alone, with lists, cues, not and unless; a
 * theory of theories in half of the draws. */
static inline void random_rules(struct draws *draws, struct writing *rules)
{
    char *some;

    rules->len = 0;
    rules->text[0] = '\0';
    write_text(rules, "list some = ");
    random_phrase(draws, rules);
    for (unsigned i = draw(draws, 6); i > 0; i--) {
        write_text(rules, ", ");
        random_phrase(draws, rules);
    }
    while ((some = strstr(rules->text, "{some}")) != NULL) /* the list may not name itself */
        memcpy(some, " iron ", 6);
    write_text(rules, "\n");
    for (unsigned code = 0; code < 3; code++) {
        write_number(rules, "theory t%u \"T\"\nmatch ", code);
        random_clause(draws, rules);
        write_text(rules, "\nmatch ");
        random_clause(draws, rules);
        write_text(rules, ", ");
        random_clause(draws, rules);
        write_text(rules, "\n");
        random_regex_rule(draws, rules);
        if (draw(draws, 3) == 0) {
            write_text(rules, "not ");
            random_phrase(draws, rules);
            write_text(rules, "\n");
        }
        if (draw(draws, 6) == 0) {
            write_text(rules, "unless post has ");
            random_phrase(draws, rules);
            write_text(rules, "\n");
        }
    }
    write_text(rules, "treatment r \"R\"\n");
    for (unsigned i = 0; i < 6; i++)
        random_regex_rule(draws, rules);
    if (draw(draws, 2)) {
        write_text(rules, "theory t/sub \"S\"\nmatch ");
        random_clause(draws, rules);
        write_text(rules, "\ntheory t \"T\"\nmatch ");
        random_clause(draws, rules);
        write_text(rules, "\n");
        random_joined(draws, rules);
    }
    if (draw(draws, 3) == 0)
        return;
    write_text(rules, "cue disputes\nforward/4 ");
    random_clause(draws, rules);
    write_text(rules, ", ");
    random_phrase(draws, rules);
    write_text(rules, "\nnext/2 ");
    random_phrase(draws, rules);
    write_text(rules, "\npseudo ");
    random_phrase(draws, rules);
    write_text(rules, "\nstop but, ");
    random_phrase(draws, rules);
    write_text(rules, "\ncue asks\nbackward ");
    random_phrase(draws, rules);
    write_text(rules, "\nprevious ");
    random_phrase(draws, rules);
    write_text(rules, "\npost ");
    random_phrase(draws, rules);
    write_text(rules, "\ncue hedge\naround/6 ");
    random_clause(draws, rules);
    write_text(rules, "\n");
}

#endif
