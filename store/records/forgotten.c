/* forgotten.c - see forgotten.h.
 *
 * The digests are made with a secret of their own, not with STORE/key: that one may be lost and
 * made anew, and then everything forgotten would come back without a word. Whoever may read the
 * records can test a guess against them, as he could read the names before; a dataset or an index
 * has none of it.
 *
 * A quote goes where it names a forgotten post, or is said to be of a forgotten name. Names are not
 * unique: rather a quote too many goes than one too few. */
#include "store/records/forgotten.h"

#include <errno.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/text.h"

#define PREFIX "forgotten:"
#define PREFIX_BYTES (sizeof PREFIX - 1)
#define MARK_BYTES (PREFIX_BYTES + EK_FORGOTTEN_KEY_BYTES)

static const unsigned char secret_key[EK_FORGOTTEN_KEY_BYTES];

static void mark_key(const unsigned char key[EK_FORGOTTEN_KEY_BYTES], unsigned char out[MARK_BYTES])
{
    memcpy(out, PREFIX, PREFIX_BYTES);
    memcpy(out + PREFIX_BYTES, key, EK_FORGOTTEN_KEY_BYTES);
}

void ek_forgotten_open(struct ek_forgotten *forgotten, struct ek_txn *txn)
{
    unsigned char key[MARK_BYTES];
    struct ek_bytes value;
    *forgotten = (struct ek_forgotten){.txn = txn};
    mark_key(secret_key, key);
    int found = ek_txn_get(txn, EK_RECORDS_META, key, sizeof key, &value);
    if (found == 1 && value.len != sizeof forgotten->secret)
        ek_txn_damaged(txn, EK_RECORDS_META, key, sizeof key);
    else if (found == 1)
        memcpy(forgotten->secret, value.data, value.len);
    forgotten->any = found == 1;
}

static void digest(const struct ek_forgotten *forgotten, enum ek_forgotten_kind kind,
                   uint64_t forum, const char *id, unsigned char out[MARK_BYTES])
{
    unsigned char hmac[EK_SHA256_BYTES], own[EK_SHA256_BYTES], message[9 + EK_SHA256_BYTES];
    ek_sha256(id, strlen(id), own);
    message[0] = (unsigned char)kind;
    ek_put_be64(message + 1, forum);
    memcpy(message + 9, own, sizeof own);
    ek_hmac_sha256(forgotten->secret, sizeof forgotten->secret, message, sizeof message, hmac);
    mark_key(hmac, out);
}

bool ek_forgotten_holds(const struct ek_forgotten *forgotten, enum ek_forgotten_kind kind,
                        uint64_t forum, const char *id)
{
    unsigned char key[MARK_BYTES];
    struct ek_bytes value;
    if (!forgotten->any || !id)
        return false;
    digest(forgotten, kind, forum, id, key);
    return ek_txn_get(forgotten->txn, EK_RECORDS_META, key, sizeof key, &value) == 1;
}

static void make_secret(struct ek_forgotten *forgotten)
{
    unsigned char key[MARK_BYTES];
    if (ek_random(forgotten->secret, sizeof forgotten->secret)) {
        ek_txn_fail(forgotten->txn, EK_IO, "no random bytes: %s", strerror(errno));
        return;
    }
    mark_key(secret_key, key);
    ek_txn_put(forgotten->txn, EK_RECORDS_META, key, sizeof key, forgotten->secret,
               sizeof forgotten->secret);
    forgotten->any = true;
}

void ek_forgotten_put(struct ek_forgotten *forgotten, enum ek_forgotten_kind kind, uint64_t forum,
                      const char *id, ek_time when)
{
    unsigned char key[MARK_BYTES], value[8];
    if (!id || ek_forgotten_holds(forgotten, kind, forum, id))
        return;
    if (!forgotten->any)
        make_secret(forgotten);
    digest(forgotten, kind, forum, id, key);
    ek_put_be64(value, (uint64_t)when);
    ek_txn_put(forgotten->txn, EK_RECORDS_META, key, sizeof key, value, sizeof value);
}

/* Words -------------------------------------------------------------------------------------- */

static const char blanks[] = " \t\r\n";

bool ek_forgotten_answers(const char *subject)
{
    return subject && ek_ascii_starts(subject + strspn(subject, blanks), "re:");
}

/* "Re: Re: Legs " is "Legs". */
const char *ek_forgotten_title(struct ek_arena *arena, const char *thread, const char *title)
{
    if (!title)
        return NULL;
    while (ek_forgotten_answers(title))
        title += strspn(title, blanks) + 3;
    title += strspn(title, blanks);
    size_t len = strlen(title);
    while (len && strchr(blanks, title[len - 1]))
        len--;
    return len ? ek_printf(arena, "%s\n%.*s", thread, (int)len, title) : NULL;
}

const char *ek_forgotten_quote(struct ek_arena *arena, const char *thread,
                               const struct ek_quote *quote)
{
    if (!quote->author || !quote->text || !*quote->text)
        return NULL;
    return ek_printf(arena, "%s\n%s\n%s", thread, quote->author, quote->text);
}

bool ek_forgotten_is_post(const struct ek_forgotten *forgotten, uint64_t forum,
                          const struct ek_post *post)
{
    const char *account = post->author_id && *post->author_id ? post->author_id : NULL;
    return ek_forgotten_holds(forgotten, EK_FORGOTTEN_POST, forum, post->id) ||
           ek_forgotten_holds(forgotten, EK_FORGOTTEN_ACCOUNT, forum, account) ||
           (!account && ek_forgotten_holds(forgotten, EK_FORGOTTEN_NAME, forum, post->author));
}

