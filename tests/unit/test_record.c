/* test_record.c - records through bytes and JSON and back, and decoders fed with damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/record_codec.h"

static struct ek_quote quotes[] = {{"Ann", "12", false, 1, "My ferritin was 9."},
                                   {NULL, NULL, true, 2, ""}};
static struct ek_link links[] = {
    {EK_LINK_THREAD, "7", NULL, "https://board.example/viewtopic.php?t=7", NULL, EK_TIME_UNKNOWN,
     -1, 0},
    {EK_LINK_EXTERNAL, NULL, NULL, "https://example.org/", NULL, EK_TIME_UNKNOWN, -1, 0}};
static struct ek_post posts[] = {
    {.id = "1195",
     .author = "Zo\xc3\xab",
     .author_id = "98",
     .time = 1267499640,
     .precision = EK_PRECISION_SECOND,
     .time_source = EK_SOURCE_ATTRIBUTE,
     .time_text = "Tue",
     .subject = "Re: iron",
     .text = "own words",
     .quotes = quotes,
     .quote_count = 2,
     .links = links,
     .link_count = 2,
     .edited = true,
     .edit_count = 2,
     .edit_time_text = "Wed"},
    {.id = "1196", .guest = true, .time = EK_TIME_UNKNOWN, .text = ""}};
static struct ek_link listed[] = {{EK_LINK_BOARD, "5", "General",
                                   "https://board.example/viewforum.php?f=5", "1196", 1267499640,
                                   12, EK_THREAD_STICKY | EK_THREAD_LOCKED}};
static const struct ek_page page = {.kind = EK_PAGE_THREAD,
                                    .software = "phpbb",
                                    .software_version = "3.3",
                                    .language = "en-gb",
                                    .layer = "profile",
                                    .url = "https://board.example/viewtopic.php?t=1",
                                    .forum = "https://board.example/",
                                    .thread_id = "1",
                                    .thread_title = "Iron",
                                    .board_id = "5",
                                    .posts = posts,
                                    .post_count = 2,
                                    .links = listed,
                                    .link_count = 1};

static struct ek_hit hits[] = {{12, 24, "brain iron d", "bid:14", "disputes: don't buy"}};
static struct ek_tag theories[] = {{"bid", EK_DISPUTES, true, true, false, 3.0, hits, 1}};
static struct ek_tag treatments[] = {{"iron-oral", EK_SUPPORTS, false, false, false, 1.0, hits, 1}};
static const char *quoted[] = {"ppi"};
static struct ek_undetermined undetermined[] = {{"gut", "gut:3", "match limit"}};
static const struct ek_tags tags = {true, theories, 1, treatments, 1, quoted, 1, undetermined, 1};

static void page_bytes(struct ek_buf *buf)
{
    ek_buf_init(buf, 1 << 20);
    ek_put_page(buf, &page);
    ek_put_tags(buf, &tags);
    assert_false(buf->failed);
}

/* What is decoded encodes to the same bytes. */
static void round_trip(void **state)
{
    struct ek_buf first, second;
    struct ek_page read = {0};
    struct ek_tags read_tags = {0};
    struct ek_arena *arena = ek_arena_new(1 << 20);
    (void)state;
    page_bytes(&first);
    struct ek_cursor cursor = ek_cursor(first.data, first.len);
    ek_get_page(&cursor, arena, &read);
    ek_get_tags(&cursor, arena, &read_tags);
    assert_true(ek_cursor_done(&cursor));
    ek_buf_init(&second, 1 << 20);
    ek_put_page(&second, &read);
    ek_put_tags(&second, &read_tags);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    assert_string_equal(read.posts[0].quotes[0].text, "My ferritin was 9.");
    assert_null(read.posts[0].quotes[1].author);
    assert_int_equal(read.posts[1].time, EK_TIME_UNKNOWN);
    assert_string_equal(read_tags.theories[0].hits[0].cue, "disputes: don't buy");
    ek_buf_free(&first);
    ek_buf_free(&second);
    ek_arena_free(arena);
}

