/* robots_path.h - addresses and patterns as robots.txt compares them. */
#ifndef EKBOM_FETCH_ROBOTS_PATH_H
#define EKBOM_FETCH_ROBOTS_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct ek_buf;

/* Path and query of an address, where they stand in it; may be empty, or begin with "?". */
const char *ek_robots_path_of(const char *url, size_t *len);
/* Add the form that is compared. In a pattern "*" stays a wildcard; in an address it is encoded. */
void ek_robots_path_form(struct ek_buf *out, const char *path, size_t len, bool pattern);

#endif
