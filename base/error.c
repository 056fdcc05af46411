/* error.c - filling struct ek_err. See ekbom/error.h. */
#include "ekbom/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int fail(struct ek_err *err, enum ek_kind kind, int number, const char *format, va_list ap)
{
    if (!err)
        return -1;
    err->kind = kind;
    vsnprintf(err->message, sizeof err->message, format, ap);
    if (number) {
        size_t used = strlen(err->message);
        char text[128];
        snprintf(err->message + used, sizeof err->message - used, ": %s",
                 strerror_r(number, text, sizeof text));
    }
    return -1;
}

int ek_fail(struct ek_err *err, enum ek_kind kind, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fail(err, kind, 0, format, ap);
    va_end(ap);
    return -1;
}

static enum ek_kind kind_of(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return EK_FULL;
    case ENOMEM:
        return EK_MEMORY;
    case ENOENT:
        return EK_NOT_FOUND;
    default:
        return EK_IO;
    }
}

int ek_fail_errno(struct ek_err *err, const char *format, ...)
{
    int number = errno;
    va_list ap;
    va_start(ap, format);
    fail(err, kind_of(number), number, format, ap);
    va_end(ap);
    errno = number;
    return -1;
}

int ek_fail_memory(struct ek_err *err)
{
    return ek_fail(err, EK_MEMORY, "out of memory");
}

static bool starved; /* as with errno, the last time is enough */

void ek_starve(void)
{
    starved = true;
}

bool ek_starved(void)
{
    bool was = starved;
    starved = false;
    return was;
}

int ek_fail_in(struct ek_err *err, const char *format, ...)
{
    if (!err)
        return -1;
    char old[sizeof err->message];
    memcpy(old, err->message, sizeof old);
    va_list ap;
    va_start(ap, format);
    fail(err, err->kind, 0, format, ap);
    va_end(ap);
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, ": %.900s", old);
    return -1;
}
