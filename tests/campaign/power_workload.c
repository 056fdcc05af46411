/* power_workload.c - a store is made, filled, edited, tagged anew and opened again, and each thing
 * that the store acknowledged is said in a mark.
 *
 *   power_workload STORE INPUTS MARKS READER PROFILES
 *
 * INPUTS is an empty folder for the files that are imported. A mark is a line: "act NAME" (what
 * comes now), "post ID REVISION" (must not be lost from here on), "rules NUMBER" (the rule set in
 * force), "pseudonym TEXT" (of the first author), "merged" (since the mark before, runs of the
 * index were). Marks are written when the call that commits has returned and not before;
 * power_record.so puts them among the changes of the disk. The acts are a table: what matters is
 * that every kind of commit occurs, often enough to be met at every point.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/slice.h"
#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/import.h"
#include "ekbom/pool.h"
#include "store/index/merge.h"
#include "tests/campaign/power_board.h"

enum act_kind { PAGES, LINES, TAKEN_BACK, BROUGHT, OPENED_AGAIN, SETTLED, RULES };

/* Small enough for every level of the index to be sealed, and merged into the next, many times. */
static const struct ek_merge_limits limits = {
    .small_runs = 6, .few_runs = 3, .fan_out = 3, .chunk_rows = 24, .full_chunks = 8};

static const struct act {
    const char *name;
    enum act_kind kind;
    unsigned first, count; /* posts */
    unsigned revision;
    unsigned each; /* posts a page, or a file of lines */
    ek_time fetched;
} acts[] = {
    {"pages", PAGES, 1, 12, 1, 4, 1305000000},
    {"posts", LINES, 13, 10, 1, 10, 1306000000},
    {"pages edited", PAGES, 1, 12, 2, 4, 1308000000},
    {"posts edited", LINES, 13, 4, 2, 2, 1309000000},
    {"opened again", OPENED_AGAIN, 0, 0, 0, 0, 0},
    {"pages taken back", TAKEN_BACK, 24, 4, 1, 4, 1311000000},
    {"pages", PAGES, 32, 16, 1, 8, 1311000000},
    {"file brought", BROUGHT, 60, 16, 1, 2, 1320000000},
    {"small commits", LINES, 100, 140, 1, 2, 1312000000},
    {"settled", SETTLED, 0, 0, 0, 0, 0},
    {"rules", RULES, 0, 0, 0, 0, 0},
    {"opened again", OPENED_AGAIN, 0, 0, 0, 0, 0},
    {"many pages", PAGES, 400, 560, 1, 8, 1314000000},
    {"small commits", LINES, 1000, 60, 1, 3, 1315000000},
    {"posts edited", LINES, 100, 40, 2, 5, 1316000000},
    {"pages edited", PAGES, 1, 12, 3, 4, 1317000000},
    {"settled", SETTLED, 0, 0, 0, 0, 0},
};

struct workload {
    const char *folder, *inputs;
    int marks;
    struct ek_store *store;
    struct ek_pool *pools[BOARD_RULE_SETS]; /* one a rule set */
    unsigned rule_set;
    size_t runs; /* of the index, at the last mark */
    struct ek_arena *arena;
    struct ek_err err;
    unsigned files;        /* of lines, so far */
    const struct act *act; /* being acknowledged */
    unsigned first, told;  /* of the file under way: posts, and marks written for them */
};

static _Noreturn void fail(const struct workload *w, const char *what)
{
    fprintf(stderr, "power_workload: %s: %s\n", what, w->err.message);
    exit(1);
}

