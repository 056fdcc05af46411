/* load.c - a store made of a dump. See ekbom/store_care.h.
 *
 * The records are made in STORE/load.unfinished, a store of its own, in slices, so that memory does
 * not grow with the dump. Only when the last line was read and its digest is that of all lines
 * before it are archive, key and then records moved to where a store has them: until then there is
 * no store, and what a kill leaves is removed by the next load. No rule set is in use in the
 * unfinished store, hence its index stays empty; the next writer makes one, in which every post is
 * behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/lines.h"
#include "store/dump/loading.h"
#include "store/folder.h"
#include "store/records/rule_set.h"

#define UNFINISHED "load.unfinished"

struct reader { /* of the dump's lines */
    struct ek_loading *loading;
    const struct ek_care_watch *watch;
    struct ek_lines *lines;
    struct ek_hasher hasher; /* of the lines so far */
    uint64_t count, bytes;
    enum ek_dump_kind last; /* kind of the line before */
    size_t slice_lines, slice_bytes;
};

/* Lines ------------------------------------------------------------------------------------- */

static int kind_of(const json_t *object, struct ek_err *err)
{
    const char *name = json_string_value(json_object_get(object, "record"));
    for (int kind = 0; name && kind < EK_DUMP_KINDS; kind++)
        if (strcmp(ek_dump_kinds[kind].name, name) == 0)
            return kind;
    return name ? ek_fail(err, EK_FORMAT, "no kind of record is called '%.60s'", name)
                : ek_fail(err, EK_FORMAT, "'record' is missing: no line of a dump");
}

/* Kinds come in their order; the first two once, at the beginning. */
static int check_order(const struct reader *reader, enum ek_dump_kind kind, struct ek_err *err)
{
    if (reader->count < 2 && kind != (enum ek_dump_kind)reader->count)
        return ek_fail(err, EK_FORMAT,
                       "a dump begins with a line of record \"%s\" and one of \"%s\"",
                       ek_dump_kinds[EK_DUMP_HEAD].name, ek_dump_kinds[EK_DUMP_STORE].name);
    bool next_post = kind == EK_DUMP_POST && reader->last == EK_DUMP_REVISION;
    if (reader->count >= 2 && (kind <= EK_DUMP_STORE || (kind < reader->last && !next_post)))
        return ek_fail(err, EK_FORMAT, "a %s after a %s: lines were exchanged or put together",
                       ek_dump_kinds[kind].name, ek_dump_kinds[reader->last].name);
    if (kind != EK_DUMP_REVISION && ek_load_post_end(reader->loading, err) != 0)
        return -1;
    return 0;
}

/* The last line tells what was before it. */
static int check_end(const struct reader *reader, const struct ek_dump_end *end, struct ek_err *err)
{
    const struct ek_dump_report *report = reader->loading->report;
    struct ek_hasher hasher = reader->hasher;
    unsigned char digest[EK_SHA256_BYTES];
    if (end->lines != reader->count || end->posts != report->posts ||
        end->revisions != report->revisions)
        return ek_fail(
            err, EK_FORMAT,
            "%llu lines, %llu posts and %llu revisions should stand before it, not %llu, "
            "%llu and %llu: the dump was changed",
            (unsigned long long)end->lines, (unsigned long long)end->posts,
            (unsigned long long)end->revisions, (unsigned long long)reader->count,
            (unsigned long long)report->posts, (unsigned long long)report->revisions);
    ek_hasher_finish(&hasher, digest);
    if (memcmp(digest, end->sha256, sizeof digest) != 0)
        return ek_fail(err, EK_FORMAT,
                       "the lines before it have another digest: the dump was changed or damaged");
    return 0;
}

static int take_object(struct reader *reader, const json_t *object, struct ek_err *err)
{
    struct ek_loading *loading = reader->loading;
    int kind = kind_of(object, err);
    if (kind < 0 || check_order(reader, (enum ek_dump_kind)kind, err) != 0)
        return -1;
    void *record = ek_alloc(loading->arena, 1, ek_dump_kinds[kind].size);
    if (!record)
        return ek_fail_memory(err);
    if (ek_fields_get(object, 1, ek_dump_kinds[kind].fields, record, loading->arena, err) != 0)
        return -1;
    reader->last = (enum ek_dump_kind)kind;
    if (kind != EK_DUMP_END)
        return ek_load_record(loading, (enum ek_dump_kind)kind, record, err);
    loading->ended = true;
    return check_end(reader, record, err);
}

