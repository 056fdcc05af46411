/* compact.c - records and index written anew, and put in the place of the old. See
 * ekbom/store_care.h.
 *
 * LMDB's files never shrink: pages that are free are used again, but stay. The copies are made in
 * records.new and index.new beside the old ones, compared with them pair by pair, and their names
 * exchanged, records first: old records under a new index would be a lie, and with the same pairs
 * in both nothing can be told from the outside. What a kill leaves beside is removed by the next
 * writer. Readers that run keep the old files; one that opens a part at the very moment of the
 * exchange notices and opens it again (env.c). */
#include "ekbom/store_care.h"

#include <sys/stat.h>

#include "store/env_copy.h"
#include "store/file_copy.h"
#include "store/folder.h"
#include "store/handle.h"

struct part { /* of a store: its folder, and the one that takes its place */
    const char *name, *made;
};
static const struct part records = {"records", "records.new"}, index_part = {"index", "index.new"};

struct compacting {
    struct ek_store *store;
    const struct ek_care_watch *watch;
};

static void show_copied(void *context, uint64_t bytes)
{
    const struct compacting *compacting = context;
    compacting->watch->progress(compacting->watch->context, "copied", bytes);
}

static int make_copy(struct compacting *compacting, struct ek_txn *from, const struct part *part,
                     struct ek_err *err)
{
    struct ek_copy_watch watch = {show_copied, compacting};
    char model[EK_PATH_BYTES], made[EK_PATH_BYTES];
    ek_path(model, compacting->store->folder, part->name);
    ek_path(made, compacting->store->folder, part->made);
    if (mkdir(made, 0750) != 0)
        return ek_fail_errno(err, "%s", made);
    bool checked = from == compacting->store->reading_records;
    if (ek_env_copy(from, made, checked, compacting->watch ? &watch : NULL, err) != 0 ||
        ek_env_compare(from, made, err) != 0 || ek_folder_like(made, model, true, err) != 0)
        return -1;
    return ek_sync_folder(made, err);
}

static int make_copies(struct compacting *compacting, struct ek_err *err)
{
    struct ek_store *store = compacting->store;
    uint64_t need = ek_txn_bytes(store->reading_records) + ek_txn_bytes(store->reading_index);
    if (ek_disk_needs(store->folder, need, err) != 0 ||
        make_copy(compacting, store->reading_records, &records, err) != 0 ||
        make_copy(compacting, store->reading_index, &index_part, err) != 0)
        return -1;
    return ek_sync_folder(store->folder, err);
}

static int exchange(const struct ek_store *store, const struct part *part, struct ek_err *err)
{
    char old[EK_PATH_BYTES], made[EK_PATH_BYTES];
    ek_path(old, store->folder, part->name);
    return ek_folder_exchange(ek_path(made, store->folder, part->made), old, err);
}

static uint64_t bytes_of(const char *store, const struct part *part)
{
    char folder[EK_PATH_BYTES], path[EK_PATH_BYTES];
    struct stat file;
    ek_path(path, ek_path(folder, store, part->name), "data.mdb");
    return stat(path, &file) == 0 ? (uint64_t)file.st_blocks * 512 : 0;
}

static int writable(const struct ek_store *store, struct ek_err *err)
{
    if (store->mode == EK_STORE_WRITE && !store->slice && !store->depth)
        return 0;
    return ek_fail(err, EK_USAGE, "%s is compacted by its writer, outside a slice", store->folder);
}

int ek_store_is_there(const char *folder, struct ek_err *err)
{
    char part[EK_PATH_BYTES], path[EK_PATH_BYTES];
    if (ek_file_size(ek_path(path, ek_path(part, folder, "records"), "data.mdb")) >= 0)
        return 0;
    return ek_fail(err, EK_NOT_FOUND, "no store at %s", folder);
}

int ek_store_compact(struct ek_store *store, const struct ek_care_watch *watch,
                     struct ek_compact_report *report, struct ek_err *err)
{
    struct compacting compacting = {store, watch};
    if (writable(store, err) != 0)
        return -1;
    *report = (struct ek_compact_report){.records_before = bytes_of(store->folder, &records),
                                         .index_before = bytes_of(store->folder, &index_part)};
    if (ek_store_settle(store, err) != 0 || ek_folder_can_exchange(store->folder, err) != 0 ||
        ek_store_enter(store, EK_NEEDS_RECORDS | EK_NEEDS_INDEX, err) != 0)
        return -1;
    if (ek_store_leave(store, make_copies(&compacting, err), err) != 0) {
        ek_leftovers_remove(store->folder, NULL);
        return -1;
    }
    if (exchange(store, &records, err) != 0 || exchange(store, &index_part, err) != 0)
        return -1;
    report->records_after = bytes_of(store->folder, &records);
    report->index_after = bytes_of(store->folder, &index_part);
    return ek_leftovers_remove(store->folder, err);
}

int ek_store_rebuild(struct ek_store **store, const char *folder, const char *program,
                     struct ek_err *err)
{
    *store = NULL;
    if (ek_disk_needs(folder, bytes_of(folder, &index_part), err) != 0)
        return -1;
    return ek_store_open_as(store, folder, EK_STORE_WRITE, program, true, err);
}

int ek_store_rebuilt(struct ek_store *store, struct ek_compact_report *report, struct ek_err *err)
{
    char made[EK_PATH_BYTES], model[EK_PATH_BYTES];
    if (writable(store, err) != 0)
        return -1;
    *report = (struct ek_compact_report){.index_before = bytes_of(store->folder, &index_part)};
    ek_path(made, store->folder, index_part.made);
    ek_path(model, store->folder, index_part.name);
    if (ek_store_settle(store, err) != 0 || ek_folder_like(made, model, true, err) != 0 ||
        ek_sync_folder(made, err) != 0 || exchange(store, &index_part, err) != 0)
        return -1;
    report->index_after = bytes_of(store->folder, &index_part);
    return ek_leftovers_remove(store->folder, err);
}
