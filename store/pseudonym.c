/* pseudonym.c - STORE/key, and the pseudonyms made with it.
 *
 * An open dataset carries keyed digests in place of ids: the same author has the same pseudonym
 * in every export of one store, and nobody without the key can test a guessed name against it.
 * The forum goes in by its normalised base, so that http and https give one pseudonym. */
#include "store/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/records/forum.h"

int ek_sync_folder(const char *folder, struct ek_err *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd)) {
        ek_fail_errno(err, "%s", folder);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    close(fd);
    return 0;
}

int ek_key_make(const char *folder, struct ek_err *err)
{
    char path[4200], temporary[4200];
    unsigned char key[32];
    snprintf(path, sizeof path, "%s/key", folder);
    snprintf(temporary, sizeof temporary, "%s/key.new", folder);
    if (access(path, F_OK) == 0)
        return 0;
    if (errno != ENOENT)
        return ek_fail_errno(err, "%s", path);
    if (ek_random(key, sizeof key))
        return ek_fail_errno(err, "%s: no random bytes", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return ek_fail_errno(err, "%s", temporary);
    errno = 0;
    if (write(fd, key, sizeof key) != (ssize_t)sizeof key || fsync(fd)) {
        if (errno == 0)
            errno = ENOSPC; /* a short write */
        ek_fail_errno(err, "%s", temporary);
        close(fd);
        unlink(temporary);
        return -1;
    }
    close(fd);
    if (rename(temporary, path))
        return ek_fail_errno(err, "%s", path);
    return ek_sync_folder(folder, err);
}

static int key_load(struct ek_store *store, struct ek_err *err)
{
    char path[4200];
    unsigned char key[33];
    snprintf(path, sizeof path, "%s/key", store->folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return ek_fail_errno(err, "%s: pseudonyms need the store's key", path);
    ssize_t len = read(fd, key, sizeof key);
    if (len != 32) {
        if (len < 0)
            ek_fail_errno(err, "%s", path);
        else
            ek_fail(err, EK_FORMAT, "%s: 32 bytes expected: restore it from a backup", path);
        close(fd);
        return -1;
    }
    close(fd);
    memcpy(store->key, key, sizeof store->key);
    store->has_key = true;
    return 0;
}

int ek_store_pseudonym(struct ek_store *store, const char *kind, const char *forum, const char *id,
                       char out[EK_PSEUDONYM_TEXT], struct ek_err *err)
{
    unsigned char digest[EK_SHA256_BYTES];
    char base[EK_FORUM_KEY_BYTES];
    struct ek_buf message;
    if (!store->has_key && key_load(store, err))
        return -1;
    ek_buf_init(&message, 1u << 20);
    ek_buf_adds(&message, kind);
    ek_buf_addc(&message, 0);
    ek_buf_adds(&message, ek_forum_key(forum ? forum : "", base));
    ek_buf_addc(&message, 0);
    ek_buf_adds(&message, id ? id : "");
    if (message.failed) {
        ek_buf_free(&message);
        return ek_fail_memory(err);
    }
    ek_hmac_sha256(store->key, sizeof store->key, message.data, message.len, digest);
    ek_buf_free(&message);
    ek_hex(digest, (EK_PSEUDONYM_TEXT - 1) / 2, out);
    return 0;
}
