/* reading.c - evaluate a profile's rules on a page. See reading.h. */
#include "daemon/extract/reading.h"

#include <limits.h>
#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"

/* Steps --------------------------------------------------------------------------------------- */

static uint32_t sibling(struct ek_reading *r, const struct ek_step *step, struct ek_scope scope)
{
    const struct ek_node *nodes = r->tree.nodes;
    uint32_t node = scope.node, parent = nodes[node].parent;
    for (;;) {
        if (step->axis == EK_PRECEDING)
            node = nodes[node].previous;
        else
            node = parent != EK_NO_NODE && nodes[node].end < nodes[parent].end ? nodes[node].end
                                                                               : EK_NO_NODE;
        if (node == EK_NO_NODE || ek_select_is(&r->tree, step->selector, scope, node))
            return node;
        if (r->tree.steps == 0)
            return EK_NO_NODE;
        if (!nodes[node].is_text)
            r->tree.steps--;
    }
}

static uint32_t take_step(struct ek_reading *r, const struct ek_step *step, struct ek_scope scope)
{
    uint32_t node;
    switch (step->axis) {
    case EK_INSIDE:
        return ek_select_first(&r->tree, step->selector, scope);
    case EK_LAST_INSIDE:
        return ek_select_last(&r->tree, step->selector, scope);
    case EK_UP:
        for (node = scope.node; node != EK_NO_NODE; node = r->tree.nodes[node].parent)
            if (ek_select_is(&r->tree, step->selector, scope, node))
                return node;
        return EK_NO_NODE;
    case EK_FOLLOWING:
    case EK_PRECEDING:
        return sibling(r, step, scope);
    }
    return EK_NO_NODE;
}

uint32_t ek_rule_node(struct ek_reading *r, const struct ek_rule *rule, struct ek_scope scope)
{
    uint32_t node = scope.node;
    for (unsigned i = 0; i < rule->step_count; i++) {
        if (i > 0)
            scope = ek_whole(&r->tree, node);
        node = take_step(r, &rule->steps[i], scope);
        if (node == EK_NO_NODE)
            return EK_NO_NODE;
    }
    return node;
}

/* Values -------------------------------------------------------------------------------------- */

bool ek_address_id(const struct ek_profile *profile, enum ek_address_kind kind,
                   struct ek_slice address, struct ek_slice *id)
{
    for (unsigned i = 0; i < profile->address_count; i++)
        if (profile->addresses[i].kind == kind &&
            ek_address_match(&profile->addresses[i], address, id))
            return true;
    return false;
}

static bool one_of(const struct ek_patterns *patterns, struct ek_slice text,
                   struct ek_slice *capture)
{
    for (unsigned i = 0; i < patterns->count; i++)
        if (ek_pattern_match(&patterns->pattern[i], text, capture))
            return true;
    return false;
}

static bool filter(struct ek_reading *r, const struct ek_filter *f, struct ek_slice *text)
{
    switch (f->kind) {
    case EK_FILTER_MATCH:
        return ek_pattern_match(&f->pattern, *text, text);
    case EK_FILTER_ONE_OF:
        return one_of(f->patterns, *text, text);
    case EK_FILTER_ID:
        return ek_address_id(r->profile, f->address, *text, text);
    }
    return false;
}

const char *ek_rule_value(struct ek_reading *r, const struct ek_rule *rule, struct ek_scope scope)
{
    uint32_t node = ek_rule_node(r, rule, scope);
    if (node == EK_NO_NODE)
        return NULL;
    struct ek_slice value;
    if (rule->value == EK_VALUE_ATTRIBUTE) {
        value = ek_slice_trim(ek_node_attr(&r->tree, node, rule->attribute));
    } else {
        struct ek_scope inside = ek_within(&r->tree, node, scope);
        const char *text = ek_text_of(&r->tree, inside, rule->value == EK_VALUE_OWN, r->arena);
        r->no_memory |= !text;
        value = ek_slice_of(text);
    }
    if (!value.len)
        return NULL;
    for (unsigned i = 0; i < rule->filter_count; i++)
        if (!filter(r, &rule->filters[i], &value))
            return NULL;
    value = ek_slice_trim(value);
    if (!value.len)
        return NULL;
    const char *made = ek_page_string(r->arena, value.at, value.len);
    r->no_memory |= !made;
    return made;
}

const char *ek_read_value(struct ek_reading *r, enum ek_field field, struct ek_scope scope,
                          const struct ek_rule **which)
{
    for (const struct ek_rule *rule = r->profile->fields[field]; rule; rule = rule->next) {
        const char *value = ek_rule_value(r, rule, scope);
        if (value && which)
            *which = rule;
        if (value)
            return value;
    }
    return NULL;
}