static int take_line(struct reader *reader, const char *line, size_t len, struct ek_err *err)
{
    json_error_t where;
    if (reader->loading->ended)
        return ek_fail(err, EK_FORMAT, "a line after the end");
    json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (!object)
        return ek_fail(err, EK_FORMAT, "column %d: %s", where.column, where.text);
    ek_arena_reset(reader->loading->arena);
    int result = take_object(reader, object, err);
    json_decref(object);
    ek_hasher_add_bare(&reader->hasher, line, len);
    ek_hasher_add_bare(&reader->hasher, "\n", 1);
    return result;
}

/* A commit now and then, so that a transaction stays small. */
static int commit_if_full(struct reader *reader, size_t len, struct ek_err *err)
{
    struct ek_store *store = reader->loading->store;
    reader->bytes += len + 1;
    reader->slice_bytes += len;
    if (++reader->slice_lines < EK_LOAD_SLICE_LINES && reader->slice_bytes < EK_LOAD_SLICE_BYTES)
        return 0;
    reader->slice_lines = reader->slice_bytes = 0;
    if (reader->watch)
        reader->watch->progress(reader->watch->context, "loaded", reader->bytes);
    return ek_store_commit(store, err) != 0 ? -1 : ek_store_begin(store, err);
}

static int read_lines(struct reader *reader, struct ek_err *err)
{
    const char *name = reader->loading->load->name;
    char *line;
    size_t len;
    bool too_long;
    int got;
    while ((got = ek_lines_next(reader->lines, &line, &len, &too_long, err)) == 1) {
        if (too_long)
            ek_fail(err, EK_LIMIT, "longer than %u MiB", EK_MAX_DUMP_LINE_BYTES >> 20);
        if (too_long || take_line(reader, line, len, err) != 0 ||
            commit_if_full(reader, len, err) != 0)
            return ek_fail_in(err, "%s:%llu", name,
                              (unsigned long long)ek_lines_number(reader->lines));
        reader->count++;
    }
    if (got < 0)
        return ek_fail_in(err, "%s", name);
    if (reader->loading->ended)
        return 0;
    return ek_fail(err, EK_FORMAT,
                   "%s ends after line %llu, without the line that ends a dump: it was cut short",
                   name, (unsigned long long)reader->count);
}

/* What stands for the whole comes last: with it the store is whole. */
static int finish_records(struct ek_loading *loading, struct ek_err *err)
{
    struct ek_store *store = loading->store;
    store->counters = loading->head.counters;
    if (*loading->rules)
        ek_rules_use(store->slice, loading->rules);
    return ek_store_commit(store, err);
}

static int load_lines(struct ek_loading *loading, const struct ek_care_watch *watch,
                      struct ek_err *err)
{
    struct reader reader = {.loading = loading, .watch = watch};
    reader.lines = ek_lines_new(loading->load->fd, EK_MAX_DUMP_LINE_BYTES);
    ek_hasher_begin(&reader.hasher);
    int result = reader.lines ? ek_store_begin(loading->store, err) : ek_fail_memory(err);
    if (result == 0)
        result = read_lines(&reader, err);
    if (result == 0)
        result = finish_records(loading, err);
    else
        ek_store_abort(loading->store);
    loading->report->lines = reader.count;
    ek_lines_free(reader.lines);
    return result;
}

/* The place --------------------------------------------------------------------------------- */

static int check_empty(const char *folder, struct ek_err *err)
{
    DIR *items = opendir(folder);
    int result = items ? 0 : ek_fail_errno(err, "%s", folder);
    for (struct dirent *item; items && result == 0 && (item = readdir(items));) {
        const char *name = item->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, "writer") != 0 &&
            strcmp(name, UNFINISHED) != 0)
            result = ek_fail(err, EK_USAGE,
                             "%s is not empty (%s): a dump is loaded into a folder of its own",
                             folder, name);
    }
    if (items)
        closedir(items);
    return result;
}

