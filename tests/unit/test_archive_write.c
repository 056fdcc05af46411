/* Writing the archive: what goes in comes out, other programs can read it, and a flush, a
 * rollback, a full disk and a crash leave whole records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

#define MARCH 1299470400 /* 2011-03-07T04:00:00Z */
#define FILE_NAME "board.example_8090-2011-03.warc.gz"

static char folder[64];

/* In place of the C library's: what was made durable, and a disk that refuses. */
static int files_synced, folders_synced, sync_error;

static int count_sync(int fd, long call)
{
    struct stat st;
    if (sync_error) {
        errno = sync_error;
        return -1;
    }
    if (fstat(fd, &st) == 0)
        *(S_ISDIR(st.st_mode) ? &folders_synced : &files_synced) += 1;
    return (int)syscall(call, fd);
}

int fdatasync(int fd)
{
    return count_sync(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return count_sync(fd, SYS_fsync);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ekbom-archive-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[100];
    umount2(folder, MNT_DETACH); /* where a test on a full disk failed */
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static long size_of(const char *name)
{
    struct stat st;
    return stat(in_folder(name), &st) < 0 ? -1 : (long)st.st_size;
}

static struct ek_archive *open_archive(void)
{
    struct ek_err err = {0};
    struct ek_archive *archive;
    if (ek_archive_open(&archive, folder, &err) < 0)
        fail_msg("%s", err.message);
    return archive;
}

/* A page whose body says its number. */
static int append(struct ek_archive *archive, int number, ek_time fetched, size_t padding,
                  struct ek_archive_ref *ref, struct ek_err *err)
{
    char url[80], head[200], slug[64];
    snprintf(url, sizeof url, "http://board.example:8090/viewtopic.php?t=%d", number);
    int head_len = snprintf(head, sizeof head,
                            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                            "<p>page %d</p>",
                            number);
    char *response = malloc((size_t)head_len + padding);
    assert_non_null(response);
    memcpy(response, head, (size_t)head_len);
    unsigned random = (unsigned)number;
    for (size_t i = 0; i < padding; i++) {
        random = random * 1664525 + 1013904223;
        response[(size_t)head_len + i] = (char)(random >> 24);
    }
    struct ek_archive_page page = {.url = url,
                                   .forum_slug = ek_archive_slug(url, slug),
                                   .fetched = fetched,
                                   .response = response,
                                   .response_len = (size_t)head_len + padding,
                                   .request = "GET / HTTP/1.1\r\nHost: board.example\r\n\r\n",
                                   .request_len = 39};
    int rc = ek_archive_append(archive, &page, ref, err);
    free(response);
    return rc;
}

static void append_good(struct ek_archive *archive, int number, ek_time fetched,
                        struct ek_archive_ref *ref)
{
    struct ek_err err = {0};
    if (append(archive, number, fetched, 0, ref, &err) < 0)
        fail_msg("%s", err.message);
}

static void expect_page(const struct ek_archive_ref *ref, int number)
{
    struct ek_warc *warc;
    struct ek_warc_record r;
    struct ek_err err = {0};
    char text[40];
    if (ek_archive_read(folder, ref, &warc, &r, &err) < 0)
        fail_msg("%s", err.message);
    snprintf(text, sizeof text, "<p>page %d</p>", number);
    assert_memory_equal(r.body, text, strlen(text));
    assert_string_equal(r.type, "response");
    assert_int_equal(r.status, 200);
    assert_null(r.oddity);
    ek_warc_close(warc);
}

/* Records of a file by type; the reading must end well. */
static void count_records(const char *name, int *responses, int *all)
{
    struct ek_warc *warc;
    struct ek_warc_record r;
    struct ek_err err = {0};
    int rc;
    *responses = *all = 0;
    if (ek_warc_open(&warc, in_folder(name), &err) < 0)
        fail_msg("%s", err.message);
    while ((rc = ek_warc_next(warc, &r, &err)) == 1) {
        assert_null(r.oddity);
        *all += 1;
        *responses += strcmp(r.type, "response") == 0;
    }
    if (rc < 0)
        fail_msg("%s", err.message);
    ek_warc_close(warc);
}

static void expect_responses(const char *name, int expected)
{
    int responses, all;
    count_records(name, &responses, &all);
    assert_int_equal(responses, expected);
}

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

static void rollback_takes_back_to_the_flush(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, other;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &second);
    append_good(archive, 3, MARCH + 86400 * 31, &other);
    assert_true(size_of(FILE_NAME) > flushed);
    ek_archive_rollback(archive);
    assert_int_equal(size_of(FILE_NAME), flushed);
    assert_int_equal(size_of(other.file), -1);
    append_good(archive, 4, MARCH, &second);
    append_good(archive, 5, MARCH + 86400 * 31, &other);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_page(&second, 4);
    expect_page(&other, 5);
    expect_responses(FILE_NAME, 2);
}

static void flush_is_durable_or_undone(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, other;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    append_good(archive, 2, MARCH + 86400 * 31, &other);
    files_synced = folders_synced = 0;
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    assert_int_equal(files_synced, 2);
    assert_int_equal(folders_synced, 1); /* two files are new */
    append_good(archive, 3, MARCH, &second);
    files_synced = folders_synced = 0;
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    assert_int_equal(files_synced, 1);
    assert_int_equal(folders_synced, 0);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    assert_int_equal(files_synced, 1);
    long flushed = size_of(FILE_NAME), errors[] = {ENOSPC, EIO};
    for (int i = 0; i < 2; i++) {
        append_good(archive, 4, MARCH, &second);
        append_good(archive, 5, MARCH + 86400 * 62, &other);
        sync_error = (int)errors[i];
        assert_int_equal(ek_archive_flush(archive, &err), -1);
        sync_error = 0;
        assert_int_equal(err.kind, i ? EK_IO : EK_FULL);
        assert_int_equal(size_of(FILE_NAME), flushed);
        assert_int_equal(size_of(other.file), -1);
    }
    /* The first byte of a file follows the note of its length, which is on the disk by then. */
    files_synced = folders_synced = 0;
    append_good(archive, 6, MARCH + 86400 * 93, &other);
    assert_int_equal(files_synced, 1);
    assert_int_equal(folders_synced, 1);
    sync_error = EIO;
    assert_int_equal(append(archive, 7, MARCH + 86400 * 124, 0, &other, &err), -1);
    sync_error = 0;
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_responses(FILE_NAME, 2);
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

/* A crash may leave any part of what was appended after the last flush. */
static void torn_record_is_cut(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, third;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &second);
    ek_archive_close(archive);
    long all = size_of(FILE_NAME);
    char *bytes = malloc((size_t)all);
    FILE *file = fopen(in_folder(FILE_NAME), "r");
    assert_int_equal(fread(bytes, 1, (size_t)all, file), all);
    fclose(file);
    for (long size = flushed; size <= all; size++) {
        file = fopen(in_folder(FILE_NAME), "w");
        assert_int_equal(fwrite(bytes, 1, (size_t)size, file), size);
        /* Some file systems leave zeros where data never arrived. */
        static const char zeros[100];
        if (size % 2)
            fwrite(zeros, 1, sizeof zeros, file);
        fclose(file);
        archive = open_archive();
        /* The last bytes of a member are zeros themselves: added ones may make it whole. */
        long kept = size_of(FILE_NAME), whole = (long)(second.offset + second.length);
        assert_true(kept == flushed || kept == whole || kept == all);
        assert_true(size % 2 || kept == (size == all ? all : size < whole ? flushed : whole));
        append_good(archive, 3, MARCH, &third);
        assert_int_equal(ek_archive_flush(archive, &err), 0);
        ek_archive_close(archive);
        expect_page(&first, 1);
        expect_page(&third, 3);
        expect_responses(FILE_NAME, kept > flushed ? 3 : 2);
        /* Back to the note that the crash found. */
        file = fopen(in_folder("lengths"), "w");
        fprintf(file, FILE_NAME " %ld\n", flushed);
        fclose(file);
    }
    free(bytes);
}

/* After a clean close the lengths are known; a last record that lost its end is cut all the same.
 */
static void cut_short_after_a_clean_close(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second, third;
    struct ek_err err = {0};
    char note[200];
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &second);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    FILE *file = fopen(in_folder("lengths"), "r");
    assert_int_equal(fscanf(file, FILE_NAME " %199s", note), 1);
    fclose(file);
    assert_int_equal(atol(note), size_of(FILE_NAME));
    assert_int_equal(truncate(in_folder(FILE_NAME), (off_t)(second.offset + second.length) - 5), 0);
    archive = open_archive();
    assert_int_equal(size_of(FILE_NAME), flushed);
    append_good(archive, 3, MARCH, &third);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    file = fopen(in_folder(FILE_NAME), "a");
    fputs("\x1f\x8b\x08 and so on", file);
    fclose(file);
    archive = open_archive();
    append_good(archive, 4, MARCH, &second);
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_page(&third, 3);
    expect_page(&second, 4);
    expect_responses(FILE_NAME, 3);
}

