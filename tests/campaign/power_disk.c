/* power_disk.c - see power_disk.h. Contents are pages that exist only where something was written,
 * since the store keeps its files longer than what is in them. */
#include "tests/campaign/power_disk.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u
#define SECTOR 512u

const char *const power_manner_names[POWER_MANNERS] = {
    [POWER_NOTHING] = "nothing unsynced is there", [POWER_ALL] = "everything is there",
    [POWER_PREFIX] = "cut off within a change",    [POWER_SUBSET] = "some changes",
    [POWER_SECTORS] = "some sectors of 512 bytes", [POWER_BLOCKS] = "some blocks of 4 KiB",
};

struct change { /* of a file's contents, not known to be on the disk */
    uint64_t when;
    bool cut;
    uint64_t at, len;
    const char *bytes;
    uint64_t length; /* of the file after it */
};

struct content {
    char **pages;
    size_t page_count;
    uint64_t length, now; /* on the disk; as the program sees it */
    struct change *changes;
    size_t count, cap;
};

struct name {
    char *path;
    uint32_t file; /* 0: a folder */
};

struct naming { /* a change of names, not known to be on the disk */
    uint64_t when;
    enum power_kind kind;
    char *path, *to;
    uint32_t file;
};

struct power_disk {
    uint64_t clock;
    struct content *contents; /* by file number */
    size_t content_count;
    struct name *names; /* on the disk */
    size_t name_count;
    struct naming *namings;
    size_t naming_count;
};

static void *more(void *list, size_t count, size_t size)
{
    void *grown = reallocarray(list, count, size);
    if (!grown) {
        perror("power_disk");
        exit(2);
    }
    return grown;
}

static char *copy(const char *bytes, size_t len)
{
    char *string = more(NULL, len + 1, 1);
    memcpy(string, bytes, len);
    string[len] = '\0';
    return string;
}

uint64_t power_random(uint64_t *random, uint64_t below)
{
    *random += 0x9e3779b97f4a7c15u;
    uint64_t x = *random;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return x % below;
}

struct power_disk *power_disk_new(void)
{
    struct power_disk *disk = more(NULL, 1, sizeof *disk);
    *disk = (struct power_disk){0};
    return disk;
}

void power_disk_free(struct power_disk *disk)
{
    for (size_t i = 0; i < disk->content_count; i++) {
        for (size_t page = 0; page < disk->contents[i].page_count; page++)
            free(disk->contents[i].pages[page]);
        free(disk->contents[i].pages);
        free(disk->contents[i].changes);
    }
    for (size_t i = 0; i < disk->name_count; i++)
        free(disk->names[i].path);
    for (size_t i = 0; i < disk->naming_count; i++) {
        free(disk->namings[i].path);
        free(disk->namings[i].to);
    }
    free(disk->contents);
    free(disk->names);
    free(disk->namings);
    free(disk);
}

/* Contents ------------------------------------------------------------------------------------ */

static struct content *content_of(struct power_disk *disk, uint32_t file)
{
    while (disk->content_count <= file) {
        disk->contents = more(disk->contents, disk->content_count + 1, sizeof *disk->contents);
        disk->contents[disk->content_count++] = (struct content){0};
    }
    return &disk->contents[file];
}

static char *page_at(struct content *content, size_t number)
{
    while (content->page_count <= number) {
        content->pages = more(content->pages, content->page_count + 1, sizeof *content->pages);
        content->pages[content->page_count++] = NULL;
    }
    if (!content->pages[number])
        content->pages[number] = memset(more(NULL, 1, PAGE), 0, PAGE);
    return content->pages[number];
}

static void settle_write(struct content *content, const struct change *change)
{
    for (uint64_t done = 0; done < change->len;) {
        uint64_t at = change->at + done, room = PAGE - at % PAGE;
        uint64_t part = change->len - done < room ? change->len - done : room;
        memcpy(page_at(content, at / PAGE) + at % PAGE, change->bytes + done, part);
        done += part;
    }
    if (content->length < change->at + change->len)
        content->length = change->at + change->len;
}

static void settle_cut(struct content *content, uint64_t length)
{
    for (size_t page = length / PAGE; page < content->page_count; page++) {
        size_t keep = page == length / PAGE ? length % PAGE : 0;
        if (content->pages[page])
            memset(content->pages[page] + keep, 0, PAGE - keep);
    }
    content->length = length;
}

static void settle(struct content *content)
{
    for (size_t i = 0; i < content->count; i++) {
        if (content->changes[i].cut)
            settle_cut(content, content->changes[i].at);
        else
            settle_write(content, &content->changes[i]);
    }
    content->length = content->now;
    content->count = 0;
}

static void add_change(struct content *content, const struct change *change)
{
    if (content->count == content->cap) {
        content->cap = 2 * content->cap + 16;
        content->changes = more(content->changes, content->cap, sizeof *content->changes);
    }
    content->changes[content->count++] = *change;
}

