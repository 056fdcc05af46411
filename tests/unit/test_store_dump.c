/* test_store_dump.c - a dump holds everything that is true, and a load makes the same of it, or
 * nothing. */
#include "care_fixture.h"
#include "kill_fixture.h"

#include <fcntl.h>
#include <sys/mount.h>

static struct ek_dump_report report;

static void put_frontier(struct fixture *f)
{
    const struct ek_frontier entries[] = {{.kind = EK_FRONTIER_INDEX,
                                           .id = "",
                                           .url = BASE,
                                           .visited = 5000,
                                           .due = EK_TIME_UNKNOWN,
                                           .etag = "\"abc\"",
                                           .error = "a\tb",
                                           .error_time = 77},
                                          {.kind = EK_FRONTIER_BOARD,
                                           .id = "5",
                                           .url = BASE "?f=5",
                                           .listed = "99",
                                           .done = "98",
                                           .newest = "97",
                                           .last_page = BASE "?f=5&p=2",
                                           .next_page = BASE "?f=5&p=3",
                                           .visited = EK_TIME_UNKNOWN,
                                           .due = -5,
                                           .last_modified = "yesterday",
                                           .error_time = EK_TIME_UNKNOWN},
                                          {.kind = EK_FRONTIER_THREAD,
                                           .id = "7",
                                           .url = BASE "?t=7",
                                           .closed = "login",
                                           .visited = 1,
                                           .due = 2,
                                           .error_time = 3}};
    const struct ek_kept_robots robots[] = {{BASE, 200, 5000, "User-agent: *\n", 14},
                                            {"https://b.example/", 404, 1, "", 0},
                                            {"https://c.example/", 200, -1, "\xff\0x", 3}};
    OK(f, ek_store_begin(f->store, &f->err));
    for (size_t i = 0; i < 3; i++) {
        OK(f, ek_frontier_put(f->store, BASE, &entries[i], &f->err));
        OK(f, ek_robots_keep(f->store, &robots[i], &f->err));
    }
    OK(f, ek_store_quarantine(f->store, "posts.jsonl:7", "the reader died", &f->err));
    OK(f, ek_store_commit(f->store, &f->err));
}

/* Edits, quotes, links, people of all kinds, times of all kinds. */
static void put_posts(struct fixture *f)
{
    struct ek_entry entry = entry_of("900", "77", "Ida", -3 * 365 * DAY, "First words");
    struct ek_quote quotes[] = {{"Bo", "899", true, 1, "quoted \"words\"\n\\"},
                                {NULL, NULL, false, 2, ""}};
    struct ek_link links[] = {
        {EK_LINK_POST, "899", NULL, BASE "?p=899", NULL, EK_TIME_UNKNOWN, -1, 0},
        {EK_LINK_EXTERNAL, NULL, "t", "https://x.example/\xc3\xa9", "8", 9, 3, 31}};
    entry.post.quotes = quotes;
    entry.post.quote_count = 2;
    entry.post.links = links;
    entry.post.link_count = 2;
    entry.language = "en";
    entry.url = BASE "?p=900";
    put_entry(f, &entry, 5000, NULL);
    entry.post.text = "Second words, with \xf0\x9f\x98\x80 and \x01\x1f\x7f\xe2\x80\xa8";
    entry.post.author = "Ida Renamed";
    entry.post.edited = true;
    entry.post.edit_count = 2;
    entry.post.edit_time_text = "yesterday";
    put_entry(f, &entry, 6000, NULL);
    put_entry(f, &entry, 7000, NULL);
    struct ek_entry guest = entry_of("m<901>@x", "77", "Guest of honour", 5000000000, "");
    guest.post.author_id = NULL;
    guest.post.guest = true;
    guest.state = EK_HIDDEN;
    put_entry(f, &guest, EK_TIME_UNKNOWN, NULL);
    struct ek_entry named = entry_of("902", "78", "Ida", EK_TIME_UNKNOWN, "Who is Ida?");
    named.post.author_id = NULL;
    named.state = EK_GONE;
    put_entry(f, &named, 5000, NULL);
    struct ek_entry same = entry_of("903", "78", "Ida", 1, "Another Ida");
    same.post.author_id = "another";
    put_entry(f, &same, 5000, NULL);
    struct ek_entry nobody = entry_of("904", "78", NULL, 1, "Nobody");
    put_entry(f, &nobody, 5000, NULL);
}

