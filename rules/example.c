/* example.c - the examples that stand beside the rules. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "rules/check.h"

#define QUOTES_MAX 8

/* An example as a post: " // " ends a line, a line that starts with "> " is quoted. */
int example_post(const char *text, struct ek_arena *arena, struct ek_tag_input *input)
{
    struct ek_quote *quotes = EK_NEW_ARRAY(arena, struct ek_quote, QUOTES_MAX);
    struct ek_buf own;

    ek_buf_init(&own, EK_MAX_RULE_FILE_BYTES);
    input->quotes = quotes;
    while (quotes && text) {
        const char *end = strstr(text, " // ");
        size_t len = end ? (size_t)(end - text) : strlen(text);
        if (len > 2 && memcmp(text, "> ", 2) == 0 && input->quote_count < QUOTES_MAX) {
            quotes[input->quote_count].depth = 1;
            quotes[input->quote_count++].text = ek_strndup(arena, text + 2, len - 2);
        } else {
            ek_buf_adds(&own, own.len ? "\n\n" : "");
            ek_buf_add(&own, text, len);
        }
        text = end ? end + 4 : NULL;
    }
    input->len = own.len;
    input->text = ek_buf_str(&own) ? ek_strdup(arena, ek_buf_str(&own)) : NULL;
    ek_buf_free(&own);
    return quotes && input->text ? 0 : -1;
}

static const struct ek_tag *find_tag(const struct ek_tags *tags, const struct ek_code *code)
{
    const struct ek_tag *list = code->treatment ? tags->treatments : tags->theories;
    size_t count = code->treatment ? tags->treatment_count : tags->theory_count;

    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].code, code->code) == 0)
            return &list[i];
    return NULL;
}

static const char *describe(const struct ek_tag *tag, bool treatment, struct ek_arena *arena)
{
    if (!tag)
        return "no";
    if (treatment)
        return "yes";
    return ek_printf(arena, "yes %s%s%s%s",
                     tag->stance == EK_NEUTRAL ? "neutral" : ek_stance_names[tag->stance],
                     tag->hedged ? " hedged" : "", tag->experience ? " experience" : "",
                     tag->cramps ? " cramps" : "");
}

static bool as_expected(const struct example *example, const struct ek_tag *tag, bool treatment)
{
    if (!tag || !example->wanted)
        return !tag == !example->wanted;
    return treatment || (tag->stance == example->stance &&
                         (tag->hedged || !(example->flavour & FLAVOUR_HEDGED)) &&
                         (tag->experience || !(example->flavour & FLAVOUR_EXPERIENCE)) &&
                         (tag->cramps || !(example->flavour & FLAVOUR_CRAMPS)));
}

static int run_example(const struct ek_rules *rules, struct ek_matcher *matcher,
                       const struct example *example, struct ek_arena *arena,
                       struct ek_example_result *result, struct ek_err *err)
{
    const struct ek_code *code = &rules->codes.items[example->code].shown;
    struct ek_tag_input input = {0};
    struct ek_tags tags;
    const struct ek_tag *tag;

    if (example_post(example->text, arena, &input) < 0)
        return ek_fail_memory(err);
    if (ek_matcher_tag(matcher, &input, arena, &tags, err) < 0)
        return ek_fail_in(err, "%s:%u", code->file, example->line);
    tag = find_tag(&tags, code);
    *result = (struct ek_example_result){.file = code->file,
                                         .line = example->line,
                                         .code = code->code,
                                         .expected = example->expected,
                                         .text = example->text,
                                         .got = describe(tag, code->treatment, arena),
                                         .todo = example->todo,
                                         .passed = as_expected(example, tag, code->treatment)};
    return result->got ? 0 : ek_fail_memory(err);
}

int ek_rules_test(const struct ek_rules *rules, struct ek_arena *arena,
                  struct ek_example_result **results, size_t *count, struct ek_err *err)
{
    struct ek_matcher *matcher = ek_matcher_new(rules, EK_ENGINE_FAST, err);
    int status = 0;

    *count = 0;
    if (!matcher)
        return -1;
    *results = EK_NEW_ARRAY(arena, struct ek_example_result, rules->examples.count + 1);
    if (!*results)
        status = ek_fail_memory(err);
    for (size_t i = 0; i < rules->examples.count && status == 0; i++) {
        status = run_example(rules, matcher, &rules->examples.items[i], arena, &(*results)[i], err);
        *count += status == 0;
    }
    ek_matcher_free(matcher);
    return status;
}
