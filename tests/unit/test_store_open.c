/* test_store_open.c - a store that is missing, in use, newer, damaged, closed to us, or full. */
#include "store_fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/wait.h>

static void expect_refused(struct fixture *f, enum ek_store_mode mode, enum ek_kind kind,
                           const char *words)
{
    struct ek_store *store = NULL;
    assert_int_equal(ek_store_open(&store, f->folder, mode, "test", &f->err), -1);
    assert_null(store);
    if (f->err.kind != kind || !strstr(f->err.message, words))
        fail_msg("kind %d: %s", f->err.kind, f->err.message);
}

static void a_missing_store_is_named(void **state)
{
    struct fixture *f = *state, other = {.folder = "/tmp/ekbom-no-such-store"};
    (void)f;
    expect_refused(&other, EK_STORE_READ, EK_NOT_FOUND,
                   "no store at /tmp/ekbom-no-such-store: `ekbom import` makes one");
    assert_int_equal(access(other.folder, F_OK), -1);
    snprintf(other.folder, sizeof other.folder, "/tmp/no/such/parent");
    expect_refused(&other, EK_STORE_WRITE, EK_NOT_FOUND, "/tmp/no/such/parent");
}

static void an_empty_folder_is_no_store(void **state)
{
    struct fixture *f = *state;
    ek_store_close(f->store);
    f->store = NULL;
    remove_folder(f->folder);
    mkdir(f->folder, 0750);
    expect_refused(f, EK_STORE_READ, EK_NOT_FOUND, "no store at");
}

static void a_second_writer_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ek_entry entry = entry_of("1", "7", "Ida", 1000, "text");
    put_entry(f, &entry, 5000, NULL);
    expect_refused(f, EK_STORE_WRITE, EK_BUSY, "already open in this program");
    int result[2];
    assert_int_equal(pipe(result), 0);
    pid_t child = fork();
    if (child == 0) {
        struct ek_store *store;
        struct ek_err err = {0};
        int got = ek_store_open(&store, f->folder, EK_STORE_READ, "test", &err);
        /* LMDB: the environment is the parent's; only the lock is tried here. */
        if (got == 0 || err.kind != EK_BUSY)
            _exit(2);
        execl("/proc/self/exe", "test", "second-writer", f->folder, (char *)NULL);
        _exit(3);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(result[0]);
    close(result[1]);
}

/* Another process: writing is refused with the holder's name, reading is not. */
static int second_writer(const char *folder)
{
    struct ek_store *store;
    struct ek_err err = {0};
    char holder[64];
    snprintf(holder, sizeof holder, "by test (process %ld)", (long)getppid());
    if (ek_store_open(&store, folder, EK_STORE_WRITE, "other", &err) == 0 || err.kind != EK_BUSY ||
        !strstr(err.message, holder)) {
        fprintf(stderr, "%s\n", err.message);
        return 4;
    }
    if (ek_store_open(&store, folder, EK_STORE_READ, "other", &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 5;
    }
    struct ek_arena *arena = ek_arena_new(1u << 20);
    uint64_t *numbers;
    size_t count = 0;
    int found = ek_store_find_post(store, "1", arena, &numbers, &count, &err);
    ek_arena_free(arena);
    ek_store_close(store);
    return found == 0 && count == 1 ? 0 : 6;
}

static void patch_file(struct fixture *f, const char *name, const char *find, size_t find_len,
                       const char *put)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    char *bytes = malloc((size_t)size);
    rewind(file);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    unsigned patched = 0;
    for (long at = 0; at + (long)find_len <= size; at++) {
        if (memcmp(bytes + at, find, find_len) == 0) {
            memcpy(bytes + at, put, find_len);
            patched++;
        }
    }
    assert_true(patched > 0);
    rewind(file);
    assert_int_equal(fwrite(bytes, 1, (size_t)size, file), size);
    fclose(file);
    free(bytes);
}

static void a_newer_store_is_refused(void **state)
{
    struct fixture *f = *state;
    ek_store_close(f->store);
    f->store = NULL;
    patch_file(f, "records/data.mdb", "format\0\0\0\3", 10, "format\0\0\0\4");
    expect_refused(f, EK_STORE_READ, EK_VERSION, "has format 4");
    expect_refused(f, EK_STORE_WRITE, EK_VERSION, "use the newer");
    patch_file(f, "records/data.mdb", "format\0\0\0\4", 10, "format\0\0\0\3");
    patch_file(f, "index/data.mdb", "format\0\0\0\4", 10, "format\0\0\0\5");
    expect_refused(f, EK_STORE_READ, EK_VERSION, "index has format 5");
    expect_refused(f, EK_STORE_WRITE, EK_VERSION, "use the newer");
}

static void count_named(void *context, const char *finding)
{
    *(unsigned *)context += strstr(finding, "damaged: table revision, key 00") != NULL;
}