/* Cut at every byte, and with every byte changed: never a crash, and a cut is always noticed. */
static void damage(void **state)
{
    struct ek_buf buf;
    struct ek_arena *arena = ek_arena_new(64 << 20);
    (void)state;
    page_bytes(&buf);
    for (size_t cut = 0; cut < buf.len; cut++) {
        struct ek_page read = {0};
        struct ek_tags read_tags = {0};
        char *exact = malloc(cut ? cut : 1); /* so that a sanitizer sees one byte too far */
        memcpy(exact, buf.data, cut);
        struct ek_cursor cursor = ek_cursor(exact, cut);
        ek_get_page(&cursor, arena, &read);
        ek_get_tags(&cursor, arena, &read_tags);
        assert_false(ek_cursor_done(&cursor));
        free(exact);
        ek_arena_reset(arena);
    }
    srand(7);
    for (int round = 0; round < 20000; round++) {
        struct ek_page read = {0};
        struct ek_tags read_tags = {0};
        size_t at = (size_t)rand() % buf.len;
        char old = buf.data[at];
        buf.data[at] = (char)rand();
        struct ek_cursor cursor = ek_cursor(buf.data, buf.len);
        ek_get_page(&cursor, arena, &read);
        ek_get_tags(&cursor, arena, &read_tags);
        buf.data[at] = old;
        ek_arena_reset(arena);
    }
    ek_buf_free(&buf);
    ek_arena_free(arena);
}

static void integers(void **state)
{
    static const int64_t values[] = {0, 1, -1, 63, -64, 64, 127, 128, INT64_MAX, INT64_MIN};
    struct ek_buf buf;
    (void)state;
    ek_buf_init(&buf, 1000);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        ek_put_int(&buf, values[i]);
        ek_put_uint(&buf, (uint64_t)values[i]);
        ek_put_double(&buf, (double)values[i] / 3);
    }
    struct ek_cursor cursor = ek_cursor(buf.data, buf.len);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_true(ek_get_int(&cursor) == values[i]);
        assert_true(ek_get_uint(&cursor) == (uint64_t)values[i]);
        assert_true(ek_get_double(&cursor) == (double)values[i] / 3);
    }
    assert_true(ek_cursor_done(&cursor));
    struct ek_cursor overlong = ek_cursor("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
    ek_get_uint(&overlong);
    assert_true(overlong.bad);
    ek_buf_free(&buf);
}

/* An entry written as JSON and read back is the same entry. */
static void json_round_trip(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_err err;
    struct ek_entry entry = {.post = posts[0],
                             .forum = "https://board.example/",
                             .thread_id = "1",
                             .thread_title = "Iron",
                             .board_id = "5",
                             .state = EK_EDITED,
                             .language = "en-gb",
                             .first_seen = 1700000000,
                             .last_seen = 1700000001};
    struct ek_entry read;
    (void)state;
    json_t *json = ek_entry_to_json(&entry);
    assert_non_null(json);
    assert_int_equal(ek_entry_from_json(json, arena, &read, &err), 0);
    json_t *again = ek_entry_to_json(&read);
    assert_true(json_equal(json, again));
    assert_int_equal(read.post.time, entry.post.time);
    assert_int_equal(read.state, EK_EDITED);
    assert_int_equal(read.first_seen, 1700000000);
    json_decref(json);
    json_decref(again);
    ek_arena_free(arena);
}

static void json_refused(void **state)
{
    static const char *const cases[][2] = {
        {"[]", "object"},
        {"{\"forum\":\"https://f/\",\"thread_id\":\"1\",\"text\":\"x\"}", "'id'"},
        {"{\"id\":\"1\",\"thread_id\":\"1\",\"text\":\"x\"}", "'forum'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/\",\"text\":\"x\"}", "'thread_id'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/\",\"thread_id\":\"1\"}", "'text'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/\",\"thread_id\":\"1\",\"text\":7}", "'text'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/"
         "\",\"thread_id\":\"1\",\"text\":\"x\",\"time\":\"May\"}",
         "'time'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/"
         "\",\"thread_id\":\"1\",\"text\":\"x\",\"state\":\"odd\"}",
         "'state'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/\",\"thread_id\":\"1\",\"text\":\"x\",\"quotes\":{}}",
         "'quotes'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/"
         "\",\"thread_id\":\"1\",\"text\":\"x\",\"quotes\":[{}]}",
         "'quotes.text'"},
        {"{\"id\":\"1\",\"forum\":\"https://f/"
         "\",\"thread_id\":\"1\",\"text\":\"x\",\"guest\":\"no\"}",
         "'guest'"},
    };
    struct ek_arena *arena = ek_arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ek_entry entry;
        struct ek_err err;
        json_t *json = json_loads(cases[i][0], 0, NULL);
        assert_non_null(json);
        assert_int_equal(ek_entry_from_json(json, arena, &entry, &err), -1);
        assert_non_null(strstr(err.message, cases[i][1]));
        json_decref(json);
    }
    ek_arena_free(arena);
}