static int filled_setup(void **state)
{
    if (care_setup(state) != 0)
        return -1;
    struct fixture *f = *state;
    struct ek_bundle bundle;
    const struct ek_rule_code codes[] = {{"bid", false}, {"iron", true}};
    fixture_rules(f, &bundle, "theory bid \"Brain iron\"\n# \xff\n");
    OK(f, ek_store_set_rules(f->store, &bundle, &f->err));
    OK(f, ek_store_put_codes(f->store, codes, 2, &f->err));
    OK(f, ek_store_mark_sample(f->store, &f->err));
    for (unsigned i = 1; i <= 3; i++)
        put_page(f, i, 10);
    put_posts(f);
    put_frontier(f);
    return 0;
}

static const char *dump(struct fixture *f, const char *name)
{
    bool nobody_reads;
    const char *path = beside(f, name);
    OK(f, ek_store_dump(f->store, path, NULL, &report, &nobody_reads, &f->err));
    return path;
}

static int load(struct fixture *f, const char *dump_file, const char *store, const char *archive)
{
    int fd = open(dump_file, O_RDONLY | O_CLOEXEC);
    const struct ek_load load = {store, "test", fd, "d", archive};
    int result = ek_store_load(&load, NULL, &report, &f->err);
    close(fd);
    return result;
}

static char *contents(struct fixture *f, const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *len = (size_t)ftell(file);
    rewind(file);
    char *bytes = ek_alloc(f->arena, *len + 1, 1);
    assert_int_equal(fread(bytes, 1, *len, file), *len);
    fclose(file);
    return bytes;
}

