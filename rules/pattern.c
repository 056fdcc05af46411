/* pattern.c - compiling and running regular expressions with PCRE2.
 *
 * UTF and Unicode properties are on, \C is off. Back-references, recursion, callouts and verbs are
 * refused: they make the cost or the meaning of a rule hard to see, and no rule needs them. Code
 * is compiled to machine code; where the system forbids memory that is written and run
 * (systemd's MemoryDenyWriteExecute) that answers PCRE2_ERROR_NOMEMORY, and the interpreter runs
 * instead with the same matches. A limit reached is the caller's to report: never "no match".
 *
 * A pattern whose matches all start at known literals is compiled to match at one place only: what
 * PCRE2 would do to look for the next place has been done. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/pattern.h"

#include <pcre2.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"

struct pattern_runner {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

/* What rules may not use, and where it starts. */
static const char *forbidden(const char *source, size_t len, size_t *place)
{
    bool in_class = false;

    for (size_t i = 0; i < len; i++) {
        *place = i;
        if (source[i] == '\\') {
            char next = ++i < len ? source[i] : 0;
            if (!in_class && ((next >= '1' && next <= '9') || next == 'g' || next == 'k'))
                return "what a bracket found cannot be asked for again (a back-reference); write "
                       "the words out";
            if (next == 'C')
                return "rules have no \\C; write . for any character";
        } else if (source[i] == '[' && !in_class) {
            in_class = true;
            i += i + 1 < len && source[i + 1] == '^';
            i += i + 1 < len && source[i + 1] == ']';
        } else if (source[i] == ']') {
            in_class = false;
        } else if (source[i] == '(' && !in_class && i + 1 < len) {
            const char *after = source + i + 1;
            size_t left = len - i - 1;
            if (*after == '*')
                return "rules have no verbs such as (*SKIP); leave it out, or write \\(\\* for the "
                       "signs themselves";
            if (left > 1 && *after == '?' && after[1] == 'C')
                return "rules have no callouts, (?C...); leave it out";
            if (left > 1 && *after == '?' &&
                (after[1] == 'R' || after[1] == '&' || after[1] == '(' ||
                 (after[1] >= '0' && after[1] <= '9') || after[1] == '+' ||
                 (after[1] == '-' && left > 2 && after[2] >= '0' && after[2] <= '9') ||
                 (after[1] == 'P' && left > 2 && (after[2] == '>' || after[2] == '='))))
                return "a bracket cannot be used again or asked about by its number or name "
                       "(recursion, condition, back-reference); write the words out";
        }
    }
    return NULL;
}

/* What people mistake most often, without PCRE2's terms. */
static const struct {
    int error;
    const char *message;
} known_errors[] = {
    {PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS,
     "a bracket ( is not closed: write ) where it ends, or \\( for the bracket itself"},
    {PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS,
     "this bracket closes nothing; for the bracket itself write \\)"},
    {PCRE2_ERROR_QUANTIFIER_INVALID,
     "* + ? and {} repeat what stands before them, and here nothing does; for the sign itself "
     "write \\ before it"},
    {PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER,
     "the smaller number stands first, before the comma: {2,5}"},
    {PCRE2_ERROR_CLASS_RANGE_ORDER,
     "in [] the earlier letter or digit stands first: [a-z]; for a hyphen write \\-"},
    {PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH,
     "what stands in (?<= ) or (?<! ) has to be of one length: nothing in it may repeat or be "
     "absent"},
    {PCRE2_ERROR_UNKNOWN_ESCAPE,
     "\\ with this letter has no meaning; for the letter itself leave out the \\"},
    {PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY,
     "there is no such class of characters; letters are \\p{L}, digits \\d"},
};

static const char *pcre_message(struct ek_arena *arena, int error)
{
    PCRE2_UCHAR text[160];

    for (size_t i = 0; i < sizeof known_errors / sizeof *known_errors; i++)
        if (known_errors[i].error == error)
            return known_errors[i].message;
    if (pcre2_get_error_message(error, text, sizeof text) < 0)
        return "this regular expression is malformed";
    return ek_printf(arena, "regular expression: %s", (const char *)text);
}

