/* places.c - forum, board, thread and author of a selection, looked up in the records. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"
#include "store/query/choice.h"
#include "store/records/author.h"
#include "store/records/find.h"
#include "store/records/forum.h"
#include "store/records/thread.h"

#define MAX_CANDIDATES 5000u /* names looked at for "did you mean" */

/* Boards ------------------------------------------------------------------------------------ */

static int add(struct ek_numbers *numbers, struct ek_arena *arena, uint64_t number,
               struct ek_err *err)
{
    return ek_numbers_add(numbers, arena, number) ? ek_fail_memory(err) : 0;
}

static int unknown(const char *what, const char *name, const char *nearest, struct ek_err *err)
{
    if (nearest)
        return ek_fail(err, EK_USAGE, "no %s \"%s\" in this store: did you mean \"%s\"?", what,
                       name, nearest);
    return ek_fail(err, EK_USAGE, "no %s \"%s\" in this store", what, name);
}

/* Boards by exact title; collects titles for a suggestion. */
static int boards_titled(struct ek_choice *choice, struct ek_txn *txn, const char *title,
                         struct ek_arena *arena, struct ek_err *err)
{
    const char **titles = EK_NEW_ARRAY(arena, const char *, MAX_CANDIDATES);
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t count = 0;
    int result = titles ? 0 : ek_fail_memory(err);
    ek_walk_begin(&walk, txn, EK_BOARDS, NULL, 0);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1 && key.len == 8) {
        struct ek_board_record board;
        uint64_t number = ek_get_be64(key.data);
        if (ek_board_get(txn, arena, number, &board) != 1 || !board.title.value ||
            !ek_numbers_hold(&choice->forums, board.forum))
            continue;
        if (strcmp(board.title.value, title) == 0)
            result = add(&choice->boards, arena, number, err);
        else if (count < MAX_CANDIDATES)
            titles[count++] = board.title.value;
    }
    ek_walk_end(&walk);
    if (result == 0 && !choice->boards.count)
        result = unknown("board", title, count ? ek_nearest(title, titles, count) : NULL, err);
    return result;
}

