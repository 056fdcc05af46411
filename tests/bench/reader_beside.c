/* reader_beside.c - a reader that asks without pause beside a writer at full speed.
 *
 * The writer reads threads again that it knows, in no order: a thousand posts a commit get new
 * rows, and their old ones die, so that everything an index goes through is under way all the time
 * (runs come, are merged and dropped, space is freed and used again), while the number of posts
 * stays what it is. That is the hardest work there is: real writers mostly add. Latencies and the
 * file must stay what they are as well. The writer begins long before the reader, since the file
 * has to find its size first: large values need pages in a row, and rows that die leave them in
 * pieces. The reader is another process: it asks the six questions of bench_index in turn and meets
 * a new snapshot most times. Times are of the clock on the wall; each process should have a
 * processor to itself.
 *
 * EKBOM_BENCH_SECONDS=60 (else ten minutes), EKBOM_BENCH_POSTS (else a million), TMPDIR. */
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/env.h"
#include "store/handle.h"
#include "tests/bench/fill.h"
#include "tests/bench/measure.h"
#include "tests/bench/questions.h"

#define COMMIT 1000u
#define MINUTE 60.0
#define AGED_COMMITS 20000u  /* before the reader comes */
#define ASKED_MAX (1u << 22) /* of one question: more than ten minutes bring */

extern char **environ;

/* The reader: a line a minute, then one a question. -------------------------------------------- */

struct latencies { /* ms */
    double *values;
    size_t count, minute; /* minute: the first of the minute under way */
};

static struct latencies latencies[QUESTIONS];

static void note(enum question question, double ms)
{
    struct latencies *of = &latencies[question];
    if (of->count < ASKED_MAX)
        of->values[of->count++] = ms;
}

static void say_quantiles(double *values, size_t count)
{
    printf("%zu\t%.2f\t%.2f\t%.2f", count, quantile(values, count, 0.5),
           quantile(values, count, 0.99), quantile(values, count, 1.0));
}

/* All questions of the minute together. */
static void say_minute(void)
{
    static double all[QUESTIONS * 65536];
    size_t count = 0;
    for (unsigned q = 0; q < QUESTIONS; q++) {
        struct latencies *of = &latencies[q];
        size_t fresh = of->count - of->minute;
        if (count + fresh > sizeof all / sizeof *all)
            fresh = sizeof all / sizeof *all - count;
        memcpy(all + count, of->values + of->minute, fresh * sizeof *all);
        of->minute = of->count;
        count += fresh;
    }
    if (count)
        say_quantiles(all, count);
    putchar('\n');
    fflush(stdout);
}

static int read_beside(const char *folder, double span)
{
    struct asking asking = {.arena = ek_arena_new(EK_ARENA_BYTES)};
    struct ek_err err;
    for (unsigned q = 0; q < QUESTIONS; q++)
        if (!(latencies[q].values = calloc(ASKED_MAX, sizeof(double))))
            give_up("out of memory");
    if (!asking.arena || ek_store_open(&asking.store, folder, EK_STORE_READ, "bench", &err))
        give_up(asking.arena ? err.message : "out of memory");
    const double begun = seconds();
    double minute = begun;
    for (unsigned q = 0; seconds() < begun + span; q = (q + 1) % QUESTIONS) {
        double from = seconds();
        question_ask(&asking, q);
        double until = seconds();
        note(q, (until - from) * 1e3);
        if (until < minute + MINUTE)
            continue;
        say_minute();
        minute += MINUTE;
    }
    for (unsigned q = 0; q < QUESTIONS; q++) {
        printf("%s\t", question_names[q].title);
        say_quantiles(latencies[q].values, latencies[q].count);
        putchar('\n');
    }
    ek_store_close(asking.store);
    ek_arena_free(asking.arena);
    return 0;
}

/* The writer ----------------------------------------------------------------------------------- */

struct writer {
    char folder[300], file[340]; /* store, and the index's data */
    struct bench_post *posts;
    uint32_t total;
    uint64_t state;
    struct fill *fill;
};

static uint32_t chance(struct writer *writer, uint32_t below)
{
    writer->state ^= writer->state << 13;
    writer->state ^= writer->state >> 7;
    writer->state ^= writer->state << 17;
    return (uint32_t)(writer->state % below);
}

