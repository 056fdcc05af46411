/* warc.c - reading WARC records, one after another.
 *
 * A record is head, block and two line ends; the block of a response is an HTTP message. This file
 * reads heads and puts a record together; stream.c undoes gzip, boundary.c finds where the block
 * ends, payload.c reads the HTTP message. What is wrong and can be read all the same is told in
 * `oddity` and read; reading ends only where there is no record to be seen.
 *
 * Nothing is kept from record to record but buffers: memory is one block and its decoded body,
 * whatever the file's size. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/boundary.h"
#include "store/archive/fields.h"
#include "store/archive/payload.h"
#include "store/archive/read.h"
#include "store/archive/stream.h"

struct ek_warc {
    struct ek_stream *stream;
    char *path;
    struct ek_strings strings; /* of the current record */
    struct ek_buf large, chunks, decoded, oddities;
    size_t pending;   /* bytes of the current record still in the window */
    uint64_t checked; /* see struct ek_block */
    bool begun;       /* a record was read */
    bool doubtful;    /* see struct ek_block */
};

int ek_warc_open_range(struct ek_warc **warc, const char *path, uint64_t offset, uint64_t length,
                       struct ek_err *err)
{
    struct ek_warc *w = calloc(1, sizeof *w);
    *warc = NULL;
    if (!w)
        return ek_fail_memory(err);
    ek_buf_init(&w->large, EK_MAX_WARC_BLOCK_BYTES);
    ek_buf_init(&w->chunks, EK_MAX_WARC_BLOCK_BYTES + EK_MAX_WARC_RESYNC_BYTES);
    ek_buf_init(&w->decoded, EK_MAX_PAGE_BYTES);
    ek_buf_init(&w->oddities, 1023);
    w->path = strdup(path);
    w->strings.arena = ek_arena_new(4u << 20);
    int rc = w->path && w->strings.arena ? ek_stream_open(&w->stream, path, offset, length, err)
                                         : ek_fail_memory(err);
    if (rc < 0) {
        ek_warc_close(w);
        return -1;
    }
    *warc = w;
    return 0;
}

int ek_warc_open(struct ek_warc **warc, const char *path, struct ek_err *err)
{
    return ek_warc_open_range(warc, path, 0, UINT64_MAX, err);
}

void ek_warc_close(struct ek_warc *w)
{
    if (!w)
        return;
    ek_stream_close(w->stream);
    ek_arena_free(w->strings.arena);
    ek_buf_free(&w->large);
    ek_buf_free(&w->chunks);
    ek_buf_free(&w->decoded);
    ek_buf_free(&w->oddities);
    free(w->path);
    free(w);
}

/* What a file that is no WARC is, by its first bytes, and what to do with it. */
static const struct {
    const char *bytes;
    size_t len;
    const char *remedy;
} others[] = {
    {"\x28\xb5\x2f\xfd", 4, "it is compressed with zstd; unpack it with zstd -d"},
    {"BZh", 3, "it is compressed with bzip2; unpack it with bunzip2"},
    {"\xfd"
     "7zXZ",
     5, "it is compressed with xz; unpack it with unxz"},
    {"PK\x03\x04", 4, "it is a ZIP file (a WACZ?); unpack it and import the .warc.gz files in it"},
    {"filedesc:", 9, "it is an ARC file; convert it with warcio recompress"},
    {"{", 1, "it looks like JSON; posts as JSONL go in a file of their own, one object a line"},
    {"<", 1, "it looks like a page; read a saved page with ekbom extract"},
};

static int not_a_warc(struct ek_warc *w, size_t at, struct ek_err *err)
{
    const char *data = ek_stream_data(w->stream) + at;
    size_t len = ek_stream_held(w->stream) - at;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (len >= others[i].len && memcmp(data, others[i].bytes, others[i].len) == 0)
            return ek_fail(err, EK_FORMAT, "%s: not a WARC file: %s", w->path, others[i].remedy);
    return ek_fail(
        err, EK_FORMAT,
        "%s: not a WARC file: it should begin with \"WARC/1.0\" or \"WARC/1.1\", plain or "
        "gzip",
        w->path);
}

