/* config.h - ekbomd's configuration file, see ekbomd.conf(5).
 *
 * Every key stands in one table (daemon/config.c), from which reading, checks and the manual are
 * made. Errors name file, line and, for an unknown key, the nearest name. */
#ifndef EKBOM_CONFIG_H
#define EKBOM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct ek_arena;
struct ek_err;

struct ek_config_source {
    const char *address;
    const char **boards; /* own ids; none: all */
    size_t board_count;
    const char *contact;   /* the source's, else the configuration's */
    const char *allow;     /* address ranges beyond the public ones */
    const char *time_zone; /* where pages name none; NULL */
    const char *since;     /* a period; NULL: everything */
    double delay;          /* seconds between requests */
    long visit_every;      /* seconds from one round to the next */
    long recheck_days;
    const char *basis, *approval; /* free text: on what ground, approved by whom */
};

struct ek_config {
    const char *file;
    const char *store, *rules, *profiles, *reader; /* NULL: the default */
    const char *contact;
    long readers;
    long keep_free, store_limit; /* megabytes; store_limit 0: none */
    bool sample_data;
    struct ek_config_source *sources;
    size_t source_count;
};

/* Into the arena. -1 with "file:line: what is wrong and what to write". */
int ek_config_read(struct ek_config *config, const char *file, struct ek_arena *arena,
                   struct ek_err *err);
/* Every key as the items of a manual page (mdoc). */
void ek_config_describe(FILE *to);

#endif
