/* record.h - the common language of all rooms: page, thread, post, quote, link, tag, hit.
 *
 * Names are those of the command line contract and of every export. Strings are UTF-8, NFC and
 * NUL-terminated; NULL means "not there" (JSON null). All memory belongs to the arena (or the
 * transaction) that it was made in; no record owns anything. */
#ifndef EKBOM_RECORD_H
#define EKBOM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/tag.h"
#include "ekbom/time.h"

enum ek_time_source { /* how a post's time was known */
                      EK_SOURCE_NONE,
                      EK_SOURCE_ATTRIBUTE, /* a machine-readable attribute with offset */
                      EK_SOURCE_EPOCH,     /* an attribute counting seconds */
                      EK_SOURCE_TITLE,     /* a tooltip */
                      EK_SOURCE_TEXT_ZONE, /* the text beside it and the page's zone line */
                      EK_TIME_SOURCES
};

enum ek_state { EK_LIVE, EK_EDITED, EK_GONE, EK_HIDDEN, EK_STATES };

enum ek_link_kind {
    EK_LINK_BOARD,
    EK_LINK_THREAD,
    EK_LINK_PAGE,
    EK_LINK_POST,
    EK_LINK_EXTERNAL,
    EK_LINK_KINDS
};

enum ek_page_kind {
    EK_PAGE_THREAD,
    EK_PAGE_BOARD,
    EK_PAGE_INDEX,
    EK_PAGE_LOGIN,
    EK_PAGE_ERROR,
    EK_PAGE_OTHER,
    EK_PAGE_KINDS
};

enum ek_thread_flag { /* bits */
                      EK_THREAD_STICKY = 1,
                      EK_THREAD_ANNOUNCEMENT = 2,
                      EK_THREAD_GLOBAL = 4, /* announcement that stands in every board's list */
                      EK_THREAD_LOCKED = 8,
                      EK_THREAD_MOVED = 16 /* a shadow row: the thread stands elsewhere */
};

struct ek_quote {
    const char *author;  /* as quoted; NULL if the quote names none */
    const char *post_id; /* the quoted post, NULL if not given */
    bool inferred;       /* post_id was concluded, not given by the page */
    unsigned depth;      /* 1 = quoted directly, 2 = a quote inside a quote, ... */
    const char *text;    /* words of this level only: inner quotes are records of their own */
};

struct ek_link {
    enum ek_link_kind kind;
    const char *id;           /* the board's, thread's or post's own id; NULL for others */
    const char *title;        /* listings; NULL in posts */
    const char *url;          /* absolute, session ids stripped */
    const char *last_post_id; /* listings: newest post of that thread or board */
    ek_time last_post_time;   /* listings; EK_TIME_UNKNOWN if not given in UTC */
    long replies;             /* listings; -1 if not given */
    unsigned flags;           /* enum ek_thread_flag */
};

struct ek_post {
    const char *id;        /* the forum's own id, never NULL, digits for most software */
    const char *author;    /* the name shown */
    const char *author_id; /* the forum's own id of the account */
    bool guest;            /* shown as no account: a visitor or a deleted account */
    ek_time time;          /* UTC; with precision day, midnight UTC of the date shown */
    enum ek_precision precision;
    enum ek_time_source time_source;
    const char *time_text; /* as the page shows it */
    const char *subject;
    const char *text; /* own text, see architecture: never NULL, may be "" */
    struct ek_quote *quotes;
    size_t quote_count;
    struct ek_link *links;
    size_t link_count;
    bool edited;     /* the page carries an edit note */
    long edit_count; /* 0 if the note does not say */
    const char *edit_time_text;
};

/* What one fetched page says. */
struct ek_page {
    enum ek_page_kind kind;
    const char *software; /* id as in the contract; "unknown" at the least */
    const char *software_version;
    const char *language; /* as declared, lower case: "en-gb" */
    const char *layer;    /* which layer read it: profile, json-ld, microdata, blocks */
    bool partial;
    const char *reason; /* why partial, login, error or other */
    const char *url;    /* the address asked for, session ids stripped */
    const char *forum;  /* base address of the forum, ends in '/' */
    const char *forum_title;
    const char *thread_id;
    const char *thread_title;
    const char *thread_url;
    unsigned thread_flags;
    const char *board_id; /* the thread's board, or the board listed */
    const char *board_title;
    const char *board_parent; /* parent board's id */
    const char *zone;         /* zone line as resolved: IANA name or "+01:00" */
    struct ek_post *posts;    /* in document order */
    size_t post_count;
    const char *next;      /* absolute address of the next page */
    struct ek_link *links; /* boards, threads and pages listed */
    size_t link_count;
};

/* A post as it stands in the store, or as one line of JSONL: the post, its place, its life. */
struct ek_entry {
    uint64_t number; /* the store's own number; 0 outside a store */
    struct ek_post post;
    const char *forum; /* base address */
    const char *thread_id;
    const char *thread_title;
    const char *board_id;
    const char *board_title;
    const char *url;
    const char *language; /* lower-case tag, NULL = unknown */
    enum ek_state state;
    ek_time first_seen, last_seen;
    unsigned revisions;     /* 1 = never seen to change */
    unsigned char page[16]; /* key of the page it was last read from; zeros if none */
};

/* Names as the contract has them; tables end with NULL. */
extern const char *const ek_precision_names[];   /* unknown day minute second */
extern const char *const ek_time_source_names[]; /* none attribute epoch title text+zone */
extern const char *const ek_state_names[];
extern const char *const ek_link_kind_names[];
extern const char *const ek_page_kind_names[];
extern const char *const ek_stance_names[]; /* supports disputes neutral-mention asks */
/* Index of name in such a table, or -1. */
int ek_name_index(const char *const *names, const char *name);

#endif
