/* boundary.c - finding a record's end.
 *
 * A declared length is believed when it leads to the next record or to the end of the file. Where
 * it does not, these are tried, the safest first:
 *
 *   1. a gzip member that begins with "WARC/1." inside the block: no body does that;
 *   2. the length that the HTTP head claims, where it does lead to a record;
 *   3. the next line "WARC/1.x" followed by a field line.
 *
 * The third could be forged by a page that quotes a WARC head, so it is not used while the first
 * length or the HTTP head's vouches for the block. A block that the end of the file cuts off may
 * be a page that quotes, or have a length that is wrong and swallows records: it ends before such a
 * line, and reading ends there too. Every departure is an oddity that the record carries. The
 * search is bounded; what is not found within the bound is left for the next call to report as
 * unreadable. */
#include "store/archive/boundary.h"

#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/payload.h"
#include "store/archive/stream.h"

#define CEILING EK_MAX_WARC_BLOCK_BYTES
#define NOWHERE SIZE_MAX

static bool starts_record(struct ek_stream *stream, size_t position)
{
    const size_t len = strlen("WARC/1.");
    if (ek_stream_need(stream, position + len) < position + len)
        return false;
    const char *at = ek_stream_data(stream) + position;
    return memcmp(at, "WARC/1.", len) == 0 || memcmp(at, "WARC/0.", len) == 0;
}

enum ek_boundary ek_boundary_at(struct ek_stream *stream, size_t position, size_t *next)
{
    size_t at = position;
    while (at - position < EK_MAX_WARC_BLANK_BYTES && ek_stream_need(stream, at + 1) > at &&
           (ek_stream_data(stream)[at] == '\r' || ek_stream_data(stream)[at] == '\n'))
        at++;
    *next = at;
    if (starts_record(stream, at))
        return EK_BOUNDARY_RECORD;
    if (ek_stream_held(stream) > at)
        return EK_BOUNDARY_NONE;
    /* Damage that begins behind the block is the next record's. */
    return ek_stream_damaged_before(stream, position) ? EK_BOUNDARY_NONE : EK_BOUNDARY_END;
}

/* "WARC/1.x", a line end, and the beginning of a field. */
static bool plausible(struct ek_stream *stream, size_t position)
{
    ek_stream_need(stream, position + 32);
    const char *at = ek_stream_data(stream) + position;
    size_t len = ek_stream_held(stream) - position;
    if (len < 12 || at[7] < '0' || at[7] > '9')
        return false;
    size_t i = at[8] == '\r' ? 9 : 8;
    if (at[i++] != '\n')
        return false;
    size_t from = i;
    while (i < len && ((at[i] | 0x20) >= 'a' ? (at[i] | 0x20) <= 'z' : at[i] == '-'))
        i++;
    return i > from && (i == len || at[i] == ':');
}

/* The first line in [from, until) that begins a record; NOWHERE if there is none. */
static size_t search(struct ek_stream *stream, size_t from, size_t until)
{
    size_t at = from;
    while (at < until) {
        size_t held = ek_stream_need(stream, at + 8);
        if (held < at + 8)
            break;
        const char *data = ek_stream_data(stream);
        const char *hit =
            memmem(data + at, (held < until + 7 ? held : until + 7) - at, "WARC/1.", 7);
        if (!hit) {
            at = held - 6;
            continue;
        }
        size_t position = (size_t)(hit - data);
        bool line =
            position == from || data[position - 1] == '\n' || ek_stream_at_member(stream, position);
        if (line && plausible(stream, position))
            return position;
        at = position + 1;
    }
    return NOWHERE;
}

/* A gzip member inside [from, until) that begins with a record. Members once seen not to are not
 * looked at again: a file of wrong lengths would make that quadratic. */
static size_t member_inside(struct ek_stream *stream, struct ek_block *block, size_t from,
                            size_t until)
{
    uint64_t dropped = ek_stream_dropped(stream);
    if (block->checked > dropped + from)
        from = (size_t)(block->checked - dropped);
    size_t at = from < until ? ek_stream_member(stream, from, until) : NOWHERE;
    while (at != NOWHERE && !starts_record(stream, at))
        at = ek_stream_member(stream, at + 1, until);
    block->checked = dropped + (at == NOWHERE ? until : at);
    return at;
}

