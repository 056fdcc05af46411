/* Any bytes as rule files and a post: the grammar, and both engines after it.
 *
 * The input is cut at bytes 0x1e: a rule file, a second one that it may include, and a post. What
 * compiles tags the post with both engines, which must agree; what does not compile must say
 * where. Rooms: rules base. Run by tests/fuzz/run.sh rules SECONDS. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define demand(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The bytes up to the next 0x1e, NUL-terminated; moves on. */
static char *part(struct ek_arena *arena, const uint8_t **data, size_t *size, size_t *len)
{
    const uint8_t *end = *size ? memchr(*data, 0x1e, *size) : NULL;
    *len = end ? (size_t)(end - *data) : *size;
    char *copy = ek_alloc(arena, 1, *len + 1);
    demand(copy != NULL);
    if (*len)
        memcpy(copy, *data, *len);
    size_t used = *len + (end != NULL);
    *data += used;
    *size -= used;
    return copy;
}

static void check_diagnostics(const struct ek_diagnostics *diagnostics, int compiled)
{
    demand(compiled == 0 ? diagnostics->errors == 0 : 1);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct ek_diagnostic *d = &diagnostics->items[i];
        demand(d->message && *d->message && !strchr(d->message, '\n'));
        demand(!d->file || d->line > 0 || d->column == 0);
    }
}

static void same_tag(const struct ek_tag *a, const struct ek_tag *b)
{
    demand(strcmp(a->code, b->code) == 0 && a->stance == b->stance && a->hedged == b->hedged);
    demand(a->experience == b->experience && a->cramps == b->cramps && a->weight == b->weight);
    demand(a->hit_count == b->hit_count);
    for (size_t i = 0; i < a->hit_count; i++) {
        demand(a->hits[i].start == b->hits[i].start && a->hits[i].end == b->hits[i].end);
        demand(strcmp(a->hits[i].rule, b->hits[i].rule) == 0);
    }
}

/* Where a rule reached a limit under either engine, the two may differ. */
static void same_tags(const struct ek_tags *a, const struct ek_tags *b)
{
    if (a->undetermined_count || b->undetermined_count)
        return;
    demand(a->theory_count == b->theory_count && a->treatment_count == b->treatment_count);
    for (size_t i = 0; i < a->theory_count; i++)
        same_tag(&a->theories[i], &b->theories[i]);
    for (size_t i = 0; i < a->treatment_count; i++)
        same_tag(&a->treatments[i], &b->treatments[i]);
}

static void tag_post(const struct ek_rules *rules, struct ek_arena *arena, const char *text,
                     size_t len)
{
    struct ek_tag_input input = {.text = text, .len = len};
    struct ek_tags tags[2];
    struct ek_err err;
    int results[2];
    for (int engine = 0; engine < 2; engine++) {
        struct ek_matcher *matcher =
            ek_matcher_new(rules, engine ? EK_ENGINE_NAIVE : EK_ENGINE_FAST, &err);
        demand(matcher != NULL);
        results[engine] = ek_matcher_tag(matcher, &input, arena, &tags[engine], &err);
        ek_matcher_free(matcher);
    }
    if (results[0] == 0 && results[1] == 0)
        same_tags(&tags[0], &tags[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ek_arena *arena = ek_arena_new(256u << 20);
    struct ek_file files[2] = {{.name = "a.rules"}, {.name = "b.rules"}};
    struct ek_bundle bundle = {.origin = "fuzz", .files = files, .count = 2};
    struct ek_diagnostics diagnostics = {0};
    struct ek_rules *rules = NULL;
    struct ek_err err;
    size_t len;
    demand(arena != NULL);
    for (int i = 0; i < 2; i++)
        files[i].text = part(arena, &data, &size, &files[i].len);
    const char *text = part(arena, &data, &size, &len);
    ek_bundle_seal(&bundle);
    int result = ek_rules_compile(&rules, &bundle, arena, &diagnostics, &err);
    check_diagnostics(&diagnostics, result);
    if (result == 0)
        tag_post(rules, arena, text, len);
    else
        demand(*err.message && !strchr(err.message, '\n'));
    ek_rules_free(rules);
    ek_arena_free(arena);
    return 0;
}
