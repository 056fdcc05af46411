/* power_disk.h - a disk that loses its power: what is known to be on it, and what may be.
 *
 * Changes are applied in order. A sync makes what came before it durable: of a file its bytes and
 * its length, of a folder the names in it. An image is one of the disks that a loss of power at
 * this moment can leave:
 *
 * - unsynced writes are there or not, one by one and torn at sectors, in any order;
 * - a file's length may be one that it had since the last sync;
 * - of the names made, renamed and removed in a folder since its last sync, a first part is there
 *   (file systems keep their order within a folder), and folders do not wait for one another;
 * - a file's sync says nothing of its name. */
#ifndef EKBOM_TESTS_POWER_DISK_H
#define EKBOM_TESTS_POWER_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/campaign/power_log.h"

struct power_disk;

enum power_manner {
    POWER_NOTHING, /* nothing unsynced is there */
    POWER_ALL,     /* everything is: as when the program was killed */
    POWER_PREFIX,  /* everything up to some change, the last one torn */
    POWER_SUBSET,  /* some changes, each whole */
    POWER_SECTORS, /* some sectors of 512 bytes */
    POWER_BLOCKS,  /* some blocks of 4 KiB */
    POWER_MANNERS
};
extern const char *const power_manner_names[POWER_MANNERS];

/* Ends the program when memory is short: a campaign has nothing to save. */
struct power_disk *power_disk_new(void);
void power_disk_free(struct power_disk *disk);
/* The bytes must outlive the disk. */
void power_disk_change(struct power_disk *disk, const struct power_head *head, const char *bytes);
/* Changes that are not known to be on the disk. */
size_t power_disk_unsynced(const struct power_disk *disk);
/* An image below `folder`, which is emptied first. 0, or -1 and errno. */
int power_disk_image(const struct power_disk *disk, enum power_manner manner, uint64_t *random,
                     const char *folder);
/* The next of a series of random numbers, below `below`. */
uint64_t power_random(uint64_t *random, uint64_t below);
/* Path of a file by its number, as the running program sees it; "" if it has none. */
const char *power_disk_path(const struct power_disk *disk, uint32_t file);

#endif