static void write_file(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* Texts may be packed otherwise, and the meta table has what is of one store alone. */
static bool is_of_every_store(unsigned table, struct ek_bytes key)
{
    bool own =
        table == EK_RECORDS_META && ((key.len == 2 && memcmp(key.data, "id", 2) == 0) ||
                                     (key.len >= 10 && memcmp(key.data, "dictionary", 10) == 0));
    return !own;
}

static void a_load_makes_the_same_records(void **state)
{
    struct fixture *f = *state, loaded = {.arena = f->arena};
    const char *first = dump(f, "first"), *store = beside(f, "loaded"), *second;
    char archive[100];
    size_t len, other;
    assert_int_equal(report.posts, 35);
    assert_int_equal(report.revisions, 36);
    snprintf(archive, sizeof archive, "%s/archive", f->folder);
    OK(f, load(f, first, store, archive));
    assert_int_equal(report.missing, 0);
    assert_false(is_there(ek_printf(f->arena, "%s/load.unfinished", store)));
    snprintf(loaded.folder, sizeof loaded.folder, "%s", store);
    fixture_open(&loaded, EK_STORE_WRITE);
    expect_same_tables(f, &loaded, is_of_every_store);
    expect_sound(&loaded);
    assert_true(ek_store_is_sample(loaded.store));
    second = dump(&loaded, "second");
    char *bytes = contents(f, first, &len), *others = contents(f, second, &other);
    assert_int_equal(len, other);
    assert_memory_equal(bytes, others, len);
    /* The pseudonyms go on. */
    char mine[EK_PSEUDONYM_TEXT], theirs[EK_PSEUDONYM_TEXT];
    OK(f, ek_store_pseudonym(f->store, "author", BASE, "Ida", mine, &f->err));
    OK(&loaded, ek_store_pseudonym(loaded.store, "author", BASE, "Ida", theirs, &f->err));
    assert_string_equal(mine, theirs);
    /* And so does the store: the same post again is no news, a new one gets a new number. */
    struct ek_entry again = entry_of("903", "78", "Ida", 1, "Another Ida");
    again.post.author_id = "another";
    assert_int_equal(put_entry(&loaded, &again, 5000, NULL), 0);
    struct ek_entry next = entry_of("905", "78", "Ida", 1, "News");
    assert_int_equal(put_entry(&loaded, &next, 5000, NULL), 1);
    expect_sound(&loaded);
    ek_store_close(loaded.store);
}

static void a_load_takes_only_the_archive_that_was_dumped(void **state)
{
    struct fixture *f = *state;
    const char *file = "board.example-2023-11.warc.gz", *first = dump(f, "first");
    const char *archive = beside(f, "archive"), *path;
    assert_int_equal(report.archive_files, 1);
    OK(f, load(f, first, beside(f, "a"), NULL));
    assert_int_equal(report.missing, 1);
    assert_string_equal(report.missing_file, file);
    shell("mkdir %s%s", archive, "");
    OK(f, load(f, first, beside(f, "b"), archive));
    assert_non_null(strstr(report.missing_why, "No such file"));
    shell("cp %s/archive/*.gz %s/", f->folder, archive);
    path = ek_printf(f->arena, "%s/%s", archive, file);
    shell("dd if=/dev/zero of=%s bs=1 seek=100 count=1 conv=notrunc 2>/dev/null%s", path, "");
    OK(f, load(f, first, beside(f, "c"), archive));
    assert_string_equal(report.missing_why, "it is not the one that was dumped");
    assert_int_equal(truncate(path, 100), 0);
    OK(f, load(f, first, beside(f, "d"), archive));
    assert_string_equal(report.missing_why, "it is shorter than the one that was dumped");
    /* One that has grown since begins as it was dumped. */
    put_page(f, 4, 3);
    shell("cp %s/archive/*.gz %s/", f->folder, archive);
    OK(f, load(f, first, beside(f, "e"), archive));
    assert_int_equal(report.missing, 0);
    /* What cannot be read is dumped without a digest, and taken as it is. */
    shell("mv %s/archive/*.gz %s/", f->folder, archive);
    const char *without = dump(f, "without");
    assert_int_equal(report.missing, 1);
    OK(f, load(f, without, beside(f, "g"), archive));
    assert_int_equal(report.missing, 0);
}

static void expect_bad(struct fixture *f, const char *file, const char *words)
{
    const char *store = beside(f, "bad");
    if (load(f, file, store, NULL) == 0)
        fail_msg("taken, but it should be refused with: %s", words);
    if (!strstr(f->err.message, words))
        fail_msg("%s\nexpected: %s", f->err.message, words);
    assert_false(is_there(ek_printf(f->arena, "%s/records", store)));
    assert_false(is_there(ek_printf(f->arena, "%s/load.unfinished", store)));
    struct ek_store *none;
    assert_int_equal(ek_store_open(&none, store, EK_STORE_READ, "test", &f->err), -1);
    assert_int_equal(f->err.kind, EK_NOT_FOUND);
}

/* The dump with one line changed by sed. */
static void expect_bad_line(struct fixture *f, const char *first, const char *expression,
                            const char *words)
{
    const char *bad = beside(f, "changed");
    shell("sed -E '%s' %s", expression, ek_printf(f->arena, "%s >%s", first, bad));
    expect_bad(f, bad, words);
}

static void a_bad_line_is_named(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *change, *words;
    } lines[] = {
        {"1d", "d:1: a dump begins with"},
        {"2d", "d:2: a dump begins with"},
        {"2p", "d:3: a store after a store"},
        {"1s/\"version\":1/\"version\":2/", "d:1: a dump of version 2, by ekbom"},
        {"1s/\"store_format\":[0-9]+/\"store_format\":99/", "d:1: a dump of a store of format 99"},
        {"1s/^/garbage/", "d:1: column "},
        {"1s/^.*$/[]/", "d:1: 'record' is missing"},
        {"1s/^.*$//", "d:1: column 0"},
        {"1s/ekbom-dump/backup/", "no kind of record is called 'backup'"},
        {"2s/\"key\":\"../\"key\":\"/", "d:2: 'key' must be hexadecimal"},
        {"2s/\"sample\":true/\"sample\":1/", "'sample' must be true or false"},
        {"2s/\"last_post\":[0-9]+/\"last_post\":-1/",
         "'last_post' must be a whole number from 0 on"},
        {"2s/\"last_post\":[0-9]+,//", "'last_post' is missing"},
        {"2s/\"sample\"/\"colour\":1,\"sample\"/", "'colour' is no member"},
        {"2s/\"sample\":true/\"sample\":true,\"sample\":true/", "duplicate"},
        {"/\"record\":\"rule-set\"/s/a.rules/b.rules/", "the files have the digest"},
        {"/\"record\":\"post\"/{s/\"state\":\"live\"/\"state\":\"alive\"/}",
         "'state' must be one of"},
        {"/\"record\":\"post\"/{s/\"time\":[0-9]+/\"time\":\"2010\"/}", "'time' must be seconds"},
        {"/\"record\":\"post\"/{s/\"revisions\":.*/\"revisions\":[]}/}", "'revisions' is empty"},
        {"/\"record\":\"post\"/{s/\"apparatus\":\"./\"apparatus\":\"x/}",
         "'revisions', item 1: 'apparatus' must be 16 hex"},
        {"/\"record\":\"revision\"/s/Second words/Socond words/", "differ from the digest"},
        {"/\"record\":\"revision\"/s/Second words/Second\\\\u0000words/", "'text' must be a text"},
        {"/Second words/d", "lacks 1 of its revisions"},
        {"/Second words/p", "a revision that the post before it does not list"},
        {"/\"record\":\"author\"/s/\"kind\":\"guest\"/\"kind\":\"account\"/",
         "an account has an 'id'"},
        {"/\"record\":\"archive\"/s/board.example/..\\/example/", "no name of an archive file"},
        {"/\"record\":\"forum\"/s/\"base\":[^}]*./\"base\":null/", "'base' must not be null"},
        {"/\"record\":\"robots\"/s/\"hex\":\"f/\"hex\":\"g/", "'body' must be a text, or"},
        {"/\"record\":\"quarantine\"/d", "d:"},
        {"/\"record\":\"board\"/{h;d};/\"record\":\"page\"/{x;G}", "a board after a"},
        {"$s/\"lines\":[0-9]+/\"lines\":7/", "7 lines"},
        {"$s/\"sha256\":\"[0-9a-f]{8}/\"sha256\":\"00000000/", "another digest"},
        {"$p", "a line after the end"},
        {"$d", "ends after line "},
        {"s/\"language\":.\"value\":\"en\"/\"language\":{\"value\":\"de\"/", "another digest"},
        {"s/^/ /", "another digest"},
    };
    const char *first = dump(f, "first");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_bad_line(f, first, lines[i].change, lines[i].words);
}

