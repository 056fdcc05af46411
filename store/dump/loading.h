/* loading.h - a dump on its way into a store. */
#ifndef EKBOM_STORE_DUMP_LOADING_H
#define EKBOM_STORE_DUMP_LOADING_H

#include "ekbom/store_care.h"
#include "store/archive/tail.h"
#include "store/dump/kinds.h"

struct ek_loading {
    const struct ek_load *load;
    struct ek_dump_report *report;
    struct ek_store *store; /* in the unfinished folder; in a slice while lines are taken */
    const char *folder;     /* that folder */
    struct ek_arena *arena; /* of one line */
    struct ek_arena *post_arena;
    struct ek_dump_store head; /* what the store line said; its rules in `rules` */
    char rules[sizeof((struct ek_bundle *)0)->digest];
    struct ek_dump_post post; /* the one whose revisions are coming */
    size_t revisions;         /* of it, so far */
    struct ek_tail *tails;    /* of the archive */
    size_t tail_count;
    bool ended;
};

/* Take one line's record. 0, -1 with what is wrong with it. */
int ek_load_record(struct ek_loading *loading, enum ek_dump_kind kind, const void *record,
                   struct ek_err *err);
/* The post before has all its revisions. 0, -1. */
int ek_load_post_end(const struct ek_loading *loading, struct ek_err *err);

#endif
