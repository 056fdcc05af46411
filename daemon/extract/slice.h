/* slice.h - a piece of text that lies in somebody else's buffer. Not NUL-terminated. */
#ifndef EXTRACT_SLICE_H
#define EXTRACT_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct ek_slice {
    const char *at; /* NULL: not there */
    size_t len;
};

static inline struct ek_slice ek_slice(const char *at, size_t len)
{
    return (struct ek_slice){at, len};
}

static inline struct ek_slice ek_slice_of(const char *string)
{
    return (struct ek_slice){string, string ? strlen(string) : 0};
}

static inline bool ek_slice_is(struct ek_slice slice, const char *string)
{
    return slice.len == strlen(string) && memcmp(slice.at, string, slice.len) == 0;
}

static inline bool ek_html_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static inline struct ek_slice ek_slice_trim(struct ek_slice slice)
{
    while (slice.len && ek_html_space(slice.at[0]))
        slice.at++, slice.len--;
    while (slice.len && ek_html_space(slice.at[slice.len - 1]))
        slice.len--;
    return slice;
}

#endif
