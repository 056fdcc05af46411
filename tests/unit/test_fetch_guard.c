/* The address guard: every special range, both ends, and what stands just outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "daemon/fetch/guard.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"

static char why[256];

static enum ek_guard judge(const char *text, const char *permit)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *in = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
    why[0] = '\0';
    storage.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    void *room = storage.ss_family == AF_INET6 ? (void *)&in6->sin6_addr : (void *)&in->sin_addr;
    if (inet_pton(storage.ss_family, text, room) != 1)
        fail_msg("%s is no address", text);
    return ek_guard_check((struct sockaddr *)&storage, permit, why, sizeof why);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *first, *last, *name;
    } ranges[] = {
        {"0.0.0.0", "0.255.255.255", "RFC 1122 this network"},
        {"10.0.0.0", "10.255.255.255", "RFC 1918 private"},
        {"100.64.0.0", "100.127.255.255", "RFC 6598 shared, carrier NAT"},
        {"127.0.0.0", "127.255.255.255", "RFC 1122 loopback"},
        {"169.254.0.0", "169.254.255.255", "RFC 3927 link-local, cloud metadata"},
        {"169.254.169.254", "169.254.169.254", "RFC 3927 link-local, cloud metadata"},
        {"172.16.0.0", "172.31.255.255", "RFC 1918 private"},
        {"192.0.0.0", "192.0.0.255", "RFC 6890 protocol assignments"},
        {"192.0.2.0", "192.0.2.255", "RFC 5737 documentation"},
        {"192.88.99.0", "192.88.99.255", "RFC 7526 6to4 relay"},
        {"192.168.0.0", "192.168.255.255", "RFC 1918 private"},
        {"198.18.0.0", "198.19.255.255", "RFC 2544 benchmarking"},
        {"198.51.100.0", "198.51.100.255", "RFC 5737 documentation"},
        {"203.0.113.0", "203.0.113.255", "RFC 5737 documentation"},
        {"224.0.0.0", "239.255.255.255", "RFC 5771 multicast"},
        {"240.0.0.0", "255.255.255.254", "RFC 1112 reserved"},
        {"255.255.255.255", "255.255.255.255", "RFC 8190 limited broadcast"},
        {"::", "::", "RFC 4291 unspecified"},
        {"::1", "::1", "RFC 4291 loopback"},
        {"::ffff:0.0.0.0", "::ffff:255.255.255.255", "RFC 4291 IPv4-mapped"},
        {"::ffff:127.0.0.1", "::ffff:93.184.216.34", "RFC 4291 IPv4-mapped"},
        {"::2", "::255.255.255.255", "RFC 4291 IPv4-compatible"},
        {"64:ff9b::10.0.0.1", "64:ff9b::10.255.255.255", "RFC 1918 private"},
        {"64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "RFC 1122 loopback"},
        {"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "RFC 8215 local NAT64"},
        {"100::", "100::ffff:ffff:ffff:ffff", "RFC 6666 discard-only"},
        {"100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", "RFC 9780 dummy"},
        {"2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 4380 Teredo"},
        {"2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "RFC 5180 benchmarking"},
        {"2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 4843 ORCHID"},
        {"2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 7343 ORCHIDv2"},
        {"2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 2928 protocol assignments"},
        {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 3849 documentation"},
        {"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 3056 6to4"},
        {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 9637 documentation"},
        {"5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 9602 segment routing"},
        {"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 4193 unique local"},
        {"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 4291 link-local"},
        {"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 3879 site-local"},
        {"ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "RFC 4291 multicast"},
        {"1::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not given out as unicast"},
        {"4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not given out as unicast"},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const char *ends[] = {ranges[i].first, ranges[i].last};
        for (int end = 0; end < 2; end++) {
            if (judge(ends[end], NULL) != EK_GUARD_REFUSED)
                fail_msg("%s is not refused", ends[end]);
            if (!strstr(why, ranges[i].name))
                fail_msg("%s: %s, not %s", ends[end], why, ranges[i].name);
        }
    }
    assert_int_equal(judge("10.0.0.1", NULL), EK_GUARD_REFUSED);
    assert_string_equal(why, "address 10.0.0.1 (RFC 1918 private) refused");
}

static void test_public(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "93.184.216.34",
        "2001:200::",
        "2001:db7:ffff::",
        "2001:db9::",
        "2003::",
        "2000::",
        "2606:2800::1",
        "3ffe:ffff::",
        "3fff:1000::",
        "64:ff9b::93.184.216.34",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (judge(addresses[i], "loopback") != EK_GUARD_PUBLIC)
            fail_msg("%s: %s", addresses[i], why);
}

static void test_permit(void **state)
{
    (void)state;
    assert_int_equal(judge("127.0.0.1", "loopback"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("::1", "loopback"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("127.0.0.1", "private"), EK_GUARD_REFUSED);
    assert_int_equal(judge("::ffff:127.0.0.1", "loopback"), EK_GUARD_REFUSED);
    assert_int_equal(judge("10.1.2.3", "loopback, private"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("192.168.0.1", "private"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("fd00::1", "private"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("169.254.169.254", "loopback private"), EK_GUARD_REFUSED);
    assert_int_equal(judge("10.8.255.255", "10.8.0.0/16"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("10.9.0.0", "10.8.0.0/16"), EK_GUARD_REFUSED);
    assert_int_equal(judge("10.8.0.129", "10.8.0.128/25"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("10.8.0.127", "10.8.0.128/25"), EK_GUARD_REFUSED);
    assert_int_equal(judge("192.168.7.7", "192.168.7.7"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("192.168.7.8", "192.168.7.7"), EK_GUARD_REFUSED);
    assert_int_equal(judge("fd00:1::9", "fd00:1::/32"), EK_GUARD_PERMITTED);
    assert_int_equal(judge("fd00:2::9", "fd00:1::/32"), EK_GUARD_REFUSED);
    assert_int_equal(judge("10.0.0.1", "fd00::/8"), EK_GUARD_REFUSED);
    assert_int_equal(judge("10.0.0.1", ""), EK_GUARD_REFUSED);
    assert_int_equal(judge("93.184.216.34", "10.0.0.0/8"), EK_GUARD_PUBLIC);
}

static void test_check_permit(void **state)
{
    (void)state;
    static const char *const good[] = {"", "loopback", " loopback ,private\t10.0.0.0/8", "::1/128",
                                       "10.0.0.0/0"};
    static const char *const bad[] = {"localhost", "10.0.0.0/33", "10.0.0/8",    "::/129",
                                      "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/+8",
                                      "all",       "300.1.1.1"};
    struct ek_err err;
    char text[300];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(ek_fetch_check_permit(good[i], &err), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ek_fetch_check_permit(bad[i], &err) == 0)
            fail_msg("%s is taken", bad[i]);
    assert_string_equal(err.message, "'300.1.1.1' permits no range: write loopback, private, or a "
                                     "range such as 10.8.0.0/16");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(ek_fetch_check_permit(text, &err), -1);
}

static void test_other_families(void **state)
{
    (void)state;
    struct sockaddr address = {.sa_family = AF_UNIX};
    assert_int_equal(ek_guard_check(&address, "loopback private", why, sizeof why),
                     EK_GUARD_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_public),
        cmocka_unit_test(test_permit),         cmocka_unit_test(test_check_permit),
        cmocka_unit_test(test_other_families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
