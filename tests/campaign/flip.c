/* flip.c - a closed store with one byte changed, or one file cut short: what is said about it?
 *
 *   flip [--flips N] [--seed S] [--share K/J] [--write E] [--cut] [--only N] EKBOM STORE WORK
 *
 * Standard input has the commands that are asked, one a line, as words behind `ekbom --store
 * STORE`; a line that begins with "write " is a command that writes: it is run last, on a copy, and
 * the others are asked again after it. Each of N changes is made in STORE, the commands are run,
 * their answers compared with those of the sound store, `ekbom verify` is asked, and the change is
 * taken back. With
 * --cut files are cut short instead, to several lengths each, at most N in all. --share does the
 * Kth of every J changes.
 *
 * A line a change goes to standard output: number, verdict, what verify said, kind of place, file,
 * offset, mask, and the command at fault; tests/campaign/flip.sh adds them up. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flip_answers.h"
#include "flip_spots.h"

#define COMMANDS 32
#define CUTS 12

struct campaign {
    const char *ekbom, *store, *work;
    char *commands[COMMANDS], *writing;
    size_t count;
    struct answer sound[COMMANDS], written[COMMANDS], verified;
    uint64_t flips, seed, share, shares, writes, only;
    bool cut;
};

static void stop(const char *what)
{
    perror(what);
    exit(2);
}

/* Asking -------------------------------------------------------------------------------------- */

static void ask(const struct campaign *campaign, const char *store, const char *words,
                struct answer *answer)
{
    char command[4400];
    snprintf(command, sizeof command, "%s --store %s %s", campaign->ekbom, store, words);
    answer_get(answer, command, campaign->work);
}

struct outcome {
    enum verdict worst;
    const char *command;
    char said[600];
};

static void ask_all(const struct campaign *campaign, const char *store,
                    const struct answer *references, struct outcome *outcome)
{
    for (size_t i = 0; i < campaign->count; i++) {
        struct answer answer;
        ask(campaign, store, campaign->commands[i], &answer);
        enum verdict verdict = answer_judge(&answer, &references[i]);
        if (verdict > outcome->worst) {
            outcome->worst = verdict;
            outcome->command = campaign->commands[i];
            snprintf(outcome->said, sizeof outcome->said, "%s", answer.said);
        }
        answer_free(&answer);
    }
}

enum found { CLEAN, FINDINGS, CANNOT, FAILED };
static const char *const found_names[] = {"nothing", "finds", "refuses", "CRASHES"};

static enum found verify(const struct campaign *campaign, const char *store)
{
    struct answer answer;
    ask(campaign, store, "verify", &answer);
    enum verdict verdict = answer_judge(&answer, &campaign->verified);
    enum found found = FAILED;
    if (verdict == SAME)
        found = CLEAN;
    else if (answer.status == 1 && answer.len > 0)
        found = FINDINGS;
    else if (verdict == REFUSED)
        found = CANNOT;
    answer_free(&answer);
    return found;
}

static void copy(const char *from, const char *to)
{
    char command[16000];
    snprintf(command, sizeof command, "rm -rf '%s' && cp -r --sparse=always '%s' '%s'", to, from,
             to);
    if (system(command) != 0)
        stop(command);
}

/* What a writer makes of it: it refuses, or what it leaves is no wrong answer. */
static enum found write_and_ask(const struct campaign *campaign, struct outcome *outcome)
{
    char store[4200];
    struct answer answer;
    snprintf(store, sizeof store, "%s/written", campaign->work);
    copy(campaign->store, store);
    ask(campaign, store, campaign->writing, &answer);
    struct answer done = {.status = 0, .out = answer.out, .len = answer.len};
    enum verdict verdict = answer_judge(&answer, &done);
    if (verdict > outcome->worst) {
        outcome->worst = verdict;
        outcome->command = campaign->writing;
        snprintf(outcome->said, sizeof outcome->said, "%s", answer.said);
    }
    if (verdict == SAME)
        ask_all(campaign, store, campaign->written, outcome);
    answer_free(&answer);
    return verify(campaign, store);
}

/* Judging ------------------------------------------------------------------------------------- */

static const char *const verdict_names[] = {
    [SAME] = "right",      [REFUSED] = "refused", [WRONG] = "WRONG",
    [SILENT] = "WORDLESS", [HANDLED] = "HANDLED", [CRASHED] = "CRASHED",
};

static void judge(const struct campaign *campaign, uint64_t number, const struct spot *spot)
{
    struct outcome outcome = {.command = ""};
    ask_all(campaign, campaign->store, campaign->sound, &outcome);
    enum found found = verify(campaign, campaign->store);
    const char *name = verdict_names[outcome.worst];
    if (outcome.worst <= REFUSED && campaign->writing &&
        number / campaign->shares % campaign->writes == 0) {
        struct outcome later = {.command = ""};
        enum found after = write_and_ask(campaign, &later);
        if (later.worst > REFUSED || after == FAILED)
            outcome = later, found = after, name = verdict_names[later.worst];
    }
    if (found == FAILED)
        name = "CRASHED", outcome.command = "verify";
    if (outcome.worst == REFUSED && found == CLEAN)
        name = "UNFOUND"; /* and verify said that nothing was wrong */
    outcome.said[strcspn(outcome.said, "\n")] = 0;
    printf("%llu\t%s\t%s\t%s\t%s\t%llu\t%02x\t%s\t%s\n", (unsigned long long)number, name,
           found_names[found], spot->kind, spot->file, (unsigned long long)spot->offset, spot->mask,
           outcome.command, outcome.said);
    fflush(stdout);
}

/* Changing ------------------------------------------------------------------------------------ */

