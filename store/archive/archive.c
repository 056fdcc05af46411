/* archive.c - pages into the archive, and one back out of it.
 *
 * One file a forum and month of fetching (a second one where that is missing); its first record is
 * a warcinfo. The response comes before its request and the metadata that was concluded, which
 * refer to it by its id. A reference is a file and the bytes of the response's gzip member, so that
 * reading a page back costs one seek, whatever the size of the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ekbom/archive.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/fields.h"
#include "store/archive/files.h"
#include "store/archive/member.h"
#include "store/archive/read.h"

#define SUFFIX ".warc.gz"
#define MOST_PARTS 1000 /* of a month: one more for each time that its files were lost */

struct ek_archive {
    struct ek_files *files;
    struct ek_member_packer *packer;
    struct ek_arena *arena;
    struct ek_buf out;          /* the records of one append */
    struct ek_archive_ref last; /* the page appended last, and its record's id */
    char last_id[EK_RECORD_ID_BYTES];
};

int ek_archive_open(struct ek_archive **archive, const char *folder, struct ek_err *err)
{
    struct ek_archive *a = calloc(1, sizeof *a);
    *archive = NULL;
    if (!a)
        return ek_fail_memory(err);
    ek_buf_init(&a->out, 3 * (size_t)EK_MAX_WARC_BLOCK_BYTES);
    a->packer = ek_member_packer_new();
    a->arena = ek_arena_new(1u << 20);
    int rc = a->packer && a->arena ? ek_files_open(&a->files, folder, err) : ek_fail_memory(err);
    if (rc < 0) {
        ek_archive_close(a);
        return -1;
    }
    *archive = a;
    return 0;
}

void ek_archive_close(struct ek_archive *a)
{
    if (!a)
        return;
    ek_files_close(a->files);
    ek_member_packer_free(a->packer);
    ek_arena_free(a->arena);
    ek_buf_free(&a->out);
    free(a);
}

const char *ek_archive_slug(const char *url, char out[64])
{
    const char *at = url ? strstr(url, "://") : NULL;
    at = at ? at + 3 : url ? url : "";
    const char *end = at + strcspn(at, "/?#");
    for (const char *c = at; c < end; c++)
        if (*c == '@')
            at = c + 1;
    size_t used = 0;
    for (; at < end && used < 63; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!plain || (used == 0 && c == '.'))
            c = '_';
        out[used++] = c;
    }
    out[used] = '\0';
    return used ? out : strcpy(out, "unknown");
}

static int pack(struct ek_archive *a, const struct ek_member *member, char *id, struct ek_err *err)
{
    return ek_member_pack(a->packer, member, &a->out, id, err);
}

/* The first record of every file says who wrote it. */
static int pack_info(struct ek_archive *a, const char *name, ek_time date, struct ek_err *err)
{
    static const char text[] =
        "software: ekbom/" EKBOM_VERSION "\r\nformat: WARC File Format 1.1\r\n"
        "conformsTo: "
        "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n";
    char id[EK_RECORD_ID_BYTES];
    struct ek_member info = {.type = "warcinfo",
                             .content_type = "application/warc-fields",
                             .filename = name,
                             .date = date,
                             .block = text,
                             .len = sizeof text - 1};
    return pack(a, &info, id, err);
}

static void file_name(const struct ek_archive_page *page, unsigned part, char name[96])
{
    struct ek_civil civil;
    char text[EK_TIME_TEXT] = "", number[8] = "";
    if (part > 1)
        snprintf(number, sizeof number, ".%u", part % 10000);
    if (page->fetched != EK_TIME_UNKNOWN)
        ek_time_format(page->fetched, EK_PRECISION_DAY, text);
    if (!*text) {
        snprintf(name, 96, "%.63s-undated%s" SUFFIX, page->forum_slug, number);
        return;
    }
    ek_civil_from_time(page->fetched, &civil);
    snprintf(name, 96, "%.63s-%04d-%02d%s" SUFFIX, page->forum_slug, civil.year % 10000,
             civil.month % 100, number);
}

/* The month's file. One that is missing may come back, and would take the place of what was written
 * under its name in the meantime: then the next part. */
static void choose_name(const struct ek_archive *a, const struct ek_archive_page *page,
                        char name[96])
{
    unsigned part = 0;
    do
        file_name(page, ++part, name);
    while (part < MOST_PARTS && ek_files_misses(a->files, name));
}

static int pack_response(struct ek_archive *a, const struct ek_archive_page *page, const char *url,
                         struct ek_err *err)
{
    bool cut = page->response_len > EK_MAX_WARC_BLOCK_BYTES;
    struct ek_member response = {.type = "response",
                                 .content_type = "application/http;msgtype=response",
                                 .url = url,
                                 .date = page->fetched,
                                 .block = page->response,
                                 .len = cut ? EK_MAX_WARC_BLOCK_BYTES : page->response_len,
                                 .http = true,
                                 .truncated = cut};
    return pack(a, &response, a->last_id, err);
}

static int pack_request(struct ek_archive *a, const struct ek_archive_page *page, const char *url,
                        struct ek_err *err)
{
    char id[EK_RECORD_ID_BYTES];
    bool cut = page->request_len > EK_MAX_HTTP_HEADER_BYTES;
    struct ek_member request = {.type = "request",
                                .content_type = "application/http;msgtype=request",
                                .url = url,
                                .date = page->fetched,
                                .relation = "WARC-Concurrent-To",
                                .related = a->last_id,
                                .block = page->request,
                                .len = cut ? EK_MAX_HTTP_HEADER_BYTES : page->request_len,
                                .truncated = cut};
    return page->request ? pack(a, &request, id, err) : 0;
}

