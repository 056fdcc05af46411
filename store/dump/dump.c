/* dump.c - everything that is true of a store, as lines of JSON. See ekbom/store_care.h.
 *
 * LMDB's files are of one version of LMDB and one kind of machine, and packed texts are of one
 * dictionary; a dump is of none. It holds the record tables field by field, through the records'
 * own codecs, so that a load makes the very same records again: going through pages and posts as an
 * import does was turned down, since it would lose what only their order of arrival tells, and be
 * slower. The last line says how many there were and has a digest of them, so that a dump that was
 * cut short is known for one. All of it is one snapshot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/store_care.h"
#include "store/dump/kinds.h"
#include "ekbom/file_output.h"
#include "store/file_copy.h"
#include "store/folder.h"
#include "store/records/archive_ends.h"
#include "store/records/names.h"
#include "store/records/rule_set.h"

_Static_assert(EK_RECORD_TABLES == 16, "a new table of the records is to be dumped, or left out");

struct dumping {
    struct ek_store *store;
    struct ek_txn *txn;
    struct ek_arena *arena; /* of one record */
    struct ek_arena *words; /* of one revision */
    struct ek_output *output;
    struct ek_buf line;
    struct ek_hasher hasher;
    uint64_t names; /* that the lines lead to, see check_names */
    uint64_t bytes;
    bool nobody_reads;
    const struct ek_care_watch *watch;
    struct ek_dump_report *report;
    struct ek_err *err;
};

/* Lines ------------------------------------------------------------------------------------- */

static int add_to_line(const char *bytes, size_t len, void *context)
{
    struct dumping *d = context;
    ek_buf_add(&d->line, bytes, len);
    return d->line.failed ? -1 : 0;
}

static int write_line(struct dumping *d)
{
    ek_buf_addc(&d->line, '\n');
    if (d->line.failed)
        return ek_fail(d->err, EK_LIMIT, "a record needs a line of more than %u MiB",
                       EK_MAX_DUMP_LINE_BYTES >> 20);
    int wrote = ek_output_write(d->output, d->line.data, d->line.len, d->err);
    if (wrote < 0)
        return -1;
    ek_hasher_add_bare(&d->hasher, d->line.data, d->line.len);
    d->nobody_reads = wrote == 1;
    d->report->lines++;
    d->bytes += d->line.len;
    if (d->watch && d->report->lines % 1000 == 0)
        d->watch->progress(d->watch->context, "dumped", d->bytes);
    return 0;
}

static int put(struct dumping *d, enum ek_dump_kind kind, const void *record)
{
    const struct ek_dump_kind_of *of = &ek_dump_kinds[kind];
    json_t *object = json_pack("{s:s}", "record", of->name);
    ek_buf_clear(&d->line);
    int result = object && ek_fields_put(object, of->fields, record) == 0 &&
                         json_dump_callback(object, add_to_line, d, JSON_COMPACT) == 0
                     ? 0
                     : -1;
    json_decref(object);
    if (result != 0 && !d->line.failed)
        return ek_fail_memory(d->err);
    return write_line(d);
}

/* A walk whose pairs become lines: make fills the line's record from a pair. 0, or -1 (latched, or
 * told). */
struct table {
    unsigned table;
    enum ek_dump_kind kind;
    size_t key_len; /* 0: any */
    int (*make)(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *record);
    int (*after)(struct dumping *d, const void *record); /* lines that follow; NULL */
};

union record { /* room for any */
    struct ek_dump_rule_set rule_set;
    struct ek_dump_forum forum;
    struct ek_dump_board board;
    struct ek_dump_thread thread;
    struct ek_dump_author author;
    struct ek_dump_page page;
    struct ek_dump_post post;
    struct ek_dump_quarantine quarantine;
    struct ek_dump_frontier frontier;
};

static int dump_pair(struct dumping *d, const struct table *table, struct ek_bytes key,
                     struct ek_bytes value)
{
    union record record;
    memset(&record, 0, sizeof record);
    ek_arena_reset(d->arena);
    if (table->key_len && key.len != table->key_len)
        return ek_txn_damaged(d->txn, table->table, key.data, key.len);
    if (table->make(d, key, value, &record) != 0 || put(d, table->kind, &record) != 0)
        return -1;
    return table->after ? table->after(d, &record) : 0;
}

static int dump_table(struct dumping *d, const struct table *table)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    int result = 0;
    ek_walk_begin(&walk, d->txn, table->table, NULL, 0);
    while (result == 0 && !d->nobody_reads && ek_walk_next(&walk, &key, &value) == 1)
        result = dump_pair(d, table, key, value);
    ek_walk_end(&walk);
    return result == 0 && !ek_txn_failed(d->txn) ? 0 : -1;
}

/* Records ----------------------------------------------------------------------------------- */

/* A record that the walk has just seen is there. */
static int found(int got)
{
    return got == 1 ? 0 : -1;
}

