/* file_output.h - a file that appears whole or not at all: datasets, dumps, reports. */
#ifndef EKBOM_FILE_OUTPUT_H
#define EKBOM_FILE_OUTPUT_H

#include <stddef.h>

struct ek_err;
struct ek_output;

/* "-" is standard output; a path that is a device or a pipe is written directly. */
int ek_output_open(struct ek_output **output, const char *path, struct ek_err *err);
/* 0; 1 when the reader is gone; -1. */
int ek_output_write(struct ek_output *output, const char *bytes, size_t len, struct ek_err *err);
/* Put it in place and free it; -1 leaves nothing. */
int ek_output_close(struct ek_output *output, struct ek_err *err);
void ek_output_cancel(struct ek_output *output);

#endif
