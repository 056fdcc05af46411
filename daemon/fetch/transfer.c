/* transfer.c - one HTTP exchange. See transfer.h.
 *
 * HTTP/1.1 only: heads are archived as they came, and one request at a time gains nothing from
 * HTTP/2. Redirects are not followed here, since scope, robots.txt and politeness are to be asked
 * at each hop. The request is recorded by the trace hook, which costs less than two runs differ by,
 * and is exact where a request put together a second time would only be likely. Bodies are counted
 * decoded, in the write hook: libcurl's own size limit sees the bytes of the wire. Encodings that
 * were not asked for end the transfer, because their decoders may take a hundred megabytes. Cookies
 * are libcurl's, whose rules are the browsers', in memory; a host that sets more than the ceiling
 * loses all of them. */
#include "transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "reason.h"

/* Hooks ---------------------------------------------------------------------------------------- */

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct ek_transfer *t = context;
    if (purpose != CURLSOCKTYPE_IPCXN)
        return CURL_SOCKET_BAD;
    enum ek_guard verdict = ek_guard_check(&address->addr, t->order.permit, t->why, sizeof t->why);
    if (verdict == EK_GUARD_PUBLIC && !t->order.has_contact) {
        snprintf(t->why, sizeof t->why,
                 "a public address is not asked without the operator's contact");
        verdict = EK_GUARD_REFUSED;
    }
    if (verdict == EK_GUARD_REFUSED) {
        t->guard_refused = true;
        return CURL_SOCKET_BAD;
    }
    t->verdict = verdict;
    t->had_contact = t->order.has_contact;
    snprintf(t->permit, sizeof t->permit, "%s", t->order.permit ? t->order.permit : "");
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_head(char *bytes, size_t size, size_t count, void *context)
{
    struct ek_transfer *t = context;
    if (ek_head_line(&t->head, bytes, size * count))
        return size * count;
    t->head_refused = true;
    return 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct ek_transfer *t = context;
    size_t len = size * count, room = t->body.limit - t->body.len;
    if (len > room) {
        t->body_refused = true;
        if (!t->order.cut)
            return 0;
        len = room;
    }
    t->crowded = *t->held + len > EK_MAX_HELD_BYTES;
    if (t->crowded)
        return 0;
    size_t before = t->body.len;
    ek_buf_add(&t->body, bytes, len);
    *t->held += t->body.len - before;
    return t->body.failed || t->body_refused ? 0 : size * count;
}

static int trace(CURL *easy, curl_infotype type, char *bytes, size_t len, void *context)
{
    (void)easy;
    struct ek_transfer *t = context;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    /* A kept connection that turned out to be dead: the request is sent again. */
    size_t had = t->request.len;
    if (had >= 4 && memcmp(t->request.data + had - 4, "\r\n\r\n", 4) == 0)
        ek_buf_clear(&t->request);
    ek_buf_add(&t->request, bytes, len);
    return 0;
}

/* Options -------------------------------------------------------------------------------------- */

/* The first refusal is kept, the rest is passed over. */
struct settings {
    CURL *easy;
    CURLcode code;
};

#define SET(settings, option, value)                                                               \
    ((settings)->code =                                                                            \
         (settings)->code ? (settings)->code : curl_easy_setopt((settings)->easy, option, value))

static int settings_done(const struct settings *s, struct ek_err *err)
{
    if (s->code == CURLE_OK)
        return 0;
    if (s->code == CURLE_OUT_OF_MEMORY)
        return ek_fail_memory(err);
    return ek_fail(err, EK_IO, "libcurl refuses an option: %s", curl_easy_strerror(s->code));
}

