/* test_store_backup.c - a backup is the store at one moment, beside its writer, and is either there
 * or not. */
#include "care_fixture.h"
#include "kill_fixture.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <time.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct ek_backup_report report;

static int back_up(struct fixture *f, const char *to)
{
    return ek_store_backup(f->store, to, NULL, &report, &f->err);
}

static void expect_refused(struct fixture *f, const char *to, enum ek_kind kind, const char *words)
{
    assert_int_equal(back_up(f, to), -1);
    if (f->err.kind != kind || !strstr(f->err.message, words))
        fail_msg("kind %d: %s", f->err.kind, f->err.message);
    assert_false(is_there(ek_printf(f->arena, "%s.unfinished", to)));
}

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

static void a_backup_is_the_store(void **state)
{
    struct fixture *f = *state, copy = {.arena = f->arena};
    const char *to = beside(f, "backup");
    unsigned char keys[2][32] = {{1}, {2}};
    OK(f, back_up(f, ek_printf(f->arena, "%s//", to))); /* slashes at the end are no name */
    assert_false(report.renewed);
    assert_int_equal(report.missing, 0);
    assert_true(report.records_bytes > 0 && report.index_bytes > 0 && report.archive_bytes > 0);
    assert_false(is_there(beside(f, "backup.unfinished")));
    assert_false(is_there(beside(f, "backup/records/lock.mdb")));
    assert_false(is_there(beside(f, "backup/writer")));
    assert_int_equal(sound_posts(f, to), 50);
    snprintf(copy.folder, sizeof copy.folder, "%s", to);
    fixture_open(&copy, EK_STORE_READ);
    expect_same_tables(f, &copy, NULL);
    for (size_t i = 0; i < 2; i++) {
        int fd = open(ek_printf(f->arena, "%s/key", i ? to : f->folder), O_RDONLY);
        assert_int_equal(read(fd, keys[i], 32), 32);
        close(fd);
    }
    assert_memory_equal(keys[0], keys[1], 32);
    ek_store_close(copy.store);
    /* It is a store like any other, and then a backup no more. */
    copy.store = NULL;
    fixture_open(&copy, EK_STORE_WRITE);
    put_page(&copy, 50, 10);
    ek_store_close(copy.store);
    assert_int_equal(sound_posts(f, to), 60);
    expect_refused(f, to, EK_USAGE, "is in use as a store");
}

