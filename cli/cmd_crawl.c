/* cmd_crawl.c - `ekbom crawl URL...`: boards, forums or threads now, without the service; the same
 * code as the service, one round. Run again it resumes, or looks for news. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"
#include "crawl_options.h"
#include "ekbom/crawl.h"
#include "ekbom/limits.h"
#include "output.h"

enum {
    SOURCE,
    INDEX_PAGES,
    BOARD_PAGES,
    THREAD_PAGES,
    POSTS,
    CHANGED,
    CLOSED,
    QUARANTINED,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [SOURCE] = {"source", NULL, COLUMN_WIDE},
    [INDEX_PAGES] = {"index_pages", "index", COLUMN_RIGHT},
    [BOARD_PAGES] = {"board_pages", "boards", COLUMN_RIGHT},
    [THREAD_PAGES] = {"thread_pages", "threads", COLUMN_RIGHT},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [CHANGED] = {"changed", NULL, COLUMN_RIGHT},
    [CLOSED] = {"closed", NULL, COLUMN_RIGHT},
    [QUARANTINED] = {"quarantined", NULL, COLUMN_RIGHT},
};

static void say_line(void *context, const char *line)
{
    (void)context;
    say("%s", line);
}

static void show(struct ek_crawl *crawl)
{
    uint64_t pages = 0, posts = 0;
    for (size_t i = 0; i < ek_crawl_sources(crawl); i++) {
        struct ek_crawl_status s;
        ek_crawl_status(crawl, i, &s);
        pages += s.index_pages + s.board_pages + s.thread_pages;
        posts += s.posts;
    }
    progress("%llu pages, %llu posts", (unsigned long long)pages, (unsigned long long)posts);
}

/* Until every source has had its round, or a person interrupts: then what is under way is filed. */
static int loop(struct ek_crawl *crawl, int signals, bool *interrupted, struct ek_err *err)
{
    while (!ek_crawl_idle(crawl)) {
        struct pollfd fds[EK_READERS_MAX + 2];
        fds[0] = (struct pollfd){.fd = signals, .events = POLLIN};
        size_t n = 1 + ek_crawl_descriptors(crawl, fds + 1, EK_READERS_MAX + 1);
        if (poll(fds, n, ek_crawl_timeout(crawl)) < 0 && errno != EINTR)
            return ek_fail_errno(err, "poll");
        if (fds[0].revents && !*interrupted) {
            *interrupted = true;
            ek_crawl_drain(crawl);
        }
        if (ek_crawl_step(crawl, err) != 0)
            return -1;
        show(crawl);
    }
    return 0;
}

static int add_sources(struct cli *cli, struct ek_crawl *crawl,
                       const struct ek_crawl_source *sources, struct ek_err *err)
{
    for (size_t i = 0; i < cli->argument_count; i++)
        if (ek_crawl_add(crawl, &sources[i], err) != 0)
            return -1;
    return 0;
}

static int print_rows(struct cli *cli, struct ek_crawl *crawl, bool interrupted)
{
    struct output *output = output_open(cli, columns, COLUMNS);
    int status = interrupted ? EXIT_INCOMPLETE : EXIT_DONE;
    if (!output)
        return wrong_use("out of memory");
    for (size_t i = 0; i < ek_crawl_sources(crawl); i++) {
        struct ek_crawl_status s;
        ek_crawl_status(crawl, i, &s);
        const struct value values[COLUMNS] = {
            [SOURCE] = text_value(s.address),
            [INDEX_PAGES] = integer_value((long long)s.index_pages),
            [BOARD_PAGES] = integer_value((long long)s.board_pages),
            [THREAD_PAGES] = integer_value((long long)s.thread_pages),
            [POSTS] = integer_value((long long)s.posts),
            [CHANGED] = integer_value((long long)s.changed),
            [CLOSED] = integer_value((long long)s.closed),
            [QUARANTINED] = integer_value((long long)s.quarantined),
        };
        output_row(output, values);
        if (s.trouble)
            say("%s: %s", s.address, s.trouble);
        if (s.limited)
            say("%s: stopped at --max-pages; run again to go on", s.address);
        if ((s.trouble || s.limited || s.quarantined) && status == EXIT_DONE)
            status = EXIT_INCOMPLETE;
        if (s.failed && s.thread_pages == 0)
            status = EXIT_WRONG;
    }
    if (interrupted)
        say("interrupted; run again to go on");
    return output_close(output) == 0 ? status : EXIT_WRONG;
}

static int watch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int crawl(struct cli *cli, struct ek_store *store, struct ek_pool *pool,
                 const struct ek_crawl_source *sources)
{
    struct ek_crawl_config config = {.store = store, .pool = pool, .say = say_line};
    struct ek_crawl *crawl = NULL;
    struct ek_err err;
    bool interrupted = false;
    int signals = watch_signals();
    int status;
    if (signals < 0)
        status = wrong_use("signals cannot be watched");
    else if (ek_crawl_new(&crawl, &config, &err) != 0 ||
             add_sources(cli, crawl, sources, &err) != 0 ||
             loop(crawl, signals, &interrupted, &err) != 0)
        status = fail_with(&err);
    else
        status = print_rows(cli, crawl, interrupted);
    ek_crawl_free(crawl);
    if (signals >= 0)
        close(signals);
    return status;
}

int cmd_crawl(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_pool *pool = NULL;
    struct ek_err err;
    int status = EXIT_DONE;
    if (cli->argument_count == 0)
        return wrong_use("crawl what? ekbom crawl URL...");
    struct ek_crawl_source *sources =
        EK_NEW_ARRAY(cli->arena, struct ek_crawl_source, cli->argument_count);
    if (!sources)
        return wrong_use("out of memory");
    for (size_t i = 0; i < cli->argument_count && status == EXIT_DONE; i++)
        status = read_source(cli, cli->arguments[i], &sources[i]);
    if (status != EXIT_DONE)
        return status;
    if (open_store(cli, EK_STORE_WRITE, &store, &err) != 0 ||
        open_writing_pool(cli, store, &pool, &err) != 0)
        status = fail_with(&err);
    else
        status = crawl(cli, store, pool, sources);
    if (status != EXIT_WRONG && ek_store_settle(store, &err) != 0)
        status = fail_with(&err);
    ek_pool_close(pool);
    ek_store_close(store);
    return status;
}
