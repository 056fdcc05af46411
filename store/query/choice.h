/* choice.h - a selection made ready: names as numbers, conditions as tables. mask.h applies it. */
#ifndef EKBOM_STORE_CHOICE_H
#define EKBOM_STORE_CHOICE_H

#include "ekbom/query.h"
#include "store/handle.h"
#include "store/query/held.h"

struct ek_numbers { /* sorted; given = false: no condition */
    uint64_t *items;
    size_t count;
    bool given;
};

struct ek_codes { /* numbers of the words table */
    uint32_t *items;
    size_t count;
};

struct ek_choice {
    struct ek_held *held; /* NULL: no rule set yet, no rows */
    struct ek_codes tags; /* theories listed; all if a condition on tags names none */
    bool tag_asked;       /* only posts with such a tag are listed */
    bool conditions;      /* anything but states, period and tags */
    struct ek_codes treatments;
    bool treatment_asked;
    struct ek_numbers forums, boards, threads, authors, languages;
    struct ek_numbers only[EK_NAMED_KINDS], left_out[EK_NAMED_KINDS]; /* of a selection file */
    const uint64_t *cohort; /* authors taken in, a bit each; NULL: no condition */
    size_t cohort_count;
    int cohort_month; /* who wrote in an earlier one is in it */
    unsigned states;
    const uint64_t *stored; /* posts that the store had then, a bit each; NULL: as it is now */
    size_t stored_count;
    bool undetermined, not_assessable, dated_only;
    struct ek_period period;
    /* Which tags count: classes of postings, and packed words by their low four bits. */
    enum ek_posting_class classes[2];
    unsigned class_count;
    bool words[16];
    bool every_word;  /* no condition on words */
    bool stance_only; /* ... but on the stance, of the class that has counts */
};

/* Inside a snapshot of the index (and of the records where it names forum, board, thread or
 * author). Unknown names are EK_USAGE with the nearest. */
int ek_choice_make(struct ek_choice *choice, struct ek_store *store,
                   const struct ek_selection *selection, struct ek_arena *arena,
                   struct ek_err *err);
/* choice.c's part that reads the records. */
int ek_choice_places(struct ek_choice *choice, struct ek_store *store,
                     const struct ek_selection *selection, struct ek_arena *arena,
                     struct ek_err *err);
/* named.c: the conditions of a selection file, looked up in the records. */
int ek_choice_named(struct ek_choice *choice, struct ek_store *store,
                    const struct ek_selection *selection, struct ek_arena *arena,
                    struct ek_err *err);
/* Languages that "en" means: "en-gb" too. 0, -1: out of memory. */
int ek_choice_languages(struct ek_numbers *numbers, const struct ek_words *words,
                        const char *language, struct ek_arena *arena);
/* Only the usual states, and no conditions: `usual` of held.h holds the posts counted. */
bool ek_choice_is_usual(const struct ek_choice *choice);

/* Codes that a theory named takes in: "bid" also "bid/transport", "any" all. 0, -1: no memory. */
int ek_codes_named(struct ek_codes *codes, const struct ek_words *words, enum ek_word_kind kind,
                   const char *name, struct ek_arena *arena);
bool ek_numbers_hold(const struct ek_numbers *numbers, uint64_t number);
int ek_numbers_add(struct ek_numbers *numbers, struct ek_arena *arena, uint64_t number);

#endif
