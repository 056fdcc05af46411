/* literal.c - the words and regular expressions of a clause become leaves.
 *
 * A literal goes through the same normalisation and the same cutting as a post, so "hs-CRP" in a
 * rule is the two words that it is in a post. A star is carried through as a private-use
 * character, which is a word character and occurs in no rule. */
#include "rules/compiler.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

#define STAR "\xee\x80\x80" /* U+E000 */
#define STAR_LEN 3
#define HEAD_MAX 63

static uint32_t hash_word(const struct word *word)
{
    uint32_t hash = 2166136261u ^ (uint32_t)word->form;
    const char *parts[] = {word->head, word->tail, word->spelling ? word->spelling : ""};

    for (size_t p = 0; p < 3; p++)
        for (const char *at = parts[p];; at++) {
            hash = (hash ^ (unsigned char)*at) * 16777619u;
            if (!*at)
                break;
        }
    return hash;
}

static bool same_word(const struct word *a, const struct word *b)
{
    return a->form == b->form && strcmp(a->head, b->head) == 0 && strcmp(a->tail, b->tail) == 0 &&
           !a->spelling == !b->spelling && (!a->spelling || strcmp(a->spelling, b->spelling) == 0);
}

static bool grow_word_table(struct compiler *compiler)
{
    struct words *words = &compiler->rules->words;
    size_t size = compiler->word_table_size ? compiler->word_table_size * 2 : 1024;
    uint32_t *table;

    if (compiler->word_table_size > words->items.count * 2)
        return true;
    table = malloc(size * sizeof *table);
    if (!table)
        return false;
    memset(table, 0xff, size * sizeof *table);
    for (uint32_t i = 0; i < words->items.count; i++) {
        size_t slot = hash_word(&words->items.items[i]) & (size - 1);
        while (table[slot] != UINT32_MAX)
            slot = (slot + 1) & (size - 1);
        table[slot] = i;
    }
    free(compiler->word_table);
    compiler->word_table = table;
    compiler->word_table_size = size;
    return true;
}

/* The leaf of a word, made when it is new. */
static uint32_t word_node(struct compiler *compiler, struct word word)
{
    struct words *words = &compiler->rules->words;
    size_t slot;

    if (!word.head || !word.tail || !grow_word_table(compiler)) {
        compiler->no_memory = true;
        return NO_NODE;
    }
    word.head_len = (uint32_t)strlen(word.head);
    word.tail_len = (uint32_t)strlen(word.tail);
    slot = hash_word(&word) & (compiler->word_table_size - 1);
    while (compiler->word_table[slot] != UINT32_MAX) {
        const struct word *there = &words->items.items[compiler->word_table[slot]];
        if (same_word(there, &word))
            return there->node;
        slot = (slot + 1) & (compiler->word_table_size - 1);
    }
    word.node = node_leaf(&compiler->nodes, NODE_WORD, (uint32_t)words->items.count);
    VECTOR_PUSH(&words->items, word);
    compiler->no_memory = compiler->no_memory || words->items.failed;
    if (!words->items.failed)
        compiler->word_table[slot] = (uint32_t)words->items.count - 1;
    return word.node;
}

/* What stands behind the letters of an open literal: "deficien*", "ferritin~", "BID!". */
struct marks {
    bool exact_case, plural;
};

static struct marks strip_marks(const char *text, size_t *len)
{
    struct marks marks = {0};

    for (; *len > 1; --*len) {
        if (text[*len - 1] == '!')
            marks.exact_case = true;
        else if (text[*len - 1] == '~')
            marks.plural = true;
        else
            break;
    }
    return marks;
}

static bool report_literal(const struct scanner *scanner, const struct lexeme *lexeme,
                           const char *message)
{
    report(scanner, EK_ERROR, lexeme->text, "%.*s: %s", (int)(lexeme->len < 60 ? lexeme->len : 60),
           lexeme->text, message);
    return false;
}

