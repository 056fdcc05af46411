/* lines.h - a stream read line by line with a ceiling: JSONL in constant memory. */
#ifndef EKBOM_LINES_H
#define EKBOM_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;
struct ek_lines;

/* Lines of a descriptor, which stays the caller's. limit: bytes of the longest line given whole. */
struct ek_lines *ek_lines_new(int fd, size_t limit); /* NULL when out of memory */
void ek_lines_free(struct ek_lines *lines);

/* The next line without its end (LF or CR LF): 1; 0 at the end; -1 when reading fails. The bytes
 * are NUL-terminated and valid until the next call. *too_long: the line was longer than the limit
 * and its rest was skipped. */
int ek_lines_next(struct ek_lines *lines, char **line, size_t *len, bool *too_long,
                  struct ek_err *err);
uint64_t ek_lines_number(const struct ek_lines *lines); /* of the line last given, from 1 */

#endif