static void damage_is_named(void **state)
{
    struct fixture *f = *state;
    char path[200];
    for (unsigned i = 0; i < 50; i++) {
        char id[8];
        snprintf(id, sizeof id, "%u", i);
        struct ek_entry entry = entry_of(id, "7", "Ida", 1000, "legible words of the post");
        put_entry(f, &entry, 5000, NULL);
    }
    ek_store_close(f->store);
    f->store = NULL;
    patch_file(f, "records/data.mdb", "legible words", 13, "changed words");
    fixture_open(f, EK_STORE_READ);
    unsigned named = 0;
    assert_true(ek_store_verify(f->store, count_named, &named, &f->err) >= 50);
    assert_true(named >= 50);
    struct ek_entry entry;
    assert_int_equal(ek_store_entry(f->store, 1, true, f->arena, &entry, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FORMAT);
    assert_non_null(strstr(f->err.message, "table revision, key 0000000000000001"));
    ek_store_close(f->store);
    f->store = NULL;
    /* A file cut short: LMDB would read past its end. */
    snprintf(path, sizeof path, "%s/records/data.mdb", f->folder);
    assert_int_equal(truncate(path, 5 * 4096), 0);
    expect_refused(f, EK_STORE_READ, EK_FORMAT, "cut short");
    expect_refused(f, EK_STORE_WRITE, EK_FORMAT, "cut short");
    /* A file of something else. */
    FILE *junk = fopen(path, "wb");
    for (unsigned i = 0; i < 100000; i++)
        fputc('x', junk);
    fclose(junk);
    expect_refused(f, EK_STORE_READ, EK_FORMAT, "is damaged");
    expect_refused(f, EK_STORE_WRITE, EK_FORMAT, "is damaged");
}

static void a_damaged_index_can_be_removed(void **state)
{
    struct fixture *f = *state;
    char path[200];
    ek_store_close(f->store);
    f->store = NULL;
    snprintf(path, sizeof path, "%s/index/data.mdb", f->folder);
    FILE *junk = fopen(path, "wb");
    for (unsigned i = 0; i < 100000; i++)
        fputc('x', junk);
    fclose(junk);
    expect_refused(f, EK_STORE_WRITE, EK_FORMAT, "the index is derived: remove");
    unlink(path);
    fixture_open(f, EK_STORE_WRITE);
}

static void modes_are_as_documented(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        unsigned mode;
    } files[] = {{"key", 0600}, {"records/lock.mdb", 0660}, {"index/lock.mdb", 0660}};
    mode_t mask = umask(022);
    for (size_t i = 0; i < 3; i++) {
        char path[200];
        struct stat file;
        snprintf(path, sizeof path, "%s/%s", f->folder, files[i].name);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, files[i].mode);
    }
    umask(mask);
}

