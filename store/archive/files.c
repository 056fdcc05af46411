/* files.c - files that grow by whole records and can be cut back to the last flush.
 *
 * An append is one write behind the last whole record, so that a file is at every moment whole
 * records and at most one torn one at its end. A failed write or flush cuts the file back, which
 * works on a full disk too. What a crash leaves is cut at the next open (tail.c). Few descriptors
 * are kept open: an import may touch a file for every month of twenty years. */
#include "store/archive/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "store/archive/tail.h"
#include "store/file_copy.h"

#define NOTE_EVERY (16u << 20) /* bytes flushed: what a walk after a crash inflates */

struct file {
    char name[96];
    int fd;           /* -1: closed, to be opened again */
    uint64_t flushed; /* on the disk */
    uint64_t length;  /* written */
    uint64_t noted;   /* see tail.c */
    bool is_noted;    /* in this session */
    bool created;     /* since the last flush */
    bool missing;     /* not to be written to, see tail.c */
    uint64_t used;    /* for closing the one longest unused */
};

struct ek_files {
    char *path;
    int folder;
    struct file *files; /* of this session and those noted before */
    size_t count;
    size_t chosen; /* index */
    uint64_t clock;
};

static struct file *add_file(struct ek_files *f, const char *name, uint64_t length,
                             struct ek_err *err)
{
    struct file *files = realloc(f->files, (f->count + 1) * sizeof *files);
    if (!files) {
        ek_fail_memory(err);
        return NULL;
    }
    f->files = files;
    struct file *file = &files[f->count++];
    *file = (struct file){.fd = -1, .flushed = length, .length = length, .noted = length};
    snprintf(file->name, sizeof file->name, "%s", name);
    return file;
}

int ek_files_open(struct ek_files **files, const char *folder, struct ek_err *err)
{
    struct ek_files *f = calloc(1, sizeof *f);
    struct ek_tail *tails = NULL;
    size_t count = 0;
    *files = NULL;
    if (!f)
        return ek_fail_memory(err);
    f->path = strdup(folder);
    f->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = 0;
    if (!f->path)
        rc = ek_fail_memory(err);
    else if (f->folder < 0)
        rc = ek_fail_errno(err, "%s", folder);
    else
        rc = ek_tails_mend(f->folder, folder, &tails, &count, err);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct file *file = NULL;
        if (tails[i].length && !(file = add_file(f, tails[i].file, tails[i].length, err)))
            rc = -1;
        else if (file)
            file->missing = tails[i].missing;
    }
    free(tails);
    if (rc < 0) {
        ek_files_close(f);
        return -1;
    }
    *files = f;
    return 0;
}

const char *ek_files_path(const struct ek_files *f)
{
    return f->path;
}

/* Make room among the open descriptors. */
static void close_unused(struct ek_files *f)
{
    struct file *oldest = NULL;
    size_t open = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct file *file = &f->files[i];
        open += file->fd >= 0;
        if (file->fd >= 0 && (!oldest || file->used < oldest->used))
            oldest = file;
    }
    if (open < EK_MAX_OPEN_ARCHIVE_FILES)
        return;
    close(oldest->fd);
    oldest->fd = -1;
}

