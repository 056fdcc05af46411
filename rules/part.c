/* part.c - see part.h.
 *
 * Sets of strings are small, so they are arrays, and new ones are made instead of changing old
 * ones: a set may be shared. What grows beyond PART_CHOICES is given up, never cut: a missing
 * string would be a missing hit. */
#include "rules/part.h"

#include <string.h>

#include "ekbom/arena.h"

#define REPEATS 3u /* written out as strings; more often is no literal any more */

static uint32_t add_widths(uint32_t a, uint32_t b)
{
    return a == PART_ENDLESS || b == PART_ENDLESS || a + b < a ? PART_ENDLESS : a + b;
}

static struct choices some_choices(struct ek_arena *arena, uint32_t count)
{
    struct choices choices = {0};

    if (count <= PART_CHOICES)
        choices.items = EK_NEW_ARRAY(arena, struct choice, count);
    choices.count = choices.items ? count : 0;
    return choices;
}

static struct choices one_choice(struct ek_arena *arena, const char *text, size_t len)
{
    struct choices choices = some_choices(arena, 1);
    const char *copy = ek_strndup(arena, text, len);

    if (!copy)
        choices.count = 0;
    if (choices.count)
        choices.items[0] = (struct choice){.text = copy, .len = (uint32_t)len};
    return choices;
}

/* Characters, without the marks. */
static uint32_t width(const struct choice *choice)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < choice->len; i++)
        count += choice->text[i] != PART_MARK;
    return count;
}

static void measure(struct part *part)
{
    part->least = PART_ENDLESS;
    part->most = 0;
    for (uint32_t i = 0; i < part->choices.count; i++) {
        uint32_t wide = width(&part->choices.items[i]);
        part->least = wide < part->least ? wide : part->least;
        part->most = wide > part->most ? wide : part->most;
    }
}

/* A part of these strings; of nothing known if there are none. */
static struct part exact_part(struct choices choices, bool sure)
{
    struct part part = {.exact = choices.count > 0, .sure = sure, .choices = choices};

    if (!part.exact)
        return part_any(0, PART_ENDLESS);
    measure(&part);
    return part;
}

struct part part_string(struct ek_arena *arena, const char *text, size_t len)
{
    return exact_part(one_choice(arena, text, len), true);
}

struct part part_nothing(void)
{
    static struct choice nothing = {.text = ""};

    return (struct part){.exact = true, .choices = {&nothing, 1}};
}

struct part part_any(uint32_t least, uint32_t most)
{
    return (struct part){.least = least, .most = most};
}

static struct choice joined(struct ek_arena *arena, const struct choice *a, const struct choice *b)
{
    uint32_t from = a->len && b->len && a->text[a->len - 1] == PART_MARK && b->text[0] == PART_MARK;
    char *text = ek_alloc(arena, (size_t)a->len + b->len + 1, 1);

    if (!text)
        return (struct choice){0};
    memcpy(text, a->text, a->len);
    memcpy(text + a->len, b->text + from, b->len - from);
    return (struct choice){.text = text, .len = a->len + b->len - from};
}

/* Every string of a followed by every one of b, in the order of trying. */
static struct choices cross(struct ek_arena *arena, struct choices a, struct choices b)
{
    struct choices all = {0};

    if (a.count && b.count && a.count <= PART_CHOICES / b.count)
        all = some_choices(arena, a.count * b.count);
    for (uint32_t i = 0; i < all.count; i++) {
        all.items[i] = joined(arena, &a.items[i / b.count], &b.items[i % b.count]);
        if (!all.items[i].text)
            return (struct choices){0};
        all.items[i].at_end = b.items[i % b.count].at_end;
    }
    return all;
}

static struct choices one_after_other(struct ek_arena *arena, struct choices a, struct choices b)
{
    struct choices all = {0};

    if (a.count && b.count)
        all = some_choices(arena, a.count + b.count);
    for (uint32_t i = 0; i < all.count; i++)
        all.items[i] = i < a.count ? a.items[i] : b.items[i - a.count];
    return all;
}

/* The same strings, that end where their part ends, or do not. */
static struct choices ending(struct ek_arena *arena, struct choices choices, bool at_end)
{
    struct choices all = some_choices(arena, choices.count);

    for (uint32_t i = 0; i < all.count; i++) {
        all.items[i] = choices.items[i];
        all.items[i].at_end = at_end;
    }
    return all;
}

