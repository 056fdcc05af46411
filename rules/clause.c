/* clause.c - the grammar of a clause, by recursive descent.
 *
 *   clause  = item { "," item } [ "as" flavour { flavour } ]
 *   item    = (stretch | codes) { ("with" | "without") stretch ["in" scope] }
 *   codes   = code "&" code { "&" code } ["within" scope]
 *   stretch = phrase { ("near/N" | "then/N") phrase ["across" "sentences"] }
 *   phrase  = element { element } | "regex" "/.../"
 *   element = word | "quoted" | {list} | "(" item { "|" item } ")"     each with "?" = may be
 * absent scope   = "sentence" | NUMBER "sentences" | "paragraph" | "post"
 *
 * near and then bind to the left: A near/6 B near/6 C looks for C near the stretch of A and B. */
#include "rules/compiler.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "rules/slip.h"

const char *const flavour_names[] = {"supports",   "disputes", "asks",   "neutral", "hedged",
                                     "experience", "cramps",   "stated", NULL};

struct clause {
    struct scanner *scanner;
    struct lexeme next; /* looked at, not yet used */
    unsigned depth;
    bool in_with; /* "in sentence" may follow */
    bool codes;   /* it may name theories and treatments */
    bool failed;
};

static void advance(struct clause *clause)
{
    clause->next = scan(clause->scanner);
    if (clause->next.kind == LEXEME_BAD)
        clause->failed = true;
}

static uint32_t fail(struct clause *clause, const char *at, const char *message)
{
    if (!clause->failed)
        report(clause->scanner, EK_ERROR, at, "%s", message);
    clause->failed = true;
    return NO_NODE;
}

static uint32_t fail_for_want(struct clause *clause)
{
    bool after_comma = clause->next.kind == LEXEME_END && clause->scanner->last == LEXEME_COMMA;

    return fail(clause, clause->next.text,
                after_comma
                    ? "a word or a phrase is missing here: take the comma away, or go on in "
                      "the next line, without an empty one between"
                    : "a word or a phrase is missing here");
}

/* The word at a scanner, which moves behind it. */
static struct lexeme look_at(struct scanner *ahead)
{
    struct lexeme lexeme = {.kind = LEXEME_END};

    if (at_line_end(ahead))
        return lexeme;
    lexeme.kind = LEXEME_WORD;
    lexeme.text = ahead->at;
    while (ahead->at < ahead->end && !blank_at(ahead->at, ahead->end) &&
           !strchr("\n(){}|,\"?&", *ahead->at))
        ahead->at++;
    lexeme.len = (size_t)(ahead->at - lexeme.text);
    return lexeme;
}

/* The lexeme after `next`, without moving. */
static struct lexeme look_beyond(const struct clause *clause)
{
    struct scanner ahead = *clause->scanner;

    return look_at(&ahead);
}

/* Is this a scope, or meant as one: "post", "2 sentences", "two sentences", "the same post"? */
static bool is_scope(const struct clause *clause)
{
    static const char *const units[] = {"sentence", "sentences", "paragraph", "post"};
    struct scanner ahead = *clause->scanner;

    for (unsigned word = 0; word < 3; word++) {
        struct lexeme lexeme = look_at(&ahead);
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            if (lexeme_is(&lexeme, units[i]))
                return true;
    }
    return false;
}

static int flavour_index(const struct lexeme *lexeme)
{
    for (int i = 0; flavour_names[i]; i++)
        if (lexeme_is(lexeme, flavour_names[i]))
            return i;
    return -1;
}

static bool is_number(const struct lexeme *lexeme)
{
    for (size_t i = 0; i < lexeme->len; i++)
        if (lexeme->text[i] < '0' || lexeme->text[i] > '9')
            return false;
    return lexeme->kind == LEXEME_WORD && lexeme->len > 0 && lexeme->len < 6;
}

/* Words that end a phrase, in the places where they have their meaning. */
static bool ends_phrase(const struct clause *clause)
{
    const struct lexeme *next = &clause->next;
    struct lexeme beyond;
    long number;

    if (next->kind != LEXEME_WORD)
        return next->kind == LEXEME_END || next->kind == LEXEME_BAD || next->kind == LEXEME_COMMA ||
               next->kind == LEXEME_BAR || next->kind == LEXEME_CLOSE || next->kind == LEXEME_AND;
    if (lexeme_with_number(next, "near", &number) || lexeme_with_number(next, "then", &number) ||
        lexeme_is(next, "with") || lexeme_is(next, "without") || lexeme_is(next, "regex"))
        return true;
    beyond = look_beyond(clause);
    if (clause->in_with && lexeme_is(next, "in"))
        return is_number(&beyond) || is_scope(clause);
    if (lexeme_is(next, "across"))
        return lexeme_is(&beyond, "sentences");
    return lexeme_is(next, "as") && flavour_index(&beyond) >= 0;
}

