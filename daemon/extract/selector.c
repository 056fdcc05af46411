/* selector.c - compile selectors. See selector.h; matching is in match.c.
 *
 * A small grammar of its own on purpose: CSS's sibling and position selectors are not needed, and
 * one operator, [attribute=pattern], does the work of CSS's five and also tests "p and digits".
 * Each chain chooses the name by which its matches are looked up in the tree's index: an id before
 * a class word before an attribute before a tag, the rarest first. */
#include "daemon/extract/selector_parts.h"
#include "ekbom/arena.h"

#define PARTS_MAX 16   /* compounds in a chain, chains in a selector, tests on a compound */
#define NESTING_MAX 3u /* :has and :not inside one another */

struct reader {
    struct ek_names *names;
    struct ek_arena *arena;
    struct ek_slice text;
    size_t at;
    const char *fault;
    unsigned nesting;
};

static bool more(const struct reader *r)
{
    return r->at < r->text.len;
}

static char peek(const struct reader *r)
{
    return more(r) ? r->text.at[r->at] : '\0';
}

static bool fail(struct reader *r, const char *fault)
{
    if (!r->fault)
        r->fault = fault;
    return false;
}

static void skip_blanks(struct reader *r)
{
    while (more(r) && ek_html_space(peek(r)))
        r->at++;
}

static bool name_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || (unsigned char)c >= 0x80;
}

static uint16_t read_name(struct reader *r, char sign)
{
    size_t start = r->at;
    while (more(r) && name_letter(peek(r)))
        r->at++;
    if (r->at == start) {
        fail(r, "a name is missing here");
        return 0;
    }
    uint16_t name = ek_names_add(r->names, sign, ek_slice(r->text.at + start, r->at - start));
    if (!name)
        fail(r, "more names than a set of profiles may use");
    return name;
}

/* After '[': name, or name=pattern, the pattern quoted where it holds a ']'. */
static bool read_attribute(struct reader *r, struct ek_test *test)
{
    test->kind = EK_TEST_ATTRIBUTE;
    test->name = read_name(r, '@');
    if (!test->name)
        return false;
    if (peek(r) == '=') {
        r->at++;
        char stop = peek(r) == '"' ? '"' : ']';
        if (stop == '"')
            r->at++;
        size_t start = r->at;
        while (more(r) && peek(r) != stop)
            r->at++;
        test->kind = EK_TEST_PATTERN;
        const char *fault = ek_pattern_compile(&test->pattern, r->arena,
                                               ek_slice(r->text.at + start, r->at - start));
        if (fault)
            return fail(r, fault);
        if (stop == '"')
            r->at += more(r);
    }
    if (peek(r) != ']')
        return fail(r, "']' is missing");
    r->at++;
    return true;
}

static struct ek_selector *read_selector(struct reader *r);

/* After ':': has(...) or not(...). */
static bool read_function(struct reader *r, struct ek_test *test)
{
    struct ek_slice rest = ek_slice(r->text.at + r->at, r->text.len - r->at);
    bool has = rest.len >= 4 && memcmp(rest.at, "has(", 4) == 0;
    if (!has && !(rest.len >= 4 && memcmp(rest.at, "not(", 4) == 0))
        return fail(r, "only :has(...) and :not(...) are known");
    if (r->nesting == NESTING_MAX)
        return fail(r, ":has and :not nested too deep");
    r->at += 4;
    r->nesting++;
    test->kind = has ? EK_TEST_HAS : EK_TEST_NOT;
    test->inner = read_selector(r);
    r->nesting--;
    if (!test->inner)
        return false;
    if (peek(r) != ')')
        return fail(r, "')' is missing");
    r->at++;
    return true;
}

static bool read_test(struct reader *r, struct ek_test *test)
{
    char sign = peek(r);
    r->at++;
    if (sign == '[')
        return read_attribute(r, test);
    if (sign == ':')
        return read_function(r, test);
    test->kind = EK_TEST_NAME;
    test->name = read_name(r, sign);
    return test->name != 0;
}