#define TRY(w, call)                                                                               \
    do {                                                                                           \
        if ((call) < 0)                                                                            \
            fail(w, #call);                                                                        \
    } while (0)

static void mark(struct workload *w, const struct ek_buf *lines)
{
    if (lines->len && write(w->marks, lines->data, lines->len) != (ssize_t)lines->len)
        fail(w, "marks");
}

static void mark_one(struct workload *w, const char *word, const char *value)
{
    struct ek_buf line;
    ek_buf_init(&line, 256);
    ek_buf_addf(&line, "%s %s\n", word, value);
    mark(w, &line);
    ek_buf_free(&line);
}

/* A commit adds a run to the index; where there are no more of them than before, some were merged.
 */
static void add_merged(struct workload *w, struct ek_buf *lines)
{
    struct ek_arena *arena = ek_arena_new(1u << 20);
    struct ek_runs runs = {0};
    TRY(w, ek_store_enter(w->store, EK_NEEDS_INDEX, &w->err));
    ek_runs_load(w->store->reading_index, arena, &runs);
    TRY(w, ek_store_leave(w->store, 0, &w->err));
    if (runs.count <= w->runs && w->runs)
        ek_buf_adds(lines, "merged\n");
    w->runs = runs.count;
    ek_arena_free(arena);
}

/* The first `posts` of the file under way have been committed. */
static void mark_posts(struct workload *w, unsigned posts)
{
    struct ek_buf lines;
    ek_buf_init(&lines, 1u << 20);
    add_merged(w, &lines);
    for (; w->told < posts; w->told++)
        ek_buf_addf(&lines, "post %u %u\n", w->first + w->told, w->act->revision);
    mark(w, &lines);
    ek_buf_free(&lines);
}

/* Called when a slice of an import has been committed: results come in file order. */
static void committed(void *context, const struct ek_import_report *report)
{
    mark_posts(context, (unsigned)report->posts);
}

static void complain(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "power_workload: %s\n", line);
    exit(1); /* nothing of this board is to be complained of */
}

static void import_file(struct workload *w, const char *path, unsigned first, unsigned count)
{
    struct ek_import import = {.store = w->store,
                               .pool = w->pools[w->rule_set],
                               .say = complain,
                               .progress = committed,
                               .context = w};
    struct ek_import_report report;
    w->first = first;
    w->told = 0;
    TRY(w, ek_import_file(&import, path, &report, &w->err));
    if (report.posts != count || w->told != count)
        fail(w, "posts were not read, or not acknowledged");
}

/* The archive writes a WARC file, in a folder of its own. */
static void write_pages(struct workload *w, const struct act *act, char path[4200],
                        struct ek_archive_ref *ref)
{
    char folder[4096], url[128], slug[64];
    struct ek_archive *archive;
    struct ek_buf response;
    ek_buf_init(&response, 1u << 20);
    snprintf(folder, sizeof folder, "%s/%lld", w->inputs, (long long)act->fetched);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        fail(w, folder);
    TRY(w, ek_archive_open(&archive, folder, &w->err));
    for (unsigned done = 0; done < act->count; done += act->each) {
        ek_buf_clear(&response);
        board_page(&response, act->first + done, act->each, act->revision);
        board_url(url, act->first + done);
        struct ek_archive_page page = {.url = url,
                                       .forum_slug = ek_archive_slug(url, slug),
                                       .fetched = act->fetched + done,
                                       .response = response.data,
                                       .response_len = response.len};
        TRY(w, ek_archive_append(archive, &page, ref, &w->err));
    }
    TRY(w, ek_archive_flush(archive, &w->err));
    ek_archive_close(archive);
    ek_buf_free(&response);
    snprintf(path, 4200, "%s/%s", folder, ref->file);
}

static void import_pages(struct workload *w, const struct act *act)
{
    char path[4200];
    struct ek_archive_ref ref;
    write_pages(w, act, path, &ref);
    import_file(w, path, act->first, act->count);
    if (unlink(path) != 0)
        fail(w, path);
}

/* An archive file that comes from elsewhere, as those do that were not there when a dump was
 * loaded: no length was ever noted for it. Then pages of its month, which are appended to it. */
