/* disk.c - how full the disk of a store is. See ekbom/store_care.h.
 *
 * A disk that is really full is survived (a slice is undone), but a limit before it leaves room for
 * what is needed to make room: a compaction, a backup, the logs of the machine. What was full stays
 * so until there is a tenth more room than the limit asks for, so that a service on the brink does
 * not change its mind with every page. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ekbom/store_care.h"
#include "store/folder.h"

static uint64_t bytes_in(const char *folder)
{
    DIR *items = opendir(folder);
    struct dirent *item;
    uint64_t bytes = 0;
    while (items && (item = readdir(items))) {
        struct stat file;
        if (fstatat(dirfd(items), item->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(file.st_mode))
            bytes += (uint64_t)file.st_blocks * 512;
    }
    if (items)
        closedir(items);
    return bytes;
}

static uint64_t bytes_of_store(const char *folder)
{
    static const char *const parts[] = {"records", "index", "archive"};
    char path[EK_PATH_BYTES];
    uint64_t bytes = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        bytes += bytes_in(ek_path(path, folder, parts[i]));
    return bytes;
}

/* The state that limits ask for, of which so many tenths are added. */
static enum ek_disk_state judge(const struct ek_disk *disk, const struct ek_disk_limits *limits,
                                uint64_t tenths)
{
    uint64_t keep = limits->keep_free + limits->keep_free / 10 * tenths;
    uint64_t most = limits->most - limits->most / 10 * tenths;
    if (disk->free < keep || (limits->most && disk->taken >= most))
        return EK_DISK_FULL;
    return disk->free < 2 * keep || (limits->most && disk->taken >= most / 10 * 9) ? EK_DISK_LOW
                                                                                   : EK_DISK_AMPLE;
}

int ek_store_disk(const char *folder, const struct ek_disk_limits *limits,
                  enum ek_disk_state before, struct ek_disk *disk, struct ek_err *err)
{
    *disk = (struct ek_disk){.state = before};
    if (ek_disk_free(folder, &disk->free, err) != 0)
        return -1;
    disk->taken = limits->most ? bytes_of_store(folder) : 0;
    enum ek_disk_state now = judge(disk, limits, 0), later = judge(disk, limits, 1);
    if (now >= before)
        disk->state = now;
    else
        disk->state = later < before ? later : before;
    return 0;
}
