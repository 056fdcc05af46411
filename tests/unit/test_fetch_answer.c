/* Answers of every kind, over real connections: what is handed back, what is asked next. */
#include "fetch_fixture.h"

static void test_page(void **state)
{
    struct fixture *f = *state;
    struct ek_fetch_request r = {.url =
                                     at(f, 0, "/page?a=1&sid=0123456789abcdef0123456789abcdef#x"),
                                 .tag = 77,
                                 .permit = "loopback"};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    const struct ek_fetch_result *p = &f->result;
    assert_int_equal(p->tag, 77);
    assert_int_equal(p->status, 200);
    assert_string_equal(p->reason, "");
    assert_string_equal(p->url, at(f, 0, "/page?a=1"));
    assert_string_equal(p->body, "/page?a=1");
    assert_int_equal(p->body_len, 9);
    assert_string_equal(p->mime, "text/html");
    assert_string_equal(p->charset, "UTF-8");
    assert_string_equal(p->address, "127.0.0.1");
    assert_int_equal(p->fetched, NOON);
    assert_null(p->target);
    assert_null(p->etag);
    assert_string_equal(p->head, "HTTP/1.1 200 Word\r\nContent-Type: text/html; charset=UTF-8\r\n"
                                 "X-Crawler-Content-Length: 9\r\nContent-Length: 9\r\n\r\n");
    assert_int_equal(p->head_len, strlen(p->head));
    /* What is recorded as sent is what the server saw. */
    assert_string_equal(p->request, f->server->seen[1]);
    assert_int_equal(p->request_len, strlen(f->server->seen[1]));
    assert_non_null(strstr(p->request, "\r\nUser-Agent: ekbom/9.8.7\r\n"));
    assert_true(seen(f, 0, "GET /robots.txt HTTP/1.1\r\n"));
    assert_int_equal(f->server->count, 2);
}

static void test_contact_in_user_agent(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/"), EK_FETCH_PAGE);
    assert_non_null(strstr(f->result.request, "User-Agent: ekbom/9.8.7 (+me@board.example)\r\n"));
    struct ek_fetch_request r = {.url = at(f, 0, "/"), .contact = "me\r\nX-Evil: 1"};
    assert_int_equal(ek_fetcher_request(f->fetcher, &r, &f->err), -1);
}

static void test_decoded_body_has_a_sound_head(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/gzip?some-text"), EK_FETCH_PAGE);
    assert_string_equal(f->result.body, "some-text");
    assert_string_equal(f->result.head, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                                        "X-Crawler-Content-Encoding: gzip\r\n"
                                        "X-Crawler-Transfer-Encoding: chunked\r\n"
                                        "Content-Length: 9\r\n\r\n");
    assert_null(f->result.charset);
}

static void test_gone_is_a_page(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/status/404"), EK_FETCH_PAGE);
    assert_int_equal(f->result.status, 404);
    assert_string_equal(f->result.body, "body");
}

static void test_conditional(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/status/200?ETag:%20W/\"v1\"|Last-Modified:%20yesterday"),
                     EK_FETCH_PAGE);
    assert_string_equal(f->result.etag, "W/\"v1\"");
    assert_string_equal(f->result.last_modified, "yesterday");
    struct ek_fetch_request r = {.url = at(f, 0, "/status/304"),
                                 .permit = "loopback",
                                 .contact = "me@board.example",
                                 .etag = "W/\"v1\"",
                                 .last_modified = "yesterday"};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_NOT_MODIFIED);
    assert_string_equal(f->result.reason, "");
    assert_non_null(strstr(f->result.request, "\r\nIf-None-Match: W/\"v1\"\r\n"));
    assert_non_null(strstr(f->result.request, "\r\nIf-Modified-Since: yesterday\r\n"));
    r.etag = "x\r\nEvil: 1"; /* not what an answer can have given */
    r.last_modified = NULL;
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    assert_null(strstr(f->result.request, "If-"));
    assert_null(strstr(f->result.request, "Evil"));
}

/* Redirects ------------------------------------------------------------------------------------ */

static void test_redirect_within_the_site(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/to?there"), EK_FETCH_PAGE);
    assert_string_equal(f->result.url, at(f, 0, "/there"));
    assert_string_equal(f->result.body, "/there");
    assert_int_equal(f->result.redirects, 1);
    assert_int_equal(f->server->count, 3);
}

static void test_redirect_loses_session_and_validators(void **state)
{
    struct fixture *f = *state;
    struct ek_fetch_request r = {.url = at(f, 0, "/to?/x?sid=0123456789abcdef0123456789abcdef"),
                                 .permit = "loopback",
                                 .etag = "\"v1\""};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    assert_string_equal(f->result.body, "/x");
    assert_null(strstr(f->result.request, "If-None-Match"));
}

static void test_redirect_elsewhere_is_not_asked(void **state)
{
    struct fixture *f = *state;
    char path[200];
    snprintf(path, sizeof path, "/to?%s", at(f, 1, "/other"));
    assert_int_equal(get(f, 0, path), EK_FETCH_REDIRECT);
    assert_string_equal(f->result.target, at(f, 1, "/other"));
    assert_int_equal(f->result.status, 302);
    assert_non_null(strstr(f->result.head, "Location: http://127.0.0.1:"));
    assert_int_equal(f->server->sites[1].connections, 0);
}

