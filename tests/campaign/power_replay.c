/* power_replay.c - what a loss of power would have left, checked: the store must be sound, and hold
 * what it had acknowledged.
 *
 *   power_replay [--images N] [--seed S] [--act NAME] [--only NUMBER] LOG FOLDER
 *
 * The recorded changes are gone through in order (power_disk.c). After each, images of the disk are
 * made below FOLDER (put it on a tmpfs) and checked in a process of their own (power_check.c). The
 * moments at which something has just become durable or was just acknowledged are met by an image
 * in which nothing else is there: this is what a dropped sync or a swapped order shows in. The rest
 * is drawn over all manners and over classes of moments (what is being done, where, by which kind
 * of change), so that making a store, which happens once, is met as often as a commit. --act
 * leaves all acts but one out. Exit 1 when an image was not sound; --only makes one image again and
 * leaves it in FOLDER. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/campaign/power_check.h"
#include "tests/campaign/power_disk.h"

#define SECONDS 30 /* for one check */
#define SHOWN 10   /* images that are not sound, described */
#define ACTS 20
#define MERGED 0 /* an act by itself: commits in which runs of the index were merged */

enum place { FOLDERS, ARCHIVE, RECORDS, INDEX, PLACES };
#define CLASSES (ACTS * (unsigned)PLACES * (unsigned)POWER_KINDS)
static const char *const place_names[PLACES] = {"folders", "archive", "records", "index"};

struct moment { /* after a change */
    struct power_head head;
    const char *bytes;
    unsigned act, class; /* class: act, place and kind of change together */
    enum place place;
    bool critical;         /* something has just become durable or was acknowledged */
    bool unsynced;         /* something may be lost */
    unsigned bare, images; /* to be made: with nothing unsynced, and in any manner */
};

struct replay {
    struct moment *moments;
    size_t count;
    unsigned in_class[CLASSES]; /* moments that images can be made of */
    unsigned long images, seed, only, made;
    const char *folder;
    unsigned act;
    const char *only_act; /* or NULL */
    struct power_disk *disk;
    struct power_acknowledged acknowledged;
    unsigned long by_verdict[POWER_VERDICTS], by_manner[POWER_MANNERS][2];
    struct {
        char name[40];
        unsigned long images[PLACES];
    } acts[ACTS];
    struct result { /* shared with the process that checks */
        enum power_verdict verdict;
        char why[1400];
    } * result;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "power_replay: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void load(struct replay *replay, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        fail(path);
    const char *log = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (log == MAP_FAILED)
        fail(path);
    close(fd);
    for (size_t at = 0; at < (size_t)st.st_size;) {
        struct power_head head;
        memcpy(&head, log + at, sizeof head);
        if (replay->count % 1024 == 0)
            replay->moments =
                reallocarray(replay->moments, replay->count + 1024, sizeof *replay->moments);
        if (!replay->moments)
            fail("memory");
        replay->moments[replay->count++] =
            (struct moment){.head = head, .bytes = log + at + sizeof head};
        at += sizeof head + head.len;
    }
}

static void enter_act(struct replay *replay, const char *name, size_t len)
{
    unsigned i = 0;
    while (i + 1 < ACTS && replay->acts[i].name[0] &&
           (strlen(replay->acts[i].name) != len || memcmp(replay->acts[i].name, name, len) != 0))
        i++;
    snprintf(replay->acts[i].name, sizeof replay->acts[i].name, "%.*s", (int)len, name);
    replay->act = i;
}

/* Where a change is made: by the file's path. */
static enum place place_of(const struct replay *replay, const struct power_head *head)
{
    const char *path =
        head->kind == POWER_WRITE || head->kind == POWER_CUT || head->kind == POWER_SYNC
            ? power_disk_path(replay->disk, head->file)
            : "";
    for (enum place place = ARCHIVE; place < PLACES; place++)
        if (strstr(path, place_names[place]))
            return place;
    return FOLDERS;
}

static bool is_mark(const struct moment *moment, const char *line)
{
    return moment->head.kind == POWER_MARK && moment->head.len >= strlen(line) &&
           memcmp(moment->bytes, line, strlen(line)) == 0;
}

