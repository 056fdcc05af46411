/* power_log.h - what the recorder writes and the replay reads: every change of the disk, in order.
 *
 * A log is heads, each followed by `len` bytes. Files have numbers, given when they are made, which
 * stay through renames; paths are relative to the recorded folder. */
#ifndef EKBOM_TESTS_POWER_LOG_H
#define EKBOM_TESTS_POWER_LOG_H

#include <stdint.h>

enum power_kind {
    POWER_FILE,        /* a file was made: bytes = its path */
    POWER_FOLDER,      /* a folder was made: bytes = its path */
    POWER_RENAME,      /* bytes = old path, NUL, new path */
    POWER_UNLINK,      /* bytes = path */
    POWER_WRITE,       /* at, bytes */
    POWER_CUT,         /* at = new length, shorter or longer */
    POWER_SYNC,        /* everything written to the file so far is on the disk */
    POWER_SYNC_FOLDER, /* every name in the folder is: bytes = its path */
    POWER_MARK,        /* bytes = a line of the workload: what the store has acknowledged */
    POWER_KINDS
};

struct power_head {
    uint32_t kind;
    uint32_t file;
    uint64_t at;
    uint32_t len;
    uint32_t durable; /* a write through a descriptor opened with O_DSYNC */
};

#endif
