/* tag_rules.c - see tag_rules.h. */
#include "tag_rules.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "english.h"
#include "measure.h"

static const char *base[RULES_MOST]; /* the patterns of tag.rules */
static size_t base_count;

size_t bench_rules_read(void)
{
    static char line[1000];
    FILE *file = fopen("tests/bench/tag.rules", "r");

    while (file && fgets(line, sizeof line, file)) {
        char *start = strstr(line, "regex /"), *end = strrchr(line, '/');
        if (!start || base_count == RULES_MOST)
            continue;
        start += strlen("regex /");
        base[base_count++] = strndup(start, (size_t)(end - start));
    }
    if (file)
        fclose(file);
    if (base_count == 0)
        give_up("tests/bench/tag.rules is not there: run it from the checkout");
    return base_count;
}

/* A pattern with other words: runs of three letters or more that are not escapes. */
static char *varied(const char *pattern)
{
    struct ek_buf out;

    ek_buf_init(&out, 4000);
    while (*pattern) {
        size_t len = strspn(pattern, "abcdefghijklmnopqrstuvwxyz");
        if (*pattern == '\\') {
            ek_buf_add(&out, pattern, 2);
            pattern += 2;
        } else if (len >= 3) {
            ek_buf_adds(&out, english_rare_word());
            pattern += len;
        } else {
            ek_buf_add(&out, pattern, len ? len : 1);
            pattern += len ? len : 1;
        }
    }
    return strdup(ek_buf_str(&out));
}

static void choose_rules(struct bench_rules *rules, size_t count)
{
    rules->count = count;
    ek_buf_init(&rules->text, 1u << 20);
    ek_buf_adds(&rules->text, "treatment all \"All\"\n");
    for (size_t i = 0; i < count; i++) {
        rules->patterns[i] = i < base_count ? base[i] : varied(base[i % base_count]);
        ek_buf_addf(&rules->text, "regex /%s/\n", rules->patterns[i]);
    }
}

static void load_rules(struct bench_rules *rules)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_file file = {"bench.rules", ek_buf_str(&rules->text), rules->text.len};
    struct ek_bundle bundle = {.origin = "bench", .files = &file, .count = 1};
    struct ek_diagnostics diagnostics;
    struct ek_err err;
    double begun = processor_seconds();

    ek_bundle_seal(&bundle);
    if (ek_rules_compile(&rules->rules, &bundle, arena, &diagnostics, &err) != 0 ||
        !(rules->matcher = ek_matcher_new(rules->rules, EK_ENGINE_FAST, &err)))
        give_up(err.message);
    rules->load = processor_seconds() - begun;
    begun = processor_seconds();
    for (size_t i = 0; i < rules->count; i++) {
        size_t place;
        int error;
        rules->codes[i] =
            pcre2_compile((PCRE2_SPTR)rules->patterns[i], PCRE2_ZERO_TERMINATED,
                          PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &place, NULL);
        if (!rules->codes[i] || pcre2_jit_compile(rules->codes[i], PCRE2_JIT_COMPLETE) != 0)
            give_up(rules->patterns[i]);
    }
    rules->load_pcre = processor_seconds() - begun;
    ek_arena_free(arena);
}

void bench_rules_make(struct bench_rules *rules, size_t count)
{
    choose_rules(rules, count);
    load_rules(rules);
}

void bench_rules_drop(struct bench_rules *rules)
{
    ek_matcher_free(rules->matcher);
    ek_rules_free(rules->rules);
    for (size_t i = 0; i < rules->count; i++)
        pcre2_code_free(rules->codes[i]);
    ek_buf_free(&rules->text);
}
