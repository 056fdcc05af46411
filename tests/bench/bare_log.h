/* bare_log.h - the least that a durable commit into LMDB can be: rows appended as one value. The
 * measure of what the index costs beyond it. */
#ifndef EKBOM_TESTS_BARE_LOG_H
#define EKBOM_TESTS_BARE_LOG_H

#include <stddef.h>

/* In a new folder. Failures end the program. */
struct bare_log *bare_log_open(const char *folder);
void bare_log_append(struct bare_log *log, const void *rows, size_t len);
void bare_log_close(struct bare_log *log);

#endif
