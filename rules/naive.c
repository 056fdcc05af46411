/* naive.c - the oracle: everything found by a pattern of its own.
 *
 * A word, or a phrase of words without alternatives, becomes a regular expression over the whole
 * text, run from its start, without the word index, without triggers and without asking what is
 * possible; the regular expressions of the rules are run in the same way. It shares with the fast
 * engine what the text is (reading.c, cut.c) and what near, then and with mean (evaluate.c); a test
 * compares the two hit for hit. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "rules/matcher.h"

/* What may stand between two words of a phrase: a hyphen or slash between word characters, or
 * blanks and quotation marks with at most one line's end. */
#define BLANK "[\\x{0}-\\x{9}\\x{b}-\\x{20}\\x{7f}\"']"
#define BETWEEN "(?:(?<=[" WORD_CLASS "])[-/](?=[" WORD_CLASS "])|" BLANK "*+(?:\\n" BLANK "*+)?)"

struct searched { /* for a node */
    struct pattern pattern;
    bool is_literal, plain; /* plain: exact case, over the plain view */
    bool is_regex;
};

struct naive {
    struct ek_arena *arena;
    struct patterns owner;     /* frees the compiled code */
    struct searched *searched; /* one a node */
};

static bool add_word(const struct ek_rules *rules, const struct node *node, struct ek_buf *source,
                     struct searched *literal)
{
    const struct word *word = &rules->words.items.items[node->item];

    word_pattern(source, word);
    literal->plain = word->spelling;
    return true;
}

/* A sequence is a literal if all its parts are words that must be there, looked for in the same
 * view. */
static bool add_sequence(const struct ek_rules *rules, const struct node *node,
                         struct ek_buf *source, struct searched *literal)
{
    bool plain = false;

    for (uint32_t i = 0; i < node->child_count; i++) {
        uint32_t child = rules->children.items[node->children + i];
        if ((child & CHILD_OPTIONAL) || rules->nodes.items[child].kind != NODE_WORD)
            return false;
        if (i)
            ek_buf_adds(source, BETWEEN);
        add_word(rules, &rules->nodes.items[child], source, literal);
        if (i && literal->plain != plain)
            return false;
        plain = literal->plain;
    }
    return true;
}

static int compile(struct naive *naive, struct pattern *pattern, struct ek_err *err)
{
    const char *message = NULL;
    size_t place;

    if (!pattern->source ||
        pattern_compile(&naive->owner, pattern, &message, &place, naive->arena) < 0)
        return ek_fail(err, EK_MEMORY, "the plain engine cannot compile a pattern: %s",
                       message ? message : "out of memory");
    VECTOR_PUSH(&naive->owner.items, *pattern);
    return naive->owner.items.failed ? ek_fail_memory(err) : 0;
}

static int add_literal(struct naive *naive, const struct ek_rules *rules, uint32_t number,
                       struct ek_err *err)
{
    const struct node *node = &rules->nodes.items[number];
    struct searched *literal = &naive->searched[number];
    struct ek_buf source;
    int status = 0;

    ek_buf_init(&source, 60000);
    if (node->kind == NODE_WORD)
        literal->is_literal = add_word(rules, node, &source, literal);
    else if (node->kind == NODE_SEQUENCE)
        literal->is_literal = add_sequence(rules, node, &source, literal);
    /* A phrase of hundreds of words is put together from its words, as an alternative is. */
    literal->is_literal = literal->is_literal && !source.failed;
    if (literal->is_literal) {
        literal->pattern.flags = PATTERN_LITERAL | PATTERN_CASE;
        literal->pattern.source = ek_strdup(naive->arena, ek_buf_str(&source));
        literal->pattern.source_len = source.len;
        status = compile(naive, &literal->pattern, err);
    }
    ek_buf_free(&source);
    return status;
}

/* A regular expression of the rules as it stands there: nothing is known of its literals. */
static int add_regex(struct naive *naive, const struct ek_rules *rules, uint32_t number,
                     struct ek_err *err)
{
    const struct pattern *pattern = &rules->patterns.items.items[rules->nodes.items[number].item];
    struct searched *regex = &naive->searched[number];

    regex->is_regex = true;
    regex->pattern.source = pattern->source;
    regex->pattern.source_len = pattern->source_len;
    regex->pattern.flags = pattern->flags;
    return compile(naive, &regex->pattern, err);
}

struct naive *naive_new(const struct ek_rules *rules, struct ek_err *err)
{
    struct naive *naive = calloc(1, sizeof *naive);

    if (naive)
        naive->arena = ek_arena_new(1ul << 30);
    if (naive && naive->arena)
        naive->searched = EK_NEW_ARRAY(naive->arena, struct searched, rules->nodes.count + 1);
    if (!naive || !naive->searched) {
        ek_fail_memory(err);
        naive_free(naive);
        return NULL;
    }
    for (uint32_t i = 0; i < rules->nodes.count; i++)
        if ((rules->nodes.items[i].kind == NODE_REGEX ? add_regex : add_literal)(naive, rules, i,
                                                                                 err) < 0) {
            naive_free(naive);
            return NULL;
        }
    return naive;
}

void naive_free(struct naive *naive)
{
    if (!naive)
        return;
    patterns_free(&naive->owner);
    ek_arena_free(naive->arena);
    free(naive);
}

struct finding {
    struct ek_matcher *matcher;
    const struct searched *literal;
};

/* The token at this byte of the view that the literal was looked for in. */
static uint32_t token_at(const struct reading *reading, bool plain, size_t byte)
{
    uint32_t low = 0, high = (uint32_t)reading->tokens.count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const struct token *token = &reading->tokens.items[middle];
        struct stretch folded = reading_folded(reading, token);
        size_t end = plain ? token->plain + token->plain_len : folded.at + folded.len;
        if (end <= byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool found_literal(void *context, size_t start, size_t end)
{
    struct finding *finding = context;
    struct ek_matcher *matcher = finding->matcher;
    const struct reading *reading = &matcher->reading;
    uint32_t first = token_at(reading, finding->literal->plain, start);
    uint32_t last = token_at(reading, finding->literal->plain, end - 1);

    if (last < reading->tokens.count && sentence_of(matcher, first) == sentence_of(matcher, last))
        push_span(matcher, token_span(matcher, first, last));
    return !matcher->overflow;
}

bool naive_find(struct ek_matcher *matcher, uint32_t node, struct spans *spans, const char **limit)
{
    const struct searched *searched = &matcher->naive->searched[node];
    const struct reading *reading = &matcher->reading;
    struct finding finding = {matcher, searched};
    bool plain = searched->plain || searched->is_regex;

    if (!searched->is_literal && !searched->is_regex)
        return false;
    spans->start = (uint32_t)matcher->spans.count;
    pattern_run(matcher->runner, &searched->pattern, plain ? reading->plain : reading->folded,
                plain ? reading->plain_len : reading->folded_len, 0,
                searched->is_regex ? matcher_found : found_literal,
                searched->is_regex ? (void *)matcher : &finding, limit);
    if (*limit)
        matcher->spans.count = spans->start;
    spans->count = (uint32_t)matcher->spans.count - spans->start;
    return true;
}
