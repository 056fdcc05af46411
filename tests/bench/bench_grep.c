/* bench_grep.c - `ekbom grep` over 700 MB of texts against one thread that only unpacks them; and
 * what dictionaries are worth.
 *
 * The texts are English prose from Debian's package anarchism (11 MB of FAQ), cut at words into
 * posts of 100 to 1,100 bytes at other places each time round, so that no post is like another;
 * posts are packed one by one, so that going round gains nothing but what 64 KiB of dictionary can
 * hold of 11 MB. The peer goes over all packed texts, as they were read from the store into memory
 * before, with the store's own dictionaries. Grep is the program itself, from its start to its end,
 * with the records in the page cache. They take turns; medians are compared.
 *
 * EKBOM_BENCH_GREP_MB=70 makes a smaller store. EKBOM_BENCH_GREP_STORE=DIR keeps it in DIR, or
 * takes the one that is there. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/packed.h"
#include "ekbom/store.h"
#include "ekbom/texts.h"
#include "measure.h"

#define TEXTS "/usr/share/doc/anarchism/markdown"
#define ROUNDS 5
#define POSTS_A_THREAD 20

extern char **environ;

static uint64_t state = 88172645463325252u;
static uint64_t chance(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

/* English ----------------------------------------------------------------------------------- */

static void add_file(struct ek_buf *prose, const char *path)
{
    char bytes[1 << 16];
    int n;
    gzFile file = gzopen(path, "rb");
    while (file && (n = gzread(file, bytes, sizeof bytes)) > 0)
        ek_buf_add(prose, bytes, (size_t)n);
    if (file)
        gzclose(file);
}

static void load_prose(struct ek_buf *prose)
{
    struct dirent **files;
    int count = scandir(TEXTS, &files, NULL, alphasort);
    ek_buf_init(prose, 64u << 20);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", TEXTS, files[i]->d_name);
        if (strstr(path, ".md"))
            add_file(prose, path);
        free(files[i]);
    }
    if (count >= 0)
        free(files);
    for (size_t i = 0; i < prose->len; i++)
        if (prose->data[i] == '\0' || prose->data[i] == '\r')
            prose->data[i] = ' ';
}

/* The next post: from one word to another. */
static size_t cut_post(const struct ek_buf *prose, char *post)
{
    size_t at = chance(prose->len - 2400), len = 100 + chance(1000);
    while (prose->data[at] != ' ' && prose->data[at] != '\n')
        at++;
    while (prose->data[++at] == ' ' || prose->data[at] == '\n')
        ;
    while (prose->data[at + len] != ' ' && prose->data[at + len] != '\n' && len < 1200)
        len++;
    while ((prose->data[at + len] & 0xc0) == 0x80)
        len--;
    memcpy(post, prose->data + at, len);
    post[len] = '\0';
    return len;
}

/* The store --------------------------------------------------------------------------------- */

static char folder[300];

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void set_rules(struct ek_store *store)
{
    static const char text[] = "theory bid \"Brain iron\"\n";
    struct ek_file file = {"a.rules", text, sizeof text - 1};
    struct ek_bundle bundle = {.origin = "rules", .files = &file, .count = 1};
    struct ek_err err;
    ek_bundle_seal(&bundle);
    if (ek_store_set_rules(store, &bundle, &err) != 0)
        give_up(err.message);
}

static void put_post(struct ek_store *store, uint64_t number, const char *text)
{
    char id[24], thread[24];
    struct ek_err err;
    struct ek_tags tags = {.assessable = true};
    size_t changed;
    snprintf(id, sizeof id, "%llu", (unsigned long long)number);
    snprintf(thread, sizeof thread, "%llu", (unsigned long long)(number / POSTS_A_THREAD));
    struct ek_entry entry = {.forum = "https://bench.example/",
                             .thread_id = thread,
                             .first_seen = EK_TIME_UNKNOWN,
                             .last_seen = EK_TIME_UNKNOWN};
    entry.post.id = id;
    entry.post.author = entry.post.author_id = "Ida";
    entry.post.time = 1200000000 + (ek_time)chance(500000000);
    entry.post.precision = EK_PRECISION_SECOND;
    entry.post.time_source = EK_SOURCE_ATTRIBUTE;
    entry.post.text = text;
    if (ek_store_put_entry(store, &entry, 1700000000, &tags, &changed, &err) != 0)
        give_up(err.message);
}

