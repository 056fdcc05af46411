/* member.h - one WARC record as one gzip member. Private to store/archive. */
#ifndef EKBOM_STORE_ARCHIVE_MEMBER_H
#define EKBOM_STORE_ARCHIVE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/time.h"

struct ek_buf;
struct ek_err;
struct ek_member_packer; /* the compressor's memory, used again for every record */

#define EK_RECORD_ID_BYTES 46 /* "urn:uuid:", 36 characters and the NUL */

struct ek_member {
    const char *type;         /* warcinfo, response, request, metadata */
    const char *content_type; /* of the block */
    const char *url;          /* as ek_field_url makes them; NULL for warcinfo */
    const char *filename;     /* warcinfo only */
    ek_time date;             /* unknown: now, and the record says that it is not known */
    const char *relation;     /* "WARC-Concurrent-To"; NULL for none, */
    const char *related;      /* to this record id */
    const void *block;
    size_t len;
    bool http;      /* the block is an HTTP message: a payload digest is added */
    bool truncated; /* the block is only the beginning */
};

struct ek_member_packer *ek_member_packer_new(void); /* NULL when out of memory */
void ek_member_packer_free(struct ek_member_packer *packer);

/* Append the record to out; its new random id goes to id. */
int ek_member_pack(struct ek_member_packer *packer, const struct ek_member *member,
                   struct ek_buf *out, char id[EK_RECORD_ID_BYTES], struct ek_err *err);

#endif
