/* Visits to a host over real connections and hours of a test's clock: the delay between requests,
 * patience when the host asks for it, and robots.txt before everything else. */
#include "fetch_fixture.h"

static struct ek_host_state state_of(struct fixture *f, int site)
{
    struct ek_host_state state;
    assert_true(ek_fetcher_host(f->fetcher, at(f, site, "/"), &state));
    return state;
}

static void set_robots(struct fixture *f, int site, int status, const char *fields,
                       const char *text)
{
    struct site *s = &f->server->sites[site];
    s->robots_status = status;
    snprintf(s->robots_fields, sizeof s->robots_fields, "%s", fields);
    snprintf(s->robots, sizeof s->robots, "%s", text);
}

/* Two results in either order: what needs no asking may overtake what does. */
static void expect_both(struct fixture *f, enum ek_fetch_outcome a, enum ek_fetch_outcome b)
{
    enum ek_fetch_outcome first = next(f);
    assert_true(first == a || first == b);
    assert_int_equal(next(f), first == a ? b : a);
}

/* Delay ------------------------------------------------------------------------------------------
 */

static void test_delay_between_requests(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++)
        request(f, at(f, 0, "/page"), 5000);
    for (int i = 1; i <= 4; i++) { /* robots.txt was the first request */
        assert_int_equal(next(f), EK_FETCH_PAGE);
        assert_int_equal(f->now, 5000 * i);
        assert_int_equal(f->result.fetched, NOON + 5 * i);
    }
    struct ek_host_state host = state_of(f, 0);
    assert_int_equal(host.requests_today, 5);
    assert_int_equal(host.next_allowed, NOON + 25);
    assert_int_equal(host.queued, 0);
    assert_null(host.last_error);
}

static void test_hosts_do_not_wait_for_each_other(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 8; i++)
        request(f, at(f, i % 4, "/page"), 5000);
    for (int i = 0; i < 4; i++)
        assert_int_equal(next(f), EK_FETCH_PAGE);
    assert_int_equal(f->now, 5000);
}

static void test_crawl_delay(void **state)
{
    struct fixture *f = *state;
    set_robots(f, 0, 200, "", "User-agent: ekbom\nCrawl-delay: 30\n");
    request(f, at(f, 0, "/a"), 5000);
    request(f, at(f, 0, "/b"), 5000);
    next(f);
    next(f);
    assert_int_equal(f->now, 60000);
    assert_true(state_of(f, 0).crawl_delay == 30);
    assert_int_equal(state_of(f, 0).delay_ms, 30000);
}

static void test_slow_host(void **state)
{
    struct fixture *f = *state;
    request(f, at(f, 0, "/slow?300"), 1000);
    request(f, at(f, 0, "/page"), 1000);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    int64_t before = f->now;
    assert_int_equal(next(f), EK_FETCH_PAGE);
    assert_in_range(f->now - before, 3000, 9000); /* ten times what it took */
}

/* Patience ---------------------------------------------------------------------------------------
 */

static void test_retry_after(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path;
        int64_t seconds;
    } cases[] = {{"/status/429?Retry-After:%20600", 600},
                 {"/status/503?Retry-After:%20Wed,%2015%20Nov%202023%2013:00:00%20GMT", 3600}};
    for (int i = 0; i < 2; i++) {
        request(f, at(f, i, cases[i].path), 5000);
        assert_int_equal(next(f), EK_FETCH_LATER);
        assert_int_equal(f->result.status, i ? 503 : 429);
        assert_string_equal(f->result.body, "body");
        int64_t then = f->now;
        int64_t until = i ? 3600000 : then + 600000;
        assert_int_equal(state_of(f, i).next_allowed, NOON + until / 1000);
        assert_string_equal(state_of(f, i).last_error,
                            i ? "status 503, to be asked again after 3595 s"
                              : "status 429, to be asked again after 600 s");
        request(f, at(f, i, "/page"), 5000);
        assert_int_equal(next(f), EK_FETCH_PAGE);
        assert_int_equal(f->now, until);
        assert_null(state_of(f, i).last_error);
        if (!i)
            f->now = 0, fixture_new_fetcher(f);
    }
}

static void test_backoff_to_an_hour_and_down(void **state)
{
    struct fixture *f = *state;
    int64_t delay = 5000;
    request(f, at(f, 0, "/page"), 5000);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    for (int i = 0; i < 12; i++) {
        int64_t before = f->now;
        request(f, at(f, 0, "/status/503"), 5000);
        assert_int_equal(next(f), EK_FETCH_LATER);
        assert_string_equal(f->result.reason, "the host answered with status 503");
        assert_int_equal(f->now - before, delay);
        delay = delay >= 1800000 ? 3600000 : 2 * delay;
    }
    assert_int_equal(delay, 3600000);
    while (delay > 5000) {
        int64_t before = f->now;
        request(f, at(f, 0, "/page"), 5000);
        assert_int_equal(next(f), EK_FETCH_PAGE);
        assert_int_equal(f->now - before, delay);
        delay = delay / 2 > 5000 ? delay / 2 : 5000;
    }
}

