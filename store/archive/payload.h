/* payload.h - what an HTTP message in a WARC block carries. Private to store/archive. */
#ifndef EKBOM_STORE_ARCHIVE_PAYLOAD_H
#define EKBOM_STORE_ARCHIVE_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_strings;
struct ek_buf;
struct ek_warc_record;

/* Where the decoded forms are kept, and what was found odd on the way. */
struct ek_payload {
    struct ek_strings *strings;
    struct ek_buf *chunks;   /* the body without its chunks' sizes */
    struct ek_buf *decoded;  /* the body without its content coding */
    struct ek_buf *oddities; /* "a; b" */
};

/* Head and body of a response: fills status, mime, charset, location, body, body_len, body_cut
 * from the record's block. */
void ek_payload_read(const struct ek_payload *payload, struct ek_warc_record *record);

/* Take these bytes as the record's body, up to the ceiling for pages. */
void ek_payload_body(const struct ek_payload *payload, const void *body, size_t len,
                     struct ek_warc_record *record);

/* mime and charset of a Content-Type value. */
void ek_payload_type(struct ek_strings *strings, const char *value, struct ek_warc_record *record);

/* The length that an HTTP message claims by its own head: head and Content-Length. False if it
 * does not say (chunked, or no Content-Length), or if block is no HTTP message. */
bool ek_payload_extent(const char *block, size_t len, struct ek_strings *strings, uint64_t *extent);

void ek_odd(struct ek_buf *oddities, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
