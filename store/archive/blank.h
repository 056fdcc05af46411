/* blank.h - which archived pages were taken back, for copies that go on from an earlier one. */
#ifndef EKBOM_STORE_ARCHIVE_BLANK_H
#define EKBOM_STORE_ARCHIVE_BLANK_H

#include <stdint.h>

struct ek_err;

#define EK_BLANKED_NOTE "blanked" /* below an archive: a line a record, with the file it is in */

/* How many records of a file were blanked, as the archive at `folder` has noted. 0, -1. */
int ek_blanked_count(const char *folder, const char *file, uint64_t *count, struct ek_err *err);

#endif
