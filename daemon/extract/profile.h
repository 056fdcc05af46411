/* profile.h - a forum software's profile, compiled. The format is described in ekbom-profile(5). */
#ifndef EXTRACT_PROFILE_H
#define EXTRACT_PROFILE_H

#include "daemon/extract/address.h"
#include "daemon/extract/calendar.h"
#include "daemon/extract/selector.h"
#include "ekbom/extract.h"

/* Rules: what a field is ---------------------------------------------------------------------- */

enum ek_axis { EK_INSIDE, EK_LAST_INSIDE, EK_UP, EK_FOLLOWING, EK_PRECEDING };

struct ek_step { /* from an element to another */
    enum ek_axis axis;
    const struct ek_selector *selector;
};

struct ek_patterns { /* `patterns NAME PATTERN`, in order */
    const char *name;
    struct ek_pattern *pattern;
    unsigned count;
};

struct ek_filter {
    enum { EK_FILTER_MATCH, EK_FILTER_ONE_OF, EK_FILTER_ID } kind;
    struct ek_pattern pattern;
    const struct ek_patterns *patterns;
    enum ek_address_kind address;
};

#define EK_RULE_PARTS 4

struct ek_rule { /* "up li / .title a -> @href | id thread" */
    struct ek_step steps[EK_RULE_PARTS];
    unsigned step_count;
    enum { EK_VALUE_TEXT, EK_VALUE_OWN, EK_VALUE_ATTRIBUTE } value;
    uint16_t attribute;
    struct ek_filter filters[EK_RULE_PARTS];
    unsigned filter_count;
    const char *as; /* what the value is, for fields where that differs; or NULL */
    struct ek_rule *next;
};

/* Fields: name in C, section and key in the profile, what may stand after `as`. */
/* clang-format off */
#define EK_FIELDS(X) \
    X(LANGUAGE, "page", "language", NULL) X(FORUM, "page", "forum", NULL) \
    X(FORUM_TITLE, "page", "forum-title", NULL) X(ZONE, "page", "zone", "name offset") \
    X(NEXT, "page", "next", NULL) X(MESSAGE, "page", "message", NULL) \
    X(THREAD_ID, "thread", "id", NULL) X(THREAD_TITLE, "thread", "title", NULL) \
    X(THREAD_URL, "thread", "url", NULL) X(BOARD_ID, "board", "id", NULL) \
    X(BOARD_TITLE, "board", "title", NULL) X(BOARD_PARENT, "board", "parent", NULL) \
    X(POST_ID, "post", "id", NULL) X(POST_AUTHOR, "post", "author", NULL) \
    X(POST_AUTHOR_ID, "post", "author-id", NULL) \
    X(POST_TIME, "post", "time", "attribute epoch title text") \
    X(POST_TIME_TEXT, "post", "time-text", NULL) X(POST_SUBJECT, "post", "subject", NULL) \
    X(POST_BODY, "post", "body", NULL) X(POST_EDITED, "post", "edited", NULL) \
    X(QUOTE_AUTHOR, "quote", "author", NULL) X(QUOTE_POST, "quote", "post", NULL) \
    X(BOARD_ROW_ID, "board-row", "id", NULL) X(BOARD_ROW_TITLE, "board-row", "title", NULL) \
    X(BOARD_ROW_URL, "board-row", "url", NULL) X(BOARD_ROW_LAST, "board-row", "last-post", NULL) \
    X(BOARD_ROW_TIME, "board-row", "last-time", "attribute epoch title text") \
    X(BOARD_ROW_REPLIES, "board-row", "replies", NULL) \
    X(THREAD_ROW_ID, "thread-row", "id", NULL) X(THREAD_ROW_TITLE, "thread-row", "title", NULL) \
    X(THREAD_ROW_URL, "thread-row", "url", NULL) X(THREAD_ROW_LAST, "thread-row", "last-post", NULL) \
    X(THREAD_ROW_TIME, "thread-row", "last-time", "attribute epoch title text") \
    X(THREAD_ROW_REPLIES, "thread-row", "replies", NULL) \
    X(PAGE_ROW_ID, "page-row", "id", NULL) X(PAGE_ROW_TITLE, "page-row", "title", NULL) \
    X(PAGE_ROW_URL, "page-row", "url", NULL) X(PAGE_ROW_LAST, "page-row", "last-post", NULL) \
    X(PAGE_ROW_TIME, "page-row", "last-time", "attribute epoch title text") \
    X(PAGE_ROW_REPLIES, "page-row", "replies", NULL)
#define EK_SELECTORS(X) \
    X(COMPLETE, "page", "complete") X(POST, "post", "each") X(POST_SKIP, "post", "skip") X(DROP, "body", "drop") \
    X(EMOJI, "body", "emoji") X(QUOTE, "quote", "each") X(QUOTE_DROP, "quote", "drop") \
    X(BOARD_ROW, "board-row", "each") X(THREAD_ROW, "thread-row", "each") \
    X(PAGE_ROW, "page-row", "each")
/* clang-format on */

enum ek_field {
#define X(name, section, key, as) EK_FIELD_##name,
    EK_FIELDS(X)
#undef X
        EK_FIELD_COUNT
};

enum ek_part {
#define X(name, section, key) EK_PART_##name,
    EK_SELECTORS(X)
#undef X
        EK_PART_COUNT
};

/* Lines that may be repeated ------------------------------------------------------------------ */

enum ek_evidence { EK_GENERATOR, EK_MARKUP, EK_CREDIT, EK_LINKS, EK_EVIDENCES };

enum ek_mark_use {
    EK_MARK_RECOGNISE,
    EK_MARK_VERSION,
    EK_MARK_KIND,
    EK_MARK_THREAD_FLAG,
    EK_MARK_ROW_FLAG,
    EK_MARK_USES
};

struct ek_mark {      /* something that is so where a selector matches */
    int value;        /* evidence, page kind or flag */
    const char *text; /* version, or why the page is of that kind */
    const struct ek_selector *selector;
    struct ek_mark *next;
};

#define EK_SESSIONS_MAX 16
#define EK_ADDRESSES_MAX 64
#define EK_PATTERN_LISTS_MAX 16
#define EK_PATTERNS_MAX 64

struct ek_profile {
    const char *software; /* NULL: a file with [dates] only */
    const char *file;
    struct ek_rule *fields[EK_FIELD_COUNT];
    const struct ek_selector *parts[EK_PART_COUNT];
    struct ek_mark *marks[EK_MARK_USES];
    struct ek_address_form addresses[EK_ADDRESSES_MAX];
    unsigned address_count;
    const char *sessions[EK_SESSIONS_MAX + 1]; /* NULL-terminated */
    unsigned session_count;
    struct ek_patterns patterns[EK_PATTERN_LISTS_MAX];
    unsigned pattern_count;
    struct ek_profile *next;
};

struct ek_profiles {
    struct ek_arena *arena;
    struct ek_names *names;
    struct ek_calendar *calendar;
    struct ek_profile *first; /* in order of file names */
    uint16_t href, alt;       /* attributes that HTML itself gives a meaning */
};

/* Reading one line: what is wrong is put into fault, where into at (a byte of the value). */
struct ek_line {
    struct ek_profiles *profiles;
    struct ek_profile *profile;
    struct ek_slice value;
    size_t at;
    const char *fault;
};

/* Both NULL, with line->fault set, on failure. */
struct ek_rule *ek_rule_compile(struct ek_line *line, const char *as_allowed);
const struct ek_selector *ek_line_selector(struct ek_line *line, size_t from, size_t to);

#endif
