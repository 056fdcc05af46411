/* test_rules_corpus.c - the shipped rules say the same by both engines of posts as people write
 * them: of the sample and, where ../shared lies beside the checkout, of the boards and the
 * hand-coded posts there.
 *
 * The plain engine takes 3 ms a post, so one in ten is taken; EKBOM_TEST_EVERY=1 takes them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <zlib.h>

#include "rules_contest.h"

static struct ek_arena *arena;
static struct contest contest;

static int start(void **state)
{
    struct ek_bundle bundle;
    struct ek_err err;

    (void)state;
    arena = ek_arena_new(EK_ARENA_BYTES);
    if (!arena || ek_bundle_load(&bundle, arena, "rules/rls", ".rules", &err) != 0)
        return -1;
    return contest_start(&contest, &bundle);
}

static int end(void **state)
{
    (void)state;
    contest_end(&contest);
    ek_arena_free(arena);
    return 0;
}

/* Posts of a file of JSON lines, plain or packed: how many were compared. */
static size_t compare_posts(const char *path, const char *field)
{
    const char *wish = getenv("EKBOM_TEST_EVERY");
    unsigned long every = wish ? strtoul(wish, NULL, 10) : 10, number = 0;
    gzFile file = gzopen(path, "rb");
    static char line[1 << 20];
    size_t compared = 0;

    while (file && gzgets(file, line, sizeof line)) {
        if (number++ % every)
            continue;
        json_t *post = json_loads(line, 0, NULL);
        const char *text = json_string_value(json_object_get(post, field));
        assert_non_null(text);
        if (!contest_agree(&contest, text, strlen(text)))
            fail_msg("%s:%lu: %s\nfast:\n%s\nplain:\n%s", path, number, text, contest.said_fast,
                     contest.said_plain);
        compared++;
        json_decref(post);
    }
    if (file)
        gzclose(file);
    return compared;
}

static void the_sample(void **state)
{
    (void)state;
    assert_true(compare_posts("sample/posts.jsonl", "body") > 200);
    assert_true(contest.tags > 200);
}

static void hand_coded_posts(void **state)
{
    (void)state;
    if (compare_posts("../shared/gold/dev.jsonl", "text_own") == 0)
        skip();
}

static void boards(void **state)
{
    (void)state;
    if (compare_posts("../shared/boards/phpbb-3.3.oracle.jsonl.gz", "own_text") == 0)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample),
        cmocka_unit_test(hand_coded_posts),
        cmocka_unit_test(boards),
    };
    return cmocka_run_group_tests(tests, start, end);
}
