/* test_store_readers.c - reading beside a writer in another process, and the archive's check. */
#include "store_fixture.h"

#include <sys/wait.h>

static void put_many(struct fixture *f, unsigned first, unsigned count)
{
    OK(f, ek_store_begin(f->store, &f->err));
    for (unsigned i = first; i < first + count; i++) {
        char id[16], author[16];
        snprintf(id, sizeof id, "%u", i);
        snprintf(author, sizeof author, "a%u", i % 7);
        struct ek_entry entry = entry_of(id, "7", author, 1000 + i, "text");
        OK(f, ek_store_put_entry(f->store, &entry, 5000, tags_of(f, "bid", NULL), NULL, &f->err));
    }
    OK(f, ek_store_commit(f->store, &f->err));
}

struct seen {
    struct ek_store *store;
    struct ek_arena *arena;
    size_t rows, readable;
};

static int look(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct seen *seen = context;
    struct ek_entry entry;
    ek_arena_reset(seen->arena);
    seen->rows++;
    /* Whatever the index names is in the records: they commit first. */
    seen->readable += ek_store_entry(seen->store, row->number, true, seen->arena, &entry, err) == 1;
    return 0;
}

static int count_visit(void *context, uint64_t number, struct ek_err *err)
{
    (void)number;
    (void)err;
    ++*(size_t *)context;
    return 0;
}

/* Another process reads until the writer's file appears; prints what was wrong. */
static int reader(const char *folder)
{
    struct ek_err err = {0};
    struct ek_store *store;
    char done[200];
    snprintf(done, sizeof done, "%s/done", folder);
    if (ek_store_open(&store, folder, EK_STORE_READ, "reader", &err))
        return 1;
    struct seen seen = {.store = store, .arena = ek_arena_new(1u << 20)};
    size_t last = 0, rounds = 0;
    bool finished;
    do {
        struct ek_selection all = {0};
        size_t walked = 0;
        finished = access(done, F_OK) == 0;
        seen.rows = seen.readable = 0;
        if (ek_query_posts(store, &all, EK_NEWEST_FIRST, look, &seen, &err) ||
            ek_store_each(store, count_visit, &walked, &err)) {
            fprintf(stderr, "%s\n", err.message);
            return 2;
        }
        /* Slices of 50: a snapshot holds whole ones, and never fewer than the last did. */
        if (seen.rows != seen.readable || seen.rows % 50 || walked % 50 || seen.rows < last ||
            walked < seen.rows)
            return 3;
        last = seen.rows;
        rounds++;
    } while (!finished);
    ek_arena_free(seen.arena);
    ek_store_close(store);
    return last == 50 * 100 && rounds > 3 ? 0 : 4;
}

static void readers_see_whole_slices(void **state)
{
    struct fixture *f = *state;
    fixture_set_rules(f);
    put_many(f, 0, 50);
    pid_t children[2];
    for (size_t i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            execl("/proc/self/exe", "test", "reader", f->folder, (char *)NULL);
            _exit(9);
        }
    }
    for (unsigned i = 1; i < 100; i++)
        put_many(f, i * 50, 50);
    char done[200];
    snprintf(done, sizeof done, "%s/done", f->folder);
    FILE *file = fopen(done, "w");
    fclose(file);
    for (size_t i = 0; i < 2; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

/* The archive ------------------------------------------------------------------------------- */

static void put_archived(struct fixture *f, const char *url, struct ek_archive_ref *ref)
{
    const char *response = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A page</p>";
    char folder[200];
    struct ek_archive *archive;
    snprintf(folder, sizeof folder, "%s/archive", f->folder);
    OK(f, ek_archive_open(&archive, folder, &f->err));
    struct ek_archive_page page = {.url = url,
                                   .forum_slug = "board.example",
                                   .fetched = 1700000000,
                                   .response = response,
                                   .response_len = strlen(response)};
    OK(f, ek_archive_append(archive, &page, ref, &f->err));
    OK(f, ek_archive_flush(archive, &f->err));
    ek_archive_close(archive);
}

static void file_archived(struct fixture *f, const char *url, const struct ek_archive_ref *ref)
{
    struct ek_page_filing filing = {
        .url = url, .fetched = 1700000000, .status = 200, .archived = *ref};
    size_t changed;
    ek_page_key_make(&filing.key, url, 1700000000, url, strlen(url));
    OK(f, ek_store_begin(f->store, &f->err));
    OK(f, ek_store_put_page(f->store, &filing, NULL, NULL, &changed, &f->err));
    OK(f, ek_store_commit(f->store, &f->err));
}

struct findings {
    unsigned count;
    char last[1500];
};

static void keep_finding(void *context, const char *finding)
{
    struct findings *findings = context;
    findings->count++;
    snprintf(findings->last, sizeof findings->last, "%s", finding);
}

static void dangling_references_are_found(void **state)
{
    struct fixture *f = *state;
    struct ek_archive_ref ref, broken;
    struct findings findings = {0};
    put_archived(f, BASE "viewtopic.php?t=1", &ref);
    file_archived(f, BASE "viewtopic.php?t=1", &ref);
    expect_sound(f);
    /* An address that the record at this place does not have. */
    file_archived(f, BASE "viewtopic.php?t=2", &ref);
    assert_int_equal(ek_store_verify(f->store, keep_finding, &findings, &f->err), 1);
    assert_non_null(strstr(findings.last, "viewtopic.php?t=2: the archive holds "));
    /* A place past the end of the file. */
    broken = ref;
    broken.offset += 100000;
    file_archived(f, BASE "viewtopic.php?t=3", &broken);
    assert_int_equal(ek_store_verify(f->store, keep_finding, &findings, &f->err), 2);
    snprintf(broken.file, sizeof broken.file, "no-such-file.warc.gz");
    file_archived(f, BASE "viewtopic.php?t=4", &broken);
    assert_int_equal(ek_store_verify(f->store, keep_finding, &findings, &f->err), 3);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "reader") == 0)
        return reader(argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(readers_see_whole_slices),
        TEST(dangling_references_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
