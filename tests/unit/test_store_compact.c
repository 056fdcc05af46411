/* test_store_compact.c - space given back, the index made anew, readers that were killed. */
#include "care_fixture.h"
#include "kill_fixture.h"

#include <sys/mount.h>
#include <sys/statvfs.h>

#include "ekbom/limits.h"

static struct ek_compact_report report;

static int filled_setup(void **state)
{
    if (care_setup(state) != 0)
        return -1;
    struct fixture *f = *state;
    fixture_set_rules(f);
    for (unsigned i = 1; i <= 5; i++)
        put_page(f, i, 10);
    return 0;
}

static void compact(struct fixture *f)
{
    OK(f, ek_store_compact(f->store, NULL, &report, &f->err));
    ek_store_close(f->store);
    f->store = NULL;
}

/* Tagged as put_page tags them. */
static int make_index_anew(struct fixture *f)
{
    struct ek_untagged posts[100];
    struct ek_tags tags[100];
    int count;
    if (ek_store_rebuild(&f->store, f->folder, "test", &f->err) != 0)
        return -1;
    while ((count = ek_store_untagged(f->store, NULL, f->arena, posts, 100, &f->err)) > 0) {
        for (int i = 0; i < count; i++) {
            bool odd = (posts[i].id[strlen(posts[i].id) - 1] - '0') % 2 != 0;
            tags[i] = *tags_of(f, odd ? "bid" : "ppi", NULL);
        }
        if (ek_store_put_tags(f->store, posts, tags, (size_t)count, &f->err) != 0)
            return -1;
    }
    return count < 0 ? -1 : ek_store_rebuilt(f->store, &report, &f->err);
}

static uint64_t posts_about(struct fixture *f, const char *folder, const char *theory)
{
    struct fixture other = {.arena = f->arena};
    struct ek_selection selection = {.theories = &theory, .theory_count = 1};
    uint64_t posts = 0;
    snprintf(other.folder, sizeof other.folder, "%s", folder);
    fixture_open(&other, EK_STORE_READ);
    OK(&other, ek_query_matched(other.store, &selection, &posts, &other.err));
    ek_store_close(other.store);
    return posts;
}

/* Compaction -------------------------------------------------------------------------------- */

static void compaction_gives_space_back(void **state)
{
    struct fixture *f = *state, copy = {.arena = f->arena};
    for (unsigned i = 10; i < 60; i++)
        put_page(f, i, 60);
    ek_store_close(f->store);
    f->store = NULL;
    shell("cp -r %s %s", f->folder, beside(f, "before"));
    fixture_open(f, EK_STORE_WRITE);
    compact(f);
    assert_true(report.records_after < report.records_before);
    assert_true(report.index_after < report.index_before);
    assert_int_equal(sound_posts(f, f->folder), 50 + 50 * 60);
    assert_int_equal(posts_about(f, f->folder, "bid"), posts_about(f, beside(f, "before"), "bid"));
    assert_false(is_there(ek_printf(f->arena, "%s/records.new", f->folder)));
    assert_false(is_there(ek_printf(f->arena, "%s/index.new", f->folder)));
    snprintf(copy.folder, sizeof copy.folder, "%s", beside(f, "before"));
    fixture_open(&copy, EK_STORE_READ);
    fixture_open(f, EK_STORE_WRITE);
    expect_same_tables(&copy, f, NULL);
    ek_store_close(copy.store);
    put_page(f, 99, 10); /* and it is written to as before */
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(posts_of(f), 50 + 50 * 60 + 10);
}

static void permissions_stay(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"records", "index", "index/data.mdb", "index/lock.mdb"};
    const mode_t modes[] = {0700, 02770, 0604, 0666};
    struct stat item;
    for (size_t i = 0; i < 4; i++) {
        const char *path = ek_printf(f->arena, "%s/%s", f->folder, names[i]);
        if (geteuid() == 0)
            assert_int_equal(chown(path, 123, 456), 0);
        assert_int_equal(chmod(path, modes[i]), 0);
    }
    compact(f);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(stat(ek_printf(f->arena, "%s/%s", f->folder, names[i]), &item), 0);
        assert_int_equal(item.st_mode & 07777, modes[i]);
        if (geteuid() == 0)
            assert_true(item.st_uid == 123 && item.st_gid == 456);
    }
    fixture_open(f, EK_STORE_WRITE);
}

