/* archive.h - WARC: reading anyone's, writing our own.
 *
 * Ours: WARC 1.1, gzip per record, one file a forum and month of fetching, below STORE/archive.
 * For each page a `response` (and the `request`, where known) and a `metadata` record with what
 * was concluded from it. Order on disk: records are appended and flushed (ek_archive_flush)
 * before the store commits the reference; after a crash an orphan record may be left, a
 * dangling reference never. STORE/archive/lengths says how far each file is known to be whole. */
#ifndef EKBOM_ARCHIVE_H
#define EKBOM_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/time.h"

struct ek_arena;
struct ek_err;

/* Reading ----------------------------------------------------------------------------------- */

struct ek_warc_record {       /* all memory belongs to the reader, until the next record */
    const char *type;         /* response, request, resource, warcinfo, metadata, revisit, ... */
    const char *url;          /* target address, angle brackets and blanks removed; or NULL */
    const char *record_id;    /* without angle brackets */
    const char *content_type; /* of the WARC block */
    ek_time date;             /* EK_TIME_UNKNOWN if missing or malformed */
    uint64_t offset, length;  /* of the record in the file: compressed bytes where compressed */
    const void *block;        /* the block as it stands: for a response, HTTP head and body */
    size_t block_len;
    bool truncated;     /* the writer said so, or the block is shorter than declared */
    const char *oddity; /* what was wrong and read all the same; NULL if nothing */
    /* responses only (and resource records: status 200, content type of the block) */
    int status;           /* HTTP status; 0 if the head could not be read */
    const char *mime;     /* "text/html", lower case; NULL if none */
    const char *charset;  /* of the Content-Type header; NULL if none */
    const char *location; /* of a redirect; NULL */
    const void *body;     /* de-chunked and decompressed, at most EK_MAX_PAGE_BYTES */
    size_t body_len;
    bool body_cut; /* the ceiling was reached, or the body ended early */
};

struct ek_warc;

int ek_warc_open(struct ek_warc **warc, const char *path, struct ek_err *err);
void ek_warc_close(struct ek_warc *warc);
/* 1 and the record; 0 at the end; -1 when this and what follows cannot be read: the message names
 * file and byte offset. A file that merely ends in the middle of a record gives that record, with
 * truncated set, if its head was whole. An empty file is an error. */
int ek_warc_next(struct ek_warc *warc, struct ek_warc_record *record, struct ek_err *err);
/* The field of a warcinfo or metadata block ("software", "sample-data"), or NULL. */
const char *ek_warc_field(const struct ek_warc_record *record, const char *name,
                          struct ek_arena *arena);
/* True if the file begins like a WARC (plain or gzip). */
bool ek_warc_sniff(const char *path);

/* Writing ----------------------------------------------------------------------------------- */

struct ek_archive;

struct ek_archive_ref {      /* where a page's response lies */
    char file[96];           /* name below STORE/archive; "" = none */
    uint64_t offset, length; /* compressed bytes of the one gzip member */
};

struct ek_archive_page {
    const char *url;
    const char *forum_slug; /* host and port as a file name, see ek_archive_slug */
    ek_time fetched;
    const void *response; /* HTTP head and body */
    size_t response_len;
    const void *request; /* HTTP request; NULL if not known */
    size_t request_len;
};

/* Open the archive of a store (the folder must exist) for appending. An incomplete last record,
 * left by a crash, is cut off. */
int ek_archive_open(struct ek_archive **archive, const char *folder, struct ek_err *err);
void ek_archive_close(struct ek_archive *archive); /* does not flush */
int ek_archive_append(struct ek_archive *archive, const struct ek_archive_page *page,
                      struct ek_archive_ref *ref, struct ek_err *err);
/* The metadata record for an appended page: lines "name: value". */
int ek_archive_conclude(struct ek_archive *archive, const struct ek_archive_ref *ref,
                        const char *url, ek_time date, const char *fields, struct ek_err *err);
/* Everything appended is on the disk when this returns 0 (data and directory entries). On a full
 * disk -1 (EK_FULL), and what was appended since the last flush is cut off again. */
int ek_archive_flush(struct ek_archive *archive, struct ek_err *err);
/* Drop what was appended since the last flush. */
void ek_archive_rollback(struct ek_archive *archive);

/* Read one archived page back. The record is valid until the archive reader is closed. */
int ek_archive_read(const char *folder, const struct ek_archive_ref *ref, struct ek_warc **warc,
                    struct ek_warc_record *record, struct ek_err *err);
/* Write over an archived page what says that it was taken back; on the disk when this returns 0.
 * -1 with EK_LIMIT: the record is too short for that. */
int ek_archive_blank(const char *folder, const struct ek_archive_ref *ref, const char *url,
                     ek_time date, struct ek_err *err);
/* "127.0.0.1_8090" from an address; digits, letters, '.', '-', '_' only. */
const char *ek_archive_slug(const char *url, char out[64]);

#endif
