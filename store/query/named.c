/* named.c - the conditions of a selection file, as numbers.
 *
 * Each is looked up as if it were an option of its own, so that a name means the same in a file and
 * on the command line, and what is not known is answered with the nearest name and the line. */
#include "ekbom/arena.h"
#include "store/query/choice.h"
#include "store/records/find.h"
#include "store/records/forum.h"

static int find_post(struct ek_numbers *found, const struct ek_choice *part, struct ek_store *store,
                     const char *post, struct ek_arena *arena, struct ek_err *err)
{
    uint64_t *numbers;
    size_t count, kept = 0;
    struct ek_entry entry;
    if (ek_find_called(ek_records(store), arena, EK_NAME_POST, post, &numbers, &count, err))
        return -1;
    found->given = true;
    for (size_t i = 0; i < count; i++) {
        uint64_t forum;
        int got = ek_store_entry(store, numbers[i], false, arena, &entry, err);
        if (got < 0 || (got == 1 && part->forums.given &&
                        ek_forum_meant(ek_records(store), arena, entry.forum, &forum, err) < 0))
            return -1;
        if (got == 0 || (part->forums.given && !ek_numbers_hold(&part->forums, forum)))
            continue;
        if (ek_numbers_add(found, arena, numbers[i]))
            return ek_fail_memory(err);
        kept++;
    }
    if (kept > 1)
        return ek_fail(err, EK_USAGE, "post %s is in %zu forums: name the forum too, one of %s",
                       post, kept, ek_forum_list(ek_records(store), arena));
    return kept ? 0 : ek_fail(err, EK_USAGE, "no post %s in this store", post);
}

/* The numbers of what is named, in `found`. */
static int look_up(struct ek_numbers *found, struct ek_choice *part, struct ek_store *store,
                   const struct ek_named *named, struct ek_arena *arena, struct ek_err *err)
{
    struct ek_selection one = {.forum = named->forum};
    const struct ek_numbers *const results[EK_NAMED_KINDS] = {[EK_NAMED_FORUM] = &part->forums,
                                                              [EK_NAMED_BOARD] = &part->boards,
                                                              [EK_NAMED_THREAD] = &part->threads,
                                                              [EK_NAMED_AUTHOR] = &part->authors};
    const char **const options[EK_NAMED_KINDS] = {[EK_NAMED_FORUM] = &one.forum,
                                                  [EK_NAMED_BOARD] = &one.board,
                                                  [EK_NAMED_THREAD] = &one.thread,
                                                  [EK_NAMED_AUTHOR] = &one.author};
    if (named->kind == EK_NAMED_LANGUAGE)
        return ek_choice_languages(found, &part->held->words, named->value, arena)
                   ? ek_fail_memory(err)
                   : 0;
    if (options[named->kind])
        *options[named->kind] = named->value;
    if (ek_choice_places(part, store, &one, arena, err))
        return -1;
    if (named->kind == EK_NAMED_POST)
        return find_post(found, part, store, named->value, arena, err);
    *found = *results[named->kind];
    return 0;
}

static int add_named(struct ek_numbers kinds[EK_NAMED_KINDS], struct ek_choice *choice,
                     struct ek_store *store, const struct ek_named *named, struct ek_arena *arena,
                     struct ek_err *err)
{
    struct ek_choice part = {.held = choice->held};
    struct ek_numbers found = {0};
    if (look_up(&found, &part, store, named, arena, err))
        return ek_fail_in(err, "%s", named->place);
    kinds[named->kind].given = true;
    for (size_t i = 0; i < found.count; i++) {
        if (ek_numbers_add(&kinds[named->kind], arena, found.items[i]))
            return ek_fail_memory(err);
    }
    return 0;
}

int ek_choice_named(struct ek_choice *choice, struct ek_store *store,
                    const struct ek_selection *selection, struct ek_arena *arena,
                    struct ek_err *err)
{
    if (!choice->held || (selection->only_count == 0 && selection->left_out_count == 0))
        return 0;
    if (!store->records) {
        if (err)
            *err = store->records_refused;
        return ek_fail_in(err, "a selection file names forums, boards and people");
    }
    for (size_t i = 0; i < selection->only_count; i++) {
        if (add_named(choice->only, choice, store, &selection->only[i], arena, err))
            return -1;
    }
    for (size_t i = 0; i < selection->left_out_count; i++) {
        if (add_named(choice->left_out, choice, store, &selection->left_out[i], arena, err))
            return -1;
    }
    return 0;
}
