/* blank.c - one archived page taken back, in the place where it lies.
 *
 * The record of a forgotten page becomes a short one of the very same length: a gzip member whose
 * header carries a comment of blanks. So no other record moves, no reference changes, and any WARC
 * reader still reads the file. (Writing the file anew without the page was turned down: every
 * reference into it would have changed, in a commit that a crash could part from the rename.) Half
 * done after a crash it is a damaged record, which the same command writes again.
 *
 * A backup that is brought up to date takes the beginning of a file over from the earlier one. So
 * each record is noted in archive/blanked before it is written over: files with other notes are
 * copied whole. */
#include "store/archive/blank.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/fields.h"
#include "store/archive/member.h"
#include "store/file_copy.h"
#include "store/handle.h"

#define GZIP_HEAD 10u /* bytes before the optional fields, */
#define GZIP_FLAGS 3u /* the flags among them, */
#define GZIP_COMMENT 16

/* What is read there from now on; the second where the page was shorter than the first. */
static const char *const blocks[] = {
    "HTTP/1.1 410 Gone\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "This page showed something that this store was asked to forget (ekbom forget).\n"
    "The other posts that stood on it are in the store.\n",
    "HTTP/1.1 410 Gone\r\n\r\n"};

/* Fill a packed member up to `length` with a comment in its header. */
static int pad(struct ek_buf *out, const struct ek_buf *packed, uint64_t length)
{
    size_t spare = (size_t)length - packed->len;
    ek_buf_clear(out);
    ek_buf_add(out, packed->data, GZIP_HEAD);
    if (spare) {
        char *comment = ek_buf_room(out, spare);
        if (!comment)
            return -1;
        memset(comment, ' ', spare - 1);
        comment[spare - 1] = 0;
        out->len += spare;
        out->data[GZIP_FLAGS] |= GZIP_COMMENT;
    }
    ek_buf_add(out, packed->data + GZIP_HEAD, packed->len - GZIP_HEAD);
    return out->failed ? -1 : 0;
}

/* The record, of exactly the length of the one that is there, in `out`. */
static int pack(struct ek_buf *out, const struct ek_archive_ref *ref, const char *url, ek_time date,
                struct ek_err *err)
{
    struct ek_member_packer *packer = ek_member_packer_new();
    struct ek_buf packed;
    char id[EK_RECORD_ID_BYTES];
    int result = packer ? 1 : ek_fail_memory(err);
    ek_buf_init(&packed, EK_MAX_WARC_HEADER_BYTES + (64u << 10));
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && result == 1; i++) {
        struct ek_member member = {.type = "response",
                                   .content_type = "application/http;msgtype=response",
                                   .url = url,
                                   .date = date,
                                   .block = blocks[i],
                                   .len = strlen(blocks[i])};
        ek_buf_clear(&packed);
        if (ek_member_pack(packer, &member, &packed, id, err) != 0)
            result = -1;
        else if (packed.len <= ref->length)
            result = pad(out, &packed, ref->length) == 0 ? 0 : ek_fail_memory(err);
    }
    if (result == 1)
        result = ek_fail(err, EK_LIMIT, "%s at byte %llu: %s is too short a record to be blanked",
                         ref->file, (unsigned long long)ref->offset, url);
    ek_member_packer_free(packer);
    ek_buf_free(&packed);
    return result;
}

static int write_over(const char *path, const struct ek_archive_ref *ref, const struct ek_buf *out,
                      struct ek_err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    int result = 0;
    if (fd < 0 || ek_write_at(fd, out->data, out->len, ref->offset) != 0 || fdatasync(fd) != 0)
        result = ek_fail_errno(err, "%s", path);
    if (fd >= 0)
        close(fd);
    return result;
}

/* Notes --------------------------------------------------------------------------------------- */

static FILE *open_notes(const char *folder, const char *mode, struct ek_err *err)
{
    char path[4400];
    snprintf(path, sizeof path, "%s/" EK_BLANKED_NOTE, folder);
    FILE *notes = fopen(path, mode);
    if (!notes && (*mode == 'a' || errno != ENOENT))
        ek_fail_errno(err, "%s", path);
    if (notes && *mode == 'a')
        fchmod(fileno(notes), 0640); /* as the archive's other files */
    return notes;
}

static int note(const char *folder, const struct ek_archive_ref *ref, struct ek_err *err)
{
    FILE *notes = open_notes(folder, "ae", err);
    if (!notes)
        return -1;
    int result = 0;
    if (fprintf(notes, "%s %llu\n", ref->file, (unsigned long long)ref->offset) < 0 ||
        fflush(notes) != 0 || fsync(fileno(notes)) != 0)
        result = ek_fail_errno(err, "%s/" EK_BLANKED_NOTE, folder);
    fclose(notes);
    return result == 0 ? ek_sync_folder(folder, err) : -1;
}

int ek_blanked_count(const char *folder, const char *file, uint64_t *count, struct ek_err *err)
{
    char name[sizeof((struct ek_archive_ref *)0)->file + 32];
    struct ek_err why = {0};
    size_t len = strlen(file);
    *count = 0;
    FILE *notes = open_notes(folder, "re", &why);
    if (!notes && why.kind != EK_OK) {
        *err = why;
        return -1;
    }
    while (notes && fgets(name, sizeof name, notes))
        *count += strncmp(name, file, len) == 0 && name[len] == ' ';
    if (notes)
        fclose(notes);
    return 0;
}

/* The whole ----------------------------------------------------------------------------------- */

int ek_archive_blank(const char *folder, const struct ek_archive_ref *ref, const char *url,
                     ek_time date, struct ek_err *err)
{
    struct ek_strings strings = {.arena = ek_arena_new(1u << 20)};
    struct ek_buf out;
    char *path = NULL;
    bool odd = false;
    ek_buf_init(&out, EK_MAX_WARC_BLOCK_BYTES + EK_MAX_WARC_HEADER_BYTES);
    const char *address = strings.arena ? ek_field_url(url, &strings, &odd) : NULL;
    int result = strings.arena && !strings.failed ? 0 : ek_fail_memory(err);
    if (result == 0 && (!*ref->file || *ref->file == '.' || strchr(ref->file, '/')))
        result =
            ek_fail(err, EK_FORMAT, "%s: '%s' is no name of an archive file", folder, ref->file);
    if (result == 0 && asprintf(&path, "%s/%s", folder, ref->file) < 0)
        result = ek_fail_memory(err);
    if (result == 0)
        result = pack(&out, ref, address, date, err);
    if (result == 0)
        result = note(folder, ref, err);
    if (result == 0)
        result = write_over(path, ref, &out, err);
    free(path);
    ek_buf_free(&out);
    ek_arena_free(strings.arena);
    return result;
}
