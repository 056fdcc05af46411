/* trigger.c - see trigger.h.
 *
 * A literal tells its triggers, a trigger the rules that wait for it: so a rule that cannot hit
 * costs nothing, and a list of four hundred words costs what stands in the text. States are valid
 * for the text whose epoch they carry; nothing is cleared between two texts. */
#include "rules/trigger.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"

static uint32_t hash_links(const struct trigger_link *links, uint32_t count)
{
    uint32_t hash = count;

    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ links[i].literal) * 0x9e3779b1u ^ hash >> 15;
    return hash ^ hash >> 13;
}

static bool same_links(const struct trigger_link *a, const struct trigger_link *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (a[i].literal != b[i].literal)
            return false;
    return true;
}

static bool grow_table(struct triggers *triggers)
{
    size_t size = triggers->table_size ? triggers->table_size * 2 : 256;
    uint32_t *table;

    if (triggers->table_size > triggers->items.count * 2)
        return true;
    table = malloc(size * sizeof *table);
    if (!table)
        return false;
    memset(table, 0xff, size * sizeof *table);
    for (uint32_t i = 0; i < triggers->items.count; i++) {
        const struct trigger *trigger = &triggers->items.items[i];
        size_t slot =
            hash_links(triggers->links.items + trigger->links, trigger->count) & (size - 1);
        while (table[slot] != NO_TRIGGER)
            slot = (slot + 1) & (size - 1);
        table[slot] = i;
    }
    free(triggers->table);
    triggers->table = table;
    triggers->table_size = size;
    return true;
}

uint32_t triggers_add(struct triggers *triggers, const struct literal *literals, uint32_t count,
                      bool places)
{
    struct trigger made = {
        .links = (uint32_t)triggers->links.count, .count = count, .places = places};
    uint32_t number = (uint32_t)triggers->items.count;
    size_t slot;

    if (!grow_table(triggers))
        return NO_TRIGGER;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t literal = literals_add(&triggers->literals, literals[i]);
        if (literal == NO_LITERAL)
            return NO_TRIGGER;
        VECTOR_PUSH(&triggers->links, (struct trigger_link){literal, number, i, false});
    }
    if (triggers->links.failed)
        return NO_TRIGGER;
    slot = hash_links(triggers->links.items + made.links, count) & (triggers->table_size - 1);
    for (; triggers->table[slot] != NO_TRIGGER; slot = (slot + 1) & (triggers->table_size - 1)) {
        struct trigger *there = &triggers->items.items[triggers->table[slot]];
        if (there->count == count && same_links(triggers->links.items + there->links,
                                                triggers->links.items + made.links, count)) {
            triggers->links.count = made.links;
            there->places = there->places || places;
            return triggers->table[slot];
        }
    }
    VECTOR_PUSH(&triggers->items, made);
    if (triggers->items.failed)
        return NO_TRIGGER;
    triggers->table[slot] = number;
    return number;
}

int triggers_wait(struct triggers *triggers, uint32_t trigger, uint32_t rule)
{
    VECTOR_PUSH(&triggers->waits, (struct trigger_wait){trigger, rule});
    triggers->items.items[trigger].rules++;
    return triggers->waits.failed ? -1 : 0;
}

static int index_waits(struct triggers *triggers, struct ek_arena *arena)
{
    uint32_t first = 0;

    triggers->waiting = EK_NEW_ARRAY(arena, uint32_t, triggers->waits.count + 1);
    if (!triggers->waiting)
        return -1;
    for (size_t i = 0; i < triggers->items.count; i++) {
        struct trigger *trigger = &triggers->items.items[i];
        trigger->first_rule = first;
        first += trigger->rules;
        trigger->rules = 0;
    }
    for (size_t i = 0; i < triggers->waits.count; i++) {
        const struct trigger_wait *wait = &triggers->waits.items[i];
        struct trigger *trigger = &triggers->items.items[wait->trigger];
        triggers->waiting[trigger->first_rule + trigger->rules++] = wait->rule;
    }
    return 0;
}

int triggers_index(struct triggers *triggers, struct ek_arena *arena)
{
    size_t literals = triggers->literals.items.count, links = triggers->links.count;

    triggers->heads = EK_NEW_ARRAY(arena, uint32_t, literals + 2);
    triggers->by_literal = EK_NEW_ARRAY(arena, struct trigger_link, links + 1);
    if (!triggers->heads || !triggers->by_literal || index_waits(triggers, arena) < 0)
        return -1;
    /* heads[n + 2] counts, then heads[n + 1] is where the next one goes: it ends as the end. */
    for (size_t i = 0; i < links; i++)
        triggers->heads[triggers->links.items[i].literal + 2]++;
    for (size_t n = 1; n < literals + 2; n++)
        triggers->heads[n] += triggers->heads[n - 1];
    for (uint32_t i = 0; i < links; i++) {
        struct trigger_link link = triggers->links.items[i];
        link.places = triggers->items.items[link.trigger].places;
        triggers->by_literal[triggers->heads[link.literal + 1]++] = link;
    }
    return literals_index(&triggers->literals, arena);
}

void triggers_free(struct triggers *triggers)
{
    literals_free(&triggers->literals);
    free(triggers->table);
    triggers->table = NULL;
    VECTOR_FREE(&triggers->items);
    VECTOR_FREE(&triggers->links);
    VECTOR_FREE(&triggers->waits);
}

int watch_init(struct watch *watch, const struct triggers *triggers)
{
    watch->states = calloc(triggers->items.count + 1, sizeof *watch->states);
    return watch->states ? 0 : -1;
}

void watch_free(struct watch *watch)
{
    free(watch->states);
    watch->states = NULL;
    VECTOR_FREE(&watch->hits.items);
    VECTOR_FREE(&watch->sightings);
    VECTOR_FREE(&watch->seen);
}

static void see(struct watch *watch, const struct triggers *triggers, const struct literal_hit *hit)
{
    uint8_t len = triggers->literals.items.items[hit->literal].len;

    for (uint32_t i = triggers->heads[hit->literal]; i < triggers->heads[hit->literal + 1]; i++) {
        const struct trigger_link *link = &triggers->by_literal[i];
        uint32_t trigger = link->trigger;
        if (watch->states[trigger].epoch != watch->epoch) {
            watch->states[trigger].epoch = watch->epoch;
            watch->states[trigger].last = NO_SIGHTING;
            VECTOR_PUSH(&watch->seen, trigger);
        }
        if (!link->places)
            continue;
        VECTOR_PUSH(&watch->sightings, (struct sighting){hit->at, watch->states[trigger].last, 0,
                                                         (uint16_t)link->order, len, hit->unsure});
        watch->states[trigger].last = (uint32_t)watch->sightings.count - 1;
    }
}

int watch_text(struct watch *watch, const struct triggers *triggers,
               const struct lower_engine *engine, struct lowered *lowered)
{
    if (++watch->epoch == 0) {
        memset(watch->states, 0, (triggers->items.count + 1) * sizeof *watch->states);
        watch->epoch = 1;
    }
    watch->seen.count = watch->sightings.count = 0;
    literals_find(&triggers->literals, engine, lowered, 0, lowered->len, &watch->hits);
    for (size_t i = 0; i < watch->hits.items.count; i++)
        see(watch, triggers, &watch->hits.items.items[i]);
    return watch->hits.items.failed || watch->seen.failed || watch->sightings.failed ? -1 : 0;
}