static void fill_store(const struct ek_buf *prose, size_t bytes, double *worst_begin)
{
    struct ek_store *store;
    struct ek_err err;
    char post[2400];
    uint64_t number = 0;
    if (ek_store_open(&store, folder, EK_STORE_WRITE, "bench", &err) != 0)
        give_up(err.message);
    set_rules(store);
    for (size_t done = 0; done < bytes;) {
        double begun = processor_seconds();
        if (ek_store_begin(store, &err) != 0)
            give_up(err.message);
        begun = processor_seconds() - begun;
        *worst_begin = begun > *worst_begin ? begun : *worst_begin;
        for (unsigned i = 0; i < EK_SLICE_POSTS; i++) {
            done += cut_post(prose, post);
            put_post(store, ++number, post);
        }
        if (ek_store_commit(store, &err) != 0)
            give_up(err.message);
    }
    ek_store_close(store);
}

/* The peer: one thread that unpacks ----------------------------------------------------------- */

struct texts { /* packed, one after the other */
    struct ek_buf bytes;
    uint32_t *lens;
    size_t count, room;
};

static int keep_text(void *context, const struct ek_stored_text *text, struct ek_err *err)
{
    struct texts *texts = context;
    (void)err;
    if (texts->count == texts->room) {
        texts->room = texts->room ? 2 * texts->room : 1u << 16;
        texts->lens = reallocarray(texts->lens, texts->room, sizeof *texts->lens);
    }
    ek_buf_add(&texts->bytes, text->packed, text->len);
    texts->lens[texts->count++] = (uint32_t)text->len;
    return texts->bytes.failed ? -1 : 0;
}

static struct ek_packer *load_texts(struct texts *texts)
{
    struct ek_store *store;
    struct ek_err err = {0};
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_packer *packer = ek_packer_new();
    struct ek_dictionary *dictionaries;
    struct ek_store_status status;
    size_t count;
    ek_buf_init(&texts->bytes, (size_t)8 << 30);
    if (ek_store_open(&store, folder, EK_STORE_READ, "bench", &err) != 0 ||
        ek_store_dictionaries(store, arena, &dictionaries, &count, &err) != 0 ||
        ek_store_status(store, arena, &status, &err) != 0)
        give_up(err.message);
    for (size_t i = 0; i < count; i++)
        if (ek_packer_learn(packer, dictionaries[i].bytes, dictionaries[i].len, &err) != 0)
            give_up(err.message);
    uint64_t *numbers = calloc(status.posts, sizeof *numbers);
    for (uint64_t i = 0; i < status.posts; i++)
        numbers[i] = i + 1;
    if (ek_store_texts(store, numbers, status.posts, keep_text, texts, &err) != 0)
        give_up(err.message);
    free(numbers);
    ek_store_close(store);
    ek_arena_free(arena);
    return packer;
}

static double unpack_all(struct ek_packer *packer, const struct texts *texts, size_t *raw)
{
    const char *at = texts->bytes.data;
    double begun = seconds();
    *raw = 0;
    for (size_t i = 0; i < texts->count; at += texts->lens[i++]) {
        struct ek_cursor content = ek_unpack(packer, at, texts->lens[i]);
        if (content.bad)
            give_up("a text does not unpack");
        *raw += (size_t)(content.end - content.at);
    }
    return seconds() - begun;
}

/* A tenth of the texts, packed without dictionary: how small, and how fast to unpack. */
static void pack_alone(struct ek_packer *packer, const struct texts *texts, double *ratio,
                       double *rate)
{
    struct ek_packer *plain = ek_packer_new();
    struct texts alone = {0};
    struct ek_buf buf;
    const char *at = texts->bytes.data;
    size_t raw;
    ek_buf_init(&buf, 1u << 20);
    ek_buf_init(&alone.bytes, (size_t)8 << 30);
    for (size_t i = 0; i < texts->count; at += texts->lens[i++]) {
        if (i % 10)
            continue;
        struct ek_cursor content = ek_unpack(packer, at, texts->lens[i]);
        ek_buf_clear(&buf);
        ek_buf_add(&buf, content.at, (size_t)(content.end - content.at));
        ek_pack(plain, &buf, 0);
        struct ek_stored_text text = {.packed = buf.data, .len = buf.len};
        keep_text(&alone, &text, NULL);
    }
    double took = unpack_all(plain, &alone, &raw);
    *ratio = (double)raw / (double)alone.bytes.len;
    *rate = (double)raw / took / 1e6;
    ek_buf_free(&buf);
    ek_buf_free(&alone.bytes);
    free(alone.lens);
    ek_packer_free(plain);
}

