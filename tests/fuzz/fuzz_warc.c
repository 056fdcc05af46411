/* Any bytes as a WARC file: every record is read and every byte that a record shows is touched.
 *
 * Rooms: store base. Run by tests/fuzz/run.sh warc SECONDS. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern volatile unsigned seen; /* keeps the reading from being optimised away */
volatile unsigned seen;

static unsigned touch(const void *bytes, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += ((const unsigned char *)bytes)[i];
    return sum;
}

static unsigned touch_text(const char *text)
{
    return text ? touch(text, strlen(text)) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned sum = 0;
    char path[64];
    struct ek_err err = {0};
    struct ek_warc *warc;
    struct ek_warc_record r;
    int fd = memfd_create("warc", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct ek_arena *arena = ek_arena_new(1u << 20);
    if (ek_warc_open(&warc, path, &err) == 0) {
        uint64_t last = 0;
        int rc;
        while ((rc = ek_warc_next(warc, &r, &err)) == 1) {
            sum += touch(r.block, r.block_len) + touch(r.body, r.body_len);
            sum += touch_text(r.type) + touch_text(r.url) + touch_text(r.record_id);
            sum += touch_text(r.mime) + touch_text(r.charset) + touch_text(r.location);
            sum += touch_text(r.oddity) + touch_text(ek_warc_field(&r, "software", arena));
            if (r.body_len > EK_MAX_PAGE_BYTES || r.offset < last || r.offset + r.length > size)
                abort();
            last = r.offset;
        }
        if (rc < 0 && (!err.kind || !*err.message))
            abort();
        ek_warc_close(warc);
    }
    ek_arena_free(arena);
    close(fd);
    seen = sum;
    return 0;
}
