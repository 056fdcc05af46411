/* robots_path.c - one form for addresses and patterns. See robots_path.h.
 *
 * RFC 9309 2.2.2: octets above ASCII are percent-encoded, encoded unreserved octets decoded, the
 * rest of the triplets in upper case. "*" and "$" of an address are encoded, so that in a pattern
 * "%2A" is the character and "*" the wildcard. */
#include "robots_path.h"

#include <string.h>

#include "ekbom/buf.h"

const char *ek_robots_path_of(const char *url, size_t *len)
{
    const char *start = url, *scheme = strstr(url, "://");
    if (scheme && strcspn(url, "/?#") == (size_t)(scheme - url) + 1)
        start = scheme + 3;
    else if (strncmp(url, "//", 2) == 0)
        start = url + 2;
    if (start != url || *url != '/')
        start += strcspn(start, "/?#");
    *len = strcspn(start, "#");
    return start;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_triplet(struct ek_buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    char triplet[] = {'%', digits[c >> 4], digits[c & 15]};
    ek_buf_add(out, triplet, sizeof triplet);
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

void ek_robots_path_form(struct ek_buf *out, const char *path, size_t len, bool pattern)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)path[i];
        int high = -1, low = -1;
        if (c == '%' && i + 2 < len) {
            high = hex_digit(path[i + 1]);
            low = hex_digit(path[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            c = (unsigned char)(high << 4 | low);
            i += 2;
            if (is_unreserved(c))
                ek_buf_addc(out, (char)c);
            else
                add_triplet(out, c);
        } else if (c <= ' ' || c >= 0x7f || c == '$' || (c == '*' && !pattern)) {
            add_triplet(out, c);
        } else {
            ek_buf_addc(out, (char)c);
        }
    }
}