static void fill_store_first(struct writer *writer)
{
    struct posts posts;
    posts_begin(&posts, writer->total);
    posts_next(&posts, writer->posts, writer->total);
    writer->fill = fill_begin(writer->folder);
    for (uint32_t at = 0; at < writer->total; at += COMMIT) {
        fill_announce(writer->fill, writer->posts + at, COMMIT);
        fill_pend(writer->fill, writer->posts + at, COMMIT, false);
        fill_commit(writer->fill);
    }
    fill_settle(writer->fill);
}

/* Whole threads, as pages show them. */
static void read_again(struct writer *writer)
{
    struct bench_post some[COMMIT];
    uint32_t count = 0;
    while (count < COMMIT) {
        uint32_t at = chance(writer, writer->total), thread = writer->posts[at].thread;
        while (at > 0 && writer->posts[at - 1].thread == thread)
            at--;
        for (; at < writer->total && writer->posts[at].thread == thread && count < COMMIT; at++)
            some[count++] = writer->posts[at];
    }
    fill_pend(writer->fill, some, COMMIT, true);
    fill_commit(writer->fill);
}

static double index_megabytes(const struct writer *writer)
{
    struct stat file;
    if (stat(writer->file, &file))
        give_up(writer->file);
    return (double)file.st_blocks * 512 / 1e6;
}

static FILE *start_reader(const struct writer *writer, double span, pid_t *pid)
{
    char program[400], text[32];
    int ends[2];
    posix_spawn_file_actions_t actions;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0 || pipe2(ends, O_CLOEXEC))
        give_up("no /proc, or no pipe");
    program[n] = '\0';
    snprintf(text, sizeof text, "%.0f", span);
    const char *const arguments[] = {program, writer->folder, text, NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    if (posix_spawn(pid, program, &actions, NULL, (char **)(uintptr_t)arguments, environ))
        give_up(program);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    return fdopen(ends[0], "r");
}

static void pass_on(FILE *reader, const char *before)
{
    char line[256] = "\n";
    if (!fgets(line, sizeof line, reader))
        give_up("the reader has died");
    printf("%s%s", before, line);
    fflush(stdout);
}

static void write_beside(struct writer *writer, double span)
{
    char before[128];
    pid_t pid;
    int status;
    FILE *reader = start_reader(writer, span, &pid);
    const double begun = seconds();
    double minute = begun;
    unsigned commits = 0, number = 0;
    printf("reader beside writer, %u posts\nminute\twritten/s\tindex MB\tasked\tp50 ms\tp99 ms\tmax"
           " ms\n0\t-\t%.0f\t-\t-\t-\t-\n",
           writer->total, index_megabytes(writer));
    while (seconds() < begun + span) {
        read_again(writer);
        commits++;
        if (seconds() < minute + MINUTE)
            continue;
        snprintf(before, sizeof before, "%u\t%.0f\t%.0f\t", ++number, commits * COMMIT / MINUTE,
                 index_megabytes(writer));
        pass_on(reader, before);
        minute += MINUTE;
        commits = 0;
    }
    printf("question\tasked\tp50 ms\tp99 ms\tmax ms\n");
    for (unsigned q = 0; q < QUESTIONS; q++)
        pass_on(reader, "");
    fclose(reader);
    if (waitpid(pid, &status, 0) != pid || status)
        give_up("the reader failed");
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

int main(int argc, char **argv)
{
    const char *total = getenv("EKBOM_BENCH_POSTS"), *span = getenv("EKBOM_BENCH_SECONDS");
    const char *temporary = getenv("TMPDIR");
    struct writer writer = {.total = 1000000, .state = 88172645463325252u};
    if (argc == 3)
        return read_beside(argv[1], atof(argv[2]));
    if (total)
        writer.total = (uint32_t)strtoul(total, NULL, 10);
    writer.total -= writer.total % COMMIT;
    if (writer.total == 0)
        give_up("EKBOM_BENCH_POSTS is to be 1000 at least");
    snprintf(writer.folder, sizeof writer.folder, "%s/ekbom-bench-XXXXXX",
             temporary ? temporary : "/var/tmp");
    writer.posts = calloc(writer.total, sizeof *writer.posts);
    if (!writer.posts || !mkdtemp(writer.folder))
        give_up(writer.folder);
    snprintf(writer.file, sizeof writer.file, "%s/index/data.mdb", writer.folder);
    fill_store_first(&writer);
    for (unsigned i = 0; i < AGED_COMMITS; i++)
        read_again(&writer);
    write_beside(&writer, span ? atof(span) : 600);
    fill_end(writer.fill);
    free(writer.posts);
    if (nftw(writer.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        give_up(writer.folder);
    return 0;
}
