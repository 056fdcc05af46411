/* error.h - how a room tells its caller what went wrong.
 *
 * Every fallible function returns 0 (or a count) on success and -1 on failure, and fills the
 * caller's struct ek_err. Libraries never print, log or exit: the message travels up to the one
 * place that talks to people. A message names the place (file, line, column, offset, address)
 * and, where there is one, the remedy. */
#ifndef EKBOM_ERROR_H
#define EKBOM_ERROR_H

#include <stdbool.h>

/* What kind of failure, for callers that act on it; people read the message. */
enum ek_kind {
    EK_OK = 0,
    EK_USAGE,     /* wrong use: a bad option, date, name */
    EK_FORMAT,    /* malformed input: page, rule file, WARC, JSON, store value */
    EK_LIMIT,     /* a ceiling of limits.h was reached */
    EK_IO,        /* the system refused: open, read, write, fsync */
    EK_FULL,      /* no space left on the device, or the map is full */
    EK_BUSY,      /* another process holds the writer lock */
    EK_VERSION,   /* the store or file was written by another version */
    EK_NOT_FOUND, /* no such store, post, theory, file */
    EK_MEMORY,    /* allocation failed */
    EK_CHILD      /* a reader process died, hung or broke the protocol */
};

struct ek_err {
    enum ek_kind kind;
    char message[1024]; /* UTF-8, one line, no trailing newline */
};

/* Fill err (which may be NULL) and return -1. */
int ek_fail(struct ek_err *err, enum ek_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with ": strerror(errno)" appended; ENOSPC and EDQUOT become EK_FULL, ENOMEM
 * EK_MEMORY, ENOENT EK_NOT_FOUND, else EK_IO. */
int ek_fail_errno(struct ek_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "out of memory", EK_MEMORY. Returns -1. */
int ek_fail_memory(struct ek_err *err);

/* Arenas and buffers note here that the system refused them memory; ek_starved tells, once. A
 * decoder says only that it failed, and an extractor may do without: this tells what memory was
 * short for from what is malformed, or is not there. */
void ek_starve(void);
bool ek_starved(void);

/* Put "prefix: " before the message that err already holds. Returns -1. */
int ek_fail_in(struct ek_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