/* What was flushed is never cut, whatever it looks like. */
static void flushed_bytes_are_never_touched(void **state)
{
    (void)state;
    struct ek_archive *archive = open_archive();
    struct ek_archive_ref first, second;
    struct ek_err err = {0};
    append_good(archive, 1, MARCH, &first);
    append_good(archive, 2, MARCH, &second);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    append_good(archive, 3, MARCH, &second);
    ek_archive_close(archive);
    long all = size_of(FILE_NAME);
    FILE *file = fopen(in_folder("lengths"), "w");
    fprintf(file, "not a line\n../etc 5\n" FILE_NAME " %ld\n", (long)second.offset);
    fclose(file);
    int fd = open(in_folder(FILE_NAME), O_WRONLY);
    assert_int_equal(pwrite(fd, "XXXX", 4, (off_t)first.offset + 20), 4);
    close(fd);
    ek_archive_close(open_archive());
    assert_int_equal(size_of(FILE_NAME), all);
    /* Shorter than noted, and damaged before its end: nobody but its owner may decide. */
    assert_int_equal(truncate(in_folder(FILE_NAME), (off_t)second.offset - 3), 0);
    assert_int_equal(ek_archive_open(&archive, folder, &err), -1);
    assert_int_equal(err.kind, EK_FORMAT);
    assert_non_null(strstr(err.message, FILE_NAME));
    assert_int_equal(size_of(FILE_NAME), second.offset - 3);
}

