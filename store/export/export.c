/* export.c - posts and threads in, rows out. See ekbom/export.h, and columns.c for the tiers.
 *
 * A row is made column by column as JSON values and then written by the format: one path for all
 * tables, tiers and formats, so that a column cannot be in one format and missing in another. Only
 * the columns of the tier are asked for: what a tier does not show is never put together. */
#include "ekbom/export.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/record_codec.h"
#include "ekbom/store.h"
#include "store/export/cells.h"
#include "store/export/columns.h"
#include "store/records/forgotten.h"
#include "ekbom/file_output.h"

const char *const ek_tier_names[] = {"open", "review", "internal", NULL};

struct ek_export {
    struct ek_export_config config;
    char *ruleset; /* config.ruleset */
    const struct ek_table *table;
    const struct ek_format *format;
    const struct ek_column *columns[EK_MAX_COLUMNS]; /* of the tier */
    size_t count;
    struct ek_output *output;
    struct ek_buf line;
    uint64_t rows;
};

static const struct ek_table *find_table(const char *name)
{
    for (const struct ek_table *table = ek_tables; table->name; table++)
        if (strcmp(table->name, name ? name : "posts") == 0)
            return table;
    return NULL;
}

static const struct ek_format *find_format(const char *name)
{
    for (const struct ek_format *format = ek_formats; format->name; format++)
        if (strcmp(format->name, name ? name : "jsonl") == 0)
            return format;
    return NULL;
}

int ek_export_column(const char *table, size_t index, struct ek_export_column *column)
{
    const struct ek_table *found = find_table(table);
    if (!found || index >= found->count)
        return 0;
    *column = found->columns[index].is;
    return 1;
}

static int check(struct ek_export *e, struct ek_err *err)
{
    const struct ek_export_config *config = &e->config;
    e->table = find_table(config->table);
    e->format = find_format(config->format);
    if (!e->table)
        return ek_fail(err, EK_USAGE,
                       "no table '%s' to export: there are posts, quotes, threads, tags and links",
                       config->table);
    if (!e->format)
        return ek_fail(err, EK_USAGE, "no format '%s' for an export: there are jsonl, csv and tsv",
                       config->format);
    for (size_t i = 0; i < e->table->count; i++)
        if (e->table->columns[i].is.tiers & 1u << config->tier)
            e->columns[e->count++] = &e->table->columns[i];
    if (config->tier != EK_TIER_INTERNAL && !config->pseudonym)
        return ek_fail(err, EK_USAGE, "tier %s needs the store's key for its keyed ids",
                       ek_tier_names[config->tier]);
    return 0;
}

static void free_export(struct ek_export *e)
{
    ek_buf_free(&e->line);
    free(e->ruleset);
    free(e);
}

int ek_export_open(struct ek_export **export, const struct ek_export_config *config,
                   struct ek_err *err)
{
    struct ek_export *e = calloc(1, sizeof *e);
    *export = NULL;
    if (!e)
        return ek_fail_memory(err);
    e->config = *config;
    ek_buf_init(&e->line, EK_MAX_EXPORT_ROW_BYTES);
    int rc = check(e, err);
    if (rc == 0 && config->ruleset) {
        e->ruleset = strdup(config->ruleset);
        rc = e->ruleset ? 0 : ek_fail_memory(err);
    }
    e->config.ruleset = e->ruleset;
    if (rc == 0)
        rc = ek_output_open(&e->output, config->path, err);
    if (rc == 0 && e->format->head) {
        e->format->head(&e->line, e->columns, e->count);
        rc = e->line.failed ? ek_fail_memory(err)
                            : ek_output_write(e->output, e->line.data, e->line.len, err);
    }
    if (rc < 0) {
        ek_export_cancel(e);
        return -1;
    }
    *export = e;
    return 0;
}

/* The values of a row in the order of its columns. */
static int get_values(const struct ek_export *e, const struct ek_row *row, json_t **values)
{
    for (size_t i = 0; i < e->count; i++) {
        values[i] = e->columns[i]->get(row, e->columns[i]->is.name);
        if (!values[i])
            return row->err->kind ? -1 : ek_fail_memory(row->err);
    }
    return 0;
}

static int write_row(struct ek_export *e, const struct ek_row *from, struct ek_err *err)
{
    json_t *values[EK_MAX_COLUMNS] = {NULL};
    struct ek_err why = {0};
    struct ek_row row = *from;
    row.config = &e->config;
    row.err = &why;
    int rc = get_values(e, &row, values);
    if (rc == 0) {
        ek_buf_clear(&e->line);
        e->format->row(&e->line, e->columns, values, e->count);
        rc = e->line.failed
                 ? ek_fail(&why, EK_LIMIT, "a row is larger than %u bytes", EK_MAX_EXPORT_ROW_BYTES)
                 : ek_output_write(e->output, e->line.data, e->line.len, &why);
    }
    for (size_t i = 0; i < e->count; i++)
        json_decref(values[i]);
    e->rows += rc == 0;
    if (rc < 0 && err)
        *err = why;
    return rc;
}