static int fail_at(struct ek_warc *w, size_t at, struct ek_err *err, enum ek_kind kind,
                   const char *what)
{
    return ek_fail(err, kind, "%s: byte %llu: %s", w->path,
                   (unsigned long long)ek_stream_offset(w->stream, at), what);
}

/* Drop the record before and the line ends after it. 1 if a record begins at the window's start,
 * 0 at the end of the file, -1. */
static int go_to_record(struct ek_warc *w, struct ek_err *err)
{
    struct ek_stream *stream = w->stream;
    size_t next = 0;
    ek_stream_drop(stream, w->pending);
    w->pending = 0;
    if (w->doubtful)
        return fail_at(w, 0, err, EK_FORMAT,
                       "the file ends inside the record before, which may or may not end here; the "
                       "rest was not read");
    enum ek_boundary found = ek_boundary_at(stream, 0, &next);
    if (found == EK_BOUNDARY_RECORD) {
        if (!w->begun && next)
            ek_odd(&w->oddities, "line ends before the first record");
        ek_stream_drop(stream, next);
        return 1;
    }
    size_t held = ek_stream_held(stream) - next;
    const struct ek_err *error = ek_stream_error(stream);
    if (error && held == 0) {
        if (err)
            *err = *error;
        return -1;
    }
    const char *data = ek_stream_data(stream) + next;
    if (held && held < strlen("WARC/1.") && memcmp(data, "WARC/1.", held) == 0)
        return fail_at(w, next, err, EK_FORMAT, "the file ends inside a record's head");
    if (found == EK_BOUNDARY_NONE && !w->begun)
        return not_a_warc(w, next, err);
    if (found == EK_BOUNDARY_NONE)
        return fail_at(w, next, err, EK_FORMAT,
                       "no WARC record begins here; what comes before was read, the rest was not");
    bool cut = ek_stream_cut(stream);
    if (w->begun && cut && ek_stream_at_member(stream, next))
        return fail_at(w, next, err, EK_FORMAT, "the file ends at the beginning of a gzip member");
    if (w->begun)
        return 0;
    if (cut)
        return fail_at(w, 0, err, EK_FORMAT, "the file ends inside its first gzip member");
    return ek_fail(err, EK_FORMAT, "%s: is empty", w->path);
}

/* Length of the head at the window's start, or -1. */
static ssize_t read_head(struct ek_warc *w, struct ek_err *err)
{
    struct ek_stream *stream = w->stream;
    size_t want = 4096, scanned = 0;
    for (;;) {
        size_t held = ek_stream_need(stream, want);
        size_t window = held < EK_MAX_WARC_HEADER_BYTES ? held : EK_MAX_WARC_HEADER_BYTES;
        size_t head = ek_head_length(ek_stream_data(stream), window, &scanned);
        if (head)
            return (ssize_t)head;
        if (held >= EK_MAX_WARC_HEADER_BYTES)
            return fail_at(w, 0, err, EK_LIMIT, "the record's head is larger than 64 KiB");
        if (held < want && ek_stream_error(stream)) {
            if (err)
                *err = *ek_stream_error(stream);
            return -1;
        }
        if (held < want)
            return fail_at(w, 0, err, EK_FORMAT, "the file ends inside a record's head");
        want *= 2;
    }
}

static const char *unbracketed(struct ek_strings *strings, const char *value)
{
    size_t len = value ? strlen(value) : 0;
    if (len >= 2 && value[0] == '<' && value[len - 1] == '>')
        return ek_keep(strings, value + 1, len - 2);
    return value;
}

static ek_time head_date(const char *head, size_t len, struct ek_strings *strings)
{
    ek_time date;
    enum ek_precision precision;
    const char *text = ek_field(head, len, "WARC-Date", strings);
    if (!text || ek_field(head, len, EK_FETCHED_UNKNOWN, strings) ||
        ek_time_parse(text, &date, &precision) != 0)
        return EK_TIME_UNKNOWN;
    return date;
}

