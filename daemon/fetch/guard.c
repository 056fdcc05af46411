/* guard.c - the address guard. See guard.h.
 *
 * The check is made on the address that is about to be dialled, in the hook that makes the socket:
 * names are never judged, so that no spelling of an address, and no name that changes its answer
 * between check and use, gets by. The table is IANA's two special-purpose registries (RFC 6890 and
 * its successors) without the few blocks that are ordinary destinations (AS112, AMT), with
 * multicast and what is deprecated or not given out. Whatever of IPv6 is outside 2000::/3 is
 * refused unnamed. Addresses that carry an IPv4 address inside are refused as such, but for NAT64,
 * through which hosts without IPv4 reach the rest: there the address inside is judged. */
#include "guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/error.h"
#include "ekbom/fetch.h"

struct range {
    const char *prefix;
    unsigned bits;
    const char *name;
    const char *word; /* with which a source may permit it; NULL */
};

/* The first that holds the address counts. */
static const struct range ranges4[] = {
    {"0.0.0.0", 8, "RFC 1122 this network", NULL},
    {"10.0.0.0", 8, "RFC 1918 private", "private"},
    {"100.64.0.0", 10, "RFC 6598 shared, carrier NAT", NULL},
    {"127.0.0.0", 8, "RFC 1122 loopback", "loopback"},
    {"169.254.0.0", 16, "RFC 3927 link-local, cloud metadata", NULL},
    {"172.16.0.0", 12, "RFC 1918 private", "private"},
    {"192.0.0.0", 24, "RFC 6890 protocol assignments", NULL},
    {"192.0.2.0", 24, "RFC 5737 documentation", NULL},
    {"192.88.99.0", 24, "RFC 7526 6to4 relay", NULL},
    {"192.168.0.0", 16, "RFC 1918 private", "private"},
    {"198.18.0.0", 15, "RFC 2544 benchmarking", NULL},
    {"198.51.100.0", 24, "RFC 5737 documentation", NULL},
    {"203.0.113.0", 24, "RFC 5737 documentation", NULL},
    {"224.0.0.0", 4, "RFC 5771 multicast", NULL},
    {"255.255.255.255", 32, "RFC 8190 limited broadcast", NULL},
    {"240.0.0.0", 4, "RFC 1112 reserved", NULL},
};

static const struct range ranges6[] = {
    {"::", 128, "RFC 4291 unspecified", NULL},
    {"::1", 128, "RFC 4291 loopback", "loopback"},
    {"::ffff:0:0", 96, "RFC 4291 IPv4-mapped", NULL},
    {"::", 96, "RFC 4291 IPv4-compatible", NULL},
    {"64:ff9b:1::", 48, "RFC 8215 local NAT64", NULL},
    {"100::", 64, "RFC 6666 discard-only", NULL},
    {"100:0:0:1::", 64, "RFC 9780 dummy", NULL},
    {"2001::", 32, "RFC 4380 Teredo", NULL},
    {"2001:2::", 48, "RFC 5180 benchmarking", NULL},
    {"2001:10::", 28, "RFC 4843 ORCHID", NULL},
    {"2001:20::", 28, "RFC 7343 ORCHIDv2", NULL},
    {"2001::", 23, "RFC 2928 protocol assignments", NULL},
    {"2001:db8::", 32, "RFC 3849 documentation", NULL},
    {"2002::", 16, "RFC 3056 6to4", NULL},
    {"3fff::", 20, "RFC 9637 documentation", NULL},
    {"5f00::", 16, "RFC 9602 segment routing", NULL},
    {"fc00::", 7, "RFC 4193 unique local", "private"},
    {"fe80::", 10, "RFC 4291 link-local", NULL},
    {"fec0::", 10, "RFC 3879 site-local", NULL},
    {"ff00::", 8, "RFC 4291 multicast", NULL},
};

static const struct range not_given_out = {"", 0, "not given out as unicast", NULL};

struct ip {
    int family;
    unsigned bits; /* 32 or 128 */
    unsigned char bytes[16];
};

static bool parse_ip(struct ip *ip, const char *text)
{
    memset(ip->bytes, 0, sizeof ip->bytes);
    ip->family = strchr(text, ':') ? AF_INET6 : AF_INET;
    ip->bits = ip->family == AF_INET6 ? 128 : 32;
    return inet_pton(ip->family, text, ip->bytes) == 1;
}

static bool within(const struct ip *ip, const struct ip *prefix, unsigned bits)
{
    if (ip->family != prefix->family || memcmp(ip->bytes, prefix->bytes, bits / 8) != 0)
        return false;
    unsigned rest = bits % 8;
    return !rest || !((ip->bytes[bits / 8] ^ prefix->bytes[bits / 8]) >> (8 - rest));
}

