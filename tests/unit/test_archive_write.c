/* Writing the archive: what goes in comes out, and other programs can read it. */
#include "archive_fixture.h"

static void round_trip(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref refs[3];
    struct ek_err err = {0};
    struct ek_warc *warc;
    struct ek_warc_record r;
    for (int i = 0; i < 3; i++)
        append_good(archive, i, MARCH + i, &refs[i]);
    const char *fields = "kind: thread\r\nposts: 25\r\n";
    /* Concluded out of order: the record referred to is not the one appended last. */
    assert_int_equal(
        ek_archive_conclude(archive, &refs[0], "http://board.example:8090/", MARCH, fields, &err),
        0);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(refs[i].file, FILE_NAME);
        expect_page(&refs[i], i);
    }
    int responses, all;
    count_records(FILE_NAME, &responses, &all);
    assert_int_equal(responses, 3);
    assert_int_equal(all, 8);
    assert_int_equal(ek_warc_open(&warc, in_folder(FILE_NAME), &err), 0);
    struct ek_arena *arena = ek_arena_new(1 << 16);
    assert_int_equal(ek_warc_next(warc, &r, &err), 1);
    assert_string_equal(r.type, "warcinfo");
    assert_string_equal(ek_warc_field(&r, "software", arena), "ekbom/" EKBOM_VERSION);
    assert_int_equal(ek_warc_next(warc, &r, &err), 1);
    assert_string_equal(r.url, "http://board.example:8090/viewtopic.php?t=0");
    assert_int_equal(r.date, MARCH);
    assert_int_equal(strlen(r.record_id), 45);
    assert_int_equal(r.offset, refs[0].offset);
    assert_int_equal(r.length, refs[0].length);
    ek_arena_free(arena);
    ek_warc_close(warc);
}

/* warcio, the usual Python tool, checks digests and structure; the links between records are
 * looked at as well. */
static void other_programs_can_read_it(void **state)
{
    (void)state;
    const char *python = getenv("EKBOM_WARCIO_PYTHON");
    char command[1200];
    if (!python)
        python = "python3";
    snprintf(command, sizeof command, "%s -c 'import warcio' 2>/dev/null", python);
    if (system(command) != 0)
        skip();
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref ref;
    struct ek_err err = {0};
    for (int i = 0; i < 5; i++)
        append_good(archive, i, MARCH, &ref);
    const char *chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "4\r\nabcd\r\n0\r\n\r\n";
    struct ek_archive_page page = {.url = "http://board.example:8090/a b",
                                   .forum_slug = "board.example_8090",
                                   .fetched = MARCH,
                                   .response = chunked,
                                   .response_len = strlen(chunked)};
    assert_int_equal(ek_archive_append(archive, &page, &ref, &err), 0);
    assert_int_equal(ek_archive_conclude(archive, &ref, page.url, MARCH, "kind: thread\r\n", &err),
                     0);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    snprintf(command, sizeof command,
             "%s - '%s/%s' <<'EOF'\n"
             "import sys\n"
             "from warcio.checker import Checker\n"
             "from warcio.archiveiterator import ArchiveIterator\n"
             "class Arguments: inputs = sys.argv[1:]; verbose = False\n"
             "assert Checker(Arguments).process_all() == 0\n"
             "ids, types, bodies = {}, [], []\n"
             "for r in ArchiveIterator(open(sys.argv[1], 'rb'), check_digests='raise'):\n"
             "    h = r.rec_headers\n"
             "    assert h.protocol == 'WARC/1.1'\n"
             "    ids[h.get_header('WARC-Record-ID')] = r.rec_type\n"
             "    for link in 'WARC-Concurrent-To', 'WARC-Refers-To':\n"
             "        assert h.get_header(link) is None or ids[h.get_header(link)] == 'response'\n"
             "    types.append(r.rec_type)\n"
             "    bodies.append(r.content_stream().read())\n"
             "assert types.count('response') == 6 and types.count('request') == 5\n"
             "assert types[0] == 'warcinfo' and types[-1] == 'metadata'\n"
             "assert b'abcd' in bodies and b'<p>page 4</p>' in bodies\n"
             "EOF\n",
             python, folder, FILE_NAME);
    assert_int_equal(system(command), 0);
}