static void a_backup_is_brought_up_to_date(void **state)
{
    struct fixture *f = *state;
    const char *to = beside(f, "backup"), *file = "archive/board.example-2023-11.warc.gz";
    struct stat before, after;
    OK(f, back_up(f, to));
    assert_int_equal(stat(beside(f, ek_printf(f->arena, "backup/%s", file)), &before), 0);
    put_page(f, 6, 10);
    OK(f, back_up(f, to));
    assert_true(report.renewed);
    assert_true(report.archive_copied < report.archive_bytes / 2);
    assert_int_equal(stat(beside(f, ek_printf(f->arena, "backup/%s", file)), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino); /* the same file, gone on with */
    assert_true(after.st_size > before.st_size);
    assert_int_equal(after.st_nlink, 1); /* the earlier backup is gone */
    assert_int_equal(sound_posts(f, to), 60);
    /* Nothing new is nothing to copy but what lies behind the last reference. */
    OK(f, back_up(f, to));
    assert_true(report.archive_copied < 1000);
    assert_int_equal(sound_posts(f, to), 60);
}

static void a_target_that_is_no_backup_of_it_is_refused(void **state)
{
    struct fixture *f = *state, other = {.arena = f->arena};
    const char *to = beside(f, "backup");
    expect_refused(f, f->folder, EK_USAGE, "is no backup that ekbom made");
    expect_refused(f, "", EK_USAGE, "1 to 4,000 bytes");
    expect_refused(f, "/nonexistent/folder", EK_NOT_FOUND, "/nonexistent/folder");
    expect_refused(f, "/proc", EK_USAGE, "where a disk is mounted");
    shell("echo mine >%s%s", beside(f, "file"), "");
    expect_refused(f, beside(f, "file"), EK_USAGE, "is no folder");
    shell("mkdir %s && echo mine >%s/mine", beside(f, "folder"), beside(f, "folder"));
    expect_refused(f, beside(f, "folder"), EK_USAGE, "is no backup that ekbom made");
    shell("mkdir %s.unfinished && echo mine >%s.unfinished/mine", beside(f, "third"),
          beside(f, "third"));
    assert_int_equal(back_up(f, beside(f, "third")), -1);
    assert_non_null(strstr(f->err.message, "is not ekbom's"));
    assert_true(is_there(beside(f, "third.unfinished/mine")));
    /* Another store's, a later state, and one with something of somebody's in it. */
    OK(f, back_up(f, to));
    snprintf(other.folder, sizeof other.folder, "%s", beside(f, "other"));
    fixture_open(&other, EK_STORE_WRITE);
    expect_refused(&other, to, EK_USAGE, "is the backup of another store");
    ek_store_close(other.store);
    shell("sed -i 's/^change .*/change 99999/' %s/backup%s", to, "");
    expect_refused(f, to, EK_USAGE, "holds a later state");
    shell("sed -i 's/^change .*/change 1/' %s/backup%s", to, "");
    shell("echo mine >%s/notes%s", to, "");
    expect_refused(f, to, EK_USAGE, "backup/notes is no part of a store");
    unlink(beside(f, "backup/notes"));
    shell("echo ekbom backup 2 >%s/backup%s", to, "");
    expect_refused(f, to, EK_VERSION, "no mark of a backup that this program knows");
    assert_int_equal(sound_posts(f, to), 50);
}

static void another_course_of_the_store_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *to = beside(f, "backup"), *past = beside(f, "past");
    ek_store_close(f->store);
    f->store = NULL;
    shell("cp -r %s %s", f->folder, past);
    fixture_open(f, EK_STORE_WRITE);
    put_page(f, 6, 10);
    OK(f, back_up(f, to));
    ek_store_close(f->store);
    /* The store is restored from an older copy, and goes on differently. */
    shell("rm -rf %s && mv %s", f->folder, ek_printf(f->arena, "%s %s", past, f->folder));
    fixture_open(f, EK_STORE_WRITE);
    put_page(f, 7, 10);
    put_page(f, 8, 10);
    expect_refused(f, to, EK_USAGE, "another course of this store");
    assert_int_equal(sound_posts(f, to), 60);
}

static void an_empty_folder_will_do(void **state)
{
    struct fixture *f = *state;
    shell("mkdir %s%s", beside(f, "backup"), "");
    OK(f, back_up(f, beside(f, "backup")));
    assert_int_equal(sound_posts(f, beside(f, "backup")), 50);
}

static void permissions_are_the_stores(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        mode_t mode;
    } items[] = {{"", 0710},        {"records", 0700}, {"index", 0755}, {"index/data.mdb", 0644},
                 {"archive", 0700}, {"key", 0600}};
    for (size_t i = 0; i < COUNT(items); i++)
        chmod(ek_printf(f->arena, "%s/%s", f->folder, items[i].name), items[i].mode);
    mode_t mask = umask(0);
    OK(f, back_up(f, beside(f, "backup")));
    umask(mask);
    for (size_t i = 0; i < COUNT(items); i++) {
        struct stat item;
        assert_int_equal(
            stat(ek_printf(f->arena, "%s/%s", beside(f, "backup"), items[i].name), &item), 0);
        assert_int_equal(item.st_mode & 07777, items[i].mode);
    }
}

static void what_is_damaged_is_not_copied_over_what_is_not(void **state)
{
    struct fixture *f = *state;
    const char *to = beside(f, "backup");
    OK(f, back_up(f, to));
    ek_store_close(f->store);
    f->store = NULL;
    shell("sed -i 's/Words of 3 in 2/Wards of 3 in 2/g' %s/records/data.mdb%s", f->folder, "");
    fixture_open(f, EK_STORE_READ);
    expect_refused(f, to, EK_FORMAT, "is damaged: table revision");
    assert_int_equal(sound_posts(f, to), 50);
    expect_refused(f, beside(f, "second"), EK_FORMAT, "is damaged");
    assert_false(is_there(beside(f, "second")));
}