int pattern_compile(struct patterns *patterns, struct pattern *pattern, const char **message,
                    size_t *place, struct ek_arena *arena)
{
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK;
    int error = 0;

    *place = 0;
    *message = NULL;
    if (!(pattern->flags & PATTERN_LITERAL)) {
        *message = pattern->source_len > EK_MAX_PATTERN_BYTES
                       ? "this regular expression is too long; write several"
                       : forbidden(pattern->source, pattern->source_len, place);
        if (*message)
            return -1;
    }
    if (!(pattern->flags & PATTERN_CASE))
        options |= PCRE2_CASELESS;
    if (pattern->flags & PATTERN_EXTENDED)
        options |= PCRE2_EXTENDED;
    if (pattern->flags & PATTERN_DOTALL)
        options |= PCRE2_DOTALL;
    if (pattern->kind != PATTERN_ANYWHERE)
        options |= PCRE2_ANCHORED;
    pattern->code = pcre2_compile((PCRE2_SPTR)pattern->source, pattern->source_len, options, &error,
                                  place, NULL);
    if (!pattern->code) {
        *message = pcre_message(arena, error);
        if (!*message)
            *message = "out of memory";
        return -1;
    }
    error = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
    pattern->compiled = error == 0;
    patterns->interpreted = patterns->interpreted || error == PCRE2_ERROR_NOMEMORY;
    return 0;
}

void patterns_free(struct patterns *patterns)
{
    for (size_t i = 0; i < patterns->items.count; i++)
        pcre2_code_free(patterns->items.items[i].code);
    VECTOR_FREE(&patterns->items);
}

struct pattern_runner *pattern_runner_new(void)
{
    struct pattern_runner *runner = calloc(1, sizeof *runner);

    if (!runner)
        return NULL;
    runner->data = pcre2_match_data_create(1, NULL);
    runner->context = pcre2_match_context_create(NULL);
    runner->stack = pcre2_jit_stack_create(32 << 10, EK_JIT_STACK_KIB << 10, NULL);
    if (!runner->data || !runner->context) {
        pattern_runner_free(runner);
        return NULL;
    }
    /* No stack where memory may not be run: compiled code will not be used either. */
    if (runner->stack)
        pcre2_jit_stack_assign(runner->context, NULL, runner->stack);
    pcre2_set_match_limit(runner->context, EK_MATCH_LIMIT);
    pcre2_set_heap_limit(runner->context, EK_MATCH_HEAP_KIB);
    return runner;
}

void pattern_runner_free(struct pattern_runner *runner)
{
    if (!runner)
        return;
    pcre2_match_data_free(runner->data);
    pcre2_match_context_free(runner->context);
    pcre2_jit_stack_free(runner->stack);
    free(runner);
}

static const char *limit_name(int error)
{
    switch (error) {
    case PCRE2_ERROR_MATCHLIMIT:
        return "match limit";
    case PCRE2_ERROR_HEAPLIMIT:
        return "heap limit";
    case PCRE2_ERROR_DEPTHLIMIT:
        return "depth limit";
    case PCRE2_ERROR_JIT_STACKLIMIT:
        return "stack limit";
    case PCRE2_ERROR_NOMEMORY:
        return "out of memory";
    default:
        return "matching failed";
    }
}

/* PCRE2's own check of its arguments costs as much as a short match. */
static int match(struct pattern_runner *runner, const struct pattern *pattern, const char *text,
                 size_t len, size_t at)
{
    if (pattern->compiled)
        return pcre2_jit_match(pattern->code, (PCRE2_SPTR)text, len, at, 0, runner->data,
                               runner->context);
    return pcre2_match(pattern->code, (PCRE2_SPTR)text, len, at, PCRE2_NO_UTF_CHECK, runner->data,
                       runner->context);
}

int pattern_match_at(struct pattern_runner *runner, const struct pattern *pattern, const char *text,
                     size_t len, size_t at, size_t *end, const char **reason)
{
    int result = match(runner, pattern, text, len, at);

    if (result == PCRE2_ERROR_NOMATCH)
        return 0;
    if (result < 0) {
        *reason = limit_name(result);
        return -1;
    }
    *end = pcre2_get_ovector_pointer(runner->data)[1];
    return 1;
}

int pattern_run(struct pattern_runner *runner, const struct pattern *pattern, const char *text,
                size_t len, size_t at, bool (*found)(void *context, size_t start, size_t end),
                void *context, const char **reason)
{
    const size_t *ends = pcre2_get_ovector_pointer(runner->data);

    while (at < len) {
        int result = match(runner, pattern, text, len, at);

        if (result == PCRE2_ERROR_NOMATCH)
            return 0;
        if (result < 0) {
            *reason = limit_name(result);
            return -1;
        }
        if (ends[1] > ends[0] && ends[0] >= at && !found(context, ends[0], ends[1]))
            return 0;
        at = ends[1] > at && !(pattern->flags & PATTERN_LITERAL) ? ends[1] : ends[0] + 1;
        while (at < len && (text[at] & 0xc0) == 0x80)
            at++;
    }
    return 0;
}
