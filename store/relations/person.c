/* person.c - an author as people may be told of them: by name, or by pseudonym. */
#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/relations.h"
#include "store/records/author.h"
#include "store/records/forum.h"

_Static_assert(EK_PERSON_PSEUDONYM == EK_PSEUDONYM_TEXT, "a pseudonym has one length");

static int read_person(struct ek_store *store, uint64_t number, struct ek_arena *arena,
                       struct ek_person *person, struct ek_err *err)
{
    struct ek_author_record author;
    struct ek_forum_record forum;
    struct ek_txn *txn = ek_records(store);
    int found = ek_author_get(txn, arena, number, &author);
    if (found == 1)
        found = ek_forum_get(txn, arena, author.forum, &forum);
    if (found != 1)
        return found;
    *person = (struct ek_person){
        .forum = forum.base.value, .name = ek_author_shown(&author), .id = author.id};
    const char *own = ek_author_own_id(&author, arena);
    if (!own)
        return ek_fail_memory(err);
    return ek_store_pseudonym(store, "author", person->forum, own, person->pseudonym, err) ? -1 : 1;
}

int ek_store_person(struct ek_store *store, uint64_t author, struct ek_arena *arena,
                    struct ek_person *person, struct ek_err *err)
{
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int result = read_person(store, author, arena, person, err);
    return ek_store_leave(store, result, err);
}