static void a_damaged_key_is_not_copied(void **state)
{
    struct fixture *f = *state;
    const char *to = beside(f, "backup");
    OK(f, back_up(f, to));
    fixture_reopen(f, EK_STORE_READ);
    shell("head -c 32 /dev/urandom >%s/key%s", f->folder, "");
    expect_refused(f, to, EK_FORMAT, "key is damaged");
    unlink(ek_printf(f->arena, "%s/key", f->folder));
    expect_refused(f, to, EK_NOT_FOUND, "/key");
    assert_int_equal(sound_posts(f, to), 50);
}

static void an_index_that_is_not_there_is_left_out(void **state)
{
    struct fixture *f = *state, copy = {.arena = f->arena};
    fixture_reopen(f, EK_STORE_READ);
    ek_store_close(f->store);
    f->store = NULL;
    shell("rm -r %s/index%s", f->folder, "");
    fixture_open(f, EK_STORE_READ);
    OK(f, back_up(f, beside(f, "backup")));
    assert_true(report.without_index);
    assert_false(is_there(beside(f, "backup/index")));
    snprintf(copy.folder, sizeof copy.folder, "%s", beside(f, "backup"));
    fixture_open(&copy, EK_STORE_WRITE);
    expect_sound(&copy);
    ek_store_close(copy.store);
}

static void what_the_archive_lacks_is_said_and_what_a_backup_had_is_kept(void **state)
{
    struct fixture *f = *state;
    const char *to = beside(f, "backup"), *file = "archive/board.example-2023-11.warc.gz";
    OK(f, back_up(f, to));
    unlink(ek_printf(f->arena, "%s/%s", f->folder, file));
    OK(f, back_up(f, to));
    assert_int_equal(report.missing, 1);
    assert_string_equal(report.missing_file, "board.example-2023-11.warc.gz");
    assert_int_equal(sound_posts(f, to), 50); /* what the store has lost is still here */
    OK(f, back_up(f, beside(f, "second")));
    assert_int_equal(report.missing, 1);
}

/* Beside a writer --------------------------------------------------------------------------- */

static int write_until(const char *folder, const char *done)
{
    struct fixture f = {.arena = ek_arena_new(512u << 20)};
    snprintf(f.folder, sizeof f.folder, "%s", folder);
    if (ek_store_open(&f.store, folder, EK_STORE_WRITE, "writer", &f.err) != 0)
        return 1;
    for (unsigned i = 10; i < 5000 && !is_there(done); i++) {
        put_page(&f, i, 10);
        if (i % 50 == 0)
            ek_arena_reset(f.arena);
    }
    ek_store_close(f.store);
    ek_arena_free(f.arena);
    return 0;
}

