/* choice.h - a selection made ready: names as numbers, conditions as tests on a row. */
#ifndef EKBOM_STORE_CHOICE_H
#define EKBOM_STORE_CHOICE_H

#include "ekbom/query.h"
#include "store/handle.h"
#include "store/index/generation.h"
#include "store/index/row.h"
#include "store/index/words.h"

struct ek_numbers { /* sorted; given = false: no condition */
    uint64_t *items;
    size_t count;
    bool given;
};

struct ek_choice {
    struct ek_generation generation; /* number 0: no rule set yet, no rows */
    struct ek_words words;
    unsigned char *wanted; /* by code number: bits below */
    bool theories_named;   /* theories were listed */
    bool tag_asked;        /* some condition is on a tag of a theory */
    bool treatment_asked;
    struct ek_numbers forums, boards, threads, authors, languages;
    unsigned stances, states;
    bool cramps, both_targets, undetermined, not_assessable, dated_only;
    enum ek_wanted hedged, experience;
    struct ek_period period;
};
#define EK_WANTED_THEORY 1
#define EK_WANTED_TREATMENT 2

/* Inside a snapshot of the index (and of the records where it names forum, board, thread or
 * author). Unknown names are EK_USAGE with the nearest. */
int ek_choice_make(struct ek_choice *choice, struct ek_store *store,
                   const struct ek_selection *selection, struct ek_arena *arena,
                   struct ek_err *err);
/* choice.c's part that reads the records. */
int ek_choice_places(struct ek_choice *choice, struct ek_store *store,
                     const struct ek_selection *selection, struct ek_arena *arena,
                     struct ek_err *err);

/* True if "bid" (wanted) takes in "bid/transport" (code). */
bool ek_code_within(const char *code, const char *wanted);
bool ek_numbers_hold(const struct ek_numbers *numbers, uint64_t number);
int ek_numbers_add(struct ek_numbers *numbers, struct ek_arena *arena, uint64_t number);

/* Everything but the period and the conditions on theories' tags. */
bool ek_choice_counts(const struct ek_choice *choice, const struct ek_row *row);
bool ek_choice_in_period(const struct ek_choice *choice, ek_time time);
/* A theory's tag that satisfies stance, hedged, experience and target (whichever the theory). */
bool ek_choice_mark(const struct ek_choice *choice, uint32_t word);
/* The whole selection. */
bool ek_choice_holds(const struct ek_choice *choice, const struct ek_row *row);

#endif
