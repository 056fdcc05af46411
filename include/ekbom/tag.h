/* tag.h - what the rules say of a post: theories with stance, treatments, hits. Part of record.h.
 */
#ifndef EKBOM_TAG_H
#define EKBOM_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ek_stance { EK_SUPPORTS, EK_DISPUTES, EK_NEUTRAL, EK_ASKS, EK_STANCES };

struct ek_hit {
    uint32_t start, end; /* code points of the text that was tagged, half-open */
    const char *text;    /* the words there */
    const char *rule;    /* "bid:14": code and line of the rule file */
    const char *cue;     /* the cue that set the stance, e.g. "disputes: don't buy"; or NULL */
};

struct ek_tag { /* of a theory, or (code, weight and hits only) of a treatment */
    const char *code;
    enum ek_stance stance;
    bool hedged, experience;
    bool cramps;         /* target is leg cramps, not RLS */
    double weight;       /* sum of the weights of the rules that hit */
    struct ek_hit *hits; /* in text order */
    size_t hit_count;
};

struct ek_undetermined { /* a rule that reached a limit on this post */
    const char *code, *rule, *reason;
};

struct ek_tags {
    bool assessable;         /* false: the post's language is not one of the rule set's */
    struct ek_tag *theories; /* sorted by code, one a code */
    size_t theory_count;
    struct ek_tag *treatments; /* sorted by code, one a code */
    size_t treatment_count;
    const char **quoted_only; /* theories in quotes and not in own words, sorted */
    size_t quoted_count;
    struct ek_undetermined *undetermined;
    size_t undetermined_count;
};

#endif
