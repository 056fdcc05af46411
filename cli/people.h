/* people.h - authors in a listing: pseudonyms, unless --names asks for the names. */
#ifndef EKBOM_PEOPLE_H
#define EKBOM_PEOPLE_H

#include "cli.h"

/* What stands for an author (the store's number) in the arena's memory; NULL where nobody was
 * named. -1 with err filled; with pseudonyms that takes the store's key. */
int author_shown(struct cli *cli, struct ek_store *store, uint64_t author, struct ek_arena *arena,
                 const char **shown, const char **forum, struct ek_err *err);

#endif
