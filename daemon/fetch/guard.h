/* guard.h - which IP addresses may be dialled. */
#ifndef EKBOM_FETCH_GUARD_H
#define EKBOM_FETCH_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum ek_guard {
    EK_GUARD_PUBLIC,    /* anyone's address on the internet */
    EK_GUARD_PERMITTED, /* a special range that the source names */
    EK_GUARD_REFUSED    /* a special range */
};

#define EK_ADDRESS_TEXT 64 /* an address as text, with its NUL */

/* The verdict on a socket address. permit: see ek_fetch_check_permit, already checked; may be NULL.
 * why, for a refusal: "address 10.0.0.1 (RFC 1918 private) refused". */
enum ek_guard ek_guard_check(const struct sockaddr *address, const char *permit, char *why,
                             size_t why_size);

#endif
