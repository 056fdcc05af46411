/* rules_contest.h - the fast engine beside the plain one: what both say of a text, hit for hit. */
#ifndef RULES_CONTEST_H
#define RULES_CONTEST_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/rules.h"

struct contest {
    struct ek_arena *arena, *scratch;
    struct ek_rules *rules;
    struct ek_matcher *fast, *plain;
    size_t rule_count;
    struct ek_err err;
    unsigned long tags, hits, undetermined, refused; /* seen so far; refused: texts */
    const char *said_fast, *said_plain;              /* of the last text, when they differ */
};

static inline void contest_end(struct contest *contest)
{
    ek_matcher_free(contest->fast);
    ek_matcher_free(contest->plain);
    ek_rules_free(contest->rules);
    ek_arena_free(contest->arena);
    ek_arena_free(contest->scratch);
    contest->fast = contest->plain = NULL;
    contest->rules = NULL;
    contest->arena = contest->scratch = NULL;
}

/* -1 and contest->err if the rules do not compile or memory is short. */
static inline int contest_start(struct contest *contest, const struct ek_bundle *bundle)
{
    struct ek_diagnostics diagnostics;
    const struct ek_code *codes;

    contest->arena = ek_arena_new(EK_ARENA_BYTES);
    contest->scratch = ek_arena_new(EK_ARENA_BYTES);
    if (!contest->arena || !contest->scratch)
        return ek_fail_memory(&contest->err);
    if (ek_rules_compile(&contest->rules, bundle, contest->arena, &diagnostics, &contest->err) < 0)
        return -1;
    contest->fast = ek_matcher_new(contest->rules, EK_ENGINE_FAST, &contest->err);
    contest->plain = ek_matcher_new(contest->rules, EK_ENGINE_NAIVE, &contest->err);
    contest->rule_count = 0;
    for (size_t i = ek_rules_codes(contest->rules, &codes); i > 0; i--)
        contest->rule_count += codes[i - 1].rules;
    return contest->fast && contest->plain ? 0 : -1;
}

static inline bool is_undetermined(const struct ek_tags *tags, const char *code)
{
    for (size_t i = 0; i < tags->undetermined_count; i++)
        if (strcmp(tags->undetermined[i].code, code) == 0)
            return true;
    return false;
}

/* Tags in words. Codes of which either engine left a rule undetermined are passed over. */
static inline const char *describe_list(const struct ek_tag *list, size_t count,
                                        const struct ek_tags tags[2], const char *text,
                                        struct ek_arena *arena)
{
    for (size_t i = 0; i < count && text; i++) {
        const struct ek_tag *tag = &list[i];
        if (is_undetermined(&tags[0], tag->code) || is_undetermined(&tags[1], tag->code))
            continue;
        text = ek_printf(arena, "%s%s %d%d%d%d %g:", text, tag->code, tag->stance, tag->hedged,
                         tag->experience, tag->cramps, tag->weight);
        for (size_t h = 0; h < tag->hit_count && text; h++)
            text = ek_printf(arena, "%s %u-%u %s %s %s,", text, tag->hits[h].start,
                             tag->hits[h].end, tag->hits[h].text, tag->hits[h].rule,
                             tag->hits[h].cue ? tag->hits[h].cue : "");
        text = text ? ek_printf(arena, "%s\n", text) : NULL;
    }
    return text;
}

static inline const char *describe_tags(const struct ek_tags *one, const struct ek_tags tags[2],
                                        struct ek_arena *arena)
{
    const char *text = describe_list(one->theories, one->theory_count, tags, "", arena);

    return describe_list(one->treatments, one->treatment_count, tags, text, arena);
}

/* Do both say the same of this text? */
static inline bool contest_agree(struct contest *contest, const char *text, size_t len)
{
    struct ek_tag_input input = {.text = text, .len = len};
    struct ek_tags tags[2];
    struct ek_err errs[2] = {0};
    int fast, plain;

    ek_arena_reset(contest->scratch);
    fast = ek_matcher_tag(contest->fast, &input, contest->scratch, &tags[0], &errs[0]);
    plain = ek_matcher_tag(contest->plain, &input, contest->scratch, &tags[1], &errs[1]);
    contest->said_fast = fast < 0 ? errs[0].message : "";
    contest->said_plain = plain < 0 ? errs[1].message : "";
    if (fast < 0 || plain < 0) {
        contest->refused++;
        return fast == plain && strcmp(contest->said_fast, contest->said_plain) == 0;
    }
    contest->tags += tags[1].theory_count + tags[1].treatment_count;
    contest->undetermined += tags[1].undetermined_count;
    for (size_t i = 0; i < tags[1].treatment_count; i++)
        contest->hits += tags[1].treatments[i].hit_count;
    for (size_t i = 0; i < tags[1].theory_count; i++)
        contest->hits += tags[1].theories[i].hit_count;
    contest->said_fast = describe_tags(&tags[0], tags, contest->scratch);
    contest->said_plain = describe_tags(&tags[1], tags, contest->scratch);
    return contest->said_fast && contest->said_plain &&
           strcmp(contest->said_fast, contest->said_plain) == 0;
}

#endif
