/* transfer.h - one HTTP exchange at a time with one host, under every ceiling.
 *
 * A transfer belongs to a host and is used for one request after another, so that its cookies and
 * its connection stay with it. */
#ifndef EKBOM_FETCH_TRANSFER_H
#define EKBOM_FETCH_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/buf.h"
#include "ekbom/time.h"
#include "guard.h"
#include "head.h"

struct ek_err;

struct ek_order { /* what to ask; strings must live until the transfer has ended */
    const char *url;
    const char *user_agent;
    const char *permit; /* NULL */
    bool has_contact;
    const char *etag, *last_modified; /* NULL: not conditional */
    size_t body_limit;
    bool cut; /* a longer body is cut there, and is no fault */
};

enum ek_exchange {
    EK_EXCHANGE_ANSWERED,  /* head and body are whole */
    EK_EXCHANGE_FORBIDDEN, /* the guard let no address of the host be dialled */
    EK_EXCHANGE_REFUSED,   /* the answer went over a ceiling */
    EK_EXCHANGE_CROWDED,   /* too many bytes held for all hosts together: try again */
    EK_EXCHANGE_FAILED     /* no answer, or not the whole of it */
};

struct ek_transfer {
    CURL *easy;
    struct curl_slist *fields; /* of the request */
    struct ek_order order;
    size_t *held; /* bytes of bodies, all hosts together */
    struct ek_buf request;
    struct ek_head head;
    struct ek_buf body;
    /* Of the connection, which outlives the request. */
    char address[EK_ADDRESS_TEXT]; /* "" before the first */
    char permit[256];              /* under which it was dialled */
    bool had_contact;
    enum ek_guard verdict;
    /* Of the request. */
    ek_time sent;
    bool whole; /* answered, and head and body are complete */
    bool guard_refused, head_refused, body_refused, crowded;
    char why[256]; /* the guard's reason */
    char detail[CURL_ERROR_SIZE];
};

int ek_transfer_init(struct ek_transfer *transfer, size_t *held, struct ek_err *err);
void ek_transfer_free(struct ek_transfer *transfer);
int ek_transfer_prepare(struct ek_transfer *transfer, const struct ek_order *order, ek_time now,
                        struct ek_err *err);
/* What became of it. reason: one line, "" if it was answered. Fills transfer->address. */
enum ek_exchange ek_transfer_conclude(struct ek_transfer *transfer, CURLcode code, char *reason,
                                      size_t reason_size);
/* Free what the request left and nobody has taken; the connection and the cookies stay. */
void ek_transfer_clear(struct ek_transfer *transfer);
/* Microseconds from the request to the end of the answer. */
int64_t ek_transfer_took(const struct ek_transfer *transfer);

#endif