/* In a child without privileges: 0 if everything was as it should be. */
static int as_nobody(struct fixture *f, int (*check)(struct fixture *f))
{
    pid_t child = fork();
    if (child == 0) {
        if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
            _exit(77);
        _exit(check(f));
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static int index_only(struct fixture *f)
{
    struct ek_store *store;
    struct ek_timeline timeline;
    struct ek_selection all = {0}, board = {.board = "5"};
    struct ek_entry entry;
    if (ek_store_open(&store, f->folder, EK_STORE_READ, "test", &f->err))
        return 1;
    if (ek_query_timeline(store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err) ||
        timeline.count != 1 || timeline.series[0].buckets[0].posts_tagged != 1)
        return 2;
    if (ek_store_entry(store, 1, true, f->arena, &entry, &f->err) != -1 || f->err.kind != EK_IO ||
        !strstr(f->err.message, "needs the records"))
        return 3;
    if (ek_selection_check(store, &board, &f->err) != -1 ||
        !strstr(f->err.message, "selecting by forum, board"))
        return 4;
    if (!ek_store_is_sample(store))
        return 5;
    ek_store_close(store);
    return 0;
}

static int lock_refused(struct fixture *f)
{
    struct ek_store *store;
    if (ek_store_open(&store, f->folder, EK_STORE_READ, "test", &f->err) == 0)
        return 1;
    return f->err.kind == EK_IO ? 0 : 2;
}

static int lock_named(struct fixture *f)
{
    struct ek_store *store;
    struct ek_timeline timeline;
    struct ek_selection all = {0};
    if (ek_store_open(&store, f->folder, EK_STORE_READ, "test", &f->err))
        return 1;
    if (ek_query_timeline(store, &all, EK_BY_YEAR, EK_OF_ALL, f->arena, &timeline, &f->err) == 0)
        return 2;
    ek_store_close(store);
    return strstr(f->err.message, "write permission on lock.mdb") ? 0 : 3;
}

static int writing_refused(struct fixture *f)
{
    struct ek_store *store;
    if (ek_store_open(&store, f->folder, EK_STORE_WRITE, "test", &f->err) == 0)
        return 1;
    return f->err.kind == EK_IO && strstr(f->err.message, "ermission denied") ? 0 : 2;
}

static void permissions_split_names_from_figures(void **state)
{
    struct fixture *f = *state;
    if (geteuid() != 0)
        skip();
    fixture_set_rules(f);
    struct ek_entry entry = entry_of("1", "7", "Ida", 1000, "text");
    put_entry(f, &entry, 5000, tags_of(f, "bid", NULL));
    OK(f, ek_store_mark_sample(f->store, &f->err));
    ek_store_close(f->store);
    f->store = NULL;
    char command[400];
    snprintf(command, sizeof command,
             "cd %s && chmod 755 . index && chmod 700 records && chmod 644 index/data.mdb && "
             "chmod 666 index/lock.mdb",
             f->folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(as_nobody(f, index_only), 0);
    assert_int_equal(as_nobody(f, writing_refused), 0);
    snprintf(command, sizeof command, "cd %s && chmod 644 index/lock.mdb", f->folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(as_nobody(f, lock_refused), 0);
    snprintf(command, sizeof command,
             "cd %s && chmod 755 records && chmod 644 records/data.mdb && chmod 666 "
             "records/lock.mdb",
             f->folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(as_nobody(f, lock_named), 0);
}

/* A full disk --------------------------------------------------------------------------------- */

static void a_full_disk_undoes_the_slice(void **state)
{
    struct fixture *f = *state, full = {.arena = f->arena};
    char mount_point[40];
    snprintf(mount_point, sizeof mount_point, "/tmp/ekbom-tmpfs-%d", (int)getpid());
    mkdir(mount_point, 0755);
    if (geteuid() != 0 || mount("tmpfs", mount_point, "tmpfs", 0, "size=1m") != 0) {
        rmdir(mount_point);
        skip();
    }
    snprintf(full.folder, sizeof full.folder, "%s/s", mount_point);
    fixture_open(&full, EK_STORE_WRITE);
    fixture_set_rules(&full);
    char text[5000];
    unsigned stored = 0, seed = 1;
    int result = 0;
    while (result == 0 && stored < 1000) {
        char id[16];
        for (size_t i = 0; i + 1 < sizeof text; i++) /* nothing that compresses */
            text[i] = (char)(33 + (seed = seed * 1103515245u + 12345u, seed >> 16) % 90);
        text[sizeof text - 1] = 0;
        snprintf(id, sizeof id, "%u", stored);
        struct ek_entry entry = entry_of(id, "7", "Ida", 1000, text);
        OK(&full, ek_store_begin(full.store, &full.err));
        result =
            ek_store_put_entry(full.store, &entry, 5000, tags_of(f, "bid", NULL), NULL, &full.err);
        if (result == 0)
            result = ek_store_commit(full.store, &full.err);
        else
            ek_store_abort(full.store);
        stored += result == 0;
    }
    assert_int_equal(result, -1);
    assert_int_equal(full.err.kind, EK_FULL);
    assert_non_null(strstr(full.err.message, "no space left"));
    assert_true(stored > 10);
    /* What was acknowledged is there, and the store goes on when there is room. */
    expect_sound(&full);
    assert_int_equal(mount("tmpfs", mount_point, "tmpfs", MS_REMOUNT, "size=64m"), 0);
    struct ek_entry last = entry_of("last", "7", "Ida", 1000, text);
    put_entry(&full, &last, 6000, tags_of(f, "bid", NULL));
    struct ek_store_status status;
    OK(&full, ek_store_status(full.store, f->arena, &status, &full.err));
    assert_true(status.posts == stored + 1 || status.posts == stored + 2);
    fixture_reopen(&full, EK_STORE_WRITE);
    expect_sound(&full);
    ek_store_close(full.store);
    umount(mount_point);
    rmdir(mount_point);
}

static void reading_handles_do_not_write(void **state)
{
    struct fixture *f = *state;
    fixture_reopen(f, EK_STORE_READ);
    assert_int_equal(ek_store_begin(f->store, &f->err), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
    assert_int_equal(ek_store_mark_sample(f->store, &f->err), -1);
    assert_int_equal(ek_store_swap(f->store, &f->err), -1);
    assert_int_equal(ek_store_commit(f->store, &f->err), -1);
}

static void an_aborted_slice_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct ek_entry entry = entry_of("1", "7", "Ida", 1000, "text");
    struct ek_store_status status;
    OK(f, ek_store_begin(f->store, &f->err));
    assert_int_equal(ek_store_begin(f->store, &f->err), -1);
    OK(f, ek_store_put_entry(f->store, &entry, 5000, NULL, NULL, &f->err));
    ek_store_abort(f->store);
    OK(f, ek_store_status(f->store, f->arena, &status, &f->err));
    assert_int_equal(status.posts + status.authors + status.threads + status.forum_count, 0);
    entry.post.id = NULL;
    OK(f, ek_store_begin(f->store, &f->err));
    assert_int_equal(ek_store_put_entry(f->store, &entry, 5000, NULL, NULL, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FORMAT);
    OK(f, ek_store_commit(f->store, &f->err)); /* a bad record is no broken slice */
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "second-writer") == 0)
        return second_writer(argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_missing_store_is_named),
        TEST(an_empty_folder_is_no_store),
        TEST(a_second_writer_is_refused),
        TEST(a_newer_store_is_refused),
        TEST(damage_is_named),
        TEST(a_damaged_index_can_be_removed),
        TEST(modes_are_as_documented),
        TEST(permissions_split_names_from_figures),
        TEST(a_full_disk_undoes_the_slice),
        TEST(reading_handles_do_not_write),
        TEST(an_aborted_slice_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