/* kill -9 at random moments: the archive opens, every record is whole, flushed pages are there. */
static void killed_while_writing(void **state)
{
    (void)state;
    struct ek_err err = {0};
    for (int round = 0; round < 20; round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            struct ek_archive *archive = open_archive();
            struct ek_archive_ref refs[2];
            for (int i = 0;; i++) {
                if (append(archive, i, MARCH, 200000, &refs[0], &err) < 0 ||
                    append(archive, i, MARCH, 100, &refs[1], &err) < 0 ||
                    ek_archive_flush(archive, &err) < 0 ||
                    write(pipes[1], &refs[1], sizeof refs[1]) != sizeof refs[1])
                    _exit(1);
            }
        }
        close(pipes[1]);
        usleep((useconds_t)(2000 + round * 1700));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        struct ek_archive *archive = open_archive();
        ek_archive_close(archive);
        struct ek_archive_ref ref;
        for (int i = 0; read(pipes[0], &ref, sizeof ref) == sizeof ref; i++)
            expect_page(&ref, i);
        close(pipes[0]);
        int responses, all;
        if (size_of(FILE_NAME) > 0)
            count_records(FILE_NAME, &responses, &all);
    }
}

static void full_disk(void **state)
{
    (void)state;
    struct ek_archive_ref first = {0}, ref;
    struct ek_err err = {0};
    if (mount("none", folder, "tmpfs", 0, "size=300k") != 0)
        skip();
    struct ek_archive *archive = open_archive();
    append_good(archive, 1, MARCH, &first);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    long flushed = size_of(FILE_NAME);
    append_good(archive, 2, MARCH, &ref);
    long before = size_of(FILE_NAME);
    assert_int_equal(append(archive, 3, MARCH, 400000, &ref, &err), -1);
    assert_int_equal(err.kind, EK_FULL);
    assert_int_equal(size_of(FILE_NAME), before);
    assert_non_null(strstr(err.message, FILE_NAME));
    ek_archive_rollback(archive);
    assert_int_equal(size_of(FILE_NAME), flushed);
    append_good(archive, 4, MARCH, &ref);
    assert_int_equal(ek_archive_flush(archive, &err), 0);
    ek_archive_close(archive);
    expect_page(&first, 1);
    expect_page(&ref, 4);
    expect_responses(FILE_NAME, 2);
    assert_int_equal(umount(folder), 0);
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
        cmocka_unit_test_setup_teardown(rollback_takes_back_to_the_flush, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(flush_is_durable_or_undone, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(wrong_references, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(torn_record_is_cut, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(cut_short_after_a_clean_close, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(flushed_bytes_are_never_touched, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(killed_while_writing, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(full_disk, make_folder, drop_folder),
        cmocka_unit_test(no_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