static void bring_file(struct workload *w, const struct act *act)
{
    char from[4200], to[4300], copy[4200], bytes[1u << 16];
    struct ek_archive_ref ref;
    ssize_t n;
    write_pages(w, act, from, &ref);
    snprintf(copy, sizeof copy, "%s/archive/copy", w->folder);
    snprintf(to, sizeof to, "%s/archive/%s", w->folder, ref.file);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    while ((n = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)n) != n)
            fail(w, copy);
    if (n < 0 || fsync(out) != 0 || rename(copy, to) != 0)
        fail(w, to);
    close(in);
    close(out);
    snprintf(copy, sizeof copy, "%s/archive", w->folder);
    TRY(w, ek_sync_folder(copy, &w->err));
    unlink(from);
    import_pages(w, act);
}

static void import_lines(struct workload *w, const struct act *act)
{
    for (unsigned done = 0; done < act->count; done += act->each) {
        char path[4200];
        struct ek_buf lines;
        ek_buf_init(&lines, 1u << 20);
        for (unsigned i = 0; i < act->each; i++)
            board_line(&lines, act->first + done + i, act->revision);
        snprintf(path, sizeof path, "%s/%u.jsonl", w->inputs, w->files++);
        FILE *file = fopen(path, "w");
        /* Posts were seen when the file was written. */
        struct timespec times[2] = {{.tv_sec = act->fetched}, {.tv_sec = act->fetched}};
        if (!file || fwrite(lines.data, 1, lines.len, file) != lines.len || fclose(file) != 0 ||
            utimensat(AT_FDCWD, path, times, 0) != 0)
            fail(w, path);
        ek_buf_free(&lines);
        import_file(w, path, act->first + done, act->each);
    }
}

/* Pages that are appended and taken back, which takes their new file along; then appended again and
 * committed. One page by hand, as the pipeline files it. */
static void take_back(struct workload *w, const struct act *act)
{
    char folder[4096], url[128], slug[64];
    struct slice slice = {.store = w->store};
    struct ek_archive_ref ref;
    struct ek_buf response;
    struct ek_page page = {.kind = EK_PAGE_THREAD,
                           .software = "phpbb",
                           .language = "en",
                           .forum = BOARD_FORUM,
                           .thread_id = "4",
                           .thread_title = "Thread",
                           .post_count = act->count};
    size_t changed;
    ek_arena_reset(w->arena);
    page.posts = EK_NEW_ARRAY(w->arena, struct ek_post, act->count);
    for (unsigned i = 0; i < act->count; i++) {
        struct ek_entry entry;
        board_entry(&entry, act->first + i, act->revision, w->arena);
        page.posts[i] = entry.post;
    }
    ek_buf_init(&response, 1u << 20);
    board_page(&response, act->first, act->count, act->revision);
    board_url(url, act->first);
    page.url = url;
    struct ek_archive_page archived = {.url = url,
                                       .forum_slug = ek_archive_slug(url, slug),
                                       .fetched = act->fetched,
                                       .response = response.data,
                                       .response_len = response.len};
    snprintf(folder, sizeof folder, "%s/archive", w->folder);
    TRY(w, ek_archive_open(&slice.archive, folder, &w->err));
    TRY(w, ek_archive_append(slice.archive, &archived, &ref, &w->err));
    ek_archive_rollback(slice.archive);
    TRY(w, slice_begin(&slice, &w->err));
    TRY(w, ek_archive_append(slice.archive, &archived, &ref, &w->err));
    struct ek_page_filing filing = {
        .url = url, .fetched = act->fetched, .status = 200, .archived = ref};
    ek_page_key_make(&filing.key, url, act->fetched, response.data, response.len);
    TRY(w, ek_store_put_page(w->store, &filing, &page, NULL, &changed, &w->err));
    TRY(w, slice_commit(&slice, true, NULL, &w->err));
    w->first = act->first;
    w->told = 0;
    mark_posts(w, act->count);
    ek_archive_close(slice.archive);
    ek_buf_free(&response);
}

