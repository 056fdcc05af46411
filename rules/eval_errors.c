/* eval_errors.c - where tags and hand-coded labels of one post differ, one difference at a time. */
#include <string.h>

#include "rules/labels.h"

const char *const ek_eval_fault_names[] = {"extra", "missed", "stance", NULL};

struct visiting {
    const struct ek_gold *gold;
    void (*visit)(void *context, const struct ek_eval_error *error);
    void *context;
};

static void tell(const struct visiting *visiting, enum ek_eval_fault fault,
                 const struct label *coded, const struct label *tagged)
{
    const struct ek_gold *gold = visiting->gold;
    const struct ek_eval_error error = {
        .fault = fault,
        .code = coded ? coded->code : tagged->code,
        .from_quote = !coded && labels_name(gold->quoted_only, gold->quoted_count, tagged->code),
        .coded = coded ? coded->stance : NULL,
        .tagged = tagged ? tagged->stance : NULL,
        .tag = tagged ? tagged->tag : NULL};
    visiting->visit(visiting->context, &error);
}

static void compare_theories(const struct visiting *visiting, const struct labels *coded,
                             const struct labels *tagged)
{
    const struct ek_gold *gold = visiting->gold;
    for (size_t i = 0; i < coded->items.count; i++) {
        const struct label *wanted = &coded->items.items[i],
                           *got = find_label(tagged, wanted->code);
        if (!got)
            tell(visiting, EK_FAULT_MISSED, wanted, NULL);
        else if (wanted->stance && strcmp(wanted->stance, got->stance) != 0)
            tell(visiting, EK_FAULT_STANCE, wanted, got);
    }
    for (size_t i = 0; i < tagged->items.count; i++) {
        const struct label *got = &tagged->items.items[i];
        if (!find_label(coded, got->code) &&
            !labels_name(gold->context_only, gold->context_count, got->code))
            tell(visiting, EK_FAULT_EXTRA, NULL, got);
    }
}

static void compare_treatments(const struct visiting *visiting, const struct ek_tags *tags)
{
    const struct ek_gold *gold = visiting->gold;
    for (size_t i = 0; i < gold->treatment_count; i++) {
        bool found = labels_name(gold->treatments, i, gold->treatments[i]); /* named twice */
        for (size_t t = 0; t < tags->treatment_count && !found; t++)
            found = strcmp(tags->treatments[t].code, gold->treatments[i]) == 0;
        const struct ek_eval_error error = {
            .fault = EK_FAULT_MISSED, .code = gold->treatments[i], .treatment = true};
        if (!found)
            visiting->visit(visiting->context, &error);
    }
    for (size_t t = 0; t < tags->treatment_count; t++) {
        const struct ek_eval_error error = {.fault = EK_FAULT_EXTRA,
                                            .code = tags->treatments[t].code,
                                            .treatment = true,
                                            .tag = &tags->treatments[t]};
        if (!labels_name(gold->treatments, gold->treatment_count, error.code))
            visiting->visit(visiting->context, &error);
    }
}

int ek_evaluation_errors(const struct ek_gold *gold, const struct ek_tags *tags,
                         void (*visit)(void *context, const struct ek_eval_error *error),
                         void *context)
{
    const struct visiting visiting = {gold, visit, context};
    struct labels coded = {0}, tagged = {0};
    labels_of_gold(&coded, gold);
    labels_of_tags(&tagged, tags);
    int result = coded.items.failed || tagged.items.failed ? -1 : 0;
    if (result == 0) {
        compare_theories(&visiting, &coded, &tagged);
        compare_treatments(&visiting, tags);
    }
    labels_free(&coded);
    labels_free(&tagged);
    return result;
}
