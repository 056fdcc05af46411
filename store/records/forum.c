/* forum.c - see forum.h. */
#include "store/records/forum.h"

#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "store/records/names.h"

static size_t host_end(const char *at)
{
    return strcspn(at, "/?#");
}

/* Where the host begins: after the scheme and "www.". */
static const char *skip_scheme(const char *address, const char **port)
{
    *port = NULL;
    if (ek_ascii_starts(address, "http://")) {
        address += 7;
        *port = ":80";
    } else if (ek_ascii_starts(address, "https://")) {
        address += 8;
        *port = ":443";
    }
    return ek_ascii_starts(address, "www.") ? address + 4 : address;
}

const char *ek_forum_key(const char *address, char out[EK_FORUM_KEY_BYTES])
{
    const char *port;
    const char *at = skip_scheme(address, &port);
    size_t host = host_end(at), kept = host, len = strlen(at);
    if (port && host > strlen(port) && !strncmp(at + host - strlen(port), port, strlen(port)))
        kept = host - strlen(port);
    if (len + 2 > EK_FORUM_KEY_BYTES) {
        unsigned char digest[EK_SHA256_BYTES];
        ek_sha256(at, len, digest);
        ek_hex(digest, sizeof digest, out);
        return out;
    }
    for (size_t i = 0; i < kept; i++)
        out[i] = at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] | 0x20) : at[i];
    memcpy(out + kept, at + host, len - host);
    kept += len - host;
    if (kept == 0 || out[kept - 1] != '/')
        out[kept++] = '/';
    out[kept] = 0;
    return out;
}

void ek_forum_put(struct ek_store *store, uint64_t number, const struct ek_forum_record *forum)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_fact(value, &forum->base);
    ek_put_fact(value, &forum->title);
    ek_put_fact(value, &forum->software);
    ek_put_fact(value, &forum->version);
    ek_put_fact(value, &forum->zone);
    ek_put_int(value, forum->last_fetched);
    ek_put_uint(value, forum->pages);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_record_put(store->slice, EK_FORUMS, number, value->data, value->len);
}

