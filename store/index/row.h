/* row.h - a post as the index has it: numbers, time, state, and one packed word a tag.
 *
 * No name, address or word of a post is in it: codes and languages are numbers into the words
 * table, all else numbers that mean nothing without the records. Inside the index they have 32
 * bits: a store of more than four billion posts would need another layout anyway. */
#ifndef EKBOM_STORE_ROW_H
#define EKBOM_STORE_ROW_H

#include "ekbom/codec.h"
#include "ekbom/record.h"

/* Bits of a word. The low two are the stance. */
enum {
    EK_WORD_STANCE = 3,
    EK_WORD_HEDGED = 4,
    EK_WORD_EXPERIENCE = 8,
    EK_WORD_CRAMPS = 16,
    EK_WORD_UNDETERMINED = 32,
    EK_WORD_TREATMENT = 64,
    EK_WORD_QUOTED = 128,
    EK_WORD_BITS = 256
};
/* A word that says that the author holds or discusses a theory himself. */
#define EK_WORD_NOT_OWN (EK_WORD_UNDETERMINED | EK_WORD_TREATMENT | EK_WORD_QUOTED)

struct ek_mark {
    uint32_t code; /* number in the words table */
    uint32_t word;
};

struct ek_row {
    uint64_t number, forum, board, thread, author;
    ek_time time;
    enum ek_precision precision;
    enum ek_state state;
    bool assessable;
    uint64_t language; /* number in the words table; 0 = unknown */
    struct ek_mark *marks;
    size_t mark_count;
};
/* EK_MAX_TAGS each of theories, treatments, quoted and undetermined codes. */
#define EK_MAX_ROW_MARKS 2048u

/* Tags on their way to the index, with codes by name: assessable, then (code, word) pairs. */
void ek_marks_from_tags(struct ek_buf *out, const struct ek_tags *tags);
/* One after the other; ek_marks_begin returns how many there are. */
size_t ek_marks_begin(struct ek_cursor *cursor, bool *assessable);
void ek_marks_next(struct ek_cursor *cursor, const char **code, size_t *len, uint32_t *word);

#endif