static void one_file_a_forum_and_month(void **state)
{
    (void)state;
    static const struct {
        const char *url, *slug;
    } slugs[] = {{"http://127.0.0.1:8090/index.php", "127.0.0.1_8090"},
                 {"HTTPS://Forum.Example.ORG", "forum.example.org"},
                 {"http://user:word@host.example/x@y", "host.example"},
                 {"http://[::1]:80/", "___1__80"},
                 {"http://../../etc/passwd", "_."},
                 {"http://host\n.example/", "host_.example"},
                 {"", "unknown"}};
    char slug[64];
    for (size_t i = 0; i < sizeof slugs / sizeof *slugs; i++)
        assert_string_equal(ek_archive_slug(slugs[i].url, slug), slugs[i].slug);
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref ref;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &ref);
    append_good(archive, 2, MARCH + 86400 * 31, &ref);
    assert_string_equal(ref.file, "board.example_8090-2011-04.warc.gz");
    append_good(archive, 3, EK_TIME_UNKNOWN, &ref);
    assert_string_equal(ref.file, "board.example_8090-undated.warc.gz");
    /* More files than descriptors are kept: each is opened again when it is needed. */
    struct ek_archive_ref many[100];
    for (int i = 0; i < 100; i++)
        append_good(archive, i, MARCH + (ek_time)i * 86400 * 31, &many[i]);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    for (int i = 0; i < 100; i++)
        expect_page(&many[i], i);
    struct ek_warc *warc;
    struct ek_warc_record r;
    assert_int_equal(ek_archive_read(folder, &ref, &warc, &r, &err), 0);
    assert_true(r.date == EK_TIME_UNKNOWN);
    ek_warc_close(warc);
    struct ek_archive_page page = {.url = "http://x/", .forum_slug = "../up", .response = ""};
    archive = open_archive();
    assert_int_equal(ek_archive_append(archive, &page, &ref, &err), -1);
    page.forum_slug = "a/../../up";
    assert_int_equal(ek_archive_append(archive, &page, &ref, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    page.forum_slug = "x";
    page.url = "";
    assert_int_equal(ek_archive_append(archive, &page, &ref, &err), -1);
    ek_archive_close(archive);
}

static void large_response_is_cut_and_says_so(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref ref, after;
    struct ek_err err = {0};
    struct ek_warc *warc;
    struct ek_warc_record r;
    assert_int_equal(append(archive, 1, MARCH, EK_MAX_WARC_BLOCK_BYTES + 5, &ref, &err), 0);
    append_good(archive, 2, MARCH, &after);
    ek_archive_close(archive);
    assert_int_equal(ek_archive_read(folder, &ref, &warc, &r, &err), 0);
    assert_int_equal(r.block_len, EK_MAX_WARC_BLOCK_BYTES);
    assert_true(r.truncated && r.body_cut);
    assert_int_equal(r.body_len, EK_MAX_PAGE_BYTES);
    ek_warc_close(warc);
    expect_page(&after, 2);
}

static void wrong_references(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref good, ref;
    struct ek_err err = {0};
    struct ek_warc *warc;
    struct ek_warc_record r;
    append_good(archive, 1, MARCH, &good);
    append_good(archive, 2, MARCH, &ref);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    struct {
        const char *file;
        int64_t offset, length;
    } wrong[] = {{"../x", 0, 0},
                 {"", 0, 0},
                 {".hidden", 0, 0},
                 {"missing", 0, 0},
                 {NULL, 1, 0},
                 {NULL, -1, 0},
                 {NULL, 0, 1},
                 {NULL, 0, -1},
                 {NULL, 1 << 20, 0},
                 {NULL, 0, 1 << 20},
                 {NULL, 0, INT64_MAX},
                 {NULL, -(int64_t)good.offset, 0},
                 {NULL, (int64_t)good.length, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ref = good;
        if (wrong[i].file)
            snprintf(ref.file, sizeof ref.file, "%s", wrong[i].file);
        ref.offset += (uint64_t)wrong[i].offset;
        ref.length += (uint64_t)wrong[i].length;
        assert_int_equal(ek_archive_read(folder, &ref, &warc, &r, &err), -1);
        assert_null(warc);
    }
    expect_page(&good, 1);
}

static void no_folder(void **state)
{
    (void)state;
    struct ek_archive *archive;
    struct ek_err err = {0};
    assert_int_equal(ek_archive_open(&archive, "/nonexistent/archive", &err), -1);
    assert_int_equal(err.kind, EK_NOT_FOUND);
    assert_null(archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trip, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(other_programs_can_read_it, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(one_file_a_forum_and_month, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(large_response_is_cut_and_says_so, make_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(wrong_references, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(no_folder, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