static void a_reader_or_a_slice_does_not_compact(void **state)
{
    struct fixture *f = *state;
    OK(f, ek_store_begin(f->store, &f->err));
    assert_int_equal(ek_store_compact(f->store, NULL, &report, &f->err), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
    ek_store_abort(f->store);
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(ek_store_compact(f->store, NULL, &report, &f->err), -1);
    assert_int_equal(ek_store_rebuilt(f->store, &report, &f->err), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
    assert_int_equal(ek_store_is_there("/nonexistent", &f->err), -1);
    assert_int_equal(f->err.kind, EK_NOT_FOUND);
    OK(f, ek_store_is_there(f->folder, &f->err));
}

/* One process reads all the time while another compacts: every opening sees every post. */
static int read_until(const char *folder, const char *done)
{
    struct fixture f = {.arena = ek_arena_new(64u << 20)};
    unsigned rounds = 0;
    for (; !is_there(done); rounds++) {
        struct ek_store_status status;
        ek_arena_reset(f.arena);
        if (ek_store_open(&f.store, folder, EK_STORE_READ, "reader", &f.err) != 0 ||
            ek_store_status(f.store, f.arena, &status, &f.err) != 0) {
            fprintf(stderr, "%s\n", f.err.message);
            return 1;
        }
        if (status.posts != 50 || status.behind != 0)
            return 2;
        ek_store_close(f.store);
    }
    ek_arena_free(f.arena);
    return rounds > 10 ? 0 : 3;
}

static void readers_never_see_half_of_it(void **state)
{
    struct fixture *f = *state;
    const char *done = beside(f, "done");
    pid_t readers[2];
    ek_store_close(f->store);
    f->store = NULL;
    for (size_t i = 0; i < 2; i++) {
        readers[i] = fork_child();
        if (readers[i] == 0)
            execl("/proc/self/exe", "test", "read", f->folder, done, (char *)NULL);
    }
    /* One that stays open keeps the old files. */
    pid_t keeper = fork_child();
    if (keeper == 0) {
        if (ek_store_open(&f->store, f->folder, EK_STORE_READ, "keeper", &f->err) != 0)
            _exit(1);
        while (!is_there(done))
            usleep(1000);
        _exit(posts_of(f) == 50 ? 0 : 2);
    }
    for (unsigned i = 0; i < 60; i++) {
        fixture_open(f, EK_STORE_WRITE);
        compact(f);
    }
    shell("touch %s%s", done, "");
    for (size_t i = 0; i < 3; i++) {
        int status;
        waitpid(i < 2 ? readers[i] : keeper, &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    fixture_open(f, EK_STORE_WRITE);
}

static int do_compact(void *context)
{
    struct fixture *f = context;
    if (ek_store_open(&f->store, f->folder, EK_STORE_WRITE, "test", &f->err) != 0)
        return -1;
    return ek_store_compact(f->store, NULL, &report, &f->err);
}

static int do_rebuild(void *context)
{
    return make_index_anew(context);
}

static void kill_at_every_step(struct fixture *f, int (*work)(void *context))
{
    unsigned step = 1;
    enum killed how = KILLED;
    ek_store_close(f->store);
    f->store = NULL;
    shell("cp -r %s %s", f->folder, beside(f, "before"));
    for (; how == KILLED; step++) {
        shell("rm -rf %s && cp -r %s", f->folder,
              ek_printf(f->arena, "%s %s", beside(f, "before"), f->folder));
        how = killed_before(step, work, f);
        if (how == CANNOT_TRACE) {
            fixture_open(f, EK_STORE_WRITE);
            skip();
        }
        assert_true(how != FAILED);
        assert_int_equal(sound_posts(f, f->folder), 50);
        assert_int_equal(posts_about(f, f->folder, "bid"), 25);
        /* The next writer removes what was left. */
        fixture_open(f, EK_STORE_WRITE);
        assert_int_equal(posts_of(f), 50);
        ek_store_close(f->store);
        f->store = NULL;
        assert_false(is_there(ek_printf(f->arena, "%s/records.new", f->folder)));
        assert_false(is_there(ek_printf(f->arena, "%s/index.new", f->folder)));
    }
    print_message("    killed before each of %u changes\n", step - 2);
    assert_true(step > 30);
    fixture_open(f, EK_STORE_WRITE);
}

static void a_kill_of_a_compaction_leaves_the_old_or_the_new(void **state)
{
    kill_at_every_step(*state, do_compact);
}

static void a_kill_of_a_rebuilding_leaves_the_old_or_the_new(void **state)
{
    kill_at_every_step(*state, do_rebuild);
}

static void a_disk_without_room_is_told_early(void **state)
{
    struct fixture *f = *state, full = {.arena = f->arena};
    const char *place = beside(f, "disk");
    struct statvfs disk;
    ek_store_close(f->store);
    f->store = NULL;
    mkdir(place, 0755);
    if (geteuid() != 0 || mount("tmpfs", place, "tmpfs", 0, "size=16m") != 0) {
        fixture_open(f, EK_STORE_WRITE);
        skip();
    }
    snprintf(full.folder, sizeof full.folder, "%s/s", place);
    shell("cp -r %s %s", f->folder, full.folder);
    fixture_open(&full, EK_STORE_WRITE);
    shell("head -c 17000k /dev/zero >%s/ballast; true%s", place, "");
    assert_int_equal(ek_store_compact(full.store, NULL, &report, &full.err), -1);
    assert_int_equal(full.err.kind, EK_FULL);
    assert_non_null(strstr(full.err.message, "this needs some"));
    shell("rm %s/ballast%s", place, "");
    /* Room by the count, but not for the writing: files for the records and not for the index. */
    assert_int_equal(statvfs(place, &disk), 0);
    const char *files = ek_printf(f->arena, "size=16m,nr_inodes=%lu",
                                  (unsigned long)(disk.f_files - disk.f_ffree + 4));
    assert_int_equal(mount("tmpfs", place, "tmpfs", MS_REMOUNT, files), 0);
    assert_int_equal(ek_store_compact(full.store, NULL, &report, &full.err), -1);
    assert_int_equal(full.err.kind, EK_FULL);
    assert_false(is_there(ek_printf(f->arena, "%s/records.new", full.folder)));
    ek_store_close(full.store);
    assert_int_equal(sound_posts(f, full.folder), 50);
    umount(place);
    fixture_open(f, EK_STORE_WRITE);
}

/* The index anew ---------------------------------------------------------------------------- */

static void an_index_made_anew_answers_the_same(void **state)
{
    struct fixture *f = *state;
    ek_store_close(f->store);
    f->store = NULL;
    shell("cp -r %s %s", f->folder, beside(f, "before"));
    /* The old one answers until the new one is complete. */
    OK(f, ek_store_rebuild(&f->store, f->folder, "test", &f->err));
    pid_t reader = fork_child();
    if (reader == 0)
        execl("/proc/self/exe", "test", "ask", f->folder, (char *)NULL);
    int status;
    waitpid(reader, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 25);
    ek_store_close(f->store);
    OK(f, make_index_anew(f));
    ek_store_close(f->store);
    f->store = NULL;
    assert_int_equal(posts_about(f, f->folder, "bid"), 25);
    assert_int_equal(posts_about(f, f->folder, "ppi"), 25);
    assert_int_equal(sound_posts(f, f->folder), 50);
    /* Also where there is none, or one that cannot be read. */
    shell("rm -r %s/index%s", f->folder, "");
    OK(f, make_index_anew(f));
    ek_store_close(f->store);
    assert_int_equal(posts_about(f, f->folder, "bid"), 25);
    shell("head -c 100000 /dev/urandom >%s/index/data.mdb%s", f->folder, "");
    OK(f, make_index_anew(f));
    ek_store_close(f->store);
    assert_int_equal(posts_about(f, f->folder, "bid"), 25);
    fixture_open(f, EK_STORE_WRITE);
    expect_sound(f);
}

static int ask(const char *folder)
{
    struct fixture f = {.arena = ek_arena_new(64u << 20)};
    int posts = (int)posts_about(&f, folder, "bid");
    ek_arena_free(f.arena);
    return posts;
}

static void leftovers_are_known_ones(void **state)
{
    struct fixture *f = *state;
    shell("mkdir %s/records.new && echo mine >%s/records.new/mine", f->folder, f->folder);
    ek_store_close(f->store);
    f->store = NULL;
    assert_int_equal(ek_store_open(&f->store, f->folder, EK_STORE_WRITE, "test", &f->err), -1);
    assert_non_null(strstr(f->err.message, "records.new/mine is no part of a store"));
    shell("rm -r %s/records.new && ln -s %s", f->folder,
          ek_printf(f->arena, "records %s/records.new", f->folder));
    assert_int_equal(ek_store_open(&f->store, f->folder, EK_STORE_WRITE, "test", &f->err), -1);
    unlink(ek_printf(f->arena, "%s/records.new", f->folder));
    assert_int_equal(sound_posts(f, f->folder), 50);
    fixture_open(f, EK_STORE_WRITE);
}

/* Growth ------------------------------------------------------------------------------------ */

static void edit_all(struct fixture *f, unsigned rounds)
{
    for (unsigned round = 0; round < rounds; round++) {
        struct ek_kept_robots robots = {BASE, 200, round, NULL, 0};
        char body[30000];
        memset(body, 'a' + (int)(round % 20), sizeof body);
        robots.body = body;
        robots.len = sizeof body;
        OK(f, ek_store_begin(f->store, &f->err));
        OK(f, ek_robots_keep(f->store, &robots, &f->err));
        OK(f, ek_store_commit(f->store, &f->err));
    }
}

/* A reader that is killed in the middle of reading keeps its slot, and with it every page that was
 * freed since, until a writer notices. */
static void a_killed_reader_does_not_make_the_file_grow(void **state)
{
    struct fixture *f = *state;
    ek_store_close(f->store);
    f->store = NULL;
    pid_t reader = fork_child();
    if (reader == 0) {
        if (ek_store_open(&f->store, f->folder, EK_STORE_READ, "reader", &f->err) != 0 ||
            ek_store_enter(f->store, EK_NEEDS_RECORDS, &f->err) != 0)
            _exit(1);
        shell("touch %s%s", beside(f, "reading"), "");
        pause();
    }
    fixture_open(f, EK_STORE_WRITE);
    while (!is_there(beside(f, "reading")))
        usleep(1000);
    uint64_t before = ek_env_bytes(f->store->records);
    kill(reader, SIGKILL);
    waitpid(reader, NULL, 0);
    edit_all(f, 400);
    uint64_t grown = ek_env_bytes(f->store->records) - before;
    print_message("    grown by %llu KB\n", (unsigned long long)grown / 1000);
    /* 30 KB and some pages for each commit until the next look. */
    assert_true(grown < (EK_READER_CHECK_COMMITS + 8) * 60000ull);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "read") == 0)
        return read_until(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "ask") == 0)
        return ask(argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, filled_setup, care_teardown)
    const struct CMUnitTest tests[] = {
        TEST(compaction_gives_space_back),
        TEST(permissions_stay),
        TEST(a_reader_or_a_slice_does_not_compact),
        TEST(readers_never_see_half_of_it),
        TEST(a_kill_of_a_compaction_leaves_the_old_or_the_new),
        TEST(a_kill_of_a_rebuilding_leaves_the_old_or_the_new),
        TEST(a_disk_without_room_is_told_early),
        TEST(an_index_made_anew_answers_the_same),
        TEST(leftovers_are_known_ones),
        TEST(a_killed_reader_does_not_make_the_file_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
