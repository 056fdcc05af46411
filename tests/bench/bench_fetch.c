/* bench_fetch - pages per second of processor time over loopback, bodies discarded, beside wget2;
 * and the memory that a crawl of many hosts takes.
 *
 * A small server in a process of its own answers everything with one page of 20 KiB, at 200
 * loopback addresses. The first five make up the race, since wget2 runs five transfers at once. The
 * clients take turns; what counts is their own processor time, user and system, and of the slices
 * the median. Ours does what it does for a board: robots.txt, politeness (no delay on loopback),
 * the guard, the recorded request, the archived head. wget2 reads a list of addresses and writes
 * nothing. Without wget2 there is no peer, and the bench says so. Memory is what is private to the
 * process, the most that was seen in 100,000 pages. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
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
#include "measure.h"

#define HOSTS 200
#define RACE_HOSTS 5
#define RACE_PAGES 10000
#define CRAWL_PAGES 100000
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
            if (fd > listeners[HOSTS - 1]) { /* opened one after the other, before all else */
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
        struct sockaddr_in in = {.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (unsigned)i)};
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

/* Private memory of this process in KiB. */
static long private_memory(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long sum = 0, value;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Private_Clean: %ld", &value) == 1 ||
            sscanf(line, "Private_Dirty: %ld", &value) == 1)
            sum += value;
    if (file)
        fclose(file);
    return sum;
}

/* A walk asks for one page of a host at a time. Returns the most private memory seen, where it is
 * watched. */
static long crawl(const int ports[HOSTS], size_t hosts, size_t pages, bool watch)
{
    struct ek_fetcher *fetcher;
    struct ek_err err;
    long most = 0;
    if (ek_fetcher_new(&fetcher, "ekbom/0", NULL, &err) != 0)
        give_up(err.message);
    size_t asked = 0, got = 0;
    while (got < pages) {
        for (; asked < pages && asked - got < hosts; asked++) {
            char url[64];
            snprintf(url, sizeof url, "http://127.0.0.%zu:%d/viewtopic.php?t=%zu",
                     1 + asked % hosts, ports[asked % hosts], asked);
            struct ek_fetch_request request = {.url = url, .permit = "loopback", .tag = asked};
            if (ek_fetcher_request(fetcher, &request, &err) != 0)
                give_up(err.message);
        }
        struct pollfd fd = {.fd = ek_fetcher_descriptor(fetcher), .events = POLLIN};
        poll(&fd, 1, ek_fetcher_timeout(fetcher));
        if (ek_fetcher_step(fetcher, &err) != 0)
            give_up(err.message);
        size_t before = got;
        got += take_results(fetcher);
        long now = watch && got / 1000 > before / 1000 ? private_memory() : 0;
        most = now > most ? now : most;
    }
    ek_fetcher_free(fetcher);
    return most;
}

/* Pages a second of processor time. */
static double run_ours(const int ports[HOSTS])
{
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    crawl(ports, RACE_HOSTS, RACE_PAGES, false);
    getrusage(RUSAGE_SELF, &after);
    return RACE_PAGES / (cpu_of(&after) - cpu_of(&before));
}

static void write_list(const char *path, const int ports[HOSTS])
{
    FILE *list = fopen(path, "w");
    if (!list)
        give_up(path);
    for (int i = 0; i < RACE_PAGES; i++)
        fprintf(list, "http://127.0.0.%d:%d/viewtopic.php?t=%d\n", 1 + i % RACE_HOSTS,
                ports[i % RACE_HOSTS], i);
    if (fclose(list) != 0)
        give_up(path);
}

/* 0 if there is no wget2. */
static double run_wget2(const char *list)
{
    char input[128];
    snprintf(input, sizeof input, "--input-file=%s", list);
    const char *arguments[] = {
        "wget2",           "--no-config", "--quiet",   "--no-hsts", "--no-ocsp-file",
        "--no-tls-resume", "-O",          "/dev/null", input,       NULL};
    struct rusage usage;
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, "wget2", NULL, NULL, (char **)(uintptr_t)arguments, environ) != 0)
        return 0;
    if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
        return 0;
    if (WEXITSTATUS(status) != 0)
        give_up("wget2 failed");
    return RACE_PAGES / cpu_of(&usage);
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
    long memory = crawl(ports, HOSTS, CRAWL_PAGES, true);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    unlink(list);
    double a = median(ours, SLICES), b = median(peer, SLICES);
    if (b > 0)
        printf("fetch pages (pages/CPU s; peer: wget2)\t%.0f\t%.0f\t%.2f\t>= 1\n", a, b, a / b);
    else
        printf("fetch pages (pages/CPU s; peer: wget2, not installed)\t%.0f\t-\t-\t>= 1\n", a);
    printf("fetch memory, 100,000 pages of 200 hosts (private MiB)\t%.1f\t-\t-\t<= 64\n",
           (double)memory / 1024);
    return 0;
}