static int make_rule_set(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_rule_set *line = out;
    struct ek_bundle bundle;
    (void)value;
    line->digest = ek_strndup(d->arena, key.data, key.len);
    if (!line->digest)
        return ek_fail_memory(d->err);
    if (ek_rule_set_get(d->txn, line->digest, d->arena, &bundle, &line->codes, &line->code_count,
                        d->err) != 1)
        return -1;
    line->origin = bundle.origin;
    line->files = bundle.files;
    line->file_count = bundle.count;
    return 0;
}

static int make_forum(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_forum *line = out;
    (void)value;
    d->names++;
    line->number = ek_get_be64(key.data);
    return found(ek_forum_get(d->txn, d->arena, line->number, &line->is));
}

static int make_board(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_board *line = out;
    (void)value;
    d->names++;
    line->number = ek_get_be64(key.data);
    return found(ek_board_get(d->txn, d->arena, line->number, &line->is));
}

static int make_thread(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_thread *line = out;
    (void)value;
    d->names++;
    line->number = ek_get_be64(key.data);
    return found(ek_thread_get(d->txn, d->arena, line->number, &line->is));
}

static int make_author(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_author *line = out;
    struct ek_author_record *is = &line->is;
    (void)value;
    line->number = ek_get_be64(key.data);
    if (ek_author_get(d->txn, d->arena, line->number, is) != 1)
        return -1;
    line->name_count = is->name_count;
    line->names = EK_NEW_ARRAY(d->arena, struct ek_dump_name, is->name_count + 1);
    if (!line->names)
        return ek_fail_memory(d->err);
    enum ek_name_kind kind = is->kind == EK_AUTHOR_GUEST ? EK_NAME_GUEST : EK_NAME_SHOWN;
    for (size_t i = 0; i < is->name_count; i++) {
        bool leads = ek_name_find(d->txn, kind, is->forum, is->names[i].name) == line->number;
        line->names[i] = (struct ek_dump_name){is->names[i], leads};
        d->names += leads;
    }
    d->names += is->kind == EK_AUTHOR_ACCOUNT;
    return ek_txn_failed(d->txn) ? -1 : 0;
}

static int make_page(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_page *line = out;
    (void)value;
    memcpy(line->key, key.data, sizeof line->key);
    return found(ek_page_get(d->txn, d->arena, line->key, &line->is));
}

static int make_post(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_post *line = out;
    (void)value;
    d->names++;
    d->report->posts++;
    line->number = ek_get_be64(key.data);
    return found(ek_post_get(d->txn, d->arena, line->number, &line->is));
}

/* The texts of a post, in the order of its list. */
static int dump_revisions(struct dumping *d, const void *record)
{
    const struct ek_dump_post *post = record;
    for (size_t i = 0; i < post->is.stamp_count && !d->nobody_reads; i++) {
        struct ek_dump_revision line = {.post = post->number};
        ek_arena_reset(d->words);
        int got = ek_revision_get(d->store, post->number, &post->is.stamps[i], true, d->words,
                                  &line.words);
        if (got == 0)
            return ek_fail(d->err, EK_FORMAT,
                           "%s/records is damaged: a text of post %s is missing: run `ekbom "
                           "verify`",
                           d->store->folder, post->is.id);
        if (got < 0 || put(d, EK_DUMP_REVISION, &line) != 0)
            return -1;
        d->report->revisions++;
    }
    return 0;
}

static int make_quarantine(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_quarantine *line = out;
    memcpy(line->key, key.data, sizeof line->key);
    if (ek_quarantine_decode(&line->is, d->arena, value) != 0)
        return ek_txn_damaged(d->txn, EK_QUARANTINE, key.data, key.len);
    return 0;
}

static int make_frontier(struct dumping *d, struct ek_bytes key, struct ek_bytes value, void *out)
{
    struct ek_dump_frontier *line = out;
    if (ek_frontier_decode(&line->is, d->arena, key, value) != 0)
        return ek_txn_damaged(d->txn, EK_FRONTIER, key.data, key.len);
    memcpy(line->source, key.data, sizeof line->source);
    return 0;
}

static int dump_robots(void *context, const struct ek_kept_robots *robots, struct ek_err *err)
{
    struct dumping *d = context;
    (void)err;
    return d->nobody_reads ? 0 : put(d, EK_DUMP_ROBOTS, robots);
}

static int dump_forgotten(void *context, const struct ek_forgotten_mark *mark)
{
    struct dumping *d = context;
    return d->nobody_reads ? 0 : put(d, EK_DUMP_FORGOTTEN, mark);
}

/* Names are not dumped: each is led to by a line. Were there more, one would be lost. */
static int check_names(struct dumping *d)
{
    uint64_t names = ek_txn_count(d->txn, EK_NAMES);
    if (d->nobody_reads || names <= d->names)
        return 0;
    return ek_fail(d->err, EK_FORMAT,
                   "%s/records is damaged: %llu names lead to nothing: run `ekbom verify`",
                   d->store->folder, (unsigned long long)(names - d->names));
}