/* Go through once without images: which act a moment is in, where, and what may be lost. */
static void rehearse(struct replay *replay)
{
    size_t marked = 0; /* the last mark */
    bool met = false;
    replay->disk = power_disk_new();
    for (size_t i = 0; i < replay->count; i++) {
        struct moment *moment = &replay->moments[i];
        const struct power_head *head = &moment->head;
        power_disk_change(replay->disk, head, moment->bytes);
        if (is_mark(moment, "act "))
            enter_act(replay, moment->bytes + 4, head->len - 5);
        for (size_t j = marked + 1; is_mark(moment, "merged") && j <= i; j++)
            replay->moments[j].act = MERGED;
        moment->act = is_mark(moment, "merged") ? MERGED : replay->act;
        moment->place = place_of(replay, head);
        moment->unsynced = power_disk_unsynced(replay->disk) > 0;
        moment->critical = head->kind == POWER_MARK || head->kind == POWER_SYNC ||
                           head->kind == POWER_SYNC_FOLDER || head->durable;
        marked = head->kind == POWER_MARK ? i : marked;
    }
    for (size_t i = 0; i < replay->count; i++) {
        struct moment *moment = &replay->moments[i];
        moment->class = (moment->act * PLACES + moment->place) * POWER_KINDS + moment->head.kind;
        if (replay->only_act && strcmp(replay->acts[moment->act].name, replay->only_act) != 0)
            moment->critical = moment->unsynced = false;
        replay->in_class[moment->class] += moment->critical || moment->unsynced;
        met = met || moment->unsynced;
    }
    power_disk_free(replay->disk);
    errno = EINVAL;
    if (!met)
        fail(replay->only_act ? replay->only_act : "the log");
}

/* A moment of some class: what occurs seldom gets its share. NULL: an unlucky draw. */
static struct moment *draw(struct replay *replay, uint64_t *random, bool critical)
{
    size_t class = power_random(random, CLASSES);
    if (!replay->in_class[class])
        return NULL;
    size_t skip = power_random(random, replay->in_class[class]);
    for (size_t i = 0; i < replay->count; i++) {
        struct moment *moment = &replay->moments[i];
        if (moment->class != class || !(moment->critical || moment->unsynced) || skip-- > 0)
            continue;
        return (critical ? moment->critical : moment->unsynced) ? moment : NULL;
    }
    return NULL;
}

/* Where there are images enough, one for each critical moment and the rest drawn; else half and
 * half. */
static void spread(struct replay *replay)
{
    uint64_t random = replay->seed;
    unsigned long left = replay->images, critical = 0;
    for (size_t i = 0; i < replay->count; i++)
        critical += replay->moments[i].critical;
    bool all = critical <= left / 2;
    for (size_t i = 0; all && i < replay->count; i++)
        replay->moments[i].bare = replay->moments[i].critical;
    left -= all ? critical : 0;
    while (left > 0) {
        bool bare = !all && left % 2;
        struct moment *moment = draw(replay, &random, bare);
        if (!moment)
            continue;
        if (bare)
            moment->bare++;
        else
            moment->images++;
        left--;
    }
}

static void acknowledge(struct replay *replay, const char *bytes, size_t len)
{
    char *lines = strndup(bytes, len), *save = NULL;
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        unsigned post, revision;
        if (sscanf(line, "post %u %u", &post, &revision) == 2 && post < BOARD_POSTS) {
            replay->acknowledged.revision[post] = revision;
            replay->acknowledged.posts++;
        } else if (sscanf(line, "rules %u", &revision) == 1) {
            replay->acknowledged.rule_set = (int)revision;
        } else if (strncmp(line, "pseudonym ", 10) == 0) {
            snprintf(replay->acknowledged.pseudonym, sizeof replay->acknowledged.pseudonym, "%s",
                     line + 10);
        }
    }
    free(lines);
}

/* LMDB's lock file after a loss of power: it may be missing, or hold anything. */
static void put_lock_files(const char *store, uint64_t *random)
{
    static const char *const parts[] = {"records", "index"};
    char path[4200], junk[8192];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "%s/%s/lock.mdb", store, parts[i]);
        int fd = power_random(random, 2) ? open(path, O_WRONLY | O_CREAT, 0660) : -1;
        if (fd < 0)
            continue;
        for (size_t j = 0; j < sizeof junk; j++)
            junk[j] = (char)power_random(random, 256);
        if (write(fd, junk, sizeof junk) < 0)
            fail(path);
        close(fd);
    }
}

static void run_check(struct replay *replay, const char *store)
{
    int status;
    *replay->result = (struct result){.verdict = POWER_DIED, .why = "without a word"};
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        alarm(SECONDS);
        replay->result->verdict = power_check(store, &replay->acknowledged, replay->result->why);
        _exit(0);
    }
    if (waitpid(pid, &status, 0) != pid)
        fail("waitpid");
    if (status != 0) {
        replay->result->verdict = POWER_DIED;
        snprintf(replay->result->why, sizeof replay->result->why, "status 0x%x", (unsigned)status);
    }
}

