/* Hostile answers: each ends within its ceiling of bytes and time, with one clear line, and costs
 * little memory; the other hosts are served meanwhile. */
#include <sys/resource.h>

#include "fetch_fixture.h"

static void expect_refused(struct fixture *f, const char *path, const char *reason)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(get(f, 0, path), EK_FETCH_REFUSED);
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_string_equal(f->result.reason, reason);
    assert_int_equal(f->result.body_len, 0);
    assert_true(to.tv_sec - from.tv_sec < 20);
}

static void test_endless_body(void **state)
{
    expect_refused(*state, "/endless", "body larger than 8 MiB");
}

static void test_gzip_bomb(void **state)
{
    expect_refused(*state, "/bomb", "body larger than 8 MiB");
}

static void test_huge_head(void **state)
{
    expect_refused(*state, "/head", "head larger than 256 KiB");
}

static void test_endless_line(void **state)
{
    expect_refused(*state, "/line", "a line of the head is larger than 100 KiB");
}

static void test_endless_early_hints(void **state)
{
    expect_refused(*state, "/early", "head larger than 256 KiB");
}

static void test_encoding_that_was_not_asked_for(void **state)
{
    expect_refused(*state, "/status/200?Content-Encoding:%20zstd",
                   "content encoding 'zstd' was not asked for");
    expect_refused(*state, "/status/200?content-encoding:%20gzip,%20br",
                   "content encoding 'br' was not asked for");
}

static void test_encoding_that_cannot_be_read(void **state)
{
    expect_refused(*state, "/status/200?Content-Encoding:%20gzip",
                   "the compressed body cannot be read");
    expect_refused(*state,
                   "/status/200?Content-Encoding:%20gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip",
                   "the compressed body cannot be read");
}

static void test_not_http(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/text?SSH-2.0-OpenSSH"), EK_FETCH_LATER);
    assert_string_equal(f->result.reason, "the answer is not HTTP");
}

static void test_half_an_answer(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, 0, "/half"), EK_FETCH_LATER);
    assert_string_equal(f->result.reason,
                        "the host closed the connection before the end of the answer");
    assert_int_equal(f->result.body_len, 0);
    assert_null(f->result.head);
}

static void test_nobody_there(void **state)
{
    struct fixture *f = *state;
    struct ek_fetch_request r = {.url = "http://127.0.0.1:1/", .permit = "loopback"};
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_LATER);
    assert_string_equal(f->result.reason, "robots.txt: no connection: Connection refused");
    r.url = "http://no-such-name.invalid/";
    request_as(f, &r);
    assert_int_equal(next(f), EK_FETCH_LATER);
    assert_string_equal(f->result.reason, "robots.txt: the name does not resolve");
}

/* Answers that come too slowly or not at all, together: while they hang, another host is served. */
static void test_slow_senders(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path, *reason;
    } cases[] = {
        {"/silent", "the answer came slower than 100 bytes a second for 15 s"},
        {"/trickle", "the answer came slower than 100 bytes a second for 15 s"},
        {"/trickle?0123456789012345678901234567890123456789",
         "the answer was not complete within 25 s"},
        {NULL, "robots.txt: no connection within 10 s"}, /* TLS that is never answered */
    };
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", f->server->sites[3].port);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (uint64_t i = 0; i < 4; i++) {
        struct ek_fetch_request r = {.url = cases[i].path ? at(f, (int)i, cases[i].path) : url,
                                     .permit = "loopback",
                                     .tag = i};
        request_as(f, &r);
    }
    for (int i = 0; i < 10; i++) {
        struct ek_fetch_request r = {.url = at(f, 5, "/page"), .permit = "loopback", .tag = 9};
        request_as(f, &r);
        assert_int_equal(next(f), EK_FETCH_PAGE);
        assert_int_equal(f->result.tag, 9);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(next(f), EK_FETCH_LATER);
        assert_string_equal(f->result.reason, cases[f->result.tag].reason);
        clock_gettime(CLOCK_MONOTONIC, &to);
        if (f->result.tag == 3)
            assert_in_range(to.tv_sec - from.tv_sec, 9, 13);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_in_range(to.tv_sec - from.tv_sec, 24, 29);
}

/* Certificate that nobody signed. openssl s_server is what there is to speak TLS. */
static void test_certificate(void **state)
{
    struct fixture *f = *state;
    char folder[] = "/tmp/ekbom-tls-XXXXXX", command[1024], url[64];
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "command -v openssl >/dev/null && cd %s && openssl req -x509 -newkey rsa:2048 -nodes "
             "-keyout key -out certificate -days 2 -subj /CN=localhost "
             "-addext subjectAltName=IP:127.0.0.1 2>/dev/null",
             folder);
    bool made = system(command) == 0;
    int port = f->server->sites[7].port + 1000 > 65535 ? 20443 : f->server->sites[7].port + 1000;
    pid_t pid = made ? fork() : -1;
    if (pid == 0) {
        char certificate[100], key[100], accept_at[40];
        snprintf(certificate, sizeof certificate, "%s/certificate", folder);
        snprintf(key, sizeof key, "%s/key", folder);
        snprintf(accept_at, sizeof accept_at, "127.0.0.1:%d", port);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("openssl", "openssl", "s_server", "-quiet", "-www", "-accept", accept_at, "-cert",
               certificate, "-key", key, NULL);
        _exit(127);
    }
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    struct ek_fetch_request r = {.url = url, .permit = "loopback"};
    for (int tries = 0; made && tries < 50; tries++) {
        request_as(f, &r);
        assert_int_equal(next(f), EK_FETCH_LATER);
        if (!strstr(f->result.reason, "no connection"))
            break;
        wait_ms(100);
    }
    if (made) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    if (!made)
        skip();
    assert_string_equal(f->result.reason,
                        "robots.txt: the certificate does not verify: SSL certificate problem: "
                        "self-signed certificate");
}

/* What is held for the caller has a ceiling, and nothing is lost at it. */
static void test_results_that_nobody_takes(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 30; i++)
        request(f, at(f, i % SITES, "/large"), 0);
    for (int i = 0; i < 400; i++) { /* steps, and takes nothing */
        struct pollfd fd = {.fd = ek_fetcher_descriptor(f->fetcher), .events = POLLIN};
        poll(&fd, 1, 5);
        assert_int_equal(ek_fetcher_step(f->fetcher, &f->err), 0);
    }
    int asked = f->server->count;
    assert_true(asked < SITES + 30); /* half of the ceiling holds up what is still to begin */
    for (int i = 0; i < 30; i++) {
        assert_int_equal(next(f), EK_FETCH_PAGE);
        assert_int_equal(f->result.body_len, 4u << 20);
    }
    assert_int_equal(f->server->count, SITES + 30);
}

static void test_memory(void **state)
{
    (void)state;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#ifndef __SANITIZE_ADDRESS__
    assert_true(usage.ru_maxrss < 160 * 1024);
#endif
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_endless_body),
        TEST(test_gzip_bomb),
        TEST(test_huge_head),
        TEST(test_endless_line),
        TEST(test_endless_early_hints),
        TEST(test_encoding_that_was_not_asked_for),
        TEST(test_encoding_that_cannot_be_read),
        TEST(test_not_http),
        TEST(test_half_an_answer),
        TEST(test_nobody_there),
        TEST(test_slow_senders),
        TEST(test_certificate),
        TEST(test_results_that_nobody_takes),
        cmocka_unit_test(test_memory), /* of all of the above */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