static uint32_t parse_item(struct clause *clause);
static uint32_t parse_stretch(struct clause *clause);

static uint32_t parse_group(struct clause *clause)
{
    VECTOR(uint32_t) items = {0};
    const char *open = clause->next.text;
    uint32_t node = NO_NODE;

    bool codes = clause->codes;

    clause->codes = false;
    if (++clause->depth > EK_MAX_NESTING)
        return fail(clause, open, "too many brackets inside one another; use a list");
    do {
        advance(clause);
        VECTOR_PUSH(&items, parse_item(clause));
    } while (!clause->failed &&
             (clause->next.kind == LEXEME_BAR || clause->next.kind == LEXEME_COMMA));
    clause->depth--;
    clause->codes = codes;
    if (!clause->failed && clause->next.kind != LEXEME_CLOSE)
        fail(clause, open, "this bracket is not closed; write (one | another)");
    if (items.failed)
        clause->scanner->compiler->no_memory = true;
    else if (!clause->failed)
        node = node_many(&clause->scanner->compiler->nodes, NODE_EITHER, items.items,
                         (uint32_t)items.count);
    VECTOR_FREE(&items);
    return node;
}

static uint32_t parse_list_name(struct clause *clause)
{
    struct compiler *compiler = clause->scanner->compiler;
    const struct lexeme *name = &clause->next;
    const struct list *list = find_list(compiler, clause->scanner->file, name->text, name->len);

    if (!list)
        report_no_list(clause->scanner, name);
    if (list && list->node != NO_NODE)
        return list->node;
    clause->failed = true; /* a list that holds a mistake was reported where it stands */
    return NO_NODE;
}

static uint32_t parse_regex(struct clause *clause)
{
    struct lexeme regex;
    uint32_t node;

    skip_blanks(clause->scanner);
    regex = scan_regex(clause->scanner);
    if (regex.kind == LEXEME_BAD) {
        clause->failed = true;
        return NO_NODE;
    }
    node = regex_node(clause->scanner, &regex);
    clause->failed = clause->failed || node == NO_NODE;
    clause->scanner->last = LEXEME_REGEX;
    advance(clause);
    if (!clause->failed && !ends_phrase(clause) && slash_follows(clause->scanner, regex.flags))
        return fail(clause, regex.flags - 1, slash_inside);
    return node;
}

/* One element: its nodes go to children. */
static void parse_element(struct clause *clause, struct child_list *children)
{
    struct lexeme lexeme = clause->next;
    size_t first = children->nodes.count;

    if (lexeme.kind == LEXEME_WORD && report_slip(clause->scanner, &lexeme)) {
        clause->failed = true;
    } else if (lexeme.kind == LEXEME_WORD || lexeme.kind == LEXEME_QUOTED) {
        if (!literal_nodes(clause->scanner, &lexeme, lexeme.kind == LEXEME_WORD, children))
            clause->failed = true;
    } else if (lexeme.kind == LEXEME_LIST) {
        VECTOR_PUSH(&children->nodes, parse_list_name(clause));
    } else if (lexeme.kind == LEXEME_OPEN) {
        VECTOR_PUSH(&children->nodes, parse_group(clause));
        lexeme = clause->next;
    } else {
        fail_for_want(clause);
    }
    if (clause->failed)
        return;
    if (lexeme.optional) {
        uint32_t node =
            node_many(&clause->scanner->compiler->nodes, NODE_SEQUENCE,
                      children->nodes.items + first, (uint32_t)(children->nodes.count - first));
        children->nodes.count = first;
        VECTOR_PUSH(&children->nodes, node == NO_NODE ? node : node | CHILD_OPTIONAL);
    }
    advance(clause);
}

