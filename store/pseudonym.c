/* pseudonym.c - STORE/key, and the pseudonyms made with it.
 *
 * An open dataset carries keyed digests in place of ids: the same author has the same pseudonym
 * in every export of one store, and nobody without the key can test a guessed name against it.
 * The forum goes in by its normalised base, so that http and https give one pseudonym.
 *
 * A damaged key would give other pseudonyms without a word. So the records keep eight bytes made
 * with it, which tell it from every other and nothing about it. They are taken away before a new
 * key is made and put there after it, so that no crash in between leaves a key and another's bytes.
 */
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

#define KEY_BYTES 32u
#define NOTE "key"
#define NOTE_BYTES 8u

static void make_note(const unsigned char key[KEY_BYTES], unsigned char note[NOTE_BYTES])
{
    static const char about[] = "ekbom: is this the key of this store?";
    unsigned char digest[EK_SHA256_BYTES];
    ek_hmac_sha256(key, KEY_BYTES, about, sizeof about - 1, digest);
    memcpy(note, digest, NOTE_BYTES);
}

/* Change the note: NULL takes it away. */
static int put_note(struct ek_store *store, const unsigned char *note, struct ek_err *err)
{
    struct ek_txn *own = store->slice ? NULL : ek_txn_begin(store->records, true, err);
    struct ek_txn *txn = store->slice ? store->slice : own;
    if (!txn)
        return -1;
    if (note)
        ek_txn_put(txn, EK_RECORDS_META, NOTE, sizeof NOTE - 1, note, NOTE_BYTES);
    else
        ek_txn_delete(txn, EK_RECORDS_META, NOTE, sizeof NOTE - 1);
    return own ? ek_txn_commit(own, err) : 0;
}

int ek_key_note(struct ek_store *store, const unsigned char key[32], struct ek_err *err)
{
    unsigned char note[NOTE_BYTES];
    make_note(key, note);
    return put_note(store, note, err);
}

/* 1 and the note, 0, -1. */
static int get_note(struct ek_store *store, unsigned char note[NOTE_BYTES], struct ek_err *err)
{
    struct ek_bytes value;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    struct ek_txn *txn = ek_records(store);
    int found = ek_txn_get(txn, EK_RECORDS_META, NOTE, sizeof NOTE - 1, &value);
    if (found == 1 && value.len != NOTE_BYTES)
        found = ek_txn_damaged(txn, EK_RECORDS_META, NOTE, sizeof NOTE - 1);
    if (found == 1)
        memcpy(note, value.data, NOTE_BYTES);
    return ek_store_leave(store, found, err);
}

static int key_write(const char *folder, const unsigned char key[KEY_BYTES], struct ek_err *err)
{
    char path[4200], temporary[4200];
    snprintf(path, sizeof path, "%s/key", folder);
    snprintf(temporary, sizeof temporary, "%s/key.new", folder);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return ek_fail_errno(err, "%s", temporary);
    errno = 0;
    if (write(fd, key, KEY_BYTES) != (ssize_t)KEY_BYTES || fsync(fd)) {
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

static int key_read(const char *folder, unsigned char key[KEY_BYTES], struct ek_err *err)
{
    char path[4200];
    unsigned char bytes[KEY_BYTES + 1];
    snprintf(path, sizeof path, "%s/key", folder);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW); /* a pipe is empty */
    if (fd < 0)
        return ek_fail_errno(err, "%s: pseudonyms need the store's key", path);
    size_t len = 0;
    ssize_t got;
    while ((got = read(fd, bytes + len, sizeof bytes - len)) > 0 || (got < 0 && errno == EINTR))
        len += got > 0 ? (size_t)got : 0;
    int result = 0;
    if (got < 0)
        result = ek_fail_errno(err, "%s", path);
    else if (len != KEY_BYTES)
        result = ek_fail(err, EK_FORMAT, "%s: 32 bytes expected: restore it from a backup", path);
    close(fd);
    memcpy(key, bytes, KEY_BYTES);
    return result;
}

int ek_key_ensure(struct ek_store *store, struct ek_err *err)
{
    char path[4200];
    unsigned char key[KEY_BYTES], note[NOTE_BYTES];
    snprintf(path, sizeof path, "%s/key", store->folder);
    bool there = access(path, F_OK) == 0;
    if (!there && errno != ENOENT)
        return ek_fail_errno(err, "%s", path);
    int noted = get_note(store, note, err);
    /* One that is damaged hinders nobody who does not need it. */
    if (noted < 0 || (there && (noted || key_read(store->folder, key, NULL))))
        return noted < 0 ? -1 : 0;
    if (there)
        return ek_key_note(store, key, err);
    if (noted && put_note(store, NULL, err))
        return -1;
    if (ek_random(key, sizeof key))
        return ek_fail_errno(err, "%s: no random bytes", path);
    return key_write(store->folder, key, err) ? -1 : ek_key_note(store, key, err);
}

int ek_key_check(struct ek_store *store, unsigned char key[32], struct ek_err *err)
{
    unsigned char noted[NOTE_BYTES], note[NOTE_BYTES];
    if (key_read(store->folder, key, err))
        return -1;
    make_note(key, note);
    int found = get_note(store, noted, err);
    if (found < 0)
        return -1;
    if (found && memcmp(note, noted, sizeof note) != 0)
        return ek_fail(err, EK_FORMAT,
                       "%s/key is damaged, or of another store: restore it from a backup, or "
                       "remove it: the next writing command makes another, and what is exported "
                       "then has other pseudonyms",
                       store->folder);
    return 0;
}

static int key_load(struct ek_store *store, struct ek_err *err)
{
    if (ek_key_check(store, store->key, err))
        return -1;
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
