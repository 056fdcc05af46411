/* author.c - see author.h. */
#include "store/records/author.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/records/fact.h"
#include "store/records/names.h"
#include "store/records/post.h"

static struct ek_author_name *get_names(struct ek_cursor *cursor, struct ek_arena *arena,
                                        size_t *count)
{
    *count = ek_get_count(cursor, 3);
    /* Room for one more: learning adds in place. */
    struct ek_author_name *names = EK_NEW_ARRAY(arena, struct ek_author_name, *count + 1);
    if (!names)
        cursor->bad = true;
    for (size_t i = 0; i < *count && !cursor->bad; i++) {
        names[i].name = ek_get_str(cursor, arena);
        names[i].first = ek_get_int(cursor);
        names[i].last = ek_get_int(cursor);
        cursor->bad = cursor->bad || !names[i].name;
    }
    return names;
}

int ek_author_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                  struct ek_author_record *author)
{
    struct ek_bytes value;
    int found = ek_record_get(txn, EK_AUTHORS, number, &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    author->forum = ek_get_uint(&cursor);
    author->kind = ek_get_enum(&cursor, EK_AUTHOR_KINDS);
    author->id = ek_get_str(&cursor, arena);
    author->names = get_names(&cursor, arena, &author->name_count);
    if (!ek_cursor_done(&cursor) || (author->kind == EK_AUTHOR_ACCOUNT) != (author->id != NULL))
        return ek_record_damaged(txn, EK_AUTHORS, number);
    return 1;
}

void ek_author_put(struct ek_store *store, uint64_t number, const struct ek_author_record *author)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_uint(value, author->forum);
    ek_put_u8(value, author->kind);
    ek_put_str(value, author->id);
    ek_put_uint(value, author->name_count);
    for (size_t i = 0; i < author->name_count; i++) {
        ek_put_str(value, author->names[i].name);
        ek_put_int(value, author->names[i].first);
        ek_put_int(value, author->names[i].last);
    }
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_record_put(store->slice, EK_AUTHORS, number, value->data, value->len);
}

const char *ek_author_shown(const struct ek_author_record *author)
{
    const struct ek_author_name *shown = NULL;
    for (size_t i = 0; i < author->name_count; i++) {
        const struct ek_author_name *name = &author->names[i];
        if (!shown || name->last > shown->last ||
            (name->last == shown->last && strcmp(name->name, shown->name) > 0))
            shown = name;
    }
    return shown ? shown->name : NULL;
}

const char *ek_author_own_id(const struct ek_author_record *author, struct ek_arena *arena)
{
    const char *shown = ek_author_shown(author);
    if (author->id)
        return author->id;
    return ek_printf(arena, "%s:%s", author->kind == EK_AUTHOR_GUEST ? "guest" : "name",
                     shown ? shown : "");
}

/* Who has posts ----------------------------------------------------------------------------- */

static void author_post_key(uint64_t author, uint64_t post, unsigned char key[16])
{
    ek_put_be64(key, author);
    ek_put_be64(key + 8, post);
}

void ek_author_post_set(struct ek_txn *txn, uint64_t author, uint64_t post)
{
    unsigned char key[16];
    author_post_key(author, post, key);
    ek_txn_put(txn, EK_AUTHOR_POSTS, key, sizeof key, "", 0);
}

static bool has_posts(struct ek_txn *txn, uint64_t author)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    unsigned char prefix[8];
    ek_put_be64(prefix, author);
    ek_walk_begin(&walk, txn, EK_AUTHOR_POSTS, prefix, sizeof prefix);
    int found = ek_walk_next(&walk, &key, &value);
    ek_walk_end(&walk);
    return found != 0; /* after a failure nothing is removed */
}

static void forget_author(struct ek_store *store, uint64_t number)
{
    struct ek_author_record author;
    struct ek_txn *txn = store->slice;
    if (ek_author_get(txn, store->scratch, number, &author) != 1)
        return;
    if (author.kind == EK_AUTHOR_ACCOUNT)
        ek_name_forget(txn, EK_NAME_ACCOUNT, author.forum, author.id);
    for (size_t i = 0; i < author.name_count; i++) {
        const char *name = author.names[i].name;
        if (author.kind == EK_AUTHOR_GUEST)
            ek_name_forget(txn, EK_NAME_GUEST, author.forum, name);
        else if (ek_name_find(txn, EK_NAME_SHOWN, author.forum, name) == number)
            ek_name_forget(txn, EK_NAME_SHOWN, author.forum, name);
    }
    unsigned char key[8];
    ek_put_be64(key, number);
    ek_txn_delete(txn, EK_AUTHORS, key, sizeof key);
}

