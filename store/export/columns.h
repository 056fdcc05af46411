/* columns.h - the tables of an export: which columns, in which tiers, from what. Private to
 * store/export. */
#ifndef EKBOM_STORE_EXPORT_COLUMNS_H
#define EKBOM_STORE_EXPORT_COLUMNS_H

#include <jansson.h>

#include "ekbom/export.h"

/* What a row is made from. `object` has the fields of the JSON form of the post and its tags, as
 * far as the tier may show them. */
struct ek_row {
    const struct ek_export_config *config;
    const struct ek_entry *entry;
    const struct ek_tags *tags;
    const struct ek_thread *thread;
    const struct ek_quote *quote;
    const struct ek_link *link;
    const struct ek_tag *tag;
    size_t position; /* of the quote or link in the post, from 1 */
    bool treatment;  /* the tag is a treatment's */
    json_t *object;
    struct ek_err *err;
};

struct ek_column {
    struct ek_export_column is;
    /* A new reference; NULL with row->err filled. */
    json_t *(*get)(const struct ek_row *row, const char *name);
};

struct ek_table {
    const char *name;
    const struct ek_column *columns;
    size_t count;
};

extern const struct ek_table ek_tables[]; /* ended by a NULL name */

/* Wide enough for every table. */
#define EK_MAX_COLUMNS 40

#endif