static void a_dump_that_was_cut_or_changed_anywhere_is_refused(void **state)
{
    struct fixture *f = *state;
    size_t len;
    const char *first = dump(f, "first"), *bad = beside(f, "changed");
    char *bytes = contents(f, first, &len);
    unsigned refused = 0;
    for (size_t cut = 0; cut + 1 < len; cut += len / 60) {
        write_file(bad, bytes, cut);
        expect_bad(f, bad, "d");
        refused++;
    }
    for (size_t at = 7; at < len; at += len / 60) {
        bytes[at] ^= 1;
        write_file(bad, bytes, len);
        expect_bad(f, bad, "d");
        bytes[at] ^= 1;
        refused++;
    }
    assert_true(refused > 100);
    write_file(bad, bytes, len);
    OK(f, load(f, bad, beside(f, "bad"), NULL)); /* and as it was it is taken, where they failed */
}

static void a_store_that_is_not_empty_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *first = dump(f, "first"), *store = beside(f, "loaded");
    ek_store_close(f->store);
    f->store = NULL;
    assert_int_equal(load(f, first, f->folder, NULL), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
    assert_non_null(strstr(f->err.message, "is not empty"));
    assert_int_equal(load(f, first, "/nonexistent/store", NULL), -1);
    assert_int_equal(f->err.kind, EK_NOT_FOUND);
    shell("mkdir %s && touch %s/mine", store, store);
    assert_int_equal(load(f, first, store, NULL), -1);
    unlink(ek_printf(f->arena, "%s/mine", store));
    OK(f, load(f, first, store, NULL));
    fixture_open(f, EK_STORE_WRITE);
    expect_sound(f);
}

static void set_format(struct fixture *f, unsigned format)
{
    struct ek_txn *txn = ek_txn_begin(f->store->records, true, &f->err);
    ek_txn_set_format(txn, EK_RECORDS_META, format);
    OK(f, ek_txn_commit(txn, &f->err));
    ek_store_close(f->store);
    f->store = NULL;
}

static void expect_other_format(struct fixture *f, const char *words)
{
    static const enum ek_store_mode modes[] = {EK_STORE_READ, EK_STORE_WRITE};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ek_store_open(&f->store, f->folder, modes[i], "test", &f->err), -1);
        assert_int_equal(f->err.kind, EK_VERSION);
        assert_non_null(strstr(f->err.message, words));
    }
}

/* A dump is the way from a format that is not read any more: the store says so. */
static void an_older_format_names_the_way(void **state)
{
    struct fixture *f = *state;
    set_format(f, EK_FORMAT_OLDEST - 1);
    expect_other_format(f, "write a dump with the ekbom that made the store");
}

static void a_newer_format_names_the_way(void **state)
{
    struct fixture *f = *state;
    set_format(f, EK_STORE_FORMAT + 1);
    expect_other_format(f, "use the newer ekbom");
}