/* Take the block as ending at the record found at `next`, less the blank lines between. */
static void end_before(struct ek_stream *stream, struct ek_block *block, size_t next)
{
    const char *data = ek_stream_data(stream);
    size_t end = next;
    for (int lines = 0; lines < 2 && end > block->at && data[end - 1] == '\n'; lines++) {
        end--;
        if (end > block->at && data[end - 1] == '\r')
            end--;
    }
    block->len = end - block->at;
    block->next = next;
    block->truncated = block->declared && block->len < block->length;
}

static void end_at(struct ek_block *block, size_t len, size_t next)
{
    block->len = len;
    block->next = next;
}

/* The length by the HTTP head, where it leads to a record that is there to be seen. */
static bool end_by_http(struct ek_stream *stream, struct ek_block *block,
                        struct ek_strings *strings, uint64_t *extent)
{
    size_t held = ek_stream_held(stream) - block->at, next;
    *extent = UINT64_MAX;
    if (!ek_payload_extent(ek_stream_data(stream) + block->at, held, strings, extent))
        return false;
    if (*extent > CEILING || (block->declared && *extent == block->length) ||
        ek_stream_need(stream, block->at + *extent) < block->at + *extent ||
        ek_boundary_at(stream, block->at + *extent, &next) != EK_BOUNDARY_RECORD)
        return false;
    end_at(block, *extent, next);
    block->truncated = block->declared && *extent < block->length;
    return true;
}

static int refuse(struct ek_stream *stream, struct ek_err *err)
{
    if (err)
        *err = *ek_stream_error(stream);
    return -1;
}

/* No length that leads anywhere, and no next record to be seen. */
static int no_end(struct ek_stream *stream, struct ek_block *block, struct ek_buf *oddities,
                  struct ek_err *err)
{
    size_t held = ek_stream_held(stream) - block->at;
    size_t len = block->declared ? (size_t)block->length : held < CEILING ? held : CEILING;
    if (ek_stream_damaged_before(stream, block->at + len))
        return refuse(stream, err);
    end_at(block, len, block->at + len);
    if (!block->declared)
        ek_odd(oddities, "Content-Length is missing");
    return 0;
}

/* The declared length leads nowhere, or there is none. */
static int find_end(struct ek_stream *stream, struct ek_block *block, struct ek_strings *strings,
                    struct ek_buf *oddities, struct ek_err *err)
{
    uint64_t extent;
    const char *what = block->declared ? "wrong" : "missing";
    if (end_by_http(stream, block, strings, &extent)) {
        ek_odd(oddities, "Content-Length is %s; the HTTP head's was used", what);
        return 0;
    }
    bool vouched = block->declared && extent == block->length;
    size_t declared = block->declared ? (size_t)block->length : 0;
    size_t from = block->at + (vouched ? declared : 0);
    size_t until =
        block->declared ? block->at + declared + EK_MAX_WARC_RESYNC_BYTES : block->at + CEILING;
    size_t next = search(stream, from, until);
    if (next == NOWHERE)
        return no_end(stream, block, oddities, err);
    if (vouched) {
        ek_odd(oddities, "%zu bytes of no record passed over", next - from);
        end_at(block, declared, next);
        return 0;
    }
    end_before(stream, block, next);
    ek_odd(oddities, "Content-Length is %s: the block has %zu bytes to the next record", what,
           block->len);
    return 0;
}

/* A length that is short by a few line ends leads to the next record all the same. Four bytes are
 * due between records; what is more than that is the block's if the HTTP head says so. */
static void take_back(struct ek_stream *stream, struct ek_block *block, struct ek_strings *strings,
                      struct ek_buf *oddities)
{
    uint64_t extent;
    size_t between = block->next - block->at - block->len;
    if (between <= 4 ||
        !ek_payload_extent(ek_stream_data(stream) + block->at, block->len, strings, &extent) ||
        extent != block->len + between - 4)
        return;
    block->len = (size_t)extent;
    ek_odd(oddities, "Content-Length is wrong; the HTTP head's was used");
}

/* The file ends (or is damaged) inside the block. */
static int cut_off(struct ek_stream *stream, struct ek_block *block, struct ek_strings *strings,
                   struct ek_buf *oddities, struct ek_err *err)
{
    uint64_t extent;
    if (end_by_http(stream, block, strings, &extent)) {
        ek_odd(oddities, "Content-Length is wrong; the HTTP head's was used");
        return 0;
    }
    if (ek_stream_error(stream))
        return refuse(stream, err);
    size_t held = ek_stream_held(stream);
    size_t doubtful = search(stream, block->at, held);
    if (doubtful == NOWHERE)
        end_at(block, held - block->at, held);
    else
        end_before(stream, block, doubtful);
    block->truncated = true;
    block->doubtful = doubtful != NOWHERE;
    ek_odd(oddities, "the file ends inside this record");
    return 0;
}