/* What an older unsynced write would have put where a durable one has written is gone for good. */
static void supersede(struct content *content, uint64_t from, uint64_t until)
{
    for (size_t i = 0, count = content->count; i < count; i++) {
        struct change *old = &content->changes[i];
        struct change rest = *old;
        if (old->cut || old->at >= until || old->at + old->len <= from)
            continue;
        if (old->at + old->len > until) {
            rest.at = until;
            rest.len = old->at + old->len - until;
            rest.bytes = old->bytes + (until - old->at);
            add_change(content, &rest);
            old = &content->changes[i];
        }
        old->len = old->at < from ? from - old->at : 0;
    }
}

static void write_to(struct content *content, struct change *change, bool durable)
{
    if (content->now < change->at + change->len)
        content->now = change->at + change->len;
    change->length = content->now;
    if (durable) {
        supersede(content, change->at, change->at + change->len);
        settle_write(content, change);
    } else {
        add_change(content, change);
    }
}

/* Names --------------------------------------------------------------------------------------- */

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool is_in(const char *path, const char *folder, size_t len)
{
    return folder_length(path) == len && strncmp(path, folder, len) == 0;
}

static struct name *find_name(struct name *names, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].path && strcmp(names[i].path, path) == 0)
            return &names[i];
    return NULL;
}

/* A list of names after one more change. Names belong to the list. */
static void apply_naming(struct name **names, size_t *count, const struct naming *naming)
{
    struct name *old = find_name(*names, *count, naming->path);
    if (old && naming->kind != POWER_FOLDER) {
        free(old->path);
        old->path = NULL;
    }
    if (naming->kind == POWER_UNLINK || (old && naming->kind == POWER_FOLDER))
        return;
    const char *path = naming->kind == POWER_RENAME ? naming->to : naming->path;
    struct name *there = find_name(*names, *count, path);
    if (!there) {
        *names = more(*names, *count + 1, sizeof **names);
        there = &(*names)[(*count)++];
        there->path = copy(path, strlen(path));
    }
    there->file = naming->file;
}

static void add_naming(struct power_disk *disk, const struct power_head *head, const char *bytes)
{
    struct naming naming = {disk->clock, head->kind, NULL, NULL, head->file};
    naming.path = copy(bytes, head->kind == POWER_RENAME ? strnlen(bytes, head->len) : head->len);
    size_t used = strlen(naming.path) + 1;
    naming.to = head->kind == POWER_RENAME ? copy(bytes + used, head->len - used) : copy("", 0);
    disk->namings = more(disk->namings, disk->naming_count + 1, sizeof *disk->namings);
    disk->namings[disk->naming_count++] = naming;
}

static void sync_folder(struct power_disk *disk, const char *folder, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->naming_count; i++) {
        struct naming *naming = &disk->namings[i];
        if (!is_in(naming->path, folder, len)) {
            disk->namings[kept++] = *naming;
            continue;
        }
        apply_naming(&disk->names, &disk->name_count, naming);
        free(naming->path);
        free(naming->to);
    }
    disk->naming_count = kept;
}

const char *power_disk_path(const struct power_disk *disk, uint32_t file)
{
    const char *path = "";
    for (size_t i = 0; i < disk->name_count; i++)
        if (disk->names[i].path && disk->names[i].file == file)
            path = disk->names[i].path;
    for (size_t i = 0; i < disk->naming_count; i++)
        if (disk->namings[i].file == file)
            path = *disk->namings[i].to ? disk->namings[i].to : disk->namings[i].path;
    return path;
}

/* Changes ------------------------------------------------------------------------------------- */

void power_disk_change(struct power_disk *disk, const struct power_head *head, const char *bytes)
{
    struct change change = {
        .when = ++disk->clock, .at = head->at, .len = head->len, .bytes = bytes};
    struct content *content = content_of(disk, head->file);
    switch ((enum power_kind)head->kind) {
    case POWER_FILE:
    case POWER_FOLDER:
    case POWER_RENAME:
    case POWER_UNLINK:
        add_naming(disk, head, bytes);
        break;
    case POWER_WRITE:
        write_to(content, &change, head->durable);
        break;
    case POWER_CUT:
        change.cut = true;
        change.length = content->now = head->at;
        add_change(content, &change);
        break;
    case POWER_SYNC:
        settle(content);
        break;
    case POWER_SYNC_FOLDER:
        sync_folder(disk, bytes, head->len);
        break;
    case POWER_MARK:
    case POWER_KINDS:
        break;
    }
}

size_t power_disk_unsynced(const struct power_disk *disk)
{
    size_t count = disk->naming_count;
    for (size_t i = 0; i < disk->content_count; i++)
        count += disk->contents[i].count;
    return count;
}

/* Images -------------------------------------------------------------------------------------- */

struct choice {
    enum power_manner manner;
    uint64_t *random;
    uint64_t until; /* POWER_PREFIX: the change that is cut off */
};

static int put(int fd, const char *bytes, uint64_t len, uint64_t at)
{
    return pwrite(fd, bytes, len, (off_t)at) == (ssize_t)len ? 0 : -1;
}

