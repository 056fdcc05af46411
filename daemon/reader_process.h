/* reader_process.h - one ekbom-reader as a child process: started, fed, drained, buried. */
#ifndef EKBOM_READER_PROCESS_H
#define EKBOM_READER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/wire.h"

struct reader_process {
    pid_t pid;         /* 0: not running */
    int fd;            /* our end of the socketpair, non-blocking */
    struct ek_buf out; /* frames to send; sent of them are gone */
    size_t sent;
    struct ek_buf in; /* bytes received that are not yet a whole frame */
};

/* Start program with a socketpair as its only descriptor. */
int reader_start(struct reader_process *reader, const char *program, struct ek_err *err);
/* End it and reap it. *how says in words how it ended ("its reader crashed (segmentation fault)");
 * *by_limit is set when its processor time was used up. how may be NULL. */
void reader_end(struct reader_process *reader, const char **how, bool *by_limit);

/* Send and receive what goes without waiting. -1: the child is gone (or broke the protocol). */
int reader_send(struct reader_process *reader);
int reader_receive(struct reader_process *reader);
bool reader_has_output(const struct reader_process *reader);

/* A whole frame at the front of `in`: its type and payload, or false. Drop it when read. */
bool reader_frame(struct reader_process *reader, enum ek_frame *type, const char **payload,
                  size_t *len);
void reader_drop_frame(struct reader_process *reader);

#endif
