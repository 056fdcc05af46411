/* fetch_server.h - a web server for the tests of daemon/fetch, well-behaved or not as the path
 * says.
 *
 * It runs in a process of its own, one child a connection, and listens on several ports: sites,
 * each with its own robots.txt. What it saw is in shared memory. Paths:
 *
 *   /status/N?TEXT   status N, the text as further head lines (parted by "|")
 *   /to?ADDRESS      302 to the address
 *   /slow?MS         answers after so many milliseconds
 *   /text?WORDS      the words, and nothing of HTTP
 *   /gzip?WORDS      the words, compressed and chunked, with a trailer
 *   /trickle?WORDS   the words five times a second, "x" if there are none
 *   /cookies?NAME    40 cookies, whose names hold NAME
 *   /endless /bomb /head /line /early
 *                    a body, a packed body, a head, one line of it, 103s without end
 *   /close /half /silent          no answer, half of one, none but no end either
 *   /large           4 MiB
 *   anything else    200, and the path as its text */
#ifndef EKBOM_TESTS_FETCH_SERVER_H
#define EKBOM_TESTS_FETCH_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define SITES 8
#define SEEN 64

struct site {
    int port;
    int robots_status; /* 0: the connection is closed */
    char robots_fields[200];
    char robots[2048];
    size_t robots_filler; /* bytes of comment before it */
    _Atomic int connections, open, most_open;
};

struct server {
    pid_t pid;
    struct site sites[SITES];
    _Atomic int count; /* requests, in order of arrival */
    char seen[SEEN][2048];
};

static void say(int fd, const char *text)
{
    size_t len = strlen(text);
    while (len) {
        ssize_t n = write(fd, text, len);
        if (n <= 0)
            _exit(0);
        text += n;
        len -= (size_t)n;
    }
}

static void say_bytes(int fd, const void *bytes, size_t len)
{
    for (const char *at = bytes; len;) {
        ssize_t n = write(fd, at, len);
        if (n <= 0)
            _exit(0);
        at += n;
        len -= (size_t)n;
    }
}

static void answer(int fd, int status, const char *fields, const char *body)
{
    char head[4096];
    snprintf(head, sizeof head,
             "HTTP/1.1 %d Word\r\nContent-Type: text/html; charset=UTF-8\r\n"
             "%sContent-Length: %zu\r\n\r\n",
             status, fields, strlen(body));
    say(fd, head);
    say(fd, body);
}

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void say_endless(int fd, const char *rest)
{
    static char piece[65536];
    (void)rest;
    memset(piece, 'x', sizeof piece);
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (;;) {
        say(fd, "10000\r\n");
        say_bytes(fd, piece, sizeof piece);
        say(fd, "\r\n");
    }
}

static void say_bomb(int fd, const char *rest)
{
    static unsigned char zeros[1 << 20], out[1 << 20];
    z_stream z = {0};
    (void)rest;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
    deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    for (;;) {
        z.next_in = zeros;
        z.avail_in = sizeof zeros;
        do {
            z.next_out = out;
            z.avail_out = sizeof out;
            deflate(&z, Z_SYNC_FLUSH);
            say_bytes(fd, out, sizeof out - z.avail_out);
        } while (!z.avail_out);
    }
}

static void say_gzip(int fd, const char *rest)
{
    unsigned char out[4096];
    char head[256];
    z_stream z = {0};
    deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    z.next_in = (unsigned char *)(uintptr_t)rest;
    z.avail_in = (uInt)strlen(rest);
    z.next_out = out;
    z.avail_out = sizeof out;
    deflate(&z, Z_FINISH);
    size_t len = sizeof out - z.avail_out;
    deflateEnd(&z);
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
             "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
             len);
    say(fd, head);
    say_bytes(fd, out, len);
    say(fd, "\r\n0\r\nX-Trailer: after\r\n\r\n");
}

static void say_head(int fd, const char *rest)
{
    (void)rest;
    say(fd, "HTTP/1.1 200 OK\r\n");
    for (;;)
        say(fd, "X-Filler: ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\r\n");
}

