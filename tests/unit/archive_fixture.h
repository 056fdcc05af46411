/* archive_fixture.h - an archive in a folder of its own, with pages that say their number. */
#ifndef EKBOM_TESTS_ARCHIVE_FIXTURE_H
#define EKBOM_TESTS_ARCHIVE_FIXTURE_H

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

static inline int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ekbom-archive-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int drop_folder(void **state)
{
    (void)state;
    char command[100];
    umount2(folder, MNT_DETACH); /* where a test on a full disk failed */
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline const char *in_folder(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline long size_of(const char *name)
{
    struct stat st;
    return stat(in_folder(name), &st) < 0 ? -1 : (long)st.st_size;
}

static inline struct ek_archive *open_archive(void)
{
    struct ek_err err = {0};
    struct ek_archive *archive;
    if (ek_archive_open(&archive, folder, &err) < 0)
        fail_msg("%s", err.message);
    return archive;
}

/* A page whose body says its number. */
static inline int append(struct ek_archive *archive, int number, ek_time fetched, size_t padding,
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

static inline void append_good(struct ek_archive *archive, int number, ek_time fetched,
                               struct ek_archive_ref *ref)
{
    struct ek_err err = {0};
    if (append(archive, number, fetched, 0, ref, &err) < 0)
        fail_msg("%s", err.message);
}

static inline void expect_page(const struct ek_archive_ref *ref, int number)
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
static inline void count_records(const char *name, int *responses, int *all)
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

static inline void expect_responses(const char *name, int expected)
{
    int responses, all;
    count_records(name, &responses, &all);
    assert_int_equal(responses, expected);
}

#endif
