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

static int make_room(struct ek_relation *relation)
{
    relation->words = (relation->count + 63) / 64;
    relation->of_code =
        EK_NEW_ARRAY(relation->arena, uint64_t, EK_RELATION_CODES * relation->words + 1);
    relation->met = EK_NEW_ARRAY(relation->arena, uint64_t, relation->words + 1);
    relation->stance = EK_NEW_ARRAY(relation->arena, enum ek_stance, relation->count + 1);
    return relation->of_code && relation->met && relation->stance ? 0 : -1;
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
    if (make_room(relation))
        return ek_fail_memory(relation->err);
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

/* A code is one string as long as a question lasts. */
static const uint64_t *theories_of(struct ek_relation *relation, const char *code)
{
    size_t slot = (size_t)((uintptr_t)code * 0x9e3779b97f4a7c15ull >> 56);
    uint64_t *theories = relation->of_code + slot * relation->words;
    if (relation->codes[slot] == code)
        return theories;
    memset(theories, 0, relation->words * sizeof *theories);
    for (size_t lane = 0; lane < relation->count; lane++)
        theories[lane / 64] |= (uint64_t)takes_in(relation->theories[lane], code) << lane % 64;
    relation->codes[slot] = code;
    return theories;
}

static void meet(struct ek_relation *relation, const struct ek_index_tag *tag)
{
    const uint64_t *theories = theories_of(relation, tag->code);
    for (size_t word = 0; word < relation->words; word++) {
        uint64_t here = theories[word] & ~relation->met[word];
        relation->met[word] |= here;
        for (; here; here &= here - 1)
            relation->stance[word * 64 + (size_t)__builtin_ctzll(here)] = tag->stance;
    }
}

uint32_t ek_relation_lanes(struct ek_relation *relation, const struct ek_index_row *row,
                           uint32_t lanes[EK_RELATION_LANES],
                           enum ek_stance stances[EK_RELATION_LANES])
{
    uint32_t count = 0;
    for (size_t i = 0; i < row->tag_count; i++) {
        if (tag_counts(&relation->selection, &row->tags[i]))
            meet(relation, &row->tags[i]);
    }
    for (size_t word = 0; word < relation->words; word++) {
        for (; relation->met[word]; relation->met[word] &= relation->met[word] - 1) {
            uint32_t lane = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(relation->met[word]));
            if (count == EK_RELATION_LANES)
                continue;
            if (stances)
                stances[count] = relation->stance[lane];
            lanes[count++] = lane;
        }
    }
    return count;
}