static bool within_text(const struct ip *ip, const char *text, unsigned bits)
{
    struct ip prefix;
    return parse_ip(&prefix, text) && within(ip, &prefix, bits);
}

static const struct range *special_range(const struct ip *ip)
{
    bool is4 = ip->family == AF_INET;
    const struct range *ranges = is4 ? ranges4 : ranges6;
    size_t count = is4 ? sizeof ranges4 / sizeof *ranges4 : sizeof ranges6 / sizeof *ranges6;
    for (size_t i = 0; i < count; i++)
        if (within_text(ip, ranges[i].prefix, ranges[i].bits))
            return &ranges[i];
    return is4 || within_text(ip, "2000::", 3) ? NULL : &not_given_out;
}

/* The next word of a permit; false at the end. */
static bool next_word(const char **at, char word[EK_ADDRESS_TEXT])
{
    *at += strspn(*at, ", \t");
    size_t len = strcspn(*at, ", \t");
    if (!len)
        return false;
    snprintf(word, EK_ADDRESS_TEXT, "%.*s", (int)(len < EK_ADDRESS_TEXT ? len : EK_ADDRESS_TEXT),
             *at);
    *at += len;
    return true;
}

/* "10.8.0.0/16"; a bare address is a range of one. Changes word. */
static bool parse_range(char *word, struct ip *prefix, unsigned *bits)
{
    char *slash = strchr(word, '/'), *end = NULL;
    if (slash)
        *slash = '\0';
    if (!parse_ip(prefix, word))
        return false;
    *bits = prefix->bits;
    if (!slash)
        return true;
    if (slash[1] < '0' || slash[1] > '9')
        return false;
    unsigned long value = strtoul(slash + 1, &end, 10);
    *bits = (unsigned)value;
    return !*end && value <= prefix->bits;
}

static bool permits(const char *permit, const struct ip *ip, const struct range *range)
{
    char word[EK_ADDRESS_TEXT];
    struct ip prefix;
    unsigned bits;
    while (permit && next_word(&permit, word)) {
        if (range->word && strcmp(word, range->word) == 0)
            return true;
        if (parse_range(word, &prefix, &bits) && within(ip, &prefix, bits))
            return true;
    }
    return false;
}

static enum ek_guard judge(const struct ip *ip, const char *permit, char *why, size_t why_size)
{
    struct ip inside = {AF_INET, 32, {0}};
    char text[INET6_ADDRSTRLEN] = "";
    const struct range *range;
    if (within_text(ip, "64:ff9b::", 96)) {
        memcpy(inside.bytes, ip->bytes + 12, 4);
        range = special_range(&inside);
    } else {
        range = special_range(ip);
    }
    if (!range)
        return EK_GUARD_PUBLIC;
    if (permits(permit, ip, range))
        return EK_GUARD_PERMITTED;
    inet_ntop(ip->family, ip->bytes, text, sizeof text);
    snprintf(why, why_size, "address %s (%s) refused", text, range->name);
    return EK_GUARD_REFUSED;
}

enum ek_guard ek_guard_check(const struct sockaddr *address, const char *permit, char *why,
                             size_t why_size)
{
    struct ip ip = {.family = address->sa_family};
    if (ip.family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        ip.bits = 32;
        memcpy(ip.bytes, &in.sin_addr, 4);
    } else if (ip.family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        ip.bits = 128;
        memcpy(ip.bytes, &in.sin6_addr, 16);
    } else {
        snprintf(why, why_size, "address of family %d refused", ip.family);
        return EK_GUARD_REFUSED;
    }
    return judge(&ip, permit, why, why_size);
}

int ek_fetch_check_permit(const char *permit, struct ek_err *err)
{
    char word[EK_ADDRESS_TEXT];
    struct ip prefix;
    unsigned bits;
    if (strlen(permit) > 255)
        return ek_fail(err, EK_USAGE, "a permit has at most 255 characters");
    for (const char *at = permit; next_word(&at, word);) {
        bool known = strcmp(word, "loopback") == 0 || strcmp(word, "private") == 0;
        char range[EK_ADDRESS_TEXT];
        memcpy(range, word, sizeof range);
        if (!known && !parse_range(range, &prefix, &bits))
            return ek_fail(err, EK_USAGE,
                           "'%s' permits no range: write loopback, private, or a range such as "
                           "10.8.0.0/16",
                           word);
    }
    return 0;
}