static int set_for_good(struct ek_transfer *t, struct ek_err *err)
{
    struct settings s = {t->easy, CURLE_OK};
    SET(&s, CURLOPT_ERRORBUFFER, t->detail);
    SET(&s, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(&s, CURLOPT_OPENSOCKETDATA, t);
    SET(&s, CURLOPT_HEADERFUNCTION, take_head);
    SET(&s, CURLOPT_HEADERDATA, t);
    SET(&s, CURLOPT_WRITEFUNCTION, take_body);
    SET(&s, CURLOPT_WRITEDATA, t);
    SET(&s, CURLOPT_DEBUGFUNCTION, trace);
    SET(&s, CURLOPT_DEBUGDATA, t);
    SET(&s, CURLOPT_VERBOSE, 1L);
    SET(&s, CURLOPT_NOSIGNAL, 1L);
    SET(&s, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a resolver that hangs */
    SET(&s, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(&s, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    SET(&s, CURLOPT_COOKIEFILE, "");
    SET(&s, CURLOPT_CONNECTTIMEOUT, (long)EK_FETCH_CONNECT_SECONDS);
    SET(&s, CURLOPT_TIMEOUT, (long)EK_FETCH_TOTAL_SECONDS);
    SET(&s, CURLOPT_LOW_SPEED_TIME, (long)EK_FETCH_SLOW_SECONDS);
    SET(&s, CURLOPT_LOW_SPEED_LIMIT, (long)EK_FETCH_SLOW_BYTES);
    /* What a crawler must never do. */
    SET(&s, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(&s, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(&s, CURLOPT_FOLLOWLOCATION, 0L);
    SET(&s, CURLOPT_PROXY, ""); /* none, whatever the environment says */
    SET(&s, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(&s, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(&s, CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
    SET(&s, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(&s, CURLOPT_SSL_VERIFYHOST, 2L);
    return settings_done(&s, err);
}

int ek_transfer_init(struct ek_transfer *t, size_t *held, struct ek_err *err)
{
    *t = (struct ek_transfer){.held = held};
    ek_head_init(&t->head);
    ek_buf_init(&t->body, EK_MAX_PAGE_BYTES);
    ek_buf_init(&t->request, EK_MAX_HTTP_HEADER_BYTES);
    t->easy = curl_easy_init();
    if (!t->easy)
        return ek_fail_memory(err);
    return set_for_good(t, err);
}

static bool add_field(struct ek_transfer *t, const char *name, const char *value)
{
    char line[512];
    if (!value)
        return true;
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(t->fields, line);
    t->fields = longer ? longer : t->fields;
    return longer != NULL;
}

void ek_transfer_clear(struct ek_transfer *t)
{
    *t->held -= t->body.len;
    ek_head_free(&t->head);
    ek_head_init(&t->head);
    ek_buf_free(&t->body);
    ek_buf_free(&t->request);
    curl_slist_free_all(t->fields);
    t->fields = NULL;
    t->whole = t->guard_refused = t->head_refused = t->body_refused = t->crowded = false;
    t->why[0] = t->detail[0] = '\0';
}

void ek_transfer_free(struct ek_transfer *t)
{
    curl_easy_cleanup(t->easy);
    ek_transfer_clear(t);
}

int ek_transfer_prepare(struct ek_transfer *t, const struct ek_order *order, ek_time now,
                        struct ek_err *err)
{
    t->sent = now;
    t->body.limit = order->body_limit;
    t->order = *order;
    if (!add_field(t, "If-None-Match", order->etag) ||
        !add_field(t, "If-Modified-Since", order->last_modified))
        return ek_fail_memory(err);
    /* A kept connection was judged for whoever asked first: others have their own made. */
    bool fresh = t->address[0] && (strcmp(t->permit, order->permit ? order->permit : "") != 0 ||
                                   t->had_contact != order->has_contact);
    struct settings s = {t->easy, CURLE_OK};
    SET(&s, CURLOPT_URL, order->url);
    SET(&s, CURLOPT_USERAGENT, order->user_agent);
    SET(&s, CURLOPT_HTTPHEADER, t->fields);
    SET(&s, CURLOPT_FRESH_CONNECT, (long)fresh);
    return settings_done(&s, err);
}

/* The end ----------------------------------------------------------------------------------------
 */

static const struct sentence {
    CURLcode code;
    const char *text;
    bool detailed; /* libcurl's own words say more */
} sentences[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "the name does not resolve", false},
    {CURLE_GOT_NOTHING, "the host closed the connection without an answer", false},
    {CURLE_PARTIAL_FILE, "the host closed the connection before the end of the answer", false},
    {CURLE_RECV_ERROR, "the connection broke while the answer was read", true},
    {CURLE_SEND_ERROR, "the connection broke while the request was sent", true},
    {CURLE_PEER_FAILED_VERIFICATION, "the certificate does not verify", true},
    {CURLE_SSL_CONNECT_ERROR, "no TLS connection", true},
    {CURLE_WEIRD_SERVER_REPLY, "the answer is not HTTP", false},
    {CURLE_UNSUPPORTED_PROTOCOL, "the answer is not HTTP", false},
    {CURLE_BAD_CONTENT_ENCODING, "the compressed body cannot be read", false},
    {CURLE_WRITE_ERROR, "out of memory", false}, /* ceilings are told apart before */
    {CURLE_OUT_OF_MEMORY, "out of memory", false},
};

/* The ceiling of time that ended the transfer. */
static void timed_out(const struct ek_transfer *t, char *reason, size_t size)
{
    curl_off_t ready = 0, total = 0;
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &total);
    if (!ready)
        snprintf(reason, size, "no connection within %d s", EK_FETCH_CONNECT_SECONDS);
    else if (total >= EK_FETCH_TOTAL_SECONDS * 1000000LL)
        snprintf(reason, size, "the answer was not complete within %d s", EK_FETCH_TOTAL_SECONDS);
    else
        snprintf(reason, size, "the answer came slower than %d bytes a second for %d s",
                 EK_FETCH_SLOW_BYTES, EK_FETCH_SLOW_SECONDS);
}

static void explain(const struct ek_transfer *t, CURLcode code, char *reason, size_t size)
{
    long number = 0;
    if (code == CURLE_OPERATION_TIMEDOUT) {
        timed_out(t, reason, size);
        return;
    }
    if (code == CURLE_COULDNT_CONNECT) {
        char text[128];
        curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
        snprintf(reason, size, "no connection: %s",
                 number ? strerror_r((int)number, text, sizeof text) : t->detail);
        return;
    }
    struct sentence sentence = {code, curl_easy_strerror(code), true};
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].code == code)
            sentence = sentences[i];
    snprintf(reason, size, "%s%s%s", sentence.text, sentence.detailed && *t->detail ? ": " : "",
             sentence.detailed ? t->detail : "");
}

/* A host may set cookies without end, fifty an answer. */
static void limit_cookies(struct ek_transfer *t)
{
    struct curl_slist *cookies = NULL;
    size_t count = 0, bytes = 0;
    if (!t->head.cookies || curl_easy_getinfo(t->easy, CURLINFO_COOKIELIST, &cookies) != CURLE_OK)
        return;
    for (const struct curl_slist *at = cookies; at; at = at->next) {
        count++;
        bytes += strlen(at->data);
    }
    curl_slist_free_all(cookies);
    if (count > EK_MAX_COOKIES || bytes > EK_MAX_COOKIE_BYTES)
        curl_easy_setopt(t->easy, CURLOPT_COOKIELIST, "ALL"); /* erases */
}

static enum ek_exchange refusal(const struct ek_transfer *t, CURLcode code, char *reason,
                                size_t size)
{
    if (code == CURLE_COULDNT_CONNECT && t->guard_refused) {
        snprintf(reason, size, "%s", t->why);
        return EK_EXCHANGE_FORBIDDEN;
    }
    if (t->crowded) {
        snprintf(reason, size, "more than %u MiB of answers are held already",
                 EK_MAX_HELD_BYTES >> 20);
        return EK_EXCHANGE_CROWDED;
    }
    if (t->body_refused)
        snprintf(reason, size, "body larger than %zu MiB", t->body.limit >> 20);
    else if (t->head.encoding[0])
        snprintf(reason, size, "content encoding '%s' was not asked for", t->head.encoding);
    else if (t->head_refused)
        snprintf(reason, size, "head larger than %u KiB", EK_MAX_HTTP_HEADER_BYTES >> 10);
    else if (code == CURLE_OUT_OF_MEMORY && t->request.len && !t->head.complete)
        snprintf(reason, size, "a line of the head is larger than %d KiB", /* libcurl's own limit */
                 CURL_MAX_HTTP_HEADER >> 10);
    else if (code == CURLE_BAD_CONTENT_ENCODING)
        explain(t, code, reason, size);
    else
        return EK_EXCHANGE_FAILED;
    return EK_EXCHANGE_REFUSED;
}

enum ek_exchange ek_transfer_conclude(struct ek_transfer *t, CURLcode code, char *reason,
                                      size_t reason_size)
{
    char *address = NULL;
    reason[0] = '\0';
    curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &address);
    if (address && *address)
        snprintf(t->address, sizeof t->address, "%s", address);
    limit_cookies(t);
    bool cut = t->order.cut && t->body_refused && !t->crowded && !t->head_refused;
    if (code != CURLE_OK && !cut) {
        enum ek_exchange outcome = refusal(t, code, reason, reason_size);
        if (outcome == EK_EXCHANGE_FAILED)
            explain(t, code, reason, reason_size);
        ek_reason_clean(reason);
        return outcome;
    }
    ek_head_finish(&t->head, t->body.len);
    t->whole = !t->head.text.failed && !t->body.failed;
    if (t->whole)
        return EK_EXCHANGE_ANSWERED;
    snprintf(reason, reason_size, "out of memory");
    return EK_EXCHANGE_FAILED;
}

int64_t ek_transfer_took(const struct ek_transfer *t)
{
    curl_off_t ready = 0, total = 0;
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &total);
    return total - ready;
}
