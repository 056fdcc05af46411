/* url.c - addresses in one form. See ekbom/fetch.h.
 *
 * libcurl's own parser does the work, so that what is checked here is what is dialled: two parsers
 * that disagree about an address are the classic way past a guard. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/fetch.h"
#include "ekbom/limits.h"
#include "reason.h"

/* A value that only a session id has: 32 hex digits, as PHP makes them, or nothing. A `sid` of
 * another form is some software's story or section and stays. */
static bool is_session(const char *value, size_t len)
{
    if (len != 32 && len != 0)
        return false;
    return strspn(value, "0123456789abcdefABCDEF") >= len;
}

static bool is_session_pair(const char *pair, size_t len)
{
    const char *equals = memchr(pair, '=', len);
    size_t name_len = equals ? (size_t)(equals - pair) : len;
    if (name_len == 9 && strncasecmp(pair, "PHPSESSID", 9) == 0)
        return true;
    bool named = (name_len == 3 && memcmp(pair, "sid", 3) == 0) || (name_len == 1 && *pair == 's');
    return named && equals && is_session(equals + 1, len - name_len - 1);
}

/* Scheme and path are the parser's business, the host is left as it was written. */
static void lower_host(char *url)
{
    char *at = strstr(url, "://");
    for (at = at ? at + 3 : url; *at && !strchr("/?#", *at); at++)
        if (*at >= 'A' && *at <= 'Z')
            *at |= 0x20;
}

/* Copy the address without its session ids; "?" goes when nothing is left behind it. */
static void add_without_sessions(struct ek_buf *out, const char *url)
{
    size_t head = strcspn(url, "?");
    ek_buf_add(out, url, head);
    if (!url[head])
        return;
    char joint = '?';
    for (const char *pair = url + head + 1;;) {
        size_t len = strcspn(pair, "&");
        if (!is_session_pair(pair, len)) {
            ek_buf_addc(out, joint);
            ek_buf_add(out, pair, len);
            joint = '&';
        }
        if (!pair[len])
            break;
        pair += len + 1;
    }
    if (out->len == head + 1) /* "?" and nothing behind it */
        out->data[--out->len] = '\0';
}

static int malformed(struct ek_err *err, const char *url, const char *why)
{
    ek_fail(err, EK_USAGE, "%.400s: not an address that can be fetched: %s", url, why);
    if (err)
        ek_reason_clean(err->message);
    return -1;
}

/* The parser knows more schemes than are ever dialled. */
static int check_scheme(CURLU *parts, const char *url, struct ek_err *err)
{
    char *scheme = NULL;
    if (curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return malformed(err, url, "it must begin with http:// or https://");
    bool known = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    if (!known) {
        ek_fail(err, EK_USAGE, "%.400s: %s: is not fetched, only http: and https:", url, scheme);
        if (err)
            ek_reason_clean(err->message);
    }
    curl_free(scheme);
    return known ? 0 : -1;
}

/* libcurl takes nearly any octet for part of a name, and turns an international one into ASCII by
 * the locale, which a service does not have. */
static int check_host(CURLU *parts, const char *url, struct ek_err *err)
{
    char *host = NULL;
    if (curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return malformed(err, url, "it has no host");
    size_t good = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-._[]:");
    bool whole = good && !host[good], international = (unsigned char)host[good] > 0x7f;
    curl_free(host);
    if (whole)
        return 0;
    return malformed(err, url,
                     international ? "write the host in its ASCII form, xn--..."
                                   : "a host has letters, digits, '-' and '.'");
}

static int build(CURLU *parts, struct ek_buf *out, const char *base, const char *url,
                 struct ek_err *err)
{
    CURLUcode rc = CURLUE_OK;
    if (strlen(url) > EK_MAX_URL_BYTES)
        return malformed(err, url, "longer than 4096 bytes");
    if (base)
        rc = curl_url_set(parts, CURLUPART_URL, base, 0);
    if (rc == CURLUE_OK)
        rc = curl_url_set(parts, CURLUPART_URL, url, CURLU_URLENCODE | CURLU_DISALLOW_USER);
    if (rc != CURLUE_OK)
        return malformed(err, url, curl_url_strerror(rc));
    if (check_scheme(parts, url, err) != 0)
        return -1;
    curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
    if (check_host(parts, url, err) != 0)
        return -1;
    char *made = NULL;
    rc = curl_url_get(parts, CURLUPART_URL, &made, CURLU_NO_DEFAULT_PORT);
    if (rc != CURLUE_OK)
        return malformed(err, url, curl_url_strerror(rc));
    lower_host(made);
    ek_buf_clear(out);
    if (strlen(made) <= EK_MAX_URL_BYTES)
        add_without_sessions(out, made);
    else
        out->failed = true;
    curl_free(made);
    return out->failed ? malformed(err, url, "longer than 4096 bytes") : 0;
}

/* An encoded octet in a host is decoded once, and may then be read as another host: "%34" is "4",
 * and "4" is 0.0.0.4. Such an address has no one form. */
static int check_form(const char *url, const char *form, struct ek_err *err)
{
    struct ek_buf again;
    CURLU *parts = curl_url();
    ek_buf_init(&again, EK_MAX_URL_BYTES);
    int rc = parts ? build(parts, &again, NULL, form, err) : ek_fail_memory(err);
    if (rc == 0 && strcmp(ek_buf_str(&again), form) != 0)
        rc = malformed(err, url, "its host can be read in two ways");
    ek_buf_free(&again);
    curl_url_cleanup(parts);
    return rc;
}

int ek_url_normalise(struct ek_buf *out, const char *base, const char *url, struct ek_err *err)
{
    CURLU *parts = curl_url();
    if (!parts)
        return ek_fail_memory(err);
    int rc = build(parts, out, base, url, err);
    curl_url_cleanup(parts);
    if (rc == 0 && strchr(url, '%'))
        rc = check_form(url, ek_buf_str(out), err);
    return rc;
}

/* What stands between scheme and path, without a leading "www.". */
static const char *site_of(const char *url, size_t *len)
{
    const char *at = strstr(url, "://");
    at = at ? at + 3 : url;
    if (strncmp(at, "www.", 4) == 0)
        at += 4;
    *len = strcspn(at, "/?#");
    return at;
}

bool ek_url_same_site(const char *from, const char *to)
{
    size_t from_len, to_len;
    const char *a = site_of(from, &from_len), *b = site_of(to, &to_len);
    if (from_len != to_len || memcmp(a, b, from_len) != 0)
        return false;
    bool from_tls = strncmp(from, "https:", 6) == 0, to_tls = strncmp(to, "https:", 6) == 0;
    if (from_tls == to_tls)
        return true;
    /* A port that is written is not a standard one, and belongs to one scheme. */
    const char *bracket = memchr(a, ']', from_len), *host_end = bracket ? bracket : a;
    return to_tls && !memchr(host_end, ':', (size_t)(a + from_len - host_end));
}
