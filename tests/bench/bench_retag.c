/* bench_retag.c - `ekbom retag` of 200,000 stored posts, beside a loop of PCRE2 a rule over the
 * same posts in memory, and two readers beside one.
 *
 * The posts (english.h) are imported under the first of the 200 rules of bench_tag; then they are
 * tagged under all of them: texts read, sent to the readers, unpacked, tagged, stored, swapped in.
 * The loop gets every fortieth post and is compared by processor time, that of the command and its
 * readers together. Two readers and one processor are compared by the clock, the whole command.
 * Each time the rules have another comment, as a retag to the rules in force would be none. In
 * memory where that can be: it is not the disk that is looked at. */
#include <jansson.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "english.h"
#include "measure.h"
#include "tag_rules.h"

#define POSTS 200000u
#define ROUNDS 5u
#define LOOP_EVERY 40u

static struct english posts, straight;
static struct bench_rules rules;
static char folder[256], program[512];

static void run(const char *before, const char *words)
{
    char line[2000];

    snprintf(line, sizeof line, "%s %s --store %s/store %s >%s/log 2>&1", before, program, folder,
             words, folder);
    if (system(line) != 0) {
        fprintf(stderr, "bench: see %s/log: %s\n", folder, line);
        exit(2);
    }
}

static void write_posts(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/posts.jsonl", folder);
    FILE *file = fopen(path, "w");

    for (size_t i = 0; file && i < posts.count; i++) {
        char time[32];
        snprintf(time, sizeof time, "20%02zu-%02zu-%02zuT12:00:00Z", 5 + i % 20, 1 + i / 20 % 12,
                 1 + i % 28);
        json_t *post = json_pack(
            "{s:o, s:o, s:s, s:o, s:s%, s:s, s:s}", "id", json_sprintf("%zu", i + 1), "author",
            json_sprintf("author %zu", i % 8000), "time", time, "thread_id",
            json_sprintf("%zu", i / 12), "text", posts.bytes + posts.starts[i],
            english_len(&posts, i), "forum", "https://bench.example/", "time_precision", "second");
        if (!post || json_dumpf(post, file, JSON_COMPACT) != 0 || fputc('\n', file) == EOF)
            give_up("the posts cannot be written");
        json_decref(post);
    }
    if (!file || fclose(file) != 0)
        give_up("the posts cannot be written");
}

/* The first `count` rules; the comment makes another rule set of them. */
static void write_rules(size_t count, unsigned comment)
{
    char path[300];
    snprintf(path, sizeof path, "%s/rules", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/rules/bench.rules", folder);
    FILE *file = fopen(path, "w");

    if (!file)
        give_up("the rules cannot be written");
    fprintf(file, "# %u\ntreatment all \"All\"\n", comment);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "regex /%s/\n", rules.patterns[i]);
    if (fclose(file) != 0)
        give_up("the rules cannot be written");
}

static double loop_seconds(void)
{
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    double begun = processor_seconds();
    size_t seen = 0;

    for (size_t post = 0; post < straight.count; post += LOOP_EVERY, seen++) {
        const char *text = straight.bytes + straight.starts[post];
        const size_t len = english_len(&straight, post);
        for (size_t r = 0; r < rules.count; r++) {
            const size_t *ends = pcre2_get_ovector_pointer(match);
            for (size_t at = 0; at < len && pcre2_jit_match(rules.codes[r], (PCRE2_SPTR)text, len,
                                                            at, 0, match, NULL) >= 0;
                 at = ends[1])
                ;
        }
    }
    begun = processor_seconds() - begun;
    pcre2_match_data_free(match);
    return begun * (double)straight.count / (double)seen;
}

/* Of the commands so far and their readers. */
static double children_seconds(void)
{
    struct rusage used;

    getrusage(RUSAGE_CHILDREN, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double retag_seconds(const char *before, const char *words)
{
    static unsigned comment;
    char command[400];

    write_rules(rules.count, ++comment);
    snprintf(command, sizeof command, "retag --rules %s/rules %s", folder, words);
    double begun = seconds();
    run(before, command);
    return seconds() - begun;
}

int main(int argc, char **argv)
{
    double one[ROUNDS], two[ROUNDS], loop[ROUNDS], used[ROUNDS];
    char command[700];

    (void)argc;
    snprintf(program, sizeof program, "%.*s/../ekbom", (int)(strrchr(argv[0], '/') - argv[0]),
             argv[0]);
    snprintf(folder, sizeof folder, "%s/ekbom-retag.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        give_up("no temporary folder");
    bench_rules_make(&rules, bench_rules_read());
    english_make(&posts, POSTS);
    english_straighten(&straight, &posts);
    write_posts();
    write_rules(1, 0);
    snprintf(command, sizeof command, "import --rules %s/rules %s/posts.jsonl", folder, folder);
    run("", command);
    retag_seconds("", ""); /* the store's pages are warm from here on */
    for (unsigned i = 0; i < ROUNDS; i++) {
        double begun = children_seconds();
        one[i] = retag_seconds("taskset -c 0", "--readers 1");
        used[i] = children_seconds() - begun;
        loop[i] = loop_seconds() / used[i];
        two[i] = retag_seconds("", "--readers 2");
    }
    double ratio = median(loop, ROUNDS), middle = median(used, ROUNDS);
    printf(
        "retag, %u stored posts, 200 rules (s of the processor; peer: a loop of PCRE2 a rule, in "
        "memory)\t%.2f\t%.2f\t%.1f\t>= 30\n",
        POSTS, middle, middle * ratio, ratio);
    printf("retag, two readers, two processors (s; peer: one reader, one processor)\t%.2f\t%.2f\t"
           "%.2f\t>= 1.6\n",
           median(two, ROUNDS), median(one, ROUNDS), median(one, ROUNDS) / median(two, ROUNDS));
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 2;
}