static bool push_token_node(struct scanner *scanner, const struct lexeme *lexeme,
                            const struct token *token, struct marks marks,
                            struct child_list *children)
{
    struct compiler *compiler = scanner->compiler;
    struct ek_arena *arena = compiler->rules->arena;
    struct stretch place = reading_folded(&compiler->reading, token);
    const char *folded = compiler->reading.folded + place.at;
    const char *star = memmem(folded, place.len, STAR, STAR_LEN);
    size_t head = star ? (size_t)(star - folded) : place.len;
    struct word word = {.form = token->is_word ? WORD_EXACT : WORD_MARK, .tail = ""};

    if (star) {
        const char *tail = star + STAR_LEN;
        size_t tail_len = place.len - head - STAR_LEN;
        if (memmem(tail, tail_len, STAR, STAR_LEN))
            return report_literal(scanner, lexeme, "a word takes one * only");
        if (head + tail_len < 2)
            return report_literal(scanner, lexeme,
                                  "* needs at least two letters beside it, as in deficien*");
        if (head > HEAD_MAX)
            return report_literal(scanner, lexeme, "the part before * is too long");
        if (marks.exact_case || marks.plural)
            return report_literal(scanner, lexeme, "* does not go together with ! or ~");
        word.form = WORD_OPEN;
        word.tail = ek_strndup(arena, tail, tail_len);
    }
    if (!token->is_word) { /* "???" is found by "?" and finds it */
        const char *after = folded;
        ek_utf8_next(&after, folded + place.len);
        head = (size_t)(after - folded);
    }
    word.head = ek_strndup(arena, folded, head);
    if (marks.exact_case && word.form == WORD_EXACT)
        word.spelling = ek_strndup(arena, compiler->reading.plain + token->plain, token->plain_len);
    if (marks.plural && word.form == WORD_EXACT)
        word.form = WORD_PLURAL;
    VECTOR_PUSH(&children->nodes, word_node(compiler, word));
    return true;
}

static char *with_stars(struct ek_arena *arena, const char *text, size_t len, size_t *out_len)
{
    char *out = ek_alloc(arena, len * STAR_LEN + 1, 1), *to = out;

    for (size_t i = 0; out && i < len; i++) {
        if (text[i] == '*') {
            memcpy(to, STAR, STAR_LEN);
            to += STAR_LEN;
        } else {
            *to++ = text[i];
        }
    }
    *out_len = out ? (size_t)(to - out) : 0;
    return out;
}

bool literal_nodes(struct scanner *scanner, const struct lexeme *lexeme, bool open,
                   struct child_list *children)
{
    struct compiler *compiler = scanner->compiler;
    struct reading *reading = &compiler->reading;
    size_t len = lexeme->len;
    struct marks marks = {0};
    const char *text = lexeme->text;
    struct ek_err err = {0};

    if (open) {
        marks = strip_marks(text, &len);
        text = with_stars(compiler->arena, text, len, &len);
        if (!text) {
            compiler->no_memory = true;
            return false;
        }
        if (marks.exact_case && marks.plural)
            return report_literal(scanner, lexeme, "! and ~ do not go together");
    }
    if (reading_open(reading, text, len, &err) < 0 || reading_cut(reading, &err) < 0)
        return report_literal(scanner, lexeme, err.message);
    if (reading->tokens.count == 0)
        return report_literal(scanner, lexeme, "there is no word here");
    for (size_t i = 0; i < reading->tokens.count; i++) {
        bool last = i + 1 == reading->tokens.count;
        struct marks here = {marks.exact_case, marks.plural && last};
        if (reading->tokens.items[i].sentence != reading->tokens.items[0].sentence)
            return report_literal(scanner, lexeme,
                                  "a phrase does not go beyond the end of a sentence");
        if (!push_token_node(scanner, lexeme, &reading->tokens.items[i], here, children))
            return false;
    }
    return true;
}

static bool regex_flags(struct scanner *scanner, const struct lexeme *lexeme, unsigned *flags)
{
    static const struct {
        char letter;
        unsigned flag;
    } known[] = {{'c', PATTERN_CASE}, {'x', PATTERN_EXTENDED}, {'s', PATTERN_DOTALL}, {'i', 0}};

    for (size_t i = 0; i < lexeme->flags_len; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (known[k].letter == lexeme->flags[i]) {
                *flags |= known[k].flag;
                found = true;
            }
        if (!found) {
            report(scanner, EK_ERROR, lexeme->flags + i,
                   "there is no flag %c; there are c (case matters), x (blanks inside do not "
                   "count) and s (a dot matches a line's end)",
                   lexeme->flags[i]);
            return false;
        }
    }
    return true;
}

