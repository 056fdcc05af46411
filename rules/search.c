/* search.c - one regular expression over many texts. See ekbom/search.h.
 *
 * What costs is not matching but looking: compiled code goes over a post of 600 bytes in 0.2 us
 * when it can jump to the first letter of a word, and in 2 to 5 us for an alternation or for
 * \w+itis. So where every match must hold one of a few literals (pattern_needs.c), these are
 * looked for first, at some 0.1 us each, and most posts never see the pattern.
 *
 * Unlike a rule, which others must be able to judge, a search may use all of PCRE2, with
 * back-references and recursion; what that can cost is bounded by the limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "ekbom/search.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "rules/needle.h"
#include "rules/pattern.h"

#define NEEDLES_MAX 8  /* beyond that looking for them costs as much as the pattern */
#define NEEDLE_LEAST 4 /* bytes */

struct ek_search {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    bool compiled; /* to machine code */
    struct needle needles[NEEDLES_MAX];
    size_t needle_count; /* 0: the pattern runs over every text */
    struct ek_arena *arena;
};

/* A word or phrase by itself, shorter than the literals that rules wait for. */
static const char *whole_literal(struct ek_arena *arena, const char *pattern)
{
    size_t len = strlen(pattern);
    char *copy = ek_strdup(arena, pattern);
    for (size_t i = 0; copy && i < len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + 32);
        if (!((copy[i] >= 'a' && copy[i] <= 'z') || (copy[i] >= '0' && copy[i] <= '9') ||
              copy[i] == ' '))
            return NULL;
    }
    return copy;
}

/* Long enough to be rare, of letters, digits and other signs of which two do not differ in case
 * alone. */
static bool is_plain(const struct literal *literal)
{
    for (uint8_t i = 0; i < literal->len; i++)
        if ((literal->text[i] | 0x20) != literal->text[i])
            return false;
    return literal->len >= NEEDLE_LEAST;
}

static void take_needles(struct ek_search *search, const struct pattern_need *need)
{
    for (size_t i = 0; i < need->count && need->count <= NEEDLES_MAX; i++)
        if (!is_plain(&need->literals[i]) ||
            !needle_make(&search->needles[i], need->literals[i].text))
            return;
    if (need->count <= NEEDLES_MAX)
        search->needle_count = need->count;
}

/* What every match must hold. Verbs and a rare kind of lookbehind are not known to the walk. */
static void find_needles(struct ek_search *search, const char *source)
{
    struct pattern pattern = {.source = source, .source_len = strlen(source)};
    const char *whole = whole_literal(search->arena, source);
    if (strstr(source, "(*") || strstr(source, "<*"))
        return;
    if (whole)
        search->needle_count = needle_make(&search->needles[0], whole);
    else
        pattern_find_needs(&pattern, search->arena);
    for (uint32_t n = 0; n < pattern.need_count && search->needle_count == 0; n++)
        take_needles(search, &pattern.needs[n]);
}

static int refuse(struct ek_err *err, int error)
{
    PCRE2_UCHAR text[160];
    if (error == PCRE2_ERROR_NOMEMORY)
        return ek_fail_memory(err);
    if (pcre2_get_error_message(error, text, sizeof text) < 0)
        return ek_fail(err, EK_USAGE, "this regular expression is malformed");
    return ek_fail(err, EK_USAGE, "%s", (const char *)text);
}

static int compile(struct ek_search *search, const char *pattern, bool match_case, size_t *place,
                   struct ek_err *err)
{
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    int error = 0;
    search->code = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
                                 options | (match_case ? 0 : PCRE2_CASELESS), &error, place, NULL);
    if (!search->code)
        return refuse(err, error);
    search->compiled = pcre2_jit_compile(search->code, PCRE2_JIT_COMPLETE) == 0;
    return 0;
}