void ek_author_leave(struct ek_store *store, uint64_t author, uint64_t post)
{
    unsigned char key[16];
    author_post_key(author, post, key);
    ek_txn_delete(store->slice, EK_AUTHOR_POSTS, key, sizeof key);
    if (!has_posts(store->slice, author))
        forget_author(store, author);
}

static void move_post(struct ek_store *store, uint64_t post, uint64_t from, uint64_t to)
{
    if (from == to)
        return;
    ek_author_post_set(store->slice, to, post);
    if (from)
        ek_author_leave(store, from, post);
}

/* Names ------------------------------------------------------------------------------------- */

/* Returns true if the list changed. */
static bool add_name(struct ek_arena *arena, struct ek_author_record *author, const char *name,
                     ek_time first, ek_time last)
{
    for (size_t i = 0; i < author->name_count; i++) {
        struct ek_author_name *known = &author->names[i];
        if (strcmp(known->name, name) != 0)
            continue;
        struct ek_author_name before = *known;
        known->first = ek_earlier(known->first, first);
        known->last = ek_later(known->last, last);
        return known->first != before.first || known->last != before.last;
    }
    size_t count = author->name_count;
    struct ek_author_name *names = EK_NEW_ARRAY(arena, struct ek_author_name, count + 2);
    if (!names || count >= EK_MAX_AUTHOR_NAMES)
        return false;
    if (count)
        memcpy(names, author->names, count * sizeof *names);
    names[count] = (struct ek_author_name){name, first, last};
    author->names = names;
    author->name_count = count + 1;
    return true;
}

static bool bears(const struct ek_author_record *author, const char *name)
{
    for (size_t i = 0; i < author->name_count; i++)
        if (strcmp(author->names[i].name, name) == 0)
            return true;
    return false;
}

/* All posts of `from`, an author known by name only, become `to`'s. */
static void merge(struct ek_store *store, uint64_t from, uint64_t to)
{
    struct ek_txn *txn = store->slice;
    struct ek_author_record source, target;
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_buf posts;
    unsigned char prefix[8];
    if (ek_author_get(txn, store->scratch, from, &source) != 1 ||
        ek_author_get(txn, store->scratch, to, &target) != 1)
        return;
    for (size_t i = 0; i < source.name_count; i++) {
        const struct ek_author_name *name = &source.names[i];
        add_name(store->scratch, &target, name->name, name->first, name->last);
        if (ek_name_find(txn, EK_NAME_SHOWN, source.forum, name->name) == from &&
            bears(&target, name->name))
            ek_name_set(txn, EK_NAME_SHOWN, source.forum, name->name, to);
    }
    ek_author_put(store, to, &target);
    ek_buf_init(&posts, SIZE_MAX);
    ek_put_be64(prefix, from);
    ek_walk_begin(&walk, txn, EK_AUTHOR_POSTS, prefix, sizeof prefix);
    while (ek_walk_next(&walk, &key, &value) == 1 && key.len == 16)
        ek_buf_add(&posts, (const char *)key.data + 8, 8);
    ek_walk_end(&walk);
    if (posts.failed)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    for (size_t at = 0; at < posts.len && !ek_txn_failed(txn); at += 8) {
        uint64_t post = ek_get_be64((const unsigned char *)posts.data + at);
        ek_post_give(store, post, to);
        move_post(store, post, from, to);
    }
    ek_buf_free(&posts);
}

static bool is_named_only(struct ek_store *store, uint64_t number)
{
    struct ek_author_record author;
    return number && ek_author_get(store->slice, store->scratch, number, &author) == 1 &&
           author.kind == EK_AUTHOR_NAMED;
}

/* The author bears this name. Returns true if a bare name was merged into the account. */
static bool learn_name(struct ek_store *store, uint64_t number, const struct ek_author_seen *seen)
{
    struct ek_author_record author;
    if (!seen->name || ek_author_get(store->slice, store->scratch, number, &author) != 1)
        return false;
    if (add_name(store->scratch, &author, seen->name, seen->first, seen->last))
        ek_author_put(store, number, &author);
    if (author.kind == EK_AUTHOR_GUEST)
        return false;
    uint64_t holder = ek_name_find(store->slice, EK_NAME_SHOWN, author.forum, seen->name);
    /* A name beyond the ceiling is not kept, and must lead nowhere. */
    if (!holder && bears(&author, seen->name))
        ek_name_set(store->slice, EK_NAME_SHOWN, author.forum, seen->name, number);
    if (!holder || holder == number || !is_named_only(store, holder))
        return false;
    merge(store, holder, number);
    return true;
}

