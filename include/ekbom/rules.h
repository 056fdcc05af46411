/* rules.h - what rules/ shows: rule files in, tags out. The only room that knows PCRE2.
 *
 * The language is in ekbom-rules(5). A compiled rule set is immutable; matching memory is in a
 * separate matcher, one a thread. */
#ifndef EKBOM_RULES_H
#define EKBOM_RULES_H

#include "ekbom/record.h"

struct ek_arena;
struct ek_bundle;
struct ek_err;
struct ek_rules;
struct ek_matcher;

enum ek_severity { EK_WARNING, EK_ERROR };

struct ek_diagnostic { /* what is wrong with a rule file, and what to write instead */
    enum ek_severity severity;
    const char *kind; /* of a warning: "no-examples", "no-literal", ...; NULL of an error */
    const char *file;
    unsigned line, column; /* from 1; column counts code points */
    const char *message;   /* one line: what is wrong and what to write */
    const char *source;    /* the line itself, for a caret; NULL if none */
};

struct ek_diagnostics {
    struct ek_diagnostic *items;
    size_t count;
    size_t errors; /* of them */
};

/* Compile a rule set. All diagnostics (up to a ceiling) are collected in the arena; -1 if there
 * is an error among them, and err then holds the first as "file:line:column: message". */
int ek_rules_compile(struct ek_rules **rules, const struct ek_bundle *bundle,
                     struct ek_arena *arena, struct ek_diagnostics *diagnostics,
                     struct ek_err *err);
void ek_rules_free(struct ek_rules *rules);

const char *ek_rules_digest(const struct ek_rules *rules); /* "sha256:..." of the bundle */
/* True if posts in this language (NULL = unknown: always true) can be assessed: the rule set's
 * languages are compared with the primary subtag ("en" covers "en-gb"). */
bool ek_rules_assess(const struct ek_rules *rules, const char *language);

struct ek_code { /* a theory or treatment that the rule set defines */
    const char *code, *name, *about;
    const char *version;    /* of the block, for citing; NULL if it gives none */
    const char *references; /* one a line; NULL if there are none */
    bool treatment;
    const char *file;
    unsigned line, rules, tests; /* where it starts; how many rules and examples it has */
};
size_t ek_rules_codes(const struct ek_rules *rules, const struct ek_code **codes);
/* The languages that the rules are for, lower case; none: any. */
size_t ek_rules_languages(const struct ek_rules *rules, const char *const **languages);

struct ek_rule_line { /* a rule: a line that starts with strong, match, weak or regex */
    const char *rule; /* "bid:14", as hits have it */
    const char *code, *file;
    unsigned line;
    double weight;
};
/* In the order of the files. */
size_t ek_rules_lines(const struct ek_rules *rules, const struct ek_rule_line **lines);
/* True if the system refuses memory for compiled patterns (MemoryDenyWriteExecute): matching is
 * slower, and the same. */
bool ek_rules_interpreted(const struct ek_rules *rules);

enum ek_engine { EK_ENGINE_FAST, EK_ENGINE_NAIVE };
struct ek_matcher *ek_matcher_new(const struct ek_rules *rules, enum ek_engine engine,
                                  struct ek_err *err);
void ek_matcher_free(struct ek_matcher *matcher);

struct ek_tag_input {
    const char *text; /* own text, UTF-8 (checked again) */
    size_t len;
    const char *language;          /* NULL = unknown */
    const struct ek_quote *quotes; /* for quoted_only */
    size_t quote_count;
};

/* Tag one post. 0; -1 for want of memory or text beyond the ceilings (EK_LIMIT). A rule that
 * reaches a matching limit is in tags->undetermined and nothing else suffers. */
int ek_matcher_tag(struct ek_matcher *matcher, const struct ek_tag_input *input,
                   struct ek_arena *arena, struct ek_tags *tags, struct ek_err *err);

/* The examples in the rule files. */
struct ek_example_result {
    const char *file;
    unsigned line;
    const char *code;
    const char *expected; /* "yes disputes", "no", ... as written */
    const char *text;
    const char *got; /* what the rules say, in the same words */
    bool todo;       /* known gap: reported, not failed */
    bool passed;
};
int ek_rules_test(const struct ek_rules *rules, struct ek_arena *arena,
                  struct ek_example_result **results, size_t *count, struct ek_err *err);

#endif