static int note_archive(const struct ek_loading *loading, struct ek_err *err)
{
    char path[EK_PATH_BYTES];
    int fd = open(ek_path(path, loading->folder, "archive"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ek_fail_errno(err, "%s", path);
    int result = ek_tails_note(fd, path, loading->tails, loading->tail_count, err);
    close(fd);
    return result;
}

/* In this order: see take_back. Records last: they make the store. */
static const char *const parts[] = {"archive", "key", "records"};
enum { PARTS = sizeof parts / sizeof *parts };

static int move(const char *part, const char *from, const char *to, struct ek_err *err)
{
    char old[EK_PATH_BYTES], new[EK_PATH_BYTES];
    if (rename(ek_path(old, from, part), ek_path(new, to, part)) != 0)
        return ek_fail_errno(err, "%s", new);
    return ek_sync_folder(to, err);
}

static int put_in_place(const struct ek_loading *loading, struct ek_err *err)
{
    const char *folder = loading->load->folder;
    for (size_t i = 0; i < PARTS; i++)
        if (move(parts[i], loading->folder, folder, err) != 0)
            return -1;
    return ek_leftovers_remove(folder, err);
}

static bool has(const char *folder, const char *part)
{
    char path[EK_PATH_BYTES];
    return access(ek_path(path, folder, part), F_OK) == 0;
}

/* What a load that ended while it put its parts in place has left, and nothing else: an unfinished
 * store has its archive before it has records. The parts go back, the last one first, to be removed
 * with the rest. */
static int take_back(const struct ek_loading *loading, struct ek_err *err)
{
    const char *folder = loading->load->folder;
    if (!has(loading->folder, "records/data.mdb") || has(loading->folder, parts[0]))
        return 0;
    for (size_t i = PARTS - 1; i-- > 0;)
        if (has(folder, parts[i]) && !has(loading->folder, parts[i]) &&
            move(parts[i], folder, loading->folder, err) != 0)
            return -1;
    return 0;
}

static int run(struct ek_loading *loading, const struct ek_care_watch *watch, struct ek_err *err)
{
    const struct ek_load *load = loading->load;
    if (take_back(loading, err) != 0 || check_empty(load->folder, err) != 0 ||
        ek_leftovers_remove(load->folder, err) != 0)
        return -1;
    int result =
        ek_store_open(&loading->store, loading->folder, EK_STORE_WRITE, load->program, err);
    if (result == 0)
        result = load_lines(loading, watch, err);
    if (result == 0)
        result = note_archive(loading, err);
    ek_store_close(loading->store);
    if (result == 0)
        return put_in_place(loading, err);
    ek_leftovers_remove(load->folder, NULL);
    return -1;
}

int ek_store_load(const struct ek_load *load, const struct ek_care_watch *watch,
                  struct ek_dump_report *report, struct ek_err *err)
{
    char folder[EK_PATH_BYTES];
    struct ek_loading loading = {.load = load, .report = report, .folder = folder};
    *report = (struct ek_dump_report){0};
    if (strlen(load->folder) > 4000 - sizeof UNFINISHED)
        return ek_fail(err, EK_USAGE, "the path of the store is longer than 4,000 bytes");
    ek_path(folder, load->folder, UNFINISHED);
    if (mkdir(load->folder, 0750) != 0 && errno != EEXIST)
        return ek_fail_errno(err, "%s", load->folder);
    int lock = ek_writer_lock(load->folder, load->program, err);
    if (lock < 0)
        return -1;
    loading.arena = ek_arena_new(EK_ARENA_BYTES);
    loading.post_arena = ek_arena_new(1u << 20);
    int result =
        loading.arena && loading.post_arena ? run(&loading, watch, err) : ek_fail_memory(err);
    ek_arena_free(loading.arena);
    ek_arena_free(loading.post_arena);
    free(loading.tails);
    ek_writer_unlock(lock);
    return result;
}