static int make_memory(struct ek_search *search, struct ek_err *err)
{
    search->data = pcre2_match_data_create(1, NULL);
    search->context = pcre2_match_context_create(NULL);
    if (!search->data || !search->context)
        return ek_fail_memory(err);
    if (search->compiled) {
        search->stack = pcre2_jit_stack_create(32 << 10, EK_JIT_STACK_KIB << 10, NULL);
        if (!search->stack)
            return ek_fail_memory(err);
        pcre2_jit_stack_assign(search->context, NULL, search->stack);
    }
    pcre2_set_match_limit(search->context, EK_MATCH_LIMIT);
    pcre2_set_heap_limit(search->context, EK_MATCH_HEAP_KIB);
    return 0;
}

int ek_search_new(struct ek_search **out, const char *pattern, bool match_case, size_t *place,
                  struct ek_err *err)
{
    struct ek_search *search = calloc(1, sizeof *search);
    *out = NULL;
    *place = 0;
    if (!search || !(search->arena = ek_arena_new(EK_ARENA_BYTES))) {
        ek_search_free(search);
        return ek_fail_memory(err);
    }
    int result = 0;
    if (strlen(pattern) > EK_MAX_PATTERN_BYTES) {
        *place = EK_MAX_PATTERN_BYTES;
        result = ek_fail(err, EK_USAGE, "the regular expression is longer than %u bytes",
                         EK_MAX_PATTERN_BYTES);
    }
    if (result == 0)
        result = compile(search, pattern, match_case, place, err);
    if (result == 0)
        result = make_memory(search, err);
    if (result != 0) {
        ek_search_free(search);
        return -1;
    }
    find_needles(search, pattern);
    *out = search;
    return 0;
}

void ek_search_free(struct ek_search *search)
{
    if (!search)
        return;
    pcre2_match_data_free(search->data);
    pcre2_match_context_free(search->context);
    pcre2_jit_stack_free(search->stack);
    pcre2_code_free(search->code);
    ek_arena_free(search->arena);
    free(search);
}

bool ek_search_interpreted(const struct ek_search *search)
{
    return !search->compiled;
}

static bool may_match(const struct ek_search *search, const char *text, size_t len)
{
    for (size_t i = 0; i < search->needle_count; i++)
        if (needle_may_be_in(&search->needles[i], text, len))
            return true;
    return search->needle_count == 0;
}

static const char *limit_name(int error)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {{PCRE2_ERROR_MATCHLIMIT, "match limit reached"},
                 {PCRE2_ERROR_HEAPLIMIT, "heap limit reached"},
                 {PCRE2_ERROR_DEPTHLIMIT, "depth limit reached"},
                 {PCRE2_ERROR_JIT_STACKLIMIT, "stack limit reached"},
                 {PCRE2_ERROR_RECURSELOOP, "endless recursion"},
                 {PCRE2_ERROR_NOMEMORY, "out of memory"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].error == error)
            return names[i].name;
    return "matching failed";
}

int ek_search_run(struct ek_search *search, const char *text, size_t len,
                  bool (*found)(void *context, size_t start, size_t end), void *context,
                  const char **reason)
{
    const size_t *ends = pcre2_get_ovector_pointer(search->data);
    size_t at = 0;
    if (!may_match(search, text, len))
        return 0;
    while (at < len) {
        int result =
            pcre2_match(search->code, (PCRE2_SPTR)text, len, at,
                        PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK, search->data, search->context);
        if (result == PCRE2_ERROR_NOMATCH)
            return 0;
        if (result < 0) {
            *reason = limit_name(result);
            return -1;
        }
        /* \K in a lookaround can put a start behind its end, or a match before the last one. */
        if (ends[0] >= at && ends[1] > ends[0] && !found(context, ends[0], ends[1]))
            return 0;
        at = ends[1] > at ? ends[1] : at + 1;
        while (at < len && (text[at] & 0xc0) == 0x80)
            at++;
    }
    return 0;
}
