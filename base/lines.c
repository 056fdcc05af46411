/* lines.c - bounded lines from a descriptor. See ekbom/lines.h. */
#include "ekbom/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"

#define CHUNK (64u << 10)

struct ek_lines {
    int fd;
    uint64_t number;
    struct ek_buf line;
    size_t at, end; /* unread bytes of chunk */
    char chunk[CHUNK];
};

struct ek_lines *ek_lines_new(int fd, size_t limit)
{
    struct ek_lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        return NULL;
    lines->fd = fd;
    ek_buf_init(&lines->line, limit);
    return lines;
}

void ek_lines_free(struct ek_lines *lines)
{
    if (!lines)
        return;
    ek_buf_free(&lines->line);
    free(lines);
}

static int fill(struct ek_lines *lines, struct ek_err *err)
{
    ssize_t n;
    do
        n = read(lines->fd, lines->chunk, CHUNK);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return ek_fail_errno(err, "after line %llu", (unsigned long long)lines->number);
    lines->at = 0;
    lines->end = (size_t)n;
    return n > 0;
}

int ek_lines_next(struct ek_lines *lines, char **line, size_t *len, bool *too_long,
                  struct ek_err *err)
{
    bool any = false, whole = false;
    ek_buf_clear(&lines->line);
    while (!whole) {
        if (lines->at == lines->end) {
            int got = fill(lines, err);
            if (got < 0)
                return -1;
            if (got == 0)
                break;
        }
        any = true;
        const char *from = lines->chunk + lines->at;
        const char *newline = memchr(from, '\n', lines->end - lines->at);
        size_t take = newline ? (size_t)(newline - from) : lines->end - lines->at;
        ek_buf_add(&lines->line, from, take);
        lines->at += take + (newline != NULL);
        whole = newline != NULL;
    }
    if (!any)
        return 0;
    lines->number++;
    *too_long = lines->line.failed;
    if (!lines->line.data)
        ek_buf_add(&lines->line, "", 0);
    *line = lines->line.data;
    *len = lines->line.len;
    if (!lines->line.data)
        return ek_fail_memory(err);
    if (lines->number == 1 && *len >= 3 && memcmp(*line, "\xef\xbb\xbf", 3) == 0) {
        *line += 3; /* a byte order mark is no part of the text */
        *len -= 3;
    }
    if (*len && (*line)[*len - 1] == '\r')
        (*line)[--*len] = '\0';
    return 1;
}

uint64_t ek_lines_number(const struct ek_lines *lines)
{
    return lines->number;
}
