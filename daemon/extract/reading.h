/* reading.h - a page being read: its tree, its profile, and asking the one by the other. */
#ifndef EXTRACT_READING_H
#define EXTRACT_READING_H

#include "daemon/extract/moment.h"
#include "daemon/extract/profile.h"

struct ek_reading {
    struct ek_tree tree;
    const struct ek_profiles *profiles;
    const struct ek_profile *profile;
    struct ek_arena *arena;
    const char *base;  /* what relative addresses are relative to; NULL: unknown */
    const char *forum; /* the forum's base address; NULL: unknown */
    struct ek_zone zone;
    ek_time fetched;
    enum ek_day_order order;
    bool no_memory; /* latched: nothing read since is to be used */
};

/* The element that a rule's steps lead to, EK_NO_NODE if none. */
uint32_t ek_rule_node(struct ek_reading *reading, const struct ek_rule *rule,
                      struct ek_scope scope);
/* What the rule gives there, NULL if nothing or only blanks. NUL-terminated, in the arena. */
const char *ek_rule_value(struct ek_reading *reading, const struct ek_rule *rule,
                          struct ek_scope scope);
/* The first value that the field's rules give; *rule (may be NULL) becomes the one that gave it. */
const char *ek_read_value(struct ek_reading *reading, enum ek_field field, struct ek_scope scope,
                          const struct ek_rule **rule);
uint32_t ek_read_node(struct ek_reading *reading, enum ek_field field, struct ek_scope scope);
/* The field as an absolute address. */
const char *ek_read_address(struct ek_reading *reading, enum ek_field field, struct ek_scope scope);
/* The digits of the field as a number, thousands separators passed over; -1 if it has none. */
long ek_read_number(struct ek_reading *reading, enum ek_field field, struct ek_scope scope);

/* Is the part of the profile anywhere in the scope? */
bool ek_has_part(struct ek_reading *reading, enum ek_part part, struct ek_scope scope);
/* Is the node one of the part's, seen from the scope? */
bool ek_is_part(struct ek_reading *reading, enum ek_part part, struct ek_scope scope,
                uint32_t node);
bool ek_mark_holds(struct ek_reading *reading, const struct ek_mark *mark, struct ek_scope scope);
unsigned ek_flags(struct ek_reading *reading, enum ek_mark_use use, struct ek_scope scope);

const char *ek_absolute(struct ek_reading *reading, struct ek_slice reference);
/* The id where the address has a form of this kind. */
bool ek_address_id(const struct ek_profile *profile, enum ek_address_kind kind,
                   struct ek_slice address, struct ek_slice *id);

/* A time as the field shows it. */
struct ek_shown_time {
    ek_time time; /* EK_TIME_UNKNOWN where the page does not fix it */
    enum ek_precision precision;
    enum ek_time_source source;
    const char *text;    /* that it was read from; NULL if nothing is shown */
    ek_time doubled_day; /* in the hour that came twice: its day, midnight UTC; else unknown */
    enum ek_day_order evidence;
};
struct ek_shown_time ek_read_time(struct ek_reading *reading, enum ek_field field,
                                  struct ek_scope scope);

/* Parts of the page, each in its own file. */
struct ek_body { /* what an author wrote; body.c */
    const char *text;
    struct ek_quote *quotes;
    size_t quote_count;
    struct ek_link *links;
    size_t link_count;
};
int ek_read_body(struct ek_reading *reading, struct ek_scope scope, struct ek_body *body);
void ek_read_posts(struct ek_reading *reading, struct ek_page *page); /* posts.c */
void ek_settle_doubled_hours(struct ek_reading *reading, struct ek_post *posts, const ek_time *days,
                             size_t count);                             /* doubled_hour.c */
void ek_read_listing(struct ek_reading *reading, struct ek_page *page); /* listing.c */

/* The page as UTF-8 without NUL: html points into body or into buf. charset.c */
struct ek_buf;
int ek_page_to_utf8(const void *body, size_t len, const char *declared, struct ek_buf *buf,
                    struct ek_slice *html, struct ek_err *err);

#endif