static int open_file(const struct campaign *campaign, const char *name)
{
    char path[4600];
    snprintf(path, sizeof path, "%s/%s", campaign->store, name);
    int file = open(path, O_RDWR);
    if (file < 0)
        stop(path);
    return file;
}

static void flip(int file, const struct spot *spot)
{
    unsigned char byte;
    if (pread(file, &byte, 1, (off_t)spot->offset) != 1)
        stop(spot->file);
    byte ^= spot->mask;
    if (pwrite(file, &byte, 1, (off_t)spot->offset) != 1)
        stop(spot->file);
}

static void flip_all(struct campaign *campaign)
{
    struct spots *spots = spots_of(campaign->store);
    uint64_t state = campaign->seed;
    for (uint64_t i = 1; i <= campaign->flips; i++) {
        struct spot spot;
        spots_draw(spots, &state, i, &spot);
        if (i % campaign->shares != campaign->share || (campaign->only && i != campaign->only))
            continue;
        int file = open_file(campaign, spot.file);
        flip(file, &spot);
        judge(campaign, i, &spot);
        flip(file, &spot);
        close(file);
    }
    spots_free(spots);
}

/* Lengths that a file of `bytes` is cut to: none, ends of pages and records, anywhere. */
static size_t lengths_of(uint64_t bytes, uint64_t *state, uint64_t lengths[CUTS])
{
    size_t count = 0;
    const uint64_t some[] = {0,        1, 100, 4096, 8191, 8192, bytes / 2, bytes - bytes % 4096,
                             bytes - 1};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        lengths[count++] = some[i] < bytes ? some[i] : bytes;
    while (count < CUTS)
        lengths[count++] = draw(state, bytes);
    return count;
}

/* Is this one of the `flips` cuts, evenly among all? */
static bool is_chosen(const struct campaign *campaign, uint64_t number, uint64_t all)
{
    return number * campaign->flips / all != (number - 1) * campaign->flips / all &&
           number % campaign->shares == campaign->share &&
           (!campaign->only || number == campaign->only);
}

static void cut_file(const struct campaign *campaign, const char *name, uint64_t bytes,
                     uint64_t all, uint64_t *state, uint64_t *number)
{
    uint64_t lengths[CUTS];
    size_t count = lengths_of(bytes, state, lengths);
    char path[4600], kept[4700];
    snprintf(path, sizeof path, "%s/%s", campaign->store, name);
    snprintf(kept, sizeof kept, "%s/kept", campaign->work);
    for (size_t i = 0; i < count; i++) {
        struct spot spot = {.file = name, .kind = "cut short", .offset = lengths[i]};
        if (!is_chosen(campaign, ++*number, all) || lengths[i] == bytes)
            continue;
        copy(path, kept);
        if (truncate(path, (off_t)lengths[i]))
            stop(path);
        judge(campaign, *number, &spot);
        copy(kept, path);
    }
}

static void cut_all(struct campaign *campaign)
{
    struct spots *spots = spots_of(campaign->store);
    uint64_t state = campaign->seed, number = 0;
    const uint64_t all = CUTS * spots_files(spots);
    for (size_t i = 0; i < spots_files(spots); i++) {
        uint64_t bytes;
        const char *name = spots_file(spots, i, &bytes);
        if (bytes > 0)
            cut_file(campaign, name, bytes, all, &state, &number);
    }
    spots_free(spots);
}

/* Beginning ----------------------------------------------------------------------------------- */

static void read_commands(struct campaign *campaign)
{
    char line[4000];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "write ", 6) == 0)
            campaign->writing = strdup(line + 6);
        else if (*line && campaign->count < COMMANDS)
            campaign->commands[campaign->count++] = strdup(line);
    }
}

static void refer(struct campaign *campaign)
{
    char store[4200];
    ask(campaign, campaign->store, "verify", &campaign->verified);
    if (campaign->verified.status != 0) {
        fprintf(stderr, "the sound store is not sound: %s\n", campaign->verified.said);
        exit(2);
    }
    for (size_t i = 0; i < campaign->count; i++)
        ask(campaign, campaign->store, campaign->commands[i], &campaign->sound[i]);
    if (!campaign->writing)
        return;
    struct answer done;
    snprintf(store, sizeof store, "%s/written", campaign->work);
    copy(campaign->store, store);
    ask(campaign, store, campaign->writing, &done);
    answer_free(&done);
    for (size_t i = 0; i < campaign->count; i++)
        ask(campaign, store, campaign->commands[i], &campaign->written[i]);
}

int main(int argc, char **argv)
{
    struct campaign campaign = {.flips = 1000, .seed = 1, .shares = 1, .writes = 1};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--cut") == 0) {
            campaign.cut = true;
            continue;
        }
        if (strcmp(argv[i], "--flips") == 0)
            campaign.flips = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            campaign.seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--write") == 0)
            campaign.writes = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--only") == 0)
            campaign.only = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--share") == 0)
            sscanf(value, "%lu/%lu", &campaign.share, &campaign.shares);
        i++;
    }
    if (argc - i != 3 || campaign.shares == 0 || campaign.writes == 0) {
        fprintf(
            stderr,
            "usage: flip [--flips N] [--seed S] [--share K/J] [--write E] [--cut] [--only N] EKBOM "
            "STORE WORK\n");
        return 2;
    }
    campaign.ekbom = argv[i];
    campaign.store = argv[i + 1];
    campaign.work = argv[i + 2];
    read_commands(&campaign);
    refer(&campaign);
    if (campaign.cut)
        cut_all(&campaign);
    else
        flip_all(&campaign);
    return 0;
}