static uint32_t parse_phrase(struct clause *clause)
{
    struct child_list children = {0};
    const char *start = clause->next.text;
    bool all_optional = true;
    uint32_t node = NO_NODE;

    if (lexeme_is(&clause->next, "regex"))
        return parse_regex(clause);
    if (ends_phrase(clause) && clause->next.kind == LEXEME_WORD && !clause->failed) {
        int len = (int)clause->next.len;
        report(clause->scanner, EK_ERROR, start,
               "%.*s is a word of the language and needs something before it; to look for the "
               "word itself write \"%.*s\"",
               len, start, len, start);
        clause->failed = true;
    }
    if (ends_phrase(clause))
        return fail_for_want(clause);
    while (!clause->failed && !ends_phrase(clause)) {
        parse_element(clause, &children);
        if (children.nodes.count > EK_MAX_WITHIN)
            fail(clause, start,
                 "this phrase has more than 200 words; write several, with commas between them");
    }
    if (children.nodes.failed)
        clause->scanner->compiler->no_memory = true;
    for (size_t i = 0; i < children.nodes.count; i++)
        all_optional = all_optional && (children.nodes.items[i] & CHILD_OPTIONAL);
    if (!clause->failed && all_optional)
        fail(clause, start, "every word here may be absent; leave out one of the ?");
    if (!clause->failed && !children.nodes.failed)
        node = node_many(&clause->scanner->compiler->nodes, NODE_SEQUENCE, children.nodes.items,
                         (uint32_t)children.nodes.count);
    VECTOR_FREE(&children.nodes);
    return node;
}

static uint32_t parse_near(struct clause *clause, uint32_t left, enum node_kind kind, long number)
{
    const char *word = kind == NODE_NEAR ? "near" : "then", *at = clause->next.text;
    enum node_scope scope = SCOPE_SENTENCES;
    uint32_t right;

    if (number <= 0 || number > (long)EK_MAX_WITHIN) {
        if (!clause->failed)
            report(clause->scanner, EK_ERROR, at,
                   "%s needs a number of words from 1 to %u: write %s/6; for the word itself write "
                   "\"%s\"",
                   word, EK_MAX_WITHIN, word, word);
        clause->failed = true;
        return NO_NODE;
    }
    advance(clause);
    right = parse_phrase(clause);
    if (!clause->failed && lexeme_is(&clause->next, "across") && ends_phrase(clause)) {
        scope = SCOPE_POST;
        advance(clause);
        advance(clause);
    }
    if (clause->failed)
        return NO_NODE;
    return node_pair(&clause->scanner->compiler->nodes, kind, left, right, scope, (uint32_t)number);
}

/* "in 2 sentences", "within post": `next` is at the first word. */
static void parse_scope(struct clause *clause, enum node_scope *scope, uint32_t *distance)
{
    advance(clause);
    *scope = SCOPE_SENTENCES;
    *distance = 1;
    if (lexeme_is(&clause->next, "post")) {
        *scope = SCOPE_POST;
        *distance = 0;
    } else if (lexeme_is(&clause->next, "paragraph")) {
        *scope = SCOPE_PARAGRAPH;
        *distance = 0;
    } else if (!lexeme_is(&clause->next, "sentence")) {
        *distance = 0;
        for (size_t i = 0; is_number(&clause->next) && i < clause->next.len; i++)
            *distance = *distance * 10 + (uint32_t)(clause->next.text[i] - '0');
        if (*distance == 0)
            fail(clause, clause->next.text,
                 "write in sentence, in 2 sentences, in paragraph or in post");
        advance(clause);
        if (!lexeme_is(&clause->next, "sentences"))
            fail(clause, clause->next.text, "the word sentences is missing: write in 2 sentences");
    }
    advance(clause);
}

static uint32_t parse_with(struct clause *clause, uint32_t left, enum node_kind kind)
{
    enum node_scope scope = SCOPE_SENTENCES;
    uint32_t distance = 1, right;

    advance(clause);
    clause->in_with = true;
    right = parse_stretch(clause);
    if (!clause->failed && lexeme_is(&clause->next, "in") && ends_phrase(clause))
        parse_scope(clause, &scope, &distance);
    clause->in_with = false;
    if (clause->failed)
        return NO_NODE;
    return node_pair(&clause->scanner->compiler->nodes, kind, left, right, scope, distance);
}

static uint32_t parse_stretch(struct clause *clause)
{
    uint32_t node = parse_phrase(clause);
    long number;

    while (!clause->failed) {
        if (lexeme_with_number(&clause->next, "near", &number))
            node = parse_near(clause, node, NODE_NEAR, number);
        else if (lexeme_with_number(&clause->next, "then", &number))
            node = parse_near(clause, node, NODE_THEN, number);
        else
            break;
    }
    return clause->failed ? NO_NODE : node;
}