int ek_forum_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                 struct ek_forum_record *forum)
{
    struct ek_bytes value;
    int found = ek_record_get(txn, EK_FORUMS, number, &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    forum->base = ek_get_fact(&cursor, arena);
    forum->title = ek_get_fact(&cursor, arena);
    forum->software = ek_get_fact(&cursor, arena);
    forum->version = ek_get_fact(&cursor, arena);
    forum->zone = ek_get_fact(&cursor, arena);
    forum->last_fetched = ek_get_int(&cursor);
    forum->pages = ek_get_uint(&cursor);
    if (!ek_cursor_done(&cursor) || !forum->base.value)
        return ek_record_damaged(txn, EK_FORUMS, number);
    return 1;
}

uint64_t ek_forum_learn(struct ek_store *store, const char *base, const struct ek_page *page,
                        ek_time seen)
{
    char key[EK_FORUM_KEY_BYTES];
    struct ek_forum_record forum = {.last_fetched = EK_TIME_UNKNOWN};
    ek_forum_key(base, key);
    uint64_t number = ek_name_find(store->slice, EK_NAME_FORUM, 0, key);
    if (number) {
        if (ek_forum_get(store->slice, store->scratch, number, &forum) == 0)
            ek_record_damaged(store->slice, EK_FORUMS, number);
    } else {
        number = ++store->counters.forum;
        ek_name_set(store->slice, EK_NAME_FORUM, 0, key, number);
    }
    bool changed = ek_fact_learn(&forum.base, base, seen);
    if (page) {
        ek_fact_learn(&forum.title, page->forum_title, seen);
        ek_fact_learn(&forum.software, page->software, seen);
        ek_fact_learn(&forum.version, page->software_version, seen);
        ek_fact_learn(&forum.zone, page->zone, seen);
        forum.pages++;
    }
    changed = changed || page || ek_later(forum.last_fetched, seen) != forum.last_fetched;
    forum.last_fetched = ek_later(forum.last_fetched, seen);
    if (changed)
        ek_forum_put(store, number, &forum);
    return ek_txn_failed(store->slice) ? 0 : number;
}

/* Boards ------------------------------------------------------------------------------------ */

int ek_board_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                 struct ek_board_record *board)
{
    struct ek_bytes value;
    int found = ek_record_get(txn, EK_BOARDS, number, &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    board->forum = ek_get_uint(&cursor);
    board->id = ek_get_str(&cursor, arena);
    board->title = ek_get_fact(&cursor, arena);
    board->parent = ek_get_fact(&cursor, arena);
    if (!ek_cursor_done(&cursor) || !board->id)
        return ek_record_damaged(txn, EK_BOARDS, number);
    return 1;
}

void ek_board_put(struct ek_store *store, uint64_t number, const struct ek_board_record *board)
{
    struct ek_buf *value = &store->value;
    ek_buf_clear(value);
    ek_put_uint(value, board->forum);
    ek_put_str(value, board->id);
    ek_put_fact(value, &board->title);
    ek_put_fact(value, &board->parent);
    if (value->failed)
        ek_txn_fail(store->slice, EK_MEMORY, "out of memory");
    ek_record_put(store->slice, EK_BOARDS, number, value->data, value->len);
}

uint64_t ek_board_learn(struct ek_store *store, uint64_t forum, const char *id, const char *title,
                        const char *parent, ek_time seen)
{
    struct ek_board_record board = {.forum = forum, .id = id};
    uint64_t number = ek_name_find(store->slice, EK_NAME_BOARD, forum, id);
    bool new = number == 0;
    if (new) {
        number = ++store->counters.board;
        ek_name_set(store->slice, EK_NAME_BOARD, forum, id, number);
    } else if (ek_board_get(store->slice, store->scratch, number, &board) == 0) {
        ek_record_damaged(store->slice, EK_BOARDS, number);
    }
    struct ek_board_record before = board;
    ek_fact_learn(&board.title, title, seen);
    ek_fact_learn(&board.parent, parent, seen);
    if (new || memcmp(&before, &board, sizeof board) != 0)
        ek_board_put(store, number, &board);
    return ek_txn_failed(store->slice) ? 0 : number;
}

/* What people mean -------------------------------------------------------------------------- */

const char *ek_forum_list(struct ek_txn *txn, struct ek_arena *arena)
{
    struct ek_walk walk;
    struct ek_buf list;
    uint64_t number;
    ek_buf_init(&list, 1024);
    ek_names_begin(&walk, txn, EK_NAME_FORUM, 0);
    while (ek_names_next(&walk, &number) == 1) {
        struct ek_forum_record forum;
        if (ek_forum_get(txn, arena, number, &forum) != 1)
            break;
        if (list.len + strlen(forum.base.value) > 500) {
            ek_buf_adds(&list, ", ...");
            break;
        }
        if (list.len)
            ek_buf_adds(&list, ", ");
        ek_buf_adds(&list, forum.base.value);
    }
    ek_walk_end(&walk);
    const char *text = ek_buf_str(&list);
    text = ek_strdup(arena, text ? text : "");
    ek_buf_free(&list);
    return text ? text : "";
}

int ek_forum_meant(struct ek_txn *txn, struct ek_arena *arena, const char *text, uint64_t *number,
                   struct ek_err *err)
{
    char key[EK_FORUM_KEY_BYTES], part[EK_FORUM_KEY_BYTES];
    struct ek_walk walk;
    uint64_t one, found = 0;
    unsigned matches = 0;
    *number = ek_name_find(txn, EK_NAME_FORUM, 0, ek_forum_key(text, key));
    if (*number)
        return 1;
    key[strlen(key) - 1] = 0; /* a part need not end in '/' */
    ek_names_begin(&walk, txn, EK_NAME_FORUM, 0);
    while (*key && ek_names_next(&walk, &one) == 1) {
        struct ek_forum_record forum;
        if (ek_forum_get(txn, arena, one, &forum) != 1)
            break;
        if (!strstr(ek_forum_key(forum.base.value, part), key))
            continue;
        found = one;
        matches++;
    }
    ek_walk_end(&walk);
    if (ek_txn_take_error(txn, err))
        return -1;
    *number = found;
    if (matches == 1)
        return 1;
    if (matches > 1)
        return ek_fail(err, EK_USAGE, "\"%s\" can mean several forums: %s", text,
                       ek_forum_list(txn, arena));
    return ek_fail(err, EK_NOT_FOUND, "no forum \"%s\" in this store; it holds: %s", text,
                   ek_forum_list(txn, arena));
}