static void test_closed_connections_back_off(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/close"), EK_FETCH_LATER);
    assert_string_equal(f->result.reason, "the host closed the connection without an answer");
    assert_int_equal(f->result.status, 0);
    assert_int_equal(f->result.body_len, 0);
    assert_int_equal(state_of(f, 0).delay_ms, 2000); /* though the source wants none */
}

static void test_forbidden_host_stops(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < EK_MAX_FORBIDDEN + 2; i++)
        request(f, at(f, 0, "/status/403"), 5000);
    for (int i = 0; i < EK_MAX_FORBIDDEN; i++) {
        assert_int_equal(next(f), EK_FETCH_PAGE);
        assert_int_equal(f->result.status, 403);
    }
    int requests = f->server->count;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(next(f), EK_FETCH_STOPPED);
        assert_string_equal(f->result.reason, "answered 403 again and again");
    }
    assert_string_equal(state_of(f, 0).stopped, "answered 403 again and again");
    assert_int_equal(get(f, 0, "/page"), EK_FETCH_STOPPED);
    assert_int_equal(f->server->count, requests);
    ek_fetcher_resume(f->fetcher, at(f, 0, "/any"));
    assert_int_equal(get(f, 0, "/page"), EK_FETCH_PAGE);
    assert_null(state_of(f, 0).stopped);
}

/* robots.txt -------------------------------------------------------------------------------------
 */

static void test_robots_before_the_first_page(void **state)
{
    struct fixture *f = *state;
    set_robots(f, 0, 200, "",
               "User-agent: *\nDisallow: /\nUser-agent: ekbom\nDisallow: /private\n");
    assert_int_equal(get(f, 0, "/private/x"), EK_FETCH_DISALLOWED);
    assert_string_equal(f->result.reason, "robots.txt, line 4: Disallow: /private");
    assert_int_equal(f->result.status, 0);
    assert_int_equal(f->result.fetched, EK_TIME_UNKNOWN);
    assert_null(f->result.request);
    assert_int_equal(get(f, 0, "/open"), EK_FETCH_PAGE);
    assert_int_equal(f->server->count, 2);
    assert_int_equal(f->robots_results, 1);
    assert_int_equal(f->last_robots_status, 200);
    assert_string_equal(f->last_robots, f->server->sites[0].robots);
    assert_int_equal(f->last_robots_fetched, NOON);
    assert_int_equal(state_of(f, 0).robots_fetched, NOON);
}

static void test_robots_asked_again_after_a_day(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/page"), EK_FETCH_PAGE);
    f->now += 86399000;
    assert_int_equal(get(f, 0, "/page"), EK_FETCH_PAGE);
    assert_int_equal(f->server->count, 3);
    set_robots(f, 0, 200, "", "User-agent: *\nDisallow: /page\n");
    request(f, at(f, 0, "/page"), 5000); /* begins under the old file, waits into the new */
    f->now += 2000;
    assert_int_equal(next(f), EK_FETCH_DISALLOWED);
    assert_int_equal(f->server->count, 4);
    assert_int_equal(f->robots_results, 2);
}

static void test_robots_missing_allows(void **state)
{
    struct fixture *f = *state;
    static const int statuses[] = {404, 403, 401, 410};
    for (int i = 0; i < 4; i++) {
        set_robots(f, i, statuses[i], "", "User-agent: *\nDisallow: /\n");
        assert_int_equal(get(f, i, "/page"), EK_FETCH_PAGE);
        assert_int_equal(f->last_robots_status, statuses[i]);
        assert_string_equal(f->last_robots, "");
    }
}

