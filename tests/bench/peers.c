/* peers.c - see peers.h. */
#include "tests/bench/peers.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/measure.h"

extern char **environ;

struct peer {
    pid_t pid;
    FILE *to, *from;
    char name[128], line[4096];
};

static bool run(struct peer *peer, const char *python, const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        give_up("no pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    int code =
        posix_spawn(&peer->pid, python, &actions, NULL, (char **)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    peer->to = fdopen(in[1], "w");
    peer->from = fdopen(out[0], "r");
    return code == 0 && peer->to && peer->from;
}

static bool take_line(struct peer *peer)
{
    if (!fgets(peer->line, sizeof peer->line, peer->from))
        return false;
    peer->line[strcspn(peer->line, "\n")] = '\0';
    return true;
}

struct peer *peer_start(const char *python, const char *const *arguments)
{
    struct peer *peer = calloc(1, sizeof *peer);
    signal(SIGPIPE, SIG_IGN);
    if (!peer)
        give_up("out of memory");
    bool runs = run(peer, python, arguments);
    if (runs) {
        fputs("hello\n", peer->to);
        runs = fflush(peer->to) == 0 && take_line(peer);
    }
    if (!runs) {
        fprintf(stderr, "bench: %s does not run: its lines are left out\n", arguments[1]);
        peer_end(peer);
        return NULL;
    }
    snprintf(peer->name, sizeof peer->name, "%.120s", peer->line);
    return peer;
}

const char *peer_name(const struct peer *peer)
{
    return peer->name;
}

const char *peer_line(struct peer *peer)
{
    if (!take_line(peer)) {
        fprintf(stderr, "bench: %s has died\n", peer->name);
        exit(2);
    }
    return peer->line;
}

const char *peer_ask(struct peer *peer, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(peer->to, format, list);
    va_end(list);
    fputc('\n', peer->to);
    fflush(peer->to);
    return peer_line(peer);
}

void peer_end(struct peer *peer)
{
    if (!peer)
        return;
    if (peer->to)
        fclose(peer->to);
    if (peer->from)
        fclose(peer->from);
    if (peer->pid > 0)
        waitpid(peer->pid, NULL, 0);
    free(peer);
}
