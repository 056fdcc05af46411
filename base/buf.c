/* buf.c - bounded growing buffer. See ekbom/buf.h. */
#include "ekbom/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/error.h"

void ek_buf_init(struct ek_buf *buf, size_t limit)
{
    *buf = (struct ek_buf){.limit = limit};
}

void ek_buf_free(struct ek_buf *buf)
{
    free(buf->data);
    *buf = (struct ek_buf){.limit = buf->limit};
}

void ek_buf_clear(struct ek_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

char *ek_buf_room(struct ek_buf *buf, size_t len)
{
    if (buf->failed || len > buf->limit || buf->len > buf->limit - len) {
        buf->failed = true;
        return NULL;
    }
    size_t need = buf->len + len + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap ? buf->cap : 64;
        while (cap < need)
            cap *= 2;
        char *data = realloc(buf->data, cap);
        if (!data) {
            ek_starve();
            buf->failed = true;
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void ek_buf_add(struct ek_buf *buf, const void *bytes, size_t len)
{
    char *room = ek_buf_room(buf, len);
    if (!room)
        return;
    if (len)
        memcpy(room, bytes, len);
    room[len] = '\0';
    buf->len += len;
}

void ek_buf_adds(struct ek_buf *buf, const char *string)
{
    ek_buf_add(buf, string, strlen(string));
}

void ek_buf_addc(struct ek_buf *buf, char c)
{
    ek_buf_add(buf, &c, 1);
}

void ek_buf_addf(struct ek_buf *buf, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    char *room = len < 0 ? NULL : ek_buf_room(buf, (size_t)len);
    if (room) {
        vsnprintf(room, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

const char *ek_buf_str(struct ek_buf *buf)
{
    if (buf->failed)
        return NULL;
    if (!buf->data)
        return "";
    buf->data[buf->len] = '\0';
    return buf->data;
}
