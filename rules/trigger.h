/* trigger.h - sets of literals, one of which must stand in a text before a rule is looked at.
 *
 * The words of a list that forty rules use are one trigger, found once. Whoever compiles rules adds
 * triggers and lets rules wait for them; whoever matches has the literals of a text watched. */
#ifndef RULES_TRIGGER_H
#define RULES_TRIGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/literals.h"
#include "rules/vector.h"

struct ek_arena;

#define NO_TRIGGER UINT32_MAX

struct trigger {
    uint32_t links, count;      /* its literals, in triggers->links */
    uint32_t first_rule, rules; /* that wait for it, in triggers->waiting */
    bool places;                /* someone asks where its literals stand, not only whether */
};

struct trigger_link { /* a literal of a trigger */
    uint32_t literal, trigger, order;
    bool places; /* the trigger's */
};

struct trigger_wait {
    uint32_t trigger, rule;
};

struct triggers {
    struct literals literals;
    VECTOR(struct trigger) items;
    VECTOR(struct trigger_link) links;
    VECTOR(struct trigger_wait) waits;
    uint32_t *table; /* hash of triggers by their literals */
    size_t table_size;
    uint32_t *heads; /* a literal's links: by_literal[heads[literal]] and on */
    struct trigger_link *by_literal;
    uint32_t *waiting; /* rules */
};

/* The trigger of these literals, made when it is new; they are kept in their order. Their texts
 * must outlive it. NO_TRIGGER out of memory. */
uint32_t triggers_add(struct triggers *triggers, const struct literal *literals, uint32_t count,
                      bool places);
int triggers_wait(struct triggers *triggers, uint32_t trigger, uint32_t rule); /* -1 memory */
/* When all are there. -1 out of memory. */
int triggers_index(struct triggers *triggers, struct ek_arena *arena);
void triggers_free(struct triggers *triggers);

struct sighting { /* a literal of a trigger in the text */
    uint32_t at;
    uint32_t before; /* the one seen before it of the same trigger, or NO_SIGHTING */
    uint32_t token;  /* that holds or follows `at`, when the text is cut */
    uint16_t order;  /* of the literal in its trigger */
    uint8_t len;
    bool unsure; /* as in literal_hit */
};
#define NO_SIGHTING UINT32_MAX

struct watch { /* the triggers of one text */
    struct {
        uint32_t epoch, last;
    } * states; /* one a trigger */
    uint32_t epoch;
    struct literal_hits hits;
    VECTOR(struct sighting) sightings;
    VECTOR(uint32_t) seen; /* triggers, each once */
};

int watch_init(struct watch *watch, const struct triggers *triggers); /* -1 out of memory */
void watch_free(struct watch *watch);
/* Look through a text. -1 out of memory. */
int watch_text(struct watch *watch, const struct triggers *triggers,
               const struct lower_engine *engine, struct lowered *lowered);

static inline bool watch_saw(const struct watch *watch, uint32_t trigger)
{
    return watch->states[trigger].epoch == watch->epoch;
}

/* The last place where it was seen, or NO_SIGHTING. */
static inline uint32_t watch_last(const struct watch *watch, uint32_t trigger)
{
    return watch_saw(watch, trigger) ? watch->states[trigger].last : NO_SIGHTING;
}

#endif
