/* reader_process.c - one confined child. See reader_process.h.
 *
 * posix_spawn, not fork: the parent may hold an LMDB map and much memory. The child gets the
 * socketpair as descriptor 0 and, in its environment, only what a test or a sanitizer needs. */
#include "reader_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ekbom/limits.h"

#define READ_CHUNK (256u << 10)
/* Both units that a reader holds: the system's 208 KiB leave it idle while the parent does
 * something else (retag by two readers: 1.6 times one, with this 1.9). The system may give less. */
#define CHANNEL_BYTES (2 << 20)

/* The few variables that are passed on, as "NAME=value" strings owned by the caller. */
static void make_environment(char *environment[4])
{
    static const char *const names[] = {"EKBOM_READER_CRASH_ON", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && asprintf(&environment[n], "%s=%s", names[i], value) > 0)
            n++;
    }
    environment[n] = NULL;
}

/* A process group of its own, and deaf to the signals that end its parent: the parent files what is
 * under way first, and ends its readers itself. */
static int set_apart(posix_spawnattr_t *attributes)
{
    sigset_t deaf;
    int error = posix_spawnattr_init(attributes);
    if (error)
        return error;
    sigemptyset(&deaf);
    sigaddset(&deaf, SIGINT);
    sigaddset(&deaf, SIGTERM);
    sigaddset(&deaf, SIGHUP);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(attributes, 0);
    return posix_spawnattr_setsigmask(attributes, &deaf);
}

static int spawn(struct reader_process *reader, const char *program, int channel)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char *environment[4];
    char *const arguments[] = {(char *)(uintptr_t) "ekbom-reader", NULL};
    int error = set_apart(&attributes);
    if (error)
        return error;
    error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    make_environment(environment);
    error = posix_spawn_file_actions_adddup2(&actions, channel, 0);
    /* A sanitizer's report needs descriptor 2; without one nothing but the channel is open. */
    bool sanitized = getenv("ASAN_OPTIONS") || getenv("UBSAN_OPTIONS");
    if (!error && sanitized)
        error = posix_spawn_file_actions_addclose(&actions, 1);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, sanitized ? 3 : 1);
    if (!error)
        error = posix_spawn(&reader->pid, program, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    for (size_t i = 0; environment[i]; i++)
        free(environment[i]);
    return error;
}

int reader_start(struct reader_process *reader, const char *program, struct ek_err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return ek_fail_errno(err, "socketpair");
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &(int){CHANNEL_BYTES}, sizeof(int));
    int flags = fcntl(pair[0], F_GETFL);
    int error =
        fcntl(pair[0], F_SETFL, flags | O_NONBLOCK) == 0 ? spawn(reader, program, pair[1]) : errno;
    close(pair[1]);
    if (error) {
        close(pair[0]);
        reader->pid = 0;
        errno = error;
        return ek_fail_errno(err, "%s", program);
    }
    reader->fd = pair[0];
    ek_buf_init(&reader->out, SIZE_MAX / 2);
    ek_buf_init(&reader->in, EK_MAX_MESSAGE_BYTES + EK_FRAME_HEAD + READ_CHUNK);
    reader->sent = 0;
    return 0;
}

static const char *describe(int status, bool *by_limit)
{
    static const struct {
        int signal;
        const char *words;
    } words[] = {
        {SIGSEGV, "its reader crashed (segmentation fault)"},
        {SIGBUS, "its reader crashed (bus error)"},
        {SIGILL, "its reader crashed (illegal instruction)"},
        {SIGABRT, "its reader crashed (abort)"},
        {SIGTRAP, "its reader crashed (trap)"},
        {SIGFPE, "its reader crashed (arithmetic error)"},
        {SIGSYS, "its reader crashed (forbidden call)"},
        {SIGKILL, "its reader was killed"},
    };
    *by_limit = false;
    if (!WIFSIGNALED(status))
        return "its reader ended by itself";
    if (WTERMSIG(status) == SIGXCPU) {
        *by_limit = true;
        return "its reader used up its processor time";
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].signal == WTERMSIG(status))
            return words[i].words;
    return "its reader was ended by a signal";
}

void reader_end(struct reader_process *reader, const char **how, bool *by_limit)
{
    int status = 0;
    bool limit = false;
    if (reader->pid == 0)
        return;
    /* One that is ending already keeps its own status. */
    kill(reader->pid, SIGKILL);
    while (waitpid(reader->pid, &status, 0) < 0 && errno == EINTR)
        ;
    const char *words = describe(status, &limit);
    if (how)
        *how = words;
    if (by_limit)
        *by_limit = limit;
    close(reader->fd);
    ek_buf_free(&reader->out);
    ek_buf_free(&reader->in);
    reader->pid = 0;
}

bool reader_has_output(const struct reader_process *reader)
{
    return reader->sent < reader->out.len;
}

int reader_send(struct reader_process *reader)
{
    while (reader_has_output(reader)) {
        ssize_t n = send(reader->fd, reader->out.data + reader->sent,
                         reader->out.len - reader->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 0 : -1;
        reader->sent += (size_t)n;
    }
    ek_buf_clear(&reader->out);
    reader->sent = 0;
    return 0;
}

int reader_receive(struct reader_process *reader)
{
    for (;;) {
        char *room = ek_buf_room(&reader->in, READ_CHUNK);
        if (!room)
            return -1;
        ssize_t n = recv(reader->fd, room, READ_CHUNK, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 0 : -1;
        if (n == 0)
            return -1;
        reader->in.len += (size_t)n;
        if ((size_t)n < READ_CHUNK)
            return 0;
    }
}

bool reader_frame(struct reader_process *reader, enum ek_frame *type, const char **payload,
                  size_t *len)
{
    if (reader->in.len < EK_FRAME_HEAD)
        return false;
    *len = ek_frame_head((const unsigned char *)reader->in.data, type);
    if (*len > reader->in.len - EK_FRAME_HEAD)
        return false;
    *payload = reader->in.data + EK_FRAME_HEAD;
    return true;
}

void reader_drop_frame(struct reader_process *reader)
{
    enum ek_frame type;
    size_t whole = ek_frame_head((const unsigned char *)reader->in.data, &type) + EK_FRAME_HEAD;
    memmove(reader->in.data, reader->in.data + whole, reader->in.len - whole);
    reader->in.len -= whole;
}