bool part_literal(struct ek_arena *arena, const struct choice *choice, struct literal *literal,
                  bool *plain)
{
    char *text = ek_alloc(arena, choice->len + 1, 1);
    bool mark = false, cut;
    uint32_t len = 0;

    *literal = (struct literal){0};
    *plain = true;
    if (!text)
        return true;
    for (uint32_t i = 0; i < choice->len; i++) {
        bool word = lower_is_word[(unsigned char)choice->text[i]];
        if (choice->text[i] == PART_MARK) {
            mark = true;
            continue;
        }
        if (mark && len && word == lower_is_word[(unsigned char)text[len - 1]])
            return false;
        if (mark && !len && word)
            literal->flags |= LITERAL_LEFT;
        else if (mark && !len)
            *plain = false; /* a boundary before no word: there must be one before it */
        mark = false;
        text[len++] = choice->text[i];
    }
    cut = len > LITERAL_BYTES;
    if (mark && len && !cut && lower_is_word[(unsigned char)text[len - 1]])
        literal->flags |= LITERAL_RIGHT;
    else if (mark || cut)
        *plain = false;
    literal->text = text;
    literal->len = (uint8_t)(cut ? LITERAL_BYTES : len);
    return true;
}

double part_frequency(struct ek_arena *arena, const struct choices *choices)
{
    double all = 0, one;
    struct literal literal;
    bool plain, possible = false;

    for (uint32_t i = 0; i < choices->count; i++) {
        if (!part_literal(arena, &choices->items[i], &literal, &plain))
            continue;
        if (!literal.text || !literal_findable(&literal, &one))
            return -1;
        all += one;
        possible = true;
    }
    return possible ? all : -1;
}

static void add_need(struct ek_arena *arena, struct part *part, struct choices choices,
                     uint32_t least, uint32_t most)
{
    if (part->need_count < PART_NEEDS && part_frequency(arena, &choices) >= 0)
        part->needs[part->need_count++] = (struct part_need){choices, least, most};
}

struct part_run part_run(struct ek_arena *arena, bool after_boundary)
{
    static const char mark[] = {PART_MARK};
    struct part_run run = {.arena = arena, .whole = {.exact = true, .sure = true}};

    run.choices = one_choice(arena, mark, after_boundary ? sizeof mark : 0);
    return run;
}

bool part_run_after_boundary(const struct part_run *run)
{
    for (uint32_t i = 0; i < run->choices.count; i++) {
        const struct choice *choice = &run->choices.items[i];
        if (choice->len == 0 || choice->text[choice->len - 1] != PART_MARK)
            return false;
    }
    return run->choices.count > 0;
}

static bool is_empty(const struct choices *choices)
{
    for (uint32_t i = 0; i < choices->count; i++)
        if (width(&choices->items[i]) > 0)
            return false;
    return true;
}

/* The strings that grew so far become a need. */
static void leave_choices(struct part_run *run)
{
    struct part *whole = &run->whole;
    uint32_t before = whole->need_count;

    whole->exact = false;
    if (run->choices.count == 0 || is_empty(&run->choices))
        return;
    add_need(run->arena, whole, run->choices, run->start, run->latest);
    if (before == 0 && whole->need_count && run->latest == 0)
        whole->led = true;
}

/* Strings of needs that end where the run ends: a boundary there holds for them, and whatever else
 * follows parts them from the end. */
static void meet_ends(struct part_run *run, bool boundary)
{
    static struct choice end = {.text = "\1", .len = 1};

    for (uint32_t n = 0; n < run->whole.need_count; n++) {
        struct choices *choices = &run->whole.needs[n].choices, met;
        met = some_choices(run->arena, choices->count);
        for (uint32_t i = 0; i < met.count; i++) {
            struct choice *choice = &choices->items[i];
            met.items[i] = choice->at_end && boundary ? joined(run->arena, choice, &end) : *choice;
            met.items[i].at_end = false;
            if (!met.items[i].text)
                met.count = 0;
        }
        *choices = met;
    }
}

static void append_exact(struct part_run *run, const struct part *part)
{
    bool boundary = part->choices.count == 1 && part->choices.items[0].len == 1 &&
                    part->choices.items[0].text[0] == PART_MARK;
    struct choices grown;

    if (part->most > 0 || (boundary && is_empty(&run->choices)))
        meet_ends(run, boundary);
    grown = cross(run->arena, run->choices, part->choices);
    if (grown.count == 0) {
        leave_choices(run);
        run->start = run->whole.least;
        run->latest = run->whole.most;
        grown = part->choices;
    }
    run->choices = grown;
}

/* The strings that grew so far, with those that lead the part, make longer ones. */
static bool lead_on(struct part_run *run, const struct part *part)
{
    struct choices grown = {0};

    if (part->led)
        grown = cross(run->arena, run->choices, part->needs[0].choices);
    if (grown.count == 0)
        return false;
    run->choices = grown;
    return true;
}

