/* labels.c - see labels.h. */
#include "rules/labels.h"

#include <string.h>

#include "ekbom/record.h"

const struct label *find_label(const struct labels *labels, const char *code)
{
    for (size_t i = 0; i < labels->items.count; i++)
        if (strcmp(labels->items.items[i].code, code) == 0)
            return &labels->items.items[i];
    return NULL;
}

bool labels_name(const char *const *list, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], code) == 0)
            return true;
    return false;
}

/* Of two labels of one theory the last counts. */
static void put_label(struct labels *labels, struct label label)
{
    for (size_t i = 0; i < labels->items.count; i++)
        if (strcmp(labels->items.items[i].code, label.code) == 0) {
            labels->items.items[i] = label;
            return;
        }
    VECTOR_PUSH(&labels->items, label);
}

static void roll_up(struct labels *labels)
{
    for (size_t i = 0; i < labels->items.count; i++) {
        struct label label = labels->items.items[i];
        size_t parent = strcspn(label.code, "/");
        if (label.code[parent] && parent == strlen("bid") &&
            memcmp(label.code, "bid", parent) == 0 && !find_label(labels, "bid")) {
            label.code = "bid";
            VECTOR_PUSH(&labels->items, label);
            return;
        }
    }
}

void labels_of_gold(struct labels *labels, const struct ek_gold *gold)
{
    for (size_t i = 0; i < gold->label_count; i++) {
        const struct ek_gold_label *coded = &gold->labels[i];
        put_label(labels, (struct label){.code = coded->theory,
                                         .stance = coded->stance,
                                         .has_marks = coded->has_marks,
                                         .hedged = coded->hedged,
                                         .experience = coded->experience});
    }
    roll_up(labels);
}

void labels_of_tags(struct labels *labels, const struct ek_tags *tags)
{
    for (size_t i = 0; i < tags->theory_count; i++) {
        const struct ek_tag *tag = &tags->theories[i];
        put_label(labels, (struct label){.code = tag->code,
                                         .stance = ek_stance_names[tag->stance],
                                         .has_marks = true,
                                         .hedged = tag->hedged,
                                         .experience = tag->experience,
                                         .tag = tag});
    }
    roll_up(labels);
}

void labels_free(struct labels *labels)
{
    VECTOR_FREE(&labels->items);
}
