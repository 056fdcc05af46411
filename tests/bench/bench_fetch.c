/* bench_fetch - pages per second of processor time over loopback, bodies discarded, beside wget2.
 *
 * A small server in a process of its own answers everything with one page of 20 KiB, at as many
 * ports as hosts are asked at once. The two clients take turns; what counts is their own processor
 * time, user and system, and of the slices the median. Ours does what it does for a board:
 * robots.txt, politeness (no delay on loopback), the guard, the recorded request, the archived
 * head. wget2 reads a list of addresses and writes nothing. Without wget2 there is no peer, and the
 * bench says so. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "ekbom/fetch.h"

#define HOSTS 5 /* wget2 runs five transfers at once by default */
#define PAGES 10000
#define SLICES 5
#define BODY (20u << 10)

extern char **environ;

/* The server ------------------------------------------------------------------------------------
 */

static char page[BODY + 256];
static size_t page_len;

static void answer_all(int fd)
{
    char text[8192];
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n <= 0) {
        close(fd);
        return;
    }
    text[n] = '\0';
    for (const char *at = text; (at = strstr(at, "\r\n\r\n")); at += 4) {
        bool robots = strncmp(text, "GET /robots.txt", 15) == 0;
        const char *none = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
        const char *out = robots ? none : page;
        for (size_t left = robots ? strlen(none) : page_len; left;) {
            n = write(fd, out, left);
            if (n < 0)
                break;
            out += n;
            left -= (size_t)n;
        }
    }
}

static void serve(const int listeners[HOSTS])
{
    int epoll = epoll_create1(0);
    struct epoll_event events[64];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < HOSTS; i++)
        epoll_ctl(epoll, EPOLL_CTL_ADD, listeners[i],
                  &(struct epoll_event){.events = EPOLLIN, .data.u64 = (uint64_t)listeners[i]});
    for (;;) {
        int count = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < count; i++) {
            int fd = (int)events[i].data.u64;
            bool listener = false;
            for (int k = 0; k < HOSTS; k++)
                listener = listener || listeners[k] == fd;
            if (!listener) {
                answer_all(fd);
                continue;
            }
            int one = 1, made = accept(fd, NULL, NULL);
            setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            epoll_ctl(epoll, EPOLL_CTL_ADD, made,
                      &(struct epoll_event){.events = EPOLLIN, .data.u64 = (uint64_t)made});
        }
    }
}

static pid_t start_server(int ports[HOSTS])
{
    int listeners[HOSTS];
    page_len = (size_t)snprintf(page, sizeof page,
                                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n"
                                "Cache-Control: private, no-cache\r\nServer: bench\r\n"
                                "Content-Length: %u\r\n\r\n",
                                BODY);
    memset(page + page_len, 'x', BODY);
    page_len += BODY;
    for (int i = 0; i < HOSTS; i++) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof in;
        listeners[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bind(listeners[i], (struct sockaddr *)&in, len) != 0 || listen(listeners[i], 64) != 0 ||
            getsockname(listeners[i], (struct sockaddr *)&in, &len) != 0) {
            perror("bench_fetch: server");
            exit(2);
        }
        ports[i] = ntohs(in.sin_port);
    }
    pid_t pid = fork();
    if (pid == 0)
        serve(listeners);
    for (int i = 0; i < HOSTS; i++)
        close(listeners[i]);
    return pid;
}

/* The two clients --------------------------------------------------------------------------------
 */

static double cpu_of(const struct rusage *usage)
{
    return (double)usage->ru_utime.tv_sec + (double)usage->ru_utime.tv_usec / 1e6 +
           (double)usage->ru_stime.tv_sec + (double)usage->ru_stime.tv_usec / 1e6;
}

static void give_up(const char *what)
{
    fprintf(stderr, "bench_fetch: %s\n", what);
    exit(2);
}

static size_t take_results(struct ek_fetcher *fetcher)
{
    struct ek_fetch_result result;
    size_t pages = 0;
    while (ek_fetcher_next(fetcher, &result)) {
        if (result.outcome == EK_FETCH_ROBOTS)
            continue;
        if (result.outcome != EK_FETCH_PAGE || result.body_len != BODY)
            give_up(result.reason);
        pages++;
    }
    return pages;
}

/* Pages a second of processor time. A walk asks for one page of a host at a time. */
static double run_ours(const int ports[HOSTS])
{
    struct ek_fetcher *fetcher;
    struct ek_err err;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    if (ek_fetcher_new(&fetcher, "ekbom/0", NULL, &err) != 0)
        give_up(err.message);
    size_t asked = 0, got = 0;
    while (got < PAGES) {
        for (; asked < PAGES && asked - got < HOSTS; asked++) {
            char url[64];
            snprintf(url, sizeof url, "http://127.0.0.1:%d/viewtopic.php?t=%zu",
                     ports[asked % HOSTS], asked);
            struct ek_fetch_request request = {.url = url, .permit = "loopback", .tag = asked};
            if (ek_fetcher_request(fetcher, &request, &err) != 0)
                give_up(err.message);
        }
        struct pollfd fd = {.fd = ek_fetcher_descriptor(fetcher), .events = POLLIN};
        poll(&fd, 1, ek_fetcher_timeout(fetcher));
        if (ek_fetcher_step(fetcher, &err) != 0)
            give_up(err.message);
        got += take_results(fetcher);
    }
    ek_fetcher_free(fetcher);
    getrusage(RUSAGE_SELF, &after);
    return PAGES / (cpu_of(&after) - cpu_of(&before));
}

static void write_list(const char *path, const int ports[HOSTS])
{
    FILE *list = fopen(path, "w");
    if (!list)
        give_up(path);
    for (int i = 0; i < PAGES; i++)
        fprintf(list, "http://127.0.0.1:%d/viewtopic.php?t=%d\n", ports[i % HOSTS], i);
    if (fclose(list) != 0)
        give_up(path);
}

/* 0 if there is no wget2. */
static double run_wget2(const char *list)
{
    char input[128];
    snprintf(input, sizeof input, "--input-file=%s", list);
    char *arguments[] = {
        "wget2",           "--no-config", "--quiet",   "--no-hsts", "--no-ocsp-file",
        "--no-tls-resume", "-O",          "/dev/null", input,       NULL};
    struct rusage usage;
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, "wget2", NULL, NULL, arguments, environ) != 0)
        return 0;
    if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
        return 0;
    if (WEXITSTATUS(status) != 0)
        give_up("wget2 failed");
    return PAGES / cpu_of(&usage);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

int main(void)
{
    int ports[HOSTS];
    double ours[SLICES], peer[SLICES];
    char list[] = "/tmp/ekbom-bench-XXXXXX";
    int fd = mkstemp(list);
    if (fd < 0 || close(fd) != 0)
        give_up(list);
    pid_t server = start_server(ports);
    write_list(list, ports);
    for (size_t slice = 0; slice < SLICES; slice++) {
        ours[slice] = run_ours(ports);
        peer[slice] = run_wget2(list);
    }
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    unlink(list);
    double a = median(ours, SLICES), b = median(peer, SLICES);
    if (b > 0)
        printf("fetch pages (pages/CPU s; peer: wget2)\t%.0f\t%.0f\t%.2f\t>= 1\n", a, b, a / b);
    else
        printf("fetch pages (pages/CPU s; peer: wget2, not installed)\t%.0f\t-\t-\t>= 1\n", a);
    return 0;
}