int ek_archive_append(struct ek_archive *a, const struct ek_archive_page *page,
                      struct ek_archive_ref *ref, struct ek_err *err)
{
    struct ek_archive_ref at = {0};
    uint64_t length;
    bool odd = false;
    struct ek_strings strings = {.arena = a->arena};
    ek_arena_reset(a->arena);
    ek_buf_clear(&a->out);
    a->last.file[0] = '\0';
    const char *url = ek_field_url(page->url, &strings, &odd);
    if (strings.failed)
        return ek_fail_memory(err);
    choose_name(a, page, at.file);
    if (*at.file == '.' || *at.file == '-' || strchr(at.file, '/'))
        return ek_fail(err, EK_USAGE, "'%s' cannot be the name of an archive file", at.file);
    if (!url)
        return ek_fail(err, EK_USAGE, "%s: a page needs an address of 1 to %u bytes", at.file,
                       EK_MAX_URL_BYTES);
    if (ek_files_choose(a->files, at.file, &length, err) < 0 ||
        (length == 0 && pack_info(a, at.file, page->fetched, err) < 0))
        return -1;
    at.offset = length + a->out.len;
    if (pack_response(a, page, url, err) < 0)
        return -1;
    at.length = length + a->out.len - at.offset;
    if (pack_request(a, page, url, err) < 0 ||
        ek_files_append(a->files, a->out.data, a->out.len, err) < 0)
        return -1;
    *ref = a->last = at;
    return 0;
}

static bool same_ref(const struct ek_archive_ref *a, const struct ek_archive_ref *b)
{
    return a->offset == b->offset && a->length == b->length && strcmp(a->file, b->file) == 0;
}

/* The record id of an archived page: remembered for the last, else read back. */
static int find_id(struct ek_archive *a, const struct ek_archive_ref *ref,
                   char id[EK_RECORD_ID_BYTES], struct ek_err *err)
{
    struct ek_warc *warc;
    struct ek_warc_record record;
    if (same_ref(ref, &a->last)) {
        memcpy(id, a->last_id, EK_RECORD_ID_BYTES);
        return 0;
    }
    if (ek_archive_read(ek_files_path(a->files), ref, &warc, &record, err) < 0)
        return -1;
    snprintf(id, EK_RECORD_ID_BYTES, "%s", record.record_id ? record.record_id : "");
    ek_warc_close(warc);
    return 0;
}

int ek_archive_conclude(struct ek_archive *a, const struct ek_archive_ref *ref, const char *url,
                        ek_time date, const char *fields, struct ek_err *err)
{
    char related[EK_RECORD_ID_BYTES], id[EK_RECORD_ID_BYTES];
    uint64_t length;
    bool odd = false;
    struct ek_strings strings = {.arena = a->arena};
    ek_arena_reset(a->arena);
    ek_buf_clear(&a->out);
    if (find_id(a, ref, related, err) < 0 || ek_files_choose(a->files, ref->file, &length, err) < 0)
        return -1;
    struct ek_member member = {.type = "metadata",
                               .content_type = "application/warc-fields",
                               .url = ek_field_url(url, &strings, &odd),
                               .date = date,
                               .relation = "WARC-Refers-To",
                               .related = related,
                               .block = fields,
                               .len = strlen(fields)};
    if (strings.failed)
        return ek_fail_memory(err);
    if (pack(a, &member, id, err) < 0)
        return -1;
    return ek_files_append(a->files, a->out.data, a->out.len, err);
}

int ek_archive_flush(struct ek_archive *a, struct ek_err *err)
{
    int rc = ek_files_flush(a->files, err);
    if (rc < 0)
        a->last.file[0] = '\0';
    return rc;
}

void ek_archive_rollback(struct ek_archive *a)
{
    ek_files_rollback(a->files);
    a->last.file[0] = '\0';
}

int ek_archive_read(const char *folder, const struct ek_archive_ref *ref, struct ek_warc **warc,
                    struct ek_warc_record *record, struct ek_err *err)
{
    char *path = NULL;
    struct stat st;
    uint64_t end;
    *warc = NULL;
    if (!*ref->file || *ref->file == '.' || strchr(ref->file, '/'))
        return ek_fail(err, EK_FORMAT, "%s: '%s' is no name of an archive file", folder, ref->file);
    if (asprintf(&path, "%s/%s", folder, ref->file) < 0)
        return ek_fail_memory(err);
    int rc = stat(path, &st) < 0 ? ek_fail_errno(err, "%s", path) : 0;
    if (rc == 0 && (ref->length == 0 || __builtin_add_overflow(ref->offset, ref->length, &end) ||
                    end > (uint64_t)st.st_size))
        rc = ek_fail(err, EK_FORMAT, "%s: bytes %llu to %llu are not in the file: run ekbom verify",
                     path, (unsigned long long)ref->offset,
                     (unsigned long long)(ref->offset + ref->length));
    if (rc == 0)
        rc = ek_warc_open_range(warc, path, ref->offset, ref->length, err);
    if (rc == 0) {
        int found = ek_warc_next(*warc, record, err);
        bool whole = found == 1 && !ek_warc_cut(*warc) && strcmp(record->type, "response") == 0 &&
                     record->offset == ref->offset && record->length == ref->length;
        if (found >= 0 && !whole)
            ek_fail(err, EK_FORMAT,
                    "%s: byte %llu: not the record that was filed: run ekbom verify", path,
                    (unsigned long long)ref->offset);
        rc = whole ? 0 : -1;
    }
    if (rc < 0) {
        ek_warc_close(*warc);
        *warc = NULL;
    }
    free(path);
    return rc;
}