static void test_robots_trouble_waits(void **state)
{
    struct fixture *f = *state;
    static const struct {
        int status;
        const char *fields, *reason;
        int64_t seconds;
    } cases[] = {
        {500, "", "robots.txt: the host answered with status 500", 10},
        {503, "Retry-After: 1800\r\n", "robots.txt: the host answered with status 503", 1800},
        {429, "", "robots.txt: the host answered with status 429", 10},
        {0, "", "robots.txt: the host closed the connection without an answer", 10},
    };
    for (int i = 0; i < 4; i++) {
        f->now = 0;
        fixture_new_fetcher(f);
        int requests = f->server->count;
        set_robots(f, i, cases[i].status, cases[i].fields, "");
        request(f, at(f, i, "/a"), 5000);
        request(f, at(f, i, "/b"), 5000);
        for (int page = 0; page < 2; page++) { /* both come back, nothing else was asked */
            assert_int_equal(next(f), EK_FETCH_LATER);
            assert_string_equal(f->result.reason, cases[i].reason);
        }
        assert_int_equal(f->server->count, requests + 1);
        assert_int_equal(f->robots_results, 0);
        set_robots(f, i, 200, "", "User-agent: *\nDisallow: /b\n");
        request(f, at(f, i, "/a"), 5000);
        request(f, at(f, i, "/b"), 5000);
        expect_both(f, EK_FETCH_DISALLOWED, EK_FETCH_PAGE);
        assert_int_equal(f->now, 1000 * cases[i].seconds + 5000); /* robots.txt, then the page */
        f->robots_results = 0;
    }
}

static void test_robots_redirects(void **state)
{
    struct fixture *f = *state;
    char fields[200];
    /* Across hosts: the rules count for the host that was asked. */
    snprintf(fields, sizeof fields, "Location: %s\r\n", at(f, 1, "/robots.txt"));
    set_robots(f, 0, 301, fields, "");
    set_robots(f, 1, 200, "", "User-agent: *\nDisallow: /a\n");
    assert_int_equal(get(f, 0, "/a"), EK_FETCH_DISALLOWED);
    assert_int_equal(get(f, 0, "/b"), EK_FETCH_PAGE);
    /* Without end: as if there were none. */
    set_robots(f, 2, 302, "Location: /robots.txt\r\n", "");
    int requests = f->server->count;
    assert_int_equal(get(f, 2, "/a"), EK_FETCH_PAGE);
    assert_int_equal(f->server->count, requests + 1 + EK_MAX_REDIRECTS + 1);
    assert_int_equal(f->last_robots_status, 302);
    /* To what is not HTTP, and to where nobody answers. */
    set_robots(f, 3, 302, "Location: file:///etc/passwd\r\n", "");
    assert_int_equal(get(f, 3, "/a"), EK_FETCH_LATER);
    assert_string_equal(f->result.reason, "robots.txt: redirect: file:///etc/passwd: file: is not "
                                          "fetched, only http: and https:");
    set_robots(f, 4, 302, "Location: http://10.0.0.1/robots.txt\r\n", "");
    int64_t before = f->now;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(f, 4, "/a"), EK_FETCH_LATER);
        assert_string_equal(f->result.reason,
                            "robots.txt: address 10.0.0.1 (RFC 1918 private) refused");
    }
    assert_int_equal(f->now - before, 2000 + 4000); /* and backs off */
}

static void test_robots_oversized(void **state)
{
    struct fixture *f = *state;
    f->server->sites[0].robots_filler = EK_MAX_ROBOTS_BYTES - 40;
    set_robots(f, 0, 200, "", "User-agent: *\nDisallow: /a\n# more\nDisallow: /b\n");
    assert_int_equal(get(f, 0, "/a"), EK_FETCH_DISALLOWED);
    assert_int_equal(get(f, 0, "/b"), EK_FETCH_PAGE);
    f->server->sites[1].robots_filler = 4u << 20;
    assert_int_equal(get(f, 1, "/page"), EK_FETCH_PAGE);
    assert_int_equal(f->last_robots_status, 200);
}

static void test_robots_over_a_ceiling(void **state)
{
    struct fixture *f = *state;
    set_robots(f, 0, 200, "Content-Encoding: zstd\r\n", "");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(f, 0, "/a"), EK_FETCH_LATER);
        assert_string_equal(f->result.reason,
                            "robots.txt: content encoding 'zstd' was not asked for");
    }
    assert_int_equal(f->now, 2000 + 4000);
}

static void hand_in(struct fixture *f, int site, int status, const char *text, ek_time fetched)
{
    if (ek_fetcher_robots(f->fetcher, at(f, site, ""), status, text, strlen(text), fetched,
                          &f->err) != 0)
        fail_msg("%s", f->err.message);
}

static void test_robots_handed_in(void **state)
{
    struct fixture *f = *state;
    set_robots(f, 0, 200, "", "User-agent: *\nDisallow: /\n");
    hand_in(f, 0, 200, "User-agent: *\nCrawl-delay: 20\nDisallow: /b\n", NOON - 80000);
    request(f, at(f, 0, "/a"), 0);
    request(f, at(f, 0, "/b"), 0);
    request(f, at(f, 0, "/c"), 0);
    expect_both(f, EK_FETCH_DISALLOWED, EK_FETCH_PAGE);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    assert_int_equal(f->now, 20000);
    assert_int_equal(f->server->count, 2); /* robots.txt was not asked for */
    f->now = 6400000;                      /* a day after it was fetched */
    assert_int_equal(get(f, 0, "/a"), EK_FETCH_DISALLOWED);
    assert_int_equal(f->server->count, 3);
}