/* Who is meant ------------------------------------------------------------------------------ */

static uint64_t new_author(struct ek_store *store, uint64_t forum, enum ek_author_kind kind,
                           const char *id)
{
    struct ek_author_record author = {.forum = forum, .kind = kind, .id = id};
    uint64_t number = ++store->counters.author;
    ek_author_put(store, number, &author);
    return number;
}

static uint64_t account(struct ek_store *store, uint64_t forum, const char *id)
{
    uint64_t number = ek_name_find(store->slice, EK_NAME_ACCOUNT, forum, id);
    if (number)
        return number;
    number = new_author(store, forum, EK_AUTHOR_ACCOUNT, id);
    ek_name_set(store->slice, EK_NAME_ACCOUNT, forum, id, number);
    return number;
}

static uint64_t by_name(struct ek_store *store, uint64_t forum, const char *name, bool guest)
{
    enum ek_name_kind kind = guest ? EK_NAME_GUEST : EK_NAME_SHOWN;
    uint64_t number = ek_name_find(store->slice, kind, forum, name);
    if (number)
        return number;
    number = new_author(store, forum, guest ? EK_AUTHOR_GUEST : EK_AUTHOR_NAMED, NULL);
    ek_name_set(store->slice, kind, forum, name, number);
    return number;
}

/* Does the sighting outdo the claim of its own rank? Same second: the greater id or name. */
static bool newer(struct ek_store *store, const struct ek_author_claim *claim,
                  const struct ek_author_seen *seen)
{
    struct ek_author_record author;
    if (seen->last != claim->seen)
        return seen->last > claim->seen;
    if (ek_author_get(store->slice, store->scratch, claim->number, &author) != 1)
        return true;
    const char *mine = seen->id ? seen->id : seen->name;
    const char *held = seen->id ? author.id : ek_author_shown(&author);
    return !held || strcmp(mine, held) > 0;
}

static bool learn_account(struct ek_store *store, uint64_t forum, uint64_t post,
                          const struct ek_author_seen *seen, struct ek_author_claim *claim)
{
    uint64_t known = ek_name_find(store->slice, EK_NAME_ACCOUNT, forum, seen->id);
    bool held = claim->rank == EK_RANK_ID;
    if (held && known != claim->number && !newer(store, claim, seen))
        return known ? learn_name(store, known, seen) : false;
    uint64_t number = account(store, forum, seen->id);
    bool merged = false;
    if (claim->rank == EK_RANK_NAME && is_named_only(store, claim->number)) {
        merge(store, claim->number, number);
        claim->number = number;
        merged = true;
    }
    move_post(store, post, claim->number, number);
    claim->seen = held && known == claim->number ? ek_later(claim->seen, seen->last) : seen->last;
    claim->number = number;
    claim->rank = EK_RANK_ID;
    return learn_name(store, number, seen) || merged;
}

bool ek_author_learn(struct ek_store *store, uint64_t forum, uint64_t post,
                     const struct ek_author_seen *seen, struct ek_author_claim *claim)
{
    if (seen->id)
        return learn_account(store, forum, post, seen, claim);
    if (!seen->name)
        return false;
    if (claim->rank == EK_RANK_ID)
        return seen->guest ? false : learn_name(store, claim->number, seen);
    if (claim->rank == EK_RANK_NAME && !newer(store, claim, seen))
        return false;
    uint64_t number = by_name(store, forum, seen->name, seen->guest);
    move_post(store, post, claim->number, number);
    *claim = (struct ek_author_claim){number, EK_RANK_NAME, seen->last};
    return learn_name(store, number, seen);
}

size_t ek_author_called(struct ek_txn *txn, uint64_t forum, const char *name, uint64_t out[2])
{
    size_t count = 0;
    uint64_t number = ek_name_find(txn, EK_NAME_SHOWN, forum, name);
    if (number)
        out[count++] = number;
    number = ek_name_find(txn, EK_NAME_GUEST, forum, name);
    if (number)
        out[count++] = number;
    return count;
}