/* Pass over `left` bytes. A member that begins with a record ends that before its time. Returns
 * how many are still to go. */
static uint64_t pass_over(struct ek_stream *stream, struct ek_block *block, uint64_t left)
{
    const size_t step = 1u << 16;
    while (left > 0) {
        size_t take = left < step ? (size_t)left : step;
        size_t held = ek_stream_need(stream, take);
        size_t inside = member_inside(stream, block, 0, held < take ? held : take);
        size_t drop = inside != NOWHERE ? inside : held < take ? held : take;
        ek_stream_drop(stream, drop);
        left -= drop;
        if (inside != NOWHERE || held < take)
            break;
    }
    return left;
}

/* Keep the first bytes of a block beyond the ceiling and pass over the rest. */
static int keep_some(struct ek_stream *stream, struct ek_block *block, struct ek_buf *large,
                     struct ek_buf *oddities, struct ek_err *err)
{
    size_t doubtful = search(stream, block->at, block->at + CEILING);
    size_t before = doubtful == NOWHERE ? CEILING : doubtful - block->at;
    ek_buf_add(large, ek_stream_data(stream) + block->at, CEILING);
    if (large->failed)
        return ek_fail_memory(err);
    ek_stream_drop(stream, block->at + CEILING);
    block->truncated = pass_over(stream, block, block->length - CEILING) > 0;
    block->bytes = large->data;
    block->len = CEILING;
    block->beyond_ceiling = true;
    ek_odd(oddities, "block of %llu bytes: only the first %u were read",
           (unsigned long long)block->length, CEILING);
    enum ek_boundary found = ek_boundary_at(stream, 0, &block->next);
    if (found == EK_BOUNDARY_END && block->truncated)
        block->len = before; /* as in cut_off */
    block->doubtful = block->len < CEILING;
    if (found != EK_BOUNDARY_NONE)
        return 0;
    if (ek_stream_damaged_before(stream, 0))
        return refuse(stream, err);
    block->next = search(stream, 0, EK_MAX_WARC_RESYNC_BYTES);
    if (block->next == NOWHERE)
        block->next = 0;
    return 0;
}

/* Read up to `end`, or until a gzip member begins with a record. Bit by bit: a length that is far
 * too large must not have a thousand members read for each record. */
static size_t read_block(struct ek_stream *stream, struct ek_block *block, size_t end)
{
    const size_t step = 1u << 16;
    size_t inside = NOWHERE, want = block->at, held;
    do {
        want = end - want < step ? end : want + step;
        held = ek_stream_need(stream, want);
        inside = member_inside(stream, block, block->at, held < want ? held : want);
    } while (inside == NOWHERE && held >= want && want < end);
    return inside;
}

int ek_block_find(struct ek_stream *stream, struct ek_block *block, struct ek_strings *strings,
                  struct ek_buf *large, struct ek_buf *oddities, struct ek_err *err)
{
    int rc = 0;
    uint64_t wanted = block->declared && block->length < CEILING ? block->length : CEILING;
    size_t end = block->at + (size_t)wanted;
    size_t inside = read_block(stream, block, end);
    if (inside != NOWHERE) {
        end_before(stream, block, inside);
        ek_odd(oddities, "Content-Length is %s: the gzip member ends after %zu bytes",
               block->declared ? "wrong" : "missing", block->len);
    } else if (!block->declared) {
        rc = find_end(stream, block, strings, oddities, err);
    } else if (ek_stream_held(stream) < end) {
        rc = cut_off(stream, block, strings, oddities, err);
    } else if (block->length > CEILING) {
        rc = keep_some(stream, block, large, oddities, err);
    } else if (ek_boundary_at(stream, end, &block->next) != EK_BOUNDARY_NONE) {
        block->len = (size_t)block->length;
        take_back(stream, block, strings, oddities);
    } else if (ek_stream_damaged_before(stream, end)) {
        rc = refuse(stream, err);
    } else {
        rc = find_end(stream, block, strings, oddities, err);
    }
    if (rc == 0) {
        if (!block->beyond_ceiling)
            block->bytes = ek_stream_data(stream) + block->at;
        block->end_offset = ek_stream_extent(stream, block->next);
    }
    return rc;
}
