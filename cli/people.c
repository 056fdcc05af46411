/* people.c - see people.h. */
#include "people.h"

#include "ekbom/relations.h"

int author_shown(struct cli *cli, struct ek_store *store, uint64_t author, struct ek_arena *arena,
                 const char **shown, const char **forum, struct ek_err *err)
{
    struct ek_person person;
    *shown = *forum = NULL;
    int found = author ? ek_store_person(store, author, arena, &person, err) : 0;
    if (found != 1)
        return found;
    *forum = person.forum;
    *shown = has(cli, OPT_NAMES) ? person.name : ek_strdup(arena, person.pseudonym);
    return *shown || has(cli, OPT_NAMES) ? 0 : ek_fail_memory(err);
}
