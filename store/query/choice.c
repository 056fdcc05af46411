/* choice.c - see choice.h. */
#include "store/query/choice.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"
#include "store/query/stored.h"
#include "store/query/bits.h"

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

/* "bid" takes in "bid/transport". */
static bool code_within(const char *code, const char *wanted)
{
    size_t len = strlen(wanted);
    return strncmp(code, wanted, len) == 0 && (code[len] == 0 || code[len] == '/');
}

int ek_codes_named(struct ek_codes *codes, const struct ek_words *words, enum ek_word_kind kind,
                   const char *name, struct ek_arena *arena)
{
    bool all = kind == EK_WORD_THEORY && strcmp(name, "any") == 0;
    codes->count = 0;
    codes->items = EK_NEW_ARRAY(arena, uint32_t, words->count + 1);
    for (size_t n = 1; codes->items && n < words->count; n++) {
        const struct ek_word *word = &words->items[n];
        if (word->text && word->kind == kind && (all || code_within(word->text, name)))
            codes->items[codes->count++] = (uint32_t)n;
    }
    return codes->items ? 0 : -1;
}

static int unknown_code(const struct ek_words *words, struct ek_arena *arena, const char *code,
                        enum ek_word_kind kind, struct ek_err *err)
{
    const char *what = kind == EK_WORD_THEORY ? "theory" : "treatment";
    const char **known = EK_NEW_ARRAY(arena, const char *, words->count + 1);
    size_t count = 0;
    for (size_t i = 1; known && i < words->count; i++) {
        if (words->items[i].text && words->items[i].kind == kind)
            known[count++] = words->items[i].text;
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

static void add_codes(struct ek_codes *all, const struct ek_codes *some)
{
    for (size_t i = 0; i < some->count; i++) {
        size_t at = 0;
        while (at < all->count && all->items[at] != some->items[i])
            at++;
        if (at == all->count)
            all->items[all->count++] = some->items[i];
    }
}

static int want_codes(struct ek_codes *wanted, const struct ek_words *words, enum ek_word_kind kind,
                      const char *const *names, size_t count, struct ek_arena *arena,
                      struct ek_err *err)
{
    wanted->items = EK_NEW_ARRAY(arena, uint32_t, words->count + 1);
    if (!wanted->items)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct ek_codes some;
        if (ek_codes_named(&some, words, kind, names[i], arena))
            return ek_fail_memory(err);
        if (some.count == 0 && !(kind == EK_WORD_THEORY && strcmp(names[i], "any") == 0))
            return unknown_code(words, arena, names[i], kind, err);
        add_codes(wanted, &some);
    }
    return 0;
}

static int want_all_codes(struct ek_choice *choice, const struct ek_selection *selection,
                          struct ek_arena *arena, struct ek_err *err)
{
    static const char *const any[] = {"any"};
    const struct ek_words *words = &choice->held->words;
    bool named = selection->theory_count > 0;
    return want_codes(&choice->tags, words, EK_WORD_THEORY, named ? selection->theories : any,
                      named ? selection->theory_count : 1, arena, err) ||
                   want_codes(&choice->treatments, words, EK_WORD_OF_TREATMENT,
                              selection->treatments, selection->treatment_count, arena, err)
               ? -1
               : 0;
}

/* "en" takes in "en-gb"; "en-gb" itself alone. Languages are no closed list: none is no error. */
int ek_choice_languages(struct ek_numbers *numbers, const struct ek_words *words,
                        const char *language, struct ek_arena *arena)
{
    size_t len = strlen(language);
    numbers->given = true;
    if (strcmp(language, "unknown") == 0)
        return ek_numbers_add(numbers, arena, 0);
    for (size_t n = 1; n < words->count; n++) {
        const struct ek_word *word = &words->items[n];
        if (!word->text || word->kind != EK_WORD_LANGUAGE || !ek_ascii_starts(word->text, language))
            continue;
        if (word->text[len] != 0 && word->text[len] != '-')
            continue;
        if (ek_numbers_add(numbers, arena, n))
            return -1;
    }
    return 0;
}

/* Tags -------------------------------------------------------------------------------------- */

static void want_words(struct ek_choice *choice, const struct ek_selection *selection)
{
    const unsigned every_stance = (1u << EK_STANCES) - 1;
    unsigned stances = selection->stances ? selection->stances : every_stance;
    bool free_otherwise = selection->hedged == EK_ANY && selection->experience == EK_ANY;
    for (unsigned word = 0; word < 16; word++) {
        bool hedged = word & EK_WORD_HEDGED, experience = word & EK_WORD_EXPERIENCE;
        choice->words[word] =
            stances >> (word & EK_WORD_STANCE) & 1 &&
            (selection->hedged == EK_ANY || (selection->hedged == EK_YES) == hedged) &&
            (selection->experience == EK_ANY || (selection->experience == EK_YES) == experience);
    }
    choice->every_word = free_otherwise && (stances & every_stance) == every_stance;
    choice->classes[0] = selection->cramps ? EK_POSTING_CRAMPS : EK_POSTING_RLS;
    choice->class_count = 1;
    if (selection->both_targets) {
        choice->classes[0] = EK_POSTING_RLS;
        choice->classes[choice->class_count++] = EK_POSTING_CRAMPS;
    }
    if (selection->quoted)
        choice->classes[0] = EK_POSTING_QUOTED;
    choice->stance_only =
        free_otherwise && choice->class_count == 1 && choice->classes[0] == EK_POSTING_RLS;
}

static int check_tags(const struct ek_selection *selection, struct ek_err *err)
{
    if (selection->quoted && (selection->stances || selection->hedged || selection->experience ||
                              selection->cramps || selection->both_targets))
        return ek_fail(err, EK_USAGE,
                       "what is only quoted has no stance, hedge, experience or target: leave out "
                       "--quoted or the others");
    return 0;
}

/* Cohort ------------------------------------------------------------------------------------ */

#define SOME_AUTHORS 4096u /* looked at together */

static int want_cohort(struct ek_choice *choice, const struct ek_selection *selection,
                       struct ek_arena *arena, struct ek_err *err)
{
    const struct ek_period *before = &selection->author_first_seen_before;
    const struct ek_period *within = &selection->author_first_seen;
    struct ek_held *held = choice->held;
    bool begins = within->from || within->until;
    if (ek_held_firsts(held))
        return -1;
    int32_t low = begins ? ek_day_of(within->from) : INT32_MIN;
    int32_t high = begins ? ek_day_of(within->until) : INT32_MAX;
    if ((before->from || before->until) && ek_day_of(before->from) < high)
        high = ek_day_of(before->from);
    const int32_t *days = held->firsts.day;
    size_t count = held->firsts.count;
    uint64_t *cohort = EK_NEW_ARRAY(arena, uint64_t, count / 64 + 1);
    if (!cohort)
        return ek_fail_memory(err);
    for (size_t first = 0; first < count; first += SOME_AUTHORS) {
        size_t here = count - first < SOME_AUTHORS ? count - first : SOME_AUTHORS;
        uint8_t taken_in[SOME_AUTHORS];
        for (size_t i = 0; i < here; i++)
            taken_in[i] = (days[first + i] >= low) & (days[first + i] < high);
        ek_bits_add_equal(cohort + first / 64, taken_in, (uint32_t)here, 0xff, 1);
    }
    cohort[0] &= ~1ull; /* nobody */
    cohort[0] &= ~1ull; /* nobody */
    choice->cohort = cohort;
    choice->cohort_count = count;
    /* With a beginning no month tells that whoever wrote in it is in the cohort. */
    choice->cohort_month = begins ? INT_MIN : ek_bucket_of(before->from, EK_BY_MONTH);
    return 0;
}

/* The whole --------------------------------------------------------------------------------- */

static int want_all(struct ek_choice *choice, const struct ek_store *store,
                    const struct ek_selection *selection, struct ek_arena *arena,
                    struct ek_err *err)
{
    const struct ek_period *before = &selection->author_first_seen_before;
    const struct ek_period *within = &selection->author_first_seen;
    if (!choice->held) {
        if (selection->theory_count || selection->treatment_count)
            return ek_fail(err, EK_USAGE, "%s has no tags yet: run `ekbom retag`", store->folder);
        return 0;
    }
    if (want_all_codes(choice, selection, arena, err))
        return -1;
    if (selection->language &&
        ek_choice_languages(&choice->languages, &choice->held->words, selection->language, arena))
        return ek_fail_memory(err);
    if ((before->from || before->until || within->from || within->until) &&
        want_cohort(choice, selection, arena, err))
        return -1;
    return 0;
}

int ek_choice_make(struct ek_choice *choice, struct ek_store *store,
                   const struct ek_selection *selection, struct ek_arena *arena, struct ek_err *err)
{
    const unsigned usual = 1u << EK_LIVE | 1u << EK_EDITED | 1u << EK_GONE;
    memset(choice, 0, sizeof *choice);
    choice->states = selection->states ? selection->states : usual;
    choice->undetermined = selection->undetermined;
    choice->not_assessable = selection->not_assessable;
    choice->period = selection->period;
    choice->dated_only = selection->period.from != 0 || selection->period.until != 0;
    choice->treatment_asked = selection->treatment_count > 0;
    choice->tag_asked = selection->theory_count || selection->stances || selection->cramps ||
                        selection->hedged || selection->experience || selection->quoted;
    want_words(choice, selection);
    if (check_tags(selection, err) ||
        ek_held_get(store, selection->rules_version, &choice->held, err) ||
        want_all(choice, store, selection, arena, err) ||
        ek_choice_places(choice, store, selection, arena, err) ||
        ek_choice_named(choice, store, selection, arena, err) ||
        ek_choice_stored(choice, store, selection, arena, err))
        return -1;
    choice->conditions = choice->treatment_asked || choice->undetermined ||
                         choice->not_assessable || choice->cohort || choice->forums.given ||
                         choice->boards.given || choice->threads.given || choice->authors.given ||
                         choice->languages.given || choice->stored || selection->only_count ||
                         selection->left_out_count;
    return 0;
}

bool ek_choice_is_usual(const struct ek_choice *choice)
{
    return !choice->conditions &&
           choice->states == (1u << EK_LIVE | 1u << EK_EDITED | 1u << EK_GONE);
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
