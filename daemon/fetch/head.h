/* head.h - the head of an HTTP response, as it arrives and as it is archived. */
#ifndef EKBOM_FETCH_HEAD_H
#define EKBOM_FETCH_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/buf.h"

/* Fields are "" where the head has none, or one that is longer than its room. */
struct ek_head {
    struct ek_buf text; /* the form that is archived, without its end: see ek_head_finish */
    struct ek_buf location;
    size_t received; /* bytes of every head and trailer of the transfer */
    int status;
    bool complete; /* the empty line has come: what follows is a trailer */
    bool cookies;  /* it sets some */
    char mime[128];
    char charset[64];
    char etag[256];
    char last_modified[64];
    char retry_after[64];
    char encoding[64]; /* a Content-Encoding that was not asked for */
};

void ek_head_init(struct ek_head *head);
void ek_head_free(struct ek_head *head);
void ek_head_clear(struct ek_head *head);

/* One line with its end, as it came. False when the head is larger than EK_MAX_HTTP_HEADER_BYTES,
 * has an encoding that was not asked for, or memory is out. */
bool ek_head_line(struct ek_head *head, const char *line, size_t len);
/* Add the length of the decoded body and the empty line. */
void ek_head_finish(struct ek_head *head, size_t body_len);

#endif
