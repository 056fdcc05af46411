/* buf.h - a growing byte buffer born with a ceiling.
 *
 * The first failure (ceiling or memory) is latched in `failed`: code that builds something runs
 * straight down and asks once at the end. Owner: whoever initialised it; ek_buf_free frees. */
#ifndef EKBOM_BUF_H
#define EKBOM_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct ek_buf {
    char *data; /* NUL-terminated whenever data is not NULL; NULL while empty */
    size_t len; /* bytes, without the NUL */
    size_t cap;
    size_t limit; /* len never exceeds it */
    bool failed;  /* an addition was dropped; the contents are not to be used */
};

void ek_buf_init(struct ek_buf *buf, size_t limit);
void ek_buf_free(struct ek_buf *buf);
void ek_buf_clear(struct ek_buf *buf); /* empty, keeps memory, clears failed */

void ek_buf_add(struct ek_buf *buf, const void *bytes, size_t len);
void ek_buf_adds(struct ek_buf *buf, const char *string);
void ek_buf_addc(struct ek_buf *buf, char c);
void ek_buf_addf(struct ek_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for len more bytes, to be written by the caller, who then adds to buf->len and writes no
 * NUL (ek_buf_str does). NULL when it would pass the limit. */
char *ek_buf_room(struct ek_buf *buf, size_t len);

/* The contents as a string ("" when empty); NULL if failed. */
const char *ek_buf_str(struct ek_buf *buf);

#endif
