/* file_copy.h - files that only ever grow, copied and brought up to date. */
#ifndef EKBOM_STORE_FILE_COPY_H
#define EKBOM_STORE_FILE_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_err;

/* Bytes of `from` from `begin` on to its end replace those of `to` from there on; made where it is
 * not there, with the permissions of `from`, and on the disk when this returns 0 (the caller syncs
 * the folder). *copied: how many. */
int ek_file_copy(const char *from, const char *to, uint64_t begin, uint64_t *copied,
                 struct ek_err *err);
/* Are the last bytes before `end` the same in both (1), or not (0, also where one is shorter)? Our
 * own archive files differ there if they differ anywhere before: every record has an id of its
 * own. -1 when one cannot be read. */
int ek_file_agrees(const char *a, const char *b, uint64_t end, struct ek_err *err);
/* SHA-256 of its first bytes: 1; 0 if it is shorter; -1 when it cannot be read. */
int ek_file_digest(const char *path, uint64_t bytes, unsigned char digest[32], struct ek_err *err);
/* All of the bytes at a place of an open file. 0, -1 with errno. */
int ek_write_at(int fd, const char *bytes, size_t len, uint64_t at);
/* Bytes; -1 if it is not there or no plain file. */
int64_t ek_file_size(const char *path);

#endif