static void a_damaged_store_is_not_dumped(void **state)
{
    struct fixture *f = *state;
    bool nobody_reads;
    ek_store_close(f->store);
    f->store = NULL;
    shell("sed -i 's/Words of 3 in 2/Wards of 3 in 2/g' %s/records/data.mdb%s", f->folder, "");
    fixture_open(f, EK_STORE_READ);
    const char *path = beside(f, "first");
    assert_int_equal(ek_store_dump(f->store, path, NULL, &report, &nobody_reads, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FORMAT);
    assert_non_null(strstr(f->err.message, "is damaged: table revision"));
    assert_false(is_there(path));
}

static void a_full_disk_leaves_no_dump_and_no_store(void **state)
{
    struct fixture *f = *state;
    bool nobody_reads;
    const char *place = beside(f, "disk"), *first = dump(f, "first");
    mkdir(place, 0755);
    if (geteuid() != 0 || mount("tmpfs", place, "tmpfs", 0, "size=12k") != 0)
        skip();
    const char *path = ek_printf(f->arena, "%s/dump", place);
    assert_int_equal(ek_store_dump(f->store, path, NULL, &report, &nobody_reads, &f->err), -1);
    assert_int_equal(f->err.kind, EK_FULL);
    assert_false(is_there(path));
    const char *store = ek_printf(f->arena, "%s/s", place);
    assert_int_equal(mount("tmpfs", place, "tmpfs", MS_REMOUNT, "size=60k"), 0);
    assert_int_equal(load(f, first, store, NULL), -1);
    assert_int_equal(f->err.kind, EK_FULL);
    assert_false(is_there(ek_printf(f->arena, "%s/load.unfinished", store)));
    assert_int_equal(mount("tmpfs", place, "tmpfs", MS_REMOUNT, "size=16m"), 0);
    OK(f, load(f, first, store, NULL));
    umount(place);
}

struct work {
    struct fixture *f;
    const char *dump, *store;
    char archive[100];
};

static int do_load(void *context)
{
    struct work *work = context;
    return load(work->f, work->dump, work->store, work->archive);
}

static void a_kill_at_any_step_leaves_no_store_or_a_whole_one(void **state)
{
    struct fixture *f = *state;
    struct work work = {.f = f, .dump = dump(f, "first"), .store = beside(f, "loaded")};
    unsigned step = 1, none = 0, whole = 0;
    enum killed how = KILLED;
    snprintf(work.archive, sizeof work.archive, "%s/archive", f->folder);
    ek_store_close(f->store);
    f->store = NULL;
    for (; how == KILLED; step++) {
        shell("rm -rf %s%s", work.store, "");
        how = killed_before(step, do_load, &work);
        if (how == CANNOT_TRACE) {
            fixture_open(f, EK_STORE_WRITE);
            skip();
        }
        assert_true(how != FAILED);
        struct fixture loaded = {.arena = f->arena};
        snprintf(loaded.folder, sizeof loaded.folder, "%s", work.store);
        if (ek_store_open(&loaded.store, work.store, EK_STORE_READ, "test", &f->err) == 0) {
            fixture_reopen(&loaded, EK_STORE_WRITE); /* which makes the index */
            expect_sound(&loaded);
            struct ek_store_status status;
            OK(f, ek_store_status(loaded.store, f->arena, &status, &f->err));
            assert_int_equal(status.posts, 35);
            ek_store_close(loaded.store);
            whole++;
            continue;
        }
        assert_int_equal(f->err.kind, EK_NOT_FOUND);
        none++;
        if (step % 10 == 0) {
            shell("rm -rf %s/key %s/archive", work.store, work.store); /* what was put in place */
            OK(f, do_load(&work));
        }
    }
    print_message("    killed before each of %u changes: %u times no store, %u a whole one\n",
                  step - 2, none, whole);
    assert_true(none > 10 && whole > 1);
    fixture_open(f, EK_STORE_WRITE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, filled_setup, care_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_load_makes_the_same_records),
        TEST(a_load_takes_only_the_archive_that_was_dumped),
        TEST(a_bad_line_is_named),
        TEST(a_dump_that_was_cut_or_changed_anywhere_is_refused),
        TEST(a_store_that_is_not_empty_is_refused),
        TEST(an_older_format_names_the_way),
        TEST(a_newer_format_names_the_way),
        TEST(a_damaged_store_is_not_dumped),
        TEST(a_full_disk_leaves_no_dump_and_no_store),
        TEST(a_kill_at_any_step_leaves_no_store_or_a_whole_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