static void try_image(struct replay *replay, const struct moment *moment, bool bare)
{
    char store[4096];
    unsigned long number = ++replay->made;
    uint64_t random = replay->seed * 1000003u + number;
    enum power_manner manner =
        bare ? POWER_NOTHING : (enum power_manner)power_random(&random, POWER_MANNERS);
    if (replay->only && replay->only != number)
        return;
    if (power_disk_image(replay->disk, manner, &random, replay->folder) != 0)
        fail(replay->folder);
    snprintf(store, sizeof store, "%s/s", replay->folder);
    put_lock_files(store, &random);
    if (replay->only) {
        printf("image %lu left in %s, unchecked\n", number, replay->folder);
        exit(0);
    }
    run_check(replay, store);
    enum power_verdict verdict = replay->result->verdict;
    replay->by_manner[manner][verdict != POWER_SOUND]++;
    replay->acts[moment->act].images[moment->place]++;
    replay->by_verdict[verdict]++;
    unsigned long bad = number - replay->by_verdict[POWER_SOUND];
    if (verdict != POWER_SOUND && bad <= SHOWN)
        printf("image %lu: %s: %s\n  after change %zu, in \"%s\", %s: %s\n", number,
               power_verdict_names[verdict], replay->result->why,
               (size_t)(moment - replay->moments), replay->acts[moment->act].name,
               place_names[moment->place], power_manner_names[manner]);
}

static void report(const struct replay *replay, double seconds)
{
    printf("\n%-20s", "images while");
    for (size_t place = 0; place < PLACES; place++)
        printf("%10s", place_names[place]);
    for (size_t i = 0; i < ACTS && replay->acts[i].name[0]; i++) {
        printf("\n%-20s", replay->acts[i].name);
        for (size_t place = 0; place < PLACES; place++)
            printf("%10lu", replay->acts[i].images[place]);
    }
    printf("\n\n%-30s%10s%10s\n", "of unsynced changes", "images", "not sound");
    for (size_t manner = 0; manner < POWER_MANNERS; manner++)
        printf("%-30s%10lu%10lu\n", power_manner_names[manner],
               replay->by_manner[manner][0] + replay->by_manner[manner][1],
               replay->by_manner[manner][1]);
    printf("\n%lu images of %zu changes, seed %lu, in %.1f s:", replay->made, replay->count,
           replay->seed, seconds);
    for (size_t i = 0; i < POWER_VERDICTS; i++)
        printf("%s %lu %s", i ? "," : "", replay->by_verdict[i], power_verdict_names[i]);
    printf("\n");
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct replay replay = {.images = 10000, .seed = 1, .acts = {[MERGED] = {"runs merged", {0}}}};
    int at = 1;
    /* A check allocates much and ends soon: giving memory back to the system is half its time. */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 4 << 20);
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        unsigned long value = strtoul(argv[at + 1], NULL, 10);
        if (strcmp(argv[at], "--images") == 0)
            replay.images = value;
        else if (strcmp(argv[at], "--seed") == 0)
            replay.seed = value;
        else if (strcmp(argv[at], "--only") == 0)
            replay.only = value;
        else if (strcmp(argv[at], "--act") == 0)
            replay.only_act = argv[at + 1];
        else
            break;
    }
    if (argc - at != 2) {
        fprintf(stderr, "usage: power_replay [--images N] [--seed S] [--act NAME] [--only NUMBER] "
                        "LOG FOLDER\n");
        return 2;
    }
    replay.folder = argv[at + 1];
    replay.acknowledged.rule_set = -1;
    replay.result = mmap(NULL, sizeof *replay.result, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if ((mkdir(replay.folder, 0700) != 0 && errno != EEXIST) || replay.result == MAP_FAILED)
        fail(replay.folder);
    load(&replay, argv[at]);
    rehearse(&replay);
    spread(&replay);
    replay.disk = power_disk_new();
    double started = now();
    for (size_t i = 0; i < replay.count; i++) {
        const struct moment *moment = &replay.moments[i];
        power_disk_change(replay.disk, &moment->head, moment->bytes);
        if (moment->head.kind == POWER_MARK)
            acknowledge(&replay, moment->bytes, moment->head.len);
        for (unsigned image = 0; image < moment->bare + moment->images; image++)
            try_image(&replay, moment, image < moment->bare);
    }
    report(&replay, now() - started);
    power_disk_free(replay.disk);
    free(replay.moments);
    return replay.by_verdict[POWER_SOUND] == replay.made && replay.made ? 0 : 1;
}
