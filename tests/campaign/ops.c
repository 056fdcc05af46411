/* ops.c - the index is what a recount says, after random operations of every kind and kills
 * between.
 *
 *   ops [--operations N] [--seed S] [--within MS] FOLDER
 *
 * A child does operations to the store in FOLDER/store and is killed at a random moment; another
 * one opens the store, finds out what was committed, has the model do the same, and compares: all
 * posts, rows, tags of every generation, counts, first days, and verify. Then the posts that are
 * behind are tagged, and it is compared again, whole. Merges are provoked by few posts, so that
 * runs of every level come about and are cut off. Exits 1 on the first difference. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/bundle.h"
#include "ops_store.h"

struct campaign {
    char folder[4000];
    uint64_t operations, seed, within; /* within: milliseconds to a kill, at most */
    struct model model;
    uint64_t counts[OP_KINDS], retags, rounds, killed;
};

/* What a checker found: how far the store is. */
struct found {
    uint64_t slices;
    unsigned rules;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A child: steps until there are enough, one byte for each that was acknowledged. */
static void work(struct campaign *campaign, int acknowledged)
{
    static struct step step;
    struct model *model = &campaign->model;
    struct ek_store *store = store_open(campaign->folder);
    store_catch_up(store, model->rules);
    while (model->operations < campaign->operations) {
        model_step(model, &step, NULL);
        store_do(store, &step, model->rules);
        if (step.retag)
            model_tagged(model, step.retag);
        if (write(acknowledged, "+", 1) != 1)
            _exit(3);
    }
    ek_store_close(store);
    _exit(0);
}

/* The model does what the store has: the acknowledged steps, and one more if that was committed. */
static int replay(struct campaign *campaign, uint64_t acknowledged, const struct found *found)
{
    static struct step step;
    struct model *model = &campaign->model;
    for (uint64_t i = 0; i <= acknowledged; i++) {
        struct model before = {0};
        uint64_t counts[OP_KINDS] = {0};
        if (i == acknowledged)
            model_copy(&before, model);
        model_step(model, &step, counts);
        bool done = step.retag ? found->rules == step.retag : found->slices >= step.slice;
        if (i < acknowledged && !step.retag && !done) {
            fprintf(stderr, "slice %llu was acknowledged and is lost\n",
                    (unsigned long long)step.slice);
            return -1;
        }
        if (i == acknowledged && !done) { /* the one that was cut off */
            model_free(model);
            *model = before;
            model->random = before.random + 1; /* another one is drawn next time */
            return 0;
        }
        if (step.retag)
            model_tagged(model, step.retag);
        campaign->retags += step.retag != 0;
        for (unsigned kind = 0; kind < OP_KINDS; kind++)
            campaign->counts[kind] += counts[kind];
        model_free(&before);
    }
    return 0;
}

/* The number of the rule set in use: at most so many were set since the last look. */
static unsigned rules_in_use(struct ek_store *store, unsigned least, uint64_t steps)
{
    struct ek_bundle bundle;
    const char *digest = ek_store_rules_digest(store);
    for (unsigned rules = least; digest && rules <= least + 2 * (steps + 1); rules++) {
        store_rules(rules, &bundle);
        if (strcmp(bundle.digest, digest) == 0)
            return rules;
    }
    return 0;
}

/* Posts that may be behind: their words changed without tags, or a slice that the index may not
 * have heard of touched them. */
static uint64_t may_be_behind(const struct model *model)
{
    uint64_t count = SIGHTINGS_MOST + 1;
    for (size_t i = 0; i < model->post_count; i++)
        count += model->posts[i].unknown;
    return count;
}

/* A child: what the store holds, compared. */
static void check(struct campaign *campaign, uint64_t acknowledged, int out)
{
    struct model *model = &campaign->model;
    struct ek_store *store = store_open(campaign->folder);
    struct found found = {store_slices(store), rules_in_use(store, model->rules, acknowledged)};
    if (write(out, &found, sizeof found) != sizeof found || replay(campaign, acknowledged, &found))
        _exit(1);
    if (found.slices != model->slices || found.rules != model->rules) {
        fprintf(stderr, "%llu slices under rules %u, not %llu under %u\n",
                (unsigned long long)found.slices, found.rules, (unsigned long long)model->slices,
                model->rules);
        _exit(1);
    }
    long differences = store_compare(store, model, false);
    uint64_t most = may_be_behind(model), behind = store_catch_up(store, model->rules);
    if (behind > most) {
        fprintf(stderr, "%llu posts were behind, not %llu at most\n", (unsigned long long)behind,
                (unsigned long long)most);
        differences++;
    }
    model_tagged(model, model->rules);
    differences += store_compare(store, model, true);
    ek_store_close(store);
    _exit(differences ? 1 : 0);
}

static void start(struct campaign *campaign)
{
    struct ek_store *store = store_open(campaign->folder);
    store_set_rules(store, campaign->model.rules);
    ek_store_close(store);
}

/* In a child, which tells the parent something. Returns its status. */
static pid_t fork_with_pipe(int *reading, int *writing)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends)) {
        perror("pipe");
        exit(2);
    }
    *reading = ends[0];
    *writing = ends[1];
    return fork();
}

