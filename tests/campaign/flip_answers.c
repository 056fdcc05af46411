/* flip_answers.c - see flip_answers.h. */
#include "flip_answers.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define SECONDS 60 /* a command on the campaign's store takes a tenth of one */

static void stop(const char *what)
{
    perror(what);
    exit(2);
}

static pid_t start(const char *command, const char *out, const char *said)
{
    char line[4000], *words[64];
    size_t count = 0;
    snprintf(line, sizeof line, "%s", command);
    for (char *word = strtok(line, " "); word && count < 63; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    posix_spawn_file_actions_t files;
    pid_t child;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (posix_spawn(&child, words[0], &files, NULL, words, environ))
        stop(words[0]);
    posix_spawn_file_actions_destroy(&files);
    return child;
}

/* Its exit status, or -1. */
static int wait_for(pid_t child)
{
    const struct timespec moment = {.tv_nsec = 500000};
    time_t end = time(NULL) + SECONDS;
    int status;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (time(NULL) > end) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return -1;
        }
        nanosleep(&moment, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *read_file(const char *path, size_t *len)
{
    struct stat of;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &of))
        stop(path);
    char *bytes = malloc((size_t)of.st_size + 1);
    if (!bytes || read(file, bytes, (size_t)of.st_size) != of.st_size)
        stop(path);
    close(file);
    bytes[of.st_size] = 0;
    *len = (size_t)of.st_size;
    return bytes;
}

/* The line "disk ..." of status has what is free there. */
static void leave_out_disk(struct answer *answer)
{
    char *from = strncmp(answer->out, "disk ", 5) == 0 ? answer->out : NULL;
    char *found = strstr(answer->out, "\ndisk ");
    from = from ? from : found ? found + 1 : NULL;
    char *end = from ? strchr(from, '\n') : NULL;
    if (!end)
        return;
    memmove(from, end, strlen(end) + 1);
    answer->len -= (size_t)(end - from);
}

void answer_get(struct answer *answer, const char *command, const char *work)
{
    char out[4200], said[4200];
    size_t len;
    snprintf(out, sizeof out, "%s/out", work);
    snprintf(said, sizeof said, "%s/said", work);
    answer->status = wait_for(start(command, out, said));
    answer->out = read_file(out, &answer->len);
    leave_out_disk(answer);
    char *words = read_file(said, &len);
    snprintf(answer->said, sizeof answer->said, "%s", words);
    free(words);
}

void answer_free(struct answer *answer)
{
    free(answer->out);
    answer->out = NULL;
}

enum verdict answer_judge(const struct answer *answer, const struct answer *reference)
{
    if (answer->status < 0 || answer->status > 3)
        return CRASHED;
    if (strstr(answer->said, "failed in its own pages"))
        return HANDLED;
    if (answer->status == reference->status && answer->len == reference->len &&
        memcmp(answer->out, reference->out, answer->len) == 0)
        return SAME;
    if (answer->status < 2)
        return WRONG;
    return *answer->said ? REFUSED : SILENT;
}