static void test_robots_handed_in_without_use(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++)
        set_robots(f, i, 200, "", "User-agent: *\nDisallow: /\n");
    hand_in(f, 0, 404, "", NOON - 86400); /* too old */
    hand_in(f, 1, 404, "", NOON + 100);   /* of the future */
    hand_in(f, 2, 503, "", NOON);         /* decides nothing */
    for (int i = 0; i < 3; i++)
        assert_int_equal(get(f, i, "/a"), EK_FETCH_DISALLOWED);
    hand_in(f, 3, 404, "", NOON);
    assert_int_equal(get(f, 3, "/a"), EK_FETCH_PAGE);
}

/* The address guard ------------------------------------------------------------------------------
 */

static void test_guard_at_the_socket(void **state)
{
    struct fixture *f = *state;
    char url[4][64];
    int port = f->server->sites[0].port;
    snprintf(url[0], sizeof url[0], "http://127.0.0.1:%d/", port);
    snprintf(url[1], sizeof url[1], "http://2130706433:%d/", port);
    snprintf(url[2], sizeof url[2], "http://0x7f.1:%d/", port);
    snprintf(url[3], sizeof url[3], "http://[::ffff:127.0.0.1]:%d/", port);
    for (int i = 0; i < 4; i++) {
        struct ek_fetch_request r = {.url = url[i], .contact = "me@board.example"};
        request_as(f, &r);
        assert_int_equal(next(f), EK_FETCH_REFUSED);
        assert_string_equal(f->result.reason,
                            i < 3 ? "address 127.0.0.1 (RFC 1122 loopback) refused"
                                  : "address ::ffff:127.0.0.1 (RFC 4291 IPv4-mapped) refused");
    }
    snprintf(url[0], sizeof url[0], "http://localhost:%d/", port); /* a name that leads inside */
    struct ek_fetch_request r = {.url = url[0], .contact = "me@board.example"};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_REFUSED);
    assert_non_null(strstr(f->result.reason, "loopback) refused"));
    assert_int_equal(f->server->sites[0].connections, 0);
    r = (struct ek_fetch_request){.url = "http://169.254.169.254/latest/", .permit = "private"};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_REFUSED);
    assert_string_equal(f->result.reason, "address 169.254.169.254 (RFC 3927 link-local, cloud "
                                          "metadata) refused");
}

static void test_permission_is_not_borrowed(void **state)
{
    struct fixture *f = *state;
    struct ek_fetch_request r = {.url = at(f, 0, "/page"), .contact = "me@board.example"};
    assert_int_equal(get(f, 0, "/page"), EK_FETCH_PAGE); /* leaves an open connection */
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_REFUSED);
    assert_int_equal(get(f, 0, "/page"), EK_FETCH_PAGE);
    /* Nor does one source's refusal hit what another has queued at the same host. */
    r.url = at(f, 1, "/page");
    request_as(f, &r);
    request(f, at(f, 1, "/page"), 0);
    assert_int_equal(next(f), EK_FETCH_REFUSED);
    assert_int_equal(next(f), EK_FETCH_PAGE);
}

static void test_public_address_needs_a_contact(void **state)
{
    struct fixture *f = *state;
    struct ek_fetch_request r = {.url = "http://93.184.216.34/"};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_REFUSED);
    assert_string_equal(f->result.reason,
                        "a public address is not asked without the operator's contact");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_delay_between_requests),
        TEST(test_hosts_do_not_wait_for_each_other),
        TEST(test_crawl_delay),
        TEST(test_slow_host),
        TEST(test_retry_after),
        TEST(test_backoff_to_an_hour_and_down),
        TEST(test_closed_connections_back_off),
        TEST(test_forbidden_host_stops),
        TEST(test_robots_before_the_first_page),
        TEST(test_robots_asked_again_after_a_day),
        TEST(test_robots_missing_allows),
        TEST(test_robots_trouble_waits),
        TEST(test_robots_redirects),
        TEST(test_robots_oversized),
        TEST(test_robots_over_a_ceiling),
        TEST(test_robots_handed_in),
        TEST(test_robots_handed_in_without_use),
        TEST(test_guard_at_the_socket),
        TEST(test_permission_is_not_borrowed),
        TEST(test_public_address_needs_a_contact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
