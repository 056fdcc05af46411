/* relation.c - see relation.h. */
#include "store/relations/relation.h"

#include <string.h>

#include "ekbom/aggregate.h"

static const char *const any[] = {"any"};

/* "bid" takes in "bid/transport". */
static bool takes_in(const char *theory, const char *code)
{
    size_t len = strlen(theory);
    return strcmp(theory, "any") == 0 ||
           (strncmp(theory, code, len) == 0 && (code[len] == 0 || code[len] == '/'));
}

/* Leave out what lies within another theory of the list. */
static void keep_whole_theories(struct ek_relation *relation)
{
    size_t kept = 0;
    for (size_t i = 0; i < relation->count; i++) {
        bool part = false;
        for (size_t j = 0; j < relation->count && !part; j++)
            part = i != j && takes_in(relation->theories[j], relation->theories[i]);
        if (!part)
            relation->theories[kept++] = relation->theories[i];
    }
    relation->count = kept;
}

int ek_relation_begin(struct ek_relation *relation, const struct ek_selection *selection,
                      bool every_post)
{
    const struct ek_question question = {
        .selection = selection, .whole = true, .tagged_only = true};
    struct ek_count count;
    if (ek_query_count(relation->store, &question, relation->arena, &count, relation->err) != 0)
        return -1;
    relation->selection = *selection;
    relation->rules_digest = count.rules_digest;
    relation->count = count.theory_count;
    relation->theories = EK_NEW_ARRAY(relation->arena, const char *, count.theory_count + 1);
    if (!relation->theories)
        return ek_fail_memory(relation->err);
    /* The copy is the answer's; `count` sorts before it is kept. */
    for (size_t i = 0; i < count.theory_count; i++)
        relation->theories[i] = count.theories[i];
    if (selection->theory_count == 0)
        keep_whole_theories(relation);
    if (every_post) {
        relation->selection.theory_count = 0;
    } else if (selection->theory_count == 0 && count.rules_digest) {
        relation->selection.theories = any;
        relation->selection.theory_count = 1;
    }
    return 0;
}

static bool tag_counts(const struct ek_selection *selection, const struct ek_index_tag *tag)
{
    if (tag->treatment || tag->undetermined || tag->quoted != selection->quoted)
        return false;
    if (selection->quoted)
        return true;
    return (!selection->stances || selection->stances >> tag->stance & 1) &&
           (selection->both_targets || tag->cramps == selection->cramps) &&
           (selection->hedged == EK_ANY || (selection->hedged == EK_YES) == tag->hedged) &&
           (selection->experience == EK_ANY ||
            (selection->experience == EK_YES) == tag->experience);
}

uint32_t ek_relation_lanes(const struct ek_relation *relation, const struct ek_index_row *row,
                           uint32_t lanes[EK_RELATION_LANES],
                           enum ek_stance stances[EK_RELATION_LANES])
{
    uint32_t count = 0;
    for (size_t lane = 0; lane < relation->count && count < EK_RELATION_LANES; lane++) {
        size_t at = 0;
        while (at < row->tag_count && !(tag_counts(&relation->selection, &row->tags[at]) &&
                                        takes_in(relation->theories[lane], row->tags[at].code)))
            at++;
        if (at == row->tag_count)
            continue;
        if (stances)
            stances[count] = row->tags[at].stance;
        lanes[count++] = (uint32_t)lane;
    }
    return count;
}
