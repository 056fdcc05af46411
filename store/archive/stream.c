/* stream.c - decoded bytes of a WARC file, and where in the file they came from.
 *
 * One window over the decoded bytes, whatever the file is: plain, a gzip member a record, one
 * member over everything, or members cut in the middle of a record. All of them exist; a reader
 * that treats a member as a record loses pages on the last two. The window keeps a mark for each
 * member's start, from which a record's place in the file is told and which serve as the safe
 * places to take up reading again when a length is wrong.
 *
 * Memory: what the caller asks for at once, and as much again so that moving the rest to the
 * front costs a constant amount a byte. Decoded bytes are counted against the compressed ones:
 * deflate reaches 1032:1, forum pages 4:1 to 20:1. */
#include "store/archive/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"

#define CHUNK 65536u

struct mark {
    uint64_t at;     /* decoded position, counted from the beginning */
    uint64_t offset; /* in the file */
};

struct ek_stream {
    int fd;
    char *path;
    uint64_t read_at, read_end; /* next byte of the file to read; where to stop */
    bool started, gzip, inflating, in_member, ended, cut;
    z_stream z;
    unsigned char in[CHUNK];
    size_t in_at, in_len;
    uint64_t member_offset, member_out;
    char *data;
    size_t start, len, cap; /* data[start .. start + len) is the window */
    uint64_t dropped;       /* decoded bytes before the window */
    struct mark *marks;     /* ascending; the first is at or before the window's start */
    size_t mark_first, mark_count, mark_cap;
    struct ek_err error;
    uint64_t error_at; /* decoded position */
};

int ek_stream_open(struct ek_stream **stream, const char *path, uint64_t offset, uint64_t length,
                   struct ek_err *err)
{
    struct stat st;
    struct ek_stream *s = calloc(1, sizeof *s);
    *stream = NULL;
    if (!s)
        return ek_fail_memory(err);
    s->fd = open(path, O_RDONLY | O_CLOEXEC);
    s->path = strdup(path);
    s->cap = 2 * (size_t)CHUNK;
    s->data = malloc(s->cap);
    s->read_at = offset;
    s->read_end = length > UINT64_MAX - offset ? UINT64_MAX : offset + length;
    int rc = 0;
    if (!s->path || !s->data)
        rc = ek_fail_memory(err);
    else if (s->fd < 0 || fstat(s->fd, &st) < 0)
        rc = ek_fail_errno(err, "%s", path);
    else if (S_ISDIR(st.st_mode))
        rc = ek_fail(err, EK_USAGE, "%s: is a folder; name the WARC files in it", path);
    else if (offset && lseek(s->fd, (off_t)offset, SEEK_SET) < 0)
        rc = ek_fail_errno(err, "%s: byte %llu", path, (unsigned long long)offset);
    if (rc < 0) {
        ek_stream_close(s);
        return -1;
    }
    *stream = s;
    return 0;
}

void ek_stream_close(struct ek_stream *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    if (s->inflating)
        inflateEnd(&s->z);
    free(s->path);
    free(s->data);
    free(s->marks);
    free(s);
}

/* Room for a chunk at the end of the window. Bytes are moved to the front only when the free
 * space there is as large as what has to be moved. */
static bool make_room(struct ek_stream *s)
{
    if (s->cap - s->start - s->len >= CHUNK)
        return true;
    if (s->start >= s->len && s->cap - s->len >= CHUNK) {
        memmove(s->data, s->data + s->start, s->len);
        s->start = 0;
        return true;
    }
    size_t cap = s->cap < (1u << 20) ? s->cap * 2 : s->cap + s->cap / 4;
    char *data = realloc(s->data, cap);
    if (!data) {
        ek_fail_memory(&s->error);
        return false;
    }
    s->data = data;
    s->cap = cap;
    return true;
}

