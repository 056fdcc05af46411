/* bundle.c - a folder of text files as one value. See ekbom/bundle.h. */
#include "ekbom/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/codec.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

#define MAX_FOLDER_DEPTH 8

struct loading {
    struct ek_bundle *bundle;
    struct ek_arena *arena;
    const char *suffix;
    struct ek_err *err;
};

static int read_all(int fd, char *text, size_t len)
{
    size_t got = 0;
    while (got < len) {
        ssize_t n = read(fd, text + got, len - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        got += (size_t)n;
    }
    return 0;
}

static int load_file(struct loading *l, int folder, const char *name, const char *path)
{
    struct stat st;
    int result = -1;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        ek_fail_errno(l->err, "%s/%s", l->bundle->origin, path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        ek_fail(l->err, EK_FORMAT, "%s/%s: not a regular file", l->bundle->origin, path);
        goto out;
    }
    if (st.st_size > (off_t)EK_MAX_RULE_FILE_BYTES || l->bundle->count == EK_MAX_BUNDLE_FILES) {
        if (l->bundle->count == EK_MAX_BUNDLE_FILES)
            ek_fail(l->err, EK_LIMIT, "%s: more than %u files; this one is too many: %s",
                    l->bundle->origin, EK_MAX_BUNDLE_FILES, path);
        else
            ek_fail(l->err, EK_LIMIT, "%s/%s: larger than 1 MiB; split it", l->bundle->origin,
                    path);
        goto out;
    }
    struct ek_file *file = &l->bundle->files[l->bundle->count];
    file->len = (size_t)st.st_size;
    file->name = ek_strdup(l->arena, path);
    char *text = ek_alloc(l->arena, file->len + 1, 1);
    if (!text || !file->name) {
        ek_fail_memory(l->err);
        goto out;
    }
    if (read_all(fd, text, file->len) != 0) {
        ek_fail_errno(l->err, "%s/%s: cannot be read whole", l->bundle->origin, path);
        goto out;
    }
    file->text = text;
    l->bundle->count++;
    result = 0;
out:
    if (fd >= 0)
        close(fd);
    return result;
}

static int load_folder(struct loading *l, int fd, const char *prefix, int depth);

static int load_name(struct loading *l, int folder, const char *prefix, const char *name, int depth)
{
    struct stat st;
    size_t len = strlen(name), suffix = strlen(l->suffix);
    if (name[0] == '.' || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    char *path = ek_printf(l->arena, "%s%s", prefix, name);
    if (!path)
        return ek_fail_memory(l->err);
    if (S_ISDIR(st.st_mode)) {
        if (depth == MAX_FOLDER_DEPTH)
            return ek_fail(l->err, EK_LIMIT, "%s/%s: folders nested too deep", l->bundle->origin,
                           path);
        int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return ek_fail_errno(l->err, "%s/%s", l->bundle->origin, path);
        char *deeper = ek_printf(l->arena, "%s/", path);
        if (!deeper) {
            close(fd);
            return ek_fail_memory(l->err);
        }
        return load_folder(l, fd, deeper, depth + 1);
    }
    if (len <= suffix || strcmp(name + len - suffix, l->suffix) != 0)
        return 0;
    return load_file(l, folder, name, path);
}

/* Takes over fd. */
static int load_folder(struct loading *l, int fd, const char *prefix, int depth)
{
    int result = 0;
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return ek_fail_errno(l->err, "%s/%s", l->bundle->origin, prefix);
    }
    for (struct dirent *entry; result == 0 && (entry = readdir(dir));)
        result = load_name(l, fd, prefix, entry->d_name, depth);
    closedir(dir);
    return result;
}

int ek_bundle_load(struct ek_bundle *bundle, struct ek_arena *arena, const char *folder,
                   const char *suffix, struct ek_err *err)
{
    *bundle = (struct ek_bundle){.origin = ek_strdup(arena, folder)};
    bundle->files = EK_NEW_ARRAY(arena, struct ek_file, EK_MAX_BUNDLE_FILES);
    if (!bundle->origin || !bundle->files)
        return ek_fail_memory(err);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ek_fail_errno(err, "%s", folder);
    struct loading loading = {bundle, arena, suffix, err};
    if (load_folder(&loading, fd, "", 0) != 0)
        return -1;
    if (bundle->count == 0)
        return ek_fail(err, EK_NOT_FOUND, "%s: no file ending in '%s' in this folder", folder,
                       suffix);
    ek_bundle_seal(bundle);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct ek_file *x = a, *y = b;
    return strcmp(x->name, y->name);
}

void ek_bundle_seal(struct ek_bundle *bundle)
{
    qsort(bundle->files, bundle->count, sizeof *bundle->files, by_name);
    unsigned char digest[EK_SHA256_BYTES];
    char hex[2 * EK_SHA256_BYTES + 1];
    struct ek_hasher hasher;
    ek_hasher_begin(&hasher);
    for (size_t i = 0; i < bundle->count; i++) {
        ek_hasher_adds(&hasher, bundle->files[i].name);
        ek_hasher_add(&hasher, bundle->files[i].text, bundle->files[i].len);
    }
    ek_hasher_finish(&hasher, digest);
    snprintf(bundle->digest, sizeof bundle->digest, "sha256:%s",
             ek_hex(digest, sizeof digest, hex));
}

const struct ek_file *ek_bundle_find(const struct ek_bundle *bundle, const char *name)
{
    const struct ek_file key = {.name = name};
    if (bundle->count == 0)
        return NULL;
    return bsearch(&key, bundle->files, bundle->count, sizeof key, by_name);
}

void ek_bundle_encode(struct ek_buf *out, const struct ek_bundle *bundle)
{
    ek_put_str(out, bundle->origin);
    ek_put_uint(out, bundle->count);
    for (size_t i = 0; i < bundle->count; i++) {
        ek_put_str(out, bundle->files[i].name);
        ek_put_bytes(out, bundle->files[i].text, bundle->files[i].len);
    }
}

int ek_bundle_decode(struct ek_bundle *bundle, struct ek_arena *arena, const void *bytes,
                     size_t len, struct ek_err *err)
{
    struct ek_cursor cursor = ek_cursor(bytes, len);
    *bundle = (struct ek_bundle){.origin = ek_get_str(&cursor, arena)};
    size_t count = ek_get_count(&cursor, 2);
    if (count > EK_MAX_BUNDLE_FILES)
        return ek_fail(err, EK_FORMAT, "bundle of %zu files", count);
    bundle->files = EK_NEW_ARRAY(arena, struct ek_file, count);
    if (!bundle->files)
        return ek_fail_memory(err);
    for (; bundle->count < count; bundle->count++) {
        struct ek_file *file = &bundle->files[bundle->count];
        file->name = ek_get_str(&cursor, arena);
        const void *text = ek_get_bytes(&cursor, &file->len);
        file->text = text ? ek_strndup(arena, text, file->len) : NULL;
        if (cursor.bad || !file->name || !file->text)
            return ek_starved()
                       ? ek_fail_memory(err)
                       : ek_fail(err, EK_FORMAT, "damaged bundle (file %zu)", bundle->count);
    }
    if (ek_starved())
        return ek_fail_memory(err);
    if (!ek_cursor_done(&cursor))
        return ek_fail(err, EK_FORMAT, "damaged bundle (bytes left over)");
    if (!bundle->origin)
        bundle->origin = "bundle";
    ek_bundle_seal(bundle);
    return 0;
}