uint32_t ek_read_node(struct ek_reading *r, enum ek_field field, struct ek_scope scope)
{
    for (const struct ek_rule *rule = r->profile->fields[field]; rule; rule = rule->next) {
        uint32_t node = ek_rule_node(r, rule, scope);
        if (node != EK_NO_NODE)
            return node;
    }
    return EK_NO_NODE;
}

const char *ek_absolute(struct ek_reading *r, struct ek_slice reference)
{
    return ek_address_absolute(r->arena, r->base, reference, r->profile->sessions);
}

const char *ek_read_address(struct ek_reading *r, enum ek_field field, struct ek_scope scope)
{
    const char *value = ek_read_value(r, field, scope, NULL);
    return value ? ek_absolute(r, ek_slice_of(value)) : NULL;
}

long ek_read_number(struct ek_reading *r, enum ek_field field, struct ek_scope scope)
{
    const char *value = ek_read_value(r, field, scope, NULL);
    long number = -1;
    for (; value && *value; value++) {
        bool digit = *value >= '0' && *value <= '9';
        if (digit && number < LONG_MAX / 10 - 10)
            number = (number < 0 ? 0 : 10 * number) + (*value - '0');
        else if (number >= 0 && !(strchr(".,'", *value) && value[1] >= '0' && value[1] <= '9'))
            break;
    }
    return number;
}

/* Marks and parts -------------------------------------------------------------------------------
 */

bool ek_has_part(struct ek_reading *r, enum ek_part part, struct ek_scope scope)
{
    const struct ek_selector *selector = r->profile->parts[part];
    return selector && ek_select_first(&r->tree, selector, scope) != EK_NO_NODE;
}

bool ek_is_part(struct ek_reading *r, enum ek_part part, struct ek_scope scope, uint32_t node)
{
    const struct ek_selector *selector = r->profile->parts[part];
    return selector && ek_select_is(&r->tree, selector, scope, node);
}

bool ek_mark_holds(struct ek_reading *r, const struct ek_mark *mark, struct ek_scope scope)
{
    return ek_select_first(&r->tree, mark->selector, scope) != EK_NO_NODE;
}

unsigned ek_flags(struct ek_reading *r, enum ek_mark_use use, struct ek_scope scope)
{
    unsigned flags = 0;
    for (const struct ek_mark *mark = r->profile->marks[use]; mark; mark = mark->next)
        if (ek_mark_holds(r, mark, scope))
            flags |= (unsigned)mark->value;
    return flags;
}

/* Times -----------------------------------------------------------------------------------------
 */

static bool read_attribute_time(const char *value, struct ek_shown_time *shown)
{
    if (ek_time_parse(value, &shown->time, &shown->precision) != 0)
        return false;
    shown->source = EK_SOURCE_ATTRIBUTE;
    return true;
}

/* Seconds since 1970, or milliseconds where there are too many digits for that. */
static bool read_epoch(const char *value, struct ek_shown_time *shown)
{
    char *end;
    long long seconds = strtoll(value, &end, 10);
    if (end == value || *end || seconds < 0)
        return false;
    shown->time = seconds > 99999999999 ? seconds / 1000 : seconds;
    shown->precision = EK_PRECISION_SECOND;
    shown->source = EK_SOURCE_EPOCH;
    return shown->time <= 253402300799; /* year 9999 */
}

static bool read_text_time(struct ek_reading *r, const char *value, bool title,
                           struct ek_shown_time *shown)
{
    struct ek_shown_date date;
    if (!ek_calendar_find(r->profiles->calendar, ek_slice_of(value), r->order, &date))
        return false;
    shown->evidence = date.evidence;
    if (!ek_moment(&date, &r->zone, r->fetched, &shown->time, &shown->precision,
                   &shown->doubled_day))
        return false;
    shown->source = title ? EK_SOURCE_TITLE : EK_SOURCE_TEXT_ZONE;
    return true;
}

static bool read_time(struct ek_reading *r, const char *as, const char *value,
                      struct ek_shown_time *shown)
{
    if (strcmp(as, "attribute") == 0)
        return read_attribute_time(value, shown);
    if (strcmp(as, "epoch") == 0)
        return read_epoch(value, shown);
    return read_text_time(r, value, strcmp(as, "title") == 0, shown);
}

struct ek_shown_time ek_read_time(struct ek_reading *r, enum ek_field field, struct ek_scope scope)
{
    struct ek_shown_time shown = {.time = EK_TIME_UNKNOWN, .doubled_day = EK_TIME_UNKNOWN};
    for (const struct ek_rule *rule = r->profile->fields[field]; rule; rule = rule->next) {
        const char *value = ek_rule_value(r, rule, scope);
        if (!value)
            continue;
        if (!shown.text)
            shown.text = value;
        if (read_time(r, rule->as, value, &shown)) {
            shown.text = value;
            return shown;
        }
        shown.time = EK_TIME_UNKNOWN;
        shown.precision = EK_PRECISION_UNKNOWN;
        shown.source = EK_SOURCE_NONE;
    }
    return shown;
}