static bool read_compound(struct reader *r, struct ek_compound *compound)
{
    struct ek_test tests[PARTS_MAX] = {{0}};
    size_t start = r->at;
    compound->any = true;
    if (peek(r) == '&') {
        compound->self = true;
        r->at++;
    } else if (peek(r) == '*') {
        r->at++;
    } else if (name_letter(peek(r))) {
        compound->any = false;
        compound->tag = read_name(r, '<');
    }
    while (more(r) && strchr(".#[:", peek(r)) && !r->fault) {
        if (compound->test_count == PARTS_MAX)
            return fail(r, "too many tests on one element");
        if (!read_test(r, &tests[compound->test_count++]))
            return false;
    }
    if (r->at == start)
        return fail(r, "a tag, .class, #id, [attribute], * or & is missing here");
    compound->tests = EK_NEW_ARRAY(r->arena, struct ek_test, compound->test_count + 1);
    if (!compound->tests)
        return fail(r, "out of memory");
    memcpy(compound->tests, tests, compound->test_count * sizeof *tests);
    return !r->fault;
}

static int rank(const struct ek_names *names, const struct ek_test *test)
{
    if (test->kind == EK_TEST_NAME)
        return names->name[test->name].sign == '#' ? 3 : 2;
    return test->kind == EK_TEST_ATTRIBUTE || test->kind == EK_TEST_PATTERN ? 1 : -1;
}

static void choose_key(struct reader *r, struct ek_chain *chain)
{
    const struct ek_compound *last = &chain->compounds[chain->count - 1];
    int best = last->any ? -1 : 0;
    chain->key = last->any ? 0 : last->tag;
    for (unsigned i = 0; i < last->test_count; i++)
        if (rank(r->names, &last->tests[i]) > best) {
            best = rank(r->names, &last->tests[i]);
            chain->key = last->tests[i].name;
        }
    if (chain->key)
        r->names->name[chain->key].keyed = true;
}

static bool at_end_of_chain(const struct reader *r)
{
    return !more(r) || peek(r) == ',' || peek(r) == ')';
}

static bool read_chain(struct reader *r, struct ek_chain *chain)
{
    struct ek_compound compounds[PARTS_MAX] = {{0}};
    skip_blanks(r);
    do {
        if (chain->count == PARTS_MAX)
            return fail(r, "too many elements in one selector");
        struct ek_compound *compound = &compounds[chain->count++];
        if (peek(r) == '>') {
            if (chain->count == 1)
                return fail(r, "nothing stands before '>'; write '& >' for a child");
            compound->child = true;
            r->at++;
            skip_blanks(r);
        }
        if (!read_compound(r, compound))
            return false;
        if (compound->self && chain->count > 1)
            return fail(r, "'&' can only come first");
        skip_blanks(r);
    } while (!at_end_of_chain(r));
    chain->compounds = EK_NEW_ARRAY(r->arena, struct ek_compound, chain->count);
    if (!chain->compounds)
        return fail(r, "out of memory");
    memcpy(chain->compounds, compounds, chain->count * sizeof *compounds);
    choose_key(r, chain);
    return true;
}

static struct ek_selector *read_selector(struct reader *r)
{
    struct ek_chain chains[PARTS_MAX] = {{0}};
    unsigned count = 0;
    do {
        if (count)
            r->at++; /* the comma */
        if (count == PARTS_MAX) {
            fail(r, "too many alternatives in one selector");
            return NULL;
        }
        if (!read_chain(r, &chains[count++]))
            return NULL;
    } while (peek(r) == ',');
    struct ek_selector *selector = EK_NEW(r->arena, struct ek_selector);
    struct ek_chain *copy = EK_NEW_ARRAY(r->arena, struct ek_chain, count);
    if (!selector || !copy) {
        fail(r, "out of memory");
        return NULL;
    }
    memcpy(copy, chains, count * sizeof *chains);
    *selector = (struct ek_selector){copy, count};
    return selector;
}

struct ek_selector *ek_selector_compile(struct ek_names *names, struct ek_arena *arena,
                                        struct ek_slice text, size_t *at, const char **fault)
{
    struct reader r = {.names = names, .arena = arena, .text = text};
    struct ek_selector *selector = read_selector(&r);
    if (selector && more(&r)) {
        fail(&r, "this cannot follow here");
        selector = NULL;
    }
    *at = r.at;
    *fault = r.fault;
    return selector;
}