static int one_round(struct campaign *campaign)
{
    int reading, writing, status;
    char bytes[4096];
    uint64_t acknowledged = 0;
    struct found found = {0};
    pid_t child = fork_with_pipe(&reading, &writing);
    if (child == 0)
        work(campaign, writing);
    close(writing);
    /* The larger the store, the longer it takes to check, and to do something in between. */
    usleep(2000 + (useconds_t)rand() % (1000 * (useconds_t)campaign->within +
                                        40 * (useconds_t)campaign->model.post_count));
    kill(child, SIGKILL);
    ssize_t len;
    while ((len = read(reading, bytes, sizeof bytes)) > 0)
        acknowledged += (uint64_t)len;
    close(reading);
    waitpid(child, &status, 0);
    bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!was_killed && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return -1;
    campaign->killed += was_killed;
    campaign->rounds++;
    child = fork_with_pipe(&reading, &writing);
    if (child == 0)
        check(campaign, acknowledged, writing);
    close(writing);
    bool told = read(reading, &found, sizeof found) == sizeof found;
    close(reading);
    waitpid(child, &status, 0);
    if (!told || status || replay(campaign, acknowledged, &found))
        return -1;
    model_tagged(&campaign->model, campaign->model.rules);
    return 0;
}

static void report(const struct campaign *campaign, double took)
{
    const struct model *model = &campaign->model;
    printf("%llu operations in %llu slices and %llu retags, %llu kills, %zu posts, %.0f s\n",
           (unsigned long long)model->operations, (unsigned long long)model->slices,
           (unsigned long long)campaign->retags, (unsigned long long)campaign->killed,
           model->post_count, took);
    for (unsigned kind = 0; kind < OP_KINDS; kind++)
        printf("%s%s %llu", kind ? ", " : "  ", op_names[kind],
               (unsigned long long)campaign->counts[kind]);
    printf(", retag %llu\n", (unsigned long long)campaign->retags);
}

int main(int argc, char **argv)
{
    static struct campaign campaign = {.operations = 100000, .seed = 1, .within = 300};
    double began = seconds();
    int at = 1;
    for (; at + 2 < argc && argv[at][0] == '-'; at += 2) {
        uint64_t value = strtoull(argv[at + 1], NULL, 10);
        if (strcmp(argv[at], "--operations") == 0)
            campaign.operations = value;
        else if (strcmp(argv[at], "--seed") == 0)
            campaign.seed = value;
        else if (strcmp(argv[at], "--within") == 0 && value)
            campaign.within = value;
        else
            argc = 0;
    }
    if (at + 1 != argc) {
        fprintf(stderr, "usage: ops [--operations N] [--seed S] [--within MS] FOLDER\n");
        return 2;
    }
    snprintf(campaign.folder, sizeof campaign.folder, "%s/store", argv[at]);
    if (mkdir(argv[at], 0755) && errno != EEXIST) {
        perror(argv[at]);
        return 2;
    }
    srand((unsigned)campaign.seed);
    model_init(&campaign.model, campaign.seed);
    start(&campaign);
    while (campaign.model.operations < campaign.operations) {
        if (one_round(&campaign)) {
            fprintf(stderr, "seed %llu, after %llu operations: the store differs from the model\n",
                    (unsigned long long)campaign.seed,
                    (unsigned long long)campaign.model.operations);
            return 1;
        }
    }
    report(&campaign, seconds() - began);
    return 0;
}
