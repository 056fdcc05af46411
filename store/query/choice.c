/* choice.c - see choice.h. */
#include "store/query/choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"

bool ek_code_within(const char *code, const char *wanted)
{
    size_t len = strlen(wanted);
    return strncmp(code, wanted, len) == 0 && (code[len] == 0 || code[len] == '/');
}

/* Numbers ----------------------------------------------------------------------------------- */

bool ek_numbers_hold(const struct ek_numbers *numbers, uint64_t number)
{
    size_t low = 0, high = numbers->count;
    if (!numbers->given)
        return true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbers->items[middle] == number)
            return true;
        if (numbers->items[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Kept sorted. Lists are short: a name's bearers, a title's boards. */
int ek_numbers_add(struct ek_numbers *numbers, struct ek_arena *arena, uint64_t number)
{
    numbers->given = true;
    if (numbers->count && ek_numbers_hold(numbers, number))
        return 0;
    uint64_t *items = EK_NEW_ARRAY(arena, uint64_t, numbers->count + 1);
    if (!items)
        return -1;
    size_t at = 0;
    while (at < numbers->count && numbers->items[at] < number) {
        items[at] = numbers->items[at];
        at++;
    }
    items[at] = number;
    if (numbers->count > at)
        memcpy(items + at + 1, numbers->items + at, (numbers->count - at) * sizeof *items);
    numbers->items = items;
    numbers->count++;
    return 0;
}

/* Codes ------------------------------------------------------------------------------------- */

static int unknown_code(const struct ek_choice *choice, struct ek_arena *arena, const char *code,
                        enum ek_word_kind kind, struct ek_err *err)
{
    const char *what = kind == EK_WORD_THEORY ? "theory" : "treatment";
    const char **known = EK_NEW_ARRAY(arena, const char *, choice->words.count + 1);
    size_t count = 0;
    for (size_t i = 1; known && i < choice->words.count; i++) {
        if (choice->words.items[i].text && choice->words.items[i].kind == kind)
            known[count++] = choice->words.items[i].text;
    }
    const char *nearest = count ? ek_nearest(code, known, count) : NULL;
    if (nearest)
        return ek_fail(err, EK_USAGE,
                       "no %s \"%s\" in the rules of this store: did you mean "
                       "\"%s\"?",
                       what, code, nearest);
    return ek_fail(err, EK_USAGE,
                   "no %s \"%s\" in the rules of this store: `ekbom rules list` "
                   "shows what there is",
                   what, code);
}

static int want_codes(struct ek_choice *choice, struct ek_arena *arena, const char *const *codes,
                      size_t count, enum ek_word_kind kind, unsigned char bit, struct ek_err *err)
{
    for (size_t i = 0; i < count; i++) {
        bool all = kind == EK_WORD_THEORY && strcmp(codes[i], "any") == 0, found = all;
        for (size_t n = 1; n < choice->words.count; n++) {
            const struct ek_word *word = &choice->words.items[n];
            if (!word->text || word->kind != kind)
                continue;
            if (!all && !ek_code_within(word->text, codes[i]))
                continue;
            choice->wanted[n] |= bit;
            found = true;
        }
        if (!found)
            return unknown_code(choice, arena, codes[i], kind, err);
    }
    return 0;
}

/* "en" takes in "en-gb"; "en-gb" itself alone. Languages are no closed list: none is no error. */
static int want_languages(struct ek_choice *choice, struct ek_arena *arena, const char *language)
{
    size_t len = strlen(language);
    choice->languages.given = true;
    for (size_t n = 1; n < choice->words.count; n++) {
        const struct ek_word *word = &choice->words.items[n];
        if (!word->text || word->kind != EK_WORD_LANGUAGE || !ek_ascii_starts(word->text, language))
            continue;
        if (word->text[len] != 0 && word->text[len] != '-')
            continue;
        if (ek_numbers_add(&choice->languages, arena, n))
            return -1;
    }
    return 0;
}

int ek_choice_make(struct ek_choice *choice, struct ek_store *store,
                   const struct ek_selection *selection, struct ek_arena *arena, struct ek_err *err)
{
    const unsigned usual = 1u << EK_LIVE | 1u << EK_EDITED | 1u << EK_GONE;
    const unsigned every_stance = (1u << EK_STANCES) - 1;
    memset(choice, 0, sizeof *choice);
    choice->stances = selection->stances ? selection->stances : every_stance;
    choice->states = selection->states ? selection->states : usual;
    choice->cramps = selection->cramps;
    choice->both_targets = selection->both_targets;
    choice->hedged = selection->hedged;
    choice->experience = selection->experience;
    choice->undetermined = selection->undetermined;
    choice->not_assessable = selection->not_assessable;
    choice->period = selection->period;
    choice->dated_only = selection->period.from != 0 || selection->period.until != 0;
    choice->theories_named = selection->theory_count > 0;
    choice->treatment_asked = selection->treatment_count > 0;
    choice->tag_asked = choice->theories_named || selection->stances || selection->cramps ||
                        selection->hedged || selection->experience;
    if (ek_generation_get(store->reading_index, EK_CURRENT, &choice->generation) < 0)
        return -1;
    if (choice->generation.number == 0) {
        if (selection->theory_count || selection->treatment_count)
            return ek_fail(err, EK_USAGE, "%s has no tags yet: run `ekbom retag`", store->folder);
    } else if (ek_words_load(store->reading_index, &choice->generation, arena, &choice->words)) {
        return -1;
    }
    choice->wanted = EK_NEW_ARRAY(arena, unsigned char, choice->words.count + 1);
    if (!choice->wanted)
        return ek_fail_memory(err);
    if (want_codes(choice, arena, selection->theories, selection->theory_count, EK_WORD_THEORY,
                   EK_WANTED_THEORY, err) ||
        want_codes(choice, arena, selection->treatments, selection->treatment_count,
                   EK_WORD_OF_TREATMENT, EK_WANTED_TREATMENT, err))
        return -1;
    if (selection->language && want_languages(choice, arena, selection->language))
        return ek_fail_memory(err);
    return ek_choice_places(choice, store, selection, arena, err);
}

int ek_selection_check(struct ek_store *store, const struct ek_selection *selection,
                       struct ek_err *err)
{
    struct ek_choice choice;
    struct ek_arena *arena = ek_arena_new(64u << 20);
    if (!arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = ek_choice_make(&choice, store, selection, arena, err);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(arena);
    return result;
}

/* Tests ------------------------------------------------------------------------------------- */

bool ek_choice_mark(const struct ek_choice *choice, uint32_t word)
{
    if (word & EK_WORD_NOT_OWN || !(choice->stances & 1u << (word & EK_WORD_STANCE)))
        return false;
    if (!choice->both_targets && choice->cramps != ((word & EK_WORD_CRAMPS) != 0))
        return false;
    if (choice->hedged != EK_ANY && (choice->hedged == EK_YES) != ((word & EK_WORD_HEDGED) != 0))
        return false;
    return choice->experience == EK_ANY ||
           (choice->experience == EK_YES) == ((word & EK_WORD_EXPERIENCE) != 0);
}

static bool has_treatment(const struct ek_choice *choice, const struct ek_row *row)
{
    for (size_t i = 0; i < row->mark_count; i++) {
        const struct ek_mark *mark = &row->marks[i];
        if (mark->word & EK_WORD_TREATMENT && mark->code < choice->words.count &&
            choice->wanted[mark->code] & EK_WANTED_TREATMENT)
            return true;
    }
    return false;
}

static bool has_undetermined(const struct ek_row *row)
{
    for (size_t i = 0; i < row->mark_count; i++) {
        if (row->marks[i].word & EK_WORD_UNDETERMINED)
            return true;
    }
    return false;
}

bool ek_choice_counts(const struct ek_choice *choice, const struct ek_row *row)
{
    return choice->states & 1u << row->state && ek_numbers_hold(&choice->forums, row->forum) &&
           ek_numbers_hold(&choice->boards, row->board) &&
           ek_numbers_hold(&choice->threads, row->thread) &&
           ek_numbers_hold(&choice->authors, row->author) &&
           ek_numbers_hold(&choice->languages, row->language) &&
           (!choice->treatment_asked || has_treatment(choice, row)) &&
           (!choice->undetermined || has_undetermined(row)) &&
           (!choice->not_assessable || !row->assessable);
}

bool ek_choice_in_period(const struct ek_choice *choice, ek_time time)
{
    return !choice->dated_only ||
           (time != EK_TIME_UNKNOWN && time >= choice->period.from && time < choice->period.until);
}

static bool has_theory(const struct ek_choice *choice, const struct ek_row *row)
{
    for (size_t i = 0; i < row->mark_count; i++) {
        const struct ek_mark *mark = &row->marks[i];
        bool named = !choice->theories_named || (mark->code < choice->words.count &&
                                                 choice->wanted[mark->code] & EK_WANTED_THEORY);
        if (named && ek_choice_mark(choice, mark->word))
            return true;
    }
    return false;
}

bool ek_choice_holds(const struct ek_choice *choice, const struct ek_row *row)
{
    return ek_choice_in_period(choice, row->time) && ek_choice_counts(choice, row) &&
           (!choice->tag_asked || has_theory(choice, row));
}
