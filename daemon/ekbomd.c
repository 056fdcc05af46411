/* ekbomd.c - the service: one event loop over the crawl, the readers, the control socket and
 * signals.
 *
 * It starts no threads and forks nothing but its readers. SIGTERM drains: pages under way are
 * filed, then it ends. SIGHUP reads configuration, rules and profiles anew; if anything in them is
 * wrong, that is said and the old ones stay in force. Changed rules tag the store anew before the
 * next page, so that a series never mixes rule sets. Under systemd it speaks sd_notify; the
 * watchdog is fed where the loop or the tagging gets on, never from a timer of its own. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "ekbom/buf.h"
#include "ekbom/control.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "service.h"

#define DEFAULT_CONFIG "/etc/ekbom/ekbomd.conf"
#define MAX_POLL_MS 10000 /* the watchdog is fed at least this often while all is well */
#define FULL_POLL_MS 1000 /* ... and the disk looked at while there is no room */

void service_log(const char *level, const char *format, ...)
{
    char text[2048];
    struct ek_buf line;
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    ek_buf_init(&line, 16384);
    ek_add_visible(&line, text, false);
    /* The journal takes the level from "<N>"; a person at a terminal does not want it. */
    fprintf(stderr, "%s%s\n", isatty(STDERR_FILENO) ? "" : level,
            ek_buf_str(&line) ? ek_buf_str(&line) : text);
    ek_buf_free(&line);
}

static void say_line(void *context, const char *line)
{
    (void)context;
    service_log(SD_NOTICE, "%s", line);
}

static int watch_signals(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void take_signals(struct service *service)
{
    struct signalfd_siginfo info;
    while (read(service->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            service->reload = true;
            continue;
        }
        if (service->draining)
            continue;
        service->draining = true;
        sd_notify(0, "STOPPING=1\nSTATUS=filing what is under way");
        service_log(SD_NOTICE, "stopping: filing what is under way");
        ek_crawl_drain(service->crawl);
    }
}

/* Until drained. Each pass is progress: the watchdog is fed. */
static int loop(struct service *service, struct ek_err *err)
{
    while (!(service->draining && ek_crawl_idle(service->crawl))) {
        struct pollfd fds[EK_READERS_MAX + 32];
        size_t n = 0;
        fds[n++] = (struct pollfd){.fd = service->signals, .events = POLLIN};
        n += ek_control_descriptors(service->control, fds + n, 16);
        n += ek_crawl_descriptors(service->crawl, fds + n, EK_READERS_MAX + 8);
        int wait = ek_crawl_timeout(service->crawl);
        int longest = service->disk.state == EK_DISK_FULL ? FULL_POLL_MS : MAX_POLL_MS;
        if (wait < 0 || wait > longest)
            wait = longest;
        if (poll(fds, n, wait) < 0 && errno != EINTR)
            return ek_fail_errno(err, "poll");
        sd_notify(0, "WATCHDOG=1");
        take_signals(service);
        ek_control_step(service->control, service_answer, service);
        if (service->reload && !service->draining) {
            struct ek_err refused; /* said by service_reload; the old stays in force */
            service->reload = false;
            service_reload(service, &refused);
        }
        if (service_watch_disk(service, err) != 0 || ek_crawl_step(service->crawl, err) != 0) {
            if (err->kind != EK_FULL || service_survive_full(service, err) != 0)
                return -1;
        }
    }
    return 0;
}

static int run(struct service *service)
{
    struct ek_err err;
    service->signals = watch_signals();
    if (service->signals < 0) {
        service_log(SD_ERR, "signals cannot be watched: %s", strerror(errno));
        return 2;
    }
    if (service_open(service, say_line, &err) != 0) {
        service_log(SD_ERR, "%s", err.message);
        return 2;
    }
    sd_notifyf(0, "READY=1\nSTATUS=%zu sources", ek_crawl_sources(service->crawl));
    service_log(SD_NOTICE, "ekbomd %s on %s: %zu sources", EKBOM_VERSION,
                ek_store_folder(service->store), ek_crawl_sources(service->crawl));
    int status = 0;
    if (loop(service, &err) != 0) {
        service_log(SD_ERR, "%s", err.message);
        status = 2;
    }
    return status;
}

static int usage(void)
{
    fprintf(stderr, "usage: ekbomd [-c FILE] [--check | --keys | --version]\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct service service = {.config_file = DEFAULT_CONFIG, .signals = -1};
    bool check = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--version") == 0) {
            printf("ekbomd %s\n", EKBOM_VERSION);
            return 0;
        }
        if (strcmp(argv[i], "--keys") == 0) {
            ek_config_describe(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--check") == 0)
            check = true;
        else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
            service.config_file = argv[++i];
        else
            return usage();
    }
    int status = check ? service_check(&service) : run(&service);
    service_close(&service);
    return status;
}