/* The field names and their order are the contract. */
static void json_fields(void **state)
{
    static const char expected[] =
        "{\"id\":\"1196\",\"author\":null,\"author_id\":null,\"guest\":true,\"time\":null,"
        "\"time_precision\":\"unknown\",\"time_text\":null,\"time_source\":\"none\",\"subject\":"
        "null,"
        "\"text\":\"\",\"quotes\":[],\"links\":[],\"edited\":null}";
    (void)state;
    json_t *json = ek_post_to_json(&posts[1]);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(json);
    json = ek_page_to_json(&page);
    assert_string_equal(json_string_value(json_object_get(json, "kind")), "thread");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json, "thread"), "board")), "5");
    assert_int_equal(json_array_size(json_object_get(json, "posts")), 2);
    json_decref(json);
    json = json_object();
    assert_int_equal(ek_tags_add_json(json, &tags, true), 0);
    text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(
        text, "{\"tags\":[{\"theory\":\"bid\",\"stance\":\"disputes\",\"hedged\":true,"
              "\"experience\":true,\"target\":\"rls\",\"weight\":3.0,\"hits\":[{\"start\":12,"
              "\"end\":24,\"text\":\"brain iron d\",\"rule\":\"bid:14\",\"cue\":\"disputes: don't "
              "buy\"}]}],\"treatments\":[\"iron-oral\"],\"treatment_hits\":{\"iron-oral\":[{"
              "\"start\":12,\"end\":24,\"text\":\"brain iron d\",\"rule\":\"bid:14\",\"cue\":"
              "\"disputes: don't buy\"}]},\"quoted_only\":[\"ppi\"],\"undetermined\":[{\"code\":"
              "\"gut\",\"rule\":\"gut:3\",\"reason\":\"match limit\"}]}");
    free(text);
    json_decref(json);
}

static void bundles(void **state)
{
    struct ek_arena *arena = ek_arena_new(1 << 20);
    struct ek_file files[] = {{"b.rules", "two", 3}, {"a.rules", "one\xff", 4}};
    struct ek_bundle bundle = {"origin", files, 2, ""}, read, other;
    struct ek_buf buf;
    struct ek_err err;
    (void)state;
    ek_bundle_seal(&bundle);
    assert_string_equal(bundle.files[0].name, "a.rules");
    ek_buf_init(&buf, 1 << 20);
    ek_bundle_encode(&buf, &bundle);
    assert_int_equal(ek_bundle_decode(&read, arena, buf.data, buf.len, &err), 0);
    assert_string_equal(read.digest, bundle.digest);
    assert_int_equal(ek_bundle_find(&read, "b.rules")->len, 3);
    assert_null(ek_bundle_find(&read, "c.rules"));
    for (size_t cut = 0; cut < buf.len; cut++)
        assert_int_equal(ek_bundle_decode(&other, arena, buf.data, cut, &err), -1);
    /* A letter moved from one file's name to its text is another rule set. */
    struct ek_file moved[] = {{"a.rule", "sone\xff", 5}, {"b.rules", "two", 3}};
    other = (struct ek_bundle){"origin", moved, 2, ""};
    ek_bundle_seal(&other);
    assert_string_not_equal(other.digest, bundle.digest);
    assert_int_equal(ek_bundle_load(&other, arena, "/nonexistent", ".rules", &err), -1);
    assert_int_equal(err.kind, EK_NOT_FOUND);
    ek_buf_free(&buf);
    ek_arena_free(arena);
}

static void hashes(void **state)
{
    unsigned char out[EK_SHA256_BYTES];
    char text[80];
    (void)state;
    /* FIPS 180-2 and RFC 4231 test vectors; RFC 4648 for base32 */
    ek_sha256("abc", 3, out);
    assert_string_equal(ek_hex(out, 32, text),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ek_sha1("abc", 3, out);
    assert_string_equal(ek_hex(out, 20, text), "a9993e364706816aba3e25717850c26c9cd0d89d");
    ek_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_string_equal(ek_hex(out, 32, text),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_string_equal(ek_base32((const unsigned char *)"foobar", 6, text), "MZXW6YTBOI======");
    assert_string_equal(ek_base32((const unsigned char *)"fooba", 5, text), "MZXW6YTB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),   cmocka_unit_test(damage),
        cmocka_unit_test(integers),     cmocka_unit_test(json_round_trip),
        cmocka_unit_test(json_refused), cmocka_unit_test(json_fields),
        cmocka_unit_test(bundles),      cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
