/* fuzz_extract.c - any bytes as a page and as a post body. libFuzzer target.
 *
 * Seeds: the pages of tests/pages. The first byte chooses what the server said of the charset and
 * whether the address is known, so that every path to UTF-8 is walked. Rooms: extract base.
 * Run by tests/fuzz/run.sh extract SECONDS. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/extract.h"
#include "ekbom/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ek_profiles *profiles;
static struct ek_arena *arena;

static void start(void)
{
    static struct ek_arena *files;
    struct ek_bundle bundle;
    struct ek_err err;
    files = ek_arena_new(16u << 20);
    arena = ek_arena_new(256u << 20);
    if (!files || !arena || ek_bundle_load(&bundle, files, "profiles", ".profile", &err) != 0 ||
        ek_profiles_compile(&profiles, &bundle, &err) != 0) {
        fprintf(stderr, "fuzz_extract: run it from the checkout\n");
        exit(2);
    }
}

/* What comes out must be what record.h promises. */
static void check_text(const char *text)
{
    if (text && ek_utf8_valid(text, strlen(text)) != strlen(text))
        abort();
}

static void check_post(const struct ek_post *post)
{
    if (!post->id || !post->text)
        abort();
    check_text(post->text);
    check_text(post->author);
    check_text(post->subject);
    check_text(post->time_text);
    for (size_t i = 0; i < post->quote_count; i++) {
        check_text(post->quotes[i].author);
        check_text(post->quotes[i].text);
    }
    for (size_t i = 0; i < post->link_count; i++)
        if (!post->links[i].url)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {NULL,    "utf-8",     "windows-1252", "iso-8859-1",
                                           "gbk",   "shift_jis", "utf-16",       "no-such-charset",
                                           "koi8-r"};
    struct ek_err err;
    struct ek_page page;
    struct ek_post post = {.id = "1", .text = ""};
    if (!profiles)
        start();
    if (!size)
        return 0;
    struct ek_fetched fetched = {data[0] & 64 ? "http://board.example/viewtopic.php?t=1" : NULL,
                                 data[0] & 128 ? 1700000000 : EK_TIME_UNKNOWN,
                                 charsets[(data[0] & 63) % 9],
                                 data + 1,
                                 size - 1,
                                 NULL};
    ek_arena_reset(arena);
    if (ek_extract_page(profiles, &fetched, arena, &page, &err) == 0)
        for (size_t i = 0; i < page.post_count; i++)
            check_post(&page.posts[i]);
    ek_arena_reset(arena);
    if (ek_extract_body(profiles, (const char *)data + 1, size - 1, arena, &post, &err) == 0)
        check_post(&post);
    return 0;
}