/* Made with the store's key, which is as true as the records. */
static void mark_pseudonym(struct workload *w)
{
    char pseudonym[EK_PSEUDONYM_TEXT];
    TRY(w, ek_store_pseudonym(w->store, "author", BOARD_FORUM, "1", pseudonym, &w->err));
    mark_one(w, "pseudonym", pseudonym);
}

/* The store and, where it has none yet, its rules; then what was left untagged. */
static void open_store(struct workload *w)
{
    struct ek_bundle rules;
    struct ek_tagged tagged;
    char number[16];
    ek_store_close(w->store);
    TRY(w, ek_store_open(&w->store, w->folder, EK_STORE_WRITE, "power_workload", &w->err));
    ek_merger_limit(w->store, &limits);
    mark_pseudonym(w);
    ek_arena_reset(w->arena);
    board_rules(&rules, w->rule_set, w->arena);
    if (!ek_store_rules_digest(w->store)) {
        TRY(w, ek_put_rules(w->store, &rules, &w->err));
        snprintf(number, sizeof number, "%u", w->rule_set);
        mark_one(w, "rules", number);
    }
    TRY(w, ek_tag_behind(w->store, w->pools[w->rule_set], NULL, NULL, &tagged, &w->err));
}

static void change_rules(struct workload *w)
{
    struct ek_bundle rules;
    struct ek_tagged tagged;
    char number[16];
    unsigned next = w->rule_set + 1;
    ek_arena_reset(w->arena);
    board_rules(&rules, next, w->arena);
    TRY(w, ek_put_rules(w->store, &rules, &w->err));
    TRY(w, ek_tag_behind(w->store, w->pools[next], NULL, NULL, &tagged, &w->err));
    TRY(w, ek_store_swap(w->store, &w->err));
    w->rule_set = next;
    snprintf(number, sizeof number, "%u", next);
    mark_one(w, "rules", number);
}

static void run_act(struct workload *w, const struct act *act)
{
    w->act = act;
    mark_one(w, "act", act->name);
    switch (act->kind) {
    case PAGES:
        import_pages(w, act);
        break;
    case LINES:
        import_lines(w, act);
        break;
    case TAKEN_BACK:
        take_back(w, act);
        break;
    case BROUGHT:
        bring_file(w, act);
        break;
    case OPENED_AGAIN:
        open_store(w);
        break;
    case SETTLED:
        TRY(w, ek_store_settle(w->store, &w->err));
        mark_posts(w, w->told);
        break;
    case RULES:
        change_rules(w);
        break;
    }
}

int main(int argc, char **argv)
{
    struct workload w = {.arena = ek_arena_new(64u << 20)};
    struct ek_bundle profiles, rules;
    if (argc != 6 || !w.arena) {
        fprintf(stderr, "usage: power_workload STORE INPUTS MARKS READER PROFILES\n");
        return 2;
    }
    w.folder = argv[1];
    w.inputs = argv[2];
    w.marks = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (w.marks < 0)
        fail(&w, argv[3]);
    for (unsigned set = 0; set < BOARD_RULE_SETS; set++) {
        ek_arena_reset(w.arena);
        TRY(&w, ek_bundle_load(&profiles, w.arena, argv[5], ".profile", &w.err));
        board_rules(&rules, set, w.arena);
        struct ek_pool_config config = {
            .program = argv[4], .readers = 1, .profiles = &profiles, .rules = &rules};
        TRY(&w, ek_pool_open(&w.pools[set], &config, &w.err));
    }
    mark_one(&w, "act", "made");
    open_store(&w);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        run_act(&w, &acts[i]);
    mark_one(&w, "act", "closed");
    ek_store_close(w.store);
    for (unsigned set = 0; set < BOARD_RULE_SETS; set++)
        ek_pool_close(w.pools[set]);
    ek_arena_free(w.arena);
    close(w.marks);
    return 0;
}