/* What posts have instead of this character when rules look at them; NULL if it stays. The long s
 * and the Kelvin sign are their letters to PCRE2 too. */
static const char *plain_sign(uint32_t code, unsigned flags)
{
    if (code == '\t' && !(flags & PATTERN_EXTENDED))
        return "\t";
    return code < 0x80 || code == 0x17f || code == 0x212a ? NULL : replacement_for(code);
}

static bool report_sign(struct scanner *scanner, const char *at, uint32_t code, const char *plain)
{
    report(scanner, EK_ERROR, at,
           *plain == '\t'  ? "this is a tab, and in a regular expression finds tabs only; write a "
                             "blank, or \\s for any"
           : *plain == '"' ? "this is a curly quotation mark; write the straight one: \""
           : !*plain       ? "a character stands here that cannot be seen (U+%04X); delete it"
                           : "posts are read with the plain sign in place of this one (U+%04X); "
                             "write %s",
           code, *plain <= ' ' ? "a blank" : plain);
    return false;
}

/* What no post holds when rules look at it would be waited for without end. Between square brackets
 * it may stand beside what posts hold. That someone wants a tab, and not a blank, is unlikely. */
static bool check_regex(struct scanner *scanner, const struct lexeme *lexeme, unsigned flags)
{
    const char *at = lexeme->text, *end = lexeme->text + lexeme->len;
    bool in_class = false;

    if (lexeme->len == 0) {
        report(scanner, EK_ERROR, at,
               "nothing stands between the slashes; write what is looked for");
        return false;
    }
    while (at < end) {
        const char *here = at, *plain;
        uint32_t code = ek_utf8_next(&at, end);
        if (code == '\\' && at < end)
            ek_utf8_next(&at, end);
        in_class = (in_class || code == '[') && code != ']';
        plain = in_class ? NULL : plain_sign(code, flags);
        if (plain)
            return report_sign(scanner, here, code, plain);
    }
    return true;
}

uint32_t regex_node(struct scanner *scanner, const struct lexeme *lexeme)
{
    struct compiler *compiler = scanner->compiler;
    struct patterns *patterns = &compiler->rules->patterns;
    struct pattern pattern = {.source_len = lexeme->len};
    const char *message = NULL;
    size_t place = 0;

    if (!regex_flags(scanner, lexeme, &pattern.flags) ||
        !check_regex(scanner, lexeme, pattern.flags))
        return NO_NODE;
    for (uint32_t i = 0; i < patterns->items.count; i++) {
        const struct pattern *there = &patterns->items.items[i];
        if (there->flags == pattern.flags && there->source_len == lexeme->len &&
            memcmp(there->source, lexeme->text, lexeme->len) == 0)
            return there->node;
    }
    pattern.source = ek_strndup(compiler->rules->arena, lexeme->text, lexeme->len);
    if (!pattern.source) {
        compiler->no_memory = true;
        return NO_NODE;
    }
    if (lexeme->len <= EK_MAX_PATTERN_BYTES) /* others are refused */
        pattern_find_needs(&pattern, compiler->rules->arena);
    if (pattern_compile(patterns, &pattern, &message, &place, compiler->arena) < 0) {
        report(scanner, EK_ERROR, lexeme->text + (place < lexeme->len ? place : lexeme->len), "%s",
               message);
        return NO_NODE;
    }
    pattern.node = node_leaf(&compiler->nodes, NODE_REGEX, (uint32_t)patterns->items.count);
    VECTOR_PUSH(&patterns->items, pattern);
    compiler->no_memory = compiler->no_memory || patterns->items.failed;
    return pattern.node;
}

const struct list *find_list(const struct compiler *compiler, uint32_t file, const char *name,
                             size_t len)
{
    for (size_t i = 0; i < compiler->lists.count; i++) {
        const struct list *list = &compiler->lists.items[i];
        if (compiler->rules->files[file].visible[list->file] && strlen(list->name) == len &&
            memcmp(list->name, name, len) == 0)
            return list;
    }
    return NULL;
}