static int ensure_open(struct ek_files *f, struct file *file, struct ek_err *err)
{
    file->used = ++f->clock;
    if (file->fd >= 0)
        return 0;
    close_unused(f);
    file->fd = openat(f->folder, file->name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    return file->fd < 0 ? ek_fail_errno(err, "%s/%s", f->path, file->name) : 0;
}

static int note_lengths(struct ek_files *f, struct ek_err *err)
{
    struct ek_tail *tails = calloc(f->count, sizeof *tails);
    if (!tails)
        return ek_fail_memory(err);
    for (size_t i = 0; i < f->count; i++) {
        memcpy(tails[i].file, f->files[i].name, sizeof tails[i].file);
        tails[i].length = f->files[i].flushed;
    }
    int rc = ek_tails_note(f->folder, f->path, tails, f->count, err);
    for (size_t i = 0; rc == 0 && i < f->count; i++) {
        f->files[i].noted = f->files[i].flushed;
        f->files[i].is_noted = true;
    }
    free(tails);
    return rc;
}

void ek_files_close(struct ek_files *f)
{
    bool behind = false;
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++) {
        if (f->files[i].fd >= 0)
            close(f->files[i].fd);
        behind = behind || (f->files[i].is_noted && f->files[i].noted != f->files[i].flushed);
    }
    /* With the lengths noted the next open walks nothing. */
    if (behind)
        note_lengths(f, NULL);
    if (f->folder >= 0)
        close(f->folder);
    free(f->files);
    free(f->path);
    free(f);
}

static struct file *find_file(struct ek_files *f, const char *name)
{
    if (f->chosen < f->count && strcmp(f->files[f->chosen].name, name) == 0)
        return &f->files[f->chosen];
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->files[i].name, name) == 0)
            return &f->files[i];
    return NULL;
}

bool ek_files_misses(const struct ek_files *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->files[i].missing && strcmp(f->files[i].name, name) == 0)
            return true;
    return false;
}

int ek_files_choose(struct ek_files *f, const char *name, uint64_t *length, struct ek_err *err)
{
    struct stat st;
    struct file *file = find_file(f, name);
    if (!file) {
        bool there = fstatat(f->folder, name, &st, 0) == 0;
        file = add_file(f, name, there ? (uint64_t)st.st_size : 0, err);
    }
    if (!file)
        return -1;
    f->chosen = (size_t)(file - f->files);
    file->created = file->created || file->length == 0;
    *length = file->length;
    if (ensure_open(f, file, err) < 0)
        return -1;
    return file->is_noted ? 0 : note_lengths(f, err);
}

static void cut(struct file *file, uint64_t length)
{
    /* Should this fail, the next append overwrites what is left, or the next open cuts it. */
    int ignored = ftruncate(file->fd, (off_t)length);
    (void)ignored;
}

int ek_files_append(struct ek_files *f, const char *bytes, size_t len, struct ek_err *err)
{
    struct file *file = &f->files[f->chosen];
    if (ek_write_at(file->fd, bytes, len, file->length) < 0) {
        ek_fail_errno(err, "%s/%s", f->path, file->name);
        cut(file, file->length);
        return -1;
    }
    file->length += len;
    return 0;
}

void ek_files_rollback(struct ek_files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct file *file = &f->files[i];
        if (file->length != file->flushed && ensure_open(f, file, NULL) == 0)
            cut(file, file->flushed);
        file->length = file->flushed;
        if (file->flushed == 0 && file->created) {
            unlinkat(f->folder, file->name, 0);
            if (file->fd >= 0)
                close(file->fd);
            file->fd = -1;
        }
    }
}

int ek_files_flush(struct ek_files *f, struct ek_err *err)
{
    bool created = false, far = false;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < f->count; i++) {
        struct file *file = &f->files[i];
        if (file->length == file->flushed)
            continue;
        rc = ensure_open(f, file, err);
        if (rc == 0 && fdatasync(file->fd) < 0)
            rc = ek_fail_errno(err, "%s/%s", f->path, file->name);
        created = created || file->created;
    }
    if (rc == 0 && created && fsync(f->folder) < 0)
        rc = ek_fail_errno(err, "%s", f->path);
    if (rc < 0) {
        ek_files_rollback(f);
        return -1;
    }
    for (size_t i = 0; i < f->count; i++) {
        struct file *file = &f->files[i];
        file->created = file->created && file->length == file->flushed;
        file->flushed = file->length;
        far = far || file->flushed - file->noted > NOTE_EVERY;
    }
    /* A note that cannot be written costs a longer walk after a crash and nothing else. */
    if (far)
        note_lengths(f, NULL);
    return 0;
}
