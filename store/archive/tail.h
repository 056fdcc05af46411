/* tail.h - how long each archive file certainly is, and cutting off what a crash left behind that.
 * For store/archive, and for verify. */
#ifndef EKBOM_STORE_ARCHIVE_TAIL_H
#define EKBOM_STORE_ARCHIVE_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;

struct ek_tail {
    char file[96];
    uint64_t length; /* of it, everything is on the disk */
    bool missing;    /* the file is not there, though it was, or is to be brought after a load */
};

/* What was noted; nothing if there is no note; EK_FORMAT if it is damaged. `tails` are malloc'ed.
 */
int ek_tails_read(int folder, const char *path, struct ek_tail **tails, size_t *count,
                  struct ek_err *err);
/* Read what was noted and cut each file behind its last whole member. `tails` (malloc'ed) are the
 * files with their lengths now. */
int ek_tails_mend(int folder, const char *path, struct ek_tail **tails, size_t *count,
                  struct ek_err *err);
/* Note these lengths: on the disk when this returns 0. */
int ek_tails_note(int folder, const char *path, const struct ek_tail *tails, size_t count,
                  struct ek_err *err);

#endif
