/* firsts.h - the day on which each author's first post was written.
 *
 * Posts come in any order, so that a row cannot know it. A table of days by author is written
 * when runs are merged into a large one; what the other runs add to it is read from their rows,
 * and an author whose first row died has an entry of his own that holds instead of the table's. */
#ifndef EKBOM_STORE_FIRSTS_H
#define EKBOM_STORE_FIRSTS_H

#include "store/index/view.h"

#define EK_NO_DAY INT32_MAX

struct ek_firsts {
    const int32_t *day; /* by author number: days since 1970-01-01, EK_NO_DAY: no dated post */
    size_t count;
};

/* Of the rows of any state that are dated and not dead. 0, -1 (latched). */
int ek_firsts_load(const struct ek_view *view, struct ek_arena *arena, struct ek_firsts *firsts);

/* Writing ------------------------------------------------------------------------------------- */

struct ek_run;

static inline int32_t ek_day_of(ek_time time)
{
    return (int32_t)(time / 86400 - (time % 86400 < 0));
}

/* Rows that a transaction takes away and adds, author by author. */
struct ek_first {
    uint32_t author;
    int32_t day;
};
struct ek_firsts_changes {
    struct ek_first *died, *born; /* in memory of their own */
    size_t died_count, died_cap, born_count, born_cap;
    bool failed; /* out of memory */
};
/* Undated rows and rows of nobody are passed over. */
void ek_firsts_died(struct ek_firsts_changes *changes, uint32_t author, ek_time time);
void ek_firsts_born(struct ek_firsts_changes *changes, uint32_t author, ek_time time);
/* At the end of the transaction, when the new rows are in the manifest. */
void ek_firsts_follow(struct ek_txn *index, struct ek_firsts_changes *changes,
                      struct ek_arena *arena);
void ek_firsts_changes_free(struct ek_firsts_changes *changes);

/* A run that is about to be covered: its rows go into the table. */
void ek_firsts_cover(struct ek_txn *index, const struct ek_run *run, struct ek_arena *arena);

#endif
