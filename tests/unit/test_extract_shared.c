/* test_extract_shared.c - saved pages of real boards, where ../shared/pages lies beside the
 * checkout: what its manifest expects of phpBB 3's prosilver and styles that grew out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/extract.h"
#include "ekbom/limits.h"

#define PAGES "../shared/pages/"

enum column {
    FILE_NAME,
    ENGINE,
    VERSION,
    KIND,
    POSTS,
    ITEMS,
    FIRST_AUTHOR,
    LAST_AUTHOR,
    FIRST_ID,
    LAST_ID,
    FIRST_TIME,
    COLUMNS
};

static struct ek_arena *arena;
static struct ek_profiles *profiles;

static void check_thread(char *const *cell, const struct ek_page *page)
{
    enum ek_precision precision;
    ek_time time;
    assert_int_equal(page->post_count, atoi(cell[POSTS]));
    const struct ek_post *first = &page->posts[0], *last = &page->posts[page->post_count - 1];
    assert_string_equal(first->author, cell[FIRST_AUTHOR]);
    assert_string_equal(last->author, cell[LAST_AUTHOR]);
    assert_string_equal(first->id, cell[FIRST_ID]);
    assert_string_equal(last->id, cell[LAST_ID]);
    if (*cell[FIRST_TIME]) {
        assert_int_equal(ek_time_parse(cell[FIRST_TIME], &time, &precision), 0);
        assert_true(first->time == time);
    }
}

static void check_listing(char *const *cell, const struct ek_page *page, enum ek_link_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < page->link_count; i++)
        count += page->links[i].kind == kind;
    assert_int_equal(count, atoi(cell[ITEMS]));
}

static void check_row(char *const *cell)
{
    char path[512];
    static char body[1 << 20];
    struct ek_page page;
    struct ek_err err;
    snprintf(path, sizeof path, PAGES "%s", cell[FILE_NAME]);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(body, 1, sizeof body, file);
    fclose(file);
    struct ek_fetched fetched = {NULL, EK_TIME_UNKNOWN, NULL, body, len, NULL};
    ek_arena_reset(arena);
    assert_int_equal(ek_extract_page(profiles, &fetched, arena, &page, &err), 0);
    print_message("# %s\n", cell[FILE_NAME]);
    if (strstr(cell[VERSION], "subsilver2")) {
        assert_int_equal(page.kind, EK_PAGE_OTHER);
        return;
    }
    assert_string_equal(page.software, "phpbb");
    assert_false(page.partial);
    assert_string_equal(ek_page_kind_names[page.kind], cell[KIND]);
    if (page.kind == EK_PAGE_THREAD)
        check_thread(cell, &page);
    else
        check_listing(cell, &page, page.kind == EK_PAGE_INDEX ? EK_LINK_BOARD : EK_LINK_THREAD);
}

static void test_manifest(void **state)
{
    (void)state;
    struct ek_bundle bundle;
    struct ek_err err;
    FILE *manifest = fopen(PAGES "manifest.tsv", "r");
    if (!manifest)
        skip();
    arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_arena *files = ek_arena_new(16u << 20);
    assert_int_equal(ek_bundle_load(&bundle, files, "profiles", ".profile", &err), 0);
    assert_int_equal(ek_profiles_compile(&profiles, &bundle, &err), 0);
    char *line = NULL, *cell[COLUMNS];
    size_t cap = 0, rows = 0;
    while (getline(&line, &cap, manifest) > 0) {
        char *rest = line;
        for (unsigned i = 0; i < COLUMNS; i++)
            cell[i] = strsep(&rest, "\t");
        if (!cell[COLUMNS - 1] || strncmp(cell[FILE_NAME], "phpbb-3", 7) != 0)
            continue;
        check_row(cell);
        rows++;
    }
    assert_true(rows >= 5);
    free(line);
    fclose(manifest);
    ek_profiles_free(profiles);
    ek_arena_free(files);
    ek_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_manifest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
