/* panel_groups.c - see panel_groups.h.
 *
 * Forums and languages are few: a group is found by going through the list of them, once for every
 * place of a chunk that its rows are in. */
#include "store/query/panel_groups.h"

#include <string.h>

#include "ekbom/arena.h"
#include "store/records/forum.h"

static int make_room(struct ek_panel_groups *groups, size_t count, struct ek_arena *arena)
{
    groups->names = EK_NEW_ARRAY(arena, const char *, count + 1);
    groups->numbers = EK_NEW_ARRAY(arena, uint64_t, count + 1);
    return groups->names && groups->numbers ? 0 : -1;
}

static int make_forums(struct ek_panel_groups *groups, struct ek_counting *counting,
                       struct ek_arena *arena)
{
    const struct ek_numbers *forums = &counting->forums;
    if (make_room(groups, forums->count, arena))
        return ek_fail_memory(counting->err);
    for (size_t i = 0; i < forums->count; i++) {
        struct ek_forum_record forum;
        int got = ek_forum_get(ek_records(counting->store), arena, forums->items[i], &forum);
        if (got < 0)
            return -1;
        groups->numbers[groups->count] = forums->items[i];
        groups->names[groups->count++] = got == 1 && forum.base.value ? forum.base.value : "?";
    }
    return 0;
}

/* Number 0 is a language that nobody declared or knew. */
static int make_languages(struct ek_panel_groups *groups, struct ek_counting *counting,
                          struct ek_arena *arena)
{
    const struct ek_words *words = &counting->held->words;
    if (make_room(groups, words->count + 1, arena))
        return ek_fail_memory(counting->err);
    groups->names[groups->count++] = "unknown";
    for (size_t n = 1; n < words->count; n++) {
        if (!words->items[n].text || words->items[n].kind != EK_WORD_LANGUAGE)
            continue;
        groups->numbers[groups->count] = n;
        groups->names[groups->count] = ek_strdup(arena, words->items[n].text);
        if (!groups->names[groups->count++])
            return ek_fail_memory(counting->err);
    }
    return 0;
}

static int make_cohorts(struct ek_panel_groups *groups, struct ek_counting *counting,
                        ek_time cohort_from, struct ek_arena *arena)
{
    char *day = EK_NEW_ARRAY(arena, char, EK_TIME_TEXT);
    if (make_room(groups, 2, arena) || !day)
        return ek_fail_memory(counting->err);
    if (ek_held_firsts(counting->held))
        return -1;
    groups->first_day = counting->held->firsts.day;
    groups->author_count = counting->held->firsts.count;
    groups->cohort_day = ek_day_of(cohort_from);
    ek_time_format(cohort_from, EK_PRECISION_DAY, day);
    groups->names[groups->count++] = ek_printf(arena, "authors before %s", day);
    groups->names[groups->count++] = ek_printf(arena, "authors since %s", day);
    return groups->names[0] && groups->names[1] ? 0 : ek_fail_memory(counting->err);
}

int ek_panel_groups_make(struct ek_panel_groups *groups, const struct ek_panel_question *question,
                         struct ek_counting *counting, struct ek_arena *arena)
{
    *groups = (struct ek_panel_groups){.grouping = question->grouping};
    if (!counting->held)
        return 0;
    if (question->grouping == EK_GROUP_FORUM)
        return make_forums(groups, counting, arena);
    if (question->grouping == EK_GROUP_LANGUAGE)
        return make_languages(groups, counting, arena);
    if (question->grouping == EK_GROUP_COHORT)
        return make_cohorts(groups, counting, question->cohort_from, arena);
    return 0;
}

static uint32_t group_of(const struct ek_panel_groups *groups, uint64_t number)
{
    for (uint32_t i = 0; i < groups->count; i++)
        if (groups->numbers[i] == number)
            return i;
    return 0;
}

static void fill_cohorts(const struct ek_panel_groups *groups, const uint32_t *author,
                         const uint16_t *rows, uint32_t count, uint32_t *out)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = author[rows[i]];
        bool known = number > 0 && number < groups->author_count; /* 0 is nobody */
        out[i] = !known || groups->first_day[number] >= groups->cohort_day;
    }
}

int ek_panel_groups_fill(const struct ek_panel_groups *groups, struct ek_chunk *chunk,
                         const uint16_t *rows, uint32_t count, uint32_t *out)
{
    const struct ek_chunk_place *last = NULL;
    uint32_t group = 0;
    if (groups->grouping == EK_GROUP_COHORT) {
        const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
        if (!author)
            return -1;
        fill_cohorts(groups, author, rows, count, out);
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct ek_chunk_place *place = ek_chunk_place(chunk, rows[i]);
        if (place != last)
            group = group_of(groups,
                             groups->grouping == EK_GROUP_FORUM ? place->forum : place->language);
        last = place;
        out[i] = group;
    }
    return 0;
}