/* Ours -------------------------------------------------------------------------------------- */

static double run_grep(const char *pattern)
{
    char program[400], line[256] = "";
    const char *const arguments[] = {"ekbom",    "--store", folder,  "grep", "--count",
                                     "--format", "tsv",     pattern, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], status;
    pid_t pid;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 20);
    if (n < 0 || pipe(ends) != 0)
        give_up("no /proc, or no pipe");
    program[n] = '\0';
    for (int i = 0; i < 2; i++) /* BUILD/bench/bench_grep -> BUILD/ekbom */
        *strrchr(program, '/') = '\0';
    strcat(program, "/ekbom");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    double begun = seconds();
    if (posix_spawn(&pid, program, &actions, NULL, (char **)(uintptr_t)arguments, environ) != 0)
        give_up(program);
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    while (out && fgets(line, sizeof line, out))
        ;
    waitpid(pid, &status, 0);
    double took = seconds() - begun;
    fclose(out);
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        give_up("grep failed");
    return took;
}

static void race(struct ek_packer *packer, const struct texts *texts)
{
    static const struct {
        const char *name, *pattern;
    } searches[] = {
        {"a name", "kropotkin"},
        {"three words", "(syndicalis[mt]|anaemia|ferritin)"},
        {"an ending", "\\b\\w+itis\\b"},
        {"near", "\\bworkers?\\b.{0,60}\\bcontrol\\b"},
    };
    size_t count = sizeof searches / sizeof *searches, raw;
    double peer[ROUNDS], ours[sizeof searches / sizeof *searches][ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        peer[round] = unpack_all(packer, texts, &raw);
        for (size_t i = 0; i < count; i++)
            ours[i][round] = run_grep(searches[i].pattern);
    }
    double b = median(peer, ROUNDS);
    for (size_t i = 0; i < count; i++) {
        double a = median(ours[i], ROUNDS);
        printf("grep %zu MB, %s (s; peer: one thread unpacks it)\t%.2f\t%.2f\t%.2f\t<= 1.3\n",
               raw / 1000000, searches[i].name, a, b, a / b);
    }
    double ratio, rate, with = (double)raw / (double)texts->bytes.len;
    pack_alone(packer, texts, &ratio, &rate);
    printf("texts, packed (times smaller; peer: without dictionary)\t%.2f\t%.2f\t%.2f\t>= 2.3\n",
           with, ratio, with / ratio);
    printf("texts, unpacked (MB/s; peer: without dictionary)\t%.0f\t%.0f\t%.2f\t-\n",
           (double)raw / b / 1e6, rate, (double)raw / b / 1e6 / rate);
}

int main(void)
{
    const char *size = getenv("EKBOM_BENCH_GREP_MB"), *kept = getenv("EKBOM_BENCH_GREP_STORE");
    const char *temporary = getenv("TMPDIR");
    double worst_begin = 0;
    struct stat there;
    struct texts texts = {0};
    struct ek_buf prose;
    load_prose(&prose);
    if (prose.len < 1u << 20) {
        puts("grep (s; not run: it needs English, apt-get install anarchism)\t-\t-\t-\t<= 1.3");
        return 0;
    }
    if (kept)
        snprintf(folder, sizeof folder, "%s", kept);
    else
        snprintf(folder, sizeof folder, "%s/ekbom-bench-XXXXXX", temporary ? temporary : "/tmp");
    if (!kept && !mkdtemp(folder))
        give_up(folder);
    bool fill = !kept || stat(kept, &there) != 0;
    if (fill)
        fill_store(&prose, (size_t)(size ? strtoul(size, NULL, 10) : 700) * 1000000, &worst_begin);
    struct ek_packer *packer = load_texts(&texts);
    race(packer, &texts);
    if (fill)
        printf("texts, a dictionary trained (CPU ms)\t%.0f\t-\t-\t<= 50\n", worst_begin * 1e3);
    ek_packer_free(packer);
    ek_buf_free(&texts.bytes);
    ek_buf_free(&prose);
    free(texts.lens);
    if (!kept && nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        give_up(folder);
    return 0;
}