static int dump_records(struct dumping *d)
{
    static const struct table tables[] = {
        {EK_RULE_SETS, EK_DUMP_RULE_SET, 0, make_rule_set, NULL},
        {EK_FORUMS, EK_DUMP_FORUM, 8, make_forum, NULL},
        {EK_BOARDS, EK_DUMP_BOARD, 8, make_board, NULL},
        {EK_THREADS, EK_DUMP_THREAD, 8, make_thread, NULL},
        {EK_AUTHORS, EK_DUMP_AUTHOR, 8, make_author, NULL},
        {EK_PAGES, EK_DUMP_PAGE, 16, make_page, NULL},
        {EK_POSTS, EK_DUMP_POST, 8, make_post, dump_revisions},
        {EK_QUARANTINE, EK_DUMP_QUARANTINE, 16, make_quarantine, NULL},
        {EK_FRONTIER, EK_DUMP_FRONTIER, 0, make_frontier, NULL},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (dump_table(d, &tables[i]) != 0)
            return -1;
    if (ek_robots_each(d->store, dump_robots, d, d->err) != 0 ||
        ek_forgotten_each(d->txn, dump_forgotten, d) != 0)
        return -1;
    return check_names(d);
}

/* Head, store, archive and end -------------------------------------------------------------- */

static int dump_head(struct dumping *d)
{
    const struct ek_dump_head head = {EK_DUMP_VERSION, EK_STORE_FORMAT, "ekbom " EKBOM_VERSION};
    char rules[sizeof((struct ek_bundle *)0)->digest];
    struct ek_dump_store store = {.sample = ek_store_is_sample(d->store)};
    ek_rules_in_use(d->txn, rules);
    store.rules = *rules ? rules : NULL;
    ek_counters_load(d->txn, &store.counters);
    if (ek_txn_failed(d->txn) || ek_key_check(d->store, store.key, d->err) != 0)
        return -1;
    return put(d, EK_DUMP_HEAD, &head) == 0 ? put(d, EK_DUMP_STORE, &store) : -1;
}

static int dump_archive_file(struct dumping *d, const struct ek_tail *end)
{
    struct ek_dump_archive line = {.file = end->file, .length = end->length};
    char folder[EK_PATH_BYTES], path[EK_PATH_BYTES], hex[2 * EK_SHA256_BYTES + 1];
    unsigned char digest[EK_SHA256_BYTES];
    struct ek_err why = {0};
    ek_path(path, ek_path(folder, d->store->folder, "archive"), end->file);
    int got = ek_file_digest(path, end->length, digest, &why);
    if (got == 1)
        line.sha256 = ek_hex(digest, sizeof digest, hex);
    else if (d->report->missing++ == 0) {
        snprintf(d->report->missing_file, sizeof d->report->missing_file, "%s", end->file);
        snprintf(d->report->missing_why, sizeof d->report->missing_why, "%.190s",
                 got < 0 ? why.message : "it is shorter than pages refer to");
    }
    d->report->archive_files++;
    return put(d, EK_DUMP_ARCHIVE, &line);
}

static int dump_end(struct dumping *d)
{
    struct ek_dump_end end = {d->report->lines, d->report->posts, d->report->revisions, {0}};
    ek_hasher_finish(&d->hasher, end.sha256);
    return put(d, EK_DUMP_END, &end);
}

/* The archive is read when the snapshot has been left: a long one makes the store grow. */
static int dump_all(struct dumping *d)
{
    struct ek_tail *ends = NULL;
    size_t count = 0;
    if (ek_store_enter(d->store, EK_NEEDS_RECORDS, d->err) != 0)
        return -1;
    d->txn = ek_records(d->store);
    int result =
        dump_head(d) == 0 && dump_records(d) == 0 ? ek_archive_ends(d->txn, &ends, &count) : -1;
    result = ek_store_leave(d->store, result, d->err);
    for (size_t i = 0; i < count && result == 0 && !d->nobody_reads; i++)
        result = dump_archive_file(d, &ends[i]);
    free(ends);
    return result == 0 && !d->nobody_reads ? dump_end(d) : result;
}

int ek_store_dump(struct ek_store *store, const char *path, const struct ek_care_watch *watch,
                  struct ek_dump_report *report, bool *nobody_reads, struct ek_err *err)
{
    struct dumping d = {.store = store, .watch = watch, .report = report, .err = err};
    *report = (struct ek_dump_report){0};
    ek_buf_init(&d.line, EK_MAX_DUMP_LINE_BYTES);
    ek_hasher_begin(&d.hasher);
    d.arena = ek_arena_new(EK_ARENA_BYTES);
    d.words = ek_arena_new(EK_ARENA_BYTES);
    int result = d.arena && d.words ? ek_output_open(&d.output, path, err) : ek_fail_memory(err);
    if (result == 0) {
        result = dump_all(&d);
        if (result == 0)
            result = ek_output_close(d.output, err);
        else
            ek_output_cancel(d.output);
    }
    *nobody_reads = d.nobody_reads;
    ek_buf_free(&d.line);
    ek_arena_free(d.arena);
    ek_arena_free(d.words);
    return result;
}
