/* store_fixture.h - a store in a temporary folder, and small ways to put posts into it. */
#ifndef EKBOM_TESTS_STORE_FIXTURE_H
#define EKBOM_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/query.h"
#include "ekbom/store.h"

#define BASE "https://board.example/forum/"
#define DAY 86400

struct fixture {
    char folder[64];
    struct ek_store *store;
    struct ek_arena *arena;
    struct ek_err err;
};

#define OK(f, call)                                                                                \
    do {                                                                                           \
        if ((call) < 0)                                                                            \
            fail_msg("%s: %s", #call, (f)->err.message);                                           \
    } while (0)

static inline void fixture_open(struct fixture *f, enum ek_store_mode mode)
{
    OK(f, ek_store_open(&f->store, f->folder, mode, "test", &f->err));
}

static inline void fixture_reopen(struct fixture *f, enum ek_store_mode mode)
{
    ek_store_close(f->store);
    f->store = NULL;
    fixture_open(f, mode);
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/ekbom-test-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    f->arena = ek_arena_new(512u << 20);
    fixture_open(f, EK_STORE_WRITE);
    *state = f;
    return 0;
}

static inline void remove_folder(const char *folder)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "could not remove %s\n", folder);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    ek_store_close(f->store);
    ek_arena_free(f->arena);
    remove_folder(f->folder);
    free(f);
    return 0;
}

/* A rule set with this text. */
static inline void fixture_rules(struct fixture *f, struct ek_bundle *bundle, const char *text)
{
    memset(bundle, 0, sizeof *bundle);
    bundle->origin = "rules";
    bundle->files = ek_alloc(f->arena, 1, sizeof *bundle->files);
    bundle->files[0] = (struct ek_file){"a.rules", text, strlen(text)};
    bundle->count = 1;
    ek_bundle_seal(bundle);
}

static inline void fixture_set_rules(struct fixture *f)
{
    struct ek_bundle bundle;
    fixture_rules(f, &bundle, "theory bid \"Brain iron\"\n");
    OK(f, ek_store_set_rules(f->store, &bundle, &f->err));
}

/* Tags from a list of codes: "bid", "-ppi" (disputes), "+iron" (treatment), ends with NULL. */
static inline struct ek_tags *tags_of(struct fixture *f, const char *first, ...)
{
    struct ek_tags *tags = ek_alloc(f->arena, 1, sizeof *tags);
    tags->assessable = true;
    tags->theories = ek_alloc(f->arena, 300, sizeof *tags->theories);
    tags->treatments = ek_alloc(f->arena, 300, sizeof *tags->treatments);
    va_list list;
    va_start(list, first);
    for (const char *code = first; code; code = va_arg(list, const char *)) {
        if (*code == '+')
            tags->treatments[tags->treatment_count++].code = code + 1;
        else if (*code == '-')
            tags->theories[tags->theory_count++] =
                (struct ek_tag){.code = code + 1, .stance = EK_DISPUTES};
        else
            tags->theories[tags->theory_count++].code = code;
    }
    va_end(list);
    return tags;
}

static inline struct ek_entry entry_of(const char *id, const char *thread, const char *author,
                                       ek_time time, const char *text)
{
    struct ek_entry entry = {.forum = BASE,
                             .thread_id = thread,
                             .thread_title = "A thread",
                             .first_seen = EK_TIME_UNKNOWN,
                             .last_seen = EK_TIME_UNKNOWN};
    entry.post.id = id;
    entry.post.author = author;
    entry.post.author_id = author;
    entry.post.time = time;
    entry.post.precision = time == EK_TIME_UNKNOWN ? EK_PRECISION_UNKNOWN : EK_PRECISION_SECOND;
    entry.post.time_source = EK_SOURCE_ATTRIBUTE;
    entry.post.text = text;
    return entry;
}

/* One entry in a slice of its own. */
static inline size_t put_entry(struct fixture *f, const struct ek_entry *entry, ek_time seen,
                               const struct ek_tags *tags)
{
    size_t changed = 0;
    OK(f, ek_store_begin(f->store, &f->err));
    OK(f, ek_store_put_entry(f->store, entry, seen, tags, &changed, &f->err));
    OK(f, ek_store_commit(f->store, &f->err));
    return changed;
}

static inline struct ek_entry get_post(struct fixture *f, const char *id)
{
    struct ek_entry entry = {0};
    uint64_t *numbers;
    size_t count;
    OK(f, ek_store_find_post(f->store, id, f->arena, &numbers, &count, &f->err));
    if (count != 1)
        fail_msg("%zu posts %s", count, id);
    OK(f, ek_store_entry(f->store, numbers[0], true, f->arena, &entry, &f->err));
    return entry;
}

static inline void print_finding(void *context, const char *finding)
{
    (void)context;
    fprintf(stderr, "    finding: %s\n", finding);
}

static inline void expect_sound(struct fixture *f)
{
    long findings = ek_store_verify(f->store, print_finding, NULL, &f->err);
    if (findings < 0)
        fail_msg("verify: %s", f->err.message);
    assert_int_equal(findings, 0);
}

#endif
