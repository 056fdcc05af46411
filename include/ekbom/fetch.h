/* fetch.h - pages over HTTP, politely. The only room that knows libcurl.
 *
 * A fetcher takes requests, keeps one queue a host (scheme, name, port), asks each host for its
 * robots.txt first, one request at a time with a delay between, and hands back results. It is
 * driven by the caller's event loop: wait until ek_fetcher_descriptor can be read or
 * ek_fetcher_timeout has passed, call ek_fetcher_step, take results with ek_fetcher_next. It starts
 * nothing between calls and calls nothing back but the clock. Cookies live in memory, host by host.
 * Nothing is on disk: the frontier, the archive and stored robots.txt are the caller's. */
#ifndef EKBOM_FETCH_H
#define EKBOM_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/time.h"

struct ek_buf;
struct ek_err;
struct ek_fetcher;

/* Delays are measured on this clock; ceilings of a transfer on the real one. */
struct ek_clock {
    int64_t (*milliseconds)(void *context); /* monotonic */
    ek_time (*seconds)(void *context);      /* of the day */
    void *context;
};

/* product: "ekbom/1.2.3"; what stands before the slash is the name that robots.txt files know us
 * by. clock: NULL for the system's; copied. One fetcher can be had several times in a process. */
int ek_fetcher_new(struct ek_fetcher **fetcher, const char *product, const struct ek_clock *clock,
                   struct ek_err *err);
/* Breaks transfers off and drops what waits. NULL is allowed. */
void ek_fetcher_free(struct ek_fetcher *fetcher);

struct ek_fetch_request {
    const char *url;     /* normalised here, see ek_url_normalise */
    uint64_t tag;        /* the caller's; comes back with the result */
    const char *contact; /* the operator's address; NULL: then no public address is asked */
    const char *permit;  /* see ek_fetch_check_permit; NULL: public addresses only */
    int delay_ms;        /* least time between two requests; on a public address 1 s or more */
    const char *etag;    /* of the copy at hand: makes the request conditional; NULL */
    const char *last_modified; /* likewise */
};

/* Queue it, behind what waits for the same host. Strings are copied. Each request gives exactly one
 * result. -1: not a fetchable address, a bad contact or permit, too much queued. */
int ek_fetcher_request(struct ek_fetcher *fetcher, const struct ek_fetch_request *request,
                       struct ek_err *err);

/* For poll(): readable when ek_fetcher_step has work. The same for the fetcher's whole life. */
int ek_fetcher_descriptor(const struct ek_fetcher *fetcher);
/* Milliseconds until ek_fetcher_step is to be called even so: 0 at once, -1 never. */
int ek_fetcher_timeout(const struct ek_fetcher *fetcher);
/* Do what can be done without waiting. -1 only when the machine refuses (memory, descriptors). */
int ek_fetcher_step(struct ek_fetcher *fetcher, struct ek_err *err);
/* Transfers under way. */
size_t ek_fetcher_active(const struct ek_fetcher *fetcher);
/* Start nothing more: what waits is dropped without a result, what is under way comes to its end.
 */
void ek_fetcher_drain(struct ek_fetcher *fetcher);

enum ek_fetch_outcome {
    EK_FETCH_PAGE,         /* an answer of any status not named below, with its body */
    EK_FETCH_NOT_MODIFIED, /* 304: the copy at hand is current */
    EK_FETCH_REDIRECT,     /* to another site: `target` was not asked */
    EK_FETCH_DISALLOWED,   /* by robots.txt: nothing was asked */
    EK_FETCH_REFUSED,      /* the address guard or a ceiling: asking again will not help */
    EK_FETCH_LATER,   /* no answer, 429 or 5xx (with its body), or no robots.txt to be had: may be
                         requested again at once, the fetcher waits as long as is due */
    EK_FETCH_STOPPED, /* the host answered 403 again and again: see ek_fetcher_resume */
    EK_FETCH_ROBOTS   /* not for a request: a robots.txt to be kept, see ek_fetcher_robots */
};

struct ek_fetch_result {
    enum ek_fetch_outcome outcome;
    uint64_t tag;
    const char *reason;  /* one line; "" for a page and for not modified */
    const char *url;     /* asked last, after redirects within the site; of ROBOTS: the host's */
    const char *target;  /* of a redirect, normalised; NULL */
    int redirects;       /* followed */
    int status;          /* 0: no answer */
    ek_time fetched;     /* when the last request was sent; unknown if none was */
    const char *address; /* IP address that answered; NULL */
    const char *request; /* as sent, head only; NULL if nothing was sent */
    size_t request_len;
    /* Status line and fields as they came, then an empty line; but since the body is decoded,
     * Transfer-Encoding, Content-Encoding and Content-Length are renamed X-Crawler-..., and a
     * Content-Length of the decoded body is added: head and body are a sound HTTP response. */
    const char *head;
    size_t head_len;
    const char *body; /* never NULL */
    size_t body_len;
    const char *mime;    /* lower case, without parameters; NULL */
    const char *charset; /* of the Content-Type field; NULL */
    const char *etag, *last_modified;
};

/* 1 and the next result, 0 if there is none. Its memory is valid until the next call, or
 * ek_fetcher_free. Until results are taken, not more than EK_MAX_HELD_BYTES are fetched. */
int ek_fetcher_next(struct ek_fetcher *fetcher, struct ek_fetch_result *result);

/* Hand in a robots.txt kept from an EK_FETCH_ROBOTS result (url, status, body, fetched), so that a
 * host is not asked again within a day. What is older is ignored. */
int ek_fetcher_robots(struct ek_fetcher *fetcher, const char *url, int status, const void *body,
                      size_t len, ek_time fetched, struct ek_err *err);

struct ek_host_state {      /* strings are valid until the next call of any function */
    const char *origin;     /* "http://board.example" */
    const char *stopped;    /* why; NULL while it is asked */
    const char *last_error; /* NULL if there was none, or since it was overcome */
    ek_time last_error_time;
    ek_time next_allowed;    /* earliest time of the next request; in the past: now */
    int delay_ms;            /* between requests, as things are: asked for, Crawl-delay, back-off */
    double crawl_delay;      /* seconds, of robots.txt; 0 */
    ek_time robots_fetched;  /* unknown: not yet */
    unsigned requests_today; /* UTC */
    size_t queued;
};
/* The host of an address; false if nothing was ever requested of it. */
bool ek_fetcher_host(struct ek_fetcher *fetcher, const char *url, struct ek_host_state *state);
/* Ask a stopped host again (its operator has spoken), and forget its back-off. */
void ek_fetcher_resume(struct ek_fetcher *fetcher, const char *url);

/* Ranges that a source may use although they are not public: words apart by blanks or commas, each
 * "loopback", "private" (RFC 1918 and RFC 4193) or a range such as "10.8.0.0/16". */
int ek_fetch_check_permit(const char *permit, struct ek_err *err);

/* An http or https address in one form: absolute (resolved against base, which may be NULL), scheme
 * and host in lower case and ASCII, no default port, no fragment, dot segments resolved, blanks and
 * non-ASCII octets encoded, session ids (sid, s, PHPSESSID) removed. Replaces what out holds. -1:
 * another scheme, a user name, too long (EK_MAX_URL_BYTES), malformed. */
int ek_url_normalise(struct ek_buf *out, const char *base, const char *url, struct ek_err *err);
/* True for two normalised addresses if `to` is the same site as `from`: equal scheme, host and
 * port, but "www." may come or go and http become https (standard ports). */
bool ek_url_same_site(const char *from, const char *to);

#endif
