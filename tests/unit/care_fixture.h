/* care_fixture.h - a store with something of everything, for backup, compaction, dump and load. */
#ifndef EKBOM_TESTS_CARE_FIXTURE_H
#define EKBOM_TESTS_CARE_FIXTURE_H

#include "store_fixture.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "ekbom/archive.h"
#include "ekbom/frontier.h"
#include "ekbom/store_care.h"
#include "store/env_read.h"
#include "store/handle.h"

/* A fixture where a sync costs nothing: these stores are killed a hundred times, never cut off from
 * power. */
static inline int care_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "%s/ekbom-test-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(f->folder))
        return -1;
    f->arena = ek_arena_new(512u << 20);
    fixture_open(f, EK_STORE_WRITE);
    *state = f;
    return 0;
}

/* A path beside the fixture's store. */
static inline const char *beside(struct fixture *f, const char *name)
{
    return ek_printf(f->arena, "%s.%s", f->folder, name);
}

static inline void shell(const char *format, const char *a, const char *b)
{
    char command[600];
    snprintf(command, sizeof command, format, a, b);
    if (system(command) != 0)
        fail_msg("%s", command);
}

/* A child that does not outlive a test that fails. */
static inline pid_t fork_child(void)
{
    pid_t child = fork();
    if (child == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return child;
}

static inline bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* A thread page of `posts` posts, archived and filed, in a slice of its own. */
static inline void put_page(struct fixture *f, unsigned number, unsigned posts)
{
    static const char response[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A page</p>";
    char folder[200];
    struct ek_archive *archive;
    const char *url = ek_printf(f->arena, BASE "viewtopic.php?t=%u", number);
    struct ek_archive_page archived = {.url = url,
                                       .forum_slug = "board.example",
                                       .fetched = 1700000000 + number,
                                       .response = response,
                                       .response_len = strlen(response)};
    struct ek_page_filing filing = {.url = url, .fetched = archived.fetched, .status = 200};
    struct ek_page page = {.kind = EK_PAGE_THREAD,
                           .software = "phpbb",
                           .software_version = "3.3",
                           .language = "en",
                           .layer = "profile",
                           .url = url,
                           .forum = BASE,
                           .forum_title = "A board",
                           .thread_id = ek_printf(f->arena, "%u", number),
                           .thread_title = "A thread",
                           .thread_url = url,
                           .board_id = "5",
                           .board_title = "Talk"};
    struct ek_tags *tags = EK_NEW_ARRAY(f->arena, struct ek_tags, posts);
    size_t changed;
    page.posts = EK_NEW_ARRAY(f->arena, struct ek_post, posts);
    page.post_count = posts;
    for (unsigned i = 0; i < posts; i++) {
        page.posts[i] =
            (struct ek_post){.id = ek_printf(f->arena, "%u", number * 100 + i),
                             .author = ek_printf(f->arena, "Ida %u", i % 7),
                             .author_id = ek_printf(f->arena, "%u", i % 7),
                             .time = 1200000000 + (ek_time)number * DAY + i,
                             .precision = EK_PRECISION_SECOND,
                             .time_source = EK_SOURCE_ATTRIBUTE,
                             .subject = "Re: A thread",
                             .text = ek_printf(f->arena, "Words of %u in %u", i, number)};
        tags[i] = *tags_of(f, i % 2 ? "bid" : "ppi", NULL);
    }
    ek_page_key_make(&filing.key, url, filing.fetched, url, strlen(url));
    snprintf(folder, sizeof folder, "%s/archive", f->folder);
    OK(f, ek_archive_open(&archive, folder, &f->err));
    OK(f, ek_archive_append(archive, &archived, &filing.archived, &f->err));
    OK(f, ek_archive_conclude(archive, &filing.archived, url, filing.fetched, "posts: 1\r\n",
                              &f->err));
    OK(f, ek_archive_flush(archive, &f->err));
    OK(f, ek_store_begin(f->store, &f->err));
    OK(f, ek_store_put_page(f->store, &filing, &page, tags, &changed, &f->err));
    OK(f, ek_store_commit(f->store, &f->err));
    ek_archive_close(archive);
}

static inline uint64_t posts_of(struct fixture *f)
{
    struct ek_store_status status;
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    assert_int_equal(status.behind, 0);
    return status.posts;
}

/* Open another store for reading, check it, and give the number of its posts. */
static inline uint64_t sound_posts(struct fixture *f, const char *folder)
{
    struct fixture other = {.arena = f->arena};
    snprintf(other.folder, sizeof other.folder, "%s", folder);
    fixture_open(&other, EK_STORE_READ);
    expect_sound(&other);
    uint64_t posts = posts_of(&other);
    ek_store_close(other.store);
    return posts;
}

/* Every pair of every table of the records that `same` is true of is the same in both. */
static inline void expect_same_tables(struct fixture *a, struct fixture *b,
                                      bool (*same)(unsigned table, struct ek_bytes key))
{
    OK(a, ek_store_enter(a->store, EK_NEEDS_RECORDS, &a->err));
    OK(b, ek_store_enter(b->store, EK_NEEDS_RECORDS, &b->err));
    for (unsigned table = 0; table < EK_RECORD_TABLES; table++) {
        struct ek_walk walk;
        struct ek_bytes key, value, other;
        ek_walk_begin(&walk, ek_records(a->store), table, NULL, 0);
        while (ek_walk_next(&walk, &key, &value) == 1) {
            bool comparable = !same || same(table, key);
            bool format = table == 0 && key.len == 6 && memcmp(key.data, "format", 6) == 0;
            int found =
                format ? ek_txn_get_kept(ek_records(b->store), table, key.data, key.len, &other)
                       : ek_txn_get(ek_records(b->store), table, key.data, key.len, &other);
            if (comparable && (found != 1 || other.len != value.len ||
                               memcmp(other.data, value.data, other.len) != 0))
                fail_msg("table %u differs at %.*s", table, (int)key.len, (const char *)key.data);
        }
        ek_walk_end(&walk);
        if (table &&
            ek_txn_count(ek_records(a->store), table) != ek_txn_count(ek_records(b->store), table))
            fail_msg("table %u has other pairs", table);
    }
    OK(a, ek_store_leave(a->store, 0, &a->err));
    OK(b, ek_store_leave(b->store, 0, &b->err));
}

/* Fields of a fixture's teardown that the care tests make beside the store. */
static inline int care_teardown(void **state)
{
    struct fixture *f = *state;
    char command[300];
    ek_store_close(f->store);
    f->store = NULL;
    umount2(beside(f, "disk"), MNT_DETACH); /* of a test that failed */
    snprintf(command, sizeof command, "rm -rf '%s'.*", f->folder);
    if (system(command) != 0)
        return -1;
    return fixture_teardown(state);
}

#endif
