/* fault.h - which calls are counted, and what is to happen to one. */
#ifndef EKBOM_TESTS_FAULT_H
#define EKBOM_TESTS_FAULT_H

#include <stdbool.h>

enum fault_kind {
    FAULT_ALLOC,
    FAULT_OPEN,
    FAULT_READ,
    FAULT_PREAD,
    FAULT_WRITE,
    FAULT_PWRITE,
    FAULT_WRITEV,
    FAULT_FSYNC,
    FAULT_FDATASYNC,
    FAULT_RENAME,
    FAULT_FTRUNCATE,
    FAULT_MMAP,
    FAULT_MKDIR,
    FAULT_UNLINK,
    FAULT_STAT,
    FAULT_FLOCK,
    FAULT_FCNTL,
    FAULT_DUP,
    FAULT_ACCESS,
    FAULT_CHMOD,
    FAULT_LSEEK,
    FAULT_OPENDIR,
    FAULT_READDIR,
    FAULT_SOCKETPAIR,
    FAULT_SPAWN,
    FAULT_SEND,
    FAULT_RECV,
    FAULT_POLL,
    FAULT_RANDOM,
    FAULT_KINDS
};

/* Counts a call. 0: it takes place; -1: it fails, with errno; 1: it is cut short. `path`, which may
 * be "", goes into the line about it. */
int fault_strikes(enum fault_kind kind, const char *path);
/* Counts an allocation. True, with errno: it fails. */
bool fault_no_memory(void);
/* True once the disk is full: nothing new can be made. */
bool fault_disk_is_full(void);

/* The next library's function of a name: the C library's, or a sanitizer's before it. ISO C has no
 * cast from void * to a function, hence the union. */
#define FAULT_NEXT(type, name, ...)                                                                \
    static union {                                                                                 \
        void *found;                                                                               \
        type (*call)(__VA_ARGS__);                                                                 \
    } next;                                                                                        \
    if (!next.found)                                                                               \
    next.found = dlsym(RTLD_NEXT, name)

#endif