static bool is_quote(const struct ek_forgotten *forgotten, uint64_t forum, const char *thread,
                     struct ek_arena *arena, const struct ek_quote *quote)
{
    return ek_forgotten_holds(forgotten, EK_FORGOTTEN_POST, forum, quote->post_id) ||
           ek_forgotten_holds(forgotten, EK_FORGOTTEN_NAME, forum, quote->author) ||
           ek_forgotten_holds(forgotten, EK_FORGOTTEN_QUOTE, forum,
                              ek_forgotten_quote(arena, thread, quote));
}

static void scrub_quotes(const struct ek_forgotten *forgotten, uint64_t forum, const char *thread,
                         struct ek_arena *arena, struct ek_post *post, struct ek_scrubbed *scrubbed)
{
    struct ek_quote *kept = EK_NEW_ARRAY(arena, struct ek_quote, post->quote_count + 1);
    size_t count = 0;
    if (!kept) {
        ek_txn_fail(forgotten->txn, EK_MEMORY, "out of memory");
        return;
    }
    for (size_t i = 0; i < post->quote_count; i++)
        if (!is_quote(forgotten, forum, thread, arena, &post->quotes[i]))
            kept[count++] = post->quotes[i];
    scrubbed->quotes += post->quote_count - count;
    post->quotes = kept;
    post->quote_count = count;
}

static void scrub_links(const struct ek_forgotten *forgotten, uint64_t forum,
                        struct ek_arena *arena, struct ek_post *post, struct ek_scrubbed *scrubbed)
{
    struct ek_link *kept = EK_NEW_ARRAY(arena, struct ek_link, post->link_count + 1);
    size_t count = 0;
    if (!kept) {
        ek_txn_fail(forgotten->txn, EK_MEMORY, "out of memory");
        return;
    }
    for (size_t i = 0; i < post->link_count; i++) {
        const struct ek_link *link = &post->links[i];
        if (link->kind != EK_LINK_POST ||
            !ek_forgotten_holds(forgotten, EK_FORGOTTEN_POST, forum, link->id))
            kept[count++] = *link;
    }
    scrubbed->links += post->link_count - count;
    post->links = kept;
    post->link_count = count;
}

bool ek_forgotten_scrub(const struct ek_forgotten *forgotten, uint64_t forum, const char *thread,
                        struct ek_arena *arena, struct ek_post *post, struct ek_scrubbed *scrubbed)
{
    const struct ek_scrubbed before = *scrubbed;
    if (!forgotten->any)
        return false;
    if (post->quote_count)
        scrub_quotes(forgotten, forum, thread, arena, post, scrubbed);
    if (post->link_count)
        scrub_links(forgotten, forum, arena, post, scrubbed);
    if (ek_forgotten_holds(forgotten, EK_FORGOTTEN_TITLE, forum,
                           ek_forgotten_title(arena, thread, post->subject))) {
        post->subject = NULL;
        scrubbed->subjects++;
    }
    return before.quotes != scrubbed->quotes || before.links != scrubbed->links ||
           before.subjects != scrubbed->subjects;
}

bool ek_forgotten_is_empty(const struct ek_entry *entry)
{
    return entry->state == EK_HIDDEN && !entry->post.author && !*entry->post.text &&
           strncmp(entry->post.id, EK_FORGOTTEN_ID, strlen(EK_FORGOTTEN_ID)) == 0;
}

/* Dump and load ------------------------------------------------------------------------------ */

int ek_forgotten_each(struct ek_txn *txn,
                      int (*visit)(void *context, const struct ek_forgotten_mark *mark),
                      void *context)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    int result = 0;
    ek_walk_begin(&walk, txn, EK_RECORDS_META, PREFIX, PREFIX_BYTES);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1) {
        struct ek_forgotten_mark mark = {.when = EK_TIME_UNKNOWN};
        const char *own = (const char *)key.data + PREFIX_BYTES;
        bool secret = key.len == MARK_BYTES && memcmp(own, secret_key, sizeof secret_key) == 0;
        if (key.len != MARK_BYTES || value.len != (secret ? sizeof mark.secret : 8)) {
            ek_txn_damaged(txn, EK_RECORDS_META, key.data, key.len);
            break;
        }
        memcpy(mark.key, own, sizeof mark.key);
        if (secret)
            memcpy(mark.secret, value.data, sizeof mark.secret);
        else
            mark.when = (ek_time)ek_get_be64(value.data);
        result = visit(context, &mark);
    }
    ek_walk_end(&walk);
    return ek_txn_failed(txn) ? -1 : result;
}

void ek_forgotten_keep(struct ek_txn *txn, const struct ek_forgotten_mark *mark)
{
    unsigned char key[MARK_BYTES], when[8];
    mark_key(mark->key, key);
    ek_put_be64(when, (uint64_t)mark->when);
    if (memcmp(mark->key, secret_key, sizeof secret_key) == 0)
        ek_txn_put(txn, EK_RECORDS_META, key, sizeof key, mark->secret, sizeof mark->secret);
    else
        ek_txn_put(txn, EK_RECORDS_META, key, sizeof key, when, sizeof when);
}
