/* read.h - parts of the WARC reader that the archive's own files are read with. Private to
 * store/archive. */
#ifndef EKBOM_STORE_ARCHIVE_READ_H
#define EKBOM_STORE_ARCHIVE_READ_H

#include <stdbool.h>
#include <stdint.h>

struct ek_err;
struct ek_warc;

/* The records of a file in [offset, offset + length). */
int ek_warc_open_range(struct ek_warc **warc, const char *path, uint64_t offset, uint64_t length,
                       struct ek_err *err);

/* True if the bytes ended inside a gzip member. */
bool ek_warc_cut(const struct ek_warc *warc);

/* WARC-Date must be there. Where nobody knows when a page was fetched it is the time of writing,
 * and this field says so; the reader then gives no date. */
#define EK_FETCHED_UNKNOWN "Ekbom-Fetched-Unknown"

#endif