static int choose_board(struct ek_choice *choice, struct ek_txn *txn, const char *name,
                        struct ek_arena *arena, struct ek_err *err)
{
    uint64_t *numbers;
    size_t count;
    choice->boards.given = true;
    if (ek_find_called(txn, arena, EK_NAME_BOARD, name, &numbers, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct ek_board_record board;
        if (ek_board_get(txn, arena, numbers[i], &board) == 1 &&
            ek_numbers_hold(&choice->forums, board.forum) &&
            add(&choice->boards, arena, numbers[i], err))
            return -1;
    }
    if (choice->boards.count > 1)
        return ek_fail(err, EK_USAGE, "board %s is in %zu forums: name the forum too, one of %s",
                       name, choice->boards.count, ek_forum_list(txn, arena));
    return choice->boards.count ? 0 : boards_titled(choice, txn, name, arena, err);
}

/* Threads ----------------------------------------------------------------------------------- */

static int choose_thread(struct ek_choice *choice, struct ek_txn *txn, const char *name,
                         struct ek_arena *arena, struct ek_err *err)
{
    uint64_t *numbers;
    size_t count;
    choice->threads.given = true;
    if (ek_find_called(txn, arena, EK_NAME_THREAD, name, &numbers, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct ek_thread_record thread;
        if (ek_thread_get(txn, arena, numbers[i], &thread) == 1 &&
            ek_numbers_hold(&choice->forums, thread.forum) &&
            add(&choice->threads, arena, numbers[i], err))
            return -1;
    }
    if (choice->threads.count > 1)
        return ek_fail(err, EK_USAGE,
                       "thread %s is in %zu forums: write FORUM#%s, the forum one "
                       "of %s",
                       name, choice->threads.count, name, ek_forum_list(txn, arena));
    return choice->threads.count ? 0 : unknown("thread", name, NULL, err);
}

/* Authors ----------------------------------------------------------------------------------- */

static int authors_called(struct ek_choice *choice, struct ek_txn *txn, const char *name,
                          struct ek_arena *arena, struct ek_err *err)
{
    struct ek_walk walk;
    uint64_t forum, numbers[2];
    int result = 0;
    ek_names_begin(&walk, txn, EK_NAME_FORUM, 0);
    while (result == 0 && ek_names_next(&walk, &forum) == 1) {
        size_t count = ek_numbers_hold(&choice->forums, forum)
                           ? ek_author_called(txn, forum, name, numbers)
                           : 0;
        for (size_t i = 0; i < count && result == 0; i++)
            result = add(&choice->authors, arena, numbers[i], err);
    }
    ek_walk_end(&walk);
    return result;
}

static bool is_pseudonym(const char *name)
{
    return strlen(name) == EK_PSEUDONYM_TEXT - 1 &&
           strspn(name, "0123456789abcdef") == EK_PSEUDONYM_TEXT - 1;
}

struct search { /* over all authors, when no name fits */
    struct ek_store *store;
    struct ek_choice *choice;
    const char *name;
    bool pseudonym;
    const char **names;
    size_t count;
    struct ek_arena *keep, *scratch;
    struct ek_err *err;
};

static int consider_author(struct search *search, uint64_t number)
{
    struct ek_txn *txn = ek_records(search->store);
    struct ek_author_record author;
    struct ek_forum_record forum;
    char pseudonym[EK_PSEUDONYM_TEXT];
    ek_arena_reset(search->scratch);
    if (ek_author_get(txn, search->scratch, number, &author) != 1 ||
        !ek_numbers_hold(&search->choice->forums, author.forum))
        return 0;
    const char *shown = ek_author_shown(&author);
    if (!search->pseudonym) {
        if (shown && search->count < MAX_CANDIDATES)
            search->names[search->count++] = ek_strdup(search->keep, shown);
        return 0;
    }
    if (ek_forum_get(txn, search->scratch, author.forum, &forum) != 1)
        return 0;
    const char *id = ek_author_own_id(&author, search->scratch);
    if (!id)
        return ek_fail_memory(search->err);
    if (ek_store_pseudonym(search->store, "author", forum.base.value, id, pseudonym, search->err))
        return -1;
    return strcmp(pseudonym, search->name)
               ? 0
               : add(&search->choice->authors, search->keep, number, search->err);
}

static int search_authors(struct search *search)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    int result = 0;
    ek_walk_begin(&walk, ek_records(search->store), EK_AUTHORS, NULL, 0);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1 && key.len == 8)
        result = consider_author(search, ek_get_be64(key.data));
    ek_walk_end(&walk);
    return result;
}

static int choose_author(struct ek_choice *choice, struct ek_store *store, const char *name,
                         struct ek_arena *arena, struct ek_err *err)
{
    struct search search = {.store = store,
                            .choice = choice,
                            .name = name,
                            .pseudonym = is_pseudonym(name),
                            .keep = arena,
                            .err = err};
    choice->authors.given = true;
    if (authors_called(choice, ek_records(store), name, arena, err))
        return -1;
    if (choice->authors.count)
        return 0;
    search.names = EK_NEW_ARRAY(arena, const char *, MAX_CANDIDATES);
    search.scratch = ek_arena_new(1u << 20);
    int result = search.names && search.scratch ? search_authors(&search) : ek_fail_memory(err);
    ek_arena_free(search.scratch);
    if (result == 0 && !choice->authors.count)
        result = unknown("author", name,
                         search.count ? ek_nearest(name, search.names, search.count) : NULL, err);
    return result;
}

int ek_choice_places(struct ek_choice *choice, struct ek_store *store,
                     const struct ek_selection *selection, struct ek_arena *arena,
                     struct ek_err *err)
{
    uint64_t forum;
    if (!selection->forum && !selection->board && !selection->thread && !selection->author)
        return 0;
    if (!store->records) {
        if (err)
            *err = store->records_refused;
        return ek_fail_in(err, "selecting by forum, board, thread or author");
    }
    struct ek_txn *txn = ek_records(store);
    if (selection->forum) {
        if (ek_forum_meant(txn, arena, selection->forum, &forum, err) < 0) {
            if (err && err->kind == EK_NOT_FOUND)
                err->kind = EK_USAGE;
            return -1;
        }
        if (add(&choice->forums, arena, forum, err))
            return -1;
    }
    if (selection->board && choose_board(choice, txn, selection->board, arena, err))
        return -1;
    if (selection->thread && choose_thread(choice, txn, selection->thread, arena, err))
        return -1;
    if (selection->author && choose_author(choice, store, selection->author, arena, err))
        return -1;
    return 0;
}