/* Which unit tears: the disk's sectors lie at multiples of it. */
static int put_torn(int fd, const struct change *change, uint64_t unit, uint64_t *random)
{
    for (uint64_t done = 0; done < change->len;) {
        uint64_t room = unit - (change->at + done) % unit;
        uint64_t part = change->len - done < room ? change->len - done : room;
        if (power_random(random, 2) && put(fd, change->bytes + done, part, change->at + done) != 0)
            return -1;
        done += part;
    }
    return 0;
}

static int put_change(int fd, const struct change *change, const struct choice *choice)
{
    bool torn = choice->manner == POWER_SECTORS || choice->manner == POWER_BLOCKS;
    bool last = choice->manner == POWER_PREFIX && change->when == choice->until;
    if (choice->manner == POWER_NOTHING ||
        (choice->manner == POWER_PREFIX && change->when > choice->until) ||
        ((choice->manner == POWER_SUBSET || (torn && change->cut)) &&
         power_random(choice->random, 2)))
        return 0;
    if (change->cut)
        return ftruncate(fd, (off_t)change->at);
    if (torn || last)
        return put_torn(fd, change, choice->manner == POWER_BLOCKS ? PAGE : SECTOR, choice->random);
    return put(fd, change->bytes, change->len, change->at);
}

/* The length that goes with the bytes, the last durable one, or another of those in between. A
 * durable write keeps it from falling below its own end. */
static int choose_length(int fd, const struct content *content, const struct choice *choice)
{
    uint64_t which = power_random(choice->random, 4), length = content->length;
    if (choice->manner < POWER_SUBSET || which < 2 || content->count == 0)
        return 0;
    if (which == 3)
        length = content->changes[power_random(choice->random, content->count)].length;
    return ftruncate(fd, (off_t)(length < content->length ? content->length : length));
}

static int put_content(const struct content *content, const struct choice *choice, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int result = fd < 0 ? -1 : 0;
    for (size_t page = 0; result == 0 && page < content->page_count; page++)
        if (content->pages[page])
            result = put(fd, content->pages[page], PAGE, page * PAGE);
    if (result == 0)
        result = ftruncate(fd, (off_t)content->length);
    for (size_t i = 0; result == 0 && i < content->count; i++)
        result = put_change(fd, &content->changes[i], choice);
    if (result == 0)
        result = choose_length(fd, content, choice);
    if (fd >= 0)
        close(fd);
    return result;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    return place->level == 0 ? 0 : remove(path);
}

static int by_path(const void *a, const void *b)
{
    const struct name *left = a, *right = b;
    if (!left->path || !right->path)
        return !left->path - !right->path;
    return strcmp(left->path, right->path);
}

/* The names of the image: those on the disk, and of each folder's changes a first part. Folders
 * come before what is in them. */
static void choose_names(const struct power_disk *disk, const struct choice *choice,
                         struct name **names, size_t *count)
{
    const char *stopped[64];
    size_t stops = 0;
    for (size_t i = 0; i < disk->name_count; i++) {
        if (!disk->names[i].path)
            continue;
        *names = more(*names, *count + 1, sizeof **names);
        (*names)[*count] = disk->names[i];
        (*names)[(*count)++].path = copy(disk->names[i].path, strlen(disk->names[i].path));
    }
    for (size_t i = 0; choice->manner != POWER_NOTHING && i < disk->naming_count; i++) {
        const struct naming *naming = &disk->namings[i];
        bool stop = choice->manner == POWER_PREFIX && naming->when > choice->until;
        for (size_t j = 0; j < stops; j++)
            stop = stop || is_in(naming->path, stopped[j], folder_length(stopped[j]));
        if (choice->manner >= POWER_SUBSET && !stop && power_random(choice->random, 3) == 0) {
            stop = true;
            if (stops < sizeof stopped / sizeof *stopped)
                stopped[stops++] = naming->path;
        }
        if (!stop)
            apply_naming(names, count, naming);
    }
    if (*count)
        qsort(*names, *count, sizeof **names, by_path);
    while (*count && !(*names)[*count - 1].path)
        --*count;
}

int power_disk_image(const struct power_disk *disk, enum power_manner manner, uint64_t *random,
                     const char *folder)
{
    struct choice choice = {manner, random, disk->clock};
    struct name *names = NULL;
    size_t count = 0;
    char path[PATH_MAX];
    int result = nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (manner == POWER_PREFIX)
        choice.until -= power_random(random, 12);
    choose_names(disk, &choice, &names, &count);
    for (size_t i = 0; result == 0 && i < count; i++) {
        snprintf(path, sizeof path, "%s/%.*s", folder, (int)folder_length(names[i].path),
                 names[i].path);
        bool lost = access(path, F_OK) != 0; /* the folder itself did not survive */
        snprintf(path, sizeof path, "%s/%s", folder, names[i].path);
        if (!lost)
            result = names[i].file ? put_content(&disk->contents[names[i].file], &choice, path)
                                   : mkdir(path, 0700);
    }
    for (size_t i = 0; i < count; i++)
        free(names[i].path);
    free(names);
    return result;
}
