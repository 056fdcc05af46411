/* fetch_fixture.h - a fetcher on a clock of the test's own, beside the server of fetch_server.h. */
#ifndef EKBOM_TESTS_FETCH_FIXTURE_H
#define EKBOM_TESTS_FETCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/limits.h"
#include "fetch_server.h"

#define NOON 1700049600 /* 2023-11-15T12:00:00Z */

struct fixture {
    struct server *server;
    struct ek_fetcher *fetcher;
    struct ek_fetch_result result;
    struct ek_err err;
    int64_t now; /* milliseconds since NOON */
    int robots_results;
    int last_robots_status;
    ek_time last_robots_fetched;
    char last_robots[4096];
};

static int64_t fake_milliseconds(void *context)
{
    return ((struct fixture *)context)->now;
}

static ek_time fake_seconds(void *context)
{
    return NOON + ((struct fixture *)context)->now / 1000;
}

static inline void fixture_new_fetcher(struct fixture *f)
{
    struct ek_clock clock = {fake_milliseconds, fake_seconds, f};
    ek_fetcher_free(f->fetcher);
    if (ek_fetcher_new(&f->fetcher, "ekbom/9.8.7", &clock, &f->err) != 0)
        fail_msg("%s", f->err.message);
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->server = server_start();
    assert_non_null(f->server);
    fixture_new_fetcher(f);
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    ek_fetcher_free(f->fetcher);
    server_stop(f->server);
    free(f);
    return 0;
}

/* Address of a path at one of the sites. Four may be in use at once. */
static inline const char *at(struct fixture *f, int site, const char *path)
{
    static char url[4][4096];
    static unsigned next;
    char *out = url[next++ % 4];
    snprintf(out, sizeof url[0], "http://127.0.0.1:%d%s", f->server->sites[site].port, path);
    return out;
}

static inline void request_as(struct fixture *f, const struct ek_fetch_request *request)
{
    if (ek_fetcher_request(f->fetcher, request, &f->err) != 0)
        fail_msg("%s", f->err.message);
}

static inline void request(struct fixture *f, const char *url, int delay_ms)
{
    struct ek_fetch_request r = {
        .url = url, .permit = "loopback", .contact = "me@board.example", .delay_ms = delay_ms};
    request_as(f, &r);
}

static inline void turn(struct fixture *f)
{
    int timeout = ek_fetcher_timeout(f->fetcher);
    struct pollfd fd = {.fd = ek_fetcher_descriptor(f->fetcher), .events = POLLIN};
    if (ek_fetcher_active(f->fetcher)) {
        poll(&fd, 1, timeout < 0 || timeout > 100 ? 100 : timeout);
    } else {
        if (timeout < 0)
            fail_msg("the fetcher has nothing to do and gives no result");
        f->now += timeout; /* nobody waits for real */
    }
    if (ek_fetcher_step(f->fetcher, &f->err) != 0)
        fail_msg("%s", f->err.message);
}

static inline bool take(struct fixture *f)
{
    while (ek_fetcher_next(f->fetcher, &f->result)) {
        if (f->result.outcome != EK_FETCH_ROBOTS)
            return true;
        f->robots_results++;
        f->last_robots_status = f->result.status;
        f->last_robots_fetched = f->result.fetched;
        snprintf(f->last_robots, sizeof f->last_robots, "%.*s", (int)f->result.body_len,
                 f->result.body);
    }
    return false;
}

/* Run until the next result but those of robots.txt; its outcome. */
static inline enum ek_fetch_outcome next(struct fixture *f)
{
    while (!take(f))
        turn(f);
    return f->result.outcome;
}

static inline enum ek_fetch_outcome get(struct fixture *f, int site, const char *path)
{
    request(f, at(f, site, path), 0);
    return next(f);
}

/* The first bytes of request number n, as the server saw it. */
static inline bool seen(struct fixture *f, int n, const char *start)
{
    return strncmp(f->server->seen[n], start, strlen(start)) == 0;
}

#endif
