/* test_extract_pages.c - every page of tests/pages gives what its .json says.
 *
 * A page NAME.html stands beside NAME.json: {"url", "fetched", "charset", "expect"}. Every member
 * of `expect` must be in the page's JSON with that value; arrays must have the same length. Beside
 * the fields of `ekbom extract` it may name forum_title, board_title, board_parent, thread_flags,
 * and flags in links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/extract.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"

#define PAGES "tests/pages"

static struct ek_arena *files, *arena;
static struct ek_profiles *profiles;

static int setup(void **state)
{
    (void)state;
    struct ek_err err;
    struct ek_bundle bundle;
    files = ek_arena_new(16u << 20);
    arena = ek_arena_new(EK_ARENA_BYTES);
    if (ek_bundle_load(&bundle, files, "profiles", ".profile", &err) != 0 ||
        ek_profiles_compile(&profiles, &bundle, &err) != 0) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ek_profiles_free(profiles);
    ek_arena_free(arena);
    ek_arena_free(files);
    return 0;
}

static json_t *flags_to_json(unsigned flags)
{
    static const char *const names[] = {"sticky", "announcement", "global", "locked", "moved"};
    json_t *array = json_array();
    for (unsigned i = 0; i < 5; i++)
        if (flags >> i & 1)
            json_array_append_new(array, json_string(names[i]));
    return array;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *whole_page(const struct ek_page *page)
{
    json_t *json = ek_page_to_json(page);
    assert_non_null(json);
    json_object_set_new(json, "forum_title", text_or_null(page->forum_title));
    json_object_set_new(json, "board_title", text_or_null(page->board_title));
    json_object_set_new(json, "board_parent", text_or_null(page->board_parent));
    json_object_set_new(json, "thread_flags", flags_to_json(page->thread_flags));
    for (size_t i = 0; i < page->link_count; i++)
        json_object_set_new(json_array_get(json_object_get(json, "links"), i), "flags",
                            flags_to_json(page->links[i].flags));
    return json;
}

/* Print every difference; returns their number. */
static int compare(const char *place, json_t *want, json_t *have)
{
    char inner[512];
    const char *key;
    json_t *value;
    size_t i;
    int differences = 0;
    if (json_is_object(want) && json_is_object(have)) {
        json_object_foreach(want, key, value)
        {
            snprintf(inner, sizeof inner, "%s.%s", place, key);
            differences += compare(inner, value, json_object_get(have, key));
        }
        return differences;
    }
    if (json_is_array(want) && json_is_array(have) &&
        json_array_size(want) == json_array_size(have)) {
        json_array_foreach(want, i, value)
        {
            snprintf(inner, sizeof inner, "%s[%zu]", place, i);
            differences += compare(inner, value, json_array_get(have, i));
        }
        return differences;
    }
    if (have && json_equal(want, have))
        return 0;
    char *wanted = json_dumps(want, JSON_ENCODE_ANY);
    char *given = have ? json_dumps(have, JSON_ENCODE_ANY) : NULL;
    fprintf(stderr, "%s: wanted %s, got %.2000s\n", place, wanted, given ? given : "nothing");
    free(wanted);
    free(given);
    return 1;
}

static void *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(EK_MAX_PAGE_BYTES);
    assert_non_null(bytes);
    *len = fread(bytes, 1, EK_MAX_PAGE_BYTES, file);
    fclose(file);
    /* exactly as long as the page, so that a sanitizer sees a read past its end */
    void *exact = malloc(*len ? *len : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, *len);
    free(bytes);
    return exact;
}

static int check_page(const char *name)
{
    char path[512];
    size_t len;
    struct ek_err err;
    struct ek_page page;
    snprintf(path, sizeof path, PAGES "/%s.json", name);
    json_t *test = json_load_file(path, 0, NULL);
    assert_non_null(test);
    snprintf(path, sizeof path, PAGES "/%s.html", name);
    void *body = read_file(path, &len);
    const char *fetched = json_string_value(json_object_get(test, "fetched"));
    struct ek_fetched page_in = {json_string_value(json_object_get(test, "url")),
                                 EK_TIME_UNKNOWN,
                                 json_string_value(json_object_get(test, "charset")),
                                 body,
                                 len,
                                 NULL};
    enum ek_precision precision;
    if (fetched)
        assert_int_equal(ek_time_parse(fetched, &page_in.fetched, &precision), 0);
    ek_arena_reset(arena);
    assert_int_equal(ek_extract_page(profiles, &page_in, arena, &page, &err), 0);
    free(body);
    json_t *json = whole_page(&page);
    int differences = compare(name, json_object_get(test, "expect"), json);
    json_decref(json);
    json_decref(test);
    return differences;
}

static void test_pages(void **state)
{
    (void)state;
    DIR *dir = opendir(PAGES);
    struct dirent *entry;
    int pages = 0, differences = 0;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char *dot = strstr(entry->d_name, ".html");
        if (!dot || dot[5])
            continue;
        *dot = '\0';
        differences += check_page(entry->d_name);
        pages++;
    }
    closedir(dir);
    assert_true(pages > 20);
    assert_int_equal(differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
