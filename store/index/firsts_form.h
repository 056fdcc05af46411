/* firsts_form.h - how the table of first days lies in its values; and the rows of a run, as those
 * who fill it look at them. */
#ifndef EKBOM_STORE_FIRSTS_FORM_H
#define EKBOM_STORE_FIRSTS_FORM_H

#include "store/index/firsts.h"

/* A value is a check and the days of so many authors: with the key a little under one page. */
#define EK_FIRSTS_A_PART 1000u
struct ek_firsts_part {
    uint32_t check;
    int32_t day[EK_FIRSTS_A_PART];
};
struct ek_firsts_one { /* an author's own entry */
    uint32_t check;
    int32_t day;
};
#define EK_FIRSTS_KEY_BYTES 5u
#define EK_FIRSTS_PART 'p' /* of the table: key is the part's number */
#define EK_FIRSTS_OWN 'o'  /* an author's own entry: key is the author's number */
void ek_firsts_key(unsigned kind, uint32_t number, unsigned char key[EK_FIRSTS_KEY_BYTES]);

/* -1 if it is no sound entry. */
int ek_firsts_one_day(uint32_t author, const struct ek_bytes *value, int32_t *day);
/* The table and the authors' own entries: days[] of at least `count` authors, as many as the table
 * has if that is more. 0, -1 (latched). */
int ek_firsts_table(struct ek_txn *index, size_t count, struct ek_arena *arena,
                    struct ek_firsts *firsts, int32_t **days);

/* Living, dated rows of a chunk: each author's day, lowered where the chunk has an earlier one.
 * `days` NULL: only the greatest author number is asked for. Returns it, or 0. */
uint32_t ek_firsts_lower(struct ek_chunk *chunk, const uint16_t *dead, uint32_t dead_count,
                         int32_t *days, size_t count);

#endif