/* ppi & bid within 2 sentences; in the same post where nothing is said. */
static uint32_t parse_codes(struct clause *clause)
{
    enum node_scope scope = SCOPE_POST;
    uint32_t distance = 0, node = NO_NODE;
    VECTOR(uint32_t) codes = {0};

    if (!clause->codes)
        return fail(clause, clause->next.text,
                    "theories are joined by & in strong, match and weak only, outside brackets; "
                    "for the sign itself write \"&\"");
    do {
        if (codes.count)
            advance(clause);
        VECTOR_PUSH(&codes, clause->failed ? NO_NODE : code_node(clause->scanner, &clause->next));
        clause->failed = clause->failed || codes.failed || codes.items[codes.count - 1] == NO_NODE;
        if (!clause->failed)
            advance(clause);
    } while (!clause->failed && clause->next.kind == LEXEME_AND);
    if (!clause->failed && lexeme_is(&clause->next, "in"))
        fail(clause, clause->next.text, "after & write within: ppi & bid within 2 sentences");
    if (!clause->failed && lexeme_is(&clause->next, "within"))
        parse_scope(clause, &scope, &distance);
    if (!clause->failed)
        node = codes.items[0];
    for (size_t i = 1; i < codes.count && !clause->failed; i++)
        node = node_pair(&clause->scanner->compiler->nodes, NODE_BOTH, node, codes.items[i], scope,
                         distance);
    VECTOR_FREE(&codes);
    return node;
}

static bool names_code(const struct clause *clause)
{
    struct lexeme beyond = look_beyond(clause);

    return clause->next.kind == LEXEME_WORD && beyond.kind == LEXEME_WORD && beyond.len == 0 &&
           *beyond.text == '&';
}

static uint32_t parse_item(struct clause *clause)
{
    uint32_t node = names_code(clause) ? parse_codes(clause) : parse_stretch(clause);

    while (!clause->failed) {
        if (lexeme_is(&clause->next, "with"))
            node = parse_with(clause, node, NODE_WITH);
        else if (lexeme_is(&clause->next, "without"))
            node = parse_with(clause, node, NODE_WITHOUT);
        else
            break;
    }
    return clause->failed ? NO_NODE : node;
}

static void parse_flavours(struct clause *clause, unsigned *flavour)
{
    int index;

    if (!flavour) {
        fail(clause, clause->next.text, "as has a place only in strong, match and weak");
        return;
    }
    advance(clause);
    while ((index = flavour_index(&clause->next)) >= 0) {
        *flavour |= 1u << index;
        advance(clause);
    }
}

uint32_t parse_clause(struct scanner *scanner, unsigned *flavour)
{
    struct clause clause = {.scanner = scanner, .codes = flavour != NULL};
    struct node_builder *nodes = &scanner->compiler->nodes;
    VECTOR(uint32_t) items = {0};
    uint32_t node = NO_NODE;

    do {
        advance(&clause);
        VECTOR_PUSH(&items, parse_item(&clause));
    } while (!clause.failed && clause.next.kind == LEXEME_COMMA);
    if (!clause.failed && lexeme_is(&clause.next, "as"))
        parse_flavours(&clause, flavour);
    if (!clause.failed && clause.next.kind != LEXEME_END)
        fail(&clause, clause.next.text,
             clause.next.kind == LEXEME_CLOSE ? "this bracket closes nothing"
             : clause.next.kind == LEXEME_AND
                 ? "& joins the codes of theories: ppi & bid; for the sign itself write \"&\""
             : clause.next.kind == LEXEME_BAR ? "a bar separates words inside brackets: "
                                                "(one | another); between phrases write a comma"
                                              : "this does not belong here; between phrases "
                                                "write a comma");
    if (items.failed)
        scanner->compiler->no_memory = true;
    else if (!clause.failed)
        node = node_many(nodes, NODE_EITHER, items.items, (uint32_t)items.count);
    VECTOR_FREE(&items);
    if (nodes->failed && !clause.failed) {
        scanner->compiler->no_memory = !nodes->too_deep && !nodes->too_many && !nodes->too_large;
        report(scanner, EK_ERROR, NULL,
               nodes->too_deep ? "lists inside lists, or conditions behind conditions, go too deep "
                                 "here; write several lines"
               : nodes->too_large
                   ? "the lists named here, with those in them and what may be absent, come to "
                     "more than 200,000 words to try; name fewer of them"
                   : "the rule set has too many words and phrases");
        nodes->failed = nodes->too_deep = nodes->too_large = false;
    }
    return node;
}
