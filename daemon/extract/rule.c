/* rule.c - compile the rules of fields: "STEP / STEP -> VALUE | FILTER | FILTER as WHAT".
 * See profile.h; they are evaluated in reading.c. */
#include "daemon/extract/profile.h"
#include "ekbom/arena.h"

static bool fail(struct ek_line *line, size_t at, const char *fault)
{
    if (!line->fault) {
        line->fault = fault;
        line->at = at;
    }
    return false;
}

static struct ek_slice part(const struct ek_line *line, size_t from, size_t to)
{
    return ek_slice_trim(ek_slice(line->value.at + from, to - from));
}

/* Where `sign`, with blanks around, stands next outside of brackets and quotes; `to` if nowhere. */
static size_t find_sign(const struct ek_line *line, size_t from, size_t to, const char *sign)
{
    size_t len = strlen(sign), depth = 0;
    bool quoted = false;
    for (size_t i = from; i < to; i++) {
        char c = line->value.at[i];
        if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '('))
            depth++;
        else if (!quoted && (c == ']' || c == ')') && depth)
            depth--;
        if (!quoted && !depth && i + len + 2 <= to && ek_html_space(c) &&
            memcmp(line->value.at + i + 1, sign, len) == 0 &&
            ek_html_space(line->value.at[i + 1 + len]))
            return i;
    }
    return to;
}

const struct ek_selector *ek_line_selector(struct ek_line *line, size_t from, size_t to)
{
    struct ek_slice text = part(line, from, to);
    size_t at;
    const char *fault;
    const struct ek_selector *selector =
        ek_selector_compile(line->profiles->names, line->profiles->arena, text, &at, &fault);
    if (!selector)
        fail(line, (size_t)(text.at - line->value.at) + at, fault);
    return selector;
}

static bool read_step(struct ek_line *line, size_t from, size_t to, struct ek_step *step)
{
    static const struct {
        const char *word;
        enum ek_axis axis;
    } axes[] = {{"last ", EK_LAST_INSIDE},
                {"up ", EK_UP},
                {"next ", EK_FOLLOWING},
                {"previous ", EK_PRECEDING}};
    struct ek_slice text = part(line, from, to);
    size_t start = (size_t)(text.at - line->value.at);
    step->axis = EK_INSIDE;
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        size_t len = strlen(axes[i].word);
        if (text.len > len && memcmp(text.at, axes[i].word, len) == 0) {
            step->axis = axes[i].axis;
            start += len;
        }
    }
    step->selector = ek_line_selector(line, start, to);
    return step->selector != NULL;
}

static bool read_steps(struct ek_line *line, size_t to, struct ek_rule *rule)
{
    size_t from = 0;
    for (;;) {
        size_t end = find_sign(line, from, to, "/");
        if (rule->step_count == EK_RULE_PARTS)
            return fail(line, from, "too many steps in one rule");
        if (!read_step(line, from, end, &rule->steps[rule->step_count++]))
            return false;
        if (end == to)
            return true;
        from = end + 2;
    }
}

static bool read_value(struct ek_line *line, size_t from, size_t to, struct ek_rule *rule)
{
    struct ek_slice text = part(line, from, to);
    if (ek_slice_is(text, "text")) {
        rule->value = EK_VALUE_TEXT;
    } else if (ek_slice_is(text, "own")) {
        rule->value = EK_VALUE_OWN;
    } else if (text.len > 1 && text.at[0] == '@') {
        rule->value = EK_VALUE_ATTRIBUTE;
        rule->attribute =
            ek_names_add(line->profiles->names, '@', ek_slice(text.at + 1, text.len - 1));
        if (!rule->attribute)
            return fail(line, from, "more names than a set of profiles may use");
    } else {
        return fail(line, from, "'text', 'own' or '@attribute' is wanted after '->'");
    }
    return true;
}

static struct ek_slice unquoted(struct ek_slice text)
{
    if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"')
        return ek_slice(text.at + 1, text.len - 2);
    return text;
}