/* What the tiers with keyed ids show of a post itself: its state and language, and for review where
 * it stands. */
static json_t *keyed_object(const struct ek_entry *entry, bool review)
{
    const struct {
        const char *name, *value;
        bool shown;
    } fields[] = {{"state", ek_state_names[entry->state], true},
                  {"language", entry->language, true},
                  {"forum", entry->forum, review},
                  {"thread_id", entry->thread_id, review},
                  {"id", entry->post.id, review},
                  {"url", entry->url, review}};
    json_t *object = json_object();
    int bad = object ? 0 : -1;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && !bad; i++) {
        const char *value = fields[i].value;
        if (fields[i].shown)
            bad |= json_object_set_new(object, fields[i].name,
                                       value ? json_string(value) : json_null());
    }
    if (!bad)
        return object;
    json_decref(object);
    return NULL;
}

/* A post's own fields as JSON, as far as the tier shows them, and its tags. */
static json_t *post_object(const struct ek_export *e, const struct ek_entry *entry,
                           const struct ek_tags *tags)
{
    bool internal = e->config.tier == EK_TIER_INTERNAL;
    json_t *object =
        internal ? ek_entry_to_json(entry) : keyed_object(entry, e->config.tier == EK_TIER_REVIEW);
    int bad = object ? 0 : -1;
    if (object && internal)
        bad |=
            json_object_set_new(object, "board_title",
                                entry->board_title ? json_string(entry->board_title) : json_null());
    if (object && tags)
        bad |= ek_tags_add_json(object, tags, e->config.tier != EK_TIER_OPEN);
    if (!bad)
        return object;
    json_decref(object);
    return NULL;
}

static int write_post(struct ek_export *e, struct ek_row *row, struct ek_err *err)
{
    row->object = post_object(e, row->entry, row->tags);
    int rc = row->object ? write_row(e, row, err) : ek_fail_memory(err);
    json_decref(row->object);
    return rc;
}

static int write_quotes(struct ek_export *e, struct ek_row *row, struct ek_err *err)
{
    const struct ek_post *post = &row->entry->post;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < post->quote_count; i++) {
        row->quote = &post->quotes[i];
        row->position = i + 1;
        rc = write_row(e, row, err);
    }
    return rc;
}

static int write_links(struct ek_export *e, struct ek_row *row, struct ek_err *err)
{
    const struct ek_post *post = &row->entry->post;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < post->link_count; i++) {
        row->link = &post->links[i];
        row->position = i + 1;
        rc = write_row(e, row, err);
    }
    return rc;
}

static int write_tags(struct ek_export *e, struct ek_row *row, struct ek_err *err)
{
    const struct ek_tags *tags = row->tags;
    int rc = 0;
    for (size_t i = 0; tags && rc == 0 && i < tags->theory_count + tags->treatment_count; i++) {
        row->treatment = i >= tags->theory_count;
        row->tag = row->treatment ? &tags->treatments[i - tags->theory_count] : &tags->theories[i];
        rc = write_row(e, row, err);
    }
    return rc;
}

int ek_export_post(struct ek_export *e, const struct ek_entry *entry, const struct ek_tags *tags,
                   struct ek_err *err)
{
    static const struct {
        const char *table;
        int (*write)(struct ek_export *e, struct ek_row *row, struct ek_err *err);
    } writers[] = {{"posts", write_post},
                   {"quotes", write_quotes},
                   {"links", write_links},
                   {"tags", write_tags}};
    struct ek_row row = {.entry = entry, .tags = tags};
    if (ek_forgotten_is_empty(entry))
        return 0;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writers[i].table, e->table->name) == 0)
            return writers[i].write(e, &row, err);
    return 0;
}

int ek_export_thread(struct ek_export *e, const struct ek_thread *thread, struct ek_err *err)
{
    struct ek_row row = {.thread = thread};
    return strcmp(e->table->name, "threads") == 0 ? write_row(e, &row, err) : 0;
}

uint64_t ek_export_rows(const struct ek_export *e)
{
    return e->rows;
}

int ek_export_close(struct ek_export *e, struct ek_err *err)
{
    int rc = ek_output_close(e->output, err);
    free_export(e);
    return rc;
}

void ek_export_cancel(struct ek_export *e)
{
    if (!e)
        return;
    ek_output_cancel(e->output);
    free_export(e);
}
