/* control.c - the control socket. See ekbom/control.h.
 *
 * A client sends a line and gets a line. Few may wait at once, each for a short time: a client that
 * says nothing is dropped, so that nobody can keep the service from answering. */
#include "ekbom/control.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"

#define MAX_CLIENTS 8
#define MAX_LINE 4096u
#define CLIENT_SECONDS 5
#define MAX_ANSWER (16u << 20)

struct client {
    int fd; /* -1: free */
    time_t since;
    struct ek_buf line;
};

struct ek_control {
    int fd;
    char path[108];
    struct client clients[MAX_CLIENTS];
};

static int make_address(struct sockaddr_un *address, const char *store, struct ek_err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(address->sun_path, sizeof address->sun_path, "%s/control", store);
    if (len < 0 || (size_t)len >= sizeof address->sun_path)
        return ek_fail(err, EK_LIMIT, "%s: too long a path for a socket in it (%zu bytes)", store,
                       sizeof address->sun_path);
    return 0;
}

int ek_control_open(struct ek_control **out, const char *store, struct ek_err *err)
{
    struct sockaddr_un address;
    struct ek_control *control = calloc(1, sizeof *control);
    *out = NULL;
    if (!control)
        return ek_fail_memory(err);
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        control->clients[i].fd = -1;
    control->fd = -1;
    if (make_address(&address, store, err) != 0)
        goto fail;
    /* The store's writer lock is held: a socket that lies here is nobody's. */
    unlink(address.sun_path);
    control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0117);
    int bound =
        control->fd < 0 ? -1 : bind(control->fd, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (bound != 0 || listen(control->fd, MAX_CLIENTS) != 0) {
        ek_fail_errno(err, "%s", address.sun_path);
        goto fail;
    }
    memcpy(control->path, address.sun_path, sizeof control->path);
    *out = control;
    return 0;
fail:
    if (control->fd >= 0)
        close(control->fd);
    free(control);
    return -1;
}

static void drop(struct client *client)
{
    close(client->fd);
    ek_buf_free(&client->line);
    client->fd = -1;
}

void ek_control_close(struct ek_control *control)
{
    if (!control)
        return;
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (control->clients[i].fd >= 0)
            drop(&control->clients[i]);
    close(control->fd);
    unlink(control->path);
    free(control);
}

size_t ek_control_descriptors(const struct ek_control *control, struct pollfd *out, size_t max)
{
    size_t n = 0;
    if (n < max)
        out[n++] = (struct pollfd){.fd = control->fd, .events = POLLIN};
    for (size_t i = 0; i < MAX_CLIENTS && n < max; i++)
        if (control->clients[i].fd >= 0)
            out[n++] = (struct pollfd){.fd = control->clients[i].fd, .events = POLLIN};
    return n;
}

static void take_clients(struct ek_control *control)
{
    for (size_t i = 0; i < MAX_CLIENTS; i++) {
        struct client *client = &control->clients[i];
        if (client->fd >= 0 && time(NULL) - client->since > CLIENT_SECONDS)
            drop(client);
        if (client->fd >= 0)
            continue;
        client->fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        client->since = time(NULL);
        ek_buf_init(&client->line, MAX_LINE);
    }
}

static void send_all(int fd, const char *text)
{
    size_t left = strlen(text);
    time_t until = time(NULL) + CLIENT_SECONDS;
    while (left && time(NULL) <= until) {
        ssize_t n = send(fd, text, left, MSG_NOSIGNAL);
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        if (n < 0 && errno == EAGAIN && poll(&wait, 1, 1000) == 1)
            continue;
        if (n <= 0)
            return;
        text += n;
        left -= (size_t)n;
    }
}

static void serve(struct client *client,
                  char *(*answer)(void *context, const char *word, const char *argument),
                  void *context)
{
    char chunk[512];
    ssize_t n = recv(client->fd, chunk, sizeof chunk, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        ek_buf_add(&client->line, chunk, (size_t)n);
    char *line = client->line.data, *end = line ? strchr(line, '\n') : NULL;
    if (n > 0 && !end && !client->line.failed)
        return;
    if (end) {
        *end = '\0';
        char *argument = strchr(line, ' ');
        if (argument)
            *argument++ = '\0';
        char *text = answer(context, line, argument);
        send_all(client->fd, text ? text : "{\"error\":\"unknown word: status, reload or visit\"}");
        send_all(client->fd, "\n");
        free(text);
    }
    drop(client);
}

void ek_control_step(struct ek_control *control,
                     char *(*answer)(void *context, const char *word, const char *argument),
                     void *context)
{
    take_clients(control);
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        if (control->clients[i].fd >= 0)
            serve(&control->clients[i], answer, context);
}

int ek_control_ask(const char *store, const char *line, char **answer, struct ek_err *err)
{
    struct sockaddr_un address;
    struct ek_buf reply;
    struct timeval patience = {.tv_sec = 30};
    char chunk[4096];
    ssize_t n;
    if (make_address(&address, store, err) != 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        bool nobody = errno == ENOENT || errno == ECONNREFUSED;
        if (nobody)
            ek_fail(err, EK_NOT_FOUND, "no service runs on %s", store);
        else
            ek_fail_errno(err, "%s", address.sun_path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    send_all(fd, line);
    send_all(fd, "\n");
    ek_buf_init(&reply, MAX_ANSWER);
    while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
        ek_buf_add(&reply, chunk, (size_t)n);
    close(fd);
    if (n < 0 || reply.failed || reply.len == 0) {
        ek_buf_free(&reply);
        return ek_fail(err, EK_IO, "the service on %s did not answer", store);
    }
    *answer = reply.data;
    return 0;
}