static void say_line(int fd, const char *rest)
{
    (void)rest;
    say(fd, "HTTP/1.1 200 OK\r\nX-Filler: ");
    for (;;)
        say(fd, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

static void say_early(int fd, const char *rest)
{
    (void)rest;
    for (;;)
        say(fd, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n");
}

static void say_trickle(int fd, const char *rest)
{
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    for (;;) {
        say(fd, *rest ? rest : "x");
        wait_ms(200);
    }
}

static void say_half(int fd, const char *rest)
{
    (void)rest;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
    _exit(0);
}

static void say_cookies(int fd, const char *rest)
{
    char fields[4096] = "";
    for (int i = 0; i < 40; i++) {
        size_t used = strlen(fields);
        snprintf(fields + used, sizeof fields - used, "Set-Cookie: c%s%d=%060d\r\n", rest, i, i);
    }
    answer(fd, 200, fields, "cookies");
}

static void say_silent(int fd, const char *rest)
{
    (void)fd;
    (void)rest;
    for (;;)
        pause();
}

static void say_close(int fd, const char *rest)
{
    (void)fd;
    (void)rest;
    _exit(0);
}

static void say_text(int fd, const char *rest)
{
    say(fd, rest);
    _exit(0);
}

static void say_slow(int fd, const char *rest)
{
    wait_ms(atol(rest));
    answer(fd, 200, "", "slow");
}

static void say_large(int fd, const char *rest)
{
    char *body = malloc((4u << 20) + 1);
    (void)rest;
    memset(body, 'x', 4u << 20);
    body[4u << 20] = '\0';
    answer(fd, 200, "", body);
    free(body);
}

static void say_to(int fd, const char *rest)
{
    char fields[3000];
    snprintf(fields, sizeof fields, "Location: %s\r\n", rest);
    answer(fd, 302, fields, "moved");
}

/* "X-A: 1|X-B: 2" as lines. */
static void say_status(int fd, int status, const char *rest)
{
    char fields[1024] = "";
    for (const char *at = rest; *at;) {
        size_t len = strcspn(at, "|"), used = strlen(fields);
        snprintf(fields + used, sizeof fields - used, "%.*s\r\n", (int)len, at);
        at += len + (at[len] == '|');
    }
    for (char *c = strstr(fields, "%20"); c; c = strstr(c, "%20"))
        memmove(c + 1, c + 3, strlen(c + 3) + 1), *c = ' ';
    answer(fd, status, fields, status == 304 || status == 204 ? "" : "body");
}

static void give_robots(int fd, const struct site *site)
{
    char *body = calloc(1, site->robots_filler + sizeof site->robots + 2);
    if (!site->robots_status)
        _exit(0);
    if (site->robots_filler) {
        memset(body, '#', site->robots_filler);
        strcat(body, "\n");
    }
    strcat(body, site->robots);
    answer(fd, site->robots_status, site->robots_fields, body);
    free(body);
}

static const struct {
    const char *path;
    void (*say)(int fd, const char *rest);
} manners[] = {
    {"/to", say_to},           {"/slow", say_slow},   {"/endless", say_endless},
    {"/bomb", say_bomb},       {"/head", say_head},   {"/early", say_early},
    {"/trickle", say_trickle}, {"/half", say_half},   {"/cookies", say_cookies},
    {"/silent", say_silent},   {"/close", say_close}, {"/text", say_text},
    {"/gzip", say_gzip},       {"/line", say_line},   {"/large", say_large},
};

static void give(int fd, const struct site *site, const char *path)
{
    if (strcmp(path, "/robots.txt") == 0) {
        give_robots(fd, site);
        return;
    }
    const char *mark = strchr(path, '?');
    size_t len = mark ? (size_t)(mark - path) : strlen(path);
    const char *rest = mark ? mark + 1 : "";
    if (strncmp(path, "/status/", 8) == 0) {
        say_status(fd, atoi(path + 8), rest);
        return;
    }
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++)
        if (strlen(manners[i].path) == len && strncmp(manners[i].path, path, len) == 0) {
            manners[i].say(fd, rest);
            return;
        }
    answer(fd, 200, strncmp(path, "/login", 6) == 0 ? "Set-Cookie: sid=crumb; path=/\r\n" : "",
           path);
}

static void serve_connection(struct server *server, struct site *site, int fd)
{
    static char text[65536];
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, text + len, sizeof text - 1 - len);
        if (n <= 0)
            return;
        len += (size_t)n;
        text[len] = '\0';
        if (!strstr(text, "\r\n\r\n"))
            continue;
        int number = atomic_fetch_add(&server->count, 1);
        char path[4096] = "";
        sscanf(text, "GET %4095s", path);
        snprintf(server->seen[number % SEEN], sizeof server->seen[0], "%.2047s", text);
        give(fd, site, path);
        len = 0;
    }
}

static void serve(struct server *server, const int listeners[SITES])
{
    struct pollfd fds[SITES];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        for (int i = 0; i < SITES; i++)
            fds[i] = (struct pollfd){.fd = listeners[i], .events = POLLIN};
        if (poll(fds, SITES, -1) < 0)
            continue;
        for (int i = 0; i < SITES; i++) {
            struct site *site = &server->sites[i];
            int fd = fds[i].revents ? accept(listeners[i], NULL, NULL) : -1;
            if (fd < 0)
                continue;
            atomic_fetch_add(&site->connections, 1);
            if (fork() == 0) {
                int open = atomic_fetch_add(&site->open, 1) + 1;
                if (open > site->most_open)
                    site->most_open = open;
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                serve_connection(server, site, fd);
                atomic_fetch_sub(&site->open, 1);
                _exit(0);
            }
            close(fd);
        }
    }
}

static struct server *server_start(void)
{
    struct server *server =
        mmap(NULL, sizeof *server, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int listeners[SITES];
    for (int i = 0; i < SITES; i++) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof in;
        listeners[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bind(listeners[i], (struct sockaddr *)&in, sizeof in) != 0 ||
            listen(listeners[i], 64) != 0 ||
            getsockname(listeners[i], (struct sockaddr *)&in, &len) != 0)
            return NULL;
        server->sites[i].port = ntohs(in.sin_port);
        server->sites[i].robots_status = 200;
    }
    pid_t pid = fork();
    if (pid == 0)
        serve(server, listeners);
    server->pid = pid;
    for (int i = 0; i < SITES; i++)
        close(listeners[i]);
    return server;
}

static void server_stop(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    munmap(server, sizeof *server);
}

#endif