/* Bytes of the file into place; 0 at the end, -1 with the error latched. */
static ssize_t read_file(struct ek_stream *s, void *place, size_t room)
{
    ssize_t got;
    if (room > s->read_end - s->read_at)
        room = (size_t)(s->read_end - s->read_at);
    if (room == 0)
        return 0;
    do
        got = read(s->fd, place, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return ek_fail_errno(&s->error, "%s: byte %llu", s->path, (unsigned long long)s->read_at);
    s->read_at += (uint64_t)got;
    return got;
}

static void fill_plain(struct ek_stream *s)
{
    ssize_t got = read_file(s, s->data + s->start + s->len, CHUNK);
    if (got == 0)
        s->ended = true;
    if (got > 0)
        s->len += (size_t)got;
}

static bool begin_member(struct ek_stream *s)
{
    s->member_offset = s->read_at - (s->in_len - s->in_at);
    s->member_out = 0;
    struct mark mark = {s->dropped + s->len, s->member_offset};
    struct mark *last = s->mark_count ? &s->marks[s->mark_first + s->mark_count - 1] : NULL;
    if (last && last->at == mark.at) {
        *last = mark;
    } else {
        if (s->mark_count == EK_MAX_WARC_MEMBERS) {
            ek_fail(&s->error, EK_LIMIT,
                    "%s: byte %llu: more than %u gzip members in one WARC record", s->path,
                    (unsigned long long)s->member_offset, EK_MAX_WARC_MEMBERS);
            return false;
        }
        if (s->mark_first + s->mark_count == s->mark_cap) {
            size_t cap = s->mark_cap ? s->mark_cap * 2 : 64;
            struct mark *marks = realloc(s->marks, cap * sizeof *marks);
            if (!marks) {
                ek_fail_memory(&s->error);
                return false;
            }
            s->marks = marks;
            s->mark_cap = cap;
        }
        s->marks[s->mark_first + s->mark_count++] = mark;
    }
    s->in_member = true;
    return inflateReset2(&s->z, 15 + 16) == Z_OK;
}

static void member_failed(struct ek_stream *s)
{
    bool none = s->z.total_in < 3 && s->z.total_out == 0;
    ek_fail(&s->error, EK_FORMAT,
            none ? "%s: byte %llu: not gzip data (%s)"
                 : "%s: byte %llu: the gzip data from here on is damaged (%s)",
            s->path, (unsigned long long)s->member_offset, s->z.msg ? s->z.msg : "inflate");
    s->error_at = s->dropped + s->len - s->member_out;
}

/* One call of inflate. True if there is nothing more to do: bytes came, or the end did. */
static bool inflate_once(struct ek_stream *s)
{
    if (s->in_at == s->in_len) {
        ssize_t got = read_file(s, s->in, sizeof s->in);
        if (got <= 0) {
            s->ended = got == 0;
            s->cut = s->ended && s->in_member;
            return true;
        }
        s->in_at = 0;
        s->in_len = (size_t)got;
    }
    if (!s->in_member && !begin_member(s))
        return true;
    s->z.next_in = s->in + s->in_at;
    s->z.avail_in = (uInt)(s->in_len - s->in_at);
    s->z.next_out = (unsigned char *)s->data + s->start + s->len;
    s->z.avail_out = CHUNK;
    int rc = inflate(&s->z, Z_NO_FLUSH);
    size_t out = CHUNK - s->z.avail_out;
    s->in_at = s->in_len - s->z.avail_in;
    s->len += out;
    s->member_out += out;
    if (rc == Z_STREAM_END)
        s->in_member = false;
    else if (rc == Z_MEM_ERROR)
        ek_fail_memory(&s->error);
    else if (rc != Z_OK && rc != Z_BUF_ERROR)
        member_failed(s);
    if (s->member_out > EK_MEMBER_FREE_BYTES &&
        s->member_out / EK_MAX_MEMBER_RATIO > s->z.total_in && !s->error.kind) {
        ek_fail(&s->error, EK_LIMIT,
                "%s: byte %llu: gzip member grows more than %u times: a decompression bomb",
                s->path, (unsigned long long)s->member_offset, EK_MAX_MEMBER_RATIO);
        s->error_at = s->dropped + s->len - s->member_out;
    }
    return out > 0 || s->error.kind;
}

static void start(struct ek_stream *s)
{
    s->started = true;
    /* Two bytes tell gzip; a read may give one. */
    while (s->in_len < 2) {
        ssize_t got = read_file(s, s->in + s->in_len, sizeof s->in - s->in_len);
        if (got <= 0)
            break;
        s->in_len += (size_t)got;
    }
    s->gzip = s->in_len >= 1 && s->in[0] == 0x1f && (s->in_len == 1 || s->in[1] == 0x8b);
    if (s->gzip) {
        s->inflating = inflateInit2(&s->z, 15 + 16) == Z_OK;
        if (!s->inflating)
            ek_fail_memory(&s->error);
        return;
    }
    memcpy(s->data, s->in, s->in_len);
    s->len = s->in_len;
}

size_t ek_stream_need(struct ek_stream *s, size_t want)
{
    while (s->len < want && !s->ended && !s->error.kind) {
        if (!make_room(s))
            break;
        if (!s->started)
            start(s);
        else if (!s->gzip)
            fill_plain(s);
        else
            while (!inflate_once(s))
                ;
    }
    return s->len;
}

const char *ek_stream_data(const struct ek_stream *s)
{
    return s->data + s->start;
}

size_t ek_stream_held(const struct ek_stream *s)
{
    return s->len;
}

uint64_t ek_stream_dropped(const struct ek_stream *s)
{
    return s->dropped;
}

void ek_stream_drop(struct ek_stream *s, size_t count)
{
    if (count > s->len)
        count = s->len;
    s->start += count;
    s->len -= count;
    s->dropped += count;
    if (s->len == 0)
        s->start = 0;
    while (s->mark_count > 1 && s->marks[s->mark_first + 1].at <= s->dropped) {
        s->mark_first++;
        s->mark_count--;
    }
    if (s->mark_first > 0 && s->mark_first >= s->mark_count) {
        memmove(s->marks, s->marks + s->mark_first, s->mark_count * sizeof *s->marks);
        s->mark_first = 0;
    }
}

bool ek_stream_gzip(const struct ek_stream *s)
{
    return s->gzip;
}

bool ek_stream_cut(const struct ek_stream *s)
{
    return s->cut;
}

const struct ek_err *ek_stream_error(const struct ek_stream *s)
{
    return s->error.kind ? &s->error : NULL;
}

bool ek_stream_damaged_before(const struct ek_stream *s, size_t position)
{
    return s->error.kind && s->error_at < s->dropped + position;
}

/* Index of the first mark at or after a decoded position; mark_count if there is none. */
static size_t mark_from(const struct ek_stream *s, uint64_t at)
{
    size_t low = 0, high = s->mark_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->marks[s->mark_first + middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t ek_stream_offset(const struct ek_stream *s, size_t position)
{
    uint64_t at = s->dropped + position;
    if (!s->gzip)
        return s->read_at - s->len + position;
    size_t i = mark_from(s, at + 1);
    return i ? s->marks[s->mark_first + i - 1].offset : 0;
}

uint64_t ek_stream_extent(const struct ek_stream *s, size_t position)
{
    if (!s->gzip)
        return ek_stream_offset(s, position);
    size_t i = mark_from(s, s->dropped + position);
    if (i < s->mark_count)
        return s->marks[s->mark_first + i].offset;
    return s->read_at - (s->in_len - s->in_at);
}

size_t ek_stream_member(const struct ek_stream *s, size_t from, size_t until)
{
    size_t i = s->gzip ? mark_from(s, s->dropped + from) : s->mark_count;
    if (i == s->mark_count || s->marks[s->mark_first + i].at >= s->dropped + until)
        return SIZE_MAX;
    return (size_t)(s->marks[s->mark_first + i].at - s->dropped);
}

bool ek_stream_at_member(const struct ek_stream *s, size_t position)
{
    return ek_stream_member(s, position, position + 1) == position;
}