static bool after_word(struct ek_slice *text, const char *word)
{
    size_t len = strlen(word);
    if (text->len <= len || memcmp(text->at, word, len) != 0 || !ek_html_space(text->at[len]))
        return false;
    *text = ek_slice_trim(ek_slice(text->at + len, text->len - len));
    return true;
}

static const struct ek_patterns *find_patterns(const struct ek_profile *profile,
                                               struct ek_slice name)
{
    for (unsigned i = 0; i < profile->pattern_count; i++)
        if (ek_slice_is(name, profile->patterns[i].name))
            return &profile->patterns[i];
    return NULL;
}

static bool read_filter(struct ek_line *line, size_t from, size_t to, struct ek_filter *filter)
{
    static const char *const kinds[EK_ADDRESS_KINDS] = {"thread", "post", "board", "user"};
    struct ek_slice text = part(line, from, to);
    if (after_word(&text, "match")) {
        filter->kind = EK_FILTER_MATCH;
        const char *fault =
            ek_pattern_compile(&filter->pattern, line->profiles->arena, unquoted(text));
        return fault ? fail(line, from, fault) : true;
    }
    if (after_word(&text, "one-of")) {
        filter->kind = EK_FILTER_ONE_OF;
        filter->patterns = find_patterns(line->profile, text);
        return filter->patterns || fail(line, from, "no such patterns stand above");
    }
    if (after_word(&text, "id")) {
        filter->kind = EK_FILTER_ID;
        for (unsigned i = 0; i < EK_ADDRESS_KINDS; i++)
            if (ek_slice_is(text, kinds[i])) {
                filter->address = (enum ek_address_kind)i;
                return true;
            }
        return fail(line, from, "'id' wants thread, post, board or user");
    }
    return fail(line, from, "a filter is 'match PATTERN', 'one-of NAME' or 'id KIND'");
}

static bool read_filters(struct ek_line *line, size_t from, size_t to, struct ek_rule *rule)
{
    while (from < to) {
        size_t end = find_sign(line, from, to, "|");
        if (rule->filter_count == EK_RULE_PARTS)
            return fail(line, from, "too many filters in one rule");
        if (!read_filter(line, from, end, &rule->filters[rule->filter_count++]))
            return false;
        from = end == to ? to : end + 2;
    }
    return true;
}

/* One of the words that the field allows. */
static bool read_as(struct ek_line *line, size_t from, size_t to, const char *allowed,
                    struct ek_rule *rule)
{
    struct ek_slice text = part(line, from, to);
    if (!allowed)
        return fail(line, from, "this field takes no 'as'");
    for (const char *word = allowed; *word;) {
        size_t len = strcspn(word, " ");
        if (len == text.len && memcmp(word, text.at, len) == 0) {
            rule->as = ek_strndup(line->profiles->arena, word, len);
            return rule->as || fail(line, from, "out of memory");
        }
        word += len + (word[len] == ' ');
    }
    return fail(line, from, "no such word after 'as' here");
}

struct ek_rule *ek_rule_compile(struct ek_line *line, const char *as_allowed)
{
    struct ek_rule *rule = EK_NEW(line->profiles->arena, struct ek_rule);
    if (!rule) {
        fail(line, 0, "out of memory");
        return NULL;
    }
    size_t end = line->value.len;
    size_t as = find_sign(line, 0, end, "as");
    size_t arrow = find_sign(line, 0, as, "->");
    size_t filters = find_sign(line, arrow == as ? as : arrow + 3, as, "|");
    bool good = read_steps(line, arrow, rule);
    if (good && arrow < as)
        good = read_value(line, arrow + 3, filters, rule);
    if (good && filters < as)
        good = read_filters(line, filters + 2, as, rule);
    if (good && as < end)
        good = read_as(line, as + 3, end, as_allowed, rule);
    else if (good && as_allowed)
        good = fail(line, end, "this field wants 'as' and a word");
    return good ? rule : NULL;
}
