/* stream.h - a file's bytes, plain or gzip, through one window. Private to store/archive.
 *
 * The window holds decoded bytes from the first not yet dropped. Positions count from there; a
 * pointer from ek_stream_data is good until the next ek_stream_need or ek_stream_drop. */
#ifndef EKBOM_STORE_ARCHIVE_STREAM_H
#define EKBOM_STORE_ARCHIVE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;
struct ek_stream;

/* The bytes of path in [offset, offset + length), or to its end if that comes first. */
int ek_stream_open(struct ek_stream **stream, const char *path, uint64_t offset, uint64_t length,
                   struct ek_err *err);
void ek_stream_close(struct ek_stream *stream); /* NULL is allowed */

/* Read until the window holds `want` bytes. Returns how many it holds: fewer only where the file
 * ends, is cut short or is damaged. */
size_t ek_stream_need(struct ek_stream *stream, size_t want);
const char *ek_stream_data(const struct ek_stream *stream);
size_t ek_stream_held(const struct ek_stream *stream);
uint64_t ek_stream_dropped(const struct ek_stream *stream);  /* bytes before the window */
void ek_stream_drop(struct ek_stream *stream, size_t count); /* at most what is held */

bool ek_stream_gzip(const struct ek_stream *stream);
bool ek_stream_cut(const struct ek_stream *stream); /* it ends inside a gzip member */
/* What stopped the reading, or NULL. */
const struct ek_err *ek_stream_error(const struct ek_stream *stream);
/* True if it was stopped in a gzip member (or a plain file) that began before the position. */
bool ek_stream_damaged_before(const struct ek_stream *stream, size_t position);

/* Place in the file of the byte at a position, or of the gzip member that it lies in. */
uint64_t ek_stream_offset(const struct ek_stream *stream, size_t position);
/* Place in the file where what has been read up to a position certainly ends: the next member's
 * start where that is known. */
uint64_t ek_stream_extent(const struct ek_stream *stream, size_t position);
/* The first position in [from, until) where a gzip member begins; SIZE_MAX if there is none. */
size_t ek_stream_member(const struct ek_stream *stream, size_t from, size_t until);
/* True if the position is where a gzip member begins. */
bool ek_stream_at_member(const struct ek_stream *stream, size_t position);

#endif