static void test_redirect_loop(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/to?/to?/to"), EK_FETCH_PAGE); /* ends at a path without "?" */
    char path[3000] = "";
    for (int i = 0; i < 7; i++)
        strcat(path, "/to?");
    assert_int_equal(get(f, 0, path), EK_FETCH_REFUSED);
    assert_string_equal(f->result.reason, "more than 5 redirects");
    assert_int_equal(f->result.redirects, 5);
}

static void test_redirect_to_other_schemes(void **state)
{
    struct fixture *f = *state;
    static const char *const targets[] = {"file:///etc/passwd", "gopher://127.0.0.1:70/_x",
                                          "dict://127.0.0.1/", "ftp://127.0.0.1/"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char path[100], reason[200];
        snprintf(path, sizeof path, "/to?%s", targets[i]);
        snprintf(reason, sizeof reason,
                 "redirect: %s: %.*s: is not fetched, only http: and https:", targets[i],
                 (int)strcspn(targets[i], ":"), targets[i]);
        assert_int_equal(get(f, 0, path), EK_FETCH_REFUSED);
        assert_string_equal(f->result.reason, reason);
    }
    assert_int_equal(get(f, 0, "/to?http://me:secret@127.0.0.1/"), EK_FETCH_REFUSED);
    assert_int_equal(get(f, 0, "/to?javascript:1"), EK_FETCH_REFUSED);
}

static void test_redirect_asks_robots_again(void **state)
{
    struct fixture *f = *state;
    strcpy(f->server->sites[0].robots, "User-agent: *\nDisallow: /closed\n");
    assert_int_equal(get(f, 0, "/to?/closed/x"), EK_FETCH_DISALLOWED);
    assert_string_equal(f->result.reason, "robots.txt, line 2: Disallow: /closed");
    assert_int_equal(f->server->count, 2);
}

/* Cookies -------------------------------------------------------------------------------------- */

static void test_cookies_stay_with_their_host(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/login"), EK_FETCH_PAGE);
    assert_int_equal(get(f, 0, "/next"), EK_FETCH_PAGE);
    assert_non_null(strstr(f->result.request, "\r\nCookie: sid=crumb\r\n"));
    assert_int_equal(get(f, 1, "/next"), EK_FETCH_PAGE);
    assert_null(strstr(f->result.request, "Cookie:"));
}

static void test_cookie_flood(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/cookies?a"), EK_FETCH_PAGE); /* 40: kept */
    assert_int_equal(get(f, 0, "/cookies?b"), EK_FETCH_PAGE); /* 80: all dropped */
    assert_non_null(strstr(f->result.request, "Cookie:"));
    assert_int_equal(get(f, 0, "/next"), EK_FETCH_PAGE);
    assert_null(strstr(f->result.request, "Cookie:"));
}

/* One connection a host ------------------------------------------------------------------------ */

static void test_one_connection(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 20; i++)
        request(f, at(f, i % 2, "/slow?20"), 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(next(f), EK_FETCH_PAGE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(f->server->sites[i].connections, 1);
        assert_int_equal(f->server->sites[i].most_open, 1);
    }
}

static void test_drain(void **state)
{
    struct fixture *f = *state;
    request(f, at(f, 0, "/slow?100"), 0);
    request(f, at(f, 0, "/never"), 0);
    while (f->server->count < 2)
        turn(f);
    ek_fetcher_drain(f->fetcher);
    assert_int_equal(next(f), EK_FETCH_PAGE);
    assert_string_equal(f->result.body, "slow");
    assert_int_equal(ek_fetcher_active(f->fetcher), 0);
    assert_int_equal(ek_fetcher_step(f->fetcher, &f->err), 0);
    assert_false(take(f));
    assert_int_equal(f->server->count, 2);
    struct ek_fetch_request r = {.url = "http://board.example/"};
    assert_int_equal(ek_fetcher_request(f->fetcher, &r, &f->err), -1);
}

static void test_drain_follows_no_redirect(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ek_fetcher_robots(f->fetcher, at(f, 0, ""), 404, "", 0, NOON, &f->err), 0);
    request(f, at(f, 0, "/to?/there"), 0);
    assert_int_equal(ek_fetcher_step(f->fetcher, &f->err), 0);
    assert_int_equal(ek_fetcher_active(f->fetcher), 1);
    ek_fetcher_drain(f->fetcher);
    while (ek_fetcher_active(f->fetcher))
        turn(f);
    assert_int_equal(ek_fetcher_timeout(f->fetcher), -1);
    assert_int_equal(ek_fetcher_step(f->fetcher, &f->err), 0);
    assert_false(take(f));
    assert_int_equal(f->server->count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_page),
        TEST(test_contact_in_user_agent),
        TEST(test_decoded_body_has_a_sound_head),
        TEST(test_gone_is_a_page),
        TEST(test_conditional),
        TEST(test_redirect_within_the_site),
        TEST(test_redirect_loses_session_and_validators),
        TEST(test_redirect_elsewhere_is_not_asked),
        TEST(test_redirect_loop),
        TEST(test_redirect_to_other_schemes),
        TEST(test_redirect_asks_robots_again),
        TEST(test_cookies_stay_with_their_host),
        TEST(test_cookie_flood),
        TEST(test_one_connection),
        TEST(test_drain),
        TEST(test_drain_follows_no_redirect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
