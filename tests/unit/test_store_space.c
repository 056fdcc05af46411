/* test_store_space.c - too little address space, and limits of the disk. */
#include "care_fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

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

/* As much address space as is taken now, and so many megabytes more. */
static void limit_space(unsigned megabytes)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu", &pages) != 1)
        _exit(90);
    fclose(file);
    struct rlimit limit = {.rlim_max = RLIM_INFINITY};
    limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)megabytes << 20);
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(91);
}

static int fill(struct fixture *f, unsigned megabytes)
{
    static char body[500000];
    for (unsigned i = 0; i < 2 * megabytes; i++) {
        struct ek_kept_robots robots = {ek_printf(f->arena, "https://%u.example/", i), 200, i, body,
                                        sizeof body};
        if (ek_store_begin(f->store, &f->err) != 0)
            return -1;
        if (ek_robots_keep(f->store, &robots, &f->err) != 0) {
            ek_store_abort(f->store);
            return -1;
        }
        if (ek_store_commit(f->store, &f->err) != 0)
            return -1;
    }
    return 0;
}

/* A writer whose reserved address space is at its end says so, and the store is what it was. */
static int write_in_little_space(const char *folder)
{
    struct fixture f = {.arena = ek_arena_new(64u << 20)};
    limit_space(420);
    if (ek_store_open(&f.store, folder, EK_STORE_WRITE, "writer", &f.err) != 0)
        return 1;
    if (fill(&f, 600) == 0)
        return 2;
    if (f.err.kind != EK_FULL || !strstr(f.err.message, "address space")) {
        fprintf(stderr, "%s\n", f.err.message);
        return 3;
    }
    ek_store_close(f.store);
    return 0;
}

/* A reader whose map is smaller than the store has grown says what to do. */
static int read_in_little_space(const char *folder, const char *grown)
{
    struct fixture f = {.arena = ek_arena_new(64u << 20)};
    struct ek_store_status status;
    limit_space(420);
    if (ek_store_open(&f.store, folder, EK_STORE_READ, "reader", &f.err) != 0 ||
        ek_store_status(f.store, f.arena, &status, &f.err) != 0)
        return 1;
    shell("touch %s.open%s", grown, "");
    while (!is_there(grown))
        usleep(1000);
    if (ek_store_status(f.store, f.arena, &status, &f.err) == 0)
        return 2;
    if (!strstr(f.err.message, "address space")) {
        fprintf(stderr, "%s\n", f.err.message);
        return 3;
    }
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &all);
    if (ek_store_status(f.store, f.arena, &status, &f.err) == 0)
        return 4; /* once lost, the map stays so, and that is said */
    ek_store_close(f.store);
    if (ek_store_open(&f.store, folder, EK_STORE_READ, "reader", &f.err) != 0 ||
        ek_store_status(f.store, f.arena, &status, &f.err) != 0)
        return 5;
    ek_store_close(f.store);
    return status.posts == 50 ? 0 : 6;
}

static void run_self(const char *what, const char *a, const char *b)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        execl("/proc/self/exe", "test", what, a, b, (char *)NULL);
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void little_address_space_is_said(void **state)
{
    struct fixture *f = *state;
#ifdef HAS_SANITIZER
    skip(); /* it needs terabytes of its own */
#endif
    ek_store_close(f->store);
    f->store = NULL;
    run_self("write-in-little-space", f->folder, "");
    assert_int_equal(sound_posts(f, f->folder), 50);
    fixture_open(f, EK_STORE_WRITE);
    expect_sound(f);
}

static void a_store_that_outgrew_a_reader_is_said(void **state)
{
    struct fixture *f = *state;
    const char *grown = beside(f, "grown");
    int status;
#ifdef HAS_SANITIZER
    skip();
#endif
    ek_store_close(f->store);
    f->store = NULL;
    pid_t reader = fork();
    if (reader == 0)
        execl("/proc/self/exe", "test", "read-in-little-space", f->folder, grown, (char *)NULL);
    while (!is_there(ek_printf(f->arena, "%s.open", grown)))
        usleep(1000);
    fixture_open(f, EK_STORE_WRITE);
    OK(f, fill(f, 500));
    shell("touch %s%s", grown, "");
    waitpid(reader, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* The disk ---------------------------------------------------------------------------------- */

static enum ek_disk_state found(struct fixture *f, uint64_t keep_free, uint64_t most,
                                enum ek_disk_state before)
{
    const struct ek_disk_limits limits = {keep_free, most};
    struct ek_disk disk;
    OK(f, ek_store_disk(f->folder, &limits, before, &disk, &f->err));
    return disk.state;
}

static void the_disk_is_judged_by_its_limits(void **state)
{
    struct fixture *f = *state;
    struct ek_disk disk;
    const struct ek_disk_limits some = {.most = 1ull << 40};
    OK(f, ek_store_disk(f->folder, &some, EK_DISK_AMPLE, &disk, &f->err));
    uint64_t free = disk.free, taken = disk.taken;
    assert_true(taken > 10000 && taken < 100u << 20 && free > 0);
    assert_int_equal(found(f, 0, 0, EK_DISK_AMPLE), EK_DISK_AMPLE);
    /* What is free may change meanwhile: figures far apart. */
    assert_int_equal(found(f, free * 2, 0, EK_DISK_AMPLE), EK_DISK_FULL);
    assert_int_equal(found(f, free / 4 * 3, 0, EK_DISK_AMPLE), EK_DISK_LOW);
    assert_int_equal(found(f, free / 4, 0, EK_DISK_AMPLE), EK_DISK_AMPLE);
    assert_int_equal(found(f, free / 100 * 96, 0, EK_DISK_AMPLE), EK_DISK_LOW);
    assert_int_equal(found(f, free / 100 * 96, 0, EK_DISK_FULL), EK_DISK_FULL); /* on the brink */
    assert_int_equal(found(f, free / 4 * 3, 0, EK_DISK_FULL), EK_DISK_LOW);
    assert_int_equal(found(f, free / 4, 0, EK_DISK_FULL), EK_DISK_AMPLE);
    assert_int_equal(found(f, 0, taken, EK_DISK_AMPLE), EK_DISK_FULL);
    assert_int_equal(found(f, 0, taken / 95 * 100, EK_DISK_AMPLE), EK_DISK_LOW);
    assert_int_equal(found(f, 0, taken / 95 * 100, EK_DISK_FULL), EK_DISK_FULL);
    assert_int_equal(found(f, 0, taken * 2, EK_DISK_FULL), EK_DISK_AMPLE);
    assert_int_equal(ek_store_disk("/nonexistent", &some, EK_DISK_AMPLE, &disk, &f->err), -1);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "write-in-little-space") == 0)
        return write_in_little_space(argv[2]);
    if (argc == 4 && strcmp(argv[1], "read-in-little-space") == 0)
        return read_in_little_space(argv[2], argv[3]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, filled_setup, care_teardown)
    const struct CMUnitTest tests[] = {
        TEST(little_address_space_is_said),
        TEST(a_store_that_outgrew_a_reader_is_said),
        TEST(the_disk_is_judged_by_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