static void read_fields(struct ek_warc *w, size_t head_len, struct ek_warc_record *record)
{
    const char *head = ek_stream_data(w->stream);
    struct ek_strings *strings = &w->strings;
    bool odd = false;
    record->type = ek_field(head, head_len, "WARC-Type", strings);
    const char *url = ek_field(head, head_len, "WARC-Target-URI", strings);
    record->url = ek_field_url(url, strings, &odd);
    if (odd)
        ek_odd(&w->oddities, record->url ? "address with blanks or other bytes that must be encoded"
                                         : "address is empty or too long");
    record->record_id = unbracketed(strings, ek_field(head, head_len, "WARC-Record-ID", strings));
    record->content_type = ek_field(head, head_len, "Content-Type", strings);
    record->date = head_date(head, head_len, strings);
    record->truncated = ek_field(head, head_len, "WARC-Truncated", strings) != NULL;
    if (!record->type) {
        record->type = "unknown";
        ek_odd(&w->oddities, "WARC-Type is missing");
    }
    if (ek_fields_malformed(head, head_len))
        ek_odd(&w->oddities, "a line of the head is no field");
    if (memcmp(head, "WARC/1.0", 8) != 0 && memcmp(head, "WARC/1.1", 8) != 0)
        ek_odd(&w->oddities, "WARC of another version than 1.0 and 1.1");
}

static void read_payload(struct ek_warc *w, struct ek_warc_record *record)
{
    struct ek_payload payload = {&w->strings, &w->chunks, &w->decoded, &w->oddities};
    if (strcasecmp(record->type, "response") == 0) {
        ek_payload_read(&payload, record);
    } else if (strcasecmp(record->type, "resource") == 0) {
        record->status = 200;
        ek_payload_type(&w->strings, record->content_type, record);
        record->body_cut = record->truncated;
        ek_payload_body(&payload, record->block, record->block_len, record);
    }
}

int ek_warc_next(struct ek_warc *w, struct ek_warc_record *record, struct ek_err *err)
{
    *record = (struct ek_warc_record){.date = EK_TIME_UNKNOWN};
    ek_arena_reset(w->strings.arena);
    w->strings.failed = false;
    ek_buf_clear(&w->large);
    ek_buf_clear(&w->chunks);
    ek_buf_clear(&w->decoded);
    ek_buf_clear(&w->oddities);
    int rc = go_to_record(w, err);
    if (rc <= 0)
        return rc;
    ssize_t head_len = read_head(w, err);
    if (head_len < 0)
        return -1;
    struct ek_block block = {.at = (size_t)head_len, .checked = w->checked};
    record->offset = ek_stream_offset(w->stream, 0);
    read_fields(w, block.at, record);
    block.declared = ek_field_number(
        ek_field(ek_stream_data(w->stream), block.at, "Content-Length", &w->strings),
        &block.length);
    if (ek_block_find(w->stream, &block, &w->strings, &w->large, &w->oddities, err) < 0)
        return -1;
    if (ek_stream_cut(w->stream) && !block.truncated && block.next == ek_stream_held(w->stream))
        ek_odd(&w->oddities, "the file ends inside this record's gzip member");
    w->begun = true;
    w->pending = block.next;
    w->checked = block.checked;
    w->doubtful = block.doubtful;
    record->length = block.end_offset - record->offset;
    record->block = block.bytes;
    record->block_len = block.len;
    record->truncated = record->truncated || block.truncated;
    read_payload(w, record);
    record->body_cut = record->body_cut || block.beyond_ceiling;
    record->oddity = w->oddities.len ? ek_buf_str(&w->oddities) : NULL;
    if (w->strings.failed || w->chunks.failed || w->decoded.failed || w->oddities.failed)
        return ek_fail_memory(err);
    return 1;
}

bool ek_warc_cut(const struct ek_warc *w)
{
    return ek_stream_cut(w->stream);
}

const char *ek_warc_field(const struct ek_warc_record *record, const char *name,
                          struct ek_arena *arena)
{
    struct ek_strings strings = {.arena = arena};
    return ek_field(record->block, record->block_len, name, &strings);
}

bool ek_warc_sniff(const char *path)
{
    struct ek_stream *stream;
    size_t next;
    if (ek_stream_open(&stream, path, 0, UINT64_MAX, NULL) < 0)
        return false;
    bool found = ek_boundary_at(stream, 0, &next) == EK_BOUNDARY_RECORD;
    ek_stream_close(stream);
    return found;
}
