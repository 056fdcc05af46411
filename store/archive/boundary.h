/* boundary.h - where a record's block ends and the next record begins, whatever its length says.
 * Private to store/archive. */
#ifndef EKBOM_STORE_ARCHIVE_BOUNDARY_H
#define EKBOM_STORE_ARCHIVE_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_strings;
struct ek_buf;
struct ek_err;
struct ek_stream;

struct ek_block {
    /* given */
    size_t at;        /* position in the stream's window, right behind the head */
    bool declared;    /* the record says a length, */
    uint64_t length;  /* this one */
    uint64_t checked; /* kept from block to block by the caller, 0 at first */
    /* found */
    const char *bytes; /* at most EK_MAX_WARC_BLOCK_BYTES */
    size_t len;
    size_t next;         /* position behind the record; the window begins there or before */
    uint64_t end_offset; /* in the file */
    bool truncated;      /* shorter than declared */
    bool doubtful;       /* what looks like a record at `next` may be the block's own text */
    bool beyond_ceiling; /* the rest was passed over */
};

enum ek_boundary { EK_BOUNDARY_NONE, EK_BOUNDARY_RECORD, EK_BOUNDARY_END };

/* What stands at a position, line ends passed over: a record, the end of the file, or neither.
 * *next: the record's position. */
enum ek_boundary ek_boundary_at(struct ek_stream *stream, size_t position, size_t *next);

/* Fill the found part. `large` holds the block where it does not fit the window. -1 if the bytes
 * cannot be trusted: err has the place. */
int ek_block_find(struct ek_stream *stream, struct ek_block *block, struct ek_strings *strings,
                  struct ek_buf *large, struct ek_buf *oddities, struct ek_err *err);

#endif
