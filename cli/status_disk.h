/* status_disk.h - the disk of a store, for `ekbom status`. */
#ifndef EKBOM_STATUS_DISK_H
#define EKBOM_STATUS_DISK_H

#include <jansson.h>

#include "cli.h"

/* How full it is: by the limits of the service, where one runs and has said so (disk, taken over,
 * may be NULL), else by those that a service has unless told otherwise. A new reference, or NULL
 * with err filled. */
json_t *disk_json(struct cli *cli, json_t *disk, struct ek_err *err);
double disk_free(const json_t *disk); /* bytes */
/* What to do about it; NULL while there is room. */
const char *disk_trouble(struct cli *cli, const json_t *disk);

#endif