static void it_is_one_moment_beside_a_writer(void **state)
{
    struct fixture *f = *state;
    const char *to = beside(f, "backup"), *done = beside(f, "done");
    uint64_t last = 0;
    unsigned rounds = 0, grown = 0;
    ek_store_close(f->store);
    f->store = NULL;
    pid_t writer = fork_child();
    if (writer == 0)
        execl("/proc/self/exe", "test", "write", f->folder, done, (char *)NULL);
    time_t until = time(NULL) + 4;
    for (; time(NULL) < until; rounds++) {
        fixture_open(f, EK_STORE_READ);
        OK(f, back_up(f, to));
        ek_store_close(f->store);
        f->store = NULL;
        uint64_t posts = sound_posts(f, to); /* pages lie in the archive, index = records */
        assert_int_equal(posts % 10, 0);
        assert_true(posts >= last);
        grown += posts > last;
        last = posts;
    }
    shell("touch %s%s", done, "");
    int status;
    waitpid(writer, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    print_message("    %u backups beside a writer, %u grown, %llu posts\n", rounds, grown,
                  (unsigned long long)last);
    assert_true(rounds > 2 && grown > 1);
    fixture_open(f, EK_STORE_WRITE);
}

/* Kills and full disks ---------------------------------------------------------------------- */

struct work {
    const char *store, *to;
};

static int do_backup(void *context)
{
    const struct work *work = context;
    struct ek_store *store;
    struct ek_err err;
    if (ek_store_open(&store, work->store, EK_STORE_READ, "test", &err) != 0)
        return -1;
    return ek_store_backup(store, work->to, NULL, &report, &err);
}

/* Killed before each of its changes: the target is what it was, and the next run goes through. */
static void kill_at_every_step(struct fixture *f, bool renew)
{
    const char *to = beside(f, "backup"), *first = beside(f, "first");
    struct work work = {f->folder, to};
    unsigned step = 1, kept = 0, new = 0;
    enum killed how = KILLED;
    OK(f, back_up(f, first));
    put_page(f, 6, 10);
    ek_store_close(f->store);
    f->store = NULL;
    for (; how == KILLED; step++) {
        shell("rm -rf %s %s", to, beside(f, "backup.unfinished"));
        if (renew)
            shell("cp -r %s %s", first, to);
        how = killed_before(step, do_backup, &work);
        if (how == CANNOT_TRACE) {
            fixture_open(f, EK_STORE_WRITE);
            skip();
        }
        assert_true(how != FAILED);
        bool there = is_there(to);
        assert_true(there || !renew);
        uint64_t posts = there ? sound_posts(f, to) : 0;
        assert_true(posts == (renew ? 50 : 0) || posts == 60);
        kept += posts != 60;
        new += posts == 60;
        if (step % 5 && how == KILLED)
            continue;
        fixture_open(f, EK_STORE_READ);
        OK(f, back_up(f, to));
        ek_store_close(f->store);
        f->store = NULL;
        assert_false(is_there(beside(f, "backup.unfinished")));
        assert_int_equal(sound_posts(f, to), 60);
    }
    print_message("    killed before each of %u changes: %u times the old, %u the new\n", step - 2,
                  kept, new);
    assert_true(kept > 10 && new > 1);
    fixture_open(f, EK_STORE_WRITE);
}

static void a_kill_at_any_step_leaves_nothing_half(void **state)
{
    kill_at_every_step(*state, false);
}

static void a_kill_at_any_step_leaves_the_earlier_backup(void **state)
{
    kill_at_every_step(*state, true);
}

static void a_full_disk_leaves_nothing_half(void **state)
{
    struct fixture *f = *state;
    const char *place = beside(f, "disk");
    mkdir(place, 0755);
    const char *to = ek_printf(f->arena, "%s/backup", place);
    if (geteuid() != 0 || mount("tmpfs", place, "tmpfs", 0, "size=64k") != 0)
        skip();
    expect_refused(f, to, EK_FULL, "this needs some");
    assert_false(is_there(to));
    /* Room by the count, but not for the writing. */
    assert_int_equal(mount("tmpfs", place, "tmpfs", MS_REMOUNT, "size=4m,nr_inodes=9"), 0);
    int result = back_up(f, to);
    if (result == 0 || f->err.kind != EK_FULL)
        print_message("    %d: %s\n", result, f->err.message);
    assert_int_equal(result, -1);
    assert_int_equal(f->err.kind, EK_FULL);
    assert_false(is_there(to) || is_there(ek_printf(f->arena, "%s.unfinished", to)));
    assert_int_equal(mount("tmpfs", place, "tmpfs", MS_REMOUNT, "size=16m,nr_inodes=1000"), 0);
    OK(f, back_up(f, to));
    /* An earlier backup, and a store that has grown beyond the disk. */
    for (unsigned i = 10; i < 60; i++)
        put_page(f, i, 90);
    assert_int_equal(mount("tmpfs", place, "tmpfs", MS_REMOUNT, "size=600k"), 0);
    expect_refused(f, to, EK_FULL, "this needs some");
    assert_int_equal(sound_posts(f, to), 50);
    umount(place);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "write") == 0)
        return write_until(argv[2], argv[3]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, filled_setup, care_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_backup_is_the_store),
        TEST(a_backup_is_brought_up_to_date),
        TEST(a_target_that_is_no_backup_of_it_is_refused),
        TEST(another_course_of_the_store_is_refused),
        TEST(an_empty_folder_will_do),
        TEST(permissions_are_the_stores),
        TEST(what_is_damaged_is_not_copied_over_what_is_not),
        TEST(a_damaged_key_is_not_copied),
        TEST(an_index_that_is_not_there_is_left_out),
        TEST(what_the_archive_lacks_is_said_and_what_a_backup_had_is_kept),
        TEST(it_is_one_moment_beside_a_writer),
        TEST(a_kill_at_any_step_leaves_nothing_half),
        TEST(a_kill_at_any_step_leaves_the_earlier_backup),
        TEST(a_full_disk_leaves_nothing_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