static void append_any(struct part_run *run, const struct part *part)
{
    struct part *whole = &run->whole;
    uint32_t before = whole->need_count;
    bool led;

    if (part->most > 0)
        meet_ends(run, false);
    led = lead_on(run, part);
    leave_choices(run);
    led = led && whole->need_count > before;
    for (uint32_t n = led; n < part->need_count && whole->need_count < PART_NEEDS; n++) {
        struct part_need need = part->needs[n];
        need.least = add_widths(need.least, whole->least);
        need.most = add_widths(need.most, whole->most);
        whole->needs[whole->need_count++] = need;
    }
    if (before == 0 && whole->most == 0 && part->led && whole->need_count)
        whole->led = true;
    run->start = add_widths(whole->least, part->least);
    run->latest = add_widths(whole->most, part->most);
    run->choices = one_choice(run->arena, "", 0);
}

void part_append(struct part_run *run, const struct part *part)
{
    struct part *whole = &run->whole;

    if (part->exact)
        append_exact(run, part);
    else
        append_any(run, part);
    whole->sure = whole->sure && part->sure;
    whole->least = add_widths(whole->least, part->least);
    whole->most = add_widths(whole->most, part->most);
}

struct part part_run_end(struct part_run *run)
{
    if (run->whole.exact)
        return exact_part(run->choices, run->whole.sure);
    run->choices = ending(run->arena, run->choices, true);
    leave_choices(run);
    return run->whole;
}

/* The need of a part that is the rarest; the count of its needs if it has none. */
static uint32_t rarest(struct ek_arena *arena, const struct part *part)
{
    uint32_t best = part->need_count;
    double least = 0;

    for (uint32_t n = 0; n < part->need_count; n++) {
        double frequency = part_frequency(arena, &part->needs[n].choices);
        if (best < part->need_count && frequency >= least)
            continue;
        best = n;
        least = frequency;
    }
    return best;
}

/* A need of a part by its number; an exact part has one, of all its strings. */
static struct part_need need_of(struct ek_arena *arena, const struct part *part, uint32_t number)
{
    if (part->exact)
        return (struct part_need){.choices = ending(arena, part->choices, true)};
    return number < part->need_count ? part->needs[number] : (struct part_need){0};
}

static void add_either(struct ek_arena *arena, struct part *whole, struct part_need a,
                       struct part_need b)
{
    add_need(arena, whole, one_after_other(arena, a.choices, b.choices),
             a.least < b.least ? a.least : b.least, a.most > b.most ? a.most : b.most);
}

struct part part_either(struct ek_arena *arena, const struct part *first, const struct part *second)
{
    struct part whole = {.sure = first->sure && second->sure};
    uint32_t one = rarest(arena, first), other = rarest(arena, second);

    if (first->exact && second->exact)
        whole.choices = one_after_other(arena, first->choices, second->choices);
    if (whole.choices.count)
        return exact_part(whole.choices, whole.sure);
    whole.least = first->least < second->least ? first->least : second->least;
    whole.most = first->most > second->most ? first->most : second->most;
    if ((first->exact || first->led) && (second->exact || second->led))
        add_either(arena, &whole, need_of(arena, first, 0), need_of(arena, second, 0));
    whole.led = whole.need_count > 0;
    if (!whole.led || (!first->exact && one > 0) || (!second->exact && other > 0))
        add_either(arena, &whole, need_of(arena, first, one), need_of(arena, second, other));
    return whole;
}

/* All ways to have an exact part `most` times or down to `least` times. */
static struct choices repeated(struct ek_arena *arena, struct choices once, uint32_t least,
                               uint32_t most, bool lazy)
{
    struct choices none = one_choice(arena, "", 0), more;

    if (most == 0)
        return none;
    more = cross(arena, once, repeated(arena, once, least ? least - 1 : 0, most - 1, lazy));
    if (least > 0)
        return more;
    return lazy ? one_after_other(arena, none, more) : one_after_other(arena, more, none);
}

struct part part_repeat(struct ek_arena *arena, const struct part *part, uint32_t least,
                        uint32_t most, bool lazy)
{
    struct part whole = {.sure = part->sure};

    if (part->exact && most <= REPEATS)
        whole.choices = repeated(arena, part->choices, least, most, lazy);
    if (most > 1 && part->least == 0) /* an empty turn ends the repetition */
        whole.sure = false;
    if (whole.choices.count)
        return exact_part(whole.choices, whole.sure);
    whole.least = least && part->least > PART_ENDLESS / least ? PART_ENDLESS : part->least * least;
    whole.most = most && part->most > PART_ENDLESS / most ? PART_ENDLESS : part->most * most;
    if (least == 0)
        return whole;
    if (part->exact)
        add_need(arena, &whole, part->choices, 0, 0);
    for (uint32_t n = 0; n < part->need_count; n++)
        whole.needs[whole.need_count++] = part->needs[n];
    whole.led = part->exact ? whole.need_count > 0 : part->led;
    if (most > 1) { /* it may stand once more behind them */
        struct part_run run = {.arena = arena, .whole = whole};
        meet_ends(&run, false);
        whole = run.whole;
    }
    return whole;
}
