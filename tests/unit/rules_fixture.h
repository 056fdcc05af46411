/* rules_fixture.h - rule sets out of strings, for the tests of rules/. */
#ifndef RULES_FIXTURE_H
#define RULES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/rules.h"

struct fixture {
    struct ek_arena *arena;
    struct ek_bundle bundle;
    struct ek_rules *rules;
    struct ek_matcher *matcher;
    struct ek_diagnostics diagnostics;
    struct ek_err err;
    struct ek_tags tags;
};

static inline void fixture_file(struct fixture *fixture, const char *name, const void *text,
                                size_t len)
{
    if (!fixture->arena) {
        fixture->arena = ek_arena_new(256u << 20);
        assert_non_null(fixture->arena);
        fixture->bundle.origin = "test";
        fixture->bundle.files = EK_NEW_ARRAY(fixture->arena, struct ek_file, 16);
    }
    assert_true(fixture->bundle.count < 16);
    fixture->bundle.files[fixture->bundle.count++] =
        (struct ek_file){.name = name, .text = ek_strndup(fixture->arena, "", 0), .len = 0};
    struct ek_file *file = &fixture->bundle.files[fixture->bundle.count - 1];
    char *copy = ek_alloc(fixture->arena, len + 1, 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    file->text = copy;
    file->len = len;
}

static inline int fixture_compile(struct fixture *fixture)
{
    ek_bundle_seal(&fixture->bundle);
    return ek_rules_compile(&fixture->rules, &fixture->bundle, fixture->arena,
                            &fixture->diagnostics, &fixture->err);
}

static inline void fixture_start(struct fixture *fixture, enum ek_engine engine)
{
    if (fixture_compile(fixture) < 0)
        fail_msg("%s", fixture->err.message);
    fixture->matcher = ek_matcher_new(fixture->rules, engine, &fixture->err);
    assert_non_null(fixture->matcher);
}

/* A rule set of one file, ready to tag. */
static inline struct fixture fixture_of(const char *text)
{
    struct fixture fixture = {0};

    fixture_file(&fixture, "test.rules", text, strlen(text));
    fixture_start(&fixture, EK_ENGINE_FAST);
    return fixture;
}

static inline const struct ek_tags *fixture_tag(struct fixture *fixture, const char *text)
{
    struct ek_tag_input input = {.text = text, .len = strlen(text)};

    if (ek_matcher_tag(fixture->matcher, &input, fixture->arena, &fixture->tags, &fixture->err) < 0)
        fail_msg("%s", fixture->err.message);
    return &fixture->tags;
}

static inline const struct ek_tag *fixture_theory(struct fixture *fixture, const char *text,
                                                  const char *code)
{
    const struct ek_tags *tags = fixture_tag(fixture, text);

    for (size_t i = 0; i < tags->theory_count; i++)
        if (strcmp(tags->theories[i].code, code) == 0)
            return &tags->theories[i];
    return NULL;
}

static inline void fixture_free(struct fixture *fixture)
{
    ek_matcher_free(fixture->matcher);
    ek_rules_free(fixture->rules);
    ek_arena_free(fixture->arena);
}

#endif
