/* Rows of every table in every tier and format, to the letter; quoting; and what a failure leaves:
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ekbom/error.h"
#include "ekbom/export.h"
#include "ekbom/store.h"

static char folder[64];
static char path[96];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ekbom-export-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/out", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[100];
    umount2(folder, MNT_DETACH); /* where the test on a full disk failed */
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static int files_left(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* A key that can be read in a golden row: kind and the id's length and first letter. */
static int pseudonym(void *context, const char *kind, const char *forum, const char *id,
                     char out[EK_EXPORT_KEY_TEXT], struct ek_err *err)
{
    (void)forum;
    if (context)
        return ek_fail(err, EK_NOT_FOUND, "STORE/key: no such file");
    snprintf(out, EK_EXPORT_KEY_TEXT, "%c%015u", *kind, (unsigned)strlen(id) % 1000);
    return 0;
}

static struct ek_quote quotes[] = {
    {.author = "Nora", .post_id = "11", .depth = 1, .text = "Is it the \"iron\", then?"},
    {.author = NULL, .post_id = NULL, .inferred = true, .depth = 2, .text = "a, b;\nc"}};
static struct ek_link links[] = {
    {.kind = EK_LINK_POST, .id = "11", .url = "http://board.example/p=11"},
    {.kind = EK_LINK_EXTERNAL, .id = NULL, .url = "http://paper.example/,x"}};
static struct ek_hit hits[] = {
    {.start = 0, .end = 8, .text = "=My iron", .rule = "bid:14", .cue = "supports: because"}};
static struct ek_tag theories[] = {
    {.code = "bid",
     .stance = EK_SUPPORTS,
     .experience = true,
     .weight = 3,
     .hits = hits,
     .hit_count = 1},
    {.code = "genetics", .stance = EK_ASKS, .hedged = true, .cramps = true, .weight = 1.1}};
static struct ek_tag treatments[] = {
    {.code = "iron-iv", .weight = 1, .hits = hits, .hit_count = 1}};
static const char *quoted_only[] = {"dopamine", "ppi"};
static struct ek_undetermined undetermined[] = {{"genetics", "genetics:3", "match limit"}};
static const struct ek_tags tags = {.assessable = true,
                                    .theories = theories,
                                    .theory_count = 2,
                                    .treatments = treatments,
                                    .treatment_count = 1,
                                    .quoted_only = quoted_only,
                                    .quoted_count = 2,
                                    .undetermined = undetermined,
                                    .undetermined_count = 1};
static const struct ek_entry entry = {
    .post = {.id = "12",
             .author = "Olle \"the leg\"",
             .author_id = "9",
             .time = 1267499640,
             .precision = EK_PRECISION_SECOND,
             .time_source = EK_SOURCE_ATTRIBUTE,
             .time_text = "Tue Mar 02, 2010 3:14 am",
             .subject = "Re: iron, again",
             .text = "=My iron was low.\r\nSo, \"because\" of that.\t\\",
             .quotes = quotes,
             .quote_count = 2,
             .links = links,
             .link_count = 2,
             .edited = true,
             .edit_count = 2,
             .edit_time_text = "Wed"},
    .forum = "http://board.example/",
    .thread_id = "3",
    .thread_title = "Iron",
    .board_id = "5",
    .board_title = "Causes",
    .url = "http://board.example/t=3#p12",
    .language = "en",
    .state = EK_EDITED,
    .first_seen = 1300000000,
    .last_seen = 1300000001,
    .revisions = 1};
static const struct ek_entry bare = {
    .post = {.id = "13", .author = "Passer-by", .guest = true, .time = EK_TIME_UNKNOWN, .text = ""},
    .forum = "http://board.example/",
    .thread_id = "3",
    .first_seen = EK_TIME_UNKNOWN,
    .last_seen = EK_TIME_UNKNOWN};
static const struct ek_thread thread = {.forum = "http://board.example/",
                                        .id = "3",
                                        .title = "Iron",
                                        .board_id = "5",
                                        .board_title = "Causes",
                                        .url = "http://board.example/t=3",
                                        .flags = EK_THREAD_STICKY | EK_THREAD_LOCKED,
                                        .posts = 2,
                                        .first_post = 1267499640,
                                        .last_post = EK_TIME_UNKNOWN};

static struct ek_export_config config_of(const char *table, enum ek_tier tier, const char *format)
{
    return (struct ek_export_config){.path = path,
                                     .table = table,
                                     .format = format,
                                     .tier = tier,
                                     .ruleset = "sha256:ab",
                                     .pseudonym = pseudonym};
}

static void export_all(const char *table, enum ek_tier tier, const char *format)
{
    struct ek_err err = {0};
    struct ek_export *export;
    struct ek_export_config config = config_of(table, tier, format);
    if (ek_export_open(&export, &config, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(ek_export_thread(export, &thread, &err), 0);
    assert_int_equal(ek_export_post(export, &entry, &tags, &err), 0);
    assert_int_equal(ek_export_post(export, &bare, NULL, &err), 0);
    assert_int_equal(ek_export_close(export, &err), 0);
}

static char *contents(void)
{
    static char text[32768];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

struct golden {
    const char *table;
    enum ek_tier tier;
    const char *format, *rows;
};
static const struct golden goldens[] = {
#include "export_rows.inc"
};

static void golden_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        const struct golden *golden = &goldens[i];
        export_all(golden->table, golden->tier, golden->format);
        assert_string_equal(contents(), golden->rows);
    }
    assert_int_equal(files_left(), 1);
}

/* A small reader of RFC 4180: the cell in a row (from 0) and column; false past the end. */
static bool csv_cell(const char *at, size_t row, size_t column, char *cell)
{
    for (size_t r = 0, c = 0; *at;) {
        char *out = cell;
        bool quoted = *at == '"';
        if (quoted)
            at++;
        for (; *at; at++) {
            if (quoted && *at == '"' && at[1] != '"')
                break;
            if (!quoted && (*at == ',' || (*at == '\r' && at[1] == '\n')))
                break;
            if (quoted && *at == '"')
                at++;
            *out++ = *at;
        }
        *out = '\0';
        if (quoted && *at == '"')
            at++;
        if (r == row && c == column)
            return true;
        if (*at == ',') {
            at++;
            c++;
        } else {
            assert_memory_equal(at, "\r\n", 2);
            at += 2;
            r++;
            c = 0;
        }
    }
    return false;
}

static void csv_reads_back(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\"",   "\"\"", ",", "\r\n",     "\n",
                                         "\r",   "\t",   ";", " ",        "=1+1",
                                         "word", "\\",   "'", "\xc3\xa9", "\xf0\x9f\x98\x80"};
    unsigned random = 7;
    for (int round = 0; round < 300; round++) {
        char text[200] = "", cell[32768];
        for (int i = 0; i < round % 9; i++) {
            random = random * 1664525 + 1013904223;
            strcat(text, pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        struct ek_err err = {0};
        struct ek_export *export;
        struct ek_export_config config = config_of("posts", EK_TIER_INTERNAL, "csv");
        struct ek_entry written = entry;
        written.post.text = text;
        assert_int_equal(ek_export_open(&export, &config, &err), 0);
        assert_int_equal(ek_export_post(export, &written, &tags, &err), 0);
        assert_int_equal(ek_export_post(export, &bare, NULL, &err), 0);
        assert_int_equal(ek_export_close(export, &err), 0);
        assert_true(csv_cell(contents(), 1, 9, cell));
        assert_string_equal(cell, text);
        assert_true(csv_cell(contents(), 1, 30, cell));
        assert_string_equal(cell, "sha256:ab");
        assert_true(csv_cell(contents(), 2, 0, cell));
        assert_string_equal(cell, "13");
        assert_false(csv_cell(contents(), 3, 0, cell));
    }
}

static void wrong_use(void **state)
{
    (void)state;
    static const struct {
        const char *table, *format;
        enum ek_tier tier;
        const char *says;
    } cases[] = {{"postings", "csv", EK_TIER_OPEN, "posts, quotes, threads, tags and links"},
                 {"posts", "xlsx", EK_TIER_OPEN, "jsonl, csv and tsv"}};
    struct ek_err err;
    struct ek_export *export;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ek_export_config config = config_of(cases[i].table, cases[i].tier, cases[i].format);
        assert_int_equal(ek_export_open(&export, &config, &err), -1);
        assert_int_equal(err.kind, EK_USAGE);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_null(export);
    }
    struct ek_export_config config = config_of(NULL, EK_TIER_OPEN, NULL);
    config.pseudonym = NULL;
    assert_int_equal(ek_export_open(&export, &config, &err), -1);
    config = config_of(NULL, EK_TIER_INTERNAL, NULL);
    config.path = "/nonexistent/folder/file";
    assert_int_equal(ek_export_open(&export, &config, &err), -1);
    assert_int_equal(err.kind, EK_NOT_FOUND);
    assert_non_null(strstr(err.message, config.path));
    config.path = folder;
    assert_int_equal(ek_export_open(&export, &config, &err), -1);
    assert_int_equal(err.kind, EK_USAGE);
    assert_int_equal(files_left(), 0);
    ek_export_cancel(NULL);
}

/* Until an export is closed, and when it fails, the file that was there stays as it was. */
static void nothing_half_written(void **state)
{
    (void)state;
    struct ek_err err = {0};
    struct ek_export *export;
    FILE *old = fopen(path, "w");
    fputs("old", old);
    fclose(old);
    struct ek_export_config config = config_of("posts", EK_TIER_OPEN, "csv");
    config.context = &config; /* the pseudonyms fail */
    assert_int_equal(ek_export_open(&export, &config, &err), 0);
    assert_int_equal(ek_export_post(export, &entry, &tags, &err), -1);
    assert_non_null(strstr(err.message, "STORE/key"));
    assert_int_equal(ek_export_rows(export), 0);
    ek_export_cancel(export);
    assert_string_equal(contents(), "old");
    config.context = NULL;
    assert_int_equal(ek_export_open(&export, &config, &err), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ek_export_post(export, &entry, &tags, &err), 0);
    assert_string_equal(contents(), "old");
    assert_int_equal(ek_export_rows(export), 1000);
    assert_int_equal(ek_export_close(export, &err), 0);
    assert_true(strlen(contents()) > 3);
    assert_int_equal(files_left(), 1);
}

static void full_disk(void **state)
{
    (void)state;
    struct ek_err err = {0};
    struct ek_export *export;
    if (mount("none", folder, "tmpfs", 0, "size=100k") != 0)
        skip();
    struct ek_export_config config = config_of("posts", EK_TIER_INTERNAL, "jsonl");
    assert_int_equal(ek_export_open(&export, &config, &err), 0);
    int rc = 0;
    for (int i = 0; rc == 0 && i < 1000; i++)
        rc = ek_export_post(export, &entry, &tags, &err);
    assert_int_equal(rc, -1);
    assert_int_equal(err.kind, EK_FULL);
    assert_non_null(strstr(err.message, path));
    /* An export that failed cannot be closed into place by mistake. */
    assert_int_equal(ek_export_close(export, &err), -1);
    assert_int_equal(files_left(), 0);
    assert_int_equal(umount(folder), 0);
}

static void devices_and_links(void **state)
{
    (void)state;
    struct ek_err err = {0};
    struct ek_export *export;
    struct stat st;
    char link_path[96], fifo[96];
    struct ek_export_config config = config_of("threads", EK_TIER_INTERNAL, "csv");
    /* Through a symbolic link: the link stays one. */
    snprintf(link_path, sizeof link_path, "%s/link", folder);
    fclose(fopen(path, "w"));
    assert_int_equal(symlink("out", link_path), 0);
    config.path = link_path;
    assert_int_equal(ek_export_open(&export, &config, &err), 0);
    assert_int_equal(ek_export_close(export, &err), 0);
    assert_int_equal(lstat(link_path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_non_null(strstr(contents(), "thread_title"));
    /* Into a pipe: written directly; when its reader goes, quietly to the end. */
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    config = config_of("posts", EK_TIER_INTERNAL, "jsonl");
    config.path = fifo;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(ek_export_open(&export, &config, &err), 0);
    close(reader);
    int rc = 0;
    for (int i = 0; rc == 0 && i < 1000; i++)
        rc = ek_export_post(export, &entry, &tags, &err);
    assert_int_equal(rc, 1);
    assert_int_equal(ek_export_post(export, &entry, &tags, &err), 1);
    assert_int_equal(ek_export_close(export, &err), 0);
    assert_int_equal(stat(fifo, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
}

static void standard_output(void **state)
{
    (void)state;
    struct ek_err err = {0};
    struct ek_export *export;
    struct ek_export_config config = config_of("links", EK_TIER_INTERNAL, "csv");
    config.path = "-";
    fflush(stdout);
    int saved = dup(STDOUT_FILENO), file = open(path, O_WRONLY | O_CREAT, 0600);
    dup2(file, STDOUT_FILENO);
    int rc = ek_export_open(&export, &config, &err) ||
             ek_export_post(export, &entry, &tags, &err) || ek_export_close(export, &err);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(file);
    assert_int_equal(rc, 0);
    assert_non_null(strstr(contents(), "paper.example"));
}

/* The manual has an entry for every column and no other. */
static void manual_is_complete(void **state)
{
    (void)state;
    static char manual[65536];
    FILE *file = fopen("packaging/man/ekbom-export.5", "r");
    assert_non_null(file);
    size_t len = fread(manual, 1, sizeof manual - 1, file);
    fclose(file);
    manual[len] = '\0';
    size_t columns = 0, entries = 0;
    for (const char *const *table = ek_export_table_names; *table; table++) {
        struct ek_export_column column;
        char heading[40];
        snprintf(heading, sizeof heading, "\n.Ss %s\n", *table);
        char *section = strstr(manual, heading);
        assert_non_null(section);
        char *end = strstr(section + 1, "\n.S");
        for (size_t i = 0; ek_export_column(*table, i, &column); i++) {
            char line[100];
            size_t at =
                (size_t)snprintf(line, sizeof line, "\n.It Va %s Pq %s", column.name, column.type);
            for (unsigned tier = 0; tier < EK_TIERS; tier++)
                if (column.tiers >> tier & 1 && column.tiers != (1u << EK_TIERS) - 1)
                    at +=
                        (size_t)snprintf(line + at, sizeof line - at, " , %s", ek_tier_names[tier]);
            snprintf(line + at, sizeof line - at, "%s\n",
                     column.tiers == (1u << EK_TIERS) - 1 ? " , all" : "");
            char *found = strstr(section, line);
            if (!found || found > end)
                fail_msg("%s: no entry '%s'", *table, line + 1);
            columns++;
        }
    }
    for (const char *at = manual; (at = strstr(at, "\n.It Va ")); at++)
        entries++;
    assert_int_equal(entries, columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(golden_rows, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(csv_reads_back, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(wrong_use, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(nothing_half_written, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(full_disk, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(devices_and_links, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(standard_output, make_folder, drop_folder),
        cmocka_unit_test(manual_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
